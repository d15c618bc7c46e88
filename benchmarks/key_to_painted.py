"""From a key until the step is painted, against another checkout (`OTHER=folder`), in a Chromium.

Each checkout is served as `make run` serves it. The same steps are taken in turns, a few here and
a few there, one page at a time; a ratio is of the same step in both, so that a busy machine slows
both alike. What is wanted is a share of the time by the clock, which the server and the waiting for
a frame are parts of; the processor time of the page's thread is told beside it, and judged by none.
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

PAGES = {  # where it is, and how many of its steps are taken
    "2-2-2, neurons": ("/lessons/network?detail=neurons", 29),
    "2-2-2, operations": ("/lessons/network?detail=operations", 30),
    "playground": ("/playground?preset=micrograd", 30),
}
TURN = 6  # steps that are taken before it is the other's turn
PAUSE = 500  # ms before each step: what moves for a third of a second has come to rest
SHARE = 60  # percent of the other checkout's time, at most
KEY = """() => new Promise((done, fail) => {
  setTimeout(fail, 60000, 'no step');
  const shown = () => document.querySelector('.stepper').dataset.step;
  const before = shown();
  const start = performance.now();
  const frame = then => requestAnimationFrame(then);
  document.addEventListener('htmx:after:swap', function swapped() {
    if (shown() === before) return;
    document.removeEventListener('htmx:after:swap', swapped);
    frame(() => frame(() => done(performance.now() - start)));
  });
  document.getElementById('lab').dispatchEvent(
    new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true, cancelable: true }));
})"""
MEASURES = ("by the clock", "processor, the page’s thread")

Times = list[tuple[float, float]]  # of each step: milliseconds, in the order of MEASURES


def rows() -> Iterator[Row]:
    """Measure the steps of three walks, here and, where one is named, in the other checkout."""
    other = os.environ.get("OTHER")
    folders = [ROOT, *([Path(other).resolve()] if other else [])]
    with ExitStack() as stack:
        found = stack.enter_context(browser())
        if not found:
            yield left_out("key to painted", "Chromium")
            return
        served = [stack.enter_context(gunicorn(folder))[0] for folder in folders]
        for name, (path, steps) in PAGES.items():
            for address in served * 4:  # each worker has its modules loaded and its caches filled
                take(found, address + path, 1)
            taken: list[Times] = [[] for _ in served]
            for first in range(0, steps, TURN):
                for times, address in zip(taken, served, strict=True):
                    times += take(found, address + path, min(TURN, steps - first), first)
            yield from _report(name, taken)


def take(found: Any, address: str, count: int, first: int = 0) -> Times:
    """Return what each of some steps took, from the first on."""
    page = found.new_page(viewport={"width": 1440, "height": 900})
    page.goto(f"{address}&step={first}")
    page.wait_for_selector("#play[data-htmx-powered]")
    devtools = page.context.new_cdp_session(page)
    devtools.send("Performance.enable")
    times: Times = []
    for _ in range(count):
        page.wait_for_timeout(PAUSE)
        before = _worked(devtools)
        passed = page.evaluate(KEY)
        times.append((passed, 1000 * (_worked(devtools) - before)))
    page.close()
    return times


def _worked(devtools: Any) -> float:
    """Return the seconds that a processor has worked for the page's thread."""
    metrics = devtools.send("Performance.getMetrics")["metrics"]
    return next(float(each["value"]) for each in metrics if each["name"] == "ThreadTime")


def _report(name: str, taken: list[Times]) -> Iterator[Row]:
    for n, measure in enumerate(MEASURES):
        ours, *others = ([step[n] for step in times] for times in taken)
        title = f"key to painted, {name}, {measure}"
        yield Row(f"{title}: median, 95 %", _both(ours))
        for theirs in others:
            ratios = [100 * o / t for o, t in zip(ours, theirs, strict=True) if t]
            share = median(ratios)
            yield Row(f"{title}: the other", _both(theirs))
            wanted = (f"≤ {SHARE} %", "ok" if share <= SHARE else "missed") if not n else ()
            yield Row(f"{title}: share", f"{share:.3g} %", *wanted)


def _both(times: list[float]) -> str:
    return f"{median(times):.0f}, {quantiles(times, n=20)[-1]:.0f} ms"
