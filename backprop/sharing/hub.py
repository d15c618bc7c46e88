"""The hub of a process: it learns of changes in rooms, and tells those who listen.

One look a fifth of a second at the rows of the rooms that somebody listens to, however many do;
what this process changes itself, it is told at once. A listener is told that there is something
new, never what: that is asked for by its version. Who does not listen to the counts is not woken by
them: while 500 answer, 500 phones hear nothing.
"""

import json
import logging
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from threading import Condition, Event, Lock, Thread

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

    @contextmanager
    def listening(self, code: str, counted: bool = True) -> Iterator[Iterator[News | None]]:
        """Give the news of a room as they come; None as a sign of life.

        It ends with the room. The first is what is so now, unless the database is away.

        Args:
            code: of the room.
            counted: whether how many joined and answered is news; where not, both are 0.
        """
        key = code, counted
        with self._lock:
            heard = self._heard.setdefault(key, _Heard())
            heard.listeners += 1
            if self._thread is None:
                self._thread = Thread(target=self._watch, name="hub", daemon=True)
                self._thread.start()
        if heard.news is None:
            self._look.set()
        try:
            yield self._follow(heard)
        finally:
            with self._lock:
                heard.listeners -= 1
                if not heard.listeners and self._heard.get(key) is heard:
                    del self._heard[key]

    def stream(self, code: str, counted: bool = True) -> Iterator[str]:
        """Yield the news of a room as server-sent events, until it ends; see `listening`."""
        yield f"retry: {RETRY}\n\n"
        with self.listening(code, counted) as news:
            for each in news:
                yield f"data: {json.dumps(spell(each, counted))}\n\n" if each else ALIVE
        yield "event: ended\ndata:\n\n"

    def _follow(self, heard: _Heard) -> Iterator[News | None]:
        told: News | None = None
        while True:
            with heard.changed:
                if heard.news == told:
                    heard.changed.wait(self.sign_of_life)
                news = heard.news
            if news == ENDED:
                return
            yield None if news == told else news
            told = news

    def _watch(self) -> None:
        """Look at the rooms that are listened to, until there is none."""
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
            except StoreAway:
                pass  # the next look tells what was missed
            except Exception:  # a fault in one look must not leave all classes without news
                LOG.exception("The rooms could not be looked at.")

    def _tell(self, heard: Mapping[tuple[str, bool], _Heard]) -> None:
        news = self.rooms.news({code for code, _ in heard})
        for (code, counted), each in heard.items():
            found = news.get(code, ENDED)
            if not counted:
                found = replace(found, joined=0, answered=0)
            with each.changed:
                if found != each.news:
                    each.news = found
                    each.changed.notify_all()
