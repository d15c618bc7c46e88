"""Lectures: the parts that a lesson without steps shows one at a time on a projector."""

import re
from functools import lru_cache
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import pytest

from app import create_app
from backprop.lessons.catalog import LESSONS
from backprop.stage.choices import has_choice, read_choices
from backprop.stage.links import Links, Origin
from backprop.web.reply import plain

LECTURED = [lesson for lesson in LESSONS if has_choice(lesson.defaults, "part")]
EACH = pytest.mark.parametrize("lesson", LECTURED, ids=lambda lesson: lesson.name)
HIDES = {
    "gradient": {"slices": "variables", "direction": "dial"},
    "gradient_check": {"nudge": "nudge", "table": "all"},
    "optimizers": {"firewall": "wall", "curves": "curves"},
}


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lectures")
    app = create_app({"DATABASE_URL": f"sqlite:///{folder / 'store.sqlite'}"})
    yield app.test_client()
    app.extensions["store"].close()


def projected(lesson, more=""):
    return f"{lesson.path}?mode=projector{more}"


def board_at(lesson, address):
    return compose(lesson.name, address)


@lru_cache(maxsize=128)
def compose(name, address):
    lesson = next(each for each in LECTURED if each.name == name)
    pairs = dict(parse_qsl(urlsplit(address).query, keep_blank_values=True))
    preset = pairs.get("preset")
    start = lesson.preset(preset).choices if preset else lesson.defaults
    origin = Origin({"preset": preset} if preset else {}, start)
    choices = read_choices(start, pairs)
    return lesson.compose(choices, Links(lesson.path, origin, choices))


def lecture_at(lesson, address):
    return board_at(lesson, address).head.lecture


def forward_from(lesson, address):
    """Return the addresses from one to the last part, going forward; a part's play is no step."""
    addresses, last = [address], lecture_at(lesson, address).parts[-1].name
    while True:
        lecture = lecture_at(lesson, addresses[-1])
        if lecture.now == last or not lecture.forward:
            return addresses
        addresses.append(lecture.forward)


def shown_parts(text):
    return re.findall(r'data-part="(\w*)"', text)


@EACH
def test_forward_to_the_last_part_and_back_again_is_where_one_was(lesson):
    start = projected(lesson)
    there = forward_from(lesson, start)
    parts = lecture_at(lesson, start).parts
    passed = [lecture_at(lesson, address).now for address in there]
    assert list(dict.fromkeys(passed)) == [part.name for part in parts]  # each, in its order
    back = [there[-1]]
    while before := lecture_at(lesson, back[-1]).back:
        back.append(before)
    stops = [(lecture_at(lesson, a).now, lecture_at(lesson, a).revealed) for a in there]
    returned = [(lecture_at(lesson, a).now, lecture_at(lesson, a).revealed) for a in back]
    assert returned[::-1] == stops


@EACH
def test_every_part_has_a_page_with_one_control_each_for_page_up_and_page_down(lesson, client):
    for part in lecture_at(lesson, projected(lesson)).parts:
        text = client.get(part.address).text
        assert shown_parts(text) == [part.name]
        for key in ("PageUp", "PageDown"):
            assert len(re.findall(f'aria-keyshortcuts="[^"]*\\b{key}\\b', text)) == 1, part.name
        links = re.findall(r'href="([^"]*)"', text[text.index('class="parts"') :])
        assert {each.address for each in lecture_at(lesson, part.address).parts} <= {
            unescape(link) for link in links
        }


@EACH
def test_a_part_that_is_hidden_is_skipped(lesson):
    for word, part in HIDES[lesson.name].items():
        lecture = lecture_at(lesson, projected(lesson, f"&hide={word}&show-part={part}"))
        assert part not in {each.name for each in lecture.parts}
        assert len(lecture.parts) == len(lecture_at(lesson, projected(lesson)).parts) - 1
        assert lecture.now in {each.name for each in lecture.parts}


def test_where_every_part_is_hidden_both_keys_have_a_control_that_does_nothing(client):
    text = client.get("/lessons/gradient-check?mode=projector&hide=nudge,table,steps,cost,bug").text
    assert text.count('aria-disabled="true" aria-keyshortcuts="Page') == 2
    assert shown_parts(text) == [""]


@EACH
def test_parts_are_shown_on_a_projector_only_and_add_nothing_elsewhere(lesson, client):
    text = client.get(f"{lesson.path}?show-part={list(HIDES[lesson.name].values())[1]}").text
    assert not shown_parts(text)
    assert "PageDown" not in text
    plainly, shown = (
        plain(board_at(lesson, address).head) for address in (lesson.path, projected(lesson))
    )
    assert shown.keys() - plainly.keys() == {"lecture"}


@EACH
def test_another_example_and_reset_show_the_same_part(lesson):
    part = list(HIDES[lesson.name].values())[1]
    head = board_at(lesson, projected(lesson, f"&show-part={part}")).head
    for address in (head.reset, head.presets[2].address):
        assert lecture_at(lesson, address).now == part


def test_what_a_part_holds_back_is_not_on_its_page(client):
    held, told = (
        client.get(f"/lessons/gradient?mode=projector&show-part={part}").text
        for part in ("length", "length-1")
    )
    for words in ("f rises by", "true 13", "10.3000"):
        assert words not in held
        assert words in told
    held, told = (
        client.get(f"/lessons/gradient?mode=projector&show-part={part}&angle=20").text
        for part in ("dial", "dial-1")
    )
    for words in ("slope 11.449", "of the steepest slope"):
        assert words not in held
        assert words in told


def test_an_address_that_plants_a_slip_begins_with_it_and_nothing_else_does():
    check = next(lesson for lesson in LECTURED if lesson.name == "gradient_check")
    assert lecture_at(check, f"{check.path}?mode=projector&case=7").now == "bug"
    assert lecture_at(check, f"{check.path}?mode=projector&bench=batch").now == "nudge"
