"""The catalogue: the mistakes that can be planted in a network's backward pass.

A row says what a network and its batch must have for the slip to happen, and which text it writes
in which place of the right pass; batch_pass.py explains the places and the words in capitals.
"""

from collections.abc import Iterable
from itertools import pairwise

from backprop.engine.network import Network
from backprop.engine.ops import OPS, bends
from backprop.engine.slips.slip import HIDDEN, STALE_WEIGHTS, Need, Slip


def _forks(network: Network) -> bool:
    """Whether a hidden unit, or a bias that is shared, is used more than once."""
    hidden = any(size > 1 for size in network.sizes[2:])
    return hidden or (network.shared_biases and max(network.sizes[1:]) > 1)


def _squares(network: Network, since: int = 0) -> bool:
    """Whether a layer of weights has as many units as inputs, and more than one."""
    return any(a == b > 1 for a, b in pairwise(network.sizes[since:]))


def _bent(activations: Iterable[str]) -> bool:
    """Whether one of these has a slope that is not always 1."""
    return any(name not in ("linear", "softmax") for name in activations)


def _curves(activation: str) -> bool:
    """Whether its slope at a is not that at z."""
    return activation in OPS and bends(OPS[activation])


BATCH = Need("more than one example in the batch", lambda _, examples: examples > 1)
FORK = Need("a unit that is used more than once", lambda network, _: _forks(network))
HIDDEN_BEND = Need(
    "a hidden layer whose activation is not linear", lambda n, _: _bent(n.activations[:-1])
)
OUTPUT_BEND = Need("an activation at the output", lambda n, _: _bent(n.activations[-1:]))
HIDDEN_CURVE = Need(
    "a hidden layer with sigmoid, tanh or softplus",
    lambda n, _: any(map(_curves, n.activations[:-1])),
)
OUTPUT_CURVE = Need(
    "sigmoid, tanh or softplus at the output", lambda n, _: _curves(n.activations[-1])
)
SQUARE_INSIDE = Need(
    "a square matrix behind a hidden layer", lambda network, _: _squares(network, 1)
)
SQUARE = Need("a square matrix of weights", lambda network, _: _squares(network))
HALF = Need("the loss ½Σ(ŷ − y)²", lambda n, _: n.loss == "half_squared_error")
MEAN = Need("the mean squared error", lambda n, _: n.loss == "mean_squared_error")
OUTPUTS = Need(
    "a mean over several outputs",
    lambda n, _: n.loss in ("mean_squared_error", "binary_cross_entropy") and n.sizes[-1] > 1,
)
PROBABILITIES = Need(
    "softmax or sigmoid with its cross-entropy",
    lambda n, _: (
        n.loss == "cross_entropy"
        or (n.loss == "binary_cross_entropy" and n.activations[-1] == "sigmoid")
    ),
)
PENALTY = Need("a penalty on the weights", lambda network, _: bool(network.l1 or network.l2))

NO_HIDDEN_SLOPE = Slip(
    "no-hidden-slope",
    "No σ′ at a hidden unit",
    "The gradient of a hidden unit is passed on without the slope of its activation.",
    (HIDDEN_BEND,),
    (("hidden activation", "g"),),
)
NO_OUTPUT_SLOPE = Slip(
    "no-output-slope",
    "No σ′ at the output",
    "The gradient of the loss is passed on without the slope of the output's activation: with a "
    "squared error that is ŷ − y, which would be right for a cross-entropy.",
    (OUTPUT_BEND,),
    (("output activation", "g"),),
)
SLOPE_AT_ACTIVATION = Slip(
    "slope-at-activation",
    "σ′ of a hidden unit taken at its activation",
    "The slope of a hidden activation is evaluated at a, where z belongs: σ′(a) for σ′(z).",
    (HIDDEN_CURVE,),
    (("hidden activation", "AT_OUT"),),
)
OUTPUT_SLOPE_AT_ACTIVATION = Slip(
    "output-slope-at-activation",
    "σ′ of the output taken at its activation",
    "The slope of the output's activation is evaluated at ŷ, where z belongs: σ′(ŷ) for σ′(z).",
    (OUTPUT_CURVE,),
    (("output activation", "AT_OUT"),),
)
ONE_PATH = Slip(
    "one-path",
    "One path only",
    "What is used more than once gets the gradient of one use alone; the other paths to the loss "
    "are missing.",
    (FORK,),
    (("activations", "dot(g[:, :1], W[:1])"), ("shared bias", "total(g[:, :1], None).reshape(1)")),
)
ASSIGNED = Slip(
    "assigned",
    "= for +=: the last path wins",
    "Each use writes its gradient over the one before instead of adding to it.",
    (FORK,),
    (
        ("activations", "dot(g[:, -1:], W[-1:])"),
        ("shared bias", "total(g[:, -1:], None).reshape(1)"),
    ),
)
TRANSPOSED = Slip(
    "transposed",
    "The weight matrix is transposed",
    "On the way back the gradient goes through Wᵀ where W belongs; with a square matrix no shape "
    "complains.",
    (SQUARE_INSIDE,),
    (("activations", "dot(g, W.T if len(W) == len(W.T) else W)"),),
)
TRANSPOSED_GRADIENT = Slip(
    "transposed-gradient",
    "The gradient of a matrix is transposed",
    "Every gradient of a square matrix stands at [from, to] where [to, from] belongs.",
    (SQUARE,),
    (("weights", "dot(A.T, g) if len(W) == len(W.T) else dot(g.T, A)"),),
)
NO_WEIGHTS = Slip(
    "no-weights",
    "The weights are forgotten on the way back",
    "A hidden unit gets the sum of the gradients behind it, not each times its weight.",
    (HIDDEN,),
    (("activations", "dot(g, ones(*W.shape))"),),
)
BEFORE_ACTIVATION = Slip(
    "before-activation",
    "z in the place of a",
    "The gradient of a weight is taken times what entered the activation before it, not times "
    "what came out.",
    (HIDDEN_BEND,),
    (("weights", "dot(g.T, ENTERED)"),),
)
SIGN = Slip(
    "sign",
    "The sign is turned round",
    "The error is taken as y − ŷ: every step climbs.",
    (),
    (("loss", "-RIGHT"),),
)
HALF_LOST = Slip(
    "half-lost",
    "The ½ is lost",
    "The loss has ½ before its square, its derivative is taken without: all is twice as large.",
    (HALF,),
    (("loss", "2 * RIGHT"),),
)
TWO_LOST = Slip(
    "two-lost",
    "The 2 is lost",
    "The square has a 2 in its derivative, and no ½ takes it away: all is half as large.",
    (MEAN,),
    (("loss", "0.5 * RIGHT"),),
)
SUMMED = Slip(
    "sum-over-batch",
    "1/m is lost",
    "The gradients of the examples are added, not averaged as the loss is.",
    (BATCH,),
    (("loss", "len(Y) * RIGHT"),),
)
DIVIDED_TWICE = Slip(
    "divided-twice",
    "1/m is taken twice",
    "The mean over the batch is taken once in the loss and once more in the gradient.",
    (BATCH,),
    (("loss", "RIGHT / len(Y)"),),
)
SUMMED_OUTPUTS = Slip(
    "sum-over-outputs",
    "The mean over the outputs is lost",
    "The loss is a mean over examples and outputs; its gradient divides by the examples alone.",
    (OUTPUTS,),
    (("loss", "len(Y.T) * RIGHT"),),
)
STALE_GRADIENT = Slip(
    "stale-gradient",
    "The gradient of the round before",
    "The step is made with the gradient that was computed for the parameters before the last step.",
    (),
    (),
    lambda gradient, kept: (kept, gradient),
)
NOT_ZEROED = Slip(
    "not-zeroed",
    "The gradient is not set back to zero",
    "The new gradient is added to that of the round before.",
    (),
    (),
    lambda gradient, kept: (gradient + kept, gradient + kept),
)
BIAS_LAST = Slip(
    "bias-last-example",
    "A bias hears the last example only",
    "The gradient of a bias is that of the last example, not the sum over the batch.",
    (BATCH,),
    (("bias", "g[-1]"), ("shared bias", "total(g[-1:], None).reshape(1)")),
)
BIAS_FIRST = Slip(
    "bias-first-example",
    "A bias hears the first example only",
    "The gradient of a bias is that of the first example, not the sum over the batch.",
    (BATCH,),
    (("bias", "g[0]"), ("shared bias", "total(g[:1], None).reshape(1)")),
)
BIAS_MEAN = Slip(
    "bias-mean",
    "The gradient of a bias is averaged once more",
    "1/m stands in the loss already; here the gradient of a bias is divided by m again.",
    (BATCH,),
    (("bias", "RIGHT / len(g)"), ("shared bias", "RIGHT / len(g)")),
)
BIAS_FORGOTTEN = Slip(
    "bias-forgotten",
    "The biases are forgotten",
    "The gradient of every bias is 0.",
    (),
    (("bias", "0 * RIGHT"), ("shared bias", "0 * RIGHT")),
)
SLOPE_TWICE = Slip(
    "slope-twice",
    "Softmax and cross-entropy mismatched",
    "p − y is the gradient at z already; here it is multiplied by p(1 − p) once more.",
    (PROBABILITIES,),
    (
        ("loss", "(A - Y) * (g / A.size)"),
        ("scores", "RIGHT * softmax(Z) * (1 - softmax(Z))"),
    ),
)
NO_PENALTY = Slip(
    "no-penalty",
    "The penalty is left out",
    "The loss that is reported has the penalty on the weights, its gradient has not.",
    (PENALTY,),
    (("penalty", "0 * RIGHT"),),
)

SLIPS: dict[str, Slip] = {
    slip.name: slip
    for slip in (
        *(NO_HIDDEN_SLOPE, NO_OUTPUT_SLOPE, SLOPE_AT_ACTIVATION, OUTPUT_SLOPE_AT_ACTIVATION),
        *(ONE_PATH, ASSIGNED, TRANSPOSED, TRANSPOSED_GRADIENT, NO_WEIGHTS, BEFORE_ACTIVATION),
        *(SIGN, HALF_LOST, TWO_LOST, SUMMED, DIVIDED_TWICE, SUMMED_OUTPUTS),
        *(STALE_WEIGHTS, STALE_GRADIENT, NOT_ZEROED),
        *(BIAS_LAST, BIAS_FIRST, BIAS_MEAN, BIAS_FORGOTTEN),
        *(SLOPE_TWICE, NO_PENALTY),
    )
}
