"""An optimizer is one class; nothing else has to be written for it."""

from itertools import repeat

import numpy as np
import pytest

from backprop.engine.expression import parse
from backprop.engine.network import Network
from backprop.lessons.optimizers.matrix.problem import of_function
from backprop.training.optimizers import OPTIMIZERS
from backprop.training.race import track
from backprop.training.run import train
from tests.promises.recipes import names_made

Lion = names_made("backprop/training/optimizers.py")["Lion"]


@pytest.fixture(autouse=True)
def lion(monkeypatch):
    monkeypatch.setitem(OPTIMIZERS, "lion", Lion)
    return Lion(learning_rate=0.01, weight_decay=0.1)


def step_by_hand(lion, g, m, theta):
    """Return the move and the next m, as the paper's algorithm 2 has them."""
    update = np.sign(lion.beta1 * m + (1 - lion.beta1) * g)
    move = -lion.learning_rate * (update + lion.weight_decay * theta)
    return move, lion.beta2 * m + (1 - lion.beta2) * g


def test_its_step_is_the_papers(lion):
    rng = np.random.default_rng(0)
    theta, m = rng.normal(size=5), np.zeros(5)
    state = lion.start(theta)
    assert list(state) == ["m"]
    for g in rng.normal(size=(50, 5)):
        expected, m = step_by_hand(lion, g, m, theta)
        move, state = lion.step(g, state, theta)
        np.testing.assert_allclose(move, expected, rtol=1e-14)
        np.testing.assert_allclose(state["m"], m, rtol=1e-14)
        theta = theta + move


def test_a_loop_of_training_takes_the_same_steps(lion):
    network = Network((2, 3, 1), ("tanh", "linear"), "half_squared_error")
    X, Y = np.array([[1.0, 2.0], [-1.0, 0.5]]), np.array([[1.0], [0.0]])
    begun = parameters = network.initialize(seed=1)
    begun_state = state = lion.start(parameters)
    for _ in range(30):
        _, gradient = network.loss_and_gradient(parameters, X, Y)
        move, state = lion.step(gradient, state, parameters)
        parameters = {name: array + move[name] for name, array in parameters.items()}
    end = train(network, lion, begun, begun_state, repeat((X, Y), 30))
    for name, array in parameters.items():
        np.testing.assert_allclose(end.parameters[name], array, rtol=1e-12)
    np.testing.assert_allclose(end.state["m"], state["m"], rtol=1e-12)


def test_a_racer_takes_the_same_steps(lion):
    found = track(lion, lambda x, y: (x * x + y * y, 2 * x, 2 * y), (1.0, -0.3), 80)
    assert len(found.moves) == 80
    m = np.zeros(2)
    for step, move in enumerate(found.moves):
        expected, m = step_by_hand(lion, found.gradients[step], m, found.points[step])
        np.testing.assert_allclose(move, expected, rtol=1e-14)


def opened(client, address):
    """Return the text of a page, which must open."""
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.text


def test_the_page_of_training_offers_it_with_its_rule_its_settings_and_its_source(client):
    text = opened(client, "/train?optimizer=lion")
    assert Lion.about in text
    assert Lion.source in text
    assert ">sign<" in text
    assert "running mean of the gradients" in text
    assert "weight_decay" in text


def test_a_network_is_trained_with_it(client):
    data = {"optimizer": "lion", "size": "20", "hidden": "3", "do": "epoch"}
    answer = client.post("/train", data=data, follow_redirects=True)
    assert answer.status_code == 200
    assert "Lion" in answer.text


@pytest.mark.parametrize(("detail", "last"), [("neurons", 29), ("operations", 63)])
def test_the_update_step_of_a_network_prints_its_rule_with_numbers(client, detail, last):
    address = f"/lessons/network?optimizer=lion&detail={detail}"
    assert client.get(f"{address}&step={last + 1}").status_code == 422
    text = opened(client, f"{address}&step={last}")
    assert ">sign<" in text
    assert "m: running mean of the gradients" in text


def test_it_races_and_stands_at_the_wall_and_in_the_matrix(client):
    text = opened(client, "/lessons/optimizers?racers=lion,adam&step=3&machine=lion")
    assert ">sign<" in text
    assert text.count("Lion") >= 4
    assert client.get("/api/lessons/optimizers?racers=lion&step=3").status_code == 200
    board = client.get("/api/lessons/optimizers?racers=lion,adam&machine=lion").json["board"]
    assert "lion" in str(board["wall"]["right"])
    assert "Lion" in str(board["matrix"]["groups"])


def test_a_matrix_that_was_stored_before_it_came_is_still_of_the_same_problem(lion, monkeypatch):
    graph, at = parse("x^2 + y^2"), {"x": 1.0, "y": 2.0}
    after = of_function(graph, at, {"adam": 0.1}).begun
    assert of_function(graph, at, {"lion": 2 * type(lion)().learning_rate}).begun != after
    monkeypatch.delitem(OPTIMIZERS, "lion")
    assert of_function(graph, at, {"adam": 0.1}).begun == after


def test_an_unknown_optimizer_is_refused_with_its_name_among_the_possible(client):
    answer = client.get("/train?optimizer=lyon")
    assert answer.status_code == 422
    assert "lion" in answer.text
