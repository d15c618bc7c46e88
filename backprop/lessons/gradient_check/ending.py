"""The end of the lesson: two ways to one gradient in three sentences, and what is asked back.

Notation:
    θ    the number that is nudged      h    by how much; central: (f(θ + h) − f(θ − h)) / 2h
"""

from collections.abc import Callable, Mapping
from random import Random

from backprop.engine.differences.cost import evaluations
from backprop.engine.differences.report import AGREES
from backprop.engine.differences.slopes import STEP, central_differences
from backprop.engine.differences.step_size import errors_by_h
from backprop.engine.expression import parse
from backprop.engine.forward import value
from backprop.engine.network import Network
from backprop.engine.slips.catalog import SIGN
from backprop.engine.slips.slip import STALE_WEIGHTS
from backprop.lessons.gradient_check.kinks import ask_kink
from backprop.lessons.gradient_check.presets import PRESETS
from backprop.lessons.gradient_check.step_sizes import show_step_sizes
from backprop.lessons.gradient_check.subject import make_subject
from backprop.lessons.gradient_check.tolerance_bands import find_band
from backprop.notation.difference_quotient import printed
from backprop.notation.formula import Number
from backprop.notation.numerals import brief, long, short
from backprop.stage.ending import Ending
from backprop.stage.links import Links, Origin
from backprop.stage.plane import Chart
from backprop.stage.quiz.question import Choice, Question, WrongAnswer
from backprop.stage.quiz.wrong_answers import by_slip, with_letters, wrong_numbers
from backprop.stage.walk.explanation import phrase

WEIGHT = "w2_1_1"  # of the hand example
H_WORDS = "h\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}10⁻⁵"
LEAST_SLOPE, LEAST_OFF = 2e-3, 0.03  # of a slope that is asked for, and of a wrong one's distance
SHARE_WRONG = 0.6  # of the slopes that are shown
COARSE, USUAL, FINE = 1e-1, 1e-5, 1e-13
NETWORK = Network((2, 2, 2), ("sigmoid", "sigmoid"), "half_squared_error")
NETWORK_GRAPH = NETWORK.graph("neurons")
HIDDEN = tuple(name for name in NETWORK_GRAPH.parameters if name.startswith("w1"))


def make_ending() -> Ending:
    """Return what was seen in the check of the 2-2-2 network."""
    choices = PRESETS[0].choices
    subject = make_subject(choices)
    report, label = subject.report, subject.label
    row = next(each for each in report.rows if each.name == WEIGHT)
    worst = max(each.relative for each in report.rows)
    count = len(report.rows)
    cost = evaluations(count)
    steps = show_step_sizes(subject, WEIGHT, STEP, False, Links("", Origin({}, choices), choices))
    central = next(way for way in steps.ways if way.kind == "central")
    return Ending(
        title="Two ways to a slope, and they agree",
        sentences=(
            phrase(
                f"Move {{w}} up and down by {H_WORDS[4:]}, and {{L}} alone tells its slope: "
                "{numeric}. No chain rule is in it.",
                w=label(WEIGHT),
                L=label("L"),
                numeric=Number(long(row.numeric), row.numeric),
            ),
            phrase(
                "The backward pass says {analytic}. Of all {count} slopes, the two ways differ by "
                f"{short(worst)} at most, relatively: the gradient is right.",
                analytic=Number(long(row.analytic), row.analytic, "backward"),
                count=str(count),
            ),
            (
                f"That took {cost.central} forward passes, where the gradient took one forward "
                "and one backward: check with it, do not train with it.",
            ),
        ),
        picture=Chart(
            steps.figure,
            steps.alt,
            ("h", *(way.title for way in steps.ways)),
            steps.rows,
        ),
        caption=phrase(
            "The error of the slope by {w} against h. To the right the bend decides, to the left "
            f"rounding; central differences, in blue, are best near h = {central.best_h.shown}. "
            "Dashed: what a wrong gradient would give.",
            w=label(WEIGHT),
        ),
    )


def _ask_verdict(seed: int) -> Question:
    """Return the question whether a slope is right that stands beside its difference quotient."""
    rng = Random(seed)
    is_wrong = rng.random() < SHARE_WRONG
    claimed, numeric = _claim(rng, is_wrong=is_wrong)
    off = abs(claimed - numeric) / max(abs(claimed), abs(numeric))
    band = find_band(off)
    assert band.off == is_wrong, "a slip is seen, and a right slope agrees"
    apart = f"The relative difference is {short(off)}"
    if is_wrong:
        why = (
            f"{apart}: with {H_WORDS} and no kink, that is no rounding. Here the output weights "
            "were changed before the hidden gradients were made."
        )
        wrong = (
            WrongAnswer(
                "right",
                "Nearly right taken for right",
                (f"{apart}; a right slope agrees here to 10⁻⁷ or better.",),
            ),
            WrongAnswer(
                "nudge",
                "The nudge is blamed",
                (
                    f"With {H_WORDS} a smooth function’s quotient is off by about 10⁻¹⁰; this is "
                    f"off by {short(off)}.",
                ),
            ),
        )
    else:
        why = f"{apart}, which rounding explains. Two ways that share no code give the same."
        wrong = (
            WrongAnswer(
                "wrong",
                "Rounding taken for a mistake",
                (f"{apart}: beyond the digits that agree, the quotient itself is rounded.",),
            ),
            WrongAnswer(
                "nudge",
                "The nudge is blamed",
                (f"{apart}: {H_WORDS} was narrow enough, and wide enough.",),
            ),
        )
    return with_letters(
        Question(
            prompt=(
                "The loss of a smooth network, one of its weights: backward pass and central "
                f"differences with {H_WORDS} give these slopes. Is the first one right?",
            ),
            quantity="verdict",
            kind="choice",
            right="wrong" if is_wrong else "right",
            wrong=wrong,
            choices=(
                Choice("right", ("It is right.",)),
                Choice("wrong", ("It is wrong.",)),
                Choice("nudge", ("It can’t be said: the nudge is too wide.",)),
            ),
            explanation=(why,),
            given=(
                (("backward pass",), Number(long(claimed), claimed, "backward")),
                (("differences",), Number(long(numeric), numeric)),
            ),
        )
    )


def _claim(rng: Random, *, is_wrong: bool) -> tuple[float, float]:
    """Return what a backward pass says of a hidden weight, and central differences."""
    while True:
        at = {name: round(rng.uniform(0.1, 0.95), 2) for name in NETWORK_GRAPH.variables}
        name = rng.choice(HIDDEN)
        numeric = float(central_differences(NETWORK_GRAPH, at)[name])
        X = [[at[f"x{i}"] for i in (1, 2)]]
        Y = [[at[f"y{i}"] for i in (1, 2)]]
        arrays = NETWORK.arrays(at)
        if is_wrong:
            slopes = STALE_WEIGHTS.gradient(NETWORK, arrays, X, Y)
        else:
            slopes = NETWORK.loss_and_gradient(arrays, X, Y)[1]
        claimed = NETWORK.scalars(slopes)[name]
        off = abs(claimed - numeric) / max(abs(claimed), abs(numeric))
        far = off > LEAST_OFF if is_wrong else 0 < off < AGREES
        if abs(numeric) > LEAST_SLOPE and far:
            return claimed, numeric


def _ask_cost(seed: int) -> Question:
    """Return the question how many forward passes central differences take."""
    rng = Random(seed)
    sizes = (rng.randint(2, 6), rng.randint(3, 9), rng.randint(2, 4))
    inputs, hidden, outputs = sizes
    network = Network(sizes, ("sigmoid", "sigmoid"), "half_squared_error")
    count = network.parameter_count
    cost = evaluations(count)
    weights = inputs * hidden + hidden * outputs
    parts = f"{inputs} · {hidden} + {hidden} + {hidden} · {outputs} + {outputs} = {count}"
    wrong = (
        WrongAnswer(
            count,
            "One side alone",
            (f"There are {count} parameters, and each is nudged up and down.",),
        ),
        WrongAnswer(
            cost.forward,
            "One-sided differences",
            (
                f"{count} nudges and the loss as it is: that is for one side. Central ones take "
                "two passes a parameter.",
            ),
        ),
        WrongAnswer(
            2 * weights,
            "The biases are forgotten",
            (f"There are {weights} weights and {hidden + outputs} biases.",),
        ),
        WrongAnswer(
            weights,
            "The biases are forgotten",
            (f"There are {weights} weights and {hidden + outputs} biases.",),
        ),
        WrongAnswer(
            1, "The cost of a backward pass", ("Differences take two passes a parameter.",)
        ),
        WrongAnswer(2, "The cost of one parameter", (f"There are {count} of them.",)),
    )
    return Question(
        prompt=(
            f"A {inputs}–{hidden}–{outputs} network, with biases: how many forward passes do "
            "central differences take for its whole gradient?",
        ),
        quantity="passes",
        kind="number",
        right=float(cost.central),
        wrong=wrong_numbers(cost.central, wrong),
        explanation=(
            f"{parts} parameters, and two passes for each: {cost.central}. A backward pass gets "
            "them all at once.",
        ),
    )


def _ask_slope(seed: int) -> Question:
    """Return the question which slope two values of a function tell."""
    rng = Random(seed)
    while True:
        a, b = rng.choice((1.1, 1.3, 1.7, 2.3, 2.6)), rng.choice((-7, -4, 3, 5))
        x = float(rng.randint(1, 4))
        h = rng.choice((0.1, 0.01))
        graph = parse(f"{a}*x^2 + ({b})*x")
        here, above, below = (round(float(value(graph, {"x": at})), 6) for at in (x, x + h, x - h))
        right = round((above - below) / (2 * h), 6)
        if right and above != below and abs(right) != 1:
            break
    rise, step = round(above - below, 6), brief(h)
    one = round((above - here) / h, 6)
    whole = f"{brief(above)} − {_bracketed(below)} = {brief(rise)}"
    wrong = (
        WrongAnswer(
            rise / h,
            "The 2 is lost",
            (f"From x − h to x + h it is 2 · {step} = {brief(2 * h)}, not {step}.",),
        ),
        WrongAnswer(
            one,
            "One side alone",
            (f"(f(x + h) − f(x)) / h is {brief(one)}; the central quotient takes both sides.",),
        ),
        WrongAnswer(rise, "The rise taken for the slope", ("It is still to be divided by 2h.",)),
        by_slip(SIGN, -right, (f"f(x + h) comes first: {whole}.",)),
    )
    return Question(
        prompt=(f"A function at x = {short(x)}, with h = {step}: what is its central difference?",),
        quantity="slope",
        kind="number",
        right=right,
        wrong=wrong_numbers(right, wrong),
        explanation=(f"{whole}, divided by 2h = {brief(2 * h)}: {brief(right)}.",),
        given=tuple(
            ((f"f({brief(at)})",), Number(brief(y), y, "forward"))
            for at, y in ((x - h, below), (x, here), (x + h, above))
        ),
    )


def _bracketed(x: float) -> str:
    return f"({brief(x)})" if x < 0 else brief(x)


def _ask_nudge(seed: int) -> Question:
    """Return the question why the error of a difference is large."""
    rng = Random(seed)
    while True:
        rate, x = round(rng.uniform(1, 4), 1), round(rng.uniform(0.2, 1.5), 1)
        text = f"exp({rate}*x)" if rng.random() < 0.5 else f"sin({rate}*x)"
        hs = (COARSE, USUAL, FINE)
        errors = errors_by_h(parse(text), {"x": x}, "x", hs, ("central",))["central"].errors
        coarse, usual, fine = (float(e) for e in errors)
        if 0 < usual < 1e-8 and fine > 1e-5 and 1e-4 < coarse < 0.3:
            break
    asked, other = (COARSE, FINE) if rng.random() < 0.5 else (FINE, COARSE)
    bend = (
        f"At h = {printed(COARSE, 2)} the nudge is wide and f bends on the way: the error is "
        f"{short(coarse)}, and falls with h²."
    )
    rounding = (
        f"At h = {printed(FINE, 2)} the two values share nearly all their digits, and their "
        f"difference has few left: the error is {short(fine)}."
    )
    right, reverse = ("bend", "rounding") if asked is COARSE else ("rounding", "bend")
    why = bend if asked is COARSE else rounding
    return with_letters(
        Question(
            prompt=(
                f"{text.replace('*', ' ')} at x = {brief(x)}: these are the errors of central "
                f"differences. Why is that at h = {printed(asked, 2)} so large?",
            ),
            quantity="h",
            kind="choice",
            right=right,
            wrong=(
                WrongAnswer(reverse, f"What decides at h = {printed(other, 2)}", (why,)),
                WrongAnswer(
                    "gradient",
                    "The gradient is blamed",
                    (
                        f"At h = {printed(USUAL, 2)} the same gradient is off by {short(usual)} "
                        "only: it is right.",
                    ),
                ),
            ),
            choices=(
                Choice("bend", ("f bends within the nudge",)),
                Choice("rounding", ("too few digits are left after subtracting",)),
                Choice("gradient", ("the gradient is wrong",)),
            ),
            explanation=(f"{why} The usual h = {printed(USUAL, 2)} is between: {short(usual)}.",),
            given=tuple(
                ((f"error at h = {printed(h, 2)}",), Number(short(e), e))
                for h, e in zip(hs, (coarse, usual, fine), strict=True)
            ),
        )
    )


QUESTIONS: Mapping[str, Callable[[int], Question]] = {
    "verdict": _ask_verdict,
    "slope": _ask_slope,
    "cost": _ask_cost,
    "nudge": _ask_nudge,
    "kink": ask_kink,
}
