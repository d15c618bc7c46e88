import pytest

from backprop.notation.formula import Fraction, Label, Operator, Row, partial


@pytest.mark.parametrize(
    ("letter", "italic"),
    [("w", "𝑤"), ("h", "ℎ"), ("W", "𝑊"), ("θ", "𝜃"), ("Σ", "𝛴"), ("speed", "speed")],
)
def test_a_single_letter_is_drawn_in_italics(letter, italic):
    assert Label(letter).italic == italic


@pytest.mark.parametrize(
    ("label", "said"),
    [
        (Label("w", "13", "(2)", plain="w2_1_3"), "w 1 3 of layer 2"),
        (Label("w", "12,3", "(2)", plain="w2_12_3"), "w 12 3 of layer 2"),
        (Label("b", "12", "(1)", plain="b1_12"), "b 12 of layer 1"),
        (Label("y", "1", hat=True), "y hat 1"),
        (Label("Σ"), "sigma"),
    ],
)
def test_a_label_says_itself(label, said):
    assert str(label) == said


def test_a_partial_derivative_is_a_fraction_of_two_changes():
    top, bottom = Row((Operator("∂"), Label("L"))), Row((Operator("∂"), Label("w")))
    assert partial(Label("L"), Label("w")) == Fraction(top, bottom)
