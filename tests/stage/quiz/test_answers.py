"""What was said, as an address spells it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop.stage.choices import ChoiceError
from backprop.stage.quiz.answers import (
    ANSWERS,
    GUESS,
    LETTERS,
    LONGEST,
    SIGNS,
    TYPED,
    Answers,
    Guess,
    JudgedAnswer,
    make_mark,
)

GUESSES = st.builds(
    Guess,
    mark=st.from_regex("[0-9a-f]{1,8}", fullmatch=True),
    sign=st.sampled_from(("", *SIGNS)),
    rungs=st.integers(0, 3),
    shown=st.booleans(),
    tried=st.lists(st.floats(-1e6, 1e6), max_size=3).map(tuple),
)
ENTRIES = st.builds(
    lambda known, slip: JudgedAnswer(*known[:2], slip, known[2]),
    st.sampled_from(sorted(LETTERS, key=str)),
    st.sampled_from(("", "one-path", "sign")),
)
RECORDS = st.dictionaries(st.integers(0, 999), ENTRIES, min_size=1, max_size=12).map(
    lambda entries: Answers("1c0e", tuple(sorted(entries.items())))
)


@given(GUESSES)
def test_a_guess_is_read_as_it_was_written(guess):
    assert GUESS.read(GUESS.write(guess), "guess") == guess


@given(RECORDS)
def test_a_record_is_read_as_it_was_written(said):
    assert ANSWERS.read(ANSWERS.write(said), "said") == said


def test_steps_that_were_answered_alike_stand_as_one():
    said = Answers("1c0e")
    for step in range(9, 14):
        said = said.noting(step, JudgedAnswer(True))
    said = said.noting(14, JudgedAnswer(False, None, "one-path"))
    assert ANSWERS.write(said) == "1c0e_9-13_14x.one-path"


def test_a_long_record_forgets_how_the_oldest_were_answered_but_not_that_they_were():
    judged = [
        JudgedAnswer(step % 2 == 0, step % 3 == 0, "" if step % 5 else "sign")
        for step in range(400)
    ]
    said = Answers("1c0e", tuple(enumerate(judged[:398])))
    for step in (398, 399):
        said = said.noting(step, judged[step])
    assert len(ANSWERS.write(said)) < LONGEST
    assert said.at(0) == JudgedAnswer()
    assert said.at(399).sign is False
    assert ANSWERS.read(ANSWERS.write(said), "said") == said


def test_a_record_of_another_pass_is_empty():
    said = Answers("1c0e", ((3, JudgedAnswer(True)),))
    assert said.of("1c0e") is said
    assert said.of("beef") == Answers("beef")


def test_marks_differ_where_what_they_stand_for_does():
    assert make_mark(1, "a") == make_mark(1, "a") != make_mark(2, "a")


@pytest.mark.parametrize(
    "text", ["nonsense", "1c0e_sideways", "1c0e_up_9", "1c0e_up_1_1_2_3_4", "1c0e_up_1_shown_x"]
)
def test_what_is_no_guess_is_refused(text):
    with pytest.raises(ChoiceError) as refused:
        GUESS.read(text, "guess")
    assert refused.value.at == "guess"


@pytest.mark.parametrize("text", ["x", "1c0e_1q", "1c0e_1.", "1c0e_1000", "1c0e_" + "1_" * 400])
def test_what_is_no_record_is_refused(text):
    with pytest.raises(ChoiceError):
        ANSWERS.read(text, "said")


def test_a_number_can_be_typed_as_people_do_or_not_at_all():
    assert TYPED.read(" −0,5 ", "typed").value == -0.5
    assert TYPED.read(" ", "typed") is None
    assert TYPED.write(None) == ""
    with pytest.raises(ChoiceError):
        TYPED.read("half", "typed")


def test_nothing_said_is_spelled_as_nothing():
    assert GUESS.write(GUESS.read("", "guess")) == ANSWERS.write(ANSWERS.read("", "said")) == ""
