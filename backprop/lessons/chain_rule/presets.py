"""States of the chain rule that are worth opening."""

from backprop.lessons.chain_rule.choices import Choices
from backprop.stage.lesson import Preset


def _preset(name: str, title: str, about: str, **set_: object) -> Preset:
    return Preset(name, title, about, Choices(preset_name=name, **set_))  # type: ignore[arg-type]


PRESETS = (
    Preset("sine-of-square", "sin x²", "A square inside a sine: two links, two slopes.", Choices()),
    _preset(
        "power",
        "(3x + 1)⁵",
        "A straight line inside a power. Multiply out, or use the rule: the same.",
        y="u^5",
        u="3x + 1",
        x=0.0,
    ),
    _preset(
        "bell",
        "exp(−x²/2)",
        "The bell curve: flat at the top, steepest at x = 1 and x = −1.",
        y="exp(u)",
        u="-x^2/2",
        x=1.0,
    ),
    _preset(
        "root",
        "√(1 + x²)",
        "A sum of squares under a root. Its slope comes near 1 and never reaches it.",
        y="sqrt(u)",
        u="1 + x^2",
        x=2.0,
    ),
    _preset(
        "neuron",
        "(σ(2x − 1) − 1)²",
        "A neuron with its loss: a weighted sum, a sigmoid, a square. This is all that "
        "backpropagation does, in a longer chain.",
        y="(u - 1)^2",
        u="sigmoid(v)",
        v="2x - 1",
        x=0.5,
        fork="(sigmoid(2x) - x)^2",
    ),
    _preset(
        "three-deep",
        "exp(sin 3x)",
        "Three functions, three slopes: the product only gets longer.",
        y="exp(u)",
        u="sin(v)",
        v="3x",
        x=0.5,
    ),
    _preset(
        "logarithm",
        "ln(x² + 1)",
        "Where the inner function is 1, the outer slope is 1 too.",
        y="ln(u)",
        u="x^2 + 1",
        x=-1.0,
    ),
    _preset(
        "flat",
        "tanh(5x)",
        "Far out the outer slope is nearly 0, and no inner slope brings it back.",
        y="tanh(u)",
        u="5x",
        x=1.0,
    ),
    _preset(
        "exercise",
        "All lines blank",
        "The same derivation for you to type: any form of the right answer counts.",
        y="cos(u)",
        u="2x^3",
        x=0.5,
        blank=6,
    ),
)
