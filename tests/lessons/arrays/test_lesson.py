"""The lesson on arrays: its steps, its rows, what it says, and what is taken over when typed."""

from urllib.parse import unquote

import numpy as np
import pytest

from backprop.lessons.arrays.lesson import LESSON, compose
from backprop.lessons.arrays.outputs import Weighing, with_output
from backprop.lessons.arrays.passes import passes_of, settled
from backprop.lessons.catalog import address_of
from backprop.stage.choices import ChoiceError, change, read_choices
from backprop.stage.links import Links, Origin
from backprop.stage.programs.stored import StoredLeaf
from backprop.stage.walk.explanation import spoken

FORK = "X : 3 = random 1\nA = X * X\nB = A + X\nL = sum(B)"


def board(**changes):
    choices = settled(change(LESSON.defaults, **changes))
    return compose(choices, Links(LESSON.path, Origin({}, LESSON.defaults), choices))


def test_forward_a_step_is_a_line_and_backward_a_use_of_one():
    steps = passes_of(LESSON.defaults).steps
    assert [step.name for step in steps] == [*"ZHDL", *"LDHZbWA", "gradient"]
    assert [step.sender for step in steps if step.kind == "use"] == [*"LDHZZZ"]


def test_a_row_has_a_shape_under_each_name():
    row = next(row for row in board().picture.rows if row.name == "Z")
    assert [piece for piece in row.pieces if piece[1]] == [("A", "4×3"), ("W.T", "3×2"), ("b", "2")]


def test_nothing_is_shown_of_what_is_not_computed_yet():
    shown = board(step=1)
    states = {row.name: (row.value.state, row.gradient.state) for row in shown.picture.rows}
    assert states["Z"] == states["H"] == ("map", "ahead")
    assert states["D"] == states["L"] == ("ahead", "ahead")
    assert states["Y"] == ("map", "none")


def test_a_use_is_said_as_a_line_and_shown_with_its_arrays():
    told = board(step=9).walk.step
    assert told.as_line == "dW = dZ.T @ A"
    gradient, sign, arrived, meet, value = told.storeys[0].parts
    assert (sign.sign, meet.below) == ("=", "4 = 4")
    assert arrived.operand.turned == "T"
    assert [part.operand.grid.columns for part in (gradient, arrived, value)] == [3, 4, 3]


def test_what_rows_shared_says_that_its_gradient_is_their_sum():
    told = board(step=8).walk.step
    assert spoken(told.headline).startswith("b was used by 4 rows")
    assert spoken(told.lede) == "b was used by 4 rows, so its gradient is their sum."


def test_a_name_that_is_used_three_times_counts_its_uses():
    shown = [board(program=FORK, step=step) for step in range(4, 8)]
    notes = [next(r for r in each.picture.rows if r.name == "X").gradient.words for each in shown]
    assert notes == ["", "", "1 of 2 uses", "2 of 2 uses"]


def test_a_last_line_that_is_no_number_gets_one_that_is_said():
    text = "X : 2 x 3 = random 1\nP = softmax(X)"
    assert with_output(text)[1] == "L = sum(P)"
    assert with_output(text, Weighing("one-hot"))[1] == "L = P[0, 0]"
    shown = board(program=text, weights="random")
    assert shown.picture.added == "L = sum(G * P)"
    assert [option.on for option in shown.outputs.options] == [False, False, True, False]


def test_an_entry_that_is_typed_replaces_the_one_that_was_drawn():
    choices = settled(change(LESSON.defaults, entry="W[1,2]", entry_value="0,5"))
    assert (choices.leaf_values, choices.entry_value) == ("W[1,2]=0.5", "")
    assert passes_of(choices).program.at["W"][1, 2] == 0.5
    again = settled(change(choices, entry_value="-1"))
    assert again.leaf_values == "W[1,2]=-1"
    before = passes_of(LESSON.defaults).program.at["W"]
    assert np.array_equal(passes_of(again).program.at["W"][0], before[0])


@pytest.mark.parametrize("said", ["W[2,0]=1", "Z[0,0]=1", "W[0]=1", "W[0,0]=x", "W"])
def test_an_entry_that_is_not_there_is_refused_in_words(said):
    with pytest.raises(ChoiceError):
        passes_of(change(LESSON.defaults, leaf_values=said))


def test_a_program_that_cannot_be_read_yet_stays_beside_the_last_that_could():
    broken = LESSON.defaults.program.replace("W.T", "W")
    shown = board(editing=True, typed=broken)
    assert shown.editor.text == broken
    assert shown.editor.problem.line == 5
    assert "4×3 @ 2×3 does not fit" in shown.editor.problem.what
    assert len(shown.picture.rows) == 8
    mended = settled(change(LESSON.defaults, typed=broken.replace("W", "W.T", 2)))
    assert mended.typed or mended.program != LESSON.defaults.program


def test_a_program_in_an_address_that_cannot_be_read_says_its_line():
    with pytest.raises(ChoiceError, match="Line 2: There is no “Y” above this line"):
        board(program="X : 3 = random 1\nL = sum(X * Y)")


def test_an_opened_line_is_followed_by_its_parts_numbered_by_letters():
    text = "X : 4 x 3 = random 9\ng : 3 = ones\nb : 3 = zeros\nN = batch_norm(X, g, b)\nL = sum(N)"
    rows = board(program=text, opened=("N",)).picture.rows
    assert [row.number for row in rows][3:10] == ["4", "4a", "4b", "4c", "4d", "4e", "4f"]
    assert rows[3].value is None
    assert "=" not in rows[3].fold.partition("open-lines")[2]


def test_lines_of_a_form_are_those_of_an_address():
    pairs = {"program": "X : 3 = ones\r\nL = sum(X)\r\n"}
    assert read_choices(LESSON.defaults, pairs).program == "X : 3 = ones\nL = sum(X)"


def test_an_entry_opens_to_the_sum_that_it_is():
    opened = board(step=9, entry="dW[1,2]").entry.opened
    assert [term.name for term in opened.terms] == [f"dZ[{n}, 1]" for n in range(4)]
    assert [term.factor for term in opened.terms] == [f"A[{n}, 2]" for n in range(4)]
    gradient = passes_of(LESSON.defaults).trace.gradient["W"]
    assert opened.value.exact == pytest.approx(gradient[1, 2], rel=1e-12)
    assert {"dZ[2,1]", "A[2,2]"} <= set(opened.lit)
    assert board(step=8, entry="dW[1,2]").entry.opened is None


def test_of_many_terms_twelve_rows_are_shown_and_the_last_is_the_rest():
    text = "X : 40 = random 1\nW : 40 = random 2\nL = sum(X * W * 0.5)\nM = L * L"
    shown = board(program=text, step=0, entry="L")
    opened = shown.entry.opened
    assert (opened.count, len(opened.terms)) == (40, 12)
    assert opened.terms[-1].name == "and 29 more"


def test_beyond_eight_by_eight_a_map_marks_the_entry_that_is_read():
    text = "A : 12 x 9 = random 1\nW : 3 x 9 = random 2\nZ = A @ W.T\nL = sum(Z * Z)"
    shown = board(program=text, step=5, entry="dA[2,5]")
    (gradient, *_) = shown.walk.step.storeys[0].parts
    grid = gradient.operand.grid
    assert grid.rows == ()
    assert grid.reads == "dA[{i},{j}]"
    assert grid.marks("dA[2,5]", ()) == (("sel", "5", "2", "1"),)
    assert shown.walk.step.has_large == "dA[0,0]"


def test_where_an_entry_is_not_there_the_page_says_so():
    assert board(step=9, entry="dW[5,0]").entry.missing.startswith("There is no dW[5,0] here: W is")
    assert board(step=9, entry="Q[0]").entry.missing == "There is no array “Q” here."


def test_what_was_masked_is_hatched_and_what_comes_back_there_too():
    text = "S : 3 x 3 = random 1\nM = where(tri(3) == 1, S, -inf)\nP = softmax(M)\nL = sum(P * P)"
    rows = {row.name: row for row in board(program=text, step=8).picture.rows}
    assert "x" in dict(rows["M"].value.map.paths)
    assert "x" in dict(rows["M"].gradient.map.paths)
    assert "x" not in dict(rows["P"].gradient.map.paths)


def test_all_lines_of_a_program_can_be_opened_and_walked_through():
    text = "q : 3 x 2 = random 1\nk : 3 x 2 = random 2\nv : 3 x 2 = random 3\n"
    text += "O = attention(q, k, v, tri(3))\nL = mean(O ** 2)"
    for opened in ((), ("O",), ("O", "O.P", "L")):
        for step in range(
            len(passes_of(change(LESSON.defaults, program=text, opened=opened)).steps)
        ):
            told = board(program=text, opened=opened, step=step).walk.step
            assert told.headline
            assert told.storeys


def test_a_line_is_opened_at_the_same_step():
    text = (
        "X : 4 x 3 = random 9\ng : 3 = ones\nb : 3 = zeros\nN = batch_norm(X, g, b)\nL = sum(N * X)"
    )
    said = {"program": text, "open-lines": "N", "opened-before": "-"}
    closed = passes_of(change(LESSON.defaults, program=text)).steps
    for step, was in enumerate(closed):
        choices = settled(read_choices(LESSON.defaults, {**said, "step": str(step)}))
        now = passes_of(choices).steps[choices.step]
        assert choices.opened_before == ""
        assert (now.phase, now.name) == (was.phase, was.name)
        back = settled(change(choices, opened=(), opened_before="N"))
        assert closed[back.step].name == was.name


def test_what_was_brought_stands_written_out_where_the_program_runs_in_both_modes():
    text = "x : 3 = stored\ny = x * 2"
    for numbers, says in (((1.0, -2.5, 0.0), "x : 3 = [1.0, -2.5, 0.0]"), ((1.0,) * 400, "")):
        leaf = StoredLeaf("x", (len(numbers),), numbers)
        program = text.replace("3", str(len(numbers)))
        choices = change(LESSON.defaults, program=program, stored=(leaf,))
        links = Links(LESSON.path, Origin({"from": "1"}, choices), choices, resolve=address_of)
        modes = unquote(compose(choices, links).modes)
        assert (says in modes) if says else (modes == "")


def test_the_short_form_stands_beside_an_opened_entry_of_a_composite():
    preset = LESSON.preset("batch-norm").choices

    def shown(**changes):
        choices = change(preset, **changes)
        return compose(choices, Links(LESSON.path, Origin({}, preset), choices)).entry

    closed = shown(opened=(), step=5, entry="dZ[3,1]")
    assert closed.short.pairs[0].ways == ("Z ← C ← H ← N",)
    assert shown(entry="dZ[3,1]").short == closed.short
    assert shown(opened=(), step=0, entry="Z[3,1]").short is None
