"""What stands around the walk is made once for all of its steps."""

import pytest

from backprop.lessons.network.around import make_around, make_film
from backprop.lessons.network.lesson import LESSON
from backprop.stage.choices import change
from backprop.stage.links import Links, Origin


def at(step, **changes):
    """Return the choices of a step, and the links around it, which hold the step open."""
    choices = change(LESSON.defaults, step=step, **changes)
    links = Links(LESSON.path, Origin({}, LESSON.defaults), choices)
    return choices, links.held_open("step")


@pytest.mark.parametrize("make", [make_around, make_film])
def test_another_step_has_the_very_same_and_another_number_has_not(make):
    assert make(*at(3)) is make(*at(17))
    assert make(*at(3)) is not make(*at(3, focus="w1_1_1"))
    assert make(*at(3)) is not make(*at(0))  # whose links say no step


def test_the_board_of_each_step_has_the_links_that_it_has_by_itself():
    for step in (1, 9, 20):
        choices, links = at(step)
        plain = Links(LESSON.path, links.origin, choices)
        there, alone = (LESSON.compose(choices, each) for each in (links, plain))
        assert there.head.links is links
        assert links.fill(str(there.network)) == str(alone.network)
        assert links.fill(str(there.example)) == str(alone.example)
        assert links.fill(str(there.parameters)) == str(alone.parameters)
        assert there.walk == alone.walk or links.fill(str(there.walk)) == str(alone.walk)
