import json

import numpy as np
import pytest

from backprop.engine.network import Network

FUNCTION = {"expression": "(x + y) * z", "at": {"x": -2, "y": 5, "z": -4}}


@pytest.fixture
def post(client):
    return lambda path, body: client.post(f"/api/{path}", json=body)


def network_body(units=(2, 3, 1), rows=4, **changes):
    network = Network(units, ("sigmoid",) * (len(units) - 1))
    rng = np.random.default_rng(1)
    return {
        "sizes": list(units),
        "activations": list(network.activations),
        "loss": network.loss,
        "parameters": {name: array.tolist() for name, array in network.initialize().items()},
        "X": rng.normal(size=(rows, units[0])).round(3).tolist(),
        "Y": rng.random((rows, units[-1])).round(3).tolist(),
    } | changes


def test_a_function_is_differentiated(post):
    answer = post("differentiate", FUNCTION).json
    assert answer["value"] == -12.0
    assert answer["gradient"] == {"x": -4.0, "y": -4.0, "z": 3.0}
    assert [(step["phase"], step["name"]) for step in answer["steps"]] == [
        ("forward", "v1"),
        ("forward", "v2"),
        ("backward", "v2"),
        ("backward", "v1"),
        ("backward", "z"),
        ("backward", "y"),
        ("backward", "x"),
    ]
    assert answer["steps"][3]["terms"] == [
        {"through": "v2", "arriving": 1.0, "local": -4.0, "product": -4.0, "total": -4.0}
    ]


def test_infinity_and_nan_are_values_with_names(post):
    answer = post("differentiate", {"expression": "1 / x", "at": {"x": 0}})
    assert answer.json["value"] == "Infinity"
    assert answer.json["gradient"] == {"x": "-Infinity"}
    answer = post("differentiate", {"expression": "x * y", "at": {"x": "NaN", "y": "-Infinity"}})
    assert answer.json["gradient"] == {"x": "-Infinity", "y": "NaN"}


def test_a_target_that_is_no_probability_is_refused_in_words(post):
    body = network_body((2, 1), 1, loss="binary_cross_entropy", Y=[[1.5]])
    answer = post("network", body)
    assert answer.status_code == 422
    assert answer.json["error"]["what"] == "A target of 1.5 is no probability."


def test_the_keys_stand_in_the_order_of_the_graph(client):
    text = client.post("/api/differentiate", json=FUNCTION).text
    assert text.startswith('{"value":-12.0,"gradient":{"x":')


@pytest.mark.parametrize(
    ("body", "what"),
    [
        ({}, "“expression” is missing."),
        ({"expression": 5, "at": {}}, "“expression” cannot be used."),
        ({"expression": "x"}, "“at” is missing."),
        ({"expression": "x", "at": {}}, "“x” has no value."),
        ({"expression": "x", "at": {"x": 1, "y": 2}}, "There is no variable “y” here."),
        ({"expression": "x", "at": {"x": True}}, "The value for “x” is not a number."),
        ({"expression": "x", "at": {"x": "1"}}, "The value for “x” is not a number."),
        ({"expression": "x", "at": {"x": 10**400}}, "The number for “x” is too large."),
        ({"expression": "x +", "at": {"x": 1}}, None),
        ({"expression": "x" * 501, "at": {}}, "The formula has 501 characters."),
        ({"expression": "+".join("x" * 250), "at": {"x": 1}}, None),
        ({"expression": "(" * 41 + "x" + ")" * 41, "at": {"x": 1}}, None),
    ],
)
def test_a_function_that_cannot_be_used_is_refused(post, body, what):
    answer = post("differentiate", body)
    assert answer.status_code == 422
    assert set(answer.json["error"]) == {"what", "hint", "at"}
    assert what is None or answer.json["error"]["what"] == what


@pytest.mark.parametrize("text", ["x", '{"expression": "x", "at": {"x": NaN}}', "[" * 10**5])
def test_a_body_that_is_not_json_is_refused(client, text):
    answer = client.post("/api/differentiate", data=text)
    assert (answer.status_code, answer.json["error"]["what"]) == (
        422,
        "The body is not a JSON object.",
    )


@pytest.mark.parametrize("path", ["differentiate", "network", "lessons/small-lesson"])
def test_a_body_that_is_missing_is_named(client, path):
    answer = client.post(f"/api/{path}")
    assert (answer.status_code, answer.json["error"]["what"]) == (422, "The body is missing.")
    assert answer.json["error"]["at"] == "body"


@pytest.mark.parametrize("path", ["differentiate", "network", "lessons/small-lesson"])
@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "text/plain", "a/b;x=1"])
def test_a_body_of_another_type_is_refused(client, path, kind):
    answer = client.post(f"/api/{path}", data="{}", content_type=kind)
    assert (answer.status_code, answer.json["error"]["what"]) == (
        415,
        "The body is of another type.",
    )


def test_a_field_that_is_none_is_refused_with_those_that_there_are(post):
    error = post("differentiate", FUNCTION | {"expresion": "x"}).json["error"]
    assert error == {
        "what": "“expresion” is no field here.",
        "hint": "There are expression, at.",
        "at": "expresion",
    }
    assert post("network", network_body(utm_source="x")).status_code == 422
    answer = post("lessons/small-lesson", {"step": 3, "stepp": 4})
    assert answer.status_code == 422
    assert answer.json["error"]["what"] == "“stepp” is no field of “A small lesson” here."
    assert answer.json["error"]["at"] == "stepp"
    assert "preset, from, step, count" in answer.json["error"]["hint"]


@pytest.mark.parametrize("start", ["", "/api"])
def test_an_address_with_a_field_of_a_tracker_opens(client, start):
    tracked = "?utm_source=letter&fbclid=9&step=3&_ga=1.2&%00=%ff"
    answer = client.get(f"{start}/lessons/small-lesson{tracked}")
    assert answer.status_code == 200
    assert "utm_source" not in client.get(f"/api/lessons/small-lesson{tracked}").json["address"]


def test_a_networks_gradient_is_shaped_like_its_parameters(post):
    body = network_body()
    answer = post("network", body).json
    network = Network((2, 3, 1), ("sigmoid", "sigmoid"))
    loss, gradient = network.loss_and_gradient(body["parameters"], body["X"], body["Y"])
    assert answer["loss"] == loss
    assert answer["gradient"] == {name: array.tolist() for name, array in gradient.items()}


def test_the_loss_may_be_left_out(post):
    body = network_body()
    loss = post("network", body).json["loss"]
    del body["loss"]
    assert post("network", body).json["loss"] == loss


def test_biases_may_be_shared(post):
    body = network_body(shared_biases=True)
    body["parameters"] |= {"b1": [0.5], "b2": [0.25]}
    assert len(post("network", body).json["gradient"]["b1"]) == 1


@pytest.mark.parametrize(
    ("changes", "at"),
    [
        ({"sizes": "2, 1"}, "sizes"),
        ({"sizes": [2, True]}, "sizes"),
        ({"sizes": [2.5, 1]}, "sizes"),
        ({"sizes": []}, "sizes"),
        ({"sizes": [2, 0]}, "sizes"),
        ({"sizes": [1] * 14}, "sizes"),
        ({"sizes": [2, 129, 1]}, "sizes"),
        ({"sizes": [64, 128, 128, 1], "activations": ["relu"] * 3}, "sizes"),
        ({"sizes": [65, 1]}, "sizes"),
        ({"activations": None}, "activations"),
        ({"activations": [1, 2]}, "activations"),
        ({"activations": ["sigmoid"]}, "activations"),
        ({"activations": ["swish", "sigmoid"]}, "activation"),
        ({"loss": 3}, "loss"),
        ({"loss": "hinge"}, "loss"),
        ({"shared_biases": 1}, "shared_biases"),
        ({"parameters": []}, "parameters"),
        ({"parameters": {}}, "W1"),
        ({"parameters": {"Q": [1]}}, "Q"),
        ({"X": 3}, "X"),
        ({"X": None}, "X"),
        ({"X": [[1, 2], [3]]}, "X"),
        ({"X": [[1, 2], 3]}, "X"),
        ({"X": [[1, "2"]]}, "X"),
        ({"X": [[[1]]]}, "X"),
        ({"X": []}, "X"),
        ({"X": [[1, 2]]}, "Y"),
        ({"X": [[1, 2]] * 2001}, "X"),
    ],
)
def test_a_network_that_cannot_be_used_is_refused(post, changes, at):
    answer = post("network", network_body(**changes))
    assert (answer.status_code, answer.json["error"]["at"]) == (422, at)
    assert answer.json["error"]["what"]


def test_the_largest_network_and_batch_fit_the_limits(post):
    body = network_body(units=(64, 128, 80, 1), rows=1)
    body["X"], body["Y"] = [[1] * 64] * 2000, [[1]] * 2000
    assert len(json.dumps(body)) < 2**20
    assert post("network", body).status_code == 200


def test_a_lesson_is_json_at_the_same_address(client):
    answer = client.get("/api/lessons/small-lesson?step=3&rate=0.5").json
    assert answer["address"] == "/lessons/small-lesson?step=3"
    assert answer["pairs"] == {"step": "3"}
    assert answer["board"]["total"] == 1.5


def test_a_lessons_state_may_come_in_a_body(post):
    answer = post("lessons/small-lesson", {"step": 3, "w1": 2.5, "loud": True}).json
    assert answer["address"] == "/lessons/small-lesson?step=3&loud=1&w1=2.5"


def test_what_an_answer_calls_pairs_can_be_sent_back(client, post):
    first = client.get("/api/lessons/small-lesson?preset=loud&step=3&hide=strip&w2=7").json
    assert post("lessons/small-lesson", first["pairs"]).json == first


def test_a_body_says_numbers_lists_and_yes_or_no(post):
    body = {"step": 3.0, "loud": 1, "hide": ["strip", "charts"], "count": 3, "w3": 2}
    pairs = post("lessons/small-lesson", body).json["pairs"]
    assert pairs == {"step": "3", "count": "3", "loud": "1", "hide": "strip,charts", "w3": "2"}


@pytest.mark.parametrize(
    ("body", "what"),
    [
        ({"step": True}, "“step” is not a number."),
        ({"step": [3]}, "“step” is not a number."),
        ({"loud": 2}, "“loud” is neither true nor false."),
        ({"focus": 3}, "“focus” is not a text."),
        ({"hide": 3}, "“hide” is neither a list nor a text with commas."),
        ({"hide": ["strip", 3]}, "“hide” is not a text."),
        ({"w1": None}, "“w1” is not a number."),
        ({"count": 1, "w2": True}, "“w2” is not a number."),
        ({"count": 1, "w2": 1e9}, "1000000000.0 is out of bounds."),
        ({"more": 3}, "“more” is no field of “A small lesson” here."),
        ({"show-more": 3}, "“show-more” is neither a list nor a text with commas."),
        ({"show-more": [["rates"]]}, "“show-more” is neither a list nor a text with commas."),
        ({"preset": "loud", "from": "0" * 64}, "The address names a preset and a snapshot."),
    ],
)
def test_a_state_that_is_said_otherwise_is_refused(post, body, what):
    answer = post("lessons/small-lesson", body)
    assert (answer.status_code, answer.json["error"]["what"]) == (422, what)


def test_an_entry_of_the_state_before_says_nothing(post):
    assert post("lessons/small-lesson", {"count": 1, "w2": 3}).json["pairs"] == {"count": "1"}


def test_a_whole_number_may_be_written_with_a_point(post):
    body = network_body()
    assert post("network", body | {"sizes": [2.0, 3, 1.0]}).json == post("network", body).json
