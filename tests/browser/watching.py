"""What every page of a browser test is held to, whoever opened it."""

import re
from collections.abc import Iterable

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, WebError
from playwright.sync_api import Error as PlaywrightError

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
FORGET = """site => {
  if (location.origin === site) { localStorage.clear(); sessionStorage.clear(); }
}"""


class Watch:
    """What went wrong in the pages of one test."""

    def __init__(self, base_url: str, expected_statuses: Iterable[int | str]) -> None:
        self.base_url = base_url
        self.expected_statuses = set(map(str, expected_statuses))
        self.hosts = [f"{base_url}/", "data:", "blob:"]  # what pages may ask
        self.contexts: list[BrowserContext] = []
        self.complaints: list[str] = []

    def follow(self, context: BrowserContext) -> None:
        """Watch a context that is new, from before its first page."""
        context.add_init_script(REPORT_VIOLATIONS)
        self.take_up(context)

    def take_up(self, context: BrowserContext) -> None:
        """Watch a context whose pages report violations already."""
        context.on("console", self.hear)
        context.on("weberror", self.catch)
        context.on("request", self.see)
        self.contexts.append(context)

    def put_down(self, context: BrowserContext) -> None:
        """Look at what the pages end with, clear what they stored, and watch no longer."""
        try:
            self.inspect(context)
            for page in context.pages:
                page.evaluate(FORGET, self.base_url)
        finally:
            context.remove_listener("console", self.hear)
            context.remove_listener("weberror", self.catch)
            context.remove_listener("request", self.see)
            self.contexts.remove(context)

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
        if not request.url.startswith(tuple(self.hosts)):
            self.complaints.append(f"asked another host: {request.url}")

    def inspect(self, context: BrowserContext) -> None:
        for page in context.pages:
            self.complaints += wrongly_namespaced(page)

    def conclude(self) -> None:
        for context in self.contexts:
            self.inspect(context)
        if self.complaints:
            pytest.fail("\n".join(self.complaints), pytrace=False)


def wrongly_namespaced(page: Page) -> list[str]:
    """Name each element of an svg or a formula that is not of its namespace."""
    try:
        return page.evaluate(WRONGLY_NAMESPACED)
    except PlaywrightError:  # the page was just leaving: ask the one that comes
        page.wait_for_load_state()
        return page.evaluate(WRONGLY_NAMESPACED)
