"""A picture as TikZ: what it shows, in named colours, and nothing of what it covers."""

import pytest

from backprop.drawing.scene import NO_TAGS, View, expression_scene
from backprop.drawing.tikz import Letters, curve, tikz
from backprop.engine.backward import differentiate
from backprop.engine.expression import parse
from tests.kit.latex_reader import TIKZ, faults

LETTERS = Letters(str, lambda text: text.replace("−", "-").replace("·", "."), str)


def drawn(text, at, graded, phase="backward"):
    graph = parse(text)
    every = frozenset(range(len(graph)))
    view = View(phase, frozenset(), every, frozenset(graded), (), {})
    scene = expression_scene(
        differentiate(graph, at), view, str, str, str, str, lambda _: "", NO_TAGS
    )
    return tikz(scene, LETTERS)


def test_a_node_has_its_value_and_its_gradient_in_named_colours():
    text = drawn("x * y", {"x": 2.0, "y": 7.0}, (0, 1, 2))
    assert faults(text, TIKZ) == []
    assert r"\definecolor{forward}" in text
    assert text.count(r"\begin{scope}") == 3
    assert "[forward, anchor=base east] at (42,-8) {$14.0$}" in text
    assert "{$7.0$}" in text


def test_a_gradient_that_is_not_known_is_not_written():
    text = drawn("x * y", {"x": 2.0, "y": 7.0}, ())
    assert "{$7.0$}" in text  # the value of y
    assert text.count("7.0") == 1  # and not the gradient of x


@pytest.mark.parametrize(
    ("path", "written"),
    [
        ("M 1 2H 5V 7L 8 9", "(1,2) -- (5,2) -- (5,7) -- (8,9)"),
        ("M0 0C 1 2 3 4 5.50 6z", "(0,0) .. controls (1,2) and (3,4) .. (5.5,6) -- cycle"),
        (
            "M0 0h 2a 10 10 0 0 1 10 10",
            "(0,0) -- (2,0) .. controls (7.52,0) and (12,4.48) .. (12,10)"),
        ("M0 0a 10 10 0 0 0 10 10", "(0,0) .. controls (0,5.52) and (4.48,10) .. (10,10)"),
    ],
)  # fmt: skip
def test_a_path_keeps_its_way(path, written):
    assert curve(path) == written


def test_another_command_is_refused():
    with pytest.raises(ValueError, match="Q"):
        curve("M0 0Q1 1 2 2")
