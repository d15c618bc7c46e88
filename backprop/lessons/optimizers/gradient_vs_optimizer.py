"""The wall between two machines: one makes the gradient, the other one uses it.

Left, the gradient at the start by three ways that share no mistake: exchanged, the numbers agree
and the cost does not. Right, what one step of each optimizer makes of it: exchanged, the gradient
does not move by one digit and the step does.
"""

import math
from dataclasses import dataclass
from itertools import takewhile

import numpy as np

from backprop.engine.backward import gradient
from backprop.engine.differences.slopes import central_differences
from backprop.engine.errors import LimitError
from backprop.engine.forward import value
from backprop.lessons.optimizers.choices import SOURCES, Choices
from backprop.lessons.optimizers.learning_rates import suggested
from backprop.lessons.optimizers.race import Race
from backprop.lessons.optimizers.surface import Surface
from backprop.notation.formula import Label, Number
from backprop.notation.numerals import exact, long, short
from backprop.notation.symbolic.derivative import derivative
from backprop.stage.controls import Option
from backprop.stage.links import Links
from backprop.training.demo_optimizers import MACHINES
from backprop.training.optimizers import Optimizer

TITLES = {
    "backward": "backpropagation",
    "central": "central differences",
    "closed": "closed form",
}


@dataclass(frozen=True, slots=True)
class Source:
    """One way to the gradient.

    Attributes:
        slopes: ∂f/∂x and ∂f/∂y; empty where this way leads nowhere, and `why` says so.
        digits: all digits of both.
        cost: what it took, in words.
        same: how many digits agree with backpropagation, in words; empty for itself.
    """

    name: str
    title: str
    slopes: tuple[Number, ...]
    digits: tuple[str, ...]
    cost: str
    same: str
    why: str


@dataclass(frozen=True, slots=True)
class Machine:
    """One way to use it: its first step from the start.

    Attributes:
        rate: its learning rate, as a text; empty where it has none.
        move, place: what it adds, and where that leads.
        value: the function there.
        downhill: whether that is lower than at the start.
    """

    name: str
    title: str
    rate: str
    move: tuple[Number, ...]
    place: tuple[Number, ...]
    value: Number
    lower: bool


@dataclass(frozen=True, slots=True)
class Firewall:
    """Both sides of the wall.

    Attributes:
        labels: of the two variables.
        letter: of the function.
        at: where the gradient is taken.
        before: the function's value there.
        left, right: which source and which machine are chosen.
        sources, machines: all of them, for the tables.
        choose_left, choose_right: controls.
    """

    labels: tuple[Label, Label]
    letter: Label
    at: tuple[Number, Number]
    before: Number
    left: Source
    right: Machine
    sources: tuple[Source, ...]
    machines: tuple[Machine, ...]
    choose_left: tuple[Option, ...]
    choose_right: tuple[Option, ...]
    sentence: str


def firewall_of(race: Race, choices: Choices, links: Links) -> Firewall:
    """Return both sides of the wall at the start of a race."""
    surface, (x, y) = race.surface, race.start
    before, *slopes = surface.slopes(x, y)
    sources = tuple(_source(name, surface, race.start, slopes) for name in SOURCES)
    left = sources[SOURCES.index(choices.source)]
    g = np.array([each.exact for each in left.slopes] or slopes)
    machines = tuple(_machine(name, race, choices, g, before) for name in MACHINES)
    right = machines[tuple(MACHINES).index(choices.machine)]
    return Firewall(
        labels=surface.labels,
        letter=surface.letter,
        at=(Number(short(x), x), Number(short(y), y)),
        before=Number(short(before), before, "forward"),
        left=left,
        right=right,
        sources=sources,
        machines=machines,
        choose_left=tuple(
            Option(s.title, s.name, s is left, links.address(source=s.name), s.cost)
            for s in sources
        ),
        choose_right=tuple(
            Option(m.title, m.name, m is right, links.address(machine=m.name)) for m in machines
        ),
        sentence=_sentence(right, surface.letter.letter),
    )


def _source(
    name: str, surface: Surface, start: tuple[float, float], exactly: list[float]
) -> Source:
    at, why, cost = dict(zip(surface.names, start, strict=True)), "", ""
    slopes: list[float] = []
    if name == "backward":
        found = gradient(surface.graph, at)[1]
        slopes, cost = [found[n] for n in surface.names], "1 forward pass and 1 backward pass"
    elif name == "central":
        near = central_differences(surface.graph, at)
        slopes = [float(near[n]) for n in surface.names]
        cost = "4 forward passes: 2 for each variable"
    else:
        try:
            forms = [derivative(surface.graph, n) for n in surface.names]
            slopes = [float(value(f, {n: at[n] for n in f.variables})) for f in forms]
            parts = sum(not node.is_leaf for form in forms for node in form.nodes)
            cost = f"2 formulas made once by algebra, then {parts} operations"
        except LimitError as error:
            why = f"{error.what} {error.hint or ''}".strip()
    return Source(
        name=name,
        title=TITLES[name],
        slopes=tuple(Number(short(s), s, "backward") for s in slopes),
        digits=tuple(exact(s) for s in slopes),
        cost=cost,
        same="" if name == "backward" or not slopes else _agreement(slopes, exactly),
        why=why,
    )


def _agreement(slopes: list[float], exactly: list[float]) -> str:
    """Return how many leading digits two gradients share, in words."""
    if slopes == exactly:
        return "the same to the last digit"
    if not all(map(math.isfinite, (*slopes, *exactly))):
        return "not a finite number everywhere"
    fewest = min(_shared(a, b) for a, b in zip(slopes, exactly, strict=True))
    return f"the same to {fewest} digits" if fewest else "not the same"


def _shared(a: float, b: float) -> int:
    if a == b:
        return 17
    apart = abs(a - b) / max(abs(a), abs(b))
    return sum(1 for _ in takewhile(lambda n: apart <= 0.5 * 10.0**-n, range(1, 18)))


def _machine(name: str, race: Race, choices: Choices, g: np.ndarray, before: float) -> Machine:
    optimizer = _set_up(name, race, choices)
    theta = np.array(race.start)
    move, _ = optimizer.step(g, optimizer.start(theta), theta)
    with np.errstate(all="ignore"):
        place = theta + move
    after = race.surface.slopes(float(place[0]), float(place[1]))[0]
    has_rate = any(setting.name == "learning_rate" for setting in optimizer.settings())
    return Machine(
        name=name,
        title=optimizer.title,
        rate=f"{optimizer.learning_rate:g}" if has_rate else "",
        move=tuple(Number(short(float(d)), float(d)) for d in move),
        place=tuple(Number(short(float(p)), float(p)) for p in place),
        value=Number(long(after), after, "forward"),
        lower=after < before,
    )


def _set_up(name: str, race: Race, choices: Choices) -> Optimizer:
    """Return a machine: set as in the race if it races there, else as suits the surface."""
    racing = next((r.optimizer for r in race.racers if r.optimizer.name == name), None)
    if racing is not None:
        return racing
    kind = MACHINES[name]
    rates = suggested(race.surface, choices.at)
    return kind(learning_rate=rates[name]) if name in rates else kind()


def _sentence(machine: Machine, letter: str) -> str:
    if machine.name == "rest":
        return "Nothing moves. The gradient is there all the same: it is a property of the place."
    if machine.name == "uphill":
        return f"It climbs: {letter} grows. The same gradient serves who wants to go up."
    if machine.lower:
        return f"{letter} falls. Another machine would step elsewhere, from the same gradient."
    return f"{letter} does not fall: the step is too long here. The gradient is right all the same."
