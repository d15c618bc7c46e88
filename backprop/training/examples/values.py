"""What the cells of a column say: numbers, dates, yes or no, or words.

A cell is read in one canonical writing: a number with a decimal point and nothing else, a date as
ISO 8601 says it, yes or no as it was first spelled.
"""

from collections.abc import Callable, Sequence

from backprop.training.examples.date_cells import may_be_date, read_dates
from backprop.training.examples.meaning import (
    DASHES,
    MISSING,
    ONE_SIGN,
    Meaning,
    Reading,
    distinct_values,
)
from backprop.training.examples.number_cells import are_plain, may_be_number, read_numbers

KINDS = ("number", "words", "yes_no", "date", "aside")
YES = frozenset(
    {
        *("yes", "y", "true", "t", "on", "1", "ja", "j", "wahr", "oui", "vrai", "si", "sí", "sì"),
        *("verdadero", "vero", "sim", "tak", "да", "evet", "はい", "是"),
    }
)
NO = frozenset(
    {
        *("no", "n", "false", "f", "off", "0", "nein", "nee", "nej", "falsch", "non", "faux"),
        *("falso", "não", "nie", "нет", "hayır", "いいえ", "否"),
    }
)


def recognise(
    cells: Sequence[str], decimal: str, *, day_first: bool = False, given: Sequence[str] = ()
) -> Reading:
    """Return what a column holds: the first kind that every cell can be read as.

    Args:
        cells: as typed, stripped.
        decimal: “.” or “,”, whichever begins the decimals; empty if the column itself says so.
        day_first: whether 03/04/2019 is in April, where no other date of the column tells.
        given: the cells that may be values, as `distinct_values` finds them.
    """
    given = given or distinct_values(cells)
    if not given or "\n" in "".join(given):
        return read_words(cells)
    first = given[0].translate(ONE_SIGN)
    tries: list[Callable[[], Meaning]] = []
    if first.casefold().removesuffix(".0") in YES | NO:
        tries.append(lambda: _yes_no(given))
    if may_be_date(first):
        tries.append(lambda: read_dates(given, day_first))
    if may_be_number(first):
        tries.append(lambda: read_numbers(given, decimal, every=True))
    for read in tries:
        meaning = read()
        if all(meaning.of.values()):
            return meaning.reading(cells)
    return read_words(cells)


def read_as(kind: str, cells: Sequence[str], decimal: str = "") -> Reading:
    """Return a column read as a kind, whatever it seems to be; its `odd` cells could not be."""
    given = distinct_values(cells)
    if not given:
        return Reading(kind, ("",) * len(cells))
    if kind == "number":
        return read_numbers(given, decimal).reading(cells)
    if kind == "yes_no":
        return _yes_no(given).reading(cells)
    assert kind == "date", "Words are read as they stand."
    return read_dates(given, day_first=decimal == ",").reading(cells)


def is_of_kind(kind: str, cells: Sequence[str]) -> bool:
    """Whether every cell, in canonical writing, is a value of a kind, or missing."""
    given = [cell for cell in cells if cell]
    if kind == "number":
        return not given or are_plain(given)
    return kind == "words" or (kind in KINDS[1:-1] and not read_as(kind, cells).odd)


def read_words(cells: Sequence[str]) -> Reading:
    """Return the cells as words; a lone dash or point is no word, unless “+” stands beside it."""
    different = set(cells)
    nothing = MISSING if "+" in different else MISSING | DASHES
    if not different & nothing:
        return Reading("words", tuple(cells))
    return Reading("words", tuple("" if cell in nothing else cell for cell in cells))


def _yes_no(given: Sequence[str]) -> Meaning:
    """Return the cells as one of two words: as yes and as no were first spelled."""
    spelled: dict[bool, str] = {}
    meant = dict.fromkeys(given, "")
    for cell in given:
        word = cell.casefold().removesuffix(".0")
        if word in YES or word in NO:
            meant[cell] = spelled.setdefault(word in YES, cell.removesuffix(".0"))
    if spelled and all(cell.isdecimal() for cell in spelled.values()) and len(spelled) == 1:
        return Meaning("yes_no", dict.fromkeys(given, ""))  # only 1 or only 0: a number
    return Meaning("yes_no", meant)


def is_yes(cell: str) -> bool:
    """Whether a cell of yes and no says yes."""
    return cell.casefold() in YES
