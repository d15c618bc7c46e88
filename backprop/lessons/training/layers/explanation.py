"""What each step of the walk through a batch says: a question, an answer, one sentence more."""

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from backprop.engine.graph import Node
from backprop.engine.ops import Operation
from backprop.engine.trace import Trace
from backprop.lessons.training.layers.entry import Entry
from backprop.lessons.training.layers.steps import LayerStep, layer_steps, penalties
from backprop.notation.names import label_of, name_list
from backprop.stage.walk.explanation import Words

StepText = tuple[Words, Words, Words]  # headline, lede, sentence


def _sums(trace: Trace, step: LayerStep) -> StepText:
    count = np.size(trace.values[step.node])
    made = f"one matrix product makes all {count}." if count > 1 else "here there is one."
    return (
        (f"What does each unit of layer {step.layer} receive?",),
        (f"A row is an example, a column a unit, an entry a weighted sum; {made}",),
        (label_of(f"b{step.layer}"), " is added to every row."),
    )


def _activations(trace: Trace, step: LayerStep) -> StepText:
    graph = trace.graph
    is_last = step.node in graph.nodes[graph.position("L")].inputs
    return (
        (f"What does each unit of layer {step.layer} pass on?",),
        (f"The {graph.row(step.node).title} of each entry. The shape stays.",),
        ("Examples do not mix, nor do units.", " These are the outputs ŷ." if is_last else ""),
    )


def _loss(trace: Trace, step: LayerStep) -> StepText:
    title = trace.graph.row(step.node).title
    n, k = np.shape(trace.values[trace.graph.position("Y")])
    examples = f"n\u00a0=\u00a0{n} {'example' if n == 1 else 'examples'}"
    outputs = f"k\u00a0=\u00a0{k} {'output' if k == 1 else 'outputs'}"
    return (
        ("How far off is the network on this batch?",),
        (f"{title[0].upper()}{title[1:]}: one number for {examples}, {outputs}.",),
        ("From here, go back and ask what moved it.",),
    )


def _penalties(trace: Trace, step: LayerStep) -> StepText:
    titles = dict.fromkeys(trace.graph.row(i).title for i in step.nodes)
    return (
        ("What do the weights themselves cost?",),
        (f"The {' and the '.join(titles)} of each layer’s weights. Biases cost nothing.",),
        ("No example takes part: a penalty looks at the weights alone.",),
    )


def _objective(trace: Trace, step: LayerStep) -> StepText:
    own = label_of(trace.graph.nodes[step.node].name)
    return (
        ("What is to be made small?",),
        ("The objective ", own, ": the loss and the penalties, added up."),
        ("The gradient that follows is that of ", own, ", not of the loss alone."),
    )


def _base(trace: Trace, step: LayerStep) -> StepText:
    own = label_of(trace.graph.nodes[step.node].name)
    return (
        ("Where does the backward pass begin?",),
        ("At the end, with ", own, " itself. This is the base case."),
        ("From here every gradient follows by one rule: what arrives, times a local derivative.",),
    )


def _parts(trace: Trace, step: LayerStep) -> StepText:
    return (
        ("How does the objective react to its parts?",),
        ("A sum hands on what arrives, 1, to ", *_listed(trace, step.nodes), "."),
        ("So the loss is differentiated as if there were no penalty.",),
    )


def _outputs(trace: Trace, step: LayerStep) -> StepText:
    return (
        ("How does the loss react to each output?",),
        ("It is differentiated by each entry of ", *_listed(trace, step.nodes), "."),
        ("Row by row: no example knows of the others.",),
    )


def _slopes(trace: Trace, step: LayerStep) -> StepText:
    later = trace.terms[step.node][0].edge.later
    return (
        (f"How does the loss react to each sum of layer {step.layer}?",),
        (f"What arrives, times the slope of the {trace.graph.row(later).title}, entry by entry.",),
        (f"Textbooks call this δ: all that the gradients of layer {step.layer} need of the rest.",),
    )


def _passed(trace: Trace, step: LayerStep) -> StepText:
    weights = label_of(trace.graph.nodes[_next(trace, step).inputs[1]].name)
    return (
        (f"How does the loss react to what layer {step.layer} passed on?",),
        (f"Every unit of layer {step.layer + 1} sends back its share, by the weight it used.",),
        ("Forward took ", weights, " transposed; the way back takes it as it stands."),
    )


def _weights(trace: Trace, step: LayerStep) -> StepText:
    own, uses = label_of(trace.graph.nodes[step.node].name), len(trace.terms[step.node])
    n = len(trace.values[_next(trace, step).inputs[0]])
    each = f"Each weight is used once for each of the {n} examples: its gradient is a sum."
    lede: Words = (each if n > 1 else "Each weight is used once, for the one example.",)
    if uses > 1:
        what = ("a penalty: a second summand.", "two penalties: two more summands.")[uses - 2]
        lede = (*lede, f" It also stands in {what}")
    end: Words = ("One slope for each weight: the shape of ", own, ".")
    if step.layer == 1:
        end = (*end, " ", label_of("X"), " is data: no gradient is asked of it.")
    return ("What is the gradient of ", own, "?"), lede, end


def _biases(trace: Trace, step: LayerStep) -> StepText:
    own = label_of(trace.graph.nodes[step.node].name)
    later = trace.terms[step.node][0].edge.later
    shared = np.size(trace.values[step.node]) < np.shape(trace.values[later])[1]
    sums = "all entries are added up" if shared else "each column is added up"
    return (
        ("What is the gradient of ", own, "?"),
        (f"It was added to every row, with slope 1: {sums}.",),
        ("Copied to every row on the way forward, summed over the rows on the way back.",),
    )


def _whole(trace: Trace, step: LayerStep) -> StepText:  # noqa: ARG001 - called as the others are
    count = sum(np.size(slope) for slope in trace.gradient.values())
    own = label_of(trace.graph.nodes[trace.graph.output].name)
    end = "and its length is that slope, to first order. An optimizer may use it."
    slopes = "one slope" if count == 1 else f"{count:,} slopes"
    return (
        ("Backpropagation ends here.",),
        ("This is the gradient: for each parameter array one of its shape. It is not a change.",),
        (f"{slopes} from one pass back. It points where ", own, f" rises most steeply, {end}"),
    )


def _next(trace: Trace, step: LayerStep) -> Node:
    return trace.graph.nodes[trace.terms[step.node][0].edge.later]


def _listed(trace: Trace, nodes: tuple[int, ...]) -> Words:
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


def dead_words(trace: Trace, step: LayerStep) -> Words:
    """Return which units answer 0 to every example, or get no gradient back; nothing if none."""
    node = trace.graph.nodes[step.node]
    array = np.asarray((trace.values if step.kind == "value" else trace.gradients)[step.node])
    names = ("A",) if step.kind == "value" else ("A", "Z")
    if node.name[0] not in names or not np.isfinite(array).all():
        return ()
    dead = [j for j, silent in enumerate((array == 0).all(axis=0).tolist(), 1) if silent]
    if not dead:
        return ()
    one = len(dead) == 1
    if step.kind == "value":
        what = f"{'is' if one else 'are'} 0 for every example of this batch"
    else:
        what = f"{'gets' if one else 'get'} a gradient of 0 from every example of this batch"
    return (f" {_units(dead, array.shape[1])} {what}.",)


def _units(dead: list[int], width: int) -> str:
    if len(dead) == 1:
        return f"Unit {dead[0]}"
    if len(dead) <= MOST_NAMED:
        return f"Units {name_list([*map(str, dead)])}"
    return f"{len(dead)} of {width} units"


def explain(trace: Trace, at: int, frozen: frozenset[str]) -> StepText:
    """Return what the step of this number says."""
    graph = trace.graph
    steps = layer_steps(graph)
    step = steps[at]
    headline, lede, sentence = _text(trace, step)(trace, step)
    leaves = [(i, "value") for i, node in enumerate(graph.nodes) if node.is_variable]
    known = [(i, each.kind) for each in steps[: at + 1] for i in each.nodes]
    trouble = first_trouble(trace, (*leaves, *known))
    if trouble is not None:
        return headline, lede, trouble_words(trouble)
    if step.kind == "whole":
        return headline, lede, sentence
    return headline, lede, (*sentence, *dead_words(trace, step), *_frozen(trace, step, frozen))


def _text(trace: Trace, step: LayerStep) -> Callable[[Trace, LayerStep], StepText]:
    """Return which of the texts belongs to a step."""
    graph, node = trace.graph, trace.graph.nodes[step.node]
    if step.kind == "whole":
        return _whole
    if step.kind == "value":
        if step.node in penalties(graph):
            return _penalties
        if node.name in ("L", "J"):
            return _loss if node.name == "L" else _objective
        return _activations if isinstance(graph.row(step.node), Operation) else _sums
    if step.node == graph.output or node.name == "L":
        return _base if step.node == graph.output else _parts
    if node.is_leaf:
        return _weights if node.name.startswith("W") else _biases
    later = trace.terms[step.node][0].edge.later
    if graph.nodes[later].name == "L":
        return _outputs
    return _slopes if isinstance(graph.row(later), Operation) else _passed


def _frozen(trace: Trace, step: LayerStep, frozen: frozenset[str]) -> Words:
    """Return that an array is frozen, whole or in part, at the step of its gradient."""
    node, shape = trace.graph.nodes[step.node], np.shape(trace.values[step.node])
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
