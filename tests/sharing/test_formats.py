import numpy as np
import pytest

from backprop.sharing.formats import (
    FORMAT,
    Either,
    content_of,
    expect,
    fields,
    format_of,
    labelled,
)
from backprop.sharing.snapshot import SnapshotError, from_bytes, to_bytes

NUMBERS = np.array([1.0, 2.0])


def test_an_object_says_its_format_and_one_that_does_not_is_of_the_first():
    assert format_of(from_bytes(to_bytes(labelled(x=1)))) == FORMAT
    assert format_of({"x": 1}) == 1


def test_a_later_format_is_refused_as_such():
    with pytest.raises(SnapshotError, match="stored by a later version of this program") as caught:
        format_of({"format": FORMAT + 1})
    assert (
        caught.value.hint
        == f"It is in format {FORMAT + 1}; up to format {FORMAT} can be read here."
    )


@pytest.mark.parametrize(
    "value", [None, 3, (), "x", {"format": 0}, {"format": "2"}, {"format": True}]
)
def test_what_is_of_no_format_is_refused(value):
    with pytest.raises(SnapshotError, match="What is stored here cannot be read: it"):
        format_of(value)


def test_an_older_format_is_converted_and_the_present_one_is_not():
    conversions = {1: lambda before: {"color": before.get("colour", "none")}}
    assert content_of({"colour": "red"}, conversions) == {"color": "red"}
    assert content_of({}, conversions) == {"color": "none"}
    now = labelled(color="blue")
    assert content_of(now, conversions) is now
    assert content_of({"x": 1}, {}) == {"x": 1}  # nothing differs


@pytest.mark.parametrize(
    ("kind", "of", "not_of"),
    [
        (int, [0, -5, 10**30], [True, 1.0, "1", None]),
        (float, [1.5, 2, float("nan")], [True, "1.5", None]),
        (bool, [True], [0, None]),
        (str, ["", "x"], [1, None]),
        (range(3), [0, 2], [3, -1, True, 1.0]),
        (np.ndarray, [NUMBERS, np.zeros((0, 2))], [(1.0, 2.0), 1.0]),
        ((int, str), [(1, "x")], [(1,), ("x", 1), (1, "x", 2), NUMBERS, "1x"]),
        ([int], [(), (1, 2)], [(1, "x"), 1, "12", {}]),
        ({"name": int}, [{}, {"a": 1}], [{"a": "x"}, (), None]),
        (Either(str, None), ["x", None], [1]),
        (
            [({"name": [int]}, Either(np.ndarray, int))],
            [(({"a": (1,)}, NUMBERS),)],
            [(({"a": 1}, 2),)],
        ),
    ],
    ids=str,
)
def test_a_field_is_of_its_kind_or_refused(kind, of, not_of):
    for value in of:
        assert fields({"x": value, "y": 1}, x=kind) == {"x": value}
    for value in not_of:
        with pytest.raises(SnapshotError, match="“x” is not what it should be"):
            fields({"x": value}, x=kind)


def test_a_field_that_is_missing_is_named():
    with pytest.raises(SnapshotError, match="“y” is missing"):
        fields({"x": 1}, x=int, y=int)
    with pytest.raises(SnapshotError, match="it holds no fields"):
        fields((1, 2), x=int)


def test_what_does_not_hold_is_refused_by_what_is_wrong():
    expect(True, "never")
    with pytest.raises(SnapshotError, match="cannot be read: its rows are none"):
        expect([], "its rows are none")
