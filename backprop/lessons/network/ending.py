"""The end of the lesson: one round in three sentences, where two ways meet, and what is asked back.

Notation:
    d = o − t    s = o(1 − o)    h    the three factors of a weight's slope before an output
"""

from collections.abc import Callable, Mapping
from random import Random

from backprop.drawing.scene import Scene, cropped, network_scene
from backprop.engine.ops import SIGMOID
from backprop.engine.slips.at_node import NO_LOCAL, OWN_FACTOR
from backprop.engine.slips.catalog import (
    BEFORE_ACTIVATION,
    HALF_LOST,
    NO_OUTPUT_SLOPE,
    ONE_PATH,
    OUTPUT_SLOPE_AT_ACTIVATION,
    SIGN,
)
from backprop.lessons.network.choices import DEFAULTS
from backprop.lessons.network.training_step import TrainingStep, compute
from backprop.notation.formula import Label, Number
from backprop.notation.network_names import network_labels
from backprop.notation.numerals import (
    ALL_DIGITS,
    adds_up,
    agrees,
    as_factor,
    exact,
    field,
    read_printed,
    short,
    signed,
)
from backprop.stage.choices import change
from backprop.stage.ending import Ending
from backprop.stage.quiz.question import Choice, Question, WrongAnswer
from backprop.stage.quiz.wrong_answers import by_slip, wrong_numbers
from backprop.stage.walk.board import make_view
from backprop.stage.walk.explanation import Labels, Words, number, phrase
from backprop.stage.walk.steps import network_steps
from backprop.training.optimizers import Adam

HIDDEN = "a1_1"  # the unit where two ways meet
BEFORE_HIDDEN = 284.0  # the x of the picture from which it is shown
RATE = 0.5
LEAST_WAY = 0.015
LEAST_DIGITS, CLEAR = 3, 0.45  # of a step; of its last digit, how near the half it may come
SIGN_APART, NUMBER_APART = 23, 57  # of seeds: what one question says is no answer to the next
PER = "/\N{WORD JOINER}∂"  # no line ends in a slope

Parts = dict[str, str | Label | Number | Words]


def make_ending() -> Ending:
    """Return what was seen in one round of the 2-2-2 network."""
    step = compute(DEFAULTS)
    label = _labels(step)
    loss, trace = label("L"), step.trace
    at = trace.graph.position(HIDDEN)
    ways = [float(term.product) for term in trace.terms[at]]
    sum_ = adds_up(ways, float(trace.gradients[at]), "sum")
    return Ending(
        title="Ten slopes, made before anything moved",
        sentences=(
            phrase(
                "Forward, every node got a value; the last one is the loss, {L} = {loss}.",
                L=loss,
                loss=number(trace.value, "forward"),
            ),
            phrase(
                "Backward, from 1 at {L}: multiply by one local derivative a step, and add where "
                "ways meet.",
                L=loss,
            ),
            phrase(
                "That made ten slopes and moved nothing. Gradient descent used them afterwards, "
                "and {L} fell to {after}.",
                L=loss,
                after=number(step.loss_after, "forward"),
            ),
        ),
        picture=_picture(step, label),
        caption=phrase(f"Where two ways meet, at {{h}}: {sum_.printed(' + ')}", h=label(HIDDEN)),
    )


def _labels(step: TrainingStep) -> Labels:
    network = step.choices.network
    return network_labels(network.sizes, network.shared, network.names, squashed=True)


def _picture(step: TrainingStep, label: Labels) -> Scene:
    steps = network_steps(step.graph)
    at = next(n for n, each in enumerate(steps) if (each.kind, each.name) == ("slope", HIDDEN))
    view = make_view(step, steps, at)
    scene = network_scene(
        step.network, "neurons", step.trace, view, label, short, signed, exact, lambda _: ""
    )
    return cropped(scene, BEFORE_HIDDEN)


def _fresh(seed: int) -> TrainingStep:
    """Return a round of the same network with other numbers, of two decimals.

    No way to the hidden unit is so small that three decimals would not tell it.
    """
    rng = Random(seed)

    def drawn(low: float, high: float, turned: float = 0.0) -> float:
        x = round(rng.uniform(low, high), 2)
        return -x if rng.random() < turned else x

    network = DEFAULTS.network
    while True:
        inputs = {name: drawn(0.05, 0.95) for name in network.inputs}
        parameters = {name: drawn(0.2, 0.95, turned=0.4) for name in network.parameters}
        step = compute(change(DEFAULTS, inputs=inputs, parameters=parameters))
        ways = step.trace.terms[step.graph.position(HIDDEN)]
        if min(abs(float(term.product)) for term in ways) > LEAST_WAY:
            return step


def _output(seed: int) -> int:
    """Return which of the two outputs a question is about."""
    return 1 + Random(seed * 2 + 1).randrange(2)


def _ask_adam(seed: int) -> Question:
    """Return the question which numbers change when Adam takes the place of gradient descent."""
    step, unit = _fresh(seed), _output(seed)
    label, name = _labels(step), f"w2_{unit}_1"
    w, loss = label(name), label("L")
    slope, weight = step.gradient[name], step.choices.network.parameters[name]
    value, move = step.trace.value, -RATE * slope
    adam = Adam(learning_rate=RATE)
    at = {name: weight}
    theirs = float(adam.step({name: slope}, adam.start(at), at)[0][name])
    slope_shown, move_shown, after_shown = _closing(slope, weight)
    wrong = (
        ("slope", "Backpropagation taken for the optimizer", OPTIMIZER_ASKED),
        ("loss", "The loss of this round taken for that of the next", LOSS_BEFORE),
        ("step", "The step taken for a part of the gradient", OTHER_STEP),
        ("after", "The new weight taken for the old", OTHER_WEIGHT),
    )
    parts: Parts = {
        "slope": slope_shown,
        "value": short(value),
        "theirs": short(theirs),
        "move": move_shown,
        "weight": short(weight),
        "after": short(weight + theirs),
        "w": w,
        "L": loss,
    }
    return Question(
        prompt=(
            "These are the numbers with gradient descent. Adam takes its place, with the same "
            "learning rate: which of them change?",
        ),
        quantity=f"optimizer.{name}",
        kind="several",
        right=frozenset({"step", "after"}),
        wrong=tuple(WrongAnswer(n, title, phrase(text, **parts)) for n, title, text in wrong),
        choices=(
            Choice(
                "slope",
                phrase("the slope {of}", of=_slope(w, label)),
                Number(slope_shown, slope, "backward"),
            ),
            Choice("loss", phrase("the loss {L} of this round", L=loss), _forward(value)),
            Choice("step", phrase("the step of {w}", w=w), Number(move_shown, move)),
            Choice(
                "after",
                phrase("{w} after the step", w=w),
                Number(after_shown, weight + move, "forward"),
            ),
        ),
        explanation=phrase(ADAM_TAKES, **parts),
    )


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


OPTIMIZER_ASKED = (
    "The slope is finished before any optimizer is asked: {slope} under Adam too, to the last "
    "digit. The step and the new weight are Adam’s."
)
LOSS_BEFORE = "{L} was computed forward, before any step: {value} under Adam too."
OTHER_STEP = "Adam makes another step of the same slope: {theirs}, where {move} was made."
OTHER_WEIGHT = "{w} moves by the step, and that is Adam’s: from {weight} to {after}."
ADAM_TAKES = (
    "Adam is given the same slope, {slope}, and makes the step {theirs} of it. The step and {w} "
    "after it are the optimizer’s; slope and loss were there before."
)


def _ask_path(seed: int) -> Question:
    """Return the question which of two ways is missing in a slope."""
    step, there = _fresh(seed), _output(seed)
    label, trace = _labels(step), step.trace
    at, unit = trace.graph.position(HIDDEN), label(HIDDEN)
    terms = dict(enumerate(trace.terms[at], 1))
    products = {n: float(term.product) for n, term in terms.items()}
    sum_ = adds_up(list(products.values()), float(trace.gradients[at]), "sum").printed(" + ")
    both = phrase("{h} is used twice, and what comes back is added: {sum}.", h=unit, sum=sum_)
    factors = [float(terms[there].arriving), float(terms[there].local)]
    return Question(
        prompt=phrase(
            "Somebody has {x} for {slope}. Which path is missing?",
            x=_backward(products[there]),
            slope=_slope(unit, label),
        ),
        quantity=HIDDEN,
        kind="choice",
        right=f"o{3 - there}",
        wrong=(
            WrongAnswer(
                f"o{there}",
                "The path that is there",
                phrase(
                    "By {o} comes {product}, and that is the number.",
                    o=label(f"a2_{there}"),
                    product=adds_up(factors, products[there]).printed(" × "),
                ),
            ),
            by_slip(ONE_PATH, "none", both),
        ),
        choices=(
            *(Choice(f"o{n}", phrase("the way by {o}", o=label(f"a2_{n}"))) for n in terms),
            Choice("none", ("none: it is the whole slope",)),
        ),
        explanation=both,
        given=tuple(
            pair
            for n, term in terms.items()
            for pair in (
                (_slope(label(f"z2_{n}"), label), _backward(float(term.arriving))),
                ((label(f"w2_{n}_1"),), _forward(float(term.local))),
            )
        ),
    )


def _ask_sign(seed: int) -> Question:
    """Return the question for the sign of a weight's slope."""
    step, unit = _fresh(seed + SIGN_APART), _output(seed)
    parts = _parts(step, unit)
    d, _, _ = _factors(step, unit)
    right, reverse = ("up", "down") if d > 0 else ("down", "up")
    why = phrase("{o} − {t} is {d}; σ′ and {h} are positive, and leave the sign.", **parts)
    signs = phrase("σ′ and {h} are positive, so the sign is that of {o} − {t}.", **parts)
    zero = phrase("Neither {o} − {t}, nor σ′, nor {h} is 0.", **parts)
    return Question(
        prompt=phrase("Which way does {L} go when you raise {w} a little?", **parts),
        quantity=f"w2_{unit}_1",
        kind="sign",
        right=right,
        wrong=(
            by_slip(SIGN, reverse, signs),
            WrongAnswer("none", "A factor taken for zero", zero),
        ),
        explanation=why,
        given=_given(step, unit),
    )


def _ask_number(seed: int) -> Question:
    """Return the question for a weight's slope as a number."""
    step, unit = _fresh(seed + NUMBER_APART), _output(seed)
    parts, name = _parts(step, unit), f"w2_{unit}_1"
    d, s, h = _factors(step, unit)
    right, weight = step.gradient[name], step.choices.network.parameters[name]
    entered, out = (_value(step, n) for n in ("z1_1", f"a2_{unit}"))
    squashed = float(SIGMOID.evaluate(out))
    late = squashed * (1 - squashed)
    wrong = (
        (NO_OUTPUT_SLOPE, d * h, "{d} × {h_} leaves out σ′ = {s}, between {z} and {o}."),
        (NO_LOCAL, d * s, "{d} × {s} is the slope at {z}; {w} reaches {z} times {h} = {h_}."),
        (SIGN, -right, "The error is {o} − {t} = {d}, not the reverse."),
        (HALF_LOST, 2 * right, "The ½ takes away the 2 of the square: the error is {d} once."),
        (BEFORE_ACTIVATION, d * s * entered, "The last factor is {h} = {h_}, not {entered}."),
        (OUTPUT_SLOPE_AT_ACTIVATION, d * late * h, "σ′ belongs at {z}: {s}, not {late} as at {o}."),
        (OWN_FACTOR, d * s * weight, "The last factor is {h} = {h_}, not {w} = {weight} itself."),
    )
    parts |= {"entered": short(entered), "late": short(late), "weight": short(weight)}
    whole = adds_up([d, s, h], right, least=4).printed(" × ")
    return Question(
        prompt=phrase("How much is {slope}?", **parts),
        quantity=name,
        kind="number",
        right=right,
        wrong=wrong_numbers(
            right,
            (
                *(by_slip(slip, x, phrase(text, **parts)) for slip, x, text in wrong),
                WrongAnswer(
                    -RATE * right,
                    "The step taken for the slope",
                    (f"−{RATE} × slope is what gradient descent makes of it afterwards.",),
                ),
            ),
        ),
        explanation=phrase(f"{{slope}} = ({{o}} − {{t}}) · σ′ · {{h}}: {whole}.", **parts),
        given=_given(step, unit),
    )


def _slope(by: Label, label: Labels) -> Words:
    return ("∂", label("L"), PER, by)


def _forward(x: float) -> Number:
    return number(x, "forward")


def _backward(x: float) -> Number:
    return number(x, "backward")


def _value(step: TrainingStep, name: str) -> float:
    return float(step.trace.values[step.graph.position(name)])


def _factors(step: TrainingStep, unit: int) -> tuple[float, float, float]:
    """Return d, s and h of the first weight of an output."""
    o, t, h = (_value(step, name) for name in (f"a2_{unit}", f"y{unit}", HIDDEN))
    return o - t, o * (1 - o), h


def _given(step: TrainingStep, unit: int) -> tuple[tuple[Words, Number], ...]:
    """Return the numbers of a weight's slope, with digits enough for three in the result."""
    label = _labels(step)
    names = (f"a2_{unit}", f"y{unit}", HIDDEN)
    values = {name: _value(step, name) for name in names}
    return tuple(((label(n),), Number(field(x), x, "forward")) for n, x in values.items())


def _parts(step: TrainingStep, unit: int) -> Parts:
    """Return the letters and the factors of a weight's slope, for sentences about it."""
    label = _labels(step)
    letters = {"w": f"w2_{unit}_1", "z": f"z2_{unit}", "o": f"a2_{unit}", "t": f"y{unit}"}
    d, s, h = _factors(step, unit)
    return {
        **{letter: label(name) for letter, name in letters.items()},
        **{"L": label("L"), "h": label(HIDDEN), "slope": _slope(label(f"w2_{unit}_1"), label)},
        **{"d": short(d), "s": short(s), "h_": short(h)},
    }


QUESTIONS: Mapping[str, Callable[[int], Question]] = {
    "adam": _ask_adam,
    "path": _ask_path,
    "sign": _ask_sign,
    "number": _ask_number,
}
