"""Lines of tangents: each stands in the language, and comes to what the pass computes."""

import ast
import re

import numpy as np
import pytest

from backprop.engine.arrays.builder import Builder
from backprop.engine.arrays.trees import names_in
from backprop.engine.errors import LimitError
from backprop.engine.forward import values
from backprop.engine.graph import Graph, Node
from backprop.engine.modes.tangents import jvp
from backprop.engine.modes.uses import sent_forward, tangent_texts, tangent_uses
from backprop.engine.program import read
from tests.kit.directions import random_direction
from tests.kit.programs import NAMES, REFERENCE, close


def _plain(name):
    return name.replace(".", "_")


def come_to(found, text):
    """What a text comes to as a program of its own, at the values and tangents of a pass."""
    graph, builder, at = found.graph, Builder(limited=False), {}
    indices = {line.name for line in graph.lines if line.kind == "index"}
    known = dict(zip((node.name for node in graph.nodes), found.values, strict=True))
    known |= {f"t{node.name}": t for node, t in zip(graph.nodes, found.tangents, strict=True)}
    for name in sorted(known, key=len, reverse=True):  # Z.mu is a part of Z
        if "." in name:
            text = re.sub(rf"(?<![\w.]){re.escape(name)}(?!\w)", _plain(name), text)
    known = {_plain(name): value for name, value in known.items()}
    tree = ast.parse(text, mode="eval").body
    for name in names_in(tree):
        if name not in known:
            continue
        at[name] = known[name]
        position = builder.add(Node(name, shape=np.shape(at[name])))
        if name in indices:
            builder.indices.add(position)
    builder.compute_line("·", tree)
    return values(Graph(tuple(builder.nodes)), at)[-1]


@pytest.mark.parametrize("opened", [False, True])
@pytest.mark.parametrize("name", NAMES)
def test_the_text_of_a_lines_tangent_comes_to_what_the_pass_computes(name, opened):
    text = "\n".join(REFERENCE[name]["lines"])
    lines = tuple(line.name for line in read(text).lines if not line.is_leaf) if opened else ()
    graph = read(text, opened=lines).with_values({})
    found = jvp(graph, graph.at, random_direction(graph, graph.at, 2))
    arrays = sent_forward(found)
    for use in tangent_uses(graph):
        sent, total = arrays[use.line, use.name]
        close(come_to(found, use.text), sent, 1e-12)
        if use.which == use.times - 1:
            close(total, found.of(use.line), 1e-12)
    for line, whole in tangent_texts(graph).items():
        close(come_to(found, whole), found.of(line), 1e-12)


LEAVES = """
X : 4 x 3 = random 1
Y : 4 x 3 = random 4
W : 2 x 3 = random 2
b : 2 = random 3
c : 4 = random 5
i : index 4 = [0, 2, 2, 1]
"""


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("X @ W.T + b", "tX @ W.T + X @ tW.T + tb"),
        ("b + 1", "tb"),
        ("b + X @ W.T", "tb + (tX @ W.T + X @ tW.T)"),
        ("b * ones((4, 2))", "tb * ones((4, 2))"),
        ("maximum(b, eye(2)) - b", "tb * ((b > eye(2)) + 0.5 * (b == eye(2))) - tb"),
        ("c[:, None] - b", "tc[:, None] - tb"),
        ("c[:, None] + zeros((4, 2))", "broadcast_to(tc[:, None], (4, 2))"),
        ("tanh(X)", "tX * (1 - Z ** 2)"),
        ("tanh(tanh(X))", "tX * (1 - tanh(X) ** 2) * (1 - Z ** 2)"),
        ("log(X)", "tX / X"),
        ("X / Y", "tX / Y + tY * (-X / Y ** 2)"),
        ("X ** 2", "tX * (2 * X)"),
        ("sum(X, axis=0)", "sum(tX, axis=0)"),
        ("mean(X)", "mean(tX)"),
        ("var(X, axis=0)", "sum(tX * (2 / 4) * (X - mean(X, axis=0, keepdims=True)), axis=0)"),
        ("X[i]", "tX[i]"),
        ("X.T @ X", "tX.T @ X + X.T @ tX"),
        ("max(X, axis=1)", "sum(tX * peaks(X, 1), axis=1)"),
        ("softmax(X)", "Z * (tX - sum(tX * Z, axis=1, keepdims=True))"),
        ("log_softmax(X)", "tX - sum(tX * exp(Z), axis=1, keepdims=True)"),
        ("logsumexp(X, axis=1)", "sum(tX * softmax(X, 1), axis=1)"),
        ("cross_entropy(X, i)", "sum(tX * (softmax(X, 1) - eye(3)[i])) / 4"),
        ("where(X > 0, X, Y)", "where(X > 0, tX, tY)"),
        ("where(X > 0, X, 0)", "where(X > 0, tX, 0)"),
        ("where(X > 0, X, 0) + where(Y > 0, Y, 0)", "where(X > 0, tX, 0) + where(Y > 0, tY, 0)"),
        ("where(X > 0, X, 0) + where(X > 0, X, 0)", "where(X > 0, tX, 0) + where(X > 0, tX, 0)"),
        ("concat((X, Y))", "concat((tX, tY), axis=0)"),
        ("concat((X, eye(3)))", "concat((tX, zeros((3, 3))), axis=0)"),
        ("stack((X, Y), axis=1)", "stack((tX, tY), axis=1)"),
        ("concat((X, X))", "concat((tX, tX), axis=0)"),
        ("X * X", "tX * X + X * tX"),
        ("X - 2", "tX"),
        ("reshape(X, (3, 4)).T", "reshape(tX, (3, 4)).T"),
    ],
)
def test_a_lines_tangent_reads_as_a_person_would_write_it(line, said):
    graph = read(f"{LEAVES}Z = {line}").with_values({})
    assert tangent_texts(graph)["Z"] == said
    found = jvp(graph, graph.at, random_direction(graph, graph.at, 2))
    close(come_to(found, said), found.of("Z"), 1e-13)


def test_a_line_whose_tangent_is_too_long_for_one_is_refused_in_words():
    text = "x : 3 = ones\ny = softmax(softmax(softmax(softmax(softmax(softmax(softmax(x)))))))"
    with pytest.raises(LimitError, match="too long"):
        tangent_uses(read(text))


def test_only_lines_that_move_have_a_tangent():
    graph = read("x : 2 = ones\nk : given 2 = ones\na = k * 2\nb = stop(x) * k\ny = x * a")
    assert [use[:3] for use in tangent_uses(graph)] == [("y", "x", "tx * a")]
    assert dict(tangent_texts(graph, ["k"])) == {"a": "tk * 2", "b": "stop(x) * tk", "y": "x * ta"}
