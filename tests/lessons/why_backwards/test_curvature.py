"""The curvature along a direction: forward over reverse, line by line, against differences."""

import numpy as np
import pytest

from backprop.engine.modes.hessians import hvp
from backprop.lessons.why_backwards.both import both_of
from backprop.lessons.why_backwards.curvature import curvature_steps, make_curvature, turned
from backprop.lessons.why_backwards.lesson import LESSON
from backprop.lessons.why_backwards.presets import PRESETS
from backprop.stage.choices import change
from backprop.stage.links import Links, Origin
from backprop.stage.walk.explanation import spoken

BOWL = next(preset.choices for preset in PRESETS if preset.name == "quadratic")


def view(choices, at=99):
    both = both_of(choices)
    links = Links(LESSON.path, Origin({}, LESSON.defaults), choices)
    return make_curvature(both, min(at, len(curvature_steps(both)) - 1), links)


def test_the_bowl_of_the_textbook_has_slope_ten_and_curvature_six():
    found = turned(both_of(BOWL))
    assert (found.value, found.slope, found.curvature) == (11, 10, 6)
    assert found.along(1.0) == 11 + 10 + 6 / 2
    assert [text for text, _ in view(BOWL).answer] == ["slope", "10", "curvature", "6"]


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_the_curvature_is_the_second_difference_of_the_values_along(preset):
    found = turned(both_of(change(preset.choices, view="curvature")))
    h = 1e-3
    second = (found.along(h) - 2 * found.value + found.along(-h)) / h**2
    assert found.curvature == pytest.approx(second, rel=1e-4, abs=1e-4)


def test_the_tangent_of_the_gradient_at_the_inputs_is_the_hessian_vector_product():
    choices = next(preset.choices for preset in PRESETS if preset.name == "small-net")
    both = both_of(change(choices, direction="1 0 2 0 -1 0 1 1"))
    product = hvp(both.sides.graph, both.sides.at, both.seed(0)).product
    for line in both.chain:
        if line.is_leaf:
            assert turned(both).of(line)[3] == pytest.approx(product[line.name])


def test_several_outputs_are_weighted_and_summed():
    choices = change(LESSON.defaults, view="curvature", weight="2 -1")
    assert np.array_equal(turned(both_of(choices)).weight, [2, -1])
    assert spoken(view(choices).eyebrow).startswith("Σ w·y along t = (1, 0")


def test_nothing_is_shown_before_its_step_and_the_figures_only_at_the_end():
    first = view(BOWL, 0)
    assert [column.state for column in first.rows[0].columns] == ["now"] * 2 + ["ahead"] * 2
    assert first.figures == ()
    assert first.curve is None
    assert len(view(BOWL).figures) == 6


def test_what_the_curvature_means_is_said_for_each_sign():
    bends = {
        "p : 2 = [1, 2]\nf = p @ p": "bends up",
        "p : 2 = [1, 2]\nf = -(p @ p)": "bends down",
        "p : 2 = [1, 2]\nf = sum(p)": "does not bend",
    }
    for text, said in bends.items():
        assert said in spoken(view(change(BOWL, program=text)).sentence)
    flat = view(change(BOWL, program="p : 2 = [0, 2]\nf = sum(log(p))"))
    assert "no number" in spoken(flat.sentence)
    assert flat.curve is None


def test_an_entry_of_the_direction_leads_to_where_it_alone_is_one():
    (row,) = (row for row in view(BOWL).rows if row.label == "p")
    assert "input-direction=0%201" in row.columns[1].grid.rows[0][1][2]
