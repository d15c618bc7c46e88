"""Twenty who play at once, and one who clicks through the walk: how long that one waits.

Each player asks as the page does (static/js/train.js): the next slice at once, a smaller one and
later where requests wait for one another.
"""

import http.client
import threading
import time
from collections.abc import Iterator
from statistics import median, quantiles
from urllib.parse import parse_qsl, urlencode, urlsplit

from benchmarks.serving import gunicorn
from benchmarks.timing import Row, below

PLAYERS = 20
SECONDS = 12.0
STEPS = 30
DRAWING = 0.06  # seconds that a browser takes for a picture, between two slices
PART = {"HX-Request-Type": "partial", "Accept-Encoding": "gzip"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
FIRST_SLICE = 16.0  # milliseconds, as these in train.js
BUSY, FEWEST, MOST, LONGEST = 40.0, 8.0, 45.0, 600.0


def rows() -> Iterator[Row]:
    """Measure clicks on the walk, alone and among players."""
    with gunicorn() as (address, _):
        host = urlsplit(address).netloc
        yield Row("walk, a click when nobody plays, median", f"{median(walk(host)):.3g} ms")
        stop, slices = threading.Event(), [0] * PLAYERS
        players = [
            threading.Thread(target=play, args=(host, stop, slices, k)) for k in range(PLAYERS)
        ]
        for player in players:
            player.start()
        time.sleep(3)
        begun, start = sum(slices), time.monotonic()
        times: list[float] = []
        while time.monotonic() < start + SECONDS:
            times += walk(host)
        made = (sum(slices) - begun) / (time.monotonic() - start)
        stop.set()
        for player in players:
            player.join()
        yield Row(f"{PLAYERS} players: slices a second, all together", f"{made:.3g}")
        yield below(f"walk, a click while {PLAYERS} play, median", median(times), 300, "ms")
        slow = quantiles(times, n=20)[-1]
        yield below(f"walk, a click while {PLAYERS} play, 95 %", slow, 300, "ms")
        fair = min(slices) / max(slices)
        yield Row("fewest slices of a player, against the most", f"{fair:.2f}")


def walk(host: str) -> list[float]:
    """Return how long each step of the walk takes to be answered, in milliseconds."""
    connection, times = http.client.HTTPConnection(host), []
    for step in range(STEPS):
        start = time.perf_counter()
        connection.request("GET", f"/lessons/network?step={step}", headers=PART)
        connection.getresponse().read()
        times.append(1000 * (time.perf_counter() - start))
        time.sleep(0.05)
    return times


def play(host: str, stop: threading.Event, slices: list[int], number: int) -> None:
    """Play until told to stop."""
    connection, ms = http.client.HTTPConnection(host), FIRST_SLICE
    pairs = {"preset": "circles", "seed": str(number + 1)}
    passing = "0"
    while not stop.is_set():
        body = urlencode({**pairs, "do": "play", "ms": str(round(ms)), "passing": passing})
        start = time.perf_counter()
        connection.request("POST", "/train?playing=1", body, PART | FORM)
        answer = connection.getresponse()
        answer.read()
        waited = 1000 * (time.perf_counter() - start) - work_of(answer)
        pairs, passing = dict(parse_qsl(urlsplit(answer.headers["HX-Push-Url"]).query)), "1"
        slices[number] += 1
        ms, pause = next_slice(ms, waited)
        stop.wait(max(DRAWING, pause))


def next_slice(ms: float, waited: float) -> tuple[float, float]:
    """Return how much to ask for next, in milliseconds, and after how many seconds.

    Args:
        ms: what was asked for last.
        waited: how long that waited for its turn, in milliseconds.
    """
    if waited > BUSY:
        return max(FEWEST, 0.7 * ms), min(LONGEST, 2 * waited) / 1000
    return min(MOST, 1.3 * ms), 0


def work_of(answer: http.client.HTTPResponse) -> float:
    """Return how long the server worked, in milliseconds."""
    return float(answer.headers["Server-Timing"].partition("dur=")[2])
