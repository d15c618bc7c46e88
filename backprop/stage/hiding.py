"""What an address may leave out of a page, in the same words on every lesson; and its view.

A word hides the same on every lesson that has it:

    hide: tuple[str, ...] = hide_choice("transport", "strip", "presets")

What the address says beyond that is left out of it, and the page says so. The words that earlier
versions had stay readable as what they are now called.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from backprop.stage.choices import Kind, OneOf, choice_fields, chosen, has_choice

WORDS: Mapping[str, str] = MappingProxyType(
    {
        "transport": "the buttons that play and step",
        "strip": "the strip of all steps",
        "presets": "the menu of examples",
        "asking": "the switch “Ask me first”",
        "function": "the field of the function",
        "parameters": "the fields and sliders of numbers",
        "example": "the choice of an example",
        "detail": "the switch over the picture",
        "picture": "the picture of the network",
        "charts": "the charts, round by round",
        "slices": "the charts of one variable at a time",
        "surface": "the surface in 3D",
        "table": "the table, number by number",
        "checks": "the same gradient by other ways",
        "nudge": "the nudge",
        "steps": "the question which h",
        "cost": "what a gradient costs",
        "bug": "the planted mistakes",
        "train": "the training with the slip",
        "forks": "the function that uses x twice",
        "direction": "another direction",
        "length": "the step of another length",
        "walk": "the walk downhill",
        "machines": "the two machines and the wall",
        "racers": "the choice of the optimizers that race",
        "matrix": "the matrix of optimizers and gradients",
        "exhibit": "the slip in the optimizer",
        "data": "what is learned from",
        "network": "the set-up of the network",
        "optimizer": "the set-up of the optimizer",
        "files": "code and files to take along",
    }
)
ALL_OF: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"setup": ("data", "network", "optimizer", "files")}  # a word for several
)
FORMER: Mapping[str, str] = MappingProxyType(
    {  # a word of an earlier version → what it is called now
        "expression": "function",
        "variables": "parameters",
        "examples": "example",
        "sharing": "detail",
        "curves": "charts",
        "loss": "charts",
        "proof": "checks",
        "check": "checks",
        "step": "length",
        "firewall": "machines",
    }
)


def parts_of(word: str) -> tuple[str, ...]:
    """Return what a word stands for: itself, what it is called now, or all that it holds."""
    now = FORMER.get(word, word)
    return ALL_OF.get(now, (now,))


@dataclass(frozen=True, slots=True)
class Hiding(Kind):
    """The words that hide something on a lesson; others are left out.

    Attributes:
        here: the words that do, as they are called now.
    """

    here: tuple[str, ...]

    def read(self, text: str, name: str) -> tuple[str, ...]:
        """Return the words of a text that hide something here, as they are spelled there."""
        return tuple(word for word in _words(text) if self.acts(word))

    def write(self, value: tuple[str, ...]) -> str:
        """Return the text that spells a value."""
        return ",".join(value)

    def acts(self, word: str) -> bool:
        """Whether a word hides something here."""
        return any(part in self.here for part in parts_of(word))

    def ignored(self, text: str) -> tuple[str, ...]:
        """Return the words of a text that hide nothing here."""
        return tuple(word for word in _words(text) if not self.acts(word))

    @property
    def offered(self) -> tuple[str, ...]:
        """The words that there are to choose from here, in the order of the list."""
        return tuple(word for word in WORDS if word in self.here)


def _words(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, (part.strip() for part in text.split(",")))))


def hide_choice(*here: str) -> Any:
    """Return the dataclass field for what an address hides, of these words."""
    assert set(here) <= WORDS.keys(), f"{here} has a word of its own"
    return chosen(Hiding(here), ())


def mode_choice() -> Any:
    """Return the dataclass field for the view: a page, a projector’s, or a frame of another page.

    In a frame stands the lesson without what is around it on the site.
    """
    return chosen(OneOf(("", "projector", "embed")), "")


def hiding_of(choices: Any) -> Hiding:
    """Return the kind of a lesson's words; of a page that hides nothing, one without words."""
    if not has_choice(choices, "hide"):
        return Hiding(())
    kind = choice_fields(choices)["hide"].kind
    assert isinstance(kind, Hiding), "what an address hides is made by hide_choice()"
    return kind


def hidden_parts(choices: Any) -> frozenset[str]:
    """Return the names of what these choices hide, as the templates know it."""
    return frozenset(part for word in getattr(choices, "hide", ()) for part in parts_of(word))
