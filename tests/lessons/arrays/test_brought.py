"""Numbers that a learner brings: read as a table, put into the text as a stored leaf, kept."""

import numpy as np
import pytest

from backprop.engine.errors import InputError
from backprop.lessons.arrays.brought import read_numbers, with_leaf, without_stored
from backprop.lessons.arrays.lesson import LESSON, compose
from backprop.lessons.arrays.passes import passes_of, settled
from backprop.sharing.snapshot import SnapshotError, from_bytes, to_bytes
from backprop.stage.choices import ChoiceError, change
from backprop.stage.lesson import FormRequest, stored_choices
from backprop.stage.links import Links, Origin
from backprop.stage.programs.stored import pack, unpack

TABLE = "a;b;c\n0,5;1;2\n-1;0;3,25\n4;5;6\n7;8;9\n"
NUMBERS = [[0.5, 1, 2], [-1, 0, 3.25], [4, 5, 6], [7, 8, 9]]


def links_of(choices):
    return Links(LESSON.path, Origin({"from": "0" * 64}, choices), choices)


def bring(choices, name, table, file=b""):
    links = links_of(choices)
    files = {"file": file} if file else {}
    form = FormRequest({"do": "bring", "leaf-name": name, "table": table}, links, files)
    return LESSON.act(choices, form)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        (TABLE, NUMBERS),
        ("1, 2, 3", [[1, 2, 3]]),
        ("1\n2\n", [[1], [2]]),
        ("0.5 1.5\n2 3", [[0.5, 1.5], [2, 3]]),
        ("[[1. 2.]\n [3. 4.]]", [[1, 2], [3, 4]]),
        ("[[1, -2.5], [3, 4]]", [[1, -2.5], [3, 4]]),
        ("[1, 2,\n 3]", [[1, 2, 3]]),
    ],
)
def test_numbers_are_read_in_any_usual_writing(text, numbers):
    assert read_numbers(text.encode()).tolist() == numbers


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "There is nothing here yet."),
        ("a,b\n1,2\n,4\n", "There is no value in row 3, column 1 (“a”)."),
        ("a,kind\n1,small\n2,large\n", "“small” in row 2, column 2 (“kind”) is not a number."),
        ("a,b\n1,2\n3,x\n5,6\n7,8\n", "“x” in row 3, column 2 (“b”) is not a number."),
        ("\n".join(["1,2,3"] * 1400), "These are 1400×3: 4,200 numbers."),
        ("[[", "This is a list in brackets"),
    ],
)
def test_what_is_no_table_of_numbers_is_refused_with_its_place(text, says):
    with pytest.raises(InputError) as refused:
        read_numbers(text.encode())
    assert refused.value.what.startswith(says) or says in refused.value.what
    assert refused.value.at == "table"


def test_a_leaf_that_is_there_stays_what_it_is_and_takes_the_shape_of_the_numbers():
    array = np.array(NUMBERS)
    text, leaf = with_leaf("X : given 2 x 3 = random 1  # data\nL = sum(X)", "X", array)
    assert text == "X : given 4 x 3 = stored  # data\nL = sum(X)"
    assert leaf.values().tolist() == NUMBERS
    text, leaf = with_leaf("x : 1 x 1 x 4 x 3 = ones; L = sum(x)", "x", array)
    assert text == "x : 1 x 1 x 4 x 3 = stored; L = sum(x)"
    assert leaf.shape == (1, 1, 4, 3)
    text, leaf = with_leaf("b : 2 = zeros\nL = sum(b)", "b", np.array([[1.0, 2, 3]]))
    assert (text.split("\n")[0], leaf.shape) == ("b : 3 = stored", (3,))


def test_a_new_name_becomes_the_first_line_and_the_name_of_a_result_is_refused():
    text, leaf = with_leaf("L = sum(X)", "X", np.array([[1.0], [2.0]]))
    assert (text, leaf.shape) == ("X : given 2 = stored\nL = sum(X)", (2,))
    for name in ("L", "h", "1x", "for"):
        with pytest.raises(ChoiceError) as refused:
            with_leaf("h, c = lstm_cell(x, h0, c0, W, U, b)\nL = sum(h)", name, np.ones((1, 2)))
        assert refused.value.at == "leaf-name"


def test_what_is_brought_is_the_value_of_the_leaf_and_its_gradient_is_made_of_it():
    onward = bring(LESSON.defaults, "A", TABLE)
    passes = passes_of(settled(onward.choices))
    assert passes.program.at["A"].tolist() == NUMBERS
    assert "A : 4 x 3 = stored" in onward.choices.program
    assert np.allclose(passes.trace.gradient["W"], _by_hand(passes))
    typed = settled(change(onward.choices, entry="A[0,1]", entry_value="9"))
    assert passes_of(typed).program.at["A"][0].tolist() == [0.5, 9, 2]
    assert passes_of(typed).program.at["A"][1].tolist() == NUMBERS[1]


def _by_hand(passes):
    at = passes.program.at
    hidden = np.tanh(at["A"] @ at["W"].T + at["b"])
    return (2 * (hidden - at["Y"]) / hidden.size * (1 - hidden**2)).T @ at["A"]


def test_a_state_is_stored_with_the_numbers_and_reads_the_same():
    onward = bring(LESSON.defaults, "A", "", file=TABLE.encode())
    value = from_bytes(LESSON.body(onward.choices))
    assert LESSON.body(onward.choices) in onward.brought
    assert stored_choices(value, LESSON.defaults, {}) == onward.choices


def test_numbers_that_the_other_lines_do_not_take_leave_the_text_to_be_edited():
    onward = bring(LESSON.defaults, "A", "1 2 3 4\n5 6 7 8\n")
    choices = settled(onward.choices)
    assert choices.editing
    assert choices.program == LESSON.defaults.program
    board = compose(choices, links_of(choices))
    assert "2×4 @ 3×2 does not fit" in board.editor.problem.what
    text = choices.typed.replace("W : 2 x 3", "W : 2 x 4").replace("given 4 x 2", "given 2 x 2")
    mended = settled(change(choices, typed=text))
    assert mended.typed == ""
    assert passes_of(mended).program.at["A"].shape == (2, 4)


def test_others_brought_in_another_shape_do_not_break_the_page():
    first = bring(LESSON.defaults, "A", TABLE).choices
    choices = settled(bring(first, "A", "1 2\n3 4\n").choices)
    board = compose(choices, links_of(choices))
    assert board.editor.problem is not None
    assert passes_of(choices).program.at["A"].tolist() == NUMBERS


def test_a_stored_leaf_without_numbers_says_where_they_come_from():
    text = "X : 2 x 2 = stored\nL = sum(X)"
    with pytest.raises(ChoiceError) as refused:
        passes_of(change(LESSON.defaults, program=text))
    assert refused.value.what == "Line 1: “X” is stored, and no numbers were brought for it."
    onward = bring(change(LESSON.defaults, program="X : 2 x 2 = ones\nL = sum(X)"), "X", "1 2\n3 4")
    other = change(onward.choices, program=text.replace("2 x 2", "4 x 1"))
    with pytest.raises(ChoiceError, match="are 2×2, and its shape is 4×1"):
        passes_of(other)


def test_without_the_store_a_program_is_drawn_in_the_place_of_what_was_brought():
    assert without_stored("X : given 2 = stored\ny : index 2 = stored") == (
        "X : given 2 = random 1\ny : index 2 = zeros"
    )
    onward = bring(LESSON.defaults, "A", TABLE)
    start = LESSON.start(onward.choices)
    assert start.stored == ()
    assert passes_of(start).program.at["A"].shape == (4, 3)
    assert LESSON.start(LESSON.defaults) is LESSON.defaults


def test_what_a_snapshot_holds_in_the_place_of_leaves_is_refused():
    good = pack(bring(LESSON.defaults, "A", TABLE).choices.stored)
    assert unpack(from_bytes(to_bytes(good)))[0].name == "A"
    for bad in ({}, [{"name": "A"}], [{"name": "A", "values": np.array([np.nan])}]):
        with pytest.raises(SnapshotError):
            unpack(bad)
