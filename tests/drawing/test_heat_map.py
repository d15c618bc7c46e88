"""Heat maps: tones of entries, and the paths through their cells."""

import numpy as np
import pytest

from backprop.drawing.heat_map import draw_heat_map, paths_of, pooled, tone_name, tones


def test_a_tone_says_the_sign_and_the_size_beside_the_largest():
    named = [tone_name(tone) for tone in tones(np.array([0.0, 1.0, -1.0, 0.5, -0.01]))]
    assert named == ["", "p9", "n9", "p5", "n1"]


def test_what_is_no_finite_number_has_a_tone_of_its_own():
    found = tones(np.array([-np.inf, np.nan, np.inf, 2.0]))
    assert [tone_name(tone) for tone in found] == ["x", "q", "q", "p9"]


def test_a_path_goes_through_its_cells_run_by_run():
    table = tones(np.array([[1.0, 1.0, 0.0], [-1.0, 1.0, 1.0]]))
    assert dict(paths_of(table)) == {"n9": "M0 1.5h1", "p9": "M0 0.5h2M1 1.5h2"}


def test_a_large_array_is_drawn_by_blocks_that_keep_their_largest():
    array = np.zeros((40, 40))
    array[17, 23] = -5.0
    small = pooled(array, 10)
    assert small.shape == (10, 10)
    assert small.min() == -5.0


@pytest.mark.parametrize(
    ("shape", "wide", "high"),
    [((4,), 4, 1), ((3, 2), 2, 3), ((2, 3, 2), 5, 3), ((20, 3, 2), 23, 3)],
)
def test_of_more_than_two_axes_tiles_stand_side_by_side(shape, wide, high):
    drawn = draw_heat_map(np.ones(shape), "X", "±1", (3.0, 3.0))
    assert (drawn.wide, drawn.high) == (wide, high)
    assert float(drawn.width) <= 3.0 + 1e-9
