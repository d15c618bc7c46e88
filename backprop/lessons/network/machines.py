"""Two machines and a wall, at the end of a round: what makes its gradient, and what may use it."""

from dataclasses import dataclass, replace
from itertools import chain

from backprop.lessons.network.training_step import TrainingStep
from backprop.notation.formula import Label, Number
from backprop.stage.choices import change, read_choices
from backprop.stage.links import Links
from backprop.stage.quiz.step_question import StepQuestion
from backprop.stage.two_machines import SOURCE_TITLES, agreement
from backprop.stage.walk.explanation import Labels, long_number, number
from backprop.stage.walk.steps import WalkStep, network_steps

USERS = ("gradient_descent", "momentum", "rmsprop", "adam")


@dataclass(frozen=True, slots=True)
class GradientMaker:
    """One way to the gradient of the round.

    Attributes:
        slope: what it gives for the parameter that is shown.
        cost: what the whole gradient takes.
        same: how many digits of the whole gradient agree with backpropagation; empty for itself.
    """

    title: str
    slope: Number
    cost: str
    same: str


@dataclass(frozen=True, slots=True)
class GradientUser:
    """One optimizer, given this gradient.

    Attributes:
        on: whether it is the one of this page.
        address: where it is.
        move: what it adds to the parameter that is shown.
        loss: of the same example, after its update.
    """

    title: str
    on: bool
    address: str
    move: Number
    loss: Number


@dataclass(frozen=True, slots=True)
class Machines:
    """Both sides of the wall, for one parameter.

    Attributes:
        whole: the number of the step at which the gradient is complete, counted from 1.
        at_whole: the address of that step.
        is_known: whether it is complete at this step; before that there is nothing on either side.
        label: the parameter.
        before: the loss before the update.
    """

    whole: int
    at_whole: str
    is_known: bool
    label: Label | None = None
    before: Number | None = None
    makers: tuple[GradientMaker, ...] = ()
    users: tuple[GradientUser, ...] = ()


def machines_ahead(training_step: TrainingStep, links: Links) -> Machines:
    """Return both sides of the wall before the gradient is complete: there is nothing on either."""
    steps = network_steps(training_step.graph)
    whole = next(n for n, step in enumerate(steps) if step.kind == "whole")
    return Machines(whole + 1, links.address(step=whole), is_known=False)


def make_machines(
    ahead: Machines,
    training_step: TrainingStep,
    question: StepQuestion,
    links: Links,
    label: Labels,
) -> Machines:
    """Return what makes the gradient of this round, and what may use it, once it is complete."""
    whole = ahead.whole
    at_whole = question.leave(links).address(step=whole - 1) if question.on else ahead.at_whole
    if question.unknown or not is_complete(question.step):
        return replace(ahead, at_whole=at_whole) if question.on else ahead
    name = _shown_parameter(training_step)
    return Machines(
        whole=whole,
        at_whole=at_whole,
        is_known=True,
        label=label(name),
        before=long_number(training_step.trace.value, "forward"),
        makers=_makers(training_step, name),
        users=tuple(_user(training_step, other, name, links) for other in _users(training_step)),
    )


def _shown_parameter(training_step: TrainingStep) -> str:
    """Return the parameter in focus, or the steepest one that is not frozen.

    It is the same for every optimizer.
    """
    focus, frozen = training_step.choices.focus, training_step.choices.network.frozen
    if focus in training_step.names:
        return focus
    free = [n for n in training_step.names if n not in frozen] or training_step.names
    return max(free, key=lambda name: abs(training_step.gradient[name]))


def is_complete(step: WalkStep) -> bool:
    """Whether the gradient is complete at a step."""
    return step.kind in ("whole", "update")


def _makers(training_step: TrainingStep, name: str) -> tuple[GradientMaker, GradientMaker]:
    names, rows = training_step.names, training_step.check
    slopes = [training_step.gradient[each] for each in names]
    near = [rows[each].numeric for each in names]
    count = len(names)
    return (
        GradientMaker(
            title=SOURCE_TITLES["backward"],
            slope=number(training_step.gradient[name], "backward"),
            cost=f"1 forward pass and 1 backward pass for all {count}",
            same="",
        ),
        GradientMaker(
            title=SOURCE_TITLES["central"],
            slope=number(rows[name].numeric, "backward"),
            cost=f"{2 * count} forward passes: 2 for each of {count}",
            same=agreement(near, slopes),
        ),
    )


def _users(training_step: TrainingStep) -> tuple[str, ...]:
    """Return the optimizers side by side: this page's, and some that everyone has heard of."""
    return tuple(dict.fromkeys(chain((training_step.choices.update.optimizer,), USERS)))


def _user(training_step: TrainingStep, other: str, name: str, links: Links) -> GradientUser:
    choices, on = training_step.choices, other == training_step.choices.update.optimizer
    step = training_step
    if not on:
        exchanged = change(read_choices(choices, {"optimizer": other}), memory=())
        step = TrainingStep(exchanged, training_step.network, training_step.trace)
    return GradientUser(
        title=step.optimizer.title,
        on=on,
        address=links.address() if on else links.address(optimizer=other, memory=()),
        move=number(step.moves[name]),
        loss=long_number(step.loss_after, "forward"),
    )
