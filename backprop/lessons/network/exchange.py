"""The question which numbers of a round change when something is exchanged.

The round is computed twice, before and after. What is exchanged stands on either side of the wall:
the optimizer and its learning rate beyond the backward pass; a weight or a target before it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from backprop.lessons.network.training_step import TrainingStep, compute
from backprop.notation.formula import Label, Number
from backprop.notation.numerals import ALL_DIGITS, agrees, as_factor, field, read_printed, short
from backprop.stage.choices import change
from backprop.stage.quiz.exchange import Watched, ask_changes
from backprop.stage.quiz.question import Question
from backprop.stage.walk.explanation import Labels, Words, number, phrase
from backprop.training.optimizers import Adam, GradientDescent, Momentum, Optimizer

RATE = 0.5
LEAST_DIGITS, CLEAR = 3, 0.45  # of a step; of its last digit, how near the half it may come
LEAST_MOVED = 0.15  # by how much a weight or a target differs from what it was
BEYOND = "The slope is finished before any optimizer is asked, and so is the loss."
EXCHANGES: Mapping[str, tuple[str, str]] = {  # what is said, and why what changes does
    "adam": ("Adam takes the place of gradient descent, with the same learning rate", BEYOND),
    "rate": (f"The learning rate is {field(RATE / 2)} instead of {field(RATE)}", BEYOND),
    "momentum": (
        "Momentum takes the place of gradient descent, with the same learning rate; it is its "
        "first step",
        f"{BEYOND} Momentum’s first velocity is the slope itself, so its first step is the same, "
        "too.",
    ),
    "weight": (
        "The weight {w} is {new} instead of {old}",
        "{w} goes into its output, and that into the loss and the error it is corrected by.",
    ),
    "target": (
        "The target {t} is {new} instead of {old}",
        "{t} goes into the loss, and into the error that {w} is corrected by.",
    ),
    "other-weight": (
        "The weight {w_other} is {new} instead of {old}",
        "{w_other} goes into the other output, and with it into the loss; no path leads from there "
        "to {w}.",
    ),
    "other-target": (
        "The target {t_other} is {new} instead of {old}",
        "{t_other} goes into the loss alone; no path leads from that output to {w}.",
    ),
}
OPTIMIZERS: Mapping[str, Optimizer] = {
    "adam": Adam(learning_rate=RATE),
    "rate": GradientDescent(RATE / 2),
    "momentum": Momentum(learning_rate=RATE),
}


@dataclass(frozen=True, slots=True)
class _Round:
    """The numbers of a round that are watched."""

    slope: float
    loss: float
    step: float
    after: float


def _watched(step: TrainingStep, name: str, optimizer: Optimizer) -> _Round:
    slope, weight = step.gradient[name], step.choices.network.parameters[name]
    at = {name: weight}
    move = float(optimizer.step({name: slope}, optimizer.start(at), at)[0][name])
    return _Round(slope, step.trace.value, move, weight + move)


def ask_exchange(seed: int, step: TrainingStep, unit: int, label: Labels) -> Question:
    """Return the question which numbers change, of the first weight of an output.

    Args:
        seed: of what is exchanged; the first asks whether backpropagation is the optimizer.
        step: the round before it.
        unit: the output, 1 or 2.
        label: names as formulas print them.
    """
    rng = Random(seed)
    kind = "adam" if seed == 1 else rng.choice(tuple(EXCHANGES))
    name, other = f"w2_{unit}_1", f"w2_{3 - unit}_1"
    network = step.choices.network
    names = {"weight": name, "target": f"y{unit}", "other-weight": other}
    moved = names.get(kind, f"y{3 - unit}")
    old = {**network.parameters, **network.inputs}[moved]
    new = old
    while abs(new - old) < LEAST_MOVED:
        new = round(rng.uniform(0.1, 0.9), 2)
    descent = GradientDescent(RATE)
    before = _watched(step, name, descent)
    after = _watched(_with(step, moved, new) if kind not in OPTIMIZERS else step, name,
                     OPTIMIZERS.get(kind, descent))  # fmt: skip
    letters = {"w": name, "w_other": other, "t": f"y{unit}", "t_other": f"y{3 - unit}"}
    parts: dict[str, str | Label | Number | Words] = {
        **{letter: label(each) for letter, each in letters.items()},
        **{"new": short(new), "old": short(old)},
    }
    w, loss = label(name), label("L")
    watched = (
        ("slope", phrase("the slope ∂{L}/\N{WORD JOINER}∂{w}", L=loss, w=w), "backward",
         "Backpropagation taken for the optimizer" if kind in OPTIMIZERS
         else "A path that is not there", "A path to the weight overlooked"),
        ("loss", phrase("the loss {L} of this round", L=loss), "forward",
         "The loss of this round taken for that of the next", "A path to the loss overlooked"),
        ("step", phrase("the step of {w}", w=w), "",
         "A step of the same slope taken for another", "The step taken for a part of the gradient"),
        ("after", phrase("{w} after the step", w=w), "forward",
         "The same step taken for another", "The new weight taken for the old"),
    )  # fmt: skip
    said, why = EXCHANGES[kind]
    texts = _printed(step, before, name)
    return ask_changes(
        phrase(f"These are the numbers with gradient descent. {said}: which of them change?",
               **parts),
        f"exchange.{name}",
        (
            Watched(n, words, Number(texts[n], getattr(before, n), tone),
                    number(getattr(after, n), tone), stays, changes)
            for n, words, tone, stays, changes in watched
        ),
        phrase(why, **parts),
    )  # fmt: skip


def _printed(step: TrainingStep, numbers: _Round, name: str) -> dict[str, str]:
    """Return the numbers before the exchange, as they close when printed."""
    weight = step.choices.network.parameters[name]
    slope, move, after = _closing(numbers.slope, weight)
    return {"slope": slope, "loss": short(numbers.loss), "step": move, "after": after}


def _with(step: TrainingStep, name: str, x: float) -> TrainingStep:
    """Return the round with another number in one place."""
    network = step.choices.network
    if name in network.parameters:
        return compute(change(step.choices, parameters={**network.parameters, name: x}))
    return compute(change(step.choices, inputs={**network.inputs, name: x}))


def _closing(slope: float, weight: float) -> tuple[str, str, str]:
    """Return a slope, its step and the weight after it, as they close when printed.

    A step of 0.0115 is printed neither as 0.011 nor as 0.012: the slope has another digit then.
    """
    step, after = -RATE * slope, weight - RATE * slope
    for digits in range(LEAST_DIGITS, ALL_DIGITS):
        shown = as_factor(slope, digits, ALL_DIGITS)
        for fewer in range(digits, LEAST_DIGITS - 1, -1):
            written = as_factor(step, fewer, ALL_DIGITS)
            unit = 10.0 ** -len(written.partition(".")[2])
            if abs(-RATE * read_printed(shown) - read_printed(written)) < CLEAR * unit:
                again = weight + read_printed(written)
                texts = (as_factor(after, k, ALL_DIGITS) for k in range(LEAST_DIGITS, ALL_DIGITS))
                return shown, written, next(text for text in texts if agrees(again, text))
    return short(slope), short(step), short(after)  # a slope of all digits
