"""Which mistake is planted, where, and what a guess at it is answered with."""

from dataclasses import replace

import numpy as np
import pytest

from backprop.engine.slips.catalog import SLIPS
from backprop.engine.slips.slip import Slip
from backprop.lessons.gradient_check import planted_slip
from backprop.lessons.gradient_check.planted_slip import (
    FUNCTION_CASES,
    NETWORK_CASES,
    answer_guess,
    hidden_in,
    make_setup,
    plant,
    possible_slips,
)
from backprop.lessons.gradient_check.presets import PRESETS
from backprop.stage.choices import ChoiceError, change, read_choices
from backprop.training import function_setup
from backprop.training.function_setup import FunctionSetup, make_function_setup

HAND = PRESETS[0].choices
BY_NAME = {preset.name: preset.choices for preset in PRESETS}
PRODUCT = BY_NAME["product"]


def setup(**pairs):
    return make_setup(read_choices(HAND, pairs))


def test_the_hand_example_has_one_example_and_two_frozen_biases():
    found = setup()
    assert found.X.tolist() == [[0.05, 0.1]]
    assert found.Y.tolist() == [[0.01, 0.99]]
    assert found.moves.tolist() == [1, 1, 1, 1, 0, 1, 1, 1, 1, 0]
    assert found.rate == 0.5


def test_a_network_on_a_data_set_has_all_its_rows():
    assert len(make_setup(BY_NAME["xor"]).X) == 4
    assert make_setup(BY_NAME["iris"]).X.shape == (150, 4)
    assert [make_setup(BY_NAME[name]).rate for name in ("xor", "iris")] == [0.5, 0.05]
    assert "all 150 rows" in make_setup(BY_NAME["iris"]).title


def test_an_expression_plants_in_itself_or_in_a_batch():
    own = setup(of="expression")
    assert (own.title, tuple(own.graph.variables)) == (FunctionSetup.title, ("x", "y", "z"))
    assert setup(of="expression", bench="batch") is setup(bench="batch")


def test_where_no_slip_changes_an_expression_the_flowers_stand_in():
    assert setup(of="expression", expression="sqrt(x)", x="0") is setup(bench="batch")


def test_a_row_and_its_arrays_are_the_same_numbers():
    found = setup(bench="batch")
    flat = found.flat(found.parameters)
    for name, array in found.arrays(flat).items():
        assert np.array_equal(array, found.parameters[name])


@pytest.mark.parametrize("name", ["by-hand", "product", "kink"])
def test_some_mistakes_that_need_a_round_before_are_among_them(name):
    names = {slip.name for slip in possible_slips(make_setup(BY_NAME[name]))}
    assert {"stale-gradient", "not-zeroed"} <= names


@pytest.mark.parametrize("name", ["product", "kink", "fast", "steep"])
def test_an_expression_has_some_mistakes_of_its_own(name):
    assert len(possible_slips(make_setup(BY_NAME[name]))) >= 8


@pytest.mark.parametrize("name", ["by-hand", "iris", "xor"])
def test_there_are_at_least_twelve_mistakes_to_plant(name):
    assert len(possible_slips(make_setup(BY_NAME[name]))) >= 12


def test_what_changes_nothing_is_not_planted():
    names = {slip.name for slip in possible_slips(setup())}
    assert "updated-weights" in names
    assert "sum-over-batch" not in names  # there is one example


def test_many_cases_hide_all_slips_of_0_1_0_and_no_other():
    here = setup()
    slips = possible_slips(here)
    hidden = {hidden_in(case, here, slips).name for case in range(1, 300)}
    assert hidden == {slip.name for slip in slips} & set(NETWORK_CASES) < {s.name for s in slips}


def hidden_names(choices, cases=range(1, 201)):
    here = make_setup(choices)
    slips = possible_slips(here)
    return [hidden_in(case, here, slips).name for case in cases]


@pytest.fixture
def new_slips(monkeypatch):
    """Slips that come first in both catalogues, and change every gradient."""
    new = Slip(
        "tripled", "All is three times too large", "A 3 too many.", (), (("loss", "3 * RIGHT"),)
    )
    monkeypatch.setattr(planted_slip, "SLIPS", {new.name: new, **SLIPS})
    later = replace(function_setup.PLANTED[-1], name="later")
    monkeypatch.setattr(function_setup, "PLANTED", (later, *function_setup.PLANTED))
    make_function_setup.cache_clear()
    yield new, later
    make_function_setup.cache_clear()


@pytest.mark.parametrize("name", ["by-hand", "product", "kink", "iris", "xor"])
def test_a_new_slip_changes_no_case_and_is_there_by_name(name, request):
    choices = BY_NAME[name]
    before, first = hidden_names(choices), plant(choices).slip
    new, later = request.getfixturevalue("new_slips")
    assert hidden_names(choices) == before
    assert plant(choices).slip.name == first.name
    added = later if choices.of == "expression" else new
    assert plant(change(choices, bug=added.name)).slip.name == added.name


@pytest.mark.usefixtures("new_slips")
def test_a_new_slip_does_not_turn_flowers_into_a_function():
    nowhere = read_choices(PRODUCT, {"expression": "sqrt(x)", "x": "0", "case": "5"})
    assert make_setup(nowhere).title.startswith("a 4–4–4–3 network")


@pytest.mark.parametrize(
    ("name", "hidden"),
    [
        (
            "by-hand",
            "no-hidden-slope no-hidden-slope transposed no-output-slope "
            "no-hidden-slope half-lost transposed-gradient half-lost",
        ),
        (
            "iris",
            "no-hidden-slope slope-twice bias-last-example slope-twice "
            "one-path no-hidden-slope before-activation bias-mean",
        ),
        (
            "product",
            "no-local no-local stale-gradient no-arriving no-local by-value not-zeroed by-value",
        ),
    ],
)
def test_the_cases_of_0_1_0_hide_what_they_hid(name, hidden):
    assert hidden_names(BY_NAME[name], range(1, 9)) == hidden.split()


def test_the_slips_that_cases_hide_are_in_the_catalogues():
    assert set(NETWORK_CASES) <= set(SLIPS)
    assert set(FUNCTION_CASES) <= {slip.name for slip in function_setup.PLANTED}


def test_a_setup_is_known_by_what_it_begins_with():
    assert setup().start == setup().start
    assert setup().start != setup(w2_1_1="0.5").start


def name(choices):
    return plant(choices).slip.name


def test_the_first_exhibit_is_that_of_the_printed_example():
    assert name(HAND) == "updated-weights"


@pytest.mark.parametrize("choices", [HAND, PRODUCT], ids=["network", "function"])
@pytest.mark.parametrize("bug", ["sign", "stale-gradient", "not-zeroed"])
def test_every_slip_can_be_chosen_by_name_also_those_of_the_round_before(choices, bug):
    assert name(change(choices, bug=bug)) == bug


def test_a_slip_that_a_function_no_longer_has_gives_way_while_it_is_typed():
    assert name(change(PRODUCT, bug="one-path")) == name(PRODUCT)


def test_a_slip_of_a_function_gives_way_too_where_the_flowers_stand_in():
    nowhere = read_choices(PRODUCT, {"expression": "sqrt(x)", "x": "0", "bug": "by-value"})
    assert make_setup(nowhere).title.startswith("a 4–4–4–3 network")
    assert name(nowhere) == possible_slips(make_setup(nowhere))[0].name


def test_a_name_that_no_slip_has_is_refused():
    for choices in (HAND, PRODUCT):
        with pytest.raises(ChoiceError, match="cannot happen"):
            name(change(choices, bug="nonsense"))


def reply(bug, guess):
    return answer_guess(guess, plant(change(PRODUCT, bug=bug)))


def test_without_a_guess_nothing_is_answered():
    assert reply("sign", "") is None
    assert reply("sign", "nonsense") is None


def test_the_right_guess_is_told_what_went_wrong():
    found = reply("sign", "sign")
    assert (found.right, found.what) == (True, "That is it.")


@pytest.mark.parametrize(
    ("bug", "guess", "why"),
    [
        ("no-arriving", "sign", "It would make z wrong, and here z is right."),
        ("sign", "no-arriving", "It would leave z right, and here z is wrong."),
        ("sign", "by-value", "by the same variables, but with other numbers"),
    ],
)
def test_a_wrong_guess_is_answered_with_what_would_differ(bug, guess, why):
    found = reply(bug, guess)
    assert not found.right
    assert why in found.why


def test_a_guess_that_gives_the_same_numbers_counts():
    assert reply("stale-gradient", "not-zeroed").what == "Here that is the same."
