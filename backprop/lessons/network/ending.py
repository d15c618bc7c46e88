"""The end of the lesson: one round in three sentences, where two ways meet, and what is asked back.

Notation:
    d = o − t    s = o(1 − o)    h    the three factors of a weight's slope before an output
"""

from collections.abc import Callable, Mapping
from random import Random

from backprop.drawing.scene import Scene, cropped, lowered, network_scene
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
from backprop.lessons.network.exchange import RATE, ask_exchange
from backprop.lessons.network.training_step import TrainingStep, compute
from backprop.notation.closing import Line, close_lines
from backprop.notation.formula import Label, Number
from backprop.notation.network_names import network_labels
from backprop.notation.numerals import MINUS, adds_up, exact, field, read_printed, short, signed
from backprop.stage.choices import change
from backprop.stage.ending import Ending
from backprop.stage.quiz.question import Choice, Question, WrongAnswer
from backprop.stage.quiz.wrong_answers import by_slip, wrong_numbers
from backprop.stage.walk.board import make_view
from backprop.stage.walk.explanation import Labels, Words, number, phrase
from backprop.stage.walk.steps import network_steps

HIDDEN = "a1_1"  # the unit where two ways meet
BEFORE_HIDDEN = 284.0  # the x of the picture from which it is shown
LEAST_WAY = 0.015
UNLIKE = 0.8  # the smaller of two ways that are told apart is at most so many times the larger
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
        picture=cropped(_picture(step, label), BEFORE_HIDDEN),
        caption=phrase(f"Where two ways meet, at {{h}}: {sum_.printed(' + ')}", h=label(HIDDEN)),
        large=lowered(_picture(step, label, large=True)),
    )


def _labels(step: TrainingStep) -> Labels:
    network = step.choices.network
    return network_labels(network.sizes, network.shared, network.names, squashed=True)


def _picture(step: TrainingStep, label: Labels, *, large: bool = False) -> Scene:
    steps = network_steps(step.graph)
    at = next(n for n, each in enumerate(steps) if (each.kind, each.name) == ("slope", HIDDEN))
    view = make_view(step, steps, at)
    words = (label, short, signed, exact, lambda _: "")
    return network_scene(step.network, "neurons", step.trace, view, *words, large=large)


def _fresh(seed: int, suits: Callable[[TrainingStep], bool] | None = None) -> TrainingStep:
    """Return a round of the same network with other numbers, of two decimals, that suits.

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
        if min(abs(float(term.product)) for term in ways) > LEAST_WAY and (
            not suits or suits(step)
        ):
            return step


def _output(seed: int) -> int:
    """Return which of the two outputs a question is about."""
    return 1 + Random(seed * 2 + 1).randrange(2)


def _ask_exchange(seed: int) -> Question:
    """Return the question which numbers change when something is exchanged: Adam, a target."""
    step = _fresh(seed)
    return ask_exchange(seed, step, _output(seed), _labels(step))


def _print_ways(step: TrainingStep) -> dict[str, str]:
    """Return the numbers of the two ways to the hidden unit, so printed that all adds up.

    Called d1 and d2 (what arrives), w1 and w2 (times which weight), p1 and p2, and their sum g.
    """
    at = step.trace.graph.position(HIDDEN)
    numbers = {"g": float(step.trace.gradients[at])}
    for n, term in enumerate(step.trace.terms[at], 1):
        parts = (term.arriving, term.local, term.product)
        numbers |= {f"{letter}{n}": float(x) for letter, x in zip("dwp", parts, strict=True)}
    lines = (
        Line("p1", ("d1", "w1"), lambda x: x["d1"] * x["w1"]),
        Line("p2", ("d2", "w2"), lambda x: x["d2"] * x["w2"]),
        Line("g", ("p1", "p2"), lambda x: x["p1"] + x["p2"]),
    )
    return close_lines(lines, numbers, frozenset({"w1", "w2"}))


def _tells_ways_apart(step: TrainingStep) -> bool:
    """Whether the two ways have unlike signs and sizes, so that the number tells which it is."""
    first, second = step.trace.terms[step.graph.position(HIDDEN)]
    sizes = sorted(abs(float(term.product)) for term in (first, second))
    return float(first.product) * float(second.product) < 0 and sizes[0] <= UNLIKE * sizes[1]


def _ask_path(seed: int) -> Question:
    """Return the question which of two ways is missing in a slope, if one is."""
    step = _fresh(seed, _tells_ways_apart)
    label, unit = _labels(step), _labels(step)(HIDDEN)
    shown = _print_ways(step)
    there = Random(seed * 2 + 1).randrange(3)  # 0: both are
    both = phrase(
        f"{{h}} is used twice, and what comes back is added: "
        f"{_in_brackets(shown['p1'])} + {_in_brackets(shown['p2'])} = {shown['g']}.",
        h=unit,
    )

    def product(n: int) -> str:
        factors = (_in_brackets(shown[f"{letter}{n}"]) for letter in "dw")
        return f"{' × '.join(factors)} = {shown[f'p{n}']}"

    def reason(n: int) -> Words:
        """Return why this way is not missing."""
        by = label(f"a2_{n}")
        is_it = phrase(f"By {{o}} comes {product(n)}, and that is the number.", o=by)
        return is_it if there else both

    missing = 3 - there if there else 0
    title = "The path that is there" if there else "A sum taken for one path"
    name = {0: "none", 1: "o1", 2: "o2"}
    return Question(
        prompt=phrase(
            "Somebody has {x} for {slope}. Which path is missing, if one is?",
            x=_as_printed(shown, f"p{there}" if there else "g", "backward"),
            slope=_slope(unit, label),
        ),
        quantity=HIDDEN,
        kind="choice",
        right=name[missing],
        wrong=tuple(
            by_slip(ONE_PATH, "none", both) if not n else WrongAnswer(name[n], title, reason(n))
            for n in name
            if n != missing
        ),
        choices=(
            *(Choice(name[n], phrase("the way by {o}", o=label(f"a2_{n}"))) for n in (1, 2)),
            Choice("none", ("none: it is the whole slope",)),
        ),
        explanation=both,
        given=tuple(
            pair
            for n in (1, 2)
            for pair in (
                (_slope(label(f"z2_{n}"), label), _as_printed(shown, f"d{n}", "backward")),
                ((label(f"w2_{n}_1"),), _as_printed(shown, f"w{n}", "forward")),
            )
        ),
    )


def _as_printed(shown: Mapping[str, str], name: str, tone: str) -> Number:
    return Number(shown[name], read_printed(shown[name]), tone)


def _in_brackets(text: str) -> str:
    return f"({text})" if text.startswith(MINUS) else text


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
    "adam": _ask_exchange,
    "path": _ask_path,
    "sign": _ask_sign,
    "number": _ask_number,
}
