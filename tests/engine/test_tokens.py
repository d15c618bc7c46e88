"""A typed formula in pieces."""

import pytest

from backprop.engine.errors import ExpressionError
from backprop.engine.function_names import nearest_function
from backprop.engine.ops import FUNCTIONS
from backprop.engine.tokens import tokens


def test_a_token_says_its_kind_its_name_and_its_place():
    assert [tuple(token) for token in tokens("2 ** w₁")] == [
        ("number", "2", 0, 1),
        ("sign", "^", 2, 4),
        ("variable", "w1", 5, 7),
        ("end", "", 7, 7),
    ]


@pytest.mark.parametrize(
    ("text", "kind", "name"),
    [
        ("1e−3", "number", "1e-3"),
        (".5", "number", ".5"),
        ("⁻¹²", "exponent", "-12"),
        ("ln", "function", "log"),
        ("√", "function", "sqrt"),
        ("π", "constant", "π"),
        ("𝑥", "variable", "x"),
        ("×", "sign", "*"),
        ("σ", "variable", "σ"),
    ],
)
def test_what_looks_different_and_means_the_same_becomes_the_same(text, kind, name):
    assert tokens(text)[0][:2] == (kind, name)


def test_sigma_is_the_sigmoid_where_it_is_called():
    assert tokens("σ (x)")[0][:2] == ("function", "sigmoid")


@pytest.mark.parametrize("text", ["é̂", "xⁿ", "x̂", "ж"])
def test_only_latin_and_greek_letters_make_names(text):
    with pytest.raises(ExpressionError, match="no meaning here"):
        tokens(text)


def test_the_nearest_function_is_found_whatever_the_case():
    assert nearest_function("Sigmiod") == "sigmoid"
    assert nearest_function("x") == ""
    assert nearest_function("weight") == ""


def test_the_losses_own_product_is_not_typed():
    assert "xlogy" not in FUNCTIONS
