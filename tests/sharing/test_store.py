"""The store: what was put is found again, a lease is kept, and nobody's room is another's."""

import random
import shutil
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sql
from psycopg import ProgrammingError

from backprop.engine.errors import InputError, LimitError, UnknownNameError
from backprop.sharing.errors import DamagedSnapshot, MissingSnapshot, NotYours, OverQuota, StoreFull
from backprop.sharing.leases import BATCH, KEPT, RUN, UPLOAD
from backprop.sharing.snapshot import address_of
from backprop.sharing.store import A_YEAR, AN_HOUR, BODY_LIMIT, Store
from backprop.sharing.visits import DAY
from tests.sharing.conftest import NOW

MONTH = 30 * DAY
EMPTY = (
    "TRUNCATE bodies, leases, claims",
    "UPDATE ledger SET turn = 0, run = 0, upload = 0, kept = 0",
)
ANNE, BEN = 32 * "a", 32 * "b"


@pytest.fixture(scope="session")
def migrated(tmp_path_factory):
    """Return a file of SQLite that has the tables: to copy it is quicker than to make another."""
    path = tmp_path_factory.mktemp("migrated") / "store.sqlite"
    store = Store(f"sqlite:///{path}")
    store.sizes()
    store.close()
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path, migrated):
    """Return the address of a database that has the tables, and nothing in them."""
    if request.param == "sqlite":
        shutil.copy(migrated, tmp_path / "store.sqlite")
        return f"sqlite:///{tmp_path / 'store.sqlite'}"
    cluster = request.getfixturevalue("cluster")
    try:
        cluster.execute(*EMPTY)
    except ProgrammingError:
        cluster.clear()
    return cluster.url


@pytest.fixture
def open_store(url, clock):
    stores = []

    def open_one(limit_bytes=8_000):
        stores.append(Store(url, limit_bytes, clock=clock))
        return stores[-1]

    yield open_one
    for store in stores:
        store.close()


@pytest.fixture
def store(open_store):
    return open_store()


def body(number, size=100):
    return b"%0*d" % (size, number)


def holds(store, address):
    try:
        return bool(store.get(address))
    except MissingSnapshot:
        return False


def execute(store, statement):
    return store._database.write(lambda connection: connection.exec_driver_sql(statement))


def sums_agree(store):
    """Whether the running sums are those of all bodies."""

    def look(connection):
        ledger = connection.execute(sql.text("SELECT run, upload, kept FROM ledger")).one()
        return tuple(ledger), connection.scalar(
            sql.text("SELECT coalesce(sum(length(body)), 0) FROM bodies")
        )

    ledger, counted = store._database.read(look)
    return ledger == tuple(held.size for held in store.sizes().values()) and sum(ledger) == counted


# Bodies and their addresses


def test_what_was_put_stands_at_the_address_of_its_content(store):
    address = store.put(b"{}")
    assert address == address_of(b"{}")
    assert store.get(address) == b"{}"


def test_another_store_on_the_same_database_finds_it(open_store):
    address = open_store().put(b"{}")
    assert open_store().get(address) == b"{}"


def test_a_closed_store_opens_again_at_its_next_use(store):
    address = store.put(b"{}")
    store.close()
    assert store.get(address) == b"{}"


def test_an_unknown_address_is_missing(store):
    with pytest.raises(MissingSnapshot, match="There is no snapshot at “0000") as caught:
        store.get("0" * 64)
    assert isinstance(caught.value, UnknownNameError)


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "address",
    ["", "latest", "g" * 64, "0" * 63, "0" * 65, "A" * 64, "0" * 64 + "\n", "\0" * 64, "' OR 1=1"],
)
def test_a_text_that_is_no_address_is_missing_too(store, address):
    for verb in (store.get, store.keep, store.unkeep):
        with pytest.raises(MissingSnapshot):
            verb(address)


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_long_forged_address_is_not_repeated_whole(store):
    with pytest.raises(MissingSnapshot) as caught:
        store.get("x" * 100_000)
    assert len(caught.value.what) < 100


def test_a_body_that_was_changed_in_the_database_is_not_shown(store):
    address = store.put(b'{"x":1}')
    execute(store, "UPDATE bodies SET body = substr(body, 2)")
    with pytest.raises(DamagedSnapshot, match="is damaged") as caught:
        store.get(address)
    assert isinstance(caught.value, InputError)


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_body_of_one_mebibyte_is_taken_and_one_byte_more_is_refused(open_store):
    store = open_store(limit_bytes=4 * BODY_LIMIT)
    assert store.get(store.put(bytes(BODY_LIMIT))) == bytes(BODY_LIMIT)
    with pytest.raises(LimitError, match="1,048,577 bytes long") as caught:
        store.put_all([body(1), bytes(BODY_LIMIT + 1)])
    assert "1,048,576" in caught.value.hint
    assert not holds(store, address_of(body(1)))


def test_several_bodies_are_put_at_once_and_each_once(store):
    addresses = store.put_all([body(1), body(2), body(1)], brought=[body(3)])
    assert addresses == tuple(address_of(body(number)) for number in (1, 2, 3))
    assert all(holds(store, address) for address in addresses)
    assert [held.bodies for held in store.sizes().values()] == [2, 1, 0]
    assert sums_agree(store)


# Leases


def test_a_state_that_nobody_opened_stays_an_hour(store):
    assert store.until(store.put(body(1))) == NOW + AN_HOUR


def test_putting_again_begins_a_new_hour_and_shortens_nothing(store, clock):
    first, second = store.put_all([body(1), body(2)])
    store.keep(second)
    clock.now += 600
    store.put_all([body(1), body(2)])
    assert store.until(first) == NOW + 600 + AN_HOUR
    assert store.until(second) == NOW + A_YEAR


def test_a_visit_promises_thirty_days_and_a_link_a_year(store):
    visited, linked = store.put_all([body(1), body(2)])
    store.visit(visited)
    assert store.until(visited) == NOW + MONTH
    assert store.keep(linked) == store.until(linked) == NOW + A_YEAR
    store.visit(linked)
    assert store.until(visited, linked) == NOW + MONTH
    assert store.until(linked) == NOW + A_YEAR
    assert [held.bodies for held in store.sizes().values()] == [0, 0, 2]
    assert sums_agree(store)


def test_a_visit_is_written_at_most_once_a_day(store, clock):
    address = store.put(body(1))
    store.visit(address)
    clock.now += DAY - 1
    store.visit(address)
    assert store.until(address) == NOW + MONTH
    clock.now += 2
    store.visit(address)
    assert store.until(address) == NOW + MONTH + DAY + 1


def test_what_belongs_to_a_snapshot_is_kept_with_it_as_far_as_it_stands(store):
    first, second, third = store.put_all([body(1), body(2), body(3)])
    store.keep(first, second, "f" * 64)
    assert [store.until(each) - NOW for each in (first, second, third)] == [A_YEAR, A_YEAR, AN_HOUR]
    with pytest.raises(MissingSnapshot):
        store.keep("f" * 64, third)
    assert store.until(third) == NOW + AN_HOUR


def test_until_is_the_first_end_of_several_and_nothing_where_nothing_stands(store):
    first, second = store.put_all([body(1), body(2)])
    store.keep(first)
    assert store.until(first, second, "f" * 64) == NOW + AN_HOUR
    assert store.until("f" * 64) is store.until() is None


def test_a_visit_that_was_noted_is_written_by_a_thread_of_its_own(store):
    address = store.put(body(1))
    store.visit_later(address, "f" * 64, "no address")
    store.flush()
    assert store.until(address) == NOW + MONTH


def test_a_visit_is_noted_again_where_nothing_came_of_it_and_where_a_body_is_put_anew(store, clock):
    for number in range(40):
        store.keep(store.put(body(number)))
    address = store.put(body(40))
    store.visit_later(address)
    store.flush()
    assert store.until(address) == NOW + AN_HOUR  # there was no room
    store.remove([address_of(body(0))])
    store.visit_later(address)
    store.flush()
    assert store.until(address) == NOW + MONTH
    store.remove([address])
    store.visit_later(store.put(body(40)))
    store.flush()
    assert store.until(address) == NOW + MONTH
    clock.now += DAY + 1  # and a day later, in the same process
    store.visit_later(address)
    store.flush()
    assert store.until(address) == clock.now + MONTH


def test_nothing_goes_before_its_lease_ends(store, clock):
    """A quarter of 8,000 bytes holds twenty bodies of a hundred; the next is refused."""
    addresses = [store.put(body(number)) for number in range(20)]
    clock.now += AN_HOUR
    with pytest.raises(StoreFull, match="no room for runs left: all of its 2,000 bytes") as caught:
        store.put(body(20))
    assert "keeps working" in caught.value.hint
    assert all(holds(store, address) for address in addresses)
    assert store.prune(0) == 0
    clock.now += 1
    assert holds(store, store.put(body(20)))
    assert [holds(store, address) for address in addresses] == [False] + 19 * [True]
    assert sums_agree(store)


def test_what_has_ended_goes_in_the_order_in_which_it_was_last_needed(store, clock):
    addresses = [store.put(body(number)) for number in range(20)]
    store.put(body(0))
    clock.now += AN_HOUR + 1
    store.put(body(20))
    assert [holds(store, address) for address in addresses[:3]] == [True, False, True]


def test_a_clock_that_is_set_forward_and_back_loses_nothing_that_is_new(store, clock):
    clock.now += 10 * A_YEAR
    for number in range(20):
        store.put(body(number))
    clock.now = NOW + 11 * A_YEAR
    store.put_all([body(number) for number in range(20, 30)])
    clock.now = NOW  # what was put in between is promised for years now, what follows for an hour
    with pytest.raises(StoreFull):
        store.put(body(30))
    clock.now = NOW + 10 * A_YEAR + AN_HOUR + 1  # the first ten have ended, and are the oldest
    new = [store.put(body(number)) for number in range(30, 40)]
    assert all(holds(store, address) for address in new)
    assert not holds(store, address_of(body(10)))
    assert all(holds(store, address_of(body(number))) for number in range(20, 30))


def test_a_full_store_still_takes_what_it_has(store):
    addresses = store.put_all([body(number) for number in range(20)])
    assert store.put(body(0)) == addresses[0]


# Shares and quotas


def test_a_kind_that_is_full_leaves_the_others_their_room(store):
    """Of 8,000 bytes: 2,000 for runs, 2,000 for uploads, 4,000 for what is kept."""
    linked = store.put(body(99))
    store.keep(linked)
    for n in range(20):  # each browser may bring 250 bytes
        store.put_all([], brought=[body(100 + n)], owner=f"{n:032x}")
    with pytest.raises(StoreFull, match="for tables and gradients"):
        store.put_all([], brought=[body(200)], owner=BEN)
    for number in range(20):
        store.put(body(number))
    with pytest.raises(StoreFull, match="for runs"):
        store.put(body(20))
    for number in range(20):
        store.visit(address_of(body(number)))
    assert holds(store, store.put(body(20)))
    assert [held.size for held in store.sizes().values()] == [100, 2_000, 2_100]
    assert sums_agree(store)


def test_where_what_is_kept_is_full_a_visit_promises_nothing_and_a_link_is_refused(store, clock):
    for number in range(40):
        store.keep(store.put(body(number)))
    address = store.put(body(40))
    store.visit(address)
    assert store.until(address) == NOW + AN_HOUR
    with pytest.raises(StoreFull, match="for links"):
        store.keep(address)
    clock.now += A_YEAR + 1
    store.visit(store.put(body(41)))
    assert store.until(address_of(body(41))) == clock.now + MONTH


def test_a_browser_puts_as_much_as_its_quota_and_another_goes_on(store, clock):
    """An eighth of 8,000 bytes holds ten bodies of a hundred."""
    for number in range(10):
        store.put(body(number), owner=ANNE)
    with pytest.raises(
        OverQuota, match="states of pages and runs of this browser would take 1,100 bytes"
    ) as caught:
        store.put(body(10), owner=ANNE)
    assert isinstance(caught.value, LimitError)
    assert not holds(store, address_of(body(10)))
    store.put(body(10), owner=BEN)
    assert store.put(body(3), owner=ANNE) == address_of(body(3))  # it counts once
    clock.now += AN_HOUR + 1
    assert holds(store, store.put(body(11), owner=ANNE))  # what has ended counts no more


def test_uploads_have_a_quota_of_their_own(store):
    store.put_all([], brought=[body(1), body(2)], owner=ANNE)
    with pytest.raises(OverQuota, match="would take 300 bytes of the store; 250 are what one may"):
        store.put_all([], brought=[body(3)], owner=ANNE)
    store.delete([address_of(body(1))], ANNE)
    store.put_all([], brought=[body(3)], owner=ANNE)


def test_a_browser_sees_what_it_has_and_lets_go_of_it(store):
    mine = store.put_all([body(n) for n in range(3)], brought=[body(9)], owner=ANNE)
    store.put(body(0), owner=BEN)
    store.keep(mine[1])
    assert [held[:2] for held in store.holdings(ANNE).values()] == [(3, 300), (1, 100)]
    assert store.forget(ANNE) == 2
    assert [holds(store, address) for address in mine] == [True, True, False, False]
    assert [held.bodies for held in store.holdings(ANNE).values()] == [0, 0]
    assert store.forget("") == 0


def test_more_than_a_batch_is_let_go_of(open_store):
    store = open_store(100_000)
    store.put_all([b"%d" % n for n in range(BATCH + 50)], owner=ANNE)
    assert store.forget(ANNE) == BATCH + 50
    assert sums_agree(store)


# Whose it is


def test_only_who_brought_it_can_delete_it(store):
    (table,) = store.put_all([], brought=[body(1)], owner=ANNE)
    store.visit(table)
    for owner in (BEN, ""):
        with pytest.raises(NotYours, match="Only the browser that brought this"):
            store.delete([table], owner)
    assert (store.owns(table, ANNE), store.owns(table, BEN), store.owns(table, "")) == (True, 0, 0)
    assert store.delete([table], ANNE) == 1
    assert not holds(store, table)
    assert store.delete([table], ANNE) == store.delete((), ANNE) == 0
    assert sums_agree(store)


def test_a_body_that_two_brought_goes_when_both_have_deleted_it(store):
    (table,) = store.put_all([], brought=[body(1)], owner=ANNE)
    store.put_all([], brought=[body(1)], owner=BEN)
    assert store.delete([table], ANNE) == 0
    with pytest.raises(NotYours):
        store.delete([table], ANNE)
    assert holds(store, table)
    assert store.delete([table], BEN) == 1


def test_a_state_is_nobodys_to_delete_and_of_several_none_goes_where_one_is_not(store):
    state, table = store.put_all([body(1)], brought=[body(2)], owner=ANNE)
    with pytest.raises(NotYours):
        store.delete([table, state], ANNE)
    assert holds(store, table)
    assert store.owns(table, ANNE)


def test_what_is_released_goes(store):
    addresses = store.put_all([body(number) for number in range(3)], owner=ANNE)
    assert store.release(addresses[:2], ANNE) == 2
    assert [holds(store, address) for address in addresses] == [False, False, True]
    assert store.release((), ANNE) == 0
    assert sums_agree(store)


def test_nobody_releases_what_another_put(store):
    mine = store.put_all([body(number) for number in range(3)], owner=ANNE)
    nobodys = store.put(body(3))
    assert store.release([*mine, nobodys], BEN) == store.release([*mine, nobodys], "") == 0
    assert all(holds(store, address) for address in (*mine, nobodys))


def test_what_two_have_put_goes_when_both_have_released_it(store):
    address = store.put(body(1), owner=ANNE)
    store.put(body(1), owner=BEN)
    assert store.release([address], ANNE) == store.release([address], ANNE) == 0
    assert holds(store, address)
    assert store.release([address], BEN) == 1


def test_what_somebody_opened_and_what_was_brought_stay_when_they_are_released(store):
    state, table = store.put_all([body(1)], brought=[body(2)], owner=ANNE)
    store.visit(state)
    assert store.release([state, table], ANNE) == 0
    assert holds(store, state)
    assert holds(store, table)


# For who operates it


def test_pruning_takes_what_has_ended_the_oldest_first_and_no_more_than_it_must(store, clock):
    addresses = [store.put(body(number)) for number in range(10)]
    store.keep(addresses[0])
    clock.now += AN_HOUR + 1
    assert store.prune() == 0
    assert store.prune(450) == 6
    assert [holds(store, address) for address in addresses] == [True] + 6 * [False] + 3 * [True]
    assert store.prune(0) == 3
    assert sums_agree(store)


def test_a_lower_limit_is_reached_in_several_short_transactions(open_store, clock):
    store = open_store(limit_bytes=10_000)
    store.put_all([b"%03d" % number for number in range(2 * BATCH + 50)])
    clock.now += AN_HOUR + 1
    smaller = open_store(limit_bytes=32)
    assert smaller.get(smaller.put(b"new")) == b"new"
    assert sum(held.size for held in smaller.sizes().values()) <= 32
    assert sums_agree(store)


def test_what_is_unkept_goes_when_its_room_is_needed(store):
    address = store.put(body(1))
    store.keep(address)
    store.unkeep(address)
    assert holds(store, address)
    assert store.prune(0) == 1
    with pytest.raises(MissingSnapshot):
        store.unkeep(address)


def test_who_operates_it_can_delete_anything(store):
    mine = store.put_all([body(1)], brought=[body(2)], owner=ANNE)
    store.keep(mine[0])
    assert store.remove([*mine, "f" * 64]) == 2
    assert store.remove(()) == 0
    assert [held.bodies for held in store.holdings(ANNE).values()] == [0, 0]
    assert sums_agree(store)


def test_the_list_begins_with_what_was_needed_last(store):
    first, second = store.put(body(1)), store.put(body(2))
    store.keep(first)
    assert [lease.address for lease in store.list()] == [first, second]
    assert [lease.address for lease in store.list(RUN)] == [second]
    assert store.list(UPLOAD) == []
    assert store.list(KEPT, 1)[0][1:] == (KEPT, 100, NOW + A_YEAR)


# Many at once


def test_threads_that_put_at_once_lose_nothing_and_the_sums_are_right(open_store):
    store = open_store(limit_bytes=100_000)
    with ThreadPoolExecutor(8) as pool:
        put = [pool.submit(store.put, body(n % 20), owner=f"{n % 3:032x}") for n in range(60)]
        addresses = [each.result() for each in put]
    assert len(set(addresses)) == 20
    assert all(holds(store, address) for address in addresses)
    assert sums_agree(store)


def test_strangers_who_fill_evict_delete_and_release_take_nothing_that_is_promised(store, clock):
    """Anne links a run and brings a table; then a hundred strangers do what they can."""
    state, table = store.put_all([body(1)], brought=[body(2)], owner=ANNE)
    points = store.put_all([body(n) for n in range(3, 8)], owner=ANNE)
    store.keep(state, table)
    chance = random.Random(7)
    for number in range(100):
        stranger, clock.now = f"{number % 40:032x}", clock.now + chance.choice((0, 1, 30))
        everything = [state, table, *points]
        try:
            match chance.randrange(5):
                case 0:
                    store.put(body(1_000 + number), owner=stranger)
                case 1:
                    store.put_all([], brought=[body(2_000 + number)], owner=stranger)
                case 2:
                    store.release(everything, stranger)
                case 3:
                    store.delete([chance.choice(everything)], stranger)
                case 4:
                    store.visit(address_of(body(1_000 + chance.randrange(number + 1))))
        except (StoreFull, OverQuota, NotYours):
            pass
    assert clock.now <= NOW + AN_HOUR
    assert all(holds(store, address) for address in everything)
    assert store.until(state, table) == NOW + A_YEAR
    assert sums_agree(store)
