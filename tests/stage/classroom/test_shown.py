"""What a class is shown of a question that is over."""

import pytest

from backprop.lessons.network.lesson import LESSON as NETWORK
from backprop.lessons.playground.lesson import LESSON as PLAYGROUND
from backprop.stage.choices import change
from backprop.stage.classroom.matching import find_matcher
from backprop.stage.classroom.shown import show
from backprop.stage.walk.explanation import spoken


def matcher(step=14, asked="gradient", **changes):
    return find_matcher(NETWORK, change(NETWORK.defaults, step=step, **changes), asked)


def test_the_slip_stands_beside_the_right_one_with_a_sentence_and_a_measurement():
    shown = show(matcher(), "no-output-slope")
    assert (shown.answer.shown, shown.chosen.shown) == ("0.0822", "0.4398")
    assert [spoken(title) for title in shown.titles] == ["No σ′ at the output"]
    assert spoken(shown.why).endswith("multiplied by its slope there, 0.18682.")
    assert spoken(shown.also).startswith("With a cross-entropy in the place of the squared error")
    assert spoken(shown.nudge.words) == "Measured by nudging w 5 by ±0.001"
    assert shown.nudge.number.shown == "0.0822"


def test_a_quantity_between_is_nudged_too():
    nudge = show(matcher(19)).nudge
    assert spoken(nudge.words) == "Measured by nudging h 1 by ±0.001"
    assert nudge.number.exact == pytest.approx(0.0363503, rel=1e-5)


def test_where_it_bends_a_smaller_nudge_measures():
    steep = change(PLAYGROUND.defaults, expression="exp(20x)", at={"x": 0.5})
    for step in range(9):
        here = change(steep, step=step)
        if any(each.name == "gradient" for each in PLAYGROUND.asks.askings(here)):
            nudge = show(find_matcher(PLAYGROUND, here, "gradient")).nudge
    assert "by ±0.001" not in spoken(nudge.words)
    assert nudge.number.exact == pytest.approx(20 * 22026.4658, rel=1e-6)


def test_of_paths_it_is_said_where_they_meet():
    why = spoken(show(matcher(19), "one-path").why)
    assert why.startswith("h 1 is used twice: by z 3 and z 4.")
    assert why.endswith("added: 0.0554 + (−0.0190).")


def test_of_two_slips_with_one_number_both_are_named():
    titles = show(matcher(19), "one-path~2+assigned").titles
    assert [spoken(each) for each in titles] == ["One path only", "= for +=: the last path wins"]


@pytest.mark.parametrize("key", ["", "right", "other", "none"])
def test_what_is_no_slip_shows_the_right_line_alone(key):
    shown = show(matcher(), key)
    assert (shown.titles, shown.why, shown.derivation.wrong) == ((), (), None)


def test_of_a_choice_it_is_said_what_is_right_and_why_the_other_is_not():
    both = matcher(asked="larger-w2_2_1")
    (key,) = both.match(typed="w2_2_1").verdicts
    shown = show(both, key)
    assert (shown.answer, spoken(shown.right), shown.derivation) == (None, "w 5", None)
    assert spoken(shown.explanation).endswith("the larger in size is that of w 5.")
    assert spoken(shown.titles[0]) == "w 7: The larger value is taken for the larger slope"


def test_every_slip_that_can_be_chosen_has_a_reason():
    each = matcher(23)
    assert all(spoken(show(each, key).why) for key in each.outcomes if key != "right")


def test_of_a_way_the_number_inside_is_named_that_is_another_or_is_left_out():
    h1 = matcher(19)
    assert spoken(show(h1, "transposed").why).endswith("0.450 stands where 0.500 belongs.")
    assert spoken(show(h1, "no-weights").why).endswith("0.400 is not in it.")
    assert spoken(show(h1, "itself").why) == "Asked for is how fast the result changes with it."
