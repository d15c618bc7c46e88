"""Rooms: a lecture stands in the database alone, and an answer counts once."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
import sqlalchemy as sql
from hypothesis import given
from hypothesis import strategies as st

from backprop.sharing import room as rules
from backprop.sharing.backup import back_up, restore
from backprop.sharing.database import Database
from backprop.sharing.room import (
    JOIN,
    LETTERS,
    MOST_MEMBERS,
    MOST_SCENES,
    ROOM_DAYS,
    Answer,
    MissingRoom,
    NotAsked,
    NotTheTeacher,
    RoomFull,
    Scene,
    hash_key,
    make_code,
    member_token,
    read_code,
    show_code,
)
from backprop.sharing.room_rows import ROUNDS, taking
from backprop.sharing.rooms import Rooms
from backprop.sharing.visits import DAY
from tests.sharing.conftest import NOW

WALK = Scene(0, "/lessons/network?step=3", "A walk")
WAITING = sql.text("SELECT count(*) FROM pg_locks WHERE NOT granted")
LOOKS = 3_000  # until somebody is seen waiting
ASKED = Scene(0, "/lessons/network?step=20", "How much does w₅ matter?", "Ask it.", "number")


@pytest.fixture
def database(database_url):
    database = Database(database_url)
    yield database
    database.close()


@pytest.fixture
def rooms(database, clock):
    return Rooms(database, clock)


@pytest.fixture
def code(rooms):
    return rooms.open((WALK, ASKED))[0]


def vote(token, turn=1, verdict="right"):
    return Answer(token, turn, None, "up", "0.0822", 0.0822, verdict, 0)


def test_a_code_has_six_letters_and_none_that_looks_like_another():
    code = make_code()
    assert len(code) == 6
    assert set(code) <= set(LETTERS)
    assert not set(LETTERS) & set("AEIOUVLQS")


@given(st.text(alphabet=LETTERS, min_size=6, max_size=6))
def test_a_code_is_read_however_it_is_typed(code):
    for typed in (code, code.lower(), show_code(code), f" {code[:2]}-{code[2:]} "):
        assert read_code(typed) == code


@given(st.text())
def test_whatever_is_typed_is_a_code_or_refused(typed):
    with suppress(MissingRoom):
        assert len(read_code(typed)) == 6


@pytest.mark.parametrize("typed", ["", "HKM", "HKM TRWX", "HKMTR1", "<b>"])
def test_a_refused_code_is_refused_in_words(typed):
    with pytest.raises(MissingRoom) as refused:
        read_code(typed)
    assert refused.value.what
    assert refused.value.hint


def test_a_room_begins_with_how_to_join_it(rooms, code):
    room = rooms.find(code)
    assert (room.scene, room.now, room.question) == (JOIN, None, None)
    assert [scene.title for scene in room.scenes] == ["A walk", "How much does w₅ matter?"]
    assert room.follow
    assert not room.paused


def test_only_who_has_the_key_teaches_and_the_key_itself_is_not_kept(rooms):
    code, key = rooms.open((WALK,))
    rooms.check_key(code, key)
    with pytest.raises(NotTheTeacher):
        rooms.check_key(code, f"{key}x")
    with pytest.raises(MissingRoom):
        rooms.check_key("BBBBBB", key)
    assert len(key) >= 22  # 128 bits, six in a letter
    assert key not in hash_key(key)


def test_each_change_of_what_is_shown_counts_the_version_up_and_a_step_leaves_the_stage(
    rooms, code
):
    rooms.show_scene(code, 1)
    before = rooms.find(code)
    rooms.step(code, "/lessons/network?step=4")
    stepped = rooms.find(code)
    assert stepped.address == "/lessons/network?step=4"
    assert stepped.version > before.version
    assert stepped.stage == before.stage
    rooms.set_follow(code, False)
    rooms.set_paused(code, True)
    after = rooms.find(code)
    assert after.stage == after.version > stepped.version
    assert (after.follow, after.paused) == (False, True)


def test_scenes_are_added_changed_moved_and_removed(rooms, code):
    third = rooms.add_scene(code, Scene(0, "/playground", "A function"))
    rooms.change_scene(code, third, note="Slowly.", title="x" * 200)
    rooms.move_scene(code, third, 1)
    room = rooms.find(code)
    assert [scene.number for scene in room.scenes] == [third, 1, 2]
    assert (room.scenes[0].note, len(room.scenes[0].title)) == ("Slowly.", rules.LONGEST_TITLE)
    rooms.show_scene(code, 1)
    rooms.remove_scene(code, 1)
    room = rooms.find(code)
    assert [scene.number for scene in room.scenes] == [third, 2]
    assert room.scene == JOIN
    with pytest.raises(NotAsked, match="no scene 1"):
        rooms.show_scene(code, 1)
    with pytest.raises(NotAsked):
        rooms.change_scene(code, 99, note="")


def test_the_number_of_a_removed_scene_in_which_was_asked_is_never_that_of_another(rooms, code):
    rooms.show_scene(code, 2)
    rooms.ask(code)
    rooms.remove_scene(code, 2)
    assert rooms.add_scene(code, WALK) == 3


def test_a_room_has_at_most_a_hundred_scenes(rooms):
    code, _ = rooms.open([WALK] * MOST_SCENES)
    with pytest.raises(RoomFull):
        rooms.add_scene(code, WALK)
    with pytest.raises(RoomFull):
        rooms.open([WALK] * (MOST_SCENES + 1))


def test_a_question_is_asked_closed_asked_again_and_shown_and_then_stays_shown(rooms, code, clock):
    rooms.show_scene(code, 2)
    with pytest.raises(NotAsked, match="Nothing was asked"):
        rooms.show(code, "")
    rooms.ask(code)
    assert rooms.find(code).question.state == "open"
    with pytest.raises(NotAsked, match="open already"):
        rooms.ask(code)
    with pytest.raises(NotAsked, match="is open"):
        rooms.show(code, "")
    clock.now += 60
    rooms.close(code)
    with pytest.raises(NotAsked, match="No question is open"):
        rooms.close(code)
    rooms.ask(code)
    rooms.close(code)
    rooms.show(code, "no_slope")
    question = rooms.find(code).question
    assert (question.number, question.round, question.state) == (1, 2, "shown")
    assert question.rounds[0].closed - question.rounds[0].opened == 60
    rooms.show(code, "sign")
    assert rooms.find(code).question.opens == "sign"
    rooms.ask(code)
    again = rooms.find(code).question
    assert (again.number, again.round, again.state) == (2, 1, "open")


def test_what_stands_in_front_follows_from_scene_and_question(rooms, code):
    def view():
        return rooms.find(code).view

    assert view() == "join"
    rooms.show_scene(code, 1)
    assert view() == "page"
    rooms.show_scene(code, 2)
    assert view() == "soon"  # the page would say what is going to be asked
    rooms.step(code, "/lessons/network?step=21")
    assert view() == "soon"
    rooms.ask(code)
    assert view() == "open"
    rooms.close(code)
    assert view() == "closed"
    rooms.show(code, "")
    assert view() == "shown"
    rooms.step(code, "/lessons/network?step=20")
    assert view() == "page"
    rooms.show_scene(code, 1)
    rooms.show_scene(code, 2)
    assert view() == "shown"


def test_nothing_is_asked_where_a_scene_asks_nothing(rooms, code):
    for scene in (JOIN, 1):
        rooms.show_scene(code, scene)
        with pytest.raises(NotAsked, match="Nothing is asked"):
            rooms.ask(code)


def test_who_goes_to_another_scene_closes_the_question_and_finds_it_there_again(rooms, code):
    rooms.show_scene(code, 2)
    rooms.ask(code)
    rooms.show_scene(code, 1)
    assert rooms.find(code).question is None
    rooms.show_scene(code, 2)
    assert rooms.find(code).question.state == "closed"


def test_an_answer_counts_once_in_each_round_and_the_last_one_does(rooms, code, clock):
    rooms.join(code, "anne")
    rooms.show_scene(code, 2)
    rooms.ask(code)
    rooms.answer(code, 1, vote("anne", verdict="sign"))
    clock.now += 7
    rooms.answer(code, 1, vote("anne"))
    rooms.close(code)
    with pytest.raises(NotAsked, match="closed"):
        rooms.answer(code, 1, vote("anne"))
    rooms.ask(code)
    with pytest.raises(NotAsked, match="closed"):
        rooms.answer(code, 1, vote("anne"))  # it comes from the round before
    rooms.answer(code, 1, vote("anne", turn=2))
    found = rooms.answers(code, 1)
    assert [(each.round, each.verdict, each.seconds) for each in found] == [
        (1, "right", 7),
        (2, "right", 0),
    ]
    assert rooms.answers(code, 1, "ben") == []
    assert rooms.answers(code, 1, "anne", rounds=2) == found
    assert rooms.answers(code, 1, "anne", rounds=1) == found[:1]


def test_an_answer_is_one_statement_that_is_a_transaction_by_itself(rooms, code, database):
    rooms.join(code, "anne")
    rooms.show_scene(code, 2)
    rooms.ask(code)
    seen = []

    def see(connection, _cursor, statement, *_):
        seen.append((statement[:20], connection.get_execution_options().get("isolation_level")))

    with database.read(lambda connection: connection.engine).connect() as connection:
        sql.event.listen(connection.engine, "before_cursor_execute", see)
    rooms.answer(code, 1, vote("anne"))
    rooms.answer(code, 1, vote("anne", verdict="sign"))
    assert seen == 2 * [("INSERT INTO answers ", "AUTOCOMMIT")]
    assert [each.verdict for each in rooms.answers(code, 1)] == ["sign"]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_who_answers_and_who_closes_wait_for_one_another(rooms, code, database):
    """An answer on its way is in what is closed; none comes to what was."""
    for token in ("anne", "ben"):
        rooms.join(code, token)
    rooms.show_scene(code, 2)
    rooms.ask(code)
    other = Database(database.url.render_as_string(hide_password=False))
    said = {"room": code, "question": 1, "round": 1, "token": "anne", "variant": None, "sign": ""}
    said |= {"typed": "1", "number": None, "verdict": "other", "sent": NOW}

    def until_somebody_waits():
        assert any(other.read(lambda c: c.scalar(WAITING)) for _ in range(LOOKS))

    with ThreadPoolExecutor(2) as threads:

        def answer(connection):
            assert connection.execute(taking("postgresql"), said).rowcount == 1
            closed = threads.submit(rooms.close, code)
            until_somebody_waits()
            return closed

        other.write(answer).result()
        assert [each.token for each in rooms.answers(code, 1)] == ["anne"]
        rooms.ask(code)

        def close(connection):
            connection.execute(sql.update(ROUNDS).where(ROUNDS.c.closed == 0).values(closed=NOW))
            late = threads.submit(rooms.answer, code, 1, vote("ben", turn=2))
            until_somebody_waits()
            return late

        with pytest.raises(NotAsked, match="closed"):
            other.write(close).result()
    assert [each.token for each in rooms.answers(code, 1)] == ["anne"]
    other.close()


def test_only_members_answer_and_nobody_joins_twice(rooms, code):
    rooms.show_scene(code, 2)
    rooms.ask(code)
    with pytest.raises(NotAsked, match="not joined"):
        rooms.answer(code, 1, vote("anne"))
    assert rooms.join(code, "anne")
    assert not rooms.join(code, "anne")
    assert rooms.has_joined(code, "anne")
    assert rooms.find(code).joined == 1


def test_a_room_has_at_most_a_thousand_members(rooms, code, monkeypatch):
    assert MOST_MEMBERS == 1_000
    monkeypatch.setattr("backprop.sharing.rooms.MOST_MEMBERS", 3)
    for token in ("anne", "ben", "cem"):
        rooms.join(code, token)
    with pytest.raises(RoomFull):
        rooms.join(code, "dora")
    assert not rooms.join(code, "anne")  # who is in comes back


def test_of_many_who_answer_at_once_none_is_lost_and_none_is_counted_twice(rooms, code):
    tokens = [f"member {n}" for n in range(40)]
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda token: rooms.join(code, token), tokens))
        rooms.show_scene(code, 2)
        rooms.ask(code)
        list(threads.map(lambda token: rooms.answer(code, 1, vote(token)), tokens * 2))
    assert [each.token for each in rooms.answers(code, 1)] == sorted(tokens)
    news = rooms.news((code, "BBBBBB"))
    assert list(news) == [code]
    assert (news[code].joined, news[code].answered) == (40, 40)


def test_a_room_ends_after_thirty_days_and_goes_with_all_it_has(rooms, code, clock):
    rooms.join(code, "anne")
    clock.now += ROOM_DAYS * DAY + 1
    for use in (rooms.find, rooms.close, lambda c: rooms.join(c, "anne")):
        with pytest.raises(MissingRoom):
            use(code)
    rooms.open(())  # makes room
    clock.now = NOW
    with pytest.raises(MissingRoom):
        rooms.find(code)
    assert not rooms.has_joined(code, "anne")


def test_a_room_ends_at_once_when_the_teacher_says_so(rooms, code):
    rooms.join(code, "anne")
    rooms.end(code)
    with pytest.raises(MissingRoom):
        rooms.find(code)
    assert not rooms.has_joined(code, "anne")


def test_two_rooms_cannot_tell_that_a_member_is_the_same():
    assert member_token("word", "BCDFGH") != member_token("word", "BCDFGJ")


def test_a_backup_holds_rooms_and_a_restore_leaves_one_that_goes_on(rooms, code, tmp_path):
    rooms.join(code, "anne")
    rooms.show_scene(code, 2)
    rooms.ask(code)
    rooms.answer(code, 1, vote("anne"))
    before = rooms.find(code)
    back_up(rooms._database, tmp_path / "backup")
    rooms.end(code)
    restore(rooms._database, tmp_path / "backup")
    assert rooms.find(code) == before
    assert [each.verdict for each in rooms.answers(code, 1)] == ["right"]
    rooms.close(code)
    restore(rooms._database, tmp_path / "backup")
    assert rooms.find(code).question.state == "closed"
