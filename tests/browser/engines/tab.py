"""A tab of some browser, as the one who sits before it uses it: open, point, press, look.

What a person does is written here once, for every engine. An engine has to go somewhere, to run a
script, to be given input, to take a picture, and to tell which errors it has heard.
"""

import json
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

from tests.browser.engines.hearing import Hearing

PATIENCE = 60.0  # s: what does come may take this long on a machine that is busy
LIVE = """document.readyState === 'complete' && (!$('script[src*="/htmx"]')
  || all('[hx-get], [hx-post]').every(each => each.matches(
    '[data-htmx-powered], [hx-ignore], [hx-ignore] *')))"""
LOOKS = 20  # as many as some ticks of a page that plays would take
PAUSE = 0.03  # s, between two looks
LOOK = """
  const $ = (selector, root) => (root ?? document).querySelector(selector);
  const all = (selector, root) => [...(root ?? document).querySelectorAll(selector)];
  const text = selector => $(selector)?.textContent.trim() ?? '';
  const query = name => new URLSearchParams(location.search).get(name);
"""
# What is not there yet has no style, no text, no place.
TRIED = "(() => {{ try {{ return Boolean({condition}); }} catch {{ return false; }} }})()"
# The middle of what is seen of an element, once it is in the window.
MIDDLE = """() => {{ {look}
  const el = all({selector}).find(each => each.checkVisibility()) ?? $({selector});
  el.scrollIntoView({{ block: 'nearest', inline: 'nearest', behavior: 'instant' }});
  const box = el.getBoundingClientRect();
  return [box.left + box.width / 2, box.top + box.height / 2];
}}"""
AS_IMAGE = """data => Object.assign(new Image(), { src: `data:image/png;base64,${data}` })"""
# The width and the height of the least box around where two pictures differ.
REACH = """(...pair) => {
  const [one, other] = pair.map(image => {
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
    const context = canvas.getContext('2d');
    context.drawImage(image, 0, 0);
    return context.getImageData(0, 0, canvas.width, canvas.height);
  });
  const places = [];
  for (let i = 0; i < one.data.length; i += 4)
    if ([0, 1, 2].some(j => one.data[i + j] !== other.data[i + j])) places.push(i / 4);
  const reach = all => (all.length ? Math.max(...all) - Math.min(...all) + 1 : 0);
  return [reach(places.map(i => i % one.width)), reach(places.map(i => Math.floor(i / one.width)))];
}"""

Place = tuple[float, float]


class Leaving(Exception):
    """The page was just going when it was asked."""


class Tab(ABC):
    """One tab; places are in CSS pixels from the window's upper left corner."""

    name: str

    def __init__(self, base_url: str, site: Hearing) -> None:
        self.base_url = base_url
        self.site = site

    @abstractmethod
    def go(self, url: str) -> None:
        """Load a page, as a typed address does."""

    @abstractmethod
    def back(self) -> None:
        """Press Back."""

    @abstractmethod
    def reload(self) -> None:
        """Press Reload."""

    @abstractmethod
    def run(self, function: str) -> Any:
        """Return what a function without arguments gives; raise Leaving where the page goes."""

    @abstractmethod
    def pointer(self, *deeds: Place | str) -> None:
        """Move the mouse to places, and press and let go its button: "down", "up"."""

    @abstractmethod
    def press(self, *keys: str) -> None:
        """Press keys together: `press("Control", "a")`."""

    @abstractmethod
    def type(self, words: str) -> None:
        """Press the key of each letter."""

    @abstractmethod
    def resize(self, width: int, height: int) -> None:
        """Give the page a window of this size."""

    @abstractmethod
    def picture(self) -> str:
        """Return the window as PNG, in base64."""

    @abstractmethod
    def errors(self) -> list[str]:
        """Return the errors and the broken policies since this was asked last."""

    @abstractmethod
    def close(self) -> None:
        """End what was begun."""

    def open(self, path: str) -> None:
        """Load a path of the site, and wait until htmx is live on it."""
        self.go(self.base_url + path)
        self.comes(path.partition("?")[0])

    def comes(self, path: str) -> None:
        """Wait until a page is there, and htmx is live on it: a click before that is lost."""
        self.sees(f"{path} opens", f"location.pathname === '{path}' && {LIVE}")

    def value(self, expression: str) -> Any:
        """Return what an expression gives in the page, which may call $, all, text, query."""
        return self.run(f"() => {{ {LOOK} return ({expression}); }}")

    def sees(self, claim: str, condition: str) -> None:
        """Look until a condition holds in the page; a claim that never does fails the test.

        A page is asked for what it can say at once: an answer that it promises goes with it.
        """
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                if self.value(TRIED.format(condition=condition)):
                    return
            except Leaving:
                pass
            time.sleep(PAUSE)
        raise AssertionError(f"{claim}: never in {self.value('location.href')}")

    def holds(self, claim: str, expression: str) -> None:
        """Look at something again and again; where it changes, the test fails."""
        before = self.value(expression)
        for _ in range(LOOKS):
            time.sleep(PAUSE)
            after = self.value(expression)
            assert after == before, f"{claim}: {before} became {after}"

    def middle(self, selector: str) -> Place:
        """Return where the middle of the first visible element is."""
        x, y = self.run(MIDDLE.format(look=LOOK, selector=json.dumps(selector)))
        return x, y

    def hover(self, selector: str) -> None:
        """Put the mouse upon an element."""
        self.pointer(self.middle(selector))

    def click(self, selector: str) -> None:
        """Click an element in its middle."""
        self.pointer(self.middle(selector), "down", "up")

    def drag(self, selector: str, across: float, moves: int = 8) -> None:
        """Drag an element sideways by so many pixels, and let go."""
        x, y = self.middle(selector)
        way: Sequence[Place] = [(x + across * i / moves, y) for i in range(1, moves + 1)]
        self.pointer((x, y), "down", *way, "up")

    def write(self, selector: str, words: str) -> None:
        """Put other words in place of those in a field."""
        self.click(selector)
        self.press("Control", "a")
        self.type(words)

    def painted(self, selector: str) -> tuple[int, int]:
        """Return how wide and high, in pixels, what an element paints reaches, as it is seen."""
        self.pointer((1, 1))
        seen = []
        for visibility in ("visible", "hidden"):
            self.value(f"void ($('{selector}').style.visibility = '{visibility}')")
            self.value("void (window.painted = 0)")
            again = "requestAnimationFrame(() => { window.painted += 1; })"
            self.value(f"void requestAnimationFrame(() => {{ {again}; {again}; }})")
            self.sees("It is painted", "window.painted === 2")
            seen.append(self.picture())
        self.value(f"void (window.pair = {json.dumps(seen)}.map({AS_IMAGE}))")
        self.sees("The pictures are read", "pair.every(each => each.complete)")
        wide, high = self.value(f"({REACH})(...pair)")
        return wide, high


KEYS = {
    "Backspace": "\ue003",
    "Tab": "\ue004",
    "Enter": "\ue007",
    "Shift": "\ue008",
    "Control": "\ue009",
    "Escape": "\ue00c",
    "Space": " ",
    "PageUp": "\ue00e",
    "PageDown": "\ue00f",
    "End": "\ue010",
    "Home": "\ue011",
    "ArrowLeft": "\ue012",
    "ArrowUp": "\ue013",
    "ArrowRight": "\ue014",
    "ArrowDown": "\ue015",
}


class Driven(Tab):
    """A tab that takes its input as the WebDriver standards write it."""

    @abstractmethod
    def act(self, source: dict[str, Any]) -> None:
        """Let one source of input do its deeds."""

    def pointer(self, *deeds: Place | str) -> None:
        done: list[dict[str, Any]] = []
        for deed in deeds:
            if isinstance(deed, str):
                done.append({"type": f"pointer{deed.capitalize()}", "button": 0})
            else:
                x, y = map(round, deed)
                done.append({"type": "pointerMove", "x": x, "y": y, "duration": 0})
        self.act(
            {
                "type": "pointer",
                "id": "mouse",
                "parameters": {"pointerType": "mouse"},
                "actions": done,
            }
        )

    def press(self, *keys: str) -> None:
        codes = [KEYS.get(key, key) for key in keys]
        self._keys([("Down", code) for code in codes] + [("Up", code) for code in reversed(codes)])

    def type(self, words: str) -> None:
        self._keys([(way, letter) for letter in words for way in ("Down", "Up")])

    def _keys(self, ways: list[tuple[str, str]]) -> None:
        done = [{"type": f"key{way}", "value": code} for way, code in ways]
        self.act({"type": "key", "id": "keyboard", "actions": done})
