"""Slips in the letters of the page."""

import pytest

from backprop.engine.slips.catalog import SIGN, SLIPS
from backprop.notation.names import label_of
from backprop.notation.network_names import network_labels
from backprop.stage.slip_words import in_page_letters, with_page_letters

TEXTBOOK = network_labels((2, 2, 2), True, "textbook", True)
INDEXED = network_labels((2, 2, 2), True, "indexed", True)
BEND = "σ′ is taken at a, where z belongs: σ′(a) for σ′(z), of a hidden unit."


@pytest.mark.parametrize(
    ("text", "label", "shown"),
    [
        (SIGN.about, TEXTBOOK, "The error is taken as t − o: every step climbs."),
        (SIGN.about, INDEXED, SIGN.about),
        ("z − y for ŷ − y", TEXTBOOK, "z − t for o − t"),
        (BEND, TEXTBOOK, "σ′ is taken at h, where z belongs: σ′(h) for σ′(z), of a hidden unit."),
        ("z in the place of a", TEXTBOOK, "z in the place of h"),
        ("The slope of x / y by y is −x / y²", label_of, "The slope of x / y by y is −x / y²"),
    ],
)
def test_a_slip_is_told_in_the_letters_of_its_page(text, label, shown):
    assert in_page_letters(text, label) == shown


def test_no_slip_of_the_hand_example_speaks_of_another_output_or_target():
    for slip in SLIPS.values():
        told = with_page_letters(slip, TEXTBOOK)
        assert "ŷ" not in told.title + told.about
        assert told.name == slip.name


def test_a_single_neuron_has_no_hidden_unit_to_be_named():
    label = network_labels((4, 1), False, "textbook", True)
    assert in_page_letters("at a, for ŷ − y", label) == "at a, for o − t"
