"""The walk through a round: every step in order, and the film strip that shows them.

Four phases. Forward, loss and backward make the gradient; update uses it. A backward step is one
node or parameter; the steps of a layer follow one another: activations, sums, parameters.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from backprop.engine.graph import Graph, Node
from backprop.lessons.lesson import Links
from backprop.notation.formula import Label

PHASES = ("forward", "loss", "backward", "update")
MOST_TICKS = 34  # that a strip shows by name; more are grouped
MOST_GROUPS = 22


@dataclass(frozen=True, slots=True)
class Stop:
    """One step of the walk.

    Attributes:
        phase: one of PHASES.
        kind: “value” or “slope” of a node; “whole”, the gradient complete; or “update”.
        node: the node's position; −1 where the step is about all of them.
        name: the node's name, or the kind.
        layer: the layer of weights that it belongs to; 0 for the loss.
        stage: within a layer going back: 0 activations, 1 sums, 2 parameters.
        unit: the neuron within the layer.
    """

    phase: str
    kind: str
    node: int
    name: str
    layer: int = 0
    stage: int = 0
    unit: int = 0


@lru_cache(maxsize=64)
def walk(graph: Graph) -> tuple[Stop, ...]:
    """Return the steps of a round, in order."""
    values = [_stop(graph, i, "value") for i, node in enumerate(graph.nodes) if not node.is_leaf]
    varying = graph.varying()
    slopes = [_stop(graph, i, "slope") for i in range(len(graph)) if varying[i]]
    return (
        *(stop for stop in values if stop.phase == "forward"),
        *(stop for stop in values if stop.phase == "loss"),
        *sorted(slopes, key=_backward_order),
        Stop("backward", "whole", -1, "gradient"),
        Stop("update", "update", -1, "update"),
    )


def _stop(graph: Graph, position: int, kind: str) -> Stop:
    node = graph.nodes[position]
    belongs = node.name if node.is_leaf else node.part_of or node.name
    if "L" in (node.name, node.part_of):
        return Stop("loss" if kind == "value" else "backward", kind, position, node.name)
    own = node.name if node.name[1:2].isdigit() else belongs
    layer, unit = (int(part) for part in own[1:].split("_")[:2])
    stage = 2 if node.is_leaf else 0 if node.name.startswith("a") else 1
    phase = "forward" if kind == "value" else "backward"
    return Stop(phase, kind, position, node.name, layer, stage, unit)


def _backward_order(stop: Stop) -> tuple[int, ...]:
    if not stop.layer:
        return (0, 0, 0, 0, -stop.node)
    inside = stop.node if stop.stage == 2 else -stop.node
    return (1, -stop.layer, stop.stage, stop.unit, inside)


@lru_cache(maxsize=64)
def _positions(graph: Graph) -> dict[tuple[str, str], int]:
    return {(stop.kind, stop.name): n for n, stop in enumerate(walk(graph))}


def same_stop(stop: Stop, node: Node | None, graph: Graph) -> int:
    """Return the number of the step of another graph that is about the same quantity.

    A node that the other graph does not have is looked for as the one it is part of.
    """
    known = _positions(graph)
    if node is None or (stop.kind, stop.name) in known:
        return known[(stop.kind, stop.name)]
    return known[(stop.kind, node.part_of)]


def seen(graph: Graph, step: int) -> tuple[frozenset[int], frozenset[int]]:
    """Return which nodes' values, and which nodes' gradients, are known after a step."""
    stops = walk(graph)[: step + 1]
    leaves = (i for i, node in enumerate(graph.nodes) if node.is_leaf)
    valued = (stop.node for stop in stops if stop.kind == "value")
    graded = (stop.node for stop in stops if stop.kind == "slope")
    return frozenset((*leaves, *valued)), frozenset(graded)


@dataclass(frozen=True, slots=True)
class Tick:
    """One step in the strip, or a group of steps that is folded.

    Attributes:
        label: the quantity's name; None where `words` stands instead.
        words: what it is called where it has no letter: “gradient”, “layer 2”.
        state: “done”, “now” or “ahead”.
        address: where it leads.
        count: how many steps it stands for.
        number: the (first) step's number, counted from 1.
    """

    label: Label | None
    words: str
    state: str
    address: str
    count: int
    number: int


@dataclass(frozen=True, slots=True)
class Phase:
    """One of the four phases in the strip."""

    name: str
    title: str
    state: str
    address: str
    ticks: tuple[Tick, ...]


@dataclass(frozen=True, slots=True)
class Strip:
    """All steps of a round, by phase, and where the keys lead."""

    phases: tuple[Phase, ...]
    at: int  # counted from 1
    count: int
    first: str
    back: str  # empty at the first step
    forward: str  # empty at the last
    last: str
    phase_back: str
    phase_forward: str


TITLES = {"forward": "Forward", "loss": "Loss", "backward": "Backward", "update": "Update"}


def strip_of(graph: Graph, step: int, links: Links, label: Callable[[str], Label]) -> Strip:
    """Return the film strip at a step."""
    stops = walk(graph)
    level = _level(stops)
    last = len(stops) - 1
    starts = [next(n for n, stop in enumerate(stops) if stop.phase == name) for name in PHASES]
    phases = []
    for name, start in zip(PHASES, starts, strict=True):
        members = [(n, stop) for n, stop in enumerate(stops) if stop.phase == name]
        ticks = tuple(_ticks(members, level, step, links, label))
        state = _state(members[0][0], members[-1][0], step)
        phases.append(Phase(name, TITLES[name], state, links.address(step=start), ticks))
    before = [start for start in starts if start < step]
    after = [start for start in starts if start > step]
    return Strip(
        phases=tuple(phases),
        at=step + 1,
        count=len(stops),
        first=links.address(step=0),
        back=links.address(step=step - 1) if step else "",
        forward=links.address(step=step + 1) if step < last else "",
        last=links.address(step=last),
        phase_back=links.address(step=before[-1]) if before else "",
        phase_forward=links.address(step=after[0]) if after else "",
    )


Level = Callable[[Stop], tuple[object, ...]]


def _each(stop: Stop) -> tuple[object, ...]:
    return (stop.phase, stop.kind, stop.node)


def _by_neuron(stop: Stop) -> tuple[object, ...]:
    if stop.kind in ("whole", "update"):
        return _each(stop)
    going_back = stop.stage if stop.phase == "backward" else 0
    return (stop.phase, stop.layer, going_back, stop.unit)


def _by_stage(stop: Stop) -> tuple[object, ...]:
    if stop.kind in ("whole", "update"):
        return _each(stop)
    return (stop.phase, stop.layer, stop.stage if stop.phase == "backward" else 0)


def _by_layer(stop: Stop) -> tuple[object, ...]:
    return _each(stop) if stop.kind in ("whole", "update") else (stop.phase, stop.layer)


def _level(stops: tuple[Stop, ...]) -> Level:
    """Return the finest grouping of the steps that fits a strip."""
    if len(stops) <= MOST_TICKS:
        return _each
    for level in (_by_neuron, _by_stage):
        if sum(1 for _ in groupby(stops, level)) <= MOST_GROUPS:
            return level
    return _by_layer


def _ticks(
    members: list[tuple[int, Stop]],
    level: Level,
    step: int,
    links: Links,
    label: Callable[[str], Label],
) -> Iterable[Tick]:
    for _, group in groupby(members, lambda member: level(member[1])):
        steps = list(group)
        open_ = steps[0][0] <= step <= steps[-1][0]
        if open_ or len(steps) == 1:
            for n, stop in steps:
                yield Tick(
                    *_called(stop, label), _state(n, n, step), links.address(step=n), 1, n + 1
                )
        else:
            n, stop = steps[0]
            state, called = _state(n, steps[-1][0], step), _group_called(stop, level, label)
            yield Tick(*called, state, links.address(step=n), len(steps), n + 1)


def _state(first: int, last: int, step: int) -> str:
    return "ahead" if step < first else "done" if step > last else "now"


def _called(stop: Stop, label: Callable[[str], Label]) -> tuple[Label | None, str]:
    if stop.kind == "whole":
        return None, "∇"
    return (None, "all") if stop.kind == "update" else (label(stop.name), "")


def _group_called(
    stop: Stop, level: Level, label: Callable[[str], Label]
) -> tuple[Label | None, str]:
    if not stop.layer:
        return label("L"), ""
    if level is _by_layer or (level is _by_stage and stop.phase == "forward"):
        return None, f"({stop.layer})"
    letter = "azw"[stop.stage if stop.phase == "backward" else 1]
    if level is _by_stage:
        return Label(letter, above=f"({stop.layer})"), ""
    return (label(f"z{stop.layer}_{stop.unit}"), "") if letter == "z" else (label(stop.name), "…")
