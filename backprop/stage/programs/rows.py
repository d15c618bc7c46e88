"""The program as a picture: a row for each line, with its shapes, its value and its gradient."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import numpy as np

from backprop.drawing.heat_map import HeatMap, draw_heat_map
from backprop.drawing.rails import Placing, Rails, draw_rails, place_rails
from backprop.engine.arrays.lines import Line
from backprop.engine.arrays.shapes import shape_text
from backprop.engine.program import Program
from backprop.notation.formula import Number
from backprop.notation.numerals import short
from backprop.stage.links import Links
from backprop.stage.programs.passes import ProgramAt, named, own_name, reads_of, said_opened
from backprop.stage.walk.steps import WalkStep

WORDS = re.compile(r"[^\W\d]\w*(?:\.\w+)*|\d+\.?\d*(?:e[-+]?\d+)?|.", re.DOTALL)
ROOM = 34.2  # rem: how high all rows are together, so that they stand on one screen
HEIGHTS = (1.4, 3.75)  # rem: of a row, at least and at most
TIGHT = 2.0  # rem: rows below it have one column for the shape


@dataclass(frozen=True, slots=True)
class Shown:
    """A value or a gradient in a row: a number, a map, or words instead.

    Attributes:
        state: “map”, “number”, “ahead” or “none”.
        map, number: one of them, or none.
        words: beside it: the size of the largest entry, or how many uses are in.
        tone: “forward” or “backward”.
        width, height: of the place that is kept for it, in rem.
    """

    state: str
    map: HeatMap | None
    number: Number | None
    words: str
    tone: str
    width: str = "0"
    height: str = "0"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the program.

    Attributes:
        number, label: as shown: 5a, mu.
        name: of the line.
        kinds: words for the style sheet: leaf, given, part, opened, now, reads.
        sign: “:” or “=”.
        pieces: the text in runs, each with the shape that stands under it, or none.
        shape: of the line itself.
        value, gradient: None where the parts of the line follow.
        fold: where the line is opened, or closed; empty where it cannot be.
        address: of the step that makes it; of a leaf, where its numbers are changed.
    """

    number: str
    label: str
    name: str
    kinds: str
    sign: str
    pieces: tuple[tuple[str, str], ...]
    shape: str
    value: Shown | None
    gradient: Shown | None
    fold: str
    address: str


@dataclass(frozen=True, slots=True)
class Picture:
    """The program at a step.

    Attributes:
        rows: its lines.
        rails: the wires at the margin.
        tall: how high a row is, in rem; its unit is the row.
        tight: whether shapes have a column of their own.
        names: how wide the column of names is, in letters.
        added: the line that the page added; empty where none.
        outputs: what can be made of an output that is no number.
    """

    rows: tuple[Row, ...]
    rails: Rails
    tall: str
    tight: bool
    names: int
    added: str


@dataclass(eq=False)
class Drawer:
    """Draws the rows of one program; what was drawn once is drawn no more."""

    passes: ProgramAt
    links: Links
    drawn: dict[tuple[Any, ...], Row] = field(default_factory=dict)
    maps: dict[tuple[Any, ...], Shown] = field(init=False)  # the same for all links
    placing: Placing = field(init=False)

    def __post_init__(self) -> None:
        lines, self.maps = self.passes.program.lines, _maps_of(self.passes)
        self.tall = round(min(HEIGHTS[1], max(HEIGHTS[0], ROOM / len(lines))), 3)
        makers = [line.name if line.kind != "opened" else "" for line in lines]
        self.placing = place_rails(reads_of(self.passes.program), makers, self.tall * 16)
        self.most = 16 if len(lines) <= 17 else 10
        self.first = {
            step.name: n for n, step in enumerate(self.passes.steps) if step.kind == "value"
        }
        self.varying = self.passes.program.varying()
        counts: dict[str, int] = {}
        for use in self.passes.uses:
            counts[use.name] = use.times
        self.times = counts

    def at(self, at: int, covered: bool = False, unknown: frozenset[str] = frozenset()) -> Picture:
        """Return the picture at a step.

        Args:
            at: its number, counted from 0.
            covered: whether what the step finds may not be seen yet.
            unknown: the lines whose shapes may not be seen.
        """
        passes, step = self.passes, self.passes.steps[at]
        past = passes.steps[: at + (not covered)]
        valued = {each.name for each in past if each.kind == "value"}
        arrived: dict[str, list[str]] = {}
        for each in past:
            if each.kind == "use":
                arrived.setdefault(each.name, []).append(each.sender)
            elif each.kind == "seed":
                arrived[each.name] = []
        rows = tuple(
            self._row(line, step, valued, arrived, unknown) for line in passes.program.lines
        )
        longest = max(len(row.label) for row in rows)
        return Picture(
            rows,
            self._rails(step, valued, arrived),
            f"{self.tall:g}",
            self.tall < TIGHT,
            min(longest, 14),
            passes.added,
        )

    def _row(
        self,
        line: Line,
        step: WalkStep,
        valued: set[str],
        arrived: Mapping[str, list[str]],
        unknown: frozenset[str],
    ) -> Row:
        senders = tuple(arrived.get(line.name, ())) if line.name in arrived else None
        is_made = line.is_leaf or line.name in valued
        kinds = _kinds(line, step, self.passes)
        read = reads_of(self.passes.program).get(line.name, ())
        hidden = unknown & {line.name, *read}
        key = (line.name, line.number, is_made, senders, kinds, hidden)
        if key not in self.drawn:
            self.drawn[key] = self._draw(line, is_made, senders, kinds, hidden)
        return self.drawn[key]

    def _draw(
        self,
        line: Line,
        is_made: bool,
        senders: tuple[str, ...] | None,
        kinds: str,
        hidden: frozenset[str],
    ) -> Row:
        graph = self.passes.program
        is_opened = line.kind == "opened"
        is_hidden = line.name in hidden
        shape = "?" if is_hidden else shape_text(graph.shape(line.name))
        value = None if is_opened else self._value(line, is_made)
        gradient = None if is_opened else self._gradient(line, senders)
        if is_hidden:
            value, gradient = _of_no_shape(value), _of_no_shape(gradient)
        return Row(
            line.number,
            own_name(line.name),
            line.name,
            kinds,
            ":" if line.is_leaf else "=",
            text_pieces(graph, line, hidden),
            shape if not line.is_leaf or self.tall < TIGHT else "",
            value,
            gradient,
            self._fold(line),
            self._leads(line),
        )

    def _leads(self, line: Line) -> str:
        """Return where the name of a line leads: to its step, or to the numbers of a leaf."""
        if not line.is_leaf:
            return self.links.address(step=self.first[line.name])
        shape = self.passes.program.shape(line.name)
        first = f"[{','.join('0' for _ in shape)}]" if shape else ""
        return self.links.address(entry=f"{line.name}{first}")

    def _fold(self, line: Line) -> str:
        opened = self.links.choices.opened
        if line.kind == "opened":
            inner = f"{line.name}."
            left = tuple(n for n in opened if n != line.name and not n.startswith(inner))
            return self.links.address(opened=left, opened_before=said_opened(opened))
        if line.opens and line.name not in opened:
            more = (*opened, line.name)
            return self.links.address(opened=more, opened_before=said_opened(opened))
        return ""

    def _value(self, line: Line, is_made: bool) -> Shown:
        array = self.passes.trace.values[line.node]
        return self._shown(("value", line.name, is_made), array, own_name(line.name), "forward",
                           ahead=not is_made)  # fmt: skip

    def _gradient(self, line: Line, senders: tuple[str, ...] | None) -> Shown:
        passes = self.passes
        if line.kind in ("given", "index"):
            return Shown("none", None, None, line.kind, "")
        is_output = line.node == passes.program.output
        times = self.times.get(line.name, 0)
        if not is_output and not times:
            return Shown("none", None, None, "no gradient", "")
        array = passes.trace.gradients[line.node]
        words = ""
        if senders:
            array = passes.sent[senders[-1], line.name][1]
            uses = "" if self.tall < TIGHT else " uses"
            words = f"{len(senders)} of {times}{uses}" if times > 1 else ""
        key = ("gradient", line.name, senders)
        masked = passes.masked(line.name)
        if masked is not None:
            array = np.where(masked, -np.inf, array)
        name = f"d{own_name(line.name)}"
        return self._shown(key, array, name, "backward", words, ahead=senders is None)

    def _shown(
        self,
        key: tuple[Any, ...],
        array: Any,
        name: str,
        tone: str,
        words: str = "",
        *,
        ahead: bool,
    ) -> Shown:
        if key in self.maps:
            return self.maps[key]
        room = (2.9 if np.ndim(array) <= 2 else 3.6, self.tall - 0.5)
        if np.ndim(array) == 0 and ahead:
            found = Shown("ahead", None, None, "", tone, "2.2", "1")
        elif np.ndim(array) == 0:
            number = Number(short(float(array)), float(array), tone)
            found = Shown("number", None, number, words, tone)
        else:
            finite = np.abs(array[np.isfinite(array)])
            largest = float(finite.max()) if finite.size else 0.0
            size = f"±{brief_size(largest)}" if largest else "all 0"
            picture = draw_heat_map(array, name, size, room, self.most)
            place = (tone, picture.width, picture.height)
            if ahead:
                found = Shown("ahead", None, None, "", *place)
            else:
                found = Shown("map", picture, None, words or size, *place)
        self.maps[key] = found
        return found

    def _rails(self, step: WalkStep, valued: set[str], arrived: Mapping[str, list[str]]) -> Rails:
        lines = {line.name: line for line in self.passes.program.lines if line.kind != "opened"}
        states = {
            (line, name): self._state(line, name, step, valued, arrived)
            for line, names in reads_of(self.passes.program).items()
            for name in names
        }
        made = {
            name: "given"
            if lines[name].kind in ("given", "index")
            else "value"
            if lines[name].is_leaf or name in valued
            else "ahead"
            for name in self.placing.starts
        }
        return draw_rails(self.placing, states, made)

    def _state(
        self,
        line: str,
        name: str,
        step: WalkStep,
        valued: set[str],
        arrived: Mapping[str, list[str]],
    ) -> tuple[str, str]:
        if step.kind == "value" and step.name == line:
            return "now", "forward"
        if step.kind == "use" and (step.sender, step.name) == (line, name):
            return "now", "backward"
        if line in arrived.get(name, ()):
            return "sent", ""
        if line not in valued:
            return "ahead", ""
        return ("value" if self.varying[self.passes.program.position(name)] else "given"), ""


def text_pieces(
    graph: Program, line: Line, hidden: frozenset[str] = frozenset()
) -> tuple[tuple[str, str], ...]:
    """Return a line's text in runs, each with the shape that stands under it, or none.

    Args:
        graph: the program.
        line: of it; a leaf is one run.
        hidden: names whose shapes may not be seen.
    """
    if line.is_leaf:
        return ((line.text, ""),)
    found: list[tuple[str, str]] = []
    for word in WORDS.findall(line.text):
        known, turned = named(graph, line, word), ""
        if not known and word.endswith((".T", ".mT")):
            name, _, turned = word.rpartition(".")
            known = named(graph, line, name)
        shape = graph.shape(known) if known else ()
        said = shape_text(_turned(shape, turned)) if known else ""
        said = "?" if known in hidden else said
        if not said and found and not found[-1][1]:
            found[-1] = (found[-1][0] + word, "")
        else:
            found.append((word, said))
    return tuple(found)


def _of_no_shape(shown: Shown | None) -> Shown | None:
    """Return the place of what is not made yet, so that it says nothing of a shape."""
    if shown is None or shown.state != "ahead":
        return shown
    return replace(shown, width="2.2", height="1")


@lru_cache(maxsize=32)
def _maps_of(passes: ProgramAt) -> dict[tuple[Any, ...], Shown]:  # noqa: ARG001 - what it is of
    """Return the maps of a program at its point that were drawn already."""
    return {}


def _turned(shape: tuple[int, ...], turned: str) -> tuple[int, ...]:
    if turned == "T":
        return shape[::-1]
    return (*shape[:-2], *shape[:-3:-1]) if turned == "mT" else shape


def _kinds(line: Line, step: WalkStep, passes: ProgramAt) -> str:
    words = [line.kind if line.kind in ("given", "index", "opened") else ""]
    words += ["leaf" if line.is_leaf else "", "nested" if line.of else ""]
    if line.kind != "opened":
        if line.name == step.name:
            words.append(f"now {step.phase}")
        elif line.name == step.sender:
            words.append("sends")
        elif step.kind == "value" and line.name in reads_of(passes.program)[step.name]:
            words.append("read")
    return " ".join(filter(None, words))


def brief_size(x: float) -> str:
    """Return the size of an entry with two digits: 1.3, 0.58, 4·10⁻³."""
    if 0.0095 <= x < 9999.5:
        return f"{x:.2g}" if x < 99.5 else f"{x:.0f}"
    return short(float(f"{x:.0e}")).replace(".00·", "·")
