"""Reading one entry: where a click on a cell leads, and a leaf's entry in a field of its own."""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, log2
from typing import Any

import numpy as np

from backprop.engine.arrays.shapes import shape_text
from backprop.notation.formula import Label
from backprop.notation.names import label_of
from backprop.notation.numerals import field, short
from backprop.stage.controls import Slider
from backprop.stage.links import Links
from backprop.stage.programs.arrays_shown import Find, Grid, show_array
from backprop.stage.programs.passes import ProgramAt, read_entry

TICKS = 200  # of a slider, to each side


@dataclass(frozen=True, slots=True)
class Place:
    """An entry that is opened.

    Attributes:
        name: of the line.
        is_gradient: whether it is an entry of its gradient.
        at: its place; as long as the array has axes.
        key: as it stands in an address: dW[1,2].
    """

    name: str
    is_gradient: bool
    at: tuple[int, ...]
    key: str


@dataclass(frozen=True, slots=True)
class LeafEntry:
    """An entry of a leaf, which can be typed and dragged.

    Attributes:
        label, at: which it is.
        typed: as its field shows it.
        slider: the same to be dragged; None where it is a whole number of an index.
        grid: the leaf.
        key: which cell of it is opened.
        reset: the address with the entries as the text says them; empty where none was typed.
        close: the address where no entry is opened.
    """

    label: Label
    at: str
    typed: str
    slider: Slider | None
    grid: Grid
    key: str
    reset: str
    close: str


@dataclass(eq=False)
class Reader:
    """Knows where the entries of one program lead."""

    passes: ProgramAt
    links: Links

    def __post_init__(self) -> None:
        steps = self.passes.steps
        self._made = {step.name: n for n, step in enumerate(steps) if step.kind == "value"}
        self._graded = {
            step.name: n for n, step in enumerate(steps) if step.kind in ("use", "seed")
        }

    def finder(self, name: str, is_gradient: bool, turned: str = "") -> Find:
        """Return where each entry of an array leads: to where it is made, with its sum."""
        step = self.links.choices.step
        leads = self._graded if is_gradient else self._made
        uses = [
            n
            for n, each in enumerate(self.passes.steps)
            if each.kind == "use" and each.name == name
        ]
        to = step if is_gradient and step in uses else leads.get(name, step)
        letter = f"d{name}" if is_gradient else name
        address = self._address(to)

        def find(place: tuple[int, ...]) -> tuple[str, str]:
            at = _turned(place, turned)
            key = f"{letter}[{','.join(map(str, at))}]" if at else letter
            return address(key), key

        return find

    def _address(self, step: int) -> Callable[[str], str]:
        if step == self.links.choices.step:
            return lambda key: self.links.address(entry=key)
        return lambda key: self.links.address(entry=key, step=step)

    def opened(self) -> Place | None:
        """Return the entry that is opened; None where there is none, or no such one."""
        found = read_entry(self.links.choices.entry)
        if found is None:
            return None
        name, at = found
        program = self.passes.program
        known = {line.name for line in program.lines}
        is_gradient = name not in known and name[0] == "d" and name[1:] in known
        name = name[1:] if is_gradient else name
        if name not in known:
            return None
        shape = program.shape(name)
        if len(at) != len(shape) or any(i >= n for i, n in zip(at, shape, strict=True)):
            return None
        return Place(name, is_gradient, at, self.links.choices.entry)

    def missing(self) -> str:
        """Return in words that the entry which is asked for is not there; empty where it is."""
        entry = self.links.choices.entry
        if not entry or self.opened():
            return ""
        program = self.passes.program
        word = (read_entry(entry) or ("",))[0]
        for name in (word, word[1:]):
            if any(line.name == name for line in program.lines):
                shape = shape_text(program.shape(name))
                return f"There is no {entry} here: {name} is {shape}, and places count from 0."
        return f"There is no array “{word}” here."

    def leaf(self) -> LeafEntry | None:
        """Return the entry of a leaf that is opened; None where another is, or none."""
        place, program = self.opened(), self.passes.program
        if place is None or place.is_gradient or place.name not in program.statements:
            return None
        array = program.at[place.name]
        x = float(np.asarray(array)[place.at])
        is_index = program.statements[place.name].kind == "index"
        choices = self.links.choices
        label = label_of(place.name)
        return LeafEntry(
            label,
            f"[{', '.join(map(str, place.at))}]" if place.at else "",
            field(x),
            None if is_index else _slider(label, x, array),
            show_array(array, place.name, choices.slice, self.finder(place.name, False)),
            place.key,
            self.links.address(leaf_values="") if choices.leaf_values else "",
            self.links.address(entry=""),
        )


def _turned(place: tuple[int, ...], turned: str) -> tuple[int, ...]:
    if turned == "T":
        return place[::-1]
    return (*place[:-2], *place[:-3:-1]) if turned else place


def _slider(label: Label, x: float, array: Any) -> Slider:
    """Return a slider as wide as the leaf's largest entry asks for."""
    largest = float(np.max(np.abs(array), initial=0.0))
    reach = max(2.0, 2.0 ** ceil(log2(1.25 * largest or 1.0)))
    low, high, pace = (f"{each:.12g}" for each in (-reach, reach, reach / TICKS))
    return Slider("entry-value", label, field(x), short(x), low, high, pace)
