"""What went wrong in an array, named with its place: overflow, NaN, a unit that is dead."""

from collections.abc import Iterable

import numpy as np

from backprop.engine.trace import Trace
from backprop.lessons.layers_entry import Entry
from backprop.lessons.layers_walk import Stop
from backprop.lessons.round_telling import Words
from backprop.notation.names import label_of

MOST_NAMED = 3  # units that a sentence names; of more it says how many


def first_trouble(trace: Trace, halves: Iterable[tuple[int, str]]) -> Entry | None:
    """Return the first entry that is not a finite number, in the order of these arrays."""
    for node, kind in halves:
        array = np.asarray((trace.values if kind == "value" else trace.gradients)[node])
        finite = np.isfinite(array)
        if not finite.all():
            at = np.unravel_index(int(np.argmin(finite)), finite.shape)
            return Entry(trace, node, kind, tuple(int(i) for i in at))
    return None


def trouble_words(entry: Entry) -> Words:
    """Return what is wrong at an entry: “Z₂ overflows in row 3 (example 3, unit 1) …”."""
    own, is_nan = label_of(entry.name), entry.number != entry.number
    row = f" in row {entry.at[0] + 1}" if len(entry.at) == 2 else ""
    where = f"{row} ({entry.where})" if entry.where else ""
    if entry.kind == "slope":
        return ("The gradient at ", own, f" {'is NaN' if is_nan else 'overflows'}{where}.")
    if not entry.trace.graph.nodes[entry.node].inputs:
        return (own, f" is not a finite number{where}: it came so.")
    if is_nan:
        return ("NaN, “not a number”, begins at ", own, f"{where}: its sum has no value.")
    return (own, f" overflows{where}: the number is too large to be stored.")


def dead_words(trace: Trace, stop: Stop) -> Words:
    """Return which units answer 0 to every example, or get no gradient back; nothing if none."""
    node = trace.graph.nodes[stop.node]
    array = np.asarray((trace.values if stop.kind == "value" else trace.gradients)[stop.node])
    names = ("A",) if stop.kind == "value" else ("A", "Z")
    if node.name[0] not in names or not np.isfinite(array).all():
        return ()
    dead = [j for j, silent in enumerate((array == 0).all(axis=0).tolist(), 1) if silent]
    if not dead:
        return ()
    one = len(dead) == 1
    if stop.kind == "value":
        what = f"{'is' if one else 'are'} 0 for every example of this batch"
    else:
        what = f"{'gets' if one else 'get'} a gradient of 0 from every example of this batch"
    return (f" {_units(dead, array.shape[1])} {what}.",)


def _units(dead: list[int], width: int) -> str:
    if len(dead) == 1:
        return f"Unit {dead[0]}"
    if len(dead) <= MOST_NAMED:
        return f"Units {', '.join(map(str, dead[:-1]))} and {dead[-1]}"
    return f"{len(dead)} of {width} units"
