"""The run of rounds: the loss of each, and the round after the update."""

from dataclasses import dataclass

from backprop.drawing.charts import loss_chart
from backprop.lessons.network.choices import DEFAULTS, NAME, PRESETS, RESET_RUN, Choices
from backprop.lessons.network.example import next_row
from backprop.lessons.network.training_step import TrainingStep, compute
from backprop.notation.numerals import long
from backprop.sharing.snapshot import address_of
from backprop.stage.choices import change
from backprop.stage.controls import Option, make_options
from backprop.stage.head import find_preset
from backprop.stage.lesson import FormRequest, Transition, snapshot_bytes
from backprop.stage.links import Links
from backprop.stage.networks import default_inputs, find_dataset
from backprop.stage.quiz.answers import SILENT
from backprop.stage.walk.steps import network_steps

MOST_ROUNDS = 200  # that a run remembers; thinned as it grows
THENS = {"same": "the same example", "next": "the next example", "random": "another, shuffled"}


@dataclass(frozen=True, slots=True)
class PastRound:
    """The loss of one round, and where that round can be opened again."""

    round: int
    loss: str
    address: str


@dataclass(frozen=True, slots=True)
class Run:
    """The rounds so far.

    Attributes:
        round: the number of this one.
        history: every round that is remembered, this one last.
        chart: the loss curve as a figure, in JSON; empty after one round only.
        chart_alt: the same in words.
        thens: which example the next round can have; none where there is only one.
    """

    round: int
    history: tuple[PastRound, ...]
    chart: str
    chart_alt: str
    thens: tuple[Option, ...]


def make_run(training_step: TrainingStep, links: Links) -> Run:
    """Return the rounds so far."""
    choices, loss = training_step.choices, training_step.trace.value
    past = zip(choices.run.rounds, choices.run.losses, choices.run.visited, strict=False)
    before = tuple(PastRound(n, long(x), f"{links.path}?from={at}") for n, x, at in past)
    history = (*before, PastRound(choices.run.round, long(loss), links.address()))
    losses, first, last = (*choices.run.losses, loss), history[0], history[-1]
    way = "falls" if losses[-1] < losses[0] else "goes"
    return Run(
        round=choices.run.round,
        history=history,
        chart=loss_chart([p.round for p in history], losses, [p.address for p in history])
        if before
        else "",
        chart_alt=f"The loss {way} from {first.loss} in round {first.round} "
        f"to {last.loss} in round {last.round}.",
        thens=make_options(THENS, choices.then, links, "then")
        if find_dataset(choices.network)
        else (),
    )


def next_round(choices: Choices, _: FormRequest) -> Transition:
    """Return the next round, after the update; the loss curve leads back to this one."""
    present = snapshot_bytes(NAME, choices, DEFAULTS)
    return Transition(advance(choices, address_of(present)), bodies=(present,))


def begin_anew(choices: Choices) -> Choices:
    """Return the same before the run, as far as it tells: where it moves, nothing is typed."""
    first = find_preset(PRESETS, choices.preset_name) or PRESETS[0]
    moved = {"row": first.choices.network.row, "inputs": {}} if choices.then != "same" else {}
    return change(choices, **RESET_RUN, **SILENT, **moved, parameters={}, step=0)


def advance(choices: Choices, now: str) -> Choices:
    """Return the choices of the next round: after the update, perhaps with another example.

    The loss curve leads back to this round's snapshot, whose address is `now`.
    """
    training_step = compute(choices)
    kept = list(zip(choices.run.rounds, choices.run.losses, choices.run.visited, strict=False))
    kept.append((choices.run.round, training_step.trace.value, now))
    if len(kept) > MOST_ROUNDS:
        kept = [*kept[:-1:2], kept[-1]]
    rounds, losses, visited = zip(*kept, strict=True)
    last = len(network_steps(training_step.graph)) - 1
    after = change(
        choices,
        parameters=dict(training_step.after),
        memory=training_step.memory,
        round=choices.run.round + 1,
        rounds=rounds,
        losses=losses,
        visited=visited,
        **SILENT,
        step=0 if choices.step == last else choices.step,
    )
    return _with_next_example(after)


def _with_next_example(choices: Choices) -> Choices:
    data = find_dataset(choices.network)
    if data is None or choices.then == "same":
        return choices
    row = next_row(choices.network.row, len(data.X), shuffled=choices.then == "random")
    changed = change(choices, row=row)
    return change(changed, inputs=default_inputs(changed.network, choices.network))
