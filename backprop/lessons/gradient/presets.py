"""Functions worth a look: what each shows that the others do not."""

from backprop.lessons.gradient.choices import Choices
from backprop.stage.choices import read_choices
from backprop.stage.lesson import Preset


def _preset(name: str, title: str, settings: str, about: str, changed: str = "") -> Preset:
    """Return a preset of settings as they are typed: expression = x^2; x = 1."""
    pairs = dict(each.split(" = ") for each in filter(None, settings.split("; ")))
    return Preset(name, title, about, read_choices(Choices(preset_name=name), pairs), changed)


PRESETS = (
    _preset(
        "hill",
        "3x² + 2xy + y²",
        "",
        "A tilted bowl. At (1, 2) the gradient is (10, 6): a unit step in x promises a rise of 10 "
        "and gives 13.",
        "A tilted bowl.",
    ),
    _preset(
        "bowl",
        "A round bowl",
        "expression = x^2 + y^2; x = 1.5; y = 1",
        "x² + y². The gradient points straight away from the lowest point, everywhere.",
    ),
    _preset(
        "saddle",
        "A saddle",
        "expression = x^2 - y^2; x = 1; y = 1",
        "x² − y². Up along x, down along y; in the middle every slope is 0, and it is no lowest "
        "point.",
    ),
    _preset(
        "plane",
        "A plane",
        "expression = 2x - y; x = 0.5; y = 1",
        "2x − y. The gradient is the same everywhere, and a step rises by what it promises, "
        "however long.",
    ),
    _preset(
        "rosenbrock",
        "Rosenbrock’s valley",
        "expression = (1 - x)^2 + 100(y - x^2)^2; x = -1.2; y = 1; around = 0,1; reach = 2; "
        "length = 0.1; stride = 0.1",
        "(1 − x)² + 100(y − x²)². A curved valley with steep walls: the gradient points at the "
        "wall, hardly along the valley.",
    ),
    _preset(
        "himmelblau",
        "Himmelblau’s four hollows",
        "expression = (x^2 + y - 11)^2 + (x + y^2 - 7)^2; x = 0.5; y = 1; reach = 6; "
        "stride = 0.4; steps = 8",
        "Four lowest points. Which of them a walk downhill finds depends on where it starts.",
    ),
    _preset(
        "kink",
        "A kink",
        "expression = |x| + |y|; x = 1; y = 2",
        "|x| + |y|. On the axes there is no slope to both sides alike; the derivative of |x| at 0 "
        "is set to 0 here, as in PyTorch.",
    ),
    _preset(
        "edge",
        "A function with an edge",
        "expression = ln(x) + y^2/2; x = 1; y = 1",
        "ln(x) + y²/2 has a value only to the right of 0; the left half of the map stays blank.",
    ),
    _preset(
        "three",
        "Three variables",
        "expression = x^2 + y z + sin(z); x = 1; y = 2; z = -1; length = 0.1",
        "x² + y z + sin(z). No map can hold it; partial derivatives, gradient and length are made "
        "as before.",
    ),
    _preset(
        "one",
        "One variable",
        "expression = x^2 - 2 sin(3x); x = 1; length = 0.5",
        "x² − 2 sin(3x). The gradient is the slope of the tangent.",
    ),
)
