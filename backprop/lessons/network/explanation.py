"""What each step of the walk says; and what is said when the gradient is complete, and used."""

from backprop.lessons.network.training_step import Round
from backprop.notation.numerals import exact, long, short
from backprop.stage.walk.backward_step import explain_base_case, explain_gradient
from backprop.stage.walk.explanation import Explanation, Labels, Words, number, overflow_words
from backprop.stage.walk.forward_step import explain_value
from backprop.stage.walk.steps import WalkStep


def tell(found: Round, stop: WalkStep, label: Labels) -> Explanation:
    """Return what a step of the walk says."""
    if stop.kind == "value":
        return explain_value(found, stop, label)
    if stop.kind == "slope":
        return (
            explain_gradient(found, stop, label)
            if found.trace.terms[stop.node]
            else explain_base_case(found, label)
        )
    return _tell_whole(found, label) if stop.kind == "whole" else _tell_update(found, label)


def _tell_whole(found: Round, label: Labels) -> Explanation:
    length = sum(g * g for g in found.gradient.values()) ** 0.5
    return Explanation(
        phase="backward",
        headline=("Backpropagation ends here.",),
        lede=("This is the gradient: one slope for each parameter. It is not yet a change.",),
        equation=None,
        products=(),
        local=None,
        result_words=("length of the gradient",),
        result=number(length, "backward"),
        lines=(),
        sentence=_after_whole(found, label),
    )


def _after_whole(found: Round, label: Labels) -> Words:
    """Return what the gradient is, and whether finite differences confirm it."""
    slopes, odd = (
        found.gradient,
        [row for row in found.check.values() if not row.agrees()],
    )
    if not odd:
        return (
            *(
                "It points where ",
                label("L"),
                " rises most steeply, and its length is that slope, ",
            ),
            f"to first order. {len(slopes)} slopes for one pass back; finite differences needed "
            f"{2 * len(slopes)} passes forward, and agree.",
        )
    values = (*found.trace.values, *slopes.values())
    if not all(x - x == 0 for x in values):
        return overflow_words(found, label)
    return (
        "Finite differences give another slope at ",
        label(odd[0].name),
        ": a kink, as relu has at 0, lies within the nudge, which sees both of its sides.",
    )


def _tell_update(found: Round, label: Labels) -> Explanation:
    after, loss, title = found.loss_after, label("L"), found.optimizer.title
    return Explanation(
        phase="update",
        headline=(f"What does {title} make of it?",),
        lede=(
            "Another machine takes the gradient and moves the parameters. "
            "Exchange it: the gradient stays.",
        ),
        equation=None,
        products=(),
        local=None,
        result_words=(loss, " after the update"),
        result=number(after, "forward"),
        lines=(),
        sentence=_after_update(found, label),
    )


def _after_update(found: Round, label: Labels) -> Words:
    """Return how the loss changed, with digits enough to see it."""
    before, after, loss = found.trace.value, found.loss_after, label("L")
    if not (before - before == 0 and after - after == 0):
        if before - before == 0:
            return (loss, " is not a finite number after this move: the step is too long.")
        return overflow_words(found, label)
    if before == after:
        return (loss, f" stays {short(before)} for this example.")
    write = next((each for each in (short, long) if each(before) != each(after)), exact)
    way = "falls" if after < before else "rises"
    return (loss, f" {way} from {write(before)} to {write(after)} for this example.")
