"""One gradient of one graph of scalars: ours replays it, micrograd builds it as it runs.

The graph is a network of 2-8-1 or 2-16-16-1 with tanh and a squared error, one node per scalar;
every leaf is a parameter, as it is in micrograd.
"""

import math
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import numpy as np

from backprop.engine.backward import bound_pass, differentiate, gradient
from backprop.engine.graph import Builder, Graph
from benchmarks.timing import Case, Row, at_least, interleaved, left_out, microseconds, times_faster

try:
    from micrograd.engine import Value
except ImportError:
    Value = None

SIZES = ((2, 8, 1), (2, 16, 16, 1))
WANTED = {"compiled": 35, "gradient": 12, "full record": 8}


def rows() -> Iterator[Row]:
    """Measure the bound pass, the gradient by names and its full record, at 95 and at 983 nodes."""
    for sizes in SIZES:
        graph, at = network(sizes)
        name = f"scalar graph of {len(graph)} nodes"
        run, leaves = bound_pass(graph), tuple(at.values())
        cases = {
            "compiled": Case(lambda run=run, leaves=leaves: run(leaves)),
            "gradient": Case(lambda graph=graph, at=at: gradient(graph, at)),
            "full record": Case(lambda graph=graph, at=at: differentiate(graph, at)),
        }
        if Value:
            theirs = micrograd(graph, at)
            _, ours = gradient(graph, at)
            np.testing.assert_allclose(list(ours.values()), theirs(), rtol=1e-9, atol=1e-12)
            cases["micrograd"] = Case(theirs)
        times = interleaved(cases)
        for case, wanted in WANTED.items():
            yield microseconds(f"{name}: {case}", times[case])
            peer = f"{name}: {case}, against micrograd"
            if Value:
                yield at_least(peer, times_faster(times, case, "micrograd"), wanted)
            else:
                yield left_out(peer, "micrograd")


def network(sizes: tuple[int, ...]) -> tuple[Graph, dict[str, float]]:
    """Return the graph of a network of these sizes, and a point: its leaves with their values."""
    rng = np.random.default_rng(0)
    builder, at = Builder(), {}

    def leaf(number: float) -> int:
        name = f"x{len(at)}"
        at[name] = float(number)
        return builder.leaf(name)

    above = [leaf(number) for number in rng.normal(size=sizes[0])]
    for fan_in, fan_out in pairwise(sizes):
        below = []
        for _ in range(fan_out):
            z = leaf(0.1)
            for a in above:
                weight = leaf(rng.normal() / math.sqrt(fan_in))
                z = builder.node("add", (z, builder.node("multiply", (weight, a))))
            below.append(builder.node("tanh", (z,)))
        above = below
    difference = builder.node("add", (above[0], leaf(-0.5)))
    builder.node("multiply", (difference, difference))
    return builder.graph(), at


def micrograd(graph: Graph, at: dict[str, float]) -> Callable[[], list[float]]:
    """Return micrograd's gradient of the same graph: it builds, goes forward, goes backward."""
    nodes = list(enumerate(graph.nodes))
    leaves = [(k, at[node.name]) for k, node in nodes if node.is_leaf]
    results = [
        (k, node.operation, node.inputs[0], node.inputs[-1])
        for k, node in nodes
        if not node.is_leaf
    ]

    def run() -> list[float]:
        values: list[Any] = [None] * len(graph)
        for k, number in leaves:
            values[k] = Value(number)
        for k, operation, i, j in results:
            if operation == "multiply":
                values[k] = values[i] * values[j]
            elif operation == "add":
                values[k] = values[i] + values[j]
            else:
                values[k] = _tanh(values[i])
        values[-1].backward()
        return [values[k].grad for k, _ in leaves]

    return run


def _tanh(x: Any) -> Any:
    """Return tanh(x) as micrograd would write it, had it tanh."""
    out = Value(math.tanh(x.data), (x,), "tanh")

    def backward() -> None:
        x.grad += (1 - out.data**2) * out.grad

    out._backward = backward
    return out
