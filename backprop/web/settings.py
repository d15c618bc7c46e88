"""What whoever runs the server may say of it: each setting is checked before anything starts.

It needs nothing but Python, for gunicorn.conf.py runs it by its file: what the package imports must
not be there before the workers are.
"""

import re
import sys
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from typing import Any
from urllib.parse import parse_qsl, urlsplit

DRIVERS = {  # by what an address of a database begins with: the module that speaks to it
    "sqlite": "sqlite3",
    "sqlite+pysqlite": "sqlite3",
    "postgresql": "psycopg",
    "postgresql+psycopg": "psycopg",
    "postgresql+psycopg2": "psycopg2",
}
ADDRESSES = "sqlite:////folder/snapshots.sqlite or postgresql://user@host/name"
NUMBERS = ("timeout", "detect_types", "cached_statements")  # what SQLite's driver converts
WHOLE = re.compile(r"\s*0*([1-9][0-9]{0,17})\s*")  # up to what a database can add up
MOST_DAYS = 3_650


class SettingError(SystemExit):
    """A setting cannot be used: the program ends with one sentence, and no traceback."""


def read_settings(words: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings among these words, as the application takes them.

    Args:
        words: of the environment, or of a program; what is empty is left out.

    Raises:
        SettingError: one cannot be used.
    """
    return {name: read(words[name]) for name, read in READERS.items() if words.get(name, "") != ""}


def read_bytes(word: Any) -> int:
    """Return how many bytes of snapshots the store may hold."""
    number = WHOLE.fullmatch(str(word))
    if number is None:
        raise SettingError(
            f"STORE_LIMIT is “{_short(word)}”; it must be a whole number of bytes, 1 or more, "
            "as in: STORE_LIMIT=1073741824"
        )
    return int(number[1])


def read_days(word: Any) -> int:
    """Return for how many days a visit keeps what it opens."""
    number = WHOLE.fullmatch(str(word))
    if number is None or int(number[1]) > MOST_DAYS:
        raise SettingError(
            f"LEASE_DAYS is “{_short(word)}”; it must be a whole number of days from 1 to "
            f"{MOST_DAYS:,}, as in: LEASE_DAYS=30"
        )
    return int(number[1])


def read_database(word: Any) -> str:
    """Return the address of the database; it may hold a password, so it is never shown."""
    address = str(word)
    kind, colon, _ = address.partition("://")
    if kind not in DRIVERS or not colon:
        raise SettingError(
            "DATABASE_URL is no address of a SQLite file or a PostgreSQL database; "
            f"it looks like {ADDRESSES}"
        )
    if not _can_be_split(address, kind):
        raise SettingError(f"DATABASE_URL cannot be read as an address; it looks like {ADDRESSES}")
    if find_spec(DRIVERS[kind]) is None:
        python = f"{sys.executable} -m pip install {DRIVERS[kind]}"
        raise SettingError(f"DATABASE_URL needs “{DRIVERS[kind]}”, which is missing here: {python}")
    return address


def _can_be_split(address: str, kind: str) -> bool:
    """Whether host and port can be told; a file has neither, and its settings may be numbers."""
    try:
        parts = urlsplit(address)
        named = parts.port is not None or bool(parts.netloc)
        for name, word in parse_qsl(parts.query):
            if name in NUMBERS:
                float(word)
    except ValueError:
        return False
    return address.isprintable() and not (named and kind.startswith("sqlite"))


def _short(word: Any) -> str:
    return f"{word!s:.40}"


READERS: Mapping[str, Callable[[Any], Any]] = {
    "DATABASE_URL": read_database,
    "STORE_LIMIT": read_bytes,
    "LEASE_DAYS": read_days,
}
