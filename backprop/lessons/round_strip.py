"""The film strip: all steps of a round by name, in four phases, folded where they do not fit."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import groupby

from backprop.engine.graph import Graph
from backprop.lessons.lesson import Links
from backprop.lessons.round_walk import PHASES, Stop, walk
from backprop.notation.formula import Label

MOST_TICKS = 34  # that a strip shows by name; more are grouped
MOST_GROUPS = 22


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
