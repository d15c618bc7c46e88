"""A slip that may have made a gradient, and the sentence that explains it."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

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
        sentence: an explanation for a learner.
        arrays: the names of the arrays that it makes wrong; those that have the same arrays are
            equally likely.
    """

    slip: Slip
    confidence: float
    sentence: str
    arrays: tuple[str, ...]


class Explanation(NamedTuple):
    """A slip that explains some arrays, before it is known which others do it as well.

    Attributes:
        slip: which.
        confidence: 0 … 1, as if it were the only one.
        words: sentences that follow the one about the slip, each after a space.
    """

    slip: Slip
    confidence: float
    words: str = ""


def suspects(
    explanations: Sequence[Explanation], arrays: tuple[str, ...], digits: str = ""
) -> tuple[Suspect, ...]:
    """Return the suspects for some arrays: slips that share the confidence and name each other.

    Args:
        explanations: of different slips.
        arrays: the names of the arrays, or of the variables, that each of them explains.
        digits: what makes the claim's digits few, as `Claim.words`.
    """
    titles = [each.slip.title for each in explanations]
    return tuple(
        Suspect(
            slip,
            confidence / len(explanations),
            _sentence(slip, words, arrays, [title for title in titles if title != slip.title])
            + _digits_set_aside(digits),
            arrays,
        )
        for slip, confidence, words in explanations
    )


def unexplained(
    wrong: tuple[str, ...], names: Sequence[str], each: str = "array", digits: str = ""
) -> Suspect:
    """Return the suspect for arrays, or variables, that no slip explains.

    Args:
        wrong: their names.
        names: those of all.
        each: what one of them is called.
        digits: as in `suspects`.
    """
    everywhere = len(wrong) == len(names) > 1
    where = f"Every {each}" if everywhere else in_words(wrong)
    verb = "are" if len(wrong) > 1 and not everywhere else "is"
    text = f"{where} {verb} wrong, and no slip that I know explains how."
    return Suspect(UNKNOWN, 0.0, text + _digits_set_aside(digits), wrong)


def group_by_arrays(suspects: Sequence[Suspect]) -> tuple[tuple[Suspect, ...], ...]:
    """Return suspects in groups that explain the same arrays: one each of a group is enough."""
    return tuple(tuple(group) for _, group in groupby(suspects, lambda each: each.arrays))


def _sentence(slip: Slip, words: str, wrong: tuple[str, ...], others: Sequence[str]) -> str:
    """Return which arrays a slip makes wrong, and the titles of others that do it as well."""
    verb, them = ("is", "it") if len(wrong) == 1 else ("are", "them")
    text = f"{slip.title}: {in_words(wrong)} {verb} as that slip makes {them}.{words}"
    if others:
        text += f" Here the same numbers also come from: {'; '.join(others)}."
    return text


def _digits_set_aside(words: str) -> str:
    """Return the sentence for a claim with so few digits that its rounding is not counted."""
    if not words:
        return ""
    few = "in float16" if words == "float16" else f"given with {words}"
    return f" The numbers are {few}; what that rounds away is set aside."


def in_words(names: Sequence[str]) -> str:
    """Return names as a list in a sentence: “W1, b1 and W2”."""
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
