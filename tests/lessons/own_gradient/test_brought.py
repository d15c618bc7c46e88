"""What a form brings: read, refused beside its field, stored under its own address, deleted."""

import io

import numpy as np
import pytest

from backprop.engine.errors import InputError, LimitError, ShapeError, UnknownNameError
from backprop.lessons.own_gradient.brought import LONGEST_SHOWN, find_brought, read_brought
from backprop.lessons.own_gradient.choices import Choices, make_given
from backprop.lessons.own_gradient.downloads import example_text
from backprop.lessons.own_gradient.lesson import LESSON
from backprop.notation.submission.place import PrintedError
from backprop.sharing.errors import NotYours
from backprop.sharing.snapshot import address_of, from_bytes
from backprop.stage.lesson import FormRequest
from backprop.stage.links import Links, Origin

HERE = Choices()
RIGHT = example_text(Choices(example="right"))


def asked(text="", files=None, **pairs):
    links = Links("/lessons/own-gradient", Origin({}, HERE), HERE)
    return FormRequest({"given": text, **pairs}, links, files or {})


def npz(**arrays):
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


def gradient():
    given = make_given(HERE)
    found = given.network.loss_and_gradient(given.parameters, given.X, given.Y)[1]
    return {f"d{name}": array for name, array in found.items()}


def read_again(onward):
    """Return what was brought, read from what was stored of it."""
    bodies = {address_of(body): body for body in onward.brought}
    return find_brought(onward.choices, lambda address: from_bytes(bodies[address]))


def test_a_text_is_stored_and_read_again():
    brought = read_again(LESSON.act(HERE, asked(RIGHT)))
    assert brought.judgement.ok
    assert brought.text == RIGHT
    assert brought.size == f"{len(RIGHT):,} letters"


def test_line_ends_of_a_form_are_line_ends():
    assert read_again(LESSON.act(HERE, asked(RIGHT.replace("\n", "\r\n")))).text == RIGHT


def test_a_file_goes_before_a_text():
    file = npz(**gradient())
    brought = read_again(LESSON.act(HERE, asked("nonsense", files={"file": file})))
    assert brought.judgement.ok
    assert brought.judgement.submission.source == "an .npz file"
    assert brought.text == ""
    assert brought.size == f"{len(file):,} bytes"


def test_a_file_of_text_stands_in_the_field():
    brought = read_again(LESSON.act(HERE, asked(files={"file": RIGHT.encode()})))
    assert brought.text == RIGHT


def test_a_long_text_is_judged_and_does_not_come_back():
    text = RIGHT + " " * LONGEST_SHOWN
    brought = read_again(LESSON.act(HERE, asked(text)))
    assert brought.judgement.ok
    assert brought.text == ""


def test_two_who_bring_the_same_bring_one_body():
    one, other = (LESSON.act(HERE, asked(RIGHT)) for _ in range(2))
    assert one.brought == other.brought
    assert one.choices.own == other.choices.own
    assert (one.bodies, one.field) == ((), "given")


def test_what_an_earlier_version_salted_is_read_as_it_was():
    (body,) = LESSON.act(HERE, asked(RIGHT)).brought
    salted = {**from_bytes(body), "salt": "0123456789abcdef"}
    assert find_brought(Choices(own="a" * 64), lambda _: salted).text == RIGHT


def test_an_example_gives_way_to_what_is_brought():
    assert LESSON.act(Choices(example="slip"), asked(RIGHT)).choices.example == ""


def test_what_is_deleted_is_named():
    first = LESSON.act(HERE, asked(RIGHT))
    (body,) = first.brought
    links = Links(
        "/", Origin({}, HERE), first.choices, lambda _: from_bytes(body), owns=lambda _: True
    )
    onward = LESSON.act(first.choices, FormRequest({"do": "delete"}, links, {}))
    assert onward.deleted == (first.choices.own,)
    assert onward.choices.own == ""
    assert LESSON.act(HERE, asked(do="delete")).deleted == ()


def test_what_another_browser_brought_is_not_deleted():
    first = LESSON.act(HERE, asked(RIGHT))
    (body,) = first.brought
    links = Links("/", Origin({}, HERE), first.choices, lambda _: from_bytes(body))
    with pytest.raises(NotYours, match="Only the browser that brought this gradient"):
        LESSON.act(first.choices, FormRequest({"do": "delete"}, links, {}))


def test_nothing_is_refused():
    for empty in ("", " \n "):
        with pytest.raises(InputError, match="nothing here yet") as caught:
            LESSON.act(HERE, asked(empty))
        assert caught.value.at == "given"


def test_a_word_that_is_no_number_is_refused_with_its_place():
    with pytest.raises(PrintedError, match=r"“o\.5” in line 2, column 2") as caught:
        LESSON.act(HERE, asked("dW1 =\n[o.5, 1]"))
    assert caught.value.at == "given"


def test_a_wrong_shape_names_the_array():
    with pytest.raises(ShapeError, match="dW1") as caught:
        LESSON.act(HERE, asked(RIGHT.replace("dW1 = [", "dW1 = [[1, 2],", 1)))
    assert caught.value.at == "given"


def test_what_is_pickled_is_refused():
    objects = npz(dW1=np.array([{}], dtype=object))
    with pytest.raises(PrintedError, match="pickled content can run programs"):
        LESSON.act(HERE, asked(files={"file": objects}))


def test_what_would_take_too_long_is_refused_before_it_is_judged():
    sizes = (50, 50, 40)
    rng = np.random.default_rng(1)
    arrays = {"W1": (50, 50), "b1": (50,), "W2": (40, 50), "b2": (40,)}
    given = {name: rng.normal(size=shape).round(1) for name, shape in arrays.items()}
    given |= {f"d{name}": np.zeros(shape) for name, shape in arrays.items()}
    given |= {"X": np.zeros((200, 50)), "Y": np.zeros((200, 40))}
    file = npz(**{name: array.astype("f2") for name, array in given.items()})
    here = Choices(sizes=sizes, rows=1)
    with pytest.raises(LimitError, match="200 examples is too much") as caught:
        read_brought(file, here)
    assert caught.value.at == "given"
    assert "at most" in caught.value.hint


def test_what_cannot_be_packed_into_the_store_is_refused():
    noise = np.random.default_rng(1).normal(size=(6_000, 18))
    arrays = {**gradient(), "loss": noise}
    with pytest.raises(LimitError, match="too many to be kept") as caught:
        LESSON.act(HERE, asked(files={"file": npz(**arrays)}))
    assert caught.value.at == "given"


def test_another_wish_is_refused():
    with pytest.raises(UnknownNameError, match="“fly” cannot be done here"):
        LESSON.act(HERE, asked(do="fly"))
