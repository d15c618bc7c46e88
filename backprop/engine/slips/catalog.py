"""The catalogue: the mistakes that can be planted in a network's backward pass.

A row says what a network and its batch must have for the slip to happen (needs.py), and which text
it writes in which place of the right pass; batch_pass.py explains the places and the words in
capitals.
"""

from backprop.engine.slips.needs import (
    ACTIVATED_OUTPUT,
    BATCH,
    BEFORE,
    BEHIND,
    CURVES_INSIDE_AND_OUT,
    FORK,
    HALF,
    HIDDEN_BEND,
    HIDDEN_CURVE,
    INSIDE_AND_OUT,
    L2,
    MEAN,
    NO_SOFTMAX,
    OUTPUT_BEND,
    OUTPUT_CURVE,
    OUTPUTS,
    PENALTY,
    PROBABILITIES,
    RELU,
    SIGMOID_OR_TANH,
    SOFTMAX,
    SQUARE,
    SQUARE_BATCH,
    SQUARE_INSIDE,
    UNITS,
    UNITS_BEHIND,
    WRITTEN_IN_A,
)
from backprop.engine.slips.slip import HIDDEN, STALE_WEIGHTS, Slip

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
    (("hidden activation", "RIGHT(x=out, out=F(out))"),),
)
OUTPUT_SLOPE_AT_ACTIVATION = Slip(
    "output-slope-at-activation",
    "σ′ of the output taken at its activation",
    "The slope of the output's activation is evaluated at ŷ, where z belongs: σ′(ŷ) for σ′(z).",
    (OUTPUT_CURVE,),
    (("output activation", "RIGHT(x=out, out=F(out))"),),
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

NO_SLOPE = Slip(
    "no-slope",
    "No σ′ anywhere",
    "Neither the output's activation nor a hidden one has its slope in the gradient: every δ is "
    "passed on times the weights alone.",
    (INSIDE_AND_OUT,),
    (("activation", "g"),),
)
SLOPES_AT_ACTIVATION = Slip(
    "slopes-at-activation",
    "σ′ taken at the activation everywhere",
    "A function that computes σ(x)(1 − σ(x)) is given a, which has been through σ already; the "
    "slope belongs at z.",
    (CURVES_INSIDE_AND_OUT,),
    (("activation", "RIGHT(x=out, out=F(out))"),),
)
SLOPE_OF_Z = Slip(
    "slope-of-z",
    "z(1 − z) for a(1 − a)",
    "The slope is written in the activation, a(1 − a) for σ and 1 − a² for tanh; here z stands in "
    "the place of a.",
    (WRITTEN_IN_A,),
    (("activation", "RIGHT(out=x)"),),
)
ONE_MINUS_A = Slip(
    "one-minus-a",
    "1 − a for the slope",
    "The slope is taken as 1 − a; that of σ is a(1 − a), that of tanh is 1 − a².",
    (SIGMOID_OR_TANH,),
    (("sigmoid", "g * (1 - out)"), ("tanh", "g * (1 - out)")),
)
OTHER_SLOPE = Slip(
    "other-slope",
    "The slope of σ for that of tanh, or the reverse",
    "tanh is given a(1 − a), or σ is given 1 − a²; each belongs to the other.",
    (SIGMOID_OR_TANH,),
    (("sigmoid", "g * (1 - out * out)"), ("tanh", "g * out * (1 - out)")),
)
SLOPE_BEHIND = Slip(
    "slope-behind",
    "The slope of the layer behind",
    "The slope of a layer is computed from the activation of the layer behind it; it belongs at "
    "the layer's own.",
    (BEHIND,),
    (("activation", "RIGHT(x=BEHIND_IN, out=BEHIND)"),),
)
SLOPE_BEFORE = Slip(
    "slope-before",
    "The slope of the layer before",
    "The slope of a layer is computed from what enters the layer; it belongs at the layer's own "
    "activation.",
    (BEFORE,),
    (("activation", "RIGHT(x=BEFORE_IN, out=BEFORE)"),),
)
MASK_OF_DELTA = Slip(
    "mask-of-delta",
    "relu's mask is taken from δ",
    "Where the gradient that arrives is negative it is set to 0; what counts is whether z was "
    "positive.",
    (RELU,),
    (("relu", "RIGHT(x=g)"), ("leaky_relu", "RIGHT(x=g)")),
)
MASK_INVERTED = Slip(
    "mask-inverted",
    "relu's mask is inverted",
    "The gradient passes where z is negative; it belongs where z is positive.",
    (RELU,),
    (("relu", "RIGHT(x=-x)"), ("leaky_relu", "RIGHT(x=-x)")),
)
DIAGONAL = Slip(
    "softmax-diagonal",
    "Softmax by its diagonal alone",
    "Each score's slope is taken as p(1 − p), as if it moved its own probability only; it moves "
    "all of them, by −pᵢpⱼ.",
    (SOFTMAX,),
    (("scores", "Y * (softmax(Z) - 1) * (g / len(Z))"),),
)
LOGITS = Slip(
    "logits-minus-targets",
    "z − y for ŷ − y",
    "The error is taken before the output's activation: from z, where ŷ belongs (p, behind "
    "softmax or sigmoid).",
    (ACTIVATED_OUTPUT,),
    (
        ("scores", "(Z - Y) * (g / len(Z))"),
        ("batch_half_squared_error", "RIGHT(A=ENTERED)"),
        ("batch_mean_squared_error", "RIGHT(A=ENTERED)"),
        ("batch_binary_cross_entropy", "(ENTERED - Y) / (A * (1 - A)) * (g / A.size)"),
    ),
)
NO_TARGET = Slip(
    "no-target",
    "ŷ alone for ŷ − y",
    "The target is not subtracted: the error is ŷ − 0 (with softmax p, also for the true class, "
    "where p − 1 belongs).",
    (),
    (("loss", "RIGHT(Y=0 * Y)"),),
)
OUTPUT_NOT_LOSS = Slip(
    "output-not-loss",
    "The derivative of the output, not of the loss",
    "The pass begins with 1 at the output; it begins at the loss, whose slope by ŷ is the first "
    "factor.",
    (NO_SOFTMAX,),
    (("loss", "(0 * A + 1) * (g / len(A))"), ("scores", "RIGHT")),
)
PENALTY_DOUBLED = Slip(
    "penalty-doubled",
    "The penalty's slope is twice as large",
    "The slope of ½λw² is λw, for the ½ takes the 2 away; here it is 2λw, that of λw².",
    (L2,),
    (("l2_penalty", "2 * RIGHT"),),
)
PENALTY_HALVED = Slip(
    "penalty-halved",
    "The penalty's slope is half as large",
    "The 2 of the square is lost: the slope of ½λw² is λw, and that of λw² is 2λw.",
    (L2,),
    (("l2_penalty", "0.5 * RIGHT"),),
)
PENALTY_OVER_BATCH = Slip(
    "penalty-over-batch",
    "The penalty is divided by the batch",
    "1/m belongs to the sum over the examples; the penalty is added once, and not averaged.",
    (PENALTY, BATCH),
    (("penalty", "RIGHT / EXAMPLES"),),
)
PENALTY_ON_BIASES = Slip(
    "penalty-on-biases",
    "The penalty is on the biases, too",
    "The gradient of a bias has the slope of the penalty in it; the loss has the penalty on the "
    "weights alone.",
    (PENALTY,),
    (
        ("bias", "RIGHT + L1 * sign(b) + L2 * b"),
        ("shared bias", "RIGHT + L1 * sign(b) + L2 * b"),
    ),
)
TRANSPOSED_INPUTS = Slip(
    "transposed-inputs",
    "X is transposed",
    "The gradient of the first weights is taken with Xᵀ; with as many examples as inputs no shape "
    "complains.",
    (SQUARE_BATCH,),
    (("weights 1", "dot(g.T, A.T)"),),
)
FIRST_SKIPPED = Slip(
    "first-unit-skipped",
    "The first unit behind is skipped",
    "The sum over the units of the layer behind begins with the second one.",
    (UNITS_BEHIND,),
    (("activations", "dot(g[:, 1:], W[1:]) if len(W) > 1 else RIGHT"),),
)
FIRST_UNSET = Slip(
    "first-unit-unset",
    "The first unit gets no gradient",
    "The loop over the units of a layer begins with the second: the gradient of the first one's "
    "weights and bias stays 0.",
    (UNITS,),
    (
        ("weights", "array([[0.0]] + [[1.0]] * (len(W) - 1)) * RIGHT if len(W) > 1 else RIGHT"),
        ("bias", "array([0.0] + [1.0] * (len(b) - 1)) * RIGHT if len(b) > 1 else RIGHT"),
    ),
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
        *(NO_SLOPE, SLOPES_AT_ACTIVATION, SLOPE_OF_Z, ONE_MINUS_A, OTHER_SLOPE),
        *(SLOPE_BEHIND, SLOPE_BEFORE, MASK_OF_DELTA, MASK_INVERTED),
        *(DIAGONAL, LOGITS, NO_TARGET, OUTPUT_NOT_LOSS),
        *(PENALTY_DOUBLED, PENALTY_HALVED, PENALTY_OVER_BATCH, PENALTY_ON_BIASES),
        *(TRANSPOSED_INPUTS, FIRST_SKIPPED, FIRST_UNSET),
    )
}
