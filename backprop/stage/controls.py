"""What a page lets a person choose or type: an option, a number in a field, a slider."""

from dataclasses import dataclass

from backprop.notation.formula import Label


@dataclass(frozen=True, slots=True)
class Option:
    """One of several that can be chosen."""

    title: str
    value: str
    on: bool
    address: str = ""
    about: str = ""


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
