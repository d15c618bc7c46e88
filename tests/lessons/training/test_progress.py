"""When the numbers end, or nothing is learned."""

import pytest


def test_a_run_that_learns_is_in_no_trouble(learner):
    assert learner().train(3).board().trouble is None


def exploded(learner, **pairs):
    return learner(preset="exploding", hidden="", **pairs).train(3_000)


def test_a_run_that_breaks_says_where_and_when_and_what_to_try(learner):
    page = exploded(learner)
    trouble = page.board().trouble
    assert f"in epoch {page.run.epoch + 1:,}, step {page.run.step + 1}" in trouble.what
    assert "overflow" in trouble.what or "no longer finite" in trouble.what
    rate = page.choices.update.settings["learning_rate"] / 10
    assert f"lower the learning rate, to {rate:g}" in trouble.hint


def test_before_it_broke_a_run_was_in_no_trouble(learner):
    page = exploded(learner)
    assert page.board(at="1").trouble is None


def test_relu_is_named_as_a_suspect(learner):
    page = learner(
        data="plane", activations="relu", optimizer="gradient_descent", learning_rate="4"
    )
    assert "tanh instead of relu" in page.train(60).board().trouble.hint
    assert "relu" not in exploded(learner).board().trouble.hint


def test_features_that_reach_far_are_named_as_a_suspect(learner):
    rows = "".join(f"{100 * i},{i}\n" for i in range(1, 9))
    page = learner(hidden="", optimizer="gradient_descent").do("bring", table=f"far,y\n{rows}")
    page.train(500, scaling="none")
    assert page.run.broken
    assert "standardise the features" in page.board().trouble.hint


@pytest.mark.parametrize("dead", [True, False])
def test_units_that_are_all_dead_are_named(learner, dead):
    page = learner(hidden="1", activations="relu")
    page.do("edit", parameter="b1_1", value="-100" if dead else "100")
    trouble = page.board().trouble
    assert (trouble is not None) is dead
    if trouble:
        assert trouble.what.startswith("Every hidden unit is dead")


def test_a_run_is_gone_back_and_on_by_the_epochs_that_it_has_kept(learner):
    page = learner().train(14)
    end, middle, start = (page.board(**at).progress.travel for at in ({}, {"at": "5"}, {"at": "0"}))
    assert (end.on, end.far_on) == ("", "")  # from there on it is trained
    assert "at=13" in end.back
    assert "at=4" in end.far_back
    assert "at=6" in middle.on
    assert "at=" not in middle.far_on
    assert "at=0" in middle.far_back
    assert (start.back, start.far_back) == ("", "")
    assert "at=10" in start.far_on


def test_ten_epochs_are_one_step(learner):
    page = learner().do("ten").do("ten")
    assert page.run.epoch == 20
    assert page.choices.run.goal == 0
