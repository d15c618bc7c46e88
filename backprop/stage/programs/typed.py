"""What is typed beside a program: numbers for entries of its leaves, or other seeds for them."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from backprop.engine.arrays.leaves import leaf_values
from backprop.engine.errors import InputError
from backprop.engine.program import Program
from backprop.stage.choices import ChoiceError, parse_number
from backprop.stage.programs.passes import read_entry

DRAWN = re.compile(r"\b(random|uniform)(\s+)(\d+)")
LAST_SEED = 99_999


NOTHING_BROUGHT: Mapping[str, Any] = MappingProxyType({})


def in_line(error: InputError, text: str) -> ChoiceError:
    """Return an error that says in which line of a program it is."""
    number = line_number(error, text)
    where = f"Line {number}: " if number else ""
    return ChoiceError(f"{where}{error.what}", hint=error.hint, at="program")


def line_number(error: InputError, text: str) -> int:
    """Return the line, from 1, at which an error is; 0 where it is in none."""
    at = error.at
    if isinstance(at, str) and (leaf := re.search(rf"(?m)(^|;)\s*{re.escape(at)}\s*:(?!=)", text)):
        at = leaf.end()
    return text[:at].count("\n") + 1 if isinstance(at, int) else 0


def typed_values(
    graph: Program, text: str, brought: Mapping[str, Any] = NOTHING_BROUGHT
) -> dict[str, Any]:
    """Return the values of the leaves of which an entry was typed: “W[1,2]=0.5;b[0]=1”.

    Args:
        graph: with the leaves.
        text: what was typed.
        brought: the values of those that are stored.

    Raises:
        ChoiceError: there is no such leaf or entry, or no number.
    """
    values: dict[str, Any] = {}
    for part in filter(None, text.split(";")):
        place, _, number = part.partition("=")
        name, index = _leaf_entry(graph, place)
        if name not in values:
            before = brought[name] if name in brought else leaf_values(graph.statements[name])
            values[name] = np.array(before, float)
        values[name][index] = parse_number(number, "leaf-values")
    return values


def _leaf_entry(graph: Program, place: str) -> tuple[str, tuple[int, ...]]:
    name, index = read_entry(place) or (place.strip(), ())
    if name not in graph.statements:
        raise ChoiceError(
            f"“{place[:40]}” is no entry of a leaf.",
            hint="Write one as in W[1,2]=0.5; entries are counted from 0.",
            at="leaf-values",
        )
    shape = graph.statements[name].shape
    if len(index) != len(shape) or any(i >= n for i, n in zip(index, shape, strict=False)):
        raise ChoiceError(
            f"“{place[:40]}” is outside of {name}.",
            hint="Entries are counted from 0.",
            at="leaf-values",
        )
    return name, index


def reseeded(program: str, by: int) -> str:
    """Return a program whose random leaves are drawn by other seeds."""

    def other(match: re.Match[str]) -> str:
        return f"{match[1]}{match[2]}{(int(match[3]) + 101 * by) % LAST_SEED}"

    return DRAWN.sub(other, program)
