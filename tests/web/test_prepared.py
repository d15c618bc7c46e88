"""A link that is prepared opens as it says: five scenes of a lecture, and what stays as it is."""

import re
from html import unescape
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from app import create_app
from backprop.lessons.catalog import LESSONS
from backprop.stage.choices import read_choices
from backprop.stage.hiding import WORDS, hiding_of
from backprop.stage.prepared import is_prepared

SENT = ("link-sent", "1")
SCENES = {  # the page it is prepared on, what is ticked, and what the link says
    "chain rule with blanks": (
        "/lessons/chain-rule",
        [("link-view", "projector"), ("link-blank", "3"), ("link-fade", "first")],
        {"mode": "projector", "blank": "3", "fade": "first", "ask": "0"},
    ),
    "2-2-2, step 12 asked": (
        "/lessons/network",
        [
            ("link-view", "projector"),
            ("link-step", "12"),
            ("link-ask", "2"),
            ("link-hide", "strip"),
        ],
        {"mode": "projector", "step": "11", "ask": "1", "ask-level": "2", "hide": "strip"},
    ),
    "the published slip": (
        "/lessons/gradient-check",
        [("link-view", "projector"), ("link-part", "bug")],
        {"mode": "projector", "show-part": "bug"},
    ),
    "gradient at (1, 2)": (
        "/lessons/gradient?x=1&y=2",
        [("link-view", "projector"), ("link-hide", "presets"), ("link-hide", "walk")],
        {"mode": "projector", "hide": "presets,walk"},
    ),
    "a race": (
        "/lessons/optimizers?preset=ravine",
        [("link-view", "projector"), ("link-step", "30"), ("link-part", "race")],
        {"preset": "ravine", "mode": "projector", "step": "30", "show-part": "race"},
    ),
}


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    store = tmp_path_factory.mktemp("prepared") / "store.sqlite"
    app = create_app({"DATABASE_URL": f"sqlite:///{store}"})
    yield app
    app.extensions["store"].close()


@pytest.fixture(scope="module")
def client(app):
    return app.test_client()


@pytest.fixture
def asking(app):
    """A browser that remembers to be asked first."""
    client = app.test_client()
    client.get("/look?ask=1-2&back=/")
    return client


def form(client, page, ticked=(), sent=True):
    """Return the form as it comes back, when these are ticked on the form of a page."""
    path, _, query = page.partition("?")
    pairs = [*parse_qsl(query), *([SENT] if sent else []), *ticked]
    answer = client.get(f"{path}/link?{urlencode(pairs)}", headers={"HX-Request-Type": "partial"})
    assert answer.status_code == 200
    assert answer.headers["HX-Push-Url"] == "false"
    return answer.text


def link(text):
    return unescape(re.search(r'data-address="([^"]*)"', text)[1])


def said(address):
    return dict(parse_qsl(urlsplit(address).query))


def ticked(text):
    return set(re.findall(r'type="checkbox" name="link-\w+" value="(\w+)" checked', text)) | set(
        re.findall(r'<option value="([\w-]+)" selected', text)
    )


@pytest.mark.parametrize("scene", SCENES)
def test_a_scene_is_prepared_by_ticking_and_opens_so_whatever_the_browser_remembers(asking, scene):
    page, ticks, says = SCENES[scene]
    text = form(asking, page, ticks)
    address = link(text)
    assert said(address) == {**says, **{k: v for k, v in said(page).items() if k == "preset"}}
    answer = asking.get(address)
    assert answer.status_code == 200
    assert 'data-mode="projector"' in answer.text
    assert f'rel="canonical" href="{address}"' in unescape(answer.text)
    again = form(asking, address, sent=False)
    assert ticked(again) == ticked(text)
    assert link(again) == address


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_every_word_that_hides_something_is_on_the_form_and_junk_in_it_breaks_nothing(
    client, lesson
):
    junk = [("link-ask", "9"), ("link-part", "x"), ("link-hide", "x"), ("link-blank", "-1")]
    text = form(client, lesson.path, [*junk, ("link-fade", "x"), ("link-view", "x")])
    listed = re.findall(r'name="link-hide" value="(\w+)"', text)
    assert tuple(listed) == hiding_of(lesson.defaults).offered
    assert all(WORDS[word] in unescape(text) for word in listed)
    assert said(link(text)).keys() <= {"ask"}


def test_what_is_not_on_the_form_stays_and_so_do_answers_at_the_same_level(client):
    page = "/lessons/network?preset=xor&step=14&w1_1_1=0.25&ask=1&ask-level=1&hide=loss&said=1_12"
    kept = [("link-step", "15"), ("link-ask", "1"), ("link-hide", "charts")]
    address = link(form(client, page, kept))
    assert said(address) == said(page)
    other = said(link(form(client, page, [*kept, ("link-ask", "3")])))
    assert "said" not in other
    assert (other["w1_1_1"], other["ask-level"], other["hide"]) == ("0.25", "3", "loss")


def test_what_was_typed_into_blank_lines_is_not_handed_out(client):
    page = "/lessons/chain-rule?blank=2&fade=last&line6=2x&x=2"
    assert said(link(form(client, page, [("link-blank", "2"), ("link-fade", "last")])))["line6"]
    address = link(form(client, page, [("link-blank", "4"), ("link-fade", "last")]))
    assert said(address) == {"blank": "4", "fade": "last", "x": "2", "ask": "0"}


@pytest.mark.parametrize(
    ("page", "lines"),
    [
        ("/lessons/chain-rule", 6),
        ("/lessons/chain-rule?ask=1", 6),
        ("/lessons/chain-rule?preset=three-deep", 7),
        ("/lessons/chain-rule?blank=8&fade=last", 6),
    ],
)
def test_as_many_lines_can_be_left_blank_as_the_derivation_has(client, page, lines):
    text = form(client, page, sent=False)
    menu = re.search('<select name="link-blank">(.*?)</select>', text, re.DOTALL)[1]
    assert re.findall('value="([^"]*)"', menu) == [str(n) for n in range(lines + 1)]
    assert said(link(text)).get("blank") == said(page).get("blank")


@pytest.mark.parametrize("typed", ["999", "0", "", "twelve", "-3", "1e3", "²"])
def test_a_step_that_there_is_not_is_the_nearest_or_the_one_that_is_shown(client, typed):
    address = link(form(client, "/lessons/network?step=11", [("link-step", typed)]))
    wanted = {"999": "29", "0": None}.get(typed, "11")
    assert said(address).get("step") == wanted


def test_without_scripts_the_form_is_a_page(client):
    text = client.get("/lessons/network/link?step=11&link-sent=1&link-step=12").text
    assert "<noscript><p><button" in text
    assert 'href="/lessons/network?step=11&amp;ask=0">Open</a>' in text


def test_an_address_that_says_how_it_is_shown_is_never_turned_into_an_asking_one(asking):
    lesson = next(each for each in LESSONS if each.name == "network")
    for said in ("mode", "hide", "step", "ask", "show-more"):
        for pairs in ({said: ""}, {said: {"mode": "projector", "hide": "strip"}.get(said, "0")}):
            assert is_prepared(lesson.defaults, lesson.defaults, pairs)
    there = read_choices(lesson.defaults, {"step": "11"})
    assert is_prepared(there, lesson.defaults, {"from": "a snapshot"})
    assert not is_prepared(lesson.preset("xor").choices, lesson.defaults, {"preset": "xor"})
    assert asking.get("/lessons/network?preset=xor&hide=strip").status_code == 200
    assert asking.get("/lessons/network?preset=xor").status_code == 303


def test_an_exercise_with_blanks_opens_with_them_and_another_page_asks(asking):
    assert asking.get("/lessons/chain-rule?blank=2").status_code == 200
    assert asking.get("/lessons/chain-rule?preset=exercise-covered").status_code == 200
    there = asking.get("/lessons/chain-rule?preset=bell&x=2").headers["Location"]
    assert there == "/lessons/chain-rule?preset=bell&x=2&ask=1&ask-level=2"


@pytest.mark.parametrize(
    ("typed", "step"), [("999", "30"), ("-1", None), ("9**9**9", None), ("", None)]
)
def test_a_step_beyond_the_last_is_the_last_and_what_is_none_is_said(client, typed, step):
    text = form(client, "/lessons/network?step=11", [("link-step", typed)])
    assert f'name="link-step"\n          value="{step or "12"}"' in text
    assert ("The link keeps step 12" in text) is (step is None)
