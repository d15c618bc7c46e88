"""Words about NaN and ∞: what made them, where, and what the function itself does there."""

import math
from dataclasses import dataclass
from functools import lru_cache

from backprop.engine.differences.one_sided import Sides, one_sided_slopes
from backprop.engine.graph import Graph
from backprop.engine.not_finite import Cause, cause_of_gradient, cause_of_value, first_cause
from backprop.engine.ops import Operation
from backprop.engine.saturation import bypasses
from backprop.engine.stable_writing import Writing, stable_writing
from backprop.engine.trace import Trace
from backprop.notation.formula import Label
from backprop.notation.numerals import short
from backprop.stage.links import Links
from backprop.stage.walk.explanation import Labels, Words

WHY = {
    "log of 0": "the logarithm of 0 is −∞",
    "log of a negative number": "a negative number has no logarithm",
    "root of a negative number": "a negative number has no square root",
    "division by 0": "there is a division by 0",
    "0 / 0": "0 / 0 has no value",
    "power of a negative number": "a negative number has no such power",
    "∞ − ∞": "∞ − ∞ has no value",
    "0 · ∞": "0 · ∞ has no value",
    "∞ / ∞": "∞ / ∞ has no value",
}


@dataclass(frozen=True, slots=True)
class Rewriting:
    """A typed function in another writing: as it is typed, and where the same page shows it."""

    expression: str
    address: str


def first_words(trace: Trace, label: Labels) -> Words:
    """Return where the first number of both passes began that is not finite, and why."""
    cause = first_cause(trace)
    assert cause, "something is not finite"
    return (*_words(trace, cause, label), *_writing(trace, cause, label))


def value_words(trace: Trace, position: int, label: Labels) -> Words:
    """Return why the value of a node is not finite."""
    cause = cause_of_value(trace, position)
    assert cause, "a value is asked about that is not finite"
    return (*_words(trace, cause, label), *_writing(trace, cause, label))


def gradient_words(trace: Trace, position: int, label: Labels) -> Words:
    """Return why the gradient at a node is not finite."""
    cause = cause_of_gradient(trace, position)
    assert cause, "a gradient is asked about that is not finite"
    return (*_words(trace, cause, label), *_writing(trace, cause, label))


def _words(trace: Trace, cause: Cause, label: Labels) -> Words:
    root = cause
    while root.source:
        root = root.source
    if root.edge is None:
        first = _of_value(trace, root, label)
        if root is cause:
            return first
        if cause.edge is None:
            own = label(trace.graph.nodes[cause.node].name)
            return (*first, " At ", own, f" it makes NaN: {_why(trace, cause)}.")
        back = "0 · ∞, which has no value" if cause.kind == "0 · ∞" else short(cause.number)
        return (*first, f" So a slope on the way back is {back}.")
    return _of_gradient(trace, cause, root, label)


def _of_value(trace: Trace, cause: Cause, label: Labels) -> Words:
    own = label(trace.graph.nodes[cause.node].name)
    if cause.kind == "given":
        return (own, " is not a finite number: the rounds before made it so.")
    if cause.kind == "overflow":
        return ("Overflow at ", own, ": the number is too large to be stored.")
    what = "NaN, “not a number”," if math.isnan(cause.number) else short(cause.number)
    return (f"{what} began at ", own, f": {_why(trace, cause)}.")


def _why(trace: Trace, cause: Cause) -> str:
    row = trace.graph.row(cause.node)
    return WHY.get(cause.kind, f"the {row.title} is not defined there")


def _of_gradient(trace: Trace, cause: Cause, root: Cause, label: Labels) -> Words:
    """Return what was made on the way back, of values that are all finite."""
    assert root.edge, "a gradient came along an edge"
    graph = trace.graph
    below, later = root.edge[:2]
    own, at = label(graph.nodes[below].name), short(float(trace.values[below]))
    row = graph.row(later)
    assert isinstance(row, Operation), "the walk goes through scalars"
    if root.kind == "overflow":
        return ("Overflow on the way back, at ", own, ": the gradient is too large to be stored.")
    if root.kind != "infinite slope":
        return ("NaN began on the way back to ", own, f": {WHY.get(root.kind, root.kind)}.")
    if below in bypasses(graph):
        near = (f" is so near {at} that ", label(graph.nodes[graph.output].name))
        return (own, *near, " responds more strongly than can be stored.")
    steep: Words = (f"The {row.title} is infinitely steep where ", own, f" = {at}.")
    if cause.kind == "0 · ∞":
        return (*steep, " What it is multiplied by is 0, and 0 · ∞ has no value.")
    if cause.kind == "∞ − ∞":
        return (*steep, " Two such slopes arrive here, and ∞ − ∞ has no value.")
    return steep


def _writing(trace: Trace, cause: Cause, label: Labels) -> Words:
    """Return a writing of a typed function that does not overflow; nothing if none is known."""
    writing = _find_writing(trace, cause)
    if not writing:
        return ()
    own = label(trace.graph.nodes[writing.node].name)
    how = f" as {writing.text}, which does not overflow."
    return (" The function itself is finite: write ", own, how)


def rewriting(trace: Trace, links: Links) -> Rewriting | None:
    """Return the same page of a typed function in the writing that the words name, if they do."""
    cause = first_cause(trace)
    writing = _find_writing(trace, cause) if cause else None
    if not writing:
        return None
    return Rewriting(writing.whole, links.address(expression=writing.whole))


def _find_writing(trace: Trace, cause: Cause) -> Writing | None:
    while cause.source:
        cause = cause.source
    if cause.kind != "overflow" or any(node.part_of for node in trace.graph.nodes):
        return None
    return _stable(trace.graph, _point(trace))


@lru_cache(maxsize=256)
def _stable(graph: Graph, at: tuple[tuple[str, float], ...]) -> Writing | None:
    return stable_writing(graph, dict(at))


def _point(trace: Trace) -> tuple[tuple[str, float], ...]:
    nodes = zip(trace.graph.nodes, trace.values, strict=True)
    return tuple((node.name, float(value)) for node, value in nodes if node.is_variable)


@lru_cache(maxsize=1024)
def _sides(graph: Graph, at: tuple[tuple[str, float], ...], name: str) -> Sides:
    return one_sided_slopes(graph, dict(at), name)


def sides_words(trace: Trace, name: str, label: Labels) -> Words:
    """Return what the function does along a variable by which its rules give no finite slope."""
    sides = _sides(trace.graph, _point(trace), name)
    whole: Label = label(trace.graph.nodes[trace.graph.output].name)
    own = label(name)
    left, right = short(sides.left), short(sides.right)
    match sides.kind:
        case "kink":
            kink = f"From the left the slope is {left}, from the right {right}: a kink. "
            return (kink, whole, " has no slope by ", own, " here.")
        case "jump":
            return (whole, " jumps here, so it has no slope by ", own, ".")
        case "steep":
            return (whole, " is steeper here than any number: it has no slope by ", own, ".")
        case "end":
            return (whole, " has values on one side of this point only, along ", own, ".")
        case "smooth":
            return (
                f"From either side the slope is {left}, but the rules of the steps do not give it.",
            )
    return (whole, " has no value around this point along ", own, ", so nudging says nothing.")


def slope_words(trace: Trace, name: str, label: Labels) -> Words:
    """Return why a function's slope by a variable is no finite number, and what it does there."""
    if not math.isfinite(trace.value):
        return value_words(trace, trace.graph.output, label)
    position, sides = trace.graph.position(name), sides_words(trace, name, label)
    return (*gradient_words(trace, position, label), " ", *sides)


def no_value_words(trace: Trace, name: str, label: Labels) -> Words:
    """Return why no slope by a variable can be compared: no value, or what the function does."""
    cause = cause_of_value(trace, trace.graph.output)
    return _words(trace, cause, label) if cause else sides_words(trace, name, label)
