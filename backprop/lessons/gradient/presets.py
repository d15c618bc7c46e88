"""Functions worth a look: what each shows that the others do not."""

from typing import Any

from backprop.lessons.gradient.choices import Choices
from backprop.stage.lesson import Preset


def _preset(name: str, title: str, about: str, **changes: Any) -> Preset:
    return Preset(name, title, about, Choices(preset_name=name, **changes))


PRESETS = (
    _preset(
        "hill",
        "3x² + 2xy + y²",
        "A tilted bowl. At (1, 2) the gradient is (10, 6): a unit step in x promises a rise of 10 "
        "and gives 13.",
    ),
    _preset(
        "bowl",
        "A round bowl",
        "x² + y². The gradient points straight away from the lowest point, everywhere.",
        expression="x^2 + y^2",
        at={"x": 1.5, "y": 1.0},
    ),
    _preset(
        "saddle",
        "A saddle",
        "x² − y². Up along x, down along y; in the middle every slope is 0, and it is no lowest "
        "point.",
        expression="x^2 - y^2",
        at={"x": 1.0, "y": 1.0},
    ),
    _preset(
        "plane",
        "A plane",
        "2x − y. The gradient is the same everywhere, and a step rises by what it promises, "
        "however long.",
        expression="2x - y",
        at={"x": 0.5, "y": 1.0},
    ),
    _preset(
        "rosenbrock",
        "Rosenbrock’s valley",
        "(1 − x)² + 100(y − x²)². A curved valley with steep walls: the gradient points at the "
        "wall, hardly along the valley.",
        expression="(1 - x)^2 + 100(y - x^2)^2",
        at={"x": -1.2, "y": 1.0},
        around=(0.0, 1.0),
        reach=2.0,
        length=0.1,
        stride=0.1,
    ),
    _preset(
        "himmelblau",
        "Himmelblau’s four hollows",
        "Four lowest points. Which of them a walk downhill finds depends on where it starts.",
        expression="(x^2 + y - 11)^2 + (x + y^2 - 7)^2",
        at={"x": 0.5, "y": 1.0},
        reach=6.0,
        stride=0.4,
        steps=8,
    ),
    _preset(
        "kink",
        "A kink",
        "|x| + |y|. On the axes there is no slope to both sides alike; the derivative of |x| at 0 "
        "is set to 0 here, as in PyTorch.",
        expression="|x| + |y|",
        at={"x": 1.0, "y": 2.0},
    ),
    _preset(
        "edge",
        "A function with an edge",
        "ln(x) + y²/2 has a value only to the right of 0; the left half of the map stays blank.",
        expression="ln(x) + y^2/2",
        at={"x": 1.0, "y": 1.0},
    ),
    _preset(
        "three",
        "Three variables",
        "x² + y z + sin(z). No map can hold it; partial derivatives, gradient and length are made "
        "as before.",
        expression="x^2 + y z + sin(z)",
        at={"x": 1.0, "y": 2.0, "z": -1.0},
        length=0.1,
    ),
    _preset(
        "one",
        "One variable",
        "x² − 2 sin(3x). The gradient is the slope of the tangent.",
        expression="x^2 - 2 sin(3x)",
        at={"x": 1.0},
        length=0.5,
    ),
)
