"""The reply to an answer, and the hints: what asking at a step and from scratch have in common."""

from dataclasses import dataclass

from backprop.notation.numerals import spoken as aloud
from backprop.stage.walk.explanation import Words, spoken


@dataclass(frozen=True, slots=True)
class Hint:
    """The ladder of hints: how many are open, and the next one; empty at the last."""

    open: int
    title: str
    address: str


@dataclass(frozen=True, slots=True)
class Record:
    """How an answer counts, for what the browser keeps.

    Attributes:
        mark: of the question with its numbers.
        kind: “step” of a walk, or “scratch”.
        result: “unaided”, “helped” or “missed”.
    """

    mark: str
    kind: str
    result: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What is said to an answer.

    Attributes:
        right: whether the last one was.
        words: the reply.
        read_back: what was typed last, and what it comes to; empty where a sign was said.
        slip: the title of the slip that explains a wrong one; empty where none is known.
        about: what goes wrong in it.
        place: where.
        points_to: its key in the picture.
        record: how the answer counts; None as long as it is open.
    """

    right: bool
    words: Words
    read_back: str = ""
    slip: str = ""
    about: str = ""
    place: Words = ()
    points_to: str = ""
    record: Record | None = None

    @property
    def aloud(self) -> str:
        """The reply, for a screen reader."""
        slip = f" {self.slip}. {self.about}" if self.slip else ""
        return f"{aloud(self.read_back)}{spoken(self.words)}{slip} {spoken(self.place)}".strip()
