"""The film strip: all steps of a walk by name, in its phases, folded where they do not fit."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from backprop.notation.formula import Label
from backprop.stage.lesson import Steps
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

    @property
    def now(self) -> str:
        """The quantity that the step is about, as plain text: w₅; empty where there is none."""
        ticks = (tick for phase in self.phases for tick in phase.ticks if tick.state == "now")
        return next((tick.label.text for tick in ticks if tick.label), "")

    @property
    def steps(self) -> Steps:
        """The steps as the page counts them."""
        return Steps(1, self.count, self.at)


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
    steps: Sequence[WalkStep], at: int, links: Links, label: Labels, folds: tuple[Fold, ...] = ()
) -> Strip:
    """Return the film strip at a step, counted from 0; the steps of a phase follow each other.

    Of the folds, from the coarsest to the finest, those that hold the step are open.
    """
    last = len(steps) - 1
    names = tuple(dict.fromkeys(step.phase for step in steps))
    starts = [next(n for n, step in enumerate(steps) if step.phase == name) for name in names]
    phases = []
    for name, start in zip(names, starts, strict=True):
        members = [(n, step) for n, step in enumerate(steps) if step.phase == name]
        ticks = tuple(_ticks(members, folds, at, links, label))
        state = _state(members[0][0], members[-1][0], at)
        phases.append(Phase(name, TITLES[name], state, links.address(step=start), ticks))
    before = [start for start in starts if start < at]
    after = [start for start in starts if start > at]
    return Strip(
        phases=tuple(phases),
        at=at + 1,
        count=len(steps),
        first=links.address(step=0),
        back=links.address(step=at - 1) if at else "",
        forward=links.address(step=at + 1) if at < last else "",
        last=links.address(step=last),
        phase_back=links.address(step=before[-1]) if before else "",
        phase_forward=links.address(step=after[0]) if after else "",
    )


def _ticks(
    members: Sequence[tuple[int, WalkStep]],
    folds: tuple[Fold, ...],
    at: int,
    links: Links,
    label: Labels,
) -> Iterable[Tick]:
    if not folds:
        for n, step in members:
            yield Tick(*_called(step, label), _state(n, n, at), links.address(step=n), 1, n + 1)
        return
    fold, *finer = folds
    for _, group in groupby(members, lambda member: fold.key(member[1])):
        steps = list(group)
        first, last = steps[0][0], steps[-1][0]
        if first <= at <= last or first == last:
            yield from _ticks(steps, tuple(finer), at, links, label)
        else:
            state, called = _state(first, last, at), fold.called(steps[0][1], label)
            yield Tick(*called, state, links.address(step=first), len(steps), first + 1)


def _state(first: int, last: int, at: int) -> str:
    return "ahead" if at < first else "done" if at > last else "now"


def _called(step: WalkStep, label: Labels) -> TickName:
    if step.kind == "whole":
        return None, "∇"
    return (None, "all") if step.kind == "update" else (label(step.name), "")


def network_folds(steps: Sequence[WalkStep]) -> tuple[Fold, ...]:
    """Return how the walk through a network is folded: as finely as fits a strip."""
    if len(steps) <= MOST_TICKS:
        return ()
    for fold in (BY_NEURON, BY_STAGE):
        if sum(1 for _ in groupby(steps, fold.key)) <= MOST_GROUPS:
            return (fold,)
    return (BY_LAYER,)


def _place(step: WalkStep) -> tuple[object, ...]:
    """Return phase, layer, stage and neuron; a step that is about all nodes is a place alone."""
    if step.kind in ("whole", "update"):
        return (step.phase, step.kind)
    stage = step.stage if step.phase == "backward" else 0
    return (step.phase, step.layer, stage, step.unit)


def _name_neuron(step: WalkStep, label: Labels) -> TickName:
    if _letter(step) == "z":
        return label(f"z{step.layer}_{step.unit}"), ""
    return label(step.name), "…"


def _name_stage(step: WalkStep, label: Labels) -> TickName:  # noqa: ARG001 - called as the others
    if step.phase == "forward":
        return None, f"({step.layer})"
    return Label(_letter(step), above=f"({step.layer})"), ""


def _name_layer(step: WalkStep, label: Labels) -> TickName:  # noqa: ARG001 - called as the others
    return None, f"({step.layer})"


def _letter(step: WalkStep) -> str:
    """Return the letter of a stage going back; forward, a neuron is called by its sum."""
    return "azw"[step.stage if step.phase == "backward" else 1]


def _fold(depth: int, name: Callable[[WalkStep, Labels], TickName]) -> Fold:
    """Return the fold of what shares so many parts of its place; the loss is in no layer."""
    return Fold(
        lambda step: _place(step)[:depth],
        lambda step, label: name(step, label) if step.layer else (label("L"), ""),
    )


BY_NEURON = _fold(4, _name_neuron)
BY_STAGE = _fold(3, _name_stage)
BY_LAYER = _fold(2, _name_layer)
