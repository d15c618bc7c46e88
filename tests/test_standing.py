"""A server that stands: a new version takes over from the old without a gap, and thousands of
connections that say nothing stop nobody."""

import http.client
import os
import resource
import signal
import socket
import subprocess
import sys
from contextlib import ExitStack, closing
from threading import Condition, Event, Thread

import pytest

from tests.kit.processes import children
from tests.kit.server import ROOT, Server

PAUSE = 0.03  # seconds between an answer and the next question
APPLICATION = "tests.kit.bare_store:Application()"
HALF = (
    b"",
    b"GET /half HTTP/1.1\r\nHo",
    b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nab",
)


class Asking:
    """Threads that ask again and again: one on a connection that it keeps, one on new ones."""

    def __init__(self, port):
        self.port, self.over, self.changed = port, Event(), Condition()
        self.answered, self.failed = [0, 0], []
        self.threads = [Thread(target=self.ask, args=(n,)) for n in range(2)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        for thread in self.threads:
            thread.join()

    def ask(self, number):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        while not self.over.wait(PAUSE):
            try:
                connection.request("GET", "/no-address")
                answer = connection.getresponse()
                answer.read()
                if answer.status != 422:
                    self.failed.append(answer.status)
            except (OSError, http.client.HTTPException) as error:
                self.failed.append(error)
            if number:
                connection.close()
            with self.changed:
                self.answered[number] += 1
                self.changed.notify_all()
        connection.close()

    def wait_for_more(self):
        """Wait until each was answered again, to something that was asked from now on."""
        goals = [count + 2 for count in self.answered]
        with self.changed:
            assert self.changed.wait_for(lambda: self.has_reached(goals), timeout=60)

    def has_reached(self, goals):
        return all(count >= goal for count, goal in zip(self.answered, goals, strict=True))


@pytest.fixture
def systemd(tmp_path):
    """Give the socket at which systemd would listen to the server."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        yield listening


@pytest.fixture
def server(tmp_path, systemd):
    url, notify = f"sqlite:///{tmp_path}/store.sqlite", systemd.getsockname()
    with Server(APPLICATION, DATABASE_URL=url, NOTIFY_SOCKET=notify, WEB_CONCURRENCY="2") as server:
        while len(server.workers()) < 2:
            assert server.process.poll() is None
        yield server


def test_a_new_version_takes_over_from_the_old_while_nobody_waits_or_fails(server, systemd):
    with ExitStack() as at_the_end, Asking(server.port) as asking:
        asking.wait_for_more()
        old = server.workers()
        server.process.send_signal(signal.SIGUSR2)
        while len(server.workers()) == len(old):
            asking.wait_for_more()
        new = next(each for each in server.workers() if each not in old)
        at_the_end.callback(os.kill, new, signal.SIGINT)  # when nobody asks any more
        assert server.process.wait() == 0  # the old one, told by the new one
        asking.wait_for_more()
        assert len(children(new)) == len(old)
        said = b"".join(iter(lambda: systemd.recv(1_000), b"MAINPID=%d" % new))
        assert b"MAINPID=%d" % server.process.pid in said
    assert asking.failed == []


def test_a_new_version_stands_even_if_the_old_one_ends_before_it_has_begun(server):
    old = server.workers()
    server.process.send_signal(signal.SIGUSR2)
    while not (new := [each for each in server.workers() if each not in old]):
        assert server.process.poll() is None
    server.process.kill()
    server.process.wait()
    try:
        while not children(new[0]):
            os.kill(new[0], 0)  # it is there
        with Asking(server.port) as asking:
            asking.wait_for_more()
        assert asking.failed == []
    finally:
        os.kill(new[0], signal.SIGINT)


def test_workers_are_changed_while_nobody_waits_or_fails(server):
    with Asking(server.port) as asking:
        asking.wait_for_more()
        old = server.workers()
        server.process.send_signal(signal.SIGHUP)
        while set(old) & set(server.workers()):
            asking.wait_for_more()
    assert asking.failed == []


def test_three_thousand_connections_that_say_half_or_nothing_stop_nobody(server):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < 3_500:
        pytest.skip("This system allows too few open files.")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 3_500), hard))
    with ExitStack() as opened:
        for number in range(3_000):
            connection = socket.create_connection(("127.0.0.1", server.port))
            opened.enter_context(connection)
            connection.sendall(HALF[number % len(HALF)])
        with Asking(server.port) as asking:
            asking.wait_for_more()
        assert asking.failed == []


class Counting:
    """Asks a server that counts, and counts along."""

    def __init__(self, server):
        self.server, self.asked, self.pause = server, 0, Event()

    def ask(self, path="/asked?playing=1"):
        """Return what a path answers, on a connection of its own."""
        self.asked += path != "/metrics"
        address = ("127.0.0.1", self.server.port)
        with closing(http.client.HTTPConnection(*address, timeout=60)) as connection:
            connection.request("GET", path)
            return connection.getresponse().read().decode()

    def ask_until(self, is_so):
        """Ask until something is so of the process that answers."""
        while not is_so(int(self.ask())):
            self.pause.wait(PAUSE)

    def workers(self):
        """Ask until two workers have answered; return them."""
        answered = set()
        self.ask_until(lambda worker: len(answered.add(worker) or answered) > 1)
        return answered

    def is_right(self):
        """Whether the metrics say how often was asked."""
        count = f'backprop_request_seconds_count{{route="/asked",status="2xx"}} {self.asked:.1f}'
        return count in self.ask("/metrics").splitlines()


def test_counts_are_sums_over_workers_also_over_those_that_ended_and_over_versions(tmp_path):
    said = {"DATABASE_URL": f"sqlite:///{tmp_path}/store.sqlite", "METRICS": "1"}
    said |= {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path), "WEB_CONCURRENCY": "2"}
    (tmp_path / "counter_1.db").write_bytes(b"of a server before")
    with Server("tests.kit.counted:Application()", **said) as server:
        counting = Counting(server)
        first = counting.workers()
        assert counting.is_right()
        assert "\nbackprop_players 1.0\n" in counting.ask("/metrics")  # whichever it asked
        with socket.create_connection(("127.0.0.1", server.port)) as connection:
            connection.sendall(b"nonsense\r\n\r\n")
            assert connection.recv(12) == b"HTTP/1.1 400"
        assert 'count{route="other",status="4xx"} 1.0' in counting.ask("/metrics")
        os.kill(min(first), signal.SIGKILL)
        counting.ask_until(lambda worker: worker not in first)
        assert counting.is_right()
        old = counting.workers()
        server.process.send_signal(signal.SIGUSR2)
        counting.ask_until(lambda _: len(server.workers()) > len(old))
        new = next(each for each in server.workers() if each not in old)
        try:
            counting.ask_until(lambda _: server.process.poll() is not None)
            assert counting.workers() == set(children(new))
            assert counting.is_right()
        finally:
            os.kill(new, signal.SIGINT)


DISTINCT = """
import gc, pathlib, random, sys
from app import create_app
from benchmarks.load import OWN
app = create_app({"DATABASE_URL": "sqlite:///" + sys.argv[1], "RATE_LIMIT": "off"})
app.extensions["answers"].limit = 2**20  # so that it is soon full
client, chance = app.test_client(), random.Random(17)
def memory():
    gc.collect()
    rollup = pathlib.Path("/proc/self/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in rollup if line.startswith("Private_Dirty"))
def ask(count):
    for number in range(count):
        own = f"{chance.uniform(-2, 2):.6f}"
        address = OWN[number % len(OWN)].format(number=own, step=1 + number % 20)
        assert client.get(address, headers={"HX-Request-Type": "partial"}).status_code == 200
ask(5_000)  # all that remembers is full now
before = memory()
ask(2_500)
print(memory() / before)
"""


@pytest.mark.long
@pytest.mark.skipif(
    sys.platform != "linux", reason="Linux alone tells what a process has in memory"
)
def test_memory_is_flat_however_many_distinct_addresses_are_asked_for(tmp_path):
    command = [sys.executable, "-c", DISTINCT, f"{tmp_path}/store.sqlite"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert float(done.stdout) < 1.03
