"""What the store cannot do, in words for who uses a page."""

from backprop.engine.errors import InputError, LimitError, UnknownNameError

ROOMS = {"run": "for runs ", "upload": "for tables and gradients ", "kept": "for links "}


class StoreAway(InputError):
    """The database cannot be used just now: it is slow, locked, full, read-only or away."""

    retry_after = 2  # seconds

    def __init__(self, why: str) -> None:
        super().__init__(why, hint="What is shown stays. Try again in a moment.")

    @property
    def in_full(self) -> str:
        """What is wrong, and what the database itself said, for who runs the server."""
        said = " ".join(str(getattr(self.__cause__, "orig", "")).split())
        return f"{self.what.removesuffix('.')}: {said}." if said else self.what


class MissingSnapshot(UnknownNameError):
    """No snapshot stands at this address, or it is not an address."""


class DamagedSnapshot(InputError):
    """What stands at an address is not what was put there."""


class StoreFull(LimitError):
    """There is no room, and everything of its kind is still promised to somebody."""


class OverQuota(LimitError):
    """One browser has as much in the store as one may have."""


class NotYours(InputError):
    """Another browser brought this, or none that is known: it cannot be deleted from here."""


def missing(address: str) -> MissingSnapshot:
    """Return the error for an address where nothing stands."""
    return MissingSnapshot(
        f"There is no snapshot at “{_shortened(address)}”.",
        hint="It may have been deleted, or made room when the time was over for which it stays.",
    )


def damaged(address: str) -> DamagedSnapshot:
    """Return the error for a body that does not fit its address."""
    return DamagedSnapshot(
        f"The snapshot at “{_shortened(address)}” is damaged.",
        hint="What is stored there is not what was shared; go back to the page it came from.",
    )


def full(kind: str, share: int) -> StoreFull:
    """Return the error for a store in which everything of a kind is still promised."""
    what = ROOMS.get(kind, "")
    return StoreFull(
        f"The store has no room {what}left: all of its {share:,} bytes are promised to somebody.",
        hint="This page keeps working. Room gets free as promises end; who runs the server can "
        "give more.",
    )


def over_quota(kind: str, would: int, share: int) -> OverQuota:
    """Return the error for a browser that would have more than one may."""
    what = "tables and gradients" if kind == "upload" else "states of pages and runs"
    return OverQuota(
        f"With this, {what} of this browser would take {would:,} bytes of the store; "
        f"{share:,} are what one may.",
        hint="This page keeps working. You can let go of what you need no more.",
    )


def not_yours() -> NotYours:
    """Return the error for who would delete what another brought."""
    return NotYours(
        "Only the browser that brought this can delete it.",
        hint="Who runs the server can, and it goes by itself when it was not opened for some time.",
    )


def _shortened(address: str) -> str:
    """Return at most as much of the text as an address has; a visitor may send anything."""
    return address if len(address) <= 64 else f"{address[:64]}…"
