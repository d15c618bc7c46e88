"""What the cells of a column say: numbers, dates, yes or no, or words.

How numbers and dates are written is recognised for a column, never for a cell: “1.299” beside
“1.299,99” is 1299. A cell is read in one canonical writing: a number with a decimal point and
nothing else, a date as ISO 8601 says it, yes or no as it was first spelled.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from string import ascii_letters
from typing import NamedTuple

KINDS = ("number", "words", "yes_no", "date", "aside")
MISSING = frozenset(
    {*("", "?", "NA", "N/A", "n/a", "#N/A", "<NA>", "NaN", "nan", "NaT"), "NULL", "null", "(null)"}
)
DASHES = frozenset({"-", "--", "–", "—", "−", ".", "..", "..."})
NO_VALUE = DASHES | {  # beside numbers; among words they may be words
    *("na", "N.A.", "n.a.", "n.d.", "nd", "k.A.", "None", "none", "nil", "missing", "unknown"),
    *("#DIV/0!", "#VALUE!", "#REF!", "#NUM!", "#NAME?", "#NULL!"),
}

NOTHING = MISSING | NO_VALUE

PLAIN = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
SIGNS = re.compile(r"[-+.0-9eE\n]+")  # what plain numbers are written with, one a line
SAME = str.maketrans(
    dict.fromkeys("−–‒﹣－", "-") | dict.fromkeys("\u00a0\u2007\u2009\u202f", " ") | {"’": "'"}
)
CURRENCY = (
    r"(?:US|A|C|R|HK|NZ|S)?\$|[€£¥₹₽₩₺₿¢]|Rs\.?|kr\.?|Fr\.?|zł|"
    r"USD|EUR|GBP|CHF|JPY|CNY|INR|RUB|AUD|CAD|NZD|SEK|NOK|DKK|PLN|CZK|HUF|BRL|MXN|ZAR|TRY|KRW"
)
DRESSED = re.compile(
    rf"(\()?([-+]?) ?((?:{CURRENCY})?) ?([-+]?)([0-9][0-9.,' ]*|[.,][0-9]+)((?:[eE][-+]?[0-9]+)?)"
    r"(\))? ?((?:[%‰°$€£¥₹₽₩₺₿¢\"″′]|/?[^\W\d_])[^0-9,;()]{0,14}[²³23]?)?(\))?"
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
WORDLY = " %‰°$€£¥₹₽₩₺₿¢)" + ascii_letters + "²³"
TIMES = {"k": "e3", "K": "e3", "M": "e6", "mn": "e6", "Mio": "e6", "B": "e9", "bn": "e9"}

YES = frozenset(
    {"yes", "y", "true", "t", "on", "ja", "j", "oui", "si", "sí", "sim", "wahr", "vrai", "1"}
)
NO = frozenset({"no", "n", "false", "f", "off", "nein", "non", "não", "falsch", "faux", "0"})

MONTHS = {
    name: month
    for month, names in enumerate(
        (
            *("jan jän", "feb fév", "mar mär mrz", "apr avr", "may mai", "jun juin", "jul juil"),
            *("aug aoû", "sep", "oct okt", "nov", "dec dez déc"),
        ),
        1,
    )
    for name in names.split()
}
CLOCK = r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]{1,6})[0-9]*)?)? ?([AaPp]\.?[Mm]\.?)?"
ZONE = r"(?: ?(Z|(?:UTC|GMT)?[-+][0-9]{1,2}(?::?[0-9]{2})?|UTC|GMT))?"
WEEKDAY = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,? +)?"
TIME = re.compile(CLOCK)
DAYS = {
    order: re.compile(rf"{WEEKDAY}{day}(?:[T, ]+{CLOCK}{ZONE})?", re.IGNORECASE)
    for order, day in {
        "ymd": r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})",
        "y8d": r"([0-9]{4})()([0-9]{2})([0-9]{2})",
        "ym": r"([0-9]{4})([-/])([0-9]{1,2})()",
        "dmy": r"([0-9]{1,2})([-/.])([0-9]{1,2})\2([0-9]{4}|[0-9]{2})",
        "dby": r"([0-9]{1,2})([-. ]{1,2})([^\W\d_]{3,9})[-., ]{1,2}([0-9]{4}|[0-9]{2})",
        "bdy": r"([^\W\d_]{3,9})([. ]{1,2})([0-9]{1,2}),? +([0-9]{4})",
    }.items()
}


class Reading(NamedTuple):
    """The cells of a column, read as one kind.

    Attributes:
        kind: "number", "yes_no", "date" or "words".
        cells: in canonical writing; empty where there is no value.
        unit: what stands beside the numbers: “$”, “m²”, “%”.
        odd: the rows, counted from 0, whose cell cannot be read so; it is left empty.
    """

    kind: str
    cells: tuple[str, ...]
    unit: str = ""
    odd: tuple[int, ...] = ()


class Meaning(NamedTuple):
    """What the different cells of a column mean as one kind; empty where they mean nothing."""

    kind: str
    of: Mapping[str, str]
    unit: str = ""

    def reading(self, cells: Sequence[str]) -> Reading:
        """Return all cells of the column in this meaning."""
        odd = {cell for cell, meant in self.of.items() if not meant}
        rows = tuple(row for row, cell in enumerate(cells) if cell in odd) if odd else ()
        nothing = dict.fromkeys(set(cells) - self.of.keys(), "")
        meant = {**self.of, **nothing}
        return Reading(self.kind, tuple(map(meant.__getitem__, cells)), self.unit, rows)


class Written(NamedTuple):
    """A number in parts: its sign, its digits as typed, its exponent, and its unit."""

    sign: str
    digits: str
    exponent: str
    unit: str


def given_in(cells: Sequence[str]) -> list[str]:
    """Return the different cells of a column that may be values, as they first appear."""
    different = dict.fromkeys(cells)
    if different.keys().isdisjoint(NOTHING):
        return list(different)
    return [cell for cell in different if cell not in NOTHING]


def recognise(
    cells: Sequence[str], decimal: str, *, day_first: bool = False, given: Sequence[str] = ()
) -> Reading:
    """Return what a column holds: the first kind that every cell can be read as.

    Args:
        cells: as typed, stripped.
        decimal: “.” or “,”, whichever begins the decimals; empty if the column itself says so.
        day_first: whether 03/04/2019 is in April, where no other date of the column tells.
        given: the cells that may be values, as `given_in` finds them.
    """
    given = given or given_in(cells)
    if not given or "\n" in "".join(given):
        return read_words(cells)
    first = given[0].translate(SAME)
    tries: list[Callable[[], Meaning]] = []
    if first.casefold().removesuffix(".0") in YES | NO:
        tries.append(lambda: _yes_no(given))
    if _may_be_date(first):
        tries.append(lambda: _dates(given, day_first))
    if may_be_number(first):
        tries.append(lambda: _numbers(given, decimal, every=True))
    for read in tries:
        meaning = read()
        if all(meaning.of.values()):
            return meaning.reading(cells)
    return read_words(cells)


def read_as(kind: str, cells: Sequence[str], decimal: str = "") -> Reading:
    """Return a column read as a kind, whatever it seems to be; its `odd` cells could not be."""
    given = given_in(cells)
    if not given:
        return Reading(kind, ("",) * len(cells))
    match kind:
        case "number":
            return _numbers(given, decimal).reading(cells)
        case "yes_no":
            return _yes_no(given).reading(cells)
        case "date":
            return _dates(given, day_first=decimal == ",").reading(cells)
    return read_words(cells)


def read_words(cells: Sequence[str]) -> Reading:
    """Return the cells as words; a lone dash or point is no word, unless “+” stands beside it."""
    different = set(cells)
    nothing = MISSING if "+" in different else MISSING | DASHES
    if not different & nothing:
        return Reading("words", tuple(cells))
    return Reading("words", tuple("" if cell in nothing else cell for cell in cells))


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


def may_be_number(cell: str) -> bool:
    """Whether a cell has the form of a number with a unit, in whatever writing."""
    return bool(DRESSED.fullmatch(cell.translate(SAME)))


def _may_be_date(cell: str) -> bool:
    plain = cell.translate(SAME)
    return any(writing.fullmatch(plain) for writing in (TIME, *DAYS.values()))


def is_rounded(cell: str) -> bool:
    """Whether a whole number cannot be kept exactly, for float64 has 53 bits for it."""
    return len(cell) > 15 and cell.lstrip("+-").isdecimal() and int(float(cell)) != int(cell)


def are_rounded(cells: Sequence[str]) -> bool:
    """Whether a whole number among numbers cannot be kept exactly."""
    return max(map(len, cells), default=0) > 15 and any(map(is_rounded, cells))


# Numbers


def writings_of(given: Sequence[str]) -> str:
    """Return which signs could begin the decimals in a column of numbers: “.”, “,”, both or none.

    Both where nothing tells, as in 1,234; none where the cells are no numbers.
    """
    if not any("." in cell or "," in cell for cell in given):
        return ".,"
    if are_plain(given):
        pointed = (cell for cell in given if "." in cell)
        return ".," if all(COMMA.fullmatch(cell.lstrip("+-")) for cell in pointed) else "."
    if not may_be_number(given[0]) or _may_be_date(given[0]):
        return ""
    bare = _without_dress(given)
    if fitting := "".join(sign for sign, column in COLUMNS.items() if column.fullmatch(bare)):
        return fitting
    digits = [written.digits for cell in given if (written := _undressed(cell))]
    fits = {sign: all(map(pattern.fullmatch, digits)) for sign, (pattern, _) in WRITINGS.items()}
    return "".join(sign for sign in fits if fits[sign]) if digits else ""


def likely_decimal(given: Sequence[str], separator: str) -> str:
    """Return which sign begins the decimals where 1,234 or 1.234 alone does not tell.

    A point does, but among round numbers of a table that semicolons separate. A comma parts
    thousands where commas separate and in dollars and pounds; else it begins decimals where
    semicolons separate, and elsewhere unless the numbers are round or some have none.
    """
    marks = [cell for cell in given if "," in cell]
    sign = "," if marks else "."
    marks = marks or [cell for cell in given if "." in cell]
    are_round = 2 * sum(cell.rstrip(WORDLY).endswith("0") for cell in marks) > len(marks)
    if sign == ".":
        return "," if separator == ";" and are_round else "."
    if separator == "," or any("$" in cell or "£" in cell for cell in given):
        return "."
    return "." if separator != ";" and (are_round or len(marks) < len(given)) else ","


def _numbers(given: Sequence[str], decimal: str, *, every: bool = False) -> Meaning:
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
        digits = [written.digits for cell in given if (written := _undressed(cell))]
        fits = {sign: len(list(filter(p.fullmatch, digits))) for sign, (p, _) in WRITINGS.items()}
        decimal = max(fits, key=fits.__getitem__)
    _, groups = WRITINGS[decimal]
    bare = _without_dress(given)
    if bare and COLUMNS[decimal].fullmatch(bare):
        plain = groups.sub("", bare).replace(",", ".").split("\n")[:-1]
        written = _undressed(given[0])
        assert written, "What is without its unit has had one."
        return Meaning("number", dict(zip(given, plain, strict=True)), written.unit)
    return _cell_by_cell(given, decimal, every)


def _cell_by_cell(given: Sequence[str], decimal: str, every: bool) -> Meaning:
    pattern, groups = WRITINGS[decimal]
    parts: dict[str, Written | None] = {}
    for cell in given:
        parts[cell] = part = _undressed(cell)
        if every and not part:
            return Meaning("number", {cell: ""})
    units = Counter(part.unit for part in parts.values() if part)
    times = TIMES if len(units) > 1 and units.keys() <= {*TIMES, ""} else {}
    unit = "" if times else max(units, key=lambda u: (bool(u), units[u]), default="")
    if units[unit] < units[""]:
        unit = ""  # 12 and 12A are house numbers
    allowed = {*times, ""} if times else {unit, "" if unit not in ("%", "‰") else unit}
    meant = dict.fromkeys(given, "")
    for cell, part in parts.items():
        if part and part.unit in allowed and pattern.fullmatch(part.digits):
            digits = groups.sub("", part.digits).replace(",", ".")
            meant[cell] = f"{part.sign}{digits}{part.exponent or times.get(part.unit, '')}"
    return Meaning("number", meant, unit)


def _plain(given: Sequence[str]) -> Meaning:
    """Return plain numbers; but 01067 is a place, and 20190612 a day, where all cells are such."""
    are_whole = all(map(str.isdecimal, given))
    lengths = set(map(len, given))
    if are_whole and len(lengths) == 1 and min(lengths) > 3:
        if any(cell.startswith("0") for cell in given):
            return Meaning("words", dict(zip(given, given, strict=True)))
        if all(map(DAYS["y8d"].fullmatch, given)) and len(given) > 1:
            dates = _dates(given, day_first=False)
            if all("1900" <= meant < "2100" for meant in dates.of.values()):
                return dates
    return Meaning("number", dict(zip(given, given, strict=True)))


def _without_dress(given: Sequence[str]) -> str:
    """Return the cells, one a line, without the unit that stands beside the first; or nothing."""
    first = _undressed(given[0])
    if not first or "\n" in "".join(given):
        return ""
    joined = "\n".join(given).translate(SAME) + "\n"
    if not first.unit:
        return joined
    found = DRESSED.fullmatch(given[0].translate(SAME))
    before, after = (re.escape((found and found[k]) or "") for k in (3, 8))
    bare = re.sub(f"^{before} ?" if before else f" ?{after}$", "", joined, flags=re.MULTILINE)
    if before and after:
        bare = re.sub(f" ?{after}$", "", bare, flags=re.MULTILINE)
    return bare if len(joined) - len(bare) >= len(given) * len(first.unit) else ""


def _undressed(cell: str) -> Written | None:
    found = DRESSED.fullmatch(cell.translate(SAME))
    if not found:
        return None
    before, sign, currency, inner, digits, exponent, after, unit, last = found.groups()
    closed = bool(after or last)
    if closed != bool(before) or (sign and inner) or (before and (sign or inner)):
        return None
    minus = "-" if before or "-" in (sign, inner) else ""
    return Written(minus, digits.rstrip(), exponent, f"{currency}{(unit or '').strip()}")


# Yes or no


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


# Dates


def _dates(given: Sequence[str], day_first: bool) -> Meaning:
    """Return the cells as dates, as most are written; times of the day where none has a date.

    Where 03/04/2019 alone does not tell, the month is first; the day is where points part them, or
    where `day_first` says so.
    """
    plain = [cell.translate(SAME) for cell in given]
    if plain and all(map(TIME.fullmatch, plain)):
        return Meaning("date", dict(zip(given, map(_time, plain), strict=True)))
    fits = {o: sum(bool(p.fullmatch(c)) for c in plain[:50]) for o, p in DAYS.items()}
    order = max(fits, key=fits.__getitem__)
    if order == "dmy" and not _days_first(plain, day_first):
        order = "mdy"
    found = (_date(cell, order) for cell in plain)
    return Meaning("date", dict(zip(given, found, strict=True)))


def _days_first(cells: Sequence[str], otherwise: bool) -> bool:
    has_points = False
    for match in filter(None, map(DAYS["dmy"].fullmatch, cells)):
        first, sign, second, *_ = match.groups()
        if int(first) > 12 or int(second) > 12:
            return int(first) > 12
        has_points = has_points or sign == "."
    return otherwise or has_points


@lru_cache(maxsize=16_384)
def _date(cell: str, order: str) -> str:
    if order == "ymd" and len(cell) == 10 and cell[4] == "-":  # most are so, and it is quick
        with suppress(ValueError):
            return date.fromisoformat(cell).isoformat()
    found = DAYS["dmy" if order == "mdy" else order].fullmatch(cell)
    if not found:
        return ""
    first, _, second, third, *clock, zone = found.groups()
    parts = dict(zip(order.replace("8", "m"), (first, second, third), strict=False))
    name = parts.get("b", "")
    month = MONTHS.get(name[:4].lower()) or MONTHS.get(name[:3].lower()) or parts.get("m", "")
    try:
        day = date(_year(parts["y"]), int(month), int(parts.get("d") or 1))
        if clock[0] is None:
            return day.isoformat()
        moment = datetime.combine(day, time.fromisoformat(_clock(clock)))
        moment -= _ahead(zone or "")
    except (ValueError, OverflowError):
        return ""
    return moment.isoformat()


def _ahead(zone: str) -> timedelta:
    """Return how far a zone is ahead of Greenwich: “+02:00”, “-0130”, “GMT+1”, “Z”."""
    sign, digits = (-1 if "-" in zone else 1), "".join(filter(str.isdecimal, zone))
    hours, minutes = (digits[:-2], digits[-2:]) if len(digits) > 2 else (digits, "")
    return sign * timedelta(hours=int(hours or 0), minutes=int(minutes or 0))


def _year(text: str) -> int:
    """Return a year; of two digits, those up to 68 are of this century, as POSIX has it."""
    year = int(text)
    return year if len(text) == 4 else year + (2000 if year < 69 else 1900)


def _time(cell: str) -> str:
    found = TIME.fullmatch(cell)
    assert found, "Only what is a time is read as one."
    try:
        return time.fromisoformat(_clock(found.groups())).isoformat()
    except ValueError:
        return ""


def _clock(groups: Sequence[str | None]) -> str:
    hour, minute, second, part, half = groups
    hours = int(hour or 0)
    if half:
        hours = hours % 12 + (12 if half[0] in "pP" else 0)
    return f"{hours:02}:{minute}:{second or '00'}.{(part or '').ljust(6, '0')}"


def days(cells: Sequence[str]) -> tuple[list[float], str]:
    """Return dates as days since the first one's midnight, or times as hours; and the unit.

    Args:
        cells: in canonical writing, none of them empty.
    """
    if cells and cells[0][2:3] == ":":
        moments = [time.fromisoformat(cell) for cell in cells]
        seconds = [3600 * t.hour + 60 * t.minute + t.second + t.microsecond / 1e6 for t in moments]
        return [each / 3600 for each in seconds], "hours"
    dates = [datetime.fromisoformat(cell) for cell in cells]
    first = datetime.combine(min(dates).date(), time())
    apart = [each - first for each in dates]
    numbers = [d.days + d.seconds / 86_400 + d.microseconds / 8.64e10 for d in apart]
    return numbers, f"days since {first.date().isoformat()}"
