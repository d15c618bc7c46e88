"""The server of `make run` against faults of the database: what does not need it answers meanwhile,
what needs it says so in words, and play goes on when the fault is over."""

import http.client
import subprocess
import sys
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

import pytest

from app import create_app
from backprop.sharing.database import CONNECTIONS, Database
from tests.kit.disks import filled, small_disk
from tests.kit.processes import HOLDER
from tests.kit.server import ROOT, Server

LOCKS = {
    "sqlite": ("BEGIN IMMEDIATE",),
    "postgresql": ("LOCK TABLE bodies, leases, claims, ledger IN ACCESS EXCLUSIVE MODE",),
}
FREE = ("/health", "/lessons/chain-rule?step=2", "/train")  # they need no database
FORM = {"do": "step", "size": "20", "hidden": "2"}


postgresql_alone = pytest.mark.parametrize("server", ["postgresql"], indirect=True, scope="module")


class Answer(NamedTuple):
    """What a request was answered."""

    status: int
    headers: http.client.HTTPMessage
    text: str


def ask(server, path, **form):
    """Return the answer to a form, or to a link where there is none."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)
    with closing(connection):
        if form:
            kind = {"Content-Type": "application/x-www-form-urlencoded"}
            connection.request("POST", path, urlencode(form), kind)
        else:
            connection.request("GET", path)
        answer = connection.getresponse()
        return Answer(answer.status, answer.headers, answer.read().decode())


def step(server, seed):
    """Return the answer to a step of a run of one's own: it stores a state."""
    return ask(server, "/train", seed=str(seed), **FORM)


@contextmanager
def held(server):
    """Let another process lock the database of a server for a while."""
    url = Database(server.environment["DATABASE_URL"]).url
    words = (url.render_as_string(hide_password=False), *LOCKS[url.get_backend_name()])
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, *words],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as running:
        assert running.stdout.readline() == "held\n"
        try:
            yield
        finally:
            running.stdin.write("go on\n")
            running.stdin.flush()


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def server(request, tmp_path_factory):
    url = f"sqlite:///{tmp_path_factory.mktemp('faults') / 'store.sqlite'}"
    if request.param == "postgresql":
        cluster = request.getfixturevalue("cluster")
        cluster.clear()
        url = cluster.url
    with Server(DATABASE_URL=url) as server:
        assert step(server, 0).status == 303
        yield server


def health_comes_first(server, count=8):
    """Ask for what needs the database, then for /health; return whether that was answered first.

    And see that the other answers are such as may be.
    """
    came = deque()

    def needing(seed):
        answer = step(server, seed)
        came.append(answer.status)

    with ThreadPoolExecutor(count) as pool:
        for seed in range(count):
            pool.submit(needing, seed)
        assert [ask(server, "/health").status for _ in range(4)] == [200] * 4
        first = not came
        assert {ask(server, path).status for path in FREE} == {200}
    assert len(came) == count
    assert {*came} <= {303, 503}
    return first


def test_while_another_process_holds_the_lock_what_does_not_need_it_is_answered(server):
    with held(server):
        # A machine that is very busy may take longer for the one than the other waits.
        assert any(health_comes_first(server) for _ in range(5))


def test_a_lock_that_lasts_is_said_in_words_and_the_same_request_succeeds_afterwards(server):
    with held(server):
        answer = step(server, 1)
        assert (answer.status, answer.headers["Retry-After"]) == (503, "2")
        assert "The store is busy" in answer.text
    assert step(server, 1).status == 303


def patiently(task, *arguments):
    """Return an answer, asked for again as a page does where the store is busy."""
    for _ in range(100):
        answer = task(*arguments)
        if answer.status != 503:
            break
    return answer


def test_more_clients_than_connections_are_all_answered(server):
    with ThreadPoolExecutor(5 * CONNECTIONS) as pool:
        tasks = [pool.submit(patiently, step, server, n) for n in range(2 * 5 * CONNECTIONS)]
        stored = [task.result() for task in tasks]
        assert {answer.status for answer in stored} == {303}
        links = [answer.headers["Location"] for answer in stored[: 5 * CONNECTIONS]]
        tasks = [pool.submit(patiently, ask, server, link) for link in links]
        assert {task.result().status for task in tasks} == {200}


@postgresql_alone
def test_a_database_that_hears_and_does_not_answer_stops_nothing_else(server, cluster):
    with cluster.frozen():
        assert any(health_comes_first(server) for _ in range(5))
    assert step(server, 1).status == 303


@postgresql_alone
def test_play_goes_on_when_the_database_was_away(server, cluster):
    link = step(server, 5).headers["Location"]
    for mode in ("fast", "immediate"):
        with cluster.stopped(mode):
            for answer in (step(server, 6), ask(server, link)):
                assert (answer.status, answer.headers["Retry-After"]) == (503, "2")
                assert "The store cannot be reached" in answer.text
            assert {ask(server, path).status for path in FREE} == {200}
        assert ask(server, link).status == 200
        assert step(server, 6).status == 303


@pytest.mark.parametrize("server", ["sqlite"], indirect=True, scope="module")
def test_a_file_that_is_removed_while_the_server_runs_is_made_anew(server):
    lost = step(server, 5).headers["Location"]
    path = Path(Database(server.environment["DATABASE_URL"]).url.database)
    for each in path.parent.iterdir():
        each.unlink()
    assert ask(server, lost).status == 404
    assert ask(server, step(server, 6).headers["Location"]).status == 200


@pytest.mark.long
def test_what_was_acknowledged_opens_after_the_server_was_killed(server):
    stored = [step(server, seed).headers["Location"] for seed in range(3)]
    server.kill()
    server.start()
    assert {ask(server, link).status for link in stored} == {200}


def test_a_full_disk_opens_links_and_refuses_in_words_what_it_cannot_store(tmp_path):
    with small_disk(tmp_path / "small", 1_000_000) as there:
        if not there:
            pytest.skip("Only root may mount a small disk, and not everywhere.")
        app = create_app({"DATABASE_URL": f"sqlite:///{tmp_path}/small/store.sqlite"})
        client = app.test_client()
        link = client.post("/train", data=FORM).headers["Location"]
        again = create_app({"DATABASE_URL": f"sqlite:///{tmp_path}/small/store.sqlite"})
        with filled(tmp_path / "small"):
            for seed in range(100):
                refused = client.post("/train", data={**FORM, "seed": str(seed)})
                if refused.status_code != 303:
                    break
            assert (refused.status_code, refused.headers["Retry-After"]) == (503, "2")
            assert "The disk of the store is full" in refused.text
            for each in (client, again.test_client()):
                assert {each.get(path).status_code for path in (link, *FREE)} == {200}
        assert client.post("/train", data=FORM).status_code == 303
        for each in (app, again):
            each.extensions["store"].close()


def test_why_the_store_is_away_stands_in_the_log_alone(caplog):
    app = create_app({"DATABASE_URL": "sqlite:////nowhere/store.sqlite"})
    answer = app.test_client().get(f"/train?from={'0' * 64}")
    assert answer.status_code == 503
    assert "unable to open" not in answer.text
    assert "The store cannot be reached: unable to open database file." in caplog.text
