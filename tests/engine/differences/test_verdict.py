"""The three answers of a check."""

from backprop.engine.differences.verdict import RIGHT, WRONG, cannot_be_judged


def test_a_verdict_is_read_with_its_reason():
    assert str(RIGHT) == "right"
    assert str(WRONG) == "wrong"
    assert str(cannot_be_judged("a value is NaN")) == "cannot be judged, because a value is NaN"
