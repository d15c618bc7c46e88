"""What a page lets a person choose or type: an option, a number in a field, a slider."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from backprop.notation.formula import Label
from backprop.notation.numerals import exact, field
from backprop.stage.links import Links


@dataclass(frozen=True, slots=True)
class Option:
    """One of several that can be chosen."""

    title: str
    value: str
    on: bool
    address: str = ""
    about: str = ""


def make_options(
    titles: Mapping[str, str], now: str, links: Links | None = None, name: str = ""
) -> tuple[Option, ...]:
    """Return an option for each value of a choice; the present one is on.

    With the links of a state each is a link, by the choice's name; else a form sends its value.
    """
    return tuple(
        Option(title, value, value == now, links.address(**{name: value}) if links else "")
        for value, title in titles.items()
    )


@dataclass(frozen=True, slots=True)
class Field:
    """A number that can be typed."""

    name: str
    label: Label
    title: str
    value: str  # as an input shows it
    exact: str
    gradient: str = ""  # as the picture shows it; empty while it is not known
    state: str = ""  # “now” where the step is about it, “focus” where its ledger is open
    frozen: bool = False
    freeze: str = ""  # the address that freezes or frees it
    address: str = ""  # the address that opens its ledger


def number_field(name: str, label: Label, title: str, x: float, **more: Any) -> Field:
    """Return the field of a number; `more` are further attributes of it."""
    return Field(name, label, title, field(x), exact(x), **more)


@dataclass(frozen=True, slots=True)
class Slider:
    """The one parameter that can be dragged."""

    name: str
    label: Label
    value: str
    shown: str
    low: str
    high: str
    step: str = "any"
