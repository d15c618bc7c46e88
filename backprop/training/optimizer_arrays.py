"""An optimizer's rule as code for flat arrays: with new arrays, or in place.

In place it allocates nothing: a result lies in the memory it will be, in the place of an operand
that is not needed any more, or in a buffer, _b1. The other names are those of
optimizer_operations.py.

Code for numbers raises where NumPy gives ∞ or NaN. All numbers come first; so when they raise,
nothing has been written, and the step is taken by NumPy's arithmetic alone.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from backprop.training.optimizer_code import ARRAYS, COUNT, FLOATS, GIVEN, Rule, compiled
from backprop.training.optimizer_operations import Operations

GIVEN_ALWAYS = ("_optimizer", *GIVEN, "_state")
ON_ARRAYS = {f"each_{name}": function for name, function in ARRAYS.items()}
Step = Callable[..., Any]


@lru_cache(maxsize=64)
def array_step(rule: Rule) -> Step:
    """Return a rule as ``step(optimizer, g, theta, state)``: the move, and the next state."""
    operations = Operations(rule)
    number = {array: code for code, array in operations.wrapped.items()}
    lines = [f"{letter} = _state[{letter!r}]" for letter in operations.memory]
    for i, (name, taken) in enumerate(operations.listed):
        arguments = ", ".join(number.get(x, x) for x in taken)
        shape = "theta.shape, " if name == "full" else ""
        lines.append(f"x{i} = _each_{name}({shape}{arguments})")
    state = [f"{letter!r}: {x}" for letter, x in operations.memory.items()]
    state += [f"{COUNT!r}: _count"] if operations.count else []
    lines.append(f"return {operations.move}, {{{', '.join(state)}}}")
    return _guarded(GIVEN_ALWAYS, operations, lines)


@dataclass(frozen=True, eq=False, slots=True)
class InPlaceStep:
    """A rule as code that works in place.

    Attributes:
        step: ``step(optimizer, g, theta, state, numbers, buffers)`` writes the next state over the
            state and returns the move, which lies in a buffer.
        numbers: how many arrays without axes it needs.
        buffers: how many arrays like theta.
    """

    step: Step
    numbers: int
    buffers: int


@lru_cache(maxsize=64)
def in_place_step(rule: Rule) -> InPlaceStep:
    """Return a rule as code that works in place."""
    operations = Operations(rule)
    places = _Places(operations)
    lines = _unpacked(operations.wrapped.values(), "_numbers")
    lines += [f"{array}[()] = {code}" for code, array in operations.wrapped.items()]
    lines += [f"_state[{COUNT!r}] = _count"] if operations.count else []
    step = _guarded((*GIVEN_ALWAYS, "_numbers", "_buffers"), operations, lines + places.lines)
    return InPlaceStep(step, len(operations.wrapped), len(places.buffers))


def _guarded(arguments: tuple[str, ...], operations: Operations, lines: list[str]) -> Step:
    """Return a step whose numbers are floats or, where floats raise, NumPy's."""
    fast, careful = (
        compiled(arguments, _numbers(operations, *forms) + lines, {**ON_ARRAYS, **functions})
        for functions, forms in ((FLOATS, ("{}", "{}")), (ARRAYS, ("_float64({})", "int({})")))
    )

    def step(*arguments: Any) -> Any:
        try:
            return fast(*arguments)
        except (ArithmeticError, ValueError):
            return careful(*arguments)

    return step


def _numbers(operations: Operations, taken: str, count: str) -> list[str]:
    """Return the lines that calculate the numbers, and that of the step after it.

    Args:
        operations: that need the numbers.
        taken: how a setting is taken, with braces for it.
        count: how the number of the step is given back.
    """
    lines = [f"{name} = {taken.format(f'_optimizer.{name}')}" for name in operations.rule.settings]
    if operations.count:
        lines.append(f"{COUNT} = {taken.format(f'_state[{COUNT!r}]')}")
    lines += [f"{name} = {code}" for code, name in operations.numbers.items()]
    return lines + ([f"_count = {count.format(operations.count)}"] if operations.count else [])


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
        self.free: list[str] = []  # places of what is not needed any more
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
        if name == "full":
            return f"_each_copyto({place}, {arguments})"
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
