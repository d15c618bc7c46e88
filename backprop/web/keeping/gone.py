"""Where to go on from an address whose state is gone: the nearest point left, and the start.

A way is offered only where it opens: it is shown here once, with as many of the other fields of the
address as make sense there.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from backprop.engine.errors import InputError
from backprop.stage.lesson import Lesson
from backprop.stage.links import CAME_FROM, SET_OUT
from backprop.web.keeping.set_out import ADDRESS, LEFT_OUT, carried, parse_query
from backprop.web.query import known_lessons, read_state, read_value, request_pairs

ORIGINS = ("preset", "from", CAME_FROM, SET_OUT)
VIEW = ("mode", "hide", "more", "detail")
SAME = "The start, with the same choices"
PART = "The start; what was chosen besides had no room in the address"
REST = "The start, with what this address says besides"


@dataclass(frozen=True, slots=True)
class WayOn:
    """A state that is there, beside the one that was asked for."""

    title: str
    address: str


def ways_on(path: str) -> tuple[WayOn, ...]:
    """Return the ways on from the address that is asked for, as far as they open.

    Args:
        path: of the request, without /api.
    """
    lesson = lesson_below(path)
    if lesson is None:
        return ()
    try:
        pairs = request_pairs()
    except InputError:
        return ()
    ways = (_nearest(pairs), _start(lesson, pairs))
    return tuple(filter(None, ways))


def lesson_below(path: str) -> Lesson | None:
    """Return the lesson whose address this is, or below whose address it stands."""
    return next((each for each in known_lessons() if f"{path}/".startswith(f"{each.path}/")), None)


def _nearest(pairs: Mapping[str, str]) -> WayOn | None:
    """Return the last state before it that somebody opened."""
    known = carried(pairs)
    last = known.get(CAME_FROM, "")
    if not last or last == pairs.get("from"):
        return None
    try:
        value = read_value(last)
    except InputError:
        return None
    name = value.get("lesson") if isinstance(value, Mapping) else None
    here = known_lessons() if isinstance(name, str) else ()
    lesson = next((each for each in here if each.name == name), None)
    origin = {"from": last} | {n: text for n, text in known.items() if n == SET_OUT}
    address = lesson and _opening(lesson, origin, pairs)
    return WayOn("The nearest point that is left", address) if address else None


def _start(lesson: Lesson, pairs: Mapping[str, str]) -> WayOn | None:
    """Return where the run set out; where the address does not say, what else it does say."""
    query, title = carried(pairs).get(SET_OUT, ""), SAME
    if query.startswith("/"):
        path, _, query = query.partition("?")
        other = next((each for each in known_lessons() if each.path == path), None)
        if other is None:
            return None
        lesson = other
    elif not query:
        title = REST
    origin = parse_query(query)
    if LEFT_OUT in origin:
        title = PART
    if "from" in origin or (title == REST and pairs.keys() <= {*ORIGINS, *VIEW}):
        return None
    address = _opening(lesson, origin, pairs)
    says = parse_query(urlsplit(address).query)
    if not address or (title == REST and says.keys() <= set(VIEW)):
        return None  # it is no more than where every visit begins
    return WayOn(title, address)


def _opening(lesson: Lesson, origin: Mapping[str, str], pairs: Mapping[str, str]) -> str:
    """Return the address of an origin with as many of the other fields as open; empty for none."""
    for beside in _fewer({n: text for n, text in pairs.items() if n not in ORIGINS}):
        try:
            state = read_state(lesson, {**origin, **beside}, longest=None)
            lesson.compose(state.choices, state.links)
        except InputError:
            continue
        return state.links.address()
    return ""


def _fewer(beside: dict[str, str]) -> Iterator[dict[str, str]]:
    """Yield the fields; those that name no body; those of the view; none. Each once."""
    bodiless = {name: text for name, text in beside.items() if not ADDRESS.search(text)}
    view = {name: beside[name] for name in VIEW if name in beside}
    seen: list[dict[str, str]] = []
    for fields in (beside, bodiless, view, {}):
        if fields not in seen:
            seen.append(fields)
            yield fields
