"""States of the chain rule that are worth opening."""

from backprop.lessons.chain_rule.choices import Choices
from backprop.stage.choices import read_choices
from backprop.stage.lesson import Preset


def _preset(name: str, title: str, functions: str, about: str) -> Preset:
    """Return a preset whose functions and numbers are typed: y = u^5; u = 3x + 1; x = 0."""
    pairs = dict(each.split(" = ") for each in functions.split("; "))
    return Preset(name, title, about, read_choices(Choices(preset_name=name), pairs))


PRESETS = (
    Preset("sine-of-square", "sin x²", "A square inside a sine: two links, two slopes.", Choices()),
    _preset(
        "power",
        "(3x + 1)⁵",
        "y = u^5; u = 3x + 1; x = 0",
        "A straight line inside a power. Multiply out, or use the rule: the same.",
    ),
    _preset(
        "bell",
        "exp(−x²/2)",
        "y = exp(u); u = -x^2/2; x = 1",
        "The bell curve: flat at the top, steepest at x = 1 and x = −1.",
    ),
    _preset(
        "root",
        "√(1 + x²)",
        "y = sqrt(u); u = 1 + x^2; x = 2",
        "A sum of squares under a root. Its slope comes near 1 and never reaches it.",
    ),
    _preset(
        "neuron",
        "(σ(2x − 1) − 1)²",
        "y = (u - 1)^2; u = sigmoid(v); v = 2x - 1; x = 0.5; fork = (sigmoid(2x) - x)^2",
        "A neuron with its loss: a weighted sum, a sigmoid, a square. This is all that "
        "backpropagation does, in a longer chain.",
    ),
    _preset(
        "three-deep",
        "exp(sin 3x)",
        "y = exp(u); u = sin(v); v = 3x; x = 0.5",
        "Three functions, three slopes: the product only gets longer.",
    ),
    _preset(
        "logarithm",
        "ln(x² + 1)",
        "y = ln(u); u = x^2 + 1; x = -1",
        "Where the inner function is 1, the outer slope is 1 too.",
    ),
    _preset(
        "flat",
        "tanh(5x)",
        "y = tanh(u); u = 5x; x = 1",
        "Far out the outer slope is nearly 0, and no inner slope brings it back.",
    ),
    _preset(
        "exercise-covered",
        "All lines blank",
        "y = cos(u); u = 2x^3; x = 0.5; blank = 6; fade = last",
        "The same derivation for you to type: any form of the right answer counts.",
    ),
)
FORMER = (  # an address of version 0.1.0 opens with the numbers that it showed
    _preset(
        "exercise",
        "All lines blank",
        "y = cos(u); u = 2x^3; x = 0.5; blank = 6",
        "The same derivation for you to type, its numbers beside it.",
    ),
)
