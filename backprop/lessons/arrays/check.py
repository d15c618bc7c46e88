"""The check of a program's gradient: a random direction for each leaf, then entries of one.

A slip can be planted in the backward pass: the check has to catch it without knowing it, and the
wrong gradient alone has to name it.
"""

from dataclasses import dataclass
from functools import lru_cache

from backprop.engine.differences.programs import LeafCheck, ProgramCheck
from backprop.engine.differences.report import Row
from backprop.engine.differences.verdict import Answer
from backprop.engine.slips.programs.fingerprint import Fingerprint
from backprop.engine.slips.programs.places import Felt, Slips
from backprop.lessons.arrays.choices import Choices
from backprop.notation.formula import Number
from backprop.notation.numerals import long, short
from backprop.stage.choices import ChoiceError
from backprop.stage.controls import Option
from backprop.stage.links import Links
from backprop.stage.programs.passes import ProgramAt

MOST_ENTRIES = 12  # of a leaf that are nudged one by one


@dataclass(frozen=True, slots=True)
class CheckedRow:
    """A leaf along its direction, or an entry of one.

    Attributes:
        name: dW, or dW[1,2].
        numeric: the slope by differences.
        analytic: the one by the backward pass.
        apart: how far they are from each other; of a leaf beside the largest gradient of all.
        verdict: right, wrong, or cannot be judged.
        because: why it cannot be; else empty.
        off: whether it is wrong.
        address: of a leaf, where its entries are nudged.
        on: whether they are.
    """

    name: str
    numeric: Number
    analytic: Number
    apart: Number
    verdict: str
    because: str
    off: bool
    address: str = ""
    on: bool = False


@dataclass(frozen=True, slots=True)
class PlantedShown:
    """The planted slip, and what the wrong gradient alone gives away."""

    title: str
    about: str
    line: str
    receives: str  # the name that gets something else; empty where none is named
    wrong: str  # what is sent to it; empty for nothing
    right: str
    named: tuple[str, ...]  # the slips that explain the wrong gradient, each with its line
    away: str  # the address without it


@dataclass(frozen=True, slots=True)
class CheckShown:
    """The check of a program; no markup.

    Attributes:
        leaves: a row for each leaf.
        entries: of the leaf that is accused, or chosen; empty where none is.
        entries_of: its name.
        more: how many entries it has besides.
        answer: right, wrong, or cannot be judged; the first words.
        sentence: what to make of it.
        slips: that can be planted.
        planted: the one that is.
        masks: lines whose mask may be forgotten on the way back, in words; empty where none.
    """

    leaves: tuple[CheckedRow, ...]
    entries: tuple[CheckedRow, ...]
    entries_of: str
    more: int
    answer: str
    sentence: str
    slips: tuple[Option, ...]
    planted: PlantedShown | None
    masks: str


def show_check(choices: Choices, passes: ProgramAt, links: Links) -> CheckShown:
    """Return the check of a program at its point.

    Raises:
        ChoiceError: there is no such slip here, or no such leaf.
    """
    known = _known(passes)
    felt, check = _checked(passes, choices.planted)
    chosen = _leaf(check, choices.checked)
    rows = check.entries(chosen, MOST_ENTRIES).rows if chosen else ()
    size = check.parameters[chosen].size if chosen else 0
    return CheckShown(
        leaves=tuple(_leaf_row(leaf, chosen, links) for leaf in check.leaves),
        entries=tuple(map(_entry_row, rows)),
        entries_of=f"d{chosen}" if chosen else "",
        more=size - len(rows),
        answer=ANSWERS[check.verdict.answer],
        sentence=_sentence(check),
        slips=_options(known.slips, choices.planted, links),
        planted=_show_planted(felt, known, links) if felt else None,
        masks=_masks(known.slips),
    )


ANSWERS = {Answer.RIGHT: "Right", Answer.WRONG: "Wrong", Answer.OPEN: "Cannot be judged"}


@lru_cache(maxsize=8)
def _known(passes: ProgramAt) -> Fingerprint:
    return Fingerprint(Slips(passes.trace))


@lru_cache(maxsize=8)
def _checked(passes: ProgramAt, planted: str) -> tuple[Felt | None, ProgramCheck]:
    """Return the slip that is planted, and the check of what it gives: the same at each step."""
    felt = _planted(_known(passes).slips, planted)
    gradient = felt.gradient if felt else passes.trace.gradient
    return felt, ProgramCheck(passes.trace, gradient)


def _planted(slips: Slips, key: str) -> Felt | None:
    if not key:
        return None
    felt = slips.find(key)
    if felt is None:
        what = f"The slip “{key}” cannot be made in this program."
        raise ChoiceError(what, hint="Choose one of the list.", at="planted-slip")
    return felt


def _leaf(check: ProgramCheck, chosen: str) -> str:
    """Return the leaf whose entries are nudged: the chosen one, else the first accused."""
    if not chosen:
        return next(iter(check.accused), "")
    if chosen not in check.parameters:
        names = ", ".join(check.parameters)
        what = f"There is no leaf “{chosen}” with a gradient."
        raise ChoiceError(what, hint=f"There are {names}.", at="checked-leaf")
    return chosen


def _leaf_row(leaf: LeafCheck, chosen: str, links: Links) -> CheckedRow:
    return CheckedRow(
        name=f"d{leaf.name}",
        numeric=Number(long(leaf.numeric), leaf.numeric),
        analytic=Number(long(leaf.claimed), leaf.claimed, "backward"),
        apart=Number(short(leaf.apart), leaf.apart),
        verdict=str(leaf.verdict.answer),
        because=leaf.verdict.because,
        off=leaf.verdict.answer is Answer.WRONG,
        address=links.address(checked=leaf.name),
        on=leaf.name == chosen,
    )


def _entry_row(row: Row) -> CheckedRow:
    return CheckedRow(
        name=f"d{row.name}",
        numeric=Number(long(row.numeric), row.numeric),
        analytic=Number(long(row.analytic), row.analytic, "backward"),
        apart=Number(short(row.absolute), row.absolute),
        verdict=str(row.answer),
        because=row.because,
        off=row.answer is Answer.WRONG,
    )


def _sentence(check: ProgramCheck) -> str:
    count = len(check.leaves)
    if check.accused:
        names = ", ".join(f"d{name}" for name in check.accused)
        return f"{names}: the slope along the direction is another than the gradient says."
    if check.verdict.answer is Answer.OPEN:
        because = check.verdict.because
        return f"{because[:1].upper()}{because[1:]}."
    many = f"all {count} leaves" if count > 1 else "the leaf"
    return f"Along one random direction of {many} the gradient says what nudging measures."


def _options(slips: Slips, key: str, links: Links) -> tuple[Option, ...]:
    """Return the slips that can be planted: of those of one name in a line the first."""
    found: dict[tuple[str, str], Option] = {}
    for planted, _ in slips.felt:
        title = f"{planted.slip.title}, in {planted.line}"
        address = links.address(planted=planted.key, checked="")
        option = Option(title, planted.key, planted.key == key, address, planted.slip.about)
        found.setdefault((planted.slip.name, planted.line), option)
    return tuple(found.values())


def _show_planted(felt: Felt, known: Fingerprint, links: Links) -> PlantedShown:
    planted, program = felt.planted, known.slips.program
    text = planted.sentences(program)[0]
    found = (each for each in known.of(felt.gradient) if each.planted)
    named = (f"{each.suspect.slip.title}, in {each.planted.line}" for each in found if each.planted)
    return PlantedShown(
        title=planted.slip.title,
        about=planted.slip.about,
        line=planted.line,
        receives=text.name,
        wrong=text.wrong,
        right=text.right,
        named=tuple(dict.fromkeys(named)),
        away=links.address(planted="", checked=""),
    )


def _masks(slips: Slips) -> str:
    lines = slips.forgettable
    if not lines:
        return ""
    return (
        f"The mask in {lines[0]} may be forgotten on the way back: where a score is −∞ its share "
        "is 0, and softmax sends 0 there already. No check can see that it is missing."
    )
