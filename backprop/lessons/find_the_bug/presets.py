"""States of the lesson that are worth opening; the first is the worked case."""

from backprop.lessons.find_the_bug.choices import Choices
from backprop.stage.lesson import Preset

PRESETS = (
    Preset(
        "worked",
        "A worked case",
        "How the ratios of a check lead to the line that is wrong, step by step.",
        Choices(),
    ),
    Preset(
        "by-hand",
        "By hand",
        "The 2-2-2 of the hand calculation, ten lines, one example. The ratios are put in words.",
        Choices(level=1, case=1),
    ),
    Preset(
        "functions",
        "Other functions",
        "tanh and relu, other losses. The ratios stand alone.",
        Choices(level=2, case=1),
    ),
    Preset(
        "batches",
        "Batches",
        "Several examples at once: what belongs to all of them, and what is divided by how many.",
        Choices(level=3, case=1),
    ),
    Preset(
        "layers",
        "Three layers",
        "Softmax with cross-entropy behind two hidden layers; some with a penalty on the weights.",
        Choices(level=4, case=1),
    ),
)
