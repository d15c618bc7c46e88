"""The end of the lesson: one gradient and what is made of it in three sentences, and questions.

Notation:
    g    the gradient that an optimizer is given    η    its learning rate    μ    momentum’s share
"""

from collections.abc import Callable, Mapping
from random import Random

import numpy as np

from backprop.engine.backward import gradient
from backprop.engine.expression import parse
from backprop.engine.slips.catalog import SIGN
from backprop.lessons.optimizers.exchange import ask_exchange
from backprop.lessons.optimizers.pictures import draw_curves
from backprop.lessons.optimizers.presets import PRESETS
from backprop.lessons.optimizers.race import Race, run_race
from backprop.notation.formula import Number
from backprop.notation.names import name_list
from backprop.notation.numerals import MINUS, brief, short
from backprop.stage.ending import Ending
from backprop.stage.plane import Chart
from backprop.stage.quiz.question import Choice, Question, WrongAnswer
from backprop.stage.quiz.wrong_answers import by_slip, with_letters, wrong_numbers
from backprop.stage.walk.explanation import number
from backprop.training.optimizers import Adam, GradientDescent, Momentum, Optimizer, RMSprop

LOOKS = ("solid", "dashed", "dotted")  # lines of racers
SIZES = (0.2, 0.3, 0.4, 0.6, 0.7, 0.8, 1.2, 1.6, 2.4, 3.5)  # of slopes: none is 1
RATES = (0.02, 0.03, 0.05, 0.2, 0.3)


def make_ending() -> Ending:
    """Return what was seen in the race on the tilted bowl."""
    choices = PRESETS[0].choices
    race = run_race(choices)
    x, y = race.start
    _, *slopes = race.surface.slopes(x, y)
    last = choices.steps
    moves = [_pair(racer.track.moves[0].tolist()) for racer in race.racers]
    names = [_name(racer.optimizer) for racer in race.racers]
    made = [f"{name} {move}" for name, move in zip(names, moves, strict=True)]
    ends = [short(racer.value(choices.step)) for racer in race.racers]
    return Ending(
        title="One gradient, and many ways to use it",
        sentences=(
            (
                f"At ({short(x)}, {short(y)}) the gradient is (",
                number(slopes[0], "backward"),
                ", ",
                number(slopes[1], "backward"),
                "): the backward pass made it, and no optimizer was asked.",
            ),
            (
                f"Every optimizer was given those two numbers, and made a step of its own: "
                f"{name_list(made)}.",
            ),
            (
                f"After {choices.step} steps ",
                race.surface.letter,
                f" was {name_list(ends)}: a poor step does not make the gradient wrong, nor a good "
                "one right.",
            ),
        ),
        picture=_picture(race),
        caption=(
            race.surface.letter,
            f" over {last} steps from one start: {_drawn_as(race)}.",
        ),
    )


def _picture(race: Race) -> Chart:
    return draw_curves(race, PRESETS[0].choices).values


def _drawn_as(race: Race) -> str:
    """Return how the lines of the first three racers are drawn."""
    looks = zip(LOOKS, race.racers, strict=True)
    return name_list([f"{look} with {_name(racer.optimizer)}" for look, racer in looks])


def _name(optimizer: Optimizer) -> str:
    return optimizer.title


def _pair(numbers: list[float]) -> str:
    return f"({', '.join(map(short, numbers))})"


def _bracketed(x: float) -> str:
    return f"({brief(x)})" if x < 0 else brief(x)


def _move(optimizer: Optimizer, *gradients: tuple[float, ...]) -> list[float]:
    """Return the last of the moves that an optimizer makes of some gradients."""
    place = np.zeros(len(gradients[0]))
    state = optimizer.start(place)
    for g in gradients:
        move, state = optimizer.step(np.array(g), state, place)
        place = place + move
    made: list[float] = move.tolist()
    return made


def _slopes(rng: Random, count: int) -> tuple[float, ...]:
    """Return slopes of unlike sizes, neither 0 nor 1."""
    return tuple(rng.choice((-1, 1)) * size for size in rng.sample(SIZES, count))


def _ask_which(seed: int) -> Question:
    """Return the question which optimizer made the first move of two slopes."""
    rng = Random(seed)
    g, rate = _slopes(rng, 2), rng.choice(RATES)
    machines: dict[str, Optimizer] = {
        "descent": GradientDescent(rate),
        "adam": Adam(rate),
        "rmsprop": RMSprop(rate),
    }
    moves = {name: _move(machine, g) for name, machine in machines.items()}
    right = rng.choice(tuple(moves))
    shown = moves[right]
    rules = {
        "descent": f"−η · g = −{brief(rate)} · {_pair(list(g))} = {_pair(moves['descent'])}",
        "adam": f"Adam’s first step is η against each slope’s sign: {_pair(moves['adam'])}",
        "rmsprop": (
            "RMSprop divides each slope by √(0.01 · g²), a tenth of its size: "
            f"{_pair(moves['rmsprop'])}"
        ),
    }
    rules["descent"] = f"Gradient descent makes {rules['descent']}"
    titles = {
        "descent": "The sizes of the slopes overlooked",
        "adam": "Adam taken for another machine",
        "rmsprop": "RMSprop taken for another machine",
    }
    uphill = _pair([-x for x in moves["descent"]])
    names = {"descent": "gradient descent", "adam": "Adam", "rmsprop": "RMSprop with α = 0.99"}
    return with_letters(
        Question(
            prompt=(
                f"The gradient is {_pair(list(g))}, the learning rate {brief(rate)}. Which "
                f"optimizer made the first move, {_pair(shown)}?",
            ),
            quantity="optimizer",
            kind="choice",
            right=right,
            wrong=(
                *(
                    WrongAnswer(name, titles[name], (f"{rule}.",))
                    for name, rule in rules.items()
                    if name != right
                ),
                WrongAnswer(
                    "uphill", "The sign of the step", (f"Uphill the move would be {uphill}.",)
                ),
            ),
            choices=(
                *(Choice(name, (words,)) for name, words in names.items()),
                Choice("uphill", ("gradient descent turned round, uphill",)),
            ),
            explanation=(f"{rules[right]}.",),
        )
    )


def _ask_move(seed: int) -> Question:
    """Return the question which step gradient descent makes of a slope."""
    rng = Random(seed)
    (g,), rate = _slopes(rng, 1), rng.choice(RATES)
    weight = round(rng.uniform(0.5, 2), 1)
    right = round(_move(GradientDescent(rate), (g,))[0], 9)
    whole = f"−{brief(rate)} · {_bracketed(g)} = {brief(right)}"
    wrong = (
        by_slip(SIGN, -right, ("Down is against the slope: the step has the other sign.",)),
        WrongAnswer(
            -g, "The learning rate is left out", (f"The step is η = {brief(rate)} of it.",)
        ),
        WrongAnswer(
            g,
            "The slope taken for the step",
            (f"The slope is {brief(g)}; the step is −η times that.",),
        ),
        WrongAnswer(
            weight + right,
            "The new weight taken for the step",
            (f"{brief(weight + right)} is where it leads: {brief(weight)} and the step.",),
        ),
        WrongAnswer(
            _move(Adam(rate), (g,))[0],
            "Adam’s step",
            ("That goes by the sign alone; gradient descent goes by the size, too.",),
        ),
    )
    return Question(
        prompt=("Which step does gradient descent make of this slope?",),
        quantity="step",
        kind="number",
        right=right,
        wrong=wrong_numbers(right, wrong),
        explanation=(f"{whole}. The weight is {brief(round(weight + right, 9))} then.",),
        given=(
            (("weight",), Number(brief(weight), weight, "forward")),
            (("slope",), Number(brief(g), g, "backward")),
            (("learning rate η",), Number(brief(rate), rate)),
        ),
    )


def _ask_momentum(seed: int) -> Question:
    """Return the question for the second step of momentum."""
    rng = Random(seed)
    (first, second), rate = _slopes(rng, 2), rng.choice(RATES)
    momentum = rng.choice((0.5, 0.8, 0.9))
    machine = Momentum(rate, momentum)
    right = round(_move(machine, (first,), (second,))[0], 9)
    velocity = round(momentum * first + second, 9)
    whole = (
        f"The velocity is {brief(momentum)} · {_bracketed(first)} + {_bracketed(second)} = "
        f"{brief(velocity)}"
    )
    the_velocity = f"the {whole[4:]}"
    wrong = (
        WrongAnswer(
            -rate * second,
            "The memory is forgotten",
            (f"{brief(momentum)} of the first slope is kept: {the_velocity}.",),
        ),
        WrongAnswer(
            -rate * (first + second),
            "Nothing fades",
            (f"Of the first slope {brief(momentum)} is kept, not all: {the_velocity}.",),
        ),
        WrongAnswer(
            -rate * momentum * (first + second),
            "The new slope fades, too",
            (f"Only what is remembered fades: {the_velocity}.",),
        ),
        by_slip(SIGN, -right, ("The step goes against the velocity.",)),
        WrongAnswer(
            velocity, "The velocity taken for the step", ("The step is −η times the velocity.",)
        ),
    )
    return Question(
        prompt=("Momentum has made one step. How long is its second, with its sign?",),
        quantity="step.2",
        kind="number",
        right=right,
        wrong=wrong_numbers(right, wrong),
        explanation=(f"{whole}; the step is −{brief(rate)} times that: {brief(right)}.",),
        given=(
            (("first slope",), Number(brief(first), first, "backward")),
            (("second slope",), Number(brief(second), second, "backward")),
            (("share kept μ",), Number(brief(momentum), momentum)),
            (("learning rate η",), Number(brief(rate), rate)),
        ),
    )


def _ask_rate(seed: int) -> Question:
    """Return the question what becomes of gradient descent with a learning rate, on a parabola."""
    rng = Random(seed)
    a, x = rng.choice((2, 3, 4, 5, 8)), float(rng.choice((-3, -2, 2, 3)))
    bend, target = 2 * a, rng.choice(("near", "swing", "away"))
    share = {
        "near": rng.choice((0.1, 0.2, 0.4)),
        "swing": rng.choice((0.6, 0.7, 0.8)),
        "away": rng.choice((1.1, 1.25, 1.5)),
    }[target]
    rate = float(f"{2 * share / bend:.2g}")
    graph, places = parse(f"{a}x^2"), [x]
    for _ in range(2):
        g = gradient(graph, {"x": places[-1]})[1]["x"]
        places.append(places[-1] + _move(GradientDescent(rate), (g,))[0])
    factor = places[1] / x
    assert (0 < factor < 1, -1 < factor < 0, factor < -1) == tuple(
        target == name for name in ("near", "swing", "away")
    ), "the rate does what it was chosen for"
    way = " → ".join(f"{p:.3g}".replace("-", MINUS) for p in places)
    limit = f"2/λ = 2/{bend} = {short(2 / bend)}"
    why = {
        "near": f"η = {brief(rate)} is below half of {limit}: x goes {way}, from one side.",
        "swing": (
            f"η = {brief(rate)} is below {limit}, but above half of it: each step leaps over the "
            f"lowest point and lands nearer: {way}."
        ),
        "away": f"η = {brief(rate)} is above {limit}: each step leaps farther: {way}.",
    }[target]
    names = {
        "near": "It comes nearer from one side.",
        "swing": "It swings from side to side, and comes nearer.",
        "away": "It swings farther out with each step.",
    }
    titles = {
        "near": "The leap over the lowest point overlooked",
        "swing": "The bounds of swinging mistaken",
        "away": "A rate taken for too long",
        "gradient": "The gradient is blamed",
    }
    start_slope = gradient(graph, {"x": x})[1]["x"]
    return with_letters(
        Question(
            prompt=(
                f"{a}x² bends by λ = {bend} everywhere. Gradient descent starts at x = {short(x)}, "
                f"with η = {brief(rate)}: what happens?",
            ),
            quantity="rate",
            kind="choice",
            right=target,
            wrong=(
                *(WrongAnswer(n, titles[n], (why,)) for n in names if n != target),
                WrongAnswer(
                    "gradient",
                    titles["gradient"],
                    (
                        f"The slope {short(start_slope)} at the start is right, whatever η is. "
                        f"{why}",
                    ),
                ),
            ),
            choices=(
                *(Choice(name, (words,)) for name, words in names.items()),
                Choice("gradient", ("It goes wrong, for the gradient is wrong.",)),
            ),
            explanation=(why,),
        )
    )


QUESTIONS: Mapping[str, Callable[[int], Question]] = {
    "source": ask_exchange,
    "which": _ask_which,
    "rate": _ask_rate,
    "move": _ask_move,
    "momentum": _ask_momentum,
}
