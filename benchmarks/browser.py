"""From a click on “next step” until the browser has painted the step, in a real Chromium."""

import logging
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median, quantiles

from werkzeug.serving import make_server

from benchmarks.timing import Row, below, left_out
from benchmarks.web import DETAILS, LESSON, application

try:
    from playwright.sync_api import Browser, Page, sync_playwright
    from playwright.sync_api import Error as PlaywrightError
except ImportError:
    sync_playwright = None

CLICKS = 30
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
LINK = 'a[aria-label="Next step"][href]'
CLICK = """link => new Promise(painted => {
  const start = performance.now();
  const frame = then => requestAnimationFrame(then);
  document.addEventListener('htmx:after:swap',
    () => frame(() => frame(() => painted(performance.now() - start))), { once: true });
  link.click();
})"""


def rows() -> Iterator[Row]:
    """Measure thirty clicks in each detail."""
    names = {detail: f"click to painted, {detail}, median of {CLICKS}" for detail in DETAILS}
    with browser() as found, application() as app:
        if not found:
            yield left_out("click to painted", "Chromium")
            return
        with served(app) as address:
            for detail, name in names.items():
                times = click_times(found.new_page(), f"{address}{LESSON}?detail={detail}")
                yield below(name, median(times), 50, "ms")
                yield Row(name.replace("median", "95 %"), f"{quantiles(times, n=20)[-1]:.3g} ms")


@contextmanager
def browser() -> Iterator["Browser | None"]:
    """Give a Chromium: the one named by CHROMIUM_PATH, the system's, or Playwright's; or None."""
    if not sync_playwright:
        yield None
        return
    path = os.environ.get("CHROMIUM_PATH") or next(filter(None, map(shutil.which, NAMES)), None)
    with sync_playwright() as playwright:
        try:
            found = playwright.chromium.launch(executable_path=path, args=FLAGS)
        except PlaywrightError:
            yield None
            return
        yield found
        found.close()


@contextmanager
def served(app: object) -> Iterator[str]:
    """Give the address of the app, served from a thread on a free port."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def click_times(page: "Page", address: str) -> list[float]:
    """Return milliseconds from each click to the second frame after the swap."""
    page.set_viewport_size({"width": 1440, "height": 900})
    times: list[float] = []
    while len(times) < CLICKS:
        page.goto(address)
        link = page.locator(LINK)
        page.wait_for_selector("#play[data-htmx-powered]")
        while len(times) < CLICKS and link.count():
            times.append(link.evaluate(CLICK))
    return times
