"""The end of the lesson: a run in three sentences and its curves, and what is asked back."""

import math
from collections.abc import Callable, Mapping
from functools import lru_cache
from random import Random

import numpy as np

from backprop.drawing.charts import Series, curves_chart
from backprop.engine.backward import gradient
from backprop.engine.expression import parse
from backprop.engine.network import Network
from backprop.engine.ops import SIGMOID
from backprop.engine.slips.catalog import NO_HIDDEN_SLOPE, SUMMED
from backprop.lessons.training.presets import DEFAULTS
from backprop.lessons.training.state import training_state
from backprop.notation.formula import Number
from backprop.notation.numerals import adds_up, brief, short
from backprop.stage.choices import change
from backprop.stage.ending import Ending
from backprop.stage.links import Links, Origin
from backprop.stage.plane import Chart
from backprop.stage.quiz.question import Choice, Question, WrongAnswer
from backprop.stage.quiz.wrong_answers import by_slip, with_letters, wrong_numbers
from backprop.stage.walk.explanation import number
from backprop.training.optimizers import GradientDescent
from backprop.training.plan import Examples, Plan
from backprop.training.run import Run, Until, train_slice
from backprop.training.schedule import Schedule

EPOCHS = 30  # of the run that is shown at the end
BY_HEART = {"dataset": "circles", "size": 40, "noise": 0.5, "hidden": (16,), "batch": 20}
BY_HEART_RATE, BY_HEART_EPOCHS = 0.05, 120
SEEDS = range(1, 5)  # of the runs whose losses are asked about
RELU = parse("(v * relu(w*x + b) - t)^2 / 2")  # one unit and its loss
FORMULAS = ("z = w · x + b", "a = relu(z)", "ŷ = v · a", "½ (ŷ − t)²")  # the same as printed
Z, A, OUT, UNIT_LOSS = (text.replace(" ", "\N{NO-BREAK SPACE}") for text in FORMULAS)
CLEAR = 1.05  # by which factor losses differ that are said to rise or fall


def make_ending() -> Ending:
    """Return what was seen in a run on the disc in a ring."""
    plan, run = _run_of_defaults()
    train, test = run.records[:, 0].tolist(), run.records[:, 1].tolist()
    lengths = run.records[-1, 5:].tolist()
    epochs = list(run.epochs)
    steps = plan.steps_in_epoch
    figure = curves_chart(
        (
            Series("held out", epochs, test, "--soft", "solid", 1.4),
            Series("training", epochs, train, "--ink", "solid", 2.6),
        ),
        ("epoch", "loss"),
    )
    total = math.hypot(*lengths)
    return Ending(
        title=f"{steps * EPOCHS:,} gradients, each used once",
        sentences=(
            (
                f"An epoch was {steps} rounds of {plan.size} examples: each made one gradient, "
                f"and the optimizer made one step of it.",
            ),
            (
                f"In {EPOCHS} epochs the loss went from ",
                number(train[0], "forward"),
                " to ",
                number(train[-1], "forward"),
                "; over examples that were held out, from ",
                number(test[0], "forward"),
                " to ",
                number(test[-1], "forward"),
                ".",
            ),
            (
                "Wherever you stop, there is a gradient, here of length ",
                number(total, "backward"),
                ". It says what lowers the loss, to first order; how far to go is the optimizer’s "
                "business.",
            ),
        ),
        picture=Chart(
            figure,
            f"The loss over {EPOCHS} epochs: training from {short(train[0])} to "
            f"{short(train[-1])}, held out from {short(test[0])} to {short(test[-1])}.",
            ("epoch", "training", "held out"),
            tuple(
                (str(e), short(a), short(b))
                for e, a, b in list(zip(epochs, train, test, strict=True))[::5]
            ),
        ),
        caption=(
            "The loss over the epochs: thick over what it learns from, thin over what is held out.",
        ),
    )


def _read_nothing(_: str) -> None:
    """Stand for the store, which these runs need not."""


@lru_cache(maxsize=1)
def _run_of_defaults() -> tuple[Plan, Run]:
    state = training_state(DEFAULTS, Links("", Origin({}, DEFAULTS), DEFAULTS, _read_nothing))
    return state.plan, train_slice(state.plan, state.history.run, Until(epoch=EPOCHS))[0]


@lru_cache(maxsize=len(SEEDS))
def _run_by_heart(seed: int) -> tuple[list[float], list[float]]:
    """Return the losses of a small noisy set and of what was held out of it, by epoch."""
    choices = change(DEFAULTS, **BY_HEART, data_seed=seed)
    settings = {**choices.update.settings, "learning_rate": BY_HEART_RATE}
    choices = change(choices, settings=settings)
    state = training_state(choices, Links("", Origin({}, choices), choices, _read_nothing))
    run = train_slice(state.plan, state.history.run, Until(epoch=BY_HEART_EPOCHS))[0]
    train, test = run.records[:, 0].tolist(), run.records[:, 1].tolist()
    return train, test


def _ask_held_out(seed: int) -> Question:
    """Return the question what two curves of losses say."""
    rng = Random(seed)
    train, test = _run_by_heart(rng.choice(SEEDS))
    lowest = test.index(min(test))
    late = rng.random() < 0.6
    last = rng.randrange(BY_HEART_EPOCHS - 40, BY_HEART_EPOCHS + 1)
    at = (0, lowest, last) if late else (0, rng.randint(3, 5), rng.randint(6, max(7, lowest)))
    at = at if test[at[2]] > CLEAR * test[at[1]] or not late else (0, lowest, BY_HEART_EPOCHS)
    learned = [train[e] for e in at]
    unseen = [test[e] for e in at]
    falls = f"from {short(learned[1])} to {short(learned[2])}"
    if late:
        right = "heart"
        why = (
            f"From epoch {at[1]} to {at[2]} the training loss falls {falls}; over examples it "
            f"never saw, the loss rises from {short(unseen[1])} to {short(unseen[2])}. It "
            "learns its own examples, noise and all."
        )
    else:
        right = "learning"
        why = (
            f"Both still fall: the training loss {falls}, that of examples held out from "
            f"{short(unseen[1])} to {short(unseen[2])}."
        )
    choices = {
        "heart": "It learns its examples by heart.",
        "learning": "It still learns what holds for others, too.",
        "rate": "The learning rate is too large.",
        "gradient": "The gradient is wrong.",
    }
    titles = {
        "heart": "By heart, seen too early",
        "learning": "The loss held out overlooked",
        "rate": "The step is blamed",
        "gradient": "The gradient is blamed",
    }
    about = {
        "rate": f"Too long a step makes the training loss grow. Here it falls {falls}.",
        "gradient": f"The training loss falls {falls}: the gradient does what it is for.",
    }
    return with_letters(
        Question(
            prompt=(
                "Losses of one run, at three epochs: what happens between the last two of them?",
            ),
            quantity="held-out",
            kind="choice",
            right=right,
            wrong=tuple(
                WrongAnswer(name, titles[name], (about.get(name, why),))
                for name in choices
                if name != right
            ),
            choices=tuple(Choice(name, (words,)) for name, words in choices.items()),
            explanation=(why,),
            given=tuple(
                ((f"epoch {e}, {which}",), number(losses[e], "forward"))
                for which, losses in (("training", train), ("held out", test))
                for e in at
            ),
        )
    )


def _ask_steps(seed: int) -> Question:
    """Return the question how many steps an epoch makes when the batch is halved."""
    rng = Random(seed)
    batch = rng.choice((16, 20, 32, 40, 50, 64))
    examples = batch * rng.randint(3, 12) + rng.choice((0, 0, batch // 4))
    half = batch // 2
    plan = _plan(examples, half)
    before, right = _plan(examples, batch).steps_in_epoch, plan.steps_in_epoch
    rest = examples % half
    whole = f"{examples} / {half}" + (
        f" is {examples // half}, and {rest} are left for a step of their own"
        if rest
        else f" = {right}"
    )
    wrong = (
        WrongAnswer(
            before,
            "The batch is not halved",
            ("That is with the whole batch a step; now it is half of it.",),
        ),
        WrongAnswer(
            examples,
            "A step for each example",
            ("A batch makes one gradient, and one step.",),
        ),
        WrongAnswer(
            _plan(examples, 2 * batch).steps_in_epoch,
            "Halved, not doubled",
            ("Fewer examples a step: more steps.",),
        ),
        WrongAnswer(1, "An epoch taken for a step", ("Every batch makes a step of its own.",)),
        WrongAnswer(
            half, "The batch taken for the steps", ("So many examples one step is made of.",)
        ),
        WrongAnswer(
            examples // half,
            "The last, smaller batch is left out",
            ("The examples that are left make a step, too.",),
        ),
    )
    return Question(
        prompt=(
            f"{examples} examples, {batch} a step: {before} steps an epoch. The batch is halved. "
            "How often are the weights moved in an epoch now?",
        ),
        quantity="steps",
        kind="number",
        right=float(right),
        wrong=wrong_numbers(right, wrong),
        explanation=(
            f"{whole}: {right} gradients, and {right} steps. Each is the mean over fewer examples, "
            "so it is less sure of its direction.",
        ),
    )


def _plan(examples: int, batch: int) -> Plan:
    """Return how so many examples would be learned from."""
    network = Network((1, 1), ("linear",), "half_squared_error")
    train, none = np.zeros((examples, 1)), np.zeros((0, 1))
    return Plan(
        network,
        Examples(train, train),
        Examples(none, none),
        GradientDescent(),
        Schedule(),
        batch,
        1,
    )


def _ask_dead(seed: int) -> Question:
    """Return the question for the slope of a weight before a relu, which may be dead."""
    rng = Random(seed)
    is_dead = rng.random() < 0.6
    while True:
        w, x, b, v, t = (round(rng.uniform(*span), 1) for span in SPANS)
        z = round(w * x + b, 4)
        right = float(gradient(RELU, {"w": w, "x": x, "b": b, "v": v, "t": t})[1]["w"])
        a = max(z, 0.0)
        error = round(v * a - t, 6)
        if (z < -0.1) == is_dead and abs(z) > 0.1 and abs(error) > 0.1 and v * x not in (1, -1):
            break
    through = error * v * x
    slope = 0 if is_dead else 1
    why = f"z = {brief(z)}, so relu′(z) is {slope}: "
    place = f"z is {'negative, where relu is flat' if is_dead else 'positive, where relu is steep'}"
    product = adds_up([error, v, float(slope), x], right).printed(" × ")
    wrong = (
        by_slip(
            NO_HIDDEN_SLOPE,
            through,
            (f"{place}, and what comes back is multiplied by its slope.",),
        ),
        WrongAnswer(
            0.0,
            "Taken for dead",
            (f"{place}: everything that comes back passes.",),
        ),
        WrongAnswer(
            error * v * a * x,
            "a in the place of the slope",
            (f"{place}: its slope is not a = {brief(a)} itself.",),
        ),
        WrongAnswer(
            error * v * slope,
            "The local derivative by w is left out",
            (f"z = w · x + b grows by x = {brief(x)} with each unit of w.",),
        ),
        WrongAnswer(
            error,
            "The error taken for the slope",
            ("From ŷ it goes on back: by v, by the slope of relu, by x.",),
        ),
    )
    return Question(
        prompt=(
            f"One hidden unit: {Z}, {A}, {OUT}; loss {UNIT_LOSS}. How much is the slope by w?",
        ),
        quantity="w",
        kind="number",
        right=right,
        wrong=wrong_numbers(right, wrong),
        explanation=(
            f"{why}(ŷ − t) · v · relu′(z) · x = {product}."
            + (" The unit is dead here: no step will move w." if is_dead else ""),
        ),
        given=tuple(
            ((name,), Number(brief(x_), x_, "forward"))
            for name, x_ in (
                *(("w", w), ("x", x), ("b", b), ("z", z)),
                *(("v", v), ("ŷ", round(v * a, 6)), ("t", t)),
            )
        ),
    )


SPANS = ((-0.9, 0.9), (0.3, 1.9), (-1.2, 1.2), (-1.5, 1.5), (-0.9, 0.9))  # of w, x, b, v and t


def _bracketed(x: float) -> str:
    return f"({brief(x)})" if x < 0 else brief(x)


def _ask_mean(seed: int) -> Question:
    """Return the question for the slope of a batch, from the slopes of its examples."""
    rng = Random(seed)
    count = rng.choice((4, 5))
    xs = [round(rng.choice((-1, 1)) * rng.uniform(0.1, 0.9), 1) for _ in range(count)]
    network = Network((1, 1), ("linear",), "half_squared_error")
    at = {"W1": [[1.0]], "b1": [0.0]}
    inputs, targets = np.ones((count, 1)), np.array([[1 - x] for x in xs])
    right = round(float(network.loss_and_gradient(at, inputs, targets)[1]["b1"][0]), 9)
    added = float(SUMMED.gradient(network, at, inputs, targets)["b1"][0])
    sum_ = " + ".join(map(_bracketed, xs))
    why = f"({sum_}) / {count} = {brief(right)}"
    wrong = (
        by_slip(SUMMED, added, ("The loss is the mean over the examples, not their sum.",)),
        WrongAnswer(
            right / count,
            "1/m is taken twice",
            ("The sum is divided by how many there are, once.",),
            "divided-twice",
        ),
        WrongAnswer(xs[-1], "The last example alone", ("Each of the examples counts.",)),
        WrongAnswer(xs[0], "The first example alone", ("Each of the examples counts.",)),
        WrongAnswer(
            sum(map(abs, xs)) / count,
            "The signs are lost",
            ("Slopes keep their signs, and may cancel.",),
        ),
    )
    return Question(
        prompt=(
            f"The loss of a batch is the mean over its {count} examples, and these are their "
            "slopes by one weight. What is the slope of the batch?",
        ),
        quantity="batch",
        kind="number",
        right=right,
        wrong=wrong_numbers(right, wrong),
        explanation=(f"The mean of them: {why}.",),
        given=tuple(
            ((f"example {n}",), Number(brief(x), x, "backward")) for n, x in enumerate(xs, 1)
        ),
    )


def _ask_vanishing(seed: int) -> Question:
    """Return the question how much of a gradient is left behind some sigmoids."""
    rng = Random(seed)
    layers, arriving = rng.randint(2, 5), rng.choice((0.5, 0.8, 1.6, 2.0, 3.2))
    steepest = float(gradient(parse("sigmoid(z)"), {"z": 0.0})[1]["z"])
    middle = float(SIGMOID.evaluate(0.0))
    right = arriving * steepest**layers
    whole = f"{brief(arriving)} × {brief(steepest)}{RAISED[layers]} = {brief(right)}"
    wrong = (
        WrongAnswer(
            arriving * middle**layers,
            "σ taken for σ′",
            (f"At z = 0 σ is {brief(middle)}; its slope is {brief(steepest)}.",),
        ),
        WrongAnswer(
            arriving * steepest,
            "One sigmoid alone",
            (f"There are {layers} on the way, and slopes along a path multiply.",),
        ),
        WrongAnswer(
            arriving * steepest / layers,
            "Slopes are not multiplied",
            (f"Each of the {layers} multiplies by {brief(steepest)}.",),
        ),
        WrongAnswer(
            arriving * steepest * layers,
            "Slopes are added",
            ("Along a path they multiply.",),
        ),
        WrongAnswer(
            arriving,
            "Nothing is lost",
            (f"Each sigmoid lets at most {brief(steepest)} of it through.",),
        ),
    )
    return Question(
        prompt=(
            f"A slope of {brief(arriving)} goes back through {layers} sigmoids, with weights of 1 "
            "between. How much is left of it at most?",
        ),
        quantity="vanishing",
        kind="number",
        right=right,
        wrong=wrong_numbers(right, wrong),
        explanation=(
            f"σ′ is largest at z = 0, and there it is {brief(steepest)}: {whole}. So the first "
            "layers of a deep network of sigmoids stand nearly still.",
        ),
    )


RAISED = {2: "²", 3: "³", 4: "⁴", 5: "⁵"}
QUESTIONS: Mapping[str, Callable[[int], Question]] = {
    "held-out": _ask_held_out,
    "dead": _ask_dead,
    "steps": _ask_steps,
    "mean": _ask_mean,
    "vanishing": _ask_vanishing,
}
