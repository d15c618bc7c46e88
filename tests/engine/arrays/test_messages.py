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
    ("lines", "said"),
    [
        ('Z = einsum("ij,jk", X, X)', '“ij,jk” is not what einsum reads. Write letter'),
        ('Z = einsum(3, X)', '“3” cannot be what einsum reads. It is letters'),
        ('Z = einsum("ij->k", X)', 'einsum: k stands on the right alone.'),
        ('Z = einsum("ij->ij", X, X)', 'einsum: “ij->ij” names 1 array, and 2 follow.'),
        ('Z = einsum("i->i", X)', 'einsum: “i” names 1 axis, and 4×3 has 2.'),
        ('Z = X.reshape(5, -1)', '4×3 has 12 entries, which are no multiple of 5'),
        ('Z = stack((X, W))', 'stack: 4×3 and 2×3 differ.'),
        ('Z = stack((X, X), axis=7)', 'axis=7 is not there: the result has 3 axes.'),
        ('Z = concat((X, W), axis=1)', 'concat: 4×3 and 2×3 do not fit along axis 1. A'),
        ('Z = concat((c, X), axis=5)', 'axis=5 is not there: the arrays have 1 axis.'),
        ('Z = cross_entropy(X, c)', '“c” is not an index. Declare the true classes '),
        ('Z = cross_entropy(X, W)', 'cross_entropy: scores of 4×3 and targets of 2×'),
        ('Z = X[W.T]', '“W.T” must be known before the program runs. H'),
        ('Z = X[0.5]', '“0.5” is no whole number.'),
        ('Z = X[::0]', 'A slice steps forward by 1 at least.'),
        ('Z = X[arange(9)]', 'Index 8 is outside: axis 0 has 4.'),
        ('Z = X[arange(3, 2)]', '“arange” takes one argument.'),
        ('Z = X[i, i, i]', '[i, j, k] names 3 axes, and 4×3 has 2.'),
        ('Z = X[i, i, None, i, i, i]', 'More than four indices stand in one pair of br'),
        ('E : index 3 = [0, 1, 0]\nZ = X[i, E]', 'The indices in [i, j] do not fit: 4 and 3.'),
        ("Z = X['a']", '“a” is text: it stands in einsum only.'),
        ('Z = X.foo', '“.foo” is not known. Known are .T, .mT, .shape'),
        ('Z = X.sum', '.sum needs brackets. Write .sum().'),
        ('Z = sum', '“sum” is a word: it needs brackets. Write sum('),
        ('Z = len(3)', 'len takes an array.'),
        ('Z = len(c, c)', '“len” takes one argument.'),
        ('Z = X.shape', '“(4, 3)” is no number.'),
        ('Z = X.shape[7]', '“X.shape[7]” is not there.'),
        ('Z = 2 + None', '“None” is no number.'),
        ('Z = X // 2', '“//” divides whole numbers of shapes; these ar'),
        ('Z = 3 // 0 * X', 'This divides by 0.'),
        ('Z = (3 @ 2) * X', 'Numbers are multiplied with *.'),
        ('Z = max(X, X, axis=0)', '“max” of several arrays takes no axis. Write m'),
        ('Z = arange(3)', 'arange counts entries: it stands in brackets o'),
        ('Z = foo(X)', '“foo” is not a word I know. Did you mean floor'),
        ('Z = conv2d(X, W)', 'conv2d: 4×3 and 2×3 do not fit. It takes [n, c'),
        ("A : 1 x 2 x 4 = ones\nB : 1 x 3 x 2 = ones\nZ = conv1d(A, B)",
         "conv1d: 1×2×4 has 2 channels, 1×3×2 takes 3."),
        ('A : 1 x 2 x 4 = ones\nZ = max_pool1d(A, (2, 2))', '(2, 2) names 2 axes, not 1.'),
        ('Z = attention(c, c, c)', 'attention: queries, keys and values are rows: '),
        ('h, d = lstm_cell(X, X, X, X, X, X)', 'lstm_cell: W has 4 rows, and a cell of 3 has 4'),
        ('h, h = lstm_cell(X, X, X, X, X, X)', '“h” is given twice.'),
        ('Z = batch_norm(c, c, c)', 'batch_norm: 4 is no batch.'),
        ('Z = layer_norm(X, W, c)', '4×3 * 2×3 does not fit: 4 and 2 differ. Length'),
        ('Z = c.mT', '4 has fewer than two axes: .mT turns the last '),
        ('Z = windows(c, (2, 2))', 'A window of 2×2 by steps of 1×1 does not fit. '),
        ('Z = windows(X, 2, 0)', 'The sizes and strides of windows are 1 or more'),
        ('Z = pad(X, ((1, 1),))', 'pad: the widths do not fit. 4×3 has 2 axes: sa'),
        ('Z = placed(X, X, s_[0])', 'placed: 4×3 does not fit: [0] has 3.'),
        ('Z = overlap_add(X, X, 2)', 'overlap_add: 4×3 are no windows of 4×3.'),
        ('Z = spread(X, X, 0)', 'spread: 4×3 is no sum of 4×3. It would be 3.'),
        ('Z = fit(X, c)', 'fit: 4 does not broadcast to 4×3.'),
        ('Z = broadcast_to(c, (2, 3))', '4 does not broadcast to 2×3.'),
        ('Z = broadcast_to(c[0], -1)', '-1 is no shape: lengths are 1 or more.'),
        ('Z = zeros((2, 0))', '2×0 is no shape: lengths are 1 or more.'),
        ('Z = sum(X, axis=(0, 0))', 'An axis is named twice. The axes are (0, 0).'),
        ('Z = sum(c[0], axis=0)', 'axis=0 is not there: a number has none.'),
        ('Z = sum()', '“sum” lacks x. It takes x, axis, keepdims.'),
        ('Z = sum(X, 0, False, 1)', '“sum” takes 3 arguments, not 4. They are x, ax'),
        ('Z = sum(X, foo=1)', '“sum” has no “foo”. It takes x, axis, keepdims'),
        ('Z = X[3j]', '“3j” is no number that is read here.'),
        ('Z = 1e999', 'This number is too large. Up to 1e300.'),
        ('Z = (X]', 'I cannot read on at “]”. Right of “=” stands a'),
        ('Z = X)', 'A bracket is closed that was not opened.'),
        ('Z = not X', 'This line holds what is not read here. See wha'),
        ('Z = {1: X}', '“{1: X}” is not read here. See what can be typ'),
        ('Z = ', '“Z” is given nothing. Type what it is after th'),
        ('2 = X', '“2” is no name. A name is a letter, then lette'),
        ('_x = X', '“_x” is no name. A name is a letter, then lett'),
        ('лe = X', '“лe” is no name here. Names are of Latin and G'),
        ('for = X', '“for” is a word of Python. Call it for_, say.'),
        ('X, = W', '“” is no name. A name is a letter, then letter'),
        ('A : wide = ones', '“wide” is no shape. Write a leaf as in W : 3 x'),
        ('A : 3 = 1e999', 'This number is too large. Up to 1e300.'),
        ('A : 3 = [1, [', 'This list cannot be read. Write it as in [[1, '),
        ('A : 3 = [(1, 2)]', '“(1, 2)” in this list is no number. Write it a'),
        ('Z = reshape(X, (2, 2, 3, 1, 1, 1, 1))', '2×2×3×1×1×1×1 has 7 axes. At most 6 are possib'),
        ('Z = X[(1, 2), 0]', '“(1, 2)” is no whole number.'),
        ("Z = 'abc'", '“abc” is text: it stands in einsum only.'),
        ('Z = []', 'A line computes one array, and these are sever'),
        ("Z = sum(X[None, 0:1], 1:2)", "I cannot read on"),
        ("Z = softmx(X)", "Did you mean softmax?"),
        ("Z = SoftMax(X)", "Did you mean softmax or log_softmax?"),
        ("Z = logistic(X)", "Did you mean sigmoid?"),
        ("Z = qqq(X)", "The words that can be typed are listed below the field."),
        ("Z = X.shape[0:1]", "Here stands one number, not a slice."),
        ("A : 2 = [1, 2] * 3", "This is no list of numbers."),
        ("Z = 6 // 0 * X", "This divides by 0."),
        ("Z = " + "-" * 120 + "X", "More than 110 signs stand one after another here."),
        ("A : 2 = [[1, 2], 3]", "The rows of a list are not equally long."),
        ("A : 3 = [" + "1, " * 400 + "1]", "The list of “A” has 1208 characters."),
    ],
)  # fmt: skip
def test_what_else_cannot_be_is_refused_in_words(lines, said):
    assert said in refused(LEAVES + lines)[0]


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
