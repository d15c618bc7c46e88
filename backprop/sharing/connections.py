"""Connections to the database: how each is made, and how some of them rest until they are needed.

Under gevent those who use them are native threads. There a lock of gevent's must not be waited for:
now and then nobody wakes who waits, and each pool of SQLAlchemy's has such locks. So this one waits
for nobody; who uses it sees to it that not too many do.
"""

from collections import deque
from threading import Lock
from typing import Any

import sqlalchemy as sql
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry, Pool

try:
    from gevent import monkey
except ImportError:  # there is none on Windows
    monkey = None

# In each process; all of them stay open. To open one takes PostgreSQL a new process, and both sides
# some milliseconds: were some closed after use, a crowd would open them again and again, and queue.
# More of them would serve nobody sooner, and a server may not have as many as all processes take.
CONNECTIONS = 4
LOCKED = 3  # seconds for which one waits until another's lock is gone
LONGEST = 10  # seconds after which whatever is under way is given up

ON_CONNECTION = (
    f"PRAGMA busy_timeout = {1000 * LOCKED}",
    "PRAGMA journal_mode = WAL",  # readers and a writer at the same time
    "PRAGMA synchronous = NORMAL",
)
OPTIONS = {  # of PostgreSQL's driver
    "connect_timeout": LOCKED,
    "options": f"-c lock_timeout={LOCKED}s -c statement_timeout={LONGEST}s",
}


def system_lock() -> Any:
    """Return a lock of the system's, which native threads may wait for, whatever gevent patched."""
    return monkey.get_original("_thread", "allocate_lock")() if monkey else Lock()


class PoolWithoutLocks(Pool):
    """Connections that rest until somebody needs one; the last that came goes first."""

    def __init__(self, creator: Any, **options: Any) -> None:
        super().__init__(creator, **options)
        self._resting: deque[ConnectionPoolEntry] = deque()  # what it does is atomic
        # At the first connection SQLAlchemy asks what server this is, and all wait for that.
        self._first = system_lock()
        self._has_connected = False

    def _do_get(self) -> ConnectionPoolEntry:
        try:
            return self._resting.pop()
        except IndexError:
            pass
        if not self._has_connected:
            with self._first:
                entry = self._create_connection()
                self._has_connected = True
                return entry
        return self._create_connection()

    def _do_return_conn(self, record: ConnectionPoolEntry) -> None:
        if len(self._resting) < CONNECTIONS:
            self._resting.append(record)
        else:
            record.close()

    def dispose(self) -> None:
        """Close all that rest."""
        while self._resting:
            try:
                self._resting.pop().close()
            except IndexError:
                return

    def recreate(self) -> "PoolWithoutLocks":
        """Return another like this, with no connection."""
        return PoolWithoutLocks(
            self._creator,
            recycle=self._recycle,
            echo=self.echo,
            logging_name=self._orig_logging_name,
            reset_on_return=self._reset_on_return,
            pre_ping=self._pre_ping,
            _dispatch=self.dispatch,
            dialect=self._dialect,
        )


def make_engine(url: sql.URL) -> sql.Engine:
    """Return what makes connections, at the first of which anything is opened.

    None is tried before it is used: that would be one more way to the database and back. Where one
    has died all that rest are given up, and who met it begins again.
    """
    is_sqlite = url.get_backend_name() == "sqlite"
    engine = sql.create_engine(
        url, poolclass=PoolWithoutLocks, connect_args={} if is_sqlite else OPTIONS
    )
    if is_sqlite:
        sql.event.listen(engine, "connect", _settle)
    return engine


def _settle(connection: DBAPIConnection, _: object) -> None:
    """Tell a new connection to SQLite how it shares the file."""
    cursor = connection.cursor()
    for statement in ON_CONNECTION:
        cursor.execute(statement)
    cursor.close()
