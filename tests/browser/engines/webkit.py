"""WebKitGTK's MiniBrowser, by its own driver and selenium, on a display that nobody sees.

This driver tells nothing of what the console says, so the page tells it: see hearing.py.
"""

import os
import subprocess
from pathlib import Path
from typing import Any

from selenium import webdriver
from selenium.common.exceptions import JavascriptException, WebDriverException
from selenium.webdriver.remote.client_config import ClientConfig
from selenium.webdriver.remote.command import Command
from selenium.webdriver.remote.remote_connection import RemoteConnection
from selenium.webdriver.webkitgtk.options import Options
from selenium.webdriver.webkitgtk.service import Service
from urllib3.exceptions import HTTPError

from tests.browser.engines.hearing import Hearing
from tests.browser.engines.tab import Driven, Leaving

SCREEN = "1940x1200x24"
# No graphics card, no session bus, and, for root, no sandbox: it opens this site alone.
ALONE = {
    "GDK_BACKEND": "x11",
    "GTK_A11Y": "none",
    "LIBGL_ALWAYS_SOFTWARE": "1",
    "NO_AT_BRIDGE": "1",
    "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1",
}


class Display:
    """An X server in memory, with a number that was free."""

    def __init__(self, program: str) -> None:
        reader, writer = os.pipe()
        self.process = subprocess.Popen(
            [program, "-displayfd", str(writer), "-screen", "0", SCREEN, "-nolisten", "tcp"],
            pass_fds=[writer],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(writer)
        with open(reader) as told:  # noqa: PTH123 - a descriptor has no path
            self.name = f":{told.readline().strip()}"

    def close(self) -> None:
        """End the server."""
        self.process.terminate()
        self.process.wait()


class WebKit(Driven):
    """One MiniBrowser, with a home of its own."""

    name = "webkit"

    def __init__(
        self, base_url: str, site: Hearing, driver: str, display_server: str, home: Path
    ) -> None:
        super().__init__(base_url, site)
        self.service: Service | None = None
        self.driver: webdriver.Remote | None = None
        self.display = Display(display_server)
        try:
            own = {"DISPLAY": self.display.name, "HOME": str(home)}
            bus = {"DBUS_SESSION_BUS_ADDRESS", "WAYLAND_DISPLAY"}
            others = {name: value for name, value in os.environ.items() if name not in bus}
            self.service = Service(driver, env=others | ALONE | own)
            self.service.start()
            # Not webdriver.WebKitGTK: it warns of itself in 4.51.
            there = ClientConfig(remote_server_addr=self.service.service_url)
            self.driver = webdriver.Remote(RemoteConnection(client_config=there), options=Options())
        except BaseException:
            self.close()
            raise

    def go(self, url: str) -> None:
        self.driver.get(url)

    def back(self) -> None:
        self.driver.back()

    def reload(self) -> None:
        self.driver.refresh()

    def run(self, function: str) -> Any:
        try:
            return self.driver.execute_script(f"return ({function})()")
        except JavascriptException:
            raise
        except WebDriverException as error:
            raise Leaving(str(error)) from error

    def act(self, source: dict[str, Any]) -> None:
        self.driver.execute(Command.W3C_ACTIONS, {"actions": [source]})

    def resize(self, width: int, height: int) -> None:
        """Give the page a window of this size: the browser's bar comes on top of it."""
        self.driver.set_window_rect(0, 0, width, height)
        wide, high = self.value("[innerWidth, innerHeight]")
        self.driver.set_window_rect(0, 0, 2 * width - wide, 2 * height - high)
        self.sees("the window has its size", f"innerWidth === {width} && innerHeight === {height}")

    def picture(self) -> str:
        return self.driver.get_screenshot_as_base64()

    def errors(self) -> list[str]:
        return self.site.told()

    def close(self) -> None:
        try:
            if self.driver:
                self.driver.quit()
        except (WebDriverException, HTTPError):
            pass  # it has ended already
        finally:
            if self.service:
                self.service.stop()
            self.display.close()
