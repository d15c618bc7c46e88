"""What templates ask of a value on its way into a page."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from flask import url_for
from jinja2 import Environment
from markupsafe import Markup

from backprop.notation.line_breaking import broken
from backprop.notation.numerals import exact
from backprop.sharing.room import show_code
from backprop.stage.classroom.record import plain
from backprop.web.mathml import mathml

KEY_NAMES: Mapping[str, str] = {
    "ArrowLeft": "←",
    "ArrowRight": "→",
    "PageDown": "Page down",
    "PageUp": "Page up",
    "Escape": "Esc",
}

MACROS: Mapping[str, tuple[str, ...]] = {  # file → what it gives to every template
    "walk/_phase.html": ("phase",),
    "macros/label.html": ("inline", "svg"),
    "macros/words.html": ("words", "num", "term"),
    "macros/icon.html": ("icon", "play", "entrywise"),
}

UNQUOTED = "!$'()*,/:;?@"  # as Werkzeug leaves them in a query
LARGE: Mapping[str, int] = {"phase": 512}  # of which fewer are remembered: each is some 4 KB


def key_names(keys: str) -> str:
    """Return what keys are called on a keyboard: ArrowLeft → ←."""
    chords = (key.split("+") if len(key) > 1 else [key] for key in keys.split())
    return ", ".join("+".join(KEY_NAMES.get(key, key) for key in chord) for chord in chords)


def played(address: str, speed: float) -> str:
    """Return the address as it is asked for while the steps follow one another."""
    joint = "&" if "?" in address else "?"
    pace = f"&speed={speed:g}" if speed else ""
    return f"{address}{joint}playing=1{pace}"


def on_paper(address: str, form: str, all_steps: bool = False) -> str:
    """Return where a state is a worksheet or a solution, with all its steps or without."""
    joint = "&" if "?" in address else "?"
    return f"{address}{joint}on-paper={form}{'&all-steps=1' if all_steps else ''}"


def with_all_steps(address: str) -> str:
    """Return where all that a state derives is written, and not its step alone."""
    return f"{address}{'&' if '?' in address else '?'}all-steps=1"


@lru_cache(maxsize=64)
def _path_of(endpoint: str) -> str:
    return url_for(endpoint)


def way_to(endpoint: str, **query: str) -> str:
    """Return the address of a page that takes its words in the query, as Flask makes it."""
    return f"{_path_of(endpoint)}?{urlencode(query, safe=UNQUOTED)}"


def api_address(address: str) -> str:
    """Return where the same state is JSON."""
    return f"/api{address}"


def below(address: str, part: str) -> str:
    """Return where a part of the same state stands: …/graph.svg?x=2."""
    path, _, query = address.partition("?")
    return f"{path}/{part}?{query}" if query else f"{path}/{part}"


def in_view(address: str, mode: str) -> str:
    """Return an address that leads to another page in the same view: …/end?mode=projector."""
    path, mark, place = address.partition("#")
    joint = "&" if "?" in path else "?"
    return f"{path}{joint}mode={mode}{mark}{place}" if address and mode else address


def in_script(json: str) -> Markup:
    """Return JSON text that can stand in a script element: nothing in it can end the element."""
    return Markup(json.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))


def macro_functions(environment: Environment) -> dict[str, Callable[..., Markup]]:
    """Return the macros that every template may call, as functions that remember what they wrote.

    A page names the same few quantities a hundred times, and an import costs as much as a macro.
    """
    find = getattr(environment, "part", environment.get_template)

    def write(file: str, macro: str) -> Callable[..., Markup]:
        @lru_cache(maxsize=LARGE.get(macro, 8192), typed=True)
        def written(*arguments: Any) -> Markup:
            text: Markup = getattr(find(file).module, macro)(*arguments)
            return text

        return written

    return {macro: write(file, macro) for file, macros in MACROS.items() for macro in macros}


FILTERS: Mapping[str, Callable[..., Any]] = {
    "mathml": mathml,
    "broken": broken,
    "digits": exact,
    "key_names": key_names,
    "played": played,
    "api_address": api_address,
    "on_paper": on_paper,
    "below": below,
    "with_all_steps": with_all_steps,
    "in_view": in_view,
    "in_script": in_script,
    "spaced": show_code,
    "plain": plain,
}
