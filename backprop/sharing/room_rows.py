"""The rows of rooms: their tables, how a room is read, and what whoever has its turn changes."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sql
from sqlalchemy.dialects import postgresql, sqlite

from backprop.sharing.room import (
    JOIN,
    LONGEST_ADDRESS,
    LONGEST_NOTE,
    LONGEST_TITLE,
    AskedQuestion,
    NotAsked,
    Room,
    Round,
    Scene,
    missing_room,
)

ASKED = ("address", "title", "asking", "varied")  # what a question takes from its scene
LENGTHS = {"address": LONGEST_ADDRESS, "title": LONGEST_TITLE, "note": LONGEST_NOTE}
BOOLEAN = ("follow", "paused", "varied")
INTEGER = ("question", "round", "variant")
OF_AN_ANSWER = ("room", "question", "round", "token")  # it is one for each of these


def _table(name: str, *columns: str) -> sql.TableClause:
    kinds = {each: sql.Boolean() for each in columns if each in BOOLEAN}
    return sql.table(name, *(sql.column(each, kinds.get(each)) for each in columns))


ROOMS = _table(
    "rooms",
    *("code", "teacher", "ends", "version", "stage", "scene", "address", "follow"),
    *("paused", "question", "round", "console"),
)
SCENES = _table("scenes", "room", "number", "place", *ASKED, "note")
QUESTIONS = _table("questions", "room", "number", "scene", *ASKED, "state", "opens")
ROUNDS = _table("rounds", "room", "question", "round", "opened", "closed")
MEMBERS = _table("members", "room", "token", "joined", "seen")
ANSWERS = _table(
    "answers",
    *("room", "question", "round", "token", "variant", "sign", "typed", "number", "verdict"),
    "sent",
)
PARTS = (SCENES, QUESTIONS, ROUNDS, MEMBERS, ANSWERS)  # each row has the code of its room

Condition = sql.ColumnElement[bool]


class Turn:
    """A transaction whose turn it is to change a room.

    Attributes:
        connection: of the transaction.
        room: the room's row, after its version was counted up.
        now: seconds since 1970.
    """

    def __init__(self, connection: sql.Connection, room: Mapping[str, Any], now: int) -> None:
        self.connection = connection
        self.room = room
        self.now = now
        self.code: str = room["code"]

    def set(self, **fields: Any) -> None:
        """Change fields of the room."""
        here = sql.update(ROOMS).where(ROOMS.c.code == self.code)
        self.connection.execute(here.values(**fields))

    # ------------------------------------------------------------------------- scenes

    @property
    def order(self) -> list[int]:
        """The numbers of the scenes, in their order."""
        query = sql.select(SCENES.c.number).where(SCENES.c.room == self.code)
        return list(self.connection.scalars(query.order_by(SCENES.c.place)))

    def put_in_order(self, order: Sequence[int]) -> None:
        """Give each scene its place."""
        for place, number in enumerate(order, start=1):
            self.change_scene(number, place=place)

    def scene(self, number: int) -> Any:
        """Return the row of a scene; raises NotAsked where there is none."""
        row = self.connection.execute(sql.select(SCENES).where(self._is_scene(number))).first()
        if row is None:
            raise missing_scene(number)
        return row

    def add_scene(self, number: int, place: int, scene: Scene) -> None:
        """Add a scene under this number."""
        fields = {name: getattr(scene, name) for name in (*ASKED, "note")}
        row = {"room": self.code, "number": number, "place": place, **cut(fields)}
        self.connection.execute(sql.insert(SCENES).values(**row))

    def change_scene(self, number: int, **fields: Any) -> None:
        """Change fields of a scene; raises NotAsked where there is none."""
        changed = sql.update(SCENES).where(self._is_scene(number)).values(**cut(fields))
        if not self.connection.execute(changed).rowcount:
            raise missing_scene(number)

    def remove_scene(self, number: int) -> None:
        """Remove a scene; the others close up."""
        self.connection.execute(sql.delete(SCENES).where(self._is_scene(number)))
        self.put_in_order(self.order)

    def go_to(self, number: int) -> None:
        """Make a scene the present one, with what was asked last in it; close what is open."""
        address = "" if number == JOIN else self.scene(number).address
        if (present := self.present) is not None and present.state == "open":
            self.close(present.number)
        mine = (QUESTIONS.c.room == self.code) & (QUESTIONS.c.scene == number)
        query = sql.select(sql.func.max(QUESTIONS.c.number)).where(mine)
        question = self.connection.scalar(query) or 0
        turn = last_round(self.connection, self.code, question)
        address = "" if question else address  # what was asked is shown first
        self.set(scene=number, address=address, paused=False, question=question, round=turn)

    def _is_scene(self, number: int) -> Condition:
        return (SCENES.c.room == self.code) & (SCENES.c.number == number)

    # ---------------------------------------------------------------------- questions

    @property
    def present(self) -> Any:
        """The row of what was asked last in the present scene; None where nothing was."""
        this = self._is_question(self.room["question"])
        query = sql.select(QUESTIONS).where(this & (QUESTIONS.c.scene == self.room["scene"]))
        return self.connection.execute(query).first()

    @property
    def next_question(self) -> int:
        """The number of the next question."""
        query = sql.select(sql.func.max(QUESTIONS.c.number)).where(QUESTIONS.c.room == self.code)
        return 1 + (self.connection.scalar(query) or 0)

    def add_question(self, number: int, scene: Any) -> None:
        """Add a question about a scene."""
        taken = {name: getattr(scene, name) for name in ASKED}
        row = {"room": self.code, "number": number, "scene": scene.number, **taken}
        self.connection.execute(sql.insert(QUESTIONS).values(**row, state="", opens=""))

    def open(self, number: int) -> None:
        """Open a question, for its first round of votes or another; nothing else is shown."""
        self.change_question(number, state="open")
        turn = 1 + last_round(self.connection, self.code, number)
        row = {"room": self.code, "question": number, "round": turn}
        self.connection.execute(sql.insert(ROUNDS).values(**row, opened=self.now, closed=0))
        self.set(question=number, round=turn, address="")

    def close(self, number: int) -> None:
        """Close a question: what comes later does not count."""
        self.change_question(number, state="closed")
        this = (ROUNDS.c.room == self.code) & (ROUNDS.c.question == number) & (ROUNDS.c.closed == 0)
        self.connection.execute(sql.update(ROUNDS).where(this).values(closed=self.now))

    def change_question(self, number: int, **fields: str) -> None:
        """Change fields of a question."""
        changed = sql.update(QUESTIONS).where(self._is_question(number)).values(**fields)
        self.connection.execute(changed)

    def _is_question(self, number: int) -> Condition:
        return (QUESTIONS.c.room == self.code) & (QUESTIONS.c.number == number)


def is_member(code: str, token: str) -> Condition:
    """Whether a row is that of this member."""
    return (MEMBERS.c.room == code) & (MEMBERS.c.token == token)


@cache
def taking(dialect: str) -> postgresql.Insert | sqlite.Insert:
    """Return the statement that takes an answer in the place of an earlier one.

    It writes one row where a member answers in a round that is open, and else none. The round's row
    is held meanwhile: whoever closes it waits for this, or this sees that it is closed.

    Args:
        dialect: “sqlite” or “postgresql”.
    """
    kinds: dict[str, Any] = {name: sql.Integer() for name in INTEGER} | {"sent": sql.BigInteger()}
    said: dict[str, Any] = {
        each.name: sql.bindparam(each.name, type_=kinds.get(each.name, sql.String()))
        for each in ANSWERS.c
    }
    said["number"] = sql.cast(sql.bindparam("number", type_=sql.Float()), sql.Float())  # or None
    is_this = [ROUNDS.c[name] == said[name] for name in ("room", "question", "round")]
    is_open = sql.and_(*is_this, ROUNDS.c.closed == 0)
    who = sql.and_(MEMBERS.c.room == ROUNDS.c.room, MEMBERS.c.token == said["token"])
    held = sql.select(*said.values()).join_from(ROUNDS, MEMBERS, who).where(is_open)
    insert = (sqlite if dialect == "sqlite" else postgresql).insert(ANSWERS)
    taken = insert.from_select(list(said), held.with_for_update(read=True, of=ROUNDS))
    later = {name: taken.excluded[name] for name in said if name not in OF_AN_ANSWER}
    settled = taken.on_conflict_do_update(index_elements=OF_AN_ANSWER, set_=later)
    # Else how many rows were written is not known in PostgreSQL.
    return settled.execution_options(preserve_rowcount=True)  # type: ignore[no-any-return]


def last_round(connection: sql.Connection, code: str, question: int) -> int:
    """Return the number of a question's last round; 0 before the first."""
    this = (ROUNDS.c.room == code) & (ROUNDS.c.question == question)
    return connection.scalar(sql.select(sql.func.max(ROUNDS.c.round)).where(this)) or 0


def drop_parts(connection: sql.Connection, codes: Sequence[str]) -> None:
    """Delete all that belongs to rooms of these codes, which are gone."""
    for table in PARTS if codes else ():
        connection.execute(sql.delete(table).where(table.c.room.in_(codes)))


def find_room(connection: sql.Connection, code: str, now: int) -> Room:
    """Return the room as it is now; raises MissingRoom."""
    is_room = (ROOMS.c.code == code) & (ROOMS.c.ends >= now)
    row = connection.execute(sql.select(ROOMS).where(is_room)).first()
    if row is None:
        raise missing_room(code)
    scenes = sql.select(SCENES).where(SCENES.c.room == code).order_by(SCENES.c.place)
    questions = sql.select(QUESTIONS).where(QUESTIONS.c.room == code).order_by(QUESTIONS.c.number)
    rounds = sql.select(ROUNDS).where(ROUNDS.c.room == code).order_by(ROUNDS.c.round)
    votes: dict[int, list[Round]] = {}
    for each in connection.execute(rounds):
        votes.setdefault(each.question, []).append(Round(each.opened, each.closed))
    members = sql.select(sql.func.count()).select_from(MEMBERS).where(MEMBERS.c.room == code)
    return Room(
        *(row.code, row.version, row.stage, row.scene, row.address),
        *(row.follow, row.paused, row.ends, row.console),
        joined=connection.scalar(members) or 0,
        scenes=tuple(
            Scene(each.number, each.address, each.title, each.note, each.asking, each.varied)
            for each in connection.execute(scenes)
        ),
        questions=tuple(
            AskedQuestion(
                *(each.number, each.scene, each.address, each.title, each.asking),
                *(each.varied, each.state, each.opens, tuple(votes.get(each.number, ()))),
            )
            for each in connection.execute(questions)
        ),
    )


def cut(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a scene, none longer than it may be."""
    return {
        name: word[: LENGTHS[name]] if name in LENGTHS else word for name, word in fields.items()
    }


def missing_scene(number: int) -> NotAsked:
    """Return the error for a scene that there is not."""
    return NotAsked(f"There is no scene {number} in this class.", hint="It may have been removed.")
