"""A room: what a class sees together, what it is asked, and what it answers. Frozen; see rooms.py.

A room is found by its code, which may be on a wall, and taught by who has its key, which may not.
It has scenes; a scene is an address of this site with a note, and with what is asked there, if
anything is. Nothing here knows what stands at an address, or what an answer means.

Nobody has a name. A member is a random word of one browser in one room.
"""

import hashlib
import secrets
from dataclasses import dataclass
from typing import Literal

from backprop.engine.errors import InputError, LimitError, UnknownNameError

LETTERS = "BCDFGHJKMNPRTWXYZ"  # none that looks like another, and no vowel, so that no word comes
CODE_LENGTH = 6
JOIN = 0  # the number of the scene that every room has: how to join it
MOST_MEMBERS = 1_000
MOST_SCENES = 100
MOST_QUESTIONS = 500
LONGEST_ADDRESS, LONGEST_TITLE, LONGEST_NOTE = 2_000, 120, 500  # characters
LONGEST_ANSWER = 60
ROOM_DAYS = 30

QuestionState = Literal["open", "closed", "shown"]
View = Literal["join", "page", "soon", "open", "closed", "shown"]


class MissingRoom(UnknownNameError):
    """There is no room of this code, or it has ended."""


class NotTheTeacher(InputError):
    """The key is not that of the room."""


class RoomFull(LimitError):
    """A room has as many members, scenes or questions as one may."""


class NotAsked(InputError):
    """What is done to a question cannot be done in its state."""


@dataclass(frozen=True, slots=True)
class Scene:
    """One of the things a lecture shows.

    Attributes:
        number: its name in the room, for as long as the room stands; never that of another.
        address: of this site.
        title: what the list of scenes calls it.
        note: the teacher's, for nobody else.
        asking: what is asked there; empty where nothing is.
        varied: whether each member is asked with numbers of its own.
    """

    number: int
    address: str
    title: str
    note: str = ""
    asking: str = ""
    varied: bool = False


@dataclass(frozen=True, slots=True)
class Round:
    """The time in which a question is open; seconds since 1970, `closed` is 0 while it is."""

    opened: int
    closed: int


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question that was asked, as it was then.

    Attributes:
        number: counted from 1 in the room.
        scene: in which it is asked.
        address, title, asking, varied: as the scene had them.
        state: “open”, “closed”, or “shown”, which cannot be taken back.
        opens: which wrong answer stands beside the right one; empty before.
        rounds: of votes, the last of which is the present one.
    """

    number: int
    scene: int
    address: str
    title: str
    asking: str
    varied: bool
    state: QuestionState
    opens: str
    rounds: tuple[Round, ...]

    @property
    def round(self) -> int:
        """The number of the present round, counted from 1."""
        return len(self.rounds)


@dataclass(frozen=True, slots=True)
class Room:
    """A room at one moment.

    Attributes:
        code: six letters.
        version: counts every change of what is shown.
        stage: the version at which more than a step changed last.
        scene: the number of the present one; 0 is the one in which to join.
        address: where the lecture is: the scene's, or where the teacher went from there; empty
            while how to join is shown, or a question.
        follow: whether phones go along.
        paused: whether all of them are asked to look up.
        ends: when it ends, in seconds since 1970.
        console: the word of the teacher's console that was opened last.
        joined: how many members there are.
        scenes: in their order.
        questions: in the order in which they were asked.
    """

    code: str
    version: int
    stage: int
    scene: int
    address: str
    follow: bool
    paused: bool
    ends: int
    console: str
    joined: int
    scenes: tuple[Scene, ...]
    questions: tuple[AskedQuestion, ...]

    @property
    def now(self) -> Scene | None:
        """The present scene; None while it is that in which to join."""
        return next((each for each in self.scenes if each.number == self.scene), None)

    @property
    def view(self) -> View:
        """What stands in front: “join”, a page, what will be asked (“soon”), or a question."""
        if self.scene == JOIN:
            return "join"
        question, scene = self.question, self.now
        if question is not None and question.state != "shown":
            return question.state
        if self.address and (question is not None or not (scene and scene.asking)):
            return "page"
        return "shown" if question is not None else "soon"

    @property
    def question(self) -> AskedQuestion | None:
        """What was asked last in the present scene."""
        mine = [each for each in self.questions if each.scene == self.scene]
        return mine[-1] if mine else None

    def asked(self, number: int) -> AskedQuestion:
        """Return a question by its number; raises UnknownNameError."""
        for each in self.questions:
            if each.number == number:
                return each
        raise UnknownNameError(f"There is no question {number} in this room.", at="question")


@dataclass(frozen=True, slots=True)
class Answer:
    """What one member answered in one round; the last before it was closed.

    Attributes:
        token: the member's word.
        round: of votes.
        variant: which numbers it was asked with; None where all had the same.
        sign: “up”, “none”, “down”, or empty.
        typed: a number, a product, or the names of choices, as it was sent.
        number: what was typed comes to; None where no number was.
        verdict: what it came to when it came, as who judged it spells that.
        seconds: after the round was opened.
    """

    token: str
    round: int
    variant: int | None
    sign: str
    typed: str
    number: float | None
    verdict: str
    seconds: int


@dataclass(frozen=True, slots=True)
class News:
    """What a listener is told of a room: that there is something to ask for, and two counts."""

    version: int
    stage: int
    joined: int
    answered: int


def make_code() -> str:
    """Return a code that nobody can foretell."""
    return "".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH))


def read_code(typed: str) -> str:
    """Return a code as it was typed: in small letters, or with a space, too.

    Raises:
        MissingRoom: it is none.
    """
    code = "".join(letter for letter in typed.upper() if letter.isalnum())
    if len(code) != CODE_LENGTH or any(letter not in LETTERS for letter in code):
        raise MissingRoom(
            f"“{typed[:40]}” is no code of a class." if code else "There is no code yet.",
            hint="A code has six letters, as in HKM TRW. It stands in front.",
            at="code",
        )
    return code


def show_code(code: str) -> str:
    """Return a code as it is read aloud: HKM TRW."""
    half = CODE_LENGTH // 2
    return f"{code[:half]} {code[half:]}"


def make_key() -> str:
    """Return a key of 128 bits."""
    return secrets.token_urlsafe(16)


def hash_key(key: str) -> str:
    """Return what is kept of a key: who reads the database cannot teach."""
    return hashlib.sha256(key.encode()).hexdigest()


def member_token(word: str, code: str) -> str:
    """Return the word of a browser in one room: two rooms cannot tell that it is the same."""
    return hashlib.sha256(f"{word} in {code}".encode()).hexdigest()[:32]


def missing_room(code: str) -> MissingRoom:
    """Return the error for a code under which there is no room."""
    return MissingRoom(
        f"There is no class with the code {show_code(code)}.",
        hint="It may have ended. Compare the code with the one in front.",
        at="code",
    )
