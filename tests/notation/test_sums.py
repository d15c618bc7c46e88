"""A sum written out in numbers: what is printed adds up, and a long one is put together."""

import pytest

from backprop.notation.formula import Number
from backprop.notation.spoken import words
from backprop.notation.sums import Operand, alone, few, products, sides


def written(terms, total, **more):
    """Return the two right-hand sides in words, with the sign before each."""
    return [(sign, words(side)) for sign, side in sides(terms, Number("", total), **more)]


def test_a_short_sum_is_written_in_full():
    assert written(alone([1.0, 2.0, -4.0], "forward"), -1.0) == [
        ("=", "1 plus 2 plus the quantity minus 4"),
        ("=", "minus 1"),
    ]


def test_of_a_long_sum_the_middle_is_one_number_which_says_what_it_stands_for():
    (_, sum_in_words), (_, result) = written(alone([1.0] * 9, "forward"), 9.0)
    assert "6 terms" in sum_in_words
    assert result == "9"


def test_products_have_two_factors_and_their_middle_is_called_products():
    terms = products([1.0] * 6, "backward", [2.0] * 6, "forward")
    assert terms[0] == (Operand(1.0, "backward"), Operand(2.0, "forward"))
    assert "3 products" in written(terms, 12.0)[0][1]


def test_a_last_term_is_always_shown():
    shown = written(alone([1.0] * 9, "forward"), 12.5, last=(Operand(3.5, "forward"),))
    assert "3.5" in shown[0][1]


@pytest.mark.parametrize(("count", "dots"), [(3, False), (4, True)])
def test_letters_of_a_long_sum_are_the_first_two_and_the_last(count, dots):
    letters = [Number(str(k), float(k)) for k in range(1, count + 1)]
    assert ("…" in words(few(letters)) or "and so on" in words(few(letters))) is dots


def test_a_mean_is_a_sum_over_how_many_there_are():
    shown = written(alone([1.0, 3.0], "forward"), 2.0, share=2)
    assert shown[0][1].endswith("over 2")
    assert shown[1] == ("=", "2")
