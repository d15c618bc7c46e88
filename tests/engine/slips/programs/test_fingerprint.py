"""Which slip at which use made a wrong gradient of a program."""

import numpy as np
import pytest

from backprop.engine.backward import differentiate
from backprop.engine.errors import ShapeError
from backprop.engine.program import program
from backprop.engine.slips.candidates import SCALED
from backprop.engine.slips.catalog import SIGN
from backprop.engine.slips.fingerprint import ONE_TRANSPOSED
from backprop.engine.slips.programs.fingerprint import Fingerprint, program_fingerprint
from backprop.engine.slips.programs.places import Slips
from backprop.engine.slips.suspect import UNKNOWN
from tests.engine.slips.programs.test_places import TEXTS, slips_of


@pytest.mark.parametrize("name", TEXTS)
def test_a_slip_of_each_kind_is_found_again_with_its_line(name):
    slips = slips_of(name)
    fingerprint = Fingerprint(slips)
    first = {each.planted.slip.name: each for each in reversed(slips.felt)}
    for planted, gradient in first.values():
        found = fingerprint.of(gradient)
        places = [(f.suspect.slip, f.planted.line) for f in found if f.planted]
        assert (planted.slip, planted.line) in places


def test_the_right_gradient_points_to_nothing():
    slips = slips_of("mlp")
    assert Fingerprint(slips).of(slips.right) == ()


def test_the_sentence_says_the_line_and_both_texts():
    slips = slips_of("mlp")
    (found,) = program_fingerprint(slips.trace, slips.find("bias-mean.Z2.1").gradient)
    assert found.suspect.arrays == ("b2",)
    assert found.suspect.confidence > 0.99
    assert found.suspect.sentence == (
        "A mean where the sum belongs: b2 is as that slip makes it. It was made in line Z2: "
        "“fit(dZ2, b2) / 4” goes to b2 where “fit(dZ2, b2)” belongs."
    )


def test_a_print_of_few_digits_is_enough():
    slips = slips_of("mlp")
    wrong = slips.find("slope-at-output.A1.1").gradient
    found = Fingerprint(slips).of({name: np.round(array, 3) for name, array in wrong.items()})
    assert found[0].suspect.slip.name == "slope-at-output"
    assert "significant digits" in found[0].suspect.sentence or found[0].suspect.confidence > 0.9


def test_a_slip_made_at_every_use_is_found():
    slips = slips_of("mlp")
    (found,) = Fingerprint(slips).of(slips.find("bias-mean.all").gradient)
    assert found.planted.key == "bias-mean.all"
    assert "at every use of this kind" in found.suspect.sentence


def test_factors_and_signs_are_named():
    slips = slips_of("mlp")
    for factor, slip in ((-1.0, SIGN), (2.0, SCALED), (0.123, SCALED)):
        claim = {name: factor * array for name, array in slips.right.items()}
        (found,) = Fingerprint(slips).of(claim)
        assert found.suspect.slip is slip
        assert found.planted is None


def test_two_slips_in_two_leaves_are_each_found():
    slips = slips_of("mlp")
    one, two = (slips.find(key).gradient for key in ("bias-mean.Z1.1", "bias-first-row.Z2.1"))
    found = Fingerprint(slips).of({**slips.right, "b1": one["b1"], "b2": two["b2"]})
    assert {f.planted.key for f in found} == {"bias-mean.Z1.1", "bias-first-row.Z2.1"}


def test_what_no_slip_explains_is_said_to_be_unknown():
    slips = slips_of("mlp")
    noise = np.random.default_rng(1).standard_normal(slips.right["W1"].shape)
    (found,) = Fingerprint(slips).of({**slips.right, "W1": noise})
    assert found.suspect.slip is UNKNOWN
    assert found.suspect.arrays == ("W1",)


def test_entries_that_are_no_numbers_are_named():
    slips = slips_of("mlp")
    claim = {**slips.right, "b2": np.array([np.nan, 1.0])}
    (found,) = Fingerprint(slips).of(claim)
    assert "b2[0] is NaN or infinite" in found.suspect.sentence


def test_a_gradient_of_another_shape_is_refused():
    slips = slips_of("mlp")
    with pytest.raises(ShapeError, match="The gradient of “b2” is shaped"):
        Fingerprint(slips).of({**slips.right, "b2": np.zeros(3)})


def test_a_right_array_that_is_transposed_is_named():
    slips = slips_of("mlp")
    claim = {**slips.right, "W1": slips.right["W1"].T}
    (found,) = Fingerprint(slips).of(claim)
    assert (found.suspect.slip, found.suspect.arrays) == (ONE_TRANSPOSED, ("W1",))


def test_of_a_large_program_it_says_that_not_all_was_tried():
    lines = [f"H{k} = tanh(H{k - 1} * W)" for k in range(1, 50)]
    made = program("\n".join(["H0 : 8 x 8 = random 1", "W : 8 = random 2", *lines, "L = sum(H49)"]))
    slips = Slips(differentiate(made, made.at))
    noise = np.random.default_rng(1).standard_normal((8, 8))
    (found,) = Fingerprint(slips).of({**slips.right, "H0": noise})
    assert found.suspect.slip is UNKNOWN
    assert found.suspect.sentence.endswith("slips were tried in its last lines only.")
