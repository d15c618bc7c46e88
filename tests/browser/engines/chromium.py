"""The Chromium of the other browser tests, by Playwright."""

from base64 import b64encode
from typing import Any

from playwright.sync_api import Browser
from playwright.sync_api import Error as PlaywrightError

from tests.browser.engines.hearing import Hearing
from tests.browser.engines.tab import Leaving, Place, Tab
from tests.browser.watching import FAILED_LOAD, REPORT_VIOLATIONS


class Chromium(Tab):
    """A context of its own, with one page."""

    name = "chromium"

    def __init__(self, base_url: str, site: Hearing, browser: Browser) -> None:
        super().__init__(base_url, site)
        self.heard: list[str] = []
        self.context = browser.new_context(reduced_motion="reduce")
        self.context.add_init_script(REPORT_VIOLATIONS)
        self.context.on("console", self._hear)
        self.context.on("weberror", lambda error: self.heard.append(str(error.error)))
        self.page = self.context.new_page()

    def _hear(self, message: Any) -> None:
        # An answer that refuses is said to be an error here, and in no other engine.
        if message.type == "error" and not FAILED_LOAD.match(message.text):
            self.heard.append(message.text)

    def go(self, url: str) -> None:
        self.page.goto(url)

    def back(self) -> None:
        self.page.go_back()

    def reload(self) -> None:
        self.page.reload()

    def run(self, function: str) -> Any:
        try:
            return self.page.evaluate(function)
        except PlaywrightError as error:
            went = "Execution context was destroyed" in error.message
            raise (Leaving if went else RuntimeError)(error.message) from error

    def pointer(self, *deeds: Place | str) -> None:
        for deed in deeds:
            if isinstance(deed, str):
                getattr(self.page.mouse, deed)()
            else:
                self.page.mouse.move(*deed)

    def press(self, *keys: str) -> None:
        self.page.keyboard.press("+".join(keys))

    def type(self, words: str) -> None:
        self.page.keyboard.type(words)

    def resize(self, width: int, height: int) -> None:
        self.page.set_viewport_size({"width": width, "height": height})

    def picture(self) -> str:
        return b64encode(self.page.screenshot()).decode()

    def errors(self) -> list[str]:
        self.value("0")
        heard, self.heard = self.heard, []
        return heard

    def close(self) -> None:
        self.context.close()
