"""The menu of the states that a lesson can be opened at."""

from collections.abc import Sequence

from backprop.lessons.lesson import Links, Preset
from backprop.lessons.round_controls import Option


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
    kept = "&ask=1" if getattr(links.choices, "ask", "") == "1" else ""
    return f"{links.path}?preset={name}{kept}"
