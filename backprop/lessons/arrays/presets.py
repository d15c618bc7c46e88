"""The programs to start from: each a lesson in one screen, with its question and its slip."""

from typing import Any

from backprop.lessons.arrays import programs
from backprop.lessons.arrays.choices import DENSE, Choices
from backprop.stage.lesson import Preset

NAME = "arrays"


def _preset(
    name: str,
    title: str,
    about: str,
    program: str,
    step: int,
    opened: tuple[str, ...] = (),
    **more: Any,
) -> Preset:
    """Return a preset: a program, the step it opens at, and the lines that are opened in it."""
    text = program.strip()
    choices = Choices(program=text, opened=opened, step=step, preset_name=name, **more)
    return Preset(name, title, about, choices)


PRESETS = (
    _preset(
        "dense-layer",
        "A dense layer on a batch",
        "Four examples share W and b. How do their gradients meet in one? Slip: W’s shape "
        "turned round, or b’s gradient left at 4×2.",
        DENSE,
        8,
    ),
    _preset(
        "softmax-regression",
        "Softmax regression",
        "Scores, and cross-entropy over four examples. What arrives at a score? Its probability, "
        "less 1 at the true class, over 4. Slip: the 1 is left out, or the 4.",
        programs.SOFTMAX_REGRESSION,
        3,
    ),
    _preset(
        "softmax-jacobian",
        "The Jacobian of softmax",
        "One probability is asked about, and all four scores answer. Which get a minus? Slip: "
        "p(1 − p) alone, as if each score moved only its own probability.",
        programs.SOFTMAX_JACOBIAN,
        4,
        weights="one-hot",
    ),
    _preset(
        "batch-norm",
        "Batch norm, by lines and in short",
        "Mean and deviation depend on every row, so Z’s gradient comes by several ways; “short "
        "form” closes them. Slip: mean and deviation are taken for constants.",
        programs.BATCH_NORM,
        18,
        ("N",),
    ),
    _preset(
        "layer-norm",
        "Layer norm",
        "Each row is normalized by itself. Why do a row’s gradients by X add up to 0? Slip: they "
        "are averaged down the batch, as batch norm does.",
        programs.LAYER_NORM,
        6,
    ),
    _preset(
        "convolution-1d",
        "A convolution along a line",
        "Three filters slide in steps of 2. How often is w used? Once at each place, so its "
        "gradient is a sum over places. Slip: one place only.",
        programs.CONVOLUTION_1D,
        7,
    ),
    _preset(
        "convolution-2d",
        "A convolution of an image",
        "3×3 filters with stride 2 and a border of zeros. What comes back to a pixel? A sum over "
        "all windows it was in. Slip: windows that overlap write, and do not add.",
        programs.CONVOLUTION_2D,
        8,
    ),
    _preset(
        "pooling",
        "Max and average pooling",
        "One image, pooled twice. Where does a window’s gradient go? Max sends all of it to the "
        "winner, the mean a quarter to each. Slip: max sends it to all four.",
        programs.POOLING,
        7,
    ),
    _preset(
        "dropout",
        "Dropout with a fixed mask",
        "What was dropped forward gets nothing backward, and what was kept is scaled by 1/0.8 "
        "again. Slip: the mask is forgotten on the way back, or its scale is.",
        programs.DROPOUT,
        9,
    ),
    _preset(
        "embedding",
        "An embedding, one row twice",
        "Row 2 of E is looked up twice. What does it get? Both gradients, added; rows nobody "
        "looked up get 0. Slip: the second is written over the first.",
        programs.EMBEDDING,
        7,
    ),
    _preset(
        "recurrent",
        "A recurrent net through three steps",
        "One W is used at each of three times, so dW is a sum over time. Compare dh3, dh2, dh1: "
        "each step back shrinks it. Slip: only the last step’s share.",
        programs.RECURRENT,
        18,
    ),
    _preset(
        "lstm",
        "An LSTM, two steps",
        "From c2 to c1 the gradient is multiplied by the forget gate, near 1 here, and by no W. "
        "Which way back shrinks less? Slip: c1 is given the way through h1 only.",
        programs.LSTM,
        22,
    ),
    _preset(
        "attention",
        "Attention",
        "X is read as queries, keys and values. Why has dX three terms? Each use adds one. Slip: "
        "one of the three is missed, or the scale of 2 is.",
        programs.ATTENTION,
        11,
    ),
    _preset(
        "causal-attention",
        "Attention that cannot look ahead",
        "Scores of later places are −∞. What arrives there? 0, since the softmax is 0 there: a "
        "mask forgotten backward changes nothing. Slip: masking by a product, which gives NaN.",
        programs.CAUSAL_ATTENTION,
        10,
    ),
    _preset(
        "two-heads",
        "Two heads of attention",
        "Heads are made by reshape and transpose. How does the gradient find its way? By the same "
        "moves, turned round. Slip: a reshape for a transpose; its shapes fit, its numbers do not.",
        programs.TWO_HEADS,
        20,
    ),
    _preset(
        "residual",
        "A residual block, and without",
        "Two nets with one set of weights; only R has X + …. Compare dR0 with dP0: the plus hands "
        "the gradient on whole. Slip: the way around is forgotten.",
        programs.RESIDUAL,
        15,
    ),
    _preset(
        "tied-weights",
        "Tied weights",
        "W encodes, and its transpose decodes. Which shape has each share of dW? Both 2×5, so that "
        "they add. Slip: one use is missed, or a share is not transposed.",
        programs.TIED_WEIGHTS,
        9,
    ),
    _preset(
        "by-hand",
        "A whole net by hand, array by array",
        "Embedding, batch norm, tanh and cross-entropy, each in single operations. What is dm? "
        "A shift of all scores changes nothing: 0, but for rounding. Slip: K’s two uses taken for "
        "one.",
        programs.BY_HAND,
        21,
    ),
    _preset(
        "transformer-block",
        "A small transformer block",
        "Two residual ways, attention and a dense layer; E is read at both ends. How does dE come "
        "about? Slip: only the lookup is counted, and the scores’ use of E is missed.",
        programs.TRANSFORMER_BLOCK,
        31,
    ),
)

DEFAULTS: Choices = PRESETS[0].choices
