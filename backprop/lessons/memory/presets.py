"""The programs to start from: each with what there is to see in its memory."""

from typing import Any

from backprop.lessons.memory import programs
from backprop.lessons.memory.choices import Choices
from backprop.stage.lesson import Preset


def _preset(name: str, title: str, about: str, program: str, **more: Any) -> Preset:
    return Preset(name, title, about, Choices(program=program, preset_name=name, **more))


PRESETS = (
    _preset(
        "twelve-steps",
        "Twelve steps of a recurrent net",
        "Each h is read again on the way back, so memory grows with the length of the sequence: up "
        "the whole way forward, down the whole way back.",
        programs.RECURRENT,
    ),
    _preset(
        "sixteen-layers",
        "Sixteen layers",
        "Every array is 8×8. With a checkpoint at every fourth line the peak is less than half; "
        "what does it cost? Move one, and see what it changes.",
        programs.SIXTEEN,
        keep="every",
    ),
    _preset(
        "mlp",
        "A network of two layers",
        "Z1 is computed and not kept: tanh needs its result alone, and a sum needs nothing. Which "
        "two of the five lines are read on the way back?",
        programs.MLP,
        unit="bytes",
    ),
    _preset(
        "transformer-block",
        "A small transformer block",
        "One line can hold several arrays: attention keeps its probabilities, layer norm its "
        "deviations. Which line holds most?",
        programs.TRANSFORMER_BLOCK,
        unit="bytes",
    ),
    _preset(
        "residual",
        "A residual net",
        "x + block passes the gradient on and needs no value; the blocks do. A checkpoint must cut "
        "all ways: keep an x, and what stands before it is not needed.",
        programs.RESIDUAL,
        keep="own",
        checkpoints=("x2", "x4"),
    ),
)
