"""The lesson on memory: its picture, its numbers, what it says, what is asked, what is typed."""

import pytest

from backprop.lessons.memory.ending import make_ending
from backprop.lessons.memory.lesson import ASKS, LESSON, compose
from backprop.lessons.memory.passes import memory_of, settled
from backprop.stage.choices import ChoiceError, change
from backprop.stage.links import Links, Origin
from backprop.stage.quiz.question import judge
from backprop.stage.walk.explanation import spoken

SIXTEEN = LESSON.preset("sixteen-layers").choices
MLP = LESSON.preset("mlp").choices


def board(start=LESSON.defaults, **changes):
    choices = settled(change(start, **changes))
    return compose(choices, Links(LESSON.path, Origin({}, LESSON.defaults), choices))


def numbers(shown):
    return {each.title: each.number for each in shown.figures}


def test_sixteen_layers_with_every_fourth_kept_are_as_they_were_drawn():
    shown = board(SIXTEEN, step=27)
    assert numbers(shown) == {
        "held now": "5",
        "peak": "7",
        "computed again": "12",
        "work, lines run": "44",
    }
    assert [row.name for row in shown.roll.rows if row.kept] == ["h4", "h8", "h12"]
    assert [row.name for row in shown.roll.rows if row.holds] == ["h4", "h8", "h9", "h10", "h11"]
    assert spoken(shown.walk.step.about) == "line 11, h11, is undone"
    said = spoken(shown.walk.step.sentence)
    assert said.startswith("Going back through h11 reads h11 and h10: dh10 = dh11 * (1 - h11 ** 2)")
    assert said.endswith("Then h11 is let go.")
    assert [name for name, *_ in shown.roll.phases] == [
        "forward", *("again", "back") * 4]  # fmt: skip


def test_the_first_picture_is_twelve_steps_whose_memory_is_a_triangle():
    shown = board()
    assert shown.roll.count == 28
    assert shown.roll.peak == (14, "100")
    heights = [float(column.high) for column in shown.roll.columns]
    top = heights.index(max(heights))
    assert heights[: top + 1] == sorted(heights[: top + 1])
    assert heights[top:] == sorted(heights[top:], reverse=True)


def test_each_thing_that_is_held_says_which_line_holds_it_and_what_reads_it():
    held = {each.name: each for each in board(SIXTEEN, step=27).walk.step.holdings}
    assert held["h4"].line == "line 4, h4"
    assert spoken(held["h4"].why) == "read at step 31 by line h5"
    assert spoken(held["h9"].why) == (
        "read at step 29, back through h10: dW10 = (dh10 * (1 - h10 ** 2)).T @ h9"
    )
    assert held["h8"].kind == "kept"
    assert held["h11"].size == "512 B"


def test_what_no_product_mentions_is_said_not_to_be_read():
    assert spoken(board(MLP, step=0).walk.step.sentence) == (
        "No product on the way back reads the value of Z1."
    )
    said = spoken(board(MLP, step=1).walk.step.sentence)
    assert said == (
        "A1 is needed on the way back: line Z2 reads it, dW2 = dZ2.T @ A1. "
        "After this step Z1 is let go."
    )
    assert board(MLP).notes.needed == (
        "The way back reads 224 B of the 944 B that the lines make, leaves apart."
    )


def test_a_line_can_hold_several_arrays_of_its_inside():
    shown = board(LESSON.preset("transformer-block").choices, step=10)
    rows = {row.name: row for row in shown.roll.rows}
    assert rows["n1"].holds == 2
    assert rows["A"].lanes > 1
    names = [each.name for each in shown.walk.step.holdings]
    assert any(name.startswith("softmax(") for name in names)
    said = spoken(board(LESSON.preset("transformer-block").choices, step=3).walk.step.sentence)
    assert "The line keeps of its inside: " in said


def test_a_line_that_runs_again_says_from_what_and_for_whom():
    said = spoken(board(SIXTEEN, step=16).walk.step.sentence)
    assert said == ("h13 is computed again, from h12. It was let go, and line h14 is to be undone.")
    first = spoken(board(SIXTEEN, step=37).walk.step.sentence)
    assert first.startswith("h1 is computed again, from leaves alone.")
    forward = spoken(board(SIXTEEN, step=4).walk.step.sentence)
    assert "It is no checkpoint: it is let go, and made again on the way back." in forward


def test_gradients_are_counted_where_that_is_chosen_and_leaves_have_rows_of_their_own():
    plain, passing, asked = (board(step=27, counted=way) for way in ("", "passing", "all"))
    assert [int(numbers(each)["peak"]) for each in (plain, passing, asked)] == [14, 15, 18]
    assert [row.name for row in asked.roll.rows][-4:] == ["U", "W", "b", "V"]
    assert all(row.sign == ":" and not row.can_be for row in asked.roll.rows[-4:])
    assert [each.name for each in asked.walk.step.holdings if each.kind == "gradient"] == [
        "dU", "dW", "db", "dV", "dh1"]  # fmt: skip
    assert all(bar.kind == "gradient" for bar in asked.roll.rows[-1].bars)


def test_a_flag_is_set_and_taken_away_by_its_address():
    rows = {row.name: row for row in board(SIXTEEN).roll.rows}
    assert "checkpoints=h4,h12" in rows["h8"].toggle
    assert "checkpoints=h4,h6,h8,h12" in rows["h6"].toggle
    assert "keep-lines=own" in rows["h6"].toggle
    assert not rows["h16"].can_be
    assert not rows["h16"].toggle


def test_the_best_placement_says_how_it_was_found():
    shown = board(SIXTEEN, keep="best")
    assert numbers(shown)["peak"] == "6"
    assert "ways that were tried to place 4 checkpoints" in shown.notes.placed
    few = board(MLP, keep="best", unit="")
    assert few.notes.placed == "The best of all 6 ways to place 2 checkpoints."
    assert board(SIXTEEN).notes.placed == ""


def test_every_k_has_fewer_and_more_as_long_as_there_are_lines():
    less, now, more = board(SIXTEEN).switches.every
    assert ("every-line=3" in less, now, "every-line=5" in more) == (True, "4", True)
    assert board(SIXTEEN, every=1).switches.every[0] == ""
    assert board(SIXTEEN, every=15).switches.every[2] == ""
    assert board().switches.every == ("", "", "")


def test_at_the_end_the_pass_was_run_and_its_gradient_is_the_same_bit_for_bit():
    for preset in LESSON.presets:
        shown = board(preset.choices, step=9_999, keep="every", every=3)
        assert shown.notes.proof.endswith("bit for bit."), preset.name
    assert board(SIXTEEN, step=3).notes.proof == ""
    broken = "x : 3 = random 1\ni : index 1 = [7]\nL = x[i]"
    assert board(program=broken, step=9_999).notes.proof == ""


def test_the_curve_has_a_place_for_each_number_of_checkpoints():
    curve = board(SIXTEEN).curve
    assert len(curve.places) == len(curve.rows) == 16
    assert curve.rows[3] == ("3", "7", "12")
    assert curve.least[2] == "7"
    assert curve.places[3].said == "3 checkpoints: peak 7, 12 again"
    assert "checkpoints=h4,h8,h12" in curve.places[3].address
    assert board(program="x : 3 = random 1\nL = sum(x ** 2)").curve is None
    assert "No even placement in between keeps less." in spoken(board(MLP).curve.words)


def test_a_long_walk_is_folded_by_segments():
    shown = board(LESSON.preset("residual").choices, keep="every", every=2, step=30)
    ticks = [tick for phase in shown.walk.strip.phases for tick in phase.ticks]
    assert any(tick.count > 1 and tick.words == "…" for tick in ticks) == (
        shown.walk.strip.count > 44
    )
    long = "x0 : 3 = random 1\n" + "\n".join(f"x{n} = exp(x{n - 1})" for n in range(1, 30))
    shown = board(program=long, keep="every", every=5, step=20)
    assert sum(tick.count > 1 for phase in shown.walk.strip.phases for tick in phase.ticks) > 3


def test_what_is_typed_is_taken_over_where_it_can_be_read_and_lost_checkpoints_are_let_go():
    text = "x : 3 = random 1\na = exp(x)\nL = sum(a)"
    start = change(SIXTEEN, keep="own", checkpoints=("h4",), step=9)
    after = settled(change(start, typed=text))
    assert (after.program, after.typed, after.checkpoints, after.step) == (text, "", (), 0)
    refused = board(start, typed="x : 3", editing=True)
    assert refused.editor.problem
    assert refused.roll.count > 30
    assert board(start, editing=True).editor.problem == ""
    assert board(start).editor is None


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"keep": "own", "checkpoints": ("zz",)}, "“zz” is no line that can be kept."),
        ({"keep": "own", "checkpoints": ("L",)}, "“L” is no line that can be kept."),
        ({"program": "A = X"}, "Line 1: There is no “X” above this line."),
    ],
)
def test_what_cannot_be_kept_or_read_is_refused_in_words(changes, what):
    with pytest.raises(ChoiceError) as refused:
        board(**changes)
    assert refused.value.what == what
    assert refused.value.hint


def test_a_single_line_can_keep_nothing_and_says_so():
    with pytest.raises(ChoiceError, match="zz") as refused:
        board(program="x : 3 = random 1\nL = sum(x)", keep="own", checkpoints=("zz",))
    assert refused.value.hint == "There is one line only."


def test_asked_first_the_peak_is_covered_until_it_is_said():
    asked = board(asks=True)
    assert spoken(asked.asked.prompt) == "How many arrays are held at the peak?"
    assert numbers(asked)["peak"] == "?"
    assert asked.walk.step is None
    assert asked.roll.triangle == ""
    assert asked.curve is None
    assert not any(bar.state == "ahead" for row in asked.roll.rows for bar in row.bars)
    right = board(asks=True, answer="14")
    assert right.asked.reply.right
    assert numbers(right)["peak"] == "14"
    assert LESSON.covers(asked)
    assert not LESSON.covers(right)


@pytest.mark.parametrize(
    ("start", "changes", "answer", "slip"),
    [
        (LESSON.defaults, {}, "21", "Leaves counted too"),
        (SIXTEEN, {}, "16", "Every result counted"),
        (SIXTEEN, {"counted": "passing"}, "7", "Gradients forgotten"),
        (SIXTEEN, {}, "9", "Gradients counted"),
        (SIXTEEN, {"step": 16}, "15", "Checkpoints run again"),
        (SIXTEEN, {"step": 16}, "16", "All lines run twice"),
        (SIXTEEN, {"step": 16}, "4", "Segments counted"),
        (SIXTEEN, {"step": 16}, "44", "All work counted"),
        (MLP, {"step": 2}, "yes", "Everything kept"),
        (MLP, {"step": 1}, "no", "Let go too soon"),
    ],
)
def test_a_wrong_answer_is_called_by_its_slip(start, changes, answer, slip):
    shown = board(start, asks=True, answer=answer, **changes)
    assert slip in [each.title for each in shown.asked.reply.slips]


def test_going_back_nothing_more_is_asked_and_an_answer_stays_at_its_step():
    shown = board(SIXTEEN, asks=True, step=20, answer="3")
    assert shown.asked is None
    assert "said-memory" not in shown.walk.strip.forward
    assert board(SIXTEEN, asks=True, step=9_999).roll.triangle


def test_a_teacher_can_ask_the_same_of_any_state():
    for state in (SIXTEEN, change(SIXTEEN, step=5), change(MLP, step=7)):
        for asking in ASKS.askings(state):
            question = ASKS.question(state, asking.name)
            assert question.kind == asking.kind
            right = str(question.right)
            assert judge(question, right).right
    assert [each.name for each in ASKS.askings(SIXTEEN)] == ["peak", "needed", "again"]
    assert next(each.name for each in ASKS.askings(change(SIXTEEN, step=5))) == "needed"


def test_the_end_says_the_numbers_of_sixteen_layers():
    said = " ".join(spoken(sentence) for sentence in make_ending().sentences)
    assert "Sixteen layers keep 16 arrays" in said
    assert "the peak is 7, and 12 lines are computed again: 44 lines run instead of 32" in said
    assert "4 placed best keep 6 here" in said


def test_the_sheet_has_every_step_and_every_line():
    links = Links(LESSON.path, Origin({}, LESSON.defaults), SIXTEEN)
    sheet = LESSON.paper(SIXTEEN, links)
    assert sheet.setting == (("Checkpoints: h4, h8, h12.",),)
    needed, held = sheet.parts[1:]
    assert len(needed.tasks) == 16
    assert len(held.table.rows) == 22
    nothing = LESSON.paper(change(SIXTEEN, keep="own"), links)
    assert nothing.setting == (("No line is kept.",),)
    assert LESSON.paper(LESSON.defaults, links).setting == (("All lines are kept.",),)


def test_the_two_lessons_on_programs_lead_to_each_other():
    from app import create_app

    client = create_app({"DATABASE_URL": "sqlite:///:memory:"}).test_client()
    arrays = client.get("/arrays?preset=attention").text
    assert 'href="/lessons/memory?program=' in arrays
    assert "What must be kept?" in arrays
    memory = client.get("/lessons/memory?preset=mlp").text
    assert 'href="/arrays?program=' in memory
    assert memory_of(MLP).tape.kept == 224
