"""What can be chosen where a bug is looked for."""

from backprop.lessons.find_the_bug.choices import Choices
from backprop.stage.choices import read_choices, write_choices


def test_every_state_has_an_address_and_the_first_visit_the_shortest():
    pairs = {"level": "3", "case": "7", "line": "4", "tried": "2,4", "blamed": "sign", "hint": "1"}
    choices = read_choices(Choices(), pairs)
    assert (choices.tried, choices.blamed) == ((2, 4), ("sign",))
    assert write_choices(choices, Choices()) == pairs
    assert write_choices(Choices(), Choices()) == {}
