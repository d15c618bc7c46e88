"""Arrays as NumPy and PyTorch print them, read by brackets; nothing in them is ever run.

Between two arrays stands a name, or none: “W1 = array(”, “dW1:”, “('0.weight', tensor(”. What
the libraries add, such as a dtype or a grad_fn, is passed over.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple, NoReturn

import numpy as np

from backprop.engine.differences.precision import Written
from backprop.notation.submission.place import (
    DEEPEST,
    FINITE,
    MOST_ARRAYS,
    Array,
    PrintedError,
    numbers,
    place,
    quoted,
)
from backprop.notation.submission.printed_names import Names

MOST_BRACKETS = 20_000  # of those that open: one a row
MOST_BETWEEN = 100_000  # letters between the arrays

_OPENS = re.compile(  # not an index, nor a list of pairs, of calls or of other names
    r"""(?<![\w'"\])])\[(?![\s\[(]{0,40}(?:['"({<]|Parameter\s"""
    r"""|(?!nan\b|inf\b|NaN\b|Inf\b)[^\W\d][\w.]*\s?[(=<:{]))"""
)
_BRACKET = re.compile(r"[\[\]]")
_FACTOR = re.compile(
    r"(?<![\w.])([-+]?[0-9]+(?:\.[0-9]*)?(?:e[-+]?[0-9]{1,3})?)\s*\*\s*$", re.IGNORECASE
)
_INNERMOST = re.compile(r"\[[^\[\]]*+\]")  # of rows, where there are semicolons: [1 2; 3 4]
_ENDS_IN_0 = re.compile(r"\.[0-9]+0(?![0-9])")
_DECIMALS = re.compile(r"\.([0-9]*)")
_KIND = re.compile(r"\s*,\s*dtype\s*=\s*['\"]?(?:torch\.|np\.|numpy\.|jnp\.)?(\w+)")
_TYPES = ("Float16", "Float32", "Float64", "Int32", "Int64", "Real", "Any")  # of Julia
_WRAPPERS = (  # what stands around numbers: a word of it, which is found fast, and the whole of it
    ("Size(", re.compile(r"\b(?:torch\.)?Size\(\s*\[[0-9,\s]*\]\s*\)")),
    ("=[", re.compile(r"\b(?:shape|strides|dims)=\[[0-9, ]*\]")),
    *((f"{name}[", re.compile(rf"\b{name}(?=\[)")) for name in _TYPES),
    (
        "(",
        re.compile(
            r"\b(?:\w+\.)?(?:float(?:16|32|64)|int(?:32|64)|tensor|[Aa]rray|DeviceArray)"
            rf"\(\s*(?P<kept>{FINITE}|[-+]?(?:nan|inf))\s*(?:,[^()\[\]\n]{{0,80}})?\)"
        ),
    ),
    ("]:", re.compile(r"(?m)^[ \t]*(?:In ?|Out ?)\[[0-9]+\]:")),
    ("...:", re.compile(r"(?m)^[ \t]*\.\.\.:")),
    ("... ", re.compile(r"(?m)^\.\.\. (?=[ \t]*(?:[A-Za-z#]|$))")),
    ("{", re.compile(r"(?<=\w)(?:\[[0-9]+\]){1,2}(?=\s{0,4}=\s{0,4}\{)")),  # double b1[2] = {
    ("```", re.compile(r"(?m)^[ \t]*```\w*")),
)
_BRACES = (  # of C and Mathematica, the inner ones first; none is looked at twice
    re.compile(r"\{\s*[-+.0-9][\s0-9.,eE+\-]*\}"),
    re.compile(r"\{\s*\[[\s0-9.,eE+\-\[\]]*\}"),
)
_BRACKETED = str.maketrans("{}", "[]")
_ELIDED = (  # signs of which one is there where numbers are left out; how all are printed
    (
        ("...", "…"),
        r"(?<![A-Za-z])(?<![A-Za-z] )(?:\.\.\.|…)",
        "np.set_printoptions(threshold=sys.maxsize), or torch.set_printoptions(profile='full').",
    ),
    (("⋮", "⋯", "⋱"), "[⋮⋯⋱]", "println(W1) in Julia."),
    (("double]", "single]"), r"\[[0-9]+[x×][0-9]+ \w+\]", "disp(grads.W1) in MATLAB, one by one."),
    (("max.print",), "max.print", "options(max.print = 1e6) in R, and print again."),
)


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
    text = _without_wrappers(text)
    for signs, whole, hint in _ELIDED:
        if any(sign in text for sign in signs) and (left_out := re.search(whole, text)):
            raise PrintedError(
                f"The print leaves numbers out, in {place(text, left_out.start())}.",
                hint=f"Print all of them: {hint}",
                at=left_out.start(),
            )
    if (rows := text.count("[") + text.count(";")) > MOST_BRACKETS:
        hint = f"At most {MOST_BRACKETS:,} rows are read; an .npz file holds more in less space."
        raise PrintedError(f"There are {rows:,} rows, or brackets that open.", hint=hint)
    here, between, count, names = 0, 0, 0, Names()
    while opens := _OPENS.search(text, here):
        gap, at = text[here : opens.start()], opens.start()
        between += len(gap)
        _limit(between)
        gap, factor = _without_factor(gap)
        yield from _scalars(names, gap, here, text)
        values, here = _array(text, at)
        count += 1
        if count > MOST_ARRAYS:
            raise PrintedError(
                "There are too many arrays.", hint=f"At most {MOST_ARRAYS} are read."
            )
        written = _written(text, at, here, values.size, factor)
        yield PrintedArray(names.take(), values * factor if factor != 1 else values, at, written)
    _limit(between + len(text) - here)
    yield from _scalars(names, text[here:], here, text)


def _without_wrappers(text: str) -> str:
    """Return a text as long as it was, without what stands around numbers: np.float64(0.5)."""

    def kept(match: re.Match[str]) -> str:
        number = match["kept"] if "kept" in match.re.groupindex else ""
        return number.rjust(len(match[0]))

    for word, whole in _WRAPPERS:
        if word in text:
            text = whole.sub(kept, text)
    for braces in _BRACES if "{" in text else ():
        text = braces.sub(lambda match: match[0].translate(_BRACKETED), text)
    return text


def _limit(between: int) -> None:
    if between > MOST_BETWEEN:
        hint = f"At most {MOST_BETWEEN:,} letters may stand outside of brackets."
        raise PrintedError("There is much more text here than numbers.", hint=hint)


def _without_factor(gap: str) -> tuple[str, float]:
    """Return a gap without the factor that stands before an array, as MATLAB prints it."""
    match = _FACTOR.search(gap, max(len(gap) - 40, 0))
    return (gap[: match.start()], float(match[1])) if match else (gap, 1.0)


def _scalars(names: Names, gap: str, start: int, text: str) -> Iterator[PrintedArray]:
    """Give the numbers that are set alone, as in “L = 0.298” or “b1: tensor(0.25)”."""
    for name, first, end in names.read(gap):
        value = numbers(text, start + first, start + end)
        written = _written(text, start + first, start + end, 1, 1.0)
        yield PrintedArray(name, np.array(value[0]), start + first, written)


def _written(text: str, start: int, end: int, count: int, factor: float) -> Written:
    """Return how a part of a text writes its numbers; of their type what follows it may say."""
    part = text[start:end]
    lengths = [len(digits) for digits in _DECIMALS.findall(part)]
    even = len(lengths) == count and len(set(lengths)) == 1
    padded = even and (text.endswith("tensor(", 0, start) or bool(_ENDS_IN_0.search(part)))
    kind = _KIND.match(text, end)
    return Written(
        *(max(lengths, default=0), even, padded, "e" in part.lower(), factor),
        kind=kind[1] if kind else "",
    )


def _array(text: str, start: int) -> tuple[Array, int]:
    """Return the array whose first bracket stands here, and where the text goes on."""
    if (rows := _INNERMOST.match(text, start)) and ";" in rows[0]:
        return _semicolons(text, start, rows.end()), rows.end()
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


def _semicolons(text: str, start: int, end: int) -> Array:
    """Return a matrix as MATLAB and Julia write it: [1 2; 3 4]."""
    rows: list[list[float]] = []
    at = start + 1
    for row in text[at : end - 1].split(";"):
        if cells := numbers(text, at, at + len(row)):
            rows.append(cells)
            if len(cells) != len(rows[0]):
                _ragged(text, at, "A row holds more or fewer numbers than the first one")
        at += len(row) + 1
    return np.array(rows)


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
