"""A walk on paper: a line for each value and each gradient, with as much help as the level says."""

import pytest

from backprop.drawing.scene import expression_scene
from backprop.engine.expression import parse
from backprop.notation.numerals import exact, short, signed
from backprop.notation.spoken import words
from backprop.stage.functions import function_labels
from backprop.stage.walk.function import explain_function_step, function_at, function_steps
from backprop.stage.walk.paper import (
    PaperWalk,
    walk_parts,
    walk_picture,
    walk_slopes,
    walk_values,
)


def walk_of(text, at, step=0, level=""):
    graph = parse(text)
    passes, steps, label = function_at(graph, at), function_steps(graph), function_labels(graph)
    return PaperWalk(
        passes,
        steps,
        step,
        level,
        label,
        lambda step: explain_function_step(passes, step, label),
        lambda view: expression_scene(
            passes.trace, view, label, short, signed, exact, lambda _: ""
        ),
    )


PRODUCT = ("(x + y) * z", {"x": -2.0, "y": 5.0, "z": -4.0})


def test_each_value_is_asked_with_its_rule_and_worked_out_in_numbers():
    total, product = walk_values(walk_of(*PRODUCT))
    assert (words(total.rule[0]), total.answer.shown) == ("x plus y", "3")
    assert words(product.working[0]) == "3 times the quantity minus 4"
    assert product.answer.shown == "−12"


def test_each_gradient_is_asked_but_the_first_which_is_1():
    first, *others = walk_slopes(walk_of(*PRODUCT))
    assert first.known
    assert not any(task.known for task in others)
    assert [task.answer.shown for task in others] == ["−4", "−4", "−4", "3"]


def test_where_ways_meet_their_products_are_added():
    slope = walk_slopes(walk_of("x * sin(x)", {"x": 2.0}))[-1]
    assert "plus" in words(slope.rule[0])
    assert words(slope.working[-1]).count("plus") == 1
    assert slope.answer.exact == pytest.approx(0.0770037537)


@pytest.mark.parametrize(("level", "hints"), [("1", 2), ("", 1), ("2", 1), ("3", 0), ("4", 0)])
def test_a_worksheet_gives_as_much_of_the_rule_as_the_level_shows(level, hints):
    by_sum = next(t for t in walk_slopes(walk_of(*PRODUCT, level=level)) if len(t.rule) > 1)
    assert by_sum.hints == hints


def test_the_values_are_given_once_the_page_has_left_the_forward_pass():
    asks, gives = walk_of(*PRODUCT), walk_of(*PRODUCT, step=2)
    assert [part.title for part in walk_parts(asks)] == [("Forward",), ("Backward",)]
    assert [part.title for part in walk_parts(gives)] == [("Backward",)]
    states = [[node[2] for node in walk_picture(walk).asked.nodes] for walk in (asks, gives)]
    assert any("ahead" in state for state in states[0])
    assert not any("ahead" in state for state in states[1])


def test_the_picture_to_fill_in_has_no_gradient_but_the_first():
    picture = walk_picture(walk_of(*PRODUCT))
    assert sum("graded" in node[2] for node in picture.asked.nodes) == 1
    assert sum("graded" in node[2] for node in picture.filled.nodes) == 5
