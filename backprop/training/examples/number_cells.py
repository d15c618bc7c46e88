"""Numbers as people of any country write them: thousands, currencies, units, signs, decimals.

How they are written is recognised for a column, never for a cell: “1.299” beside “1.299,99” is
1299.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from string import ascii_letters
from typing import NamedTuple

from backprop.training.examples.date_cells import may_be_date
from backprop.training.examples.meaning import ONE_SIGN, Meaning

PLAIN = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
SIGNS = re.compile(r"[-+.0-9eE\n]+")  # what plain numbers are written with, one a line
CURRENCY = (
    r"(?:US|A|C|R|HK|NZ|S)?\$|[€£¥₹₽₩₺₿¢₫₴₪฿₦₱]|Rs\.?|kr\.?|Fr\.?|zł|"
    r"USD|EUR|GBP|CHF|JPY|CNY|INR|RUB|AUD|CAD|NZD|SEK|NOK|DKK|PLN|CZK|HUF|BRL|MXN|ZAR|TRY|KRW"
)
WITH_UNIT = re.compile(
    rf"(\()?([-+]?) ?((?:{CURRENCY})?) ?([-+]?)([0-9][0-9.,' ]*|[.,][0-9]+)((?:[eE][-+]?[0-9]+)?)"
    r"(\))? ?((?:[%‰°$€£¥₹₽₩₺₿¢₫₴₪฿₦₱\"″′]|/?[^\W\d_])[^0-9,;()]{0,14}"
    r"(?:[²³23]|/100 ?[^\W\d_]{1,5})?|/(?:5|10|100))?(\))?"
)
SPACED = r"[1-9][0-9]{0,2}(?:[ '][0-9]{3})+"
POINT = re.compile(
    rf"(?:[0-9]+|[1-9][0-9]{{0,2}}(?:,[0-9]{{3}})+|[1-9][0-9]?(?:,[0-9]{{2}})+,[0-9]{{3}}|{SPACED}|"
    r"(?=\.))(?:\.[0-9]*)?"
)
COMMA = re.compile(rf"(?:[0-9]+|[1-9][0-9]{{0,2}}(?:\.[0-9]{{3}})+|{SPACED}|(?=,))(?:,[0-9]*)?")
WRITINGS = {".": (POINT, re.compile("[,' ]")), ",": (COMMA, re.compile("[.' ]"))}
COLUMNS = {  # of numbers, one a line
    sign: re.compile(rf"(?:[-+]?(?:{pattern.pattern})(?<=[0-9.,])(?:[eE][-+]?[0-9]+)?\n)+")
    for sign, (pattern, _) in WRITINGS.items()
}
POWER = re.compile(r" ?[×x*·] ?10(?:\^|\*\*)?([-+]?[0-9]+|[⁻⁺]?[⁰¹²³⁴-⁹]+)")  # 1.5·10³
FORTRAN = re.compile(r"(?<=[0-9.])[dD](?=[-+][0-9])")  # 1.5D-03
RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
UNIT_SIGNS = " %‰°$€£¥₹₽₩₺₿¢₫₴₪฿₦₱)" + ascii_letters + "²³"
MINUS_BEHIND = re.compile(r"^([0-9][0-9.,' ]*)-$", re.MULTILINE)  # 100- for −100
OPPOSITE_SIDES = ({"N", "S"}, {"E", "W"})  # of the equator, and of Greenwich
MULTIPLES = {"k": "e3", "K": "e3", "M": "e6", "mn": "e6", "Mio": "e6", "B": "e9", "bn": "e9"}


class Written(NamedTuple):
    """A number in parts: its sign, its digits as typed, its exponent, and its unit."""

    sign: str
    digits: str
    exponent: str
    unit: str


def are_plain(cells: Sequence[str]) -> bool:
    """Whether every cell is a number as a machine writes it: few checks, whatever their count."""
    joined = "\n".join(cells)
    if not SIGNS.fullmatch(joined) or joined.count("\n") != len(cells) - 1:
        return False
    try:
        list(map(float, cells))
    except ValueError:
        return False
    return True


def _simply(text: str) -> str:
    """Return a text with one sign for all that mean the same: minus, blank, power of ten."""
    same = text.translate(ONE_SIGN)
    if "-\n" in same or same.endswith("-"):
        same = MINUS_BEHIND.sub(r"-\1", same)
    if "10" in same:
        same = POWER.sub(lambda match: "e" + match[1].translate(RAISED), same)
    return FORTRAN.sub("e", same) if "D" in same or "d" in same else same


def may_be_number(cell: str) -> bool:
    """Whether a cell has the form of a number with a unit, in whatever writing."""
    return bool(WITH_UNIT.fullmatch(_simply(cell)))


def is_rounded(cell: str) -> bool:
    """Whether a whole number cannot be kept exactly, for float64 has 53 bits for it."""
    return len(cell) > 15 and cell.lstrip("+-").isdecimal() and int(float(cell)) != int(cell)


def are_rounded(cells: Sequence[str]) -> bool:
    """Whether a whole number among numbers cannot be kept exactly."""
    return max(map(len, cells), default=0) > 15 and any(map(is_rounded, cells))


def possible_decimals(given: Sequence[str]) -> str:
    """Return which signs could begin the decimals in a column of numbers: “.”, “,”, both or none.

    Both where nothing tells, as in 1,234; none where the cells are no numbers.
    """
    if not any("." in cell or "," in cell for cell in given):
        return ".,"
    if are_plain(given):
        pointed = (cell for cell in given if "." in cell)
        return ".," if all(COMMA.fullmatch(cell.lstrip("+-")) for cell in pointed) else "."
    if not may_be_number(given[0]) or may_be_date(given[0]):
        return ""
    bare = _without_units(given)
    if fitting := "".join(sign for sign, column in COLUMNS.items() if column.fullmatch(bare)):
        return fitting
    digits = [written.digits for cell in given if (written := _in_parts(cell))]
    fits = {sign: all(map(pattern.fullmatch, digits)) for sign, (pattern, _) in WRITINGS.items()}
    return "".join(sign for sign in fits if fits[sign]) if digits else ""


def likely_decimal(given: Sequence[str], separator: str) -> str:
    """Return which sign begins the decimals where 1,234 or 1.234 alone does not tell.

    A point does, but not in a table that semicolons separate: those are from countries with a
    decimal comma, and the page shows what is read as something else than was typed. A comma parts
    thousands where commas separate and in dollars and pounds; else it begins decimals where
    semicolons separate, and elsewhere unless the numbers are round or some have none.
    """
    marks = [cell for cell in given if "," in cell]
    sign = "," if marks else "."
    marks = marks or [cell for cell in given if "." in cell]
    are_round = 2 * sum(cell.rstrip(UNIT_SIGNS).endswith("0") for cell in marks) > len(marks)
    if sign == ".":
        return "," if separator == ";" and marks else "."
    if separator == "," or any("$" in cell or "£" in cell for cell in given):
        return "."
    return "." if separator != ";" and (are_round or len(marks) < len(given)) else ","


def read_numbers(given: Sequence[str], decimal: str, *, every: bool = False) -> Meaning:
    """Return the cells as numbers, as most of them are written: one sign, one unit.

    1,234.5 · 1.234,5 · 1 234 · 1'234 · $5 · 5 % · 65 m² · (3) for −3 · 1.2k beside 950.

    Args:
        given: different cells.
        decimal: “.” or “,”; empty for what fits most of them.
        every: whether it is of no use unless every cell is a number.
    """
    if decimal != "," and are_plain(given):
        return _plain(given)
    if not decimal:
        digits = [written.digits for cell in given if (written := _in_parts(cell))]
        fits = {sign: len(list(filter(p.fullmatch, digits))) for sign, (p, _) in WRITINGS.items()}
        decimal = max(fits, key=fits.__getitem__)
    _, groups = WRITINGS[decimal]
    bare = _without_units(given)
    if bare and COLUMNS[decimal].fullmatch(bare):
        plain = groups.sub("", bare).replace(",", ".").split("\n")[:-1]
        written = _in_parts(given[0])
        assert written, "What is without its unit has had one."
        return Meaning("number", dict(zip(given, plain, strict=True)), written.unit)
    return _cell_by_cell(given, decimal, every)


def _cell_by_cell(given: Sequence[str], decimal: str, every: bool) -> Meaning:
    pattern, groups = WRITINGS[decimal]
    parts: dict[str, Written | None] = {}
    for cell in given:
        parts[cell] = part = _in_parts(cell)
        if every and not part:
            return Meaning("number", {cell: ""})
    parts = _on_one_side(parts)
    units = Counter(part.unit for part in parts.values() if part)
    starts = {unit[:1] for unit in units}
    common = starts.pop() if len(starts) == 1 < len(units) else ""
    ends = {unit.removeprefix(common): unit for unit in units}
    if len(ends) > 1 and ends.keys() <= {*MULTIPLES, ""}:  # $950 beside $1.2k
        times, unit = {written: MULTIPLES.get(end, "") for end, written in ends.items()}, common
    else:
        unit = max(units, key=lambda u: (bool(u), units[u]), default="")
        unit = "" if units[unit] < units[""] else unit  # 12 and 12A are house numbers
        times = dict.fromkeys({unit, "" if unit not in ("%", "‰") else unit}, "")
    meant = dict.fromkeys(given, "")
    for cell, part in parts.items():
        if part and part.unit in times and pattern.fullmatch(part.digits):
            digits = groups.sub("", part.digits).replace(",", ".")
            meant[cell] = f"{part.sign}{digits}{part.exponent or times[part.unit]}"
    return Meaning("number", meant, unit)


def _on_one_side(parts: Mapping[str, Written | None]) -> dict[str, Written | None]:
    """Return degrees south and west as negative degrees north and east."""
    sides = {part.unit.strip("° ") for part in parts.values() if part}
    if sides not in OPPOSITE_SIDES or any(part and part.sign for part in parts.values()):
        return dict(parts)
    against, unit = max(sides), f"° {min(sides)}"
    return {
        cell: part and part._replace(sign="-" * part.unit.endswith(against), unit=unit)
        for cell, part in parts.items()
    }


def _plain(given: Sequence[str]) -> Meaning:
    """Return plain numbers; but 01067 is a place and no number, where all cells are as long."""
    are_whole, lengths = all(map(str.isdecimal, given)), set(map(len, given))
    are_codes = are_whole and len(lengths) == 1 and min(lengths) > 3
    is_place = are_codes and any(cell.startswith("0") for cell in given)
    return Meaning("words" if is_place else "number", dict(zip(given, given, strict=True)))


def _without_units(given: Sequence[str]) -> str:
    """Return the cells, one a line, without the unit that stands beside the first; else nothing."""
    first = _in_parts(given[0])
    if not first or "\n" in "".join(given):
        return ""
    joined = _simply("\n".join(given)) + "\n"
    if not first.unit:
        return joined
    match = WITH_UNIT.fullmatch(_simply(given[0]))
    before, after = (re.escape((match and match[k]) or "") for k in (3, 8))
    bare = re.sub(f"^{before} ?" if before else f" ?{after}$", "", joined, flags=re.MULTILINE)
    if before and after:  # $5/h
        bare = re.sub(f" ?{after}$", "", bare, flags=re.MULTILINE)
    return bare if len(joined) - len(bare) >= len(given) * len(first.unit) else ""


def _in_parts(cell: str) -> Written | None:
    match = WITH_UNIT.fullmatch(_simply(cell))
    if not match:
        return None
    before, sign, currency, inner, digits, exponent, after, unit, last = match.groups()
    closed = bool(after or last)
    if closed != bool(before) or (sign and inner) or (before and (sign or inner)):
        return None
    minus = "-" if before or "-" in (sign, inner) else ""
    return Written(minus, digits.rstrip(), exponent, f"{currency}{(unit or '').strip()}")
