"""Arrays as NumPy and PyTorch print them, read by brackets; nothing in them is ever run.

Between two arrays stands a name, or none: “W1 = array(”, “dW1:”, “('0.weight', tensor(”. What
the libraries add, such as a dtype or a grad_fn, is passed over.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple, NoReturn

import numpy as np
from numpy.typing import NDArray

from backprop.engine.differences.precision import Written
from backprop.notation.submission.place import (
    DEEPEST,
    MOST_ARRAYS,
    PrintedError,
    numbers,
    place,
    quoted,
)

Array = NDArray[np.float64]

MOST_BRACKETS = 40_000  # of those that open: one a row
MOST_BETWEEN = 250_000  # letters between the arrays
_LAST = 400  # letters before an array that may name it

_TAIL = re.compile(
    r"\b(?:dtype|device|grad_fn|requires_grad|layout|size|shape)\s*=\s*"
    r"(?:<[^<>]*>|'[^']*'|\"[^\"]*\"|\([^()]*\)|[\w.]+)"
)
_WRAPPER = re.compile(
    r"\b(?:np\.|numpy\.|torch\.)?"
    r"(?:array|asarray|matrix|tensor|Parameter containing|Parameter|Variable|OrderedDict|float64|"
    r"float32|dict)\b(?=\s*[:(\[])"
)
_OPENS = re.compile(r"""(?<![\w'"\])])\[(?!\s*['"(])""")  # not an index, not a list of pairs
_BRACKET = re.compile(r"[\[\]]")
_FACTOR = re.compile(r"(?<![\w.])([-+]?[0-9][0-9.]*(?:e[-+]?[0-9]+)?)\s*\*\s*$", re.IGNORECASE)
_NAME = re.compile(
    r"(?<!\w)(?:[^\W\d][\w./∂]*(?:\[['\"]?\w+['\"]?\][\w.]*)*|[0-9]+(?:\.\w+)+|∂[\w/∂]+)"
)
_SCALAR = re.compile(
    r"(?<![\w.])([^\W\d][\w.]*(?:\[['\"]\w+['\"]\])?)['\"]?\s*[=:]\s*(?:(?:np|torch)?\.?(?:float64|float32|"
    r"tensor|array)\()?([-+]?(?:\.?[0-9]|nan\b|inf\b)[^\s,;()}]*)"
)
_DECIMALS = re.compile(r"\.([0-9]*)")
_KIND = re.compile(r"\s*,\s*dtype\s*=\s*['\"]?(?:torch\.|np\.|numpy\.|jnp\.)?(\w+)")
_SIZE = re.compile(r"\btorch\.Size\(\s*\[[0-9,\s]*\]\s*\)")


class PrintedArray(NamedTuple):
    """An array of a text: its name or "", where it begins, and how its numbers are written."""

    name: str
    values: Array
    at: int
    written: Written | None = None  # where more is known than the values tell


def printed_arrays(text: str) -> Iterator[PrintedArray]:
    """Give the arrays of a text in their order, and the numbers that a name is set to.

    Raises:
        PrintedError: a number is unreadable, rows differ in length, a bracket stays open, or the
            print leaves numbers out.
    """
    text = _SIZE.sub(lambda match: " " * len(match[0]), text)  # a shape is no array
    if (dots := text.find("...")) >= 0 or (dots := text.find("…")) >= 0:
        raise PrintedError(
            f"The print leaves numbers out: there are three dots in {place(text, dots)}.",
            hint="Print all of them: np.set_printoptions(threshold=sys.maxsize), or "
            "torch.set_printoptions(profile='full').",
            at=dots,
        )
    if text.count("[") > MOST_BRACKETS:
        hint = f"At most {MOST_BRACKETS:,} rows are read; an .npz file holds more in less space."
        raise PrintedError(f"There are {text.count('['):,} opening brackets.", hint=hint)
    here, between, count = 0, 0, 0
    while opens := _OPENS.search(text, here):
        gap = text[here : opens.start()]
        between += len(gap)
        _limit(between)
        yield from _scalars(gap, here, text)
        values, here = _array(text, opens.start())
        name, factor = _name_and_factor(gap)
        count += 1
        if count > MOST_ARRAYS:
            raise PrintedError(
                "There are too many arrays.", hint=f"At most {MOST_ARRAYS} are read."
            )
        written = _written(text, opens.start(), here, values.size, factor)
        yield PrintedArray(name, values * factor if factor != 1 else values, opens.start(), written)
    _limit(between + len(text) - here)
    yield from _scalars(text[here:], here, text)


def _limit(between: int) -> None:
    if between > MOST_BETWEEN:
        hint = f"At most {MOST_BETWEEN:,} letters may stand outside of brackets."
        raise PrintedError("There is much more text here than numbers.", hint=hint)


def _name_and_factor(gap: str) -> tuple[str, float]:
    """Return what the text before an array calls it, and the factor that old PyTorch prints."""
    gap = _WRAPPER.sub(" ", _TAIL.sub(" ", gap[-_LAST:]))
    factor = 1.0
    if match := _FACTOR.search(gap):
        gap, factor = gap[: match.start()], float(match[1])
    lines = [line for line in gap.split("\n") if line.strip(" \t\r()[]{},:=")]
    names = _NAME.findall(lines[-1]) if lines else []
    return (_plain(names[-1]) if names else ""), factor


def _scalars(gap: str, start: int, text: str) -> Iterator[PrintedArray]:
    """Give the numbers that are set alone, as in “L = 0.298” or “b1: tensor(0.25)”."""
    hidden = _TAIL.sub(lambda match: " " * len(match[0]), gap)
    for match in _SCALAR.finditer(hidden):
        rest = hidden[match.end() :].lstrip(" \t")
        if not rest.startswith("*"):  # a factor
            at = start + match.start(2)
            value = numbers(text, at, start + match.end(2))
            written = _written(text, at, start + match.end(2), 1, 1.0)
            yield PrintedArray(_plain(match[1]), np.array(value[0]), at, written)


def _written(text: str, start: int, end: int, count: int, factor: float) -> Written:
    """Return how a part of a text writes its numbers; of their type what follows it may say."""
    part = text[start:end]
    lengths = [len(digits) for digits in _DECIMALS.findall(part)]
    padded = len(lengths) == count and len(set(lengths)) == 1
    kind = _KIND.match(text, end)
    return Written(
        max(lengths, default=0), padded, "e" in part.lower(), factor, kind[1] if kind else ""
    )


def _plain(name: str) -> str:
    """Return grads['dW1'] as dW1."""
    inner = re.fullmatch(r"[\w.]+\[['\"](\w+)['\"]\]([\w.]*)", name)
    return f"{inner[1]}{inner[2]}" if inner else name.rstrip(".")


def _array(text: str, start: int) -> tuple[Array, int]:
    """Return the array whose first bracket stands here, and where the text goes on."""
    flat: list[float] = []
    counts: list[int] = []  # how much each open bracket holds so far
    shape: list[int] = []  # what the brackets that are closed hold, the innermost first
    depth, last, leaves = 0, start, 0  # how deep rows of numbers stand
    for bracket in _BRACKET.finditer(text, start):
        at = bracket.start()
        if text[last:at].strip(" ,\n\r\t["):
            row = numbers(text, last + 1 if text[last] in "[]" else last, at)
            if row and (bracket[0] == "[" or text[last] == "]"):
                raise PrintedError(
                    f"Numbers stand between two rows, in {place(text, last + 1)}.",
                    hint="Put each row into brackets.",
                    at=last + 1,
                )
            leaves = leaves or len(counts)
            if row and len(counts) != leaves:
                _ragged(text, at, "Brackets are nested unevenly")
            flat += row
            counts[-1] += len(row)
        if bracket[0] == "[":
            counts.append(0)
            if len(counts) > DEEPEST:
                raise PrintedError(
                    f"Brackets are nested more than {DEEPEST} deep, in {place(text, at)}.",
                    hint="A matrix is a list of rows, as in [[0.15, 0.2], [0.25, 0.3]].",
                    at=at,
                )
            depth = max(depth, len(counts))
        else:
            height, held = depth - len(counts), counts.pop()
            _fit(shape, height, held, text, at)
            if not counts:
                return np.array(flat).reshape(shape[::-1]), at + 1
            counts[-1] += 1
        last = at
    raise PrintedError(
        f"The bracket in {place(text, start)} is never closed.",
        hint="Paste the whole print, to its last bracket.",
        at=start,
    )


def _fit(shape: list[int], height: int, held: int, text: str, at: int) -> None:
    """Note how much the brackets of a height hold, or compare it."""
    if height == len(shape):
        shape.append(held)
    elif shape[height] != held:
        _ragged(text, at, f"A row holds {held:,} where the rows before it hold {shape[height]:,}")


def _ragged(text: str, at: int, what: str) -> NoReturn:
    raise PrintedError(
        f"{what}: it ends in {place(text, at)}.",
        hint="All rows of an array must be equally long.",
        at=at,
    )


def unread(text: str) -> NoReturn:
    """Say that no array was found.

    Raises:
        PrintedError: always.
    """
    raise PrintedError(
        f"There is no array in {quoted(text)}." if text.strip() else "There is nothing to read.",
        hint="Paste JSON, CSV, or arrays as NumPy or PyTorch print them: W1 = [[0.15, 0.2]].",
    )
