"""The database: who asks it waits some seconds and no longer, and nobody else waits along.

A database can be slow, locked, full, read-only or away, and a driver that waits for one waits in C,
where no event loop hears of it. So under gevent all work is done by native threads, a few in each
process; who finds them busy queues. Elsewhere a thread does its own work, and queues alike.

The first use in a process brings the schema up to date, under a lock that other processes respect.
"""

import time
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any, TypeVar

import sqlalchemy as sql
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError

from backprop.sharing.connections import CONNECTIONS, LOCKED, LONGEST, make_engine, system_lock
from backprop.sharing.errors import StoreAway

try:
    from gevent import Timeout, monkey, spawn, threadpool
except ImportError:  # there is none on Windows
    monkey = None

MIGRATIONS = Path(__file__).parent / "migrations"
REVISION = "0003"  # the schema that this code reads and writes
WRITERS = 2  # at once, in each process, in PostgreSQL: who waits for a lock leaves readers the rest
PATIENCE = 5  # seconds for which one queues
PAUSE = 0.02  # seconds before the first new attempt; each later pause is twice as long
MIGRATING = 0x6261636B  # the name of PostgreSQL's lock

PASSING = {"SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_PROTOCOL", "53300", "40001", "40P01"}
NO_RIGHTS = ("42501", "3F000")  # theirs who made the role, though PostgreSQL counts them below
OURS = (IntegrityError, DataError, ProgrammingError)  # mistakes of this program

T = TypeVar("T")
Work = Callable[[sql.Connection], T]


class Database:
    """One database, in SQLite or in PostgreSQL, whose connections are made at their first use.

    Thus a server can fork its workers before; threads, green threads and processes may share it.

    Args:
        url: as SQLAlchemy spells it, “sqlite:////folder/file” or “postgresql://…”.
    """

    def __init__(self, url: str) -> None:
        self.url = sql.make_url(url)
        if self.url.drivername == "postgresql":
            self.url = self.url.set(drivername="postgresql+psycopg")
        self._lock = system_lock()  # those who wait for it are native threads
        self._engine: sql.Engine | None = None
        self._is_current = False
        self._file = 0
        self._places = BoundedSemaphore(CONNECTIONS)
        # Writers queue here, in their order; in SQLite's own queue each would sleep and try again.
        # PostgreSQL writes several side by side, and to the disk what they commit at once.
        self._turn = BoundedSemaphore(1 if self.is_sqlite else WRITERS)
        self._threads: Any = None

    @property
    def is_sqlite(self) -> bool:
        """Whether it is a file of SQLite."""
        return self.url.get_backend_name() == "sqlite"

    def read(self, work: Work[T], longest: float = LONGEST) -> T:
        """Return what the work reads, each statement as it finds it; raises StoreAway.

        On a disk that is full or read-only, SQLite cannot even begin to read as usual. A file that
        nobody was writing to is then read as it is.
        """
        return self._answer(partial(self._read, work), longest=longest)

    def write(self, work: Work[T], longest: float = LONGEST) -> T:
        """Return what the work leads to, all of it done or nothing; raises StoreAway.

        It may be begun again where others were in the way. Under gevent, who waits for the given
        seconds waits no longer; it may be done all the same.
        """
        return self._answer(partial(self._do, work), self._turn, longest=longest)

    def write_at_once(self, work: Work[T]) -> T:
        """Do the same where one statement writes, and is a transaction by itself.

        To begin and to commit are two more ways to the database and back, on which others wait.
        """
        return self._answer(partial(self._do, work, at_once=True), self._turn)

    def maintain(self, *statements: str) -> None:
        """Run statements that no transaction may hold, however long they take; raises StoreAway."""
        self._do(lambda connection: connection.scalar(sql.select(1)), at_once=True)
        try:
            with self._connected().connect() as connection:
                alone = connection.execution_options(isolation_level="AUTOCOMMIT")
                if not self.is_sqlite:
                    alone.exec_driver_sql("SET statement_timeout = 0")
                for statement in statements:
                    alone.exec_driver_sql(statement)
                alone.invalidate()
        except DBAPIError as error:
            raise _away(error) from error

    def close(self) -> None:
        """Close all connections; the next use opens new ones."""
        with self._lock:
            if self._engine is not None:
                self._engine.dispose()
            self._engine, self._is_current = None, False

    def _answer(
        self, task: Callable[[], T], *gates: BoundedSemaphore, longest: float = LONGEST
    ) -> T:
        """Return what the task returns, done where it holds up nobody but the one who asks."""
        leave = self._enter((*gates, self._places), min(longest, PATIENCE))
        if monkey is None or not monkey.is_module_patched("threading"):
            try:
                return task()
            finally:
                leave()
        if self._threads is None:
            self._threads = threadpool.ThreadPool(CONNECTIONS)
        # A thread that hangs keeps its place; who waited for it need not.
        under_way = self._threads.spawn(_outcome, task)
        # To leave may take a moment, where many come and go, and the event loop itself cannot wait.
        under_way.rawlink(lambda _: spawn(leave))
        try:
            result, error = under_way.get(timeout=longest)
        except Timeout:
            raise StoreAway("The store does not answer.") from None
        if error is not None:
            raise error
        return result  # type: ignore[no-any-return]

    def _enter(self, gates: Iterable[BoundedSemaphore], patience: float) -> Callable[[], None]:
        """Queue at each of the gates, for some seconds; return what lets the next one in."""
        until, entered = time.monotonic() + patience, ExitStack()
        for gate in gates:
            if not gate.acquire(timeout=max(until - time.monotonic(), 0)):
                entered.close()
                raise StoreAway("The store is busy.")
            entered.callback(gate.release)
        return entered.close

    def _do(self, work: Work[T], *, at_once: bool = False) -> T:
        """Do the work in a transaction, or each statement in its own; raises StoreAway.

        It is done again while others are in the way, or where a connection had died.
        """
        until, pause = time.monotonic() + LOCKED, PAUSE
        while True:
            try:
                engine = self._connected()
                with engine.connect() if at_once else engine.begin() as connection:
                    if at_once:
                        connection.execution_options(isolation_level="AUTOCOMMIT")
                    return work(connection)
            except DBAPIError as error:
                if error.connection_invalidated or _lacks_tables(error):
                    self._is_current = False  # it is another database than it was
                elif isinstance(error, OURS) and _code(error) not in NO_RIGHTS:
                    raise
                elif _code(error) not in PASSING:
                    raise _away(error) from error
                if time.monotonic() + pause > until:
                    raise _away(error) from error
            time.sleep(pause)
            pause *= 2

    def _read(self, work: Work[T]) -> T:
        try:
            return self._do(work, at_once=True)
        except StoreAway:
            if not self._lies_still():
                raise
        path = f"file:{self.url.database}?mode=ro&immutable=1&uri=true"
        engine = sql.create_engine(f"sqlite:///{path}", poolclass=sql.NullPool)
        try:
            with engine.connect() as connection:
                return work(connection)
        except DBAPIError as error:
            raise _away(error) from error

    def _lies_still(self) -> bool:
        """Whether all that was written stands in one file of SQLite, and nothing beside it."""
        path = self._path()
        if path is None or not path.is_file():
            return False
        logs = (path.with_name(f"{path.name}{end}") for end in ("-wal", "-journal"))
        return not any(log.exists() and log.stat().st_size for log in logs)

    def _path(self) -> Path | None:
        """Return the file of the database; None where it is no file."""
        name = self.url.database
        return Path(name) if self.is_sqlite and name and name != ":memory:" else None

    def _stands(self) -> int:
        """Return the number of the file: another, where somebody has put one in its place."""
        path = self._path()
        return path.stat().st_ino if path and path.exists() else 0

    def _connected(self) -> sql.Engine:
        """Return the engine, made at the first call, of a database whose schema is of today."""
        with self._lock:
            if self._is_current and self._file != self._stands():
                self._engine, self._is_current = None, False
            if self._engine is None:
                self._engine = make_engine(self.url)
            engine = self._engine
        if not self._is_current:
            migrate(engine)
            self._is_current, self._file = True, self._stands()
        return engine


def migrate(engine: sql.Engine) -> None:
    """Bring the schema up to date; of several processes that begin at once, one does it."""
    revision = revision_of(engine)
    if revision == REVISION:
        return
    if revision > REVISION:
        raise StoreAway("A later version of this program wrote the store.")
    from alembic import command  # only where there is something to do
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":  # whose driver would begin no transaction for a schema
            connection = connection.execution_options(isolation_level="AUTOCOMMIT")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.execute(sql.select(sql.func.pg_advisory_xact_lock(MIGRATING)))
            connection.exec_driver_sql("SET LOCAL statement_timeout = 0")  # it copies all bodies
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("COMMIT")
        else:
            connection.commit()


def revision_of(engine: sql.Engine) -> str:
    """Return which schema the database has; empty where it has none, or one from before these."""
    with engine.connect() as connection:
        if not sql.inspect(connection).has_table("alembic_version"):
            return ""
        found = connection.exec_driver_sql("SELECT version_num FROM alembic_version")
        return str(found.scalar() or "")


def _outcome(task: Callable[[], T]) -> tuple[T | None, BaseException | None]:
    """Return what a task returns, or what it raises: a thread's own report of it is for nobody."""
    try:
        return task(), None
    except Exception as error:
        return None, error


def _code(error: DBAPIError) -> str:
    """Return the database's own name of an error; empty where it has none."""
    name = getattr(error.orig, "sqlite_errorname", "") or getattr(error.orig, "sqlstate", "")
    return "53300" if "too many clients" in str(error.orig) else str(name or "")


def _lacks_tables(error: DBAPIError) -> bool:
    return "no such table" in str(error.orig) or _code(error) == "42P01"


def _away(error: DBAPIError) -> StoreAway:
    """Return what to say of an error of the database."""
    code = _code(error)
    if code in PASSING or code in ("55P03", "57014"):
        return StoreAway("The store is busy.")
    if code in ("SQLITE_FULL", "53100"):
        return StoreAway("The disk of the store is full.")
    if code.startswith("SQLITE_READONLY") or code == "25006":
        return StoreAway("The store can only be read.")
    return StoreAway("The store cannot be reached.")
