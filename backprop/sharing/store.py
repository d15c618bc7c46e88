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
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from threading import Condition, Thread
from typing import Any, NamedTuple

import sqlalchemy as sql

from backprop.engine.errors import InputError, LimitError, UnknownNameError
from backprop.sharing.database import Database, StoreAway
from backprop.sharing.snapshot import address_of

STORE_LIMIT = 2**30  # bytes of bodies; the database's own bookkeeping comes on top
BODY_LIMIT = 2**20  # bytes
LEASE_DAYS = 30  # for which a visit keeps what it opens
DAY = 86_400  # seconds
AN_HOUR, A_YEAR = 3_600, 365 * DAY
BATCH = 200  # bodies deleted in one transaction: no writer waits long for another
MOST_NOTED = 10_000  # addresses of which a process remembers that they were renewed
ADDRESS = re.compile("[0-9a-f]{64}")
RUN, UPLOAD, KEPT = KINDS = ("run", "upload", "kept")
SHARES = {RUN: 4, UPLOAD: 4, KEPT: 2}  # a kind may fill the limit divided by this
QUOTAS = {RUN: 8, UPLOAD: 32}  # and a browser of what it put, of what it brought

BODIES = sql.table("bodies", *map(sql.column, ("address", "body")))
LEASES = sql.table("leases", *map(sql.column, ("address", "kind", "size", "until", "turn")))
CLAIMS = sql.table("claims", *map(sql.column, ("owner", "address", "kind", "size")))
LEDGER = sql.table("ledger", *map(sql.column, ("turn", *KINDS)))


class MissingSnapshot(UnknownNameError):
    """No snapshot stands at this address, or it is not an address."""


class DamagedSnapshot(InputError):
    """What stands at an address is not what was put there."""


class StoreFull(LimitError):
    """There is no room, and everything of its kind is still promised to somebody."""


class OverQuota(LimitError):
    """One browser has as much in the store as one may have."""


class NotYours(InputError):
    """Another browser brought this, or none that is known: it cannot be deleted from here."""


class Holding(NamedTuple):
    """How much there is of a kind, and how much there may be."""

    bodies: int
    size: int  # bytes
    share: int  # bytes


class Lease(NamedTuple):
    """What is promised of a body."""

    address: str
    kind: str
    size: int  # bytes
    until: int  # seconds since 1970


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
        self.limit_bytes = limit_bytes
        self.lease_days = lease_days
        self.clock = clock
        self.database = Database(database_url)
        self._visits = _Visits(self)

    # ------------------------------------------------------------------ what pages do

    def put(self, body: bytes, *, owner: str = "") -> str:
        """Return the address at which the body stands from now on, for an hour at least.

        Raises:
            LimitError: the body is larger than 1 MiB.
            OverQuota, StoreFull: there is no room for it; nothing was stored.
        """
        return self.put_all((body,), owner=owner)[0]

    def put_all(
        self, bodies: Iterable[bytes], *, brought: Iterable[bytes] = (), owner: str = ""
    ) -> tuple[str, ...]:
        """Put several bodies at once, all or none; return their addresses, each once.

        A body that stands already is promised for another hour, and claimed by one more.

        Args:
            bodies: states of pages, and points of runs.
            brought: what a person brought.
            owner: the word of the browser that puts them; without one nobody can take them back.

        Raises:
            LimitError: a body is larger than 1 MiB.
            OverQuota: this browser has as much in the store as one may.
            StoreFull: there is no room for them; nothing was stored.
        """
        found = {address_of(body): (RUN, body) for body in bodies if _check_size(body)}
        found |= {address_of(body): (UPLOAD, body) for body in brought if _check_size(body)}
        while found and not self.database.write(lambda c: self._put(c, found, owner)):
            pass  # room was made; the next writer need not wait for the rest
        return tuple(found)

    def get(self, address: str) -> bytes:
        """Return the body that stands at an address.

        Raises:
            MissingSnapshot: none does, or the address is not an address.
            DamagedSnapshot: the body is not the one that was put there.
        """
        _check_address(address)
        query = sql.select(BODIES.c.body).where(BODIES.c.address == address)
        body = self.database.read(lambda connection: connection.scalar(query))
        if body is None:
            raise _missing(address)
        if address_of(bytes(body)) != address:
            raise _damaged(address)
        return bytes(body)

    def until(self, *addresses: str) -> int | None:
        """Return until when all of these stay that stand; None where none does."""
        query = sql.select(sql.func.min(LEASES.c.until)).where(LEASES.c.address.in_(addresses))
        until: int | None = self.database.read(lambda connection: connection.scalar(query))
        return until

    def owns(self, address: str, owner: str) -> bool:
        """Whether this browser brought what stands at an address."""
        if not owner:
            return False
        mine = (CLAIMS.c.owner == owner) & (CLAIMS.c.address == address) & (CLAIMS.c.kind == UPLOAD)
        query = sql.select(sql.exists().where(mine))
        return bool(self.database.read(lambda connection: connection.scalar(query)))

    def visit(self, *addresses: str) -> None:
        """Promise these for the days of a visit, if that is a day more than they have.

        Where there is no room among what is kept, their leases stay as they are.
        """
        until = int(self.clock()) + self.lease_days * DAY
        due = LEASES.c.address.in_(addresses) & (LEASES.c.until < until - DAY)
        query = sql.select(sql.exists().where(due))
        if self.database.read(lambda connection: connection.scalar(query)):
            self._renew(due, until)

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
            raise _missing(address)
        due = LEASES.c.address.in_((address, *others)) & (LEASES.c.until < until)
        if not self._renew(due, until):
            raise _full(KEPT, self._share(KEPT))
        return until

    def release(self, addresses: Iterable[str], owner: str) -> int:
        """Take back what this browser put; what nobody else put or opened goes. Return how many.

        A run that plays leaves hundreds of states behind that nobody saw: whoever put them says so.
        """
        wanted = tuple(dict.fromkeys(addresses))
        if not wanted or not owner:
            return 0
        mine = (CLAIMS.c.owner == owner) & CLAIMS.c.address.in_(wanted) & (CLAIMS.c.kind == RUN)

        def take_back(connection: sql.Connection) -> int:
            self._take_turn(connection)
            taken = sql.delete(CLAIMS).where(mine).returning(CLAIMS.c.address)
            freed = tuple(connection.scalars(taken))
            return _drop(
                connection, LEASES.c.address.in_(freed) & (LEASES.c.kind == RUN) & UNCLAIMED
            )

        return self.database.write(take_back)

    def delete(self, addresses: Iterable[str], owner: str) -> int:
        """Take back what this browser brought; what nobody else brought goes. Return how many went.

        Raises:
            NotYours: it stands, and this browser did not bring it.
        """
        wanted = tuple(dict.fromkeys(addresses))
        here = LEASES.c.address.in_(wanted)
        mine = (CLAIMS.c.owner == owner) & CLAIMS.c.address.in_(wanted) & (CLAIMS.c.kind == UPLOAD)

        def take_back(connection: sql.Connection) -> int:
            self._take_turn(connection)
            taken = sql.delete(CLAIMS).where(mine).returning(CLAIMS.c.address)
            freed = set(connection.scalars(taken)) if owner else set()
            if set(connection.scalars(sql.select(LEASES.c.address).where(here))) - freed:
                raise _not_yours()
            return _drop(connection, here & UNCLAIMED)

        return self.database.write(take_back) if wanted else 0

    def holdings(self, owner: str) -> Mapping[str, Holding]:
        """Return what a browser has in the store: of what it put, and of what it brought."""
        return self.database.read(lambda connection: self._held(connection, owner))

    def forget(self, owner: str) -> int:
        """Take back all that a browser put or brought; return how much of it went.

        What others put too, or opened, or have a link to, stays as long as it was promised.
        """
        mine = CLAIMS.c.owner == owner

        def take_back(connection: sql.Connection) -> int:
            self._take_turn(connection)
            taken = connection.execute(
                sql.delete(CLAIMS).where(mine).returning(CLAIMS.c.address)
            ).scalars()
            freed = LEASES.c.address.in_(tuple(taken))
            return _drop(connection, freed & (LEASES.c.kind != KEPT) & UNCLAIMED)

        return self.database.write(take_back) if owner else 0

    # ------------------------------------------------------------- what an operator does

    def sizes(self) -> Mapping[str, Holding]:
        """Return how much there is of each kind."""
        query = sql.select(LEASES.c.kind, sql.func.count(), sql.func.sum(LEASES.c.size)).group_by(
            LEASES.c.kind
        )
        rows = self.database.read(lambda connection: connection.execute(query).all())
        found = {kind: (count, int(size)) for kind, count, size in rows}
        return {kind: Holding(*found.get(kind, (0, 0)), self._share(kind)) for kind in KINDS}

    def list(self, kind: str = "", count: int = 20) -> Sequence[Lease]:
        """Return the leases of a kind, or of all, the last needed first."""
        query = sql.select(LEASES.c.address, LEASES.c.kind, LEASES.c.size, LEASES.c.until)
        query = query.where(LEASES.c.kind == kind) if kind else query
        query = query.order_by(LEASES.c.turn.desc(), LEASES.c.address).limit(count)
        rows = self.database.read(lambda connection: connection.execute(query).all())
        return [Lease(*row) for row in rows]

    def unkeep(self, address: str) -> None:
        """End the lease of a body: it goes when its room is needed. Raises MissingSnapshot."""
        _check_address(address)
        ended = sql.update(LEASES).where(LEASES.c.address == address).values(until=0)
        if not self.database.write(lambda connection: connection.execute(ended).rowcount):
            raise _missing(address)

    def remove(self, addresses: Iterable[str]) -> int:
        """Delete these, whoever brought them, and whatever was promised; return how many went."""
        wanted = tuple(dict.fromkeys(addresses))

        def remove(connection: sql.Connection) -> int:
            self._take_turn(connection)
            return _drop(connection, LEASES.c.address.in_(wanted))

        return self.database.write(remove) if wanted else 0

    def prune(self, limit_bytes: int | None = None) -> int:
        """Delete what no lease protects, the oldest first, until the rest fits; return how many.

        What is free then goes back to the disk.

        Args:
            limit_bytes: what may stay; the limit of the store when left out.
        """
        limit = self.limit_bytes if limit_bytes is None else limit_bytes

        def drop(connection: sql.Connection) -> int:
            excess = sum(self._take_turn(connection)[kind] for kind in KINDS) - limit
            return self._drop_ended(connection, excess, KINDS) if excess > 0 else 0

        count = 0
        while dropped := self.database.write(drop):
            count += dropped
        if self.database.is_sqlite:
            self.database.maintain("VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)")
        else:
            self.database.maintain("VACUUM (FULL) bodies, leases, claims")
        return count

    def close(self) -> None:
        """Close all connections; the next use opens new ones."""
        self.flush()
        self.database.close()

    # ------------------------------------------------------------------------- within

    def _take_turn(self, connection: sql.Connection) -> Mapping[str, int]:
        """Wait until no other writes; return the number of this turn, and the sums at its start."""
        turn = sql.update(LEDGER).values(turn=LEDGER.c.turn + 1).returning(*LEDGER.c)
        return connection.execute(turn).one()._asdict()

    def _share(self, kind: str) -> int:
        return self.limit_bytes // SHARES[kind]

    def _put(
        self, connection: sql.Connection, found: Mapping[str, tuple[str, bytes]], owner: str
    ) -> bool:
        """Put the bodies if there is room, and return True; else make some, and return False."""
        ledger = self._take_turn(connection)
        now, here = int(self.clock()), LEASES.c.address.in_(found)
        known = set(connection.scalars(sql.select(LEASES.c.address).where(here)))
        new = {address: each for address, each in found.items() if address not in known}
        if owner and not self._has_quota(connection, found, owner):
            return False
        for kind in (RUN, UPLOAD):
            size = sum(len(body) for each, body in new.values() if each == kind)
            if size and not self._has_room(connection, ledger, kind, size):
                return False
        size = sum(len(body) for _, body in new.values())
        excess = sum(ledger[kind] for kind in KINDS) + size - self.limit_bytes
        if size and excess > 0:  # a limit that was higher once
            if self._drop_ended(connection, excess, KINDS):
                return False
            raise _full("", self.limit_bytes)
        until = sql.case((LEASES.c.until < now + AN_HOUR, now + AN_HOUR), else_=LEASES.c.until)
        connection.execute(sql.update(LEASES).where(here).values(until=until, turn=ledger["turn"]))
        for address, (kind, body) in new.items():
            lease = {"address": address, "kind": kind, "size": len(body)}
            connection.execute(sql.insert(BODIES).values(address=address, body=body))
            connection.execute(
                sql.insert(LEASES).values(**lease, until=now + AN_HOUR, turn=ledger["turn"])
            )
            _add_to_ledger(connection, **{kind: len(body)})
        if owner:
            for address in found.keys() - self._claimed(connection, found, owner):
                kind, body = found[address]
                claim = {"owner": owner, "address": address, "kind": kind, "size": len(body)}
                connection.execute(sql.insert(CLAIMS).values(**claim))
        return True

    def _claimed(
        self, connection: sql.Connection, addresses: Iterable[str], owner: str
    ) -> set[str]:
        mine = (CLAIMS.c.owner == owner) & CLAIMS.c.address.in_(addresses)
        return set(connection.scalars(sql.select(CLAIMS.c.address).where(mine)))

    def _held(self, connection: sql.Connection, owner: str) -> Mapping[str, Holding]:
        query = (
            sql.select(CLAIMS.c.kind, sql.func.count(), sql.func.sum(CLAIMS.c.size))
            .where(CLAIMS.c.owner == owner)
            .group_by(CLAIMS.c.kind)
        )
        rows = {kind: (count, int(size)) for kind, count, size in connection.execute(query)}
        return {
            kind: Holding(*rows.get(kind, (0, 0)), self.limit_bytes // part)
            for kind, part in QUOTAS.items()
        }

    def _has_quota(
        self, connection: sql.Connection, found: Mapping[str, tuple[str, bytes]], owner: str
    ) -> bool:
        """Return whether the browser may put these; if not, let go of what was its, or refuse."""
        claimed, held = self._claimed(connection, found, owner), self._held(connection, owner)
        for kind, holding in held.items():
            more = sum(
                len(body)
                for address, (each, body) in found.items()
                if each == kind and address not in claimed
            )
            if not more or holding.size + more <= holding.share:
                continue
            ended = sql.select(LEASES.c.address).where(LEASES.c.until < int(self.clock()))
            mine = (CLAIMS.c.owner == owner) & (CLAIMS.c.kind == kind)
            freed = tuple(
                connection.scalars(
                    sql.delete(CLAIMS)
                    .where(mine & CLAIMS.c.address.in_(ended))
                    .returning(CLAIMS.c.address)
                )
            )
            if not freed:
                raise _over_quota(kind, holding.share)
            return False
        return True

    def _has_room(
        self, connection: sql.Connection, ledger: Mapping[str, int], kind: str, size: int
    ) -> bool:
        """Return whether there is room for so many bytes of a kind; else make some, or refuse."""
        excess = ledger[kind] + size - self._share(kind)
        if excess <= 0:
            return True
        if not self._drop_ended(connection, excess, (kind,)):
            raise _full(kind, self._share(kind))
        return False

    def _renew(self, due: sql.ColumnElement[bool], until: int) -> bool:
        """Promise what is due until then, as kept; return whether there was room for it."""

        def renew(connection: sql.Connection) -> bool | None:
            ledger = self._take_turn(connection)
            runs = sql.select(sql.func.sum(LEASES.c.size)).where(due & (LEASES.c.kind == RUN))
            moving = int(connection.scalar(runs) or 0)
            excess = ledger[KEPT] + moving - self._share(KEPT)
            if moving and excess > 0:
                return None if self._drop_ended(connection, excess, (KEPT,)) else False
            kind = sql.case((LEASES.c.kind == RUN, KEPT), else_=LEASES.c.kind)
            renewed = sql.update(LEASES).where(due)
            connection.execute(renewed.values(until=until, turn=ledger["turn"], kind=kind))
            _add_to_ledger(connection, kept=moving, run=-moving)
            return True

        while (renewed := self.database.write(renew)) is None:
            pass
        return renewed

    def _drop_ended(self, connection: sql.Connection, excess: int, kinds: tuple[str, ...]) -> int:
        """Delete what no lease protects, the oldest first, at most a batch; return how many.

        Args:
            connection: a transaction that has its turn.
            excess: how many bytes should go.
            kinds: of which.
        """
        ended = LEASES.c.kind.in_(kinds) & (LEASES.c.until < int(self.clock()))
        oldest = sql.select(LEASES.c.address, LEASES.c.size).where(ended)
        oldest = oldest.order_by(LEASES.c.turn, LEASES.c.address).limit(BATCH)
        addresses, freed = [], 0
        for address, size in connection.execute(oldest).all():
            if freed >= excess:
                break
            addresses.append(address)
            freed += size
        return _drop(connection, LEASES.c.address.in_(addresses))


UNCLAIMED = ~sql.exists().where(CLAIMS.c.address == LEASES.c.address)


class _Visits:
    """Visits that wait to be written by a thread of their own."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._changed = Condition()
        self._noted: dict[str, None] = {}
        self._renewed: OrderedDict[str, int] = OrderedDict()  # address → the day of its renewal
        self._thread: Thread | None = None

    def note(self, addresses: Iterable[str]) -> None:
        """Note those that this process has not renewed today."""
        today = int(self.store.clock()) // DAY
        with self._changed:
            due = [each for each in addresses if self._renewed.get(each) != today]
            for each in due:
                self._renewed[each] = today
                self._renewed.move_to_end(each)
            while len(self._renewed) > MOST_NOTED:
                self._renewed.popitem(last=False)
            self._noted |= dict.fromkeys(due)
            if self._noted and self._thread is None:
                self._thread = Thread(target=self._write, name="visits", daemon=True)
                self._thread.start()

    def wait(self) -> None:
        """Wait until nothing is left to be written."""
        with self._changed:
            self._changed.wait_for(lambda: self._thread is None)

    def _write(self) -> None:
        """Write what is noted, until nothing is; a next visit notes what cannot be written."""
        while True:
            with self._changed:
                batch = tuple(self._noted)[:BATCH]
                if not batch:
                    self._thread = None
                    self._changed.notify_all()
                    return
                for each in batch:
                    del self._noted[each]
            try:
                self.store.visit(*batch)
            except StoreAway:
                with self._changed:
                    for each in batch:
                        self._renewed.pop(each, None)


def _drop(connection: sql.Connection, which: sql.ColumnElement[bool]) -> int:
    """Delete the bodies of whose leases this is true, and all that is known of them."""
    gone = sql.delete(LEASES).where(which).returning(*LEASES.c["address", "kind", "size"])
    rows = connection.execute(gone).all()
    addresses = [row.address for row in rows]
    if addresses:
        connection.execute(sql.delete(BODIES).where(BODIES.c.address.in_(addresses)))
        connection.execute(sql.delete(CLAIMS).where(CLAIMS.c.address.in_(addresses)))
    freed = {kind: -sum(row.size for row in rows if row.kind == kind) for kind in KINDS}
    _add_to_ledger(connection, **freed)
    return len(rows)


def _add_to_ledger(connection: sql.Connection, **sizes: int) -> None:
    changes: dict[str, Any] = {kind: LEDGER.c[kind] + size for kind, size in sizes.items() if size}
    if changes:
        connection.execute(sql.update(LEDGER).values(changes))


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
        raise _missing(address)


def _missing(address: str) -> MissingSnapshot:
    """Return the error for an address where nothing stands."""
    return MissingSnapshot(
        f"There is no snapshot at “{_shortened(address)}”.",
        hint="It may have been deleted, or made room when the time was over for which it stays.",
    )


def _damaged(address: str) -> DamagedSnapshot:
    """Return the error for a body that does not fit its address."""
    return DamagedSnapshot(
        f"The snapshot at “{_shortened(address)}” is damaged.",
        hint="What is stored there is not what was shared; go back to the page it came from.",
    )


def _full(kind: str, share: int) -> StoreFull:
    """Return the error for a store in which everything of a kind is still promised."""
    what = {RUN: "for runs ", UPLOAD: "for tables and gradients ", KEPT: "for links "}.get(kind, "")
    return StoreFull(
        f"The store has no room {what}left: all of its {share:,} bytes are promised to somebody.",
        hint="This page keeps working from its address. Some room gets free each hour; who runs "
        "the server can give more.",
    )


def _over_quota(kind: str, share: int) -> OverQuota:
    """Return the error for a browser that has as much as one may."""
    what = "tables and gradients" if kind == UPLOAD else "states of pages and runs"
    return OverQuota(
        f"This browser has {what} of {share:,} bytes in the store, as many as one may.",
        hint="Let go of some that you need no more; this page keeps working from its address.",
    )


def _not_yours() -> NotYours:
    """Return the error for who would delete what another brought."""
    return NotYours(
        "Only the browser that brought this can delete it.",
        hint="It goes by itself when it was not opened for some time.",
    )


def _shortened(address: str) -> str:
    """Return at most as much of the text as an address has; a visitor may send anything."""
    return address if len(address) <= 64 else f"{address[:64]}…"
