"""Where the last line is no number: the line that is added so that there is a gradient.

    their sum       L = sum(p)
    one entry       L = p[0]
    random          G : given 4 = random 1,          L = sum(G * p)
    typed           G : given 4 = [1, 0, −2, 0.5],   L = sum(G * p)

What weighs the entries is the gradient that sets out: G is dp.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from math import prod

from backprop.engine.arrays.shapes import Shape, shape_text
from backprop.engine.errors import InputError
from backprop.engine.program import read
from backprop.stage.choices import ChoiceError
from backprop.stage.programs.typed import in_line

MOST_TYPED = 64  # weights that have a field each
WEIGHTS = {  # what weights the entries of an output that is no number
    "": "",
    "ones": "their sum",
    "one-hot": "one entry",
    "random": "a random weight each",
    "typed": "a weight you type",
}


@dataclass(frozen=True, slots=True)
class Weighing:
    """How the entries of an output become one number.

    Attributes:
        kind: one of WEIGHTS.
        entry: the one that is taken; empty for the first.
        numbers: by the place of the entry; of those that are not there it is 1.
    """

    kind: str = ""
    entry: tuple[int, ...] = ()
    numbers: tuple[tuple[tuple[int, ...], float], ...] = ()


SUM = Weighing()


@lru_cache(maxsize=128)
def with_output(text: str, by: Weighing = SUM) -> tuple[str, str]:
    """Return a program whose last line is a number, and the line that was added to it.

    Where the last line is a number already, nothing is added.

    Raises:
        ChoiceError: the program cannot be read, or the entry that is taken is not there.
    """
    try:
        plain = read(text)
    except InputError as error:
        raise in_line(error, text) from error
    shape, name = plain.nodes[-1].shape or (), plain.nodes[-1].name
    if not shape:
        return text, ""
    names = {line.name for line in plain.lines}
    out, weight = _free("L", names), _free("G", names)
    if plain.lines[-1].text and not _names_its_result(text, name):
        head, _, last = text.rpartition("\n")
        text = f"{head}\n{name} = {last.strip()}".lstrip("\n")
        out = _free("L", {*names, name})
    if by.kind == "one-hot":
        line = f"{out} = {name}[{', '.join(map(str, _entry(by.entry, shape, name)))}]"
        return f"{text}\n{line}", line
    typed = by.kind == "typed" and prod(shape) <= MOST_TYPED
    if by.kind == "random" or typed:
        source = _list(dict(by.numbers), shape) if typed else "random 1"
        lengths = " x ".join(map(str, shape))
        line = f"{out} = sum({weight} * {name})"
        return f"{text}\n{weight} : given {lengths} = {source}\n{line}", line
    line = f"{out} = sum({name})"
    return f"{text}\n{line}", line


def _entry(entry: tuple[int, ...], shape: Shape, name: str) -> tuple[int, ...]:
    if not entry:
        return (0,) * len(shape)
    if len(entry) != len(shape) or any(i >= n for i, n in zip(entry, shape, strict=True)):
        place = ", ".join(map(str, entry))
        hint = "Places are counted from 0."
        raise ChoiceError(f"There is no entry [{place}]: {name} is {shape_text(shape)}.", hint=hint,
                          at="weighed-entry")  # fmt: skip
    return entry


def _list(numbers: dict[tuple[int, ...], float], shape: Shape, place: Shape = ()) -> str:
    """Return the weights as nested lists, as a program says them."""
    if len(place) == len(shape):
        return repr(float(numbers.get(place, 1.0))).removesuffix(".0")
    inner = (_list(numbers, shape, (*place, k)) for k in range(shape[len(place)]))
    return f"[{', '.join(inner)}]"


def _names_its_result(text: str, name: str) -> bool:
    last = re.split(r"[\n;]", text.rstrip())[-1]
    return re.match(rf"\s*(?:\w+\s*,\s*)?{re.escape(name)}\s*=(?!=)", last) is not None


def _free(letter: str, names: set[str]) -> str:
    found, k = letter, 2
    while found in names:
        found, k = f"{letter}{k}", k + 1
    return found


@lru_cache(maxsize=128)
def output_of(text: str) -> tuple[str, Shape]:
    """Return the name and the shape of a program's last line; () of what cannot be read."""
    try:
        last = read(text).nodes[-1]
    except InputError:
        return "", ()
    return last.name, last.shape or ()


def places_of(shape: Shape) -> Iterator[tuple[int, ...]]:
    """Give the places of all entries, row by row."""
    return product(*map(range, shape))


def weight_name(place: tuple[int, ...]) -> str:
    """Return how an address calls the weight of an entry: weight-1-2."""
    return "-".join(("weight", *map(str, place)))


def weight_names(text: str) -> tuple[str, ...]:
    """Return the weights that can be typed for a program's output; none where they are many."""
    shape = output_of(text)[1]
    if not shape or prod(shape) > MOST_TYPED:
        return ()
    return tuple(map(weight_name, places_of(shape)))
