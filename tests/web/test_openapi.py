from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from backprop.lessons.catalog import LESSONS
from backprop.web.api import FUNCTION, NETWORK, PROGRAM
from backprop.web.openapi import describe
from tests.web.conftest import ENDING, LESSON


def test_the_description_is_valid():
    validate(describe(LESSONS))


def test_the_description_stands_at_its_address(client):
    assert client.get("/api/openapi.json").json == describe((LESSON, ENDING))


def check(answer, schema):
    root = {"$ref": f"#/components/schemas/{schema}", "components": describe(LESSONS)["components"]}
    Draft202012Validator(root).validate(answer.json)


def test_the_examples_are_what_they_describe(client):
    for path in ("/api/differentiate", "/api/network", "/api/program"):
        operation = describe(LESSONS)["paths"][path]["post"]
        example = operation["requestBody"]["content"]["application/json"]["example"]
        answer = client.post(path, json=example)
        assert answer.status_code == 200, path


def test_answers_are_as_described(client):
    body = {"expression": "1 / x", "at": {"x": 0}}
    check(client.post("/api/differentiate", json=body), "Differentiated")
    check(client.post("/api/differentiate", json={}), "Error")
    check(client.post("/api/differentiate", data="x", content_type="text/plain"), "Error")
    check(client.get("/api/lessons/small-lesson"), "Lesson")
    lines = "x : 2 x 2 = [[1, 0], [2, 3]]\nL = sum(x[:, None] / x)"
    check(client.post("/api/program", json={"program": lines}), "ProgramPasses")


def test_the_fields_that_are_taken_are_those_that_are_described():
    schemas = describe(LESSONS)["components"]["schemas"]
    assert tuple(schemas["Function"]["properties"]) == FUNCTION
    assert tuple(schemas["Program"]["properties"]) == PROGRAM
    assert sorted(schemas["Network"]["properties"]) == sorted(NETWORK)
