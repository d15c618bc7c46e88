"""Arrays in JSON: nested lists by name, or in groups, as {"parameters": {"W1": [[0.15, 0.2]]}}.

NaN and the infinities may be bare words, as Python writes them, or texts: "NaN", "-Infinity".
"""

import json
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

import numpy as np

from backprop.notation.submission.place import DEEPEST, Array, PrintedError, nesting, place, quoted

MOST_AXES = 2
MOST_NAMES = 16_000  # of a network's entries and their gradients
_SPECIAL = re.compile(r"[-+]?(?:nan|inf|infinity)", re.IGNORECASE)


def read_document(text: str) -> dict[str, Any]:
    """Return the object that a JSON text spells, which begins with a brace.

    Raises:
        PrintedError: it is no JSON, names something twice, or has a number beyond the largest; says
            line and column.
    """
    if nesting(text) > DEEPEST:
        _refuse_depth()
    try:
        document: dict[str, Any] = json.loads(
            text,
            object_pairs_hook=_once,
            parse_float=lambda word: _finite(float(word), word, text),
            parse_int=lambda word: _finite(int(word), word, text),
        )
    except PrintedError:
        raise
    except json.JSONDecodeError as error:
        raise PrintedError(
            f"This is no valid JSON: {error.msg[:1].lower()}{error.msg[1:]}, in "
            f"{place(text, error.pos)}.",
            hint="Names stand in double quotes, and a comma between two things.",
            at=error.pos,
        ) from None
    except ValueError:  # Python reads no whole number of more than 4,300 digits
        raise PrintedError(
            "This JSON cannot be read: a number is too long.",
            hint="Numbers have at most 17 digits that count; write 1e300, and not its zeros.",
        ) from None
    return document


def _refuse_depth() -> NoReturn:
    raise PrintedError(
        f"This is nested too deeply: more than {DEEPEST} brackets within brackets.",
        hint="An array is a list of lists of numbers, as in [[0.15, 0.2], [0.25, 0.3]].",
    )


def _finite(number: float, word: str, text: str) -> float:
    """Return a number that a float can hold; JSON has another spelling for infinity."""
    if abs(number) <= sys.float_info.max:
        return number
    match = re.search(rf"(?<![\w.+-]){re.escape(word)}(?![\w.])", text)
    at = match.start() if match else 0
    raise PrintedError(
        f"{quoted(word)} in {place(text, at)} is too large.",
        hint='The largest is about 1.8e308; infinity is written as the text "Infinity".',
        at=at,
    )


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        twice = Counter(name for name, _ in pairs).most_common(1)[0][0]
        raise PrintedError(f"{quoted(twice)} is there twice.", hint="Leave one of them.", at=twice)
    return members


def arrays_in(group: Mapping[str, Any], text: str) -> Iterator[tuple[str, Array]]:
    """Give the arrays of an object by their names.

    Args:
        group: names, and numbers or nested lists of numbers.
        text: what it was read from, to say where a number is unreadable.

    Raises:
        PrintedError: something is no number, or rows differ in length.
    """
    if len(group) > MOST_NAMES:
        hint = f"At most {MOST_NAMES:,} are read."
        raise PrintedError(f"There are {len(group):,} names.", hint=hint)
    for name, value in group.items():
        yield name, _array(name, value, text)


def _array(name: str, value: Any, text: str) -> Array:
    try:
        array = np.array(value)
    except ValueError:
        array = None
    if array is None or array.dtype.kind not in "iuf":
        words = isinstance(value, str | dict) or value is None
        values = _floats(name, value, text) if not words else _float(name, value, text)
        try:
            array = np.array(values, dtype=float)
        except ValueError:
            raise PrintedError(
                f"The rows of {quoted(name)} differ in length.",
                hint="All rows of an array must be equally long.",
                at=name,
            ) from None
    if array.ndim > MOST_AXES:
        hint = f"At most {MOST_AXES} are possible: rows and columns."
        raise PrintedError(f"{quoted(name)} has {array.ndim} axes.", hint=hint, at=name)
    return array.astype(float)


def _floats(name: str, value: Any, text: str) -> Any:
    if isinstance(value, list):
        return [_floats(name, each, text) for each in value]
    return _float(name, value, text)


def _float(name: str, value: Any, text: str) -> float:
    """Return a number, or the text of one that JSON has no spelling for."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    if isinstance(value, str) and _SPECIAL.fullmatch(value):
        return float(value)
    spelled = json.dumps(value)
    after = max(text.find(json.dumps(name)), 0) + len(name)
    at = text.find(spelled, after)
    where = f" in {place(text, at)}" if at >= 0 and not isinstance(value, dict) else ""
    raise PrintedError(
        f"{quoted(spelled)}{where} is not a number; it belongs to {quoted(name)}.",
        hint="An array is a list of numbers, or a list of such lists, as in [[0.15, 0.2]].",
        at=at if where else name,
    )
