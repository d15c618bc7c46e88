"""What can be chosen about a gradient."""

import dataclasses

import pytest

from backprop.lessons.gradient.choices import Choices, typed_function
from backprop.stage.choices import ChoiceError, read_choices, spelled_names, write_choices

START = Choices()


def test_every_field_is_a_name_that_no_variable_may_have():
    for name in filter(str.isidentifier, sorted({*spelled_names(Choices), "at"})):
        with pytest.raises(ChoiceError, match="address"):
            read_choices(START, {"expression": f"{name} + 1"})


def test_a_field_with_a_hyphen_is_read_as_a_difference_and_never_as_a_variable():
    assert "new-variables" in spelled_names(Choices)
    choices = read_choices(START, {"expression": "a-b-variables + 1"})
    assert sorted(choices.at) == ["a", "b", "variables"]


def test_the_point_stands_in_the_address_by_the_names_of_the_variables():
    choices = read_choices(START, {"x": "3", "expression": "x z"})
    assert choices.at == {"x": 3, "z": 3}
    assert write_choices(choices, START) == {"expression": "x z", "x": "3"}


@pytest.mark.parametrize("text", ["3", "9**9**9", "e + pi"])
def test_what_has_no_variable_has_no_slope(text):
    with pytest.raises(ChoiceError, match="no variable") as refused:
        read_choices(START, {"expression": text})
    assert refused.value.at == "expression"


def test_nine_variables_are_counted_and_named():
    with pytest.raises(ChoiceError, match="9 variables: a, b, c"):
        typed_function(dataclasses.replace(START, expression="a+b+c+d+p+q+r+s+t"))
