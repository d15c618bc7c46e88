"""The minimizers that stand here, and how their endings are said."""

import pytest

from backprop.training.minimize_methods import METHODS, ending


def test_an_ending_is_said_in_plain_words():
    flat = ending(METHODS["l_bfgs_b"], 0, "CONVERGENCE: NORM OF PROJECTED GRADIENT <= PGTOL")
    still = ending(METHODS["l_bfgs_b"], 0, "CONVERGENCE: RELATIVE REDUCTION OF F <= FACTR*EPSMCH")
    assert flat == "the gradient is next to nothing"
    assert still == "the value hardly falls any more"
    assert "evaluations" in ending(METHODS["nelder_mead"], 1, "")
    assert "number" in ending(METHODS["cg"], 3, "")


@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
def test_every_status_has_words(method):
    for status in range(5):
        words = ending(method, status, "")
        assert words
        assert "_" not in words
        assert not words.endswith(".")


@pytest.mark.parametrize("name", METHODS)
def test_every_method_says_what_it_does_and_where_it_is_from(name):
    method = METHODS[name]
    assert method.name == name
    assert method.words.endswith(".")
    assert any(year in method.source for year in ("1965", "1969", "1995", "2006"))


def test_who_takes_a_gradient_and_who_needs_one():
    assert [m.name for m in METHODS.values() if not m.takes_gradient] == ["nelder_mead"]
    assert [m.name for m in METHODS.values() if m.needs_gradient] == ["newton_cg"]
