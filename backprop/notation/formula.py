"""A formula as data, whose factors can be pointed at; the web floor makes MathML of it.

A formula is a tree of the parts below. `Label` is the one spelling of a quantity's name, drawn
alike in a headline, in the picture and in a formula: w with superscript (2) and subscript 1 3.

What a row of the engine states as text is printed as a textbook prints it: o₁(1 − o₁). Products
stand side by side where that reads well, with · between letters that would run together and ×
between numbers; brackets stand only where they are needed.
"""

import ast
import math
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple, TypeGuard

from backprop.engine.graph import Graph
from backprop.engine.ops import ArrayOperation
from backprop.engine.rules import read
from backprop.notation.numerals import MINUS, adds_up, field, short, spoken


@dataclass(frozen=True, slots=True)
class Label:
    """The name of a quantity, as letters are written by hand: w₁₃ with (2) above, ŷ₁, L."""

    letter: str
    below: str = ""
    above: str = ""
    hat: bool = False
    plain: str = ""  # the name in an address, as w2_1_3

    def __str__(self) -> str:
        """Return the name in words, for a screen reader: “w 1 3 of layer 2”."""
        return _said(self)

    @property
    def italic(self) -> str:
        """The letter as it is drawn: a single letter in its mathematical italic, 𝑤."""
        return _ITALIC.get(self.letter, self.letter)


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it is shown, with all its digits behind it."""

    shown: str
    exact: float
    tone: str = ""  # "forward" or "backward": the colour says where it was computed


@dataclass(frozen=True, slots=True)
class Text:
    """Upright letters: the name of a function, or a word."""

    text: str


@dataclass(frozen=True, slots=True)
class Operator:
    """A sign between or before parts: + − · × =."""

    sign: str


@dataclass(frozen=True, slots=True)
class Row:
    """Parts side by side."""

    parts: tuple["Formula", ...]


@dataclass(frozen=True, slots=True)
class Fraction:
    """One part over another."""

    top: "Formula"
    bottom: "Formula"


@dataclass(frozen=True, slots=True)
class Root:
    """The square root of a part."""

    inside: "Formula"


@dataclass(frozen=True, slots=True)
class Power:
    """A part raised to another."""

    base: "Formula"
    exponent: "Formula"


@dataclass(frozen=True, slots=True)
class Brackets:
    """A part in brackets: round, or the bars of an absolute value."""

    inside: "Formula"
    bars: bool = False


@dataclass(frozen=True, slots=True)
class Cases:
    """One of several parts, each under its condition."""

    cases: tuple[tuple["Formula", "Formula"], ...]
    otherwise: "Formula"


@dataclass(frozen=True, slots=True)
class Factor:
    """A part that belongs to something in the picture; pointing at either lights both."""

    inside: "Formula"
    points_to: str  # the key that the picture's element carries


@dataclass(frozen=True, slots=True)
class Lines:
    """A sum that is too wide for one line; each line but the first begins with its sign."""

    lines: tuple["Formula", ...]


Formula = (
    Label
    | Number
    | Text
    | Operator
    | Row
    | Fraction
    | Root
    | Power
    | Brackets
    | Cases
    | Factor
    | Lines
)


@dataclass(frozen=True, slots=True)
class Column:
    """One factor of a product, from letters to number: ∂o/∂z, o(1 − o), 0.245."""

    lines: tuple[Formula, ...]
    points_to: str = ""


@dataclass(frozen=True, slots=True)
class Product:
    """A derivative as a product of factors in columns, one line below the other.

    Line by line: ∂L/∂w = ∂L/∂o · ∂o/∂z · ∂z/∂w;  = (o − t) · o(1 − o) · h;  = numbers.
    A sum over paths is one product a path, each with its own left side.
    """

    left: Formula
    columns: tuple[Column, ...]
    alt: str  # the whole in words


@dataclass(frozen=True, slots=True)
class Equation:
    """A quantity and what it equals, one below the other: z = w₁x₁ + b = 0.5 × 2 + 1 = 2."""

    left: Formula
    sides: tuple[tuple[str, Formula], ...]  # each with the sign before it: = or ≈
    alt: str  # the whole in words


class Piece(NamedTuple):
    """One factor of a derivative, from which `product` makes a column.

    Attributes:
        letters: ∂o/∂z.
        rule: o(1 − o).
        number: its value.
        tone: “forward” for a value of the forward pass, “backward” for a gradient or a slope.
        points_to: the key of what it belongs to in the picture.
    """

    letters: Formula
    rule: Formula
    number: float
    tone: str = "backward"
    points_to: str = ""


NameOf = Callable[[str], Label]

_APPLY, _GAP = Operator("\u2061"), Operator("\u2009")
_PLUS, _MINUS, _DOT, _TIMES = Operator("+"), Operator(MINUS), Operator("·"), Operator("×")
_DOTS = Operator("⋯")
_HALF = Fraction(Number("1", 1.0), Number("2", 2.0))

_SIGNS: Mapping[type, str] = {
    ast.Lt: "<",
    ast.LtE: "≤",
    ast.Gt: ">",
    ast.GtE: "≥",
    ast.Eq: "=",
    ast.NotEq: "≠",
}
_UPRIGHT = {"sigmoid": "σ", "leaky_relu": "leaky relu", "largest": "max", "log": "ln"}
_WITHOUT_BRACKETS = ("ln", "sin", "cos", "tan", "tanh")  # before a single letter: ln x
_WIDEST = 16.0  # em; what fits beside “z =” in a panel 350 px wide
_MOST_TERMS = 4  # of a sum in letters; longer ones are written t₁ + t₂ + ⋯ + tₙ
_MOST_PRODUCTS = 8  # of a weighted sum in numbers; of longer ones the middle is one number

_ITALIC = {chr(65 + i): chr(0x1D434 + i) for i in range(26)}
_ITALIC |= {chr(97 + i): chr(0x1D44E + i) for i in range(26)}
_ITALIC |= {chr(0x391 + i): chr(0x1D6E2 + i) for i in range(25) if i != 17}
_ITALIC |= {chr(0x3B1 + i): chr(0x1D6FC + i) for i in range(25)}
_ITALIC["h"] = "\u210e"  # Unicode had it before the rest


def partial(of: Formula, by: Formula) -> Fraction:
    """Return ∂of/∂by."""
    return Fraction(Row((Operator("∂"), of)), Row((Operator("∂"), by)))


def rule_formula(text: str, names: Mapping[str, Formula]) -> Formula:
    """Return a row's text as a textbook prints it.

    Args:
        text: a value or a partial derivative, such as "out * (1 - out)".
        names: what stands for each name in it; a name that is missing stands for itself.
    """
    return _Printer(names).visit(read(text))


def value_formula(graph: Graph, position: int, name_of: NameOf) -> Formula:
    """Return how a node is computed, in letters: w₁x₁ + w₂x₂ + b."""
    node = graph.nodes[position]
    letters = [_letter(graph, i, name_of) for i in node.inputs]
    if node.operation == "weighted_sum":
        return broken(_weighted(letters, _DOTS, _MOST_TERMS))
    return broken(rule_formula(*_value_text(graph, position, letters)))


def value_numbers(
    graph: Graph, position: int, values: Sequence[float]
) -> tuple[Formula, str, Number]:
    """Return how a node is computed, in numbers; the sign that belongs before the result; it.

    The numbers have the fewest digits at which they give the result as printed; where six are
    not enough, the sign is ≈.

    Args:
        graph: of numbers, not of arrays.
        position: of the node.
        values: of every node of the graph, in its order.
    """
    node = graph.nodes[position]
    row = graph.row(position)
    assert not isinstance(row, ArrayOperation), "the values of a graph of arrays are no numbers"
    if node.operation == "weighted_sum" and len(node.inputs) // 2 > _MOST_PRODUCTS:
        return _wide_weighted(graph, position, values)
    inputs = [float(values[i]) for i in node.inputs]
    written = adds_up(inputs, values[position], lambda *point: float(row.evaluate(*point)))
    numbers = [
        _plugged(graph, i, text, values[i])
        for i, text in zip(node.inputs, written.terms, strict=True)
    ]
    result = Number(written.result, values[position], "forward")
    if node.operation == "weighted_sum":
        return broken(_weighted(numbers, _DOTS, _MOST_PRODUCTS)), written.sign, result
    return broken(rule_formula(*_value_text(graph, position, numbers))), written.sign, result


def value_equation(
    graph: Graph, position: int, values: Sequence[float], name_of: NameOf
) -> Equation:
    """Return a forward step in full: z = letters = numbers = result."""
    letters = value_formula(graph, position, name_of)
    numbers, sign, result = value_numbers(graph, position, values)
    left = name_of(graph.nodes[position].name)
    return equation(left, ("=", letters), ("=", numbers), (sign, result))


def equation(left: Formula, *sides: tuple[str, Formula]) -> Equation:
    """Return an equation with its words."""
    said = ", ".join(f"{_WORDS[sign]} {words(side)}" for sign, side in sides)
    return Equation(left, sides, f"{words(left)} {said}.")


def local_formula(graph: Graph, later: int, which: int, name_of: NameOf) -> Formula:
    """Return the slope of a node to one of its inputs, in letters: o₁(1 − o₁).

    Of an array it is what arrives at the input, with ∂L/∂(this array) in it.

    Args:
        graph: the function.
        later: the position of the node whose slope it is.
        which: the number of the input.
        name_of: how a node's name is written.
    """
    node, row = graph.nodes[later], graph.row(later)
    letters = (_letter(graph, i, name_of, points=False) for i in node.inputs)
    names: dict[str, Formula] = dict(zip(row.inputs, letters, strict=True))
    out = name_of(node.name)
    if isinstance(row, ArrayOperation):
        whole = name_of(graph.nodes[graph.output].name)
        arriving = Number("1", 1.0) if later == graph.output else partial(whole, out)
        return rule_formula(row.products[which], names | {"out": out, "g": arriving})
    return _Printer(names | {"out": out}, fold=True).visit(read(row.partials[which]))


def product(left: Formula, pieces: Sequence[Piece]) -> Product:
    """Return a derivative as a product in columns: letters, rules, numbers, and its words.

    The numbers are printed as `adds_up` prints them with their product.
    """
    numbers = [piece.number for piece in pieces]
    written = adds_up(numbers, math.prod(numbers))
    columns = tuple(
        Column((p.letters, p.rule, Number(text, p.number, p.tone)), p.points_to)
        for p, text in zip(pieces, written.terms, strict=True)
    )
    said = " times ".join(map(spoken, written.terms))
    if len(pieces) > 1:
        is_near = "which is" if written.holds else "which is about"
        said = f"a product of {len(pieces)} factors: {said}, {is_near} {spoken(written.result)}"
    return Product(left, columns, f"{_sentence(words(left))} is {said}.")


def words(formula: Formula) -> str:
    """Return a formula in words, for a screen reader: “o 1 minus t 1”."""
    match formula:
        case Label():
            return _said(formula)
        case Number(shown):
            return spoken(shown)
        case Text(text):
            return _WORDS.get(text, text)
        case Operator(sign):
            return _WORDS.get(sign, sign)
        case Row(parts):
            return _row_words(parts)
        case Fraction(Row((Operator("∂"), of)), Row((Operator("∂"), by))):
            return f"the derivative of {words(of)} with respect to {words(by)}"
        case Fraction(top, bottom):
            return f"{words(top)} over {words(bottom)}"
        case Root(inside):
            return f"the square root of {words(inside)}"
        case Power(base, Number("2")):
            return f"{words(base)} squared"
        case Power(base, Text("T")):
            return f"{words(base)} transposed"
        case Power(base, exponent):
            return f"{words(base)} to the power {words(exponent)}"
        case Brackets(inside, bars):
            return f"{'the absolute value of' if bars else 'the quantity'} {words(inside)},"
        case Cases(cases, otherwise):
            said = ", ".join(f"{words(part)} if {words(condition)}" for part, condition in cases)
            return f"{said}, otherwise {words(otherwise)}"
        case Factor(inside):
            return words(inside)
        case Lines(lines):
            return " ".join(map(words, lines))


def broken(formula: Formula, widest: float = _WIDEST) -> Formula:
    """Return a sum broken into lines no wider than this, in em; anything else as it is."""
    if _width(formula) <= widest:
        return formula
    lines: list[list[Formula]] = [[]]
    taken = 0.0
    for term in _terms(formula, widest):
        width = sum(map(_width, term))
        if lines[-1] and taken + width > widest:
            lines.append([])
            taken = 0.0
        lines[-1] += term
        taken += width
    return Lines(tuple(Row(tuple(line)) for line in lines)) if len(lines) > 1 else formula


_WORDS = {
    "+": "plus",
    MINUS: "minus",
    "·": "times",
    "×": "times",
    "=": "equals",
    "≈": "is about",
    "≠": "is not",
    "<": "is less than",
    "≤": "is at most",
    ">": "is more than",
    "≥": "is at least",
    "∂": "the change of",
    "⋯": "and so on",
    "σ": "sigma of",
    "Σ": "the sum of",
    "ln": "the logarithm of",
    "\u2009": "times",
    "\u2061": "",
    ",": "and",
    "(": "the quantity",
    ")": "",
}


def _said(label: Label) -> str:
    letter = label.letter
    if len(letter) == 1 and "α" <= letter.lower() <= "ω":
        letter = unicodedata.name(letter).split()[-1].lower()
    below = label.below.replace(",", " ")
    if label.above and label.plain.count("_") == 2:  # w2_1_3: the digits are two indices
        below = " ".join(label.below.split(",") if "," in label.below else label.below)
    hat = "hat" if label.hat else ""
    layer = f"of layer {label.above.strip('()')}" if label.above else ""
    return " ".join(filter(None, (letter, hat, below, layer)))


def _sentence(text: str) -> str:
    return text if len(text.split()[0]) == 1 else text[0].upper() + text[1:]


def _row_words(parts: tuple[Formula, ...]) -> str:
    """Return the parts one after the other, with “times” where nothing stands between factors."""
    said = [words(parts[0])]
    for before, part in pairwise(parts):
        if not isinstance(before, Operator | Text) and not isinstance(part, Operator):
            said.append("times")
        said.append(words(part))
    return " ".join(filter(None, said)).rstrip(",")


# How tightly a formula binds, and what it becomes beside others.

_SUM, _PRODUCT, _POWER, _ATOM = range(4)
_LOOSE = {"+", MINUS, "=", "≈", "⋯", *_SIGNS.values()}


def _strength(formula: Formula) -> int:
    match formula:
        case Factor(inside):
            return _strength(inside)
        case Number(shown):
            return _SUM if shown[0] in f"{MINUS}+" else _PRODUCT if "·" in shown else _ATOM
        case Row(parts):
            loose = any(isinstance(part, Operator) and part.sign in _LOOSE for part in parts)
            return _SUM if loose else _PRODUCT
        case Cases() | Lines():
            return _SUM
        case Fraction():
            return _PRODUCT
        case Power():
            return _POWER
        case _:
            return _ATOM


def _bracketed(formula: Formula, least: int) -> Formula:
    """Return a formula, in brackets if it binds less tightly than this."""
    return Brackets(formula) if _strength(formula) < least else formula


def _parts(formula: Formula, strength: int) -> tuple[Formula, ...]:
    """Return the parts of a row that binds like this, else the formula alone."""
    flat = isinstance(formula, Row) and _strength(formula) == strength
    return formula.parts if flat and isinstance(formula, Row) else (formula,)


def _negated(formula: Formula) -> Formula | None:
    """Return x of −x."""
    match formula:
        case Row((Operator(sign), inside)) if sign == MINUS:
            return inside
    return None


def _negate(x: Formula) -> Formula:
    return Row((_MINUS, _bracketed(x, _PRODUCT)))


def _add(x: Formula, y: Formula) -> Formula:
    # − after a sign stands in brackets
    loose = _first(y) == _MINUS or isinstance(y, Cases) or _is_negative(y)
    right = (Brackets(y),) if loose else _parts(y, _SUM)
    return Row((*_parts(_bare(x), _SUM), _PLUS, *right))


def _subtract(x: Formula, y: Formula) -> Formula:
    return Row((*_parts(_bare(x), _SUM), _MINUS, _bracketed(y, _PRODUCT)))


def _sum(terms: Sequence[Formula]) -> Formula:
    total = terms[0]
    for term in terms[1:]:
        total = _add(total, term)
    return total


def _multiply(x: Formula, y: Formula) -> Formula:
    if (inside := _negated(x)) is not None:
        return _negate(_multiply(inside, y))
    left, right = _bracketed(x, _PRODUCT), _bracketed(y, _PRODUCT)
    between = _between(left, right)
    return Row((*_parts(left, _PRODUCT), *between, *_parts(right, _PRODUCT)))


def _divide(x: Formula, y: Formula) -> Formula:
    if (inside := _negated(x)) is not None:
        return _negate(_divide(_unwrapped(inside), y))
    if isinstance(x, Fraction) and isinstance(y, Number):
        return Fraction(x.top, _multiply(y, x.bottom))
    return Fraction(x, y)


def _power(x: Formula, y: Formula) -> Formula:
    inside = x.inside if isinstance(x, Factor) else x
    above = isinstance(inside, Label) and inside.above  # the exponent would stand on it
    return Power(Brackets(x) if above else _bracketed(x, _ATOM), y)


def _folded(sign: type, x: Formula, y: Formula) -> Formula | None:
    """Return what constants make simpler: 3 − 1 is 2, x¹ is x, x·1 is x; else None."""
    if not isinstance(y, Number):
        return None
    if sign is ast.Sub and isinstance(x, Number):
        return _constant(x.exact - y.exact)
    return x if sign in (ast.Pow, ast.Mult) and y.exact == 1 else None


def _call(name: str, *arguments: Formula) -> Formula:
    text = Text(_UPRIGHT.get(name, name))
    first = arguments[0]
    alone = isinstance(first.inside if isinstance(first, Factor) else first, Label | Number)
    if text.text in _WITHOUT_BRACKETS and alone and _strength(first) == _ATOM:
        return Row((text, _APPLY, first))
    listed = [part for argument in arguments for part in (Operator(","), argument)][1:]
    return Row((text, Brackets(first if len(arguments) == 1 else Row(tuple(listed)))))


def _bare(x: Formula) -> Formula:
    return Brackets(x) if isinstance(x, Cases) else x


def _unwrapped(x: Formula) -> Formula:
    return x.inside if isinstance(x, Brackets) and not x.bars else x


def _is_negative(formula: Formula) -> bool:
    first = _first(formula)
    inside = first.inside if isinstance(first, Factor) else first
    return isinstance(inside, Number) and inside.shown[0] == MINUS


def _first(formula: Formula) -> Formula:
    match formula:
        case Row(parts):
            return _first(parts[0])
        case Power(base):
            return _first(base)
        case _:
            return formula


def _between(left: Formula, right: Formula) -> tuple[Formula, ...]:
    """Return what stands between two factors: nothing, a little room, · or ×."""
    last = left.parts[-1] if isinstance(left, Row) else left
    first = _first(right)
    after, before = _inside(last), _inside(first)
    both = isinstance(after, Number) and isinstance(before, Number)
    if both or _is_plugged(last) or _is_plugged(first):
        return (_TIMES,)
    if isinstance(before, Number | Fraction) or _ends_bare(left) or _is_word(after, before):
        return (_DOT,)
    crowded = isinstance(before, Text) or any(
        isinstance(label, Label) and (label.above or label.hat) for label in (after, before)
    )
    return (_GAP,) if crowded and not isinstance(before, Brackets) else ()


def _inside(formula: Formula) -> Formula:
    return formula.inside if isinstance(formula, Factor) else formula


def _is_plugged(formula: Formula) -> bool:
    """Whether it is a number that stands for a quantity, in brackets or not."""
    inside = formula.inside if isinstance(formula, Brackets) else formula
    return isinstance(inside, Factor) and isinstance(inside.inside, Number)


def _ends_bare(formula: Formula) -> bool:
    """Whether it ends in a function without brackets: what follows would seem its argument."""
    return isinstance(formula, Row) and _APPLY in formula.parts[-2:-1]


def _is_word(*formulas: Formula) -> bool:
    return any(isinstance(each, Label) and len(each.letter) > 1 for each in formulas)


class _Printer(ast.NodeVisitor):
    """Reads a rule's syntax tree as a formula."""

    def __init__(self, names: Mapping[str, Formula], *, fold: bool = False) -> None:
        self.names = names
        self.fold = fold  # 2x²⁻¹ becomes 2x

    def visit(self, node: ast.AST) -> Formula:
        found: Formula | None = super().visit(node)
        assert found is not None, f"no notation for {type(node).__name__}"
        return found

    def visit_Name(self, node: ast.Name) -> Formula:
        letter = node.id.rstrip("0123456789")
        return self.names.get(node.id) or Label(letter, node.id[len(letter) :], plain=node.id)

    def visit_Constant(self, node: ast.Constant) -> Formula:
        assert isinstance(node.value, int | float), "a rule's constants are numbers"
        return _HALF if node.value == 0.5 else _constant(node.value)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> Formula:
        return _negate(self.visit(node.operand))

    def visit_BinOp(self, node: ast.BinOp) -> Formula:
        terms = _addends(node)
        if len(terms) > _MOST_TERMS:
            first, second, last = (self.visit(terms[i]) for i in (0, 1, -1))
            return _sum((first, second, _DOTS, last))
        left, right = self.visit(node.left), self.visit(node.right)
        folded = _folded(type(node.op), left, right) if self.fold else None
        return folded or _JOIN[type(node.op)](left, right)

    def visit_Compare(self, node: ast.Compare) -> Formula:
        sign = Operator(_SIGNS[type(node.ops[0])])
        return Row((self.visit(node.left), sign, self.visit(node.comparators[0])))

    def visit_Attribute(self, node: ast.Attribute) -> Formula:
        if node.attr == "T":
            return _power(self.visit(node.value), Text("T"))
        assert node.attr == "size", f"no notation for .{node.attr}"
        return Row((Label("n"), _GAP, Label("k")))  # examples times outputs

    def visit_Call(self, node: ast.Call) -> Formula:
        if isinstance(node.func, ast.Attribute):  # .reshape: the same numbers
            return self.visit(node.func.value)
        assert isinstance(node.func, ast.Name), "a rule calls functions by name"
        name = node.func.id
        if name == "where":
            return self.cases(node)
        if name == "where_zero":  # 0 · ln 0 is 0: a matter of code, not of notation
            return self.visit(node.args[1])
        if name == "len":
            return Label("n")
        arguments = [self.visit(argument) for argument in node.args if not _is_axis(argument, name)]
        special = _CALLS.get(name)
        return special(*arguments) if special else _call(name, *arguments)

    def cases(self, node: ast.Call) -> Cases:
        """Return nested choices as one; a condition x ≤ 0 is turned round to the usual x > 0."""
        condition, yes, no = node.args
        if _is_bounded_by_number(condition) and not isinstance(no, ast.Call):
            turned = ast.Compare(condition.left, [ast.Gt()], condition.comparators)
            return Cases(((self.visit(no), self.visit(turned)),), self.visit(yes))
        case = (self.visit(yes), self.visit(condition))
        rest = self.visit(no)
        if isinstance(rest, Cases):
            return Cases((case, *rest.cases), rest.otherwise)
        return Cases((case,), rest)


def _is_axis(argument: ast.expr, name: str) -> bool:
    return name == "total" and isinstance(argument, ast.Constant)


def _is_bounded_by_number(condition: ast.expr) -> TypeGuard[ast.Compare]:
    return (
        isinstance(condition, ast.Compare)
        and isinstance(condition.ops[0], ast.LtE)
        and isinstance(condition.comparators[0], ast.Constant)
    )


def _addends(node: ast.expr) -> list[ast.expr]:
    """Return the terms of a chain a + b + …, which text of any length makes from the left."""
    found: list[ast.expr] = []
    while isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        found.append(node.right)
        node = node.left
    return [node, *reversed(found)]


def _exponential(x: Formula) -> Formula:
    return Power(Text("e"), x)


def _total(x: Formula) -> Formula:
    return Row((Text("Σ"), _GAP, _bracketed(x, _PRODUCT)))


_JOIN: Mapping[type, Callable[[Formula, Formula], Formula]] = {
    ast.Add: _add,
    ast.Sub: _subtract,
    ast.Mult: _multiply,
    ast.Div: _divide,
    ast.Pow: _power,
}
_CALLS: Mapping[str, Callable[..., Formula]] = {
    "exp": _exponential,
    "sqrt": Root,
    "abs": lambda x: Brackets(x, bars=True),
    "log1p": lambda x: _call("log", _add(Number("1", 1.0), x)),
    "pow": _power,
    "xlogy": lambda x, y: _multiply(x, _call("log", y)),
    "ones": lambda _: Text("Σ"),
    "dot": lambda x, y: _total(y) if x == Text("Σ") else _multiply(x, y),  # ones · g adds g up
    "total": _total,
    "log_sum_exp": lambda x: _call("log", _total(_exponential(x))),
}


def _value_text(
    graph: Graph, position: int, inputs: Sequence[Formula]
) -> tuple[str, Mapping[str, Formula]]:
    """Return the text of a node's value, and what stands for the names in it."""
    row = graph.row(position)
    called = row.name in ("max", "min")  # their names say more than their cases
    text = f"{row.name}({', '.join(row.inputs)})" if called else row.value
    return text, dict(zip(row.inputs, inputs, strict=True))


def _constant(x: float) -> Formula:
    """Return a constant as it was typed: 2, 0.01, π."""
    if x == math.pi:
        return Label("π")
    if x == math.e:
        return Text("e")
    shown = field(x)
    return Number(short(x) if "e" in shown else shown.replace("-", MINUS), float(x))


def _letter(graph: Graph, position: int, name_of: NameOf, *, points: bool = True) -> Formula:
    node = graph.nodes[position]
    if node.number is not None:
        return _constant(node.number)
    return Factor(name_of(node.name), f"n-{node.name}") if points else name_of(node.name)


def _plugged(graph: Graph, position: int, shown: str, exact: float) -> Formula:
    node = graph.nodes[position]
    if node.number is not None:
        return Number(shown, node.number) if node.number % 1 else _constant(node.number)
    return Factor(Number(shown, exact, "forward"), f"n-{node.name}")


def _weighted(inputs: Sequence[Formula], rest: Formula, most: int) -> Formula:
    """Return w₁x₁ + … + b; of more products than `most`, two, the rest, and the last."""
    n = len(inputs) // 2
    products = [_multiply(inputs[i], inputs[n + i]) for i in range(n)]
    if n > most:
        products = [*products[:2], rest, products[-1]]
    return _sum((*products, inputs[-1]))


def _wide_weighted(
    graph: Graph, position: int, values: Sequence[float]
) -> tuple[Formula, str, Number]:
    """Return a weighted sum in numbers, with the products in its middle as one number."""
    inputs = graph.nodes[position].inputs
    n = len(inputs) // 2
    w, x, b = inputs[:n], inputs[n:-1], inputs[-1]
    products = [values[i] * values[j] for i, j in zip(w, x, strict=True)]
    rest = math.fsum(products[2:-1])
    kept = (w[0], x[0], w[1], x[1], w[-1], x[-1], b)
    terms = (*(values[i] for i in kept), rest)
    written = adds_up(terms, values[position], _sum_of_four)
    p, q, r, s, t, u, v = (
        _plugged(graph, i, text, values[i]) for i, text in zip(kept, written.terms, strict=False)
    )
    number = _bracketed(Number(written.terms[-1], rest, "forward"), _PRODUCT)
    middle = Row((number, Text(f"\u00a0({n - 3} products)")))
    result = Number(written.result, values[position], "forward")
    parts = (_multiply(p, q), _multiply(r, s), middle, _multiply(t, u), v)
    return broken(_sum(parts)), written.sign, result


def _sum_of_four(*point: float) -> float:
    w1, x1, w2, x2, w, x, b, rest = point
    return w1 * x1 + w2 * x2 + rest + w * x + b


def _terms(formula: Formula, widest: float) -> list[list[Formula]]:
    """Return the terms of a sum, each with the sign before it; the wide ones in pieces."""
    terms: list[list[Formula]] = [[]]
    for part in formula.parts if isinstance(formula, Row) else (formula,):
        if part in (_PLUS, _MINUS) and terms[-1]:
            terms.append([])
        terms[-1].append(part)
    return [piece for term in terms for piece in _pieces(term, widest)]


def _pieces(term: list[Formula], widest: float) -> list[list[Formula]]:
    """Return a term in pieces: a sum in brackets is opened, one over a number stands beside 1/n."""
    *before, last = term
    if sum(map(_width, term)) <= widest:
        return [term]
    if isinstance(last, Row) and _strength(last) != _SUM:
        return _pieces([*before, *last.parts], widest)
    if isinstance(last, Fraction) and isinstance(last.bottom, Number):
        share = Fraction(Number("1", 1.0), last.bottom)
        return _pieces([*before, share, Brackets(last.top)], widest)
    if not isinstance(last, Brackets) or last.bars or _strength(last.inside) != _SUM:
        return [term]
    first, *rest = _terms(last.inside, widest)
    pieces = [[*before, Operator("("), *first], *rest]
    pieces[-1] = [*pieces[-1], Operator(")")]
    return pieces


def _width(formula: Formula) -> float:
    """Return about how wide a formula is, in em of its letters."""
    match formula:
        case Label(letter, below, above):
            return 0.58 * len(letter) + 0.42 * max(len(below), len(above))
        case Number(shown):
            return 0.56 * len(shown)
        case Text(text):
            return 0.5 * len(text)
        case Operator(sign):
            thin = 0.2 if sign in (_GAP.sign, _APPLY.sign) else 0.35 if sign in "()," else 0.0
            return thin or (0.65 if sign == "·" else 1.2)
        case Row(parts) | Lines(parts):
            return sum(map(_width, parts))
        case Fraction(top, bottom):
            return max(_width(top), _width(bottom)) + 0.2
        case Power(base, exponent):
            return _width(base) + 0.7 * _width(exponent)
        case Brackets(inside) | Root(inside) | Factor(inside):
            return _width(inside) + (0 if isinstance(formula, Factor) else 0.7)
        case Cases(cases, otherwise):
            widest = max(_width(part) + _width(condition) for part, condition in cases)
            return max(widest, _width(otherwise) + 3.5) + 2.0
