"""What a class answered, counted."""

import pytest

from backprop.lessons.network.lesson import LESSON as NETWORK
from backprop.stage.choices import change
from backprop.stage.classroom.matching import find_matcher
from backprop.stage.classroom.tally import Row, make_tally
from backprop.stage.walk.explanation import spoken

W5 = find_matcher(NETWORK, change(NETWORK.defaults, step=14), "gradient")
FIRST = {
    **{"0.0822": 71, "0.4398": 58, "-0.0822": 14, "0.0523": 11, "0.1643": 6},
    **{"0.0827": 4, "0.31": 7},
}
SECOND = {"0.0822": 142, "0.741*0.593": 17, "-0.0822": 5, "0.0523": 6, "0.1643": 3, "0.31": 8}


def rows(*rounds):
    for number, answers in enumerate(rounds, 1):
        for typed, count in answers.items():
            match = W5.match("up", typed)
            for _ in range(count):
                yield Row(number, match.verdicts, match.sign, match.number)


@pytest.fixture(scope="module")
def tally():
    return make_tally(W5, rows(FIRST, SECOND), (187, 187))


def test_right_stands_first_then_the_slips_by_the_first_round(tally):
    assert [(bar.key, bar.counts) for bar in tally.bars] == [
        ("right", (71, 142)),
        ("no-output-slope", (58, 17)),
        ("sign", (14, 5)),
        ("before-activation", (11, 6)),
        ("half-lost", (6, 3)),
    ]
    assert tally.bars[1].number.shown == "0.4398"
    assert tally.bars[0].shares == (0.5, 1.0)


def test_other_numbers_are_listed_with_what_they_are(tally):
    assert tally.other.counts == (11, 8)
    found = [(each.number.shown, each.counts, spoken(each.note)) for each in tally.others]
    assert found == [("0.310", (7, 8), ""), ("0.0827", (4, 0), "is w 6’s")]


def test_who_has_not_answered_is_counted_from_the_members(tally):
    assert tally.none.counts == (16, 6)
    assert tally.answered == (171, 181)


def test_the_percentage_and_the_bar_that_opens_are_those_of_who_answered(tally):
    assert tally.right == (42, 78)
    assert tally.opens == "no-output-slope"
    assert dict(tally.signs)["up"] == (171, 181)


def test_slips_of_one_number_are_one_bar_with_both_names():
    h1 = find_matcher(NETWORK, change(NETWORK.defaults, step=19), "gradient")
    match = h1.match("down", "-0.01905")
    bar = make_tally(h1, [Row(1, match.verdicts, "down", match.number)]).bars[1]
    assert bar.key == "one-path~2+assigned"
    assert [spoken(each) for each in bar.titles] == [
        "One path only",
        "= for +=: the last path wins",
    ]


def test_the_numbers_of_variants_are_none_of_a_bar():
    match = W5.match("up", "0.4398")
    tally = make_tally(W5, [Row(1, match.verdicts, "up", match.number, variant=3)])
    assert tally.bars[1].number is None


def test_a_slip_of_another_variant_has_its_name_too():
    tally = make_tally(W5, [Row(1, ("missed-path~2",), "up", 0.3, variant=3)])
    assert [spoken(each) for each in tally.bars[1].titles] == ["One path is missing"]


def test_before_anybody_answered_there_is_nothing_to_open():
    tally = make_tally(W5, ())
    assert (tally.rounds, tally.opens, tally.right) == (1, "", (None,))
