"""Visits: noted while an answer is made, and written when it is on its way."""

from collections import OrderedDict
from collections.abc import Iterable
from threading import Condition, Thread
from typing import Protocol

from backprop.sharing.errors import StoreAway
from backprop.sharing.leases import BATCH

DAY = 86_400  # seconds
A_WHILE = 600  # seconds for which a process remembers that there is nothing to renew
MOST_NOTED = 10_000  # addresses of which a process remembers that they were renewed


class Renews(Protocol):
    """What writes a visit: the store."""

    def clock(self) -> float:
        """Return the time, in seconds since 1970."""

    def visit(self, *addresses: str) -> bool:
        """Renew the leases of these; return whether there was room. Raises StoreAway."""


class Visits:
    """Visits that wait to be written by a thread of their own."""

    def __init__(self, store: Renews) -> None:
        self.store = store
        self._changed = Condition()
        self._noted: dict[str, None] = {}
        self._renewed: OrderedDict[str, int] = OrderedDict()  # address → when that was
        self._thread: Thread | None = None

    def note(self, addresses: Iterable[str]) -> None:
        """Note those that this process has not renewed a while ago.

        The store itself renews at most once a day each: to remember it spares the question.
        """
        now = int(self.store.clock())
        with self._changed:
            due = [each for each in addresses if not 0 <= now - self._when(each) < A_WHILE]
            for each in due:
                self._renewed[each] = now
                self._renewed.move_to_end(each)
            while len(self._renewed) > MOST_NOTED:
                self._renewed.popitem(last=False)
            self._noted |= dict.fromkeys(due)
            if self._noted and self._thread is None:
                self._thread = Thread(target=self._write, name="visits", daemon=True)
                self._thread.start()

    def _when(self, address: str) -> int:
        return self._renewed.get(address, -A_WHILE)

    def forget(self, addresses: Iterable[str]) -> None:
        """Forget that these were renewed: they are put anew, or could not be."""
        with self._changed:
            for each in addresses:
                self._renewed.pop(each, None)

    def wait(self) -> None:
        """Wait until nothing is left to be written."""
        with self._changed:
            self._changed.wait_for(lambda: self._thread is None)

    def _write(self) -> None:
        """Write what is noted, until nothing is; a next visit notes what cannot be written."""
        while True:
            with self._changed:
                batch = tuple(self._noted)[:BATCH]
                if not batch:
                    self._thread = None
                    self._changed.notify_all()
                    return
                for each in batch:
                    del self._noted[each]
            try:
                is_promised = self.store.visit(*batch)
            except StoreAway:
                is_promised = False
            if not is_promised:
                self.forget(batch)
