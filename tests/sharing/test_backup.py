"""Backup and restore: the whole store as one file, on either database and between them."""

import shutil
import sqlite3

import pytest

import backprop.sharing.backup as backup_module
from backprop.engine.errors import InputError
from backprop.sharing.backup import PAGE, back_up, restore
from backprop.sharing.database import Database
from backprop.sharing.errors import MissingSnapshot
from backprop.sharing.leases import KINDS
from backprop.sharing.room_rows import PARTS, ROOMS
from backprop.sharing.snapshot import address_of
from backprop.sharing.store import A_YEAR, AN_HOUR, Store
from tests.kit.old_store import make_old_store

NOW = 1_800_000_000


@pytest.fixture
def opened():
    """Gives the store at an address of a database."""
    stores = []

    def opened(url, now=NOW, limit=10**6):
        stores.append(Store(url, limit, clock=lambda: now))
        return stores[-1]

    yield opened
    for store in stores:
        store.close()


@pytest.fixture
def store(opened, database_url):
    return opened(database_url)


@pytest.fixture
def file(tmp_path):
    return tmp_path / "backup.sqlite"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A backup of a store with a body of each kind, and its three addresses."""
    folder = tmp_path_factory.mktemp("made")
    store = Store(f"sqlite:///{folder}/store.sqlite", 10**6, clock=lambda: NOW)
    addresses = store.put_all([b"run", b"kept"], brought=[b"upload"], owner="anna")
    store.keep(addresses[1])
    assert back_up(store.database, folder / "backup.sqlite") == 3
    store.close()
    return folder / "backup.sqlite", addresses


@pytest.fixture
def filled(made, file):
    """The addresses of what stands in the backup."""
    shutil.copy(made[0], file)
    return made[1]


def sums(store):
    return {kind: store.sizes()[kind][:2] for kind in KINDS}


def test_what_was_backed_up_is_there_again_with_its_leases_and_owners(
    store, opened, file, tmp_path
):
    run, kept, upload = store.put_all([b"run", b"kept"], brought=[b"upload"], owner="anna")
    store.keep(kept)
    assert back_up(store.database, file) == 3
    again = opened(f"sqlite:///{tmp_path}/again.sqlite")
    assert restore(again.database, file) == (3, 0)
    assert [again.get(each) for each in (run, kept, upload)] == [b"run", b"kept", b"upload"]
    assert (again.until(run), again.until(kept)) == (NOW + AN_HOUR, NOW + A_YEAR)
    assert again.owns(upload, "anna")
    assert not again.owns(upload, "ben")
    assert sums(again) == sums(store)


def test_a_backup_can_be_restored_into_either_database(store, filled, file):
    assert restore(store.database, file) == (3, 0)
    assert store.get(filled[0]) == b"run"
    assert sums(store) == {"run": (1, 3), "kept": (1, 4), "upload": (1, 6)}


def test_a_backup_is_a_database_that_can_be_served_itself(opened, filled, file):
    assert opened(f"sqlite:///{file}").get(filled[1]) == b"kept"


def test_what_stands_stays_and_the_longer_promise_holds(store, filled, file):
    run, kept, upload = filled
    store.put_all([b"kept", b"other"], brought=[b"upload"], owner="ben")
    store.put(b"run")
    store.keep(run)
    assert restore(store.database, file) == (0, 3)
    assert store.get(address_of(b"other")) == b"other"
    assert store.until(run, kept) == NOW + A_YEAR
    assert store.owns(upload, "anna")
    assert store.owns(upload, "ben")
    assert sums(store) == {"run": (1, 5), "kept": (2, 7), "upload": (1, 6)}


@pytest.mark.usefixtures("filled")
def test_restoring_twice_changes_nothing_more(store, file):
    restore(store.database, file)
    before = store.list()
    assert restore(store.database, file) == (0, 3)
    assert store.list() == before


def test_the_order_in_which_bodies_go_is_restored_too(opened, filled, file, tmp_path):
    later = opened(f"sqlite:///{tmp_path}/later.sqlite", now=NOW + 2 * A_YEAR, limit=40)
    restore(later.database, file)
    later.put(b"0123456789")  # a quarter of 40: the run of the backup has to go
    with pytest.raises(MissingSnapshot):
        later.get(filled[0])
    assert later.get(filled[2]) == b"upload"


def test_a_store_of_many_pages_is_copied_whole(store, opened, file, tmp_path):
    bodies = [b"%d" % number for number in range(2 * PAGE + 1)]
    addresses = store.put_all(bodies, owner="anna")
    assert back_up(store.database, file) == len(bodies)
    again = opened(f"sqlite:///{tmp_path}/again.sqlite")
    assert restore(again.database, file) == (len(bodies), 0)
    assert [again.get(each) for each in addresses] == bodies
    assert again.holdings("anna")["run"][:2] == store.holdings("anna")["run"][:2]


def test_a_backup_shows_one_moment_though_others_write_meanwhile(store, opened, file, monkeypatch):
    store.put_all([b"one", b"two"], owner="anna")
    copy = backup_module._copy

    def copy_and_write(source, target, table):
        count = copy(source, target, table)
        store.put(b"after %s" % table.name.encode(), owner="ben")
        return count

    monkeypatch.setattr(backup_module, "_copy", copy_and_write)
    assert back_up(store.database, file) == 2
    backed_up = opened(f"sqlite:///{file}")
    assert sums(backed_up)["run"] == (2, 6)
    assert backed_up.holdings("ben")["run"].bodies == 0
    assert store.holdings("ben")["run"].bodies > 2


def test_a_store_of_the_first_version_is_a_backup_too(store, tmp_path):
    old = tmp_path / "old.sqlite"
    make_old_store(f"sqlite:///{old}", {b"kept": True, b"loose": False})
    before = old.read_bytes()
    assert restore(store.database, old) == (2, 0)
    assert store.get(address_of(b"kept")) == b"kept"
    assert old.read_bytes() == before


def test_only_its_owner_may_read_a_backup(made):
    assert made[0].stat().st_mode & 0o077 == 0


def test_a_file_is_never_overwritten_and_nothing_half_written_is_left(store, file, tmp_path):
    file.write_bytes(b"precious")
    with pytest.raises(InputError, match="exists already"):
        back_up(store.database, file)
    assert file.read_bytes() == b"precious"
    with pytest.raises(InputError, match="cannot be written"):
        back_up(store.database, tmp_path / "nowhere" / "backup.sqlite")
    assert not [*tmp_path.rglob("*.unfinished")]


def write_text(file):
    file.write_text("id,weight\n" * 1000)


def write_nothing(file):
    file.touch()


def write_other_database(file):
    other = sqlite3.connect(file)
    other.execute("CREATE TABLE recipes (name TEXT)")
    other.close()


def write_damaged(file):
    size = file.stat().st_size
    with file.open("r+b") as opened:
        opened.seek(4096)
        opened.write(b"?" * (size - 4096))


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("write", [write_text, write_nothing, write_other_database, write_damaged])
def test_what_is_no_backup_is_refused_and_changes_nothing(opened, tmp_path, write, file):
    other = file if write is write_damaged else tmp_path / "other"
    write(other)
    store = opened(f"sqlite:///{tmp_path}/store.sqlite")
    with pytest.raises(InputError, match="is not a backup"):
        restore(store.database, other)
    assert sums(store) == dict.fromkeys(KINDS, (0, 0))


@pytest.mark.usefixtures("filled")
def test_a_backup_of_a_later_version_is_refused(store, file):
    backup = sqlite3.connect(file)
    backup.execute("UPDATE alembic_version SET version_num = '9999'")
    backup.commit()
    backup.close()
    with pytest.raises(InputError, match="A later version of this program"):
        restore(store.database, file)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(InputError, match="There is no file"):
        restore(Database(f"sqlite:///{tmp_path}/store.sqlite"), tmp_path / "backup.sqlite")


@pytest.mark.usefixtures("filled")
def test_every_table_is_restored(opened, file):
    names = opened(f"sqlite:///{file}").database.read(
        lambda connection: {
            row[0]
            for row in connection.exec_driver_sql(
                "SELECT name FROM sqlite_master WHERE type = 'table'"
            )
        }
    )
    # A table that comes later needs words in `backup._merge`, or is a part of a room.
    rooms = {table.name for table in (ROOMS, *PARTS)}
    assert names == {"alembic_version", "bodies", "leases", "claims", "ledger", *rooms}
