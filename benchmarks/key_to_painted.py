"""From a key until the step is painted, against another checkout (`OTHER=folder`), in a real Chromium.

Each checkout is served as `make run` serves it. The same steps are taken in turns, a few here and a
few there, one page at a time; a ratio is of the same step in both, so a busy machine slows both alike.
"""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from benchmarks.browser import browser
from benchmarks.serving import ROOT, gunicorn
from benchmarks.timing import Row, left_out

PAGES = {
    "2-2-2, neurons": ("/lessons/network", 29),
    "2-2-2, operations": ("/lessons/network?detail=operations", 63),
    "playground": ("/playground?expression=(sin(x*y)%2Bexp(x)*y)^2&x=1&y=0.5", 12),
}
TURN = 6  # steps that are taken before it is the other's turn
PAUSE = 500  # ms between two steps: what moves over a third of a second has come to rest
ROUNDS = int(os.environ.get("ROUNDS", "1"))
KEY = """() => new Promise(done => {
  const start = performance.now();
  const frame = then => requestAnimationFrame(then);
  document.addEventListener('htmx:after:swap',
    () => frame(() => frame(() => done(performance.now() - start))), { once: true });
  document.getElementById('lab').dispatchEvent(
    new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true, cancelable: true }));
})"""

Times = list[tuple[float, float]]  # of each step: ms by the clock, and ms that the page's thread worked


def rows() -> Iterator[Row]:
    """Measure every step of three walks, here and, where one is named, in the other checkout."""
    other = os.environ.get("OTHER")
    folders = [ROOT, *([Path(other)] if other else [])]
    with ExitStack() as stack:
        found = stack.enter_context(browser())
        if not found:
            yield left_out("key to painted", "Chromium")
            return
        served = [stack.enter_context(gunicorn(folder))[0] for folder in folders]
        for name, (path, steps) in PAGES.items():
            taken = [_walk(found, address + path, steps, warm=True) for address in served]
            taken = [[] for _ in served]
            for _ in range(ROUNDS):
                for first in range(0, steps, TURN):
                    count = min(TURN, steps - first)
                    for times, address in zip(taken, served, strict=True):
                        times += _walk(found, f"{address}{path}", count, first)
            yield from _report(name, taken)


def _walk(found: Any, address: str, count: int, first: int = 0, *, warm: bool = False) -> Times:
    """Return what each of some steps took; warm: only the first few, to have everything loaded."""
    page = found.new_page(viewport={"width": 1440, "height": 900})
    page.goto(f"{address}{'&' if '?' in address else '?'}step={first}")
    page.wait_for_selector('a[aria-label="Next step"]')
    devtools = page.context.new_cdp_session(page)
    devtools.send("Performance.enable")
    times: Times = []
    for _ in range(min(count, 2) if warm else count):
        page.wait_for_timeout(PAUSE)
        before = _worked(devtools)
        passed = page.evaluate(KEY)
        times.append((passed, 1000 * (_worked(devtools) - before)))
    page.close()
    return times


def _worked(devtools: Any) -> float:
    """Return the seconds that the page's thread has worked."""
    metrics = devtools.send("Performance.getMetrics")["metrics"]
    return next(each["value"] for each in metrics if each["name"] == "TaskDuration")


def _report(name: str, taken: list[Times]) -> Iterator[Row]:
    for n, what in enumerate(("by the clock", "of the page’s thread")):
        ours, *others = ([step[n] for step in times] for times in taken)
        yield Row(f"key to painted, {name}, {what}, median of {len(ours)}", f"{median(ours):.3g} ms")
        yield Row(f"key to painted, {name}, {what}, 95 %", f"{quantiles(ours, n=20)[-1]:.3g} ms")
        for theirs in others:
            yield Row("  the other checkout: median", f"{median(theirs):.3g} ms")
            yield Row("  the other checkout: 95 %", f"{quantiles(theirs, n=20)[-1]:.3g} ms")
            ratio = median(o / t for o, t in zip(ours, theirs, strict=True))
            yield Row("  ours against it, median of the steps' ratios", f"{100 * ratio:.3g} %")
