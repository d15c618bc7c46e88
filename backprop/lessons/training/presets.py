"""The states that training can be opened at, each with something to see."""

from typing import Any

from backprop.lessons.training.choices import Choices
from backprop.lessons.training.run_history import name_memory
from backprop.stage.choices import change, read_choices
from backprop.stage.lesson import Preset

NAME = "train"


def _preset(name: str, title: str, about: str, rate: float = 0.01, **changes: Any) -> Preset:
    choices = read_choices(change(Choices(), preset_name=name, **changes), {})
    settings = {**choices.update.settings, "learning_rate": rate}
    return Preset(name, title, about, change(choices, settings=settings))


PRESETS: tuple[Preset, ...] = (
    _preset(
        "circles",
        "A disc in a ring",
        "Two classes that no straight line parts. Watch which bends the hidden units make of it.",
    ),
    _preset(
        "xor",
        "Exclusive or",
        "Four quadrants. Two hidden units can do it; whether they do depends on the seed.",
        dataset="xor",
        hidden=(4,),
        rate=0.02,
    ),
    _preset(
        "spiral",
        "Two spirals",
        "Hard with x₁ and x₂ alone. Add sin x₁ and sin x₂, or layers.",
        dataset="spiral",
        hidden=(16, 16),
        noise=0.05,
        batch=32,
    ),
    _preset(
        "line",
        "A line is enough",
        "Two clouds and no hidden layer: one neuron draws a straight boundary.",
        dataset="gaussians",
        hidden=(),
        optimizer="gradient_descent",
        rate=0.1,
    ),
    _preset(
        "sine",
        "Fit a sine",
        "One number in, one number out: the sum of a few bent lines becomes a wave.",
        dataset="sine",
        hidden=(12, 12),
        batch=20,
    ),
    _preset(
        "iris",
        "Fisher’s irises",
        "Three species from four lengths; the plane is a cut through four dimensions.",
        dataset="iris",
        hidden=(8,),
        share=70,
        data_seed=2,
        l2=0.01,
        rate=0.02,
    ),
    _preset(
        "digits",
        "Handwritten digits",
        "1,797 images of 8 × 8 pixels. See what each first-layer unit looks for.",
        dataset="digits",
        hidden=(32,),
        activations=("relu",),
        share=80,
        batch=32,
        rate=0.003,
    ),
    _preset(
        "vanishing",
        "Ten sigmoids deep",
        "The gradient shrinks to about a quarter from layer to layer: the first ones stand still.",
        hidden=(6,) * 9,
        activations=("sigmoid",),
        optimizer="gradient_descent",
        rate=0.5,
    ),
    _preset(
        "exploding",
        "Too large a step",
        "A straight fit with a learning rate a little too large: each step overshoots, and the "
        "loss grows until the numbers end.",
        dataset="plane",
        hidden=(),
        optimizer="gradient_descent",
        batch=2_000,
        log=True,
        rate=0.8,
    ),
    _preset(
        "dead",
        "Dead units",
        "A large first step pushes relu units to where they are 0 for every example, and stay.",
        hidden=(8, 8),
        activations=("relu",),
        optimizer="adam",
        rate=0.6,
    ),
)
DEFAULTS: Choices = PRESETS[0].choices
CONVERSIONS = {1: name_memory}  # of what is stored of a state
