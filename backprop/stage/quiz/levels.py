"""The levels of asking first: how much of the way to a gradient is shown before it is answered.

    1  the factors are shown: multiply
    2  they are named: find their values
    3  nothing is shown: find the factors
    4  from scratch: one gradient alone, on paper; every gradient is covered

A clean pass offers the next. An address that says no level asks as the third does.
"""

from dataclasses import dataclass
from typing import Any

from backprop.stage.links import Links
from backprop.stage.quiz.answers import SILENT


@dataclass(frozen=True, slots=True)
class Level:
    """One of the levels.

    Attributes:
        name: its number, in an address.
        title: what it is called.
        task: what is left to do.
        rung: how many rungs of the ladder of hints are open from the start.
    """

    name: str
    title: str
    task: str
    rung: int


LEVELS = (
    Level("1", "Factors shown", "multiply", 2),
    Level("2", "Factors named", "find their values", 1),
    Level("3", "Nothing shown", "find the factors", 0),
    Level("4", "From scratch", "one gradient, on paper", 0),
)
GENTLEST, UNSAID, SCRATCH = "1", "3", "4"


@dataclass(frozen=True, slots=True)
class LevelOption:
    """A level as it can be chosen.

    Attributes:
        name, title, task: the level's.
        on: whether it is asked at now.
        address: where it begins.
    """

    name: str
    title: str
    task: str
    on: bool
    address: str


def find_level(name: str) -> Level:
    """Return the level of this name; where none is said, the one that was there first."""
    return next(level for level in LEVELS if level.name == (name or UNSAID))


def level_options(links: Links, now: str, first: int) -> tuple[LevelOption, ...]:
    """Return every level, and where it begins: at the first question, nothing answered yet.

    Args:
        links: of the state.
        now: the level that is asked at.
        first: the number of the first step that is asked.
    """
    return tuple(
        LevelOption(
            level.name,
            level.title,
            level.task,
            level is find_level(now),
            begin_address(links, level.name, first),
        )
        for level in LEVELS
    )


def begin_address(links: Links, level: str, first: int) -> str:
    """Return where a level begins."""
    changes: dict[str, Any] = {**SILENT, "ask": "1", "level": level, "step": first}
    return links.address(**changes)


def next_level(name: str) -> Level | None:
    """Return the level after this one; None after the last."""
    after = LEVELS.index(find_level(name)) + 1
    return LEVELS[after] if after < len(LEVELS) else None
