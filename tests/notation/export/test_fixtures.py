"""The worked examples to download: each, read back, has a right gradient."""

import json
from pathlib import Path

import pytest

from backprop.notation.export.fixtures import FOLDER, fixtures
from backprop.notation.submission.place import MOST_BYTES
from backprop.notation.submission.read import read_submission
from backprop.notation.submission.report import check_submission

REFERENCE = Path(__file__).parents[2] / "reference"
FIXTURES = fixtures()


@pytest.mark.parametrize("name", FIXTURES)
def test_a_fixture_read_back_has_a_right_gradient(name):
    found = read_submission(FIXTURES[name])
    checked = check_submission(found)
    assert found.notes == ()
    assert checked.sentence == "The gradient is right."
    assert max(each.relative for each in checked.findings) < 1e-11


@pytest.mark.parametrize("name", FIXTURES)
def test_a_fixture_says_where_it_is_from_and_in_which_conventions(name):
    document = json.loads(FIXTURES[name], parse_constant=pytest.fail)
    assert list(document)[:3] == ["title", "source", "conventions"]
    assert len(FIXTURES[name]) < MOST_BYTES


def test_the_hand_calculation_has_the_digits_that_are_printed_everywhere():
    document = json.loads(FIXTURES["mazur-2-2-2"])
    gradient = document["gradient"]
    assert gradient["W1"] == [
        pytest.approx([0.000438567734, 0.000877135469], abs=1e-12),
        pytest.approx([0.000497712735, 0.000995425471], abs=1e-12),
    ]
    assert gradient["W2"] == [
        pytest.approx([0.082167040564, 0.082667627848], abs=1e-12),
        pytest.approx([-0.022602540477, -0.022740242216], abs=1e-12),
    ]
    assert gradient["b1"] == pytest.approx([0.018725609395], abs=1e-12)
    assert gradient["b2"] == pytest.approx([0.100400325112], abs=1e-12)
    assert document["shared_biases"] is True


def test_every_reference_of_the_tests_can_be_downloaded_as_it_is():
    for name in ("networks", "expressions"):
        file = REFERENCE / f"{name}.json"
        assert (FOLDER / file.name).read_bytes() == file.read_bytes()
        count = len(json.loads(file.read_text("utf-8"))[name])
        assert sum(key.startswith(name[:-1]) for key in FIXTURES) == count


def test_every_digit_of_the_reference_is_kept():
    reference = json.loads((REFERENCE / "networks.json").read_text("utf-8"))["networks"]
    for each, name in zip(reference, (n for n in FIXTURES if n.startswith("network")), strict=True):
        document = json.loads(FIXTURES[name])
        assert document["gradient"] == each["gradient"]
        assert document["parameters"] == each["parameters"]
