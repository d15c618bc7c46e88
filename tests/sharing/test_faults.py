"""The store against faults: what was promised stands, what cannot be done is said in words, and
everything goes on by itself when the fault is over."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from random import Random

import pytest
import sqlalchemy as sql

import backprop.sharing.connections as connections
import backprop.sharing.database as database_module
from backprop.sharing.database import CONNECTIONS, REVISION, Database
from backprop.sharing.errors import MissingSnapshot, StoreAway
from backprop.sharing.snapshot import address_of
from backprop.sharing.store import Store
from tests.kit.disks import filled, read_only, short_files, small_disk
from tests.kit.old_store import make_old_store
from tests.kit.processes import HOLDER

ROOT = Path(__file__).parents[2]
WRITERS = """
import os
import sys
from backprop.sharing.store import Store

def write(name):
    store = Store(sys.argv[1])
    for number in range(20):
        shared, own = b"shared %d" % number, b"%s %d" % (name.encode(), number)
        addresses = store.put_all([shared, own], owner=name)
        store.keep(addresses[number % 2])
        store.release(addresses, name)
    store.close()

print("ready", flush=True)
sys.stdin.readline()
running = []
for name in sys.argv[2:]:
    running.append(os.fork())
    if not running[-1]:
        write(name)
        os._exit(0)  # after an error it is 1, and that is said
assert [os.waitpid(each, 0)[1] for each in running] == [0] * len(running)
"""
LEAVER = """
from gevent import monkey
monkey.patch_all()
import sys
import gevent
from backprop.sharing.database import CONNECTIONS, Database

database = Database(sys.argv[1])
database.write(lambda _: None)
print("ready", flush=True)
sys.stdin.readline()
begun, go = [], monkey.get_original("_thread", "allocate_lock")()
go.acquire()
writing = gevent.spawn(database.write, lambda _: begun.append(1) or go.acquire())
while not begun:
    gevent.sleep(0)
with database._turn._cond:  # as who comes or goes at this moment
    go.release()
    while database._places._value < CONNECTIONS:
        gevent.sleep(0)
writing.join()
database.write(lambda _: None)  # StoreAway, if nobody has left
"""
LOCKS = {
    "sqlite": ("PRAGMA locking_mode = EXCLUSIVE", "UPDATE ledger SET turn = turn + 1", "COMMIT"),
    "postgresql": ("LOCK TABLE bodies, leases, claims, ledger IN ACCESS EXCLUSIVE MODE",),
}
WRITE_LOCKS = {"sqlite": ("BEGIN IMMEDIATE",), "postgresql": ("LOCK TABLE ledger IN SHARE MODE",)}
NO_DISK = "Only root may mount a small disk, and not everywhere."
postgresql_alone = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
sqlite_alone = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def body(number, size=20_000):
    """Return a body that no database makes smaller."""
    return Random(number).randbytes(size)


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Let nobody wait long for what the test holds on purpose."""
    monkeypatch.setattr(database_module, "LOCKED", 0.2)
    monkeypatch.setattr(database_module, "PATIENCE", 0.2)
    statements = connections.ON_CONNECTION[1:]
    monkeypatch.setattr(connections, "ON_CONNECTION", ("PRAGMA busy_timeout = 100", *statements))
    monkeypatch.setattr(connections, "OPTIONS", {"options": "-c lock_timeout=100"})


@pytest.fixture
def open_store():
    """Gives the store at the address of a database, as a process opens it that is started."""
    stores = []

    def open_store(url):
        stores.append(Store(url))
        return stores[-1]

    yield open_store
    for store in stores:
        store.close()


@pytest.fixture
def store(open_store, database_url):
    return open_store(database_url)


@contextmanager
def process(code, url, *words):
    """Run code in a process of its own, until the end of its input."""
    url = Database(url).url.render_as_string(hide_password=False)
    with subprocess.Popen(
        [sys.executable, "-c", code, url, *words],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as running:
        assert running.stdout.readline() in ("held\n", "ready\n")
        yield running
        running.stdin.write("go on\n")
        running.stdin.flush()
    assert running.returncode == 0


def fill(store):
    """Put until the disk takes no more; return what was acknowledged, and what was said."""
    put = []
    for number in range(1000):
        try:
            put.append(store.put(body(number)))
        except StoreAway as away:
            return put, away.what
    raise AssertionError("The disk is not small.")


def opens(store, addresses):
    return [address_of(store.get(address)) for address in addresses] == list(addresses)


def sums_agree(store):
    query = "SELECT run + upload + kept, (SELECT sum(length(body)) FROM bodies) FROM ledger"
    ledger, counted = store.database.read(lambda c: tuple(c.execute(sql.text(query)).one()))
    return ledger == counted


@sqlite_alone
def test_where_no_file_may_grow_all_links_open_and_it_goes_on_afterwards(
    store, open_store, database_url
):
    first = store.put(body(0))
    with short_files(1_000_000):
        put, _ = fill(store)
        assert len(put) > 10
        assert opens(store, [first, *put])
        assert opens(open_store(database_url), [first, *put])
    assert store.put(b"more") == address_of(b"more")
    assert sums_agree(store)


@pytest.fixture
def small_url(request, tmp_path):
    """The address of a database on a disk of 4 MB, and its folder."""
    folder = tmp_path / "small"
    if request.param == "sqlite":
        with small_disk(folder, 4_000_000) as there:
            if not there:
                pytest.skip(NO_DISK)
            yield f"sqlite:///{folder / 'store.sqlite'}", folder
        return
    cluster = request.getfixturevalue("cluster")
    cluster.clear()
    folder = cluster.folder / "small"
    with small_disk(folder, 4_000_000, cluster.owner) as there:
        if not there:
            pytest.skip(NO_DISK)
        cluster.execute(
            f"CREATE TABLESPACE small LOCATION '{folder}'",
            "ALTER ROLE postgres SET default_tablespace = small",
        )
        try:
            yield cluster.url, folder
        finally:
            cluster.execute("ALTER ROLE postgres RESET default_tablespace")
            cluster.clear()
            cluster.execute("DROP TABLESPACE small")


@pytest.mark.parametrize("small_url", ["sqlite", "postgresql"], indirect=True)
def test_on_a_full_disk_all_links_open_and_it_goes_on_afterwards(small_url, open_store):
    url, folder = small_url
    store = open_store(url)
    first = store.put(body(0))
    with filled(folder):
        put, said = fill(store)
        assert said == "The disk of the store is full."
        assert opens(store, [first, *put])
        store.visit_later(first)
        store.flush()
        assert store.until(first) is not None
        assert opens(open_store(url), [first, *put])
    assert opens(store, [store.put(body(number)) for number in range(20)])
    assert sums_agree(store)


def test_a_folder_that_can_only_be_read_is_read(tmp_path, open_store):
    folder = tmp_path / "small"
    url = f"sqlite:///{folder / 'store.sqlite'}"
    with small_disk(folder, 4_000_000) as there:
        if not there and os.geteuid() == 0:
            pytest.skip(NO_DISK)
        store = open_store(url)
        put = [store.put(body(number)) for number in range(3)]
        store.close()
        with read_only(folder):
            assert opens(open_store(url), put)
            assert opens(store, put)
            for each in (store, open_store(url)):
                with pytest.raises(StoreAway):
                    each.put(b"more")
        assert store.get(store.put(b"more")) == b"more"
        store.close()


@postgresql_alone
def test_a_server_that_can_only_be_read_is_read(store, open_store, database_url, cluster):
    put = [store.put(body(number)) for number in range(3)]
    cluster.execute("ALTER DATABASE postgres SET default_transaction_read_only = on")
    try:
        other = open_store(database_url)
        assert opens(other, put)
        with pytest.raises(StoreAway, match="can only be read"):
            other.put(b"more")
    finally:
        cluster.execute(
            "SET default_transaction_read_only = off",
            "ALTER DATABASE postgres RESET default_transaction_read_only",
        )
    assert store.get(store.put(b"more")) == b"more"


def test_while_another_process_writes_all_is_read_and_writing_is_refused_in_words(
    store, database_url
):
    address = store.put(b"here")
    with process(HOLDER, database_url, *WRITE_LOCKS[store.database.url.get_backend_name()]):
        assert store.get(address) == b"here"
        for _ in range(3):
            with pytest.raises(StoreAway, match="The store is busy"):
                store.put(b"more")
        store.visit_later(address)
        store.flush()
    assert store.get(store.put(b"more")) == b"more"
    store.visit(address)
    assert store.until(address) > store.clock() + 29 * 86_400


def test_while_another_process_locks_all_it_is_refused_in_words(store, open_store, database_url):
    address = store.put(b"here")
    store.database.close()
    with process(HOLDER, database_url, *LOCKS[store.database.url.get_backend_name()]):
        for ask in (store.get, store.until, store.keep):
            with pytest.raises(StoreAway, match="The store is busy"):
                ask(address)
        with pytest.raises(StoreAway, match="The store is busy"):
            open_store(database_url).put(b"more")
    assert store.get(address) == b"here"
    assert store.get(store.put(b"more")) == b"more"


def test_processes_that_start_at_once_bring_an_old_database_up_to_date_once(
    open_store, database_url
):
    kept, loose = body(1), body(2)
    make_old_store(Database(database_url).url, {kept: True, loose: False})
    names = ["anna", "ben", "carla", "dilek"]
    with process(WRITERS, database_url, *names):
        pass
    store = open_store(database_url)
    assert sums_agree(store)
    assert opens(store, [address_of(kept), address_of(loose)])
    for number in range(0, 20, 2):
        assert store.get(address_of(b"shared %d" % number))
    for name in names:
        for number in range(1, 20, 2):
            assert store.get(address_of(b"%s %d" % (name.encode(), number)))
        with pytest.raises(MissingSnapshot):
            store.get(address_of(b"%s 0" % name.encode()))


@postgresql_alone
@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_a_server_that_is_stopped_and_started_is_found_again(store, cluster, mode):
    address = store.put(b"here")
    with cluster.stopped(mode):
        for ask in (store.get, store.until, store.put):
            with pytest.raises(StoreAway, match="The store cannot be reached"):
                ask(b"more" if ask == store.put else address)
    assert store.get(address) == b"here"
    assert store.get(store.put(b"more")) == b"more"


@postgresql_alone
def test_a_server_whose_tables_are_gone_gets_new_ones(store, cluster):
    address = store.put(b"here")
    cluster.clear()
    with pytest.raises(MissingSnapshot):
        store.get(address)
    assert store.get(store.put(b"more")) == b"more"


@postgresql_alone
def test_a_server_with_fewer_connections_than_all_would_take_serves_all(
    open_store, cluster, database_url, monkeypatch
):
    monkeypatch.setattr(database_module, "LOCKED", 30)
    monkeypatch.setattr(database_module, "PATIENCE", 30)
    cluster.stop()
    cluster.start(max_connections=CONNECTIONS + 1, superuser_reserved_connections=0)
    try:
        stores = [open_store(database_url) for _ in range(2)]  # as two workers are
        stores[0].put(b"here")
        slow = sql.text("SELECT pg_sleep(0.1)")
        with ThreadPoolExecutor(CONNECTIONS) as pool:  # one takes all but one
            tasks = [
                pool.submit(stores[0].database.read, lambda c: c.execute(slow).all())
                for _ in range(CONNECTIONS)
            ]
            assert all(task.result() for task in tasks)
        with ThreadPoolExecutor(40) as pool:
            tasks = [pool.submit(stores[n % 2].put, b"%d" % n) for n in range(200)]
            addresses = [task.result() for task in tasks]
        assert opens(stores[0], addresses)
        assert opens(stores[1], addresses)
    finally:
        for store in stores:
            store.close()
        cluster.stop()
        cluster.start()


@postgresql_alone
def test_a_role_without_rights_is_no_mistake_of_this_program(store, open_store, cluster):
    address = store.put(b"here")
    cluster.execute("CREATE ROLE guest LOGIN")
    try:
        with pytest.raises(StoreAway, match="cannot be reached"):
            open_store(cluster.url.replace("postgres@", "guest@")).get(address)
    finally:
        cluster.execute("DROP ROLE guest")


def test_a_store_that_a_later_version_wrote_is_left_as_it_is(store, open_store, database_url):
    def call_it(version):
        said = f"UPDATE alembic_version SET version_num = '{version}'"
        store.database.write(lambda connection: connection.exec_driver_sql(said))

    address = store.put(b"here")
    call_it("9999")
    with pytest.raises(StoreAway, match="A later version of this program wrote the store"):
        open_store(database_url).put(b"more")
    call_it(REVISION)
    assert open_store(database_url).get(address) == b"here"


@sqlite_alone
def test_who_leaves_while_another_comes_lets_the_next_in(database_url):
    with process(LEAVER, database_url):
        pass
