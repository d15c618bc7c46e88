"""Debian's Firefox, by its own WebDriver BiDi socket: no other driver is in between.

https://www.w3.org/TR/webdriver-bidi/
"""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import websocket

from tests.browser.engines.hearing import Hearing
from tests.browser.engines.tab import Driven, Leaving
from tests.browser.watching import REPORT_VIOLATIONS

# Nothing leaves this machine, and nothing of Firefox's own is asked for.
PREFERENCES = {
    "app.update.enabled": False,
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "extensions.update.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "network.proxy.http": "127.0.0.1",
    "network.proxy.http_port": 9,
    "network.proxy.no_proxies_on": "127.0.0.1",
    "network.proxy.ssl": "127.0.0.1",
    "network.proxy.ssl_port": 9,
    "network.proxy.type": 1,
    "remote.active-protocols": 1,
    "services.settings.server": "data:,",
    "toolkit.telemetry.enabled": False,
    "ui.prefersReducedMotion": 1,
}
SOCKET = re.compile(r"WebDriver BiDi listening on (ws://\S+)")
ANSWER = 60  # s, for one command at most
WENT = ("no such frame", "aborted", "destroyed", "discarded", "unloaded")


class Firefox(Driven):
    """One Firefox without windows, with a profile of its own."""

    name = "firefox"

    def __init__(self, base_url: str, site: Hearing, program: str, profile: Path) -> None:
        super().__init__(base_url, site)
        lines = (f"user_pref({json.dumps(k)}, {json.dumps(v)});" for k, v in PREFERENCES.items())
        (profile / "user.js").write_text("\n".join(lines), "utf-8")
        self.heard: list[str] = []
        self.count = 0
        self.process = subprocess.Popen(
            [
                program,
                "--headless",
                "--no-remote",
                "--profile",
                profile,
                "--remote-debugging-port=0",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.socket: websocket.WebSocket | None = None
        try:
            self.socket = websocket.create_connection(
                f"{self._address()}/session", timeout=ANSWER, suppress_origin=True
            )
            self.ask("session.new", capabilities={})
            # The first tab, which nobody opened, never has the focus.
            self.tab = self.ask("browsingContext.create", type="tab")["context"]
            self.ask("session.subscribe", events=["log.entryAdded"])
            report = f"() => {{ {REPORT_VIOLATIONS} }}"
            self.ask("script.addPreloadScript", functionDeclaration=report)
        except BaseException:
            self.close()
            raise

    def _address(self) -> str:
        assert self.process.stderr
        for line in self.process.stderr:
            if found := SOCKET.search(line):
                return found[1]
        raise RuntimeError(f"Firefox ended with {self.process.wait()}.")

    def ask(self, method: str, **params: Any) -> dict[str, Any]:
        """Send a command, and return its result; what is told meanwhile is kept."""
        assert self.socket
        self.count += 1
        self.socket.send(json.dumps({"id": self.count, "method": method, "params": params}))
        while True:
            told = json.loads(self.socket.recv())
            if told["type"] == "event":
                self._hear(told)
            elif told["id"] == self.count and told["type"] == "success":
                return told["result"]
            elif told["id"] == self.count:
                said = f"{told['error']}: {told['message']}"
                raise (Leaving if any(word in said for word in WENT) else RuntimeError)(said)

    def _hear(self, event: dict[str, Any]) -> None:
        if event["method"] == "log.entryAdded" and event["params"]["level"] == "error":
            self.heard.append(event["params"]["text"])

    def go(self, url: str) -> None:
        self.ask("browsingContext.navigate", context=self.tab, url=url, wait="complete")

    def back(self) -> None:
        self.ask("browsingContext.traverseHistory", context=self.tab, delta=-1)

    def reload(self) -> None:
        self.ask("browsingContext.reload", context=self.tab, wait="complete")

    def run(self, function: str) -> Any:
        told = self.ask(
            "script.evaluate",
            expression=f"JSON.stringify(({function})())",
            target={"context": self.tab},
            awaitPromise=False,
        )
        if told["type"] == "exception":
            raise RuntimeError(told["exceptionDetails"]["text"])
        return json.loads(told["result"].get("value", "null"))

    def act(self, source: dict[str, Any]) -> None:
        self.ask("input.performActions", context=self.tab, actions=[source])

    def resize(self, width: int, height: int) -> None:
        size = {"width": width, "height": height}
        self.ask("browsingContext.setViewport", context=self.tab, viewport=size)

    def picture(self) -> str:
        return self.ask("browsingContext.captureScreenshot", context=self.tab)["data"]

    def errors(self) -> list[str]:
        self.value("0")  # what was told before the answer has come before it
        heard, self.heard = self.heard, []
        return heard

    def close(self) -> None:
        if self.socket:
            self.socket.close()
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self.process.stderr:
            self.process.stderr.close()
