"""The training page while it plays, in a real Chromium on the server of `make run`."""

import os
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.browser import browser
from benchmarks.serving import gunicorn
from benchmarks.timing import Row, below, left_out

WARMING, MEASURED = 2.0, 6.0  # seconds
MINUTES = float(os.environ.get("MINUTES", "10"))  # of the page that is left playing
PAGE = {"width": 1440, "height": 900}
COUNT = """() => {
  window.updates = 0;
  document.addEventListener('htmx:after:swap', () => { window.updates += 1; });
}"""
NOW = """() => [Number(document.getElementById('epoch').textContent.replaceAll(',', '')),
  window.updates, performance.now() / 1000]"""
CLICK = """link => new Promise(painted => {
  const start = performance.now();
  const frame = then => requestAnimationFrame(then);
  document.addEventListener('htmx:after:swap', function seen(e) {
    if (e.detail.ctx.fromLoop) return;
    document.removeEventListener('htmx:after:swap', seen);
    frame(() => frame(() => painted(performance.now() - start)));
  });
  link.click();
})"""
PACES = (
    ("batch 10", "/train?preset=circles", 400),
    ("full batch", "/train?preset=circles&batch=200", 2_000),
)
LEARNED = (("digits", "digits 64-32-10", 95), ("iris", "iris 4-8-3", 93))
CLICKS = 20


def rows() -> Iterator[Row]:
    """Measure how fast it plays, how soon a click is answered, and how well it learns."""
    with browser() as found, gunicorn() as (address, _):
        if not found:
            yield left_out("the training page", "Chromium")
            return
        for name, path, wanted in PACES:
            page = opened(found, address + path)
            epochs, updates = pace(page)
            yield over(f"circles 2-8-8-1, {name}: epochs shown a second", epochs, wanted)
            yield over(f"circles 2-8-8-1, {name}: pictures a second", updates, 8)
            if name == "batch 10":
                times = clicks(page)
                yield below(
                    "click on a unit while it plays, to painted, median", median(times), 150, "ms"
                )
                yield Row("click on a unit while it plays, slowest", f"{max(times):.3g} ms")
            page.close()
        for preset, name, wanted in LEARNED:
            right = learned(found, address, preset)
            yield over(f"{name} after 10 s of play: right, held out, %", right, wanted)


def over(name: str, measured: float, wanted: float) -> Row:
    """Return the row of a number that should be large."""
    verdict = "ok" if measured >= wanted else "missed"
    return Row(name, f"{measured:.4g}", f"≥ {wanted:g}", verdict)


def opened(found: Any, address: str) -> Any:
    """Return a page with the training at an address, live."""
    page = found.new_page(viewport=PAGE)
    page.goto(address)
    page.wait_for_selector("#go[data-htmx-powered]")
    page.wait_for_selector("#chart-loss .main-svg")
    page.evaluate(COUNT)
    return page


def pace(page: Any) -> tuple[float, float]:
    """Return epochs and pictures a second, once it plays; it goes on playing."""
    page.click("#play")
    page.wait_for_timeout(1000 * WARMING)
    epoch, updates, start = page.evaluate(NOW)
    page.wait_for_timeout(1000 * MEASURED)
    epoch_after, updates_after, end = page.evaluate(NOW)
    return (epoch_after - epoch) / (end - start), (updates_after - updates) / (end - start)


def clicks(page: Any) -> list[float]:
    """Return milliseconds from each click on a unit to the picture that answers it."""
    times = []
    for k in range(CLICKS):
        times.append(page.locator(f"#u-a1_{k % 8 + 1}").evaluate(CLICK))
        page.wait_for_timeout(300)  # it plays on
    return times


def learned(found: Any, address: str, preset: str) -> float:
    """Return the share of right answers on held-out examples after ten seconds, in percent."""
    page = opened(found, f"{address}/train?preset={preset}")
    page.click("#play")
    page.wait_for_timeout(10_000)
    right = float(page.inner_text("#right").removesuffix(" %"))
    page.close()
    return right


def patience_rows() -> Iterator[Row]:
    """Leave a page playing for ten minutes: its memory, and what it leaves in the store."""
    with browser() as found, gunicorn() as (address, store):
        if not found:
            yield left_out("a page left playing", "Chromium")
            return
        page = opened(found, f"{address}/train?preset=circles")
        devtools = page.context.new_cdp_session(page)
        devtools.send("Performance.enable")
        page.click("#play")
        sizes = []
        end = time.monotonic() + 60 * MINUTES
        while time.monotonic() < end:
            page.wait_for_timeout(15_000)
            devtools.send("HeapProfiler.collectGarbage")
            found_now = devtools.send("Performance.getMetrics")["metrics"]
            metrics = {each["name"]: each["value"] for each in found_now}
            sizes.append((metrics["JSHeapUsedSize"], metrics["Nodes"]))
            epoch = page.inner_text("#epoch")
        (early, nodes), (late, nodes_late) = sizes[len(sizes) // 4], sizes[-1]
        yield Row("played, epochs", epoch)
        yield below(f"heap after {MINUTES:g} min, against a quarter of it", late / early, 1.2, "×")
        yield Row("nodes, a quarter in, and at the end", f"{nodes:g}, {nodes_late:g}")
        yield below("snapshots that the run has left in the store", snapshots(store), 205, "")


def snapshots(store: Path) -> int:
    """Return how many snapshots stand in a store."""
    with sqlite3.connect(store) as connection:
        return int(connection.execute("SELECT count(*) FROM snapshots").fetchone()[0])
