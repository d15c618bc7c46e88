"""Dates and times as people write them; in which order, a column says, not a cell."""

import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from backprop.training.examples.meaning import ONE_SIGN, Meaning

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
        "b_y": r"([^\W\d_]{3,9})([-. ]{1,2})()([0-9]{4})",
    }.items()
}


def may_be_date(cell: str) -> bool:
    """Whether a cell has the form of a date or a time, in whatever writing."""
    plain = cell.translate(ONE_SIGN)
    return any(writing.fullmatch(plain) for writing in (TIME, *DAYS.values()))


def read_dates(given: Sequence[str], day_first: bool) -> Meaning:
    """Return the cells as dates, as most are written; times of the day where none has a date.

    Where 03/04/2019 alone does not tell, the month is first; the day is where points part them, or
    where `day_first` says so.
    """
    plain = [cell.translate(ONE_SIGN) for cell in given]
    if plain and all(map(TIME.fullmatch, plain)):
        return Meaning("date", dict(zip(given, map(_time, plain), strict=True)))
    fits = {o: sum(bool(p.fullmatch(c)) for c in plain[:50]) for o, p in DAYS.items()}
    order = max(fits, key=fits.__getitem__)
    if order == "dmy" and not _days_first(plain, day_first):
        order = "mdy"
    dates = (_date(cell, order) for cell in plain)
    return Meaning("date", dict(zip(given, dates, strict=True)))


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
    match = DAYS["dmy" if order == "mdy" else order].fullmatch(cell)
    if not match:
        return ""
    first, _, second, third, *clock, zone = match.groups()
    parts = dict(zip(order.replace("8", "m"), (first, second, third), strict=False))
    name = parts.get("b", "")
    month = MONTHS.get(name[:4].lower()) or MONTHS.get(name[:3].lower()) or parts.get("m", "")
    try:
        if order == "y8d" and not "1900" <= first < "2100":
            return ""  # eight digits are a number more often
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
    match = TIME.fullmatch(cell)
    assert match, "Only what is a time is read as one."
    try:
        return time.fromisoformat(_clock(match.groups())).isoformat()
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
