"""The arrays of a brought gradient at a glance: a square for each entry."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import prod

from backprop.engine.slips.catalog import SLIPS
from backprop.engine.text import to_text
from backprop.lessons.own_gradient.submission import Brought
from backprop.notation.formula import Number
from backprop.notation.numerals import long, short
from backprop.notation.submission.report import (
    DIGITS,
    KINK,
    NO_VALUE,
    RIGHT,
    UNEASY,
    WRONG,
    Finding,
)
from backprop.notation.submission.submission import Submission
from backprop.notation.submission.text import Told
from backprop.stage.networks import LOSS_TITLES

MOST_CELLS = 2_048  # entries of an array that are drawn, each a square
MOST_ACROSS = 64
LARGE = 24  # rows or columns up to which the squares are large
STATES = {
    RIGHT: "right",
    DIGITS: "right",
    KINK: "right",
    UNEASY: "uneasy",
    WRONG: "wrong",
    NO_VALUE: "uneasy",
}


@dataclass(frozen=True, slots=True)
class ArrayShown:
    """One array at a glance: a square for each entry; none where they would be too many."""

    name: str
    words: str
    large: bool
    cells: tuple[tuple[tuple[str, str], ...], ...]  # (entry, state), row by row


def arrays_of(told: Told) -> tuple[ArrayShown, ...]:
    """Return a network's arrays in their order, whatever the order of the findings."""
    if not isinstance(told.submission, Submission):
        return ()
    states = {each.name: STATES[each.verdict] for each in told.checked.findings}
    wrong = Counter(array_of(each) for each in told.checked.findings if not each.ok)
    return tuple(
        ArrayShown(
            name,
            _not_right(wrong[name], prod(shape)),
            max(shape) <= LARGE,
            _cells(name, shape, states),
        )
        for name, shape in told.submission.network.shapes.items()
    )


def array_of(finding: Finding) -> str:
    """Return the array that an entry belongs to, or the variable."""
    return finding.name.partition("[")[0]


def _not_right(wrong: int, count: int) -> str:
    if not wrong:
        return "right"
    if wrong == count:
        return f"all {count:,} not right" if count > 1 else "not right"
    return f"{wrong:,} of {count:,} not right"


def _cells(
    name: str, shape: tuple[int, ...], states: Mapping[str, str]
) -> tuple[tuple[tuple[str, str], ...], ...]:
    down, across = shape if len(shape) == 2 else (shape[0], 1)
    if across > MOST_ACROSS or down * across > MOST_CELLS:
        return ()

    def entry(i: int, j: int) -> tuple[str, str]:
        full = f"{name}[{i},{j}]" if len(shape) == 2 else f"{name}[{i}]"
        return full, states[full]

    return tuple(tuple(entry(i, j) for j in range(across)) for i in range(down))


SHOWN = 30  # rows of the table


@dataclass(frozen=True, slots=True)
class Answer:
    """The one big answer.

    Attributes:
        state: “empty”, “right” or “wrong”.
        big: Right, Wrong …
        reason: after it, in a few words.
        sentence: what was counted.
    """

    state: str
    big: str
    reason: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Found:
    """Something that was found, with its heading and what it means."""

    title: str
    sentence: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """An entry: what was brought beside the exact slope and the measured one."""

    name: str
    claimed: Number
    exact: Number
    numeric: Number
    apart: Number
    relative: Number
    verdict: str
    state: str


@dataclass(frozen=True, slots=True)
class Shown:
    """Everything shown of what was brought."""

    whose: str
    source: str
    found: tuple[Found, ...]
    notes: tuple[str, ...]
    rows: tuple[Row, ...]
    more: str
    arrays: tuple[ArrayShown, ...]


EMPTY = Answer(
    "empty",
    "Nothing brought yet",
    "",
    "Paste what your code prints; or try one of the examples first.",
)


def answer_of(told: Told) -> Answer:
    """Return the one answer."""
    checked = told.checked
    total = len(checked.findings)
    verdicts = {each.verdict for each in checked.findings}
    if told.ok:
        entries = f"all {total:,} entries" if total > 1 else "the one entry"
        if KINK in verdicts:
            return Answer("right", "Right", "at a kink", "Either slope is one there.")
        if DIGITS not in verdicts:
            return Answer("right", "Right", entries, "They agree with the exact gradient.")
        return Answer(
            "right",
            "Right",
            "as far as its digits tell",
            f"In {entries} the difference is one of rounding. Print more digits to be sure.",
        )
    if not checked.has_value:
        return Answer("wrong", "No value", "here", checked.sentence)
    if not any(each.claimed for each in checked.findings):
        return Answer("wrong", "Not filled in", "every entry is 0", "Is the backward pass written?")
    if told.suspects and told.suspects[0].confidence:
        likely = told.suspects[0]
        title = likely.slip.title[:1].lower() + likely.slip.title[1:]
        reason = f"most likely {title} ({_percent(likely.confidence)})"
        return Answer("wrong", "Wrong:", reason, checked.sentence)
    if WRONG not in verdicts:
        return _nearly(told)
    return Answer("wrong", "Wrong", f"in {_listed(_wrong_arrays(told))}", checked.sentence)


def _nearly(told: Told) -> Answer:
    """Return the answer where every difference is small, and yet more than rounding."""
    off = [each for each in told.checked.findings if not each.ok]
    worst = f"{100 * max(each.relative for each in off):.2g} %"
    are = "entries are" if len(off) > 1 else "entry is"
    return Answer(
        "wrong",
        "Nearly",
        f"off by up to {worst}",
        f"{len(off):,} {are} off by more than rounding explains. Was it measured by nudging, or "
        "computed with few digits?",
    )


def shown_of(brought: Brought) -> Shown:
    """Return what is shown below the answer."""
    told = brought.told
    findings = told.checked.findings
    return Shown(
        whose=_whose(told),
        source=f"{told.submission.source}, {brought.size}",
        found=tuple(_found(told)),
        notes=told.notes,
        rows=tuple(map(_row, findings[:SHOWN])),
        more=_more(findings[SHOWN:]),
        arrays=arrays_of(told),
    )


def _whose(told: Told) -> str:
    if not isinstance(told.submission, Submission):
        return f"f = {to_text(told.submission.graph)}"
    network, rows = told.submission.network, len(told.submission.X)
    sizes = "–".join(map(str, network.sizes))
    examples = f"{rows:,} examples" if rows > 1 else "one example"
    return f"{sizes}, {', '.join(network.activations)}; {LOSS_TITLES[network.loss]}; {examples}"


def _found(told: Told) -> Iterable[Found]:
    """Yield what to look at: the first wrong array, then the slip that explains the numbers."""
    for node in told.nodes[:1]:
        rest = [other.name for other in told.nodes[1:]]
        about = f"{node.name} is ∂L/∂{node.name[1:]}. " if node.name.startswith("d") else ""
        if rest:
            come = "which comes" if len(rest) == 1 else "which come"
            about += f"Wrong too: {', '.join(rest)}, {come} after it."
        yield Found("Where it begins", node.sentence, about)
    for suspect in told.suspects[:1]:
        sure = f", {_percent(suspect.confidence)} sure" if suspect.confidence else ""
        yield Found(f"What it looks like{sure}", suspect.sentence, _about(suspect.slip))


def _percent(confidence: float) -> str:
    """Return how sure one is; never wholly, for another slip may give the same numbers."""
    return f"{min(100 * confidence, 99):.0f} %"


def _about(slip: object) -> str:
    return next((each.about for each in SLIPS.values() if each == slip), "")


def _row(finding: Finding) -> Row:
    apart = abs(finding.claimed - finding.exact)
    return Row(
        finding.name,
        claimed=Number(long(finding.claimed), finding.claimed),
        exact=Number(long(finding.exact), finding.exact),
        numeric=Number(long(finding.numeric), finding.numeric),
        apart=Number(long(apart), apart),
        relative=Number(short(finding.relative), finding.relative),
        verdict=finding.verdict,
        state=STATES[finding.verdict],
    )


def _more(rest: tuple[Finding, ...]) -> str:
    if not rest:
        return ""
    wrong = sum(not each.ok for each in rest)
    which = "all of them right" if not wrong else f"{wrong:,} of them not right"
    return f"and {len(rest):,} more, {which}"


def _wrong_arrays(told: Told) -> tuple[str, ...]:
    """Return which arrays, or which variables, are wrong, by name."""
    return tuple(sorted({array_of(each) for each in told.checked.findings if not each.ok}))


def _listed(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - 6} more" if len(names) > 6 else ""
    return ", ".join(names[:6]) + more
