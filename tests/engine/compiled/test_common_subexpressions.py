"""Lines of array code, one call each; and how they are run again."""

import numpy as np
import pytest

from backprop.engine.compiled.common_subexpressions import again, straight
from backprop.engine.compiled.rules import ARRAYS, compiled


def written(*lines):
    return [str(line) for line in straight(lines)]


def test_an_expression_becomes_one_call_a_line():
    assert written("v5 = dot(v0, v2.T) + v3") == ["b0 = v2.T", "b1 = dot(v0, b0)", "v5 = b1 + v3"]


def test_what_occurs_twice_is_computed_once_also_under_another_name():
    assert written("v1 = exp(v0) + exp(v0)", "v2 = tanh(exp(v0))", "v3 = exp(v0)") == [
        "b0 = exp(v0)",
        "v1 = b0 + b0",
        "v2 = tanh(b0)",
        "v3 = b0",
    ]


@pytest.mark.parametrize(
    ("code", "lines"),
    [
        ("v0", ["r = v0"]),
        ("1.5", ["r = 1.5"]),
        ("-1", ["r = -1"]),
        ("-v0", ["r = -v0"]),
        ("v0 <= 2", ["b0 = 2", "r = v0 <= b0"]),
        ("v0.size", ["r = v0.size"]),
        ("total(v0, None).reshape(1)", ["b0 = total(v0, None)", "r = b0.reshape(1)"]),
        ("where(v0 > v1, 0, v1)", ["b0 = v0 > v1", "r = where(b0, 0, v1)"]),
    ],
)
def test_each_form_of_a_rule_has_its_line(code, lines):
    assert written(f"r = {code}") == lines


@pytest.mark.parametrize(
    "code", ["v0 and v1", "v0 if v1 else v2", "0 < v0 < 1", "f(v0)(v1)", "[v0]"]
)
def test_a_form_that_no_rule_has_is_refused(code):
    with pytest.raises(AssertionError, match="may not hold"):
        straight([f"r = {code}"])


LINES = ("r = total(exp(v0) * w, None) / len(v0)", "q = 1 - exp(v0)", "p = q", "g = p.T * (2 * 3)")


def test_again_computes_only_what_can_have_changed():
    once, each = again(straight(LINES), {"b0", "b1", "q", "p", "b6", "g"}, ["w"], ["g"])
    assert each == [
        "exp(v0, b0)",
        "multiply(b0, w, b1)",
        "b2 = total(b1, None)",
        "r = b2 / b3",
        "subtract(array_b4, b0, q)",
        "multiply(b5, array_b8, g)",
    ]
    assert "array_b4 = array(b4, float64)" in once


def test_what_has_no_place_of_its_own_is_made_anew():
    lines = ("b = where(v0 > 0, v0, w)", "c = b", "d = c.T", "g = c")
    _, each = again(straight(lines), {"b1", "b", "c", "d", "g"}, ["w"], ["g"])
    assert each == [
        "greater(v0, array_b0, b1)",
        "b = where(b1, v0, w)",
        "c = b",
        "d = c.T",
        "copyto(g, c)",
    ]


def test_the_constant_ones_of_a_shape_stay():
    _, each = again(straight(["g = dot(ones(len(v0)), v0)"]), {"b1", "g"}, [], ["g"])
    assert each == ["dot(b1, v0, g)"]


def test_lines_run_again_give_what_they_give_when_run_alone():
    lines = straight(["a = exp(v0) * w", "r = total(a, None)", "g = a / total(exp(v0), 0)"])
    names = [line.name for line in lines]
    alone = compiled("alone", "v0, w", [*map(str, lines), f"return {', '.join(names)}"], ARRAYS)
    w, rng = np.array([1.0, 2.0, 3.0]), np.random.default_rng(0)
    found = alone(rng.normal(size=(4, 3)), w)
    arrays = {name for name, result in zip(names, found, strict=True) if np.ndim(result)}
    once, each = again(lines, arrays, ["w"], ["g"])
    unpacked = f"{', '.join(names)} = found"
    loop = compiled("loop", "found, v0, w", [unpacked, *once, *each, "return r, g"], ARRAYS)
    for _ in range(3):
        v0 = rng.normal(size=(4, 3))
        expected = dict(zip(names, alone(v0, w), strict=True))
        r, g = loop(found, v0, w)
        assert r == expected["r"]
        assert np.array_equal(g, expected["g"])
        assert g is found[names.index("g")]
