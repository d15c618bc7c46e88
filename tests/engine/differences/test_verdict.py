"""The three answers of a check."""

from backprop.engine.differences.verdict import RIGHT, WRONG, Answer, cannot_be_judged, whole


def test_a_verdict_is_read_with_its_reason():
    assert str(RIGHT) == "right"
    assert str(WRONG) == "wrong"
    assert str(cannot_be_judged("a value is NaN")) == "cannot be judged, because a value is NaN"


def test_a_gradient_is_wrong_if_one_number_is_and_right_only_if_all_are():
    first, second = cannot_be_judged("of this"), cannot_be_judged("of that")
    assert whole((RIGHT, first, WRONG)) is WRONG
    assert whole((RIGHT, first, second)) is first
    assert whole((RIGHT, RIGHT)) is RIGHT
    assert whole(()).answer is Answer.RIGHT
