"""What losses and ways to choose initial weights are called on the screen."""

LOSS_TITLES = {
    "half_squared_error": "half squared error",
    "mean_squared_error": "mean squared error",
    "binary_cross_entropy": "binary cross-entropy",
    "cross_entropy": "cross-entropy",
}

SCHEME_TITLES = {
    "xavier": "Xavier, random",
    "he": "He, random",
    "zeros": "all zeros",
    "equal": "all equal",
}
