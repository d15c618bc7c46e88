"""The error of a difference quotient against its step h, by four formulas, in two precisions.

    forward    (f(θ + h) − f(θ)) / h             error ~ h      and  ε / h
    backward   (f(θ) − f(θ − h)) / h                    h            ε / h
    central    (f(θ + h) − f(θ − h)) / 2h               h²           ε / h
    complex    Im f(θ + ih) / h                         h²           nothing is subtracted: none

Large nudges suffer from the bend of f (the error falls along a line of slope 1 or 2 in a log–log
picture), small ones from rounding, where the two values share most of their digits (slope −1).
The best h lies between: about √ε for one-sided, ε^(1/3) for central differences; for the complex
step any h that is small enough.

The complex step wants operations that are smooth: where, abs, max and the like have none. It goes
through the printed rules, not through the kernels that replace them where they overflow.

Source: Squire and Trapp (1998), Using complex variables to estimate derivatives of real
functions; Press et al., Numerical Recipes, section 5.7.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from backprop.engine.backward import gradient
from backprop.engine.compiled.forward import forward_lines, value_name
from backprop.engine.compiled.rules import ARRAYS, Dialect, compiled, names_in
from backprop.engine.differences.slopes import kinked
from backprop.engine.errors import PointError
from backprop.engine.forward import leaves_at
from backprop.engine.graph import Graph
from backprop.engine.network import Array
from backprop.engine.ops import template

WITHOUT_COMPLEX = frozenset(("erf", "erfc"))  # functions that take real numbers only
KINDS = ("forward", "backward", "central", "complex")
SINGLE = replace(
    ARRAYS,
    name="single",
    functions={**ARRAYS.functions, "float32": np.float32},
    number="float32({!r})",  # a float64 would make all that it touches float64
)


ORDERS: Mapping[str, int] = {  # with which power of h the error falls, where the bend decides
    "forward": 1,
    "backward": 1,
    "central": 2,
    "complex": 2,
}


@dataclass(frozen=True, eq=False)
class Curve:
    """The relative error of one way, for each nudge.

    Attributes:
        kind: one of KINDS.
        hs: the nudges, as they were asked.
        errors: |numeric − exact| / |exact|; NaN where the way is not possible.
        order: the power of h with which the error falls, where the bend of f decides.
        impossible: the operation for which there is no such way; empty if there is one.
    """

    kind: str
    hs: Array
    errors: Array
    order: int
    impossible: str = ""

    @property
    def best_h(self) -> float:
        """The nudge with the smallest error; of several the largest; NaN if there is none."""
        return float(self.hs[self._best]) if self._possible else np.nan

    @property
    def best_error(self) -> float:
        """The smallest error; NaN if there is none."""
        return float(self.errors[self._best]) if self._possible else np.nan

    @property
    def _possible(self) -> bool:
        return not bool(np.all(np.isnan(self.errors)))

    @property
    def _best(self) -> int:
        errors = np.where(np.isnan(self.errors), np.inf, self.errors)
        return int(np.lexsort((-self.hs, errors))[0])


@np.errstate(all="ignore")
def errors_by_h(
    graph: Graph,
    at: Mapping[str, float],
    name: str,
    hs: Sequence[float] | Array,
    kinds: Sequence[str] = KINDS,
    dtype: Any = np.float64,
) -> dict[str, Curve]:
    """Return the error of each way to a slope, for each nudge, against the reverse-mode slope.

    The exact slope is computed in float64, whatever the dtype. Where it is 0, errors are absolute.

    Args:
        graph: a function of numbers.
        at: a value for each of its variables.
        name: the variable that is nudged.
        hs: the nudges, above 0; they are not made larger with the parameter.
        kinds: some of KINDS.
        dtype: numpy.float64 or numpy.float32: of every number of the nudged passes. For the
            complex step the parts have this precision.

    Raises:
        PointError: the point does not fit, or there is no variable of this name to nudge.
    """
    assert not graph.on_arrays, "a function of numbers"
    slopes = gradient(graph, at)[1]
    if name not in slopes:
        hint = f"There are {', '.join(graph.parameters)}."
        raise PointError(f"“{name}” is no variable that can be nudged.", hint=hint, at=name)
    exact = float(slopes[name])
    nudges = np.asarray(hs, dtype=np.float64)
    curves: dict[str, Curve] = {}
    for kind in kinds:
        impossible = not_smooth(graph, name) if kind == "complex" else ""
        numeric = np.full(nudges.shape, np.nan)
        if not impossible:
            numeric = _WAYS[kind](_Nudged(graph, at, name, np.dtype(dtype)), nudges)
        errors = np.abs(numeric - exact) / (abs(exact) or 1.0)
        curves[kind] = Curve(kind, nudges, errors, ORDERS[kind], impossible)
    return curves


def not_smooth(graph: Graph, name: str) -> str:
    """Return the title of an operation without a complex step that a variable reaches, or ""."""
    reached, kinks = {graph.position(name)}, kinked(graph)
    for position, node in enumerate(graph.nodes):
        if reached.intersection(node.inputs):
            reached.add(position)
            if node in kinks or names_in(graph.row(position).code) & WITHOUT_COMPLEX:
                return graph.row(position).title
    return ""


class _Nudged(NamedTuple):
    """A function of one of its variables, which is a column; the others stay."""

    graph: Graph
    at: Mapping[str, float]
    name: str
    dtype: Any

    @property
    def here(self) -> Any:
        """The variable's value, in the precision of the study."""
        return self.dtype.type(self.at[self.name])

    def __call__(self, column: Any) -> Any:
        """Return the function's value for each entry of the column, computed in its precision."""
        point = {key: self.dtype.type(number) for key, number in self.at.items()}
        point[self.name] = column
        run = _printed if np.iscomplexobj(column) else _single
        dialect = SINGLE if self.dtype == np.float32 else ARRAYS
        value = run(self.graph, dialect)(leaves_at(self.graph, point))
        return np.broadcast_to(value, column.shape)


def _forward(f: _Nudged, hs: Array) -> Array:
    up = (f.here + hs.astype(f.dtype)).astype(f.dtype)
    return _quotient(f(up) - f(np.full_like(up, f.here)), hs.astype(f.dtype))


def _backward(f: _Nudged, hs: Array) -> Array:
    down = (f.here - hs.astype(f.dtype)).astype(f.dtype)
    return _quotient(f(np.full_like(down, f.here)) - f(down), hs.astype(f.dtype))


def _central(f: _Nudged, hs: Array) -> Array:
    h = hs.astype(f.dtype)
    return _quotient(f(f.here + h) - f(f.here - h), 2 * h)


def _complex(f: _Nudged, hs: Array) -> Array:
    h = hs.astype(f.dtype)
    return _quotient(np.imag(f(f.here + 1j * h)), h)


def _quotient(rise: Any, width: Any) -> Array:
    return np.asarray(rise / width, dtype=np.float64)


_WAYS: Mapping[str, Callable[[_Nudged, Array], Array]] = {
    "forward": _forward,
    "backward": _backward,
    "central": _central,
    "complex": _complex,
}


@lru_cache(maxsize=64)
def _single(graph: Graph, dialect: Dialect) -> Callable[..., Any]:
    """Return the function's value by the code that every pass runs."""
    end = f"return {value_name(graph, graph.output, dialect)}"
    return compiled("column", "leaves", [*forward_lines(graph, dialect), end], dialect)


@lru_cache(maxsize=64)
def _printed(graph: Graph, dialect: Dialect) -> Callable[..., Any]:
    """Return the function's value by the printed rules, which complex numbers can go through."""
    lines = forward_lines(graph, dialect)[:1]  # the variables
    for position, node in enumerate(graph.nodes):
        if not node.is_leaf:
            row = graph.row(position)
            names = [value_name(graph, i, dialect) for i in node.inputs]
            code = template(row.value, row.inputs, dialect).format(*names)
            lines.append(f"v{position} = {code}")
    end = f"return {value_name(graph, graph.output, dialect)}"
    return compiled("printed", "leaves", [*lines, end], dialect)
