"""What people call functions: other libraries' names, their modules, and names near in meaning.

A name that is known elsewhere under one meaning is read as that: np.exp, torch.relu, arcsin. A
name of what is no operation here is refused, with what can be typed in its place: ln(x)/ln(2) for
log2, where(…) for if.
"""

from difflib import get_close_matches

from backprop.engine.ops import FUNCTIONS, OPS

ALIASES = {
    **{"ln": "log", "σ": "sigmoid", "expit": "sigmoid", "logistic": "sigmoid"},
    **{"arcsin": "asin", "arccos": "acos", "arctan": "atan"},
    **{"absolute": "abs", "fabs": "abs", "leakyrelu": "leaky_relu"},
    **{"logaddexp": "logsumexp"},
    **{"maximum": "max", "fmax": "max", "minimum": "min", "fmin": "min"},
    **{"pow": "power", "square": "square", "negative": "negate", "neg": "negate"},
    **{"sub": "subtract", "mul": "multiply", "div": "divide", "true_divide": "divide"},
    **{name: name for name in ("power", "add", "subtract", "multiply", "divide")},
    **{"lt": "less", "le": "less_equal", "gt": "greater", "ge": "greater_equal"},
    **{"eq": "equal", "ne": "not_equal"},
    **{name: name for name in ("less", "less_equal", "greater", "greater_equal")},
    **{name: name for name in ("equal", "not_equal")},
}
# These stand before their operand without parentheses too, sin x; names added later mean a
# function only where they are called, so that a variable of an older formula keeps its name.
WITHOUT_PARENTHESES = frozenset(
    (
        *("exp", "log", "ln", "sqrt", "sin", "cos", "tan", "tanh", "abs", "sign", "step"),
        *("sigmoid", "relu", "leaky_relu", "softplus", "max", "min"),
    )
)
MODULES = frozenset(
    (
        *("np", "numpy", "jnp", "jax", "math", "Math", "cmath", "mpmath", "mp", "scipy", "special"),
        *("torch", "nn", "F", "functional", "tf", "tensorflow", "keras", "K", "sympy", "sp", "cp"),
    )
)
NUMBERS = "This field knows numbers, not matrices or lists"
WRITTEN_OUT = f"{NUMBERS}: write sums and products out, as in w1*x1 + w2*x2."
OF_ARRAYS = frozenset(
    (
        *("len", "sum", "mean", "prod", "dot", "matmul", "mm", "inner", "outer", "transpose"),
        *("norm", "softmax", "argmax", "argmin", "std", "var", "cumsum", "array", "tensor", "mv"),
        *("log_softmax", "cross_entropy", "zeros", "ones", "concat", "einsum", "shape", "size"),
    )
)
INSTEAD = {  # what says the same in operations that are known
    **{"log2": "ln(x)/ln(2)", "log10": "ln(x)/ln(10)", "lg": "ln(x)/ln(10)", "log1p": "ln(1 + x)"},
    **{"expm1": "exp(x) - 1", "exp2": "2^x", "cbrt": "sign(x)*|x|^(1/3)", "rsqrt": "1/sqrt(x)"},
    **{"reciprocal": "1/x", "inv": "1/x", "hypot": "sqrt(x^2 + y^2)", "atan2": "atan(y/x)"},
    **{"arctan2": "atan(y/x)", "sec": "1/cos(x)", "csc": "1/sin(x)", "cosec": "1/sin(x)"},
    **{"cot": "1/tan(x)", "ctg": "1/tan(x)", "sech": "1/cosh(x)", "csch": "1/sinh(x)"},
    **{"coth": "1/tanh(x)", "sinc": "sin(x)/x", "logit": "ln(x/(1 - x))"},
    **dict.fromkeys(("asinh", "arcsinh", "arsinh"), "ln(x + sqrt(x^2 + 1))"),
    **dict.fromkeys(("acosh", "arccosh", "arcosh"), "ln(x + sqrt(x^2 - 1))"),
    **dict.fromkeys(("atanh", "arctanh", "artanh"), "ln((1 + x)/(1 - x))/2"),
    **{"erfc": "1 - erf(x)", "elu": "where(x > 0, x, exp(x) - 1)", "mish": "x*tanh(softplus(x))"},
    **dict.fromkeys(("ndtr", "normcdf", "phi"), "(1 + erf(x/sqrt(2)))/2"),
    **{"relu6": "min(relu(x), 6)", "softsign": "x/(1 + |x|)", "hardtanh": "max(-1, min(x, 1))"},
    **dict.fromkeys(("logsigmoid", "log_sigmoid"), "-softplus(-x)"),
    **dict.fromkeys(("hardsigmoid", "hard_sigmoid"), "max(0, min(x/6 + 0.5, 1))"),
    **dict.fromkeys(("clip", "clamp"), "max(a, min(x, b))"),
    **{"ceil": "-floor(-x)", "round": "floor(x + 0.5)", "trunc": "sign(x)*floor(|x|)"},
    **dict.fromkeys(("mod", "fmod", "remainder"), "x - y*floor(x/y)"),
    **dict.fromkeys(("and_", "logical_and"), "(x > 0)*(y > 0)"),
    **{"tensor": "the number alone", "float": "the number alone", "float64": "the number alone"},
}
MEANT = {  # other languages and fields: their word for an operation here
    **dict.fromkeys(("swish", "sigmoid_linear", "silu6"), "silu"),
    **dict.fromkeys(("sgn", "signum"), "sign"),
    **dict.fromkeys(("heaviside", "heavyside", "unitstep", "unit_step", "threshold"), "step"),
    **dict.fromkeys(("tg", "tang"), "tan"),
    **dict.fromkeys(("arctg", "arctang", "atg"), "atan"),
    **dict.fromkeys(("arcsen", "arsin"), "asin"),
    **{"arcos": "acos", "sen": "sin", "senh": "sinh", "sh": "sinh", "ch": "cosh"},
    **dict.fromkeys(("th", "tgh"), "tanh"),
    **dict.fromkeys(("logistic_sigmoid", "sigm", "sig", "sigma", "logsig"), "sigmoid"),
    **dict.fromkeys(("rectifier", "ramp", "relus", "rectified_linear"), "relu"),
    **dict.fromkeys(("lrelu", "leaky"), "leaky_relu"),
    **dict.fromkeys(("root", "squareroot", "square_root", "racine"), "sqrt"),
    **dict.fromkeys(("sqr", "squared"), "square"),
    **dict.fromkeys(("modulus", "magnitude", "betrag"), "abs"),
    **dict.fromkeys(("if", "iif", "ifelse", "cond", "select", "piecewise", "when"), "where"),
    **dict.fromkeys(("int", "entier", "greatest_integer"), "floor"),
    **dict.fromkeys(("loge", "logarithm"), "ln"),
    **{"exponential": "exp", "larger": "max", "smaller": "min", "gelu_new": "gelu_tanh"},
    **dict.fromkeys(("gelu_fast", "newgelu"), "gelu_tanh"),
}


def operation_called(word: str) -> str:
    """Return the operation that a word names where it is called; empty if it names none."""
    if word in FUNCTIONS:
        return word
    return ALIASES.get(word, "")


def advice(word: str) -> str:
    """Return what to type where a word that is called is no function here."""
    plain = word.lower()
    if plain in INSTEAD:
        return f"Write {INSTEAD[plain]}."
    if plain in OF_ARRAYS:
        return WRITTEN_OUT
    if near := nearest_function(word):
        return f"Did you mean “{near}”?"
    if len(word) == 1:
        return f"For a product write {word}*(…)."
    known = ", ".join(sorted((*FUNCTIONS, "ln")))
    return f"I know {known}; for a product write {word}*(…)."


def nearest_function(word: str) -> str:
    """Return the function nearest in meaning to a word of several letters, else in spelling.

    Empty if none is near, or if the word is known to mean something that is no function here.
    """
    plain = word.lower()
    if len(plain) < 2 or plain in OF_ARRAYS or plain in INSTEAD:
        return ""
    if plain in MEANT or operation_called(plain):
        return MEANT.get(plain) or operation_called(plain)  # Tanh is tanh
    names = (*FUNCTIONS, *(name for name, row in ALIASES.items() if row in OPS))
    names = tuple(name for name in names if len(plain) > 4 or abs(len(name) - len(plain)) < 2)
    return next(iter(get_close_matches(plain, names, n=1, cutoff=0.7)), "")
