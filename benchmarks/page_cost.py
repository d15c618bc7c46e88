"""What a distinct step costs the server: its processor time here, against another checkout.

Every address is asked for once, so that no kept answer helps; who walks keeps the numbers of their
own and goes on from step to step. Each checkout is a process that answers requests one by one; a
few steps are taken here, then the same there, and a ratio is of the same step in both.

    OTHER=../before .venv/bin/python -m benchmarks page_cost

The other checkout has its environment in `.venv`, too (a link to this one's will do).
"""

import os
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from benchmarks.serving import ROOT
from benchmarks.timing import Row, left_out

PAGES = {  # what is walked through, by people with numbers of their own
    "network, neurons": "/lessons/network?x1=0.{walk}1&step={step}",
    "network, operations": "/lessons/network?detail=operations&x1=0.{walk}1&step={step}",
    "playground": "/playground?preset=micrograd&a=-{walk}.5&step={step}",
    "gradient, a point": "/lessons/gradient?x=0.{step}{walk}",
    "gradient, a direction": "/lessons/gradient?x=0.{walk}&angle={step}",
    "gradient check, a nudge": "/lessons/gradient-check?nudge=0.{step}{walk}",
}
STEPS = range(1, 25)
WARM, WALKS = (1, 2), (3, 4, 5, 6)
TURN = 4  # steps that are taken before it is the other's turn
SHARE = 50  # percent of the other checkout's time, at most
CODE = """
import sys, tempfile, time
sys.path.insert(0, ".")
from werkzeug.test import EnvironBuilder
from app import create_app
app = create_app({"DATABASE_URL": "sqlite:///" + tempfile.mkdtemp() + "/cost.sqlite"})
sent = {"HX-Request-Type": "partial", "Accept-Encoding": "gzip"}
for line in sys.stdin:
    path, _, query = line.strip().partition("?")
    environ = EnvironBuilder(path, query_string=query, headers=sent).get_environ()
    said = []
    began = time.process_time()
    parts = app(environ, lambda status, headers: said.append(status))
    size = sum(map(len, parts))
    took = time.process_time() - began
    assert said == ["200 OK"], (line, said)
    print(took, size, flush=True)
"""


class Server:
    """A checkout that answers in a process of its own, one request after the other."""

    def __init__(self, folder: Path) -> None:
        command = [str(folder / ".venv/bin/python"), "-c", CODE]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, cwd=folder, stdin=pipe, stdout=pipe, text=True)

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_: object) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait()

    def ask(self, address: str) -> float:
        """Return the milliseconds of the processor that an answer takes."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(address + "\n")
        self.process.stdin.flush()
        return 1000 * float(self.process.stdout.readline().split()[0])


def rows() -> Iterator[Row]:
    """Measure each page here and, where one is named, in the other checkout."""
    other = os.environ.get("OTHER")
    if not other:
        yield left_out("a distinct step against another", "other checkout (OTHER=folder)")
    folders = [ROOT, *([Path(other).resolve()] if other else [])]
    with ExitStack() as stack:
        servers = [stack.enter_context(Server(folder)) for folder in folders]
        for name, address in PAGES.items():
            for server in servers:
                for warm in walk(address, WARM):
                    server.ask(warm)
            ours, *theirs = take(servers, list(walk(address, WALKS)))
            yield Row(f"a distinct step, {name}", f"{median(ours):.2f} ms")
            for times in theirs:
                share = 100 * median(a / b for a, b in zip(ours, times, strict=True))
                verdict = "ok" if share <= SHARE else "missed"
                yield Row(f"a distinct step, {name}: the other", f"{median(times):.2f} ms")
                title = f"a distinct step, {name}: share"
                yield Row(title, f"{share:.3g} %", f"≤ {SHARE} %", verdict)


def walk(address: str, walks: tuple[int, ...]) -> Iterator[str]:
    """Yield the addresses of some people's steps, each once."""
    for number in walks:
        for step in STEPS:
            yield address.format(walk=number, step=step)


def take(servers: list[Server], addresses: list[str]) -> list[list[float]]:
    """Return what each address takes each server, by turns."""
    taken: list[list[float]] = [[] for _ in servers]
    for first in range(0, len(addresses), TURN):
        for server, times in zip(servers, taken, strict=True):
            times += [server.ask(address) for address in addresses[first : first + TURN]]
    return taken
