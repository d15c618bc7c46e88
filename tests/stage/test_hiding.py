"""What an address hides: one list of words for all lessons, and what earlier versions called it."""

import re
from pathlib import Path

import pytest

from backprop.lessons.catalog import LESSONS
from backprop.stage.choices import read_choices
from backprop.stage.hiding import ALL_OF, FORMER, WORDS, hidden_parts, hiding_of
from backprop.stage.links import Links, Origin

TEMPLATES = Path(__file__).parents[2] / "templates"
EACH = pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
ONCE = {  # what each lesson took before there was one list, and what that hid
    "chain_rule": "transport strip presets nudge forks asking",
    "gradient": "presets function surface slices direction step:length walk checks",
    "network": "transport strip presets example detail parameters loss:charts asking "
    "setup:data+network+optimizer",
    "gradient_check": "presets nudge table steps cost bug",
    "find_the_bug": "presets check:checks train",
    "own_gradient": "presets examples:example table network files",
    "optimizers": "presets function firewall:machines surface racers curves:charts exhibit matrix",
    "train": "transport presets data network optimizer charts picture",
    "playground": "expression:function transport strip presets sharing:detail "
    "variables:parameters proof:checks setup:files asking",
}


def hidden(lesson, text):
    """Return what an address hides on a lesson, of what there is on it."""
    choices = read_choices(lesson.defaults, {"hide": text})
    return hidden_parts(choices) & {*hiding_of(choices).here}


def words_of(template):
    """Return the words that a template asks for, and those that it includes."""
    text = (TEMPLATES / template).read_text("utf-8")
    words = set(re.findall(r"[\"'](\w+)[\"'] (?:not )?in hidden", text))
    for inner in re.findall(r'include "([\w/.]+)"', text):
        words |= words_of(inner)
    return words


@EACH
def test_the_words_of_a_lesson_are_those_that_its_page_asks_for(lesson):
    assert words_of(f"lessons/{lesson.name}/board.html") == {*hiding_of(lesson.defaults).here}


@EACH
def test_every_word_of_an_earlier_version_hides_what_it_hid(lesson):
    for entry in ONCE.get(lesson.name, "").split():  # a later lesson had no other words
        word, _, parts = entry.partition(":")
        assert hidden(lesson, word) == {*(parts or word).split("+")}, word
        assert hiding_of(lesson.defaults).ignored(word) == ()


@EACH
def test_every_word_that_is_offered_hides_something_and_any_other_is_left_out(lesson):
    kind = hiding_of(lesson.defaults)
    assert all(hidden(lesson, word) for word in kind.offered)
    others = [word for word in WORDS if word not in kind.offered]
    text = ",".join((*others, "everything", "", kind.offered[0], kind.offered[0]))
    choices = read_choices(lesson.defaults, {"hide": text})
    assert choices.hide == kind.offered[:1]
    assert kind.ignored(text) == (*others, "everything")
    links = Links(lesson.path, Origin({}, lesson.defaults), choices)
    assert links.address() == f"{lesson.path}?hide={kind.offered[0]}"


def test_a_word_is_said_in_the_words_of_the_screen_each_its_own():
    assert len({*WORDS.values()}) == len(WORDS)
    assert not (FORMER.keys() | ALL_OF.keys()) & WORDS.keys()
    assert {*FORMER.values()} | {word for each in ALL_OF.values() for word in each} <= {*WORDS}


def test_nothing_is_in_the_list_that_no_lesson_can_hide():
    used = {word for lesson in LESSONS for word in hiding_of(lesson.defaults).here}
    assert used == {*WORDS}
