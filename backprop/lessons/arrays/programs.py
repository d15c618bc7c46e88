"""The texts of the programs to start from: small shapes, so that each fits on one screen."""

SOFTMAX_REGRESSION = """
X : given 4 x 3 = random 1
y : index 4 = [2, 0, 1, 2]
W : 3 x 3 = random 3 * 0.5
b : 3 = zeros
S = X @ W.T + b
L = cross_entropy(S, y)
"""

SOFTMAX_JACOBIAN = """
z : 4 = random 61
p = softmax(z)
"""

BATCH_NORM = """
X : given 4 x 3 = random 9
W : 3 x 3 = random 10 * 0.8
gain : 3 = [1, 0.5, 2]
bias : 3 = zeros
Y : given 4 x 3 = random 12
Z = X @ W.T
N = batch_norm(Z, gain, bias)
L = mean((N - Y) ** 2)
"""

LAYER_NORM = """
X : 4 x 5 = random 13
gain : 5 = random 14
bias : 5 = zeros
R : given 4 x 5 = random 15
N = layer_norm(X, gain, bias)
L = sum(R * N)
"""

CONVOLUTION_1D = """
x : 1 x 2 x 7 = random 16
w : 3 x 2 x 3 = random 17 * 0.5
b : 3 = random 18 * 0.1
R : given 1 x 3 x 4 = random 19
Z = conv1d(x, w, stride=2, padding=1) + b[:, None]
A = tanh(Z)
L = sum(R * A)
"""

CONVOLUTION_2D = """
x : 1 x 1 x 5 x 5 = random 21
w : 2 x 1 x 3 x 3 = random 20 * 0.5
b : 2 = random 22 * 0.1
R : given 1 x 2 x 3 x 3 = random 23
Z = conv2d(x, w, stride=2, padding=1) + b[:, None, None]
A = tanh(Z)
L = sum(R * A)
"""

POOLING = """
x : 1 x 1 x 4 x 4 = random 24
G : given 1 x 1 x 2 x 2 = [[[[1, 2], [3, 4]]]]
M = max_pool2d(x, 2)
A = avg_pool2d(x, 2)
L = sum(G * M) + sum(G * A)
"""

DROPOUT = """
X : given 4 x 3 = random 25
Y : given 4 x 1 = random 26
U : given 4 x 5 = uniform 27
W1 : 5 x 3 = random 28
w2 : 5 x 1 = random 29
A = tanh(X @ W1.T)
M = (U < 0.8) / 0.8
D = A * M
O = D @ w2
L = mean((O - Y) ** 2)
"""

EMBEDDING = """
E : 6 x 3 = random 30
i : index 4 = [2, 0, 2, 5]
W : 3 x 3 = random 31
y : index 4 = [1, 0, 2, 1]
V = E[i]
S = V @ W.T
L = cross_entropy(S, y)
"""

RECURRENT = """
X : given 2 x 3 x 3 = random 33
y : index 2 = [1, 0]
h0 : given 2 x 4 = random 32 * 0.5
U : 4 x 3 = random 34 * 0.5
W : 4 x 4 = random 35 * 0.4
b : 4 = zeros
V : 2 x 4 = random 36
h1 = tanh(X[:, 0] @ U.T + h0 @ W.T + b)
h2 = tanh(X[:, 1] @ U.T + h1 @ W.T + b)
h3 = tanh(X[:, 2] @ U.T + h2 @ W.T + b)
S = h3 @ V.T
L = cross_entropy(S, y)
"""

LSTM = """
X : given 2 x 2 x 3 = random 37
R : given 2 x 3 = random 38
W : 12 x 3 = random 39 * 0.5
U : 12 x 3 = random 40 * 0.5
b : 12 = [0, 0, 0, 2, 2, 2, 0, 0, 0, 0, 0, 0]
h0 : given 2 x 3 = random 41 * 0.5
c0 : given 2 x 3 = random 42 * 0.5
Z1 = X[:, 0] @ W.T + h0 @ U.T + b
i1 = sigmoid(Z1[:, 0:3])
f1 = sigmoid(Z1[:, 3:6])
k1 = tanh(Z1[:, 6:9])
o1 = sigmoid(Z1[:, 9:12])
c1 = f1 * c0 + i1 * k1
h1 = o1 * tanh(c1)
Z2 = X[:, 1] @ W.T + h1 @ U.T + b
i2 = sigmoid(Z2[:, 0:3])
f2 = sigmoid(Z2[:, 3:6])
k2 = tanh(Z2[:, 6:9])
o2 = sigmoid(Z2[:, 9:12])
c2 = f2 * c1 + i2 * k2
h2 = o2 * tanh(c2)
L = sum(R * h2)
"""

ATTENTION = """
X : 3 x 4 = random 42
Wq : 4 x 4 = random 43 * 0.5
Wk : 4 x 4 = random 44 * 0.5
Wv : 4 x 4 = random 45 * 0.5
R : given 3 x 4 = random 46
Q = X @ Wq.T
K = X @ Wk.T
V = X @ Wv.T
S = Q @ K.T / 2
P = softmax(S, axis=-1)
O = P @ V
L = sum(R * O)
"""

CAUSAL_ATTENTION = """
X : 4 x 3 = random 47
Wq : 3 x 3 = random 48 * 0.7
Wk : 3 x 3 = random 49 * 0.7
R : given 4 x 3 = random 50
S = (X @ Wq.T) @ (X @ Wk.T).T / sqrt(3)
M = where(tri(4) == 1, S, -inf)
P = softmax(M, axis=-1)
O = P @ X
L = sum(R * O)
"""

TWO_HEADS = """
X : given 2 x 3 x 4 = random 51
W : 12 x 4 = random 52 * 0.5
Wo : 4 x 4 = random 53 * 0.5
R : given 2 x 3 x 4 = random 54
A = X @ W.T
H = transpose(reshape(A, (2, 3, 3, 2, 2)), (2, 0, 3, 1, 4))
q = H[0]
k = H[1]
v = H[2]
O = attention(q, k, v, mask=tri(3))
C = reshape(transpose(O, (0, 2, 1, 3)), (2, 3, 4))
Y = C @ Wo.T
L = mean((Y - R) ** 2)
"""

RESIDUAL = """
P0 : 2 x 4 = random 55
R0 : 2 x 4 = random 55
W1 : 4 x 4 = random 56 * 0.3
W2 : 4 x 4 = random 57 * 0.3
W3 : 4 x 4 = random 58 * 0.3
G : given 2 x 4 = random 59
P1 = tanh(P0 @ W1.T)
P2 = tanh(P1 @ W2.T)
P3 = tanh(P2 @ W3.T)
R1 = R0 + tanh(R0 @ W1.T)
R2 = R1 + tanh(R1 @ W2.T)
R3 = R2 + tanh(R2 @ W3.T)
L = sum(G * P3) + sum(G * R3)
"""

TIED_WEIGHTS = """
X : given 4 x 5 = random 59
W : 2 x 5 = random 60 * 0.5
b : 2 = zeros
c : 5 = zeros
H = sigmoid(X @ W.T + b)
Y = H @ W + c
L = mean((Y - X) ** 2)
"""

BY_HAND = """
C : 7 x 2 = random 62
x : index 6 x 3 = random 63 below 7
y : index 6 = random 64 below 7
W1 : 6 x 5 = random 65 * 0.4
gain : 5 = ones
W2 : 5 x 7 = random 67 * 0.3
b2 : 7 = zeros
Z = reshape(C[x], (6, 6)) @ W1
mu = Z.sum(0, keepdims=True) / 6
D = Z - mu
D2 = D ** 2
v = D2.sum(0, keepdims=True) / 5
r = (v + 1e-5) ** -0.5
N = D * r
h = tanh(gain * N)
S = h @ W2 + b2
m = max(S, axis=1, keepdims=True)
T = S - m
K = exp(T)
s = K.sum(1, keepdims=True)
P = K * s ** -1
lp = log(P)
L = -lp[arange(6), y].mean()
"""

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
x2 = x1 + gelu_tanh(n2 @ W1.T + b1) @ W2.T
S = reshape(x2 @ E.T, (-1, 5))
L = cross_entropy(S, y)
"""
