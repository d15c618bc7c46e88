import pytest

from backprop.lessons.catalog import LESSONS
from backprop.stage.choices import (
    ChoiceError,
    Flag,
    Kept,
    Name,
    OneOf,
    Real,
    Several,
    Text,
    Whole,
)
from backprop.web.fields import body_schema, field_kinds, json_schema, spell_fields, text_schema
from tests.web.conftest import LESSON, START

AS_TEXT = {"type": "string", "format": "as-an-address-spells-it"}


@pytest.mark.parametrize(
    ("kind", "schema"),
    [
        (Whole(0, 9), {"type": "integer", "minimum": 0, "maximum": 9}),
        (Real(-1, 0.5), {"type": "number", "minimum": -1, "maximum": 0.5}),
        (Flag(), {"enum": ["0", "1"]}),
        (OneOf(("", "a"), ("b",)), {"enum": ["", "a", "b"]}),
        (Name(7), {"type": "string", "maxLength": 7, "format": "name"}),
        (Text(30), {"type": "string", "maxLength": 30, "format": "text"}),
        (Kept(Text()), {"const": ""}),
        (Several(Text(), 3), AS_TEXT),
        (
            Several(OneOf(("", "a")), 3, least=1),
            {"type": "array", "items": {"enum": ["a"]}, "minItems": 1, "maxItems": 3},
        ),
    ],
)
def test_a_kind_is_described_with_its_bounds(kind, schema):
    assert text_schema(kind) == schema


def test_a_body_takes_a_number_or_the_text_that_spells_it():
    spelled = {"type": "string", "format": "a whole number from 0 to 9"}
    assert json_schema(Whole(0, 9)) == {"anyOf": [text_schema(Whole(0, 9)), spelled]}
    assert json_schema(Several(Whole(0, 9), 2))["anyOf"][0]["items"] == json_schema(Whole(0, 9))
    assert json_schema(Flag()) == {"enum": [True, False, 0, 1, "0", "1"]}


@pytest.mark.parametrize("entry", ["", " ", "a,b"])
def test_an_entry_of_a_list_is_one_entry_of_the_text_that_spells_it(entry):
    """An address would make none of it, or two."""
    kinds = {"names": Several(Text(9), 3)}
    assert spell_fields({"names": ["a", "b c"]}, kinds) == {"names": "a,b c"}
    assert spell_fields({"names": []}, kinds) == {"names": ""}
    with pytest.raises(ChoiceError, match="An entry of “names” is empty, or holds a comma"):
        spell_fields({"names": ["a", entry]}, kinds)
    assert json_schema(kinds["names"])["anyOf"][0]["items"]["pattern"] == r"^[^,]*[^,\s][^,]*$"


def test_the_fields_of_a_state_are_its_own_and_those_of_its_tables():
    names = [*("step", "count", "rate", "loud", "focus", "mode", "hide", "show-more"), "w1", "w2"]
    assert list(field_kinds(START)) == names


def test_a_body_has_no_other_fields_than_its_lesson():
    schema, origins = body_schema(LESSON), ("preset", "from", "came-from", "set-out")
    assert schema["additionalProperties"] is False
    assert list(schema["properties"]) == [*field_kinds(START), *origins]
    assert schema["properties"]["preset"] == {"enum": ["quiet", "loud"]}


def test_every_field_of_every_lesson_is_described():
    for lesson in LESSONS:
        for name, kind in field_kinds(lesson.defaults).items():
            assert text_schema(kind), (lesson.name, name)
            assert json_schema(kind), (lesson.name, name)


def test_values_are_spelled_as_an_address_does():
    body = {"a": 3, "b": 0.5, "c": True, "d": [1, "x"], "e": "text"}
    assert spell_fields(body, {}) == {"a": "3", "b": "0.5", "c": "1", "d": "1,x", "e": "text"}


@pytest.mark.parametrize("value", [None, {}, [[1]], [None], [{}]])
def test_what_no_field_takes_is_refused(value):
    with pytest.raises(ChoiceError, match="“x” is neither a text nor a number"):
        spell_fields({"x": value}, {})
