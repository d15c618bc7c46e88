import pytest

from backprop.notation.formula import Label
from backprop.notation.names import label_of


@pytest.mark.parametrize(
    ("name", "letter", "below", "above", "hat"),
    [
        ("w2_1_3", "w", "13", "(2)", False),
        ("w2_12_3", "w", "12,3", "(2)", False),
        ("w12_10_128", "w", "10,128", "(12)", False),
        ("b2_1", "b", "1", "(2)", False),
        ("z1_12", "z", "12", "(1)", False),
        ("p1_2_1", "p", "21", "(1)", False),
        ("x1", "x", "1", "", False),
        ("w_1", "w", "1", "", False),
        ("w10", "w", "10", "", False),
        ("L", "L", "", "", False),
        ("W1", "W", "1", "", False),
        ("theta", "θ", "", "", False),
        ("θ", "θ", "", "", False),
        ("theta1", "θ", "1", "", False),
        ("x_new", "x", "new", "", False),
        ("yhat1", "y", "1", "", True),
        ("y_hat", "y", "", "", True),
        ("what", "what", "", "", False),
        ("loss", "loss", "", "", False),
    ],
)
def test_a_name_is_written_as_by_hand(name, letter, below, above, hat):
    assert label_of(name) == Label(letter, below, above, hat, name)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("w2_1_3", "w 1 3 of layer 2"),
        ("w2_12_3", "w 12 3 of layer 2"),
        ("a2_1", "a 1 of layer 2"),
        ("w10", "w 10"),
        ("yhat1", "y hat 1"),
        ("L", "L"),
        ("theta", "theta"),
    ],
)
def test_a_name_can_be_said(name, words):
    assert str(label_of(name)) == words


def test_a_constant_has_no_letter():
    assert label_of("#7").letter == ""


@pytest.mark.parametrize(
    ("name", "text"),
    [("w5", "w₅"), ("w2_1_3", "w⁽²⁾₁₃"), ("yhat1", "ŷ₁"), ("theta", "θ"), ("x_new", "x_new")],
)
def test_a_label_can_be_written_as_plain_text(name, text):
    assert label_of(name).text == text
