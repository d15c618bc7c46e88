"""A line of the language in three storeys: letter, shape, array.

What is typed, and what a line sends back, are read alike: each name becomes an operand, which has
its array below it; what stands between is written as signs. Nothing is computed here: the arrays
are those of the trace.
"""

import ast
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from math import ceil
from typing import Any

import numpy as np

from backprop.engine.arrays.lines import Line
from backprop.engine.arrays.shapes import shape_text
from backprop.notation.formula import Label
from backprop.notation.names import label_of
from backprop.notation.numerals import MINUS
from backprop.stage.programs.arrays_shown import Grid
from backprop.stage.programs.passes import DOT, ProgramAt, named, own_name, parse_text
from backprop.stage.walk.explanation import Words

SIGNS: dict[type[ast.AST], str] = {
    **{ast.Add: "+", ast.Sub: MINUS, ast.Mult: "∘", ast.Div: "/", ast.MatMult: "", ast.Lt: "<"},
    **{ast.LtE: "≤", ast.Gt: ">", ast.GtE: "≥", ast.Eq: "=", ast.NotEq: "≠"},
}
BINDS: dict[type[ast.AST], int] = {
    **{ast.Add: 1, ast.Sub: 1, ast.Mult: 2, ast.Div: 2, ast.MatMult: 2, ast.Pow: 4},
}
LIKE = ("placed", "overlap_add", "spread", "fit")  # their second argument only says a shape
CLOSES = re.compile(r"[)\]⁰¹²³⁴⁵⁶⁷⁸⁹⁻·ᵀ ]*[)\]⁰¹²³⁴⁵⁶⁷⁸⁹ᵀ]")  # belongs to what stands before
CHOOSE = ("where", "maximum", "minimum", "einsum", "tri", "eye", "ones", "zeros", "arange")
MOST_CELLS = 10  # side by side, with three decimals
PANE = 47.0  # rem: how wide the formulas of a step are on a page of 1440 pixels
POWERS = str.maketrans("0123456789-.", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻·")


@dataclass(frozen=True, slots=True)
class Operand:
    """A name in a formula: its letter, its shape, its array.

    Attributes:
        label: the letter; d stands before it where it is a gradient.
        tone: “forward” or “backward”.
        turned: “T” where it is transposed.
        shape: in parts; those that must be equal are marked.
        grid: the array; None where it stands in the formula already.
        caption: below it.
        after: what closes behind the letter: a power, brackets.
    """

    label: Label
    tone: str
    turned: str
    shape: tuple[tuple[str, bool], ...]
    grid: Grid | None
    caption: Words
    after: str = ""

    @property
    def columns(self) -> int:
        """How many cells wide it is."""
        return self.grid.columns if self.grid and self.grid.rows else 0


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a formula: a sign, or an operand.

    Attributes:
        sign: what is written.
        below: at the height of the shapes: “3 = 3”.
        operand: None where it is a sign.
    """

    sign: str = ""
    below: str = ""
    operand: Operand | None = None

    @property
    def is_word(self) -> bool:
        """Whether it is a word of the language, and no sign of a formula."""
        return any(letter.isalpha() for letter in self.sign)


@dataclass(frozen=True, slots=True)
class Storeys:
    """A formula with its arrays.

    Attributes:
        parts: from the left.
        columns: how many cells stand side by side.
        count: how many arrays.
        letters: how many letters stand between them.
        title: what it is, where there are several; may be empty.
    """

    parts: tuple[Part, ...]
    columns: int
    count: int
    letters: int
    title: str = ""

    @property
    def lines(self) -> int:
        """How many lines it takes, roughly, on a page of the usual width."""
        least = 1.95 if self.columns > MOST_CELLS else 2.5
        width = self.columns * least + 2.1 * self.count + 0.55 * self.letters
        return max(1, ceil(width / PANE))

    @property
    def high(self) -> int:
        """How many cells stand below each other, in all its lines."""
        grids = [part.operand.grid for part in self.parts if part.operand and part.operand.grid]
        return self.lines * max((grid.high for grid in grids if grid.rows), default=0)


Show = Callable[[str, bool, str], Grid]  # the line, whether its gradient, turned → its array


@dataclass
class Writer:
    """Writes one text of the language as parts.

    Args:
        passes: the program at its point.
        line: whose text it is: names are looked up beside it.
        show: a name → its array.
        captions: (name, whether it is its gradient) → what stands below it.
    """

    passes: ProgramAt
    line: Line
    show: Show
    captions: dict[tuple[str, bool], Words] = field(default_factory=dict)
    seen: set[tuple[str, bool, str]] = field(default_factory=set)

    def write(self, text: str) -> list[Part]:
        """Return the parts of a text."""
        return list(self.parts(parse_text(self.passes.program, text)))

    def find(self, node: ast.expr) -> tuple[str, bool] | None:
        """Return the line that a node names, and whether its gradient; None where it names none."""
        if not isinstance(node, ast.Name | ast.Attribute):
            return None
        text = ast.unparse(node).replace(DOT, ".")
        if name := named(self.passes.program, self.line, text):
            return name, False
        if text.startswith("d") and (name := named(self.passes.program, self.line, text[1:])):
            return name, True
        return None

    def parts(self, node: ast.expr) -> Iterable[Part]:
        """Yield the parts of an expression."""
        if found := self.find(node):
            yield self.operand(*found)
            return
        match node:
            case ast.Attribute(value=value, attr=attr) if inner := self.find(value):
                yield self.operand(*inner, turned=attr)
            case ast.Attribute(value=value, attr=attr):
                yield from self._around(
                    "(", value, f"){'ᵀ' if attr in ('T', 'mT') else '.' + attr}"
                )
            case ast.BinOp(left=left, op=ast.Pow(), right=right):
                yield from self._tight(left, 5)
                yield Part(_power(right))
            case ast.BinOp():
                yield from self._binary(node)
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                yield from self.parts(left)
                yield Part(SIGNS[type(op)])
                yield from self.parts(right)
            case ast.UnaryOp(operand=operand):
                yield Part(MINUS)
                yield from self._tight(operand, 2)
            case ast.Call():
                yield from self._call(node)
            case ast.Subscript(value=value):
                yield from self._tight(value, 9)
                yield Part(f"[{ast.unparse(node.slice).strip('()')}]")
            case ast.Tuple(elts=several) | ast.List(elts=several):
                yield from self._listed("(", several, ")")
            case _:
                yield Part(_number(node))

    def operand(self, name: str, is_gradient: bool, turned: str = "") -> Part:
        """Return a name with its array, or without where it stands in the formula already."""
        graph = self.passes.program
        shape = graph.shape(name)
        if turned:
            shape = shape[::-1] if turned == "T" else (*shape[:-2], *shape[:-3:-1])
        key = (name, is_gradient, turned)
        grid = None if key in self.seen or (not shape and not is_gradient) else self.show(*key)
        self.seen.add(key)
        tone = "backward" if is_gradient else "forward"
        label = label_of(own_name(name))
        said = tuple((part, False) for part in shape_text(shape).split("×"))
        caption = self.captions.get((name, is_gradient), ()) if grid else ()
        return Part(operand=Operand(label, tone, turned and "T", said, grid, caption))

    def _binary(self, node: ast.BinOp) -> Iterable[Part]:
        binds = BINDS[type(node.op)]
        left = list(self._tight(node.left, binds))
        right = list(self._tight(node.right, binds + 1))
        below, sign = "", SIGNS[type(node.op)]
        if isinstance(node.op, ast.MatMult):
            left, right, below = _meet(left, right)
        elif isinstance(node.op, ast.Mult) and (_is_number(left) or _is_number(right)):
            sign = "·"
        yield from left
        yield Part(sign, below)
        yield from right

    def _tight(self, node: ast.expr, binds: int) -> Iterable[Part]:
        """Yield the parts of an expression, in brackets where it binds less."""
        op = type(node.op) if isinstance(node, ast.BinOp | ast.UnaryOp) else None
        own = 9 if op is None else BINDS.get(op, 2)
        if isinstance(node, ast.Compare) or own < binds:
            return self._around("(", node, ")")
        return self.parts(node)

    def _around(self, before: str, node: ast.expr, after: str) -> Iterable[Part]:
        yield Part(before)
        yield from self.parts(node)
        yield Part(after)

    def _call(self, node: ast.Call) -> Iterable[Part]:
        word = ast.unparse(node.func)
        first = node.args[0] if node.args else None
        if word == "fit" and first is not None:
            yield Part("∑" if self._shrinks(node) else "")
            yield from self._tight(first, 5)
            return
        if word == "spread" and first is not None:
            yield from self._tight(first, 5)
            return
        if isinstance(node.func, ast.Attribute) and self.find(node.func.value):
            yield from self.parts(node.func.value)
            yield Part(f".{node.func.attr}({', '.join(map(ast.unparse, node.args))})")
            return
        several = node.args[:1] if word in LIKE else node.args
        if word not in CHOOSE:
            several = several[:1] + [each for each in several[1:] if not _is_setting(each)]
        yield from self._listed(f"{word}(", several, ")")

    def _shrinks(self, node: ast.Call) -> bool:
        if len(node.args) < 2:
            return False
        found = self.find(node.args[1])
        return found is not None

    def _listed(self, before: str, several: Sequence[ast.expr], after: str) -> Iterable[Part]:
        yield Part(before)
        for n, each in enumerate(several):
            if n:
                yield Part(",")
            yield from self.parts(each)
        yield Part(after)


def _is_setting(node: ast.expr) -> bool:
    """Whether an argument only says how: an axis, a shape, a size; the line says it in full."""
    return not any(isinstance(each, ast.Name) for each in ast.walk(node))


def _power(node: ast.expr) -> str:
    text = ast.unparse(node)
    if text.lstrip("-").isdigit():
        return text.translate(POWERS)
    return f"^{text}".replace("-", MINUS)


def _number(node: ast.expr) -> str:
    text = ast.unparse(node)
    return "∞" if text == "inf" else text.replace("-", MINUS)


def _is_number(parts: list[Part]) -> bool:
    """Whether no part of it is an array with entries."""
    operands = [part.operand for part in parts if part.operand]
    return all(operand.shape == (("1", False),) for operand in operands)


def _meet(left: list[Part], right: list[Part]) -> tuple[list[Part], list[Part], str]:
    """Mark the lengths that must be equal where two matrices meet."""
    a, b = left[-1].operand, right[0].operand
    if len(left) != 1 or len(right) != 1 or a is None or b is None:
        return left, right, ""
    inner = max(0, len(b.shape) - 2)
    said = f"{a.shape[-1][0]} = {b.shape[inner][0]}"
    return [_marked(left[0], len(a.shape) - 1)], [_marked(right[0], inner)], said


def _marked(part: Part, which: int) -> Part:
    operand = part.operand
    assert operand is not None, "a matrix is marked"
    shape = tuple((text, n == which) for n, (text, _) in enumerate(operand.shape))
    return Part(operand=replace(operand, shape=shape))


def joined(parts: Iterable[Part], title: str = "") -> Storeys:
    """Return parts as a formula; signs beside each other become one."""
    found: list[Part] = []
    for each in parts:
        part, last = each, found[-1] if found else None
        if last and last.operand and part.operand is None and (closes := CLOSES.match(part.sign)):
            found[-1] = Part(
                operand=replace(last.operand, after=last.operand.after + closes[0].strip())
            )
            part = Part(part.sign[closes.end() :].lstrip(), part.below)
        if (
            last
            and part.operand is None
            and last.operand is None
            and not (part.below or last.below)
        ):
            found[-1] = Part(f"{last.sign}{' ' * bool(last.sign and part.sign)}{part.sign}")
        elif part.operand is not None or part.sign or part.below:
            found.append(part)
    operands = [part.operand for part in found if part.operand]
    columns = sum(max(operand.columns, 1) for operand in operands)
    letters = sum(len(part.operand.after if part.operand else part.sign) for part in found)
    return Storeys(tuple(found), columns, len(operands), letters, title)


def turned_array(array: Any, turned: str) -> Any:
    """Return an array as a formula has it: transposed, or as it is."""
    if turned == "T":
        return np.transpose(array)
    return np.swapaxes(array, -1, -2) if turned else array
