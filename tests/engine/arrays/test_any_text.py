"""Whatever is typed: a program within its limits, or an error in words; never anything else."""

import warnings
from math import prod

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backprop.engine.arrays.entries.entry import gradient_entry, value_entry
from backprop.engine.arrays.grammar import CHARACTERS, ENTRIES, LINES
from backprop.engine.arrays.nodes import ALL_ENTRIES, HIDDEN_ENTRIES, OPERATIONS, WORK
from backprop.engine.arrays.rows import ENTRYWISE
from backprop.engine.arrays.signatures import SIGNATURES
from backprop.engine.arrays.uses import uses
from backprop.engine.backward import differentiate
from backprop.engine.errors import InputError
from backprop.engine.program import program, read
from tests.kit.programs import REFERENCE

LEAVES = """X : given 4 x 3 = random 1
W : 2 x 3 = random 2 * 0.6
b : 2 = zeros
i : index 4 = random 3 below 3
I : 2 x 1 x 4 x 4 = uniform 4
F : 2 x 1 x 2 x 2 = [[[[1, 2], [3, 4]]], [[[1, 0], [0, 1]]]]
"""
LINES_TYPED = sorted(
    {line for kept in REFERENCE.values() for line in kept["lines"]}
    | {"Z = X @ W.T + b", "H = tanh(X)", "C = conv2d(I, F)", "P = softmax(X)", "L = sum(X)"}
)
PIECES = sorted(
    {*SIGNATURES, *ENTRYWISE, *"XWbiIFZHPL", "s_", "x", "inf", "pi", "None", "True", "lambda"}
    | {*"()[]{}+-*/@.,:=<>!'\"#;", "**", "//", "==", ":=", "...", "->", ".T", ".mT", ".shape"}
    | {"0", "1", "-1", "2", "3.5", "99999999", "1e999", "1e-400", "0x10", "1_0", "3j", "axis="}
    | {"axis=0", "axis=-1", "keepdims=True", "(2, 3)", "[0]", "[i]", "[:, None]", "s_[i]", "len("}
    | {" : 3 = random 1", "random 99999999999", " : index 3 = [0, 1, 2]", "given", "below 3"}
    | {"−", "·", "“", "ﬁ", "１", "β", "é", "e\u0301", "𝒙", "²", "\t", "\r", "\n", "\x00", " ", "\\"}
    | {"for", "if", "else", "not", "and", "in", "import os", "__class__", "f'", '"ij,jk->ik"', "%"}
    | {"reshape((-1, -1))", "transpose(X, (0, 0))", "*X", "**X", "max(X, X)", "eye(3)", "np."}
)  # fmt: skip


def survives(text, *, opened=()):
    """Read and run a text; whatever cannot be is said in words, and nothing exceeds its limits."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            found = read(text, opened=opened)
            sizes = [prod(node.shape) for node in found.nodes]
            rows = [found.row(k) for k, node in enumerate(found.nodes) if not node.is_leaf]
            assert len(text) <= CHARACTERS
            assert sum(not line.of for line in found.lines) <= LINES
            assert len(rows) <= OPERATIONS
            assert max(sizes) <= HIDDEN_ENTRIES
            assert max(prod(found.shape(line.name)) for line in found.lines) <= ENTRIES
            assert sum(prod(row.shape) for row in rows) <= ALL_ENTRIES
            assert sum(row.work for row in rows) <= WORK
            if found.nodes[-1].shape:
                name = found.nodes[-1].name
                found = program(f"{text}\nlast_ = sum({name})", opened=opened)
            else:
                found = program(text, opened=opened)
            trace = differentiate(found, found.at)
            for use in uses(found)[-1:]:
                gradient_entry(trace, use.line, use.name, [0] * len(found.shape(use.name)))
            for line in found.lines[-2:]:
                value_entry(trace, line.name, [0] * len(found.shape(line.name)))
        except InputError as error:
            refused = error
        else:
            return True
    assert str(refused)
    is_place = isinstance(refused.at, int)
    assert not is_place or 0 <= refused.at <= len(text) + len("\nlast_ = sum(Z)")
    return False


@st.composite
def mutated(draw):
    """A good program in which a few pieces are put in, taken out, doubled or replaced."""
    lines = draw(st.lists(st.sampled_from(LINES_TYPED), min_size=1, max_size=3))
    text = LEAVES + "\n".join(lines)
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(len(LEAVES) // 2, len(text)))
        piece = draw(st.sampled_from(PIECES))
        gone = draw(st.sampled_from((0, 0, 1, 1, 2, 5)))
        text = (
            text[:at]
            + draw(st.sampled_from((piece, piece, "", text[at - 4 : at])))
            + text[at + gone :]
        )
    return text


PIECEWISE = st.lists(st.sampled_from(PIECES), min_size=1, max_size=14).map(
    lambda pieces: LEAVES + "Z = " + "".join(pieces)
)
ARGUMENTS = (
    *("X", "W", "b", "i", "I", "F", "X.T", "(X, X)", "0", "-1", "2", "None", "()", "(0, 1)"),
    *("(2, 2)", "((1, 1), (0, 0))", "axis=0", "axis=(0, 1)", "1e300", "shape=(3, 4)", "eps=0"),
    *("keepdims=True", "s_[i]", "'ij->ji'", "3.5", "I[0]", "stride=2", "padding=1", "padding=99"),
    *("size=2", "inf", "b[0]", "99999"),
)
CALLS = st.builds(
    lambda word, arguments: f"{LEAVES}Z = {word}({', '.join(arguments)})",
    st.sampled_from(sorted(SIGNATURES)),
    st.lists(
        st.sampled_from(ARGUMENTS),
        max_size=5,
    ),
)  # fmt: skip
ANY = st.one_of(mutated(), PIECEWISE, CALLS)
QUICK = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
LONG = settings(QUICK, max_examples=20_000)


@QUICK
@given(ANY)
def test_any_text_is_a_program_or_an_error_in_words(text):
    survives(text, opened=("Z", "H", "P"))


@pytest.mark.long
@LONG
@given(ANY)
def test_twenty_thousand_texts_are_programs_or_errors_in_words(text):
    survives(text, opened=("Z", "H", "P"))


@pytest.mark.parametrize("name", ["mlp", "lstm_cell", "transformer_block"])
def test_the_texts_that_are_mutated_are_good(name):
    assert survives("\n".join(REFERENCE[name]["lines"]))


@pytest.mark.parametrize(
    "text",
    [
        *("", "\n\n# nothing", "x", "x = ", "= 3", "x : ", ":", "x : 3", ";;;"),
        *("\ufeffx : 3 = ones", "x : 3 = " + "[" * 500, "x : 3 = [" + "1," * 450 + "]"),
        *("y = " + "(" * 19 + "1" + ")" * 19, "y = " + "-" * 190 + "1", "y = " + "1" * 190),
        *("y = 9**9**9**9", "y = 2 ** 0.5 ** -9 ** 9", "x : 4 = ones\ny = x" + ".T" * 90),
        "x : 4 = ones\ny = " + "x" + "[None]" * 30,
        "x : 64 x 64 = ones\ny = " + " @ ".join(["x"] * 60),
        "x : 1 = ones\ny = " + "silu(" * 20 + "x",
        "x : 4 = ones\ny = " + "softmax(" * 19 + "x" + ")" * 19,
        "x : 16 x 16 = ones\ny = einsum('ab,cd,ef,gh->aceg', x, x, x, x)",
        "x : 4096 = ones\ny = sum(x[:, None] * x)",
        "x : 99999999999999999999 = ones",
        "x : 4 = ones\ny = pad(x, ((99999999999, 0),))",
        "x : 4 = ones\ny = broadcast_to(x, (999999999, 999999999, 4))",
        "x : 4 = ones\ny = x[0:99999999999999999999999]",
        "x : 4 = ones\ny = x[10**400]",
        "x : 4 = ones\ny = x * 10 ** 400",
        "x : 4 = ones\ny = reshape(x, (99999999999999999999, -1))",
        "x : 4 = ones\ny = windows(x, 2, 99999999999999999999)",
        "\n".join(f"x{k} : 2 = ones" for k in range(61)),
        "x : 2 = ones\r\ny = sum(x)\r\n",
        "x\t:\t2 = ones\ny\t=\tsum(x)",
        "ﬁ : 2 = ones\ny = sum(fi)",
        "e\u0301 : 2 = ones\ny = sum(é)",
    ],
    ids=lambda text: repr(text[:24]),
)  # fmt: skip
def test_texts_that_surprise_are_read_or_refused(text):
    survives(text)
