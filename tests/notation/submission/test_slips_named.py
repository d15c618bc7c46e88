"""Gradients that people brought to public places for help: the slip in each is named.

Each file in tests/reference/cases is one report; the table says which slip its author made.
"""

import json
from pathlib import Path

import numpy as np
import pytest

from backprop.notation.submission.judgement import judge
from backprop.notation.submission.read import read_submission

CASES = Path(__file__).parents[2] / "reference" / "cases"

OF_NETWORKS = {
    "n01_output_not_loss": "output-not-loss",
    "n02_xor_w2_lacks_sigma": "no-output-slope",
    "n03b_no_sigma_out": "no-output-slope",
    "n05_sum_not_mean": "sum-over-batch",
    "n07_delta_without_sigma_when_going_back": "no-output-slope",
    "n09_sigma_prime_of_z": "slope-of-z",
    "n10_zero_grad_missing": "half-lost not-zeroed",
    "n11_forgotten_bias": "bias-forgotten",
    "n13_bias_mean_not_sum": "bias-mean",
    "n14_bias_one_example": "bias-last-example",
    "n15_sign": "sign",
    "n22_reg_missing2": "penalty-halved",
    "n22b_reg_right_l2half": "penalty-doubled",
    "n22c_reg_biases_too_l2half": "penalty-on-biases",
    "n22d_reg_forgotten": "no-penalty",
    "n23_dennybritz_reg_over_batch": "penalty-over-batch",
    "n23b_sum_data_but_reg_ok": "sum-over-batch",
    "n24_softmax_elementwise": "softmax-diagonal",
    "n24_softmax_p_only": "no-target",
    "n31_tanh_z": "slope-of-z",
    "n32b_relu_left_out": "no-hidden-slope",
    "n32c_mse_no2": "two-lost",
    "n32k_stale": "updated-weights",
    "n33_sigmoid_1-a_1_1": "one-minus-a",
    "n33_sigmoid_sig_of_sig_1_1": "slope-at-activation",
    "n33_sigmoid_sig_of_sig_2_1": "slope-at-activation",
    "n33_sigmoid_z1-z_1_1": "slope-of-z",
    "n33_sigmoid_z1-z_3_4": "slope-of-z",
    "n33_tanh_1-a_1_1": "one-minus-a",
    "n33_tanh_1-a_2_1": "one-minus-a",
    "n33_tanh_1-z2_1_1": "slope-of-z",
    "n33_tanh_1-z2_3_4": "slope-of-z",
    "n33_tanh_sech_of_a_2_1": "slope-at-activation",
    "n33_tanh_sigma_of_tanh_1_1": "other-slope",
    "n33_tanh_sigma_of_tanh_3_4": "other-slope",
}
OF_FUNCTIONS = {
    "e01_math3048198": "no-factor",
    "e03_micrograd_exp": "from-input",
    "e04_reuse_overwrite": "one-path assigned",
    "e06_div": "quotient-sign",
    "e07_relu_inverted": "no-arriving mask-inverted outer-lost",
    "e08_sigmoid_z": "slope-of-z",
    "e09_softmax_logit": "one-path assigned",
    "e10_mse_sign": "minus-lost",
}
RIGHT = ("n20c_coursera_rows_right", "n21c_cs231n_transposed", "n22b_reg_right", "n32e_mse_sum")


def case(name):
    return json.loads((CASES / f"{name}.json").read_text())


def brought(document):
    return judge(read_submission(json.dumps(document)))


@pytest.mark.parametrize("name", OF_NETWORKS | OF_FUNCTIONS)
def test_the_slip_of_a_report_is_named_and_no_other(name):
    judgement = brought(case(name))
    assert not judgement.ok
    named = [suspect.slip.name for suspect in judgement.suspects]
    assert named == (OF_NETWORKS | OF_FUNCTIONS)[name].split()


def four_digits(value):
    if isinstance(value, list):
        return [four_digits(each) for each in value]
    return round(value, 4)


# In these a is 0.99, and four digits do not tell 1 − a from a(1 − a), or σ′ from its half.
TOLD_BY_MORE_DIGITS = {"n33_sigmoid_1-a_1_1", "n33_tanh_1-a_1_1", "n33_tanh_sigma_of_tanh_1_1"}


@pytest.mark.parametrize("name", sorted({*OF_NETWORKS} - TOLD_BY_MORE_DIGITS))
def test_the_slip_of_a_report_is_named_from_four_digits_too(name):
    document = case(name)
    for key in ("parameters", "gradient"):
        document[key] = {each: four_digits(array) for each, array in document[key].items()}
    document |= {key: four_digits(document[key]) for key in "XY"}
    named = [suspect.slip.name for suspect in brought(document).suspects]
    assert {*OF_NETWORKS[name].split()} <= {*named}


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_report_is_right_and_has_no_slip(name):
    judgement = brought(case(name))
    assert judgement.ok
    assert judgement.suspects == ()


def test_of_a_kink_either_slope_is_right():
    assert brought(case("e05_abs0")).ok


def test_each_array_may_have_its_own_factor():
    document = case("n20b_coursera_planted")
    for name in ("X", "Y"):
        document[name] = np.transpose(document[name]).tolist()
    suspects = brought(document).suspects
    assert [(each.slip.name, each.arrays) for each in suspects] == [
        ("one-scaled", ("b1",)),
        ("sum-over-batch", ("b1",)),  # there are 4 examples
        ("one-scaled", ("W2",)),
    ]
    assert "It is the right one times 4." in suspects[0].sentence
    assert suspects[2].sentence.endswith("It is the right one times 2.")


def test_the_path_that_is_missing_is_told_with_what_it_brings():
    sentence = brought(case("e09_softmax_logit")).suspects[0].sentence
    assert "What is missing is -1 in z1." in sentence


def test_every_likely_slip_is_printed_for_each_part():
    text = brought(case("n10_zero_grad_missing")).text()
    assert "Most likely (50 %): The ½ is lost" in text
    assert "also come from: The gradient is not set back to zero." in text
