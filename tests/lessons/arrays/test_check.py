"""The check on the page: leaf by leaf, entries of one, and a planted slip that it catches."""

import pytest

from backprop.lessons.arrays.lesson import LESSON, compose
from backprop.stage.choices import ChoiceError, change
from backprop.stage.links import Links, Origin

MASKED = """X : 3 x 3 = random 1
R : given 3 x 3 = random 2
M = where(tri(3) == 1, X @ X.T, -inf)
P = softmax(M)
L = sum(R * P)"""


def check(**changes):
    choices = change(LESSON.defaults, **{"step": 99, **changes})
    return compose(choices, Links(LESSON.path, Origin({}, LESSON.defaults), choices)).check


def test_the_check_stands_at_the_end_and_where_it_is_asked_for():
    assert check(step=3) is None
    assert check(step=3, pane="check") is not None
    assert check(step=3, planted="bias-mean.Z.1") is not None


def test_each_leaf_is_right_along_its_direction():
    shown = check()
    assert [(row.name, row.verdict) for row in shown.leaves] == [
        ("dA", "right"), ("dW", "right"), ("db", "right")
    ]  # fmt: skip
    assert shown.answer == "Right"
    assert (shown.entries, shown.planted) == ((), None)


def test_a_planted_slip_is_caught_and_named():
    shown = check(planted="bias-mean.Z.1")
    assert [row.name for row in shown.leaves if row.off] == ["db"]
    assert [row.name for row in shown.entries] == ["db[0]", "db[1]"]
    assert all(row.off for row in shown.entries)
    planted = shown.planted
    assert (planted.receives, planted.wrong, planted.right) == ("b", "fit(dZ, b) / 4", "fit(dZ, b)")
    assert planted.named == ("A mean where the sum belongs, in Z",)
    assert "planted" not in planted.away


def test_every_slip_of_the_list_is_caught_and_named():
    options = check().slips
    assert len(options) > 8
    for option in options:
        shown = check(planted=option.value)
        assert shown.answer == "Wrong", option.title
        assert option.title in shown.planted.named


def test_entries_of_any_leaf_can_be_nudged_and_no_more_than_a_dozen():
    shown = check(checked="W")
    assert [row.name for row in shown.entries][:2] == ["dW[0,0]", "dW[0,1]"]
    assert [row.on for row in shown.leaves] == [False, True, False]
    large = check(program="W : 5 x 5 = random 1\nL = sum(tanh(W))", checked="W")
    assert (len(large.entries), large.more) == (12, 13)


def test_a_mask_before_softmax_may_be_forgotten():
    assert check().masks == ""
    assert check(program=MASKED).masks.startswith("The mask in M may be forgotten")


def test_a_slip_or_a_leaf_that_is_not_there_is_refused():
    with pytest.raises(ChoiceError, match="The slip “nothing” cannot be made"):
        check(planted="nothing")
    with pytest.raises(ChoiceError, match="There is no leaf “Q”"):
        check(checked="Q")


@pytest.mark.parametrize("text", ["L = 2", "9**9**9", "L = inf - inf", "L = sum(ones((2,)))"])
def test_a_program_without_a_leaf_has_nothing_to_check_and_no_slip(text):
    shown = check(program=text)
    assert not shown.leaves
    assert not shown.slips
    assert check(program=text, step=0, pane="check").sentence == shown.sentence
