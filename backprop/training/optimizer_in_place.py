"""An optimizer's rule as code for flat arrays that allocates nothing: every result has its place.

The place of a result is the memory it will be, that of an operand which nobody needs any more, or
a buffer: _b1. The other names are those of optimizer_operations.py.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from backprop.training.optimizer_code import ARRAYS, COUNT, FLOATS, GIVEN, Rule, compiled
from backprop.training.optimizer_operations import Operations

ARGUMENTS = ("_optimizer", *GIVEN, "_state", "_numbers", "_buffers")
ON_ARRAYS = {f"each_{name}": function for name, function in ARRAYS.items()}


@dataclass(frozen=True, eq=False, slots=True)
class ArrayStep:
    """A rule as code: ``step(optimizer, g, theta, state, numbers, buffers)`` returns the move.

    It writes the next state over the state; the move lies in a buffer.

    Attributes:
        fast: raises, before it has written anything, where floats refuse to calculate.
        careful: the same step, with ∞ or NaN there.
        numbers: how many arrays without axes it needs.
        buffers: how many arrays like theta.
    """

    fast: Callable[..., Any]
    careful: Callable[..., Any]
    numbers: int
    buffers: int


@lru_cache(maxsize=64)
def array_step(rule: Rule) -> ArrayStep:
    """Return a rule as code for flat arrays."""
    operations = Operations(rule)
    places = _Places(operations)

    def step(functions: Mapping[str, Any], taken: str, count: str) -> Callable[..., Any]:
        lines = (*_numbers_first(operations, taken, count), *places.lines)
        return compiled(ARGUMENTS, lines, {**ON_ARRAYS, **functions})

    return ArrayStep(
        fast=step(FLOATS, "{}", "{}"),
        careful=step(ARRAYS, "_float64({})", "int({})"),
        numbers=len(operations.wrapped),
        buffers=len(places.buffers),
    )


def _numbers_first(operations: Operations, taken: str, count: str) -> list[str]:
    """Return the lines that calculate the numbers, and count the step.

    Args:
        operations: that need the numbers.
        taken: how a setting is taken, with braces for it.
        count: how the number of the step is given back.
    """
    rule, after = operations.rule, operations.count
    lines = [f"{name} = {taken.format(f'_optimizer.{name}')}" for name in rule.settings]
    if after:
        lines.append(f"{COUNT} = {taken.format(f'_state[{COUNT!r}]')}")
    lines += [f"{name} = {code}" for code, name in operations.numbers.items()]
    lines += _unpacked(operations.wrapped.values(), "_numbers")
    lines += [f"{array}[()] = {code}" for code, array in operations.wrapped.items()]
    if after:
        lines.append(f"_state[{COUNT!r}] = {count.format(after)}")
    return lines


def _unpacked(names: Iterable[str], of: str) -> list[str]:
    text = ", ".join(names)
    return [f"{text}, = {of}"] if text else []


class _Places:
    """Where each result is written.

    Attributes:
        lines: carry out the operations.
        buffers: the names of those that are needed.
    """

    def __init__(self, operations: Operations) -> None:
        self.memory, self.kept = operations.memory, operations.kept
        self.last = {x: i for i, (_, taken) in enumerate(operations.listed) for x in taken}
        self.place = {name: name for name in (*GIVEN, *self.memory)}
        self.free: list[str] = []  # places of what nobody needs any more
        self.buffers: list[str] = []
        lines = [self._line(i, *operation) for i, operation in enumerate(operations.listed)]
        self.lines = [
            *(f"{letter} = _state[{letter!r}]" for letter in self.memory),
            *_unpacked(self.buffers, "_buffers"),
            *lines,
            *(
                f"_each_copyto({letter}, {self.place[x]})"
                for letter, x in self.memory.items()
                if self.place[x] != letter
            ),
            f"return {self.place[operations.move]}",
        ]

    def _line(self, i: int, name: str, taken: tuple[str, ...]) -> str:
        arguments = ", ".join(self.place.get(x, x) for x in taken)
        ended = [self.place[x] for x in dict.fromkeys(taken) if self._ends(x, i)]
        place = self._choose(f"x{i}", ended)
        self.place[f"x{i}"] = place
        unread = f"x{i}" not in self.last and f"x{i}" not in self.kept
        self.free = [p for p in (*ended, *self.free) if p != place] + [place] * unread
        by = "out=" if name in ("maximum", "minimum") else ""  # they refuse it by its place alone
        return f"_each_{name}({arguments}, {by}{place})"

    def _ends(self, x: str, i: int) -> bool:
        return self.last[x] == i and x in self.place and x not in (*GIVEN, *self.kept)

    def _choose(self, result: str, ended: list[str]) -> str:
        """Return a free place for a result; what is kept lies in its own or in a buffer."""
        for letter, x in self.memory.items():
            if x == result and letter in (*ended, *self.free):
                return letter
        usable = [p for p in (*ended, *self.free) if p in self.buffers]
        if result not in self.kept:
            usable = [*ended, *usable]
        if not usable:
            self.buffers.append(f"_b{len(self.buffers)}")
        return usable[0] if usable else self.buffers[-1]
