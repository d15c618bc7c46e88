"""What a class answered, for its teacher to keep: a row for each answer, and all of it as JSON.

Who answered is a random word, which says nothing of anybody beyond the room.
"""

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backprop.notation.formula import Label
from backprop.sharing.room import Answer, AskedQuestion, Room
from backprop.stage.classroom.matching import NONE, OTHER, RIGHT, Matcher
from backprop.stage.classroom.tally import JOINED, Bar, Tally
from backprop.stage.walk.explanation import Words

COLUMNS = ("token", "question", "asked", "round", "sign", "answer", "number", "slip", "seconds")
BEGINS_A_FORMULA = tuple("=+-@\t\r＝＋－＠")
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
ALSO = {RIGHT: "right", OTHER: "another answer", NONE: "the sign alone"}
SIGN_WORDS = {"up": "positive", "none": "zero", "down": "negative", "": ""}


@dataclass(frozen=True, slots=True)
class AskedRecord:
    """All that is kept of one question.

    Attributes:
        asked: the question.
        answers: that count.
        tally: the same, counted; None where its page is gone, and nothing can be compared.
        matcher: variant → what its answers are compared with; None with the tally.
    """

    asked: AskedQuestion
    answers: Sequence[Answer]
    tally: Tally | None
    matcher: Callable[[int | None], Matcher] | None

    @property
    def prompt(self) -> str:
        """What was asked, as plain text; the scene's title where its page is gone."""
        return plain(self.matcher(None).question.prompt) if self.matcher else self.asked.title

    def slip(self, answer: Answer) -> str:
        """Return what an answer came to: “right”, the names of slips, or another."""
        keys = answer.verdict.split(JOINED)
        outcomes = self.matcher(answer.variant).outcomes if self.matcher else {}
        names = (
            ALSO.get(key) or (plain(outcomes[key].title) if key in outcomes else key)
            for key in keys
        )
        return " or ".join(names)


def plain(words: Words) -> str:
    """Return words as plain text, with the letters that they are printed with: w₅."""
    text = "".join(x.text if isinstance(x, Label) else str(x) for x in words)
    return text.replace("\N{WORD JOINER}", "")


def write_answers(records: Iterable[AskedRecord]) -> str:
    """Return a row for each answer, as comma-separated values that no program takes for formulas.

    A number stays one, also with a minus; what else begins as a formula does, gets an apostrophe.
    """
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\r\n")
    rows.writerow(COLUMNS)
    for record in records:
        for row in _rows(record):
            rows.writerow([guarded(str(row[name])) for name in COLUMNS])
    return text.getvalue()


def guarded(cell: str) -> str:
    """Return a cell that is text or a number to every program, and never a formula."""
    is_text = not cell.startswith(BEGINS_A_FORMULA) or NUMBER.fullmatch(cell)
    return cell if is_text else f"'{cell}"


def make_record(room: Room, records: Iterable[AskedRecord]) -> Mapping[str, Any]:
    """Return all that a room holds, for JSON."""
    return {
        "code": room.code,
        "ends": room.ends,
        "joined": room.joined,
        "scenes": [
            {
                **{"number": each.number, "address": each.address, "title": each.title},
                **{"note": each.note, "asking": each.asking, "varied": each.varied},
            }
            for each in room.scenes
        ],
        "questions": [_question(each) for each in records],
    }


def _question(record: AskedRecord) -> Mapping[str, Any]:
    asked, tally = record.asked, record.tally
    return {
        **{"number": asked.number, "scene": asked.scene, "address": asked.address},
        **{"title": asked.title, "asking": asked.asking, "varied": asked.varied},
        **{"prompt": record.prompt, "state": asked.state},
        "rounds": [{"opened": each.opened, "closed": each.closed} for each in asked.rounds],
        "counts": [_bar(each) for each in (*tally.bars, tally.other, tally.none)] if tally else [],
        "answers": [
            {name: row[name] for name in COLUMNS if name not in ("question", "asked")}
            for row in _rows(record)
        ],
    }


def _bar(bar: Bar) -> Mapping[str, Any]:
    return {
        "key": bar.key,
        "titles": [plain(title) for title in bar.titles],
        "number": bar.number.exact if bar.number else None,
        "counts": bar.counts,
    }


def _rows(record: AskedRecord) -> Iterable[Mapping[str, Any]]:
    for each in record.answers:
        yield {
            **{"token": each.token, "question": record.asked.number, "asked": record.prompt},
            **{"round": each.round, "sign": SIGN_WORDS[each.sign], "answer": each.typed},
            "number": "" if each.number is None else each.number,
            **{"slip": record.slip(each), "seconds": each.seconds},
        }
