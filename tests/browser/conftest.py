"""A real Chromium on the real app: what every browser test stands on, and is held to.

A test takes `open_page`, and may take `accessible` and `well_formed`; all are functions. Each
test fails when any of its pages logs an error, raises one, breaks the content security policy,
asks another host for anything, or ends with an element in the wrong namespace.
"""

import logging
import os
import re
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    WebError,
    expect,
)
from playwright.sync_api import Error as PlaywrightError
from werkzeug.serving import make_server

CI = os.environ.get("CI") == "true"
BROWSERS = (  # as in scripts/browser.sh
    os.environ.get("CHROMIUM_PATH", ""),
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
NO_BROWSER = "No Chromium: browser tests cannot run. Install chromium or set CHROMIUM_PATH."

REPORT_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", event => console.error(
  `content security policy: ${event.effectiveDirective} forbids ${event.blockedURI} `
  + `at ${event.sourceFile}:${event.lineNumber} ${event.sample}`));
"""
FAILED_LOAD = re.compile(
    r"Failed to load resource: (?:the server responded with a status of |net::)(\d+|ERR_\w+)"
)
# An element belongs to the nearest svg or math around it, but for the HTML that both may hold.
WRONGLY_NAMESPACED = """() => {
  const roots = { svg: "http://www.w3.org/2000/svg", math: "http://www.w3.org/1998/Math/MathML" };
  return [...document.querySelectorAll("svg, svg *, math, math *")].filter(element => {
    const root = element.matches("svg, math") ? element
      : element.parentElement.closest("svg, math, foreignObject, annotation-xml");
    return root.localName in roots && element.namespaceURI !== roots[root.localName];
  }).map(element => `<${element.localName} id="${element.id}"> is in ${element.namespaceURI}`);
}"""
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

Check = Callable[[Page], None]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("browser")


@pytest.fixture(scope="session")
def base_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the app from a thread, on a free port, with a database of its own."""
    from app import create_app  # here, so that a broken app fails tests and not their collection

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    database = tmp_path_factory.mktemp("instance") / "browser.sqlite"
    server = make_server(
        "127.0.0.1", 0, create_app({"DATABASE_URL": f"sqlite:///{database}"}), threaded=True
    )
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


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


class Watch:
    """What went wrong in the pages of one test."""

    def __init__(self, base_url: str, expected_statuses: Iterable[int | str]) -> None:
        self.base_url = base_url
        self.expected_statuses = set(map(str, expected_statuses))
        self.contexts: list[BrowserContext] = []
        self.complaints: list[str] = []

    def follow(self, context: BrowserContext) -> None:
        context.add_init_script(REPORT_VIOLATIONS)
        context.on("console", self.hear)
        context.on("weberror", self.catch)
        context.on("request", self.see)
        self.contexts.append(context)

    def hear(self, message: ConsoleMessage) -> None:
        failed = FAILED_LOAD.match(message.text)
        expected = failed and failed[1] in self.expected_statuses
        # htmx says so once more, in its own words, when a connection is lost on purpose.
        expected = expected or (
            "ERR_FAILED" in self.expected_statuses and "Failed to fetch" in message.text
        )
        if message.type == "error" and not expected:
            self.complaints.append(f"{message.text} ({message.location['url']})")

    def catch(self, error: WebError) -> None:
        self.complaints.append(f"uncaught: {error.error}")

    def see(self, request: Request) -> None:
        if not request.url.startswith((f"{self.base_url}/", "data:", "blob:")):
            self.complaints.append(f"asked another host: {request.url}")

    def conclude(self) -> None:
        for context in self.contexts:
            for page in context.pages:
                self.complaints += wrongly_namespaced(page)
        if self.complaints:
            pytest.fail("\n".join(self.complaints), pytrace=False)


@pytest.fixture
def new_context(
    new_context: Callable[..., BrowserContext], base_url: str, request: pytest.FixtureRequest
) -> Iterator[Callable[..., BrowserContext]]:
    """Make watched contexts: `context`, `page` and a test's own all come from here."""
    markers = request.node.iter_markers("expects_status")
    watch = Watch(base_url, (status for marker in markers for status in marker.args))

    def watched_context(**options: object) -> BrowserContext:
        # A flow that moves is painted sixty times a second without a graphics card, for nothing.
        context = new_context(**{"reduced_motion": "reduce", **options})
        watch.follow(context)
        return context

    yield watched_context
    watch.conclude()


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


def wrongly_namespaced(page: Page) -> list[str]:
    try:
        return page.evaluate(WRONGLY_NAMESPACED)
    except PlaywrightError:  # the page was just leaving: ask the one that comes
        page.wait_for_load_state()
        return page.evaluate(WRONGLY_NAMESPACED)


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
