"""Where slips can be made in a program, and what each gives."""

import json
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest

from backprop.engine.backward import differentiate
from backprop.engine.program import program
from backprop.engine.slips.programs.catalog import SLIPS
from backprop.engine.slips.programs.places import Slips

REFERENCE = Path(__file__).parents[3] / "reference/programs.json"
TEXTS = {
    each["name"]: "\n".join(each["lines"])
    for each in json.loads(REFERENCE.read_text())["programs"]
    if each["name"] != "softmax_jacobian"  # its result is no number
}


@lru_cache(maxsize=64)
def slips_of(name, *opened):
    made = program(TEXTS[name], opened=opened)
    return Slips(differentiate(made, made.at))


def slips(text):
    made = program(text)
    return Slips(differentiate(made, made.at))


def texts(text, slip):
    """Return what a slip sends, and what belongs there, in each line where it can be made."""
    found = slips(text)
    return [
        (each.planted.line, *sentence)
        for each in found.felt
        if each.planted.slip.name == slip
        for sentence in each.planted.sentences(found.program)
    ]


@pytest.mark.parametrize("name", TEXTS)
def test_every_slip_that_can_be_made_changes_a_gradient_and_keeps_its_shapes(name):
    found = slips_of(name)
    assert found.felt
    assert len({each.planted.key for each in found.felt}) == len(found.felt)
    for planted, gradient in found.felt:
        assert found.changes(gradient), planted.key
        for leaf, right in found.right.items():
            assert gradient[leaf].shape == right.shape
            assert np.isfinite(gradient[leaf]).all()


def test_each_of_the_27_slips_can_be_made_somewhere_in_the_programs():
    names = [each.planted.slip.name for name in TEXTS for each in slips_of(name).felt]
    assert {*names} == {*SLIPS}
    assert len(SLIPS) == 27
    assert len(names) > 469


LAYER = """
X : given 4 x 3 = random 1
W : 3 x 3 = random 2
b : 3 = random 3
Z = X @ W.T + b
A = tanh(Z)
L = sum(A ** 2) / 4
"""
WRITTEN = (
    (LAYER, "no-transpose", ("Z", "W", "X.T @ dZ", "dZ.T @ X")),
    (LAYER, "reshaped-for-transposed", ("Z", "W", "reshape(X.T @ dZ, (3, 3))", "dZ.T @ X")),
    (LAYER, "bias-mean", ("Z", "b", "fit(dZ, b) / 4", "fit(dZ, b)")),
    (LAYER, "bias-first-row", ("Z", "b", "dZ[0]", "fit(dZ, b)")),
    (LAYER, "bias-all-axes", ("Z", "b", "broadcast_to(sum(dZ), (3,))", "fit(dZ, b)")),
    (LAYER, "local-forgotten", ("A", "Z", "dA", "dA * (1 - A ** 2)")),
    (LAYER, "arriving-forgotten", ("A", "Z", "1 - A ** 2", "dA * (1 - A ** 2)")),
    (LAYER, "slope-at-output", ("A", "Z", "dA * (1 - tanh(A) ** 2)", "dA * (1 - A ** 2)")),
    (LAYER, "slope-at-input", ("A", "Z", "dA * (1 - Z ** 2)", "dA * (1 - A ** 2)")),
    (
        "x : 3 = random 1\ny : 3 = uniform 2\nL = sum(x / y)",
        "minus-lost",
        (
            *("L", "y", "spread(dL, x / y, None) * (x / y ** 2)"),
            "spread(dL, x / y, None) * (-x / y ** 2)",
        ),
    ),
    (
        "E : 4 x 2 = random 1\ni : index 3 = [0, 2, 2]\nV = E[i]\nL = sum(V ** 3)",
        "embedding-last-wins",
        ("V", "E", "written(dV, E, s_[i])", "placed(dV, E, s_[i])"),
    ),
    (
        "z : 3 = random 1\np = softmax(z)\nL = sum(p ** 2)",
        "softmax-diagonal-only",
        ("p", "z", "p * (1 - p) * dp", "p * (dp - sum(dp * p, axis=-1, keepdims=True))"),
    ),
)


@pytest.mark.parametrize(("text", "slip", "sent"), WRITTEN, ids=[slip for _, slip, _ in WRITTEN])
def test_a_slip_says_what_is_sent_and_what_belongs_there(text, slip, sent):
    found = texts(text, slip)
    name, *rest = sent
    assert (name, *rest[:2]) in [each[:3] for each in found]
    right = next(each[3] for each in found if each[:3] == (name, *rest[:2]))
    assert right.replace("axis=0", "axis=-1") == rest[2]


def test_what_a_slip_gives_is_what_its_text_says():
    found = slips(LAYER)
    trace = found.trace
    dZ, X = trace.gradients[found.program.position("Z")], found.program.at["X"]
    by_slip = {each.planted.slip.name: each.gradient for each in found.felt}
    assert np.allclose(by_slip["no-transpose"]["W"], X.T @ dZ)
    assert np.allclose(by_slip["bias-mean"]["b"], dZ.sum(axis=0) / 4)
    assert np.allclose(by_slip["bias-first-row"]["b"], dZ[0])
    Z, A = (trace.values[found.program.position(name)] for name in "ZA")
    wrong = trace.gradients[found.program.position("A")] * (1 - np.tanh(A) ** 2)
    assert np.allclose(by_slip["slope-at-output"]["W"], wrong.T @ X)
    assert by_slip["bias-mean"]["W"] is found.right["W"]
    assert Z.shape == (4, 3)


def test_parts_that_were_joined_are_exchanged_together():
    found = slips("a : 2 = random 1\nc : 2 = random 2\nK = concat((a, c))\nL = sum(K ** 3)")
    (each,) = (each for each in found.felt if each.planted.slip.name == "concat-parts-swapped")
    assert np.array_equal(each.gradient["a"], found.right["c"])
    assert np.array_equal(each.gradient["c"], found.right["a"])


def test_the_mask_of_attention_may_be_forgotten_on_the_way_back():
    assert slips_of("causal_attention").forgettable == ("M",)
    assert slips_of("mlp").forgettable == ()


def test_a_slip_is_found_by_its_key_and_made_at_every_use_too():
    found = slips_of("mlp")
    assert found.find("bias-mean.Z1.1").planted.line == "Z1"
    both = found.find("bias-mean.all").gradient
    for name in ("b1", "b2"):
        assert np.allclose(both[name], found.right[name] / 4)
    assert found.find("nothing") is None


def test_of_a_large_program_only_so_many_slips_are_tried():
    lines = [f"H{k} = tanh(H{k - 1} * W + b)" for k in range(1, 50)]
    text = "\n".join(
        ["H0 : 8 x 8 = random 1", "W : 8 = random 2", "b : 8 = random 3", *lines, "L = sum(H49)"]
    )
    found = slips(text)
    assert not found.is_complete
    assert len(found.felt) <= found.most < len(found.everywhere)
    assert slips_of("lstm_cell").is_complete


def test_a_mask_before_what_is_not_softmax_cannot_be_forgotten():
    found = slips("m : given 2 = [1, 0]\nx : 2 = random 1\nL = sum(where(m, x, -inf))")
    assert found.forgettable == ()


def test_two_slips_that_cancel_are_none_at_every_use():
    found = slips("x : 3 = random 1\nu = tanh(x)\nv = tanh(x)\nL = sum(u) - sum(v)")
    assert found.find("local-forgotten.u.1")
    assert found.find("local-forgotten.all") is None


def test_a_slip_that_gives_no_numbers_is_not_planted():
    found = slips("x : 2 = [1, 1e-320]\ny = sqrt(x)\nL = sum(y)")
    assert "slope-at-input.y.1" in [each.key for each in found.everywhere]  # 1 / 2x
    assert found.find("slope-at-input.y.1") is None


@pytest.mark.parametrize(
    ("shapes", "swapped"), [((2, 3), 0), ((2, 3, 3), 1), ((2, 2, 3), 1), ((3, 2, 3), 0)]
)
def test_parts_are_swapped_where_two_neighbours_have_one_shape(shapes, swapped):
    leaves = [f"a{k} : {n} = random {k}" for k, n in enumerate(shapes)]
    parts = ", ".join(f"a{k}" for k in range(len(shapes)))
    found = slips("\n".join([*leaves, f"c = concat(({parts}))", "L = sum(c ** 3)"]))
    assert sum(each.slip.name == "concat-parts-swapped" for each in found.everywhere) == swapped
