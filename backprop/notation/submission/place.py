"""Where something stands in a text that a learner brings, and the error that says so."""

import re
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray

from backprop.engine.differences.precision import FEWEST
from backprop.engine.errors import InputError

Array = NDArray[np.float64]

MOST_BYTES = 1 << 20  # in all: the text, or what a packed file unpacks to
SHOWN = 40  # letters of a learner's that an error quotes
LONGEST_NAME = 80
DEEPEST = 32  # brackets within brackets
MOST_ARRAYS = 200  # with their gradients; a network of 12 layers has 48

FINITE = r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?"
NUMBER = re.compile(rf"{FINITE}|[-+]?(?i:nan|inf)")
_OPEN, _CLOSED = list(b"[{"), list(b"]}")
_WORD = re.compile(r"[^\s,]+")


class PrintedError(InputError):
    """What was pasted or uploaded cannot be read; the text says where in it."""


def place(text: str, position: int) -> str:
    """Return how a person finds a position: “line 3, column 5”, both counted from 1."""
    line = text.count("\n", 0, position) + 1
    column = position - text.rfind("\n", 0, position)
    return f"line {line:,}, column {column:,}"


def quoted(text: str) -> str:
    """Return a learner's text between quotation marks, shortened, on one line."""
    whole = " ".join(text.split())
    return f"“{whole[:SHOWN]}…”" if len(whole) > SHOWN else f"“{whole}”"


def nesting(text: str) -> int:
    """Return how deep the brackets and braces of a text are nested; those in quotes count too."""
    letters = np.frombuffer(text.encode("utf-8", "replace"), np.uint8)
    steps = np.isin(letters, _OPEN).astype(np.int32) - np.isin(letters, _CLOSED)
    return int(np.cumsum(steps).max(initial=0))


def unreadable(text: str, position: int, word: str) -> NoReturn:
    """Say that a word is no number.

    Raises:
        PrintedError: always.
    """
    raise PrintedError(
        f"{quoted(word)} in {place(text, position)} is not a number.",
        hint="Numbers look like -0.5, 1e-3, nan or inf.",
        at=position,
    )


def numbers(text: str, start: int, end: int) -> list[float]:
    """Return the numbers of a part of a text, separated by spaces, commas or line ends.

    Raises:
        PrintedError: something else stands there; the text says at which line and column.
    """
    part = text[start:end]
    if "_" not in part:  # which float() would skip
        try:
            return list(map(float, part.replace(",", " ").split()))
        except ValueError:
            pass
    words = _WORD.finditer(part)
    word = next(word for word in words if not NUMBER.fullmatch(word[0]))
    unreadable(text, start + word.start(), word[0])


_ZERO = re.compile(r"(?<![\w.])0\.(0+)(?![\w.])")


def zero_decimals(text: str) -> int:
    """Return how many decimals the zeros of a print have, 4 for 0.0000; 0 if too few to tell."""
    most = max((len(decimals) for decimals in _ZERO.findall(text)), default=0)
    return most if most >= FEWEST else 0
