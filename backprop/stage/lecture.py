"""The parts of a lecture: on a projector, a lesson without steps shows one part at a time.

A lesson says in its choices which parts there are, and how many things each holds back at first:

    PARTS = {"variables": 1, "arrow": 0, "surface": 0}
    part: str = part_choice(PARTS)

An address names a part, and how much of it is revealed: show-part=surface, show-part=variables-1.
Without it, the first part is shown, and what that holds back is not.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from backprop.stage.choices import OneOf, choice_fields, chosen, has_choice
from backprop.stage.links import Links

Reveals = Mapping[str, int]  # name of a part → how many things it holds back at first


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a lecture.

    Attributes:
        name: in an address, and in the id of its element: part-NAME.
        title: what it is called.
        address: where it begins.
        on: whether it is shown.
    """

    name: str
    title: str
    address: str
    on: bool


@dataclass(frozen=True, slots=True)
class Lecture:
    """All parts of a lecture, and the one that is shown.

    Attributes:
        parts: in their order.
        back, forward: the addresses that PageUp and PageDown lead to; empty where there is none.
        now: the part that is shown; empty where there is no part at all.
        revealed: how many of the things it holds back are shown.
        first: what going forward does first: “play”, which the lesson's script does, or the id of a
            form on the page that is sent; empty where it only goes on.
    """

    parts: tuple[Part, ...]
    back: str
    forward: str
    now: str
    revealed: int
    first: str = ""


class Stop(OneOf):
    """A part, and what is revealed of it; one that a lecture does not have stops none."""

    def read(self, text: str, name: str) -> str:
        """Return the stop that a text spells; of an unknown one, where a lecture begins."""
        return super().read(text if self.has(text) else "", name)

    def has(self, text: str) -> bool:
        """Whether there is such a stop."""
        return text in self.options or text in self.also


def part_choice(reveals: Reveals) -> Any:
    """Return the dataclass field for the part that an address shows."""
    stops = [_spell(name, n) for name, held in reveals.items() for n in range(held + 1)]
    return chosen(Stop(stops, ("",)), "", spelled="show-part")


def lost_part(choices: Any, text: str) -> str:
    """Return the part that an address names and the lecture of these choices does not have."""
    if not has_choice(choices, "part"):
        return ""
    kind = choice_fields(choices)["part"].kind
    assert isinstance(kind, Stop), "a part is made by part_choice()"
    return "" if kind.has(text) else text


def make_lecture(
    titles: Mapping[str, str],
    now: str,
    links: Links,
    *,
    skipped: Collection[str] = (),
    reveals: Reveals | None = None,
    start: str = "",
) -> Lecture:
    """Return the lecture of a page.

    Args:
        titles: of all parts, in their order.
        now: the part that an address shows, as it spells it; where that part is skipped, the one
            after it is shown, or the last.
        links: the addresses around this state, whose choices have a `part`.
        skipped: the parts that are hidden, or do not exist in this state.
        reveals: how many things a part holds back at first.
        start: the part that an address without one shows, if not the first.
    """
    held = reveals or {}
    shown = [name for name in titles if name not in skipped]
    stops = [(name, n) for name in shown for n in range(held.get(name, 0) + 1)]
    if not stops:
        return Lecture((), "", "", "", 0)
    order = list(titles)
    begins = _find(stops, order, start)
    addresses = {
        stop: links.address(part="" if i == begins else _spell(*stop))
        for i, stop in enumerate(stops)
    }
    at = _find(stops, order, now) if now else begins
    name, revealed = stops[at]
    return Lecture(
        parts=tuple(Part(each, titles[each], addresses[each, 0], each == name) for each in shown),
        back=addresses[stops[at - 1]] if at else "",
        forward=addresses[stops[at + 1]] if at + 1 < len(stops) else "",
        now=name,
        revealed=revealed,
    )


def _spell(name: str, revealed: int) -> str:
    return f"{name}-{revealed}" if revealed else name


def _find(stops: list[tuple[str, int]], order: list[str], now: str) -> int:
    """Return which stop is shown; of a skipped part, the next one, or the last of all."""
    if not now:
        return 0
    name, _, n = now.partition("-")
    wanted = (order.index(name), int(n or 0))
    ahead = (i for i, (each, k) in enumerate(stops) if (order.index(each), k) >= wanted)
    return next(ahead, len(stops) - 1)
