"""The explanation of a step, as data: headline, rule, answer, its parts, one sentence."""

from collections.abc import Callable
from dataclasses import dataclass
from string import Formatter

from backprop.drawing.curve import FunctionCurve
from backprop.engine.differences.verdict import Answer
from backprop.engine.ops import ArrayOperation, Operation
from backprop.notation.derivation import Equation, Product
from backprop.notation.formula import Label, Number
from backprop.notation.numerals import aloud, long, short
from backprop.notation.numerals import spoken as numeral
from backprop.stage.walk.steps import Passes

Words = tuple[str | Label | Number, ...]
Labels = Callable[[str], Label]


@dataclass(frozen=True, slots=True)
class Reason:
    """One part of the answer: a badge that ties it to the picture, words, and its number."""

    words: Words
    number: Number
    points_to: str = ""
    badge: str = ""
    curve: FunctionCurve | None = None


@dataclass(frozen=True, slots=True)
class DifferenceCheck:
    """The same slope by finite differences, beside the answer."""

    numeric: Number
    relative: float
    words: Words
    answer: Answer

    @property
    def icon(self) -> str:
        """The name of the sign for the answer."""
        return self.answer.name.lower()


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything that is said at one step."""

    phase: str
    headline: Words
    lede: Words
    result_words: Words
    result: Number | None
    sentence: Words
    equation: Equation | None = None  # of a value: letters, numbers, result
    products: tuple[Product, ...] = ()  # one for each path of a gradient
    local: Equation | None = None  # the local derivative in full, where it is more than a letter
    lines: tuple[Reason, ...] = ()
    check: DifferenceCheck | None = None

    @property
    def aloud(self) -> str:
        """The step as one sentence, for a screen reader."""
        asked = spoken(self.headline)
        answer = f" {_aloud(self.result)}." if self.result else ""
        return f"{asked}{answer} {spoken(self.sentence)}".strip()


def _aloud(result: Number) -> str:
    """Return a number in words, as it is printed; NaN and ∞ by name."""
    finite = result.exact - result.exact == 0
    return numeral(result.shown) if finite else aloud(result.exact)


def phrase(text: str, **parts: str | Label | Number | Words) -> Words:
    """Return a sentence as words; in its text {name} stands for a part, or for several."""
    words: list[str | Label | Number] = []
    for before, name, _, _ in Formatter().parse(text):
        words += [before] if before else []
        if name is not None:
            part = parts[name]
            words += part if isinstance(part, tuple) else [part]
    return tuple(words)


def spoken(words: Words) -> str:
    """Return words as plain text; labels and numbers are read aloud."""
    return "".join(_aloud(x) if isinstance(x, Number) else str(x) for x in words)


def number(x: float, tone: str = "") -> Number:
    """Return a number as it stands in words and formulas."""
    return Number(short(x), x, tone)


def long_number(x: float, tone: str = "") -> Number:
    """Return a number as it stands in a table."""
    return Number(long(x), x, tone)


def name_at(passes: Passes, position: int) -> str:
    """Return the name of a node."""
    return passes.graph.nodes[position].name


def output_label(passes: Passes, label: Labels) -> Label:
    """Return the letter of the output: L, or f."""
    return label(name_at(passes, passes.graph.output))


def output_in_words(passes: Passes, label: Labels) -> str | Label:
    """Return how the output is called in a sentence: “the loss”, or its letter."""
    return passes.noun or output_label(passes, label)


def label_at(passes: Passes, position: int, label: Labels) -> str | Label:
    """Return how a node is called in a sentence: a constant by its number."""
    node = passes.graph.nodes[position]
    return label(node.name) if node.number is None else short(node.number)


def operation_at(passes: Passes, position: int) -> Operation:
    """Return the operation of a node that is no leaf."""
    row = passes.graph.row(position)
    assert not isinstance(row, ArrayOperation), "the walk goes through scalars"
    return row


def sum_words(terms: tuple[str, ...]) -> str:
    """Return terms side by side, a negative one in brackets."""
    return " + ".join(f"({term})" if term.startswith("−") else term for term in terms)
