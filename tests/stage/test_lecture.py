"""The parts of a lecture: which is shown, and where forward and back lead."""

from dataclasses import dataclass

from backprop.stage.choices import change, read_choices
from backprop.stage.lecture import lost_part, make_lecture, part_choice
from backprop.stage.links import Links, Origin

REVEALS = {"curve": 0, "arrow": 2, "dial": 0}
TITLES = {"curve": "A curve", "arrow": "An arrow", "dial": "A dial"}


@dataclass(frozen=True)
class Choices:
    part: str = part_choice(REVEALS)


def lecture(now="", **more):
    choices = Choices(part=now)
    links = Links("/l", Origin({}, Choices()), choices)
    return make_lecture(TITLES, now, links, reveals=REVEALS, **more)


def test_without_a_word_the_first_part_is_shown_and_its_address_has_none():
    first = lecture()
    assert (first.now, first.revealed, first.back) == ("curve", 0, "")
    assert [(each.name, each.on) for each in first.parts] == [
        ("curve", True),
        ("arrow", False),
        ("dial", False),
    ]
    assert [each.address for each in first.parts] == [
        "/l",
        "/l?show-part=arrow",
        "/l?show-part=dial",
    ]


def test_a_reveal_is_one_step_forward_and_one_back():
    stops = ["", "arrow", "arrow-1", "arrow-2", "dial"]
    ways = [(lecture(stop).back, lecture(stop).forward) for stop in stops]
    here = ["/l", *(f"/l?show-part={stop}" for stop in stops[1:])]
    assert ways == list(zip(["", *here[:-1]], [*here[1:], ""], strict=True))
    assert lecture("arrow-2").revealed == 2


def test_a_part_that_is_skipped_is_none_and_its_address_shows_the_next_or_the_last():
    assert [each.name for each in lecture(skipped={"arrow"}).parts] == ["curve", "dial"]
    assert lecture("arrow-1", skipped={"arrow"}).now == "dial"
    assert lecture("dial", skipped={"dial"}).now == "arrow"
    assert lecture(skipped={"curve"}).now == "arrow"


def test_where_all_are_skipped_there_is_nowhere_to_go():
    nothing = lecture(skipped=TITLES)
    assert (nothing.parts, nothing.back, nothing.forward, nothing.now) == ((), "", "", "")


def test_an_address_without_a_part_may_begin_elsewhere():
    begun = lecture(start="dial")
    assert begun.now == "dial"
    assert begun.parts[0].address == "/l?show-part=curve"
    assert begun.parts[2].address == "/l"


def test_of_a_part_that_does_not_exist_the_lecture_begins_and_says_which_is_lost():
    assert read_choices(Choices(), {"show-part": "arrow-2"}) == change(Choices(), part="arrow-2")
    assert lost_part(Choices(), "arrow-2") == lost_part(Choices(), "") == ""
    for text in ("arrow-3", "dial-1", "sky"):
        assert read_choices(Choices(), {"show-part": text}) == Choices()
        assert lost_part(Choices(), text) == text
