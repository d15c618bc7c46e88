"""Programs that hold every word of the language, and what is seldom typed."""

from backprop.engine.arrays.rows import ENTRYWISE
from backprop.engine.program import program, read

LEAVES = """x : 4 x 3 = random 1
y : 4 x 3 = random 2
v : 3 = random 3
T : 2 x 4 x 3 = random 4
i : index 4 = [0, 2, 2, 1]
I : 2 x 1 x 4 x 4 = uniform 5
F : 2 x 1 x 2 x 2 = random 6
w : 2 x 4 x 2 = random 9
W : 12 x 3 = random 11
U : 12 x 3 = random 12
b : 12 = random 13
"""
INSIDE = {"log": "x * x + 0.5", "sqrt": "x * x + 0.5", "asin": "x / 5", "acos": "x / 5"}
SIGNS = ("add", "subtract", "multiply", "divide", "power", "negate", "less", "less_equal")
SIGNS += ("greater", "greater_equal", "equal", "not_equal", "where")
CALLED = {
    name: f"Z = {name}({', '.join((INSIDE.get(name, 'x'), 'y')[: len(row.inputs)])})"
    for name, row in ENTRYWISE.items()
    if name not in SIGNS
}
SELDOM = {
    "comparisons": "Z = (x < y) + (x > 0) * x - ((y > x) - (x > 0))",
    "a comparison alone": "M = x > 0\nZ = M * x - (y > x)",
    "a comparison negated": "Z = -(x > 0) * y + 2 * (x < y) * x",
    "a comparison of comparisons": "Z = x * ((x > 0) == (y > 0)) + x @ ((v > 0) * 2)[:, None]",
    "a comparison of numbers": "Z = where(1 < 2, x, y) + (1 < 2)",
    "a mask of minus infinity": "S = where(tri(4) == 1, x @ y.T, -inf)\nZ = softmax(S)",
    "choices": "Z = where(x, x, y) + where(x > 0, 1, 0) * y",
    "a line of a number": "k = exp(2)\nm = 2\nZ = k * x / sqrt(3) + exp(1) + pi * m",
    "numbers": "Z = x * (1 / 3) ** 2 + 2 ** -1 + 1 / inf + sigmoid(2)",
    "extremes": "Z = maximum(x, 0) + minimum(0.5, y) + max(x, y, 0) + maximum(y, -inf)",
    "powers": "Z = (x * x) ** y + 2 ** x + (x ** 2 + 1) ** 0.5 + (x * x + 1) ** -1 + x ** 3",
    "sums": "Z = sum(x, 0) + x.sum(axis=0) + x.mean(0) + x.max(0) - x.min(0) + var(x, 0)",
    "sums of several axes": "Z = sum(T, (0, 2), True) * mean(T, axis=-1, keepdims=True)",
    "sums that keep all axes": "Z = x - mean(x, None, True) * var(x, keepdims=True)"
    " + max(x, keepdims=True) + min(x, keepdims=True)",
    "sums of all": "Z = x * sum(x) * max(x) * var(y) * mean(y) - min(x)",
    "softmax": "Z = softmax(x) + log_softmax(x, 0) * logsumexp(x, axis=1, keepdims=True)",
    "softmax of all": "Z = softmax(x, None) * logsumexp(x, None)",
    "logsumexp": "Z = logsumexp(x) + logsumexp(T, axis=(0, 2))",
    "norms": "Z = standardize(x) + standardize(x, 0, 0.1) + deviation(x, 0)",
    "layer norm": "Z = layer_norm(T, v, v) + batch_norm(x, v, v)[None]",
    "batch norm of images": "Z = batch_norm(conv2d(I, F), v[0:2], v[1:3])",
    "linear": "Z = linear(x, y, v[0:1])",
    "cross-entropy": "s = cross_entropy(x, i)\nZ = x * s",
    "cross-entropy of a table": "s = cross_entropy(x, softmax(y))\nZ = x * s",
    "cross-entropy of one row": "j : index scalar = 2\ns = cross_entropy(v, j)\nZ = x * s",
    "cross-entropy of more axes": "j : index 2 x 4 = [[0, 1, 2, 0], [1, -1, 2, 0]]\n"
    "s = cross_entropy(T, j) + cross_entropy(T, T ** 2)\nZ = x * s",
    "joined": "Z = concat((x, y), axis=1) @ concat((y, x), 1).T + stack((x, y), 0).sum()",
    "stacked": "Z = stack((x, y, x * y), axis=-1) + concat((x,))[..., None]",
    "reshaped": "Z = reshape(x, (-1, 2)) @ y.reshape(2, 6) + reshape(x, 12).sum()",
    "transposed": "Z = transpose(x) @ y + (y.transpose(1, 0) @ x) + (v.T * v).sum()",
    "transposed of three axes": "Z = T.T + transpose(T, (2, 1, 0)) + transpose(T)",
    "matrices transposed": "Z = T.mT @ T + (T @ T.mT).sum()",
    "broadcast": "Z = broadcast_to(v, (4, 3)) * x + broadcast_to(v, (2, 4, 3))",
    "padded": "Z = pad(x, ((1, 2), (0, 1))).sum() + pad(T, ((0, 0), (1, 2), (0, 3)))",
    "windows": "Z = windows(x, 2)[:, 0] + windows(x, (2, 2), (2, 1)).sum()"
    " + windows(T, (2, 2)).sum()",
    "windows added": "Z = overlap_add(windows(x, (2, 2), 1) * 2, y, (2, 2), 1) * x"
    " + overlap_add(windows(x, 2), x, 2)",
    "placed": "Z = placed(x, x[:, 0:3], s_[i]) * x + placed(v, x, s_[1]) * x",
    "fitted": "Z = fit(x * y, v) * v + fit(T, x) * fit(T, T[:, 0:1]).sum()",
    "spread": "Z = spread(v, x, 0) * x + spread(v[None], x, 0, keepdims=True) + spread(v[0], x)",
    "peaks": "Z = x * peaks(x, 1) + lows(x, 0) * y + peaks(x) * x + peaks(T, (0, 2)).sum()",
    "first peaks": "Z = x * first_peak(x, 1) + first_peak(x) * y + first_peak(T, (0, 2)) * T",
    "the first of the largest": "Z = first_max(T, (0, 2)) + first_max(x) + first_max(x, 0)[0]",
    "held": "Z = x * stop(x) + stop(x * 2)",
    "steady": "Z = (eye(4) @ x + tri(4) @ y) * ones((4, 3)) + zeros((4, 3)) + ones(3)",
    "einsum": "Z = einsum('ij,kj->ik', x, y) + einsum('ij->j', x).sum()"
    " + einsum('ij, ij, j -> i', x, y, v)",
    "attention": "Z = attention(x, y, x) + attention(T, T, T * 2, mask=tri(4))",
    "pooling": "Z = max_pool2d(I, 2) + avg_pool2d(I, 2) * max_pool2d(I, (2, 2), (2, 2))",
    "pooling of one axis": "Z = max_pool1d(T, 2, 1) + avg_pool1d(T, 2, stride=1)",
    "pooling of a matrix": "Z = max_pool2d(x, 2, 1) + avg_pool2d(x, (2, 2), 1)",
    "convolution": "Z = conv2d(I, F, stride=(2, 1), padding=(1, 0))",
    "convolution of one axis": "Z = conv1d(T, w, 1, 1) + conv1d(T, w, stride=(1,), padding=(1,))",
    "indices": "Z = x[i] * x[arange(4), i][:, None] + x[1:3, None, 0:2].sum() + x[-1]"
    " + x[..., 0][:, None] + T[0, i] + x[::2].sum()",
    "shapes": "Z = x / len(x) + x.shape[1] * y / x.size + x.ndim",
    "of other libraries": "Z = np.tanh(x) + torch.exp(y) + np.pi * x + np.maximum(x, y)",
    "another name": "a = x\nc = x\nd = a + a\nZ = a * c + x * d",
    "views that are added to": "a = x * 2\nc = a.T\nd = reshape(a, (3, 4))\nZ = c * d + a.T",
    "names that are taken": "dx = x * 2\nnp = dx + x\ncheck = np * x\nlist = check + dx\n"
    "v0 = list * 2\nZ = v0 * dx",
    "Greek": "σ = sigmoid(x)\nβ_1 = σ * x\nZ = β_1 + σ",
    "unread": "q : 3 = random 8\nZ = sign(x) * y + step(y) * x",
    "two results": "h, c = lstm_cell(x, y, y * x, W, U, b)\nk, d = lstm_cell(x=h, h=c, c=h, W=W,"
    " U=U, b=b)\nZ = k * d",
    "saturated": "Z = tanh(20 * x) + sigmoid(30 * x) + softplus(x * 500)",
    "ties": "a = x * 0 + 1\nZ = max(a, 1)[:, None] * a + maximum(a, x * 0 + 1) + relu(a - 1)"
    " + abs(a - 1) + leaky_relu(a - 1)",
    "a number": "s : scalar = 0.5\nt = s * 2\nZ = x * t + s.T",
    "a last line without a name": "x @ y.T",
    "signs that are spelled alike": "Z = x·2 − y × 3",
}
WORDS = {**CALLED, **SELDOM}


def program_of(name, *, opened=False):
    """Return the program of a word, which ends in a sum; perhaps with every line opened."""
    text = LEAVES + WORDS[name]
    shape = read(text).nodes[-1].shape
    last = read(text).nodes[-1].name
    if shape:
        if last == "L":
            text = f"{LEAVES}Z = {WORDS[name]}"
            last = "Z"
        text += f"\nL = sum({last})"
    lines = tuple(line.name for line in read(text).lines if line.opens) if opened else ()
    return program(text, opened=lines)
