"""The head of a page: its title, its presets, where reset leads, and what its address hides."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any
from urllib.parse import quote

from backprop.stage.choices import choice_fields, get_choice, has_choice
from backprop.stage.controls import Option
from backprop.stage.kept import kept_by
from backprop.stage.lecture import Lecture
from backprop.stage.lesson import Preset
from backprop.stage.links import SET_OUT, Links
from backprop.stage.sections import Section

OF_OPTIMIZERS = ("settings", "memory")  # numbers on which no value and no gradient depends


@dataclass(frozen=True, slots=True)
class Head:
    """What every page begins with.

    Attributes:
        title: what the page is called: its preset, as long as it is that.
        links: the addresses around this state.
        preset: the named state that is shown; None where it was changed into another.
        presets: the menu of named states.
        reset: the address where the page begins again.
        check: the address where this gradient is checked; empty where it cannot be.
        return_to: the address in training from which this was entered; else empty.
        mode, hide: how the page is shown, and which controls its address hides.
        note: the conventions of this page, in one line.
        sections: the parts of the page that open, by name.
    """

    title: str
    links: Links
    preset: Preset | None
    presets: tuple[Option, ...]
    reset: str
    check: str
    return_to: str
    mode: str
    hide: tuple[str, ...]
    note: str
    sections: Mapping[str, Section]


@dataclass(frozen=True, slots=True)
class LectureHead(Head):
    """The head of a page that shows one part of a lecture at a time."""

    lecture: Lecture


def make_head(
    links: Links,
    presets: Sequence[Preset],
    title: str,
    preset: Preset | None,
    *,
    came_from: Preset | None = None,
    reset: str = "",
    check: str = "",
    note: str = "",
    sections: Mapping[str, Section] | None = None,
    lecture: Lecture | None = None,
) -> Head:
    """Return the head of the page whose links these are.

    Args:
        links: of the state.
        presets: of the lesson.
        title: of the page.
        preset: the one that is shown; None where it was changed into another.
        came_from: the one that the menu marks, though it was changed.
        reset: where the page begins again, if not at the preset that it came from.
        check: where this gradient is checked.
        note: the conventions of the page.
        sections: the parts of the page that open; see stage/sections.py.
        lecture: the parts that are shown one at a time; None where all is shown on one page.
    """
    choices = links.choices
    name, back = _choice(choices, "preset_name"), _choice(choices, "return_to")
    head = Head(
        title=title,
        links=links,
        preset=preset and _as_it_stands(preset, choices),
        presets=preset_options(presets, links, preset or came_from),
        reset=reset
        or (preset_address(name, links) if find_preset(presets, name) else first_address(links)),
        check=check,
        return_to=_return_to(back, links) if back else "",
        mode=choices.mode,
        hide=choices.hide,
        note=note,
        sections=sections or {},
    )
    if not lecture:
        return head
    shown: dict[str, Any] = {each.name: getattr(head, each.name) for each in fields(head)}
    return LectureHead(**shown, lecture=lecture)


def _as_it_stands(preset: Preset, choices: Any) -> Preset:
    """Return the preset with what is true of it: its own numbers, or others."""
    if not preset.changed:
        return preset
    fields = choice_fields(choices).values()
    tables = (each for each in fields if each.is_table and each.name not in OF_OPTIMIZERS)
    if all(each.value(choices) == each.value(preset.choices) for each in tables):
        return preset
    return replace(preset, about=preset.changed)


def find_preset(presets: Sequence[Preset], name: str) -> Preset | None:
    """Return the preset of this name; None where a page began elsewhere."""
    return next((preset for preset in presets if preset.name == name), None)


def preset_options(
    presets: Sequence[Preset], links: Links, now: Preset | None
) -> tuple[Option, ...]:
    """Return an entry for each preset; the one that is shown now is on."""
    return _menu(_Menu(presets, links, shown_as(links.choices), now.name if now else ""))


@dataclass(frozen=True, slots=True)
class _Menu:
    presets: Sequence[Preset]
    links: Links
    shown: tuple[str, ...]  # how the page is
    now: str  # the name of the one that is on


def _said(menu: _Menu) -> tuple[object, ...]:
    return menu.links.path, menu.shown, menu.now, [*map(id, menu.presets)]


@kept_by(_said, size=64)
def _menu(menu: _Menu) -> tuple[Option, ...]:
    return tuple(
        Option(
            each.title,
            each.name,
            each.name == menu.now,
            _at_preset(each.name, menu.links, menu.shown),
            each.about,
        )
        for each in menu.presets
    )


def preset_address(name: str, links: Links) -> str:
    """Return where a preset stands, shown as this page is."""
    return _at_preset(name, links, shown_as(links.choices))


def _at_preset(name: str, links: Links, shown: tuple[str, ...]) -> str:
    return "&".join((f"{links.path}?preset={name}", *shown))


def first_address(links: Links) -> str:
    """Return where the lesson begins, shown as this page is."""
    return "?".join(filter(None, (links.path, "&".join(shown_as(links.choices)))))


def shown_as(choices: Any) -> tuple[str, ...]:
    """Return what an address says of how a page is shown: view, part, what is hidden, asking."""
    said = {name: _choice(choices, name) for name in ("mode", "hide", "part", "ask")}
    said["level"] = _choice(choices, "level") if said["ask"] == "1" else ""
    where = choice_fields(choices)
    return tuple(
        f"{where[name].spelled}={quote(where[name].kind.write(value), safe=',')}"
        for name, value in said.items()
        if value
    )


def _return_to(back: str, links: Links) -> str:
    """Return the address of a state of training, and where that set out, as far as it is known."""
    path, _, query = links.origin.pairs.get(SET_OUT, "").partition("?")
    begun = (f"{SET_OUT}={quote(query, safe=',')}",) if path == "/train" and query else ()
    return "&".join((f"/train?from={back}", *begun, *_in_view(links.choices)))


def _in_view(choices: Any) -> tuple[str, ...]:
    return (f"mode={choices.mode}",) if choices.mode else ()


def _choice(choices: Any, name: str) -> Any:
    """Return a choice that not every lesson has; empty where there is none."""
    return get_choice(choices, name) if has_choice(choices, name) else ""
