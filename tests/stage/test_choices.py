"""What a learner can choose, and its spelling."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop.stage.choices import (
    Anything,
    ChoiceError,
    Flag,
    Kept,
    Name,
    OneOf,
    Real,
    Several,
    Table,
    Whole,
    chosen,
    parse_number,
    read_choices,
    write_choices,
)

KINDS = [
    pytest.param(Real(), id="real"),
    pytest.param(Anything(), id="anything"),
    pytest.param(Whole(0, 99), id="whole"),
    pytest.param(Flag(), id="flag"),
    pytest.param(OneOf(("tanh", "relu")), id="one-of"),
    pytest.param(Name(), id="name"),
    pytest.param(Several(Whole(1, 8), 3), id="several"),
]


@dataclass(frozen=True)
class Sample:
    """Two plain fields, and a table whose entries the first decides."""

    width: int = chosen(Whole(1, 3), 2)
    shape: str = chosen(OneOf(("", "round")), "")
    weights: Mapping[str, float] = chosen(
        Table(
            kind=lambda c, name: Real(0, c.width if name == "w1" else 10),
            keys=lambda c: tuple(f"w{i}" for i in range(1, c.width + 1)),
            default=lambda c, base: {
                f"w{i}": base.weights.get(f"w{i}", 0.5) for i in range(1, c.width + 1)
            },
            aliases=lambda c: {"w2": "omega"} if c.shape else {},
        ),
        {},
    )


BASE = Sample(weights={"w1": 1.0, "w2": 2.0})


# Kinds


@given(st.floats(-1e6, 1e6))
def test_a_number_is_read_as_it_is_written(x):
    assert Real().read(Real().write(x), "x") == x


@given(st.floats())
def test_a_computed_number_is_read_as_it_is_written_be_it_infinite_or_nan(x):
    again = Anything().read(Anything().write(x), "x")
    assert again == x or (math.isnan(again) and math.isnan(x))


@given(st.integers(-50, 50))
def test_a_whole_number_is_read_as_it_is_written(n):
    assert Whole(-50, 50).read(Whole(-50, 50).write(n), "n") == n


@given(st.booleans())
def test_a_flag_is_read_as_it_is_written(flag):
    assert Flag().read(Flag().write(flag), "flag") is flag


@given(st.lists(st.integers(1, 8), max_size=5).map(tuple))
def test_a_list_is_read_as_it_is_written(sizes):
    kind = Several(Whole(1, 8), 5)
    assert kind.read(kind.write(sizes), "sizes") == sizes


@given(st.text("abcXYZ019_-", max_size=40))
def test_a_name_is_read_as_it_is_written(name):
    assert Name().read(Name().write(name), "focus") == name
    assert OneOf((name, "other")).read(OneOf((name,)).write(name), "names") == name


def test_a_whole_value_is_written_without_its_decimals():
    assert Real().write(2.0) == "2"
    assert Anything().write(-3.0) == "-3"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0.5", 0.5),
        ("0,5", 0.5),
        ("−3", -3),
        (" 1e-3 ", 1e-3),
        ("−2,5e−1", -0.25),
        ("+4", 4),
        (".5", 0.5),
    ],
)
def test_a_number_is_read_however_a_person_types_it(text, number):
    assert parse_number(text, "x") == number


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "There is no number."),
        ("9**9**9", "“9**9**9” is not a number."),
        ("1_000", "“1_000” is not a number."),
        ("1,000.5", "“1,000.5” is not a number."),
        ("x" * 10_000, f"“{'x' * 37}…” is not a number."),
        ("9" * 10_000, f"“{'9' * 37}…” is not a number."),
        ("__import__('os')", "is not a number."),
        ("<script>", "“<script>” is not a number."),
        ("1e999", "“1e999” is not a finite number."),
        ("NaN", "“NaN” is not a finite number."),
        ("-inf", "“-inf” is not a finite number."),
        ("Infinity", "“Infinity” is not a finite number."),
        ("1\0", "is not a number."),
    ],
)
@pytest.mark.parametrize("kind", [Real(), Whole(0, 10)], ids=type)
def test_what_is_no_finite_number_is_refused_by_its_text(kind, text, words):
    with pytest.raises(ChoiceError) as error:
        kind.read(text, "w1_1_1")
    assert words in error.value.what
    assert error.value.at == "w1_1_1"
    assert len(str(error.value)) < 120


@pytest.mark.parametrize("kind", KINDS)
@given(text=st.text(max_size=60))
def test_whatever_is_typed_is_read_or_refused_with_the_name_of_its_field(kind, text):
    try:
        value = kind.read(text, "field")
    except ChoiceError as error:
        refused = error
        value = None
    else:
        refused = None
        assert kind.read(kind.write(value), "field") == value or value != value
    assert refused is None or (refused.at == "field" and refused.what.endswith("."))


@pytest.mark.parametrize("kind", KINDS)
def test_ten_thousand_letters_are_refused_in_a_short_sentence(kind):
    with pytest.raises(ChoiceError) as error:
        kind.read("!" * 10_000, "field")
    assert len(str(error.value)) < 120


@pytest.mark.parametrize(
    ("kind", "text", "words"),
    [
        (Real(0, 10), "10.5", "10.5 is out of bounds. It can be from 0 to 10."),
        (Real(0, 10), "−0.1", "−0.1 is out of bounds."),
        (Whole(1, 8), "9", "9 is out of bounds. It can be from 1 to 8."),
        (Whole(1, 8), "2.5", "is not a whole number."),
        (Flag(), "yes", "“yes” is neither 1 nor 0."),
        (OneOf(("", "tanh", "relu")), "elu", "“elu” is not on offer. Possible: tanh, relu."),
        (Name(4), "w1_1_1", "“w1_1_1” is not a name."),
        (Name(), "a b", "“a b” is not a name."),
        (Several(Whole(1, 8), 2), "1,2,3", "3 entries are too many. At most 2."),
        (Several(Whole(1, 8), 2), "1,9", "9 is out of bounds."),
    ],
)
def test_what_is_out_of_bounds_is_refused_with_the_bounds(kind, text, words):
    with pytest.raises(ChoiceError) as error:
        kind.read(text, "field")
    assert words in str(error.value)


@pytest.mark.parametrize("bound", ["0", "10"])
def test_the_bounds_themselves_are_allowed(bound):
    assert Real(0, 10).write(Real(0, 10).read(bound, "x")) == bound


def test_spaces_and_empty_entries_of_a_list_are_passed_over():
    assert Several(Whole(1, 8), 3).read(" 2, ,3,", "sizes") == (2, 3)
    assert Several(Name(), 3).read("", "frozen") == ()


# A whole set of choices


def test_nothing_said_is_the_base():
    assert read_choices(BASE, {}) == BASE


def test_what_names_no_field_is_left_alone():
    assert read_choices(BASE, {"utm_source": "x", "w9": "junk"}) == BASE


def test_the_keys_of_a_table_follow_the_plain_fields():
    assert read_choices(BASE, {"width": "3", "w3": "7"}).weights == {"w1": 1, "w2": 2, "w3": 7}
    assert read_choices(BASE, {"width": "1"}).weights == {"w1": 1}


def test_the_bounds_of_an_entry_may_follow_the_plain_fields():
    assert read_choices(BASE, {"width": "3", "w1": "3"}).weights["w1"] == 3
    with pytest.raises(ChoiceError, match="from 0 to 2"):
        read_choices(BASE, {"w1": "3"})


def test_an_entry_is_read_by_its_other_name_too_where_it_has_one():
    assert read_choices(BASE, {"shape": "round", "omega": "5"}).weights["w2"] == 5
    assert read_choices(BASE, {"omega": "5"}).weights["w2"] == 2
    assert read_choices(BASE, {"shape": "round", "omega": "5", "w2": "6"}).weights["w2"] == 6


def test_only_what_differs_is_written():
    choices = read_choices(BASE, {"width": "3", "w1": "1", "w2": "9"})
    assert write_choices(choices, BASE) == {"width": "3", "w2": "9"}
    assert write_choices(BASE, BASE) == {}


@given(
    st.integers(1, 3),
    st.sampled_from(("", "round")),
    st.lists(st.floats(0, 1), min_size=3, max_size=3),
)
def test_choices_are_read_as_they_are_written(width, shape, numbers):
    weights = dict(zip(("w1", "w2", "w3")[:width], numbers, strict=False))
    choices = Sample(width, shape, weights)
    assert read_choices(BASE, write_choices(choices, BASE)) == choices


def test_what_a_run_keeps_can_be_emptied_but_not_typed():
    kept = Kept(Several(Anything(), 9))
    assert kept.read("", "memory") == ()
    with pytest.raises(ChoiceError, match="kept by a run"):
        kept.read("nan,1", "memory")


def test_a_list_can_be_too_short():
    with pytest.raises(ChoiceError, match="At least 2"):
        Several(Whole(1, 9), 5, least=2).read("3", "sizes")
