from xml.etree import ElementTree

import pytest

from app import create_app
from backprop.web.picture_file import light_styles, spread, standalone

SVG = "{http://www.w3.org/2000/svg}"
BASE = ":root { color-scheme: light; --ink: #000; --bg: #fff; } @media x { :root { --ink: red; } }"


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    database = tmp_path_factory.mktemp("picture") / "store.sqlite"
    app = create_app({"DATABASE_URL": f"sqlite:///{database}"})
    yield app.test_client()
    app.extensions["store"].close()


@pytest.mark.parametrize(
    "address",
    [
        "/playground/graph.svg?step=5",
        "/playground/graph.svg?expression=x*y%5E2&step=2&focus=x",
        "/lessons/network/graph.svg?step=15",
        "/lessons/network/graph.svg?step=40&detail=operations",
    ],
)
def test_a_picture_stands_alone(client, address):
    answer = client.get(address)
    assert answer.mimetype == "image/svg+xml"
    assert "attachment" in answer.headers["Content-Disposition"]
    root = ElementTree.fromstring(answer.text)
    assert root.tag == f"{SVG}svg"
    assert {"width", "height", "viewBox"} <= root.attrib.keys()
    assert not root.findall(f".//{SVG}a")
    for words in ("var(", ":is(", "hx-", "href", "@", "color-mix", "none none"):
        assert words not in answer.text


def test_a_picture_holds_what_the_page_shows(client):
    text = client.get("/playground/graph.svg?step=7").text
    for number in ("−12", "+1", "−4", "+3"):
        assert f">{number}<" in text


def test_a_lesson_without_a_graph_has_no_picture(client):
    assert client.get("/train/graph.svg").status_code == 404
    assert client.get("/lessons/nothing/graph.svg").status_code == 404


def test_links_and_what_only_a_page_needs_go():
    drawn = (
        '<svg viewBox="0 0 4 2" role="group" style="--natural: 1"><g id="hits"><a href="/"/></g>'
        '<a href="/x" hx-get="/x" data-f="n-x" class="node"><rect/></a></svg>'
    )
    text = standalone(drawn, ".node { fill: red }")
    assert '<g class="node"><rect /></g>' in text
    assert "<style>.node { fill: red }</style>" in text
    assert "hits" not in text


def test_a_choice_of_selectors_becomes_a_list():
    assert spread(".a :is(.b, .c).d > :is(.e, circle)") == [
        ".a .b.d > .e",
        ".a .b.d > circle",
        ".a .c.d > .e",
        ".a .c.d > circle",
    ]


def test_colours_are_filled_in_for_the_phase():
    graph = (
        ".graph-svg { --moving: var(--ink); width: 100%; } "
        ".graph-svg.phase-backward { --moving: #f80; } "
        ".x { fill: var(--moving); cursor: pointer; transition: fill 1s; } "
        ".y:hover { fill: red; } .z { fill: color-mix(in srgb, #000 50%, var(--bg)); }"
    )
    assert light_styles(BASE, graph, "forward") == ".x { fill: #000 }\n.z { fill: #808080 }"
    assert light_styles(BASE, graph, "backward").startswith(".x { fill: #f80 }")
