"""Races worth a look: what each surface does to optimizers that the others do not."""

from typing import Any

from backprop.lessons.optimizers.choices import Choices
from backprop.stage.choices import change, read_choices
from backprop.stage.lesson import Preset

ROSENBROCK = "(1 - x)^2 + 100(y - x^2)^2"
BEALE = "(1.5 - x + x y)^2 + (2.25 - x + x y^2)^2 + (2.625 - x + x y^3)^2"
HIMMELBLAU = "(x^2 + y - 11)^2 + (x + y^2 - 7)^2"


def _preset(
    name: str, title: str, about: str, rates: tuple[float, ...] = (), **changes: Any
) -> Preset:
    """Return a preset; `rates` are the racers' learning rates, if not those that suit it."""
    chosen = change(Choices(preset_name=name), **changes)
    choices = read_choices(chosen, {})  # defaults that suit the surface
    own = {f"learning_rate_{n}": rate for n, rate in enumerate(rates, 1)}
    assert own.keys() <= choices.settings.keys(), f"“{name}” sets a rate of no racer."
    return Preset(name, title, about, change(choices, settings={**choices.settings, **own}))


PRESETS = (
    _preset(
        "bowl",
        "3x² + 2xy + y²",
        "A tilted bowl, a quadratic: gradient descent converges where its learning rate is below "
        "2/λ, and not beyond.",
        (0.1, 0.02, 0.2),
        step=6,
    ),
    _preset(
        "diverging",
        "Too long a step",
        "The same bowl, and gradient descent three times: it crawls, it swings from side to side, "
        "it leaves. The gradient is right in all three.",
        (0.01, 0.27, 0.3),
        racers=("gradient_descent",) * 3,
        at={"x": -2.0, "y": -1.0},
        lead=3,
        step=8,
    ),
    _preset(
        "ravine",
        "A ravine",
        "(x² + 40y²)/2 bends forty times as much across as along. The step that is safe across is "
        "short along: what momentum, RMSprop and Adam were made for.",
        (0.045, 0.02, 0.1),
        expression="(x^2 + 40y^2)/2",
        racers=("gradient_descent", "momentum", "rmsprop", "adam"),
        at={"x": -2.5, "y": 0.9},
        steps=100,
        step=12,
    ),
    _preset(
        "saddle",
        "A saddle",
        "x² − y² + y⁴/4: in the middle every slope is 0 and it is no lowest point. Who starts near "
        "the ridge is slow to leave.",
        (0.05, 0.01, 0.1),
        expression="x^2 - y^2 + y^4/4",
        racers=("gradient_descent", "momentum", "adam", "adagrad"),
        at={"x": -2.0, "y": 0.01},
        steps=150,
        step=20,
    ),
    _preset(
        "rosenbrock",
        "Rosenbrock’s valley",
        "(1 − x)² + 100(y − x²)²: the walls are steep and the floor is nearly level, so whoever "
        "follows the slope goes back and forth between the walls.",
        (0.001, 0.0002, 0.0002, 0.05, 0.5),
        expression=ROSENBROCK,
        racers=("gradient_descent", "momentum", "nesterov", "adam", "adagrad"),
        at={"x": -1.2, "y": 1.0},
        around=(0.0, 1.0),
        reach=2.0,
        steps=500,
        step=60,
    ),
    _preset(
        "beale",
        "Beale’s corner",
        "Flat in the middle, walls at the corners; lowest at (3, 0.5). Steps that were right on a "
        "wall are far too short on the floor.",
        (0.01, 0.001, 0.1),
        expression=BEALE,
        racers=("gradient_descent", "momentum", "adam", "rmsprop"),
        at={"x": 1.0, "y": 1.5},
        around=(1.5, 0.0),
        reach=3.0,
        steps=300,
        step=40,
    ),
    _preset(
        "himmelblau",
        "Himmelblau’s four hollows",
        "Four lowest points. Which one is found is a matter of the start and of the optimizer; "
        "the gradient says only what is steepest here.",
        (0.01, 0.005, 0.2),
        expression=HIMMELBLAU,
        racers=("gradient_descent", "momentum", "adam"),
        at={"x": -0.2, "y": -1.4},
        reach=6.0,
        steps=80,
        step=10,
    ),
    _preset(
        "edge",
        "A function with an edge",
        "x²/2 − ln(x) + y²/2 has a value only to the right of 0. A step too long lands where there "
        "is none, and the racer stays there.",
        (0.3, 0.3, 0.3),
        expression="x^2/2 - ln(x) + y^2/2",
        racers=("gradient_descent", "momentum", "adam"),
        at={"x": 2.5, "y": 2.0},
        around=(1.5, 0.0),
        steps=60,
        step=4,
    ),
    _preset(
        "corrected",
        "Adam, and two that are not",
        "Without its correction Adam’s first steps are too long; with the correction multiplied "
        "instead of divided they are far too long. The same gradients.",
        (0.05, 0.05, 0.05),
        racers=("adam", "adam_uncorrected", "adam_multiplied"),
        steps=100,
        step=10,
    ),
    _preset(
        "by-hand",
        "Two weights of the 2-2-2",
        "The loss of the classic hand example, seen from two of its weights; the other ten are "
        "held. A network’s loss is a function like any other.",
        of="network",
        net="by-hand",
        across="w2_1_1",
        up="w2_2_1",
        at={"w2_1_1": 0.4, "w2_2_1": 0.5},
        racers=("gradient_descent", "momentum", "adam", "rmsprop"),
        around=(0.0, 0.0),
        reach=10.0,
        steps=300,
        step=30,
    ),
    _preset(
        "xor",
        "Two weights of XOR",
        "The loss over all four rows, seen from two weights of a network that has not learned it "
        "yet: flat stretches, a valley that bends, no bowl.",
        of="network",
        net="xor",
        across="w1_1_1",
        up="w2_1_1",
        racers=("gradient_descent", "momentum", "rmsprop", "adam"),
        at={"w1_1_1": -2.0, "w2_1_1": 2.2},
        reach=3.0,
        steps=200,
        step=30,
    ),
)
