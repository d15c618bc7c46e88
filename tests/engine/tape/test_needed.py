"""What going back reads of each line: the values that its products mention, and whose arrays."""

import pytest

from backprop.engine.program import read
from backprop.engine.tape.needed import mentioned, mentions, tape_of
from backprop.engine.trace import edges
from tests.kit.programs import graph_of


def needed(text):
    """Return the names of the nodes whose arrays the way back through a program reads."""
    tape = tape_of(read(text))
    return {tape.program.nodes[i].name for i in tape.needed}


LEAVES = "X : 4 x 3 = random 1\nW : 2 x 3 = random 2\nb : 2 = random 3\nZ = X @ W.T + b\n"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("g * (1 - out ** 2)", {"g", "out"}),
        ("fit(g, x)", {"g"}),
        ("spread(g, x, 0) * (2 / 8)", {"g"}),
        ("placed(g, x, s_[i, :])", {"g", "s_", "i"}),
        ("overlap_add(g, x, (3,), 2)", {"g"}),
        ("sum(g * out, axis=-1, keepdims=True)", {"sum", "g", "out"}),
    ],
)
def test_the_second_argument_of_some_words_is_a_mention_of_a_shape(text, names):
    assert mentions(text) == names


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("tanh(Z)", {"A"}),
        ("relu(Z)", {"Z"}),
        ("Z + b", set()),
        ("3 * Z", set()),
        ("Z ** 2", {"Z"}),
        ("softmax(Z)", {"A"}),
        ("Z * tanh(Z)", {"Z", "A.1"}),
    ],
)
def test_a_line_is_needed_where_a_product_mentions_its_value(line, names):
    assert needed(f"{LEAVES}A = {line}\nL = sum(A)") == names


def test_of_a_network_of_two_layers_224_of_944_bytes_are_kept():
    tape = tape_of(graph_of("mlp"))
    assert (tape.kept, tape.made) == (224, 944)
    assert {tape.program.nodes[i].name for i in tape.needed} == {"A1", "D"}
    (a1,) = (i for i in tape.needed if tape.program.nodes[i].name == "A1")
    assert [tape.lines[n].name for n in tape.readers(a1)] == ["A1", "Z2"]


def test_what_a_view_shows_is_held_by_the_line_that_made_it():
    text = "X : 2 x 6 = random 1\nY = exp(X)\nH = reshape(Y, (2, 3, 2))\nL = sum(H[0] * H[1])"
    tape = tape_of(read(text))
    assert [tape.program.nodes[i].name for i in tape.needed] == ["Y"]
    names = [line.name for line in tape.lines]
    assert names == ["Y", "H", "L"]
    assert tape.lines[1].makes == ()
    assert tape.maker[tape.owner[tape.program.position("H")]] == 0


@pytest.mark.parametrize(
    ("line", "is_view"),
    [
        ("reshape(Y, (4, 3))", True),
        ("Y.T", True),
        ("reshape(Y.T, (4, 3))", False),
        ("reshape(Y[:, 1:3], (4, 1))", False),
        ("Y[arange(2), i]", False),
        ("Y[i]", False),
        ("stop(Y)", True),
        ("broadcast_to(Y, (2, 2, 6))", True),
        ("Y + 1", False),
    ],
)
def test_a_reshape_copies_what_was_turned_and_an_index_array_copies_always(line, is_view):
    text = f"X : 2 x 6 = random 1\ni : index 2 = [1, 0]\nY = exp(X)\nV = {line}\nL = sum(V)"
    tape = tape_of(read(text))
    assert (tape.owner[tape.program.position("V")] == tape.program.position("Y")) == is_view


def test_the_opened_transformer_block_is_counted_as_before_but_for_its_views():
    """5,952 bytes were counted where each node stood for itself, and reshapes for nothing.

    Here the three views q, k and v are held by the one array that they show, H.2; q and v are not
    arrays of their own; and x1.2, a reshape of what was turned, is a copy.
    """
    tape = tape_of(graph_of("transformer_block", opened=True))
    nodes = {tape.program.nodes[i].name: tape.size(i) for i in range(len(tape.program))}
    mentioned_there = {
        tape.program.nodes[i].name
        for edge in edges(tape.program)
        for i in mentioned(tape.program, edge)
    }
    needed_here = {tape.program.nodes[i].name for i in tape.needed}
    assert tape.kept == 6464
    assert "H.2" in needed_here - mentioned_there
    assert {"A.q", "A.v"} <= mentioned_there - needed_here
    assert tape.kept - nodes["H.2"] + nodes["A.q"] + nodes["A.v"] - nodes["x1.2"] == 5952


def test_the_code_that_is_run_for_tanh_reads_what_enters_it_too():
    text = f"{LEAVES}A = tanh(Z)\nL = sum(A)"
    assert needed(text) == {"A"}
    tape = tape_of(read(text), as_run=True)
    assert {tape.program.nodes[i].name for i in tape.needed} == {"A", "Z"}
