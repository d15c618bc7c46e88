from backprop.notation.derivation import Piece, equation, product
from backprop.notation.formula import Label, Number, partial
from backprop.notation.printer import rule_formula


def _piece(later, by, rule, number, tone="backward"):
    return Piece(partial(Label(later), Label(by)), rule_formula(rule, {}), number, tone, f"e-{by}")


def test_a_product_has_a_column_for_each_factor_and_says_itself(drawn):
    left = partial(Label("E"), Label("w", "5"))
    found = product(
        left,
        (
            _piece("E", "o", "o - t", -0.329),
            _piece("o", "z", "o * (1 - o)", 0.245),
            _piece("z", "w", "h", 0.680, "forward"),
        ),
    )
    assert [[drawn(line) for line in column.lines] for column in found.columns] == [
        ["{∂E/∂o}", "o−t", "−0.329"],
        ["{∂o/∂z}", "o(1−o)", "0.245"],
        ["{∂z/∂w}", "h", "0.680"],
    ]
    assert [column.points_to for column in found.columns] == ["e-o", "e-z", "e-w"]
    assert found.columns[2].lines[2].tone == "forward"
    assert found.alt == (
        "The derivative of E with respect to w 5 is a product of 3 factors: "
        "minus 0.329 times 0.245 times 0.680, which is minus 0.055."
    )


def test_a_product_of_one_factor_is_that_factor():
    found = product(partial(Label("L"), Label("x")), (_piece("L", "x", "y", 3.0),))
    assert found.alt == "The derivative of L with respect to x is 3."


def test_an_equation_says_each_of_its_sides():
    found = equation(Label("z"), ("=", rule_formula("x + 1", {})), ("≈", Number("2.5", 2.5)))
    assert found.alt == "z equals x plus 1, is about 2.5."
