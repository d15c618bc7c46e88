"""The store: bodies by the address of their content, each under a lease.

A lease is a promise: until it ends, nothing takes the body away. Afterwards it goes when its room
is needed, in the order in which it was last needed; a counter says that order, since a clock may be
set back. Room is shared by kinds, so that no kind pushes out another:

    run     what a page passed through: an hour                     a quarter of the limit
    upload  what somebody brought: a table, a gradient              a quarter
    kept    what was opened (30 days), linked or printed (a year)   a half

Who puts a body claims it: a random word of that browser, no name. Only a claim can be taken back,
and what a browser claims is counted against its quota.

How much there is of each kind stands in one row, the ledger. Each writing transaction begins by
taking its turn there, so writers queue before they have read anything. Hence the sums cannot drift,
two puts of one body cannot collide, and SQLite never has to turn a reader into a writer, which it
refuses at once instead of waiting.
"""

import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress

import sqlalchemy as sql

from backprop.engine.errors import LimitError
from backprop.sharing.connections import LONGEST
from backprop.sharing.database import REVISION, Database
from backprop.sharing.errors import StoreAway, damaged, full, missing, not_yours, over_quota
from backprop.sharing.leases import (
    BATCH,
    BODIES,
    CLAIMS,
    KEPT,
    KINDS,
    LEASES,
    RUN,
    SHARES,
    UNCLAIMED,
    UPLOAD,
    Condition,
    Holding,
    Lease,
    add_to_ledger,
    claim,
    claimed,
    drop,
    drop_ended,
    holdings,
    insert,
    take_turn,
    unclaim,
    unclaim_ended,
)
from backprop.sharing.snapshot import address_of
from backprop.sharing.visits import DAY, Visits

STORE_LIMIT = 2**30  # bytes of bodies; the database's own bookkeeping comes on top
BODY_LIMIT = 2**20  # bytes
LEASE_DAYS = 30  # for which a visit keeps what it opens
AN_HOUR, A_YEAR = 3_600, 365 * DAY
ADDRESS = re.compile("[0-9a-f]{64}")


class Store:
    """Immutable bodies, each found by the address that its content gives it.

    Every method but `visit_later` raises StoreAway where the database cannot be used just now.

    Args:
        database_url: as SQLAlchemy spells it, “sqlite:////folder/file” or “postgresql://…”.
        limit_bytes: how much all bodies together may hold.
        lease_days: how long a visit keeps what it opens.
        clock: the time now, in seconds since 1970; it decides which leases have ended.
    """

    def __init__(
        self,
        database_url: str,
        limit_bytes: int = STORE_LIMIT,
        *,
        lease_days: int = LEASE_DAYS,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.database_url = database_url
        self.limit_bytes = limit_bytes
        self.lease_days = lease_days
        self.clock = clock
        self._database = Database(database_url)
        self._visits = Visits(self)

    # ------------------------------------------------------------------ what pages do

    def put(self, body: bytes, *, owner: str = "", longest: float = LONGEST) -> str:
        """Return the address at which the body stands from now on, for an hour at least.

        Args:
            body: what is put.
            owner: the word of the browser that puts it.
            longest: seconds for which to wait for the database.

        Raises:
            LimitError: the body is larger than 1 MiB.
            OverQuota, StoreFull: there is no room for it; nothing was stored.
        """
        return self.put_all((body,), owner=owner, longest=longest)[0]

    def put_all(
        self,
        bodies: Iterable[bytes],
        *,
        brought: Iterable[bytes] = (),
        owner: str = "",
        longest: float = LONGEST,
    ) -> tuple[str, ...]:
        """Put several bodies at once, all or none; return their addresses, each once.

        A body that stands already is promised for another hour, and claimed by one more.

        Args:
            bodies: states of pages, and points of runs.
            brought: what a person brought.
            owner: the word of the browser that puts them; without one nobody can take them back.
            longest: seconds for which to wait for the database.

        Raises:
            LimitError: a body is larger than 1 MiB.
            OverQuota: this browser has as much in the store as one may.
            StoreFull: there is no room for them; nothing was stored.
        """
        found = {address_of(body): (RUN, body) for body in bodies if _check_size(body)}
        found |= {address_of(body): (UPLOAD, body) for body in brought if _check_size(body)}
        while found and not self._database.write(lambda c: self._put(c, found, owner), longest):
            pass  # room was made; the next writer need not wait for the rest
        self._visits.forget(found)  # its lease may be a new one
        return tuple(found)

    def get(self, address: str) -> bytes:
        """Return the body that stands at an address.

        Raises:
            MissingSnapshot: none does, or the address is not an address.
            DamagedSnapshot: the body is not the one that was put there.
        """
        _check_address(address)
        query = sql.select(BODIES.c.body).where(BODIES.c.address == address)
        body = self._database.read(lambda connection: connection.scalar(query))
        if body is None:
            raise missing(address)
        if address_of(bytes(body)) != address:
            raise damaged(address)
        return bytes(body)

    def until(self, *addresses: str) -> int | None:
        """Return until when all of these stay that stand; None where none does."""
        query = sql.select(sql.func.min(LEASES.c.until)).where(LEASES.c.address.in_(addresses))
        until: int | None = self._database.read(lambda connection: connection.scalar(query))
        return until

    def owns(self, address: str, owner: str) -> bool:
        """Whether this browser brought what stands at an address."""
        if not owner:
            return False
        mine = (CLAIMS.c.owner == owner) & (CLAIMS.c.address == address) & (CLAIMS.c.kind == UPLOAD)
        query = sql.select(sql.exists().where(mine))
        return bool(self._database.read(lambda connection: connection.scalar(query)))

    def visit(self, *addresses: str) -> bool:
        """Promise these for the days of a visit, if that is a day more than they have.

        Where there is no room among what is kept, their leases stay as they are. Return whether
        there was.
        """
        until = int(self.clock()) + self.lease_days * DAY
        due = LEASES.c.address.in_(addresses) & (LEASES.c.until < until - DAY)
        query = sql.select(sql.exists().where(due))
        if self._database.read(lambda connection: connection.scalar(query)):
            return self._renew(due, until)
        return True

    def visit_later(self, *addresses: str) -> None:
        """Note a visit, which is written when the answer is on its way; at most once a day each."""
        self._visits.note(addresses)

    def flush(self) -> None:
        """Wait until every visit that was noted is written, or given up."""
        self._visits.wait()

    def keep(self, address: str, *others: str) -> int:
        """Promise a snapshot for a year; return until when, in seconds since 1970.

        Args:
            address: of the snapshot.
            others: of what belongs to it, and is kept with it as far as it stands.

        Raises:
            MissingSnapshot: none stands at the first, or it is not an address.
            StoreFull: there is no room among what is kept.
        """
        _check_address(address)
        until = int(self.clock()) + A_YEAR
        if self.until(address) is None:
            raise missing(address)
        due = LEASES.c.address.in_((address, *others)) & (LEASES.c.until < until)
        if not self._renew(due, until):
            raise full(KEPT, self._share(KEPT))
        return until

    def release(self, addresses: Iterable[str], owner: str) -> int:
        """Take back what this browser put; what nobody else put or opened goes. Return how many.

        A run that plays leaves hundreds of states behind that nobody saw: whoever put them says so.
        """
        wanted = tuple(dict.fromkeys(addresses))
        mine = (CLAIMS.c.owner == owner) & CLAIMS.c.address.in_(wanted) & (CLAIMS.c.kind == RUN)
        return self._take_back(mine, LEASES.c.kind == RUN) if wanted and owner else 0

    def delete(self, addresses: Iterable[str], owner: str) -> int:
        """Take back what this browser brought; what nobody else brought goes. Return how many went.

        Raises:
            NotYours: it stands, and this browser did not bring it.
        """
        wanted = tuple(dict.fromkeys(addresses))
        here = LEASES.c.address.in_(wanted)
        mine = (CLAIMS.c.owner == owner) & CLAIMS.c.address.in_(wanted) & (CLAIMS.c.kind == UPLOAD)

        def take_back(connection: sql.Connection) -> int:
            take_turn(connection)
            freed = set(unclaim(connection, mine) if owner else ())
            if set(connection.scalars(sql.select(LEASES.c.address).where(here))) - freed:
                raise not_yours()
            return drop(connection, here & UNCLAIMED)

        return self._database.write(take_back) if wanted else 0

    def holdings(self, owner: str) -> Mapping[str, Holding]:
        """Return what a browser has in the store: of what it put, and of what it brought."""
        return self._database.read(lambda c: holdings(c, owner, self.limit_bytes))

    def forget(self, owner: str) -> int:
        """Take back all that a browser put or brought; return how much of it went.

        What others put too, or opened, or have a link to, stays as long as it was promised.
        """
        some = sql.select(CLAIMS.c.address).where(CLAIMS.c.owner == owner).limit(BATCH)
        mine = (CLAIMS.c.owner == owner) & CLAIMS.c.address.in_(some)
        count = 0
        while owner and sum(held.bodies for held in self.holdings(owner).values()):
            count += self._take_back(mine, LEASES.c.kind != KEPT)
        return count

    # ------------------------------------------------------------- what an operator does

    @property
    def database(self) -> Database:
        """Where it all stands, for whoever makes a backup."""
        return self._database

    def prepare(self) -> None:
        """Bring the schema up to date now; if the database is away, its first use will do it."""
        with suppress(StoreAway):
            self._database.read(lambda _: None)

    def check(self, longest: float) -> None:
        """See that the database answers within some seconds, in the schema of this program.

        Raises:
            StoreAway: it does not.
        """
        query = sql.text("SELECT version_num FROM alembic_version")
        if self._database.read(lambda connection: connection.scalar(query), longest) != REVISION:
            raise StoreAway("Another version of this program wrote the store.")

    def sizes(self, longest: float = LONGEST) -> Mapping[str, Holding]:
        """Return how much there is of each kind."""
        query = sql.select(LEASES.c.kind, sql.func.count(), sql.func.sum(LEASES.c.size)).group_by(
            LEASES.c.kind
        )
        rows = self._database.read(lambda connection: connection.execute(query).all(), longest)
        found = {kind: (count, int(size)) for kind, count, size in rows}
        return {kind: Holding(*found.get(kind, (0, 0)), self._share(kind)) for kind in KINDS}

    def list(self, kind: str = "", count: int = 20) -> Sequence[Lease]:
        """Return the leases of a kind, or of all, the last needed first."""
        query = sql.select(LEASES.c.address, LEASES.c.kind, LEASES.c.size, LEASES.c.until)
        query = query.where(LEASES.c.kind == kind) if kind else query
        query = query.order_by(LEASES.c.turn.desc(), LEASES.c.address).limit(count)
        rows = self._database.read(lambda connection: connection.execute(query).all())
        return [Lease(*row) for row in rows]

    def unkeep(self, address: str) -> None:
        """End the lease of a body: it goes when its room is needed. Raises MissingSnapshot."""
        _check_address(address)
        ended = sql.update(LEASES).where(LEASES.c.address == address).values(until=0)
        if not self._database.write(lambda connection: connection.execute(ended).rowcount):
            raise missing(address)

    def remove(self, addresses: Iterable[str]) -> int:
        """Delete these, whoever brought them, and whatever was promised; return how many went."""
        wanted = tuple(dict.fromkeys(addresses))

        def remove(connection: sql.Connection) -> int:
            take_turn(connection)
            return drop(connection, LEASES.c.address.in_(wanted))

        return self._database.write(remove) if wanted else 0

    def prune(self, limit_bytes: int | None = None) -> int:
        """Delete what no lease protects, the oldest first, until the rest fits; return how many.

        What is free then goes back to the disk.

        Args:
            limit_bytes: what may stay; the limit of the store when left out.
        """
        limit = self.limit_bytes if limit_bytes is None else limit_bytes

        def make_room(connection: sql.Connection) -> int:
            excess = _total(take_turn(connection)) - limit
            return drop_ended(connection, self._now(), excess, KINDS) if excess > 0 else 0

        count = 0
        while dropped := self._database.write(make_room):
            count += dropped
        if self._database.is_sqlite:
            self._database.maintain("VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)")
        else:
            self._database.maintain("VACUUM (FULL) bodies, leases, claims")
        return count

    def close(self) -> None:
        """Close all connections; the next use opens new ones."""
        self.flush()
        self._database.close()

    # ------------------------------------------------------------------------- within

    def _now(self) -> int:
        return int(self.clock())

    def _share(self, kind: str) -> int:
        return self.limit_bytes // SHARES[kind]

    def _put(
        self, connection: sql.Connection, found: Mapping[str, tuple[str, bytes]], owner: str
    ) -> bool:
        """Put the bodies if there is room, and return True; else make some, and return False."""
        ledger, ends = take_turn(connection), self._now() + AN_HOUR
        here = LEASES.c.address.in_(tuple(found))
        known = set(connection.scalars(sql.select(LEASES.c.address).where(here)))
        leases = [Lease(at, kind, len(body), ends) for at, (kind, body) in found.items()]
        new = [lease for lease in leases if lease.address not in known]
        mine = claimed(connection, owner, found) if owner else found.keys()
        claims = [lease for lease in leases if lease.address not in mine]
        if not (
            self._has_quota(connection, claims, owner) and self._has_room(connection, ledger, new)
        ):
            return False
        until = sql.case((LEASES.c.until < ends, ends), else_=LEASES.c.until)
        connection.execute(sql.update(LEASES).where(here).values(until=until, turn=ledger["turn"]))
        insert(connection, {lease: found[lease.address][1] for lease in new}, ledger["turn"])
        claim(connection, owner, claims)
        return True

    def _has_quota(self, connection: sql.Connection, claims: Sequence[Lease], owner: str) -> bool:
        """Return whether a browser may claim these; else let go of what was its, or refuse."""
        if not claims:
            return True
        for kind, held in holdings(connection, owner, self.limit_bytes).items():
            more = sum(lease.size for lease in claims if lease.kind == kind)
            if more and held.size + more > held.share:
                if not unclaim_ended(connection, self._now(), owner, kind):
                    raise over_quota(kind, held.size + more, held.share)
                return False
        return True

    def _has_room(
        self, connection: sql.Connection, ledger: Mapping[str, int], new: Sequence[Lease]
    ) -> bool:
        """Return whether there is room for these; else make some, or refuse."""
        for kind in (RUN, UPLOAD):
            size = sum(lease.size for lease in new if lease.kind == kind)
            excess = ledger[kind] + size - self._share(kind)
            if size and excess > 0:
                if not drop_ended(connection, self._now(), excess, (kind,)):
                    raise full(kind, self._share(kind))
                return False
        size = sum(lease.size for lease in new)
        excess = _total(ledger) + size - self.limit_bytes
        if size and excess > 0:  # the limit was higher once
            if not drop_ended(connection, self._now(), excess, KINDS):
                raise full("", self.limit_bytes)
            return False
        return True

    def _renew(self, due: Condition, until: int) -> bool:
        """Promise what is due until then, as kept; return whether there was room for it."""

        def renew(connection: sql.Connection) -> bool | None:
            ledger = take_turn(connection)
            runs = sql.select(sql.func.sum(LEASES.c.size)).where(due & (LEASES.c.kind == RUN))
            moving = int(connection.scalar(runs) or 0)
            excess = ledger[KEPT] + moving - self._share(KEPT)
            if moving and excess > 0:
                return None if drop_ended(connection, self._now(), excess, (KEPT,)) else False
            kind = sql.case((LEASES.c.kind == RUN, KEPT), else_=LEASES.c.kind)
            renewed = sql.update(LEASES).where(due)
            connection.execute(renewed.values(until=until, turn=ledger["turn"], kind=kind))
            add_to_ledger(connection, kept=moving, run=-moving)
            return True

        while (renewed := self._database.write(renew)) is None:
            pass  # room was made; the next writer need not wait for the rest
        return renewed

    def _take_back(self, claims: Condition, goes: Condition) -> int:
        """Take claims back; of what nobody claims now, delete what this is true of."""

        def take_back(connection: sql.Connection) -> int:
            take_turn(connection)
            freed = LEASES.c.address.in_(unclaim(connection, claims))
            return drop(connection, freed & goes & UNCLAIMED)

        return self._database.write(take_back)


def _total(ledger: Mapping[str, int]) -> int:
    return sum(ledger[kind] for kind in KINDS)


def _check_size(body: bytes) -> bool:
    """Return that a body is not too large; refuse one that is."""
    if len(body) > BODY_LIMIT:
        raise LimitError(
            f"This snapshot is {len(body):,} bytes long.",
            hint=f"A snapshot may have at most {BODY_LIMIT:,} bytes.",
        )
    return True


def _check_address(address: str) -> None:
    """Refuse text that is not an address, before a database sees it."""
    if ADDRESS.fullmatch(address) is None:
        raise missing(address)
