"""What is shown of a brought gradient: the one answer, the clues, entries and arrays."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import prod

from backprop.engine.differences.report import AGREES
from backprop.engine.differences.verdict import Answer as Judged
from backprop.engine.slips.slip import Slip
from backprop.engine.slips.suspect import Suspect, group_by_arrays
from backprop.engine.text import to_text
from backprop.lessons.own_gradient.brought import Brought
from backprop.notation.formula import Number
from backprop.notation.names import first_names, name_list
from backprop.notation.numerals import long, short
from backprop.notation.submission.judgement import Judgement
from backprop.notation.submission.layouts import COLUMNS, IN_OUT, OUT_IN, ROWS
from backprop.notation.submission.programs import ProgramSubmission
from backprop.notation.submission.read import Submission
from backprop.notation.submission.report import (
    DIGITS,
    KINK,
    NO_VALUE,
    NOT_FINITE,
    OPEN,
    RIGHT,
    UNEASY,
    WRONG,
    Finding,
)
from backprop.stage.controls import Option
from backprop.stage.links import Links
from backprop.stage.networks import LOSS_TITLES

SHOWN = 30  # rows of the table
MOST_ALIKE = 3  # slips that are named where digits do not tell them apart
MOST_CELLS = 2_048  # entries of an array that are drawn, each a square
MOST_ACROSS = 64
MOST_NAMED = 3  # slips that give the same numbers and stand in the one answer
MOST_OTHERS = 5  # slips that give the same numbers, each with its words
LARGE = 24  # rows or columns up to which the squares are large
STATES = dict.fromkeys((RIGHT, DIGITS, KINK), "right") | {
    **dict.fromkeys((NO_VALUE, NOT_FINITE, OPEN), "open"),
    UNEASY: "uneasy",
    WRONG: "wrong",
}


@dataclass(frozen=True, slots=True)
class ArrayShown:
    """One array at a glance: a square for each entry; none where they would be too many."""

    name: str
    words: str
    large: bool
    cells: tuple[tuple[tuple[str, str], ...], ...]  # (entry, state), row by row


def show_arrays(judgement: Judgement) -> tuple[ArrayShown, ...]:
    """Return the arrays in their order, whatever the order of the findings; none of a function."""
    shapes = _shapes(judgement)
    states = {each.name: STATES[each.verdict] for each in judgement.checked.findings}
    wrong = Counter(map(array_name, judgement.checked.not_right))
    return tuple(
        ArrayShown(
            name,
            _not_right(wrong[name], prod(shape)),
            max(shape) <= LARGE,
            _cells(name, shape, states),
        )
        for name, shape in shapes.items()
    )


def _shapes(judgement: Judgement) -> Mapping[str, tuple[int, ...]]:
    """Return the shapes of the arrays that can be drawn: those of no more than two axes."""
    submission = judgement.submission
    if isinstance(submission, ProgramSubmission):
        shapes = {name: array.shape for name, array in submission.gradient.items()}
        return {name: shape for name, shape in shapes.items() if 0 < len(shape) < 3}
    if not isinstance(submission, Submission):
        return {}
    shapes = submission.network.shapes
    return {name: shape for name, shape in shapes.items() if name not in submission.absent}


def array_name(finding: Finding) -> str:
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


@dataclass(frozen=True, slots=True)
class Answer:
    """The one big answer."""

    state: str  # “empty”, “right”, “wrong” or “open”
    big: str  # Right, Wrong, Cannot be judged …
    reason: str  # after it, in a few words
    sentence: str  # what was counted


@dataclass(frozen=True, slots=True)
class Clue:
    """Something to look at, with its heading and what it means."""

    title: str
    sentence: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """An entry: what was brought beside the exact slope and the measured one."""

    name: str
    claimed: Number
    exact: Number
    reach: str  # how far the rounding of what was read may carry it, where that matters
    numeric: Number
    apart: Number
    relative: Number
    verdict: str
    state: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A way in which what was brought may be read, where it leaves a choice."""

    title: str
    options: tuple[Option, ...]


_READINGS = (
    ("Square weights", {OUT_IN: "(outputs, inputs)", IN_OUT: "(inputs, outputs)"}),
    ("Examples", {ROWS: "in rows", COLUMNS: "in columns"}),
)


def find_readings(judgement: Judgement, links: Links) -> tuple[Reading, ...]:
    """Return how was read what could be read otherwise, each way with its address."""
    submission = judgement.submission
    if not isinstance(submission, Submission):
        return ()
    layout, ours = submission.layout, submission.network.loss
    chosen = (layout.weights, layout.examples)
    losses = (ours, *judgement.losses) if judgement.losses else ()
    loss = (
        Option(LOSS_TITLES[each], each, each == ours, links.address(loss=each)) for each in losses
    )
    layouts = (
        Reading(
            title,
            tuple(
                Option(name, value, value == now, _read_as(links, chosen, value))
                for value, name in titles.items()
            ),
        )
        for (title, titles), now in zip(_READINGS, chosen, strict=True)
        if now
    )
    return (*([Reading("Loss", tuple(loss))] if losses else []), *layouts)


def _read_as(links: Links, chosen: tuple[str, str], value: str) -> str:
    weights, examples = chosen
    both = (value, examples) if value in (OUT_IN, IN_OUT) else (weights, value)
    return links.address(read_as=tuple(filter(None, both)))


@dataclass(frozen=True, slots=True)
class Shown:
    """Everything shown of what was brought."""

    whose: str
    source: str
    clues: tuple[Clue, ...]
    notes: tuple[str, ...]
    readings: tuple[Reading, ...]
    rows: tuple[Row, ...]
    more: str
    arrays: tuple[ArrayShown, ...]


TRY = "Paste what your code prints; or try one of the examples first."
EMPTY = Answer("empty", "Nothing brought yet", "", TRY)


def find_answer(judgement: Judgement) -> Answer:
    """Return the one answer."""
    checked = judgement.checked
    total = len(checked.findings)
    verdicts = {each.verdict for each in checked.findings}
    if judgement.ok:
        entries = f"all {total:,} entries" if total > 1 else "the one entry"
        if KINK in verdicts:
            return Answer("right", "Right", "at a kink", "There the slope of either side is right.")
        if DIGITS not in verdicts:
            return Answer("right", "Right", entries, "They agree with the exact gradient.")
        rounding = f"Rounding explains the difference in {entries}. Print more digits to be sure."
        return Answer("right", "Right", "as far as its digits tell", rounding)
    if judgement.verdict.answer is Judged.OPEN:
        return _open(judgement)
    if not any(each.claimed for each in checked.findings):
        return Answer("wrong", "Not filled in", "every entry is 0", "Is the backward pass written?")
    if judgement.suspects and judgement.suspects[0].confidence:
        return Answer("wrong", "Wrong:", _likely(judgement.suspects), checked.sentence)
    if WRONG not in verdicts:
        return _nearly(judgement)
    return Answer("wrong", "Wrong", f"in {_wrong_arrays(judgement)}", checked.sentence)


def _likely(suspects: tuple[Suspect, ...]) -> str:
    """Return the slips in a few words: one, one of several that are equally likely, or several."""
    first, *others = group_by_arrays(suspects)
    if others:
        known = [group[0] for group in (first, *others) if group[0].confidence]
        titles = [f"{_in_a_line(each.slip)} in {name_list(each.arrays)}" for each in known]
        return "; ".join(titles) + ("" if len(known) > len(others) else "; and more")
    if len(first) > MOST_NAMED:
        return f"one of {len(first)} slips, which give the same numbers here"
    if len(first) > 1:
        return "; or ".join(_in_a_line(each.slip) for each in first)
    return f"most likely {_in_a_line(first[0].slip)} ({_percent(first[0].confidence)})"


def _in_a_line(slip: Slip) -> str:
    """Return a slip's title as it stands inside a sentence."""
    word = slip.title.split()[0]
    return slip.title if word == "X" else slip.title[:1].lower() + slip.title[1:]


def _open(judgement: Judgement) -> Answer:
    """Return the answer where it can be neither right nor wrong, and what would help."""
    if isinstance(judgement.submission, Submission) and judgement.losses:
        ours = LOSS_TITLES[judgement.submission.network.loss]
        names = " and for ".join(LOSS_TITLES[each] for each in judgement.losses)
        sentence = f"For {names} it is right, for {ours} it is not."
        return Answer("open", "Cannot be judged:", "which loss is it?", sentence)
    if judgement.alike or judgement.checked.depends_on_rounding:
        because = judgement.verdict.because
        sentence = f"{because[:1].upper()}{because[1:]}. Print more digits, of W, b, X and Y too."
        return Answer("open", "Cannot be judged", "from so few digits", sentence)
    if any(each.verdict == OPEN for each in judgement.checked.findings):
        sentence = "Both numbers stand in the table: what your code gives, and what nudging gives."
    else:
        sentence = (
            "A number that is not finite cannot be compared: look for where it first appears."
        )
    return Answer("open", "Cannot be judged:", judgement.verdict.because, sentence)


def _nearly(judgement: Judgement) -> Answer:
    """Return the answer where every difference is small, and yet more than rounding."""
    off = judgement.checked.not_right
    worst = f"{100 * max(each.relative for each in off):.2g}\N{NO-BREAK SPACE}%"
    are = "entries are" if len(off) > 1 else "entry is"
    sentence = (
        f"{len(off):,} {are} off by more than rounding explains. Was it measured by nudging, or "
        "computed with few digits?"
    )
    return Answer("wrong", "Nearly", f"off by up to {worst}", sentence)


def show_brought(brought: Brought, links: Links) -> Shown:
    """Return what is shown below the answer."""
    judgement = brought.judgement
    findings = judgement.checked.findings
    return Shown(
        whose=_whose(judgement),
        source=f"{judgement.submission.source}, {brought.size}",
        clues=tuple(_clues(judgement)),
        notes=judgement.notes,
        readings=find_readings(judgement, links),
        rows=tuple(map(_row, findings[:SHOWN])),
        more=_more(findings[SHOWN:]),
        arrays=show_arrays(judgement),
    )


def _whose(judgement: Judgement) -> str:
    if isinstance(judgement.submission, ProgramSubmission):
        made = judgement.submission.program
        return f"a program of {len(made.lines)} lines; leaves {', '.join(made.parameters)}"
    if not isinstance(judgement.submission, Submission):
        return f"f = {to_text(judgement.submission.graph)}"
    network, rows = judgement.submission.network, len(judgement.submission.X)
    sizes = "–".join(map(str, network.sizes))
    examples = f"{rows:,} examples" if rows > 1 else "one example"
    return f"{sizes}, {', '.join(network.activations)}; {LOSS_TITLES[network.loss]}; {examples}"


def _clues(judgement: Judgement) -> Iterable[Clue]:
    """Yield what to look at: the first wrong array, then the slip that explains the numbers."""
    for node in judgement.nodes[:1]:
        rest = [other.name for other in judgement.nodes[1:]]
        about = f"{node.name} is ∂L/∂{node.name[1:]}. " if node.name.startswith("d") else ""
        if rest:
            come = "which comes" if len(rest) == 1 else "which come"
            about += f"Wrong too: {', '.join(rest)}, {come} after it."
        yield Clue("Where it begins", node.sentence, about)
    groups = group_by_arrays(judgement.suspects)
    for first, *others in groups:
        sure = f", {_percent(first.confidence)} sure" if first.confidence else ""
        where = f" in {name_list(first.arrays)}" if len(groups) > 1 else ""
        about = first.slip.about if first.confidence else ""
        yield Clue(f"What it looks like{where}{sure}", first.sentence, about)
        for other in others[:MOST_OTHERS]:
            yield Clue(f"Or: {_in_a_line(other.slip)}", other.slip.about)
    for slip in judgement.alike[:MOST_ALIKE]:
        yield Clue("What prints the same", f"{slip.title}.", slip.about)


def _percent(confidence: float) -> str:
    """Return how sure one is; never wholly, for another slip may give the same numbers."""
    return f"{min(100 * confidence, 99):.0f}\N{NO-BREAK SPACE}%"


def _row(finding: Finding) -> Row:
    numbers = finding.claimed, finding.exact, finding.numeric, abs(finding.claimed - finding.exact)
    claimed, exact, numeric, apart = (Number(long(number), number) for number in numbers)
    return Row(
        *(finding.name, claimed, exact, _reach(finding), numeric, apart),
        Number(short(finding.relative), finding.relative),
        finding.verdict,
        STATES[finding.verdict],
    )


def _reach(finding: Finding) -> str:
    matters = finding.reach > AGREES * abs(finding.exact)
    return f"± {short(finding.reach)}" if matters and finding.reach else ""


def _more(rest: tuple[Finding, ...]) -> str:
    if not rest:
        return ""
    wrong = sum(not each.ok for each in rest)
    which = "all of them right" if not wrong else f"{wrong:,} of them not right"
    return f"and {len(rest):,} more, {which}"


def _wrong_arrays(judgement: Judgement) -> str:
    """Return which arrays, or which variables, are wrong, by name."""
    names = sorted(set(map(array_name, judgement.checked.not_right)))
    return first_names(names, 6)
