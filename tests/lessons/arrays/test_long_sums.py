"""An entry of many products: all as bars, the largest in the table, and what they come to."""

import re

import numpy as np
import pytest

from backprop.engine.backward import differentiate
from backprop.engine.program import program
from backprop.lessons.arrays.lesson import LESSON, compose
from backprop.stage.choices import change
from backprop.stage.links import Links, Origin

LARGE = """A : 32 x 24 = random 1
W : 16 x 24 = random 2 * 0.25
Z = A @ W.T
L = mean(tanh(Z) ** 2)"""


def opened(text, step, entry):
    choices = change(LESSON.defaults, program=text, step=step, entry=entry)
    board = compose(choices, Links(LESSON.path, Origin({}, LESSON.defaults), choices))
    return board.entry.opened


def test_a_long_sum_is_bars_and_its_largest_terms():
    shown = opened(LARGE, 4, "dW[5,10]")
    graph = program(LARGE)
    trace = differentiate(graph, graph.at)
    products = trace.gradients[graph.position("Z")][:, 5] * graph.at["A"][:, 10]
    assert shown.count == shown.bars.width == 32
    assert shown.bars.more.count("M") == np.sum(products > 0)
    assert shown.bars.less.count("M") == np.sum(products < 0)
    assert f"All {np.sum(products > 0)} above 0" in shown.bars.sentence
    assert len(shown.terms) == 12
    assert shown.terms[-1].name == "and 21 more"
    places = np.sort(np.argsort(-np.abs(products))[:11])
    assert [term.name for term in shown.terms[:-1]] == [f"dZ[{n}, 5]" for n in places]


def test_the_largest_is_said_with_its_factors():
    shown = opened(LARGE, 4, "dW[5,10]")
    said = re.match(r"The largest: dZ\[(\d+), 5\] × A\[(\d+), 10\] = ", shown.bars.sentence)
    assert said[1] == said[2]


@pytest.mark.parametrize(
    ("text", "step", "entry"),
    [
        ("A : 3 x 4 = random 1\nL = sum(A ** 2)", 2, "dA[0,1]"),
        ("A : 30 x 30 = random 1\nL = sum(A)", 0, "L"),
    ],
)
def test_a_short_sum_and_a_very_long_one_have_no_bars(text, step, entry):
    shown = opened(text, step, entry)
    assert shown is not None
    assert shown.bars is None


def test_the_numbers_of_a_map_stand_in_a_table_where_it_is_asked_for():
    choices = change(LESSON.defaults, program=LARGE, step=4, table="dW")
    entry = compose(choices, Links(LESSON.path, Origin({}, LESSON.defaults), choices)).entry
    assert [option.title for option in entry.tables] == ["dW", "dZ turned", "A"]
    graph = program(LARGE)
    gradient = differentiate(graph, graph.at).gradient["W"]
    assert (len(entry.table.rows), entry.table.columns) == gradient.shape
    assert float(entry.table.rows[5][10].replace("−", "-")) == pytest.approx(
        gradient[5, 10], abs=1e-4
    )
    small = change(LESSON.defaults, table="dW")
    entry = compose(small, Links(LESSON.path, Origin({}, LESSON.defaults), small)).entry
    assert (entry.tables, entry.table) == ((), None)
