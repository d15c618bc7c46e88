from itertools import pairwise
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
        "/arrays/graph.svg?preset=batch-norm&step=12",
        "/arrays/graph.svg?preset=transformer-block&step=31",
        "/arrays/graph.svg?preset=causal-attention&step=2",
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
    for words in ("var(", ":is(", "hx-", "href", "color-mix", "none none"):
        assert words not in answer.text
    assert "@" not in answer.text.partition("</style>")[0]  # in a program it is a product


def test_a_picture_holds_what_the_page_shows(client):
    text = client.get("/playground/graph.svg?step=7").text
    for number in ("−12", "+1", "−4", "+3"):
        assert f">{number}<" in text


def test_the_picture_of_a_program_has_its_lines_maps_and_rails(client):
    answer = client.get("/arrays/graph.svg?step=8")
    assert 'filename="arrays-step-9.svg"' in answer.headers["Content-Disposition"]
    root = ElementTree.fromstring(answer.text)
    written = [each.text for each in root.iter(f"{SVG}text")]
    assert {"A", "W.T", "tanh(", "4×3", "±1.3", "2.566", "value", "gradient"} <= {*written}
    maps = root.findall(f"./{SVG}svg")
    assert len(maps) == 7 + 4  # of seven arrays the values, of b, Z, H and D the gradients
    assert all(part.find(f"{SVG}path") is not None for part in maps)
    assert len(root.findall(f"./{SVG}g[@class='rails']/{SVG}circle")) == 7
    assert len(root.findall(f"./{SVG}rect[@class='unmade']")) == 2  # of A and W, still to come
    assert ".m .p9 { stroke: #16703a }" in answer.text
    assert ".m .p1 { stroke: #e4ede6 }" in answer.text  # 12 % of green on white, as the page mixes


def test_letters_and_shapes_of_a_program_lie_beside_each_other(client):
    for preset in ("convolution-2d", "two-heads", "dense-layer"):
        text = client.get(f"/arrays/graph.svg?preset={preset}&step=3").text
        root = ElementTree.fromstring(text)
        shapes: dict[str, list[tuple[float, float]]] = {}
        for each in root.iter(f"{SVG}text"):
            if "middle" in each.attrib["class"]:
                x, half = float(each.attrib["x"]), 3.3 * len(each.text)
                shapes.setdefault(each.attrib["y"], []).append((x - half, x + half))
        for row in shapes.values():
            ends = [*sorted(row)]
            assert all(a[1] <= b[0] for a, b in pairwise(ends)), preset


def test_what_is_asked_is_covered_in_the_picture_of_a_program(client):
    asked = client.get("/arrays/graph.svg?step=8&ask=1").text
    assert asked.count('class="unmade"') == 3
    assert client.get("/arrays/graph.tex").status_code == 404  # no TikZ of a program


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
