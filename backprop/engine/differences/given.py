"""What is given to a check: a point in any form, a function, and a gradient, read as arrays.

A point is one number or array, or a mapping or list of them, as deep as it likes; what can become
an array is one (a tensor by its `detach().numpy()`). A function is called with the same form, and
returns the loss, or a tuple that begins with it.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from backprop.engine.errors import FunctionError, PointError, ShapeError
from backprop.engine.network import Array

Function = Callable[[Any], Any]  # of a point in the form in which it was given
ALONE = "θ"  # what a point without a name is called
EXTENDED = np.longdouble  # more digits and a longer range, where the machine has them
SAME = 16 * math.ulp(1.0)  # the share of a value by which sums in another order may differ
REPEATS = 8  # how often a function is called again at the point, at least
EVERY = 4  # calls elsewhere after which it is called again


def read_array(value: Any, name: str, what: str) -> Array:
    """Return what was given as an array of numbers.

    Args:
        value: a number, nested lists, an array, or a tensor.
        name: of the parameter.
        what: “parameter” or “gradient”, for the message.

    Raises:
        PointError: it is none; it holds words, complex numbers or nothing.
        ShapeError: its rows are not equally long.
    """
    if value is None:
        raise PointError(f"The {what} “{name}” is None.", hint="Give numbers.", at=name)
    value = _detached(value)
    try:
        array = np.asarray(value)
    except ValueError:
        rows = f"The rows of the {what} “{name}” are not equally long."
        raise ShapeError(rows, hint="An array has rows of one length.", at=name) from None
    if array.dtype.kind == "c":
        what = f"The {what} “{name}” holds complex numbers."
        raise PointError(what, hint="A slope is a real number: give real ones.", at=name)
    try:
        return array.astype(np.float64)
    except (TypeError, ValueError):
        text = f"The {what} “{name}” is no array of numbers: it holds {_kind(array)}."
        raise PointError(text, hint="Give numbers, or what can become an array.", at=name) from None


def _detached(value: Any) -> Any:
    """Return a tensor of PyTorch as an array; what is none as it is."""
    for method in ("detach", "cpu", "numpy"):
        value = getattr(value, method)() if hasattr(value, method) else value
    return value


def _kind(array: Any) -> str:
    first = next(iter(array.flat), None) if array.dtype.kind == "O" else None
    return f"“{type(first).__name__}”" if first is not None else f"“{array.dtype}”"


class Point:
    """A point: its arrays by name, and the form in which a function takes them.

    Attributes:
        arrays: float64, by name: “W1”, “layers[0].W”; “θ” is alone.
    """

    def __init__(self, at: Any) -> None:
        self._at = at
        leaves = dict(self._leaves(at, ""))
        self.arrays = {name: read_array(leaf, name, "parameter") for name, leaf in leaves.items()}
        self._tensors = {name: leaf for name, leaf in leaves.items() if hasattr(leaf, "new_tensor")}

    def held(self, name: str, array: Any) -> Array:
        """Return numbers as they are held in a parameter: a tensor of float32 rounds them."""
        leaf = self._tensors.get(name)
        return array if leaf is None else read_array(leaf.new_tensor(array), name, "parameter")

    def __call__(
        self,
        arrays: Mapping[str, Any],
        kind: Any = np.float64,
        wrap: Callable[[Any], Any] | None = None,
    ) -> Any:
        """Return these arrays in the form of the point: a function may write into them.

        Args:
            arrays: by name, as `arrays`.
            kind: the type of their numbers; tensors keep their own.
            wrap: what is made of each array, and of each number as an array.
        """

        def make(leaf: Any, name: str) -> Any:
            array = np.array(arrays[name], dtype=kind)
            if hasattr(leaf, "new_tensor"):  # of PyTorch: the same type, on the same device
                return leaf.new_tensor(np.asarray(array, dtype=np.float64))
            if wrap:
                return wrap(array)
            return array if array.shape else _one(array)

        return _built(self._at, "", make)

    def read(self, gradient: Any) -> dict[str, Array]:
        """Return a gradient in the form of the point as arrays by name.

        Raises:
            PointError: it has another form, or says nothing of a parameter.
            ShapeError: a list has another length, or rows that are not equally long.
        """
        return {
            name: read_array(leaf, name, "gradient")
            for name, leaf in _matched(self._at, gradient, "")
        }

    def _leaves(self, value: Any, name: str) -> Iterator[tuple[str, Any]]:
        children = _children(value, name)
        if children is None:
            yield name or ALONE, value
        else:
            for key, _, child in children:
                yield from self._leaves(child, key)


def _children(value: Any, name: str) -> list[tuple[str, Any, Any]] | None:
    """Return the parts of a mapping or list as (name, key, part); None of what is one array."""
    if isinstance(value, Mapping):
        before = f"{name}." if name else ""
        return [(f"{before}{key}", key, child) for key, child in value.items()]
    if isinstance(value, list | tuple) and not _is_of_numbers(value):
        return [(f"{name or ALONE}[{i}]", i, child) for i, child in enumerate(value)]
    return None


def _is_of_numbers(value: Sequence[Any]) -> bool:
    """Whether lists, however deep, hold nothing but numbers, equally many in each row."""
    if all(isinstance(each, list | tuple) for each in value) and value:
        alike = len({len(each) for each in value}) == 1
        return alike and all(map(_is_of_numbers, value))
    return all(isinstance(each, int | float | complex | str | np.generic) for each in value)


def _built(value: Any, name: str, make: Callable[[Any, str], Any]) -> Any:
    children = _children(value, name)
    if children is None:
        return make(value, name or ALONE)
    parts = {key: _built(child, own, make) for own, key, child in children}
    if isinstance(value, Mapping):
        return parts
    if hasattr(value, "_fields"):  # a namedtuple
        return type(value)(*parts.values())
    return type(value)(parts.values())


def _one(array: Any) -> Any:
    return float(array) if array.dtype == np.float64 else array[()]


def _matched(at: Any, gradient: Any, name: str) -> Iterator[tuple[str, Any]]:
    """Give the parts of a gradient beside the names of the parameters."""
    children = _children(at, name)
    if children is None:
        if isinstance(gradient, Mapping):
            what = f"The gradient of “{name or ALONE}” is a mapping, and the parameter an array."
            raise PointError(what, hint="Give it in the form of the parameters.", at=name)
        yield name or ALONE, gradient
        return
    named = isinstance(at, Mapping)
    if named is not isinstance(gradient, Mapping):
        form = "a mapping of names to arrays" if named else "a list of arrays"
        what = f"The parameters are {form}, and the gradient is “{type(gradient).__name__}”."
        raise PointError(what, hint="Give it in the form of the parameters.", at=name)
    if not named and len(gradient) != len(children):
        what = f"The gradient has {len(gradient)} parts for {len(children)} parameters."
        raise ShapeError(what, hint="Give one for each, in their order.", at=name)
    for own, key, child in children:
        if named and key not in gradient:
            hint = "Give one number for each parameter."
            raise PointError(f"The gradient says nothing of “{own}”.", hint=hint, at=own)
        yield from _matched(child, gradient[key], own)


def read_loss(result: Any) -> tuple[Any, float]:
    """Return what a function returned as one number, of float64 or of more digits, and its ε.

    Raises:
        FunctionError: it is no number: nothing, a word, several numbers, a complex one.
    """
    if isinstance(result, tuple):  # (loss, anything)
        result = result[0] if result else None
    if result is None:
        hint = "It must return the loss."
        raise FunctionError("The function returns nothing, None.", hint=hint)
    result = _detached(result)
    array = np.asarray(result)
    if array.size != 1:
        what = f"The function returns an array shaped {list(array.shape)}, and not one number."
        raise FunctionError(what, hint="Return its sum or its mean: a gradient is of one number.")
    if array.dtype.kind == "c":
        what = f"The function returns a complex number, {array.item():g}."
        raise FunctionError(what, hint="Return a real number: its real part, or its size.")
    try:
        kind = array.dtype if array.dtype.kind == "f" else np.dtype(np.float64)
        longest = EXTENDED if kind == EXTENDED else np.float64
        return array.astype(longest).reshape(())[()], float(np.finfo(kind).eps)
    except (TypeError, ValueError):
        what = f"The function returns “{type(result).__name__}”, and not a number."
        raise FunctionError(what, hint="It must return the loss.") from None


class Observed:
    """A function at a point, called again there between other calls to see whether it varies.

    Attributes:
        value: that at the point.
        epsilon: of the numbers that it returns: 1.2e-7 of float32; at least that of float64.
        varies: the largest difference of two calls at one point, beyond rounding; 0 if there is
            none, NaN if one of them was no number.
    """

    def __init__(self, f: Function, point: Point, kind: Any = np.float64) -> None:
        self._f, self._point, self._kind = f, point, kind
        self._calls = self._repeats = 0
        self.varies, self.epsilon = 0.0, math.ulp(1.0)
        self.value = self._value(point.arrays, beside=False)
        self.call_again()

    def at(self, arrays: Mapping[str, Any]) -> Any:
        """Return its value near the point: NaN where it has none."""
        self._calls += 1
        if self._calls % EVERY == 0:
            self.call_again()
        return self._value(arrays, beside=True)

    def call_again(self) -> None:
        """Call it at the point once more."""
        self._repeats += 1
        self.compare(self.value, self._value(self._point.arrays, beside=False))

    def finish(self) -> None:
        """Call it at the point until it has been called there REPEATS times."""
        while self._repeats < REPEATS:
            self.call_again()

    def compare(self, first: Any, second: Any) -> None:
        """Record in `varies` by how much two values at one point differ."""
        gap = float(abs(second - first)) if first != second else 0.0
        if math.isnan(float(first)) and math.isnan(float(second)):
            gap = 0.0
        if gap > SAME * max(abs(float(first)), abs(float(self.value))) or math.isnan(gap):
            self.varies = gap if math.isnan(gap) else max(gap, self.varies)

    def _value(self, arrays: Mapping[str, Any], *, beside: bool) -> Any:
        try:
            loss, epsilon = read_loss(self._f(self._point(arrays, self._kind)))
            self.epsilon = max(self.epsilon, epsilon)
            return loss
        except FunctionError:
            raise
        except ArithmeticError:  # Python's floats raise where NumPy's are ∞ or NaN
            return np.float64(math.nan)
        except Exception as error:  # the function is the user's: it may raise anything
            if beside and isinstance(error, ValueError):  # a domain ends here, as math.sqrt's does
                return np.float64(math.nan)
            what = f"The function raises {type(error).__name__}: {error}."
            hint = "It is called with copies of the parameters, in the form in which you give them."
            raise FunctionError(what, hint=hint) from error
