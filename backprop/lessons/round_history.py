"""The rounds so far: their losses, as a curve that leads back, and as a table."""

from dataclasses import dataclass

from backprop.drawing.charts import loss_chart
from backprop.lessons.lesson import Links
from backprop.lessons.round import Round
from backprop.notation.numerals import long


@dataclass(frozen=True, slots=True)
class Past:
    """The loss of one round, and where that round can be opened again."""

    round: int
    loss: str
    address: str


def history_of(found: Round, links: Links) -> tuple[Past, ...]:
    """Return the loss of every round that is remembered, this one last."""
    choices = found.choices
    past = zip(choices.rounds, choices.losses, choices.visited, strict=False)
    before = tuple(Past(n, long(loss), f"{links.path}?from={at}") for n, loss, at in past)
    return (*before, Past(choices.round, long(found.trace.value), links.address()))


def chart_of(history: tuple[Past, ...], found: Round) -> str:
    """Return the loss curve as a figure; empty while there is one round only."""
    if len(history) < 2:
        return ""
    losses = (*found.choices.losses, found.trace.value)
    return loss_chart([past.round for past in history], losses, [past.address for past in history])


def chart_words(history: tuple[Past, ...], found: Round) -> str:
    """Return the loss curve in words, for a screen reader."""
    first, last = history[0], history[-1]
    losses = (*found.choices.losses, found.trace.value)
    way = "falls" if losses[-1] < losses[0] else "goes"
    return (
        f"The loss {way} from {first.loss} in round {first.round} "
        f"to {last.loss} in round {last.round}."
    )
