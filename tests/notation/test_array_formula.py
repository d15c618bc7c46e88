"""A formula of arrays, taken apart."""

import pytest

from backprop.notation.array_formula import shape_of, shape_words, split_formula
from backprop.notation.formula import partial
from backprop.notation.names import label_of
from backprop.notation.printer import rule_formula
from backprop.notation.spoken import words

SHAPES = {"A": (32, 8), "W": (3, 8), "b": (3,), "Z": (32, 3)}


def parts(rule, *names):
    formula = rule_formula(rule, {name: label_of(name) for name in names})
    return list(split_formula(formula, SHAPES))


def test_a_product_and_a_sum_are_taken_apart_and_each_array_has_its_shape():
    found = parts("dot(A, W.T) + b", "A", "W", "b")
    assert [part.shape for part in found if part.formula] == ["32 × 8", "8 × 3", "3"]
    assert "+" in [part.sign for part in found]


def test_a_function_stays_with_its_argument():
    (call,) = parts("relu(Z)", "Z")
    assert (words(call.formula), call.shape) == ("relu the quantity Z", "32 × 3")


def test_a_slope_has_the_shape_of_what_it_is_by():
    assert shape_of(partial(label_of("L"), label_of("W")), SHAPES) == (3, 8)


@pytest.mark.parametrize(("shape", "shown"), [((32, 8), "32 × 8"), ((8,), "8"), ((), "")])
def test_a_shape_is_shown_with_crosses_and_a_number_has_none(shape, shown):
    assert shape_words(shape) == shown
