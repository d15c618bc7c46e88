"""What a form can ask of training, and where that leads."""

import numpy as np
import pytest

from backprop.engine.errors import InputError, LimitError, UnknownNameError
from backprop.lessons.training import actions
from backprop.lessons.training.actions import ACTIONS, LONGEST_TRAIL
from backprop.lessons.training.choices import MOST_DRAWN, MOST_OVERLAYS, NOW
from backprop.lessons.training.lesson import LESSON
from backprop.notation.numerals import short
from backprop.sharing.errors import NotYours
from backprop.sharing.snapshot import address_of, to_bytes
from backprop.stage.choices import ChoiceError
from backprop.stage.lesson import FormRequest
from backprop.training.examples.cells import TableError
from backprop.training.measure import measure
from backprop.training.optimizers import OPTIMIZERS
from backprop.training.run import MOST_POINTS, Until, train_slice

TABLE = "height,weight,kind\n" + "".join(f"{i},{i * i},{'ab'[i % 2]}\n" for i in range(8))


def same(one, other):
    """Whether two runs have the same bits."""
    states = [{k: np.asarray(v).tobytes() for k, v in run.state.items()} for run in (one, other)]
    return (
        (one.epoch, one.step, one.epochs) == (other.epoch, other.step, other.epochs)
        and one.theta.tobytes() == other.theta.tobytes()
        and one.records.tobytes() == other.records.tobytes()
        and states[0] == states[1]
    )


def parameter(learner, name, **pairs):
    state = learner.state(**pairs)
    return state.network.scalars(state.parameters)[name]


# Going on


def test_a_step_is_one_batch(learner):
    page = learner(batch="4").do("step")
    assert (page.run.epoch, page.run.step) == (0, 1)
    page.do("step").do("step")
    assert (page.run.epoch, page.run.step) == (1, 0)


def test_an_epoch_that_has_begun_is_completed(learner):
    page = learner(batch="4").do("step").do("epoch")
    assert (page.run.epoch, page.run.step) == (1, 0)
    assert page.do("epoch").run.epoch == 2


@pytest.fixture
def slices(monkeypatch):
    """Set how much work one request may do, so that few steps make a slice."""

    def limit(plan, steps):
        step = next(work for work in range(10**6) if plan.steps_within(work) == 2) // 2
        monkeypatch.setattr(actions, "MOST_WORK", steps * step)
        assert plan.steps_within(actions.MOST_WORK) == steps

    return limit


def test_a_long_epoch_goes_in_slices_and_comes_to_the_same(learner, slices):
    whole = learner(batch="1").do("epoch")
    page = learner(batch="1")
    slices(page.state().plan, 4)
    assert page.do("epoch").run.step == 4
    assert page.choices.run.goal == 1
    assert page.board().progress.goal == 1
    page.do("continue").do("continue")
    assert (page.run.epoch, page.choices.run.goal) == (1, 0)
    assert same(page.run, whole.run)


def test_a_long_epoch_that_is_asked_for_again_is_completed(learner, slices):
    page = learner(batch="1")
    slices(page.state().plan, 6)
    assert page.do("epoch").do("epoch").run.epoch == 1


def test_how_far_an_epoch_goes_does_not_depend_on_the_clock(learner, monkeypatch):
    calls = iter(range(10**9))
    monkeypatch.setattr("time.perf_counter", lambda: 1e6 * next(calls))
    page = learner(batch="1").do("epoch")
    assert (page.run.epoch, page.choices.run.goal) == (1, 0)


def test_a_loss_is_sought_in_slices_too(learner, slices):
    page = learner(batch="1", learning_rate="0.1", below="0.5")
    slices(page.state().plan, 7)
    page.do("seek")
    assert page.choices.run.seeking
    while page.choices.run.seeking:
        page.do("continue")
    assert page.run.step == 0
    assert page.run.records[-1, 0] < 0.5


def test_going_on_to_nowhere_is_going_on_by_an_epoch(learner):
    assert learner().do("continue").run.epoch == 1


def test_what_is_asked_when_nothing_is_said_is_an_epoch(learner):
    page = learner()
    choices, links = page.open()
    after = LESSON.act(choices, FormRequest({}, links, {})).choices
    assert (after.run.history.run.epoch, after.run.goal) == (1, 0)


def test_going_on_by_epochs_ends_where_it_was_set_out_for(learner):
    page = learner().train(3)
    assert (page.run.epoch, page.choices.run.goal, page.choices.view.at) == (3, 0, NOW)
    assert page.train(4).run.epoch == 7


def test_a_goal_stands_until_it_is_reached(learner):
    page = learner(goal="1000").do("play", ms="1")
    assert page.choices.run.goal == 1000
    assert page.do("step").choices.run.goal == 0


def test_a_loss_is_sought_until_an_epoch_ends_below_it(learner):
    page = learner(learning_rate="0.1", below="0.5").do("seek")
    while page.choices.run.seeking:
        page.do("play", ms="45")
    losses = page.run.records[:, 0]
    assert losses[-1] < 0.5
    assert (losses[:-1] >= 0.5).all()
    assert page.run.step == 0


def test_a_loss_that_is_not_reached_yet_is_sought_on(learner):
    page = learner(below="0").do("seek")
    assert page.choices.run.seeking
    assert page.do("epoch").choices.run.seeking is False


def test_playing_goes_as_far_as_the_same_steps_do(learner):
    page = learner(batch="4")
    start = page.state()
    for _ in range(4):
        page.do("play", ms="2")
    steps = page.run.epoch * start.plan.steps_in_epoch + page.run.step
    assert steps >= 4
    assert same(page.run, train_slice(start.plan, start.run, Until(steps=steps))[0])


@pytest.mark.parametrize("ms", ["0", "46", "1e9", "-3", "2.5", "quickly", ""])
def test_a_slice_is_no_longer_than_a_picture_may_wait(learner, ms):
    with pytest.raises(ChoiceError) as error:
        learner().do("play", ms=ms)
    assert error.value.at == "ms"


def test_what_cannot_be_done_is_refused_with_what_can(learner):
    with pytest.raises(UnknownNameError, match="“nonsense” cannot be done") as error:
        learner().do("nonsense")
    assert all(name in error.value.hint for name in ACTIONS)


def broken(learner):
    """Return a page whose run broke after an epoch or more."""
    page = learner(
        data="plane", activations="relu", optimizer="gradient_descent", learning_rate="4"
    )
    return page.train(60)


def test_a_run_that_breaks_has_arrived(learner):
    page = broken(learner)
    assert page.run.broken
    assert page.run.epoch < 60
    epoch = page.run.epoch
    assert page.do("epoch").run.epoch == epoch
    assert page.choices.run.goal == 0


def test_a_run_that_broke_goes_on_from_before_with_other_settings(learner):
    page = broken(learner)
    page.do("epoch", at="0", learning_rate="0.0001")
    assert (page.run.epoch, page.run.broken) == (1, False)


# Looking back


def test_looking_back_opens_the_epoch_as_it_was(learner):
    page = learner()
    seen = {0: page.state().run}
    for epoch in range(1, 5):
        seen[epoch] = page.do("epoch").run
    for epoch, run in seen.items():
        assert same(page.state(at=str(epoch)).run, run)
        assert page.state(at=str(epoch)).looks_back is (epoch < 4)


def test_going_on_from_an_earlier_epoch_makes_a_branch_beside_the_run_it_leaves(learner):
    page = learner().train(5)
    left, points = page.address, page.history.points
    page.do("epoch", at="2", learning_rate="0.3")
    assert (page.run.epoch, page.choices.view.at) == (3, NOW)
    assert page.choices.run.overlay == (left,)
    assert page.history.points[:2] == points[:2]
    assert page.history.points[2][1] != points[2][1]
    assert page.history.since == 2
    assert page.history.settings_log[1:] == ((2, {"learning_rate": "0.3"}),)
    assert page.board().charts.overlays[0].end == "epoch 5"


def test_a_branch_with_the_same_settings_is_the_same_run(learner):
    page = learner().train(5)
    points = page.history.points
    page.do("epochs", at="2", epochs="3")
    while page.choices.run.goal:
        page.do("play")
    assert page.history.points == points


def test_a_branch_forgets_what_was_changed_after_it(learner):
    page = learner().train(2).train(2, learning_rate="0.2")
    page.do("epoch", at="1", learning_rate="0.01")
    assert [epoch for epoch, _ in page.history.settings_log] == [0]
    assert page.history.settings_at()["learning_rate"] == "0.01"


def test_at_most_so_many_runs_are_compared_with(learner):
    page = learner().do("epoch")
    for _ in range(MOST_OVERLAYS + 2):
        page.train(2).do("epoch", at="1")
    assert len(page.choices.run.overlay) == MOST_OVERLAYS


@pytest.mark.parametrize(("before", "after"), [("gradient_descent", "adam"), ("adam", "momentum")])
def test_another_optimizer_goes_on_from_an_epoch_of_the_first(learner, before, after):
    page = learner(optimizer=before).train(2).train(1, optimizer=after)
    for at in ("1", "2"):
        page.train(1, at=at)
        assert page.run.state.keys() == OPTIMIZERS[after]().start(page.run.theta).keys()


# What is released, and what is not


def test_what_a_page_only_passes_through_is_released_behind_it(learner):
    page = learner().do("play", ms="1")
    stopped = page.address
    for _ in range(LONGEST_TRAIL + 4):
        before = page.address
        page.pass_through(ms="1")
        assert page.history.trail[-1] == before
        assert before in page.bodies
    assert len(page.history.trail) == LONGEST_TRAIL
    states = {address for _, address in page.history.points} | {page.address, *page.history.trail}
    assert set(page.bodies) - states <= {stopped}
    trail = page.history.trail
    page.do("epoch")
    assert page.history.trail == ()
    assert trail[-1] in page.bodies


def test_a_long_run_leaves_few_points_all_of_which_can_be_opened(learner):
    page = learner(batch="20").do("play", ms="1")
    while page.run.epoch < 3 * MOST_POINTS:
        page.pass_through(ms="45")
    points = page.history.points
    assert len(points) <= MOST_POINTS
    # How far slices come depends on the machine, so the bound is what the history itself needs.
    assert len(page.history.trail) <= LONGEST_TRAIL
    assert len(page.bodies) <= len(points) + len(page.history.trail) + 1
    for epoch, address in points:
        assert page.read(address)["epoch"] == epoch


def test_points_before_a_stop_are_never_released(learner):
    page = learner(batch="20").train(9)
    points = page.history.points
    assert page.history.since < 9
    page.do("step")
    while page.run.epoch < 3 * MOST_POINTS:
        page.pass_through(ms="45")
    assert len(page.history.points) <= MOST_POINTS
    assert all(address in page.bodies for _, address in points)


def test_the_run_that_a_branch_leaves_stays_whole(learner):
    page = learner(batch="20").train(9)
    left = page.choices
    page.do("epoch", at="4")
    while page.run.epoch < 3 * MOST_POINTS:
        page.pass_through(ms="45")
    assert all(address in page.bodies for _, address in left.run.history.points)
    assert page.board().charts.overlays[0].end == "epoch 9"


# Changing a weight


def test_a_weight_is_given_another_value_and_nothing_else_changes(learner):
    page = learner().train(2)
    before = page.run
    page.do("edit", parameter="w1_2_1", value="0,75")
    changed = np.flatnonzero(page.run.theta != before.theta)
    assert len(changed) == 1
    assert parameter(page, "w1_2_1") == 0.75
    assert (page.run.epoch, page.run.epochs) == (2, before.epochs)
    state = page.state()
    assert page.run.records[-1].tolist() == pytest.approx(
        measure(state.plan, state.parameters), nan_ok=True
    )
    assert np.array_equal(page.run.records[:-1], before.records[:-1], equal_nan=True)


def test_the_epoch_of_the_change_can_be_opened_again(learner):
    page = learner().do("edit", parameter="b1_1", value="2").train(2)
    assert parameter(page, "b1_1", at="0") == 2
    page.do("edit", parameter="b1_1", value="-3").train(1)
    assert parameter(page, "b1_1", at="2") == -3
    assert [epoch for epoch, _ in page.history.points] == [0, 1, 2, 3]


def test_a_weight_changed_in_the_middle_of_an_epoch_is_used_by_its_next_step(learner):
    page = learner(batch="4").do("epoch").do("step").do("edit", parameter="b2_1", value="5")
    assert (page.run.epoch, page.run.step) == (1, 1)
    assert [epoch for epoch, _ in page.history.points] == [1]
    assert parameter(page, "b2_1") == 5
    assert page.do("step").run.step == 2


def test_a_weight_changed_while_looking_back_makes_a_branch(learner):
    page = learner().train(4)
    left = page.address
    page.do("edit", at="2", parameter="w2_1_1", value="1")
    assert (page.run.epoch, page.choices.view.at, page.choices.run.overlay) == (2, NOW, (left,))
    assert [epoch for epoch, _ in page.history.points] == [1, 2]
    assert parameter(page, "w2_1_1") == 1


@pytest.mark.parametrize(
    ("name", "value"), [("w9_1_1", "1"), ("", "1"), ("w1_1_1", "x"), ("w1_1_1", "nan")]
)
def test_an_edit_that_cannot_be_made_is_refused_beside_the_value(learner, name, value):
    page = learner().do("step")
    with pytest.raises(InputError) as error:
        page.do("edit", parameter=name, value=value)
    assert error.value.at == "value"


# Comparing


def test_a_run_is_kept_beside_what_comes_next(learner):
    page = learner().train(2).do("compare")
    (kept,) = page.choices.run.overlay
    assert page.read(kept)["pairs"]["run"]["epoch"] == 2
    page.do("compare")
    assert page.choices.run.overlay == (kept,)
    page.train(1, seed="5")
    assert page.run.epoch == 1
    assert page.board().charts.overlays[0].words.startswith("seed 1")


# A table of one's own


def test_a_table_is_brought_and_learned_from(learner):
    page = learner().train(1).do("bring", table=TABLE)
    assert page.last.choices.data.dataset == "own"
    assert page.choices.data.own in page.bodies
    assert page.history is None
    data = page.state().data.dataset
    assert (data.target, data.features, data.classes) == ("kind", ("height", "weight"), ("a", "b"))
    assert page.train(1).run.epoch == 1


def test_a_file_is_read_rather_than_the_text_beside_it(learner):
    page = learner().do("bring", files={"file": TABLE.encode("utf-16")}, table="nonsense")
    assert page.state().data.dataset.target == "kind"


def test_what_was_said_about_other_data_is_not_said_of_a_table(learner):
    page = learner(features="x1,x2,x1x1", scaling="unit", frozen="W1", unit="a1_1")
    after = page.do("bring", table=TABLE).choices
    assert (after.data.features, after.data.scaling) == ((), "")
    assert (after.network.frozen, after.view.unit) == ((), "")


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("", "The table is empty"),
        ("a,b\n1,2\n3\n", "Row 3 has 1 cell"),
        ("a,b\n1,2\n1e300,4\n", "row 3, column 1"),
        ("a\n1\n", "only one column"),
        ("a,b\nx,y\n", "No column is left to learn “b” from"),
        ("a,b\n1," + "x" * 300, "row 2, column 2"),
    ],
)
def test_a_table_that_cannot_be_used_leaves_nothing_and_says_where(learner, table, words):
    page = learner()
    with pytest.raises(TableError) as error:
        page.do("bring", table=table)
    assert words in error.value.what
    assert page.bodies == {}


def test_a_table_is_deleted_by_who_brought_it(learner):
    page = learner().do("bring", table=TABLE)
    table = page.choices.data.own
    page.train(1).do("delete")
    assert page.last.deleted == (table,)
    assert (page.choices.data.dataset, page.choices.data.own, page.history) == ("circles", "", None)
    assert table not in page.bodies


def test_what_another_browser_brought_is_not_deleted_and_other_data_can_be_used(learner):
    page = learner().do("bring", table=TABLE)
    table = page.choices.data.own
    assert page.board().setup.data.own.can_delete
    page.brought.clear()
    assert not page.board().setup.data.own.can_delete
    with pytest.raises(NotYours, match="Only the browser that brought this table"):
        page.do("delete")
    assert table in page.bodies


def test_a_table_that_an_earlier_version_salted_is_read_as_it_was(learner):
    page = learner().do("bring", table=TABLE)
    own = page.choices.data.own
    salted = to_bytes({**page.read(own), "salt": "0123456789abcdef"})
    before, page.bodies[address_of(salted)] = page.board(), salted
    after = page.board(own=address_of(salted))
    assert address_of(salted) != own
    assert after.setup.data.own.columns == before.setup.data.own.columns


def test_only_a_table_is_deleted(learner):
    page = learner().train(1)
    with pytest.raises(InputError, match="not a table"):
        page.do("delete", own=page.address)
    assert learner().do("delete").last.deleted == ()


# Drawing


def test_a_point_is_set_beside_those_that_are_there(learner):
    page = learner().train(1)
    data = page.state().data.dataset
    page.do("draw", pen="1", points="1,2,-1.23456,99")
    assert page.choices.data.dataset == "drawn"
    there, new = page.choices.data.drawn[:60], page.choices.data.drawn[60:]
    assert new == (1, 2, 1, -1.235, 3, 1)
    expected = np.round(np.column_stack((data.X, data.Y)), 3).ravel()
    assert np.array_equal(there, expected)
    assert page.do("draw", pen="0", points="0,0").choices.data.drawn[66:] == (0, 0, 0)
    assert page.train(1).run.epoch == 2  # the training went on


def test_a_point_that_is_drawn_keeps_the_training_and_says_what_it_changed(learner):
    page = learner(pen="1").train(3)
    before = page.history
    page.do("draw", points="1,2,2,2")
    after, data = page.history, page.state().data
    assert after.run.theta.tobytes() == before.run.theta.tobytes()
    assert (after.run.epoch, after.start == before.start) == (3, False)
    assert len(data.dataset.X) == 22
    loss = measure(page.state().plan, page.state().parameters)[0]
    words = page.board().drawing.changed
    assert words.startswith("Now 22 points, loss ")
    assert words.endswith(f"→ {short(loss)}. The training goes on from epoch 3.")
    assert after.run.records[-1][0] == loss
    assert page.do("draw", points="0,0").history.settings_log[-1][1]["data"].startswith("23 points")
    assert len(page.history.settings_log) == 2  # one entry an epoch
    page.train(1)
    assert page.board().drawing.changed == ""
    assert page.do("undo").run.epoch == 3


def test_a_point_drawn_at_an_earlier_epoch_branches_off_there(learner):
    page = learner(pen="1").train(4)
    page.do("draw", points="1,2", at="2")
    assert (page.run.epoch, page.choices.view.at) == (2, -1)


def test_classes_keep_their_names_where_points_are_drawn(learner):
    page = learner(pen="1")
    names = page.state().data.dataset.classes
    assert names == ("ring", "disc")
    assert page.do("draw", points="1,2").state().data.dataset.classes == names
    assert page.do("draw", points="2,2").state().data.dataset.classes == names


def test_all_points_anew_are_another_training(learner):
    page = learner(pen="1").train(2).do("anew").do("draw", points="1,1,2,2")
    assert page.history is None


def drawing(learner, points="1,1", **pairs):
    return learner(pen="1", **pairs).do("anew").do("draw", points=points)


def test_the_first_point_after_beginning_anew_stands_alone(learner):
    page = learner(pen="erase").do("anew")
    assert (page.choices.view.anew, page.choices.view.pen, page.choices.data.dataset) == (
        True,
        "0",
        "circles",
    )
    page.do("draw", pen="1", points="1,1")
    assert (page.choices.view.anew, page.choices.data.drawn) == (False, (1, 1, 1))


@pytest.mark.parametrize(("pen", "after"), [("", "0"), ("0", "0"), ("1", "1"), ("erase", "0")])
def test_beginning_anew_takes_a_pen_that_sets_points(learner, pen, after):
    assert learner(pen=pen).do("anew").choices.view.pen == after


def test_that_the_next_point_begins_anew_can_be_taken_back(learner):
    page = learner().do("anew").do("undo")
    assert (page.choices.view.anew, page.choices.data.dataset) == (False, "circles")


def test_points_of_numbers_have_the_value_of_the_pen(learner):
    page = drawing(learner, data="plane", pen_value="-2.5")
    assert page.choices.data.drawn == (1, 1, -2.5)
    assert page.state().data.dataset.task == "numbers"


@pytest.mark.parametrize("preset", ["iris", "digits", "sine"])
def test_where_there_is_no_plane_nothing_is_drawn(learner, preset):
    with pytest.raises(ChoiceError, match="no plane"):
        learner(preset=preset, pen="0").do("draw", points="1,1")


def test_points_that_are_too_many_are_not_lost_by_one_more(learner):
    page = learner(size="501", pen="0")
    with pytest.raises(ChoiceError, match="501 points"):
        page.do("draw", points="1,1")
    assert page.do("anew").do("draw", points="1,1").choices.data.drawn == (1, 1, 0)


def test_what_was_set_or_erased_last_is_taken_back_one_after_the_other(learner):
    page = drawing(learner, "1,1,2,2").do("draw", points="0,0")
    page.do("draw", pen="erase", points="1,1")
    assert page.choices.data.drawn == (2, 2, 1, 0, 0, 1)
    assert page.do("undo").choices.data.drawn == (1, 1, 1, 2, 2, 1, 0, 0, 1)
    assert page.do("undo").choices.data.drawn == (1, 1, 1, 2, 2, 1)
    assert page.do("undo", pen="0").choices.data.dataset == "circles"
    assert page.choices.view.pen == "0"


def test_there_is_nothing_to_take_back_before_anything_was_drawn(learner):
    with pytest.raises(ChoiceError, match="nothing to take back"):
        learner(pen="0").do("undo")


def test_the_last_point_stays(learner):
    with pytest.raises(ChoiceError, match="last point stays"):
        drawing(learner, "1,1").do("draw", pen="erase", points="1,1")


def test_an_edited_weight_is_named_where_runs_are_compared(learner):
    page = learner().train(2).do("edit", parameter="b1_1", value="2.5").train(1).do("compare")
    page.do("epoch", at="1")
    assert page.history.settings_log[1:] == ()
    (overlay, *_) = page.board().charts.overlays
    assert overlay.words == "same start, b1_1 set to 2.5"


def test_the_nearest_point_is_erased_if_the_pen_is_near_enough(learner):
    page = drawing(learner, "0,0,1,1")
    assert page.do("draw", pen="erase", points="2.9,2.9").choices.data.drawn == (0, 0, 1, 1, 1, 1)
    assert page.do("draw", pen="erase", points="0.2,0.1").choices.data.drawn == (1, 1, 1)


@pytest.mark.parametrize("points", ["1", "1,2,3", "1,x", "1,nan", "1,1e9"])
def test_what_is_no_point_is_refused(learner, points):
    with pytest.raises(ChoiceError) as error:
        learner().do("draw", points=points)
    assert error.value.at == "points"


def test_no_more_points_are_drawn_than_can_be_kept(learner):
    page = drawing(learner, "1,1," * MOST_DRAWN)
    for points in ("1,1", "1,1," * 100_000):
        with pytest.raises(ChoiceError, match="At most 500"):
            page.do("draw", points=points)


# Stepping into a round


def test_a_round_is_entered_and_remembers_where_it_came_from(learner):
    page = learner().train(2)
    state = page.choices
    after = page.do("walk", example="3").last
    assert after.choices.lesson == "network"
    assert after.choices.fields["return_to"] == address_of(after.bodies[0])
    assert page.choices is state


def test_a_gradient_is_checked_and_the_check_remembers_where_it_came_from(learner):
    page = learner().train(2)
    after = page.do("check", example="3").last
    assert after.choices.lesson == "gradient_check"
    assert after.choices.fields["return_to"] == address_of(after.bodies[0])


def test_a_network_that_is_too_large_is_not_checked(learner):
    with pytest.raises(LimitError, match="too large to be checked"):
        learner(hidden="20").do("check")


def test_a_network_that_is_too_large_is_not_walked_through(learner):
    with pytest.raises(LimitError, match="too large to be walked"):
        learner(hidden="20").do("walk")


def test_what_has_not_begun_cannot_be_kept_to_compare(learner):
    with pytest.raises(InputError, match="no curve yet"):
        learner().do("compare")
