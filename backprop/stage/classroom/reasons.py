"""Why a wrong answer is wrong, in a sentence or two with the numbers of the question."""

from collections.abc import Sequence

from backprop.engine.slips.at_node import MISSED_PATH
from backprop.engine.slips.catalog import (
    ASSIGNED,
    BEFORE_ACTIVATION,
    HALF_LOST,
    NO_HIDDEN_SLOPE,
    NO_OUTPUT_SLOPE,
    ONE_PATH,
    SIGN,
)
from backprop.engine.trace import Term, other_factor
from backprop.notation.formula import Number
from backprop.stage.classroom.derivation import Cell, Derivation
from backprop.stage.quiz.gradient_asked import GradientAsked
from backprop.stage.quiz.gradient_slips import GradientSlip
from backprop.stage.quiz.read_back import find_factors
from backprop.stage.quiz.scratch import listed
from backprop.stage.slip_words import in_page_letters
from backprop.stage.walk.explanation import Words, operation_at, phrase

PATHS = (ONE_PATH.name, MISSED_PATH.name, ASSIGNED.name)


def explain_slip(asked: GradientAsked, slip: GradientSlip, derivation: Derivation) -> Words:
    """Return why the line of a slip is wrong, with the numbers that stand in the derivation."""
    makers = {
        **dict.fromkeys(PATHS, _explain_paths),
        **dict.fromkeys((NO_OUTPUT_SLOPE.name, NO_HIDDEN_SLOPE.name), _explain_slope),
        BEFORE_ACTIVATION.name: _explain_before,
        SIGN.name: _explain_sign,
        HALF_LOST.name: _explain_half,
    }
    make = makers.get(slip.slip.name)
    special = make(asked, slip, derivation) if make else ()
    return special or _explain_generally(asked, slip, derivation)


def _explain_generally(asked: GradientAsked, slip: GradientSlip, derivation: Derivation) -> Words:
    """Return what the catalogue says of a slip, and the first number that it changes."""
    about = in_page_letters(slip.slip.about, asked.label)
    assert derivation.wrong, "a slip makes a wrong line"
    pairs = zip(derivation.right.cells, derivation.wrong.cells, strict=True)
    changed = [pair for a, b in pairs if b.changed for pair in [_inside(a, b)] if pair[0]]
    exchanged = [(a, b) for a, b in changed if b is not None]
    if exchanged:
        right, wrong = exchanged[0]
        assert right, "something else stands in its place"
        return phrase(
            f"{about} {{wrong}} stands where {{right}} belongs.", wrong=wrong, right=right
        )
    first = changed[0][0] if changed else None
    if first and (len(changed) == 1 or derivation.wrong.cells[0].inner):
        return phrase(f"{about} {{right}} is not in it.", right=first)
    return (about,)


def _inside(right: Cell, wrong: Cell) -> tuple[Number | None, Number | None]:
    """Return the number that is another in a wrong cell: of a way, the one inside it."""
    inner = [
        (a, b)
        for a, b in zip(right.inner, wrong.inner, strict=False)
        if b is None or (a and a.exact != b.exact)
    ]
    return inner[0] if len(inner) == 1 else (right.number, wrong.number)


def _explain_paths(asked: GradientAsked, _: GradientSlip, derivation: Derivation) -> Words:
    """Return that what is used several times gets a gradient from each use."""
    trace = asked.passes.trace
    names = trace.graph.nodes
    terms = _fork(asked)
    if len(terms) < 2:
        return ()
    uses = [asked.label(names[term.edge.later].name) for term in terms]
    times = {2: "twice", 3: "three times"}.get(len(terms), f"{len(terms)} times")
    wires = {2: "the two wires", 3: "the three wires"}.get(len(terms), "these wires")
    cells = [cell.number for cell, _ in zip(derivation.right.cells, terms, strict=False)]
    summed = " + ".join(f"({x.shown})" if x.exact < 0 else x.shown for x in cells if x is not None)
    every = "both move" if len(terms) == 2 else "all of these move"
    return (
        *phrase(
            "{fork} is used " + times + ": by ", fork=asked.label(names[terms[0].edge.node].name)
        ),
        *listed(uses),
        f". Raise it, and {every}. What comes back along {wires} is added: {summed}.",
    )


def _fork(asked: GradientAsked) -> tuple[Term, ...]:
    """Return the uses of the last fork before the quantity; none where there is no fork."""
    trace, at = asked.passes.trace, asked.node
    while at != trace.graph.output and len(terms := trace.terms[at]) == 1:
        at = terms[0].edge.later
    return trace.terms[at] if find_factors(trace, asked.node).branches else ()


def _explain_slope(asked: GradientAsked, slip: GradientSlip, derivation: Derivation) -> Words:
    """Return what an activation's slope is for, where it is one factor of the line."""
    graph, trace = asked.passes.graph, asked.passes.trace
    assert derivation.wrong, "a slip makes a wrong line"
    pairs = zip(derivation.right.cells, derivation.wrong.cells, strict=True)
    missing = [right.number for right, wrong in pairs if wrong.number is None and right.number]
    at, curved = asked.node, list[Term]()
    while at != graph.output and len(terms := trace.terms[at]) == 1:
        if operation_at(asked.passes, terms[0].edge.later).activates:
            curved.append(terms[0])
        at = terms[0].edge.later
    if at == graph.output and curved:  # the last is that of the output
        last = slip.slip.name == NO_OUTPUT_SLOPE.name
        curved = curved[-1:] if last else curved[:-1]
    if len(missing) != 1 or len(curved) != 1:
        return ()
    before, after = (asked.label(graph.nodes[i].name) for i in curved[0].edge[:2])
    row = operation_at(asked.passes, curved[0].edge.later)
    return phrase(
        "{slope} says how much {output} reacts to {after}. To reach {before} it goes back through "
        f"the {row.title}, and is multiplied by its slope there, {{number}}.",
        slope=("∂", asked.output, "/\N{WORD JOINER}∂", after),
        output=asked.output,
        after=after,
        before=before,
        number=missing[0],
    )


def _explain_before(asked: GradientAsked, _: GradientSlip, derivation: Derivation) -> Words:
    """Return which number a weight is multiplied by."""
    trace, graph = asked.passes.trace, asked.passes.graph
    (term,) = trace.terms[asked.node]
    other = other_factor(graph, term.edge)
    assert other is not None, "a weight is a factor"
    entered = graph.nodes[other].inputs[0]
    names = {
        "later": asked.label(graph.nodes[term.edge.later].name),
        "own": asked.own,
        "a": asked.label(graph.nodes[other].name),
        "z": asked.label(graph.nodes[entered].name),
    }
    lines = [line for line in (derivation.right, derivation.wrong) if line]
    numbers = [line.cells[-1].number for line in lines]
    right, wrong = (number for number in numbers if number)
    return phrase(
        "In {later} stands {own} times {a}, so raising {own} moves {later} by {a} = {right} times "
        "as much. {z} = {wrong} is what entered the activation before.",
        right=right,
        wrong=wrong,
        **names,
    )


def _explain_sign(asked: GradientAsked, _: GradientSlip, __: Derivation) -> Words:
    way = "rises" if asked.gradient > 0 else "falls"
    return phrase(
        "Everything but the sign is right. Raise {own} a little, and {output} " + way + ". With "
        "the sign turned round every step would go the wrong way.",
        own=asked.own,
        output=asked.output,
    )


def _explain_half(_: GradientAsked, __: GradientSlip, derivation: Derivation) -> Words:
    first = derivation.right.cells[0]
    if first.inner or first.number is None:
        return ()
    return phrase(
        "The square has a 2 in its slope, and the ½ before it takes that away: the first factor "
        "is {number}, once.",
        number=first.number,
    )


def find_exception(asked: GradientAsked, slip: GradientSlip) -> Words:
    """Return when no σ′ at the output would be right: with a cross-entropy."""
    graph = asked.passes.graph
    last = graph.nodes[graph.output].operation
    if slip.slip.name != NO_OUTPUT_SLOPE.name or last != "half_squared_error":
        return ()
    outputs = [i for i in graph.nodes[graph.output].inputs if not graph.nodes[i].given]
    if {graph.nodes[i].operation for i in outputs} != {"sigmoid"}:
        return ()
    reached = [term.edge for i in outputs for term in asked.passes.trace.terms[i]]
    behind = _behind_output(asked, outputs)
    if len(behind) != 1 or not reached:
        return ()
    o = behind[0]
    inputs = graph.nodes[graph.output].inputs
    t = inputs[inputs.index(o) + len(inputs) // 2]
    return phrase(
        "With a cross-entropy in the place of the squared error, {o} − {t} would be the gradient "
        "at {z}, and this slip would be right.",
        o=asked.label(graph.nodes[o].name),
        t=asked.label(graph.nodes[t].name),
        z=asked.label(graph.nodes[graph.nodes[o].inputs[0]].name),
    )


def _behind_output(asked: GradientAsked, outputs: Sequence[int]) -> list[int]:
    """Return those outputs that a quantity reaches."""
    graph, reached = asked.passes.graph, {asked.node}
    for position in range(asked.node + 1, len(graph)):
        if not reached.isdisjoint(graph.nodes[position].inputs):
            reached.add(position)
    return [i for i in outputs if i in reached]
