"""What a forward step of the walk through a batch says, and what is said of the loss."""

from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np

from backprop.engine.graph import Node
from backprop.engine.ops import Operation
from backprop.engine.trace import Trace
from backprop.lessons.training.layers.entry import Entry
from backprop.lessons.training.layers.steps import Stop, penalties, walk
from backprop.notation.names import label_of
from backprop.stage.walk.explanation import Words

Said = tuple[Words, Words, Words]  # headline, lede, sentence


def say_sums(trace: Trace, stop: Stop) -> Said:
    """Say what Z = A Wᵀ + b is."""
    count = np.size(trace.values[stop.node])
    made = f"one matrix product makes all {count}." if count > 1 else "here there is one."
    return (
        (f"What does each unit of layer {stop.layer} receive?",),
        (f"A row is an example, a column a unit, an entry a weighted sum; {made}",),
        (label_of(f"b{stop.layer}"), " is added to every row."),
    )


def say_activations(trace: Trace, stop: Stop) -> Said:
    """Say what A = σ(Z) is."""
    graph = trace.graph
    is_last = stop.node in graph.nodes[graph.position("L")].inputs
    return (
        (f"What does each unit of layer {stop.layer} pass on?",),
        (f"The {graph.row(stop.node).title} of each entry. The shape stays.",),
        ("Examples do not mix, nor do units.", " These are the outputs ŷ." if is_last else ""),
    )


def say_loss(trace: Trace, stop: Stop) -> Said:
    """Say what L is."""
    title = trace.graph.row(stop.node).title
    n, k = np.shape(trace.values[trace.graph.position("Y")])
    examples = f"n\u00a0=\u00a0{n} {'example' if n == 1 else 'examples'}"
    outputs = f"k\u00a0=\u00a0{k} {'output' if k == 1 else 'outputs'}"
    return (
        ("How far off is the network on this batch?",),
        (f"{title[0].upper()}{title[1:]}: one number for {examples}, {outputs}.",),
        ("From here, go back and ask what moved it.",),
    )


def say_penalties(trace: Trace, stop: Stop) -> Said:
    """Say what the penalties are."""
    titles = dict.fromkeys(trace.graph.row(i).title for i in stop.nodes)
    return (
        ("What do the weights themselves cost?",),
        (f"The {' and the '.join(titles)} of each layer’s weights. Biases cost nothing.",),
        ("No example takes part: a penalty looks at the weights alone.",),
    )


def say_objective(trace: Trace, stop: Stop) -> Said:
    """Say what J = L + R is."""
    own = label_of(trace.graph.nodes[stop.node].name)
    return (
        ("What is to be made small?",),
        ("The objective ", own, ": the loss and the penalties, added up."),
        ("The gradient that follows is that of ", own, ", not of the loss alone."),
    )


def say_base(trace: Trace, stop: Stop) -> Said:
    """Say that the slope of the last quantity by itself is 1."""
    own = label_of(trace.graph.nodes[stop.node].name)
    return (
        ("Where does the backward pass begin?",),
        ("At the end, with ", own, " itself. This is the base case."),
        ("From here every gradient follows by one rule: what arrives, times a local derivative.",),
    )


def say_parts(trace: Trace, stop: Stop) -> Said:
    """Say what a sum of loss and penalties sends back."""
    return (
        ("How does the objective react to its parts?",),
        ("A sum hands on what arrives, 1, to ", *_listed(trace, stop.nodes), "."),
        ("So the loss is differentiated as if there were no penalty.",),
    )


def say_outputs(trace: Trace, stop: Stop) -> Said:
    """Say what the loss sends back to the outputs."""
    return (
        ("How does the loss react to each output?",),
        ("It is differentiated by each entry of ", *_listed(trace, stop.nodes), "."),
        ("Row by row: no example knows of the others.",),
    )


def say_slopes(trace: Trace, stop: Stop) -> Said:
    """Say what an activation sends back to the sums."""
    later = trace.terms[stop.node][0].edge.later
    return (
        (f"How does the loss react to each sum of layer {stop.layer}?",),
        (f"What arrives, times the slope of the {trace.graph.row(later).title}, entry by entry.",),
        (f"Textbooks call this δ: all that the gradients of layer {stop.layer} need of the rest.",),
    )


def say_passed(trace: Trace, stop: Stop) -> Said:
    """Say what the weighted sums of the next layer send back."""
    weights = label_of(trace.graph.nodes[_next(trace, stop).inputs[1]].name)
    return (
        (f"How does the loss react to what layer {stop.layer} passed on?",),
        (f"Every unit of layer {stop.layer + 1} sends back its share, by the weight it used.",),
        ("Forward took ", weights, " transposed; the way back takes it as it stands."),
    )


def say_weights(trace: Trace, stop: Stop) -> Said:
    """Say what the gradient of weights is a sum of."""
    own, uses = label_of(trace.graph.nodes[stop.node].name), len(trace.terms[stop.node])
    n = len(trace.values[_next(trace, stop).inputs[0]])
    each = f"Each weight is used once for each of the {n} examples: its gradient is a sum."
    lede: Words = (each if n > 1 else "Each weight is used once, for the one example.",)
    if uses > 1:
        what = ("a penalty: a second summand.", "two penalties: two more summands.")[uses - 2]
        lede = (*lede, f" It also stands in {what}")
    end: Words = ("One slope for each weight: the shape of ", own, ".")
    if stop.layer == 1:
        end = (*end, " ", label_of("X"), " is data: no gradient is asked of it.")
    return ("What is the gradient of ", own, "?"), lede, end


def say_biases(trace: Trace, stop: Stop) -> Said:
    """Say that the gradient of a bias is a sum over the rows."""
    own = label_of(trace.graph.nodes[stop.node].name)
    later = trace.terms[stop.node][0].edge.later
    shared = np.size(trace.values[stop.node]) < np.shape(trace.values[later])[1]
    sums = "all entries are added up" if shared else "each column is added up"
    return (
        ("What is the gradient of ", own, "?"),
        (f"It was added to every row, with slope 1: {sums}.",),
        ("Copied to every row on the way forward, summed over the rows on the way back.",),
    )


def say_whole(trace: Trace, stop: Stop) -> Said:  # noqa: ARG001 - called as the others are
    """Say what the gradient is."""
    count = sum(np.size(slope) for slope in trace.gradient.values())
    own = label_of(trace.graph.nodes[trace.graph.output].name)
    end = "and its length is that slope, to first order. An optimizer may use it."
    slopes = "one slope" if count == 1 else f"{count:,} slopes"
    return (
        ("Backpropagation ends here.",),
        ("This is the gradient: for each parameter array one of its shape. It is not a change.",),
        (f"{slopes} from one pass back. It points where ", own, f" rises most steeply, {end}"),
    )


def _next(trace: Trace, stop: Stop) -> Node:
    """Return the node of the next layer that uses this one first."""
    return trace.graph.nodes[trace.terms[stop.node][0].edge.later]


def _listed(trace: Trace, nodes: tuple[int, ...]) -> Words:
    """Return the names of nodes, with commas between."""
    names = [label_of(trace.graph.nodes[i].name) for i in nodes]
    return tuple(part for name in names for part in (", ", name))[1:]


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


def words_of(trace: Trace, step: int, frozen: frozenset[str]) -> Said:
    """Return what a step says."""
    graph = trace.graph
    stops = walk(graph)
    stop = stops[step]
    headline, lede, sentence = _SAY[_about(trace, stop)](trace, stop)
    leaves = [(i, "value") for i, node in enumerate(graph.nodes) if node.is_variable]
    known = [(i, each.kind) for each in stops[: step + 1] for i in each.nodes]
    trouble = first_trouble(trace, (*leaves, *known))
    if trouble is not None:
        return headline, lede, trouble_words(trouble)
    if stop.kind == "whole":
        return headline, lede, sentence
    after = (*dead_words(trace, stop), *_frozen_words(trace, stop, frozen))
    return headline, lede, (*sentence, *after)


def _about(trace: Trace, stop: Stop) -> str:
    """Return which of the sayings belongs to a step."""
    graph, node = trace.graph, trace.graph.nodes[stop.node]
    if stop.kind == "whole":
        return "whole"
    if stop.kind == "value":
        if stop.node in penalties(graph):
            return "penalties"
        if node.name in ("L", "J"):
            return {"L": "loss", "J": "objective"}[node.name]
        return "activations" if isinstance(graph.row(stop.node), Operation) else "sums"
    if stop.node == graph.output or node.name == "L":
        return "base" if stop.node == graph.output else "parts"
    if node.is_leaf:
        return "weights" if node.name.startswith("W") else "biases"
    later = trace.terms[stop.node][0].edge.later
    if graph.nodes[later].name == "L":
        return "outputs"
    return "slopes" if isinstance(graph.row(later), Operation) else "passed"


_SAY: Mapping[str, Callable[[Trace, Stop], Said]] = {
    "sums": say_sums,
    "activations": say_activations,
    "loss": say_loss,
    "penalties": say_penalties,
    "objective": say_objective,
    "base": say_base,
    "parts": say_parts,
    "outputs": say_outputs,
    "slopes": say_slopes,
    "passed": say_passed,
    "weights": say_weights,
    "biases": say_biases,
    "whole": say_whole,
}


def _frozen_words(trace: Trace, stop: Stop, frozen: frozenset[str]) -> Words:
    """Return that an array is frozen, whole or in part, at the step of its gradient."""
    node, shape = trace.graph.nodes[stop.node], np.shape(trace.values[stop.node])
    count = frozen_count(node.name, shape, frozen) if node.is_leaf else 0
    if not count:
        return ()
    size = int(np.prod(shape))
    if count == size:
        return (" It is frozen: its gradient is computed all the same.",)
    are = "is frozen: its" if count == 1 else "are frozen: their"
    return (f" {count} of its {size} entries {are} gradient is computed all the same.",)


def frozen_count(name: str, shape: Sequence[int], frozen: frozenset[str]) -> int:
    """Return how many entries of a parameter array are frozen, by its name or by theirs."""
    if name in frozen:
        return int(np.prod(shape))
    return sum(entry.startswith(f"{name.lower()}_") for entry in frozen)
