"""The database: brought up to date once, and never in the way of who does not need it."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
import sqlalchemy as sql
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy.exc import IntegrityError

import backprop.sharing.connections as connections
import backprop.sharing.database as database_module
from backprop.sharing.database import CONNECTIONS, MIGRATIONS, REVISION, Database
from backprop.sharing.errors import MissingSnapshot, StoreAway
from backprop.sharing.snapshot import address_of, to_bytes
from backprop.sharing.store import A_YEAR, AN_HOUR, Store

OLD = (  # the schema of 0.1.0; its first one had no claims, and no sums
    "CREATE TABLE snapshots (address VARCHAR(64) NOT NULL PRIMARY KEY, size INTEGER NOT NULL,"
    " kept BOOLEAN NOT NULL, used {double} NOT NULL, body {blob} NOT NULL)",
    "CREATE TABLE snapshot_usage (id INTEGER PRIMARY KEY, total BIGINT, kept BIGINT)",
    "INSERT INTO snapshot_usage VALUES (1, 9, 9)",
)
TABLE = to_bytes({"columns": [], "header": True, "separator": ",", "table": "x,y\n1,2\n"})
GRADIENT = to_bytes({"gradient": "eJw=", "salt": "1", "text": True})
STATE = to_bytes({"lesson": "train", "pairs": {"seed": "3"}})


@pytest.fixture
def quick(monkeypatch):
    """Let nobody wait long for what the test holds on purpose."""
    monkeypatch.setattr(database_module, "LOCKED", 0.1)
    monkeypatch.setattr(database_module, "PATIENCE", 0.1)
    monkeypatch.setattr(connections, "ON_CONNECTION", ("PRAGMA journal_mode = WAL",))


@pytest.fixture
def file_url(tmp_path):
    return f"sqlite:///{tmp_path / 'store.sqlite'}"


def make_old(url, rows, *, first=False):
    """Fill a database as 0.1.0 did."""
    engine = sql.create_engine(Database(url).url)
    is_sqlite = engine.dialect.name == "sqlite"
    kinds = {"double": "DOUBLE PRECISION", "blob": "BLOB" if is_sqlite else "BYTEA"}
    with engine.begin() as connection:
        for statement in OLD[:1] if first else OLD:
            connection.exec_driver_sql(statement.format(**kinds))
        if not first:
            connection.exec_driver_sql("ALTER TABLE snapshots ADD COLUMN claims INT DEFAULT 1")
        table = sql.Table("snapshots", sql.MetaData(), autoload_with=connection)
        for number, (body, kept) in enumerate(rows):
            said = {"address": address_of(body), "size": len(body), "used": 5.0 - number}
            connection.execute(sql.insert(table).values(**said, kept=kept, body=body))
    engine.dispose()


def test_the_schema_that_the_code_reads_is_the_last_migration():
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_current_head() == REVISION


@pytest.mark.parametrize("first", [False, True])
def test_a_store_of_an_earlier_version_is_taken_over(database_url, first):
    """What was kept stays a year, the rest an hour; what was brought is known by how it begins."""
    make_old(
        database_url, [(TABLE, True), (GRADIENT, False), (STATE, True), (b"{}", False)], first=first
    )
    store = Store(database_url, clock=lambda: 0)
    assert [store.get(address_of(body)) for body in (TABLE, GRADIENT, STATE, b"{}")] == [
        TABLE,
        GRADIENT,
        STATE,
        b"{}",
    ]
    leases = store.list()  # the last needed first
    assert [lease.kind for lease in leases] == ["upload", "upload", "kept", "run"]
    began = leases[3].until - AN_HOUR
    assert [each.until - began for each in leases] == [A_YEAR, AN_HOUR, A_YEAR, AN_HOUR]
    assert [held.size for held in store.sizes().values()] == [2, len(TABLE + GRADIENT), len(STATE)]
    assert store.put(b"new") == store.list()[0].address
    store.close()


def test_nothing_touches_the_database_before_the_first_use(tmp_path, file_url):
    Store(file_url).close()
    assert not list(tmp_path.iterdir())


@pytest.mark.usefixtures("quick")
def test_readers_do_not_wait_for_a_writer_and_a_second_writer_is_refused_in_words(file_url):
    store = Store(file_url)
    address = store.put(b"{}")
    writer = sql.create_engine(file_url)
    with writer.begin() as connection:
        connection.exec_driver_sql("UPDATE ledger SET turn = turn")
        assert store.get(address) == b"{}"
        with pytest.raises(StoreAway, match="The store is busy") as caught:
            store.put(b"{1}")
        assert caught.value.retry_after == 2
    writer.dispose()
    assert store.get(store.put(b"{1}")) == b"{1}"
    store.close()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_in_postgresql_two_write_side_by_side_in_one_process(database_url):
    database, entered, go = Database(database_url), Event(), Event()
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(database.write, lambda _: entered.set() or go.wait(30))
        assert entered.wait(30)
        assert database.write(lambda connection: connection.scalar(sql.select(1))) == 1
        assert not slow.done()
        go.set()
    database.close()


def test_more_than_there_are_connections_queue(file_url):
    database = Database(file_url)
    with ThreadPoolExecutor(5 * CONNECTIONS) as pool:
        tasks = [pool.submit(database.read, lambda c: c.scalar(sql.select(1))) for _ in range(120)]
        assert {task.result() for task in tasks} == {1}
    database.close()


@pytest.mark.usefixtures("quick")
def test_who_finds_all_connections_taken_is_refused_in_words_and_the_next_is_not(file_url):
    database, go = Database(file_url), Event()
    database.read(lambda _: None)
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        entered = [Event() for _ in range(CONNECTIONS)]
        for each in entered:
            pool.submit(database.read, lambda _, each=each: each.set() or go.wait())
        assert all(each.wait(30) for each in entered)
        with pytest.raises(StoreAway, match="busy"):
            database.read(lambda _: None)
        go.set()
    assert database.read(lambda _: 1) == 1
    database.close()


def test_a_file_that_another_takes_the_place_of_is_opened_anew(tmp_path, file_url):
    """Without that, what is put would go into a file that has no name any more."""
    store = Store(file_url)
    address = store.put(b"{}")
    for path in tmp_path.iterdir():
        path.unlink()
    with pytest.raises(MissingSnapshot):
        store.get(address)
    again = Store(file_url)
    assert again.get(store.put(b"{1}")) == b"{1}"
    store.close()
    again.close()


def test_a_file_on_a_disk_that_takes_nothing_more_can_still_be_read(file_url, monkeypatch):
    store = Store(file_url)
    address = store.put(b"{}")
    store.close()

    def refuse(connection, _):
        connection.close()
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr(connections, "_settle", refuse)
    assert store.get(address) == b"{}"
    with pytest.raises(StoreAway):
        store.put(b"{1}")
    monkeypatch.undo()
    store.close()
    assert store.get(store.put(b"{1}")) == b"{1}"
    store.close()


@pytest.mark.usefixtures("quick")
def test_a_database_that_cannot_be_reached_is_said_in_words(tmp_path):
    for url in (
        f"sqlite:///{tmp_path}/missing/store.db",
        f"postgresql://postgres@/x?host={tmp_path}",
    ):
        with pytest.raises(StoreAway, match="The store cannot be reached") as caught:
            Store(url).put(b"{}")
        assert "stays" in caught.value.hint


def test_a_mistake_of_this_program_is_no_absence(file_url):
    database = Database(file_url)
    with pytest.raises(IntegrityError):
        database.write(lambda c: c.exec_driver_sql("INSERT INTO ledger (id) VALUES (1)"))
    database.close()
