"""Which mistake is planted: one by name, the first exhibit, or one behind the number of a case."""

import hashlib

import numpy as np

from backprop.engine.slips.catalog import SLIPS
from backprop.engine.slips.slip import Slip
from backprop.engine.slips.typed_pass import PLANTED
from backprop.lessons.gradient_check.bug_setups import candidates, hidden_in
from backprop.lessons.gradient_check.choices import MOST_CASE, Choices
from backprop.lessons.gradient_check.training import gradient_at
from backprop.lessons.gradient_check.typed_setup import Typed
from backprop.stage.choices import ChoiceError
from backprop.stage.links import Links
from backprop.stage.training_setup import TrainingSetup

EXHIBIT = "updated-weights"


def planted(choices: Choices, bench: TrainingSetup | Typed) -> tuple[Slip, tuple[Slip, ...]]:
    """Return the slip that is planted, and all that could be.

    Raises:
        ChoiceError: a slip by name that cannot happen here.
    """
    slips = candidates(bench)
    if choices.planted.case:
        return hidden_in(choices.planted.case, slips), slips
    wanted = choices.planted.bug or EXHIBIT
    for slip in slips:
        if slip.name == wanted:
            return slip, slips
    typed = choices.of == "expression" and choices.planted.bench == "page"
    known = wanted in SLIPS or any(wanted == slip.name for slip in PLANTED)
    if wanted == EXHIBIT or (typed and known):  # it cannot happen, as functions are typed
        return slips[0], slips
    raise ChoiceError(
        f"“{wanted}” cannot happen on {bench.title}.",
        hint=f"There are {', '.join(slip.name for slip in slips)}.",
        at="bug",
    )


def other_case(
    case: int, bench: TrainingSetup | Typed, links: Links, found: tuple[Slip, tuple[Slip, ...]]
) -> int:
    """Return the number of the next case, drawn from the address: the same state, the same case.

    It hides another slip than now, and one that shows at the start, where there is one.
    """
    now, slips = found
    digest = hashlib.sha256(f"{case} {links.address()}".encode()).digest()
    first = int.from_bytes(digest[:6], "big")
    numbers = [(first + step) % MOST_CASE + 1 for step in range(40)]
    others = (n for n in numbers if hidden_in(n, slips) is not now)
    return next((n for n in others if _shows(bench, hidden_in(n, slips))), numbers[0])


def _shows(bench: TrainingSetup | Typed, slip: Slip) -> bool:
    """Whether a slip changes the gradient before the first step."""
    start = bench.flat(bench.parameters)
    right, wrong = gradient_at(bench, None, start), gradient_at(bench, slip, start)
    return not np.allclose(wrong, right, rtol=1e-6, atol=1e-12, equal_nan=True)
