"""Runs beside one another, and in what they differ."""

import pytest

from backprop.lessons.training.compare import difference


def words(page, **pairs):
    """Return how the run of a page is called beside one that was opened with other choices."""
    return difference(page.choices, page.open(**pairs)[0], page.state(**pairs).history)


@pytest.mark.parametrize(
    ("first", "then", "said"),
    [
        ({}, {}, "same start, same settings"),
        ({"learning_rate": "0.1"}, {"learning_rate": "0.5"}, "same start, learning rate 0.1"),
        ({"batch": "5"}, {"batch": "7"}, "same start, batch 5"),
        ({"l2": "0.1"}, {"l2": "0"}, "same start, L2 penalty 0.1"),
        ({"activations": "relu,tanh"}, {"activations": "tanh"}, "same start, activations relu"),
        ({"seed": "3"}, {"seed": "4"}, "seed 3"),
        ({"data": "xor"}, {"data": "circles"}, "Exclusive or"),
        ({"hidden": "4,4"}, {"hidden": "3"}, "hidden units 4–4"),
        ({"hidden": ""}, {"hidden": "3"}, "hidden units none"),
        ({"optimizer": "adagrad"}, {"optimizer": "adam"}, "same start, Adagrad"),
    ],
    ids=str,
)
def test_a_run_is_called_by_what_it_differs_in(learner, first, then, said):
    assert words(learner(**first).do("epoch"), **then).startswith(said)


def test_the_middle_of_a_run_counts_with_its_last_word(learner):
    page = learner().do("epoch").do("epoch", learning_rate="0.1")
    assert words(page, learning_rate="0.5") == "same start, learning rate 0.1"


def test_another_start_says_also_which_settings_differ(learner):
    page = learner(seed="3", learning_rate="0.1").do("epoch")
    assert words(page, seed="4", learning_rate="0.2") == "seed 3, learning rate 0.1"


def test_a_run_beside_it_can_be_opened_and_taken_away(learner):
    page = learner().train(2).do("compare")
    (kept,) = page.choices.run.overlay
    (overlay,) = page.board().charts.overlays
    assert (overlay.end, overlay.address) == ("epoch 2", f"/train?from={kept}")
    assert overlay.others == ""
    assert page.board(overlay=overlay.others).charts.overlays == ()


def test_a_run_that_is_gone_or_is_none_is_left_out(learner):
    page = learner()
    assert page.board(overlay="a" * 64).charts.overlays == ()
    table = page.do("bring", table="a,b\n1,2\n3,4\n").choices.data.own
    assert page.board(overlay=table).charts.overlays == ()
