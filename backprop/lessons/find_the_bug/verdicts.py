"""The question whether a gradient is right, by what is known of it: losses alone, or a check, too.

Falling losses tell nothing; a loss that rises where the right gradient takes it down tells that
the gradient is wrong, and so does a check; only a check tells that it is right.
"""

from functools import lru_cache
from random import Random

from backprop.engine.network import Array
from backprop.lessons.find_the_bug.bug import Bug, make_bug
from backprop.lessons.find_the_bug.code import say_in_code
from backprop.lessons.find_the_bug.examples import find_example
from backprop.lessons.find_the_bug.ratios import write_range, wrong_arrays
from backprop.lessons.find_the_bug.trainings import ROUNDS, three
from backprop.notation.formula import Number
from backprop.stage.quiz.question import Choice, Question, WrongAnswer
from backprop.stage.quiz.wrong_answers import with_letters
from backprop.training.two_trainings import progress_on, train_slice

BASE = "by-hand"
FALLING = (  # slips of the 2-2-2, and their layer, whose loss falls all the same
    *(("updated-weights", 1), ("no-hidden-slope", 1), ("transposed", 1), ("one-path", 1)),
    *(("slope-at-activation", 1), ("no-output-slope", 2)),
)
RISING = ("sign", 2)
KNOWN = ("losses", "losses", "rises", "check", "check")  # what there is to judge by, as often
MOST_RISING = 100  # rounds
PROOF = "Falling losses taken for a proof"
SLOW = "A slow loss taken for a wrong gradient"


def _bug(slip: str, layer: int) -> Bug:
    bug = make_bug(BASE, slip, layer)
    assert bug, "the slip is possible here"
    return bug


@lru_cache(maxsize=len(FALLING) + 1)
def _losses(slip: str, layer: int) -> Array:
    """Return the losses of the hand example, right and wrong, [rounds + 1, 2]."""
    setup, bug = find_example(BASE).setup, _bug(slip, layer)
    start = progress_on(setup, bug.slip, None)
    return train_slice(setup, bug.slip, start, ROUNDS, clock=lambda: 0.0).losses


def ask_training(seed: int) -> Question:
    """Return the question whether a gradient is right."""
    rng = Random(seed)
    known = rng.choice(KNOWN)
    slip, layer = RISING if known == "rises" else rng.choice(FALLING)
    is_wrong = known == "rises" or rng.random() < 0.5
    bug, losses = _bug(slip, layer), _losses(slip, layer)
    rounds = rng.randrange(20, (MOST_RISING if known == "rises" else ROUNDS) + 1, 5)
    column = 1 if is_wrong else 0
    first, last = (float(losses[i, column]) for i in (0, rounds))
    other = three(float(losses[rounds, 1 - column]))
    name = wrong_arrays(bug)[0]
    ratios = f"{write_range(bug, name)} in `d{name}`"
    goes = f"In {rounds} rounds the loss of the 2-2-2"
    falls = f"{goes} falls from {three(first)} to {three(last)}"
    if known == "rises":
        prompt = (f"{goes} rises from {three(first)} to {three(last)}; with the right gradient it "
                  f"falls to {other}, at the same rate.")  # fmt: skip
        right = "wrong"
        why = (
            f"The same rate takes the loss down to {other} with the right gradient, so it is not "
            f"too large. The check finds ratios of {ratios}."
        )
        titles = {"right": "A rising loss overlooked", "open": "What a rising loss tells"}
    elif known == "check":
        finds = ratios if is_wrong else "1 in all four arrays"
        prompt = f"{falls}, and the ratios of a check are {finds}."
        right = "wrong" if is_wrong else "right"
        why = (
            f"A ratio of the right gradient is 1, and here they are {finds}. The loss falls with "
            f"it; with the right one it comes to {other}."
            if is_wrong
            else f"Every ratio is 1: claimed and measured agree. A wrong gradient, with ratios of "
            f"{ratios}, takes the loss to {other}: by it nothing can be told."
        )
        titles = {"right": PROOF, "wrong": SLOW, "open": "The check overlooked"}
    else:
        prompt, right = f"{falls}.", "open"
        why = (
            f"These losses were made with a wrong line, whose ratios are {ratios}; the right one "
            f"comes to {other}. Only the check tells the two apart."
            if is_wrong
            else f"These were made with the right gradient. A wrong one, with ratios of {ratios}, "
            f"comes to {other}, and falls as well. Only the check tells the two apart."
        )
        titles = {"right": PROOF, "wrong": SLOW}
    reason = say_in_code(why)
    return with_letters(
        Question(
            prompt=say_in_code(f"{prompt} Is its gradient right?"),
            quantity="training",
            kind="choice",
            right=right,
            wrong=tuple(
                WrongAnswer(name, title, reason) for name, title in titles.items() if name != right
            ),
            choices=(
                Choice("right", ("Yes, it is right.",)),
                Choice("wrong", ("No, it is wrong.",)),
                Choice("open", ("That can\N{RIGHT SINGLE QUOTATION MARK}t be told by this.",)),
            ),
            explanation=reason,
            given=(
                (("loss at the start",), Number(three(first), first, "forward")),
                ((f"after {rounds} rounds",), Number(three(last), last, "forward")),
            ),
        )
    )
