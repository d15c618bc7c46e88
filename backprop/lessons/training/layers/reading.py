"""The batch as a program: each line with its value and its gradient, and a step as a line says it.

The walk counts as it always has: one step for each array that is computed, one for each gradient.
A program has a step for each use; so a step here shows all uses of an array, up to the last. The
numbers are those of the pass that trains; the texts are the program's.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

import numpy as np

from backprop.engine.network import Network
from backprop.engine.network_program import BEFORE_LOSS, network_program
from backprop.engine.trace import Trace, edges
from backprop.lessons.training.layers.steps import LayerStep, layer_steps
from backprop.stage.programs.arrays_shown import Grid
from backprop.stage.programs.entry import EntryOpened, open_entry
from backprop.stage.programs.passes import ProgramAt, program_at
from backprop.stage.programs.reading import Reader
from backprop.stage.programs.rows import Drawer, Picture
from backprop.stage.programs.step import StepShown, Teller
from backprop.stage.walk.steps import WalkStep

MOST_TOLD = 3  # uses of one step that are written out


@dataclass(frozen=True, slots=True)
class Reading:
    """A batch at one step, read as a program.

    Attributes:
        picture: the lines, each with what is known of its value and its gradient.
        told: what the step computes, use by use; of many alike the first.
        more: how many uses are not written out.
        opened: the entry that was clicked, as a sum; None where the step does not make it.
        leaf: the array that was clicked, where it is a leaf.
        entry: which entry is marked: dW1[1,2]; empty for none.
        missing: in words, that the entry is not there; empty where it is.
        large: an entry of an array that is too large for numbers, as an example; empty without one.
    """

    picture: Picture
    told: tuple[StepShown, ...]
    more: int
    opened: EntryOpened | None
    leaf: Grid | None
    entry: str
    missing: str
    large: str


@dataclass(frozen=True, slots=True)
class _Seen:
    """What is looked at, in the words of a program."""

    step: int
    entry: str
    opened: tuple[str, ...] = ()
    slice: tuple[int, ...] = ()
    leaf_values: str = ""


@dataclass(frozen=True, slots=True)
class _Links:
    """Links whose steps are those of the program; what /train has no field for leads nowhere."""

    make: Callable[..., str]
    numbers: Mapping[int, int]  # the step of a program → that of the walk
    choices: _Seen

    def address(self, **changes: Any) -> str:
        """Return the address of a state around this one; empty where there is none."""
        if changes.keys() - {"step", "entry"}:
            return ""
        if "step" in changes:
            changes["step"] = self.numbers[changes["step"]]
        return self.make(**changes)


@dataclass(frozen=True, eq=False)
class BatchProgram:
    """A batch as a program, and which of its steps each step of the walk shows.

    Attributes:
        passes: the program, with the numbers of the pass that trains.
        groups: for each step of the walk, its first step of the program and the one past its last.
    """

    passes: ProgramAt
    groups: tuple[tuple[int, int], ...]
    numbers: Mapping[int, int] = field(init=False)

    def __post_init__(self) -> None:
        found = {k: n for n, (first, end) in enumerate(self.groups) for k in range(first, end)}
        object.__setattr__(self, "numbers", found)


def batch_program(network: Network, trace: Trace) -> BatchProgram:
    """Return a batch as a program, from its pass at layers detail."""
    at = {n.name: v for n, v in zip(trace.graph.nodes, trace.values, strict=True) if n.is_variable}
    X, Y = at.pop("X"), at.pop("Y")
    with np.errstate(all="ignore"):
        plain = program_at(network_program(network, at, X, Y))
    passes = _with_numbers(plain, trace)
    gathered = [_gathered(passes, trace, step) for step in layer_steps(trace.graph)]
    ends = np.cumsum([0, *map(len, gathered)]).tolist()
    steps = tuple(step for group in gathered for step in group)
    return BatchProgram(replace(passes, steps=steps), tuple(pairwise(ends)))


def _with_numbers(plain: ProgramAt, trace: Trace) -> ProgramAt:
    """Return a program with the numbers of a pass at layers detail, for all that both have."""
    graph, program = trace.graph, plain.program
    values, gradients = list(plain.trace.values), list(plain.trace.gradients)
    for position, node in enumerate(graph.nodes):
        if node.number is None:
            own = program.position(node.name)
            values[own] = trace.values[position]
            gradients[own] = trace.gradients[position]
    names = [node.name for node in graph.nodes]
    known = {
        (names[edge.later], names[edge.node]): product
        for edge, product in zip(edges(graph), trace.products, strict=True)
    }
    sent: dict[tuple[str, str], tuple[Any, Any]] = {}
    totals: dict[str, Any] = {}
    for use in plain.uses:
        key = use.line, use.name
        own = known[key] if key in known else plain.sent[key][0]
        totals[use.name] = totals[use.name] + own if use.name in totals else own
        if use.which == use.times - 1:
            totals[use.name] = gradients[program.position(use.name)]
        sent[key] = own, totals[use.name]
    shown = replace(plain.trace, values=tuple(values), gradients=tuple(gradients))
    return replace(plain, trace=shown, sent=sent)


def _gathered(passes: ProgramAt, trace: Trace, step: LayerStep) -> list[WalkStep]:
    """Return the steps of a program that one step of the walk shows."""
    names = [trace.graph.nodes[i].name for i in step.nodes]
    inside = [line.name for line in passes.program.lines if line.name in BEFORE_LOSS]
    if step.kind == "whole":
        return [s for s in passes.steps if s.kind == "whole"]
    if step.kind == "value":
        wanted = [*inside, *names] if "L" in names else names
        return [s for s in passes.steps if s.kind == "value" and s.name in wanted]
    uses = [s for s in passes.steps if s.kind == "use" and s.name in names]
    if any(s.sender in (*inside, "L") for s in uses):  # what stands between the outputs and L
        uses = [s for s in passes.steps if s.kind == "use" and s.name in (*inside, *names)]
    return [*(s for s in passes.steps if s.kind == "seed" and s.name in names), *uses]


def read_batch(
    program: BatchProgram,
    at: int,
    entry: str,
    make: Callable[..., str],
    leave: Callable[..., str] | None = None,
    unknown: frozenset[str] = frozenset(),
    covered: bool = False,
) -> Reading:
    """Return a batch as a program at one step of the walk.

    Args:
        program: the batch.
        at: the step of the walk, counted from 0.
        entry: the one that was clicked: dW1[1,2]; empty for none.
        make: makes an address from the fields that change, step and entry.
        leave: the same, of another step; as `make` when left out.
        unknown: the lines whose shapes may not be seen: they are asked first.
        covered: whether what the step computes may not be seen: then its lines alone are shown.
    """
    passes, (first, end) = program.passes, program.groups[at]
    links: Any = _Links(make, program.numbers, _Seen(end - 1, entry))
    around: Any = _Links(leave or make, program.numbers, _Seen(end - 1, entry))
    if covered:
        picture = Drawer(passes, around).at(first, covered=True, unknown=unknown)
        return Reading(picture, (), 0, None, None, entry, "", "")
    reader = Reader(passes, links)
    teller = Teller(passes, links, reader)
    steps = passes.steps[first:end]
    opened = (open_entry(passes, step, reader, links) for step in steps)
    leaf, told = reader.leaf(), tuple(teller.tell(step) for step in steps[:MOST_TOLD])
    return Reading(
        Drawer(passes, around).at(end - 1, unknown=unknown),
        told,
        max(0, len(steps) - MOST_TOLD),
        next((each for each in opened if each), None),
        leaf.grid if leaf else None,
        entry,
        reader.missing(),
        next((each.has_large for each in told if each.has_large), ""),
    )
