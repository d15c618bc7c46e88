import pytest

from backprop.notation.formula import Factor, Label, Number, Text
from backprop.notation.function_notation import call
from backprop.notation.juxtaposition import add

X, Y = Label("x"), Label("y")


@pytest.mark.parametrize(
    ("name", "arguments", "printed"),
    [
        ("sigmoid", (X,), "σ(x)"),
        ("leaky_relu", (X,), "leaky relu(x)"),
        ("largest", (X, Y), "max(x,y)"),
        ("log", (X,), "ln x"),
        ("log", (Factor(X, "n-x"),), "ln x"),
        ("log", (Number("−3", -3.0),), "ln(−3)"),
        ("sin", (add(X, Y),), "sin(x+y)"),
        ("exp", (X,), "e^{x}"),
        ("sqrt", (add(X, Y),), "√{x+y}"),
        ("abs", (X,), "|x|"),
        ("log1p", (X,), "ln(1+x)"),
        ("pow", (X, Y), "x^{y}"),
        ("xlogy", (X, Y), "x ln y"),
        ("total", (add(X, Y),), "Σ (x+y)"),
        ("log_sum_exp", (X,), "ln(Σ e^{x})"),
        ("dot", (X, Y), "xy"),
        ("dot", (call("ones", X), Y), "Σ y"),
    ],
)
def test_a_function_is_written_as_a_textbook_writes_it(drawn, name, arguments, printed):
    assert drawn(call(name, *arguments)) == printed


def test_a_functions_name_is_upright():
    assert call("tanh", X).parts[0] == Text("tanh")
