"""A network and a batch as a program: the objective as named lines of arrays.

    X : given 32 x 2        Z1 = X @ W1.T + b1      A1 = tanh(Z1)      Z2 = A1 @ W2.T + b2 …
    Y : given 32 x 1        L = the loss             S1, R1 the penalties of layer 1
    W1 : 8 x 2 …            J = L + S1 + R1 + …

It is the graph at layers detail, written in the language that is typed; the arrays have the names
that they have there. Before most losses stands a line more: D, the difference; E, the logarithms;
H, what Huber makes of D; of a hinge s, the score of the true class, and M, the margins. The same
text can be typed, if it fits the limits of what is typed; here it is read, and has none but the
network's.

The passes of both are equal to rounding: a loss adds up in another order. Only where a sigmoid is
saturated, |z| > 6, has the textbook's line fewer digits than the graph, which reads z beside it
(saturation.py), and beyond |z| = 36 none: 1 - A is 0 there.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from backprop.engine.arrays.grammar import Source, Statement, read_expression
from backprop.engine.arrays.rows import number_text
from backprop.engine.arrays.shapes import shape_text
from backprop.engine.network import Network
from backprop.engine.program import Program, program_of

LOSS_LINES: Mapping[str, tuple[str, ...]] = {  # of outputs A and targets Y
    "half_squared_error": ("D = {A} - Y", "L = 0.5 * sum(D ** 2) / {n}"),
    "mean_squared_error": ("D = {A} - Y", "L = mean(D ** 2)"),
    "binary_cross_entropy": ("E = Y * log({A}) + (1 - Y) * log(1 - {A})", "L = -mean(E)"),
    "cross_entropy": ("L = cross_entropy({A}, Y)",),
    "huber": (
        "D = {A} - Y",
        "H = where(abs(D) > 1, abs(D) - 0.5, 0.5 * D ** 2)",
        "L = mean(H)",
    ),
    "multiclass_hinge": (
        "s = sum(Y * {A}, axis=1, keepdims=True)",
        "M = {A} - s + 1",
        "L = mean((1 - Y) * relu(M))",
    ),
}
BEFORE_LOSS = ("D", "E", "H", "s", "M")  # what a loss is computed from, beside A and Y
STORED = Source("stored")


def network_program(
    network: Network,
    parameters: Mapping[str, Any],
    X: Any,
    Y: Any,
    opened: tuple[str, ...] = (),
) -> Program:
    """Return the objective of a network over a batch as a program, at these values.

    Args:
        network: whose objective it is.
        parameters: W1, b1, W2, … as `network.shapes` says.
        X: inputs, [n, fan_in].
        Y: targets, [n, outputs].
        opened: lines that are shown by their operations.

    Raises:
        ShapeError: an array does not fit.
    """
    at = network.batch(parameters, X, Y)
    return _read(network, len(at["X"]), frozenset(opened)).with_values(at)


def network_lines(network: Network, n: int) -> tuple[str, ...]:
    """Return the lines of a network over n examples: leaves that are stored, then results."""
    shapes = {"X": (n, network.sizes[0]), "Y": (n, network.sizes[-1]), **network.shapes}
    given = ("X", "Y")
    leaves = (
        f"{name} : {'given ' * (name in given)}{shape_text(shape).replace('×', ' x ')} = stored"
        for name, shape in shapes.items()
    )
    return (*leaves, *_results(network, n))


def _results(network: Network, n: int) -> tuple[str, ...]:
    lines, above = [], "X"
    for layer, activation in enumerate(network.activations, 1):
        lines.append(f"Z{layer} = {above} @ W{layer}.T + b{layer}")
        above = f"Z{layer}"
        if activation not in ("linear", "softmax"):
            lines.append(f"A{layer} = {activation}({above})")
            above = f"A{layer}"
    lines += [line.format(A=above, n=n) for line in LOSS_LINES[network.loss]]
    terms = ["L"]
    for letter, strength, size in (
        ("S", network.l1, "{} * sum(abs(W{}))"),
        ("R", network.l2, "0.5 * {} * sum(W{} ** 2)"),
    ):
        for layer in range(1, network.depth + 1) if strength else ():
            terms.append(f"{letter}{layer}")
            lines.append(f"{terms[-1]} = {size.format(number_text(strength), layer)}")
    return (*lines, f"J = {' + '.join(terms)}") if len(terms) > 1 else tuple(lines)


@lru_cache(maxsize=64)
def _read(network: Network, n: int, opened: frozenset[str]) -> Program:
    lines = network_lines(network, n)
    text, start, statements = "\n".join(lines), 0, []
    shapes = iter(((n, network.sizes[0]), (n, network.sizes[-1]), *network.shapes.values()))
    for line in lines:
        name, sign, rest = line.partition(" : ") if " : " in line else line.partition(" = ")
        offset = start + len(name) + len(sign)
        if sign == " : ":
            kind = "given" if name in ("X", "Y") else "free"
            shape = next(shapes)
            said = rest.removesuffix(" = stored")  # it is read, and its values are beside it
            statements.append(Statement((name,), start, said, None, 0, kind, shape, STORED))
        else:
            tree = read_expression(rest, offset)
            statements.append(Statement((name,), start, rest, tree, offset))
        start += len(line) + 1
    return program_of(text, tuple(statements), opened, limited=False)
