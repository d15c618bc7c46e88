"""What a stored object says: its format, and its fields, each of its kind.

A body says in which format it is: {"format": 2, …}; one that does not is in format 1, that of
0.1.0. A conversion makes of an object in one format the same in the next. What cannot be read is
refused by a SnapshotError, whose words a page shows; so a reader asks for every field by its kind:

    int, float, str, bool     of that type; a float may be written as a whole number
    range(10)                 a whole number in it
    np.ndarray, Mapping       an array of any shape, an object with any fields
    (int, str)                a list of just these two
    [str], {str: int}         a list, an object, whose items are all of one kind
    Either(str, None)         of one kind or the other; None for null
"""

from abc import ABCMeta
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from backprop.sharing.errors import DamagedSnapshot, MissingSnapshot
from backprop.sharing.snapshot import SnapshotError

FORMAT = 2  # in which bodies are written now, and the latest that is read
LATER = 10**9  # no format is so large
WIDE = (np.ndarray, Mapping)  # kinds that have kinds of their own

LOST = (MissingSnapshot, DamagedSnapshot, SnapshotError)  # why what an address names is not there

Kind: TypeAlias = Any
Conversion: TypeAlias = Callable[[Mapping[str, Any]], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Either:
    """One kind or the other; None is the kind of what is empty."""

    first: Kind
    other: Kind


def labelled(**content: Any) -> dict[str, Any]:
    """Return an object in the present format."""
    return {"format": FORMAT, **content}


def format_of(value: Any) -> int:
    """Return in which format a stored object is.

    Raises:
        SnapshotError: in none that is read here; or it is no object.
    """
    if not isinstance(value, Mapping):
        raise unreadable("it holds no fields")
    number = value.get("format", 1)
    if not _is(range(1, LATER), number):
        raise unreadable("its format is no number")
    if number > FORMAT:
        raise SnapshotError(
            "This was stored by a later version of this program.",
            hint=f"It is in format {number}; up to format {FORMAT} can be read here.",
        )
    return int(number)


def content_of(value: Any, conversions: Mapping[int, Conversion]) -> Mapping[str, Any]:
    """Return a stored object as the present format has it.

    Args:
        value: what stands in the store.
        conversions: an older format → what makes the next one of it, where they differ.

    Raises:
        SnapshotError: it cannot be read.
    """
    for number in range(format_of(value), FORMAT):
        value = conversions[number](value) if number in conversions else value
    content: Mapping[str, Any] = value
    return content


def fields(value: Any, **kinds: Kind) -> dict[str, Any]:
    """Return the fields of a stored object that are asked for; what else it has is left alone.

    Raises:
        SnapshotError: one is missing, or not of its kind.
    """
    if not isinstance(value, Mapping):
        raise unreadable("it holds no fields")
    for name, kind in kinds.items():
        if name not in value:
            raise unreadable(f"“{name}” is missing")
        if not _is(kind, value[name]):
            raise unreadable(f"“{name}” is not what it should be")
    return {name: value[name] for name in kinds}


def expect(holds: object, what: str) -> None:
    """Refuse a stored object of which something does not hold; `what` says what is wrong."""
    if not holds:
        raise unreadable(what)


def unreadable(why: str) -> SnapshotError:
    """Return the error for what is stored, but cannot be read."""
    return SnapshotError(
        f"What is stored here cannot be read: {why}.",
        hint="It is damaged, or an early version of this program wrote it.",
    )


def _is(kind: Kind, value: Any) -> bool:
    """Whether a value is of a kind; a page that plays asks this hundreds of times a slice."""
    sort = type(kind)
    if sort is type or sort is ABCMeta:
        if kind is float:
            return type(value) in (int, float)
        return isinstance(value, kind) if kind in WIDE else type(value) is kind
    if sort is range:
        return type(value) is int and value in kind
    if sort is tuple:
        return _is_list(value) and len(value) == len(kind) and all(map(_is, kind, value))
    if sort is list:
        (inner,) = kind
        return _is_list(value) and all(_is(inner, item) for item in value)
    if sort is dict:
        (inner,) = kind.values()
        return isinstance(value, Mapping) and all(_is(inner, item) for item in value.values())
    if sort is Either:
        return _is(kind.first, value) or _is(kind.other, value)
    return kind is None and value is None


def _is_list(value: Any) -> bool:
    return type(value) in (list, tuple)
