"""A program in both modes at its point: seeds, tangents, gradients, the Jacobian, and their cost.

N entries of the inputs, M entries of the output      J = ∂y/∂x [M, N]
forward    t = J ẋ,  ẋ one entry: a column of J        N passes for all of it
reverse    d = Jᵀ w, w one entry: a row of J           M passes for all of it
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from backprop.engine.arrays.lines import Line
from backprop.engine.arrays.uses import uses
from backprop.engine.errors import InputError
from backprop.engine.modes.cotangents import Cotangents, vjp
from backprop.engine.modes.counts import Work, work
from backprop.engine.modes.jacobians import ENTRIES, PASSES, Side, Sides, jacobian, sides
from backprop.engine.modes.tangents import Tangents, jvp
from backprop.engine.modes.uses import tangent_texts
from backprop.engine.program import Program, read
from backprop.lessons.why_backwards.choices import Choices
from backprop.stage.choices import ChoiceError, parse_number
from backprop.stage.kept import kept_by
from backprop.stage.programs.passes import reads_of
from backprop.stage.programs.typed import in_line, typed_values


@dataclass(frozen=True, eq=False)
class Both:
    """A program, what is nudged in it, and what runs along its lines.

    Attributes:
        program: with the values of its leaves.
        leaves: all of which entries could be nudged.
        sides: the output, and the leaves whose entries are nudged.
        direction, weight: seeds that were typed, flat; None where each entry has its turn.
    """

    program: Program
    leaves: tuple[str, ...]
    sides: Sides
    direction: Any
    weight: Any

    @property
    def inputs(self) -> tuple[str, ...]:
        """The leaves whose entries are nudged."""
        return self.sides.inputs.names

    @property
    def output(self) -> str:
        """The name of the last line."""
        return self.sides.outputs.names[0]

    @property
    def columns(self) -> int:
        """N, how many entries are nudged."""
        return self.sides.inputs.size

    @property
    def rows(self) -> int:
        """M, how many entries come out."""
        return self.sides.outputs.size

    @cached_property
    def column_names(self) -> tuple[str, ...]:
        """What has its turn forward: x[0], x[1] …, as many as passes are run; t, if it is typed."""
        return ("t",) if self.direction is not None else _names(self.sides.inputs, self.run_forward)

    @cached_property
    def row_names(self) -> tuple[str, ...]:
        """What has its turn in reverse: y[0], y[1] …; w, if it is typed."""
        return ("w",) if self.weight is not None else _names(self.sides.outputs, self.run_reverse)

    @property
    def is_too_large(self) -> bool:
        """Whether J has more entries than are made here; its passes are shown all the same."""
        return self.rows * self.columns > ENTRIES

    @property
    def run_forward(self) -> int:
        """How many passes forward can be looked at."""
        return 1 if self.direction is not None else min(self.columns, PASSES)

    @property
    def run_reverse(self) -> int:
        """How many passes in reverse can be looked at."""
        return 1 if self.weight is not None else min(self.rows, PASSES)

    @cached_property
    def chain(self) -> tuple[Line, ...]:
        """The lines from the inputs to the output, in order: what moves, and matters."""
        lines = [line for line in self.program.lines if line.kind != "opened"]
        reads = reads_of(self.program)
        moved = set(self.inputs)
        for line in lines:
            if moved & set(reads.get(line.name, ())):
                moved.add(line.name)
        matters = {self.output}
        for line in reversed(lines):
            if line.name in matters:
                matters |= set(reads.get(line.name, ()))
        wanted = (moved & matters) | {self.output} | set(self.inputs)
        return tuple(line for line in lines if line.name in wanted)

    @cached_property
    def results(self) -> tuple[Line, ...]:
        """The lines of the chain that compute."""
        return tuple(line for line in self.chain if not line.is_leaf)

    @cached_property
    def held(self) -> tuple[str, ...]:
        """The leaves that are held: given, or not among the inputs."""
        leaves = (line.name for line in self.program.lines if line.is_leaf)
        return tuple(name for name in leaves if name not in self.inputs)

    @cached_property
    def values(self) -> Mapping[str, Any]:
        """The value of each line."""
        found = self.forward(0)
        lines = (line for line in self.program.lines if line.kind != "opened")
        return {line.name: found.values[line.node] for line in lines}

    @cached_property
    def bad(self) -> str:
        """The first line whose value is NaN or infinite; empty where there is none."""
        return next((n for n, each in self.values.items() if not np.all(np.isfinite(each))), "")

    def seed(self, number: int) -> Mapping[str, Any]:
        """Return the tangent of each input in a pass, from 0."""
        if self.direction is None:
            return self.sides.inputs.one_hot(number)
        return parted(self.sides.inputs, self.direction)

    def forward(self, number: int) -> Tangents:
        """Return a pass forward, from 0."""
        return jvp(self.sides.graph, self.sides.at, self.seed(number))

    def reverse(self, number: int) -> Cotangents:
        """Return a pass in reverse, from 0."""
        outputs = self.sides.outputs
        seed = outputs.one_hot(number) if self.weight is None else parted(outputs, self.weight)
        return vjp(self.sides.graph, self.sides.at, seed[self.output])

    @cached_property
    def forward_texts(self) -> Mapping[str, str]:
        """How the tangent of each line is computed, in the language; tx is that of x."""
        return tangent_texts(self.program, self.inputs)

    @cached_property
    def reverse_texts(self) -> Mapping[str, str]:
        """How the gradient of each name is computed, in the language; dx is that of x."""
        shown = {line.name for line in self.chain}
        sent: dict[str, list[str]] = {}
        for use in uses(self._graph):
            if use.name in shown and use.line in shown:
                sent.setdefault(use.name, []).append(use.text)
        return {name: " + ".join(texts) for name, texts in sent.items()}

    @cached_property
    def work(self) -> Mapping[str, Work]:
        """The multiplications of each line, of a pass each way."""
        return {each.line: each for each in work(self._graph, self.inputs)}

    @property
    def forward_work(self) -> int:
        """The multiplications of a pass forward."""
        return sum(self.work[line.name].tangents for line in self.results)

    @property
    def reverse_work(self) -> int:
        """The multiplications of a pass in reverse."""
        return sum(self.work[line.name].cotangents for line in self.results)

    @property
    def _graph(self) -> Program:
        assert isinstance(self.sides.graph, Program), "it is one of named lines"
        return self.sides.graph

    @cached_property
    def jacobian(self) -> Any:
        """J [M, N], by the mode that takes fewer passes; it is not too large."""
        return jacobian(self.program, self.program.at, self.inputs).matrix


def _names(side: Side, count: int) -> tuple[str, ...]:
    found = []
    for number in range(count):
        name, index = side.place(number)
        found.append(f"{name}[{','.join(map(str, index))}]" if index else name)
    return tuple(found)


def parted(side: Side, flat: Any) -> dict[str, Any]:
    """Return one number for each entry of a side as an array for each of its names."""
    found, at = {}, 0
    for name, shape in zip(side.names, side.shapes, strict=True):
        size = int(np.prod(shape))
        found[name] = np.reshape(flat[at : at + size], shape)
        at += size
    return found


def _numbers(choices: Choices) -> tuple[object, ...]:
    return (choices.program, choices.leaf_values, choices.inputs, choices.direction, choices.weight)


@kept_by(_numbers, size=32)
def both_of(choices: Choices) -> Both:
    """Return the program that was chosen, in both modes.

    Raises:
        ChoiceError: it cannot be read or computed, nothing in it can be nudged, or a seed that was
            typed does not fit.
    """
    try:
        plain = read(choices.program)
        built = plain.with_values(typed_values(plain, choices.leaf_values))
    except InputError as error:
        if isinstance(error, ChoiceError):
            raise
        raise in_line(error, choices.program) from error
    leaves = tuple(n for n, each in built.statements.items() if each.kind != "index")
    free = built.parameters
    if not leaves:
        what = "Nothing in this program can be nudged: it has no leaf of numbers."
        raise ChoiceError(what, hint="Declare one, as in x : 3 = random 1.", at="program")
    inputs = _inputs(choices.inputs, leaves, free)
    found = sides(built, built.at, inputs)
    return Both(
        built,
        leaves,
        found,
        _typed(choices.direction, found.inputs, "input-direction"),
        _typed(choices.weight, found.outputs, "output-weight"),
    )


def _inputs(chosen: str, leaves: tuple[str, ...], free: tuple[str, ...]) -> tuple[str, ...]:
    if not chosen:
        return free or leaves
    if chosen not in leaves:
        what = f"There is no leaf “{chosen[:40]}” that could be nudged."
        raise ChoiceError(what, hint=f"There are {', '.join(leaves)}.", at="by-leaf")
    return (chosen,)


def _typed(text: str, side: Side, field: str) -> Any:
    """Return the numbers of a seed that was typed; None where none was.

    Raises:
        ChoiceError: there are more or fewer than entries, or one is no number.
    """
    if not text.strip():
        return None
    parts = text.replace(",", " ").replace(";", " ").translate(_BRACKETS).split()
    if len(parts) != side.size:
        what = f"{len(parts)} numbers do not fit: {' and '.join(side.names)} "
        what += f"{'has' if len(side.names) == 1 else 'have'} {side.size} entries."
        hint = "Type one number for each, with spaces between: 1 0 -0.5."
        raise ChoiceError(what, hint=hint, at=field)
    numbers = np.array([parse_number(part, field) for part in parts])
    if np.max(np.abs(numbers)) > 1e6:
        what = "A number is out of bounds."
        raise ChoiceError(what, hint="They can be from −1,000,000 to 1,000,000.", at=field)
    return numbers


_BRACKETS = str.maketrans({"[": " ", "]": " ", "(": " ", ")": " "})
