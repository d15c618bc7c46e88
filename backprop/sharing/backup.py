"""Backup and restore: a whole store as one file of SQLite, whichever database it stands in.

A backup is the store at one moment, while others go on writing. It is a database of its own, of the
schema of today: DATABASE_URL may name it, and a restore reads one of an earlier version, too.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import sqlalchemy as sql
from sqlalchemy.exc import DatabaseError

from backprop.engine.errors import InputError
from backprop.sharing.database import REVISION, Database, migrate, revision_of
from backprop.sharing.leases import BODIES, CLAIMS, KEPT, KINDS, LEASES, LEDGER, RUN, take_turn
from backprop.sharing.room_rows import PARTS, ROOMS

PAGE = 50  # rows at a time: bodies of 1 MiB fit in memory, and no writer waits long
FIRST_TABLE = "snapshots"  # of a store from before the schema had versions

Rows = Sequence[sql.Row[Any]]


class Page(NamedTuple):
    """Some bodies, and all that is known of them."""

    leases: Rows
    bodies: Rows
    claims: Rows


def back_up(database: Database, file: Path) -> int:
    """Write the whole store into a new file, which its owner alone may read.

    Returns:
        How many bodies it has.

    Raises:
        InputError: the file exists, or cannot be written.
        StoreAway: the database cannot be used just now.
    """
    if file.exists():
        raise InputError(f"“{file}” exists already.", hint="Name a new file.")
    unfinished = file.with_name(f"{file.name}.unfinished")

    def copy(connection: sql.Connection) -> int:
        begin = "BEGIN" if database.is_sqlite else "BEGIN ISOLATION LEVEL REPEATABLE READ"
        connection.exec_driver_sql(begin)
        with _writing(unfinished) as target:
            counts = {table.name: _copy(connection, target, table) for table in _tables(target)}
        return counts[BODIES.name]

    try:
        count = database.read(copy)
        unfinished.replace(file)
    except OSError as error:
        raise _unwritable(file, error.strerror) from error
    finally:
        if file.parent.is_dir():
            unfinished.unlink(missing_ok=True)
    return count


def restore(database: Database, file: Path) -> tuple[int, int]:
    """Put back what a backup holds; return how many bodies, and how many stood already.

    What stands stays: it is promised until the later of the two ends, and has the owners of both;
    a class that goes on keeps what it has. Begun again after a failure, it goes on.

    Raises:
        InputError: the file is not a backup.
        StoreAway: the database cannot be used just now.
    """
    if not file.is_file():
        raise InputError(f"There is no file “{file}”.")
    new = old = 0
    for turn, page in _pages_of_backup(file):
        put_back = database.write(partial(_merge, turn, page))
        new, old = new + put_back, old + len(page.leases) - put_back
    for room in _rooms_of_backup(file):
        database.write(partial(_add_room, room))
    return new, old


def _pages_of_backup(file: Path) -> Iterator[tuple[int, Page]]:
    """Yield the number of the last turn, each time, and some bodies with what is known of them."""
    try:
        with TemporaryDirectory() as folder, _reading(file, Path(folder)) as source:
            turn = source.execute(sql.select(LEDGER.c.turn)).scalar_one()
            for leases in _pages(source, LEASES, ("address",)):
                here = [lease.address for lease in leases]
                bodies = source.execute(sql.select(BODIES).where(BODIES.c.address.in_(here))).all()
                claims = source.execute(sql.select(CLAIMS).where(CLAIMS.c.address.in_(here))).all()
                yield turn, Page(leases, bodies, claims)
    except DatabaseError as error:
        raise _no_backup(file) from error


def _rooms_of_backup(file: Path) -> Iterator[Mapping[sql.TableClause, Rows]]:
    """Yield each class with all that belongs to it."""
    try:
        with TemporaryDirectory() as folder, _reading(file, Path(folder)) as source:
            for room in source.execute(sql.select(ROOMS)).all():
                parts = {each: sql.select(each).where(each.c.room == room.code) for each in PARTS}
                rows = {each: source.execute(query).all() for each, query in parts.items()}
                yield {ROOMS: [room], **rows}
    except DatabaseError as error:
        raise _no_backup(file) from error


@contextmanager
def _writing(file: Path) -> Iterator[sql.Connection]:
    """Open a transaction on a new, empty store."""
    file.unlink(missing_ok=True)
    file.touch(mode=0o600)  # the words of browsers stand in it
    engine = _engine(file)
    try:
        migrate(engine)
        with engine.begin() as connection:
            yield connection
    except DatabaseError as error:
        raise _unwritable(file, error.orig) from error


@contextmanager
def _reading(file: Path, folder: Path) -> Iterator[sql.Connection]:
    """Open a backup; one of an earlier version is brought up to date in a copy."""
    engine = _engine(file)
    if not (revision := revision_of(engine)) and not sql.inspect(engine).has_table(FIRST_TABLE):
        raise _no_backup(file)
    if revision != REVISION:
        copy = _engine(folder / "copy.sqlite")
        with closing(engine.raw_connection()) as old, closing(copy.raw_connection()) as new:
            old.backup(new.driver_connection)
        migrate(copy)
        engine = copy
    with engine.connect() as connection:
        yield connection


def _engine(file: Path) -> sql.Engine:
    return sql.create_engine(f"sqlite:///{file}", poolclass=sql.NullPool)


def _tables(target: sql.Connection) -> Sequence[sql.Table]:
    """Return the tables of a store as they stand in a new one, emptied of their first rows."""
    tables = sql.MetaData()
    tables.reflect(target)
    for table in tables.sorted_tables:
        target.execute(sql.delete(table))
    return tables.sorted_tables


def _copy(source: sql.Connection, target: sql.Connection, table: sql.Table) -> int:
    """Copy all rows of a table; return how many."""
    count = 0
    for rows in _pages(source, table, [column.name for column in table.primary_key]):
        _insert(target, table, rows)
        count += len(rows)
    return count


def _pages(source: sql.Connection, table: sql.TableClause, names: Sequence[str]) -> Iterator[Rows]:
    """Yield all rows in the order of their key, a page at a time."""
    key = [table.c[name] for name in names]
    query = first = sql.select(table).order_by(*key).limit(PAGE)
    while rows := source.execute(query).all():
        yield rows
        query = first.where(sql.tuple_(*key) > [getattr(rows[-1], name) for name in names])


def _merge(turn: int, page: Page, connection: sql.Connection) -> int:
    """Add what is missing, and lengthen what is there; return how many bodies were missing."""
    take_turn(connection)
    mine = LEASES.c.address.in_([lease.address for lease in page.leases])
    standing = {row.address: row for row in connection.execute(sql.select(LEASES).where(mine))}
    missing = [lease for lease in page.leases if lease.address not in standing]
    grown = {kind: sum(row.size for row in missing if row.kind == kind) for kind in KINDS}
    for lease in page.leases:
        if (here := standing.get(lease.address)) is None:
            continue
        kind = KEPT if here.kind == RUN and lease.kind == KEPT else here.kind
        grown[here.kind] -= here.size
        grown[kind] += here.size
        this = LEASES.c.address == lease.address
        until = max(here.until, lease.until)
        connection.execute(sql.update(LEASES).where(this).values(until=until, kind=kind))
    owned = sql.select(CLAIMS.c.owner, CLAIMS.c.address).where(
        CLAIMS.c.address.in_([claim.address for claim in page.claims])
    )
    known = {tuple(row) for row in connection.execute(owned)}
    _insert(connection, BODIES, [row for row in page.bodies if row.address not in standing])
    _insert(connection, LEASES, missing)
    claims = [row for row in page.claims if (row.owner, row.address) not in known]
    _insert(connection, CLAIMS, claims)
    later = sql.case((LEDGER.c.turn < turn, turn), else_=LEDGER.c.turn)
    sums = {kind: LEDGER.c[kind] + size for kind, size in grown.items()}
    connection.execute(sql.update(LEDGER).values(turn=later, **sums))
    return len(missing)


def _add_room(room: Mapping[sql.TableClause, Rows], connection: sql.Connection) -> None:
    """Add a class, unless there is one of its code."""
    code = room[ROOMS][0].code
    here = sql.update(ROOMS).where(ROOMS.c.code == code).values(code=code)
    if not connection.execute(here).rowcount:
        for table, rows in room.items():
            _insert(connection, table, rows)


def _insert(connection: sql.Connection, table: sql.TableClause, rows: Rows) -> None:
    if rows:
        connection.execute(sql.insert(table), [row._asdict() for row in rows])


def _no_backup(file: Path) -> InputError:
    return InputError(f"“{file}” is not a backup of a store.")


def _unwritable(file: Path, error: object) -> InputError:
    return InputError(f"“{file}” cannot be written: {error}.")
