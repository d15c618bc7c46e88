"""The operations: how each computes a value, and how it passes a gradient back.

Notation, in every module of the engine:
    x, y   inputs of an operation             out   its output
    g      gradient arriving at the output, ∂loss/∂out, shaped like out
    W, b   weights [out, in] and bias [out]   z, a  before and after the activation
    p      an output ŷ that a loss compares with y

A scalar operation states its value and its partial derivatives once, as text; rules.py makes
code of it, for floats and for NumPy columns. The operations that take any number of inputs stand in
families.py, those on arrays in array_ops.py.
"""

import math
import re
from collections import ChainMap
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from backprop.engine.array_ops import PHRASES
from backprop.engine.array_ops import ArrayOperation as ArrayOperation
from backprop.engine.arrays.words import PROGRAMS
from backprop.engine.compiled.rules import ARRAYS, CALLABLE, FLOATS, Dialect, compiled, write


@dataclass(frozen=True, slots=True)
class Operation:
    """A scalar operation: its value, its slopes, and the points at which they are tested."""

    name: str
    symbol: str  # drawn in the graph's node
    title: str  # said in a sentence: "the slope of the sigmoid"
    inputs: tuple[str, ...]
    value: str
    partials: tuple[str, ...]  # ∂out/∂input, for each input
    samples: tuple[tuple[float, ...], ...]
    typed: str = ""  # how a formula calls it: "+" between its inputs, or "tanh" before them
    activates: bool = False  # whether it may stand as a neuron's activation
    kernel: str = ""  # replaces the value's code where the textbook's text would overflow
    partial_kernels: tuple[str, ...] = ()  # the same for the partials
    flows: tuple[str, ...] = ()  # when anything flows back to each input, if not always

    @property
    def code(self) -> str:
        """The text that is computed: the kernel where there is one, else the printed rule."""
        return self.kernel or self.value

    @property
    def partial_codes(self) -> tuple[str, ...]:
        """The text that is computed for each partial derivative."""
        return self.partial_kernels or self.partials

    def flow(self, which: int) -> str:
        """The condition under which a gradient flows back to an input: “c != 0”, “True”, “False”.

        Where it does not hold the input is not used: its slope is 0 whatever stands behind it.
        """
        if self.flows:
            return self.flows[which]
        return str(self.partials[which] != "0")

    def evaluate(self, *point: Any) -> Any:
        """Return the value at a point, of floats or of NumPy columns; never raises."""
        with np.errstate(all="ignore"):
            return _function(self.code, self.inputs, ARRAYS)(*map(np.float64, point))

    def local_derivatives(self, out: Any, *point: Any) -> tuple[Any, ...]:
        """Return ∂out/∂input for each input, at a point whose value is `out`."""
        with np.errstate(all="ignore"):
            names, here = ("out", *self.inputs), tuple(map(np.float64, (out, *point)))
            slopes = (_function(code, names, ARRAYS) for code in self.partial_codes)
            return tuple(slope(*here) for slope in slopes)


IMPOSSIBLE = (OverflowError, ZeroDivisionError, ValueError)  # floats raise them for ∞ and NaN


def compute(row: Operation | ArrayOperation, *inputs: Any) -> Any:
    """Return the value of an operation; never raises.

    Floats are computed as Python does, and as NumPy does where Python would raise.
    """
    if isinstance(row, ArrayOperation) and row.in_programs:
        return _calculate_in_program(row.code, row.inputs, inputs)
    return calculate(row.code, row.inputs, inputs)


def local_derivative(row: Operation, which: int, out: Any, *inputs: Any) -> Any:
    """Return ∂out/∂input for one of the inputs, where the value is `out`; never raises."""
    return calculate(row.partial_codes[which], ("out", *row.inputs), (out, *inputs))


def flows_back(row: Operation, which: int, *inputs: Any) -> bool:
    """Whether a gradient flows back to an input: not to the branch that a choice leaves out."""
    return bool(calculate(row.flow(which), row.inputs, inputs))


def pass_back(row: ArrayOperation, which: int, g: Any, out: Any, *inputs: Any) -> Any:
    """Return g · ∂out/∂input for one of the inputs, where g arrives at the value `out`."""
    names, numbers = ("g", "out", *row.inputs), (g, out, *inputs)
    if row.in_programs:
        return _calculate_in_program(row.product_codes[which], names, numbers)
    return calculate(row.product_codes[which], names, numbers)


@lru_cache(maxsize=256)
def jumps_at_zero(row: Operation) -> bool:
    """Whether the value or the slope of an operation of one input jumps at 0, as relu's does."""
    if len(row.inputs) != 1:
        return False
    left, right = compute(row, -1e-9), compute(row, 1e-9)
    bend = local_derivative(row, 0, right, 1e-9) - local_derivative(row, 0, left, -1e-9)
    return math.isfinite(left) and bool(abs(right - left) > 1e-6 or abs(bend) > 1e-6)


@lru_cache(maxsize=256)
def bends(row: Operation) -> bool:
    """Whether the slope of an operation of one input at its value is not that at the input."""
    for x in (-1.0, 1.0):
        out = compute(row, x)
        if local_derivative(row, 0, out, x) != local_derivative(row, 0, compute(row, out), out):
            return True
    return False


def calculate(text: str, names: tuple[str, ...], arguments: tuple[Any, ...]) -> Any:
    """Return what a text says of the numbers or arrays that it names; never raises."""
    if all(type(argument) is float for argument in arguments):
        try:
            return float(_function(text, names, FLOATS)(*arguments))
        except IMPOSSIBLE:
            with np.errstate(all="ignore"):
                return float(_function(text, names, ARRAYS)(*map(np.float64, arguments)))
    with np.errstate(all="ignore"):
        return _function(text, names, ARRAYS)(*arguments)


@np.errstate(all="ignore")
def _calculate_in_program(text: str, names: tuple[str, ...], arguments: tuple[Any, ...]) -> Any:
    """Return what a text in the language of programs says; a number is an array without axes."""
    return _function(text, names, PROGRAMS)(*map(np.asarray, arguments))


@lru_cache(maxsize=4096)
def _function(text: str, names: tuple[str, ...], dialect: Dialect) -> Callable[..., Any]:
    """Return a rule's text as a function of what it names."""
    written = write(text, {}, dialect, WORDS if dialect.writes_out else {})
    return compiled("rule", ", ".join(names), [f"return {written}"], dialect)


COMPARISONS = ("<", "<=", ">", ">=", "==", "!=")
CALLED = re.compile(r"([a-z_]\w*)\(")
OF_MANY = ("largest", "true_score", "scores_beyond")  # functions of any number of inputs
COMMON = frozenset((*CALLABLE, *OF_MANY, *PHRASES, "where", "rare"))  # what every text may call


def table(rows: tuple[Operation, ...]) -> dict[str, Operation]:
    """Return operations by name.

    A value calls only primitives and rows above its own, so that writing it out comes to an end;
    a partial derivative may call any row.
    """
    found: dict[str, Operation] = {}
    for row in rows:
        _check_calls(row, (row.value, row.kernel), {*found, *COMMON}, "a row above it")
        found[row.name] = row
    for row in rows:
        _check_calls(row, (*row.partials, *row.partial_kernels), {*found, *COMMON}, "a row")
        assert row.typed in ("", row.name, *"+-*/", "**", *COMPARISONS), (
            f"“{row.name}” is typed by another name."
        )
    return found


def _check_calls(row: Operation, texts: tuple[str, ...], known: set[str], which: str) -> None:
    for text in texts:
        for name in CALLED.findall(text):
            assert name in known, (
                f"The row of “{row.name}” calls “{name}”, which is neither {which} nor one of "
                f"{', '.join(sorted(COMMON))}: “{text}”."
            )


ADD = Operation(
    name="add",
    symbol="+",
    title="sum",
    inputs=("x", "y"),
    value="x + y",
    partials=("1", "1"),
    samples=((3.0, -2.0), (0.0, 5.0)),
    typed="+",
)
SUBTRACT = Operation(
    name="subtract",
    symbol="−",
    title="difference",
    inputs=("x", "y"),
    value="x - y",
    partials=("1", "-1"),
    samples=((3.0, -2.0), (0.0, 5.0)),
    typed="-",
)
MULTIPLY = Operation(
    name="multiply",
    symbol="×",
    title="product",
    inputs=("x", "y"),
    value="x * y",
    partials=("y", "x"),
    samples=((3.0, -2.0), (0.0, 5.0)),
    typed="*",
)
DIVIDE = Operation(
    name="divide",
    symbol="÷",
    title="quotient",
    inputs=("x", "y"),
    value="x / y",
    partials=("1 / y", "-x / y ** 2"),
    samples=((3.0, -2.0), (0.0, 5.0), (-1.5, 0.3)),
    typed="/",
)
POWER = Operation(
    name="power",
    symbol="^",
    title="power",
    inputs=("x", "y"),
    value="x ** y",
    partials=("y * x ** (y - 1)", "out * log(x)"),
    # 0·∞ where the base is 0: there PyTorch's answer is 0, and so is the limit from the right
    partial_kernels=(
        "where(y == 0, 0 * x, y * x ** (y - 1))",
        "where(x == 0, 0 * y, out * log(where(x == 0, 1, x)))",
    ),
    samples=((3.0, -2.0), (0.5, 2.5), (1.7, 0.0)),
    typed="**",
)
NEGATE = Operation(
    name="negate",
    symbol="−",
    title="negative",
    inputs=("x",),
    value="-x",
    partials=("-1",),
    samples=((3.0,), (-0.5,)),
    typed="-",
)
EXP = Operation(
    name="exp",
    symbol="exp",
    title="exponential",
    inputs=("x",),
    value="exp(x)",
    partials=("out",),
    samples=((0.0,), (-3.0,), (1.5,)),
    typed="exp",
)
LOG = Operation(
    name="log",
    symbol="ln",
    title="natural logarithm",
    inputs=("x",),
    value="log(x)",
    partials=("1 / x",),
    samples=((1.0,), (0.3,), (7.0,)),
    typed="log",
)
SQRT = Operation(
    name="sqrt",
    symbol="√",
    title="square root",
    inputs=("x",),
    value="sqrt(x)",
    partials=("1 / (2 * out)",),
    samples=((1.0,), (0.3,), (7.0,)),
    typed="sqrt",
)
SIN = Operation(
    name="sin",
    symbol="sin",
    title="sine",
    inputs=("x",),
    value="sin(x)",
    partials=("cos(x)",),
    samples=((0.0,), (2.0,), (-4.0,)),
    typed="sin",
)
COS = Operation(
    name="cos",
    symbol="cos",
    title="cosine",
    inputs=("x",),
    value="cos(x)",
    partials=("-sin(x)",),
    samples=((0.0,), (2.0,), (-4.0,)),
    typed="cos",
)
TAN = Operation(
    name="tan",
    symbol="tan",
    title="tangent",
    inputs=("x",),
    value="tan(x)",
    partials=("1 + out ** 2",),
    samples=((0.0,), (1.0,), (-0.7,)),
    typed="tan",
)
TANH = Operation(
    name="tanh",
    symbol="tanh",
    title="hyperbolic tangent",
    inputs=("x",),
    value="tanh(x)",
    partials=("1 - out ** 2",),
    partial_kernels=("rare(out * out > 0.999, 1 - out * out, tanh_slope(x, out))",),
    samples=((0.0,), (1.0,), (-2.5,), (5.0,)),
    typed="tanh",
    activates=True,
)
SIGMOID = Operation(
    name="sigmoid",
    symbol="σ",
    title="sigmoid",
    inputs=("x",),
    value="1 / (1 + exp(-x))",
    partials=("out * (1 - out)",),
    # exp(-x) overflows below -709; the printed rule stays the textbook's
    kernel="exp(where(x < 0, x, 0 * x)) / (1 + exp(-abs(x)))",
    partial_kernels=("rare(out > 0.999, out * (1 - out), sigmoid_slope(x, out))",),
    samples=((0.0,), (-3.0,), (2.5,), (-800.0,)),
    typed="sigmoid",
    activates=True,
)
RELU = Operation(
    name="relu",
    symbol="relu",
    title="rectified linear unit",
    inputs=("x",),
    value="where(x <= 0, 0, x)",
    partials=("where(x <= 0, 0, 1)",),
    samples=((2.0,), (-3.0,)),
    typed="relu",
    activates=True,
)
LEAKY_RELU = Operation(
    name="leaky_relu",
    symbol="leaky",
    title="leaky rectified linear unit",
    inputs=("x",),
    value="where(x <= 0, 0.01 * x, x)",
    partials=("where(x <= 0, 0.01, 1)",),
    samples=((2.0,), (-3.0,)),
    typed="leaky_relu",
    activates=True,
)
SOFTPLUS = Operation(
    name="softplus",
    symbol="softplus",
    title="softplus",
    inputs=("x",),
    value="log(1 + exp(x))",
    partials=("sigmoid(x)",),
    # exp(x) overflows above 709, and log(1 + tiny) loses every digit below -36
    kernel="where(x < 0, 0 * x, x) + log1p(exp(-abs(x)))",
    samples=((0.0,), (-3.0,), (2.5,), (30.0,)),
    typed="softplus",
    activates=True,
)
ABS = Operation(
    name="abs",
    symbol="|x|",
    title="absolute value",
    inputs=("x",),
    value="abs(x)",
    partials=("where(x < 0, -1, where(x > 0, 1, 0))",),
    samples=((2.0,), (-3.0,)),
    typed="abs",
)
SIGN = Operation(
    name="sign",
    symbol="sign",
    title="sign",
    inputs=("x",),
    value="where(x < 0, -1, where(x > 0, 1, 0))",
    partials=("0",),
    kernel="where(x < 0, -1.0, where(x > 0, 1.0, 0 * x))",  # NaN stays NaN
    samples=((2.0,), (-3.0,)),
    typed="sign",
)
STEP = Operation(
    name="step",
    symbol="step",
    title="step function",
    inputs=("x",),
    value="where(x <= 0, 0, 1)",
    partials=("0",),
    kernel="where(x <= 0, 0.0, where(x > 0, 1.0, x))",
    samples=((2.0,), (-3.0,)),
    typed="step",
)
MAX = Operation(
    name="max",
    symbol="max",
    title="larger",
    inputs=("x", "y"),
    value="where(x >= y, x, y)",
    partials=("where(x > y, 1, where(x < y, 0, 0.5))", "where(y > x, 1, where(y < x, 0, 0.5))"),
    kernel="where(x > y, x, where(x < y, y, (x + y) / 2))",  # NaN beside a number stays NaN
    samples=((3.0, -2.0), (-1.0, 5.0)),
    typed="max",
)
MIN = Operation(
    name="min",
    symbol="min",
    title="smaller",
    inputs=("x", "y"),
    value="where(x <= y, x, y)",
    partials=("where(x < y, 1, where(x > y, 0, 0.5))", "where(y < x, 1, where(y > x, 0, 0.5))"),
    kernel="where(x < y, x, where(x > y, y, (x + y) / 2))",
    samples=((3.0, -2.0), (-1.0, 5.0)),
    typed="min",
)
LOGSUMEXP = Operation(  # of three: logsumexp(logsumexp(x, y), z)
    name="logsumexp",
    symbol="ln Σe",
    title="log-sum-exp",
    inputs=("x", "y"),
    value="log(exp(x) + exp(y))",
    partials=("exp(x - out)", "exp(y - out)"),  # the shares that softmax gives x and y
    # exp(x) overflows above 709; the larger of the two is taken out of the sum
    kernel="where(x < y, y, x) + log1p(exp(-abs(where(x == y, 0 * x, x - y))))",
    partial_kernels=("sigmoid(x - y)", "sigmoid(y - x)"),
    samples=((3.0, -2.0), (0.5, 0.5), (-1.0, 40.0)),
    typed="logsumexp",
)
XLOGY = Operation(
    name="xlogy",
    symbol="x·ln y",
    title="product with a logarithm",
    inputs=("x", "y"),
    value="x * log(y)",
    partials=("log(y)", "x / y"),
    # 0·ln 0 is 0, as entropy wants it
    kernel="where(x == 0, 0 * x, x * log(where(x == 0, 1, y)))",
    partial_kernels=("log(y)", "where(x == 0, 0 * x, x / where(x == 0, 1, y))"),
    samples=((3.0, 2.0), (0.0, 0.5), (-1.0, 0.1)),
)

SINH = Operation(
    name="sinh",
    symbol="sinh",
    title="hyperbolic sine",
    inputs=("x",),
    value="sinh(x)",
    partials=("cosh(x)",),
    samples=((0.0,), (2.0,), (-3.5,)),
    typed="sinh",
)
COSH = Operation(
    name="cosh",
    symbol="cosh",
    title="hyperbolic cosine",
    inputs=("x",),
    value="cosh(x)",
    partials=("sinh(x)",),
    samples=((0.0,), (2.0,), (-3.5,)),
    typed="cosh",
)
ASIN = Operation(
    name="asin",
    symbol="arcsin",
    title="arcsine",
    inputs=("x",),
    value="asin(x)",
    partials=("1 / sqrt(1 - x ** 2)",),
    partial_kernels=("1 / sqrt((1 - x) * (1 + x))",),  # 1 − x² loses the digits of 1 − x
    samples=((0.0,), (0.5,), (-0.9,)),
    typed="asin",
)
ACOS = Operation(
    name="acos",
    symbol="arccos",
    title="arccosine",
    inputs=("x",),
    value="acos(x)",
    partials=("-1 / sqrt(1 - x ** 2)",),
    partial_kernels=("-1 / sqrt((1 - x) * (1 + x))",),
    samples=((0.0,), (0.5,), (-0.9,)),
    typed="acos",
)
ATAN = Operation(
    name="atan",
    symbol="arctan",
    title="arctangent",
    inputs=("x",),
    value="atan(x)",
    partials=("1 / (1 + x ** 2)",),
    samples=((0.0,), (2.0,), (-40.0,)),
    typed="atan",
)
ERF = Operation(
    name="erf",
    symbol="erf",
    title="error function",
    inputs=("x",),
    value="erf(x)",
    partials=("2 * exp(-x ** 2) / sqrt(pi)",),
    samples=((0.0,), (0.7,), (-2.0,)),
    typed="erf",
)
GELU = Operation(
    name="gelu",
    symbol="gelu",
    title="Gaussian error linear unit",
    inputs=("x",),
    value="0.5 * x * (1 + erf(x / sqrt(2)))",
    partials=("0.5 * (1 + erf(x / sqrt(2))) + x * exp(-x ** 2 / 2) / sqrt(2 * pi)",),
    # 1 + erf loses every digit far below 0; farther still, 0 · ∞ is NaN
    kernel="where(x < -40, 0.0, 0.5 * x * erfc(-x / sqrt(2)))",
    partial_kernels=(
        "where(abs(x) > 40, where(x > 0, 1.0, 0.0), "
        "0.5 * erfc(-x / sqrt(2)) + x * exp(-x ** 2 / 2) / sqrt(2 * pi))",
    ),
    samples=((0.0,), (0.7,), (-2.0,), (6.0,)),
    typed="gelu",
)
_TWICE_U = "(sqrt(8 / pi) * (x + 0.044715 * x ** 3))"
GELU_TANH = Operation(
    name="gelu_tanh",
    symbol="gelu tanh",
    title="Gaussian error linear unit by tanh",
    inputs=("x",),
    value="0.5 * x * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x ** 3)))",
    partials=(
        "0.5 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x ** 3)))"
        " + 0.5 * x * (1 - tanh(sqrt(2 / pi) * (x + 0.044715 * x ** 3)) ** 2)"
        " * sqrt(2 / pi) * (1 + 0.134145 * x ** 2)",
    ),
    # ½(1 + tanh u) is σ(2u), without its rounding; far from 0, x³ would overflow
    kernel=f"where(abs(x) > 30, where(x > 0, x, 0.0), x * sigmoid({_TWICE_U}))",
    partial_kernels=(
        f"where(abs(x) > 30, where(x > 0, 1.0, 0.0), sigmoid({_TWICE_U}) * (1 + sqrt(8 / pi) * x"
        f" * (1 + 0.134145 * x ** 2) * sigmoid(-{_TWICE_U})))",
    ),
    samples=((0.0,), (0.7,), (-2.0,), (6.0,)),
    typed="gelu_tanh",
)
SILU = Operation(
    name="silu",
    symbol="silu",
    title="sigmoid linear unit",
    inputs=("x",),
    value="x / (1 + exp(-x))",
    partials=("sigmoid(x) * (1 + x * (1 - sigmoid(x)))",),
    # exp(-x) overflows below -709
    kernel="where(abs(x) > 800, where(x > 0, x, 0.0), x * sigmoid(x))",
    partial_kernels=(
        "where(abs(x) > 800, where(x > 0, 1.0, 0.0), sigmoid(x) * (1 + x * sigmoid(-x)))",
    ),
    samples=((0.0,), (-3.0,), (2.5,)),
    typed="silu",
)
FLOOR = Operation(
    name="floor",
    symbol="⌊x⌋",
    title="floor",
    inputs=("x",),
    value="floor(x)",
    partials=("0",),  # at whole numbers it jumps: by convention 0 there too
    samples=((2.5,), (-3.25,)),
    typed="floor",
)


def _comparison(name: str, sign: str, title: str, outcomes: tuple[int, int, int]) -> Operation:
    """Return the row of a comparison: 1 where it holds, 0 where it does not.

    `outcomes` says which where x is less than y, equal to it, and more; beside NaN it is NaN.

    It is flat on both sides and jumps between them; its slope counts as 0 everywhere.
    """
    less, tie, more = map(float, outcomes)
    return Operation(
        name=name,
        symbol=sign,
        title=title,
        inputs=("x", "y"),
        value=f"where(x {sign} y, 1, 0)",
        partials=("0", "0"),
        kernel=f"where(x < y, {less}, where(x > y, {more}, where(x == y, {tie}, x + y)))",
        samples=((3.0, -2.0), (-1.0, 5.0)),
        typed=sign,
    )


LESS = _comparison("less", "<", "comparison “less than”", (1, 0, 0))
LESS_EQUAL = _comparison("less_equal", "<=", "comparison “at most”", (1, 1, 0))
GREATER = _comparison("greater", ">", "comparison “greater than”", (0, 0, 1))
GREATER_EQUAL = _comparison("greater_equal", ">=", "comparison “at least”", (0, 1, 1))
EQUAL = _comparison("equal", "==", "comparison “equal to”", (0, 1, 0))
NOT_EQUAL = _comparison("not_equal", "!=", "comparison “unequal to”", (1, 0, 1))
WHERE = Operation(
    name="where",
    symbol="where",
    title="choice",
    inputs=("c", "x", "y"),
    value="where(c != 0, x, y)",
    partials=("0", "where(c != 0, 1, 0)", "where(c != 0, 0, 1)"),
    kernel="where(c == 0, y, where(c == c, x, c))",  # NaN decides nothing
    samples=((1.0, 3.0, -2.0), (0.0, 3.0, -2.0), (-0.5, 0.3, 4.0)),
    typed="where",
    flows=("False", "c != 0", "c == 0"),
)

OPS: dict[str, Operation] = table(
    (
        *(ADD, SUBTRACT, MULTIPLY, DIVIDE, POWER, NEGATE),
        *(EXP, LOG, SQRT, SIN, COS, TAN, TANH),
        *(SIGMOID, RELU, LEAKY_RELU, SOFTPLUS),
        *(ABS, SIGN, STEP, MAX, MIN, XLOGY),
        LOGSUMEXP,
        *(SINH, COSH, ASIN, ACOS, ATAN, ERF, GELU, GELU_TANH, SILU, FLOOR),
        *(LESS, LESS_EQUAL, GREATER, GREATER_EQUAL, EQUAL, NOT_EQUAL, WHERE),
    )
)
WORDS: Mapping[str, Any] = ChainMap[str, Any](OPS, PHRASES)  # what a text may be made of


class Rows(Mapping[str, Operation]):
    """Some of the operations by name, looked up when asked: a row added to OPS is here as well.

    Args:
        chosen: whether an operation belongs here.
        reading: what is given for it.
    """

    def __init__(
        self,
        chosen: Callable[[Operation], bool] = lambda _: True,
        reading: Callable[[Operation], Operation] = lambda row: row,
    ) -> None:
        self._chosen = chosen
        self._reading = reading

    def __getitem__(self, name: str) -> Operation:
        row = OPS[name]
        if not self._chosen(row):
            raise KeyError(name)
        return self._reading(row)

    def __iter__(self) -> Iterator[str]:
        return (name for name, row in OPS.items() if self._chosen(row))

    def __len__(self) -> int:
        return sum(1 for _ in self)


FUNCTIONS = Rows(lambda row: row.typed == row.name)  # what a formula calls by its name
APPLIED = Rows(lambda row: row.typed == row.name or row.typed in COMPARISONS)  # to what is typed
ACTIVATING = Rows(lambda row: row.activates)
TEXTBOOK = Rows(reading=lambda row: replace(row, kernel="", partial_kernels=()))


@lru_cache(maxsize=4096)
@lru_cache(maxsize=2048)
def template(text: str, inputs: tuple[str, ...], dialect: Dialect) -> str:
    """Return a row's text as a format string of code: {0}, {1} … are its inputs, {out}, {g}."""
    names = {name: f"_{i}_" for i, name in enumerate(inputs)} | {"out": "_out_", "g": "_g_"}
    written = write(text, names, dialect, WORDS if dialect.writes_out else {})
    for name in names.values():
        written = written.replace(name, "{" + name.strip("_") + "}")
    return written
