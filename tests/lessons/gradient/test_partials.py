"""Partial derivatives, term by term."""

import pytest

from backprop.lessons.gradient.choices import Choices
from backprop.lessons.gradient.partials import make_partials, partial_in_letters
from backprop.lessons.gradient.place import make_place
from backprop.notation.spoken import words
from backprop.stage.choices import read_choices
from backprop.stage.links import Links, Origin


def partials(**pairs):
    choices = read_choices(Choices(), pairs)
    links = Links("/lessons/gradient", Origin({}, Choices()), choices)
    return make_partials(make_place(choices), links).rows


def said(partial):
    return [f"{words(t.formula)}: {words(t.slope)} ({t.words})" for t in partial.terms]


def test_each_term_has_its_derivative_with_the_other_variable_held():
    by_x, by_y = partials()
    assert said(by_x) == [
        "3 times x squared: 6 times x ()",
        "2 times x times y: 2 times y (y held)",
        "y squared: 0 (no x in it)",
    ]
    assert said(by_y)[0] == "3 times x squared: 0 (no y in it)"


def test_the_sum_is_said_in_letters_in_numbers_and_as_one_number():
    sides = [words(side) for _, side in partials()[0].equation.sides]
    assert sides == ["6 times x plus 2 times y", "6 times 1 plus 2 times 2", "10"]


def test_a_slope_that_is_the_same_everywhere_is_said_once():
    sides = partials(expression="2x - y")[0].equation.sides
    assert [words(side) for _, side in sides] == ["2"]


def test_three_ways_give_the_same_number():
    for partial in partials():
        assert partial.symbolic.exact == partial.reverse.exact
        assert partial.central.exact == pytest.approx(partial.reverse.exact, rel=1e-8)
        assert partial.agrees


def test_a_function_of_one_term_or_of_many_is_not_taken_apart():
    assert partials(expression="sin(x y)")[0].terms == ()
    many = " + ".join(f"x^{n}" for n in range(1, 12))
    assert partials(expression=many)[0].terms == ()


def test_a_number_in_the_sum_is_a_constant():
    assert said(partials(expression="x + y + 5")[0])[-1] == "5: 0 (a constant)"


def test_without_a_closed_form_the_reason_is_said_and_the_number_stays():
    text = "sin(x y) " * 30
    (by_x, _) = partials(expression=text.strip().replace(") ", ") * "))
    assert by_x.why
    assert by_x.symbolic is None
    assert by_x.letters is None
    assert by_x.agrees
    assert len(by_x.equation.sides) == 1


def test_where_there_is_no_value_the_letters_stay_without_numbers():
    by_x = partials(expression="ln(x) + y", x="-1")[0]
    assert [words(side) for _, side in by_x.equation.sides] == ["1 over x"]
    assert not by_x.agrees


def test_letters_depend_on_nothing_but_the_function():
    graph = make_place(Choices()).graph
    assert partial_in_letters(graph, "x") is partial_in_letters(graph, "x")


def test_terms_whose_derivatives_are_too_long_to_be_read_are_not_listed():
    long = " * ".join(f"sin({n}x)" for n in range(1, 10))
    (by_x,) = partials(expression=f"{long} - {long}")
    assert by_x.terms == ()
    assert [words(side) for _, side in by_x.equation.sides] == ["0"]
