"""What a class answered, counted: right, each slip by its name, other numbers, none; each round.

It reads what a room keeps of its answers, and knows nothing of who gave them.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from backprop.engine.slips.at_node import AT_NODE
from backprop.engine.slips.catalog import SLIPS
from backprop.engine.slips.typed_pass import PLANTED
from backprop.notation.formula import Number
from backprop.notation.numerals import as_answer
from backprop.stage.classroom.matching import NONE, OTHER, RIGHT, Matcher, Outcome
from backprop.stage.quiz.question import SIGNS
from backprop.stage.walk.explanation import Words

TITLES = {slip.name: slip.title for slip in (*SLIPS.values(), *AT_NODE, *PLANTED)}
MOST_OTHERS = 8  # numbers that no slip gives, of which the commonest are listed
JOINED = "+"  # between the keys of slips that give one number


class Row(NamedTuple):
    """What is kept of one answer.

    Attributes:
        round: of votes, counted from 1.
        verdicts: the answer's, as `Match` has them.
        sign: “up”, “none”, “down”, or empty.
        number: what was typed comes to; None where no number was.
        variant: of the numbers; None where they are the same for all.
    """

    round: int
    verdicts: tuple[str, ...]
    sign: str = ""
    number: float | None = None
    variant: int | None = None


@dataclass(frozen=True, slots=True)
class Bar:
    """How many gave one answer, round by round.

    Attributes:
        key: “right”, “other”, “none”, or the keys of the slips, with + between: an address of the
            bar, and what `show` takes.
        titles: the names of the slips, or what it is; several where slips give one number.
        number: that they give; None where it is none, or another for each variant.
        counts: one for each round.
        shares: the same as a share of the longest bar, from 0 to 1: how long it is drawn.
        note: what the number is besides: “stops at z₃”.
    """

    key: str
    titles: tuple[Words, ...]
    number: Number | None
    counts: tuple[int, ...]
    shares: tuple[float, ...]
    note: Words = ()


@dataclass(frozen=True, slots=True)
class OtherNumber:
    """A number that no known slip gives, and how often it came; with what it is, if it is known."""

    number: Number
    counts: tuple[int, ...]
    note: Words


@dataclass(frozen=True, slots=True)
class Tally:
    """All that a class answered to a question; nothing of it is shown to the class before it may.

    Attributes:
        rounds: how many there are.
        bars: right first, then the slips, by their count in the first round, then by the last.
        other, none: what no slip gives, and who has not answered (of a question with a sign and a
            number: also who sent the sign alone).
        others: the commonest other numbers.
        signs: “up”, “none”, “down”, each with its counts; none where no sign was asked.
        answered: how many answered, in each round.
        right: how many per cent of these were right, in each round; None where nobody answered.
        opens: the key of the bar that opens by itself: the commonest slip; empty without one.
    """

    rounds: int
    bars: tuple[Bar, ...]
    other: Bar
    none: Bar
    others: tuple[OtherNumber, ...]
    signs: tuple[tuple[str, tuple[int, ...]], ...]
    answered: tuple[int, ...]
    right: tuple[int | None, ...]
    opens: str


def make_tally(matcher: Matcher, rows: Iterable[Row], members: Sequence[int] = ()) -> Tally:
    """Return what a class answered.

    Args:
        matcher: of the question, or of any of its variants.
        rows: the answers that count, one for each member and round.
        members: how many could answer, in each round; more than answered are counted as none.
    """
    rows = tuple(rows)
    rounds = max(1, len(members), *(row.round for row in rows)) if rows else max(1, len(members))
    counts: dict[str, list[int]] = {RIGHT: [0] * rounds}
    signs: dict[str, list[int]] = {name: [0] * rounds for name in SIGNS}
    numbers: Counter[tuple[str, int]] = Counter()
    exact: dict[str, float] = {}
    varied, answered = False, [0] * rounds
    for round_, verdicts, sign, number, variant in rows:
        at = round_ - 1
        key = JOINED.join(verdicts) or NONE
        if key not in counts:
            counts[key] = [0] * rounds
        counts[key][at] += 1
        answered[at] += key != NONE
        varied = varied or variant is not None
        if sign:
            signs[sign][at] += 1
        if key == OTHER and number is not None:
            text = as_answer(float(f"{number:.2e}"))
            exact.setdefault(text, number)
            numbers[text, at] += 1
    other, none = (counts.pop(key, [0] * rounds) for key in (OTHER, NONE))
    for at, count in enumerate(members):
        none[at] = max(none[at], count - answered[at])
    right, most = counts.pop(RIGHT), max((n for each in counts.values() for n in each), default=0)
    longest = max(1, most, *right)
    slips = sorted(counts, key=lambda key: [-n for n in (*counts[key], sum(counts[key]))])

    def bar(key: str, several: Sequence[int]) -> Bar:
        return _bar(matcher, key, tuple(several), longest, varied=varied)

    return Tally(
        rounds=rounds,
        bars=(bar(RIGHT, right), *(bar(key, counts[key]) for key in slips)),
        other=bar(OTHER, other),
        none=bar(NONE, none),
        others=_others(matcher, numbers, exact, rounds, varied=varied),
        signs=tuple((name, tuple(each)) for name, each in signs.items())
        if any(map(any, signs.values()))
        else (),
        answered=tuple(answered),
        right=tuple(
            round(100 * n / of) if of else None for n, of in zip(right, answered, strict=True)
        ),
        opens=_commonest(counts, rounds),
    )


def _commonest(counts: Mapping[str, Sequence[int]], rounds: int) -> str:
    """Return the slip that most gave in the last round with any, else in those before."""
    for at in reversed(range(rounds)):
        best = max(counts, key=lambda key: (counts[key][at], sum(counts[key])), default="")
        if best and counts[best][at]:
            return best
    return ""


def _bar(matcher: Matcher, key: str, counts: tuple[int, ...], longest: int, *, varied: bool) -> Bar:
    outcomes = [matcher.outcomes.get(each) for each in key.split(JOINED)]
    known = [each for each in outcomes if each]
    titles = {OTHER: ("Another answer",), NONE: ("No answer",)}
    if matcher.question.kind in ("gradient", "number"):
        titles[OTHER] = ("Another number",)
    first = known[0] if known else None
    return Bar(
        key=key,
        titles=tuple(_title(each) for each in known) or (titles.get(key) or _called(key),),
        number=first.number if first and not varied else None,
        counts=counts,
        shares=tuple(min(1.0, n / longest) for n in counts),
        note=first.note if first and not varied else (),
    )


def _called(key: str) -> Words:
    """Return the title of slips that this variant of a question does not have."""
    names = [each.partition("~")[0] for each in key.split(JOINED)]
    return (" or ".join(TITLES.get(name, name) for name in names),)


def _title(outcome: Outcome) -> Words:
    return (*outcome.title, f": {outcome.slip}") if outcome.slip else outcome.title


def _others(
    matcher: Matcher,
    numbers: Mapping[tuple[str, int], int],
    exact: Mapping[str, float],
    rounds: int,
    *,
    varied: bool,
) -> tuple[OtherNumber, ...]:
    """Return the commonest numbers that no slip gives, alike to three digits."""
    totals = Counter[str]()
    for (text, _), count in numbers.items():
        totals[text] += count
    return tuple(
        OtherNumber(
            Number(text, exact[text]),
            tuple(numbers.get((text, at), 0) for at in range(rounds)),
            () if varied else matcher.note(exact[text]),
        )
        for text, _ in totals.most_common(MOST_OTHERS)
    )
