"""The question which numbers change when something is exchanged, on either side of the wall.

Left of it stands what makes a gradient: the backward pass, or differences; right of it, what makes
a step of one. Everything is computed before and after.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from random import Random

from backprop.engine.backward import gradient
from backprop.engine.differences.cost import Evaluations, evaluations
from backprop.engine.differences.slopes import STEP, graph_differences
from backprop.engine.expression import parse
from backprop.engine.forward import value
from backprop.engine.graph import Graph
from backprop.notation.formula import Number
from backprop.notation.numerals import brief
from backprop.stage.quiz.exchange import Watched, ask_changes
from backprop.stage.quiz.question import Question
from backprop.stage.walk.explanation import number
from backprop.training.optimizers import Adam, GradientDescent, Momentum, Optimizer

COARSE = 0.1  # a nudge that shows in the slope
BY_DIFFERENCES = {"central": (STEP, 0), "one-sided": (COARSE, 1)}  # their nudge, and the side
LEFT = "The optimizer is given the same gradient, so what is right of the wall stays."
RIGHT = "It stands right of the wall: the gradient was there before, and so was what it cost."
EXCHANGES: Mapping[str, tuple[str, str]] = {  # what is said, and why what changes does
    "central": (
        "Central differences take the place of the backward pass, left of the wall",
        f"The gradient is the same but for rounding, and only its cost is another. {LEFT}",
    ),
    "one-sided": (
        f"Differences of one side, with h = {COARSE}, take the place of the backward pass",
        "So coarse a nudge measures another slope, and a step is made of what arrives.",
    ),
    "rate": ("The learning rate is halved", RIGHT),
    "adam": ("Adam takes the place of gradient descent, with the same learning rate", RIGHT),
    "momentum": (
        "Momentum takes the place of gradient descent; it is its first step",
        f"{RIGHT} Momentum’s first velocity is the gradient itself.",
    ),
    "constant": (
        "7 is added to f",
        "A constant lifts f everywhere alike, and has no slope.",
    ),
    "place": (
        "Another x is where it starts",
        "Value and slope are those of a place; the passes are counted by variables.",
    ),
}


@dataclass(frozen=True, slots=True)
class _Setup:
    """What is exchanged: the function, the place, the way to its gradient, and the optimizer."""

    graph: Graph
    at: Mapping[str, float]
    optimizer: Optimizer
    way: str = "backward"

    @property
    def slope(self) -> float:
        """The slope by x."""
        if self.way == "backward":
            return float(gradient(self.graph, self.at)[1]["x"])
        h, side = BY_DIFFERENCES[self.way]
        return float(graph_differences(self.graph, self.at, h, side).slopes["x"])

    @property
    def step(self) -> float:
        """What the optimizer makes of it."""
        at = {"x": self.at["x"]}
        return float(self.optimizer.step({"x": self.slope}, self.optimizer.start(at), at)[0]["x"])

    def cost(self, variables: int) -> Number:
        """The passes of a gradient by so many variables."""
        if self.way == "backward":
            return Number("1 + 1", 2.0)  # one forward, one backward
        taken: Evaluations = evaluations(variables)
        count = taken.forward if self.way == "one-sided" else taken.central
        return Number(str(count), float(count))


def ask_exchange(seed: int) -> Question:
    """Return the question which numbers change."""
    rng = Random(seed)
    kind = rng.choice(tuple(EXCHANGES))
    before, after = _drawn(rng, kind)
    variables = rng.choice((20, 50, 100, 300))
    overlooked = "What a gradient costs overlooked"
    kept = "The way taken for the result" if kind == "central" else "The gradient taken for changed"
    another = "A step of the same gradient taken for another"
    unlike = "Another gradient or optimizer overlooked"
    cost = "The cost taken for changed"
    return ask_changes(
        (
            f"The backward pass and gradient descent, with η = "
            f"{brief(before.optimizer.learning_rate)}, made these numbers. {EXCHANGES[kind][0]}. "
            "Which of them change, beyond rounding?",
        ),
        "exchange",
        (
            Watched("slope", ("the slope ∂f/∂x",), number(before.slope, "backward"),
                    number(after.slope, "backward"), kept, "Another gradient overlooked"),
            Watched("step", ("the step of x",), number(before.step), number(after.step), another,
                    unlike),
            Watched("value", ("the value of f at the start",), _value(before), _value(after),
                    "The function taken for changed", "Another value overlooked"),
            Watched("cost", ("the number of passes that this gradient takes",), before.cost(2),
                    after.cost(2), cost, overlooked),
            Watched("more", (f"the number of passes that one by {variables} variables takes",),
                    before.cost(variables), after.cost(variables), cost, overlooked),
        ),
        (EXCHANGES[kind][1],),
    )  # fmt: skip


def _drawn(rng: Random, kind: str) -> tuple[_Setup, _Setup]:
    """Return what is there before and after; in both no slope is 0."""
    while True:
        a, b = rng.randint(2, 5), rng.choice((-3, -2, 2, 3))
        text = f"{a}x^2 + ({b})*x*y + y^2"
        at = {"x": float(rng.choice((-2, -1, 1, 2))), "y": float(rng.choice((-2, 2, 3)))}
        rate = rng.choice((0.05, 0.02, 0.03))
        before = _Setup(parse(text), at, GradientDescent(rate))
        after = {
            "rate": replace(before, optimizer=GradientDescent(rate / 2)),
            "adam": replace(before, optimizer=Adam(rate)),
            "momentum": replace(before, optimizer=Momentum(rate)),
            "constant": replace(before, graph=parse(f"{text} + 7")),
            "place": replace(before, at={**at, "x": at["x"] + 2}),
        }.get(kind) or replace(before, way=kind)
        slopes = before.slope, after.slope
        if (
            all(slopes)
            and _value(before).exact
            and (kind != "place" or _value(before).exact != _value(after).exact)
            and abs(before.slope) != 1
        ):
            return before, after


def _value(setup: _Setup) -> Number:
    return number(float(value(setup.graph, setup.at)), "forward")
