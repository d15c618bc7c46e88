"""The store: what was put is found again, nothing else is, and it never outgrows its limit."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sql
from sqlalchemy.exc import DBAPIError

import backprop.sharing.store as store_module
from backprop.engine.errors import InputError, LimitError, UnknownNameError
from backprop.sharing.snapshot import address_of
from backprop.sharing.store import (
    BATCH,
    BODY_LIMIT,
    DamagedSnapshot,
    MissingSnapshot,
    Store,
    StoreFull,
)

ROOT = Path(store_module.__file__).parents[2]
WORKER = """
import sys
from backprop.sharing.store import Store
store = Store(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()  # all workers start together, on a file without tables
for number in range(30):
    store.put(b"shared %d" % number, kept=number % 2 == 0)
    store.put(b"own %s %d" % (sys.argv[2].encode(), number))
"""


class Clock:
    """A clock that is one second later at every look."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        self.now += 1.0
        return self.now


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path}/store.db"


@pytest.fixture
def open_store(url):
    stores = []

    def open_one(limit_bytes=1000):
        stores.append(Store(url, limit_bytes, clock=Clock()))
        return stores[-1]

    yield open_one
    for store in stores:
        store.close()


@pytest.fixture
def store(open_store):
    return open_store()


def body(number, size=100):
    return b"%d" % number * size


def holds(store, address):
    try:
        return bool(store.get(address))
    except MissingSnapshot:
        return False


def execute(url, statement):
    engine = sql.create_engine(url)
    with engine.begin() as connection:
        rows = connection.execute(sql.text(statement))
        answer = rows.one() if rows.returns_rows else None
    engine.dispose()
    return answer


def sums_in(url):
    """Return the running sums, and the same from a look at every snapshot."""
    running = execute(url, "SELECT total, kept FROM snapshot_usage")
    bodies = "SELECT coalesce(sum(length(body)), 0) FROM snapshots"
    counted = execute(url, f"SELECT ({bodies}), ({bodies} WHERE kept)")
    return tuple(running), tuple(counted)


def test_what_was_put_stands_at_the_address_of_its_content(store):
    address = store.put(b"{}")
    assert address == address_of(b"{}")
    assert store.get(address) == b"{}"


def test_another_store_on_the_same_file_finds_it(open_store):
    address = open_store().put(b"{}")
    assert open_store().get(address) == b"{}"


def test_putting_twice_stores_once(store, url):
    assert store.put(body(1)) == store.put(body(1))
    assert sums_in(url) == ((100, 0), (100, 0))


def test_nothing_touches_the_database_before_the_first_use(url, tmp_path):
    store = Store(url)
    store.close()
    assert not list(tmp_path.iterdir())


def test_a_closed_store_opens_again_at_its_next_use(store):
    address = store.put(b"{}")
    store.close()
    assert store.get(address) == b"{}"


def test_readers_do_not_wait_for_a_writer(store, url):
    address = store.put(b"{}")
    writer = sql.create_engine(url)
    with writer.begin() as connection:
        connection.execute(sql.text("UPDATE snapshot_usage SET total = total"))
        assert store.get(address) == b"{}"
    writer.dispose()


def test_an_unknown_address_is_missing(store):
    with pytest.raises(MissingSnapshot, match="There is no snapshot at “0000") as caught:
        store.get("0" * 64)
    assert isinstance(caught.value, UnknownNameError)


@pytest.mark.parametrize(
    "address",
    ["", "latest", "g" * 64, "0" * 63, "0" * 65, "A" * 64, "0" * 64 + "\n", "\0" * 64, "' OR 1=1"],
)
def test_a_text_that_is_no_address_is_missing_too(store, address):
    for verb in (store.get, store.keep):
        with pytest.raises(MissingSnapshot):
            verb(address)


def test_a_long_forged_address_is_not_repeated_whole(store):
    with pytest.raises(MissingSnapshot) as caught:
        store.get("x" * 100_000)
    assert len(caught.value.what) < 100


def test_a_body_that_was_changed_in_the_database_is_not_shown(store, url):
    address = store.put(b'{"x":1}')
    execute(url, "UPDATE snapshots SET body = CAST('{\"x\"\\:2}' AS BLOB)")
    with pytest.raises(DamagedSnapshot, match="is damaged") as caught:
        store.get(address)
    assert isinstance(caught.value, InputError)


def test_a_row_under_a_forged_address_is_not_shown(store, url):
    store.put(b"{}")
    execute(url, f"UPDATE snapshots SET address = '{'0' * 64}'")
    with pytest.raises(DamagedSnapshot):
        store.get("0" * 64)


def test_a_body_of_one_mebibyte_is_taken_and_one_byte_more_is_refused(open_store):
    store = open_store(limit_bytes=2 * BODY_LIMIT)
    assert store.get(store.put(bytes(BODY_LIMIT))) == bytes(BODY_LIMIT)
    with pytest.raises(LimitError, match="1,048,577 bytes long") as caught:
        store.put(bytes(BODY_LIMIT + 1))
    assert "1,048,576" in caught.value.hint


def test_the_oldest_snapshot_makes_room_for_a_new_one(open_store):
    store = open_store(limit_bytes=300)
    addresses = [store.put(body(number)) for number in range(4)]
    assert [holds(store, address) for address in addresses] == [False, True, True, True]


def test_putting_again_counts_as_use(open_store):
    store = open_store(limit_bytes=300)
    addresses = [store.put(body(number)) for number in (0, 1, 2, 0, 3)]
    assert [holds(store, address) for address in addresses[:3]] == [True, False, True]


@pytest.mark.parametrize("how", ["at once", "put again", "kept later"])
def test_a_kept_snapshot_stays_when_everything_else_goes(open_store, url, how):
    store = open_store(limit_bytes=300)
    address = store.put(body(0), kept=how == "at once")
    if how == "put again":
        store.put(body(0), kept=True)
    if how == "kept later":
        store.keep(address)
    for number in range(1, 10):
        store.put(body(number))
    assert store.prune(0) == 2
    assert store.get(address) == body(0)
    assert sums_in(url) == ((100, 100), (100, 100))


def test_keeping_twice_counts_once_and_putting_again_does_not_release(store, url):
    address = store.put(body(0), kept=True)
    store.keep(address)
    store.put(body(0))
    assert sums_in(url) == ((100, 100), (100, 100))


def test_keeping_what_is_not_there_is_refused(store):
    with pytest.raises(MissingSnapshot):
        store.keep("0" * 64)


def test_a_store_full_of_kept_snapshots_refuses_and_deletes_nothing(open_store):
    store = open_store(limit_bytes=300)
    kept = [store.put(body(number), kept=True) for number in range(2)]
    loose = store.put(body(2, size=50))
    with pytest.raises(StoreFull, match="no room within its 300 bytes") as caught:
        store.put(body(3, size=101))
    assert "keeps working" in caught.value.hint
    assert all(holds(store, address) for address in [*kept, loose])


def test_a_full_store_still_takes_what_it_has(open_store):
    store = open_store(limit_bytes=100)
    address = store.put(body(0), kept=True)
    assert store.put(body(0)) == address


def test_pruning_below_the_limit_deletes_nothing(store):
    store.put(body(0))
    assert store.prune() == 0


def test_pruning_goes_no_further_than_it_must(store, url):
    for number in range(10):
        store.put(body(number))
    assert store.prune(450) == 6
    assert sums_in(url) == ((400, 0), (400, 0))


def test_a_lower_limit_is_reached_in_several_short_transactions(open_store, url):
    store = open_store(limit_bytes=10_000)
    for number in range(2 * BATCH + 50):
        store.put(b"%03d" % number)
    smaller = open_store(limit_bytes=30)
    assert smaller.prune() == 2 * BATCH + 40
    assert sums_in(url) == ((30, 0), (30, 0))


def test_a_put_reaches_a_lower_limit_by_itself(open_store, url):
    store = open_store(limit_bytes=10_000)
    for number in range(2 * BATCH):
        store.put(b"%03d" % number)
    assert open_store(limit_bytes=30).get(open_store(limit_bytes=30).put(b"new")) == b"new"
    assert sums_in(url) == ((30, 0), (30, 0))


def test_the_oldest_are_found_through_the_index(store, url):
    store.put(body(0))
    plan = execute(
        url,
        "EXPLAIN QUERY PLAN SELECT address, size FROM snapshots WHERE kept IS 0"
        " ORDER BY used, address LIMIT 200",
    )
    assert "snapshots_oldest_first" in plan.detail  # one row of plan: nothing is sorted


def test_threads_that_put_at_once_lose_nothing_and_the_sum_is_right(open_store, url):
    store = open_store(limit_bytes=100_000)
    with ThreadPoolExecutor(8) as pool:
        addresses = list(pool.map(lambda n: store.put(body(n % 40), kept=n % 3 == 0), range(200)))
    assert len(set(addresses)) == 40
    assert all(holds(store, address) for address in addresses)
    running, counted = sums_in(url)
    assert running == counted


def test_threads_that_put_into_a_full_store_never_outgrow_it(open_store, url):
    store = open_store(limit_bytes=500)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: store.put(b"%050d" % n), range(200)))
    assert sums_in(url) == ((500, 0), (500, 0))


def test_processes_that_start_at_once_share_one_file(store, url):
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", WORKER, url, str(number)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for number in range(4)
    ]
    assert [worker.stdout.readline() for worker in workers] == ["ready\n"] * 4
    for worker in workers:
        worker.stdin.write("go\n")
        worker.stdin.flush()
    assert [worker.communicate(timeout=60)[1] for worker in workers] == [""] * 4
    assert store.get(address_of(b"own 3 29")) == b"own 3 29"
    assert execute(url, "SELECT count(*) AS n FROM snapshots").n == 30 + 4 * 30
    running, counted = sums_in(url)
    assert running == counted


def test_a_collision_while_creating_tables_is_tried_again(store, monkeypatch):
    create, refusals = store_module._create_missing, [True, True]

    def refused_twice(engine):
        if refusals:
            refusals.pop()
            raise DBAPIError("CREATE TABLE", None, Exception("another worker was first"))
        create(engine)

    monkeypatch.setattr(store_module, "PAUSES", (0.0, 0.0))
    monkeypatch.setattr(store_module, "_create_missing", refused_twice)
    assert store.get(store.put(b"{}")) == b"{}"


def test_a_database_that_cannot_be_opened_is_an_error_after_all(tmp_path, monkeypatch):
    monkeypatch.setattr(store_module, "PAUSES", (0.0,))
    with pytest.raises(DBAPIError):
        Store(f"sqlite:///{tmp_path}/missing/store.db").put(b"{}")


def test_what_is_released_goes(store):
    addresses = [store.put(body(number)) for number in range(3)]
    assert store.release(addresses[:2]) == 2
    assert [holds(store, address) for address in addresses] == [False, False, True]
    assert store.release(()) == 0


def test_what_two_have_put_goes_when_both_have_released_it(store):
    address = store.put(body(1))
    store.put(body(1))
    assert store.release([address]) == 0
    assert holds(store, address)
    assert store.release([address]) == 1
    assert not holds(store, address)


def test_what_somebody_kept_stays_when_it_is_released(store):
    address = store.put(body(1))
    store.keep(address)
    assert store.release([address]) == 0
    assert holds(store, address)


def test_released_room_can_be_used_again(open_store):
    store = open_store(250)
    first = store.put(body(1), kept=False)
    store.put(body(2), kept=True)
    store.release([first])
    assert holds(store, store.put(body(3), kept=True))


def test_several_bodies_are_put_at_once(store):
    addresses = store.put_all([body(1), body(2)])
    assert addresses == (address_of(body(1)), address_of(body(2)))
    assert all(holds(store, address) for address in addresses)


def test_of_several_bodies_none_is_put_where_one_is_too_large(store):
    with pytest.raises(LimitError):
        store.put_all([body(1), b"x" * (BODY_LIMIT + 1)])
    assert not holds(store, address_of(body(1)))


def test_what_is_deleted_goes_also_if_it_was_kept(store):
    address = store.put(body(1), kept=True)
    assert store.delete([address]) == 1
    assert store.delete([address]) == store.delete(()) == 0
    assert not holds(store, address)
    assert store.prune(0) == 0


def test_what_belongs_to_a_kept_snapshot_is_kept_with_it(store):
    first, second, third = store.put_all([body(1), body(2), body(3)])
    store.keep(first, second, "f" * 64)
    assert store.prune(0) == 1
    assert [holds(store, a) for a in (first, second, third)] == [True, True, False]


def test_a_store_from_before_snapshots_could_be_released_is_mended(url, store):
    address = store.put(body(1))
    store.close()
    engine = sql.create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE snapshots DROP COLUMN claims")
    engine.dispose()
    assert holds(store, address)
    assert store.release([address]) == 1
