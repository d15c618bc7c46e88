"""A slip that may have made a gradient, and what is said of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from backprop.engine.slips.slip import Slip

SHOWN = 5  # entries that a sentence names

UNKNOWN = Slip(
    "unknown",
    "None of the slips that are known",
    "The gradient is wrong, in a way that no slip of the catalogue explains.",
)


@dataclass(frozen=True, slots=True)
class Suspect:
    """A slip that may have made a gradient.

    Attributes:
        slip: which.
        confidence: 0 … 1: how much of the difference it explains, shared among those that explain
            it as well.
        sentence: what was found, for a learner.
        arrays: the names of the arrays that it makes wrong; those that have the same arrays are
            equally likely.
    """

    slip: Slip
    confidence: float
    sentence: str
    arrays: tuple[str, ...]


def group_by_arrays(suspects: Sequence[Suspect]) -> tuple[tuple[Suspect, ...], ...]:
    """Return suspects in groups that explain the same arrays: one each of a group is enough."""
    return tuple(tuple(group) for _, group in groupby(suspects, lambda each: each.arrays))


def sentence(slip: Slip, words: str, wrong: tuple[str, ...], others: Sequence[str] = ()) -> str:
    """Return what a slip explains.

    Args:
        slip: which.
        words: what else is said of it.
        wrong: the arrays, or the variables, that it makes wrong.
        others: the titles of those that give the same numbers.
    """
    verb, them = ("is", "it") if len(wrong) == 1 else ("are", "them")
    text = f"{slip.title}: {in_words(wrong)} {verb} as that slip makes {them}.{words}"
    if others:
        text += f" Here the same numbers also come from: {'; '.join(others)}."
    return text


def digits_set_aside(words: str) -> str:
    """Return what is said where a claim has so few digits that less shows in it."""
    if not words:
        return ""
    few = "in float16" if words == "float16" else f"given with {words}"
    return f" The numbers are {few}; what that rounds away is set aside."


def unknown(wrong: Sequence[str], all_of_them: Sequence[str], each: str = "array") -> str:
    """Return that nothing explains some arrays, or variables."""
    everywhere = len(wrong) == len(all_of_them) > 1
    where = f"Every {each}" if everywhere else in_words(wrong)
    verb = "are" if len(wrong) > 1 and not everywhere else "is"
    return f"{where} {verb} wrong, and no slip that I know explains how."


def in_words(names: Sequence[str]) -> str:
    """Return names as a list in a sentence: “W1, b1 and W2”."""
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
