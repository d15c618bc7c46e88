"""The curvature along a direction: forward over reverse, line by line.

    forward     values and their tangents          f, and its slope ∇fᵀt
    backward    gradients and *their* tangents     ∇f, and H t: how the gradient turns along t

    f(x + s·t) ≈ f + s·∇fᵀt + ½ s²·tᵀHt

Of several outputs f is their weighted sum; each counts 1 unless a weight was typed.
"""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from backprop.drawing.heat_map import HeatMap
from backprop.engine.arrays.lines import Line
from backprop.engine.forward import value
from backprop.engine.modes.gradient_graphs import WEIGHT, gradient_graph
from backprop.engine.modes.tangents import run_tangents
from backprop.lessons.why_backwards.both import Both, parted
from backprop.lessons.why_backwards.sides import draw_map
from backprop.notation.formula import Number
from backprop.notation.names import label_of
from backprop.notation.numerals import brief, short
from backprop.stage.links import Links
from backprop.stage.programs.arrays_shown import Find, Grid, show_array
from backprop.stage.programs.rows import text_pieces
from backprop.stage.walk.explanation import Words, number, phrase
from backprop.stage.walk.steps import WalkStep
from backprop.stage.walk.strip import Film, Strip

WIDE, HIGH, MARGIN = 340.0, 190.0, 12.0  # of the picture of f along the direction
POINTS = 33
MOST_CELLS = 3  # entries of an array in a row that are shown by their numbers


@dataclass(frozen=True, slots=True)
class Column:
    """What runs along a line: its letter, its tone, and its numbers as cells or as a map.

    Attributes:
        letter: x, tx, dx, tdx.
        tone: forward or backward.
        state: “ahead”, “now” or “done”.
        grid, map: one of them, or none where it is ahead.
    """

    letter: str
    tone: str
    state: str
    grid: Grid | None
    map: HeatMap | None


@dataclass(frozen=True, slots=True)
class CurvatureRow:
    """A line with its value, its tangent, its gradient, and the gradient's tangent."""

    label: str
    sign: str
    pieces: tuple[tuple[str, str], ...]
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class Curve:
    """The function along the direction, from s = −1 to 1, as paths in a box.

    Attributes:
        function, line, parabola: f, its tangent, and the tangent with the curvature.
        x, y: the point.
        wide, high: the box.
        alt: for a screen reader.
    """

    function: str
    line: str
    parabola: str
    x: str
    y: str
    wide: str
    high: str
    alt: str


@dataclass(frozen=True, slots=True)
class Curvature:
    """Everything that the view of the curvature shows.

    Attributes:
        strip: its steps: the lines down, then up.
        eyebrow, answer, aloud: above it, as for the Jacobian.
        rows: the lines.
        figures: names and numbers: the slope, the curvature, what both predict.
        sentence: what the curvature means.
        curve: None where a value is no number, or the walk is not at its end.
        typed: the direction as it was typed; empty for the first entry.
        example: what could be typed.
        units: where the direction is the first entry; empty where it is.
    """

    strip: Strip
    eyebrow: Words
    answer: tuple[tuple[str, str], ...]
    aloud: str
    rows: tuple[CurvatureRow, ...]
    figures: tuple[tuple[Words, Number], ...]
    sentence: Words
    curve: Curve | None
    typed: str
    example: str
    units: str


@dataclass(frozen=True, eq=False)
class Turned:
    """A pass forward over the pass in reverse, along one direction.

    Attributes:
        both: the program.
    """

    both: Both

    @cached_property
    def weight(self) -> Any:
        """What each entry of the output counts, of its shape."""
        outputs = self.both.sides.outputs
        flat = np.ones(outputs.size) if self.both.weight is None else self.both.weight
        return parted(outputs, flat)[self.both.output]

    @cached_property
    def _found(self) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
        sides = self.both.sides
        whole = gradient_graph(sides.graph)
        at = {**sides.at, WEIGHT: self.weight}
        return run_tangents(whole.graph, at, self.both.seed(0), ())

    def of(self, line: Line) -> tuple[Any, Any, Any, Any]:
        """Return a line's value, its tangent, its gradient, and the gradient's tangent."""
        values, tangents = self._found
        place = gradient_graph(self.both.sides.graph).nodes.get(line.node)
        shape = self.both.program.shape(line.name)
        found = [values[line.node], tangents[line.node]]
        found += [0.0, 0.0] if place is None else [values[place], tangents[place]]
        a, b, c, d = (np.broadcast_to(np.asarray(each, float), shape) for each in found)
        return a, b, c, d

    @cached_property
    def value(self) -> float:
        """The function's value, Σ w · y."""
        with np.errstate(all="ignore"):
            return float(np.sum(self.weight * self.of(self.both.chain[-1])[0]))

    @cached_property
    def slope(self) -> float:
        """How fast it changes along the direction, ∇fᵀt."""
        with np.errstate(all="ignore"):
            return float(np.sum(self.weight * self.of(self.both.chain[-1])[1]))

    @cached_property
    def curvature(self) -> float:
        """How fast that slope changes along it, tᵀHt."""
        seed = self.both.seed(0)
        leaves = (line for line in self.both.chain if line.name in seed)
        with np.errstate(all="ignore"):
            return float(sum(np.sum(seed[line.name] * self.of(line)[3]) for line in leaves))

    def along(self, s: float) -> float:
        """Return the function's value at x + s·t."""
        sides, seed = self.both.sides, self.both.seed(0)
        moved = {name: sides.at[name] + s * t for name, t in seed.items()}
        with np.errstate(all="ignore"):
            return float(np.sum(self.weight * value(sides.graph, {**sides.at, **moved})))

    @cached_property
    def values_along(self) -> tuple[tuple[float, float], ...]:
        """Values from s = −1 to s = 1."""
        return tuple((float(s), self.along(float(s))) for s in np.linspace(-1, 1, POINTS))


@lru_cache(maxsize=16)
def turned(both: Both) -> Turned:
    """Return the pass forward over reverse; it is kept with the program."""
    return Turned(both)


def curvature_steps(both: Both) -> tuple[WalkStep, ...]:
    """Return the steps: each line down, then each up."""
    down = [WalkStep("forward", "value", line.node, line.name) for line in both.chain]
    up = [WalkStep("backward", "slope", line.node, line.name) for line in both.chain[::-1]]
    return (*down, *up)


def make_curvature(both: Both, at: int, links: Links) -> Curvature:
    """Return the view at a step, from 0."""
    steps, found = curvature_steps(both), turned(both)
    lines = len(both.chain)
    rows = tuple(
        CurvatureRow(
            line.label,
            ":" if line.is_leaf else "=",
            text_pieces(both.program, line),
            _columns(both, found, line, (n, 2 * lines - 1 - n), at, links),
        )
        for n, line in enumerate(both.chain)
    )
    is_last = at == len(steps) - 1
    name = both.output if both.rows == 1 else f"Σ w·{both.output}"
    said = _direction(both)
    slope, curvature = found.slope, found.curvature
    answer: tuple[tuple[str, str], ...] = (("the curvature, when the walk is at its end", ""),)
    if is_last:
        answer = (("slope", ""), (short(slope), "f"), ("curvature", ""), (short(curvature), "g"))
    elif at >= lines - 1:
        answer = (("slope", ""), (short(slope), "f"))
    return Curvature(
        strip=Film(steps, links, label_of).at(at),
        eyebrow=(f"{name} along t = {said}",),
        answer=answer,
        aloud=f"Slope {short(slope)}, curvature {short(curvature)}." if is_last else "",
        rows=rows,
        figures=_figures(found, name) if is_last else (),
        sentence=_meaning(found, name) if is_last else (),
        curve=_draw(found, name) if is_last else None,
        typed=links.choices.direction,
        example=" ".join(("1", "0", "−0.5", "2")[: both.columns]) + " …" * (both.columns > 4),
        units=links.address(direction="", step=0) if links.choices.direction else "",
    )


def _direction(both: Both) -> str:
    flat = np.concatenate([np.ravel(each) for each in both.seed(0).values()])
    shown = ", ".join(brief(float(x)) for x in flat[:6])
    return f"({shown}{', …' if flat.size > 6 else ''})"


def _columns(
    both: Both, found: Turned, line: Line, when: tuple[int, int], at: int, links: Links
) -> tuple[Column, ...]:
    arrays = found.of(line)
    find = _seeds(both, line, links) if line.name in both.inputs else None
    letters = (line.label, f"t{line.label}", f"d{line.label}", f"td{line.label}")
    tones = ("forward", "forward", "backward", "backward")
    columns = []
    for n, (letter, tone, array) in enumerate(zip(letters, tones, arrays, strict=True)):
        due = when[n // 2]
        state = "ahead" if at < due else "now" if at == due else "done"
        cells = np.size(array) <= MOST_CELLS
        columns.append(
            Column(
                letter,
                tone,
                state,
                show_array(array, letter, find=find if n == 1 else None, decimals=2)
                if cells and state != "ahead"
                else None,
                draw_map(np.atleast_1d(array), letter) if not cells and state != "ahead" else None,
            )
        )
    return tuple(columns)


def _seeds(both: Both, line: Line, links: Links) -> Find:
    """Return where each entry of a direction leads: to where it alone is 1."""
    inputs = both.sides.inputs
    before = sum(int(np.prod(shape)) for shape in inputs.shapes[: inputs.names.index(line.name)])
    shape = both.program.shape(line.name)

    def find(place: tuple[int, ...]) -> tuple[str, str]:
        number = before + (int(np.ravel_multi_index(place, shape)) if place else 0)
        text = " ".join("1" if n == number else "0" for n in range(inputs.size))
        key = f"t{line.name}[{','.join(map(str, place))}]"
        return links.address(direction=text), key

    return find


def _figures(found: Turned, name: str) -> tuple[tuple[Words, Number], ...]:
    predicted = found.value + found.slope + found.curvature / 2
    rows: list[tuple[Words, Number]] = [
        ((name,), number(found.value, "forward")),
        (("slope along t, ∇fᵀt",), number(found.slope, "forward")),
        (("curvature along t, tᵀHt",), number(found.curvature, "backward")),
        (("the line at s = 1",), number(found.value + found.slope)),
        (("with the curvature, + ½ tᵀHt",), number(predicted)),
        ((f"{name} itself there",), number(found.along(1.0))),
    ]
    return tuple(rows)


def _meaning(found: Turned, name: str) -> Words:
    """Return what the sign of the curvature means."""
    curvature = found.curvature
    if not np.isfinite(curvature):
        return ("The curvature is no number here.",)
    bends = "up: the slope grows" if curvature > 0 else "down: the slope falls"
    if curvature == 0:
        return phrase("Along t {name} does not bend: its slope stays.", name=name)
    return phrase(
        "Along t {name} bends {bends} by {number} for each unit of s. H t above is how each entry "
        "of the gradient changes; its part along t is tᵀHt.",
        name=name,
        bends=bends,
        number=number(abs(curvature), "backward"),
    )


def _draw(found: Turned, name: str) -> Curve | None:
    """Return the picture; None where a value is no number."""
    across = np.array([s for s, _ in found.values_along])
    up = np.array([y for _, y in found.values_along])
    if not np.all(np.isfinite([found.value, found.slope, found.curvature, *up])):
        return None
    line = found.value + across * found.slope
    parabola = line + across**2 * found.curvature / 2
    low = min(up.min(), float(np.min(parabola)))
    high = max(up.max(), float(np.max(parabola)))
    room = (high - low) or 1.0
    low, high = low - 0.15 * room, high + 0.15 * room

    def path(ys: Any) -> str:
        inside = (ys >= low) & (ys <= high)
        points = [
            f"{_x(s)} {_y(y, low, high)}"
            for s, y, is_in in zip(across, ys, inside, strict=True)
            if is_in
        ]
        return "M" + "L".join(points) if points else ""

    return Curve(
        path(up),
        path(line),
        path(parabola),
        _x(0.0),
        _y(found.value, low, high),
        f"{WIDE:g}",
        f"{HIGH:g}",
        f"{name} from s = −1 to s = 1 along t, its tangent, and the parabola with its curvature",
    )


def _x(s: float) -> str:
    return f"{MARGIN + (s + 1) / 2 * (WIDE - 2 * MARGIN):.1f}"


def _y(y: float, low: float, high: float) -> str:
    return f"{HIGH - MARGIN - (y - low) / (high - low) * (HIGH - 2 * MARGIN):.1f}"
