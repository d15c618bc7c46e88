"""Workers and their parents are killed at any moment: what was acknowledged stands, and a server
that is started again is not refused by what the one before has left."""

import http.client
import os
import signal
from collections import deque
from contextlib import closing, suppress
from random import Random
from threading import Condition, Event, Thread

import pytest
import sqlalchemy as sql

from backprop.sharing.database import REVISION, revision_of
from backprop.sharing.snapshot import address_of
from backprop.sharing.store import Store
from tests.kit.old_store import make_old_store
from tests.kit.server import Server

CLIENTS = 3
APPLICATION = "tests.kit.bare_store:Application()"


def ask(server, path):
    """Return the status of an answer."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)
    with closing(connection):
        connection.request("GET", f"/{path}")
        return connection.getresponse().status


class Clients:
    """Threads that post without pause, each a body until it is acknowledged.

    Attributes:
        acknowledged: the bodies of which the server has said that they stand.
        wrong: answers that no server should give.
    """

    def __init__(self, port):
        self.port = port
        self.acknowledged, self.wrong = deque(), []
        self.up, self.over, self.changed = Event(), Event(), Condition()
        self.threads = [Thread(target=self.post, args=(n,)) for n in range(CLIENTS)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.up.set()
        for thread in self.threads:
            thread.join()

    def post(self, client):
        number = 0
        while not self.over.is_set():
            bodies = [b"%d %d %d" % (client, number, part) for part in range(3)]
            if self.send(b"\n".join(bodies)):
                number += 1
                with self.changed:
                    self.acknowledged += bodies
                    self.changed.notify_all()
            else:
                self.up.wait()

    def send(self, body):
        """Return whether the server has acknowledged a body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        with closing(connection), suppress(OSError, http.client.HTTPException):
            connection.request("POST", "/", body)
            answer = connection.getresponse()
            said = answer.read().decode()
            if answer.status == 200:
                assert said.split() == [address_of(each) for each in body.split(b"\n")]
            elif answer.status != 503:
                self.wrong.append((answer.status, said))
            return answer.status == 200
        return False

    def wait_for(self, more):
        """Wait until so many more are acknowledged."""
        goal = len(self.acknowledged) + 3 * more
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.acknowledged) >= goal, timeout=120)


def kill_in_turns(server, clients, kills, chance):
    """Kill so many processes, of which every seventh or so is the parent of the others."""
    while kills > 0:
        clients.wait_for(chance.choice((0, 0, 1, 2)))  # many die while they start
        workers = server.workers()
        if chance.random() < 0.15 or not workers:
            clients.up.clear()
            server.kill()
            kills -= 1
            server.start()
            clients.up.set()
        else:
            for worker in chance.sample(workers, min(chance.choice((1, 1, 2)), len(workers))):
                with suppress(ProcessLookupError):
                    os.kill(worker, signal.SIGKILL)
                kills -= 1


def run(url, kills, seed):
    """Kill a server that often while clients post; return what they were promised."""
    with Server(APPLICATION, DATABASE_URL=url) as server, Clients(server.port) as clients:
        clients.up.set()
        kill_in_turns(server, clients, kills, Random(seed))
        clients.wait_for(CLIENTS)
    assert clients.wrong == []
    return list(clients.acknowledged)


def check(url, acknowledged):
    store = Store(url)
    lost = [body for body in acknowledged if store.get(address_of(body)) != body]
    query = "SELECT (SELECT sum(run) FROM ledger), (SELECT sum(length(body)) FROM bodies)"
    ledger, counted = store.database.read(lambda c: tuple(c.execute(sql.text(query)).one()))
    store.close()
    assert lost == []
    assert ledger == counted
    assert len({*acknowledged}) == len(acknowledged)


@pytest.mark.parametrize(
    ("database_url", "kills"),
    [("sqlite", 20), ("postgresql", 10)],
    indirect=["database_url"],
    ids=["sqlite", "postgresql"],
)
def test_what_was_acknowledged_outlives_any_kill_and_the_server_starts_again(database_url, kills):
    check(database_url, run(database_url, kills, seed=16))


@pytest.mark.long
@pytest.mark.parametrize("seed", range(5))
def test_what_was_acknowledged_outlives_a_thousand_kills(database_url, seed):
    check(database_url, run(database_url, 100, seed))


def test_no_worker_outlives_its_parent(tmp_path):
    """Not one that is still starting, either."""
    url = f"sqlite:///{tmp_path}/store.sqlite"
    with Server(APPLICATION, DATABASE_URL=url) as server:
        while not server.workers():
            assert server.process.poll() is None
        server.kill()  # at once: they have not yet prepared anything
        server.start()


def test_a_server_brings_an_old_database_up_to_date_before_anybody_asks(tmp_path):
    url = f"sqlite:///{tmp_path}/store.sqlite"
    make_old_store(url, {b"kept": True})
    with Server(APPLICATION, DATABASE_URL=url) as server:
        engine = sql.create_engine(url)
        asked = 0
        while revision_of(engine) != REVISION:
            assert ask(server, "no-address") == 422  # an answer for which no database is needed
            asked += 1
            assert asked < 5000
        engine.dispose()
    store = Store(url)
    assert store.get(address_of(b"kept")) == b"kept"
    store.close()
