"""The entry that a step works out in numbers, so that a matrix formula is seen to be sums."""

from backprop.engine.trace import Trace
from backprop.lessons.layers_backward import worked_slope
from backprop.lessons.layers_entry import Entry, Worked, peak
from backprop.lessons.layers_forward import worked_value
from backprop.lessons.layers_walk import Stop


def entry_of(trace: Trace, stop: Stop) -> Entry | None:
    """Return the largest entry of what a step computes; None if it is of several, or not finite."""
    return peak(trace, stop.node, stop.kind) if len(stop.nodes) == 1 else None


def worked_of(entry: Entry | None) -> Worked | None:
    """Return an entry worked out; None where there is no sum to show."""
    if entry is None:
        return None
    return worked_value(entry) if entry.kind == "value" else worked_slope(entry)
