"""Query, form or JSON text → choices, and the links around them.

A request names an origin (`preset=NAME`, `from=SNAPSHOT`, or neither: the lesson's defaults) and
the fields that differ from it. When that would be too long for an address, the state goes into the
store, and the origin becomes that snapshot.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from flask import current_app, request

from backprop.engine.errors import UnknownNameError
from backprop.lessons import catalog
from backprop.sharing.connections import LONGEST
from backprop.sharing.errors import MissingSnapshot, OverQuota, StoreAway, StoreFull
from backprop.sharing.snapshot import Value, address_of, from_bytes
from backprop.stage.choices import ChoiceError, OneOf, Real, has_choice, read_choices
from backprop.stage.hiding import hiding_of
from backprop.stage.lecture import lost_part
from backprop.stage.lesson import FormRequest, Lesson
from backprop.stage.links import LessonLink, Links, Origin
from backprop.web.body import json_body
from backprop.web.fields import spell_fields
from backprop.web.keeping.set_out import ADDRESS, carried, carried_on
from backprop.web.keeping.stored import (
    browser_word,
    note_opened,
    note_size,
    open_store,
    owner_word,
    owns,
    remember_browser,
)
from backprop.web.limits import StoredTooMuch, check_stored, count_stored, take_work

C = TypeVar("C")

LONGEST_ADDRESS = 2_000  # characters
A_MOMENT = 0.5  # seconds for which a page waits for the store where it can do without
LONGEST_PRINTED = 100  # characters of an address that somebody may type from paper
NO_ROOM = (StoreFull, OverQuota, StoredTooMuch)
SPEED = Real(0.1, 10)
PAPER = OneOf(("", "worksheet", "solution"))


@dataclass(frozen=True, slots=True)
class State:
    """What a request describes: a lesson, every choice in it, and the addresses around it.

    `ignored` are the words that it says of what is to be hidden, and that hide nothing there;
    `lost` is the part of a lecture that it names, and that there is not. `stored` are the addresses
    of what it cannot be shown without: its snapshot, and what belongs to that.
    """

    lesson: Lesson
    choices: Any
    links: Links
    ignored: tuple[str, ...] = ()
    lost: str = ""
    stored: tuple[str, ...] = ()

    def held_open(self, name: str) -> "State":
        """Return the same state, with a field that it may have held open in its links."""
        if not has_choice(self.choices, name):
            return self
        return replace(self, links=self.links.held_open(name))


@dataclass(frozen=True, slots=True)
class ResponseOptions:
    """How a request wants to be answered; never part of an address.

    Attributes:
        playing: the steps follow one another by themselves.
        speed: how fast they do; 1 is the ordinary pace.
        partial: only the lab is asked for, not the whole page.
        beside: while it plays, a part of the lesson that is asked for beside what always changes.
        paper: “worksheet” or “solution”, where the page is for paper; else empty.
        all_steps: whether every step is printed, too, as a table.
    """

    playing: bool
    speed: float
    partial: bool
    beside: str = ""
    paper: str = ""
    all_steps: bool = False


def find_lesson(slug: str) -> Lesson:
    """Return the lesson whose address ends with this.

    Raises:
        UnknownNameError: there is none.
    """
    for lesson in known_lessons():
        if lesson.path in (f"/lessons/{slug}", f"/{slug}"):
            return lesson
    raise UnknownNameError(
        f"There is no lesson “{slug[:40]}”.", hint="The first page lists them all.", at="lesson"
    )


def known_lessons() -> tuple[Lesson, ...]:
    """Return the lessons of this application."""
    lessons: tuple[Lesson, ...] = current_app.config["LESSONS"]
    return lessons


def request_pairs() -> dict[str, str]:
    """Return what the request says, from its query, then its body; the last word on a field wins.

    A control that is edited live appends its field to an address that holds it already.
    """
    pairs = dict(request.args.items(multi=True))
    if request.is_json:
        return pairs | spell_fields(json_body(), {})
    return pairs | dict(request.form.items(multi=True))


def read_response_options(lesson: Lesson, pairs: Mapping[str, str]) -> ResponseOptions:
    """Return how the request wants to be answered."""
    beside = OneOf(("", *lesson.beside))
    return ResponseOptions(
        playing=pairs.get("playing") == "1",
        speed=SPEED.read(pairs.get("speed", "1"), "speed"),
        partial=is_partial(),
        beside=beside.read(pairs.get("beside", ""), "beside"),
        paper=PAPER.read(pairs.get("on-paper", ""), "on-paper"),
        all_steps=pairs.get("all-steps") == "1",
    )


def is_partial() -> bool:
    """Whether htmx asks for a part of the page that it has."""
    return request.headers.get("HX-Request-Type") == "partial"


def read_state(
    lesson: Lesson, pairs: Mapping[str, str], longest: int | None = LONGEST_ADDRESS
) -> State:
    """Return the state that the pairs describe.

    Args:
        lesson: whose state it is.
        pairs: what the request says.
        longest: how long its address may be before it is stored; None where nothing is to be.

    Raises:
        ChoiceError: a field cannot take what is said, or two origins are named.
        UnknownNameError: the origin does not exist.
    """
    origin = _read_origin(lesson, pairs)
    choices = lesson.settled(read_choices(origin.choices, pairs))
    links = _links(lesson, origin, choices)
    needed = tuple(dict.fromkeys((*_stored_at(origin), *lesson.snapshot_dependencies(choices))))
    note_opened(needed)
    stores = longest is not None and request.method != "HEAD"
    if stores and len(links.address()) > (longest or 0):
        links = _stored_links(lesson, choices, carried(origin.pairs)) or links
        needed = tuple(dict.fromkeys((*_stored_at(links.origin), *needed)))
    ignored = hiding_of(choices).ignored(pairs.get("hide", ""))
    lost = lost_part(choices, pairs.get("show-part", ""))
    return State(lesson, choices, links, ignored, lost, needed)


def view_asked_for() -> str:
    """Return the view that an address asks for where there are no choices: “projector”, or none."""
    return "projector" if request.args.getlist("mode")[-1:] == ["projector"] else ""


def read_asking(start: C, path: str) -> tuple[C, Links]:
    """Return what a page that asks back is told, and the links around it.

    A form that lets several answers be chosen sends each by itself; they stand as one.

    Args:
        start: the choices of an address that says nothing.
        path: of the page.

    Raises:
        ChoiceError: a field cannot take what is said.
    """
    pairs = request_pairs() | {"answer": ",".join(request.args.getlist("answer"))}
    if pairs["answer"].strip() and pairs.get("check") in ("0", "1"):
        del pairs["check"]  # it says only that a form was sent without one
    choices = read_choices(start, pairs)
    return choices, Links(path, Origin({}, start), choices)


def _read_origin(lesson: Lesson, pairs: Mapping[str, str]) -> Origin:
    if "preset" in pairs and "from" in pairs:
        raise ChoiceError(
            "The address names a preset and a snapshot.", hint="Leave one of them out.", at="from"
        )
    if "preset" in pairs:
        preset = lesson.preset(pairs["preset"])
        return Origin({"preset": preset.name}, preset.choices)
    if "from" in pairs:
        start = {"from": pairs["from"], **carried(pairs)}
        return Origin(start, read_snapshot(lesson, pairs["from"]))
    return Origin({}, lesson.defaults)


def read_snapshot(lesson: Lesson, address: str) -> Any:
    """Return the choices that were stored at an address.

    Raises:
        MissingSnapshot: nothing stands there.
        SnapshotError: what stands there is not a state of this lesson.
    """
    try:
        value = read_value(address)
    except MissingSnapshot as error:
        if ADDRESS.fullmatch(address) is None:
            raise
        hint = "It was stored for a while, and has made room for others since."
        raise MissingSnapshot("This state is gone.", hint=hint) from error
    return lesson.read(value)


def put_snapshot(lesson: Lesson, choices: Any) -> str:
    """Store the choices; return the address at which they stand from now on.

    What a form stores is its browser's. Who only reads is given no word, and does not wait long.

    Raises:
        StoreFull, OverQuota, StoredTooMuch: there is no room.
        StoreAway: the store cannot be used just now.
    """
    body, is_form = lesson.body(choices), request.method == "POST"
    size = check_stored("run", {address_of(body): len(body)})
    owner = owner_word() if is_form else browser_word()
    longest = LONGEST if is_form else A_MOMENT
    address = open_store().put(body, owner=owner, longest=longest)
    count_stored("run", (address,), size)
    if is_form:
        remember_browser(owner)
    return address


def read_value(address: str) -> Value:
    """Return the value that stands at an address.

    Raises:
        MissingSnapshot: nothing does.
        SnapshotError: what stands there cannot be read.
    """
    body = open_store().get(address)
    note_size(len(body))
    return from_bytes(body)


def request_files() -> dict[str, bytes]:
    """Return what was sent as files, by field; an empty choice of a file is none."""
    return {name: body for name, file in request.files.items() if (body := file.read())}


def run_action(state: State, pairs: Mapping[str, str], files: Mapping[str, bytes]) -> State:
    """Return the state to which a form leads, which stands in the store from now on.

    Raises:
        InputError: what the form asks cannot be done.
        AskedTooMuch: it is more than one address may have just now.
        StoreFull, OverQuota, StoredTooMuch: there is no room; `at` is the field that was brought.
        StoreAway: the store cannot be used just now.
        NotYours: another browser brought what is to be deleted.
    """
    lesson, choices, links = state.lesson, state.choices, state.links
    take_work(lesson.work(pairs))
    onward = lesson.act(choices, FormRequest(pairs, links, files))
    target, after = lesson, onward.choices
    if isinstance(after, LessonLink):
        fields = {"mode": choices.mode, **after.fields} if choices.mode else after.fields
        target, after = catalog.follow(LessonLink(after.lesson, fields), known_lessons())
    body = target.body(after)
    store, owner = open_store(), owner_word()
    put = {address_of(each): len(each) for each in (*onward.bodies, body)}
    brought = {address_of(each): len(each) for each in onward.brought}
    try:
        size, brought_size = check_stored("run", put), check_stored("upload", brought)
        store.put_all((*onward.bodies, body), brought=onward.brought, owner=owner)
    except NO_ROOM as error:
        error.at = onward.field or error.at
        raise
    remember_browser(owner)
    released = 0
    with suppress(StoreAway):  # what is not taken back now goes with its lease
        released = store.release(onward.released, owner)
    store.delete(onward.deleted, owner)
    count_stored("run", put, size if released < len(put) else 0)  # else it takes no more room
    count_stored("upload", brought, brought_size)
    further = carried_on(lesson, links, target, after, passing=pairs.get("passing") == "1")
    origin = Origin({"from": address_of(body), **further}, after)
    return State(target, after, _links(target, origin, after))


def printed_address(state: State) -> str:
    """Return the address of a state without what it carries of its way: it is typed from paper."""
    origin = state.links.origin
    left_out = carried(origin.pairs)
    pairs = {name: text for name, text in origin.pairs.items() if name not in left_out}
    return _links(state.lesson, Origin(pairs, origin.choices), state.choices).address()


def _stored_at(origin: Origin) -> tuple[str, ...]:
    """Return the address of the snapshot that an address starts from, if it starts from one."""
    stored = origin.pairs.get("from")
    return (stored,) if stored else ()


def _stored_links(lesson: Lesson, choices: Any, further: Mapping[str, str]) -> Links | None:
    """Return links that start from a snapshot; None when the store cannot take it."""
    try:
        address = put_snapshot(lesson, choices)
    except (*NO_ROOM, StoreAway):
        return None  # the page keeps working from its long address
    return _links(lesson, Origin({"from": address, **further}, choices), choices)


def _links(lesson: Lesson, origin: Origin, choices: Any) -> Links:
    """Return links that read from the store, and know the other lessons."""
    return Links(lesson.path, origin, choices, read_value, _resolve, owns)


def _resolve(way: LessonLink) -> str:
    return catalog.address_of(way, known_lessons())
