"""Formula → MathML; the one place where markup is made in Python.

Texts enter as the inside of a `_leaf` or as the value of an attribute, and are escaped there: a
name that a visitor typed cannot become an element. All else here is markup, joined as plain
strings and called so once, at the end. Nothing carries an id (a morph would lose it); what can be
pointed at carries data-f. Colours and sizes are those of formula.css.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from markupsafe import Markup

from backprop.notation.derivation import Column, Equation, Product
from backprop.notation.formula import (
    Brackets,
    Cases,
    Factor,
    Formula,
    Fraction,
    Label,
    Lines,
    Number,
    Operator,
    Power,
    Root,
    Row,
    Text,
)
from backprop.notation.spoken import words
from backprop.web.templates import escaped

WIDEST = 3  # columns that stand side by side in a narrow panel; more stand below each other

_TONES = {"forward": "fwd", "backward": "bwd"}
_TO_THE_LEFT = (("columnalign", "left"),)  # for Firefox; Chromium obeys formula.css
_SPACES = {"\u2009": "0.17em", "\u2061": "0.17em"}  # fonts draw these two as they like

Attributes = tuple[tuple[str, str], ...]


@lru_cache(maxsize=4096)
def mathml(formula: Formula | Product | Equation, display: bool = False) -> Markup:
    """Return a formula as a <math> element, with its words for a screen reader.

    Args:
        formula: what to write.
        display: on a line of its own, in full size; else within a sentence.
    """
    if isinstance(formula, Product):
        side_by_side = len(formula.columns) <= WIDEST
        inside, spoken = (_wide if side_by_side else _tall)(formula), formula.alt
    elif isinstance(formula, Equation):
        inside, spoken = _equation(formula), formula.alt
    else:
        inside, spoken = _part(formula), words(formula)
    block = (("display", "block"),) if display else ()
    return Markup(_element("math", inside, (*block, ("alttext", spoken), ("aria-label", spoken))))


def _element(name: str, inside: str, attributes: Attributes = ()) -> str:
    """Return an element around markup."""
    return f"{_opening(name, attributes)}{inside}</{name}>"


@lru_cache(maxsize=4096)
def _opening(name: str, attributes: Attributes) -> str:
    pairs = (piece for key, value in attributes for piece in (" ", key, '="', escaped(value), '"'))
    return "".join(("<", name, *pairs, ">"))


@lru_cache(maxsize=2048)
def _leaf(name: str, text: str, *attributes: tuple[str, str]) -> str:
    """Return an element around a text."""
    return _element(name, escaped(text), attributes)


def _part(formula: Formula, attributes: Attributes = ()) -> str:
    return _WRITE[type(formula)](formula, attributes)


@lru_cache(maxsize=4096)
def _label(label: Label, attributes: Attributes) -> str:
    letter = _leaf("mi", label.letter)
    if label.hat:
        hat = _leaf("mo", "\u02c6", ("stretchy", "false"))
        letter = _element("mover", letter + hat, (("accent", "true"),))
    below = _leaf("mn" if label.below[:1].isdigit() else "mtext", label.below)
    above = _leaf("mn", label.above)
    if label.below and label.above:
        return _element("msubsup", letter + below + above, attributes)
    if label.below or label.above:
        name, script = ("msub", below) if label.below else ("msup", above)
        return _element(name, letter + script, attributes)
    return _element("mrow", letter, attributes) if attributes else letter


def _number(number: Number, attributes: Attributes) -> str:
    if number.tone:
        attributes = (*attributes, ("class", _TONES[number.tone]))
    digits, _, power = number.shown.partition("·10")
    if not power:
        return _element("mn", escaped(digits), attributes)
    ten = _element("msup", _leaf("mn", "10") + _leaf("mn", power.translate(_LOWERED)))
    dot = _leaf("mo", "·", ("lspace", "0.05em"), ("rspace", "0.05em"))
    return _element("mrow", _leaf("mn", digits) + dot + ten, attributes)


_LOWERED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789−")


def _text(text: Text, attributes: Attributes) -> str:
    name = "mtext" if " " in text.text else "mi"
    return _leaf(name, text.text, ("mathvariant", "normal"), *attributes)


def _operator(operator: Operator, attributes: Attributes) -> str:
    if space := _SPACES.get(operator.sign):
        return _leaf("mspace", "", ("width", space))
    if operator.sign == "∂":
        return _leaf("mo", "∂", ("form", "prefix"), ("rspace", "0"), *attributes)
    if operator.sign in "()":  # of a sum in brackets that goes on in the next line
        form = "prefix" if operator.sign == "(" else "postfix"
        return _leaf("mo", operator.sign, ("form", form), ("stretchy", "false"))
    return _leaf("mo", operator.sign, *attributes)


def _row(row: Row, attributes: Attributes) -> str:
    return _element("mrow", _joined(row.parts), attributes)


def _joined(parts: Sequence[Formula]) -> str:
    return "".join([_WRITE[type(part)](part, ()) for part in parts])


def _fraction(fraction: Fraction, attributes: Attributes) -> str:
    return _element("mfrac", _part(fraction.top) + _part(fraction.bottom), attributes)


def _root(root: Root, attributes: Attributes) -> str:
    return _element("msqrt", _part(root.inside), attributes)


def _power(power: Power, attributes: Attributes) -> str:
    return _element("msup", _part(power.base) + _part(power.exponent), attributes)


def _brackets(brackets: Brackets, attributes: Attributes) -> str:
    left, right = ("|", "|") if brackets.bars else ("(", ")")
    tall = ("stretchy", "true" if _is_tall(brackets.inside) else "false")
    opening = _leaf("mo", left, ("form", "prefix"), tall)
    closing = _leaf("mo", right, ("form", "postfix"), tall)
    return _element("mrow", opening + _part(brackets.inside) + closing, attributes)


def _is_tall(formula: Formula) -> bool:
    match formula:
        case Fraction() | Cases() | Lines():
            return True
        case Row(parts):
            return any(map(_is_tall, parts))
        case Factor(inside) | Root(inside) | Brackets(inside):
            return _is_tall(inside)
        case Power(base):
            return _is_tall(base)
        case _:
            return False


def _cases(cases: Cases, attributes: Attributes) -> str:
    rows = [
        _cells(_part(part), _leaf("mtext", "if"), _part(condition))
        for part, condition in cases.cases
    ]
    rows.append(_cells(_part(cases.otherwise), _leaf("mtext", "otherwise"), span=2))
    table = _element("mtable", "".join(rows), (("class", "cases"), *_TO_THE_LEFT))
    brace = _leaf("mo", "{", ("form", "prefix"), ("stretchy", "true"))
    return _element("mrow", brace + table, attributes)


def _cells(*cells: str, span: int = 1) -> str:
    """Return a table row; its last cell may span several columns."""
    *others, last = cells
    wide = (("columnspan", str(span)),) if span > 1 else ()
    row = (*(_element("mtd", cell) for cell in others), _element("mtd", last, wide))
    return _element("mtr", "".join(row))


def _factor(factor: Factor, attributes: Attributes) -> str:
    return _part(factor.inside, (*attributes, ("data-f", factor.points_to)))


def _lines(lines: Lines, attributes: Attributes) -> str:
    first, *rest = lines.lines
    rows = (_cells(_part(first)), *(_cells(_line(line)) for line in rest))
    return _element("mtable", "".join(rows), (("class", "lines"), *_TO_THE_LEFT, *attributes))


def _line(line: Formula) -> str:
    """Return a line of a sum; a sign at its start keeps the room that it has inside."""
    if isinstance(line, Row) and isinstance(line.parts[0], Operator):
        sign = _leaf("mo", line.parts[0].sign, ("form", "infix"), ("lspace", "0"))
        return _element("mrow", sign + _joined(line.parts[1:]))
    return _part(line)


_WRITE: dict[type, Callable[[Any, Attributes], str]] = {
    Label: _label,
    Number: _number,
    Text: _text,
    Operator: _operator,
    Row: _row,
    Fraction: _fraction,
    Root: _root,
    Power: _power,
    Brackets: _brackets,
    Cases: _cases,
    Factor: _factor,
    Lines: _lines,
}

_LEFT, _OP = (("class", "lhs"),), (("class", "op"),)


def _sign(sign: str) -> str:
    return _element("mtd", _leaf("mo", sign) if sign else "", _OP)


def _points(column: Column) -> Attributes:
    points = (("data-f", column.points_to),) if column.points_to else ()
    return (("class", "f"), *points)


def _wide(product: Product) -> str:
    """Return a product with its factors side by side: letters, rules and numbers below them."""
    rows = []
    for i in range(max(len(column.lines) for column in product.columns)):
        line = [column.lines[i] for column in product.columns]
        times = "×" if all(isinstance(part, Number) for part in line) else "·"
        cells = [_element("mtd", "" if i else _part(product.left), _LEFT), _sign("=")]
        for column, part in zip(product.columns, line, strict=True):
            cells += [_element("mtd", _part(part), _points(column)), _sign(times)]
        rows.append(_element("mtr", "".join(cells[:-1]), (("class", f"r{i + 1}"),)))
    return _element("mtable", "".join(rows), (("class", "chain"),))


def _tall(product: Product) -> str:
    """Return a product with its factors below each other, each a line: ∂o/∂z = o(1 − o) = 0.2."""
    rows = []
    for i, column in enumerate(product.columns):
        left = "" if i else _part(product.left)
        cells = [_element("mtd", left, _LEFT), _sign("·" if i else "=")]
        equals = _element("mtd", _leaf("mo", "="), (("class", "f op"), *_points(column)[1:]))
        for part in column.lines:
            cells += [_element("mtd", _part(part), _points(column)), equals]
        rows.append(_element("mtr", "".join(cells[:-1])))
    return _element("mtable", "".join(rows), (("class", "chain tall"),))


def _equation(equation: Equation) -> str:
    """Return what a quantity equals, a side below the other, long ones in several lines."""
    rows: list[str] = []
    for sign, side in equation.sides:
        for i, line in enumerate(side.lines if isinstance(side, Lines) else (side,)):
            left = _element("mtd", "" if rows else _part(equation.left), _LEFT)
            right = _element("mtd", _line(line) if i else _part(line))
            rows.append(_element("mtr", left + _sign("" if i else sign) + right))
    return _element("mtable", "".join(rows), (("class", "equation"), *_TO_THE_LEFT))
