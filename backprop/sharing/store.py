"""The store: snapshots by their address, in SQLite or, by its URL, in PostgreSQL.

How much the store holds is a running sum in a row of its own: adding up hundreds of thousands of
sizes at every put would cost more than the put. Each writing transaction begins by updating that
row, so writers queue there, in both databases, before they have read anything. Hence the sum cannot
drift, two puts of one body cannot collide, and SQLite never has to turn a reader into a writer,
which it refuses at once instead of waiting.
"""

import re
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

import sqlalchemy as sql
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.schema import CreateIndex, CreateTable

from backprop.engine.errors import InputError, LimitError, UnknownNameError
from backprop.sharing.snapshot import address_of

STORE_LIMIT = 2**30  # bytes of bodies; the database's own bookkeeping comes on top
BODY_LIMIT = 2**20  # bytes
BATCH = 200  # snapshots deleted in one transaction: no writer waits long for another
PAUSES = (0.01, 0.03, 0.1, 0.3, 0.3)  # seconds between attempts to create the tables
ADDRESS = re.compile("[0-9a-f]{64}")

TABLES = sql.MetaData()
SNAPSHOTS = sql.Table(
    "snapshots",
    TABLES,
    sql.Column("address", sql.String(64), primary_key=True),
    sql.Column("size", sql.Integer, nullable=False),
    sql.Column("kept", sql.Boolean, nullable=False),
    sql.Column("used", sql.Double, nullable=False),  # seconds since 1970
    sql.Column("claims", sql.Integer, nullable=False, server_default="1"),  # puts less releases
    sql.Column("body", sql.LargeBinary, nullable=False),
)
OLDEST_FIRST = sql.Index(
    "snapshots_oldest_first", SNAPSHOTS.c.kept, SNAPSHOTS.c.used, SNAPSHOTS.c.address
)
USAGE = sql.Table(  # one row
    "snapshot_usage",
    TABLES,
    sql.Column("id", sql.Integer, primary_key=True),
    sql.Column("total", sql.BigInteger, nullable=False),  # bytes of all bodies
    sql.Column("kept", sql.BigInteger, nullable=False),  # bytes of those that stay
)

ADD_CLAIMS = "ALTER TABLE snapshots ADD COLUMN claims INTEGER NOT NULL DEFAULT 1"
ON_CREATION = {"sqlite": ("PRAGMA journal_mode = WAL",)}  # readers and a writer at the same time
ON_CONNECTION = {"sqlite": ("PRAGMA busy_timeout = 10000", "PRAGMA synchronous = NORMAL")}


class MissingSnapshot(UnknownNameError):
    """No snapshot stands at this address, or it is not an address."""


class DamagedSnapshot(InputError):
    """What stands at an address is not what was put there."""


class StoreFull(LimitError):
    """There is no room, and everything in the store was kept by somebody."""


class Store:
    """Immutable bodies, each found by the address that its content gives it.

    It connects at its first use, thus after a server has forked its workers; threads, green threads
    and processes may share one database.

    Args:
        database_url: as SQLAlchemy spells it, “sqlite:////folder/file” or “postgresql://…”.
        limit_bytes: how much all bodies together may hold.
        clock: the time now, in seconds; it decides which snapshots are the oldest.
    """

    def __init__(
        self,
        database_url: str,
        limit_bytes: int = STORE_LIMIT,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.database_url = database_url
        self.limit_bytes = limit_bytes
        self.clock = clock
        self._lock = Lock()
        self._engine: sql.Engine | None = None

    def put(self, body: bytes, *, kept: bool = False) -> str:
        """Return the address at which the body stands from now on.

        A body that stands already counts as used now, and as claimed once more (see `release`).
        Where room is lacking, the snapshots that were not used for longest go, except those that
        somebody kept.

        Raises:
            LimitError: the body is larger than 1 MiB.
            StoreFull: the kept snapshots leave no room for it; nothing was deleted.
        """
        return self.put_all((body,), kept=kept)[0]

    def put_all(self, bodies: Iterable[bytes], *, kept: bool = False) -> tuple[str, ...]:
        """Put several bodies at once, all or none; return their addresses, each once.

        Raises:
            LimitError: a body is larger than 1 MiB.
            StoreFull: the kept snapshots leave no room for them; nothing was deleted.
        """
        found = {address_of(body): body for body in bodies if _check_size(body)}
        while found:
            with self._writing() as (connection, usage):
                query = sql.select(SNAPSHOTS.c.address).where(SNAPSHOTS.c.address.in_(found))
                known = set(connection.scalars(query))
                new = {address: body for address, body in found.items() if address not in known}
                size = sum(map(len, new.values()))
                if usage.kept + size > self.limit_bytes:
                    raise _full(self.limit_bytes)
                excess = usage.total + size - self.limit_bytes
                if excess > 0 and new:
                    _drop_oldest(connection, excess)
                    continue
                for address in known:
                    self._refresh(connection, address, kept=kept, claims=1)
                for address, body in new.items():
                    self._insert(connection, address, body, kept=kept)
                break
        return tuple(found)

    def get(self, address: str) -> bytes:
        """Return the body that stands at an address.

        Raises:
            MissingSnapshot: none does, or the address is not an address.
            DamagedSnapshot: the body is not the one that was put there.
        """
        _check_address(address)
        with self._connected().connect() as connection:
            query = sql.select(SNAPSHOTS.c.body).where(SNAPSHOTS.c.address == address)
            body: bytes | None = connection.scalar(query)
        if body is None:
            raise _missing(address)
        if address_of(body) != address:
            raise _damaged(address)
        return body

    def keep(self, address: str, *others: str) -> None:
        """Keep a snapshot for good: it counts as used now, and no pruning takes it.

        Args:
            address: of the snapshot.
            others: of what belongs to it, and is kept with it as far as it stands.

        Raises:
            MissingSnapshot: none stands at the first, or it is not an address.
        """
        _check_address(address)
        with self._writing() as (connection, _):
            if not self._refresh(connection, address, kept=True):
                raise _missing(address)
            for other in others:
                self._refresh(connection, other, kept=True)

    def release(self, addresses: Iterable[str]) -> int:
        """Take back one put of each; what nobody else put or kept goes. Return how many went.

        A run that plays leaves hundreds of states behind that nobody saw: whoever put them says so.
        Two who put the same body hold it together, until both have released it.
        """
        wanted = tuple(dict.fromkeys(addresses))
        if not wanted:
            return 0
        these = SNAPSHOTS.c.address.in_(wanted)
        nobodys = these & SNAPSHOTS.c.kept.is_(False) & (SNAPSHOTS.c.claims < 1)
        with self._writing() as (connection, _):
            connection.execute(
                sql.update(SNAPSHOTS).where(these).values(claims=SNAPSHOTS.c.claims - 1)
            )
            return _delete(connection, nobodys)

    def delete(self, addresses: Iterable[str]) -> int:
        """Delete these, also what was kept; return how many went.

        What somebody brought themselves, they can take back.
        """
        wanted = tuple(addresses)
        if not wanted:
            return 0
        with self._writing() as (connection, _):
            return _delete(connection, SNAPSHOTS.c.address.in_(wanted))

    def prune(self, limit_bytes: int | None = None) -> int:
        """Delete the oldest snapshots that nobody kept, until the rest fits; return how many went.

        Args:
            limit_bytes: what may stay; the limit of the store when left out.
        """
        limit = self.limit_bytes if limit_bytes is None else limit_bytes
        count = 0
        while True:
            with self._writing() as (connection, usage):
                if usage.total <= max(limit, usage.kept):
                    return count
                count += _drop_oldest(connection, usage.total - limit)

    def close(self) -> None:
        """Close all connections; the next use opens new ones."""
        with self._lock:
            if self._engine is not None:
                self._engine.dispose()
            self._engine = None

    def _connected(self) -> sql.Engine:
        """Return the engine, made at the first call."""
        with self._lock:
            if self._engine is None:
                engine = sql.create_engine(self.database_url, pool_pre_ping=True)
                sql.event.listen(engine, "connect", _settle(engine.dialect.name))
                _create_tables(engine)
                self._engine = engine
            return self._engine

    @contextmanager
    def _writing(self) -> Iterator[tuple[sql.Connection, sql.Row[Any]]]:
        """Give a transaction that no other writer overlaps, and the sums at its beginning."""
        lock = sql.update(USAGE).values(total=USAGE.c.total).returning(USAGE.c.total, USAGE.c.kept)
        with self._connected().begin() as connection:
            yield connection, connection.execute(lock).one()

    def _refresh(
        self, connection: sql.Connection, address: str, *, kept: bool, claims: int = 0
    ) -> bool:
        """Return whether a snapshot stands there; it then counts as used now, and kept if asked."""
        this = sql.update(SNAPSHOTS).where(SNAPSHOTS.c.address == address)
        changes = {"used": self.clock(), "claims": SNAPSHOTS.c.claims + claims}
        touch = this.values(changes).returning(SNAPSHOTS.c.size, SNAPSHOTS.c.kept)
        row = connection.execute(touch).one_or_none()
        if row is not None and kept and not row.kept:
            connection.execute(this.values(kept=True))
            connection.execute(sql.update(USAGE).values(kept=USAGE.c.kept + row.size))
        return row is not None

    def _insert(self, connection: sql.Connection, address: str, body: bytes, *, kept: bool) -> None:
        """Add a snapshot, and its size to the sums."""
        size = len(body)
        connection.execute(
            sql.insert(SNAPSHOTS).values(
                address=address, size=size, kept=kept, used=self.clock(), body=body
            )
        )
        connection.execute(
            sql.update(USAGE).values(total=USAGE.c.total + size, kept=USAGE.c.kept + size * kept)
        )


def _delete(connection: sql.Connection, which: sql.ColumnElement[bool]) -> int:
    """Delete the snapshots of which this is true, and their sizes; return how many went."""
    gone = sql.delete(SNAPSHOTS).where(which).returning(SNAPSHOTS.c.size, SNAPSHOTS.c.kept)
    rows = connection.execute(gone).all()
    total, kept = sum(row.size for row in rows), sum(row.size * row.kept for row in rows)
    connection.execute(
        sql.update(USAGE).values(total=USAGE.c.total - total, kept=USAGE.c.kept - kept)
    )
    return len(rows)


def _drop_oldest(connection: sql.Connection, excess: int) -> int:
    """Delete the oldest snapshots that nobody kept, at most a batch; return how many.

    Args:
        connection: a transaction of `Store._writing`.
        excess: how many bytes should go.
    """
    oldest = (
        sql.select(SNAPSHOTS.c.address, SNAPSHOTS.c.size)
        .where(SNAPSHOTS.c.kept.is_(False))
        .order_by(SNAPSHOTS.c.used, SNAPSHOTS.c.address)
        .limit(BATCH)
    )
    addresses, freed = [], 0
    for address, size in connection.execute(oldest).all():
        if freed >= excess:
            break
        addresses.append(address)
        freed += size
    connection.execute(sql.delete(SNAPSHOTS).where(SNAPSHOTS.c.address.in_(addresses)))
    connection.execute(sql.update(USAGE).values(total=USAGE.c.total - freed))
    return len(addresses)


def _settle(dialect: str) -> Callable[[DBAPIConnection, object], None]:
    """Return what a new connection is told before its first use."""

    def settle(connection: DBAPIConnection, _: object) -> None:
        cursor = connection.cursor()
        for statement in ON_CONNECTION.get(dialect, ()):
            cursor.execute(statement)
        cursor.close()

    return settle


def _create_tables(engine: sql.Engine) -> None:
    """Create what is missing, though other workers may be doing the same at this moment.

    “If not exists” is not enough: PostgreSQL may refuse the second of two such statements, and
    SQLite does not wait when two connections switch to WAL. Both succeed when asked again.
    """
    for pause in PAUSES:
        try:
            return _create_missing(engine)
        except DBAPIError:
            time.sleep(pause)
    return _create_missing(engine)  # this time an error is a real one


def _create_missing(engine: sql.Engine) -> None:
    """Create the tables, their index and the row of sums, where they do not stand yet."""
    with engine.connect() as connection:
        connection = connection.execution_options(isolation_level="AUTOCOMMIT")
        for statement in ON_CREATION.get(engine.dialect.name, ()):
            connection.exec_driver_sql(statement)
        for table in TABLES.sorted_tables:
            connection.execute(CreateTable(table, if_not_exists=True))
        connection.execute(CreateIndex(OLDEST_FIRST, if_not_exists=True))
        columns = {column["name"] for column in sql.inspect(connection).get_columns(SNAPSHOTS.name)}
        if "claims" not in columns:  # a store from before snapshots could be released
            connection.exec_driver_sql(ADD_CLAIMS)
        nothing = sql.select(sql.literal(1), sql.literal(0), sql.literal(0))
        first = nothing.where(~sql.select(USAGE.c.id).exists())
        connection.execute(sql.insert(USAGE).from_select(["id", "total", "kept"], first))


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
        hint="It may have been deleted to make room; snapshots that somebody kept stay.",
    )


def _damaged(address: str) -> DamagedSnapshot:
    """Return the error for a body that does not fit its address."""
    return DamagedSnapshot(
        f"The snapshot at “{_shortened(address)}” is damaged.",
        hint="What is stored there is not what was shared; go back to the page it came from.",
    )


def _full(limit_bytes: int) -> StoreFull:
    """Return the error for a store whose snapshots were all kept."""
    return StoreFull(
        f"The store is full: kept snapshots leave no room within its {limit_bytes:,} bytes.",
        hint="This page keeps working from its address; who runs the server can raise the limit.",
    )


def _shortened(address: str) -> str:
    """Return at most as much of the text as an address has; a visitor may send anything."""
    return address if len(address) <= 64 else f"{address[:64]}…"
