"""What lies before a teacher: where the lecture is, what is asked, and what comes next.

One thing is next, always: to begin, to ask, to close, to ask again or to show, to go on. It hangs
together with how many were right: between 30 and 70 per cent, neighbours have something to discuss.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from backprop.sharing.room import AskedQuestion, Room, Scene, View
from backprop.stage.classroom.asking import BACK
from backprop.stage.classroom.tally import Tally
from backprop.stage.quiz.question import Asking, Question

TALK = (30, 70)  # per cent
Next = Literal["add", "begin", "ask", "close", "again", "show", "next", "page"]


@dataclass(frozen=True, slots=True)
class Desk:
    """What lies before a teacher.

    Attributes:
        joined: how many are in the class.
        view: what stands in front.
        place: of the present scene, counted from 1; 0 is how to join.
        beside: the numbers of the scenes before and after it; 0 is how to join, None is none.
        scenes: each with what was done in it, in a few words.
        askings: what can be asked where the lecture is, the likeliest first.
        asked: what was asked last in this scene; None where nothing was.
        tally: what was answered; None where nothing was asked, or its page is gone.
        question: what is asked, with its picture; None likewise.
        next: what a teacher would do next; “page” goes back to the page that was asked about.
        now: in seconds since 1970.
    """

    joined: int
    view: View
    place: int
    beside: tuple[int | None, int | None]
    scenes: tuple[tuple[Scene, str], ...]
    askings: tuple[Asking, ...]
    asked: AskedQuestion | None
    tally: Tally | None
    question: Question | None
    next: Next
    now: int

    @property
    def seen(self) -> str:
        """What the teacher sees of the question, in a word that a form sends along."""
        return seen_of(self.asked)

    @property
    def right(self) -> int | None:
        """How many per cent of the answers of this round are right; None where there are none."""
        return self.tally.right[-1] if self.tally else None

    @property
    def is_asked(self) -> bool:
        """Whether a question stands in front."""
        return self.view in ("open", "closed", "shown")

    @property
    def open_for(self) -> int:
        """For how many seconds the question is open, or was."""
        last = self.asked.rounds[-1] if self.asked and self.asked.rounds else None
        return max(0, (last.closed or self.now) - last.opened) if last else 0

    @property
    def opens(self) -> str:
        """Which wrong answer stands beside the right one, or would by itself."""
        if self.asked and self.asked.state == "shown":
            return self.asked.opens
        return self.tally.opens if self.tally else ""


def make_desk(
    room: Room,
    askings: Sequence[Asking],
    answered: tuple[Question, Tally] | None,
    share: Callable[[AskedQuestion], int | None],
    now: int,
) -> Desk:
    """Return what lies before the teacher of a room.

    Args:
        room: as it is.
        askings: what can be asked where the lecture is.
        answered: the question of the present scene, and what was answered.
        share: a question that was shown → how many per cent were right in its last round.
        now: in seconds since 1970.
    """
    numbers = [0, *(each.number for each in room.scenes)]
    place = numbers.index(room.scene) if room.scene in numbers else 0
    around = [None, *numbers, None]
    question, tally = answered or (None, None)
    return Desk(
        joined=room.joined,
        view=room.view,
        place=place,
        beside=(around[place], around[place + 2]),
        scenes=tuple((each, _about(room, each, share)) for each in room.scenes),
        askings=tuple(askings),
        asked=room.question,
        tally=tally,
        question=question,
        next=_next(room, askings, tally, is_last=around[place + 2] is None),
        now=now,
    )


def seen_of(asked: AskedQuestion | None) -> str:
    """Return a question's number, round and state in one word."""
    return f"{asked.number}-{asked.round}-{asked.state}" if asked else "none"


def _next(room: Room, askings: Sequence[Asking], tally: Tally | None, *, is_last: bool) -> Next:
    """Return the one thing that is next."""
    view, asked = room.view, room.question
    if view == "join":
        return "add" if is_last else "begin"
    if view == "open":
        return "close"
    if view == "closed":
        right = tally.right[-1] if tally else None
        return "again" if right is not None and TALK[0] <= right <= TALK[1] else "show"
    if view == "shown":
        return "page" if is_last else "next"
    is_done = view == "page" and asked is not None and asked.address == room.address
    of_this_step = any(not each.name.startswith(BACK) for each in askings)
    can_ask = view == "soon" or (of_this_step and not is_done) or (is_last and bool(askings))
    return "ask" if can_ask and not (is_last and is_done) else "add" if is_last else "next"


def _about(room: Room, scene: Scene, share: Callable[[AskedQuestion], int | None]) -> str:
    """Return what the list of scenes says below a title."""
    asked = [each for each in room.questions if each.scene == scene.number]
    if not asked:
        words = ("to be asked" if scene.asking else "", scene.note.partition("\n")[0])
        return " · ".join(each for each in words if each) or "no question"
    last = asked[-1]
    if last.state != "shown":
        return f"asked, round {last.round} {last.state}"
    right = share(last)
    return "shown" if right is None else f"shown, {right}\N{NO-BREAK SPACE}% right"
