"""The texts of the programs to start from, and chains of any length."""


def recurrent(steps: int) -> str:
    """Return a recurrent net of so many steps: a line each, then the scores and their loss."""
    lines = (f"h{t} = tanh(X[:, {t - 1}] @ U.T + h{t - 1} @ W.T + b)" for t in range(1, steps + 1))
    return "\n".join(
        (
            f"X : given 2 x {steps} x 3 = random 33",
            "y : index 2 = [1, 0]",
            "h0 : given 2 x 4 = zeros",
            "U : 4 x 3 = random 34 * 0.5",
            "W : 4 x 4 = random 35 * 0.5",
            "b : 4 = zeros",
            "V : 2 x 4 = random 36 * 0.5",
            *lines,
            f"S = h{steps} @ V.T",
            "L = cross_entropy(S, y)",
        )
    )


def layers(count: int, rows: int = 8) -> str:
    """Return a chain of dense layers, all arrays of one shape; its last line is an array."""
    shape = f"{rows} x {rows}"
    weights = (f"W{n} : {shape} = random {n + 1} * 0.3" for n in range(1, count + 1))
    lines = (f"h{n} = tanh(h{n - 1} @ W{n}.T)" for n in range(1, count + 1))
    return "\n".join((f"h0 : given {shape} = random 1", *weights, *lines))


def blocks(count: int) -> str:
    """Return a residual net: to each state a block of two dense layers is added."""
    weights = (
        f"{letter}{n} : 4 x 4 = random {10 * n + k} * 0.4"
        for n in range(1, count + 1)
        for k, letter in enumerate("WV")
    )
    lines = (
        text
        for n in range(1, count + 1)
        for text in (f"a{n} = tanh(x{n - 1} @ W{n}.T)", f"x{n} = x{n - 1} + a{n} @ V{n}.T")
    )
    last = f"L = sum(G * x{count})"
    start = ("x0 : given 2 x 4 = random 1", "G : given 2 x 4 = random 2")
    return "\n".join((*start, *weights, *lines, last))


RECURRENT = recurrent(12)
SIXTEEN = layers(16)
RESIDUAL = blocks(6)

MLP = """
X : given 4 x 3 = random 4
Y : given 4 x 2 = random 5
W1 : 5 x 3 = random 6 * 0.6
b1 : 5 = random 7 * 0.1
W2 : 2 x 5 = random 8 * 0.6
b2 : 2 = zeros
Z1 = X @ W1.T + b1
A1 = tanh(Z1)
Z2 = A1 @ W2.T + b2
D = Z2 - Y
L = mean(D ** 2)
""".strip()

TRANSFORMER_BLOCK = """
E : 5 x 4 = random 68
pos : 4 x 4 = random 69 * 0.3
t : index 2 x 4 = random 70 below 5
y : index 8 = random 71 below 5
g1 : 4 = ones
g2 : 4 = ones
o : 4 = zeros
Wqkv : 12 x 4 = random 72 * 0.5
Wo : 4 x 4 = random 73 * 0.5
W1 : 8 x 4 = random 74 * 0.5
b1 : 8 = zeros
W2 : 4 x 8 = random 75 * 0.5
x0 = E[t] + pos
n1 = layer_norm(x0, g1, o)
H = transpose(reshape(n1 @ Wqkv.T, (2, 4, 3, 2, 2)), (2, 0, 3, 1, 4))
A = attention(H[0], H[1], H[2], mask=tri(4))
x1 = x0 + reshape(transpose(A, (0, 2, 1, 3)), (2, 4, 4)) @ Wo.T
n2 = layer_norm(x1, g2, o)
F = gelu_tanh(n2 @ W1.T + b1)
x2 = x1 + F @ W2.T
S = reshape(x2 @ E.T, (-1, 5))
L = cross_entropy(S, y)
""".strip()
