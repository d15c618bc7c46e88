"""A lecture as a text: what is written is read again, and what is wrong is said with its line."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop.engine.errors import InputError, UnknownNameError
from backprop.sharing.errors import StoreAway
from backprop.sharing.room import MOST_SCENES, Scene
from backprop.stage.classroom.lecture import LectureError, read_lecture, tidied, write_lecture

TEXT = """# A comment, for whoever edits.

/lessons/network?step=14
title: How much does w₅ matter?
Asks: gradient
numbers: their own
note: Who sent 0.44 walks back.
  Factor by factor.

    Aloud.

/questions
# Nothing is said of this one.
"""

addresses = st.text(st.characters(min_codepoint=33, max_codepoint=126)).map("/".__add__)
notes = st.text(st.characters(codec="utf-8") | st.sampled_from("\n \t#:/"), max_size=60)
scenes = st.builds(
    Scene, st.just(3), addresses, notes, notes, st.sampled_from(["", "gradient"]), st.booleans()
)


def read(text):
    return read_lecture(text, lambda scene: scene)


def test_a_lecture_is_read_as_people_write_it():
    first, second = read(TEXT)
    assert first == Scene(
        0,
        "/lessons/network?step=14",
        "How much does w₅ matter?",
        "Who sent 0.44 walks back.\nFactor by factor.\n\n  Aloud.",
        "gradient",
        varied=True,
    )
    assert second == Scene(0, "/questions", "")


@given(st.lists(scenes, min_size=1, max_size=4))
def test_what_is_written_is_read_as_the_same_scenes(lecture):
    text = write_lecture(lecture)
    assert read(text) == tuple(map(tidied, lecture))
    assert write_lecture(read(text)) == text
    assert read(text.replace("\n", "\r\n")) == read(text)


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("", None, "no scene"),
        ("# only this", None, "no scene"),
        ("title: early\n/questions", 1, "before the first scene"),
        ("/questions\nask: it", 2, "“ask: it” is no line"),
        ("/questions\n\nan afterthought", 3, "no line of a lecture"),
        ("/questions\n  more", 2, "belongs to a note"),
        ("  /questions", 1, "belongs to a note"),
        ("/questions\ntitle: a\ntitle: b", 3, "stands twice"),
        ("/questions\nnumbers: mine", 2, "“mine” says no numbers"),
        ("/questions\n\nnote: " + "x" * 501, 3, "501 characters"),
        ("/questions\n/" + "x" * 2_001, 2, "This address has 2,002"),
        ("/questions\n" * (MOST_SCENES + 1), MOST_SCENES + 1, "at most 100 scenes"),
    ],
)
def test_what_is_wrong_with_a_lecture_is_said_with_its_line(text, line, what):
    with pytest.raises(LectureError, match=what) as error:
        read(text)
    assert error.value.hint
    assert error.value.what.startswith(f"Line {line}: " if line else "There")


def test_what_its_page_refuses_is_said_with_the_line_of_the_address_or_of_what_is_asked():
    def refuse(error):
        def complete(_):
            raise error

        return complete

    text = "\n/lessons/x\ntitle: X\nasks: nothing"
    with pytest.raises(LectureError, match=r"^Line 2: No page\.") as refused:
        read_lecture(text, refuse(InputError("No page.", hint="Copy one.")))
    assert refused.value.hint == "Copy one."
    with pytest.raises(LectureError, match=r"^Line 4: Not asked\."):
        read_lecture(text, refuse(UnknownNameError("Not asked.", at="asking")))
    with pytest.raises(StoreAway):
        read_lecture(text, refuse(StoreAway("Away.")))


def test_what_no_editor_shows_is_left_out():
    assert tidied(Scene(7, "/", " a\n\x00 b ", "\n c \x00\n")) == Scene(0, "/", "a b", "c")
    (scene,) = read("\ufeff".lstrip("\ufeff") + "/\nnote: a\n\tb")
    assert scene == replace(scene, note="a\nb")
