"""What is given to a check, in many forms, and what is said of what cannot be used."""

from collections import namedtuple
from fractions import Fraction

import numpy as np
import pytest

from backprop.engine.differences.check import check_gradient
from backprop.engine.differences.verdict import Answer
from backprop.engine.errors import FunctionError, PointError, ShapeError
from backprop.engine.expression import parse


def a(*numbers):
    return np.array(numbers, dtype=float)


class Tensor:
    """As much of a tensor as PyTorch's has that matters here: it is no array by itself."""

    def __init__(self, array, kind=np.float32):
        self.array, self.kind = np.asarray(array, kind), kind

    def detach(self):
        return self

    def cpu(self):
        return self

    def numpy(self):
        return self.array

    def new_tensor(self, array):
        return Tensor(array, self.kind)

    def square_sum(self):
        return Tensor((self.array * self.array).sum(), self.kind)


class Convertible:
    """What can become an array."""

    def __init__(self, array):
        self.array = np.asarray(array)

    def __array__(self, dtype=None, copy=None):
        return np.asarray(self.array, dtype)


Layer = namedtuple("Layer", "W b")


def squares(p):
    return (np.asarray(p) ** 2).sum()


FORMS = [
    (squares, a(1, 2), a(2, 4), ["θ[0]", "θ[1]"]),
    (squares, [[1, 2], [3, 4]], [[2, 4], [6, 8]], ["θ[0,0]", "θ[0,1]", "θ[1,0]", "θ[1,1]"]),
    (lambda p: p**2, 3, 6, ["θ"]),
    (lambda p: p**2, np.array(3), np.array(6.0), ["θ"]),
    (lambda p: p**2, Fraction(1, 2), 1, ["θ"]),
    (lambda p: 2.0 * p, True, 2, ["θ"]),
    (lambda p: squares(p[0]) + p[1], [a(1, 2), 5.0], [a(2, 4), 1], ["θ[0][0]", "θ[0][1]", "θ[1]"]),
    (lambda p: squares(p[0]), (a(3),), (a(6),), ["θ[0][0]"]),
    (lambda p: squares(p.W) + p.b, Layer(a(1), 3.0), Layer(a(2), 1.0), ["θ[0][0]", "θ[1]"]),
    (
        lambda p: squares(p["one"]["W"]) + p["two"][0].sum(),
        {"one": {"W": a(1)}, "two": [a(3)]},
        {"one": {"W": a(2)}, "two": [a(1)], "more": 1},
        ["one.W[0]", "two[0][0]"],
    ),
    (
        lambda p: p["w"].square_sum(),
        {"w": Tensor([1, 1000])},
        {"w": Tensor([2, 2000])},
        ["w[0]", "w[1]"],
    ),
    (lambda p: p.square_sum(), Tensor([1, 2], float), Tensor([2, 4], float), ["θ[0]", "θ[1]"]),
    (squares, Convertible([1.0, 2.0]), Convertible([2.0, 4.0]), ["θ[0]", "θ[1]"]),
    (lambda p: (squares(p), {"accuracy": 1}), a(1), a(2), ["θ[0]"]),
    (lambda p: (squares(p), [1, 2]), a(1), a(2), ["θ[0]"]),
    (lambda p: [[squares(p)]], a(1), a(2), ["θ[0]"]),
    (squares, a(1, 2), lambda p: 2 * p, ["θ[0]", "θ[1]"]),
    (lambda p: 0.0 * len(p), np.empty(0), np.empty(0), []),
    (lambda p: float(p.__imul__(2).sum()), a(1, 2), a(2, 2), ["θ[0]", "θ[1]"]),  # it writes into p
]


@pytest.mark.parametrize(("function", "at", "claimed", "names"), FORMS)
def test_points_and_gradients_have_many_forms(function, at, claimed, names):
    report = check_gradient(function, at, claimed)
    assert report.verdict.answer is Answer.RIGHT
    assert [row.name for row in report.rows] == names


@pytest.mark.parametrize(("function", "at", "claimed"), [form[:3] for form in FORMS])
def test_a_function_gets_the_form_in_which_the_point_is_given(function, at, claimed):
    kinds = set()

    def noted(p):
        kinds.add(type(p))
        return function(p)

    check_gradient(noted, at, claimed)
    if isinstance(at, dict | tuple | Tensor):
        assert kinds == {type(at)}
    else:
        assert kinds <= {np.ndarray, float, list}


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (lambda p: p**2, "shaped [2], and not one number. Return its sum"),
        (lambda p: list(p), "shaped [2], and not one number"),
        (lambda p: p.sort(), "returns nothing, None. It must return the loss"),
        (lambda p: tuple(p[:0]), "returns nothing"),
        (lambda p: str(p), "returns “str”, and not a number"),
        (lambda p: squares(p) + 1j, "a complex number, 5+1j"),
        (lambda p: p["x"], "The function raises IndexError"),
        (lambda p: p @ a(1, 2, 3), "The function raises ValueError"),
    ],
)
def test_a_function_that_returns_no_loss_is_told_so(function, words):
    with pytest.raises(FunctionError) as refused:
        check_gradient(function, a(1, 2), a(2, 4))
    assert words in str(refused.value)


def test_a_gradients_function_that_raises_is_told_so():
    with pytest.raises(
        FunctionError, match="The gradient's function raises KeyError: 'b'"
    ) as refused:
        check_gradient(lambda p: p["a"], {"a": 1.0}, lambda p: {"a": p["b"]})
    assert isinstance(refused.value.__cause__, KeyError)


@pytest.mark.parametrize(
    ("at", "claimed", "error", "words"),
    [
        ([1j, 2], a(1, 2), PointError, "The parameter “θ” holds complex numbers"),
        (a(1, 2), [1j, 2], PointError, "The gradient “θ” holds complex numbers"),
        (["a", "b"], a(1, 2), PointError, "it holds “<U1”"),
        ({"w": object()}, {"w": 1}, PointError, "it holds “object”"),
        ({"w": None}, {"w": 1}, PointError, "The parameter “w” is None"),
        ({"w": a(1)}, {"w": None}, PointError, "The gradient “w” is None"),
        ({"w": a(1)}, a(1), PointError, "a mapping of names to arrays, and the gradient is"),
        ([a(1), a(2)], {"w": 1}, PointError, "a list of arrays, and the gradient is “dict”"),
        (a(1), {"w": 1}, PointError, "The gradient of “θ” is a mapping"),
        ({"w": a(1), "b": 1}, {"w": a(1)}, PointError, "says nothing of “b”"),
        ([a(1), a(2)], [a(1)], ShapeError, "1 parts for 2 parameters"),
        ({"w": a(1, 2)}, {"w": a(1, 2, 3)}, ShapeError, "“w” is shaped [3]. The parameter is"),
        (a(1, 2), [[1, 2], [3]], ShapeError, "rows of the gradient “θ” are not equally long"),
        (a(1, 2), None, PointError, "There is no gradient to check"),
    ],
)
def test_what_does_not_fit_is_told_with_its_name_and_shape(at, claimed, error, words):
    with pytest.raises(error) as refused:
        check_gradient(id, at, claimed)
    assert words in str(refused.value)


def test_a_graphs_gradient_may_be_of_tensors_and_must_name_every_variable():
    graph, at = parse("x * y"), {"x": 2.0, "y": 3.0}
    assert check_gradient(graph, at, {"x": Tensor(3.0), "y": Tensor(2.0)}).ok
    assert check_gradient(graph, at, lambda p: {"x": p["y"], "y": p["x"]}).ok
    with pytest.raises(PointError, match="the gradient is “list”"):
        check_gradient(graph, at, [3, 2])


@pytest.mark.parametrize("nothing", [{}, [], np.zeros(0)])
def test_where_there_is_no_parameter_there_is_nothing_to_compare(nothing):
    assert (
        check_gradient(lambda _: 1.0, nothing, nothing).sentence == "There is nothing to compare."
    )
