"""What whoever runs the server may say of it: a table, checked before anything starts.

It needs nothing but Python, for gunicorn.conf.py runs it by its file: what the package imports must
not be there before the workers are.
"""

import os
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
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
WHOLE = re.compile(r"\s*0*(0|[1-9][0-9]{0,17})\s*")  # up to what a database can add up
HOST_NAME = re.compile(r"[\w.:%-]{1,253}")
ORIGIN = re.compile(r"https?://(?:\*\.)?[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[0-9]{1,5})?")
ANYBODY = "*"
PREFIX = re.compile(r"/|((?:/[A-Za-z0-9][A-Za-z0-9._~-]{0,63}){1,8})/?")
FLAGS = {"1": True, "true": True, "yes": True, "on": True}
FLAGS |= {"0": False, "false": False, "no": False, "off": False}
MOST_DAYS = 3_650
MOST_PROXIES = 9
HIGHEST_PORT = 65_535
FEWEST_WORKERS, MOST_BY_CORES, MOST_WORKERS = 2, 8, 64


class SettingError(SystemExit):
    """A setting cannot be used: the program ends with one sentence, and no traceback."""


class Unusable(ValueError):
    """A word cannot be a setting's; it holds a sentence, where there is more to say than usual."""


@dataclass(frozen=True, slots=True)
class Setting:
    """Something that whoever runs the server may say.

    Attributes:
        name: what it is called, in the environment and in the application's configuration.
        meaning: what it is, for who runs the server; README's table says the same.
        default: its value where nothing is said.
        read: makes the value of a word, or of what a program says; ValueError if it cannot.
        wanted: what it must be, as a refusal says it.
        example: a word that can be used.
        unit: of its value.
        in_words: the default, where its value does not say it.
        show: spells a value for a listing, which holds no password.
    """

    name: str
    meaning: str
    default: Any
    read: Callable[[Any], Any]
    wanted: str
    example: str
    unit: str = ""
    in_words: str = ""
    show: Callable[[Any], str] = str

    def spelled(self, value: Any) -> str:
        """Return a value as a listing shows it, with its unit; a default with its words."""
        number = f"{self.show(value)} {self.unit}".strip()
        if value != self.default or not self.in_words:
            return number
        return f"{number} ({self.in_words})" if value else self.in_words

    @property
    def row(self) -> str:
        """Its row in README's table."""
        default = self.in_words or self.spelled(self.default)
        return f"| `{self.name}` | {default} | `{self.example}` | {self.meaning} |"

    def value_of(self, word: Any) -> Any:
        """Return what a word means.

        Raises:
            SettingError: it cannot be used.
        """
        try:
            return self.read(word)
        except Unusable as error:
            raise SettingError(f"{self.name} {error}") from None
        except ValueError:
            raise SettingError(
                f"{self.name} is “{word!s:.40}”; it must be {self.wanted}, as in: "
                f"{self.name}={self.example}"
            ) from None


def read_settings(words: Mapping[str, Any]) -> dict[str, Any]:
    """Return every setting, as the application takes it.

    Args:
        words: of the environment, or of a program; for what is empty the default stands.

    Raises:
        SettingError: one cannot be used.
    """
    return {
        each.name: each.value_of(words[each.name]) if is_said(each, words) else each.default
        for each in SETTINGS
    }


def is_said(setting: Setting, words: Mapping[str, Any]) -> bool:
    """Whether these words say anything of a setting."""
    return words.get(setting.name) not in ("", None)


def sources(environment: Mapping[str, Any], program: Mapping[str, Any]) -> dict[str, str]:
    """Return from where each setting comes, a program's word before the environment's."""
    return {
        each.name: "program"
        if is_said(each, program)
        else "environment"
        if is_said(each, environment)
        else "default"
        for each in SETTINGS
    }


def whole(least: int, most: int | None = None) -> Callable[[Any], int]:
    """Return a reader of whole numbers within bounds."""

    def read(word: Any) -> int:
        found = WHOLE.fullmatch(str(word))
        number = int(found[1]) if found else -1
        if number < least or (most is not None and number > most):
            raise ValueError(word)
        return number

    return read


def workers_by_cores() -> int:
    """Return how many processes answer where nobody says it: as many as cores, within bounds."""
    return min(max(os.cpu_count() or 1, FEWEST_WORKERS), MOST_BY_CORES)


def read_host(word: Any) -> str:
    """Return where the server listens; whether this machine has it, its start finds out."""
    if not HOST_NAME.fullmatch(str(word)):
        raise ValueError(word)
    return str(word)


def read_flag(word: Any) -> bool:
    """Return whether something is to be done."""
    said = str(word).strip().lower()
    if said not in FLAGS:
        raise ValueError(word)
    return FLAGS[said]


def read_prefix(word: Any) -> str:
    """Return the path below which the pages stand; empty at the root of a host."""
    found = PREFIX.fullmatch(str(word).strip())
    if found is None:
        raise ValueError(word)
    return found[1] or ""


def read_origins(word: Any) -> tuple[str, ...]:
    """Return who may show the pages in a frame; anybody only where that is written, and alone."""
    origins = tuple(re.split(r"[\s,]+", str(word).strip().lower()))
    if origins != (ANYBODY,) and not all(map(ORIGIN.fullmatch, origins)):
        raise ValueError(word)
    return origins


def read_rate(word: Any) -> int:
    """Return how much one address may ask for in a second; 0 where that has no limit."""
    return 0 if str(word).strip().lower() == "off" else whole(1)(word)


def read_database(word: Any) -> str:
    """Return the address of the database; it may hold a password, so a refusal never shows it."""
    address = str(word)
    kind, colon, _ = address.partition("://")
    if kind not in DRIVERS or not colon:
        wanted = "a SQLite file or a PostgreSQL database"
        raise Unusable(f"is no address of {wanted}; it looks like {ADDRESSES}")
    if not _can_be_split(address, kind):
        raise Unusable(f"cannot be read as an address; it looks like {ADDRESSES}")
    if find_spec(DRIVERS[kind]) is None:
        missing = DRIVERS[kind]
        package = '"psycopg[binary]"' if missing == "psycopg" else missing  # alone it needs libpq
        python = f"{sys.executable} -m pip install {package}"
        raise Unusable(f"needs “{missing}”, which is missing here: {python}")
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


def without_password(address: str) -> str:
    """Return the address of a database without what nobody else may read.

    What stands before the last “@” may be a password even where that is not spelled as it should
    be; and of what follows “?” the names alone are shown.
    """
    kind, _, rest = address.partition("://")
    place, mark, more = rest.partition("?")
    login, at, host = place.rpartition("@")
    user, colon, _ = login.partition(":")
    names = "&".join(f"{part.partition('=')[0]}=…" for part in more.split("&")) if mark else ""
    return f"{kind}://{user}{':***' if colon else ''}{at}{host}{mark}{names}"


SETTINGS: tuple[Setting, ...] = (
    Setting(
        name="HOST",
        meaning="where the server listens: 0.0.0.0 is every address of this machine",
        default="127.0.0.1",
        read=read_host,
        wanted="a name or an address of this machine",
        example="127.0.0.1",
    ),
    Setting(
        name="PORT",
        meaning="the port there; a busy one is said in one line",
        default=8000,
        read=whole(1, HIGHEST_PORT),
        wanted=f"a number from 1 to {HIGHEST_PORT}",
        example="8001",
    ),
    Setting(
        name="WEB_CONCURRENCY",
        meaning="how many processes answer, each with memory and caches of its own",
        default=workers_by_cores(),
        read=whole(1, MOST_WORKERS),
        wanted=f"a number from 1 to {MOST_WORKERS}",
        example="4",
        in_words=f"as many as cores, {FEWEST_WORKERS} to {MOST_BY_CORES}",
    ),
    Setting(
        name="DATABASE_URL",
        meaning='where snapshots are stored; PostgreSQL works too (pip install "psycopg[binary]")',
        default="",
        read=read_database,
        wanted=ADDRESSES,
        example="postgresql://user@host/name",
        in_words="a SQLite file in instance/",
        show=without_password,
    ),
    Setting(
        name="STORE_LIMIT",
        meaning="how much of snapshots may be stored: a quarter for runs, a quarter for what is "
        "brought, a half for what was opened or linked",
        default=2**30,
        read=whole(1),
        wanted="a whole number of bytes, 1 or more",
        example="500000000",
        unit="bytes",
        in_words="1 GiB",
    ),
    Setting(
        name="LEASE_DAYS",
        meaning="for how long a visit keeps what it opens; a copied link keeps it a year",
        default=30,
        read=whole(1, MOST_DAYS),
        wanted=f"a whole number of days from 1 to {MOST_DAYS:,}",
        example="60",
        unit="days",
    ),
    Setting(
        name="TRUSTED_PROXIES",
        meaning="how many proxies stand in front, one behind the other: so many entries of "
        "X-Forwarded-For, -Proto and -Host are believed",
        default=0,
        read=whole(0, MOST_PROXIES),
        wanted=f"a whole number from 0 to {MOST_PROXIES}",
        example="1",
    ),
    Setting(
        name="URL_PREFIX",
        meaning="the path of the host below which the pages stand; a proxy may strip it or not",
        default="",
        read=read_prefix,
        wanted="a path that begins with “/”",
        example="/backprop",
        in_words="none: the root of the host",
    ),
    Setting(
        name="EMBED_ORIGINS",
        meaning="who may show the pages in a frame: origins, divided by spaces or commas; * is "
        "anybody",
        default=(),
        read=read_origins,
        wanted="origins such as https://moodle.example",
        example="https://moodle.example,https://*.uni.example",
        in_words="nobody",
        show=" ".join,
    ),
    Setting(
        name="ACCESS_LOG",
        meaning="1 writes a line of JSON to the standard output for each request, with nothing of "
        "a person in it and nothing that was typed",
        default=False,
        read=read_flag,
        wanted="1 or 0",
        example="1",
        show=lambda value: str(int(value)),
    ),
    Setting(
        name="METRICS",
        meaning="1 answers Prometheus at /metrics, summed over all processes, where it does not "
        "come through a proxy",
        default=False,
        read=read_flag,
        wanted="1 or 0",
        example="1",
        show=lambda value: str(int(value)),
    ),
    Setting(
        name="RATE_LIMIT",
        meaning="how many steps of a walk, or as much of other work, one address may ask of each "
        "worker in a second; off sets no limits",
        default=140,
        read=read_rate,
        wanted="a whole number of steps a second, or off",
        example="300",
        show=lambda rate: str(rate or "off"),
    ),
)

if __name__ == "__main__":
    read_settings(os.environ)
