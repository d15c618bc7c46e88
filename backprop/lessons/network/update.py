"""The update step: the optimizer's own rule, in letters and with the numbers of one parameter."""

import math
from dataclasses import dataclass, replace

import numpy as np

from backprop.engine.slips.slip import STALE_WEIGHTS
from backprop.lessons.network.training_step import TrainingStep
from backprop.notation.formula import Label, Number
from backprop.notation.numerals import MINUS, exact, long, short
from backprop.stage.controls import Field, Option
from backprop.stage.links import Links
from backprop.stage.optimizers import RuleLine, rule_with_numbers, setting_fields
from backprop.stage.walk.explanation import Explanation, Labels, Words, number
from backprop.stage.walk.not_finite import first_words
from backprop.stage.walk.steps import WalkStep
from backprop.training.optimizers import OPTIMIZERS


@dataclass(frozen=True, slots=True)
class UpdateRule:
    """How one parameter moves.

    Attributes:
        label: the parameter.
        lines: the rule, each line in letters, then with its numbers, then its result.
        memory: what the optimizer remembers of this parameter, before the round.
        frozen: whether the move is not made, because the parameter is frozen.
    """

    label: Label
    lines: tuple[RuleLine, ...]
    memory: tuple[tuple[str, Number], ...]
    frozen: bool


def make_rule(training_step: TrainingStep, label: Labels) -> UpdateRule:
    """Return the optimizer's rule for the parameter in focus, or for the one that moves most."""
    names, focus = training_step.names, training_step.choices.focus
    moves, remembered = training_step.moves, training_step.before
    most = max(names, key=lambda name: (abs(moves[name]), -names.index(name)))
    name = focus if focus in names else most
    at, network = names.index(name), training_step.choices.network
    optimizer = training_step.optimizer
    known: dict[str, float] = {
        "g": training_step.gradient[name],
        "theta": network.parameters[name],
        **{key: _entry(state, at) for key, state in remembered.items()},
    }
    memory = tuple(
        (f"{key}: {words}", number(_entry(remembered[key], at)))
        for key, words in optimizer.memory
        if key in remembered and key != "t"
    )
    lines = rule_with_numbers(optimizer, known, label(name))
    return UpdateRule(label(name), lines, memory, name in network.frozen)


def _entry(state: object, at: int) -> float:
    return float(state[at]) if isinstance(state, np.ndarray) else float(state)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class SlipShown:
    """What a round would come to with a well-known slip in it, beside the right one.

    Attributes:
        name: of the slip in the catalogue.
        about: what goes wrong, in a sentence.
        label: the parameter whose gradient is furthest off.
        right, wrong: its gradient, by the right pass and by the slip.
        after, after_slip: the loss after the update, by the right gradient and by the wrong one.
    """

    name: str
    about: str
    label: Label
    right: Number
    wrong: Number
    after: Number
    after_slip: Number


def make_slip(training_step: TrainingStep, label: Labels) -> SlipShown | None:
    """Return what the slip would do here; None where there is no hidden layer, or no difference."""
    if training_step.network.depth < 2:
        return None
    wrong, after = training_step.loss_after_slip()
    gradient = training_step.gradient

    def off(name: str) -> float:
        return abs(wrong[name] / gradient[name] - 1) if gradient[name] else 0.0

    name = max(training_step.names, key=off)
    if not 1e-9 < off(name) < math.inf:
        return None
    numbers = (gradient[name], wrong[name], training_step.loss_after, after)
    slip = STALE_WEIGHTS
    return SlipShown(slip.name, slip.about, label(name), *map(_fine, numbers))


def _fine(x: float) -> Number:
    """Return a number with the nine decimals in which a slip shows; a small one as in tables."""
    shown = f"{x:.9f}".replace("-", MINUS) if 1e-4 <= abs(x) < 1e4 else long(x)
    return Number(shown, x)


@dataclass(frozen=True, slots=True)
class Update:
    """What uses the gradient.

    Attributes:
        optimizers, settings: the choice of a machine, and its numbers.
        rule: how one parameter moves, where the step is the update.
        slip: what a well-known slip would do there.
    """

    optimizers: tuple[Option, ...]
    settings: tuple[Field, ...]
    rule: UpdateRule | None
    slip: SlipShown | None


def update_ahead(training_step: TrainingStep, links: Links) -> Update:
    """Return what will use the gradient."""
    chosen = training_step.choices.update
    optimizers = tuple(
        Option(kind.title, name, name == chosen.optimizer, links.address(optimizer=name, memory=()))
        for name, kind in OPTIMIZERS.items()
    )
    return Update(optimizers, setting_fields(chosen), rule=None, slip=None)


def make_update(
    ahead: Update, training_step: TrainingStep, step: WalkStep, label: Labels
) -> Update:
    """Return what uses the gradient."""
    if step.kind != "update":
        return ahead
    rule, slip = make_rule(training_step, label), make_slip(training_step, label)
    return replace(ahead, rule=rule, slip=slip)


def explain_update(training_step: TrainingStep, label: Labels) -> Explanation:
    """Return the explanation of the update."""
    after, loss, title = training_step.loss_after, label("L"), training_step.optimizer.title
    return Explanation(
        phase="update",
        headline=(f"What does {title} make of the gradient?",),
        lede=(
            "Another machine takes the gradient and moves the parameters. "
            "Exchange it: the gradient stays.",
        ),
        result_words=(loss, " after the update"),
        result=number(after, "forward"),
        sentence=_after_update(training_step, label),
    )


def _after_update(training_step: TrainingStep, label: Labels) -> Words:
    """Return how the loss changed, with digits enough to see it."""
    before, after, loss = training_step.trace.value, training_step.loss_after, label("L")
    if not (before - before == 0 and after - after == 0):
        if before - before == 0:
            return (loss, " is not a finite number after this move: the step is too long.")
        return first_words(training_step.trace, label)
    if before == after:
        return (loss, f" stays {short(before)} for this example.")
    write = next((each for each in (short, long) if each(before) != each(after)), exact)
    way = "falls" if after < before else "rises"
    return (loss, f" {way} from {write(before)} to {write(after)} for this example.")
