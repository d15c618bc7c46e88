"""Rooms in the database, so that any worker of any machine serves each of them.

All that changes what is shown takes the room's row first, and counts its version up. An answer does
not: one statement writes its own row alone, where it finds the round open, so that 500 who answer
at once do not queue for one another (in PostgreSQL; in SQLite all writers do). An answer counts
once for a member, a question and a round: the last that came before the round was closed.
"""

import secrets
import time
from collections.abc import Callable, Iterable, Mapping, Sequence

import sqlalchemy as sql

from backprop.sharing.database import Database
from backprop.sharing.room import (
    JOIN,
    LONGEST_ADDRESS,
    LONGEST_ANSWER,
    MOST_MEMBERS,
    MOST_QUESTIONS,
    MOST_SCENES,
    ROOM_DAYS,
    Answer,
    News,
    NotAsked,
    NotTheTeacher,
    Room,
    RoomFull,
    Scene,
    hash_key,
    make_code,
    make_key,
    missing_room,
)
from backprop.sharing.room_rows import (
    ANSWERS,
    MEMBERS,
    QUESTIONS,
    ROOMS,
    ROUNDS,
    Condition,
    Turn,
    drop_parts,
    find_room,
    is_member,
    taking,
)
from backprop.sharing.visits import DAY

FIRST_VERSIONS = 2**40
BATCH = 20  # ended rooms that go in one transaction
OF_A_ROUND = ("room", "question", "round")


class Rooms:
    """The rooms of one database.

    Every method raises StoreAway where the database cannot be used just now, and MissingRoom where
    there is no room of that code.

    Args:
        database: in which they stand.
        clock: the time now, in seconds since 1970.
    """

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self.clock = clock

    # ------------------------------------------------------------------ the room itself

    def open(self, scenes: Iterable[Scene]) -> tuple[str, str]:
        """Open a room in which one can join, with these scenes; return its code and its key.

        Raises:
            RoomFull: these are too many scenes.
        """
        scenes, key = tuple(scenes), make_key()
        version = 1 + secrets.randbelow(FIRST_VERSIONS)  # none can be asked for that is not told
        _check_count(len(scenes), MOST_SCENES, "scenes")
        row = {
            "teacher": hash_key(key),
            "ends": self._now() + ROOM_DAYS * DAY,
            **{
                "version": version,
                "stage": version,
                "scene": JOIN,
                "address": "",
                "question": 0,
                "round": 0,
            },
            **{"follow": True, "paused": False, "console": ""},
        }

        def write(connection: sql.Connection) -> str:
            ended = sql.select(ROOMS.c.code).where(ROOMS.c.ends < self._now()).limit(BATCH)
            gone = sql.delete(ROOMS).where(ROOMS.c.code.in_(ended)).returning(ROOMS.c.code)
            drop_parts(connection, tuple(connection.scalars(gone)))
            code = make_code()
            while connection.scalar(sql.select(ROOMS.c.code).where(ROOMS.c.code == code)):
                code = make_code()
            connection.execute(sql.insert(ROOMS).values(code=code, **row))
            turn = Turn(connection, {**row, "code": code}, self._now())
            for place, scene in enumerate(scenes, start=1):
                turn.add_scene(place, place, scene)
            return code

        return self._database.write(write), key

    def find(self, code: str) -> Room:
        """Return the room as it is now."""
        return self._database.read(lambda connection: find_room(connection, code, self._now()))

    def check_key(self, code: str, key: str) -> None:
        """Raise NotTheTeacher if this is not the room's key."""
        query = sql.select(ROOMS.c.teacher).where(self._is(code))
        teacher = self._database.read(lambda connection: connection.scalar(query))
        if teacher is None:
            raise missing_room(code)
        if not secrets.compare_digest(teacher, hash_key(key)):
            raise NotTheTeacher(
                "This is not the teacher’s link of the class.",
                hint="It was made when the class was opened; copy it from there.",
            )

    def version(self, code: str) -> int | None:
        """Return the room's version; None where there is no room of this code."""
        query = sql.select(ROOMS.c.version).where(self._is(code))
        found: int | None = self._database.read(lambda connection: connection.scalar(query))
        return found

    def news(self, codes: Iterable[str]) -> Mapping[str, News]:
        """Return what is new of these rooms; nothing of those that are not there."""
        mine = MEMBERS.c.room == ROOMS.c.code
        voted = (ANSWERS.c.room == ROOMS.c.code) & (ANSWERS.c.question == ROOMS.c.question)
        voted &= ANSWERS.c.round == ROOMS.c.round
        joined = sql.select(sql.func.count()).select_from(MEMBERS).where(mine)
        answered = sql.select(sql.func.count()).select_from(ANSWERS).where(voted)
        counts = (joined.scalar_subquery(), answered.scalar_subquery())
        query = sql.select(ROOMS.c.code, ROOMS.c.version, ROOMS.c.stage, *counts)
        these = ROOMS.c.code.in_(tuple(codes)) & (ROOMS.c.ends >= self._now())
        rows = self._database.read(lambda connection: connection.execute(query.where(these)).all())
        return {code: News(*numbers) for code, *numbers in rows}

    def take_console(self, code: str, console: str) -> None:
        """Note that a console was opened: another that is open is told."""
        self._change(code, lambda turn: turn.set(console=console))

    def end(self, code: str) -> None:
        """Delete the room, and all that was answered in it."""

        def end(connection: sql.Connection) -> None:
            connection.execute(sql.delete(ROOMS).where(ROOMS.c.code == code))
            drop_parts(connection, (code,))

        self._database.write(end)

    # ------------------------------------------------------------------------- scenes

    def add_scene(self, code: str, scene: Scene) -> int:
        """Add a scene at the end; return its number: its own does not count.

        Raises:
            RoomFull: there are as many as a room may have.
        """
        numbers: list[int] = []

        def add(turn: Turn) -> None:
            _check_count(len(turn.order) + 1, MOST_SCENES, "scenes")
            asked = sql.select(sql.func.max(QUESTIONS.c.scene)).where(QUESTIONS.c.room == code)
            used = (*turn.order, turn.connection.scalar(asked) or 0)  # also by one that is gone
            numbers.append(1 + max(used))
            turn.add_scene(numbers[-1], len(turn.order) + 1, scene)

        self._change(code, add)
        return numbers[-1]

    def change_scene(self, code: str, number: int, **fields: str | bool) -> None:
        """Change address, title, note, asking or variation of a scene; raises NotAsked."""
        self._change(code, lambda turn: turn.change_scene(number, **fields))

    def move_scene(self, code: str, number: int, place: int) -> None:
        """Put a scene at a place, counted from 1; the others close up."""

        def move(turn: Turn) -> None:
            order = [each for each in turn.order if each != number]
            if len(order) < len(turn.order):
                order.insert(max(place, 1) - 1, number)
                turn.put_in_order(order)

        self._change(code, move)

    def remove_scene(self, code: str, number: int) -> None:
        """Remove a scene; what was asked in it stays. Where it is shown, joining is."""

        def remove(turn: Turn) -> None:
            if turn.room["scene"] == number:
                turn.go_to(JOIN)
            turn.remove_scene(number)

        self._change(code, remove)

    def show_scene(self, code: str, number: int) -> None:
        """Show a scene, or with 0 how to join; a question that is open is closed.

        Raises:
            NotAsked: there is no such scene.
        """
        self._change(code, lambda turn: turn.go_to(number))

    def step(self, code: str, address: str) -> None:
        """Note where the lecture is within its scene."""
        here = address[:LONGEST_ADDRESS]
        self._change(code, lambda turn: turn.set(address=here), is_step=True)

    def set_follow(self, code: str, follow: bool) -> None:
        """Let phones go along, or not."""
        self._change(code, lambda turn: turn.set(follow=follow))

    def set_paused(self, code: str, paused: bool) -> None:
        """Ask all to look up, or let them go on."""
        self._change(code, lambda turn: turn.set(paused=paused))

    # ---------------------------------------------------------------------- questions

    def ask(self, code: str) -> None:
        """Ask what the present scene asks; again, if it was closed and is not shown.

        Raises:
            NotAsked: nothing is asked in it, or the question is open.
            RoomFull: there are as many questions as a room may have.
        """

        def ask(turn: Turn) -> None:
            scene = turn.scene(turn.room["scene"]) if turn.room["scene"] != JOIN else None
            present = turn.present
            if scene is None or not scene.asking:
                raise NotAsked("Nothing is asked in this scene.", hint="Choose what, then ask.")
            if present and present.state == "open":
                raise NotAsked("The question is open already.")
            if present and present.state == "closed":
                turn.open(present.number)
                return
            number = turn.next_question
            _check_count(number, MOST_QUESTIONS, "questions")
            turn.add_question(number, scene)
            turn.open(number)

        self._change(code, ask)

    def close(self, code: str) -> None:
        """Close the question: what comes later does not count. Raises NotAsked."""

        def close(turn: Turn) -> None:
            if (present := turn.present) is None or present.state != "open":
                raise NotAsked("No question is open.")
            turn.close(present.number)

        self._change(code, close)

    def show(self, code: str, opens: str) -> None:
        """Show what is right, and what was answered; or open another wrong answer beside it.

        Args:
            code: of the room.
            opens: the wrong answer that stands beside the right one; empty for none.

        Raises:
            NotAsked: the question is open, or there is none.
        """

        def show(turn: Turn) -> None:
            if (present := turn.present) is None:
                raise NotAsked("Nothing was asked in this scene yet.")
            if present.state == "open":
                raise NotAsked("The question is open.", hint="Close it, then show.")
            turn.change_question(present.number, state="shown", opens=opens)

        self._change(code, show)

    # ------------------------------------------------------------------------ members

    def join(self, code: str, token: str) -> bool:
        """Let somebody in; return whether it is for the first time. Raises RoomFull."""
        now, mine = self._now(), is_member(code, token)

        def join(connection: sql.Connection) -> bool:
            # Who joins takes the room's row, so that of two who come last one finds no room.
            here = sql.update(ROOMS).where(self._is(code)).values(ends=ROOMS.c.ends)
            if not connection.execute(here).rowcount:
                raise missing_room(code)
            seen = sql.update(MEMBERS).where(mine).values(seen=now)
            if connection.execute(seen).rowcount:
                return False
            query = sql.select(sql.func.count()).select_from(MEMBERS).where(MEMBERS.c.room == code)
            if (connection.scalar(query) or 0) >= MOST_MEMBERS:
                raise RoomFull(
                    f"This class is full: {MOST_MEMBERS:,} have joined.",
                    hint="Look along with a neighbour.",
                )
            member = {"room": code, "token": token, "joined": now, "seen": now}
            connection.execute(sql.insert(MEMBERS).values(**member))
            return True

        return self._database.write(join)

    def has_joined(self, code: str, token: str) -> bool:
        """Whether this is a member of the room."""
        query = sql.select(sql.exists().where(is_member(code, token)))
        return bool(self._database.read(lambda connection: connection.scalar(query)))

    def answer(self, code: str, question: int, answer: Answer) -> None:
        """Take an answer in the place of an earlier one of this member in this round.

        Raises:
            NotAsked: the question is not open in this round, or who answers has not joined.
        """
        said = {
            **{"room": code, "question": question, "round": answer.round, "token": answer.token},
            **{"variant": answer.variant, "sign": answer.sign, "number": answer.number},
            **{"typed": answer.typed[:LONGEST_ANSWER], "verdict": answer.verdict},
            "sent": self._now(),
        }

        def take(connection: sql.Connection) -> None:
            if connection.execute(taking(connection.dialect.name), said).rowcount:
                return
            if not connection.scalar(sql.select(sql.exists().where(is_member(code, answer.token)))):
                raise NotAsked("You have not joined this class.", hint="Join, then answer.")
            raise NotAsked("This question is closed.", hint="Your answer came after it was.")

        self._database.write_at_once(take)

    def answers(
        self, code: str, question: int, token: str = "", rounds: int = 0
    ) -> Sequence[Answer]:
        """Return what was answered to a question, by all or by one, by rounds, then by tokens.

        Args:
            code: of the room.
            question: its number.
            token: of the member whose answers they are; empty for all.
            rounds: how many there were, where that is known: a member's own are then found without
                a look at those of all.
        """
        same = sql.and_(*(ROUNDS.c[name] == ANSWERS.c[name] for name in OF_A_ROUND))
        these = (ANSWERS.c.room == code) & (ANSWERS.c.question == question)
        these &= ANSWERS.c.token == token if token else sql.true()
        these &= ANSWERS.c.round.in_(range(1, rounds + 1)) if rounds else sql.true()
        fields = ("token", "round", "variant", "sign", "typed", "number", "verdict")
        query = (
            sql.select(*(ANSWERS.c[name] for name in fields), ANSWERS.c.sent, ROUNDS.c.opened)
            .join_from(ANSWERS, ROUNDS, same)
            .where(these)
            .order_by(ANSWERS.c.round, ANSWERS.c.token)
        )
        rows = self._database.read(lambda connection: connection.execute(query).all())
        return [Answer(*row[:7], max(row.sent - row.opened, 0)) for row in rows]

    # ------------------------------------------------------------------------- within

    def _now(self) -> int:
        return int(self.clock())

    def _is(self, code: str) -> Condition:
        """Whether a row is that of the room of this code, and has not ended."""
        return (ROOMS.c.code == code) & (ROOMS.c.ends >= self._now())

    def _change(self, code: str, work: Callable[[Turn], None], *, is_step: bool = False) -> None:
        """Change something in a room, and count its version up."""
        stage = ROOMS.c.stage if is_step else ROOMS.c.version + 1
        counted = sql.update(ROOMS).where(self._is(code))
        counted = counted.values(version=ROOMS.c.version + 1, stage=stage)

        def change(connection: sql.Connection) -> None:
            row = connection.execute(counted.returning(*ROOMS.c)).first()
            if row is None:
                raise missing_room(code)
            work(Turn(connection, row._asdict(), self._now()))

        self._database.write(change)


def _check_count(count: int, most: int, what: str) -> None:
    """Refuse more of something than a room may have."""
    if count > most:
        raise RoomFull(f"A class has at most {most} {what}.", hint="Remove some, or open another.")
