"""What is made of a last line that is no number: which entry is taken, or a weight for each."""

from dataclasses import dataclass
from math import prod

from backprop.engine.arrays.shapes import shape_text
from backprop.lessons.arrays.choices import Choices
from backprop.lessons.arrays.outputs import (
    MOST_TYPED,
    WEIGHTS,
    output_of,
    places_of,
    weight_name,
    weight_names,
)
from backprop.notation.formula import Label
from backprop.notation.names import label_of
from backprop.notation.numerals import field
from backprop.stage.controls import Option
from backprop.stage.links import Links


@dataclass(frozen=True, slots=True)
class WeightField:
    """An entry of the output.

    Attributes:
        at: its place: [0, 1].
        name: of its field in an address.
        value: its weight, as the field shows it.
        address: where it is the entry that is taken.
        on: whether it is.
    """

    at: str
    name: str
    value: str
    address: str
    on: bool


@dataclass(frozen=True, slots=True)
class OutputShown:
    """What can be made of a last line that is no number.

    Attributes:
        options: its sum, one entry, random weights, or weights that are typed.
        label, shape: of the last line.
        kind: which is chosen.
        columns: how many entries stand beside each other.
        rows: the entries, each row with the first places of its entries; none where they are many.
        entry: the place that is taken, as its field shows it: 0,1.
    """

    options: tuple[Option, ...]
    label: Label
    shape: str
    kind: str
    columns: int
    rows: tuple[tuple[str, tuple[WeightField, ...]], ...]
    entry: str


def _options(choices: Choices, links: Links) -> tuple[Option, ...]:
    """Return its sum, one entry, random weights, or, where they are few, weights that are typed."""
    kind = choices.weights or "ones"
    few = bool(weight_names(choices.program))
    return tuple(
        Option(title, key, key == kind, links.address("output_weight", weights=key))
        for key, title in WEIGHTS.items()
        if key and (few or key != "typed")
    )


def show_output(choices: Choices, links: Links) -> OutputShown:
    """Return what the page offers for a last line that is no number."""
    name, shape = output_of(choices.program)
    kind = choices.weights or "ones"
    taken = choices.weighed or (0,) * len(shape)
    shows = kind in ("typed", "one-hot") and prod(shape) <= MOST_TYPED
    fields = [_field(choices, links, place, taken) for place in places_of(shape)] if shows else []
    columns = shape[-1]
    starts = [place[:-1] for place in places_of(shape)][::columns] if shows else []
    rows = tuple(
        (",".join(map(str, start)), tuple(fields[k * columns : (k + 1) * columns]))
        for k, start in enumerate(starts)
    )
    entry = ",".join(map(str, taken))
    return OutputShown(
        _options(choices, links), label_of(name), shape_text(shape), kind, columns, rows, entry
    )


def _field(
    choices: Choices, links: Links, place: tuple[int, ...], taken: tuple[int, ...]
) -> WeightField:
    name = weight_name(place)
    value = field(choices.output_weight.get(name, 1.0))
    at = f"[{', '.join(map(str, place))}]"
    address = links.address(weighed=place) if choices.weights == "one-hot" else ""
    return WeightField(at, name, value, address, place == taken)
