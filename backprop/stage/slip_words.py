"""What is said of a slip, in the letters of the page: t − o where the page has t and o for y and ŷ.

The catalogue writes y for a target, ŷ for an output and a for what a hidden unit gives, as most
books do; the classic hand example writes t, o and h.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache

from backprop.engine.slips.slip import Slip
from backprop.notation.formula import Label

_DEEPEST = 12  # layers among which the last is looked for
_LETTERS = re.compile(
    "(?P<output>ŷ)"
    r"|(?P<target>(?<![\w’])y(?![\w’]))"
    r"|(?P<hidden>(?<=\()a(?=\))|(?<![\w’])a(?=[,;.:]|$))"  # elsewhere “a” is a word
)


def in_page_letters(text: str, label: Callable[[str], Label]) -> str:
    """Return a text of the catalogue in the letters of a page.

    Args:
        text: a slip's title, or what is said of it.
        label: how the page writes a name: y1, a2_1.
    """
    letters = _page_letters(label)
    if not letters:
        return text
    return _LETTERS.sub(lambda m: letters.get(m.lastgroup or "", m.group()), text)


@lru_cache(maxsize=512)
def with_page_letters(slip: Slip, label: Callable[[str], Label]) -> Slip:
    """Return a slip with its title and its sentence in the letters of a page."""
    title, about = (in_page_letters(text, label) for text in (slip.title, slip.about))
    return replace(slip, title=title, about=about)


@lru_cache(maxsize=64)
def _page_letters(label: Callable[[str], Label]) -> Mapping[str, str]:
    """Return the page's letters for target, output and hidden unit; empty if they are the usual."""
    target = label("y1").letter
    if target == "y":
        return {}
    own = {n: label(f"a{n}_1").letter for n in range(1, _DEEPEST + 1)}
    layers = [n for n, letter in own.items() if letter != "a"]
    if not layers:
        return {"target": target}
    output = {"target": target, "output": own[layers[-1]]}
    return output | ({"hidden": own[1]} if layers[-1] > 1 else {})
