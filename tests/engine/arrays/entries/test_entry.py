"""An entry is a sum whose terms are named, and whose total is what the pass found."""

import numpy as np
import pytest

from backprop.engine.arrays.entries.entry import gradient_entry, value_entry
from backprop.engine.arrays.uses import uses
from backprop.engine.backward import differentiate
from backprop.engine.errors import PointError
from backprop.engine.program import program
from tests.kit.programs import NAMES, traced


def entry(trace, line, name, *at):
    """An entry of what a line sends, as it is written, six terms of it."""
    found = gradient_entry(trace, line, name, at)
    return " + ".join(term.written for term in found.terms[:6])


def trace_of(text):
    found = program(text)
    return differentiate(found, found.at)


@pytest.mark.parametrize("name", NAMES)
def test_the_terms_of_an_entry_add_up_to_what_the_pass_sends(name):
    chance = np.random.default_rng(7)
    for trace in (traced(name), traced(name, opened=True)):
        found_uses = uses(trace.graph)
        for use in found_uses[:: 1 + len(found_uses) // 6]:
            at = [int(chance.integers(n)) for n in trace.graph.shape(use.name)]
            found = gradient_entry(trace, use.line, use.name, at)
            total = found.terms[-1].total if found.terms else 0.0
            size = sum(abs(term.product) for term in found.terms)
            assert abs(total - found.value) <= 4e-15 * size
            for term in found.terms:
                assert term.product == term.number * term.factor


@pytest.mark.parametrize(
    ("name", "line", "of", "at", "said"),
    [
        ("mlp", "Z2", "A1", (0, 1), "dZ2[0, 0]·W2[0, 1] + dZ2[0, 1]·W2[1, 1]"),
        ("mlp", "A1", "Z1", (3, 0), "dA1[3, 0]·(1 - A1[3, 0] ** 2)"),
        ("mlp", "L", "D", (1, 1), "dL·0.25·D[1, 1]"),
        ("batch_norm_by_hand", "s", "v", (2,), "ds[2]·0.5 / s[2]"),
        ("batch_norm_by_hand", "N", "H", (3, 0), "dN[3, 0]·gain[0]"),
        ("batch_norm_by_hand", "L", "N", (1, 1), "dL·0.5·(N[1, 1] - Y[1, 1])"),
        ("conv2d_pool", "Q", "A", (0, 0, 5, 2), "dQ[0, 0, 2, 1]·0"),
        ("embedding", "V", "E", (2, 1), "dV[0, 1]·1 + dV[2, 1]·1"),
        ("rnn", "h1", "b", (0,),
         "dh1[0, 0]·(1 - h1[0, 0] ** 2) + dh1[1, 0]·(1 - h1[1, 0] ** 2)"),
        ("rnn", "h1", "U", (1, 1), "dh1[0, 1]·(1 - h1[0, 1] ** 2)·X[0, 0, 1]"
         " + dh1[1, 1]·(1 - h1[1, 1] ** 2)·X[1, 0, 1]"),
        ("residual", "A", "X", (1, 1), "dA[1, 0]·0 + dA[1, 1]·W1[1, 1] + dA[1, 2]·0"
         " + dA[1, 3]·0 + dA[1, 4]·W1[4, 1]"),
        ("attention", "P", "S", (1, 1), "dP[1, 0]·-0.1166 + dP[1, 1]·0.2498 + dP[1, 2]·-0.1332"),
        ("lstm_by_hand", "i1", "Z1", (0, 9), ""),
        ("lstm_by_hand", "i1", "Z1", (0, 1), "di1[0, 1]·i1[0, 1]·(1 - i1[0, 1])"),
        ("makemore_all_lines", "probs", "counts", (2, 2), "dprobs[2, 2]·counts_sum[2, 0] ** (-1)"),
        ("makemore_all_lines", "bnmeani", "hprebn", (0, 0), "dbnmeani[0, 0]·0.1667"),
        ("concat_skip", "K", "A", (3, 2), "dK[3, 2]·1"),
    ],
)  # fmt: skip
def test_an_entry_names_what_its_terms_are_made_of(name, line, of, at, said):
    assert entry(traced(name), line, of, *at) == said


MORE = """
A : 3 x 4 = random 1
B : given 3 x 4 = random 2
i : index 2 = [2, 0]
Z = (A * exp(B) + -A * B)[1:, None] + 0
T = transpose(reshape(A, (4, 3)), (1, 0)) * 2
Q = (A[i] / B[i]).T
F = maximum(A, B) - where(B < 0, A, 0)
N = broadcast_to(sum(A, axis=1, keepdims=True), (3, 4)) * (B > 0)
V = A.T @ (A @ B.T)
K = -sum(A ** 3, axis=0) / 2
M = 3 * mean(sin(A), axis=(0, 1))
O = sum(A[0] ** 2) * sum(A[1] ** 2)
U = A[1] @ A[2]
L = sum(Z) + sum(T ** 2) + sum(Q) + sum(F) + sum(N ** 2) + sum(V) + sum(K ** 2) + M + O + U
"""


@pytest.mark.parametrize(
    ("line", "at", "said"),
    [
        ("Z", (1, 0), "dZ[0, 0, 0]·(-B[1, 0] + exp(B[1, 0]))"),
        ("T", (0, 1), "dT[1, 0]·2"),
        ("Q", (0, 1), "dQ[1, 1]·-1.912"),
        ("F", (2, 1), "dF[2, 1]·0"),
        ("K", (0, 1), "dK[1]·-1.5·A[0, 1] ** 2"),
        ("M", (0, 1), "dM·0.25·cos(A[0, 1])"),
        ("U", (1, 3), "dU·A[2, 3]"),
    ],
)
def test_entries_are_named_through_what_moves_and_repeats(line, at, said):
    trace = trace_of(MORE)
    assert entry(trace, line, "A", *at) == said


def test_entries_of_every_line_add_up():
    trace = trace_of(MORE)
    for use in uses(trace.graph):
        for at in [*np.ndindex(trace.graph.shape(use.name))][::5]:
            found = gradient_entry(trace, use.line, use.name, at)
            size = sum(abs(term.product) for term in found.terms)
            assert abs((found.terms[-1].total if found.terms else 0) - found.value) <= 4e-15 * size


def value(trace, name, *at):
    found = value_entry(trace, name, at)
    terms = [term.written for term in found.terms]
    if found.terms:
        assert found.terms[-1].total == pytest.approx(found.value, rel=1e-13)
    return found.text or " + ".join(terms)


@pytest.mark.parametrize(
    ("name", "line", "at", "said"),
    [
        ("mlp", "Z1", (1, 0),
         "X[1, 0]·W1[0, 0] + X[1, 1]·W1[0, 1] + X[1, 2]·W1[0, 2] + b1[0]·1"),
        ("mlp", "A1", (1, 0), "tanh(Z1[1, 0])"),
        ("mlp", "X", (1, 0), ""),
        ("batch_norm_by_hand", "mu", (1,),
         "X[0, 1]·0.25 + X[1, 1]·0.25 + X[2, 1]·0.25 + X[3, 1]·0.25"),
        ("batch_norm_by_hand", "H", (1, 0), "C[1, 0] / s[0]"),
        ("batch_norm_by_hand", "v", (1,),
         "0.25·C[0, 1] ** 2 + 0.25·C[1, 1] ** 2 + 0.25·C[2, 1] ** 2 + 0.25·C[3, 1] ** 2"),
        ("softmax_regression", "P", (1, 0), ""),
    ],
)  # fmt: skip
def test_a_value_opens_as_a_sum_or_as_its_text(name, line, at, said):
    assert value(traced(name), line, *at) == said


def test_values_of_all_lines_open():
    trace = trace_of(MORE)
    said = {line.name: value(trace, line.name, *(0,) * len(trace.graph.shape(line.name)))
            for line in trace.graph.lines}  # fmt: skip
    assert said["K"] == "-0.5·A[0, 0] ** 3 + -0.5·A[1, 0] ** 3 + -0.5·A[2, 0] ** 3"
    assert said["M"].startswith("0.25·sin(A[0, 0]) + 0.25·sin(A[0, 1])")
    assert said["O"] == ""


def test_a_constant_stands_beside_the_sum():
    trace = trace_of("x : 2 = [1, 2]\ny = 3 - 2 * x\nL = sum(y)")
    assert value(trace, "y", 1) == "x[1]·-2 + 3"
    assert value_entry(trace, "y", [1]).terms[-1].product == 3


def test_where_an_array_is_off_the_map_its_entry_is_refused():
    trace = traced("mlp")
    with pytest.raises(PointError, match="sends nothing to “Y”"):
        gradient_entry(trace, "D", "Y", (0, 0))
    with pytest.raises(PointError, match=r"dW1\[5, 0\] is not there: axis 0 has 5"):
        gradient_entry(trace, "Z1", "W1", (5, 0))
    with pytest.raises(PointError, match=r"Z1\[0\] is no entry: the array has 2 axes"):
        value_entry(trace, "Z1", [0])


LESS = """
A : 3 x 4 = random 1
B : given 3 x 4 = random 2
S : 2 x 3 x 4 = random 3
Z = -(A.mT * 2)
H = tanh(S.mT) * 3
N = -(A @ B.T)
D = exp(A @ A.T + A[:, 0]).T
K = fit(tanh(A), A[0])
b : 3 = random 4
U = tanh(A[:, 0:3] + b).T
E = -(sin(A) @ B.T)
J = tanh(S @ B.T)
v : 4 = random 5
G = tanh(A @ v)
Y = reshape(A, (2, 6)) / reshape(B, (2, 6))
V = broadcast_to(A[0], (3, 4)) * B * B
Q = fit(sum(S, axis=2)[..., None] * A, A) * sin(B * B * B * B * B * B)
P = mean(exp(S))
M = mean(exp(A) * B * A[0] * B[1])
R = (A @ B.T) @ (B * sqrt(B * B))
L0 = sum(U * U) + sum(E)
L1 = sum(J) + sum(G * G) + sum(Z) + sum(H) + sum(N) + sum(D) + sum(K + 0 * E[0, 0])
L = L0 + L1 + sum(Y) + sum(V) + sum(Q) + P + M + sum(R)
"""


@pytest.mark.parametrize(
    ("line", "of", "at", "said"),
    [
        ("Z", "A", (0, 1), "dZ[1, 0]·-2"),
        ("Y", "A", (1, 3), "dY[1, 1]·1 / B[1, 3]"),
        ("V", "A", (1, 3), ""),
        ("H", "S", (1, 0, 2), "dH[1, 2, 0]·3·(1 - tanh(S[1, 0, 2]) ** 2)"),
        ("G", "A", (1, 0), "dG[1]·(1 - G[1] ** 2)·v[0]"),
        ("G", "v", (1,), "dG[0]·(1 - G[0] ** 2)·A[0, 1] + dG[1]·(1 - G[1] ** 2)·A[1, 1]"
         " + dG[2]·(1 - G[2] ** 2)·A[2, 1]"),
        ("N", "A", (1, 0), "dN[1, 0]·-B[0, 0] + dN[1, 1]·-B[1, 0] + dN[1, 2]·-B[2, 0]"),
        ("J", "S", (1, 0, 2), "dJ[1, 0, 0]·(1 - J[1, 0, 0] ** 2)·B[0, 2]"
         " + dJ[1, 0, 1]·(1 - J[1, 0, 1] ** 2)·B[1, 2]"
         " + dJ[1, 0, 2]·(1 - J[1, 0, 2] ** 2)·B[2, 2]"),
        ("K", "A", (1, 0), "dK[0]·(1 - tanh(A[1, 0]) ** 2)"),
    ],
)  # fmt: skip
def test_entries_go_through_turns_and_reshapes(line, of, at, said):
    assert entry(trace_of(LESS), line, of, *at) == said


def test_an_entry_that_was_broadcast_and_turned_has_its_terms():
    said = "dU[1, 0]·(1 - tanh(A[0, 1] + b[1]) ** 2) + dU[1, 1]·(1 - tanh(A[1, 1] + b[1]) ** 2)"
    assert entry(trace_of(LESS), "U", "b", 1).startswith(said)
    assert entry(trace_of(LESS), "E", "A", 1, 0).startswith("dE[1, 0]·-B[0, 0]·cos(A[1, 0])")


def test_entries_without_a_short_text_have_numbers():
    trace = trace_of(LESS)
    for line, of in (("Q", "S"), ("Q", "A"), ("P", "S"), ("M", "A"), ("R", "A"), ("D", "A")):
        at = (0,) * len(trace.graph.shape(of))
        found = gradient_entry(trace, line, of, at)
        assert found.terms
        size = sum(abs(term.product) for term in found.terms)
        assert abs(found.terms[-1].total - found.value) <= 4e-15 * size
    assert value(trace, "P").startswith("0.04167·exp(S[0, 0, 0])")
    assert value(trace, "M") == ""
    wide = trace_of("A : 1 x 2 = ones\nB : 2 x 70 = ones\nZ = tanh(A @ B)\nL = sum(Z)")
    assert entry(wide, "Z", "A", 0, 0).startswith("dZ[0, 0]·0.07065 + ")
    big = trace_of("x : 300 = ones\nL = sum(exp(x))")
    assert value(big, "L") == ""
