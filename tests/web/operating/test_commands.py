"""What who runs the server can do: see, make room, end leases, delete, back up and restore."""

import re
from random import Random

import pytest
import sqlalchemy as sql

from backprop.sharing.leases import KINDS

OLD = 400 * 86_400  # seconds after which no lease is left


@pytest.fixture
def app(make, database_url):
    return make(DATABASE_URL=database_url)


@pytest.fixture
def store(app):
    return app.extensions["store"]


@pytest.fixture
def run(app):
    """Gives what a command prints; its errors are sentences."""

    def run(*words, status=0, app=app):
        result = app.test_cli_runner().invoke(args=words)
        assert result.exit_code == status, result.output
        assert "Traceback" not in result.output
        return result.output

    return run


sqlite_alone = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def later(store):
    now = store.clock()
    store.clock = lambda: now + OLD


def disk(store):
    """Return how many bytes the bodies take on the disk."""
    query = (
        "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
        if store.database.is_sqlite
        else "SELECT pg_total_relation_size('bodies')"
    )
    return store.database.read(lambda connection: connection.scalar(sql.text(query)))


def test_prune_deletes_what_no_lease_protects_and_gives_the_disk_back(store, run):
    kept = store.put(b"kept")
    store.keep(kept)
    store.put_all([Random(number).randbytes(200_000) for number in range(10)], owner="anna")
    before = disk(store)
    assert run("prune", "--limit", "0") == "0 snapshots deleted.\n"
    store.unkeep(store.list("run")[0].address)
    assert run("prune", "--limit", "0") == "1 snapshot deleted.\n"
    later(store)
    assert run("prune") == "0 snapshots deleted.\n"
    store.keep(kept)
    assert run("prune", "--limit", "0") == "9 snapshots deleted.\n"
    assert before > 1_000_000
    assert disk(store) < before - 1_000_000
    assert store.get(kept) == b"kept"


@sqlite_alone
def test_the_file_is_smaller_after_pruning(store, run, tmp_path):
    store.put_all([Random(number).randbytes(200_000) for number in range(10)], owner="anna")
    later(store)
    run("prune", "--limit", "0")
    files = [path.stat().st_size for path in tmp_path.glob("store.sqlite*")]
    assert sum(files) < 300_000


def test_the_store_says_how_much_there_is_of_each_kind_and_how_much_room(store, run):
    store.keep(store.put(b"k" * 2048))
    store.put_all([b"r" * 10, b"s"], brought=[b"u" * 500_000])
    lines = [line.split("  ") for line in run("store").splitlines()]
    rows = {line[0]: [cell.strip() for cell in line if cell][1:] for line in lines}
    assert rows["run"] == ["2", "11 B", "256.0 MiB", "256.0 MiB", "states that nobody opened"]
    assert rows["upload"][:4] == ["1", "488.3 KiB", "256.0 MiB", "255.5 MiB"]
    assert rows["kept"][:3] == ["1", "2.0 KiB", "512.0 MiB"]
    assert rows["all"] == ["4", "490.3 KiB", "1.0 GiB", "1023.5 MiB"]


@sqlite_alone
def test_snapshots_are_listed_the_last_needed_first_with_their_ends(store, run):
    store.clock = lambda: 1_800_000_000
    first, second = store.put(b"1"), store.put(b"22")
    store.keep(first)
    store.unkeep(second)
    assert run("store", "list").splitlines() == [
        f"{first}  kept           1 B  until 2028-01-15 08:00 UTC",
        f"{second}  run            2 B  while there is room",
    ]
    assert run("store", "list", "--count", "1").startswith(first)
    assert run("store", "list", "--kind", "run").startswith(second)
    assert run("store", "list", "--kind", "upload") == ""


def test_a_lease_can_be_ended_by_a_link_too(store, run):
    address = store.put(b"1")
    store.keep(address)
    run("store", "unkeep", f"http://host/train?from={address}&mode=projector")
    assert run("prune", "--limit", "0") == "1 snapshot deleted.\n"


def test_snapshots_can_be_deleted_whatever_was_promised(store, run):
    address, other = store.put(b"1"), store.put(b"2")
    store.keep(address)
    said = run("store", "delete", address, other, "0" * 64)
    assert said == "2 snapshots deleted. 1 not found.\n"
    assert {store.sizes()[kind].bodies for kind in KINDS} == {0}


@sqlite_alone
@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("store", "unkeep", "0" * 64), f"There is no snapshot at “{'0' * 64}”."),
        (("store", "unkeep", "all"), "“all” is no address of 64 digits, and no link with one."),
        (("store", "delete", "a" * 65), "is no address of 64 digits, and no link with one."),
        (("store", "restore", "nothing"), "There is no file “nothing”."),
        (("store", "backup", "/nowhere/b"), "“/nowhere/b” cannot be written: No such file"),
    ],
    ids=lambda each: " ".join(each)[:14] if isinstance(each, tuple) else "",
)
def test_what_cannot_be_done_is_said_in_a_sentence(run, words, sentence):
    said = run(*words, status=1 + (words[2] in ("all", "a" * 65)))
    assert sentence in said


@pytest.mark.parametrize("words", ["store", "store list", "prune"])
def test_a_database_that_is_away_is_a_sentence_with_its_reason(make, run, words):
    away = make(DATABASE_URL="sqlite:////nowhere/store.sqlite")
    said = run(*words.split(), status=1, app=away)
    assert said == "Error: The store cannot be reached: unable to open database file.\n"


def test_a_link_opens_after_backup_and_restore(make, app, store, run, lesson, tmp_path):
    at = store.put(lesson.body(lesson.preset("loud").choices))
    link = f"{lesson.path}?from={at}&step=3"
    numbers = app.test_client().get(f"/api{link}").json["board"]
    said = run("store", "backup", str(tmp_path / "backup"))
    assert re.fullmatch(r"1 snapshot written to \S+/backup \([\d.]+ KiB\)\.\n", said)
    run("store", "delete", at)
    assert app.test_client().get(link).status_code == 404
    again = make(DATABASE_URL=f"sqlite:///{tmp_path}/again.sqlite")
    for other in (app, again):
        said = run("store", "restore", str(tmp_path / "backup"), app=other)
        assert said == "1 snapshot put back; 0 stood already.\n"
        assert other.test_client().get(link).status_code == 200
        assert other.test_client().get(f"/api{link}").json["board"] == numbers
