"""The hub of a process: it learns of changes in rooms, and tells those who listen.

One look a fifth of a second at the rows of the rooms that somebody listens to, however many do;
what this process changes itself, it is told at once. A listener is told that there is something
new, never what: that is asked for by its version. Who does not listen to the counts is not woken by
them: while 500 answer, 500 phones hear nothing.

Who listens may wait for the next line, or be called when there is one: a server need not keep a
thread for each.
"""

import json
import logging
from collections import OrderedDict
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import replace
from threading import Condition, Event, Lock, Thread
from time import monotonic

from backprop.sharing.errors import StoreAway
from backprop.sharing.room import News, Room
from backprop.sharing.rooms import Rooms

PAUSE = 0.2  # seconds between two looks
SIGN_OF_LIFE = 15.0  # seconds after which a listener is told that all stands
ENDED = News(0, 0, 0, 0)  # no room has the version 0
RETRY = 1_000  # milliseconds after which who listened opens a stream again that was cut
ALIVE = "event: alive\ndata:\n\n"
ROOMS_KEPT = 200  # rooms that are remembered as they were at their version

LOG = logging.getLogger(__name__)


class _Heard:
    """What somebody listens to: a room, with its counts or without."""

    def __init__(self) -> None:
        self.changed = Condition()
        self.news: News | None = None
        self.listeners = 0
        self.calls: set[Callable[[], object]] = set()  # when there is news

    def tell(self, news: News) -> None:
        """Tell all who listen what is so now."""
        with self.changed:
            if news == self.news:
                return
            self.news = news
            self.changed.notify_all()
            calls = tuple(self.calls)
        for call in calls:
            call()


class Listener(Iterator[News | None]):
    """Who hears the news of a room as they come; None as a sign of life. It ends with the room.

    It is heard between entering and leaving, as a context.

    Args:
        hub: tells them.
        code: of the room.
        counted: whether how many joined and answered is news; where not, both are 0.
    """

    __slots__ = ("_heard", "_hub", "_key", "_since", "_told")

    def __init__(self, hub: "Hub", code: str, counted: bool) -> None:
        self._hub, self._key = hub, (code, counted)
        self._heard = _Heard()  # nothing, yet
        self._told: News | None = None

    def __enter__(self) -> "Listener":
        """Begin to listen."""
        self._heard, self._since = self._hub.enter(self._key), monotonic()
        return self

    def __exit__(self, *_: object) -> None:
        """Listen no more."""
        self._hub.leave(self._key, self._heard)

    def __next__(self) -> News | None:
        """Return what is new, as soon as there is something to tell."""
        heard = self._heard
        with heard.changed:
            if heard.news is self._told:
                heard.changed.wait(max(self._since + self._hub.sign_of_life - monotonic(), 0))
            news = heard.news
        if news == ENDED:
            raise StopIteration
        is_new = news is not self._told
        self._told, self._since = news, monotonic()
        return news if is_new else None

    def is_due(self) -> bool:
        """Whether the next is told at once."""
        if self._heard.news is not self._told:
            return True
        return monotonic() - self._since >= self._hub.sign_of_life

    def call(self, waker: Callable[[], object]) -> None:
        """Let something be called, in whatever thread, when there is news."""
        with self._heard.changed:
            self._heard.calls.add(waker)


class Stream(Iterator[str]):
    """The news of a room as server-sent events, until it ends.

    Args:
        listener: hears them from the second event on.
        counted: whether the counts are told.
    """

    __slots__ = ("_has_begun", "_lines", "_listener")

    def __init__(self, listener: Listener, counted: bool) -> None:
        self._listener, self._has_begun = listener, False
        self._lines = self._spell(counted)

    def __next__(self) -> str:
        """Return the next event, as soon as there is one."""
        return next(self._lines)

    def close(self) -> None:
        """Listen no more."""
        self._lines.close()

    def is_due(self) -> bool:
        """Whether the next event is there. The first ones may have to be waited for."""
        return not self._has_begun or self._listener.is_due()

    def call(self, waker: Callable[[], object]) -> None:
        """Let something be called when there is news: for who has heard the first."""
        assert self._has_begun, "The stream has not begun."
        self._listener.call(waker)

    def _spell(self, counted: bool) -> Generator[str, None, None]:
        yield f"retry: {RETRY}\n\n"
        with self._listener as news:
            self._has_begun = True
            for each in news:
                yield f"data: {json.dumps(spell(each, counted))}\n\n" if each else ALIVE
        yield "event: ended\ndata:\n\n"


def spell(news: News, counted: bool) -> Mapping[str, int]:
    """Return news as who listens is told them, by names: with the counts, or without."""
    told = {"version": news.version, "stage": news.stage}
    return {**told, "joined": news.joined, "answered": news.answered} if counted else told


class Hub:
    """What a process knows of the rooms that it serves.

    Args:
        rooms: of which.
        pause: seconds between two looks.
        sign_of_life: seconds of silence after which a listener is told that all stands.
    """

    def __init__(
        self, rooms: Rooms, pause: float = PAUSE, sign_of_life: float = SIGN_OF_LIFE
    ) -> None:
        self.rooms = rooms
        self.pause = pause
        self.sign_of_life = sign_of_life
        self._lock = Lock()
        self._heard: dict[tuple[str, bool], _Heard] = {}
        self._look = Event()
        self._thread: Thread | None = None
        self._known: OrderedDict[str, Room] = OrderedDict()

    @property
    def listeners(self) -> int:
        """How many listen in this process."""
        with self._lock:
            return sum(heard.listeners for heard in self._heard.values())

    def room(self, code: str) -> Room:
        """Return the room as it is now: read once for each of its versions.

        How many have joined is as old as the version. Raises MissingRoom, StoreAway.
        """
        version = self.rooms.version(code)
        with self._lock:
            room = self._known.get(code)
        if room is None or room.version != version:
            room = self.rooms.find(code)  # raises where there is none
            with self._lock:
                self._known[code] = room
                self._known.move_to_end(code)
                while len(self._known) > ROOMS_KEPT:
                    self._known.popitem(last=False)
        return room

    def tell(self) -> None:
        """Look at once: this process has changed something."""
        self._look.set()

    def close(self) -> None:
        """Look no more; who listens still hears no more."""
        with self._lock:
            self._heard.clear()
            thread = self._thread
        self._look.set()
        if thread is not None:
            thread.join()

    def listening(self, code: str, counted: bool = True) -> Listener:
        """Return who hears the news of a room; the first is what is so now.

        Where the database is away, that comes later.
        """
        return Listener(self, code, counted)

    def enter(self, key: tuple[str, bool]) -> _Heard:
        """Let one more listen; return what is heard."""
        with self._lock:
            heard = self._heard.setdefault(key, _Heard())
            heard.listeners += 1
        try:
            self._watch_from_now()
        except BaseException:
            self.leave(key, heard)
            raise
        if heard.news is None:
            self._look.set()
        return heard

    def leave(self, key: tuple[str, bool], heard: _Heard) -> None:
        """Let one listen no more to what was heard."""
        with self._lock:
            heard.listeners -= 1
            if not heard.listeners and self._heard.get(key) is heard:
                del self._heard[key]

    def stream(self, code: str, counted: bool = True) -> Stream:
        """Return the news of a room as server-sent events; see `listening`."""
        return Stream(self.listening(code, counted), counted)

    def _watch_from_now(self) -> None:
        """Let a thread watch, if none does: there may have been none to be had before."""
        with self._lock:
            if self._thread is None:
                thread = Thread(target=self._watch, name="hub", daemon=True)
                thread.start()
                self._thread = thread

    def _watch(self) -> None:
        """Look at the rooms that are listened to, until there is none.

        No fault ends it: all classes would be without news. One that stays is said once.
        """
        is_well = True
        while True:
            self._look.wait(self.pause)
            self._look.clear()
            with self._lock:
                heard = dict(self._heard)
                if not heard:
                    self._thread = None
                    return
            try:
                self._tell(heard)
                is_well = True
            except StoreAway:
                pass  # the next look tells what was missed
            except Exception:
                if is_well:
                    LOG.exception("The rooms could not be looked at.")
                is_well = False

    def _tell(self, heard: Mapping[tuple[str, bool], _Heard]) -> None:
        news = self.rooms.news({code for code, _ in heard})
        for (code, counted), each in heard.items():
            found = news.get(code, ENDED)
            each.tell(found if counted else replace(found, joined=0, answered=0))
