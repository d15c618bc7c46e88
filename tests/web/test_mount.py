"""Below a path of a host: no address of an answer leaves it, and the store does not know it."""

import re
from html.parser import HTMLParser

import pytest

from app import create_app
from backprop.lessons.catalog import LESSONS
from backprop.web.mount import with_prefix
from backprop.web.settings import SettingError

PREFIX = "/backprop"
PATHS = ["/questions?ask=chain_rule.sign", "/nope", "/look?theme=dark&back=/train"]
PATHS += ["/train?from=" + "0" * 64, "/train?mode=projector&show-part=net"]
PATHS += [each.path for each in LESSONS[1::3]]
PATHS += [f"{LESSONS[-1].path}/{part}" for part in ("end", "link")]
PATHS += [f"{each.path}?on-paper=worksheet" for each in LESSONS if each.paper][1:2]
WORDS = {"data-root", "data-field"}  # attributes that may begin with a slash: ours, and base64


class Addresses(HTMLParser):
    """What of a page begins with a slash, by attribute."""

    def __init__(self, page):
        super().__init__()
        self.found = []
        self.feed(page)

    def handle_starttag(self, _, attributes):
        self.found += [(name, word) for name, word in attributes if (word or "")[:1] == "/"]


def addresses_outside(page):
    """Return what of a page begins with a slash, and not with the prefix."""
    return [
        (name, word)
        for name, word in Addresses(page).found
        if name not in WORDS and not word.startswith(f"{PREFIX}/")
    ]


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    return f"sqlite:///{tmp_path_factory.mktemp('mounted') / 'store.sqlite'}"


@pytest.fixture(scope="module")
def app(database):
    return create_app({"DATABASE_URL": database, "URL_PREFIX": f"{PREFIX}/"})


@pytest.fixture
def client(app):
    return app.test_client()


@pytest.mark.parametrize("path", PATHS)
def test_no_address_of_an_answer_leaves_the_prefix(client, path):
    answer = client.get(PREFIX + path)
    assert answer.headers.get("Location", PREFIX).startswith(PREFIX)
    assert addresses_outside(answer.text) == []
    assert f"{PREFIX}/" in answer.text
    assert f"{PREFIX}{PREFIX}" not in answer.text


def test_no_page_of_this_site_leaves_the_prefix(app, client):
    for rule in app.url_map.iter_rules():
        if "GET" in rule.methods and not rule.arguments:
            answer = client.get(PREFIX + rule.rule)
            if answer.mimetype == "text/html":
                assert addresses_outside(answer.text) == [], rule


def test_it_is_the_same_whether_a_proxy_strips_the_prefix_or_not(client):
    path = "/lessons/chain-rule?step=2"
    assert client.get(path).data == client.get(PREFIX + path).data
    assert client.get(f"{PREFIX}x{path}").status_code == 404
    assert client.get(PREFIX).data == client.get("/").data


def test_an_answer_that_is_kept_is_kept_once_and_has_the_prefix(client):
    kept = client.application.extensions["answers"]
    made = kept.made
    pages = [
        client.get(f"{start}/lessons/chain-rule?step=3").text for start in (PREFIX, "", PREFIX)
    ]
    assert kept.made == made + 1
    assert f'href="{PREFIX}/lessons/chain-rule' in pages[0] == pages[2]


def test_what_a_part_pushes_and_what_a_cookie_is_for_have_the_prefix(client):
    part = client.get("/train", headers={"HX-Request-Type": "partial"})
    assert part.headers["HX-Push-Url"] == f"{PREFIX}/train"
    stored = client.post("/train", data={"do": "step", "size": "20", "hidden": "2"})
    assert stored.headers["Location"].startswith(f"{PREFIX}/train?from=")
    assert f"; Path={PREFIX}" in stored.headers["Set-Cookie"]
    assert re.search(rf"; Path={PREFIX}(;|$)", client.get("/look").headers["Set-Cookie"])
    opened = client.post("/class", data={"address": "/"})
    assert re.search(rf"; Path={PREFIX}/class(;|$)", opened.headers["Set-Cookie"])


def test_a_state_that_was_stored_at_the_root_opens_below_the_prefix(client, database):
    at_root = create_app({"DATABASE_URL": database}).test_client()
    address = at_root.post("/train", data={"do": "step", "size": "21"}).headers["Location"]
    assert address.startswith("/train?from=")
    boards = [each.get(f"/api{address}").json["board"] for each in (client, at_root)]
    assert boards[0] == boards[1]
    assert client.get(PREFIX + address).status_code == 200


def test_the_interface_says_its_addresses_below_its_server(client):
    description = client.get(f"{PREFIX}/api/openapi.json").json
    assert description["servers"] == [{"url": PREFIX}]
    assert (
        client.get(f"{PREFIX}/api/lessons/network?step=2").json["address"]
        == "/lessons/network?step=2"
    )


def test_paper_prints_the_address_with_the_prefix(client):
    sheet = client.get("/lessons/network?on-paper=worksheet").text
    assert f">localhost{PREFIX}/lessons/network</p>" in sheet


def test_a_refusal_leads_back_to_where_the_visitor_came_from(client):
    came = {"Referer": f"http://localhost{PREFIX}/lessons/network?step=3"}
    page = client.get("/train?size=x", headers=came).text
    assert f'href="{PREFIX}/lessons/network?step=3"' in page


def test_robots_are_told_the_prefix(client):
    assert f"\nDisallow: {PREFIX}/look\n" in client.get("/robots.txt").text


def test_only_attributes_that_are_addresses_are_changed():
    page = b'<a href="/x" title="/x" hx-get="/y?a=/">="/ <a href="#a">\nsrc="/'
    below = b'<a href="/p/x" title="/x" hx-get="/p/y?a=/">="/ <a href="#a">\nsrc="/p/'
    assert with_prefix(page, "/p") == below


@pytest.mark.parametrize("prefix", ["/train", "/lessons", "/api/", "/health"])
def test_a_prefix_that_is_the_address_of_pages_is_refused(make, prefix):
    with pytest.raises(SettingError, match=r"^URL_PREFIX is .* choose another"):
        make(URL_PREFIX=prefix, LESSONS=LESSONS)


@pytest.mark.parametrize("word", ["backprop", "//a", "/../a", "/a b", "/a?b", "/a//b", '/"'])
def test_what_is_no_path_is_refused(make, word):
    with pytest.raises(SettingError, match=r"^URL_PREFIX is .*; it must be a path"):
        make(URL_PREFIX=word)
