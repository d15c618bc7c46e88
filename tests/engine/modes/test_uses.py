"""Lines of tangents: each stands in the language, and comes to what the pass computes."""

import ast
import re

import numpy as np
import pytest

from backprop.engine.arrays.builder import Builder
from backprop.engine.arrays.trees import names_in
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
W : 2 x 3 = random 2
b : 2 = random 3
i : index 4 = [0, 2, 2, 1]
"""


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("X @ W.T + b", "tX @ W.T + X @ tW.T + tb"),
        ("tanh(X)", "tX * (1 - Z ** 2)"),
        ("sum(X, axis=0)", "sum(tX, axis=0)"),
        ("mean(X)", "mean(tX)"),
        ("X[i]", "tX[i]"),
        ("max(X, axis=1)", "sum(tX * peaks(X, 1), axis=1)"),
        ("softmax(X)", "Z * (tX - sum(tX * Z, axis=1, keepdims=True))"),
        ("X * X", "tX * X + tX * X"),
        ("X - 2", "tX"),
        ("reshape(X, (3, 4)).T", "reshape(tX, (3, 4)).T"),
        ("cross_entropy(X @ W.T, i[0:4] * 0)", None),
    ],
)
def test_a_lines_tangent_reads_as_a_person_would_write_it(line, said):
    if said is not None:
        assert tangent_texts(read(f"{LEAVES}Z = {line}"))["Z"] == said
