"""Whatever is pasted or uploaded is read, or refused in our own words: nothing else is raised."""

import json

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from backprop.engine.errors import InputError
from backprop.engine.network import Network
from backprop.notation.submission.judgement import judge
from backprop.notation.submission.read import read_submission

NETWORK = Network((2, 2, 1), ("tanh", "sigmoid"))
RNG = np.random.default_rng(3)
HERE = {name: RNG.normal(size=shape) for name, shape in NETWORK.shapes.items()}
HERE |= {"X": RNG.normal(size=(2, 2)), "Y": RNG.uniform(size=(2, 1))}

PIECES = (
    *("W1", "b1", "dW1 = ", "dW2", "grads['W1'] = ", "0.weight", ".grad", "X", "Y", "array(", ")"),
    *("tensor(", "Parameter containing:\n", "[", "]", "[[", "]]", "{", "}", "(", "'", '"', ","),
    *(";", "1", "0.5", "-2e3", "nan", "inf", "1e999", "9" * 400, "...", "…", "=", ":", " ", "\n"),
    *("dtype=float32", "shape=(2, 2)", "<tf.Variable 'a/kernel:0' ", "numpy=", ">", "Value(data="),
    *("grad=", "2×2 Matrix{Float64}:\n", "[,1]", "[1,] ", "[1] ", "$W1\n", "W1 =\n\n"),
    *("1.0e+03 *\n", "Columns 1 through 2\n", "Gradients:\n", "OrderedDict([(", "sizes = [2]"),
    *("loss = MSELoss()\n", "activations = [tanh]\n", "(0): ", "Dense(2 => 3)"),
    *("Linear(in_features=2, out_features=3)",),
    *("\0", "\ufeff", "²", "٣", "−", "\u2028", "\x85", "\ud800", "w1_1_1,", "W1[0,1] = "),
)  # fmt: skip
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(("W1", "b1", "dW1", "X", "a")), inner, max_size=3)
    ),
    max_leaves=8,
)
KEYS = (
    *("parameters", "gradient", "gradients", "intermediates", "sizes", "activations", "loss"),
    *("reduction", "half", "shared_biases", "l1", "l2", "layout", "examples", "expression", "at"),
    *("X", "Y", "W1", "dW1", "title"),
)


def is_read(whatever):
    """Read and judge; True if it was read."""
    try:
        judge(read_submission(whatever, NETWORK, HERE))
    except InputError:
        return False
    return True


@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
@example("W1 = [" + "[" * 100 + "1" + "]" * 101)
def test_no_text_raises_anything_else(text):
    is_read(text)


@given(st.text(max_size=30))
def test_no_letters_raise_anything_else(text):
    is_read(text)
    is_read(text.encode("utf-8", "replace"))


@given(
    st.binary(max_size=60),
    st.sampled_from((b"", b"PK\3\4", b"\x93NUMPY\1\0", b"\x80\4", b"\xff\xfe")),
)
def test_no_bytes_raise_anything_else(data, begin):
    is_read(begin + data)


@given(st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=5))
def test_no_document_raises_anything_else(document):
    is_read(json.dumps(document))
    try:
        read_submission(json.dumps(document))
    except InputError:
        return


def right():
    gradient = NETWORK.loss_and_gradient({n: HERE[n] for n in NETWORK.shapes}, HERE["X"], HERE["Y"])
    return "".join(f"d{name} = {array.tolist()}\n" for name, array in gradient[1].items())


@given(st.data())
def test_no_change_of_a_right_print_raises_anything_else(data):
    text = right()
    assert is_read(text)
    for _ in range(3):
        at = data.draw(st.integers(0, len(text)))
        drop = data.draw(st.integers(0, 6))
        text = text[:at] + data.draw(st.sampled_from(PIECES)) + text[at + drop :]
    is_read(text)


def header(shape, kind="<f8"):
    text = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    return b"\x93NUMPY\1\0" + len(text).to_bytes(2, "little") + text + bytes(8)


SHAPES = (
    *("(1,)", "()", "(1 1,)", "(,)", "(1,,)", f"({'9' * 5000},)", f"(0, {'9' * 300})", "(-1,)"),
    *(
        "(99999999999999999999, 99999999)",
        "(1, 1, 1)",
        f"({'1,' * 3000})",
        "(1.0,)",
        "(True,)",
        "(٣,)",
    ),
    *("(0,)", "(0, 0)", "(1, -1)", "1", "None", "(1e3,)", "[1]"),
)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape[:20])
def test_no_shape_in_a_header_raises_anything_else(shape):
    assert not is_read(header(shape))
    assert not is_read(header(shape, "|O"))


@pytest.mark.parametrize("deep", [33, 70, 480, 900, 2_000, 20_000])
def test_what_is_nested_deeply_is_refused_in_a_sentence(deep):
    lists = "[" * deep + "1" + "]" * deep
    objects, braces = '{"a":' * deep + "1" + "}" * deep, "{" * deep + "1" + "}" * deep
    for text in (f"W1 = {lists}", f'{{"W1": {lists}}}', objects, f'{{"sizes": {lists}}}',
                 f'{{"gradient": {{"W1": {lists}}}}}', f"W1 = {braces}"):  # fmt: skip
        assert not is_read(text)
        assert not is_read(text.encode())


@settings(max_examples=20)
@given(st.integers(1, 5_000))
def test_no_count_of_digits_raises_anything_else(digits):
    number = "9" * digits
    for text in (f"W1 = [{number}]", f"W{number} = [1]", f"w1_{number} = 1", f'{{"l2": {number}}}',
                 f'{{"sizes": [1, {number}]}}', f"W1[{number}] = 1", f'{{"W1": {number}}}',
                 f"sizes = [{number}, 2]\nW1 = [1]"):  # fmt: skip
        is_read(text)
