"""The functions that a formula may call: their values and slopes, from zero to where they overflow.

Golden numbers are mpmath's, with 40 digits.
"""

import math
import operator

import mpmath
import pytest

from backprop.engine.backward import gradient
from backprop.engine.errors import ExpressionError
from backprop.engine.expression import parse
from backprop.engine.function_names import nearest_function
from backprop.engine.ops import COMPARISONS, FUNCTIONS, OPS

mpmath.mp.dps = 40
PHI = mpmath.ncdf
GELU_INSIDE = mpmath.sqrt(2 / mpmath.pi)
GOLDEN = {
    "sinh": mpmath.sinh,
    "cosh": mpmath.cosh,
    "asin": mpmath.asin,
    "acos": mpmath.acos,
    "atan": mpmath.atan,
    "erf": mpmath.erf,
    "gelu": lambda x: x * PHI(x),
    "gelu_tanh": lambda x: x / (1 + mpmath.exp(-2 * GELU_INSIDE * (x + 0.044715 * x**3))),
    "silu": lambda x: x / (1 + mpmath.exp(-x)),
}
SLOPES = {
    "sinh": mpmath.cosh,
    "cosh": mpmath.sinh,
    "asin": lambda x: 1 / mpmath.sqrt(1 - x * x),
    "acos": lambda x: -1 / mpmath.sqrt(1 - x * x),
    "atan": lambda x: 1 / (1 + x * x),
    "erf": lambda x: 2 * mpmath.exp(-x * x) / mpmath.sqrt(mpmath.pi),
    "gelu": lambda x: PHI(x) + x * mpmath.npdf(x),
    "gelu_tanh": lambda x: mpmath.diff(GOLDEN["gelu_tanh"], x),
    "silu": lambda x: mpmath.diff(GOLDEN["silu"], x),
}
INSIDE = (0.0, 1e-9, -0.3, 0.999999, -0.999999)
POINTS = (*INSIDE, 1.0, -1.0, 2.5, -6.0, -20.0, 30.5, -37.5)
TINY = 1e-290  # a number below it has lost digits on the way


def here(text, **at):
    value, slopes = gradient(parse(text), at)
    return value, *slopes.values()


@pytest.mark.parametrize("name", GOLDEN)
def test_values_and_slopes_are_those_of_forty_digits(name):
    for x in INSIDE if name in ("asin", "acos") else POINTS:
        value, slope = here(f"{name}(x)", x=x)
        for ours, golden in (
            (value, GOLDEN[name](mpmath.mpf(x))),
            (slope, SLOPES[name](mpmath.mpf(x))),
        ):
            # the exponential of a square: its error grows with the square
            precise = 1e-11 if name.startswith("gelu") else 1e-13
            assert ours == pytest.approx(float(golden), rel=precise, abs=TINY), (x, golden)


@pytest.mark.parametrize(
    ("text", "x", "value", "slope"),
    [
        ("asin(x)", 1.0, math.pi / 2, math.inf),
        ("acos(x)", -1.0, math.pi, -math.inf),
        ("atan(x)", 1e300, math.pi / 2, 0.0),
        ("erf(x)", 1e300, 1.0, 0.0),
        ("gelu(x)", 1e300, 1e300, 1.0),
        ("gelu(x)", -1e300, 0.0, 0.0),
        ("gelu_tanh(x)", 1e300, 1e300, 1.0),
        ("gelu_tanh(x)", -1e300, 0.0, 0.0),
        ("silu(x)", 1e300, 1e300, 1.0),
        ("silu(x)", -1e300, 0.0, 0.0),
        ("gelu(x) + silu(x) + gelu_tanh(x)", -math.inf, 0.0, 0.0),
        ("sinh(x)", 1000.0, math.inf, math.inf),
        ("floor(x)", -0.5, -1.0, 0.0),
        ("floor(x)", 3.0, 3.0, 0.0),
        ("floor(x)", 1e300, 1e300, 0.0),
        ("floor(x)", math.inf, math.inf, 0.0),
        ("sign(x)", 0.0, 0.0, 0.0),
    ],
)
def test_at_the_ends_the_limits_are_taken(text, x, value, slope):
    assert here(text, x=x) == (value, slope)


HOLDS = (operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne)


@pytest.mark.parametrize(("sign", "holds"), [*zip(COMPARISONS, HOLDS, strict=True)])
@pytest.mark.parametrize(("x", "y"), [(1.0, 2.0), (2.0, 1.0), (1.0, 1.0), (-0.0, 0.0)])
def test_a_comparison_is_one_or_zero_with_slope_zero(sign, holds, x, y):
    assert here(f"x {sign} y", x=x, y=y) == (float(holds(x, y)), 0.0, 0.0)


@pytest.mark.parametrize("sign", COMPARISONS)
def test_beside_nan_a_comparison_is_nan(sign):
    assert math.isnan(here(f"x {sign} y", x=math.nan, y=1.0)[0])


OTHER_NAMES = {
    "np.exp(x)": "exp(x)",
    "numpy.arctan(x)": "atan(x)",
    "math.sin(x) + math.pi": "sin(x) + pi",
    "np.pi * x": "pi * x",
    "x * math.e": "x * e",
    "Math.PI * Math.sin(x)": "pi * sin(x)",
    "torch.relu(x)": "relu(x)",
    "torch.nn.functional.relu(x)": "relu(x)",
    "F.relu(x) + F.gelu(x) + F.leaky_relu(x)": "relu(x) + gelu(x) + leaky_relu(x)",
    "nn.ReLU(x)": "relu(x)",
    "jnp.tanh(x)": "tanh(x)",
    "jax.nn.silu(x)": "silu(x)",
    "tf.nn.sigmoid(x)": "sigmoid(x)",
    "scipy.special.expit(x)": "sigmoid(x)",
    "np.where(x >= 1, np.sqrt(x), x)": "where(x >= 1, sqrt(x), x)",
    "np.maximum(x, 0)": "max(x, 0)",
    "torch.pow(x, 2) - np.power(x, 3)": "x^2 - x^3",
    "np.square(x)": "x^2",
    "np.absolute(x) + logistic(x)": "|x| + sigmoid(x)",
    "arcsin(x) + arccos(x)": "asin(x) + acos(x)",
    "np.subtract(x, np.multiply(y, z))": "x - y * z",
    "x ≤ 1": "x <= 1",
    "x ≠ 1": "x != 1",
    "np.less(x, 1)": "x < 1",
}


@pytest.mark.parametrize(("typed", "plain"), OTHER_NAMES.items())
def test_the_names_of_other_libraries_are_read_as_their_function(typed, plain):
    assert parse(typed) == parse(plain)


@pytest.mark.parametrize("name", ["floor", "where", "erf", "np", "math", "F", "power", "square"])
def test_a_name_that_was_a_variable_stays_one_where_it_is_not_called(name):
    assert parse(f"2*{name} + x").variables == (name, "x")


MEANT = {
    **{"swish": "silu", "arctg": "atan", "tg": "tan", "sgn": "sign", "heaviside": "step"},
    **{
        "len": "",
        "sum": "",
        "Sigmiod": "sigmoid",
        "sen": "sin",
        "piecewise": "where",
    },
    **{"ReLU": "relu", "foo": "", "root": "sqrt", "if": "where", "Log": "log"},
}


@pytest.mark.parametrize(("word", "function"), MEANT.items())
def test_a_suggestion_is_near_in_meaning(word, function):
    assert nearest_function(word) == function
    if function:
        with pytest.raises(ExpressionError, match=f"Did you mean “{function}”"):
            parse(f"{word}(x)")


INSTEAD = {
    "log2(x)": "ln(x)/ln(2)",
    "np.log10(x)": "ln(x)/ln(10)",
    "clip(x, 0, 1)": "max(a, min(x, b))",
    "elu(x)": "where(x > 0, x, exp(x) - 1)",
    "len(x)": "not matrices or lists",
    "softmax(x)": "not matrices or lists",
    "x^T": "numbers, not matrices",
    "w^T x": "numbers, not matrices",
    "(a + b)^T": "numbers, not matrices",
    "x.T": "numbers, not matrices",
    "A @ B": "numbers, not matrices",
    "xᵀ": "numbers, not matrices",
    "[1, 2]": "numbers, not matrices",
    "np.dot(a, b)": "numbers, not matrices",
    "x.sin()": "Write sin(x).",
    "torch.sin": "Write torch.sin(x).",
    "a < b < c": "Write (a < b)*(b < …).",
    "x if x > 0 else 0": "Write where(x > 0, x, y)",
    "x ? 1 : 2": "Write where(x > 0, a, b)",
    "x > 0 and y > 0": "Write where(x > 0, x, y)",
    "where(x, 1)": "a condition and two values, not 2",
    "power(x)": "two arguments, not 1",
    "np.inf + x": "Of numbers, pi and e are known",
}


@pytest.mark.parametrize(("typed", "words"), INSTEAD.items())
def test_what_cannot_be_typed_is_refused_with_what_can(typed, words):
    with pytest.raises(ExpressionError) as refused:
        parse(typed)
    assert words in str(refused.value)


def test_t_is_a_number_where_it_stands_elsewhere_too():
    assert parse("T * x^T") == parse("T * x^(T)")
    assert parse("2^T").variables == ("T",)


def test_each_function_says_what_it_is_and_is_drawn_with_a_name():
    assert all(row.symbol and row.title for row in FUNCTIONS.values())
    assert OPS["floor"].partials == ("0",)
