"""What each step of the walk through a typed function says."""

from backprop.lessons.function_walk import FunctionAt
from backprop.lessons.round_slopes import tell_base, tell_slope
from backprop.lessons.round_telling import (
    Labels,
    Telling,
    Words,
    number,
    output_of,
    overflow_words,
)
from backprop.lessons.round_values import tell_value
from backprop.lessons.round_walk import Stop


def tell_function(found: FunctionAt, stop: Stop, label: Labels) -> Telling:
    """Return what a step of the walk says."""
    if stop.kind == "value":
        return tell_value(found, stop, label)
    if stop.kind == "whole":
        return _tell_whole(found, label)
    return (
        tell_slope(found, stop, label) if found.trace.terms[stop.node] else tell_base(found, label)
    )


def _tell_whole(found: FunctionAt, label: Labels) -> Telling:
    slopes = found.trace.gradient.values()
    length = sum(g * g for g in slopes) ** 0.5
    one = "This is the gradient: one slope for each variable. It says how the result would move."
    none = "No variable stands here, so there is nothing to move, and no gradient."
    return Telling(
        phase="backward",
        headline=("Backpropagation ends here.",),
        lede=(one if slopes else none,),
        equation=None,
        products=(),
        local=None,
        result_words=("length of the gradient",),
        result=number(length, "backward") if slopes else None,
        lines=(),
        sentence=_after_whole(found, label) if slopes else (),
    )


def _after_whole(found: FunctionAt, label: Labels) -> Words:
    """Return what the gradient is, and whether finite differences confirm it."""
    slopes, whole = found.trace.gradient, output_of(found, label)
    odd = [row for row in found.check.values() if not row.agrees()]
    if not odd:
        several = f"{len(slopes)} slopes" if len(slopes) > 1 else "One slope"
        return (
            "It points where ",
            whole,
            " rises most steeply, and its length is that slope, to first order. "
            f"{several} for one pass back; finite differences needed {2 * len(slopes)} passes "
            "forward, and agree.",
        )
    if not all(x - x == 0 for x in (*found.trace.values, *slopes.values())):
        return overflow_words(found, label)
    return (
        "Finite differences give another slope at ",
        label(odd[0].name),
        ": a kink, a jump or a pole lies within the nudge, which sees both of its sides.",
    )
