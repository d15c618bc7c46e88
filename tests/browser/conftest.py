"""A real Chromium on the real app: what every browser test stands on, and is held to.

A test takes `open_page`, and may take `accessible` and `well_formed`; all are functions. Each
test fails when any of its pages logs an error, raises one, breaks the content security policy,
asks another host for anything, or ends with an element in the wrong namespace. A test that looks
at a chart is marked `charts`: elsewhere, but where axe looks, a stand-in takes Plotly's place.
"""

import logging
import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect
from playwright.sync_api import Error as PlaywrightError
from werkzeug.serving import make_server

from tests.browser.charts import Charts
from tests.browser.watching import REPORT_VIOLATIONS, Watch, wrongly_namespaced

CI = os.environ.get("CI") == "true"
BROWSERS = (  # as in scripts/browser.sh
    os.environ.get("CHROMIUM_PATH", ""),
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
NO_BROWSER = "No Chromium: browser tests cannot run. Install chromium or set CHROMIUM_PATH."

# htmx marks what it has made live, on pages that load it; a click before that is lost.
NOT_YET_LIVE = ", ".join(
    f":root:has(script[src*='/htmx']) [hx-{verb}]"
    ":not([data-htmx-powered]):not([hx-ignore]):not([hx-ignore] *)"
    for verb in ("action", "get", "post", "put", "patch", "delete", "query")
)
ANIMATIONS_END = """() => Promise.allSettled(document.getAnimations()
  .filter(animation => animation.effect.getComputedTiming().endTime !== Infinity)
  .map(animation => animation.finished))"""
AXE_RULES = {
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}

# A flow that moves is painted sixty times a second without a graphics card, for nothing.
CALM = {"reduced_motion": "reduce"}
DESK = {"width": 1440, "height": 900}

Check = Callable[[Page], None]

expect.set_options(timeout=60_000)  # how long a machine that is busy may take for what does come


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("browser")


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Charts:
    """Give the app, with a database of its own, as the browser is served it."""
    from app import create_app  # here, so that a broken app fails tests and not their collection

    database = tmp_path_factory.mktemp("instance") / "browser.sqlite"
    return Charts(create_app({"DATABASE_URL": f"sqlite:///{database}"}))


@contextmanager
def served(app: Any) -> Iterator[str]:
    """Serve an app from a thread, on a free port; give where it is."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="session")
def base_url(site: Charts) -> Iterator[str]:
    """Serve the app."""
    with served(site) as url:
        yield url


def find_browser() -> str | None:
    """Return the path of a Chromium that starts, or None."""
    for candidate in BROWSERS:
        path = shutil.which(candidate) if candidate else None
        if path and not subprocess.run([path, "--version"], capture_output=True).returncode:
            return path
    return None


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict, browser_name: str) -> dict:
    if browser_name != "chromium":
        return browser_type_launch_args
    flags = [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",  # nothing leaves this machine
    ]
    path = find_browser()
    found = {"executable_path": path} if path else {}
    return {**browser_type_launch_args, "args": flags, **found}


@pytest.fixture(scope="session")
def browser(
    launch_browser: Callable[[], Browser], browser_type_launch_args: dict
) -> Iterator[Browser]:
    browser = None
    try:
        browser = launch_browser()
    except PlaywrightError:
        if "executable_path" in browser_type_launch_args:
            raise
    if browser is None and CI:
        pytest.fail(NO_BROWSER, pytrace=False)
    if browser is None:
        pytest.skip(NO_BROWSER)
    yield browser
    browser.close()


@pytest.fixture
def drawn(request: pytest.FixtureRequest, site: Charts) -> bool:
    """Say whether Plotly is Plotly: in tests marked `charts`, and wherever axe looks."""
    marked = request.node.get_closest_marker("charts") is not None
    site.drawn = marked or "accessible" in request.fixturenames
    return site.drawn


@pytest.fixture
def watch(
    request: pytest.FixtureRequest,
    base_url: str,
    drawn: bool,  # noqa: ARG001 - set before a page
) -> Iterator[Watch]:
    markers = request.node.iter_markers("expects_status")
    watch = Watch(base_url, (status for marker in markers for status in marker.args))
    yield watch
    watch.conclude()


@pytest.fixture
def new_context(
    new_context: Callable[..., BrowserContext], watch: Watch
) -> Iterator[Callable[..., BrowserContext]]:
    """Make watched contexts of a test's own: other machines, other settings."""

    made: list[BrowserContext] = []

    def watched_context(**options: object) -> BrowserContext:
        made.append(new_context(**CALM | options))
        watch.follow(made[-1])
        return made[-1]

    yield watched_context
    for context in made:
        watch.put_down(context)
        context.close()


class Desk:
    """A context and its page, which one test leaves to the next as if they were new.

    A fresh context would load and compile all scripts anew; a fresh page is a window, for which a
    browser works as long as a test does.
    """

    def __init__(self, browser: Browser, options: dict) -> None:
        self.rest = f"{options['base_url']}/robots.txt"
        self.context = browser.new_context(**options, **CALM, viewport=DESK)
        self.context.add_init_script(REPORT_VIOLATIONS)
        self._page: Page | None = None

    def page(self) -> Page:
        """Return the page, blank and with no history."""
        if self._page is None or self._page.is_closed():
            self._page = self.context.new_page()
        return self._page

    def clear(self) -> None:
        """Forget what a test has left; a page that does not answer is given up."""
        for page in self.context.pages:
            if page is not self._page or not self._blank(page):
                page.close()
        self.context.unroute_all()
        self.context.set_offline(False)
        self.context.clear_permissions()
        self.context.clear_cookies()

    def _blank(self, page: Page) -> bool:
        try:
            page.unroute_all()
            page.emulate_media(media="null", color_scheme="light", forced_colors="none", **CALM)
            page.mouse.up()
            page.mouse.move(0, 0)
            page.goto(self.rest)
            session = self.context.new_cdp_session(page)
            session.send("Page.resetNavigationHistory")
            session.detach()
        except PlaywrightError:
            return False
        return True


@pytest.fixture(scope="session")
def kept(browser: Browser, browser_context_args: dict) -> Iterator[dict[bool, Desk]]:
    """Keep a context with charts and one without."""
    desks = {drawn: Desk(browser, browser_context_args) for drawn in (False, True)}
    yield desks
    for desk in desks.values():
        desk.context.close()


@pytest.fixture
def desk(kept: dict[bool, Desk], drawn: bool, watch: Watch) -> Iterator[Desk]:
    desk = kept[drawn]
    watch.take_up(desk.context)
    yield desk
    try:
        watch.put_down(desk.context)
    finally:
        desk.clear()


@pytest.fixture
def context(desk: Desk) -> BrowserContext:
    """Give the kept context as if it were new: only what scripts and styles it has seen is kept."""
    return desk.context


@pytest.fixture
def page(desk: Desk) -> Page:
    """Give the kept page as if it were new."""
    return desk.page()


@pytest.fixture
def open_page(page: Page, base_url: str) -> Callable[..., Page]:
    """Give the function that opens a path and returns the page once htmx is live on it."""

    def open_page(
        path: str = "/",
        width: int = 1440,
        height: int = 900,
        theme: str | None = None,
        mode: str | None = None,
    ) -> Page:
        if page.viewport_size != {"width": width, "height": height}:
            page.set_viewport_size({"width": width, "height": height})
        page.context.clear_cookies(name="theme")
        if theme:
            page.context.add_cookies([{"name": "theme", "value": theme, "url": base_url}])
        if mode:
            path += f"{'&' if '?' in path else '?'}mode={mode}"
        page.goto(path)
        expect(page.locator(NOT_YET_LIVE)).to_have_count(0)
        for name, value in {"theme": theme, "mode": mode}.items():
            if value:
                expect(page.locator(f":root[data-{name}={value}]")).to_have_count(1)
        return page

    return open_page


@pytest.fixture
def well_formed() -> Check:
    """Give the check, for mid-test, that everything in an svg or math is of that namespace."""

    def well_formed(page: Page) -> None:
        wrong = wrongly_namespaced(page)
        if wrong:
            pytest.fail("\n".join(wrong), pytrace=False)

    return well_formed


@pytest.fixture
def accessible() -> Check:
    """Give the check that axe finds nothing, by WCAG 2.0 to 2.2 A and AA and best practice."""

    def accessible(page: Page) -> None:
        page.wait_for_load_state()  # the styles of a page that has just come
        page.evaluate(ANIMATIONS_END)  # a colour half-way has another contrast
        violations = Axe().run(page, options=AXE_RULES).response["violations"]
        complaints = [
            f"{violation['id']}: {violation['help']}\n    {node['html']}\n    "
            + " ".join(node["failureSummary"].split())
            for violation in violations
            for node in violation["nodes"]
        ]
        if complaints:
            pytest.fail("\n".join(complaints), pytrace=False)

    return accessible
