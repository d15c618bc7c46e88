"""What a teacher can do in a class, by the words of the console's forms."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from backprop.engine.errors import UnknownNameError
from backprop.sharing.room import NotAsked, Room
from backprop.sharing.rooms import Rooms
from backprop.stage.choices import ChoiceError, Whole
from backprop.stage.classroom.asking import ask
from backprop.stage.classroom.desk import seen_of
from backprop.web.classroom.asked import tally_or_none
from backprop.web.classroom.in_room import keep, scene_of
from backprop.web.classroom.scenes import Page, find_page, find_scene

WHOLE = Whole(0, 10_000)


@dataclass(frozen=True, slots=True)
class Deed:
    """What a teacher asks for: in which room, and the form that says it."""

    rooms: Rooms
    code: str
    form: Mapping[str, str]

    def number(self, name: str) -> int:
        """Return a whole number that the form names; raises ChoiceError."""
        return WHOLE.read(self.form.get(name, ""), name)

    def seen_room(self) -> Room:
        """Return the room; raises NotAsked if its question is not as who asks has seen it."""
        room = self.rooms.find(self.code)
        seen, state = self.form.get("seen"), room.question.state if room.question else "not asked"
        if seen is not None and seen != seen_of(room.question):
            raise NotAsked(
                f"Another press was quicker: the question is {state} now.",
                hint="Nothing is lost. Look at what stands here, and choose again.",
            )
        return room


def do(wanted: str, deed: Deed) -> None:
    """Do what a form asks for; raises UnknownNameError, and what the deed itself does."""
    if wanted not in DEEDS:
        raise UnknownNameError(f"“{wanted[:40]}” cannot be done in a class.", at="do")
    DEEDS[wanted](deed)


def check_asking(page: Page, name: str) -> None:
    """Raise UnknownNameError if this cannot be asked about a page."""
    if page.lesson is None:
        raise UnknownNameError(
            "Nothing can be asked about this page.", hint="Choose one of a lesson.", at="asking"
        )
    ask(page.lesson, page.choices, name)


def _add(deed: Deed) -> None:
    """Add the page at an address as the last scene."""
    address = deed.form.get("address", "")
    if not address.strip():
        raise ChoiceError("There is no address.", hint="Copy that of a page here.", at="address")
    page = find_page(address)
    scene = scene_of(page, asks=deed.form.get("first") == "1")
    keep(page)
    deed.rooms.add_scene(deed.code, scene)


def _change(deed: Deed) -> None:
    """Change what a scene says, and what is asked there."""
    room, number = deed.rooms.find(deed.code), deed.number("scene")
    fields: dict[str, str | bool] = {
        name: deed.form[name] for name in ("note", "asking") if name in deed.form
    }
    if "title" in deed.form:
        fields["title"] = " ".join(deed.form["title"].split())
        if not fields["title"]:
            raise NotAsked("A scene needs a title.", hint="It is what the list calls it.")
    if "asking" in fields:
        address = next((each.address for each in room.scenes if each.number == number), "/")
        if name := str(fields["asking"]):
            check_asking(find_page(address), name)
        fields["varied"] = deed.form.get("varied") == "1"
    deed.rooms.change_scene(deed.code, number, **fields)


def _ask(deed: Deed) -> None:
    """Ask; where the form says what, at the page where the lecture is: it becomes a scene."""
    room = deed.seen_room()
    name, varied = deed.form.get("asking", ""), deed.form.get("varied") == "1"
    if not name and "asking" in deed.form:
        raise NotAsked("Nothing is chosen to be asked.", hint="Choose what, then ask.")
    if name and room.now and room.view in ("page", "soon"):
        page = find_page(room.address or room.now.address)
        check_asking(page, name)
        number = room.scene
        if page.address != room.now.address:
            number = deed.rooms.add_scene(deed.code, scene_of(page))
            place = [each.number for each in room.scenes].index(room.scene) + 2
            deed.rooms.move_scene(deed.code, number, place)
            keep(page)
        deed.rooms.change_scene(deed.code, number, asking=name, varied=varied)
        if number != room.scene:
            deed.rooms.show_scene(deed.code, number)
    deed.rooms.ask(deed.code)


def _close(deed: Deed) -> None:
    deed.seen_room()
    deed.rooms.close(deed.code)


def _show(deed: Deed) -> None:
    """Show what is right, and one wrong answer beside it, if it was given."""
    room = deed.seen_room()
    tally = tally_or_none(room, room.question) if room.question else None
    opens, given = deed.form.get("opens", ""), tally.bars[1:] if tally else ()
    deed.rooms.show(deed.code, opens if any(bar.key == opens for bar in given) else "")


def _closed(deed: Deed) -> None:
    """Note that a console was closed: the others are told of it no more."""
    word = deed.form.get("console", "")
    if word and word == deed.rooms.find(deed.code).console:
        deed.rooms.take_console(deed.code, "")


def _show_page(deed: Deed) -> None:
    """Show the page that was asked about."""
    room = deed.rooms.find(deed.code)
    if room.question is None or room.question.state != "shown":
        raise NotAsked("Nothing was shown here yet.", hint="Close the question, then show.")
    deed.rooms.step(deed.code, find_scene(room.question.address).address)


DEEDS: Mapping[str, Callable[[Deed], object]] = {
    "scene": lambda deed: deed.rooms.show_scene(deed.code, deed.number("scene")),
    "add": _add,
    "change": _change,
    "move": lambda deed: deed.rooms.move_scene(
        deed.code, deed.number("scene"), deed.number("place")
    ),
    "remove": lambda deed: deed.rooms.remove_scene(deed.code, deed.number("scene")),
    "ask": _ask,
    "close": _close,
    "show": _show,
    "page": _show_page,
    "pause": lambda deed: deed.rooms.set_paused(deed.code, True),
    "go-on": lambda deed: deed.rooms.set_paused(deed.code, False),
    "follow": lambda deed: deed.rooms.set_follow(deed.code, True),
    "free": lambda deed: deed.rooms.set_follow(deed.code, False),
    "closed": _closed,
    "opened": lambda deed: deed.rooms.take_console(deed.code, deed.form.get("console", "")[:32]),
}
