"""The programs to start from: many inputs and few outputs, and the other way round."""

from typing import Any

from backprop.lessons.why_backwards.choices import TWO_OUTPUTS, Choices
from backprop.stage.lesson import Preset

A_LOSS = """x : 6 = random 7
W : given 4 x 6 = random 8 * 0.6
t : given 4 = random 9
a = tanh(W @ x)
L = mean((a - t) ** 2)"""

SQUARE = """x : 3 = random 3
W1 : given 3 x 3 = random 4 * 0.8
W2 : given 3 x 3 = random 5 * 0.8
a = tanh(W1 @ x)
y = W2 @ a"""

A_CURVE = """s : scalar = 0.7
c : given 6 = [1, 2, 3, 4, 5, 6]
p = s * c
y = sin(p)"""

SMALL_NET = """X : given 4 x 3 = random 1
Y : given 4 x 2 = random 3
W : 2 x 3 = random 2 * 0.6
b : 2 = random 5 * 0.5
Z = X @ W.T + b
H = tanh(Z)
L = mean((H - Y) ** 2)"""

SOFTMAX = """z : 4 = random 61
p = softmax(z)"""

BATCH_NORM = """Z : 4 x 2 = random 9
m = mean(Z, axis=0)
D = Z - m
v = mean(D ** 2, axis=0)
N = D / sqrt(v + 0.00001)"""

RECURRENT = """h0 : 3 = random 31 * 0.5
x1 : given 2 = random 32
x2 : given 2 = random 33
W : given 3 x 3 = random 34 * 0.7
U : given 3 x 2 = random 35 * 0.5
h1 = tanh(W @ h0 + U @ x1)
h2 = tanh(W @ h1 + U @ x2)"""

QUADRATIC = """p : 2 = [1, 2]
H : given 2 x 2 = [[6, 2], [2, 2]]
q = H @ p
f = 0.5 * sum(p * q)"""

VALLEY = """p : 2 = [-0.5, 0.5]
u = 1 - p[0]
v = p[1] - p[0] ** 2
f = u ** 2 + 10 * v ** 2"""


def _preset(name: str, title: str, about: str, program: str, **more: Any) -> Preset:
    choices = Choices(program=program, preset_name=name, **more)
    return Preset(name, title, about, choices)


PRESETS = (
    _preset(
        "two-outputs",
        "6 → 2, two outputs",
        "Six inputs, two outputs. A pass forward fills a column, a pass in reverse a row. How many "
        "of each? Slip: rows and columns exchanged.",
        TWO_OUTPUTS,
    ),
    _preset(
        "a-loss",
        "6 → 1, a loss",
        "One output: its Jacobian is one row, the gradient. One pass in reverse has all of it, "
        "however many inputs there are. That is why backprop goes backwards.",
        A_LOSS,
    ),
    _preset(
        "square",
        "3 → 3, square",
        "As many outputs as inputs: both ways need three passes, and neither is cheaper.",
        SQUARE,
    ),
    _preset(
        "a-curve",
        "1 → 6, a curve",
        "One input moves a point along a curve in six dimensions. One pass forward has its whole "
        "velocity; in reverse it takes six.",
        A_CURVE,
    ),
    _preset(
        "small-net",
        "The loss of a small net",
        "Eight weights and biases, one loss. Forward mode nudges each weight by itself; the "
        "backward pass asks the loss once.",
        SMALL_NET,
    ),
    _preset(
        "softmax",
        "Softmax",
        "Four scores, four probabilities. Each column and each row adds up to 0. Slip: only the "
        "diagonal, p(1 − p).",
        SOFTMAX,
    ),
    _preset(
        "batch-norm",
        "Batch norm, column by column",
        "Eight entries in, eight out. An entry moves its own column alone: half of the Jacobian "
        "is 0. Which cells?",
        BATCH_NORM,
    ),
    _preset(
        "recurrent",
        "Two steps of a recurrent net",
        "How does the first state move the last? The Jacobian of two steps is the product of two; "
        "its size says whether gradients vanish.",
        RECURRENT,
    ),
    _preset(
        "quadratic",
        "Curvature of a bowl",
        "f = 3x² + 2xy + y² at (1, 2). Along (1, 0) the slope is 10 and the curvature 6: a whole "
        "unit step raises f by 10 + 6/2 = 13. Turn the direction.",
        QUADRATIC,
        view="curvature",
        direction="1, 0",
    ),
    _preset(
        "valley",
        "Curvature across a valley",
        "Along a bent valley the slope changes slowly, across it fast. Which direction has the "
        "larger curvature?",
        VALLEY,
        view="curvature",
        direction="1, -1",
    ),
)

CARDS = PRESETS[1], PRESETS[0], PRESETS[2], PRESETS[3]
