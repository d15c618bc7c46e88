"""What each step of the walk says; and what is said when the gradient is complete, and used."""

from backprop.lessons.round import Round
from backprop.lessons.round_slopes import tell_base, tell_slope
from backprop.lessons.round_telling import SAME, Labels, Telling, number, overflow_words
from backprop.lessons.round_values import tell_value
from backprop.lessons.round_walk import Stop
from backprop.notation.numerals import short


def tell(found: Round, stop: Stop, label: Labels) -> Telling:
    """Return what a step of the walk says."""
    if stop.kind == "value":
        return tell_value(found, stop, label)
    if stop.kind == "slope":
        return tell_slope(found, stop, label) if found.trace.terms[stop.node] else tell_base(label)
    return _tell_whole(found, label) if stop.kind == "whole" else _tell_update(found, label)


def _tell_whole(found: Round, label: Labels) -> Telling:
    length = sum(g * g for g in found.gradient.values()) ** 0.5
    loss = label("L")
    return Telling(
        phase="backward",
        headline=("Backpropagation ends here.",),
        lede=("This is the gradient: one slope for each parameter. It is not yet a change.",),
        equation=None,
        products=(),
        result_words=("length of the gradient",),
        result=number(length, "backward"),
        lines=(),
        sentence=(
            *("It points where ", loss, " rises most steeply, and its length is that slope, to "),
            f"first order. {len(found.gradient)} slopes for one pass back; finite differences "
            f"needed {2 * len(found.gradient)} passes forward, and agree.",
        )
        if _agree(found)
        else overflow_words(found, label),
    )


def _agree(found: Round) -> bool:
    return all(row.relative <= SAME for row in found.check.values())


def _tell_update(found: Round, label: Labels) -> Telling:
    before, after = found.trace.value, found.loss_after
    loss, title = label("L"), found.optimizer.title
    fell = "falls" if after < before else "rises" if after > before else "stays"
    return Telling(
        phase="update",
        headline=(f"What does {title} make of it?",),
        lede=(
            "Another machine takes the gradient and moves the parameters. "
            "Exchange it: the gradient stays.",
        ),
        equation=None,
        products=(),
        result_words=(loss, " before → after"),
        result=number(after, "forward"),
        lines=(),
        sentence=(loss, f" {fell} from {short(before)} to {short(after)} for this example."),
    )
