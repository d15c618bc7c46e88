"""The menu of the states that a lesson can be opened at."""

from collections.abc import Sequence
from typing import Any

from backprop.stage.choices import has_choice, value_of
from backprop.stage.controls import Option
from backprop.stage.lesson import Preset
from backprop.stage.links import Links


def preset_options(
    presets: Sequence[Preset], links: Links, now: Preset | None
) -> tuple[Option, ...]:
    """Return an entry for each preset; the one that is shown now is on."""
    return tuple(
        Option(
            preset.title,
            preset.name,
            preset is now,
            preset_address(preset.name, links),
            preset.about,
        )
        for preset in presets
    )


def preset_address(name: str, links: Links) -> str:
    """Return where a preset stands; whoever is asked first goes on being asked."""
    kept = "&ask=1" if asks_first(links.choices) else ""
    return f"{links.path}?preset={name}{kept}"


def asks_first(choices: Any) -> bool:
    """Whether the page asks each gradient before it is shown."""
    return has_choice(choices, "ask") and value_of(choices, "ask") == "1"
