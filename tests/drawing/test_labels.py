"""Words stand beside what they name, over no curve and no other words."""

import numpy as np
import pytest

from backprop.drawing.labels import SIZES, LabelText, along, around, place_labels

FRAME = ((0.0, 10.0), (0.0, 10.0))
NOTHING = np.zeros((0, 2))


def boxes(found, texts, size):
    """Return left, bottom, right, top of each of the words, on a ground of this size."""
    for place, text in zip(found, texts, strict=True):
        x, y = place.x / 10 * size[0] + place.right, place.y / 10 * size[1] + place.up
        width = 7.5 * len(text)
        left = {"left": x, "right": x - width, "center": x - width / 2}[place.anchor]
        yield left, y - 8.5, left + width, y + 8.5


def test_where_all_is_free_the_first_place_is_taken():
    words = LabelText("here", ((5.0, 5.0), (6.0, 6.0)), around("right"))
    (place,) = place_labels((words,), NOTHING, FRAME)
    assert place == (5.0, 5.0, "right", -6.0, 0.0)


@pytest.mark.parametrize("size", SIZES)
def test_words_at_one_point_do_not_cover_each_other(size):
    texts = ("∝ h", "∝ h²", "best")
    words = [LabelText(text, ((5.0, 5.0),), around()) for text in texts]
    found = [*boxes(place_labels(words, NOTHING, FRAME), texts, size)]
    for n, one in enumerate(found):
        for other in found[:n]:
            apart = (
                one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
            )
            assert apart


@pytest.mark.parametrize("size", SIZES)
def test_words_do_not_stand_on_a_curve(size):
    curve = along(np.linspace(5, 10, 30), np.full(30, 5.0))
    words = LabelText("here", ((5.0, 5.0),), around("left"))
    ((left, bottom, right, top),) = boxes(place_labels((words,), curve, FRAME), ("here",), size)
    x, y = (curve / 10 * size).T
    assert not ((x > left) & (x < right) & (y > bottom) & (y < top)).any()


def test_words_stay_within_the_picture():
    words = LabelText("a long word", ((10.0, 5.0),), around("left"))
    (place,) = place_labels((words,), NOTHING, FRAME)
    assert place.anchor == "right"


def test_where_nothing_is_free_the_least_covered_place_is_taken():
    grid = np.array([(x, y) for x in np.linspace(0, 10, 99) for y in np.linspace(0, 10, 99)])
    free = grid[~((grid[:, 0] < 5) & (grid[:, 1] > 5))]
    words = LabelText("here", ((5.0, 5.0),), around("left"))
    (place,) = place_labels((words,), free, FRAME)
    assert (place.anchor, place.up > 0) == ("right", True)


def test_a_gap_in_a_curve_has_no_points():
    points = along(np.array([0.0, 1.0, 2.0]), np.array([0.0, np.nan, 2.0]))
    assert points.tolist() == [[0.0, 0.0], [2.0, 2.0]]
    assert len(along(np.array([0.0, 1.0]), np.array([0.0, 1.0]))) == 6
