"""The text of an optimizer's rule as code; only here does training compile, and only our own text.

A rule is a tuple of lines “letter = expression”, carried out from first to last:

    + - * / **           with numbers and letters
    abs(x)  exp(x)  log(x)  sign(x)  sqrt(x)  maximum(x, y)  minimum(x, y)
    g, theta             the gradient, and the parameters before the step
    t                    the number of the step: one number for all parameters
    the settings         of the optimizer, by their names

The line of ``move`` says what is added to theta. A letter that is read before any line sets it is
remembered from step to step; it begins at 0.

`pair_step` is a rule as code for the two coordinates of a race, as Python floats; `evaluate` gives
the value of one expression. For flat arrays see optimizer_arrays.py.
"""

import ast
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

FUNCTIONS = {"abs": 1, "exp": 1, "log": 1, "sign": 1, "sqrt": 1, "maximum": 2, "minimum": 2}
GIVEN = ("g", "theta")
COUNT = "t"


class RuleError(ValueError):
    """A rule names something unknown, or is outside the grammar."""


def _sign(x: float) -> float:
    return x if x != x else float(x > 0) - float(x < 0)  # NaN stays NaN


def _maximum(x: float, y: float) -> float:
    return x if x != x or x > y else y


def _minimum(x: float, y: float) -> float:
    return x if x != x or x < y else y


# Floats raise where NumPy gives ∞ or NaN. A negative base turns ** complex, but not pow.
FLOATS: Mapping[str, Any] = {
    **{"abs": abs, "exp": math.exp, "log": math.log, "sqrt": math.sqrt, "pow": math.pow},
    **{"sign": _sign, "maximum": _maximum, "minimum": _minimum},
}
ARRAYS: Mapping[str, Any] = {
    **{name: getattr(np, name) for name in FUNCTIONS},
    **{name: getattr(np, name) for name in ("add", "subtract", "multiply", "divide")},
    **{name: getattr(np, name) for name in ("negative", "positive", "copyto", "full")},
    **{"pow": np.power, "float64": np.float64},
}


@dataclass(frozen=True, eq=False, slots=True)
class Rule:
    """A rule, read from its text.

    Attributes:
        lines: what each line sets, and the expression it is set to.
        settings: of the optimizer.
        reads: every letter that a line reads.
        memory: the letters that are remembered, in the order in which they are first read.
        varying: the letters with a value for each parameter; the others are single numbers.
    """

    lines: tuple[tuple[str, ast.expr], ...]
    settings: tuple[str, ...]
    reads: frozenset[str]
    memory: tuple[str, ...]
    varying: frozenset[str]


def split_line(line: str) -> tuple[str, str]:
    """Return what a line of a rule sets, and to what: “v = v + g” is v, and v + g."""
    target, _, text = line.partition(" = ")
    return target.strip(), text.strip()


@lru_cache(maxsize=256)
def read_rule(rule: tuple[str, ...], settings: tuple[str, ...]) -> Rule:
    """Return a rule, read from its lines.

    Args:
        rule: its lines, “v = momentum * v + g”.
        settings: the names that the optimizer's settings give it.

    Raises:
        RuleError: a line is outside the grammar, or names a function or a letter that no line sets.
    """
    lines = tuple(_read_line(line) for line in rule)
    targets = [target for target, _ in lines]
    for target in targets:
        if target in (*GIVEN, *settings):
            raise RuleError(f"“{target}” is given: a rule can read it, but no line can set it.")
        if target.startswith("_"):
            raise RuleError(f"“{target}” is no letter: it begins with an underscore.")
    if "move" not in targets:
        raise RuleError("No line of the rule sets “move”.")
    memory: list[str] = []
    set_by_now = {*GIVEN, *settings}
    for target, expression in lines:
        for letter in _letters(expression):
            if letter not in set_by_now and letter not in targets:
                known = ", ".join((*GIVEN, *settings, *dict.fromkeys(targets)))
                raise RuleError(f"No line of the rule sets “{letter}”. It knows {known}.")
            if letter not in (*set_by_now, *memory):
                memory.append(letter)
        set_by_now.add(target)
    varying = {*GIVEN, *memory} - {COUNT}
    varying |= {"move"}
    for target, expression in lines:
        if varying.intersection(_letters(expression)):
            varying.add(target)
    if COUNT in varying:
        raise RuleError("“t” counts the steps: one number, which no gradient can change.")
    reads = frozenset(letter for _, expression in lines for letter in _letters(expression))
    return Rule(lines, settings, reads, tuple(memory), frozenset(varying))


def _read_line(line: str) -> tuple[str, ast.expr]:
    try:
        read = ast.parse(line.strip()).body
    except SyntaxError:
        read = []
    match read:
        case [ast.Assign(targets=[ast.Name(id=target)], value=expression)]:
            for node in ast.walk(expression):
                _check(node, line)
            return target, expression
    raise RuleError(f"“{line}” is not a line “letter = expression”.")


def _check(node: ast.AST, line: str) -> None:
    """Refuse what is outside the grammar."""
    match node:
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
            if len(arguments) != FUNCTIONS.get(name):
                known = ", ".join(f"{each} of {count}" for each, count in FUNCTIONS.items())
                raise RuleError(f"“{name}” of {len(arguments)} in “{line}”: a rule knows {known}.")
        case ast.Constant(value=bool()):
            raise RuleError(f"“{line}” holds {ast.unparse(node)}, which no rule may hold.")
        case (
            ast.Name()
            | ast.BinOp()
            | ast.UnaryOp(op=ast.USub())
            | ast.Constant(value=int() | float())
        ):
            pass
        case ast.Add() | ast.Sub() | ast.Mult() | ast.Div() | ast.Pow() | ast.USub() | ast.Load():
            pass
        case _:
            shown = ast.unparse(node) if isinstance(node, ast.expr) else type(node).__name__
            raise RuleError(f"“{line}” holds {shown}, which no rule may hold.")


def _letters(expression: ast.expr) -> tuple[str, ...]:
    """Return the letters that an expression reads, from left to right."""
    if isinstance(expression, ast.Name):
        return (expression.id,)
    parts = expression.args if isinstance(expression, ast.Call) else _operands(expression)
    return tuple(letter for part in parts for letter in _letters(part))


def _operands(expression: ast.expr) -> list[ast.expr]:
    return [part for part in ast.iter_child_nodes(expression) if isinstance(part, ast.expr)]


def letters_in(text: str) -> tuple[str, ...]:
    """Return the letters that an expression reads, each once, from left to right."""
    return tuple(dict.fromkeys(_letters(_read_line(f"value = {text}")[1])))


class _Floats(ast.NodeTransformer):
    """Writes an expression for numbers: letters renamed, powers and functions called by name."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self.names = names

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return ast.Name(self.names.get(node.id, node.id))

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.expr:
        return ast.UnaryOp(node.op, self.visit(node.operand))

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        left, right = self.visit(node.left), self.visit(node.right)
        if isinstance(node.op, ast.Pow):
            return ast.Call(ast.Name("_pow"), [left, right], [])
        return ast.BinOp(left, node.op, right)

    def visit_Call(self, node: ast.Call) -> ast.expr:
        assert isinstance(node.func, ast.Name), "a rule calls functions by name"
        return ast.Call(ast.Name(f"_{node.func.id}"), [self.visit(x) for x in node.args], [])


def _written(expression: ast.expr, names: Mapping[str, str]) -> str:
    return ast.unparse(_Floats(names).visit(expression))


def compiled(
    arguments: Iterable[str], lines: Iterable[str], scope: Mapping[str, Any]
) -> Callable[..., Any]:
    """Return the function with these lines; what is not a letter begins with an underscore."""
    source = f"def _step({', '.join(arguments)}):\n " + "\n ".join(lines)
    names: dict[str, Any] = {f"_{name}": value for name, value in scope.items()}
    exec(compile(source, "<backprop optimizer>", "exec"), names)
    function: Callable[..., Any] = names["_step"]
    return function


@lru_cache(maxsize=64)
def pair_step(rule: Rule, memory: tuple[str, ...]) -> Callable[..., Any]:
    """Return a rule as code for two coordinates.

    It takes the settings, the gradient, the point and the memory, and returns the move and the
    next memory: two numbers of each, but one of the count t. Like floats it may raise.

    Args:
        rule: what it does.
        memory: the letters that are remembered, in the order in which they come and go.
    """
    lines = []
    for target, expression in rule.lines:
        for axis in ("_x_", "_y_") if target in rule.varying else ("",):
            names = {name: axis + name for name in rule.varying}
            lines.append(f"{names.get(target, target)} = {_written(expression, names)}")
    remembered = spread(memory)
    lines.append(f"return {', '.join((*_both('move'), *remembered))}")
    return compiled((*rule.settings, *_both("g"), *_both("theta"), *remembered), lines, FLOATS)


def spread(memory: Iterable[str]) -> tuple[str, ...]:
    """Return the names of what is remembered of two coordinates: of each apart, but of t once."""
    return tuple(each for name in memory for each in ((name,) if name == COUNT else _both(name)))


def _both(name: str) -> tuple[str, str]:
    return f"_x_{name}", f"_y_{name}"


def evaluate(text: str, known: Mapping[str, float]) -> float:
    """Return the value of an expression; ∞ or NaN, as the optimizer itself has it."""
    names = tuple(sorted(known))
    numbers = [known[name] for name in names]
    try:
        return float(_line(text, names, floats=True)(*numbers))
    except (ArithmeticError, ValueError):  # what floats refuse, NumPy answers
        with np.errstate(all="ignore"):
            return float(_line(text, names, floats=False)(*map(np.float64, numbers)))


@lru_cache(maxsize=256)
def _line(text: str, names: tuple[str, ...], *, floats: bool) -> Callable[..., Any]:
    _, expression = _read_line(f"value = {text}")
    return compiled(names, [f"return {_written(expression, {})}"], FLOATS if floats else ARRAYS)
