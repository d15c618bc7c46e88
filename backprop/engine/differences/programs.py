"""The check of a program's gradient: a random direction for each leaf, then entries.

    (f(θ + h v) − f(θ − h v)) / 2h   beside   ⟨g, v⟩      v moves all entries of one leaf

Two evaluations a leaf tell which leaves are wrong, whatever their sizes: a gradient that is wrong
somewhere is wrong along nearly every direction. A leaf that is accused is then nudged entry by
entry, as far as a request allows. A difference counts beside the largest gradient of all leaves: a
bias before a batch norm has the gradient 0, and by differences a little rounding.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from backprop.engine import forward
from backprop.engine.differences.given import Point
from backprop.engine.differences.lines import Nudged
from backprop.engine.differences.own_function import check_ways
from backprop.engine.differences.report import (
    AGREES,
    Report,
    distances,
    judged,
    make_report,
    rounding_floor,
    scale,
)
from backprop.engine.differences.sizes import size_of, size_within
from backprop.engine.differences.slopes import STEP, Differences, joined, nudge
from backprop.engine.differences.verdict import Answer, Verdict
from backprop.engine.graph import Graph
from backprop.engine.network import Array
from backprop.engine.trace import Trace

MOST = 20_000  # evaluations times operations, up to which every entry is nudged
ALONG = "along a direction of {}"
NOTE = "Each leaf was checked along one random direction; of what is wrong, entries too."


def is_checked_whole(graph: Graph) -> bool:
    """Whether a program is so small that every entry of every leaf is nudged."""
    shapes = (graph.nodes[graph.position(name)].shape or () for name in graph.parameters)
    entries = sum(int(np.prod(shape)) for shape in shapes)
    return 2 * entries * operations(graph) <= MOST


def operations(graph: Graph) -> int:
    """Return how many operations one evaluation takes."""
    return sum(not node.is_leaf for node in graph.nodes)


@dataclass(frozen=True, slots=True)
class LeafCheck:
    """A leaf's gradient along one random direction.

    Attributes:
        name: the leaf.
        claimed: ⟨gradient, direction⟩.
        numeric: the slope along it, by differences.
        apart: |claimed − numeric|, divided by the largest gradient of all leaves.
        verdict: right, wrong, or why it cannot be judged.
    """

    name: str
    claimed: float
    numeric: float
    apart: float
    verdict: Verdict


@dataclass(frozen=True, slots=True, eq=False)
class _Line:
    """A straight line along which one leaf is moved.

    Attributes:
        here: the leaf, by its name.
        way: how far each entry goes for h = 1.
        claimed, ours: the gradients, by leaf.
        unit: how much wider than STEP it is nudged.
    """

    here: Mapping[str, Array]
    way: Mapping[str, Array]
    claimed: Mapping[str, Any]
    ours: Mapping[str, Any]
    unit: float = 1.0

    @property
    def claim(self) -> float:
        """The claimed slope along it."""
        return self._along(self.claimed)

    @property
    def own(self) -> float:
        """Our own slope along it."""
        return self._along(self.ours)

    @np.errstate(all="ignore")
    def slope(self, value: Callable[[Mapping[str, Any]], Any]) -> Any:
        """Return the slope by two evaluations."""
        ends, d = [], STEP * self.unit
        for h in (d, -d):
            moved = {name: array + h * self.way[name] for name, array in self.here.items()}
            ends.append(value(moved))
        return (ends[0] - ends[1]) / (2 * d)

    def wide(self, parameters: Mapping[str, Array]) -> dict[str, Array]:
        """Return how far each entry of all leaves goes."""
        return {n: self.way.get(n, np.zeros(array.shape)) for n, array in parameters.items()}

    @np.errstate(all="ignore")
    def _along(self, gradient: Mapping[str, Any]) -> float:
        parts = ((gradient[name], way) for name, way in self.way.items())
        return float(sum(np.sum(np.where(way == 0, 0.0, g * way)) for g, way in parts))


class ProgramCheck:
    """The check of a claimed gradient of a program.

    Args:
        trace: the right pass at the point.
        claimed: an array for each leaf that has a gradient, of its shape.
        tolerance: the largest relative difference of what is right.
        seed: of the directions.
    """

    def __init__(
        self,
        trace: Trace,
        claimed: Mapping[str, Any],
        tolerance: float = AGREES,
        seed: int = 0,
    ) -> None:
        graph = trace.graph
        self.trace, self.size = trace, size_of(trace) + size_within(trace)
        self._ours = trace.gradient
        self.graph, self.claimed, self.tolerance, self.seed = graph, claimed, tolerance, seed
        self._point = {n.name: trace.values[i] for i, n in enumerate(graph.nodes) if n.is_variable}
        self.parameters = {name: np.asarray(self._point[name], float) for name in graph.parameters}

    def _value(self, moved: Mapping[str, Any]) -> Any:
        return forward.value(self.graph, {**self._point, **moved})

    @cached_property
    def _ways(self) -> dict[str, Array]:
        """A direction for each leaf: of each entry a normal number times max(1, |θ|)."""
        chance = np.random.default_rng(self.seed)
        arrays = self.parameters.items()
        return {n: chance.standard_normal(a.shape) * nudge(a, 1.0) for n, a in arrays}

    @cached_property
    def along(self) -> Report:
        """The check along one direction for each leaf; a row for each."""
        rows = {}
        for name, way in self._ways.items():
            here = self.parameters[name]
            rows[ALONG.format(name)] = _Line({name: here}, {name: way}, self.claimed, self._ours)
        return self._judged(rows)

    def _judged(self, rows: Mapping[str, "_Line"]) -> Report:
        """Return the check along lines: by two evaluations each where these see our own slope.

        Where they do not, as beside a kink, many nudges and both sides of the point decide.
        """
        names = tuple(rows)
        zeros = {name: np.zeros(()) for name in names}
        claims = {name: np.float64(line.claim) for name, line in rows.items()}
        slopes = {name: line.slope(self._value) for name, line in rows.items()}
        kinks = dict.fromkeys(names, False)
        value = float(self.trace.value)
        differences = Differences(slopes, kinks)
        report = make_report(zeros, claims, differences, self.size, value, self.tolerance)
        ours = np.array([line.own for line in rows.values()])
        absolute, relative = distances(ours, report.numeric)
        seen = (relative <= AGREES) | (absolute <= rounding_floor(np.zeros(len(names)), self.size))
        doubted = [names[i] for i in np.flatnonzero(~seen)] if np.isfinite(value) else []
        if not doubted:
            return report
        again = self._judged_closely({name: rows[name] for name in doubted})
        at = np.array([names.index(name) for name in doubted])
        reasons = {int(at[i]): reason for i, reason in again.reasons.items()}
        return judged(report, at, again.wrong, reasons)

    def _judged_closely(self, rows: Mapping[str, "_Line"]) -> Report:
        nudged = Nudged(self._value, Point(dict(self.parameters)))
        ways = np.stack(
            [joined(line.wide(self.parameters), self.parameters) for line in rows.values()]
        )
        zeros = {name: np.zeros(()) for name in rows}
        claims = {name: line.claim for name, line in rows.items()}
        return nudged.finish_report(check_ways(nudged, ways, zeros, claims, self.tolerance))

    @cached_property
    def leaves(self) -> tuple[LeafCheck, ...]:
        """The same, leaf by leaf."""
        largest = self.largest
        return tuple(
            LeafCheck(
                name,
                row.analytic,
                row.numeric,
                row.absolute / largest if largest else row.absolute,
                row.verdict,
            )
            for name, row in zip(self.parameters, self.along.rows, strict=True)
        )

    @cached_property
    def largest(self) -> float:
        """The largest entry that is claimed, or the largest slope where that is larger."""
        claims = np.abs(joined(self.claimed, self.parameters))
        finite = float(claims[np.isfinite(claims)].max(initial=0.0))
        return max(finite, scale(self.along.numeric, 0.0))

    @property
    def accused(self) -> tuple[str, ...]:
        """The leaves whose direction says that they are wrong."""
        return tuple(leaf.name for leaf in self.leaves if leaf.verdict.answer is Answer.WRONG)

    def entries(self, name: str, most: int | None = None) -> Report:
        """Return the check of a leaf's entries by central differences, the first so many of them.

        Args:
            name: the leaf.
            most: how many entries at most; without it as many as MOST allows.
        """
        array = self.parameters[name]
        allowed = max(1, MOST // (2 * operations(self.graph)))
        count = min(array.size, allowed if most is None else most)
        return self.at([(name, place) for place in [*np.ndindex(array.shape)][:count]])

    def at(self, places: Sequence[tuple[str, tuple[int, ...]]]) -> Report:
        """Return the check of some entries by central differences; places are leaf and index."""
        rows = {}
        for name, place in places:
            array = self.parameters[name]
            way = np.zeros(array.shape)
            way[place] = 1.0
            unit = float(nudge(array[place], 1.0))
            row = f"{name}[{','.join(map(str, place))}]" if place else name
            rows[row] = _Line({name: array}, {name: way}, self.claimed, self._ours, unit)
        return self._judged(rows)

    @property
    def verdict(self) -> Verdict:
        """Wrong if one leaf is; right if all are."""
        return self.along.verdict


def check_leaves(
    trace: Trace, claimed: Mapping[str, Any], tolerance: float = AGREES, seed: int = 0
) -> Report:
    """Return the check along one direction for each leaf, and of entries of the first accused.

    Args:
        trace: the right pass at the point.
        claimed: an array for each leaf that has a gradient, of its shape.
        tolerance: the largest relative difference of what is right.
        seed: of the directions.
    """
    check = ProgramCheck(trace, claimed, tolerance, seed)
    report = replace(check.along, note=f"{NOTE} {check.along.note}".strip())
    return _beside(report, check.entries(check.accused[0])) if check.accused else report


def _beside(first: Report, second: Report) -> Report:
    """Return the rows of one report, then those of another."""
    moved = {len(first.analytic) + i: reason for i, reason in second.reasons.items()}
    return Report(
        shapes={**first.shapes, **second.shapes},
        analytic=np.concatenate([first.analytic, second.analytic]),
        numeric=np.concatenate([first.numeric, second.numeric]),
        absolute=np.concatenate([first.absolute, second.absolute]),
        relative=np.concatenate([first.relative, second.relative]),
        kink=np.concatenate([first.kink, second.kink]),
        hidden=np.concatenate([first.hidden, second.hidden]),
        wrong=np.concatenate([first.wrong, second.wrong]),
        reasons={**first.reasons, **moved},
        note=first.note,
    )
