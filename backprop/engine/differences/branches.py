"""Slopes of a Python function whose kinks are held on one side: what reverse mode would give.

A library of automatic differentiation decides at each kink by the point alone: relu′(0) = 0, the
first of a tie of max. Here the function is called with arrays of a subclass that records, at each
of NumPy's operations, which entries are at a kink. Beside the point these entries keep the branch
that was chosen for them, and the slopes are differences as ever.

    relu(x) − relu(−x) at 0      held on the side of 0: slope 0       the function's own: 1

Of a tie the first, the last, or the mean is kept; a comparison keeps its result at the point, or
the opposite. Operations outside NumPy, as those of a tensor, are not recorded.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from backprop.engine.differences.given import Function, Point, read_loss
from backprop.engine.differences.slopes import ends

CHOICES = ("first", "last", "mean")
MIXES = 6  # runs in which every kink chooses by itself
LARGEST = {np.maximum: np.max, np.fmax: np.max, np.minimum: np.min, np.fmin: np.min}
ABSOLUTES = (np.absolute, np.fabs)
COMPARISONS = (
    *(np.greater, np.greater_equal, np.less, np.less_equal, np.equal, np.not_equal),
    np.sign,
)
NUDGE = 1e-6


class HeldSlopes:
    """The slopes of a function whose kinks at a point are held."""

    def __init__(self, f: Function, point: Point) -> None:
        self._f, self._point, self._tape = f, point, _Tape()
        self._value(point.arrays, self._tape)

    @property
    def has_ties(self) -> bool:
        """Whether the point lies at a kink that was recorded."""
        return any(np.any(kink.tied) for kink in self._tape.kinks)

    def slope_range(self, name: str, place: tuple[int, ...]) -> tuple[float, float]:
        """Return the least and the largest slope by a number, over the choices at ties.

        NaN if the function does not go the same way beside the point.
        """
        array, slopes = self._point.arrays[name], []
        rng, kinks = np.random.default_rng(0), self._tape.kinks
        mixes = rng.choice(CHOICES, (MIXES, len(kinks))).tolist()
        for choices in (*([choice] * len(kinks) for choice in CHOICES), *mixes):
            values = []
            for to in ends(array[place], NUDGE):
                moved = array.copy()
                moved[place] = to
                tape = _Tape(kinks, choices)
                values.append(self._value({**self._point.arrays, name: moved}, tape))
            slopes.append((values[0] - values[1]) / np.subtract(*ends(array[place], NUDGE)))
        return float(np.min(slopes)), float(np.max(slopes))

    def _value(self, arrays: Mapping[str, Any], tape: "_Tape") -> Any:
        try:
            return read_loss(self._f(self._point(arrays, wrap=lambda each: _traced(each, tape))))[0]
        except Exception:  # the user's code may do anything with an array of an unknown subclass
            return np.nan


class _Kink(NamedTuple):
    """An operation at the point: which entries are tied, and its result."""

    tied: Any
    decided: Any


class _Tape:
    """The kinks of a run, in order: written at the point, read beside it."""

    def __init__(self, kinks: Sequence[_Kink] = (), choices: Sequence[str] = ()) -> None:
        self.kinks, self._reads = list(kinks), bool(kinks)
        self._left = iter(zip(kinks, choices, strict=True))

    def decide(self, tied: Any, result: Any, options: Mapping[str, Any]) -> Any:
        """Return the result of an operation, with the chosen branch where the point is tied.

        Args:
            tied: which entries are at a kink now.
            result: of the operation now.
            options: the branches, by choice; for others the result at the point is kept, or of
                a comparison its opposite.
        """
        if not self._reads:
            self.kinks.append(_Kink(tied, result))
            return result
        kink, choice = next(self._left)
        chosen = options.get(choice, kink.decided)
        if choice == "last" and np.asarray(chosen).dtype == bool:  # of a comparison
            chosen = np.logical_not(chosen)
        return np.where(kink.tied, chosen, result)

    def decide_among(self, x: Any, result: Any, largest: Any, axes: tuple[int, ...]) -> Any:
        """Return the result of a maximum or minimum along axes, with the chosen entry of a tie.

        Args:
            x: the entries.
            result: of the reduction now.
            largest: numpy.max or numpy.min.
            axes: along which it goes.
        """
        rest = [axis for axis in range(x.ndim) if axis not in axes]
        shape = [x.shape[axis] for axis in rest]
        rows = np.transpose(x, (*rest, *axes)).reshape(*shape, -1)
        if not self._reads:
            among = rows == largest(rows, axis=-1, keepdims=True)
            self.kinks.append(_Kink(among.sum(axis=-1) > 1, among))
            return result
        (tied, among), choice = next(self._left)
        first, last = (np.argmax(each, axis=-1) for each in (among, among[..., ::-1]))
        options = {
            "first": np.take_along_axis(rows, first[..., None], -1)[..., 0],
            "last": np.take_along_axis(rows[..., ::-1], last[..., None], -1)[..., 0],
            "mean": np.mean(rows, axis=-1, where=among),
        }
        chosen = np.where(tied, options[choice], np.reshape(result, shape))
        return np.reshape(chosen, np.shape(result))


class _TracedArray(np.ndarray):
    """An array whose operations record their kinks on a tape."""

    tape: _Tape

    def __array_finalize__(self, parent: Any) -> None:
        if isinstance(parent, _TracedArray):
            self.tape = parent.tape

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        plain = [np.asarray(x) if isinstance(x, _TracedArray) else x for x in inputs]
        out = kwargs.pop("out", (None,))[0]
        result = getattr(ufunc, method)(*plain, **kwargs)
        if method == "__call__":
            result = self._decided(ufunc, plain, result)
        elif method == "reduce" and ufunc in LARGEST:
            axis = kwargs.get("axis", 0)
            axes = range(plain[0].ndim) if axis is None else np.atleast_1d(axis) % plain[0].ndim
            result = self.tape.decide_among(plain[0], result, LARGEST[ufunc], tuple(axes))
        if out is not None:
            np.asarray(out)[...] = result
            return out
        return _traced(result, self.tape)

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        return _traced(super().__array_function__(func, types, args, kwargs), self.tape)

    def __getitem__(self, key: Any) -> Any:
        return _traced(super().__getitem__(key), self.tape)

    def __iter__(self) -> Any:
        return (self[i] for i in range(len(self)))

    def _decided(self, ufunc: Any, inputs: list[Any], result: Any) -> Any:
        x = inputs[0]
        if ufunc in LARGEST:
            options = {"first": x, "last": inputs[1], "mean": np.add(x, inputs[1]) / 2}
            return self.tape.decide(np.equal(*inputs), result, options)
        if ufunc in ABSOLUTES:
            options = {"first": 0 * x, "last": x, "mean": np.negative(x)}
            return self.tape.decide(np.equal(x, 0), result, options)
        if ufunc.__name__ == "clip":
            return self.tape.decide(
                np.equal(x, inputs[1]) | np.equal(x, inputs[2]), result, {"first": x}
            )
        if ufunc in COMPARISONS:
            return self.tape.decide(np.equal(x, [*inputs, 0][1]), result, {})
        return result


def _traced(result: Any, tape: _Tape) -> Any:
    """Return an array as one that is traced; anything else unchanged."""
    if not isinstance(result, np.ndarray | np.generic):
        return result
    traced = np.asarray(result).view(_TracedArray)
    traced.tape = tape
    return traced
