"""The two halves: the lines of the program with their tangents, and with their gradients.

A side shows one pass: what has been reached of it, what comes next, and the part of the Jacobian
that its passes have filled. Both sides fill the same matrix: one by column, one by row.
"""

from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np

from backprop.drawing.heat_map import (
    NUMBERED,
    HeatMap,
    draw_heat_map,
)
from backprop.engine.arrays.lines import Line
from backprop.engine.arrays.shapes import shape_text
from backprop.engine.modes.jacobians import Side as Axes
from backprop.lessons.why_backwards.both import Both
from backprop.lessons.why_backwards.filling import NOTHING, Covered, Filled, fill
from backprop.lessons.why_backwards.schedule import Place, Schedule
from backprop.stage.links import Links
from backprop.stage.programs.arrays_shown import Find, Grid, show_array
from backprop.stage.programs.rows import brief_size, text_pieces

PIPS = 16  # passes that are counted by a mark each
MAP_ROOM = (15.0, 2.1)  # rem: of an array in a row
VALUE_ROOM = (5.0, 2.1)


@dataclass(frozen=True, slots=True)
class SideRow:
    """One line of the program on one side.

    Attributes:
        label, sign, pieces, shape: the line as it is typed, with a shape under each name.
        value: its value, as a map.
        letter: what stands in the row: ta, or da.
        state: “ahead”, “now”, “done”; “covered” where it is asked.
        grid, map: what it comes to; one of them, or none.
        seed: whether it is chosen, not computed.
        text: how it is computed, in the language; empty for a seed.
        caption: below it.
    """

    label: str
    sign: str
    pieces: tuple[tuple[str, str], ...]
    shape: str
    value: HeatMap
    letter: str
    state: str
    grid: Grid | None
    map: HeatMap | None
    seed: bool
    text: str
    caption: str


@dataclass(frozen=True, slots=True)
class Side:
    """One half.

    Attributes:
        name: “forward” or “reverse”.
        tone: forward or backward, for the style sheet.
        rows: its lines.
        filled: the Jacobian.
        done, passes: how many passes are done, of how many.
        counted, multiplications: the same of multiplications.
        pips: a mark for each pass, whether it is done; none where there are many.
        typed: what was typed as the seed; empty where each entry has its turn.
        example: what could be typed.
        units: the address where each entry has its turn again; empty where it has.
    """

    name: str
    tone: str
    rows: tuple[SideRow, ...]
    filled: Filled
    done: int
    passes: int
    counted: int
    multiplications: int
    pips: tuple[bool, ...]
    typed: str
    example: str
    units: str


def make_forward(
    both: Both, schedule: Schedule, place: Place, links: Links, covered: Covered = NOTHING
) -> Side:
    """Return the left half: tangents down the lines, a column a pass."""
    typed: str = links.choices.direction
    pushed = both.forward(max(place.number, 0))
    results = both.results
    order = {line.name: n for n, line in enumerate(results, 1)}
    rows = tuple(
        _row(
            both,
            line,
            f"t{line.label}",
            pushed.of(line.name),
            "covered"
            if line.name in covered.forward
            else _state(order.get(line.name, 0), place, schedule),
            both.forward_texts.get(line.name, ""),
            _caption_forward(both, line, place, typed),
            _seeds(both.sides.inputs, line.name, "forward", schedule, links)
            if line.is_leaf and not typed
            else None,
        )
        for line in both.chain
    )
    reached = sum(both.work[line.name].tangents for line in results[: place.lines])
    each = both.forward_work
    return Side(
        "forward",
        "forward",
        rows,
        fill(both, place, "forward", typed, covered),
        place.passes,
        1 if typed else both.columns,
        _counted(place, each, reached),
        each * (1 if typed else both.columns),
        _pips(place, 1 if typed else both.columns),
        typed,
        _example(both.columns),
        links.address(direction="", step=0) if typed else "",
    )


def make_reverse(
    both: Both, schedule: Schedule, place: Place, links: Links, covered: Covered = NOTHING
) -> Side:
    """Return the right half: gradients up the lines, a row a pass."""
    typed: str = links.choices.weight
    pulled = both.reverse(max(place.number, 0))
    results = both.results[::-1]
    order = {line.name: n for n, line in enumerate(results)}  # known when those below are done
    rows = tuple(
        _row(
            both,
            line,
            f"d{line.label}",
            pulled.of(line.name),
            "covered"
            if line.name in covered.reverse
            else _state(order.get(line.name, len(results)), place, schedule),
            both.reverse_texts.get(line.name, ""),
            _caption_reverse(both, line, place, typed),
            _seeds(both.sides.outputs, line.name, "reverse", schedule, links)
            if line.name == both.output and not typed
            else None,
        )
        for line in both.chain
    )
    reached = sum(both.work[line.name].cotangents for line in results[: place.lines])
    each = both.reverse_work
    return Side(
        "reverse",
        "backward",
        rows,
        fill(both, place, "reverse", typed, covered),
        place.passes,
        1 if typed else both.rows,
        _counted(place, each, reached),
        each * (1 if typed else both.rows),
        _pips(place, 1 if typed else both.rows),
        typed,
        _example(both.rows),
        links.address(weight="", step=0) if typed else "",
    )


def _example(entries: int) -> str:
    """Return a seed of so many entries, as it could be typed."""
    numbers = ("1", "0", "−0.5", "2", "0", "1")
    return " ".join(numbers[:entries]) + (" …" if entries > len(numbers) else "")


def _state(order: int, place: Place, schedule: Schedule) -> str:
    if place.number < 0 or order > place.lines:
        return "ahead"
    is_now = order == place.lines and schedule.by_line
    return "now" if is_now else "done"


def _counted(place: Place, each: int, reached: int) -> int:
    return max(place.number, 0) * each + reached


def _pips(place: Place, passes: int) -> tuple[bool, ...]:
    return tuple(n < place.passes for n in range(passes)) if passes <= PIPS else ()


def _caption_forward(both: Both, line: Line, place: Place, typed: str) -> str:
    shape = shape_text(both.program.shape(line.name))
    if line.is_leaf:
        return f"direction in, {shape}"
    if line is both.chain[-1]:
        return f"J t, {shape}" if typed else f"column {max(place.number, 0)} of J, {shape}"
    return shape


def _caption_reverse(both: Both, line: Line, place: Place, typed: str) -> str:
    shape = shape_text(both.program.shape(line.name))
    if line is both.chain[-1]:
        return f"weight out, {shape}"
    if line.is_leaf:
        part = "of " if len(both.inputs) > 1 else ""
        return f"{part}wᵀJ, {shape}" if typed else f"{part}row {max(place.number, 0)} of J, {shape}"
    return shape


def _row(
    both: Both,
    line: Line,
    letter: str,
    array: Any,
    state: str,
    text: str,
    caption: str,
    find: Find | None,
) -> SideRow:
    name, shape = line.name, both.program.shape(line.name)
    value = np.atleast_1d(np.asarray(both.values[name], float))
    shown = state in ("now", "done")
    cells = as_cells(array)
    return SideRow(
        line.label,
        ":" if line.is_leaf else "=",
        text_pieces(both.program, line),
        shape_text(shape) if not line.is_leaf else "",
        draw_heat_map(value, name, "", VALUE_ROOM),
        letter,
        state,
        show_array(array, letter, find=find, decimals=2) if shown and cells else None,
        draw_map(array, letter) if shown and not cells else None,
        text == "",
        text,
        caption,
    )


def _seeds(side: Axes, name: str, way: str, schedule: Schedule, links: Links) -> Find:
    """Return where each entry of a seed leads: to the pass in which it is 1."""
    shapes = dict(zip(side.names, side.shapes, strict=True))
    before = sum(
        prod(shape)
        for other, shape in shapes.items()
        if other != name and side.names.index(other) < side.names.index(name)
    )

    def find(place: tuple[int, ...]) -> tuple[str, str]:
        number = before + (int(np.ravel_multi_index(place, shapes[name])) if place else 0)
        key = f"{name}[{','.join(map(str, place))}]"
        most = schedule.forward if way == "forward" else schedule.reverse
        return (links.address(step=schedule.last(way, number)) if number < most else ""), key

    return find


def as_cells(array: Any) -> bool:
    """Whether an array of a row is shown by its numbers: one row of a few."""
    return np.ndim(array) < 2 and np.size(array) <= NUMBERED


def draw_map(array: Any, name: str) -> HeatMap:
    """Return an array of a row as a map."""
    array = np.asarray(array, float)
    finite = np.abs(array[np.isfinite(array)])
    largest = float(finite.max()) if finite.size else 0.0
    size = f"±{brief_size(largest)}" if largest else "all 0"
    return draw_heat_map(array, name, size, MAP_ROOM, 48)
