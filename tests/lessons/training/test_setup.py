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


def own(page, **pairs):
    """Return the learner's table as the set-up shows it."""
    return page.board(**pairs).setup.data.own


def test_a_table_says_how_it_was_read_and_what_its_columns_can_be(learner):
    shown = own(learner().do("bring", table=TABLE))
    assert shown.rows == 9
    assert shown.read_as == "9 rows, separated by semicolons, with a row of names"
    assert shown.inputs == "2 inputs, of 64 at most"
    assert [(c.name, c.kind, c.is_target, c.is_aside) for c in shown.columns] == [
        ("a", "number", False, False),
        ("b", "number", False, False),
        ("kind", "words", True, False),
    ]
    first, _, last = shown.columns
    assert (first.field, first.sample, first.read) == (
        "kind1",
        "0.5, 1.5, 2.5, 3.5, …",
        "0,5 is read as 0.5",
    )
    assert on(first.kinds) == ["number"]
    assert [option.title for option in first.kinds][-1] == "set aside"
    assert [option.title for option in last.kinds] == ["a number", "classes", "yes or no", "a date"]


def test_the_kind_of_a_column_can_be_changed(learner):
    page = learner().do("bring", table=TABLE)
    aside = own(page, kind1="aside")
    assert [c.is_aside for c in aside.columns] == [True, False, False]
    assert (aside.columns[0].remark, aside.inputs) == ("set aside", "1 input, of 64 at most")
    words = own(page, kind1="words")
    assert words.columns[0].remark == "one-hot: 9 inputs"
    assert words.inputs == "10 inputs, of 64 at most"
    assert own(page.do("epoch", kind1="aside")).columns[0].is_aside  # a stored state keeps it


def test_another_target_is_chosen_and_read_as_its_cells_suggest(learner):
    page = learner().do("bring", table=TABLE)
    shown = own(page, target="b")
    assert [(c.kind, c.is_target) for c in shown.columns] == [
        ("number", False),
        ("number", True),
        ("words", False),
    ]
    assert shown.inputs == "4 inputs, of 64 at most"
    assert page.state(target="b", kind2="words").data.dataset.task == "classes"
    assert page.state(target="b", kind2="aside").data.dataset.task == "numbers"


def test_what_an_older_address_says_of_a_table_still_holds(learner):
    page = learner().do("bring", table=TABLE)
    data = page.state(target="b", columns="a", task="classes").data.dataset
    assert (data.target, data.features, data.task) == ("b", ("a",), "classes")
    assert page.state(target="b", task="numbers").data.dataset.task == "numbers"


def test_cells_that_cannot_be_read_so_and_missing_ones_are_counted(learner):
    table = "a,b,y\n1,2.5,3\nsix,,4\n3,7.25,6\n4,9.5,7\n"
    shown = own(learner().do("bring", table=table), kind1="number")
    assert shown.columns[0].remark == "1 cell cannot be read this way"
    assert shown.columns[1].remark == "1 missing"
    assert "“six” in row 3, column 1 (“a”) is not a number." in shown.problems


def test_comments_are_said_to_be_left_out(learner):
    shown = own(learner().do("bring", table="# one\n# two\na,b\n1,2\n2,3\n3,5\n"))
    assert shown.read_as == "3 rows, separated by commas, with a row of names, 2 comments left out"


def test_a_target_of_names_says_that_every_row_is_a_class(learner):
    table = "a,name,y\n" + "".join(f"{k},n{k},{k * k}\n" for k in range(6))
    page = learner().do("bring", table=table)
    assert own(page).columns[1].remark == "nearly every row has a different one"
    chosen = own(page, target="name").columns[1]
    assert (chosen.is_target, chosen.remark) == (True, "nearly every row is a class of its own")


def test_few_rows_are_all_learned_from_and_it_is_said(learner):
    page = learner().do("bring", table="a,b\n1,2\n2,3\n3,5\n4,9\n")
    assert (
        page.board().setup.data.examples
        == "all 4 for training, none held out: too few to hold some out"
    )
    many = "a,b\n" + "".join(f"{k},{k * k}\n" for k in range(40))
    page.do("bring", table=many)
    assert page.board().setup.data.examples == "20 for training, 20 held out"
    full = page.board(share="100").setup.data.examples
    assert full == "all 40 for training, none held out"


def test_numbers_to_learn_can_be_standardised_or_not(learner):
    page = learner().do("bring", table="a,b\n1,200\n2,300\n3,500\n4,900\n")
    assert on(page.board().setup.data.targets) == ["standard"]
    assert on(learner(data="sine").board().setup.data.targets) == [""]
    assert learner().board().setup.data.targets == ()


def test_own_points_and_tables_are_offered_once_they_are_there(learner):
    def offered(page):
        return {option.value for option in page.board().setup.data.recipes} & {DRAWN, OWN}

    assert offered(learner()) == set()
    page = learner().do("bring", table=TABLE)
    assert offered(page) == {OWN}
    page.do("draw", points="1,1", data="circles", pen="0")
    assert offered(page) == {DRAWN, OWN}
