"""What is refused is said in words: with both shapes, the place, and what would fit."""

import pytest

from backprop.engine.errors import ExpressionError, InputError, LimitError, PointError, ShapeError
from backprop.engine.program import program, read

LEAVES = """X : given 4 x 3 = random 1
W : 2 x 3 = random 2
c : 4 = ones
i : index 4 = [0, 2, 1, 0]
"""


def refused(text, kind=InputError):
    """The message of a text, and what stands at the place it names."""
    with pytest.raises(kind) as error:
        read(text).with_values({})
    found = error.value
    return str(found), text[found.at :] if isinstance(found.at, int) else found.at


@pytest.mark.parametrize(
    ("line", "said", "at"),
    [
        ("Z = tanh(X @ W)", "4×3 @ 2×3 does not fit: 3 and 2 differ. Did you mean .T on the right?",
         "X @ W)"),
        ("Z = W.T @ X", "3×2 @ 4×3 does not fit: 2 and 4 differ.", "W.T @ X"),
        ("Z = X + c", "4×3 + 4 does not fit: 3 and 4 differ. For a column write [:, None].",
         "X + c"),
        ("Z = X * X.T", "4×3 * 3×4 does not fit: 3 and 4 differ. Did you mean .T on one of them?",
         "X * X.T"),
        ("Z = sum(X, axis=2)", "axis=2 is not there: the array has 2 axes.", "sum(X, axis=2)"),
        ("Z = sum(c, axis=1)", "axis=1 is not there: the array has 1 axis.", "sum(c, axis=1)"),
        ("Z = 2 * X[4]", "Index 4 is outside: axis 0 has 4.", "X[4]"),
        ("Z = X[c]", "“c” is not an index. Declare it with “index”", "c]"),
        ("Z = X + Y", "There is no “Y” above this line.", "Y"),
        ("Z = reshape(X, (5, 2))", "4×3 has 12 entries, 5×2 has 10.", "reshape(X, (5, 2))"),
        ("Z = X.reshape(-1, -1)", "one length at most may be −1", "X.reshape(-1, -1)"),
        ('Z = einsum("ij,jk->ik", X, X)', "einsum: j is 3 and 4.", 'einsum("ij,jk->ik", X, X)'),
        ('Z = einsum("ii->i", X)', "a letter stands twice in “ii”", 'einsum("ii->i", X)'),
        ("Z = transpose(X, (0, 0))", "(0, 0) does not name each axis of 4×3 once", "transpose"),
        ("Z = X[10:20]", "[10:20] is empty: axis 0 has 4.", "X[10:20]"),
        ("Z = X[0:1, 1, 2]", "names 3 axes, and 4×3 has 2", "X[0:1"),
        ("Z = i * 2", "“i” is an index", "i * 2"),
        ("Z = cat((X, X))", "Did you mean concat?", "cat"),
        ("Z = X.view(2, 6)", "Did you mean reshape?", "X.view"),
        ("Z = np.argmax(X)", "It has no slope that could be passed back.", "np.argmax"),
        ("Z = concat(X, X)", "Write concat((a, b)).", "concat(X, X)"),
        ("Z = lambda x: x", "Programs have lines, no functions of their own.", "lambda x: x"),
        ("Z = sum(X, axis=0, dim=1)", "“axis” of “sum” is given twice.", "sum("),
        ("Z = 0 < X < 1", "compares twice. Multiply two comparisons", "0 < X < 1"),
        ("Z = placed(X, X, 3)", "placed takes its index as s_[…]", "3)"),
        ("Z = sum(3 * 2)", "6 is a number, and “sum” takes an array.", "sum(3 * 2)"),
        ("Z = X @ 3", "on the right is a number. Numbers are multiplied with *.", "X @ 3"),
        ("Z = lstm_cell(X, X, X, X, X, X)", "Write h, c = lstm_cell(x, h, c, W, U, b).", "lstm"),
        ("Z = X, W", "Join them: concat((a, b)), or stack((a, b)).", "X, W"),
        ("Z += X", "“Z +=” changes a line that stands.", "Z += X"),
        ("Z = X ^ 2", "Write ** for a power.", "^ 2"),
        ("Z = 2 X", "A product needs its sign: 2 * x.", "X"),
        ("Z = (X", "A bracket stays open.", ""),
        ("Z = X +", "This line breaks off after “+”.", ""),
        ("Z = windows(X, (9, 9))", "A window of 9×9 does not fit into 4×3. Pad", "windows"),
        ("Z = pad(X, 1)", "Say (before, after) for each axis", "1)"),
        ("Z = softmax(X, axis=1.5)", "“1.5” cannot be an axis.", "1.5)"),
        ("Z = zeros((0, 2))", "lengths are 1 or more", "zeros"),
        ("Z = X[..., ...]", "“...” stands twice", "..., ...]"),
        ("Z = layer_norm(X, None, c)", "gain of “layer_norm” is an array, not None.", "None, c)"),
        ("X = 3", "“X” is given twice.", "X = 3"),
        ("sum = X", "“sum” is a word here.", "sum = X"),
        ("X", "", None),
    ],
)  # fmt: skip
def test_a_line_that_cannot_be_is_refused_in_words(line, said, at):
    if not said:
        assert read(LEAVES + line).nodes[-1].operation == "alias"
        return
    message, place = refused(LEAVES + line)
    assert said in message
    assert place.startswith(at) if at else place == ""


@pytest.mark.parametrize(
    ("line", "at"),
    [
        ("Zβ = tanh(θ) + X", "θ) + X"),
        ("Z = X − Y", "Y"),
        ("Z = X·X·Y", "Y"),
        ("Z = ﬁ + X", "ﬁ + X"),
        ("Z = X + X ; Q = Ω", "Ω"),
    ],
)
def test_places_count_the_characters_that_were_typed(line, at):
    assert refused(LEAVES + "αβγ = X # ﬁrst · θ\n" + line)[1] == at


@pytest.mark.parametrize(
    ("leaf", "said"),
    [
        ("A : 3", "“A” has no values."),
        ("A : given = 3", "“A” has no shape."),
        ("A : 0 x 3 = zeros", "“A” has an axis of length 0."),
        ("A : 99999 x 99999 = zeros", "“A” has 9,999,800,001 entries. At most 4,096"),
        ("A : 2 x 2 x 2 x 2 x 2 x 2 x 2 = zeros", "“A” has 7 axes."),
        ("A : 3 = random 99999999999", "The seed 99999999999 is too large."),
        ("A : 3 = random 1 * 1e999", "This number is too large."),
        ("A : 3 = [1, 2]", "The list of “A” is 2, and its shape is 3."),
        ("A : 2 x 2 = [[1, 2], [3]]", "The rows of a list are not equally long."),
        ("A : 2 = [1, nan]", "“nan” in this list is no number."),
        ("A : index 3 = random 1", "whole numbers below something"),
        ("A : 3 = random 1 below 2", "“A” is no index"),
        ("A : 3 = eye", "eye is square, and “A” is not."),
        ("A : 3 = normal", "“normal” is no source of values for “A”."),
    ],
)
def test_a_leaf_that_cannot_be_is_refused_in_words(leaf, said):
    message, at = refused(f"{leaf}\ny = sum(A)")
    assert said in message
    assert at.split("\n")[0] in leaf


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x : 2 = ones\n" + "\n".join(f"y{k} = x" for k in range(60)), "has 61 lines"),
        ("x : 2 = ones\ny = x" + " + x" * 60, "This line has 245 characters."),
        ("#" * 4_001, "has 4,001 characters"),
        ("x : 2 = ones\n" + "\n".join(f"y{k} = {'tanh(x) + ' * 12}x" for k in range(30)),
         "more than 250 operations"),
        ("x : 64 x 64 = ones\ny = x[:, :, None] * x", "262,144 entries. At most 32,768"),
        ("x : 64 x 64 = ones\ny = concat((x, x))", "“y” has 8,192 entries. At most 4,096"),
        ("x : 64 x 64 = ones\n" + "\n".join(f"y{k} = x * {k}" for k in range(17)),
         "All arrays together have more than 65,536 entries."),
        ("x : 16 x 16 = ones\ny = einsum('ab,cd,ef->ace', x, x, x)",
         "more than 2,000,000 multiplications"),
        ("x : 1 = ones\ny = " + "(" * 21 + "x" + ")" * 21, "More than 20 brackets"),
        ("x : 1 = ones\ny = x[None, None, None, None, None, None]", "has 7 axes."),
    ],
    ids=("lines", "line", "text", "operations", "hidden", "named", "all", "work", "depth", "axes"),
)  # fmt: skip
def test_what_is_too_large_is_counted_before_anything_runs(text, said):
    assert said in refused(text, LimitError)[0]


def test_the_values_of_an_index_are_looked_at():
    text = LEAVES.replace("[0, 2, 1, 0]", "[0, 4, 1, 0]") + "y = sum(X[i])"
    assert "Index 4 in “i” is outside: axis 0 has 4." in refused(text, PointError)[0]
    text = LEAVES.replace("[0, 2, 1, 0]", "[0, 3, 1, 0]") + "y = cross_entropy(X, i)"
    assert "Index 3 in “i” is outside: axis 1 has 3." in refused(text, PointError)[0]
    text = LEAVES.replace("[0, 2, 1, 0]", "[0, 2.5, 1, 0]") + "y = sum(X[i])"
    assert "it holds whole numbers" in refused(text, PointError)[0]
    assert program(LEAVES + "y = sum(X[i])").at["i"].tolist() == [0, 2, 1, 0]


def test_errors_are_of_their_kind():
    assert refused(LEAVES + "y = X @ W", ShapeError)
    assert refused(LEAVES + "y = Q", ExpressionError)
    assert "nothing is computed" in refused(LEAVES, ExpressionError)[0]
    assert "is given twice" in refused("a, a = lstm_cell(x, x, x, x, x, x)")[0]
    assert "Two has lstm_cell alone" in refused(LEAVES + "a, d = X")[0]
    assert "has no name" in refused(LEAVES + "X * 2\ny = 3")[0]
