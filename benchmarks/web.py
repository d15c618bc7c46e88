"""What the server does for one step of the 2-2-2 network, and what the page weighs."""

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from flask import Flask
from werkzeug.test import Client, EnvironBuilder

from app import create_app
from benchmarks.timing import Row, below, seconds

LESSON = "/lessons/network"
DETAILS = ("neurons", "operations")
ROUNDS = 5
PART = {"HX-Request-Type": "partial", "Accept-Encoding": "gzip"}
ASSET = re.compile(r'(?:href|src)="(/assets/[^"]+)"')


@contextmanager
def application() -> Iterator[Flask]:
    """Give the app, with a database of its own."""
    with tempfile.TemporaryDirectory() as folder:
        database = f"sqlite:///{Path(folder) / 'bench.sqlite'}"
        app = create_app({"DATABASE_URL": database, "RATE_LIMIT": "off"})
        yield app
        app.extensions["store"].close()


def rows() -> Iterator[Row]:
    """Measure the server's time over all steps, and the page's weight as it is sent."""
    with application() as app:
        client = Client(app.extensions["answers"].application)  # which keeps no answer
        for detail in DETAILS:
            times = step_times(client, detail)
            name = f"server, one step of the 2-2-2, {detail}, median of {len(times)} steps"
            yield below(name, median(times) * 1e3, 5, "ms")
            yield Row(name.replace("median", "slowest"), f"{max(times) * 1e3:.3g} ms")
        layers = step_times(client, "layers", "/train")
        name = f"server, one step by layers, 2-8-8-1, batch 10, median of {len(layers)} steps"
        yield Row(name, f"{median(layers) * 1e3:.3g} ms")
        name = "server, an answer that is kept, of all that the application does"
        yield below(name, kept_time(app) * 1e3, 0.26, "ms")
        yield below("page before Plotly, compressed", weight(app.test_client()) / 1000, 150, "KB")


def step_count(client: Client, detail: str, path: str = LESSON) -> int:
    """Return how many steps the round has."""
    text = client.get(f"{path}?detail={detail}").text
    return int(re.search(r"step\s+1\s+of\s+(\d+)", text)[1])


def step_times(client: Client, detail: str, path: str = LESSON) -> list[float]:
    """Return the seconds that each step's part takes, the median of some rounds for each."""
    count = step_count(client, detail, path)
    addresses = [f"{path}?step={k}&detail={detail}" for k in range(count)]

    def ask(address: str) -> None:
        assert client.get(address, headers=PART).status_code == 200

    rounds = [[seconds(lambda a=address: ask(a)) for address in addresses] for _ in range(ROUNDS)]
    return [median(each) for each in zip(*rounds[1:], strict=True)]  # the first round compiles


def kept_time(app: Flask) -> float:
    """Return the seconds that an answer takes which the application has kept."""
    builder = EnvironBuilder(path=LESSON, query_string={"step": "1"}, headers=PART)
    environ = builder.get_environ()

    def ask() -> None:
        b"".join(app(dict(environ), lambda *_: None))

    ask()
    made = app.extensions["answers"].made
    taken = seconds(ask, 1_000)
    assert app.extensions["answers"].made == made
    return taken


def weight(client: Client) -> int:
    """Return the bytes of the page and all that it names: styles, scripts, fonts.

    Plotly's script is loaded afterwards, where there is a chart; its style is counted.
    """
    gzip = {"Accept-Encoding": "gzip"}
    paths = dict.fromkeys(ASSET.findall(client.get(LESSON).text))
    return sum(len(client.get(path, headers=gzip).data) for path in (LESSON, *paths))
