"""Which mistake is planted."""

from dataclasses import replace

import pytest

from backprop.lessons.gradient_check.bug_setups import bench_of, candidates
from backprop.lessons.gradient_check.planted import planted
from backprop.lessons.gradient_check.presets import PRESETS
from backprop.stage.choices import ChoiceError, read_choices

HAND = PRESETS[0].choices
PRODUCT = next(preset.choices for preset in PRESETS if preset.name == "product")


def name(choices):
    return planted(choices, bench_of(choices))[0].name


def test_the_first_exhibit_is_that_of_the_printed_example():
    assert name(HAND) == "updated-weights"


@pytest.mark.parametrize("choices", [HAND, PRODUCT], ids=["network", "function"])
@pytest.mark.parametrize("bug", ["sign", "stale-gradient", "not-zeroed"])
def test_every_slip_can_be_chosen_by_name_also_those_of_the_round_before(choices, bug):
    assert name(replace(choices, bug=bug)) == bug


def test_a_slip_that_a_function_no_longer_has_gives_way_while_it_is_typed():
    assert name(replace(PRODUCT, bug="one-path")) == name(PRODUCT)


def test_a_slip_of_a_function_gives_way_too_where_the_flowers_stand_in():
    nowhere = read_choices(PRODUCT, {"expression": "sqrt(x)", "x": "0", "bug": "by-value"})
    assert bench_of(nowhere).title.startswith("a 4–4–4–3 network")
    assert name(nowhere) == candidates(bench_of(nowhere))[0].name


def test_a_name_that_no_slip_has_is_refused():
    for choices in (HAND, PRODUCT):
        with pytest.raises(ChoiceError, match="cannot happen"):
            name(replace(choices, bug="nonsense"))
