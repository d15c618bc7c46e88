"""From choices to what is trained: data, network, plan, and which run goes on."""

import numpy as np
import pytest

from backprop.engine.errors import InputError
from backprop.lessons.training.state import activations_of, losses_for, settings_text
from backprop.training.optimizers import OPTIMIZERS
from backprop.training.schedule import Schedule

TABLE = "a;b;kind\n" + "".join(f"{i},5;{i * i};{'xyz'[i % 3]}\n" for i in range(9))


def start(page, **pairs):
    return page.state(**pairs).history.start


@pytest.mark.parametrize(
    "pairs",
    [
        {"data": "moons"},
        {"size": "24"},
        {"noise": "0.2"},
        {"data_seed": "2"},
        {"share": "60"},
        {"features": "x1"},
        {"scaling": "standard"},
        {"hidden": "4"},
        {"hidden": ""},
        {"scheme": "he"},
        {"seed": "2"},
    ],
    ids=str,
)
def test_what_a_run_begins_from_begins_another_when_it_changes(learner, pairs):
    page = learner().train(2)
    assert start(page, **pairs) != start(page)
    assert page.state(**pairs).run.epoch == 0
    assert page.do("epoch", **pairs).run.epoch == 1


@pytest.mark.parametrize(
    "pairs",
    [
        {"activations": "relu"},
        {"loss": "half_squared_error"},
        {"l1": "0.1"},
        {"l2": "0.1"},
        {"frozen": "W1"},
        {"optimizer": "momentum"},
        {"learning_rate": "0.5"},
        {"beta1": "0.5"},
        {"batch": "3"},
        {"schedule": "cosine"},
        {"schedule": "step", "every": "3", "factor": "0.1"},
    ],
    ids=str,
)
def test_everything_else_changes_in_the_middle_of_a_run_and_stands_in_its_settings_log(
    learner, pairs
):
    page = learner().train(2)
    theta = page.run.theta
    state = page.state(**pairs)
    assert state.history.start == start(page)
    assert state.run.epoch == 2
    assert np.array_equal(state.run.theta, theta)
    page.do("epoch", **pairs)
    (epoch, changes) = page.history.settings_log[1]
    assert epoch == 2
    assert changes.items() >= pairs.items()
    assert page.history.settings_at().items() >= pairs.items()
    assert len(page.do("epoch").history.settings_log) == 2


@pytest.mark.parametrize(
    "pairs", [{"unit": "a1_1"}, {"log": "1"}, {"example": "5"}, {"mode": "projector"}], ids=str
)
def test_what_is_only_looked_at_changes_nothing_in_a_run(learner, pairs):
    page = learner().train(2)
    assert page.state(**pairs).history is page.history


@pytest.mark.parametrize("after", OPTIMIZERS)
@pytest.mark.parametrize("before", ["momentum", "adam", "gradient_descent"])
def test_another_optimizer_begins_with_an_empty_memory(learner, before, after):
    page = learner(optimizer=before).train(2)
    state = page.state(optimizer=after).run.state
    fresh = OPTIMIZERS[after]().start(page.run.theta)
    expected = page.run.state if after == before else fresh
    assert state.keys() == expected.keys()
    assert all(np.array_equal(state[name], expected[name]) for name in state)
    assert np.isfinite(page.train(3, optimizer=after).run.theta).all()


def test_a_setting_that_changes_leaves_the_optimizers_memory(learner):
    page = learner(optimizer="momentum").train(2)
    assert page.state(learning_rate="0.5", momentum="0.1").run.state is page.run.state


@pytest.mark.parametrize("batch", ["1", "2", "3", "5", "7", "2000"])
def test_another_batch_size_in_the_middle_of_an_epoch_skips_no_example(learner, batch):
    page = learner(size="40", batch="3").do("epoch")
    for _ in range(5):
        page.do("step")
    state = page.state(batch=batch)
    shown = state.run.step * state.plan.size
    assert 15 - state.plan.size < shown <= 15
    assert state.run.step < state.plan.steps_in_epoch
    assert page.board(batch=batch, unit="a1_1", detail="layers").progress.step == state.run.step
    assert page.do("epoch", batch=batch).run.epoch == 2


def test_the_nearest_checkpoint_before_is_looked_at(learner):
    page = learner(batch="20").train(300)
    assert page.state(at="7").run.epoch == 4
    assert page.state(at="3").run.epoch == 0
    assert page.state(at="300").run.epoch == 300
    assert page.state(at="5000").looks_back is False
    assert np.array_equal(page.state(at="0").run.theta, learner(batch="20").state().run.theta)


def test_where_nothing_was_trained_there_is_no_way_back(learner):
    state = learner().state(at="5")
    assert (state.run.epoch, state.looks_back) == (0, False)


def test_examples_are_divided_scaled_and_expanded_by_the_training_rows_alone(learner):
    data = learner(features="x1x2,x2", scaling="standard", share="70").state().data
    assert data.names == ("x2", "x1x2")
    assert len(data.train_rows) == 14
    assert set(data.train_rows) & set(data.test_rows) == set()
    X = data.dataset.X[list(data.train_rows)]
    raw = np.column_stack((X[:, 1], X[:, 0] * X[:, 1]))
    np.testing.assert_allclose(data.train.X, (raw - raw.mean(axis=0)) / raw.std(axis=0))
    np.testing.assert_allclose(data.inputs(data.dataset.X)[list(data.train_rows)], data.train.X)
    assert (
        data.digest
        == learner(features="x1x2,x2", scaling="standard", share="70").state(seed="7").data.digest
    )


@pytest.mark.parametrize(
    ("pairs", "sizes", "activations", "loss"),
    [
        ({}, (2, 3, 1), ("tanh", "sigmoid"), "binary_cross_entropy"),
        ({"loss": "cross_entropy"}, (2, 3, 1), ("tanh", "sigmoid"), "binary_cross_entropy"),
        ({"data": "sine"}, (1, 3, 1), ("tanh", "linear"), "half_squared_error"),
        ({"data": "iris"}, (4, 3, 3), ("tanh", "softmax"), "cross_entropy"),
        ({"data": "iris", "loss": "binary_cross_entropy"}, (4, 3, 3), ("tanh", "sigmoid"), None),
        (
            {"hidden": "2,3,4", "activations": "relu,tanh"},
            (2, 2, 3, 4, 1),
            ("relu", "tanh", "tanh", "sigmoid"),
            None,
        ),
        ({"hidden": ""}, (2, 1), ("sigmoid",), None),
        ({"features": "x1,sinx2,nonsense"}, (2, 3, 1), None, None),
    ],
    ids=str,
)
def test_the_network_has_what_the_data_need(learner, pairs, sizes, activations, loss):
    network = learner(**pairs).state().network
    assert network.sizes == sizes
    assert activations in (network.activations, None)
    assert loss in (network.loss, None)


def test_the_usual_loss_stands_first(learner):
    firsts = [losses_for(learner(data=name).state().data)[0] for name in ("xor", "iris", "sine")]
    assert firsts == ["binary_cross_entropy", "cross_entropy", "half_squared_error"]


def test_without_hidden_layers_there_are_no_activations(learner):
    assert activations_of(learner(hidden="").choices) == ()
    assert activations_of(learner(hidden="2,2", activations="").choices) == ("tanh", "tanh")


def test_the_plan_is_what_was_chosen(learner):
    plan = (
        learner(
            batch="4", schedule="step", every="7", factor="0.5", frozen="W1,b2_1,w9_9_9", seed="3"
        )
        .state()
        .plan
    )
    assert plan.frozen == ("W1", "b2_1")
    assert (plan.batch, plan.seed, plan.schedule) == (4, 3, Schedule("step", 7, 0.5, 1000))


def test_settings_are_spelled_as_an_address_spells_them(learner):
    found = settings_text(learner(activations="relu,tanh", learning_rate="0.5").choices)
    assert found["activations"] == "relu,tanh"
    assert (found["l1"], found["learning_rate"]) == ("0", "0.5")


def test_a_table_keeps_how_it_was_read(learner):
    page = learner().do("bring", table=TABLE)
    state = page.state()
    assert state.data.dataset.X[:, 0].tolist() == [i + 0.5 for i in range(9)]
    assert state.data.scaling.kind == "standard"
    assert page.state(target="a", task="").data.dataset.task == "numbers"
    assert page.state(columns="b").network.sizes[0] == 1


@pytest.mark.parametrize(
    "pairs",
    [
        {"data": "own"},
        {"data": "drawn"},
        {"data": "drawn", "drawn": "1,2"},
        {"data": "function", "formula": "y +"},
        {"hidden": "128,128,128"},
    ],
    ids=str,
)
def test_what_cannot_be_trained_is_refused_in_words(learner, pairs):
    with pytest.raises(InputError) as error:
        learner(**pairs).state()
    assert error.value.what


def test_what_stands_at_the_address_of_a_table_must_be_one(learner):
    page = learner().train(1)
    with pytest.raises(InputError, match="not a table"):
        page.state(data="own", own=page.address)
