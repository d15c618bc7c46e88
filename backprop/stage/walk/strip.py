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
    def makes(self) -> int:
        """How many ticks stand before the update: what makes the gradient."""
        return sum(len(phase.ticks) for phase in self.phases if phase.name != "update")

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


class Film:
    """The strip of one walk, at any of its steps.

    Ticks and phases are made once for each state that they can be in: the next step shows most of
    the very same ones.

    Args:
        steps: of the walk; those of a phase follow each other.
        links: around it.
        label: what a quantity is called.
        folds: from the coarsest to the finest; those that hold the step that is shown are open.
    """

    def __init__(
        self, steps: Sequence[WalkStep], links: Links, label: Labels, folds: tuple[Fold, ...] = ()
    ) -> None:
        self.steps, self.links, self.label, self.folds = steps, links, label, folds
        self._members: dict[str, list[tuple[int, WalkStep]]] = {}
        for n, step in enumerate(steps):
            self._members.setdefault(step.phase, []).append((n, step))
        self._starts = [members[0][0] for members in self._members.values()]
        self._addresses: dict[int, str] = {}
        self._ticks: dict[tuple[int, int, str], Tick] = {}
        self._phases: dict[tuple[str, str], Phase] = {}

    def at(self, at: int) -> Strip:
        """Return the strip at a step, counted from 0."""
        last = len(self.steps) - 1
        before = [start for start in self._starts if start < at]
        after = [start for start in self._starts if start > at]
        address = self._address
        return Strip(
            phases=tuple(self._phase(name, at) for name in self._members),
            at=at + 1,
            count=len(self.steps),
            first=address(0),
            back=address(at - 1) if at else "",
            forward=address(at + 1) if at < last else "",
            last=address(last),
            phase_back=address(before[-1]) if before else "",
            phase_forward=address(after[0]) if after else "",
        )

    def _address(self, step: int) -> str:
        if step not in self._addresses:
            self._addresses[step] = self.links.address(step=step)
        return self._addresses[step]

    def _phase(self, name: str, at: int) -> Phase:
        members = self._members[name]
        start, end = members[0][0], members[-1][0]
        state = _state(start, end, at)
        if (name, state) in self._phases:
            return self._phases[name, state]
        ticks = tuple(self._gather(members, self.folds, at))
        phase = Phase(name, TITLES[name], state, self._address(start), ticks)
        if state != "now":
            self._phases[name, state] = phase
        return phase

    def _gather(
        self, members: Sequence[tuple[int, WalkStep]], folds: tuple[Fold, ...], at: int
    ) -> Iterable[Tick]:
        if not folds:
            for n, step in members:
                yield self._tick(n, 1, _state(n, n, at), _called, step)
            return
        fold, *finer = folds
        for _, group in groupby(members, lambda member: fold.key(member[1])):
            steps = list(group)
            first, last = steps[0][0], steps[-1][0]
            if first <= at <= last or first == last:
                yield from self._gather(steps, tuple(finer), at)
            else:
                state = _state(first, last, at)
                yield self._tick(first, len(steps), state, fold.called, steps[0][1])

    def _tick(
        self,
        first: int,
        count: int,
        state: str,
        called: Callable[[WalkStep, Labels], TickName],
        step: WalkStep,
    ) -> Tick:
        key = (first, count, state)
        if key not in self._ticks:
            name = called(step, self.label)
            self._ticks[key] = Tick(*name, state, self._address(first), count, first + 1)
        return self._ticks[key]


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
