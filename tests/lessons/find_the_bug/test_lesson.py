"""The lesson as a page and as JSON: a hidden bug stands in neither."""

import re

import pytest

from app import create_app
from backprop.engine.slips.catalog import SLIPS
from backprop.lessons.find_the_bug.cases import LEVELS, find_hidden
from backprop.lessons.find_the_bug.lesson import LESSON, PRESETS

SOME = [(level, 5 - level) for level in LEVELS]


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bugs")
    app = create_app({"DATABASE_URL": f"sqlite:///{folder / 'store.sqlite'}"})
    yield app.test_client()
    app.extensions["store"].close()


@pytest.mark.parametrize(("level", "case"), SOME)
def test_a_hidden_bug_is_named_nowhere_before_it_is_found(client, level, case):
    address = f"{LESSON.path}?level={level}&case={case}"
    _, bug = find_hidden(level, case)
    page = client.get(address, headers={"HX-Request-Type": "partial"}).text
    answer = client.get(f"/api{address}").text
    for sent in (page, answer):
        for slip in SLIPS.values():
            assert not re.search(rf"[\"'=>,]{slip.name}[\"'&<,]", sent), slip.name
            assert slip.title not in sent
        assert bug.right_line.formula == bug.line.formula or "as it should be" not in sent
    assert "found" not in re.findall(r'<li class="(\w*)"', page)


@pytest.mark.parametrize(("level", "case"), SOME[::3])
def test_the_cause_is_among_others_and_marked_by_nothing_before_it_is_chosen(client, level, case):
    _, bug = find_hidden(level, case)
    address = f"{LESSON.path}?level={level}&case={case}&line={bug.number}"
    causes = client.get(f"/api{address}").json["board"]["causes"]["causes"]
    assert len(causes) == 5
    assert {cause["state"] for cause in causes} == {""}
    assert {tuple(cause["words"]) for cause in causes} == {()}
    lines = client.get(f"/api{address}").json["board"]["lines"]
    assert {line["should"] for line in lines} == {""}


def test_every_preset_opens_what_it_says():
    assert [preset.name for preset in PRESETS] == [
        "worked",
        "by-hand",
        "functions",
        "batches",
        "layers",
        "arrays",
    ]
    assert PRESETS[0].choices == LESSON.defaults


def test_without_javascript_a_line_is_a_link_and_a_level_too(client):
    page = client.get(f"{LESSON.path}?case=1").text
    assert (
        len(re.findall(r'<a class="line" href="/lessons/find-the-bug\?case=1&amp;line=\d+"', page))
        == 10
    )
    assert 'href="/lessons/find-the-bug?case=2"' in page
