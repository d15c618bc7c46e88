"""The set-up: each control with the value that it would send."""

import pytest

from backprop.lessons.training.choices import DRAWN, OWN
from backprop.training.optimizers import OPTIMIZERS

TABLE = "a;b;kind\n" + "".join(f"{i},5;{i * i};{'xyz'[i % 3]}\n" for i in range(9))


def on(options):
    return [option.value for option in options if option.on]


def test_what_is_chosen_is_shown_as_chosen(learner):
    setup = learner(optimizer="rmsprop", scheme="he", scaling="unit", data="moons").board().setup
    assert on(setup.optimizer.optimizers) == ["rmsprop"]
    assert on(setup.network.schemes) == ["he"]
    assert on(setup.data.scalings) == ["unit"]
    assert on(setup.data.recipes) == ["moons"]
    assert on(setup.optimizer.schedules) == ["constant"]
    assert [option.value for option in setup.optimizer.optimizers] == list(OPTIMIZERS)


@pytest.mark.parametrize(
    ("pairs", "numbers"),
    [
        ({}, ["size", "noise", "share", "data_seed"]),
        ({"data": "iris"}, ["share", "data_seed"]),
    ],
    ids=str,
)
def test_of_the_data_can_be_set_what_they_take(learner, pairs, numbers):
    setup = learner(**pairs).board().setup
    assert [each.name for each in setup.data.numbers] == numbers


def test_examples_are_counted(learner):
    assert (
        learner(size="40", share="70").board().setup.data.examples == "28 for training, 12 held out"
    )


def test_layers_are_widened_narrowed_removed_and_added_by_what_their_controls_send(learner):
    setup = learner(hidden="4,1,128", activations="relu,tanh").board().setup
    first, second, third = setup.network.layers
    assert (first.fewer, first.more, first.remove) == ("3,1,128", "5,1,128", "1,128")
    assert (second.fewer, third.more) == ("", "")
    assert setup.network.add_layer == "4,1,128,128"
    assert on(second.activations) == ["relu,tanh,tanh"]
    assert "relu,sigmoid,tanh" in [option.value for option in second.activations]
    assert learner(hidden=",".join("1" * 11)).board().setup.network.add_layer == ""
    assert learner(hidden="").board().setup.network.add_layer == "4"


@pytest.mark.parametrize(
    ("schedule", "names"), [("constant", []), ("step", ["every", "factor"]), ("cosine", ["over"])]
)
def test_a_schedule_asks_for_what_it_needs(learner, schedule, names):
    assert [each.name for each in learner(schedule=schedule).board().setup.optimizer.pace] == names


def test_the_rate_in_force_is_that_of_the_epoch_looked_at(learner):
    page = learner(schedule="step", every="2", factor="0.1", learning_rate="0.5").train(3)
    assert page.board().setup.optimizer.rate_now == "0.05"
    assert page.board(at="1").setup.optimizer.rate_now == "0.5"


def test_what_was_done_to_the_features_is_said_so_that_it_can_be_undone(learner):
    assert learner().board().setup.data.scaled == ""
    page = learner(scaling="standard")
    shift, scale = (getattr(page.state().data.scaling, name)[0] for name in ("shift", "scale"))
    said = page.board().setup.data.scaled
    assert said.startswith(f"(x₁ − {shift:.4g}) / {scale:.4g}".replace("-", "−"))
    assert (
        learner(preset="digits", scaling="unit").board().setup.data.scaled.endswith("and 58 more")
    )


def test_each_feature_can_be_chosen_but_the_last_one_stays(learner):
    def switches(page):
        features = page.board().setup.network.features
        return {each.name: (each.on, each.toggled) for each in features}

    both = switches(learner(features="x1,x2"))
    assert both["x1"] == (True, "x2")
    assert both["x1x2"] == (False, "x1,x2,x1x2")
    assert switches(learner(features="x1"))["x1"] == (True, "")
    assert switches(learner(preset="iris")) == {}


def test_what_is_frozen_and_known_is_listed(learner):
    assert learner(frozen="W1,w9_9_9").board().setup.network.frozen == ("W1",)


def test_a_batch_is_no_larger_than_the_examples(learner):
    setup = learner(batch="2000").board().setup
    assert (setup.optimizer.batch, setup.optimizer.batch_most) == (10, 10)


def test_a_table_says_how_it_was_read_and_what_its_columns_can_be(learner):
    page = learner().do("bring", table=TABLE)
    own = page.board().setup.data.own
    assert own.rows == 9
    assert own.read_as == "9 rows, separated by semicolons, with a row of names"
    assert [(c.name, c.kind, c.is_target, c.is_feature) for c in own.columns] == [
        ("a", "numbers", False, True),
        ("b", "numbers", False, True),
        ("kind", "words", True, False),
    ]
    assert own.columns[0].toggled == "b"
    changed = page.board(columns=own.columns[0].toggled).setup.data.own
    assert [c.is_feature for c in changed.columns] == [False, True, False]
    assert changed.columns[0].toggled == "a,b"
    assert on(own.tasks) == ["classes"]


def test_own_points_and_tables_are_offered_once_they_are_there(learner):
    def offered(page):
        return {option.value for option in page.board().setup.data.recipes} & {DRAWN, OWN}

    assert offered(learner()) == set()
    page = learner().do("bring", table=TABLE)
    assert offered(page) == {OWN}
    page.do("draw", points="1,1", data="circles", pen="0")
    assert offered(page) == {DRAWN, OWN}
