"""The tables of the walk: the gradient, the update, and the path ledger."""

from dataclasses import dataclass

from backprop.drawing.charts import loss_chart
from backprop.lessons.network.training_step import Round
from backprop.notation.formula import Label, Number
from backprop.notation.numerals import long, short
from backprop.stage.links import Links
from backprop.stage.walk.explanation import Labels, long_number


@dataclass(frozen=True, slots=True)
class Entry:
    """One parameter in the table of the gradient, or of the update."""

    label: Label
    name: str
    value: Number
    gradient: Number
    numeric: Number
    relative: str
    agrees: bool
    move: Number
    after: Number
    frozen: bool
    address: str


def entries_of(found: Round, links: Links, label: Labels) -> tuple[Entry, ...]:
    """Return the table of the gradient and of the update, one row a parameter."""
    rows = []
    for name in found.choices.network.parameters:
        g, row = found.gradient[name], found.check[name]
        rows.append(
            Entry(
                label=label(name),
                name=name,
                value=long_number(found.choices.network.parameters[name]),
                gradient=long_number(g, "backward"),
                numeric=long_number(row.numeric),
                relative=short(row.relative),
                agrees=row.agrees(),
                move=long_number(found.moves[name]),
                after=long_number(found.after[name], "forward"),
                frozen=name in found.choices.network.frozen,
                address=links.address(focus=name),
            )
        )
    return tuple(rows)


@dataclass(frozen=True, slots=True)
class Past:
    """The loss of one round, and where that round can be opened again."""

    round: int
    loss: str
    address: str


def history_of(found: Round, links: Links) -> tuple[Past, ...]:
    """Return the loss of every round that is remembered, this one last."""
    choices = found.choices
    past = zip(choices.run.rounds, choices.run.losses, choices.run.visited, strict=False)
    before = tuple(Past(n, long(loss), f"{links.path}?from={at}") for n, loss, at in past)
    return (*before, Past(choices.run.round, long(found.trace.value), links.address()))


def chart_of(history: tuple[Past, ...], found: Round) -> str:
    """Return the loss curve as a figure; empty while there is one round only."""
    if len(history) < 2:
        return ""
    losses = (*found.choices.run.losses, found.trace.value)
    return loss_chart([past.round for past in history], losses, [past.address for past in history])


def chart_words(history: tuple[Past, ...], found: Round) -> str:
    """Return the loss curve in words, for a screen reader."""
    first, last = history[0], history[-1]
    losses = (*found.choices.run.losses, found.trace.value)
    way = "falls" if losses[-1] < losses[0] else "goes"
    return (
        f"The loss {way} from {first.loss} in round {first.round} "
        f"to {last.loss} in round {last.round}."
    )
