"""Which mistake is planted, and where: by name, or hidden behind a case's number and guessed at.

It is planted in a network with its examples, or in a typed function.
"""

import hashlib
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from backprop.engine.network import Array
from backprop.engine.slips.catalog import SLIPS
from backprop.engine.slips.slip import Slip
from backprop.engine.slips.typed_pass import PLANTED
from backprop.lessons.gradient_check.choices import MOST_CASE, Choices, typed_graph
from backprop.sharing.formats import expect
from backprop.stage.choices import ChoiceError
from backprop.stage.kept import kept_by
from backprop.stage.links import Links
from backprop.stage.networks import find_dataset, make_network
from backprop.training.function_setup import FunctionSetup, make_function_setup
from backprop.training.setups import TrainingSetup, iris_setup
from backprop.training.two_trainings import (
    Progress,
    Setup,
    gradient_at,
    progress_on,
)

PAGE_RATE = 0.5
RAW_RATE = 0.05  # of flowers in centimetres: with more the right training shakes
CHANGES = 1e-9  # a slip that changes the gradient by less than this share changes nothing
EXHIBIT = "updated-weights"

# The slips that numbered cases hide, in the order in which they are drawn. An address with a case
# has to hide the same slip in every later version, so a new slip is not added here.
NETWORK_CASES = (
    *("no-hidden-slope", "no-output-slope", "slope-at-activation", "output-slope-at-activation"),
    *("one-path", "assigned", "transposed", "transposed-gradient", "no-weights"),
    *("before-activation", "sign", "half-lost", "two-lost", "sum-over-batch", "divided-twice"),
    *("sum-over-outputs", "updated-weights", "stale-gradient", "not-zeroed"),
    *("bias-last-example", "bias-first-example", "bias-mean", "bias-forgotten"),
    *("slope-twice", "no-penalty"),
)
FUNCTION_CASES = (
    *("one-path", "assigned", "missed-path", "paths-multiplied", "no-local", "no-arriving"),
    *("added", "by-value", "own-factor", "slope-at-out", "two-lost", "half-lost"),
    *("exponent-lost", "sign", "stale-gradient", "not-zeroed"),
)


def make_setup(choices: Choices) -> Setup:
    """Return where mistakes are planted: in what the page is about, or in a batch of flowers.

    Where no slip changes the gradient of a typed function, the flowers stand in.
    """
    if choices.planted.bench == "batch":
        return iris_setup()
    if choices.of == "expression":
        function = make_function_setup(typed_graph(choices), tuple(choices.at.items()))
        return function if _drawn(function, function.slips) else iris_setup()
    return _network_setup(choices)


def _network(choices: Choices) -> tuple[object, ...]:
    """Return what a training of the page's network is made of."""
    return (choices.network,)


@kept_by(_network)
def _network_setup(choices: Choices) -> TrainingSetup:
    network, data = make_network(choices.network), find_dataset(choices.network)
    outputs = choices.network.sizes[-1]
    if data is None:
        inputs = [choices.network.inputs[f"x{i}"] for i in range(1, choices.network.sizes[0] + 1)]
        targets = [choices.network.inputs[f"y{i}"] for i in range(1, outputs + 1)]
        X, Y, title = np.array([inputs]), np.array([targets]), "this network, its one example"
    else:
        X, Y = data.X, data.Y[:, :outputs]
        title = f"this network, all {len(X)} rows of {data.title}"
    parameters = network.arrays(choices.network.parameters)
    rate = PAGE_RATE if data is None or data.name == "xor" else RAW_RATE
    return TrainingSetup(title, network, parameters, X, Y, choices.network.frozen, rate)


def gives_way(choices: Choices, setup: Setup) -> bool:
    """Whether the flowers stand in for a typed function."""
    on_page = choices.of == "expression" and choices.planted.bench == "page"
    return on_page and isinstance(setup, TrainingSetup)


def possible_slips(setup: Setup) -> tuple[Slip, ...]:
    """Return the slips that can happen here, and change the gradient."""
    if isinstance(setup, FunctionSetup):
        return setup.slips
    return _changing(setup, tuple(SLIPS.values()))


@lru_cache(maxsize=32)
def _changing(setup: TrainingSetup, slips: tuple[Slip, ...]) -> tuple[Slip, ...]:
    """Return those slips that can happen in the training of a network, and change its gradient."""
    network, parameters, X, Y = setup.network, setup.parameters, setup.X, setup.Y
    right = network.objective_and_gradient(parameters, X, Y)[1]
    away = {name: array + 0.1 for name, array in parameters.items()}
    before = network.objective_and_gradient(away, X, Y)[1]  # of a round before, as it might be
    size = float(np.abs(setup.flat(right)).max())

    def changes(slip: Slip) -> bool:
        wrong = slip.gradient(network, parameters, X, Y, previous=before, learning_rate=setup.rate)
        return float(np.abs(setup.flat(wrong) - setup.flat(right)).max()) > CHANGES * size

    fitting = (slip for slip in slips if slip.fits(network, len(X), before))
    return tuple(slip for slip in fitting if changes(slip))


@dataclass(frozen=True, eq=False)
class PlantedSlip:
    """A slip, where it is planted, and how far the trainings with and without it are.

    Attributes:
        setup: a network with its examples, or a typed function.
        slip: the mistake.
        slips: all that could be planted there.
        progress: of both trainings.
    """

    setup: Setup
    slip: Slip
    slips: tuple[Slip, ...]
    progress: Progress

    @cached_property
    def claims(self) -> Array:
        """The gradient that the slip gives where its training has come to, as one row."""
        return gradient_at(self.setup, self.slip, self.progress.wrong, self.progress.previous)


def plant(choices: Choices) -> PlantedSlip:
    """Return the slip that the choices plant: that of their case, or the one that they name.

    Raises:
        ChoiceError: a slip by name that cannot happen here.
        SnapshotError: the progress is stored as one of this setup, but cannot be.
    """
    setup = make_setup(choices)
    slips = possible_slips(setup)
    case = choices.planted.case
    slip = hidden_in(case, setup, slips) if case else _named(choices, setup, slips)
    if choices.progress is None:
        return _at_start(setup, slip, slips)
    progress = progress_on(setup, slip, choices.progress)
    expect(len(progress.right) == len(setup.flat(setup.parameters)), "its parameters do not fit")
    return PlantedSlip(setup, slip, slips, progress)


@lru_cache(maxsize=64)
def _at_start(setup: Setup, slip: Slip, slips: tuple[Slip, ...]) -> PlantedSlip:
    """Return a slip before any training."""
    return PlantedSlip(setup, slip, slips, progress_on(setup, slip, None))


def _named(choices: Choices, setup: Setup, slips: tuple[Slip, ...]) -> Slip:
    wanted = choices.planted.bug or EXHIBIT
    for slip in slips:
        if slip.name == wanted:
            return slip
    typed = choices.of == "expression" and choices.planted.bench == "page"
    known = wanted in SLIPS or any(wanted == slip.name for slip in PLANTED)
    if wanted == EXHIBIT or (typed and known):  # it cannot happen, as functions are typed
        return _one_drawn(setup, slips, 0)
    raise ChoiceError(
        f"“{wanted}” cannot happen on {setup.title}.",
        hint=f"There are {', '.join(slip.name for slip in slips)}.",
        at="bug",
    )


def _drawn(setup: Setup, slips: tuple[Slip, ...]) -> tuple[Slip, ...]:
    """Return the slips among which a case is drawn, in the order of 0.1.0."""
    names = FUNCTION_CASES if isinstance(setup, FunctionSetup) else NETWORK_CASES
    known = {slip.name: slip for slip in slips}
    return tuple(known[name] for name in names if name in known)


def hidden_in(case: int, setup: Setup, slips: tuple[Slip, ...]) -> Slip:
    """Return the slip that a numbered case hides, the same whatever was added to the catalogue."""
    return _one_drawn(setup, slips, _digest(f"case {case}"))


def _one_drawn(setup: Setup, slips: tuple[Slip, ...], number: int) -> Slip:
    """Return one of the slips among which a case is drawn, by a number of any size."""
    drawn = _drawn(setup, slips)
    if not drawn:
        raise ChoiceError(
            f"No slip changes the gradient on {setup.title}.",
            hint="One of its numbers may not be finite.",
            at="bug",
        )
    return drawn[number % len(drawn)]


def _digest(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:6], "big")


def other_case(case: int, planted: PlantedSlip, links: Links) -> int:
    """Return the number of the next case, drawn from the address: the same state, the same case.

    It hides another slip than now, and one that shows at the start, where there is one.
    """
    first = _digest(f"{case} {links.address(more=())}")
    numbers = [(first + step) % MOST_CASE + 1 for step in range(40)]
    hidden = {n: hidden_in(n, planted.setup, planted.slips) for n in numbers}
    others = (n for n in numbers if hidden[n] is not planted.slip)
    return next((n for n in others if _shows(planted.setup, hidden[n])), numbers[0])


@lru_cache(maxsize=256)
@np.errstate(all="ignore")
def _shows(setup: Setup, slip: Slip) -> bool:
    """Whether a slip changes the gradient before the first step."""
    start = setup.flat(setup.parameters)
    right, wrong = gradient_at(setup, None, start), gradient_at(setup, slip, start)
    return not np.allclose(wrong, right, rtol=1e-6, atol=1e-12, equal_nan=True)


@dataclass(frozen=True, slots=True)
class Reply:
    """What a guess is answered with."""

    right: bool
    what: str
    why: str


@np.errstate(all="ignore")
def answer_guess(guessed: str, planted: PlantedSlip) -> Reply | None:
    """Return the answer to a guess by name; a slip that gives the same numbers is right too."""
    guess = next((each for each in planted.slips if each.name == guessed), None)
    if guess is None:
        return None
    if guess is planted.slip:
        return Reply(True, "That is it.", guess.about)
    progress = planted.progress
    would = gradient_at(planted.setup, guess, progress.wrong, progress.previous)
    if np.allclose(would, planted.claims, rtol=1e-9, atol=1e-15):
        return Reply(True, "Here that is the same.", f"It was planted as: {planted.slip.title}.")
    return Reply(False, "Not that one.", _why_not(planted, would))


def _why_not(planted: PlantedSlip, would: Array) -> str:
    """Return a difference that can be seen between what a guess would give and what is claimed."""
    setup = planted.setup
    right = gradient_at(setup, None, planted.progress.wrong)
    claimed_off, guessed_off = (_wrong_arrays(setup, right, g) for g in (planted.claims, would))
    for name in setup.parameters:
        if name in guessed_off - claimed_off:
            return f"It would make {name} wrong, and here {name} is right."
        if name in claimed_off - guessed_off:
            return f"It would leave {name} right, and here {name} is wrong."
    if isinstance(setup, FunctionSetup):
        return "It would be wrong by the same variables, but with other numbers."
    return "It would be wrong in the same arrays, but by other factors: look at the ratios."


def _wrong_arrays(setup: Setup, right: Array, other: Array) -> set[str]:
    a, b = setup.arrays(right), setup.arrays(other)
    return {n for n in setup.parameters if not np.allclose(a[n], b[n], rtol=1e-6, atol=1e-12)}
