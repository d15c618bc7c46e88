"""What a line sends back stands in one text of the language, which comes to what the pass sends."""

import ast

import numpy as np
import pytest

from backprop.engine.arrays.builder import Builder
from backprop.engine.arrays.texts import line_of, sent_trees, value_tree
from backprop.engine.arrays.trees import Renamed, names_in
from backprop.engine.arrays.uses import sent, uses
from backprop.engine.arrays.words import PROGRAMS
from backprop.engine.backward import differentiate
from backprop.engine.compiled.rules import compiled, write
from backprop.engine.forward import values
from backprop.engine.graph import Graph, Node
from backprop.engine.program import program, read
from tests.kit.programs import NAMES, close, traced


def come_to(trace, line, tree):
    """What a text comes to as a program of its own, at the trace's values."""
    graph, builder, at = trace.graph, Builder(limited=False), {}
    indices = {each.node for each in graph.lines if each.kind == "index"}
    for name in names_in(tree):
        if name == f"d{line}":
            at[name] = trace.gradients[graph.position(line)]
        elif any(node.name == name for node in graph.nodes):
            at[name] = trace.values[graph.position(name)]
        else:
            continue
        position = builder.add(Node(name, shape=np.shape(at[name])))
        if name != f"d{line}" and graph.position(name) in indices:
            builder.indices.add(position)
    builder.compute_line("·", ast.fix_missing_locations(tree))
    return values(Graph(tuple(builder.nodes)), at)[-1]


@pytest.mark.parametrize("name", NAMES)
def test_the_text_of_a_line_comes_to_what_the_pass_sends(name):
    trace = traced(name)
    arrays = sent(trace)
    for line in trace.graph.lines:
        if not line.is_leaf:
            close(come_to(trace, line.name, value_tree(trace.graph, line.name)),
                  trace.values[line.node], 1e-13)  # fmt: skip
    for use in uses(trace.graph):
        tree = sent_trees(trace.graph, use.line)[use.name]
        assert ast.unparse(tree) == use.text
        close(come_to(trace, use.line, tree), arrays[use.line, use.name][0], 1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_the_last_running_sum_of_a_name_is_its_gradient(name):
    trace = traced(name, opened=True)
    arrays = sent(trace)
    for use in uses(trace.graph):
        if use.which == use.times - 1:
            total = arrays[use.line, use.name][1]
            close(total, trace.gradients[trace.graph.position(use.name)], 1e-13)


TEXT = """
X : given 4 x 3 = random 1
W : 2 x 3 = random 2
b : 2 = zeros
E : 3 x 2 = random 3
i : index 4 = [0, 2, 2, 1]
{} = {}
L = sum({} ** 2)
"""


@pytest.mark.parametrize(
    ("line", "of", "said"),
    [
        ("Z = X @ W.T + b", "W", "dZ.T @ X"),
        ("Z = X @ W.T + b", "b", "fit(dZ, b)"),
        ("Z = tanh(X @ W.T)", "W", "(dZ * (1 - Z ** 2)).T @ X"),
        ("Z = X @ W.T / sqrt(3)", "W", "(dZ * (1 / sqrt(3))).T @ X"),
        ("Z = W * (1 / 6) - 2 / 3", "W", "dZ * (1 / 6)"),
        ("Z = W * (1 / len(X))", "W", "dZ * (1 / 4)"),
        ("Z = W * sqrt(2 / pi)", "W", "dZ * sqrt(2 / pi)"),
        ("Z = W * -(1 / 3)", "W", "dZ * -(1 / 3)"),
        ("Z = E[i]", "E", "placed(dZ, E, s_[i])"),
        ("Z = abs(E)", "E", "dZ * sign(E)"),
        ("Z = E.T.T * 1", "E", "dZ"),
        ("Z = attention(E, E, E)", "E", None),
        ("Z = E", "E", "dZ"),
        ("Z = 1 * E", "E", "dZ"),
    ],
)
def test_a_text_keeps_what_was_typed(line, of, said):
    name, _, right = line.partition(" = ")
    graph = program(TEXT.format(name, right, name))
    found = [use for use in uses(graph) if (use.line, use.name) == ("Z", of)]
    assert said is None or found[0].text == said
    trace = differentiate(graph, graph.at)
    close(come_to(trace, "Z", value_tree(graph, "Z")), trace.values[graph.line("Z").node], 1e-14)
    tree = sent_trees(graph, "Z")[of]
    close(come_to(trace, "Z", tree), sent(trace)["Z", of][0], 1e-12)


def test_a_use_is_one_of_so_many_times():
    found = uses(traced("rnn").graph)
    assert [(use.line, use.which, use.times) for use in found if use.name == "W"] == [
        *(("h3", 0, 3), ("h2", 1, 3), ("h1", 2, 3))
    ]


def test_lines_that_are_opened_show_numbers_as_typed():
    graph = read("x : 3 = ones\ny = x / sqrt(3) - 2", opened=("y",))
    assert [line.text for line in graph.lines[2:]] == ["x / sqrt(3)", "y.1 - 2"]
    assert line_of(graph, graph.position("y.1")) == "y.1"
    assert line_of(read("x : 3 = ones\ny = x / sqrt(3) - 2"), 2) == "y"


def test_the_texts_stand_in_words_that_numpy_knows():
    trace = traced("mlp")
    tree = sent_trees(trace.graph, "A1")["Z1"]
    renamed = Renamed({"dA1": ast.Name("g"), "A1": ast.Name("a")}).visit(tree)
    code = write(ast.unparse(renamed), {}, PROGRAMS, {})
    found = compiled("sent", "g, a", [f"return {code}"], PROGRAMS)
    g, a = (trace.gradients[trace.graph.position("A1")], trace.values[trace.graph.position("A1")])
    close(found(g, a), sent(trace)["A1", "Z1"][0], 1e-14)
