"""How long a race of six takes to be answered, and how often its picture is painted anew."""

from collections.abc import Iterator
from statistics import median

from benchmarks.browser import browser, served
from benchmarks.timing import Row, below, left_out, seconds
from benchmarks.training_page import over
from benchmarks.web import PART, application

SIX = "gradient_descent,momentum,nesterov,adagrad,rmsprop,adam"
RACE = f"/lessons/optimizers?preset=rosenbrock&racers={SIX}&steps=500"
STARTS = 15
SECONDS = 4
PLAY = """seconds => new Promise(done => {
  const layer = () => Number(document.getElementById('ways').dataset.painted);
  document.getElementById('play').click();
  const [first, start] = [layer(), performance.now()];
  setTimeout(() => done((layer() - first) / ((performance.now() - start) / 1000)), seconds * 1000);
})"""


def rows() -> Iterator[Row]:
    """Ask for the race from starts that nobody asked for before; then play it."""
    with browser() as found, application() as app:
        client = app.test_client()
        for _ in range(3):  # what is made once: compiled code, the ground of the map, SymPy
            client.get(RACE, headers=PART)
        times = [_answer(client, f"{RACE}&step=500&x={-1.2 + k / 1e3}") for k in range(STARTS)]
        name = f"six racers over 500 steps, composed and answered, median of {STARTS}"
        yield below(name, median(times) * 1e3, 100, "ms")
        yield Row(name.replace("median", "slowest"), f"{max(times) * 1e3:.3g} ms")
        if not found:
            yield left_out("a race that plays", "Chromium")
            return
        with served(app) as address:
            page = found.new_page(viewport={"width": 1440, "height": 900})
            page.goto(f"{address}{RACE}&step=0")
            page.wait_for_selector("#ways .head", state="attached")
            page.wait_for_selector("#chart-relief canvas", state="attached")
            rate = page.evaluate(PLAY, SECONDS)
            yield over("a race that plays, six racers: pictures a second", rate, 20)


def _answer(client: object, address: str) -> float:
    return seconds(lambda: client.get(address, headers=PART))  # type: ignore[attr-defined]
