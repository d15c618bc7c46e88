"""A snapshot: a plain value as canonical bytes, and the address that these bytes have.

Canonical means: one value, one text. Keys are sorted, there are no spaces, text is UTF-8. Two
values are the same when their types and bits are: 1, 1.0 and True have three texts, 0.0 and -0.0
two.

JSON has no spelling for some values, so some words are reserved:

    NaN, ∞ and -∞           "NaN", "Infinity", "-Infinity"
    an array of float64     {"base64": …, "dtype": "float64", "shape": […]}, little-endian, C order

Text that spells a reserved word gets an apostrophe in front (the text NaN is written "'NaN", the
key base64 "'base64"), and so does such text after apostrophes; reading takes one away.
"""

import base64
import hashlib
import json
import math
from collections.abc import Container, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from backprop.engine.errors import InputError

Array: TypeAlias = NDArray[np.float64]
Value: TypeAlias = "bool | int | float | str | Array | Sequence[Value] | Mapping[str, Value] | None"

NOT_FINITE = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
ARRAY_KEY = "base64"  # an object with this key is an array


class SnapshotError(InputError):
    """A value cannot be written as a snapshot, or bytes are not one."""


def to_bytes(value: Value) -> bytes:
    """Return the canonical JSON of a value.

    Lists and tuples have the same text. Every NaN in an array is written with the same bits, for
    which bits an overflow leaves depends on the processor, and the address must not.

    Raises:
        SnapshotError: a text in it is not valid Unicode (half of a surrogate pair).
    """
    text = json.dumps(
        _spell(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise SnapshotError(
            "A text in this snapshot holds half of a character.",
            hint="Type the text again, or leave the broken character out.",
        ) from error


def from_bytes(body: bytes) -> Value:
    """Return the value that these bytes spell: sequences as tuples, arrays read-only.

    Raises:
        SnapshotError: the bytes are not what `to_bytes` writes, to the last byte.
    """
    try:
        value = _read(json.loads(body.decode()))
        is_canonical = to_bytes(value) == body
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError, SnapshotError) as error:
        raise _unreadable() from error
    if not is_canonical:  # a second spelling would give one value two addresses
        raise _unreadable()
    return value


def address_of(body: bytes) -> str:
    """Return the address of a body: its SHA-256 as 64 lowercase hexadecimal digits."""
    return hashlib.sha256(body).hexdigest()


def _spell(value: Value) -> Any:
    """Return the value in JSON's own types."""
    match value:
        case float() if math.isnan(value):
            return "NaN"
        case float() if math.isinf(value):
            return "Infinity" if value > 0 else "-Infinity"
        case None | bool() | int() | float():
            return value
        case str():
            return _escape(value, NOT_FINITE)
        case np.ndarray():
            return _spell_array(value)
        case list() | tuple():
            return [_spell(item) for item in value]
        case Mapping():
            assert all(isinstance(key, str) for key in value), "The keys of a snapshot are text."
            return {_escape(key, (ARRAY_KEY,)): _spell(item) for key, item in value.items()}
    raise AssertionError(f"A snapshot cannot hold a {type(value).__name__}.")


def _read(spelled: Any) -> Value:
    """Return the value that JSON's own types spell."""
    match spelled:
        case str():
            return NOT_FINITE.get(spelled, _unescape(spelled, NOT_FINITE))
        case list():
            return tuple(_read(item) for item in spelled)
        case dict() if ARRAY_KEY in spelled:
            return _read_array(spelled)
        case dict():
            return {_unescape(key, (ARRAY_KEY,)): _read(item) for key, item in spelled.items()}
    number: bool | int | float | None = spelled
    return number


def _spell_array(array: Array) -> dict[str, Any]:
    """Return the object that stands for an array."""
    assert array.dtype == np.float64, f"A snapshot holds arrays of float64, not {array.dtype}."
    raw = np.where(np.isnan(array), np.nan, array).astype("<f8").tobytes()
    return {
        ARRAY_KEY: base64.b64encode(raw).decode(),
        "dtype": "float64",
        "shape": list(array.shape),
    }


def _read_array(spelled: dict[str, Any]) -> Array:
    """Return the array that an object stands for."""
    raw = base64.b64decode(spelled[ARRAY_KEY], validate=True)
    return np.frombuffer(raw, dtype="<f8").reshape(spelled["shape"])  # read-only, as bytes are


def _escape(text: str, reserved: Container[str]) -> str:
    """Return the text so that it cannot be taken for a reserved word."""
    return f"'{text}" if text.lstrip("'") in reserved else text


def _unescape(text: str, reserved: Container[str]) -> str:
    """Return the text that was escaped to this one."""
    return text.removeprefix("'") if text.lstrip("'") in reserved else text


def _unreadable() -> SnapshotError:
    """Return the one error for bytes that are not a snapshot."""
    return SnapshotError(
        "This snapshot cannot be read.",
        hint="Its bytes are incomplete, or were not written by this program.",
    )
