"""What a learner brings, as arrays by name: JSON, CSV, a NumPy or PyTorch print, an .npz file.

Which of them it is shows in its first bytes and brackets. Nothing in it is run, and no number in
it is guessed: what cannot be read is refused, with line and column.
"""

import re
from collections import Counter
from collections.abc import Iterable
from types import MappingProxyType

import numpy as np

from backprop.engine.differences.precision import Written
from backprop.engine.errors import LimitError
from backprop.notation.submission import printed_npy as npy
from backprop.notation.submission.foreign import refuse_foreign
from backprop.notation.submission.names import find_role
from backprop.notation.submission.place import (
    LONGEST_NAME,
    MOST_BYTES,
    Array,
    PrintedError,
    place,
    quoted,
)
from backprop.notation.submission.printed_csv import csv_arrays
from backprop.notation.submission.printed_json import arrays_in, read_document
from backprop.notation.submission.printed_rows import as_brackets, has_rows
from backprop.notation.submission.printed_text import PrintedArray, printed_arrays, unread

KINDS = MappingProxyType(
    {
        "json": "JSON",
        "npz": "an .npz file",
        "npy": "a .npy file",
        "print": "a NumPy or PyTorch print",
        "csv": "CSV",
    }
)
PARAMETER = "parameter"
PROSE = "grad."  # before the name of what stands below “gradients”
_LIBRARIES = MappingProxyType(  # what only one of them prints
    {
        r"\bDeviceArray\(|\bArray\(\[|weak_type=": "a JAX print",
        r"<tf\.|\btf\.Tensor\(|<KerasVariable|<Variable path=|\bkernel:0": "a Keras print",
        r"[0-9]×[0-9]+ |-element (?:Vector|Array)|\bFloat(?:32|64)\[|julia>": "a Julia print",
        r"(?m)^[ \t]*\[,1\]|^[ \t]*\[1,?\] ": "an R print",
        r"(?m)^\w[\w.]* =[ \t]*\n\s*(?:Columns |[-0-9.])": "a MATLAB or Octave print",
        r"\bValue\(data=": "a micrograd print",
    }
)
UNNAMED = "array {}"  # what the first, the second … array without a name is called
UNNAMED_NAME = re.compile(r"array [0-9]+")

_ENTRY = re.compile(r"(?P<name>(?:grad\.)?[^\W\d]\w*?[0-9]+)_(?P<i>[0-9]+)(?:_(?P<j>[0-9]+))?")
_INDEXED = re.compile(r"(?P<name>(?:grad\.)?[^\W\d]\w*)\[(?P<i>[0-9]+)(?:, ?(?P<j>[0-9]+))?\]")
_LARGEST_INDEX = 2_000


def find_kind(given: str | bytes) -> str:
    """Return which of KINDS this is.

    Raises:
        LimitError: more than 1 MiB.
    """
    size = len(given) if isinstance(given, bytes) else len(given.encode("utf-8", "replace"))
    if size > MOST_BYTES:
        hint = f"At most {MOST_BYTES:,} (1 MiB) are possible; an .npz file packs numbers closer."
        raise LimitError(f"There are {size:,} bytes.", hint=hint)
    if isinstance(given, bytes) and given.startswith((npy.ZIP, npy.MAGIC)):
        return "npz" if given.startswith(npy.ZIP) else "npy"
    if isinstance(given, bytes):
        refuse_foreign(given)
    text = decode_text(given)
    if re.match(r"\s*\{\s*[\"}]", text):
        return "json"
    if has_rows(text):
        return "print"
    return "print" if re.search(r"=|(?<![^\W_])\[|(?:tensor|array)\(", text) else "csv"


def find_library(text: str) -> str:
    """Return whose print a text is, in words; "" where it may be any library’s."""
    begin = text[:20_000]
    return next((words for sign, words in _LIBRARIES.items() if re.search(sign, begin)), "")


def decode_text(given: str | bytes) -> str:
    r"""Return the letters: \n for line ends, - for a printed minus; UTF-8, or UTF-16 if marked.

    Raises:
        PrintedError: the bytes are no text.
    """
    if isinstance(given, bytes):
        marked = given.startswith((b"\xff\xfe", b"\xfe\xff"))
        try:
            given = given.decode("utf-16" if marked else "utf-8-sig")
        except UnicodeDecodeError as error:
            raise PrintedError(
                f"Byte {error.start + 1:,} is no letter of UTF-8, so this is no plain text.",
                hint="Give text, or an .npz file as np.savez writes it.",
            ) from None
    text = given.replace("\r\n", "\n").replace("\r", "\n").replace("\N{MINUS SIGN}", "-")
    if "\0" in text:
        where = place(text, text.index("\0"))
        hint = "Give text, or an .npz file as np.savez writes it."
        raise PrintedError(f"There is a NUL character in {where}.", hint=hint)
    return text.removeprefix("\ufeff")


def read_arrays(given: str | bytes, written: dict[str, Written] | None = None) -> dict[str, Array]:
    """Return the arrays that a text or a file holds, by their names, in their order.

    Entries that stand alone, such as w1_2_3 (counted from 1) or W1[1,2] (from 0), are put together
    into arrays. An array without a name is called “array 1”, “array 2” …

    Args:
        given: what was brought.
        written: where it is put down how each array is written, as far as that is known.

    Raises:
        LimitError: more than 1 MiB.
        PrintedError: it cannot be read; says where and why.
    """
    kind = find_kind(given)
    if kind == "npz" or kind == "npy":
        assert isinstance(given, bytes), "only bytes begin as these files do"
        return named(npy.npz_arrays(given) if kind == "npz" else [npy.npy_array(given)], written)
    text = decode_text(given)
    if kind == "json":
        return group_arrays(read_document(text), text)
    if kind == "print":
        arrays = named(_with_slopes(list(printed_arrays(as_brackets(text)))), written)
    else:
        arrays = named(csv_arrays(text), written)
    return arrays or unread(text)


def _with_slopes(printed: list[PrintedArray]) -> list[PrintedArray]:
    """Return arrays whose names stand there twice, as a state dict and then its gradient does."""
    printed = _without_prose(printed)
    roles = [find_role(each.name).kind for each in printed]
    parameters = [each.name for each, kind in zip(printed, roles, strict=True) if kind == PARAMETER]
    counts = Counter(parameters)
    if "gradient" in roles or len(counts) < 2 or set(counts.values()) != {2}:
        return printed
    seen: set[str] = set()
    renamed = []
    for each, kind in zip(printed, roles, strict=True):
        again = kind == PARAMETER and each.name in seen
        renamed.append(each._replace(name=f"{each.name}.grad") if again else each)
        seen.add(each.name)
    return renamed


def _without_prose(printed: list[PrintedArray]) -> list[PrintedArray]:
    """Return arrays that prose made gradients as what they are, where the gradients follow.

    “My gradients look wrong:” stands before W1, too, where dW1 comes later.
    """
    slopes = {each.name: find_role(each.name).name for each in printed}
    own = {role for name, role in slopes.items() if role and not name.startswith(PROSE)}
    return [
        each._replace(name=each.name.removeprefix(PROSE))
        if each.name.startswith(PROSE) and slopes[each.name] in own
        else each
        for each in printed
    ]


def group_arrays(group: object, text: str) -> dict[str, Array]:
    """Return the arrays of an object that JSON spells; `text` is what it was read from.

    Raises:
        PrintedError: it is no object, or something in it is no array.
    """
    if not isinstance(group, dict):
        hint = 'Give arrays by name, as in {"W1": [[0.15, 0.2]]}.'
        raise PrintedError(f"{quoted(str(group))} names no arrays.", hint=hint)
    return named(PrintedArray(name, values, 0) for name, values in arrays_in(group, text))


def named(
    printed: Iterable[PrintedArray], written: dict[str, Written] | None = None
) -> dict[str, Array]:
    """Return arrays by name, entries put together; put down in `written` how they are written.

    Raises:
        PrintedError: a name is there twice, or entries leave a gap.
    """
    arrays: dict[str, Array] = {}
    entries: dict[str, dict[tuple[int, ...], float]] = {}
    unnamed = 0
    for name, values, at, how in printed:
        if not name:
            unnamed += 1
            name = UNNAMED.format(unnamed)
        alone = values.size == 1 and len(name) <= LONGEST_NAME
        entry = _INDEXED.fullmatch(name) or _ENTRY.fullmatch(name) if alone else None
        if entry:
            base = entry["name"]
            first = 1 if entry.re is _ENTRY else 0
            index = tuple(int(i) - first for i in (entry["i"], entry["j"]) if i is not None)
            known = entries.setdefault(base, {})
            if index in known:
                _twice(name, at)
            known[index] = float(values.item())
            arrays.setdefault(base, np.empty(0))  # keeps its place
        elif name in arrays:
            _twice(name, at)
        else:
            arrays[name] = values
            if written is not None and how is not None:
                written[name] = how
    return arrays | {name: _assembled(name, known) for name, known in entries.items()}


def _twice(name: str, at: int) -> None:
    raise PrintedError(
        f"{quoted(name)} is there twice.", hint="Leave the one that you mean.", at=at
    )


def _assembled(name: str, known: dict[tuple[int, ...], float]) -> Array:
    """Return an array of entries; every place up to the largest index must be filled."""
    axes = {len(index) for index in known}
    shape = tuple(max(numbers) + 1 for numbers in zip(*known, strict=False))
    if len(axes) > 1 or min(map(min, known)) < 0 or max(shape) > _LARGEST_INDEX:
        hint = "Call them as in w1_2_3 (counted from 1) or W1[1,2] (from 0)."
        raise PrintedError(f"The entries of {quoted(name)} do not fit together.", hint=hint)
    if len(known) < (count := int(np.prod(shape))):
        missing = next(index for index in np.ndindex(*shape) if index not in known)
        spelled = "_".join(str(i + 1) for i in missing)
        what = f"{name}_{spelled} is missing: {len(known):,} entries of {quoted(name)} are there, "
        raise PrintedError(f"{what}of {count:,}.", hint="Give all of them.", at=name)
    array = np.empty(shape)
    for index, number in known.items():
        array[index] = number
    return array
