"""What the address of a run carries, so that its state has a way on when its body is gone.

    from=B&came-from=A&set-out=QUERY

A is the last state before B that somebody opened; never one that a playing page passed through, for
those are let go. QUERY is the state from which the run set out, with what was chosen anew on the
way: only what differs from a preset or the defaults. Where the run set out in another lesson, the
path of that lesson stands before it. Neither changes what is shown.
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, quote

from backprop.engine.errors import InputError
from backprop.stage.choices import (
    choice_fields,
    get_choice,
    has_choice,
    read_choices,
    write_choices,
)
from backprop.stage.lesson import Lesson
from backprop.stage.links import CAME_FROM, SET_OUT, Links, Origin

LEFT_OUT = "left-out"  # in a query: more was chosen than has room in an address
LONGEST = 500  # characters of a query, as an address spells it
ADDRESS = re.compile("[0-9a-f]{64}")


def carried(pairs: Mapping[str, str]) -> dict[str, str]:
    """Return what an address carries beside `from`; what no address of ours says is left alone."""
    found = {}
    if ADDRESS.fullmatch(pairs.get(CAME_FROM, "")):
        found[CAME_FROM] = pairs[CAME_FROM]
    if _has_room(pairs.get(SET_OUT, "")):
        found[SET_OUT] = pairs[SET_OUT]
    return found


def carried_on(
    lesson: Lesson, links: Links, target: Lesson, after: Any, *, passing: bool
) -> dict[str, str]:
    """Return what the address of the state carries to which a form leads.

    Args:
        lesson: where the form stood.
        links: of the state that it was sent from.
        target: the lesson to which it leads.
        after: the choices there.
        passing: whether that state was only passed through.
    """
    known = links.origin.pairs
    opened = known.get(CAME_FROM, "") if passing else known.get("from", "")
    query = _begun(lesson, links, after if target is lesson else links.choices)
    if target is not lesson and not query.startswith("/"):
        query = f"{lesson.path}?{query}" if query else lesson.path
    return {name: text for name, text in ((CAME_FROM, opened), (SET_OUT, query)) if text}


def parse_query(query: str) -> dict[str, str]:
    """Return the fields of a query."""
    return dict(parse_qsl(query, keep_blank_values=True))


def _begun(lesson: Lesson, links: Links, after: Any) -> str:
    """Return the query of where a run set out, with what was chosen anew since."""
    known, now = links.origin.pairs, lesson.start(after)
    query = known.get(SET_OUT, "")
    if query.startswith("/"):
        return query  # it set out elsewhere
    if "from" in known and not query:
        return _query(lesson, now, _came_of(lesson, now))
    base = lesson.start(links.origin.choices if "from" in known else links.choices)
    if "from" in known and now == base:
        return query
    try:
        pairs = parse_query(query) if "from" in known else _without_run(lesson, links)
        pairs |= write_choices(now, base)
        preset = pairs.get("preset", "")
        choices = read_choices(_choices_of(lesson, preset), pairs)
    except InputError:  # a query that was typed
        return _query(lesson, now, _came_of(lesson, now))
    return _query(lesson, choices, preset, cut=LEFT_OUT in pairs)


def _without_run(lesson: Lesson, links: Links) -> dict[str, str]:
    """Return the fields of a state but for those that say how far its run has come."""
    choices, start = links.choices, lesson.start(links.choices)
    plain = (each for each in choice_fields(choices).values() if not each.is_table)
    run = {each.spelled for each in plain if each.value(choices) != each.value(start)}
    return {name: text for name, text in links.pairs().items() if name not in run}


def _came_of(lesson: Lesson, choices: Any) -> str:
    """Return the preset that a state came from; empty where it does not say."""
    name = get_choice(choices, "preset_name") if has_choice(choices, "preset_name") else ""
    return name if any(preset.name == name for preset in lesson.presets) else ""


def _choices_of(lesson: Lesson, preset: str) -> Any:
    return lesson.preset(preset).choices if preset else lesson.defaults


def _query(lesson: Lesson, choices: Any, preset: str, *, cut: bool = False) -> str:
    """Return the query of a state that has no body; of a long one no more than its preset."""
    origin = Origin({"preset": preset} if preset else {}, _choices_of(lesson, preset))
    query = Links(lesson.path, origin, choices).address().partition("?")[2]
    parts = [query] if _has_room(query) else list(origin.pairs and [f"preset={preset}"])
    if cut or (query and not _has_room(query)):
        parts.append(f"{LEFT_OUT}=1")
    return "&".join(filter(None, parts))


def _has_room(query: str) -> bool:
    return 0 < len(quote(query, safe=",")) <= LONGEST and query.isprintable()
