"""The application as `make run` serves it: gunicorn's workers, in processes of their own."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
PATIENCE = 200  # looks at the door, a tenth of a second each


class Served(NamedTuple):
    """A server that runs: its address, the file of its store, and its first process."""

    address: str
    store: Path
    process: int


@contextmanager
def gunicorn(checkout: Path = ROOT) -> Iterator[tuple[str, Path]]:
    """Give the address of a checkout's application, running, and the file of its store.

    All who ask it come from one address, so it limits none.
    """
    with serving(checkout, RATE_LIMIT="off") as served:
        yield served.address, served.store


@contextmanager
def serving(checkout: Path = ROOT, **said: str) -> Iterator[Served]:
    """Give a checkout's application, running, with all its workers as they stay.

    Args:
        checkout: the folder of its code.
        said: settings, beside the place of its store.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "bench.sqlite"
        settings = {"PORT": str(port), "DATABASE_URL": f"sqlite:///{store}"}
        command = [str(Path(sys.executable).with_name("gunicorn")), "app:create_app()"]
        server = subprocess.Popen(command, cwd=checkout, env=os.environ | settings | said)
        try:
            address = f"http://127.0.0.1:{port}"
            _wait_for(f"{address}/health")
            if (checkout / "backprop" / "web" / "worker.py").exists():
                _wait_for_the_warm(server.pid)
            yield Served(address, store, server.pid)
        finally:
            server.send_signal(signal.SIGINT)
            server.wait()


def memory(served: Served) -> float:
    """Return what a server's processes have in memory together, in MB; NaN where none can tell."""
    sizes = []
    for process in (served.process, *_children(served.process)):
        try:
            rollup = Path(f"/proc/{process}/smaps_rollup").read_text()
        except OSError:
            return float("nan")
        sizes += [int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")]
    return sum(sizes) / 1000


def processor(served: Served) -> float:
    """Return how many seconds of processor a server's workers have used; NaN if none can tell."""
    ticks = 0
    for process in _children(served.process):
        try:
            words = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return float("nan")
        ticks += int(words[11]) + int(words[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _wait_for_the_warm(server: int) -> None:
    """Wait until a server has changed its first workers for others, which it has made ready."""
    first = _children(server)
    for _ in range(PATIENCE):
        if not set(first) & set(_children(server)):
            return
        time.sleep(0.1)


def _children(process: int) -> list[int]:
    listing = ["ps", "-A", "-o", "pid=", "-o", "ppid="]
    listed = subprocess.run(listing, capture_output=True, check=True, text=True).stdout
    rows = (line.split() for line in listed.splitlines())
    return [int(pid) for pid, parent in rows if int(parent) == process]


def _wait_for(address: str) -> None:
    for _ in range(PATIENCE):
        try:
            urllib.request.urlopen(address)
            return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(f"{address} does not answer")
