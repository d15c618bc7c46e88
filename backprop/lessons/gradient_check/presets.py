"""States of the gradient check that are worth opening; the first is the hand example."""

from typing import Any

from backprop.lessons.gradient_check.choices import Choices
from backprop.stage.choices import change, read_choices
from backprop.stage.lesson import Preset
from backprop.stage.worked_networks import WORKED_NETWORKS

WORKED = {worked.name: worked.network for worked in WORKED_NETWORKS}


def _network(name: str, title: str, about: str, worked: str, **changes: Any) -> Preset:
    choices = Choices(preset_name=name, network=WORKED[worked])
    return Preset(name, title, about, change(choices, **changes))


def _expression(name: str, title: str, about: str, text: str, **changes: Any) -> Preset:
    at = changes.pop("at")
    choices = Choices(of="expression", preset_name=name, expression=text, **changes)
    pairs = {variable: repr(number) for variable, number in at.items()}
    return Preset(name, title, about, read_choices(choices, pairs))


PRESETS = (
    _network(
        "by-hand",
        "The 2-2-2 by hand",
        "The classic hand calculation. A widely copied printed version of it carries a slip that "
        "still trains.",
        "by-hand",
        preset_name="",
    ),
    _expression(
        "product",
        "(x + y) · z",
        "A straight line in each variable: a secant is the tangent, whatever the nudge.",
        "(x + y) * z",
        at={"x": -2.0, "y": 5.0, "z": -4.0},
    ),
    _expression(
        "kink",
        "A kink at the point",
        "relu has a corner at 0, and the point lies a millionth beside it. The nudge crosses the "
        "corner, and measures the slope of neither side.",
        "x^2 + relu(x - 1)",
        at={"x": 1.000001},
        nudge=1e-5,
    ),
    _expression(
        "fast",
        "The check itself fails",
        "A wave so fast that a nudge of 10⁻⁵ leaps over its bends. The gradient is right; the "
        "check with this h is not. The picture of all h tells which.",
        "sin(30000 x)",
        at={"x": 0.3},
        nudge=1e-5,
    ),
    _expression(
        "cancellation",
        "Few digits left",
        "A large number that does not matter, and a small one that does: of the digits that "
        "change, rounding leaves few.",
        "100000000 + x^2",
        at={"x": 0.3},
        nudge=1e-5,
    ),
    _expression(
        "steep",
        "exp(20x)",
        "It bends strongly, so the nudge has to be small before the secant turns into the tangent.",
        "exp(20x)",
        at={"x": 0.5},
        nudge=0.1,
    ),
    _network(
        "relu",
        "A relu network",
        "Two relus, one of them dead: its weights have a gradient of exactly 0, and so has the "
        "check.",
        "dead-relu",
        parameter="w1_2_1",
        bench="batch",
    ),
    _network(
        "xor",
        "XOR",
        "Either, but not both. A kink-free network with cross-entropy.",
        "xor",
    ),
    _network(
        "iris",
        "Iris, three species",
        "Softmax with cross-entropy over real flowers; mistakes can be planted in a training "
        "on all of them.",
        "iris",
    ),
)
