"""How a page is shown is kept by its links and forms: the view, what is hidden, and asking."""

import re
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urlsplit

import pytest

from app import create_app
from backprop.lessons.catalog import LESSONS
from backprop.stage.choices import has_choice
from backprop.stage.hiding import hiding_of

STATES = {  # beside the last preset: states in which other links stand
    "network": ("step=14", "came=" + 64 * "0"),
    "find_the_bug": ("case=1", "case=1&told=1"),
    "own_gradient": ("example=slip",),
    "train": ("detail=layers&step=3",),
    "gradient_check": ("show-part=bug",),
}
# A teacher's own pages are not shown in front, and have one view.
NO_VIEW = re.compile(r"^/(api|assets|class|fixtures|look)\b|/(graph\.svg|export/.*|json|\w+\.py)$")


class Ways(HTMLParser):
    """Every address on a page, and what each form sends."""

    def __init__(self, text):
        super().__init__()
        self.links, self.forms, self.inside = [], {}, None
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        said = dict(attributes)
        if tag == "form":
            self.inside = said.get("id") or f"form {len(self.forms)}"
            action = said.get("hx-get") or said.get("hx-post") or said["action"]
            self.forms.setdefault(self.inside, {}).update(query(action))
        if tag in ("input", "select", "textarea") and said.get("name"):
            form = said.get("form") or self.inside
            if form:
                self.forms.setdefault(form, {})[said["name"]] = said.get("value")
        leaves = {said.get("aria-keyshortcuts")} & {"P", "A"} or said.get("data-ask")
        if tag != "form" and not leaves and said.get("hx-include") != "#state":
            self.links += [said[name] for name in ("href", "hx-get") if name in said]

    def handle_endtag(self, tag):
        self.inside = None if tag == "form" else self.inside


def query(address):
    return dict(parse_qsl(urlsplit(address).query, keep_blank_values=True))


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    store = tmp_path_factory.mktemp("kept") / "store.sqlite"
    app = create_app({"DATABASE_URL": f"sqlite:///{store}"})
    yield app.test_client()
    app.extensions["store"].close()


def how_shown(lesson):
    """Return what an address says that shows a lesson in every way of its own."""
    how = {"mode": "projector", "hide": hiding_of(lesson.defaults).offered[-1]}
    asked = {"ask": "1", "ask-level": "2"} if has_choice(lesson.defaults, "ask") else {}
    return how | asked


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_every_link_and_form_of_a_lesson_keeps_how_it_is_shown(client, lesson):
    how = how_shown(lesson)
    states = (f"preset={lesson.presets[-1].name}", *STATES.get(lesson.name, ("",)))
    seen = 0
    for state in states:
        pairs = "&".join((*(f"{name}={text}" for name, text in how.items()), state))
        answer = client.get(f"{lesson.path}?{pairs}")
        assert answer.status_code == 200
        ways = Ways(answer.text)
        assert any(urlsplit(address).path == f"{lesson.path}/link" for address in ways.links)
        for address in ways.links:
            path = urlsplit(address).path
            if not path or NO_VIEW.search(path):
                continue
            kept = how if path == lesson.path else {"mode": "projector"}
            assert kept.items() <= query(address).items(), address
            seen += 1
        for sent in ways.forms.values():
            assert how.items() <= sent.items(), sent
    assert seen > 2 * len(states)


@pytest.mark.parametrize("lesson", [LESSONS[0], LESSONS[-1]], ids=lambda lesson: lesson.name)
def test_an_end_and_the_way_on_from_it_keep_the_view(client, lesson):
    page = client.get(f"{lesson.end}?mode=projector").text
    ways = [a for a in Ways(page).links if a[0] == "/" and not NO_VIEW.search(urlsplit(a).path)]
    assert any(urlsplit(address).path == lesson.path for address in ways)
    assert [address for address in ways if query(address).get("mode") != "projector"] == []


def test_the_first_page_on_a_projector_leads_on_in_that_view_and_on_another_as_it_always_did(
    client,
):
    page = client.get("/?mode=projector&utm_source=x").text
    assert 'data-mode="projector"' in page
    ways = [a for a in Ways(page).links if a[0] == "/" and not NO_VIEW.search(urlsplit(a).path)]
    assert {lesson.path for lesson in LESSONS} <= {urlsplit(address).path for address in ways}
    assert [address for address in ways if query(address).get("mode") != "projector"] == []
    for address in ("/", "/?mode=", "/?mode=x", "/?x=1&y=%00"):
        answer = client.get(address)
        assert answer.status_code == 200
        assert 'data-mode="' not in answer.text


def test_a_form_that_leads_to_another_lesson_keeps_the_view(client):
    form = {"do": "walk", "mode": "projector", "size": "20", "hidden": "2"}
    there = client.post("/train", data=form).headers["Location"]
    assert there.startswith("/lessons/network?from=")
    page = client.get(there).text
    assert 'data-mode="projector"' in page
    back = re.search(r'href="(/train\?from=[^"]+)"', page)[1]
    assert back.endswith("mode=projector")
