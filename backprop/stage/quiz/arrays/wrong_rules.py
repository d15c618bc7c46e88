"""What is easily done wrong in a rule of arrays, one at a time: each gives another rule.

    dZ.T @ A   →   A @ dZ.T, dZ @ A, dZ @ A.T, dZ.T * A, dZ.T @ W, sum(dZ, axis=0) …

Each change is made at one place of the right rule's tree, so it reads as one that was meant.
Nothing here knows what the rules come to; rules.py keeps those that differ.
"""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from backprop.stage.quiz.arrays.rule_slips import (
    ADDED,
    ADDED_WITHIN,
    ALL_AXES,
    ARRIVING_FORGOTTEN,
    BY_GRADIENT,
    DIVIDED,
    DIVIDED_WITHIN,
    DOUBLED,
    ENTRYWISE,
    FACTOR_FORGOTTEN,
    FIRST_ROW,
    FUNCTION_FORGOTTEN,
    LETTERS_SWAPPED,
    LOCAL_FORGOTTEN,
    MASK_FORGOTTEN,
    MASK_TURNED,
    MATRIX,
    MEAN,
    MINUS_ADDED,
    MINUS_LOST,
    MOVED,
    MULTIPLIED,
    NO_TRANSPOSE,
    NOT_DIVIDED,
    NOT_PLACED,
    NOT_RESHAPED,
    OTHER_OPERAND,
    OTHER_PLACE,
    OWN_BESIDE,
    OWN_FACTOR,
    OWN_VALUE,
    READ_AGAIN,
    SCALE,
    SQUARE,
    SUM_FORGOTTEN,
    SWAPPED,
    TERM_FORGOTTEN,
    TERM_SIGN,
    TRANSPOSED,
    WHOLE_TURNED,
    WRONG_AXIS,
    RuleSlip,
)
from backprop.stage.quiz.arrays.texts import (
    BY_SHAPE_ALONE,
    Put,
    Run,
    places,
)

LONGEST_NAMES = 6  # of other operands that are tried


@dataclass(frozen=True, slots=True)
class WrongRule:
    """A rule with one thing done wrong."""

    tree: ast.expr
    slip: RuleSlip


def wrong_rules(
    right: ast.expr, arriving: str, operands: Sequence[str], own: str, run: Run
) -> Iterator[WrongRule]:
    """Yield rules with one thing done wrong, the likeliest of each kind first.

    Args:
        right: the right rule.
        arriving: the name of the gradient that arrives, dZ; empty for a value.
        operands: the names that the line reads, and its own.
        own: the name of what the gradient is asked of; empty for a part of a rule.
        run: computes rules at the arrays of the pass.
    """
    for part, put in places(right):
        yield from _at(part, put, arriving, run)
    yield from _others(right, arriving, operands[:LONGEST_NAMES])
    if arriving and own:
        yield from _whole(right, arriving, own, run)


def _at(part: ast.expr, put: Put, arriving: str, run: Run) -> Iterator[WrongRule]:
    match part:
        case ast.BinOp(left=left, op=ast.MatMult(), right=right):
            yield from _at_product(left, right, put, run)
        case ast.BinOp(op=op):
            yield from _at_sign(part, op, put, arriving)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            yield WrongRule(put(operand), MINUS_LOST)
        case ast.Call(func=ast.Name(id=name)):
            yield from _at_call(part, name, put, arriving, run)
        case ast.Subscript(value=value, slice=index) if arriving:
            yield from _at_index(value, index, put)


def _at_product(left: ast.expr, right: ast.expr, put: Put, run: Run) -> Iterator[WrongRule]:
    x, y = _turn(left, run), _turn(right, run)
    yield WrongRule(put(_times(right, left)), SWAPPED)
    if x and y:
        yield WrongRule(put(_times(x, y)), MOVED)
    for turned, product in ((left, x and _times(x, right)), (right, y and _times(left, y))):
        if product:
            yield WrongRule(put(product), NO_TRANSPOSE if _is_turned(turned) else TRANSPOSED)
    yield WrongRule(put(ast.BinOp(left, ast.Mult(), right)), ENTRYWISE)
    if x and y:
        yield WrongRule(put(_times(y, x)), WHOLE_TURNED)


def _times(x: ast.expr, y: ast.expr) -> ast.expr:
    return ast.BinOp(x, ast.MatMult(), y)


def _is_turned(tree: ast.expr) -> bool:
    return isinstance(tree, ast.Attribute)


def _turn(tree: ast.expr, run: Run) -> ast.expr | None:
    """Return a factor turned round; None where that is the same."""
    if isinstance(tree, ast.Attribute):
        return tree.value
    axes = len(run.shape(tree))
    return ast.Attribute(tree, "T" if axes == 2 else "mT") if axes > 1 else None


def _at_sign(part: ast.BinOp, op: ast.operator, put: Put, arriving: str) -> Iterator[WrongRule]:
    x, y = part.left, part.right
    match op:
        case ast.Mult():
            chained = _mentions(part, arriving)
            for kept, lost in ((x, y), (y, x)):
                slip = LOCAL_FORGOTTEN if chained else FACTOR_FORGOTTEN
                slip = SCALE if _is_number(lost) else slip
                if arriving and _mentions(lost, arriving):
                    slip = ARRIVING_FORGOTTEN
                if not _is_number(kept):
                    yield WrongRule(put(kept), slip)
            divided, added = (DIVIDED, ADDED) if chained else (DIVIDED_WITHIN, ADDED_WITHIN)
            yield WrongRule(put(ast.BinOp(x, ast.Div(), y)), divided)
            yield WrongRule(put(ast.BinOp(x, ast.Add(), y)), added)
            if not _is_number(x) and not _is_number(y):
                yield WrongRule(put(_times(x, y)), MATRIX)
        case ast.Div():
            yield WrongRule(put(x), NOT_DIVIDED)
            yield WrongRule(put(ast.BinOp(x, ast.Mult(), y)), MULTIPLIED)
        case ast.Sub():
            if not _is_number(x):
                yield WrongRule(put(x), TERM_FORGOTTEN)
            yield WrongRule(put(y), TERM_FORGOTTEN)
            yield WrongRule(put(ast.BinOp(x, ast.Add(), y)), TERM_SIGN)
            yield WrongRule(put(ast.BinOp(y, ast.Sub(), x)), TERM_SIGN)
        case ast.Add():
            for kept in (x, y):
                if not _is_number(kept):
                    yield WrongRule(put(kept), TERM_FORGOTTEN)
            yield WrongRule(put(ast.BinOp(x, ast.Sub(), y)), TERM_SIGN)
        case ast.Pow():
            yield WrongRule(put(x), SQUARE)


def _is_number(tree: ast.expr) -> bool:
    return all(not isinstance(each, ast.Name) or each.id == "pi" for each in ast.walk(tree))


def _mentions(tree: ast.expr, name: str) -> bool:
    return any(isinstance(each, ast.Name) and each.id == name for each in ast.walk(tree))


def _at_call(part: ast.Call, name: str, put: Put, arriving: str, run: Run) -> Iterator[WrongRule]:
    first, shape = part.args[0], run.shape(part)
    match name:
        case "fit":
            inner = run.shape(first)
            yield WrongRule(put(first), SUM_FORGOTTEN)
            for axis in range(len(inner)):
                yield WrongRule(put(_called("sum", first, axis)), WRONG_AXIS)
            n = int(np.prod(inner)) // max(1, int(np.prod(shape)))
            yield WrongRule(put(ast.BinOp(part, ast.Div(), ast.Constant(n))), MEAN)
            yield WrongRule(put(_called("sum", first)), ALL_AXES)
            yield WrongRule(put(ast.Subscript(first, ast.Constant(0))), FIRST_ROW)
        case "spread":
            yield WrongRule(put(first), LOCAL_FORGOTTEN)
        case "placed":
            yield WrongRule(put(first), NOT_PLACED)
            yield from _placed_elsewhere(part, put)
            if isinstance(part.args[2], ast.Subscript):
                index = part.args[2].slice
                yield WrongRule(put(ast.Subscript(first, index)), READ_AGAIN)
                yield WrongRule(put(ast.Subscript(part.args[1], index)), OWN_VALUE)
        case "where" if arriving and len(part.args) == 3:
            chosen, no, yes = part.args
            yield WrongRule(put(ast.Call(part.func, [chosen, yes, no], [])), MASK_TURNED)
            kept = no if _is_number(yes) and not _is_number(no) else yes
            yield WrongRule(put(kept), MASK_FORGOTTEN)
            if isinstance(chosen, ast.Compare):
                other = ast.Compare(ast.Name(arriving), chosen.ops, chosen.comparators)
                yield WrongRule(put(ast.Call(part.func, [other, no, yes], [])), BY_GRADIENT)
        case "reshape" | "transpose":
            yield WrongRule(put(first), NOT_RESHAPED)
            if name == "transpose" and len(part.args) > 1 and isinstance(part.args[1], ast.Tuple):
                order = ast.Tuple(part.args[1].elts[::-1])
                yield WrongRule(put(ast.Call(part.func, [first, order], [])), LETTERS_SWAPPED)
        case "einsum":
            yield from _other_letters(part, put)
        case _:
            yield from _along_others(part, name, put, run)
            if name not in BY_SHAPE_ALONE and not _is_number(first):
                yield WrongRule(put(first), FUNCTION_FORGOTTEN)


def _called(name: str, first: ast.expr, axis: int | None = None) -> ast.expr:
    along = [] if axis is None else [ast.keyword("axis", ast.Constant(axis))]
    return ast.Call(ast.Name(name), [first], along)


def _along_others(part: ast.Call, name: str, put: Put, run: Run) -> Iterator[WrongRule]:
    """Yield the same word along each other axis."""
    axes = len(run.shape(part.args[0])) if part.args else 0
    for n, each in enumerate(part.keywords):
        if each.arg == "axis" and isinstance(each.value, ast.Constant):
            for axis in range(axes):
                others = list(part.keywords)
                others[n] = ast.keyword("axis", ast.Constant(axis))
                yield WrongRule(put(ast.Call(part.func, part.args, others)), WRONG_AXIS)
    if name in ("softmax", "log_softmax", "peaks", "lows", "standardize") and len(part.args) > 1:
        for axis in range(axes):
            args = [part.args[0], ast.Constant(axis), *part.args[2:]]
            yield WrongRule(put(ast.Call(part.func, args, part.keywords)), WRONG_AXIS)


def _placed_elsewhere(part: ast.Call, put: Put) -> Iterator[WrongRule]:
    """Yield the same gradient put one place, or one slice, before and behind."""
    match part.args[2]:
        case ast.Subscript(value=brackets, slice=index):
            parts = index.elts if isinstance(index, ast.Tuple) else [index]
            for n, each in enumerate(parts):
                for moved in _moved(each):
                    others = [*parts[:n], moved, *parts[n + 1 :]]
                    at = ast.Tuple(others) if isinstance(index, ast.Tuple) else moved
                    args = [*part.args[:2], ast.Subscript(brackets, at)]
                    yield WrongRule(put(ast.Call(part.func, args, [])), OTHER_PLACE)


def _moved(index: ast.expr) -> Iterator[ast.expr]:
    match index:
        case ast.Constant(value=int(number)) if not isinstance(number, bool):
            for other in (number - 1, number + 1):
                if other >= 0:
                    yield ast.Constant(other)
        case ast.Slice(
            lower=ast.Constant(value=int(a)), upper=ast.Constant(value=int(b)), step=None
        ):
            for by in (a - b, b - a):
                if a + by >= 0:
                    yield ast.Slice(ast.Constant(a + by), ast.Constant(b + by))


def _other_letters(part: ast.Call, put: Put) -> Iterator[WrongRule]:
    """Yield an einsum with its result's axes exchanged, or its operands."""
    spelled, *operands = part.args
    if not isinstance(spelled, ast.Constant) or not isinstance(spelled.value, str):
        return
    before, arrow, result = spelled.value.partition("->")
    for n in range(len(result) - 1):
        swapped = f"{result[:n]}{result[n + 1]}{result[n]}{result[n + 2 :]}"
        letters = ast.Constant(f"{before}{arrow}{swapped}")
        yield WrongRule(put(ast.Call(part.func, [letters, *operands], [])), LETTERS_SWAPPED)
    if len(operands) > 1:
        turned = [spelled, *operands[::-1]]
        yield WrongRule(put(ast.Call(part.func, turned, [])), SWAPPED)
        spelt = before.split(",")
        for n in range(len(operands)):
            rest = ",".join(part for k, part in enumerate(spelt) if k != n)
            if set(result) <= set(rest):
                fewer = [each for k, each in enumerate(operands) if k != n]
                text = ast.Constant(f"{rest}{arrow}{result}")
                yield WrongRule(put(ast.Call(part.func, [text, *fewer], [])), LOCAL_FORGOTTEN)


def _at_index(value: ast.expr, index: ast.expr, put: Put) -> Iterator[WrongRule]:
    parts = index.elts if isinstance(index, ast.Tuple) else [index]
    for n, each in enumerate(parts):
        for moved in _moved(each):
            others = [*parts[:n], moved, *parts[n + 1 :]]
            at = ast.Tuple(others) if isinstance(index, ast.Tuple) else moved
            yield WrongRule(put(ast.Subscript(value, at)), OTHER_PLACE)


def _others(right: ast.expr, arriving: str, operands: Sequence[str]) -> Iterator[WrongRule]:
    """Yield the rule with each name that it reads exchanged for another of the line's."""
    for part, put in places(right):
        if isinstance(part, ast.Name) and part.id != arriving:
            for other in operands:
                if other != part.id:
                    yield WrongRule(put(ast.Name(other)), OTHER_OPERAND)


def _whole(right: ast.expr, arriving: str, own: str, run: Run) -> Iterator[WrongRule]:
    """Yield what is done wrong with the rule as a whole."""
    g, x = ast.Name(arriving), ast.Name(own)
    axes = np.ndim(run.arrays[arriving])
    yield WrongRule(g, LOCAL_FORGOTTEN)
    yield WrongRule(ast.BinOp(g, ast.Mult(), x), OWN_FACTOR)
    for axis in range(axes):
        yield WrongRule(_called("sum", g, axis), WRONG_AXIS if axes > 1 else ALL_AXES)
    if axes > 1:
        yield WrongRule(ast.Attribute(g, "T"), WHOLE_TURNED)
    yield WrongRule(ast.UnaryOp(ast.USub(), right), MINUS_ADDED)
    yield WrongRule(ast.BinOp(right, ast.Mult(), x), OWN_BESIDE)
    if axes > 1 and np.ndim(run.arrays[own]) > 1:
        yield WrongRule(_times(g, x), MATRIX)
        yield WrongRule(_times(ast.Attribute(g, "T"), x), MATRIX)
    yield WrongRule(x, OWN_VALUE)
    yield WrongRule(ast.BinOp(ast.Constant(2), ast.Mult(), right), DOUBLED)
    yield WrongRule(_called("sum", g), ALL_AXES)
