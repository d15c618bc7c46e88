"""What an answer of a class comes to; the numbers are those of the classic hand calculation."""

import pytest

from backprop.lessons.network.lesson import LESSON as NETWORK
from backprop.stage.choices import ChoiceError, change
from backprop.stage.classroom.matching import find_matcher
from backprop.stage.walk.explanation import spoken

STEPS = {"w5": 14, "h1": 19, "w1": 23}


def matcher(quantity, asked="gradient", **changes):
    return find_matcher(NETWORK, change(NETWORK.defaults, step=STEPS[quantity], **changes), asked)


def verdicts(quantity, typed, sign="up"):
    return matcher(quantity).match(sign, typed).verdicts


@pytest.mark.parametrize(
    ("quantity", "typed", "expected"),
    [
        ("w5", "0.0822", ("right",)),
        ("w5", "0.082", ("right",)),
        ("w5", "0,0822", ("right",)),
        ("w5", "0.741*0.187*0.593", ("right",)),
        ("w5", "(0.751 - 0.01) * 0.751 * (1 - 0.751) * 0.593", ("right",)),
        ("w5", "0.4398", ("no-output-slope",)),
        ("w5", "0.741*0.593", ("no-output-slope",)),
        ("w5", "-0.0822", ("sign",)),
        ("w5", "0.1643", ("half-lost",)),
        ("w5", "0.0523", ("before-activation",)),
        ("w5", "0.0827", ("other",)),
        ("w5", "0.138*0.597", ("other",)),
        ("w5", "0.1", ("other",)),
        ("h1", "0.0364", ("right",)),
        ("h1", "0.138*0.4 - 0.038*0.5", ("right",)),
        ("h1", "0.0554", ("one-path",)),
        ("h1", "-0.01905", ("one-path~2", "assigned")),
        ("h1", "0.1880", ("no-output-slope",)),
        ("h1", "0.1004", ("no-weights",)),
        ("w1", "4.39e-4", ("right",)),
        ("w1", "6.68e-4", ("one-path",)),
        ("w1", "0.000668", ("one-path",)),
    ],
)
def test_an_answer_is_right_a_slip_by_its_name_or_another(quantity, typed, expected):
    assert verdicts(quantity, typed) == expected


def test_slips_are_named_in_the_letters_of_the_page():
    outcomes = matcher("w5").outcomes
    titles = {key: spoken(each.title) for key, each in outcomes.items()}
    assert titles["no-output-slope"] == "No σ′ at the output"
    assert titles["before-activation"] == "z 1 in the place of h 1"
    assert titles["no-target"] == "o alone for o − t"
    shown = {key: each.number.shown for key, each in outcomes.items()}
    assert [shown[key] for key in ("right", "no-output-slope", "sign", "half-lost")] == [
        *("0.0822", "0.4398", "−0.0822", "0.1643"),
    ]


@pytest.mark.parametrize(
    ("number", "note"),
    [
        (0.138, "stops at z 3"),
        (0.741, "stops at o 1"),
        (0.0827, "is w 6’s"),
        (0.593, "is the value of h 1"),
        (0.0744, ""),
    ],
)
def test_another_number_is_called_what_it_is_in_the_same_graph(number, note):
    assert spoken(matcher("w5").note(number)) == note


def test_the_same_numbers_are_slips_where_the_picture_has_every_operation():
    here = change(NETWORK.defaults, detail="operations", step=42)
    fine = find_matcher(NETWORK, here, "gradient")
    assert fine.outcomes.keys() == matcher("w5").outcomes.keys()


def test_a_sign_alone_is_no_answer_to_a_question_that_goes_on():
    match = matcher("w5").match("down")
    assert (match.verdicts, match.sign, match.number) == (("none",), "down", None)


def test_more_digits_than_three_tell_a_slip_from_what_is_right():
    ten = change(NETWORK.preset("ten-deep").choices, step=31)
    deep = find_matcher(NETWORK, ten, "gradient")
    right = deep.question.right
    near = dict(zip(deep.keys, deep.question.wrong, strict=True))
    key = min(near, key=lambda key: abs(near[key].answer - right))
    assert deep.match("", f"{right:.3g}").verdicts == ("right",)
    assert key in deep.match("", f"{near[key].answer:.9g}").verdicts


def test_zero_is_an_answer_by_its_sign_alone():
    match = matcher("w5").match("0")
    assert (match.verdicts, match.sign, match.number) == (("other",), "none", 0.0)
    solved = change(NETWORK.preset("xor-solved").choices, step=8)
    assert find_matcher(NETWORK, solved, "gradient").match("none").verdicts == ("right",)


def test_a_sign_that_is_all_that_is_asked_is_right_or_turned_round():
    signs = matcher("w5", "sign")
    assert signs.match("+").verdicts == ("right",)
    assert signs.match("-").verdicts == ("sign",)
    assert signs.match("0").verdicts == ("a-factor-is-taken-for-zero",)


def test_of_two_the_larger_is_chosen_by_its_name():
    both = matcher("w5", "larger-w2_2_1")
    assert both.match(typed="w2_1_1").verdicts == ("right",)
    (wrong,) = both.match(typed="w2_2_1").verdicts
    assert spoken(both.outcomes[wrong].title) == "w 7"


def test_what_is_no_number_is_refused():
    with pytest.raises(ChoiceError):
        matcher("w5").match("up", "import os")


def test_a_question_back_is_matched_by_its_own_slips():
    back = find_matcher(NETWORK, NETWORK.defaults, "back-path")
    right = back.question.right
    assert back.match(typed=right).verdicts == ("right",)
    for choice in back.question.choices:
        (key,) = back.match(typed=choice.name).verdicts
        assert spoken(back.outcomes[key].title) == spoken(choice.words)
