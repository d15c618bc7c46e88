"""The catalogue: the slips that can be made in the backward pass of a program.

A slip puts another text in the place of a row's product. Where it can, and which text that is,
stands in texts.py, by the same names.
"""

from backprop.engine.slips.slip import Slip

NO_TRANSPOSE = Slip(
    "no-transpose",
    "The transpose is forgotten",
    "The matrix is multiplied as it stands, without .T. Its shape fits because it is square; its "
    "rows stand where its columns belong.",
)
RESHAPED = Slip(
    "reshaped-for-transposed",
    "Reshaped where it should be transposed",
    "reshape gives the right shape and reads the entries in the old order, row by row. A transpose "
    "exchanges rows and columns.",
)
LOCAL_FORGOTTEN = Slip(
    "local-forgotten",
    "The local derivative is forgotten",
    "What arrives is handed on as it is. It has to be multiplied by how fast this operation "
    "responds, entry by entry.",
)
ARRIVING_FORGOTTEN = Slip(
    "arriving-forgotten",
    "The arriving gradient is forgotten",
    "The local derivative is handed on alone. It has to be multiplied by the gradient that "
    "arrives.",
)
SLOPE_AT_OUTPUT = Slip(
    "slope-at-output",
    "The slope is taken at the result",
    "The slope of a function is taken at what enters it. Here it is taken at what comes out.",
)
SLOPE_AT_INPUT = Slip(
    "slope-at-input",
    "What enters stands where the result belongs",
    "The short form of this slope is written in the result: 1 − a² with a = tanh(z). Here z stands "
    "in the place of a.",
)
BIAS_MEAN = Slip(
    "bias-mean",
    "A mean where the sum belongs",
    "What broadcasting repeated gets the sum of what its copies get. Here that sum is divided by "
    "how many copies there are.",
)
BIAS_FIRST_ROW = Slip(
    "bias-first-row",
    "The first row alone",
    "What broadcasting repeated gets the sum over all rows that used it. Here only the first of "
    "them counts.",
)
BIAS_ALL_AXES = Slip(
    "bias-all-axes",
    "The sum goes over all axes",
    "Broadcasting is undone along the axes that it repeated. Here all axes are added, so every "
    "entry gets the same number.",
)
MEAN_NOT_DIVIDED = Slip(
    "mean-not-divided",
    "The mean is taken for a sum",
    "An entry of a mean counts one n-th, so the gradient is divided by n. Here that is forgotten.",
)
NORM_CONSTANT_MEAN = Slip(
    "norm-constant-mean",
    "The mean is held constant",
    "The mean that is taken away depends on every entry, and sends a gradient back to each. Here "
    "that part is missing.",
)
NORM_CONSTANT_VARIANCE = Slip(
    "norm-constant-variance",
    "The variance is held constant",
    "The deviation that is divided by depends on every entry, and sends a gradient back to each. "
    "Here that part is missing.",
)
SOFTMAX_DIAGONAL = Slip(
    "softmax-diagonal-only",
    "The diagonal of softmax alone",
    "Each score moves all shares of its row, for they add up to 1. Here only the slope of its own "
    "share, p (1 − p), counts.",
)
LOG_SOFTMAX_NO_SUM = Slip(
    "log-softmax-no-sum",
    "The row's sum is forgotten in log-softmax",
    "The shares are multiplied by the sum of what arrives at their row. Here they are taken away "
    "as they are, as if that sum were 1.",
)
CROSS_ENTROPY_NO_N = Slip(
    "cross-entropy-no-n",
    "Cross-entropy is not divided by n",
    "The loss is a mean over n rows, so each row counts one n-th. Here that is forgotten.",
)
CROSS_ENTROPY_NO_TARGET = Slip(
    "cross-entropy-target-forgotten",
    "The target is forgotten in cross-entropy",
    "The slope by the scores is softmax less target. Here the target is not taken away.",
)
MASK_FORGOTTEN = Slip(
    "mask-forgotten",
    "The mask is forgotten on the way back",
    "What the mask held back in the forward pass gets no gradient. Here everything gets what "
    "arrives.",
)
RELU_BY_GRADIENT = Slip(
    "relu-by-gradient-sign",
    "relu looks at the gradient’s sign",
    "relu lets a gradient through where its input is above 0. Here it lets through where the "
    "gradient itself is.",
)
MAX_TO_ALL = Slip(
    "max-to-all",
    "The largest is not chosen on the way back",
    "Only the entry that was the largest moves the result, so it alone gets the gradient. Here all "
    "entries get it.",
)
EMBEDDING_LAST_WINS = Slip(
    "embedding-last-wins",
    "Written where it should be added",
    "A row that was looked up several times gets the sum of what arrives. Here each writes over "
    "the one before.",
)
OVERLAP_WRITTEN = Slip(
    "overlap-written",
    "Overlapping windows write over each other",
    "An entry that stands in several windows gets the sum of what they send. Here the last window "
    "wins.",
)
QUOTIENT_NO_SQUARE = Slip(
    "quotient-no-square",
    "The square of the quotient rule is lost",
    "The slope of x / y by y is −x / y². Here y stands below without its square.",
)
MINUS_LOST = Slip(
    "minus-lost",
    "A minus sign is lost",
    "The slope of x − y by y is −1, and so is that of −x; that of x / y by y is −x / y². Here it "
    "has no minus.",
)
OWN_FACTOR = Slip(
    "own-factor",
    "Its own value instead of the other factor",
    "In a product the slope by each factor is the other one. Here it is the factor itself.",
)
SCALE_FORGOTTEN = Slip(
    "scale-forgotten",
    "A constant factor is forgotten",
    "What is multiplied or divided by a number passes its gradient on multiplied or divided by the "
    "same. Here that is forgotten.",
)
PARTS_SWAPPED = Slip(
    "concat-parts-swapped",
    "The parts are exchanged",
    "What was joined is cut apart again in the same order. Here the parts go back to the wrong "
    "arrays.",
)
ONE_USE_MISSED = Slip(
    "one-use-missed",
    "One use is missed",
    "What is used several times gets a gradient from each use, and they are added. Here one is "
    "not there.",
)

SLIPS: dict[str, Slip] = {
    slip.name: slip
    for slip in (
        *(NO_TRANSPOSE, RESHAPED, LOCAL_FORGOTTEN, ARRIVING_FORGOTTEN),
        *(SLOPE_AT_OUTPUT, SLOPE_AT_INPUT, BIAS_MEAN, BIAS_FIRST_ROW, BIAS_ALL_AXES),
        *(MEAN_NOT_DIVIDED, NORM_CONSTANT_MEAN, NORM_CONSTANT_VARIANCE),
        *(SOFTMAX_DIAGONAL, LOG_SOFTMAX_NO_SUM, CROSS_ENTROPY_NO_N, CROSS_ENTROPY_NO_TARGET),
        *(MASK_FORGOTTEN, RELU_BY_GRADIENT, MAX_TO_ALL, EMBEDDING_LAST_WINS, OVERLAP_WRITTEN),
        *(QUOTIENT_NO_SQUARE, MINUS_LOST, OWN_FACTOR, SCALE_FORGOTTEN, PARTS_SWAPPED),
        ONE_USE_MISSED,
    )
}
