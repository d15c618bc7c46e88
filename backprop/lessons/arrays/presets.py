"""The programs to start from: each a lesson in one screen, with its question and its slip."""

from backprop.lessons.arrays.choices import DENSE, Choices
from backprop.stage.lesson import Preset


def _preset(
    name: str, title: str, about: str, program: str, opened: tuple[str, ...] = (), step: int = 0
) -> Preset:
    """Return a preset: a program, the lines that are opened in it, and the step it opens at."""
    text = program.strip()
    choices = Choices(program=text, opened=opened, step=step, preset_name=name)
    return Preset(name, title, about, choices)


PRESETS = (
    _preset(
        "dense-layer",
        "A dense layer on a batch",
        "Four examples share W and b. How do their gradients meet in one? Slip: W’s shape "
        "turned round, or b’s gradient left at 4×2.",
        DENSE,
        step=8,
    ),
)
