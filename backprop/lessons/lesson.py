"""What a lesson is: choices in, board out.

A lesson is a pure function `compose(choices, links) -> Board`, and where it can go on (the next
round), a second one, `advance(choices, now) -> choices`. A board is everything shown, without
markup; page, fragment and JSON are three dresses of it.

Every state has an address: an origin (the lesson's defaults, a preset or a snapshot) and the
fields that differ from it. `Links.address` is the only maker of links.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any
from urllib.parse import urlencode

from backprop.engine.errors import UnknownNameError
from backprop.lessons.choices import Table, write_choices


@dataclass(frozen=True, slots=True)
class Origin:
    """What an address starts from: {} (the defaults), {"preset": name} or {"from": snapshot}."""

    pairs: Mapping[str, str]
    choices: Any


class Links:
    """Makes the addresses of the states around this one; keeps everything the learner set."""

    def __init__(self, path: str, origin: Origin, choices: Any) -> None:
        self.path = path
        self.origin = origin
        self.choices = choices
        self._pairs = write_choices(choices, origin.choices)
        self._kinds = {f.name: f.metadata["kind"] for f in fields(choices)}

    def pairs(self, **changes: Any) -> dict[str, str]:
        """Return the query of this state with some plain fields changed."""
        pairs = dict(self._pairs)
        for name, value in changes.items():
            assert not isinstance(self._kinds[name], Table), f"{name} is a table"
            pairs.pop(name, None)
            if value != getattr(self.origin.choices, name):
                pairs[name] = self._kinds[name].write(value)
        return {**self.origin.pairs, **pairs}

    def address(self, **changes: Any) -> str:
        """Return the canonical address of this state with some plain fields changed."""
        query = urlencode(self.pairs(**changes), safe=",")
        return f"{self.path}?{query}" if query else self.path


@dataclass(frozen=True, slots=True)
class Preset:
    """A named state to start from."""

    name: str  # in the address
    title: str
    about: str  # one or two sentences: what there is to see
    choices: Any


@dataclass(frozen=True, slots=True)
class Lesson:
    """One thing taught; it stands in four places under one name.

    Attributes:
        name: lessons/<name>.py, templates/lessons/<name>.html, /lessons/<name> with hyphens.
        title: what the catalogue calls it.
        about: a sentence for the home page.
        defaults: the choices of a first visit.
        presets: named states, the first of which equals the defaults.
        compose: choices and links → board.
        advance: choices and the address of their snapshot → the choices of the next round;
            None where a lesson does not go on.
    """

    name: str
    title: str
    about: str
    defaults: Any
    presets: tuple[Preset, ...]
    compose: Callable[[Any, Links], Any]
    advance: Callable[[Any, str], Any] | None = None

    @property
    def path(self) -> str:
        """Where the lesson stands."""
        return f"/lessons/{self.name.replace('_', '-')}"

    def preset(self, name: str) -> Preset:
        """Return the preset of this name.

        Raises:
            UnknownNameError: there is none.
        """
        for preset in self.presets:
            if preset.name == name:
                return preset
        names = ", ".join(preset.name for preset in self.presets)
        raise UnknownNameError(
            f"There is no preset “{name[:40]}”.", hint=f"There are {names}.", at="preset"
        )
