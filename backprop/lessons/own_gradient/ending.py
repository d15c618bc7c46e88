"""The end of the lesson: an example of the page in three sentences, and what is asked back.

Notation, for two layers:
    Z1 = X W1ᵀ + b1    A1 = σ(Z1)    Z2 = A1 W2ᵀ + b2    dZ2, dA1 …    the slopes of the loss
"""

from collections.abc import Callable, Mapping
from random import Random

import numpy as np

from backprop.drawing.charts import Series, curves_chart
from backprop.engine.network import Array, Network
from backprop.engine.slips.catalog import (
    BEFORE_ACTIVATION,
    DIVIDED_TWICE,
    HALF_LOST,
    NO_HIDDEN_SLOPE,
    NO_OUTPUT_SLOPE,
    SIGN,
    SUMMED,
    TRANSPOSED_GRADIENT,
)
from backprop.engine.slips.slip import Slip
from backprop.lessons.own_gradient.brought import find_brought
from backprop.lessons.own_gradient.presets import PRESETS
from backprop.notation.formula import Number
from backprop.notation.names import name_list
from backprop.notation.numerals import MINUS, brief, long, short
from backprop.notation.submission.report import Finding
from backprop.stage.ending import Ending
from backprop.stage.plane import Chart
from backprop.stage.quiz.question import Choice, Question, WrongAnswer
from backprop.stage.quiz.wrong_answers import by_slip, with_letters
from backprop.stage.walk.explanation import number

NETWORK = Network((2, 3, 2), ("sigmoid", "sigmoid"), "half_squared_error")
SHOWN = 3  # entries in a question
LEAST = 4e-3  # of an entry in a question: three decimals tell it
SAME = 1e-9  # relative: two numbers are the same

Gradient = Mapping[str, Array]


def make_ending() -> Ending:
    """Return what was seen of the example with a slip."""
    example = next(preset for preset in PRESETS if preset.name == "slip").choices
    brought = find_brought(example, _read_nothing)
    assert brought, "the example is brought"
    judgement = brought.judgement
    findings = judgement.checked.findings
    wrong = judgement.checked.not_right
    first, slip = wrong[0], judgement.suspects[0].slip
    return Ending(
        title="Not wrong somewhere: wrong here",
        sentences=(
            (
                f"Your code’s numbers were laid beside a backward pass and beside differences: "
                f"{len(findings)} entries, one by one.",
            ),
            (
                f"In the example {len(wrong)} of them are not right. {first.name} is ",
                Number(long(first.claimed), first.claimed),
                ", where ",
                Number(long(first.exact), first.exact, "backward"),
                f" is right: {short(first.claimed / first.exact)} times as much.",
            ),
            (
                f"Which entries are wrong, and by which factor, is what one slip leaves behind: "
                f"{slip.title}. That is where to look.",
            ),
        ),
        picture=_picture(findings),
        caption=("Each entry of the gradient: solid what is right, dashed what was claimed.",),
    )


def _read_nothing(_: str) -> None:
    """Stand for the store, which an example needs not."""


def _picture(findings: tuple[Finding, ...]) -> Chart:
    listed = sorted(findings, key=lambda each: each.name)
    places = list(range(1, len(listed) + 1))
    right, claimed = [each.exact for each in listed], [each.claimed for each in listed]
    figure = curves_chart(
        (
            Series("claimed", places, claimed, "--bwd", "dash", 2.0),
            Series("right", places, right, "--ink", "solid", 2.0),
        ),
        ("entry", "slope"),
    )
    rows = tuple((each.name, short(each.exact), short(each.claimed)) for each in listed)
    return Chart(
        figure,
        f"The {len(listed)} entries, right and as claimed; the claimed ones are off where the "
        "lines part.",
        ("entry", "right", "claimed"),
        rows,
    )


def _drawn(rng: Random, rows: int) -> tuple[dict[str, Array], Array, Array]:
    """Return parameters, inputs and targets of two decimals."""

    def array(shape: tuple[int, ...], low: float, high: float) -> Array:
        numbers = [round(rng.uniform(low, high), 2) for _ in range(int(np.prod(shape)))]
        return np.array(numbers).reshape(shape)

    parameters = {name: array(shape, -1, 1) for name, shape in NETWORK.shapes.items()}
    return parameters, array((rows, 2), 0.1, 1), array((rows, 2), 0, 1)


def _ask_factor(seed: int) -> Question:
    """Return the question which slip multiplies every entry by the same number."""
    rng = Random(seed)
    slips: tuple[Slip, ...] = (SUMMED, DIVIDED_TWICE, HALF_LOST, SIGN)
    rows, slip = rng.choice((4, 5, 8, 10)), rng.choice(slips)
    while True:
        parameters, X, Y = _drawn(rng, rows)
        right = NETWORK.loss_and_gradient(parameters, X, Y)[1]
        entries = [(f"dW2[{i},{j}]", i, j) for i in range(2) for j in range(3)]
        rng.shuffle(entries)
        if min(abs(float(right["W2"][i, j])) for _, i, j in entries[:SHOWN]) > LEAST:
            break
    factors = {
        each: float(each.gradient(NETWORK, parameters, X, Y)["W2"][0, 0] / right["W2"][0, 0])
        for each in slips
    }
    factor = factors[slip]
    claimed = slip.gradient(NETWORK, parameters, X, Y)["W2"]
    name, i, j = entries[0]
    mine, true = float(claimed[i, j]), float(right["W2"][i, j])
    why = f"{long(mine)} / {_bracketed(true)} is {_times(factor)}, in every entry."
    return Question(
        prompt=(
            f"The loss is ½ (ŷ − y)², mean over {rows} examples. All your entries are off by the "
            f"same factor; {name} is here. Which slip is it?",
        ),
        quantity="slip",
        kind="choice",
        right=slip.name,
        wrong=tuple(
            by_slip(
                each,
                each.name,
                (f"That would be a factor of {_times(factors[each])}; here {why[:1].lower()}"
                 f"{why[1:]}",),
            )
            for each in slips
            if each is not slip
        ),
        choices=tuple(Choice(each.name, (each.title,)) for each in slips),
        explanation=(f"{why} {slip.about}",),
        given=(
            ((f"your {name}",), Number(long(mine), mine)),
            (("the right one",), Number(long(true), true, "backward")),
        ),
    )  # fmt: skip


def _times(factor: float) -> str:
    """Return a factor without the traces of rounding."""
    return brief(float(f"{factor:.6g}"))


def _bracketed(x: float) -> str:
    return f"({long(x)})" if x < 0 else long(x)


LINES = {  # of a backward pass, and what each makes wrong if it is
    "dz2": ("dZ2 = (A2 − Y) · σ′(Z2) / m", ("W2", "b2", "W1", "b1")),
    "dw2": ("dW2 = dZ2ᵀ A1", ("W2",)),
    "dz1": ("dZ1 = (dZ2 W2) · σ′(Z1)", ("W1", "b1")),
    "dw1": ("dW1 = dZ1ᵀ X", ("W1",)),
}
SLIPS_OF_LINES: Mapping[str, Slip] = {
    "dz2": NO_OUTPUT_SLOPE,
    "dw2": BEFORE_ACTIVATION,
    "dz1": NO_HIDDEN_SLOPE,
}


def _ask_line(seed: int) -> Question:
    """Return the question which line is wrong, by which arrays are."""
    rng = Random(seed)
    line = rng.choice(tuple(SLIPS_OF_LINES))
    slip = SLIPS_OF_LINES[line]
    parameters, X, Y = _drawn(rng, rng.choice((3, 4, 5)))
    right = NETWORK.loss_and_gradient(parameters, X, Y)[1]
    claimed = slip.gradient(NETWORK, parameters, X, Y)
    off = {name: _off(claimed[name], right[name]) for name in right}
    wrong = [name for name in right if off[name] > SAME]
    assert set(wrong) == set(LINES[line][1]), "the slip is in this line alone"
    names, fine = name_list([f"d{n}" for n in wrong]), [f"d{n}" for n in right if n not in wrong]
    rest = f", {name_list(fine)} {'are' if len(fine) > 1 else 'is'} right" if fine else ": all"
    why = f"{names} {'are' if len(wrong) > 1 else 'is'} wrong{rest}."

    def reason(other: str) -> str:
        makes = [f"d{name}" for name in right if name in LINES[other][1]]
        return f"A wrong line there spoils {name_list(makes)}. Here {why}"

    return Question(
        prompt=(
            "Of each array, the largest relative difference from the right one. One line of the "
            "backward pass is wrong: which?",
        ),
        quantity="line",
        kind="line",
        right=line,
        wrong=tuple(
            WrongAnswer(other, TITLES[other], (reason(other),)) for other in LINES if other != line
        ),
        choices=tuple(Choice(name, (text,)) for name, (text, _) in LINES.items()),
        explanation=(f"{why} They are what this line goes into. The slip: {slip.title}.",),
        given=tuple(
            ((f"d{name}",), Number("0", 0.0) if off[name] <= SAME else number(off[name]))
            for name in right
        ),
    )


TITLES = {
    "dz2": "A line before the first wrong array",
    "dw2": "A line that nothing else is made from",
    "dz1": "A line that only the hidden layer is made from",
    "dw1": "A line that only dW1 is made from",
}


def _off(claimed: Array, right: Array) -> float:
    """Return the largest relative difference of two arrays."""
    size = np.maximum(np.abs(claimed), np.abs(right))
    apart = np.abs(claimed - right)
    return float(np.max(np.divide(apart, size, out=np.zeros_like(size), where=size > 0)))


def _ask_shape(seed: int) -> Question:
    """Return the question for the shape of a gradient."""
    rng = Random(seed)
    inputs, units, rows = rng.sample(range(2, 10), 3)
    network = Network((inputs, units), ("sigmoid",), "half_squared_error")
    down, across = network.shapes["W1"]
    wrong = (
        by_slip(
            TRANSPOSED_GRADIENT,
            f"{across}x{down}",
            (f"W has a row for each of the {units} units; its gradient lies as it does.",),
        ),
        WrongAnswer(
            f"{rows}x{down}",
            "The shape of dZ",
            (f"That has a row for each of the {rows} examples; in dW they are added up.",),
        ),
        WrongAnswer(
            f"{rows}x{across}",
            "The shape of X",
            (f"That has a row for each of the {rows} examples; in dW they are added up.",),
        ),
        WrongAnswer(
            f"{across}x{across}",
            "The units left out",
            (f"There are {units} units: {units} rows.",),
        ),
    )
    return Question(
        prompt=(
            f"A layer of {units} units with {inputs} inputs, Z = A Wᵀ + b, in a batch of {rows} "
            "examples: which shape has dW?",
        ),
        quantity="dW",
        kind="shape",
        right=f"{down}x{across}",
        wrong=wrong,
        explanation=(
            f"As W itself, (units, inputs): {down} × {across}. dZᵀ A is ({down} × {rows}) times "
            f"({rows} × {across}): the examples are added up.",
        ),
    )


def _ask_digits(seed: int) -> Question:
    """Return the question whether an entry that was printed with few digits is right."""
    rng = Random(seed)
    decimals, is_wrong = rng.choice((3, 4)), rng.random() < 0.5
    unit = 10.0**-decimals
    while True:
        parameters, X, Y = _drawn(rng, 2)
        exact = float(NETWORK.loss_and_gradient(parameters, X, Y)[1]["W2"][0, 0])
        if abs(exact) > 20 * unit and abs(exact / unit) % 1 not in (0.0, 0.5):
            break
    shift = rng.choice((-3, -2, 2, 3)) if is_wrong else 0
    claimed = round(exact, decimals) + shift * unit
    shown = f"{claimed:.{decimals}f}".replace("-", MINUS)
    apart, half = abs(float(f"{claimed:.{decimals}f}") - exact), brief(unit / 2)
    why = f"It is off by {short(apart)}, and half a unit of its last digit is {half}"
    right, other = ("wrong", "right") if is_wrong else ("right", "wrong")
    titles = {"right": "More than rounding", "wrong": "Rounding taken for a mistake"}
    about = {
        "right": f"{why}: no rounding explains that.",
        "wrong": f"{why}: rounding explains it.",
    }
    reason = about["right"] if is_wrong else about["wrong"]
    return with_letters(
        Question(
            prompt=(
                f"Your code prints an entry with {decimals} decimals; the weights were brought "
                "with all their digits. Is the entry right?",
            ),
            quantity="digits",
            kind="choice",
            right=right,
            wrong=(
                WrongAnswer(other, titles[other], (reason,)),
                WrongAnswer(
                    "equal",
                    "Equal to the last digit is asked for",
                    (f"No print of {decimals} decimals has the digits after them. {reason}",),
                ),
            ),
            choices=(
                Choice("right", ("It is right, as far as its digits tell.",)),
                Choice("wrong", ("It is wrong.",)),
                Choice("equal", ("It can’t be said before all digits are printed.",)),
            ),
            explanation=(reason,),
            given=(
                (("your entry",), Number(shown, claimed)),
                (("the exact one",), Number(long(exact), exact, "backward")),
            ),
        )
    )


QUESTIONS: Mapping[str, Callable[[int], Question]] = {
    "factor": _ask_factor,
    "line": _ask_line,
    "digits": _ask_digits,
    "shape": _ask_shape,
}
