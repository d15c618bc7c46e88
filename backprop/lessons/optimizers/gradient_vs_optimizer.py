"""The wall between two machines: one makes the gradient, the other one uses it.

Left, the gradient at the start by three ways that share no mistake: exchanged, the numbers agree
and the cost does not. Right, what one step of each optimizer makes of it: exchanged, the gradient
does not move by one digit and the step does.
"""

from dataclasses import dataclass

import numpy as np

from backprop.engine.backward import gradient
from backprop.engine.differences.slopes import central_differences
from backprop.engine.errors import LimitError
from backprop.engine.forward import value
from backprop.lessons.optimizers.choices import SOURCES, Choices
from backprop.lessons.optimizers.learning_rates import suggest_rates
from backprop.lessons.optimizers.race import Race
from backprop.lessons.optimizers.surface import Surface
from backprop.notation.formula import Number
from backprop.notation.numerals import exact
from backprop.notation.symbolic.derivative import derivative
from backprop.stage.controls import Option
from backprop.stage.links import Links
from backprop.stage.two_machines import SOURCE_TITLES, agreement
from backprop.stage.walk.explanation import long_number, number
from backprop.training.demo_optimizers import MACHINES
from backprop.training.optimizers import Optimizer

DIGITS = 10


@dataclass(frozen=True, slots=True)
class GradientSide:
    """One way to the gradient.

    Attributes:
        slopes: ∂f/∂x and ∂f/∂y; empty where this way leads nowhere, and `why` says so.
        digits: ten digits of both, as many as rounding leaves right.
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
class OptimizerSide:
    """One way to use it: its first step from the start.

    Attributes:
        rate: its learning rate, as a text; empty where it has none.
        move, place, value: what it adds, where that leads, and the function there.
        lower: whether that is lower than at the start.
    """

    name: str
    title: str
    rate: str
    move: tuple[Number, ...]
    place: tuple[Number, ...]
    value: Number
    lower: bool


@dataclass(frozen=True, slots=True)
class GradientVsOptimizer:
    """Both sides of the wall.

    Attributes:
        at, before: where the gradient is taken, and the function's value there.
        left, right: which source and which machine are chosen, of all.
        racers: what each racer makes of the gradient, in the order of their numbers.
    """

    at: tuple[Number, Number]
    before: Number
    left: GradientSide
    right: OptimizerSide
    sources: tuple[GradientSide, ...]
    machines: tuple[OptimizerSide, ...]
    racers: tuple[OptimizerSide, ...]
    choose_left: tuple[Option, ...]
    choose_right: tuple[Option, ...]
    sentence: str


def compare_sides(race: Race, choices: Choices, links: Links) -> GradientVsOptimizer:
    """Return both sides of the wall at the start of a race."""
    surface, (x, y) = race.surface, race.start
    before, *slopes = surface.slopes(x, y)
    sources = tuple(_source(name, surface, race.start, slopes) for name in SOURCES)
    left = sources[SOURCES.index(choices.source)]
    g = np.array([each.exact for each in left.slopes] or slopes)
    machines = tuple(_machine(_set_up(name, race, choices), race, g, before) for name in MACHINES)
    right = machines[tuple(MACHINES).index(choices.machine)]
    return GradientVsOptimizer(
        at=(number(x), number(y)),
        before=number(before, "forward"),
        left=left,
        right=right,
        sources=sources,
        machines=machines,
        racers=tuple(_machine(racer.optimizer, race, g, before) for racer in race.racers),
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
) -> GradientSide:
    slopes, cost, why = _differentiate(name, surface, dict(zip(surface.names, start, strict=True)))
    return GradientSide(
        name=name,
        title=SOURCE_TITLES[name],
        slopes=tuple(number(s, "backward") for s in slopes),
        digits=tuple(exact(float(f"{s:.{DIGITS}g}")) for s in slopes),
        cost=cost,
        same="" if name == "backward" or not slopes else agreement(slopes, exactly),
        why=why,
    )


def _differentiate(
    name: str, surface: Surface, at: dict[str, float]
) -> tuple[list[float], str, str]:
    """Return both slopes and what they cost; or none, and why there are none."""
    graph = surface.graph
    if name == "backward":
        slopes = gradient(graph, at)[1]
        return [slopes[n] for n in surface.names], "1 forward pass and 1 backward pass", ""
    if name == "central":
        near = central_differences(graph, at)
        return [float(near[n]) for n in surface.names], "4 forward passes: 2 for each variable", ""
    try:
        forms = [derivative(graph, n) for n in surface.names]
        closed = [float(value(form, {n: at[n] for n in form.variables})) for form in forms]
    except LimitError as error:
        return [], "", f"{error.what} {error.hint or ''}".strip()
    parts = sum(not node.is_leaf for form in forms for node in form.nodes)
    return closed, f"2 formulas made once by algebra, then {parts} operations", ""


def _machine(optimizer: Optimizer, race: Race, g: np.ndarray, before: float) -> OptimizerSide:
    theta = np.array(race.start)
    move, _ = optimizer.step(g, optimizer.start(theta), theta)
    with np.errstate(all="ignore"):
        place = theta + move
    after = race.surface.slopes(float(place[0]), float(place[1]))[0]
    has_rate = any(setting.name == "learning_rate" for setting in optimizer.settings())
    return OptimizerSide(
        name=optimizer.name,
        title=optimizer.title,
        rate=f"{optimizer.learning_rate:g}" if has_rate else "",
        move=tuple(map(number, move.tolist())),
        place=tuple(map(number, place.tolist())),
        value=long_number(after, "forward"),
        lower=after < before,
    )


def _set_up(name: str, race: Race, choices: Choices) -> Optimizer:
    """Return a machine: set as in the race if it races there, else as suits the surface."""
    racing = next((r.optimizer for r in race.racers if r.optimizer.name == name), None)
    if racing is not None:
        return racing
    kind = MACHINES[name]
    rates = suggest_rates(race.surface, choices.surface.at)
    return kind(learning_rate=rates[name]) if name in rates else kind()


def _sentence(machine: OptimizerSide, letter: str) -> str:
    if machine.name == "rest":
        return "Nothing moves. The gradient is there all the same: it is a property of the place."
    if machine.name == "uphill":
        return f"It climbs: {letter} grows. The same gradient serves who wants to go up."
    if machine.lower:
        return f"{letter} falls. Another machine would step elsewhere, from the same gradient."
    return f"{letter} does not fall: the step is too long here. The gradient is right all the same."
