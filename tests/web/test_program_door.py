"""POST /api/program: a program of arrays, its values, its gradient and its steps."""

import json

import pytest

LINES = "X : given 2 x 2 = [[1, 2], [3, 4]]\nW : 2 x 2 = eye\nb : 2 = zeros\nZ = X @ W.T + b\nL = "


@pytest.fixture
def post(client):
    return lambda body: client.post("/api/program", json=body)


def test_a_program_is_differentiated(post):
    answer = post({"program": f"{LINES}sum(Z * X)"}).json
    assert answer["value"] == 30.0
    assert list(answer["lines"]) == ["X", "W", "b", "Z", "L"]
    assert answer["lines"]["Z"] == [[1, 2], [3, 4]]
    assert answer["gradient"] == {"W": [[10, 14], [14, 20]], "b": [4, 6]}


def test_a_backward_step_is_one_use_of_a_name(post):
    steps = post({"program": f"{LINES}sum(Z) + sum(W)"}).json["steps"]
    assert [(step["phase"], step["name"], step.get("through")) for step in steps] == [
        *(("forward", "Z", None), ("forward", "L", None)),
        *(("backward", "L", ""), ("backward", "Z", "L"), ("backward", "W", "L")),
        *(("backward", "b", "Z"), ("backward", "W", "Z")),
    ]
    last = steps[-1]
    assert (last["rule"], last["shape"]) == ("dZ.T @ X", [2, 2])
    assert (last["product"], last["total"]) == ([[4, 6], [4, 6]], [[5, 7], [5, 7]])


def test_leaves_take_the_values_that_are_sent(post):
    body = {"program": f"{LINES}sum(Z)", "at": {"W": [[0, 1], [1, 0]], "b": [10, 20]}}
    assert post(body).json["lines"]["Z"] == [[12, 21], [14, 23]]


def test_what_is_not_finite_is_a_text_in_both_directions(post):
    body = {"program": "x : 2 = ones\nL = sum(1 / x)", "at": {"x": [0, "NaN"]}}
    answer = post(body)
    json.loads(answer.text, parse_constant=pytest.fail)
    assert answer.json["value"] == "NaN"
    assert answer.json["gradient"] == {"x": ["-Infinity", "NaN"]}


WRONG = [
    ({}, "“program” is missing."),
    ({"program": ["x"]}, "“program” cannot be used."),
    ({"program": "x : 2 = ones\nL = sum(x)", "at": []}, "“at” cannot be used."),
    ({"program": "x : 2 = ones\nL = sum(x)", "at": {"y": 1}}, "There is no leaf “y” here."),
    (
        {"program": "x : 2 = ones\nL = sum(x)", "at": {"x": [1, 2, 3]}},
        "The values of “x” are 3, and its shape is 2.",
    ),
    (
        {"program": "x : 2 = ones\nL = sum(x)", "at": {"x": [[1], [2, 3]]}},
        "The rows of “x” are not equally long.",
    ),
    (
        {"program": "x : 2 = ones\nL = sum(x)", "at": {"x": [[[[[[[1]]]]]]]}},
        "The values of “x” have more than 6 axes.",
    ),
    ({"program": "x : 2 = ones\nL = sum(x)", "at": {"x": []}}, "A list of “x” is empty."),
    (
        {"program": "x : 2 = ones\nL = sum(x)", "at": {"x": [1, True]}},
        "The value for “x” is not a number.",
    ),
    (
        {"program": "x : 2 = ones\nL = sum(x)", "at": {"x": [0] * 5000}},
        "“x” has 5,000 entries.",
    ),
    ({"program": "x" * 4001}, "The program has 4,001 characters."),
    ({"program": "x : 2 = ones", "at": {}}, "The last line is a leaf: nothing is computed."),
]


@pytest.mark.parametrize(("body", "what"), WRONG)
def test_a_program_that_cannot_be_used_is_refused(post, body, what):
    answer = post(body)
    assert (answer.status_code, answer.json["error"]["what"]) == (422, what)


def test_an_answer_too_long_is_refused_before_it_is_computed(post):
    sums = "\n".join(f"a{i} = x * y" for i in range(10))
    names = " + ".join(f"sum(a{i})" for i in range(10))
    leaves = "x : 64 x 64 = random 1\ny : 64 x 64 = random 2"
    error = post({"program": f"{leaves}\n{sums}\nL = {names}"}).json["error"]
    assert error["what"] == "The steps of this program hold 294,913 numbers."


def test_a_rule_that_would_double_at_each_level_is_refused(post):
    nested = f"{'softmax(' * 18}x{')' * 18}"
    error = post({"program": f"x : 4 = random 1\nL = sum({nested}[0:1])"}).json["error"]
    assert error["what"] == "What “L” sends back is too long to be written as one."
    assert (error["hint"], error["at"]) == ("Make it two lines or more.", 17)
