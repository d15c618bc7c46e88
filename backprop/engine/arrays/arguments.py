"""The arguments of a call: which parameter each is, and whether it can be one."""

import ast
from collections.abc import Collection
from typing import Any

from backprop.engine.arrays.grammar import ENTRIES
from backprop.engine.arrays.signatures import REQUIRED, SIGNATURES, Parameter
from backprop.engine.arrays.trees import is_of_module
from backprop.engine.errors import ExpressionError

Given = tuple[Parameter, Any]  # a parameter, and the expression or default that it gets

ELSEWHERE = {"dim": "axis", "keepdim": "keepdims", "dims": "axis"}  # what other libraries say
SEVERAL = ("reshape", "transpose")  # x.reshape(2, 18) is x.reshape((2, 18))


def parameters_of(word: str) -> tuple[Parameter, ...]:
    """Return the parameters of a word; those of a cell's two results are the cell's."""
    return SIGNATURES["lstm_cell"] if word.startswith("lstm_") else SIGNATURES[word]


def bound(word: str, tree: ast.Call, names: Collection[str]) -> list[Given]:
    """Return each parameter of a word with what a call gives for it.

    Raises:
        ExpressionError: an argument is missing, given twice, or is none of this word's.
    """
    parameters = parameters_of(word)
    given: list[Any] = [*tree.args]
    if isinstance(tree.func, ast.Attribute) and not is_of_module(tree.func, names):
        given.insert(0, tree.func.value)
        if word in SEVERAL and len(given) > 2:
            given[1:] = [ast.copy_location(ast.Tuple(given[1:]), tree)]
    if parameters and parameters[-1].kind == "more arrays" and len(given) > 1:
        given = [given[0], given[1:]]
    if len(given) > len(parameters):
        takes = ", ".join(each.name for each in parameters)
        what = f"“{word}” takes {len(parameters)} arguments, not {len(given)}."
        raise ExpressionError(what, hint=f"They are {takes}.", at=tree.col_offset)
    by_name = _named(word, tree, [each.name for each in parameters], len(given))
    found: list[Given] = []
    for k, parameter in enumerate(parameters):
        value = given[k] if k < len(given) else by_name.get(parameter.name, parameter.default)
        found.append((parameter, _checked(word, parameter, value, tree)))
    return found


def _named(word: str, tree: ast.Call, names: list[str], placed: int) -> dict[str, ast.expr]:
    """Return what is given by name; refuse what a word does not have, or has already."""
    found: dict[str, ast.expr] = {}
    for keyword in tree.keywords:
        name = ELSEWHERE.get(keyword.arg or "**", keyword.arg or "**")
        if name not in names:
            hint = f"It takes {', '.join(names)}."
            raise ExpressionError(f"“{word}” has no “{name}”.", hint=hint, at=tree.col_offset)
        if names.index(name) < placed or name in found:
            what = f"“{name}” of “{word}” is given twice."
            raise ExpressionError(what, at=tree.col_offset)
        found[name] = keyword.value
    return found


def _checked(word: str, parameter: Parameter, value: Any, tree: ast.Call) -> Any:
    """Return an argument as its parameter takes it: arrays as a list, an array left out as None."""
    if value is REQUIRED:
        takes = ", ".join(each.name for each in parameters_of(word))
        what = f"“{word}” lacks {parameter.name}."
        raise ExpressionError(what, hint=f"It takes {takes}.", at=tree.col_offset)
    if parameter.kind == "arrays":
        if not isinstance(value, ast.Tuple | ast.List) or not value.elts:
            what = f"“{word}” takes its arrays in one pair of brackets."
            raise ExpressionError(what, hint=f"Write {word}((a, b)).", at=tree.col_offset)
        return [*value.elts]
    if parameter.kind == "array" and isinstance(value, ast.Constant) and value.value is None:
        if parameter.default is REQUIRED:
            what = f"{parameter.name} of “{word}” is an array, not None."
            raise ExpressionError(what, at=value.col_offset)
        return None
    return value


WANTED = {  # what an argument is, by its kind
    "axis": "An axis is a whole number, or several in brackets: (0, 1).",
    "one axis": "Here an axis is one whole number.",
    "flag": "It is True or False.",
    "number": "It is a number, 0 or more.",
    "whole": f"It is a whole number from 1 to {ENTRIES:,}.",
    "lengths": "It is whole numbers in brackets: (4, 3).",
    "lengths or whole": "It is a whole number, or one for each axis: (2, 2).",
    "widths": "Say (before, after) for each axis: ((0, 0), (1, 1)).",
    "letters": "It is letters in quotes: “nk,kj->nj”.",
}


def check_kind(parameter: Parameter, value: Any, tree: ast.expr) -> None:
    """Refuse what cannot be an axis, a shape, a stride and so on."""
    if value is None and (parameter.default is None or parameter.kind == "axis"):
        return
    whole = type(value) is int
    lengths = isinstance(value, tuple) and all(type(each) is int for each in value)
    fits = {
        "axis": whole or lengths,
        "one axis": whole,
        "flag": isinstance(value, bool),
        "number": type(value) in (int, float) and value >= 0,
        "whole": whole and 0 < value <= ENTRIES,
        "lengths": lengths or whole,
        "lengths or whole": whole or (lengths and value != ()),
        "widths": _are_widths(value),
        "letters": isinstance(value, str),
    }
    if not fits[parameter.kind]:
        what = f"“{ast.unparse(tree)}” cannot be {CALLED.get(parameter.name, parameter.name)}."
        raise ExpressionError(what, hint=WANTED[parameter.kind], at=tree.col_offset)


CALLED = {
    **dict.fromkeys(("axis", "order"), "an axis"),
    **{"n": "a length", "shape": "a shape", "spelled": "what einsum reads"},
}


def _are_widths(value: Any) -> bool:
    if not isinstance(value, tuple):
        return False
    return all(isinstance(each, tuple) and all(type(n) is int for n in each) for each in value)


def plain(parameter: Parameter, value: Any) -> Any:
    """Return an argument as rows take it: a length alone as a shape, a number as a float."""
    if parameter.kind == "lengths" and type(value) is int:
        return (value,)
    return float(value) if parameter.kind == "number" else value
