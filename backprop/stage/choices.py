"""What a learner can choose, and how each choice is spelled as text.

A lesson's choices are one frozen dataclass; every field carries a kind, which knows its bounds
and both directions of its spelling. URL query, form, JSON body and stored snapshot all use it.

    @dataclass(frozen=True)
    class Choices:
        step: int = chosen(Whole(0, 9_999), 0)
        learning_rate: float = chosen(Real(0, 100), 0.5)

Choices that belong together, or that several lessons share, are a group: a dataclass of their own
in a field of the lesson's. An address knows no groups, so a name stands for one choice only.
"""

import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import MISSING, dataclass, field, fields, replace
from functools import lru_cache
from operator import attrgetter
from types import MappingProxyType
from typing import Any, Protocol, TypeVar

from backprop.engine.errors import InputError
from backprop.sharing.formats import FORMAT, unreadable

C = TypeVar("C")

BODY_FORMAT = "body-format"  # of a state, beside the fields that it says


class ChoiceError(InputError):
    """A choice cannot be read, or is out of bounds; `at` is the field's name."""


class Kind(Protocol):
    """The type of a choice: its bounds, and its spelling."""

    def read(self, text: str, name: str) -> Any:
        """Return the value that a text spells; raises ChoiceError, which names the field."""

    def write(self, value: Any) -> str:
        """Return the text that spells a value exactly; a text spells itself."""
        return str(value)


def parse_number(text: str, name: str) -> float:
    """Return the number a person typed: 0.5, 0,5, −3, 1e-3, with spaces around.

    Raises:
        ChoiceError: it is not a finite number.
    """
    if not text.strip():
        raise ChoiceError("There is no number.", hint="Type one such as 0.5 or -3e-2.", at=name)
    plain, quoted = text.strip().replace("−", "-").replace(",", "."), f"“{_short(text)}”"
    try:
        if len(plain) > 40 or "_" in plain:
            raise ValueError
        number = float(plain)
    except ValueError:
        hint = "Type one such as 0.5 or -3e-2."
        raise ChoiceError(f"{quoted} is not a number.", hint=hint, at=name) from None
    if not math.isfinite(number):
        raise ChoiceError(
            f"{quoted} is not a finite number.", hint="Type one such as 0.5.", at=name
        )
    return number


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:37]}…"


@dataclass(frozen=True, slots=True)
class Real(Kind):
    """A number between two bounds."""

    low: float = -1e6
    high: float = 1e6

    @property
    def bounds(self) -> tuple[tuple[float, float], ...]:
        """What it can be: numbers from one to another."""
        return ((self.low, self.high),)

    def read(self, text: str, name: str) -> float:
        """Return the value that a text spells; raises ChoiceError."""
        number = parse_number(text, name)
        if not self.low <= number <= self.high:
            raise ChoiceError(
                f"{_short(text.strip())} is out of bounds.",
                hint=f"It can be from {self.low:g} to {self.high:g}.",
                at=name,
            )
        return number

    def write(self, value: float) -> str:
        """Return the text that spells a value."""
        return repr(value).removesuffix(".0")


@dataclass(frozen=True, slots=True)
class Anything(Real):
    """A number that was computed, and so may be infinite or NaN."""

    def read(self, text: str, name: str) -> float:
        """Return the value that a text spells; raises ChoiceError."""
        return float(text) if text in ("nan", "inf", "-inf") else parse_number(text, name)


@dataclass(frozen=True, slots=True)
class Whole(Kind):
    """A whole number between two bounds."""

    low: int
    high: int

    @property
    def bounds(self) -> tuple[tuple[float, float], ...]:
        """What it can be: whole numbers from one to another."""
        return ((self.low, self.high),)

    def read(self, text: str, name: str) -> int:
        """Return the value that a text spells; raises ChoiceError."""
        number = Real(self.low, self.high).read(text, name)
        if number != int(number):
            raise ChoiceError(f"{_short(text)} is not a whole number.", at=name)
        return int(number)


@dataclass(frozen=True, slots=True)
class Flag(Kind):
    """Yes or no."""

    def read(self, text: str, name: str) -> bool:
        """Return the value that a text spells; raises ChoiceError."""
        if text not in ("0", "1"):
            raise ChoiceError(f"“{_short(text)}” is neither 1 nor 0.", at=name)
        return text == "1"

    def write(self, value: bool) -> str:
        """Return the text that spells a value."""
        return "1" if value else "0"


@dataclass(frozen=True, slots=True)
class OneOf(Kind):
    """One of a few names, which are looked up when a value is read: a registry may grow."""

    options: Collection[str]
    also: tuple[str, ...] = ()

    def read(self, text: str, name: str) -> str:
        """Return the value that a text spells; raises ChoiceError."""
        if text not in self.options and text not in self.also:
            raise ChoiceError(
                f"“{_short(text)}” is not on offer.",
                hint=f"Possible: {', '.join(filter(None, (*self.options, *self.also)))}.",
                at=name,
            )
        return text


@dataclass(frozen=True, slots=True)
class Name(Kind):
    """The name of something that other choices decide, such as a node; checked by the lesson."""

    longest: int = 40

    def read(self, text: str, name: str) -> str:
        """Return the value that a text spells; raises ChoiceError."""
        if len(text) > self.longest or not all(c.isalnum() or c in "_-" for c in text):
            raise ChoiceError(f"“{_short(text)}” is not a name.", at=name)
        return text


@dataclass(frozen=True, slots=True)
class Several(Kind):
    """A list of another kind, spelled with commas."""

    kind: Kind
    most: int
    least: int = 0

    def read(self, text: str, name: str) -> tuple[Any, ...]:
        """Return the value that a text spells; raises ChoiceError."""
        parts = [part.strip() for part in text.split(",") if part.strip()]
        count = f"{len(parts)} entries are too"
        if len(parts) > self.most:
            raise ChoiceError(f"{count} many.", hint=f"At most {self.most}.", at=name)
        if len(parts) < self.least:
            raise ChoiceError(f"{count} few.", hint=f"At least {self.least}.", at=name)
        return tuple(self.kind.read(part, name) for part in parts)

    def write(self, value: tuple[Any, ...]) -> str:
        """Return the text that spells a value."""
        return ",".join(map(self.kind.write, value))


@dataclass(frozen=True, slots=True)
class Text(Kind):
    """What a person typed, as it stands: a formula, the name of a column."""

    longest: int = 200

    def read(self, text: str, name: str) -> str:
        """Return the value that a text spells; raises ChoiceError."""
        if len(text) > self.longest:
            raise ChoiceError(
                f"“{_short(text)}” has {len(text):,} characters.",
                hint=f"At most {self.longest} are possible.",
                at=name,
            )
        if not text.isprintable():
            raise ChoiceError("This text holds a sign that cannot be shown.", at=name)
        return text


@dataclass(frozen=True, slots=True)
class Lines(Kind):
    """A text of several lines as a person typed it: a program. What ends a line is one sign."""

    longest: int

    def read(self, text: str, name: str) -> str:
        """Return the value that a text spells; raises ChoiceError."""
        lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ").split("\n")
        text = "\n".join(line.rstrip() for line in lines).strip("\n")
        if len(text) > self.longest:
            raise ChoiceError(
                f"This has {len(text):,} characters.",
                hint=f"At most {self.longest:,} are possible.",
                at=name,
            )
        if not text.replace("\n", "").isprintable():
            raise ChoiceError("This text holds a sign that cannot be shown.", at=name)
        return text


@dataclass(frozen=True, slots=True)
class Packed(Kind):
    """A value with arrays in it: it stands in a snapshot as it is, and in no address."""

    pack: Callable[[Any], Any]
    unpack: Callable[[Any], Any]

    def read(self, text: Any, name: str) -> Any:
        """Return the value that a snapshot holds."""
        return self.unpack(text)

    def write(self, value: Any) -> Any:
        """Return what a snapshot holds."""
        return self.pack(value)


@dataclass(frozen=True, slots=True)
class Kept:
    """What a run keeps for itself: read from snapshots; a visitor can only empty it."""

    kind: Kind
    empty: Any = ()

    def read(self, text: str, name: str) -> Any:
        """Return the empty value, for nothing; raises ChoiceError for anything else."""
        if text:
            raise ChoiceError(
                f"“{name}” is kept by a run.", hint="It is not typed; leave it out.", at=name
            )
        return self.empty

    def write(self, value: Any) -> Any:
        """Return the text that spells a value, or what a snapshot holds."""
        return self.kind.write(value) if value != self.empty else ""


@dataclass(frozen=True, slots=True)
class Table:
    """Entries by name, each a query parameter of its own; other fields decide which there are."""

    kind: Kind | Callable[[Any, str], Kind]  # of all entries, or of (choices so far, name)
    keys: Callable[[Any], tuple[str, ...]]  # of the choices read so far
    default: Callable[[Any, Any], Mapping[str, Any]]  # (choices so far, base) → what is not said
    aliases: Callable[[Any], Mapping[str, str]] = lambda _: {}  # key → another name, accepted too

    def entry_kind(self, choices: Any, name: str) -> Kind:
        """Return the kind of one entry."""
        return self.kind(choices, name) if callable(self.kind) else self.kind


@dataclass(frozen=True, slots=True)
class ChoiceField:
    """Where a choice stands among a lesson's choices.

    Attributes:
        name: its name in the code, the only one of its kind in a lesson.
        spelled: its name in an address; links that were made once keep it.
        path: the groups that lead to it, the outermost first.
        kind: its bounds and its spelling.
        default: what it is on a first visit.
        is_table: whether its entries are fields of an address, each by its own name.
        holder, value: read the group it stands in, and itself, from a lesson's choices.
    """

    name: str
    spelled: str
    path: tuple[str, ...]
    kind: Any  # Kind | Table
    default: Any
    is_table: bool = field(init=False)  # these three are asked a hundred times a page
    holder: Callable[[Any], Any] = field(init=False, repr=False, compare=False)
    value: Callable[[Any], Any] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        holder = attrgetter(".".join(self.path)) if self.path else _itself
        value = attrgetter(".".join((*self.path, self.name)))
        object.__setattr__(self, "is_table", isinstance(self.kind, Table))
        object.__setattr__(self, "holder", holder)
        object.__setattr__(self, "value", value)


def _itself(choices: Any) -> Any:
    return choices


def chosen(kind: Kind | Table, default: Any, spelled: str = "") -> Any:
    """Return a dataclass field of a kind; `spelled` is its name in an address if that differs."""
    metadata = {"kind": kind, "spelled": spelled}
    if isinstance(default, dict):
        return field(default_factory=lambda: default, metadata=metadata)
    return field(default=default, metadata=metadata)


def format_choice() -> Any:
    """Return the dataclass field for the format in which a state was stored: sharing/formats.py.

    A state that is stored again is the same bytes, and so has the same address: a run that began in
    an older format stays in it. Two choices that differ in nothing else are equal.
    """
    kind = Kept(Whole(1, FORMAT), FORMAT)
    return field(default=FORMAT, compare=False, metadata={"kind": kind, "spelled": BODY_FORMAT})


def group(default: Any, applies: Callable[[Any], bool] = lambda _: True) -> Any:
    """Return a dataclass field that holds choices of its own, spelled as if they stood here.

    Args:
        default: the group on a first visit.
        applies: whether the tables of the group are in use, by the choices that hold the group.
    """
    return field(default=default, metadata={"applies": applies})


def choice_fields(choices: Any) -> Mapping[str, ChoiceField]:
    """Return where each choice stands, by its name in the code, in the order of the fields.

    Args:
        choices: a lesson's choices, or their class.
    """
    owner: Any = choices if isinstance(choices, type) else type(choices)
    return _find_fields(owner)


@lru_cache(maxsize=64)
def _find_fields(owner: Any) -> Mapping[str, ChoiceField]:
    places: dict[str, ChoiceField] = {}
    for f in fields(owner):
        if "kind" in f.metadata:
            spelled = f.metadata["spelled"] or f.name
            default = f.default if f.default is not MISSING else None
            inner = {f.name: ChoiceField(f.name, spelled, (), f.metadata["kind"], default)}
        else:
            below = choice_fields(f.default)
            inner = {n: replace(p, path=(f.name, *p.path)) for n, p in below.items()}
        assert not places.keys() & inner.keys(), f"{f.name} names a choice twice"
        places |= inner
    return MappingProxyType(places)


@lru_cache(maxsize=64)
def spelled_names(choices: type[Any]) -> frozenset[str]:
    """Return the words that an address of these choices uses, but for the entries of tables."""
    return frozenset(c.spelled for c in choice_fields(choices).values() if not c.is_table)


def get_choice(choices: Any, name: str) -> Any:
    """Return a choice by its name, whichever group it stands in."""
    return choice_fields(choices)[name].value(choices)


def has_choice(choices: Any, name: str) -> bool:
    """Whether there is a choice of this name, in any group."""
    return name in choice_fields(choices)


def change(choices: C, **changes: Any) -> C:
    """Return choices in which some, or whole groups, have other values, wherever they stand.

    It is `dataclasses.replace`, which would set every field anew: a page does this ten times, with
    forty fields.
    """
    where = choice_fields(choices)
    here: dict[str, Any] = {}
    inside: dict[str, dict[str, Any]] = {}
    for name, value in changes.items():
        place = where.get(name)
        if place and place.path:
            inside.setdefault(place.path[0], {})[name] = value
        else:
            here[name] = value
    for name, each in inside.items():
        here[name] = change(getattr(choices, name), **each)
    known = vars(choices)
    assert here.keys() <= known.keys(), f"no choices: {here.keys() - known.keys()}"
    changed = object.__new__(type(choices))
    vars(changed).update(known | here)
    return changed


def _applies(choices: Any, path: tuple[str, ...]) -> bool:
    """Whether the tables of a group are in use."""
    for name in path:
        rule = type(choices).__dataclass_fields__[name].metadata["applies"]
        if not rule(choices):
            return False
        choices = getattr(choices, name)
    return True


def read_choices(base: C, pairs: Mapping[str, str], *, stored: bool = False) -> C:
    """Return the base with what the pairs override; pairs that name no field are left alone.

    Plain fields are read first, then tables, whose keys the plain fields of their group decide.

    Args:
        base: where to start from.
        pairs: texts by name.
        stored: whether we wrote the pairs ourselves: numbers that were computed may lie beyond
            the bounds of what can be typed, or be infinite or NaN.

    Raises:
        ChoiceError: a text that its field cannot take.
        SnapshotError: what was stored is no text, or cannot be unpacked.
    """

    def read(kind: Kind, name: str, text: str) -> Any:
        is_text = isinstance(text, str)
        if stored and isinstance(kind, Kept) and not (is_text and not text):
            kind = kind.kind
        if stored and is_text == isinstance(kind, Packed):
            raise unreadable(f"“{name}” is not what it should be")
        return (Anything() if stored and isinstance(kind, Real) else kind).read(text, name)

    where = choice_fields(base).values()
    plain = {
        place.name: read(place.kind, place.spelled, pairs[place.spelled])
        for place in where
        if place.spelled in pairs and not place.is_table
    }
    choices = change(base, **plain)
    for place in where:
        if not place.is_table:
            continue
        entries: dict[str, Any] = {}
        if _applies(choices, place.path):
            kind, holder = place.kind, place.holder(choices)
            aliases = kind.aliases(holder)
            entries |= kind.default(holder, place.holder(base))
            for key in kind.keys(holder):
                text = pairs.get(key, pairs.get(aliases.get(key, key)))
                if text is not None:
                    entries[key] = read(kind.entry_kind(holder, key), key, text)
        choices = change(choices, **{place.name: entries})
    return choices


def write_choices(choices: Any, base: Any) -> dict[str, str]:
    """Return the pairs that `read_choices` needs to make these choices of the base."""
    pairs: dict[str, str] = {}
    for place in choice_fields(choices).values():
        kind, value = place.kind, place.value(choices)
        if not place.is_table:
            if value != place.value(base):
                pairs[place.spelled] = kind.write(value)
        elif _applies(choices, place.path):
            holder = place.holder(choices)
            untyped = kind.default(holder, place.holder(base))
            changed = {k: v for k, v in value.items() if v != untyped.get(k)}
            pairs |= {k: kind.entry_kind(holder, k).write(v) for k, v in changed.items()}
    return pairs
