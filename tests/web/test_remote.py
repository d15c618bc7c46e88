"""What a presenter's remote does on each lesson: two keys, each declared once."""

import itertools
import re
from html.parser import HTMLParser

import pytest

from app import create_app
from backprop.lessons.catalog import LESSONS

KEYS = ("PageDown", "PageUp")


class Declared(HTMLParser):
    """The controls that declare a key, by key: where each leads, empty for one that is off."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.controls: dict[str, list[str]] = {key: [] for key in KEYS}
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        told = dict(attributes)
        for key in (told.get("aria-keyshortcuts") or "").split():
            if key in self.controls:
                self.controls[key].append(told.get("href") or told.get("form") or "")


@pytest.fixture(scope="module")
def client():
    return create_app({"DATABASE_URL": "sqlite://"}).test_client()


def read(client, address):
    return Declared(client.get(address, follow_redirects=True).text).controls


def path(name):
    return f"/lessons/{name.replace('_', '-')}"


PLACES = [
    *(f"{path(lesson.name)}?mode=projector" for lesson in LESSONS),
    *(
        f"{path('network')}?mode=projector&{state}"
        for state in (
            "step=12",
            "step=29",
            "step=12&ask=1",
            "ask=1&level=4&target=w1_1_1",
            "hide=transport,strip",
        )
    ),
    *(f"/train?mode=projector{state}" for state in ("", "&preset=digits", "&detail=layers&step=3")),
    *(f"{path('network')}/end?mode=projector{state}" for state in ("", "&tell=1", "&question=0")),
    "/questions?mode=projector&ask=network.adam",
]


@pytest.mark.parametrize("address", PLACES)
def test_every_lesson_on_a_projector_declares_each_key_of_a_remote_once(client, address):
    for controls in read(client, address).values():
        assert len(controls) == 1


@pytest.mark.parametrize("lesson", ["network", "chain_rule", "playground", "find_the_bug"])
def test_off_the_projector_the_page_keys_scroll_as_everywhere(client, lesson):
    assert read(client, path(lesson)) == {key: [] for key in KEYS}


def test_what_is_covered_is_told_before_the_next_step(client):
    controls = read(client, f"{path('network')}?mode=projector&step=12&ask=1")
    (told,) = controls["PageDown"]
    assert re.search("step=12&.*guess=.*shown", told)
    (after,) = read(client, told)["PageDown"]
    assert "step=13" in after


def test_the_blank_lines_of_the_chain_rule_are_given_up_one_by_one_and_covered_again(client):
    address, seen = f"{path('chain_rule')}?mode=projector&blank=3", []
    for _ in range(4):
        (address,) = read(client, address)["PageDown"]
        seen.append(re.findall("open=([0-9,]*)|step=([0-9]+)", address))
    assert [found[-1] for found in seen[:3]] == [("4", ""), ("4,5", ""), ("4,5,6", "")]
    assert ("", "1") in seen[3]
    for _ in range(4):
        (address,) = read(client, address)["PageUp"]
    assert "open=" not in address
    assert "step=" not in address


def test_of_a_hidden_bug_the_clue_the_line_and_the_cause_are_told_then_the_next_case_comes(client):
    way = [f"{path('find_the_bug')}?mode=projector&case=1"]
    for _ in range(4):
        way += read(client, way[-1])["PageDown"]
    told = [re.findall("hint|line-told|(?<=&)told", each) for each in way]
    clue, line, cause = "hint", "line-told", "told"
    assert told == [[], [clue], [clue, line], [clue, cause, line], []]
    assert "case=2" in way[-1]
    for before, after in itertools.pairwise(way):
        assert read(client, after)["PageUp"] == [before]


def test_a_line_that_was_told_counts_as_missed_and_not_as_found(client):
    text = client.get(f"{path('find_the_bug')}?case=1&line-told=1").text
    assert "data-record" not in text


def test_the_examples_of_ones_own_gradient_follow_one_another(client):
    address, seen = f"{path('own_gradient')}?mode=projector", []
    while address:
        (address,) = read(client, address)["PageDown"]
        seen.append(re.findall("example=([a-z]+)", address))
    assert seen == [["right"], ["slip"], ["steps"], ["program"], []]
