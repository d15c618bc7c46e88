"""Gradients that are brought as examples; the first page has none."""

from backprop.lessons.own_gradient.choices import Choices
from backprop.stage.lesson import Preset

PRESETS = (
    Preset(
        "empty",
        "Bring your own",
        "A small network whose numbers the seed has drawn. Take them along, and bring back what "
        "your code makes of them.",
        Choices(),
    ),
    Preset(
        "right",
        "A right gradient",
        "As NumPy prints it: every entry agrees with the exact one.",
        Choices(example="right"),
    ),
    Preset(
        "slip",
        "One with a slip",
        "The slope of the output’s activation was left out. The numbers themselves tell.",
        Choices(example="slip"),
    ),
    Preset(
        "steps",
        "One with its intermediate steps",
        "z, a and δ stand beside the gradient, so the first wrong array can be named.",
        Choices(example="steps"),
    ),
    Preset(
        "by-hand",
        "The 2-2-2 by hand",
        "A JSON document that names its network, its numbers and its conventions.",
        Choices(example="mazur-2-2-2"),
    ),
    Preset(
        "classes",
        "A classifier with a slip",
        "Softmax and cross-entropy over three classes; a hidden relu without its slope.",
        Choices(
            sizes=(4, 6, 3),
            activations=("relu", "softmax"),
            loss="cross_entropy",
            rows=8,
            example="slip",
        ),
    ),
    Preset(
        "program",
        "A program of arrays",
        "The program stands above its gradient, in the language of the lesson on arrays. One line "
        "sends back something wrong.",
        Choices(example="program-slip"),
    ),
)
