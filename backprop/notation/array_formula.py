"""A formula of arrays taken apart, so that each array can stand above its shape."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from backprop.notation.formula import (
    Brackets,
    Factor,
    Formula,
    Fraction,
    Label,
    Operator,
    Power,
    Row,
    Text,
)

Shape = tuple[int, ...]
Shapes = Mapping[str, Shape]  # of the arrays, by name


@dataclass(frozen=True, slots=True)
class FormulaPart:
    """A part of a formula with what stands below it."""

    formula: Formula | None  # an array or an expression of arrays; None for a sign
    sign: str = ""  # = + · or ⊙, the product entry by entry; Σ adds rows up
    shape: str = ""  # “32 × 8”, “8”, or empty for a number and for a sign


def shape_words(shape: Sequence[int]) -> str:
    """Return a shape as it is shown: 32 × 8; nothing for a number."""
    return " × ".join(map(str, shape))


def split_formula(formula: Formula, shapes: Shapes) -> Iterator[FormulaPart]:
    """Return a formula in pieces: a product or a sum of arrays is taken apart, no other."""
    match formula:
        case Row(parts):
            for part in _with_arguments(parts):
                yield from (
                    (whole_part(part, shapes),) if _calls(part) else split_formula(part, shapes)
                )
        case Operator(sign) if not sign.strip("\u2009\u2061"):
            return
        case Operator(sign) | Text(sign):
            yield FormulaPart(None, sign)
        case _:
            yield whole_part(formula, shapes)


def whole_part(formula: Formula, shapes: Shapes) -> FormulaPart:
    """Return a whole expression as one piece."""
    return FormulaPart(formula, "", shape_words(shape_of(formula, shapes)))


def _calls(formula: Formula) -> bool:
    """Whether it is a function of what follows: relu(Z), sign(W)."""
    match formula:
        case Row((Text(name), *_)):
            return name != "Σ"
    return False


def _with_arguments(parts: tuple[Formula, ...]) -> Iterator[Formula]:
    """Return parts side by side, with a function’s name and its argument as one."""
    waiting: tuple[Formula, ...] = ()
    for part in parts:
        if waiting and not isinstance(part, Operator):
            yield Row((*waiting, part))
            waiting = ()
        elif waiting or (isinstance(part, Text) and part.text != "Σ"):
            waiting = (*waiting, part)
        else:
            yield part


def shape_of(formula: Formula, shapes: Shapes) -> Shape:
    """Return the shape of an expression; () for a number."""
    match formula:
        case Label(plain=plain):
            return shapes.get(plain, ())
        case Fraction(Row((Operator("∂"), _)), Row((Operator("∂"), by))):
            return shape_of(by, shapes)
        case Power(base, Text("T")):
            return shape_of(base, shapes)[::-1]
        case Fraction(top, bottom):
            return () if _adds_up(top) else shape_of(top, shapes) or shape_of(bottom, shapes)
        case Power(inside) | Brackets(inside) | Factor(inside):
            return shape_of(inside, shapes)
        case Row(parts):
            return next(filter(None, (shape_of(part, shapes) for part in parts)), ())
        case _:
            return ()


def _adds_up(formula: Formula) -> bool:
    """Whether an expression is the sum over the entries of an array: one number."""
    return isinstance(formula, Row) and any(
        part == Text("Σ") or _adds_up(part) for part in formula.parts
    )
