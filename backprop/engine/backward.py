"""The backward pass: every gradient, right to left.

Write L for the function's value and gᵢ = ∂L/∂vᵢ for the gradient at node i.

1.  The last node is L itself: its gradient is 1.
2.  The chain rule. A node that is used once, by node k, passes what arrives there on:
        gᵢ = gₖ · ∂vₖ/∂vᵢ
3.  Uses add up. A node that is used several times moves L in several ways:
        gᵢ = Σ over its uses k   gₖ · ∂vₖ/∂vᵢ
4.  Right to left. All uses of a node stand after it, so their gradients are known when its own is
    asked for. One pass finds all gradients, at about the cost of computing L a few times.

`backward` is this loop. The functions below it give the same numbers, many times faster, by code
that is generated for the graph (compiled/backward.py). None of them knows what a gradient is for:
an optimizer is another machine.

Source: Griewank and Walther, Evaluating Derivatives (2008), section 3.2, reverse mode.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from backprop.engine.array_ops import ArrayOperation
from backprop.engine.arrays.words import PROGRAMS
from backprop.engine.compiled.backward import first_pass, gradient_pass, repeated_pass, trace_pass
from backprop.engine.compiled.rules import ARRAYS, FLOATS
from backprop.engine.errors import PointError
from backprop.engine.forward import forward, leaves_at, run
from backprop.engine.graph import Graph
from backprop.engine.ops import IMPOSSIBLE, flows_back, local_derivative, pass_back
from backprop.engine.saturation import reading, sent_back
from backprop.engine.trace import Term, Trace, edges


@np.errstate(all="ignore")
def backward(
    graph: Graph, values: Sequence[Any], weight: Any = 1.0
) -> tuple[dict[int, Any], list[Term]]:
    """Return the gradient at each node that carries one, and the terms that it was summed from.

    Args:
        graph: the function.
        values: the value of every node, from the forward pass.
        weight: what arrives at the output.
    """
    gradients: dict[int, Any] = {graph.output: weight}
    reached = {graph.output}  # by what flows: not what only an untaken branch of a choice needs
    terms: list[Term] = []
    for edge in edges(graph):  # every use of a node, the nodes right to left
        row, used = reading(graph, edge.later)
        inputs, out = [values[i] for i in used], values[edge.later]
        arriving, local = gradients[edge.later], None
        if isinstance(row, ArrayOperation):  # multiplies without forming its local derivative
            product = pass_back(row, edge.which, arriving, out, *inputs)
            reached.add(edge.node)
        elif edge.later in reached and flows_back(row, edge.which, *inputs):
            local = local_derivative(row, edge.which, out, *inputs)
            product = arriving * local
            product = sent_back(
                graph, edge.later, product, gradients, values
            )  # where it is not ∞ · 0
            reached.add(edge.node)
        else:  # 0 whatever the slope: it may be that of √ at a negative number
            local = product = 0.0
        total = gradients[edge.node] + product if edge.node in gradients else product
        gradients[edge.node] = total
        terms.append(Term(edge, arriving, local, product, total))
    return gradients, terms


def gradient(graph: Graph, at: Mapping[str, Any]) -> tuple[Any, dict[str, Any]]:
    """Return a function's value at a point, and its partial derivative by every parameter.

    Raises:
        PointError: the point does not fit the graph's variables.
    """
    (result,), slopes = run(gradient_pass, _plain_gradient, graph, at)
    return result, dict(zip(graph.parameters, slopes, strict=True))


def bound_pass(graph: Graph) -> Callable[[Sequence[Any]], tuple[Any, tuple[Any, ...]]]:
    """Return the function's own pass: values by place, no names, nothing checked but their number.

        value, slopes = bound_pass(graph)(leaves)

    It costs what its arithmetic costs; `gradient` reads names before and writes names after.

    Args:
        graph: the function; its code is made once.

    Returns:
        A function of the values of `graph.variables`, in that order: floats, or arrays where it is
        one of arrays. It returns the value, and the partial derivatives by `graph.parameters`, in
        that order. Another number of leaves is a PointError.
    """
    if graph.on_arrays:
        return _array_pass(gradient_pass(graph, PROGRAMS if graph.is_program else ARRAYS), graph)
    quick = gradient_pass(graph, FLOATS)

    def run_pass(leaves: Sequence[Any]) -> tuple[Any, tuple[Any, ...]]:
        try:
            (value,), slopes = quick(leaves)
        except IMPOSSIBLE:  # a float that is no number, or leaves that are too few or too many
            (value,), slopes = _plain_gradient(graph, _named(graph, leaves))
        return value, slopes

    return run_pass


def _array_pass(
    quick: Callable[..., Any], graph: Graph
) -> Callable[[Sequence[Any]], tuple[Any, tuple[Any, ...]]]:
    count = len(graph.variables)

    def run_pass(leaves: Sequence[Any]) -> tuple[Any, tuple[Any, ...]]:
        if len(leaves) != count:
            _named(graph, leaves)
        with np.errstate(all="ignore"):
            (value,), slopes = quick(leaves)
        return value, slopes

    return run_pass


def _named(graph: Graph, leaves: Sequence[Any]) -> dict[str, Any]:
    """Return leaves by their names.

    Raises:
        PointError: they are too few, or too many.
    """
    if len(leaves) != len(graph.variables):
        names = ", ".join(graph.variables)
        what = f"There are {len(leaves)} values, and {len(graph.variables)} leaves."
        raise PointError(what, hint=f"In this order: {names}." if names else "Say none.")
    return dict(zip(graph.variables, leaves, strict=True))


def differentiate(graph: Graph, at: Mapping[str, Any]) -> Trace:
    """Return the record of a forward and a backward pass at a point.

    Args:
        graph: the function; at operations or neurons detail every node is a scalar.
        at: a value for each of the graph's variables.

    Raises:
        PointError: the point does not fit the graph's variables.
    """
    return Trace(graph, *run(trace_pass, plain_record, graph, at))


def plain_record(
    graph: Graph, at: Mapping[str, Any], weight: Any = 1.0
) -> tuple[tuple[Any, ...], ...]:
    """Return the columns of a Trace by the plain loops: values, gradients, and those of terms."""
    values = forward(graph, at)
    gradients, terms = backward(graph, values, weight)
    return (
        tuple(values),
        tuple(gradients.get(position, 0.0) for position in range(len(graph))),
        tuple(term.local for term in terms),
        tuple(term.product for term in terms),
        tuple(term.total for term in terms),
    )


def _plain_gradient(graph: Graph, at: Mapping[str, Any]) -> tuple[tuple[Any, ...], ...]:
    trace = Trace(graph, *plain_record(graph, at))
    return (trace.value,), tuple(trace.gradient.values())


def repeated(
    graph: Graph, at: Mapping[str, Any], slopes: Mapping[str, Any]
) -> Callable[[tuple[Any, ...]], Any]:
    """Return a gradient pass for a loop: it makes its arrays once, and writes over them ever after.

    The pass takes what is given (inputs, targets) as a tuple of arrays, in the graph's order, and
    returns the function's value. It warns of overflow as NumPy does; the loop may say otherwise.

    Args:
        graph: a function of arrays.
        at: a point. What is given must have these shapes in each pass; the parameters are these
            very arrays, read anew each time.
        slopes: an array for each parameter, shaped like it, in which each pass leaves the gradient.

    Raises:
        PointError: the point does not fit the graph's variables.
    """
    leaves = leaves_at(graph, at)
    with np.errstate(all="ignore"):
        found = first_pass(graph)(leaves)
    passes = repeated_pass(graph, tuple(np.ndim(result) > 0 for result in found))
    loop = passes(leaves, found, [slopes[name] for name in graph.parameters])
    next(loop)  # to where it waits for the first inputs
    return loop.send  # type: ignore[no-any-return]
