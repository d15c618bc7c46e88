"""Formula → MathML; the one place where markup is made in Python.

Every string passes `_element`, which escapes whatever is not markup already: a name that a
visitor typed cannot become an element. Nothing carries an id (a morph would lose it); what can be
pointed at carries data-f. Colours and sizes are those of formula.css.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from markupsafe import Markup, escape

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

WIDEST = 3  # columns that stand side by side in a narrow panel; more stand below each other

_TONES = {"forward": "fwd", "backward": "bwd"}
_TO_THE_LEFT = (("columnalign", "left"),)  # for Firefox; Chromium obeys formula.css
_SPACES = {"\u2009": "0.17em", "\u2061": "0.17em"}  # fonts draw these two as they like


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
    return _element(
        "math", inside, attributes=(*block, ("alttext", spoken), ("aria-label", spoken))
    )


def _element(name: str, *children: Any, attributes: tuple[tuple[str, str], ...] = ()) -> Markup:
    """Return an element; children that are not markup yet are escaped, and so are attributes."""
    inside = [each if type(each) is Markup else escape(each) for each in children]
    return Markup("".join((_opening(name, attributes), *inside, _CLOSING[name])))


@lru_cache(maxsize=4096)
def _opening(name: str, attributes: tuple[tuple[str, str], ...]) -> Markup:
    pairs = (piece for key, value in attributes for piece in (" ", key, '="', escape(value), '"'))
    return Markup("".join(("<", name, *pairs, ">")))


_NAMES = "math mrow mi mn mo mtext mspace msub msup msubsup mover mfrac msqrt mtable mtr mtd"
_CLOSING = {name: Markup(f"</{name}>") for name in _NAMES.split()}


@lru_cache(maxsize=2048)
def _leaf(name: str, text: str, *attributes: tuple[str, str]) -> Markup:
    return _element(name, text, attributes=attributes)


def _part(formula: Formula, attributes: tuple[tuple[str, str], ...] = ()) -> Markup:
    return _WRITE[type(formula)](formula, attributes)


@lru_cache(maxsize=4096)
def _label(label: Label, attributes: tuple[tuple[str, str], ...]) -> Markup:
    letter = _leaf("mi", label.letter)
    if label.hat:
        hat = _leaf("mo", "\u02c6", ("stretchy", "false"))
        letter = _element("mover", letter, hat, attributes=(("accent", "true"),))
    below = _leaf("mn" if label.below[:1].isdigit() else "mtext", label.below)
    above = _leaf("mn", label.above)
    if label.below and label.above:
        return _element("msubsup", letter, below, above, attributes=attributes)
    if label.below or label.above:
        name, script = ("msub", below) if label.below else ("msup", above)
        return _element(name, letter, script, attributes=attributes)
    return _element("mrow", letter, attributes=attributes) if attributes else letter


def _number(number: Number, attributes: tuple[tuple[str, str], ...]) -> Markup:
    tone = (("class", _TONES[number.tone]),) if number.tone else ()
    digits, _, power = number.shown.partition("·10")
    if not power:
        return _leaf("mn", digits, *attributes, *tone)
    ten = _element("msup", _leaf("mn", "10"), _leaf("mn", power.translate(_LOWERED)))
    dot = _leaf("mo", "·", ("lspace", "0.05em"), ("rspace", "0.05em"))
    return _element("mrow", _leaf("mn", digits), dot, ten, attributes=(*attributes, *tone))


_LOWERED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789−")


def _text(text: Text, attributes: tuple[tuple[str, str], ...]) -> Markup:
    name = "mtext" if " " in text.text else "mi"
    return _leaf(name, text.text, ("mathvariant", "normal"), *attributes)


def _operator(operator: Operator, attributes: tuple[tuple[str, str], ...]) -> Markup:
    if space := _SPACES.get(operator.sign):
        return _leaf("mspace", "", ("width", space))
    if operator.sign == "∂":
        return _leaf("mo", "∂", ("form", "prefix"), ("rspace", "0"), *attributes)
    if operator.sign in "()":  # of a sum in brackets that goes on in the next line
        form = "prefix" if operator.sign == "(" else "postfix"
        return _leaf("mo", operator.sign, ("form", form), ("stretchy", "false"))
    return _leaf("mo", operator.sign, *attributes)


def _row(row: Row, attributes: tuple[tuple[str, str], ...]) -> Markup:
    return _element("mrow", *map(_part, row.parts), attributes=attributes)


def _fraction(fraction: Fraction, attributes: tuple[tuple[str, str], ...]) -> Markup:
    top, bottom = _part(fraction.top), _part(fraction.bottom)
    return _element("mfrac", top, bottom, attributes=attributes)


def _root(root: Root, attributes: tuple[tuple[str, str], ...]) -> Markup:
    return _element("msqrt", _part(root.inside), attributes=attributes)


def _power(power: Power, attributes: tuple[tuple[str, str], ...]) -> Markup:
    return _element("msup", _part(power.base), _part(power.exponent), attributes=attributes)


def _brackets(brackets: Brackets, attributes: tuple[tuple[str, str], ...]) -> Markup:
    left, right = ("|", "|") if brackets.bars else ("(", ")")
    tall = "true" if _is_tall(brackets.inside) else "false"
    return _element(
        "mrow",
        _leaf("mo", left, ("form", "prefix"), ("stretchy", tall)),
        _part(brackets.inside),
        _leaf("mo", right, ("form", "postfix"), ("stretchy", tall)),
        attributes=attributes,
    )


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


def _cases(cases: Cases, attributes: tuple[tuple[str, str], ...]) -> Markup:
    rows = [
        _cells(_part(part), _leaf("mtext", "if"), _part(condition))
        for part, condition in cases.cases
    ]
    rows.append(_cells(_part(cases.otherwise), _leaf("mtext", "otherwise"), span=2))
    table = _element("mtable", *rows, attributes=(("class", "cases"), *_TO_THE_LEFT))
    brace = _leaf("mo", "{", ("form", "prefix"), ("stretchy", "true"))
    return _element("mrow", brace, table, attributes=attributes)


def _cells(*cells: Markup, span: int = 1) -> Markup:
    """Return a table row; its last cell may span several columns."""
    *others, last = cells
    wide = (("columnspan", str(span)),) if span > 1 else ()
    row = (*(_element("mtd", cell) for cell in others), _element("mtd", last, attributes=wide))
    return _element("mtr", *row)


def _factor(factor: Factor, attributes: tuple[tuple[str, str], ...]) -> Markup:
    return _part(factor.inside, (*attributes, ("data-f", factor.points_to)))


def _lines(lines: Lines, attributes: tuple[tuple[str, str], ...]) -> Markup:
    first, *rest = lines.lines
    rows = (_cells(_part(first)), *(_cells(_line(line)) for line in rest))
    return _element("mtable", *rows, attributes=(("class", "lines"), *_TO_THE_LEFT, *attributes))


def _line(line: Formula) -> Markup:
    """Return a line of a sum; a sign at its start keeps the room that it has inside."""
    if isinstance(line, Row) and isinstance(line.parts[0], Operator):
        sign = _leaf("mo", line.parts[0].sign, ("form", "infix"), ("lspace", "0"))
        return _element("mrow", sign, *map(_part, line.parts[1:]))
    return _part(line)


_WRITE: dict[type, Callable[[Any, tuple[tuple[str, str], ...]], Markup]] = {
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

_LEFT, _OP, _NONE = (("class", "lhs"),), (("class", "op"),), Markup("")


def _cell(inside: Markup, attributes: tuple[tuple[str, str], ...]) -> Markup:
    return _element("mtd", inside, attributes=attributes)


def _sign(sign: str) -> Markup:
    return _cell(_leaf("mo", sign) if sign else _NONE, _OP)


def _points(column: Column) -> tuple[tuple[str, str], ...]:
    points = (("data-f", column.points_to),) if column.points_to else ()
    return (("class", "f"), *points)


def _wide(product: Product) -> Markup:
    """Return a product with its factors side by side: letters, rules and numbers below them."""
    rows = []
    for i in range(max(len(column.lines) for column in product.columns)):
        line = [column.lines[i] for column in product.columns]
        times = "×" if all(isinstance(part, Number) for part in line) else "·"
        cells = [_cell(_NONE if i else _part(product.left), _LEFT), _sign("=")]
        for column, part in zip(product.columns, line, strict=True):
            cells += [_cell(_part(part), _points(column)), _sign(times)]
        rows.append(_element("mtr", *cells[:-1], attributes=(("class", f"r{i + 1}"),)))
    return _element("mtable", *rows, attributes=(("class", "chain"),))


def _tall(product: Product) -> Markup:
    """Return a product with its factors below each other, each a line: ∂o/∂z = o(1 − o) = 0.2."""
    rows = []
    for i, column in enumerate(product.columns):
        sign = "·" if i else "="
        cells = [_cell(_NONE if i else _part(product.left), _LEFT), _sign(sign)]
        equals = _cell(_leaf("mo", "="), (("class", "f op"), *_points(column)[1:]))
        for part in column.lines:
            cells += [_cell(_part(part), _points(column)), equals]
        rows.append(_element("mtr", *cells[:-1]))
    return _element("mtable", *rows, attributes=(("class", "chain tall"),))


def _equation(equation: Equation) -> Markup:
    """Return what a quantity equals, a side below the other, long ones in several lines."""
    rows: list[Markup] = []
    for sign, side in equation.sides:
        for i, line in enumerate(side.lines if isinstance(side, Lines) else (side,)):
            left = _NONE if rows else _part(equation.left)
            right = _element("mtd", _line(line) if i else _part(line))
            cells = (_cell(left, _LEFT), _sign("" if i else sign), right)
            rows.append(_element("mtr", *cells))
    return _element("mtable", *rows, attributes=(("class", "equation"), *_TO_THE_LEFT))
