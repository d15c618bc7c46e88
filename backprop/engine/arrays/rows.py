"""The rows: how each word of the language computes a value, and what it passes back.

    x, y …  what the word is applied to      out   its result      g   what arrives, shaped like out

A row is built for known shapes: (name, parameters, shapes of the inputs) → an ArrayRow, so that
`mean` knows its 8 and `add` knows whether broadcasting must be undone. Its texts are in the
language itself; so what the backward pass computes is more lines of it. Beside each text stands the
code that is run in its place, the same with fewer calls, and a test holds the two equal.

The words come in pairs, each the other's transpose:

    sum ↔ spread    fit ↔ broadcast_to    x[I] ↔ placed    windows ↔ overlap_add
    pad, concat ↔ a slice    stack ↔ x[k]    reshape, transpose ↔ themselves
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import prod
from typing import Any

from backprop.engine.array_ops import ArrayOperation
from backprop.engine.arrays.shapes import Shape, broadcast
from backprop.engine.compiled.rules import ARRAYS, read, write
from backprop.engine.ops import COMPARISONS, OPS, WORDS, Operation

Parameters = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class ArrayRow(ArrayOperation):
    """A word at known shapes.

    Attributes:
        shape: of the result.
        work: the multiplications and additions it costs, about.
        partials: of an operation entry by entry, ∂out/∂input for each input, as text.
    """

    shape: Shape = ()
    work: int = 0
    partials: tuple[str, ...] = ()

    @property
    def in_programs(self) -> bool:
        """A row is a word of a program."""
        return True


Build = Callable[[Parameters, tuple[Shape, ...]], ArrayRow]

ROWS: dict[str, Build] = {}  # what a node of a program names, and how its row is built


def row(*names: str) -> Callable[[Build], Build]:
    """Register a function as what builds the rows of these names."""

    def register(build: Build) -> Build:
        ROWS.update(dict.fromkeys(names, build))
        return build

    return register


@lru_cache(maxsize=4096)
def array_row(name: str, parameters: Parameters, shapes: tuple[Shape, ...]) -> ArrayRow:
    """Return the row of a word for these parameters and shapes of its inputs.

    Raises:
        ShapeError: the shapes do not fit.
    """
    if name in ENTRYWISE:
        return _entrywise(name, shapes)
    return ROWS[name](parameters, shapes)


def fitted(text: str, code: str, letter: str, wide: Shape, narrow: Shape) -> tuple[str, str]:
    """Return a product's text and code, summed to the input's shape where that was broadcast."""
    if wide == narrow:
        return text, code
    ahead = len(wide) - len(narrow)
    axes = [*range(ahead)]
    axes += [ahead + i for i, n in enumerate(narrow) if n == 1 and wide[ahead + i] != 1]
    if axes == [0] and len(wide) == 2 and len(narrow) == 1:
        return f"fit({text}, {letter})", f"dot(ones({wide[0]}), {code})"
    total = f"total({code}, {_axes_code(axes, len(wide))})"
    if len(narrow) != len(wide) - len(axes):
        total += f".reshape({narrow})"
    return f"fit({text}, {letter})", total


def _axes_code(axes: Sequence[int], count: int) -> str:
    if len(axes) == count:
        return "None"
    return str(axes[0]) if len(axes) == 1 else str(tuple(axes))


# Entry by entry


NAMES = {  # what the language calls a scalar operation, where that is another word
    **{"max": "maximum", "min": "minimum"},
}
SIGNS = {"add": "+", "subtract": "-", "multiply": "*", "divide": "/", "power": "**"}
SIGNS |= {each.name: each.typed for each in OPS.values() if each.typed in COMPARISONS}
_CALLED = [each.name for each in OPS.values() if each.typed == each.name and each.name != "where"]
ENTRYWISE: dict[str, Operation] = {  # by the language's name
    **{name: OPS[name] for name in (*SIGNS, "negate", "where")},
    **{NAMES.get(name, name): OPS[name] for name in _CALLED if name != "logsumexp"},
}
PARTIALS = {  # as the language says them; of maximum and minimum, ties are shared
    "abs": ("sign(x)",),
    "maximum": ("(x > y) + 0.5 * (x == y)", "(y > x) + 0.5 * (x == y)"),
    "minimum": ("(x < y) + 0.5 * (x == y)", "(y < x) + 0.5 * (x == y)"),
}


def _entrywise(name: str, shapes: tuple[Shape, ...]) -> ArrayRow:
    """Return the row of a scalar operation, applied entry by entry, broadcasting as NumPy does."""
    scalar = ENTRYWISE[name]
    sign = SIGNS.get(name, f"{name}(…)" if len(shapes) < 2 else "beside")
    shape = broadcast(sign, *shapes)
    products = [_entrywise_product(name, scalar, k, shape, shapes) for k in range(len(shapes))]
    size = prod(shape)
    return ArrayRow(
        name=name,
        symbol=scalar.symbol,
        title=scalar.title,
        inputs=scalar.inputs,
        value=_called(name, scalar),
        kernel=f"{'1.0 * ' * (name in SIGNS and sign in COMPARISONS)}{_code(scalar.code)}",
        products=tuple(text for text, _ in products),
        product_kernels=tuple(code for _, code in products),
        shapes=shapes,
        shape=shape,
        work=size,
        partials=PARTIALS.get(name, scalar.partials),
    )


def _called(name: str, scalar: Operation) -> str:
    if name == "negate":
        return "-x"
    if name in SIGNS:
        return f"x {SIGNS[name]} y"
    return f"{name}({', '.join(scalar.inputs)})"


def _code(text: str) -> str:
    """Return a scalar rule's text with all that it calls written out."""
    return write(text, {}, ARRAYS, WORDS)


def _entrywise_product(
    name: str, scalar: Operation, which: int, shape: Shape, shapes: tuple[Shape, ...]
) -> tuple[str, str]:
    partial, letter = PARTIALS.get(name, scalar.partials)[which], scalar.inputs[which]
    if partial == "0":
        return "", ""
    if name == "where":
        sides = ("g, 0", "0, g")[which - 1]
        return fitted(f"where(c, {sides})", f"where(c, {sides})", letter, shape, shapes[which])
    if partial in ("1", "-1"):
        text = code = partial.replace("1", "g")
    else:
        text = f"g * {bracketed(partial)}"
        code = f"g * ({_code(scalar.partial_codes[which])})"
    return fitted(text, code, letter, shape, shapes[which])


def bracketed(text: str) -> str:
    """Return a text as a factor: in brackets, unless it is a name, a number or a call."""
    is_simple = type(read(text)).__name__ in ("Name", "Constant", "Call", "Subscript", "Attribute")
    return text if is_simple else f"({text})"


@row("power_of")
def power_of(parameters: Parameters, shapes: tuple[Shape, ...]) -> ArrayRow:
    """X to a power that is a number."""
    (k,), (shape,) = parameters, shapes
    special = {
        2.0: ("g * (2 * x)", "g * (2.0 * x)"),
        -1.0: ("g * -out ** 2", "g * -(out * out)"),
        0.5: ("g * (1 / (2 * out))", "g * (1.0 / (2.0 * out))"),
    }
    number, less = number_text(k), number_text(k - 1)
    general = f"g * ({number} * x ** {less})", f"g * ({k!r} * pow(x, {k - 1!r}))"
    if k == 3:
        general = "g * (3 * x ** 2)", "g * (3.0 * (x * x))"
    text, code = special.get(k, general)
    value = {2.0: "x * x", -1.0: "1.0 / x", 0.5: "sqrt(x)", 3.0: "x * x * x"}
    if k == 0:
        text, code = "", ""
    return ArrayRow(
        name="power_of",
        symbol="^",
        title="power",
        inputs=("x",),
        value=f"x ** {number}",
        kernel=value.get(k, f"pow(x, {k!r})"),
        products=(text,),
        product_kernels=(code,),
        shapes=shapes,
        shape=shape,
        work=prod(shape),
        partials=(text.removeprefix("g * "),),
    )


def number_text(number: float) -> str:
    """Return a number as it is typed: 2, 0.5, −1 as -1."""
    return repr(number).removesuffix(".0")


@row("stop")
def stop(_parameters: Parameters, shapes: tuple[Shape, ...]) -> ArrayRow:
    """x, held: nothing is passed back; what other libraries call detach."""
    return made("stop", "held value", ("x",), "stop(x)", "x", (("", ""),), shapes, shapes[0])


@row("alias")
def alias(_parameters: Parameters, shapes: tuple[Shape, ...]) -> ArrayRow:
    """X by another name."""
    return made("alias", "same array", ("x",), "x", "x", (("g", "g"),), shapes, shapes[0])


def made(
    name: str,
    title: str,
    inputs: tuple[str, ...],
    value: str,
    code: str,
    products: Sequence[tuple[str, str]],
    shapes: tuple[Shape, ...],
    shape: Shape,
    *,
    work: int = 0,
    symbol: str = "",
) -> ArrayRow:
    """Return a row, of products as pairs of text and code."""
    return ArrayRow(
        name=name,
        symbol=symbol or name,
        title=title,
        inputs=inputs,
        value=value,
        kernel=code,
        products=tuple(text for text, _ in products),
        product_kernels=tuple(code for _, code in products),
        shapes=shapes,
        shape=shape,
        work=work or max(prod(shape), *(prod(each) for each in shapes), 1),
    )


def argument(shape: Sequence[int]) -> str:
    """Return a shape as an argument is typed: (4, 3), (5,)."""
    return str(tuple(shape))
