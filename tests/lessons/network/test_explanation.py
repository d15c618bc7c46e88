"""What a step says: plain words, true numbers."""

import math
import re
from functools import cache

import pytest

from backprop.lessons.network.lesson import LESSON
from backprop.lessons.network.training_step import compute
from backprop.stage.choices import change
from backprop.stage.links import Links, Origin
from backprop.stage.walk.explanation import spoken
from backprop.stage.walk.steps import network_steps
from tests.lessons.network.kit import board_at, open_at

PRESETS = pytest.mark.parametrize("preset", [p.name for p in LESSON.presets])
DETAILS = pytest.mark.parametrize("detail", ["neurons", "operations"])
KINK = "sizes=1,1&activations=relu&names=indexed&shared=0&w1_1_1=1&x1=1&y1=1&b1_1=-1&frozen="
UNSURE = "sizes=1,1&names=indexed&shared=0&frozen=&loss=binary_cross_entropy&x1=1&b1_1=0"
SLOWLY = "learning_rate=0.001"
OVERFLOW = "names=indexed&loss=half_squared_error&activations=linear,linear"


@cache
def walk_of(query):
    """Return the walk at every step of a round."""
    count = board_at(query).walk.strip.count
    return [board_at(f"{query}&step={step}").walk for step in range(count)]


def explanations(query):
    """Return what every step of a round says."""
    return [walk.explanation for walk in walk_of(query)]


def explanation_at(query, kind, name):
    """Return what the step about a value or a slope says."""
    steps = network_steps(compute(open_at(query)[0]).graph)
    step = next(n for n, s in enumerate(steps) if (s.kind, s.name) == (kind, name))
    return board_at(f"{query}&step={step}").walk.explanation


def texts_of(explanation):
    lines = [spoken(line.words) for line in explanation.lines]
    check = [spoken(explanation.check.words)] if explanation.check else []
    parts = (explanation.headline, explanation.lede, explanation.result_words, explanation.sentence)
    return [*map(spoken, parts), *lines, *check, explanation.aloud]


def read(shown):
    """Return the number that is printed."""
    lowered = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻−", "0123456789--")
    digits, _, power = shown.strip("() ").partition("·10")
    return float(digits.translate(lowered)) * 10.0 ** int(power.translate(lowered) or 0)


@PRESETS
@DETAILS
def test_every_preset_can_be_shown_at_every_step(preset, detail):
    walks = walk_of(f"preset={preset}&detail={detail}")
    assert [walk.strip.at for walk in walks] == list(range(1, len(walks) + 1))


@PRESETS
@DETAILS
def test_no_step_calls_anything_easy_or_shouts(preset, detail):
    for explanation in explanations(f"preset={preset}&detail={detail}"):
        for text in texts_of(explanation):
            assert not re.search(r"\b(just|simply|obviously|easy|easily|of course)\b|!", text)


@PRESETS
@DETAILS
def test_every_step_asks_and_answers(preset, detail):
    for explanation in explanations(f"preset={preset}&detail={detail}"):
        assert spoken(explanation.headline)[-1] in "?."
        assert spoken(explanation.lede)[-1] in ".?"
        assert explanation.sentence == () or spoken(explanation.sentence).rstrip()[-1] == "."
        assert explanation.result is not None
        assert explanation.aloud


@PRESETS
@DETAILS
def test_a_sum_in_a_sentence_adds_up_as_it_is_printed(preset, detail):
    for explanation in explanations(f"preset={preset}&detail={detail}"):
        for left, sign, right in re.findall(
            r"([−(][^=≈a-z]*|\d[^=≈a-z]*\+[^=≈a-z]*) ([=≈]) ([−\d.·¹²³⁴⁵⁶⁷⁸⁹⁰⁻]+)\.(?:\s|$)",
            spoken(explanation.sentence),
        ):
            decimals = len(right.partition("·")[0].partition(".")[2])
            unit = 10.0**-decimals * max(1.0, abs(read(right)) if "·" in right else 1.0)
            total = math.fsum(map(read, left.split(" + ")))
            assert abs(total - read(right)) <= (0.51 if sign == "=" else 2) * unit


def test_the_first_value_of_the_hand_calculation_is_told_with_its_numbers():
    explanation = board_at().walk.explanation
    assert spoken(explanation.headline) == "What is z 1?"
    assert spoken(explanation.sentence) == "0.0075 + 0.0200 + 0.3500 = 0.3775."
    assert explanation.result.exact == pytest.approx(0.3775)


@DETAILS
def test_the_loss_asks_how_far_off_the_network_is(detail):
    explanation = explanation_at(f"detail={detail}", "value", "L")
    assert spoken(explanation.headline) == "How far off is the network?"
    assert explanation.result.exact == pytest.approx(0.298371108760)


def test_the_shares_of_the_loss_are_those_of_the_hand_calculation():
    first, second = (line.number.exact for line in explanation_at("", "value", "L").lines)
    assert (first, second) == pytest.approx((0.274811083176, 0.023560025584), abs=1e-12)


def test_softmax_gives_probabilities_that_add_up_to_1():
    lines = explanation_at("preset=iris", "value", "L").lines
    assert math.fsum(line.number.exact for line in lines) == pytest.approx(1)
    assert spoken(lines[0].words).startswith("Softmax gives class 1 the probability ")


def test_the_backward_pass_begins_with_the_base_case():
    explanation = explanation_at("", "slope", "L")
    assert (explanation.result.exact, explanation.lines) == (1, ())
    assert "base case" in spoken(explanation.lede)


def test_the_hidden_neuron_reaches_the_loss_in_two_ways_that_are_added():
    explanation = explanation_at("", "slope", "a1_1")
    assert "reaches the loss in 2 ways" in spoken(explanation.lede)
    assert [line.badge for line in explanation.lines] == ["1", "2"]
    assert "0.055 + (−0.019) = 0.036." in spoken(explanation.sentence)
    assert explanation.result.exact == pytest.approx(0.036350306393, abs=1e-12)


def test_a_single_way_is_told_by_its_two_factors():
    arriving, local = explanation_at("", "slope", "z1_1").lines
    assert spoken(arriving.words) == "How E reacts to h 1"
    assert spoken(local.words) == "Slope of the sigmoid at z 1"
    assert local.curve is not None
    assert (arriving.badge, local.badge) == ("1", "2")


def test_a_weights_local_derivative_is_what_it_is_multiplied_by():
    local = explanation_at("", "slope", "w2_1_1").lines[-1]
    assert spoken(local.words) == "What w 5 is multiplied by: h 1"
    assert local.number.exact == pytest.approx(0.593269992107)


def test_a_bias_is_passed_on_as_it_is():
    lines = explanation_at("shared=0", "slope", "b2_1").lines
    assert spoken(lines[-1].words) == "A sum passes a change on as it is"


def test_a_parameters_slope_is_checked_by_nudging_and_a_neurons_is_not():
    assert explanation_at("", "slope", "w2_1_1").check.icon == "right"
    assert explanation_at("", "slope", "a2_1").check is None


def test_a_slope_says_what_a_small_step_does():
    assert "Negative, so raising w 7 lowers E" in spoken(
        explanation_at("", "slope", "w2_2_1").sentence
    )
    assert "Positive, so raising w 5 raises E" in spoken(
        explanation_at("", "slope", "w2_1_1").sentence
    )


def test_a_slope_of_0_says_which_factor_is_0():
    query = "preset=dead-relu"
    assert "one factor is 0" in spoken(explanation_at(query, "slope", "z1_1").sentence)
    assert "Exactly 0: moving" in spoken(explanation_at(query, "slope", "b1_1").sentence)


def test_a_value_used_twice_is_called_a_fork():
    assert "h 1 is used 2 times, by z 3, z 4: a fork" in spoken(
        explanation_at("", "value", "a1_1").sentence
    )


def test_a_neuron_of_many_inputs_is_not_added_up_in_a_sentence():
    sentence = spoken(board_at("sizes=6,2,2&names=indexed").walk.explanation.sentence)
    assert sentence.startswith("Each weight says")


def test_the_gradients_length_and_the_price_of_the_other_way_are_said():
    explanation = explanations("")[-2]
    assert "10 slopes for one pass back; finite differences needed 20 passes forward" in spoken(
        explanation.sentence
    )
    squares = (g * g for g in compute(LESSON.defaults).gradient.values())
    assert explanation.result.exact == pytest.approx(math.sqrt(math.fsum(squares)))


def test_the_update_says_what_became_of_the_loss():
    assert spoken(explanations("")[-1].sentence) == "E falls from 0.298 to 0.291 for this example."
    assert "rises" in spoken(
        explanations("preset=two-equal&activations=linear,linear&learning_rate=10")[-1].sentence
    )


# Where numbers end


def overflowing():
    """Return ten layers whose sums grow by a million each: the loss is the square of the last."""
    weights = "".join(f"&w{n}_1_1=1e6&b{n}_1=0" for n in range(1, 11))
    layers = f"sizes={','.join('1' * 11)}&activations={','.join(['linear'] * 10)}"
    return f"{layers}&names=indexed&shared=0&frozen=&x1=1e6&y1=0{weights}"


def test_weights_of_a_million_are_told_at_every_step():
    assert len(explanations(overflowing())) == board_at(overflowing()).walk.strip.count


def test_an_overflow_is_named_with_the_place_where_it_began():
    choices = open_at(OVERFLOW)[0]
    huge = {**choices.network.parameters, "w1_1_1": 1e200, "w2_1_1": 1e200}
    choices = change(choices, parameters=huge, step=2)
    assert network_steps(compute(choices).graph)[2].name == "z2_1"
    explanation = LESSON.compose(
        choices, Links(LESSON.path, Origin({}, choices), choices)
    ).walk.explanation
    assert spoken(explanation.sentence).startswith("Overflow at z 1 of layer 2: ")
    assert "infinity" in explanation.aloud


@pytest.mark.parametrize("query", ["preset=xor-solved", KINK], ids=["xor-solved", "kink"])
def test_a_kink_is_not_called_an_overflow(query):
    assert "overflow" not in spoken(explanations(query)[-2].sentence)


def test_the_logarithm_of_0_is_not_called_too_large_a_number():
    explanation = explanation_at(f"{UNSURE}&activations=relu&w1_1_1=-2&y1=1", "value", "L")
    assert explanation.result.exact == math.inf
    assert "the logarithm of 0 is −∞" in spoken(explanation.sentence)


def test_a_saturated_output_has_its_loss_and_its_slope():
    query = f"{UNSURE}&activations=sigmoid&w1_1_1=100&y1=0"
    explanation = explanation_at(query, "value", "L")
    assert explanation.result.exact == 100
    assert explanation.lines[0].number.exact == 100  # what the one output adds
    assert explanation_at(query, "slope", "z1_1").result.exact == 1


def test_the_logarithm_of_a_negative_output_is_not_explained_by_infinity():
    explanation = explanation_at(f"{UNSURE}&activations=linear&w1_1_1=-2&y1=1", "value", "L")
    assert math.isnan(explanation.result.exact)
    assert "∞" not in spoken(explanation.sentence)


def test_nudging_that_gives_0_is_not_called_the_same_as_a_slope_that_is_not():
    query = "activations=relu,relu&w1_1_1=1e6&w2_1_1=1e6&x1=1e6&names=indexed"
    for explanation in explanations(query):
        check = explanation.check
        if check and check.numeric.exact == 0 != explanation.result.exact:
            assert "the same" not in spoken(check.words)


@pytest.mark.parametrize("query", ["learning_rate=0", f"{UNSURE}&activations=linear&w1_1_1=-2"])
def test_a_loss_that_does_not_change_does_not_stay_from_somewhere_to_somewhere(query):
    assert "stays from" not in spoken(explanations(query)[-1].sentence)


def test_a_loss_that_falls_is_printed_with_two_different_numbers():
    found = re.search(r"falls from (\S+) to (\S+) ", spoken(explanations(SLOWLY)[-1].sentence))
    assert found[1] != found[2]
