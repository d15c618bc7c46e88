"""The film strip: all steps of a walk by name, in its phases, folded where they do not fit."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from backprop.notation.formula import Label
from backprop.stage.links import Links
from backprop.stage.walk.explanation import Labels
from backprop.stage.walk.steps import WalkStep

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
    """One of the phases in the strip."""

    name: str
    title: str
    state: str
    address: str
    ticks: tuple[Tick, ...]


@dataclass(frozen=True, slots=True)
class Strip:
    """All steps of a walk, by phase, and where the keys lead."""

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

TickName = tuple[Label | None, str]  # a quantity's name, or words instead of it


@dataclass(frozen=True, slots=True)
class Fold:
    """A way to gather steps where there are too many.

    Attributes:
        key: steps that follow each other with the same key are gathered.
        called: the first of them → what they are called together.
    """

    key: Callable[[WalkStep], tuple[object, ...]]
    called: Callable[[WalkStep, Labels], TickName]


def make_strip(
    stops: Sequence[WalkStep], step: int, links: Links, label: Labels, folds: tuple[Fold, ...] = ()
) -> Strip:
    """Return the film strip at a step.

    Args:
        stops: all steps of the walk; those of a phase follow each other.
        step: the number of the one that is shown, counted from 0.
        links: of the state.
        label: a node's name → how it is written.
        folds: from the coarsest to the finest; what holds the step is unfolded.
    """
    last = len(stops) - 1
    names = tuple(dict.fromkeys(stop.phase for stop in stops))
    starts = [next(n for n, stop in enumerate(stops) if stop.phase == name) for name in names]
    phases = []
    for name, start in zip(names, starts, strict=True):
        members = [(n, stop) for n, stop in enumerate(stops) if stop.phase == name]
        ticks = tuple(_ticks(members, folds, step, links, label))
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


def _ticks(
    members: Sequence[tuple[int, WalkStep]],
    folds: tuple[Fold, ...],
    step: int,
    links: Links,
    label: Labels,
) -> Iterable[Tick]:
    if not folds:
        for n, stop in members:
            yield Tick(*_called(stop, label), _state(n, n, step), links.address(step=n), 1, n + 1)
        return
    fold, *finer = folds
    for _, group in groupby(members, lambda member: fold.key(member[1])):
        steps = list(group)
        first, last = steps[0][0], steps[-1][0]
        if first <= step <= last or first == last:
            yield from _ticks(steps, tuple(finer), step, links, label)
        else:
            state, called = _state(first, last, step), fold.called(steps[0][1], label)
            yield Tick(*called, state, links.address(step=first), len(steps), first + 1)


def _state(first: int, last: int, step: int) -> str:
    return "ahead" if step < first else "done" if step > last else "now"


def _called(stop: WalkStep, label: Labels) -> TickName:
    if stop.kind == "whole":
        return None, "∇"
    return (None, "all") if stop.kind == "update" else (label(stop.name), "")


def network_folds(stops: Sequence[WalkStep]) -> tuple[Fold, ...]:
    """Return how the walk through a network is folded: as finely as fits a strip."""
    if len(stops) <= MOST_TICKS:
        return ()
    for fold in (BY_NEURON, BY_STAGE):
        if sum(1 for _ in groupby(stops, fold.key)) <= MOST_GROUPS:
            return (fold,)
    return (BY_LAYER,)


def _alone(stop: WalkStep) -> tuple[object, ...] | None:
    """Return a key of its own for a step that is about all nodes."""
    return (stop.phase, stop.kind) if stop.kind in ("whole", "update") else None


def _neuron_of(stop: WalkStep) -> tuple[object, ...]:
    stage = stop.stage if stop.phase == "backward" else 0
    return _alone(stop) or (stop.phase, stop.layer, stage, stop.unit)


def _stage_of(stop: WalkStep) -> tuple[object, ...]:
    stage = stop.stage if stop.phase == "backward" else 0
    return _alone(stop) or (stop.phase, stop.layer, stage)


def _layer_of(stop: WalkStep) -> tuple[object, ...]:
    return _alone(stop) or (stop.phase, stop.layer)


def _called_by_neuron(stop: WalkStep, label: Labels) -> TickName:
    if not stop.layer:
        return label("L"), ""
    if _letter_of(stop) == "z":
        return label(f"z{stop.layer}_{stop.unit}"), ""
    return label(stop.name), "…"


def _called_by_stage(stop: WalkStep, label: Labels) -> TickName:
    if not stop.layer:
        return label("L"), ""
    if stop.phase == "forward":
        return None, f"({stop.layer})"
    return Label(_letter_of(stop), above=f"({stop.layer})"), ""


def _called_by_layer(stop: WalkStep, label: Labels) -> TickName:
    return (None, f"({stop.layer})") if stop.layer else (label("L"), "")


def _letter_of(stop: WalkStep) -> str:
    """Return the letter of a stage going back; forward, a neuron is called by its sum."""
    return "azw"[stop.stage if stop.phase == "backward" else 1]


BY_NEURON = Fold(_neuron_of, _called_by_neuron)
BY_STAGE = Fold(_stage_of, _called_by_stage)
BY_LAYER = Fold(_layer_of, _called_by_layer)
