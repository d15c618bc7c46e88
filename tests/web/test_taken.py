"""What can be taken along: every file of every lesson is well formed and says what it shows."""

import pytest

from app import create_app
from backprop.drawing.scene import Scene
from backprop.lessons.catalog import LESSONS
from backprop.stage.derivation import derivation_text, sheet_text
from backprop.stage.links import Links, Origin
from backprop.web.taken import scene_file
from tests.kit.latex_reader import AMSMATH, TIKZ, faults


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    database = tmp_path_factory.mktemp("taken") / "store.sqlite"
    app = create_app({"DATABASE_URL": f"sqlite:///{database}"})
    yield app.test_client()
    app.extensions["store"].close()


FURTHER = [
    "/train/derivation.tex?detail=layers&step=9",
    "/train/derivation.tex?detail=layers&step=9&all-steps=1",
    "/lessons/chain-rule/derivation.tex?step=4&ask=1&blank=3",
    "/lessons/optimizers/derivation.tex?step=3",
    "/lessons/network/graph.tex?step=40&detail=operations&ask=1",
    "/playground/graph.tex?expression=max(x%2C0)*exp(y)%2B1%2Fx%2Bsqrt(x)&step=9",
]


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda each: each.slug)
def test_every_preset_gives_files_that_are_well_formed(lesson):
    for preset in lesson.presets:
        links = Links(lesson.path, Origin({}, lesson.defaults), preset.choices)
        shows = lesson.derived or lesson.picture
        board = lesson.compose(preset.choices, links) if shows else None
        sheet = lesson.paper(preset.choices, links)
        for covered in (False, True):
            assert faults(sheet_text(sheet, covered=covered)) == [], preset.name
        if lesson.derived:
            assert faults(derivation_text("", lesson.derived(board))) == [], preset.name
        if lesson.picture and isinstance(lesson.picture(board), Scene):
            graph = scene_file(lesson.picture(board), "", "tex").text
            assert faults(graph, TIKZ) == [], preset.name


@pytest.mark.parametrize("address", FURTHER)
def test_a_file_of_a_step_is_well_formed(client, address):
    answer = client.get(address)
    assert answer.mimetype == "application/x-tex"
    assert faults(answer.text, TIKZ if "graph" in address else AMSMATH) == []


def test_the_name_of_a_file_says_lesson_and_step(client):
    names = [
        client.get(address).headers["Content-Disposition"].partition("=")[2]
        for address in (
            "/lessons/network/graph.svg?step=12",
            "/lessons/network/derivation.tex?step=12",
            "/lessons/chain-rule/derivation.tex?all-steps=1",
            "/lessons/chain-rule/end/graph.tex",
        )
    ]
    assert names == [
        '"network-step-13.svg"', '"network-step-13.tex"', '"chain-rule-all-steps.tex"',
        '"chain-rule-end-graph.tex"',
    ]  # fmt: skip


def test_a_file_that_did_not_change_is_not_sent_again(client):
    address = "/lessons/network/graph.tex?step=12"
    tag = client.get(address).headers["ETag"]
    assert client.get(address, headers={"If-None-Match": tag}).status_code == 304


@pytest.mark.parametrize(
    ("asking", "open_", "answers"),
    [
        ("network/graph.svg?step=12&ask=1", "network/graph.svg?step=12", ["+0.138"]),
        ("network/graph.tex?step=12&ask=1", "network/graph.tex?step=12", ["+0.138"]),
        ("network/derivation.tex?step=12&ask=1", "network/derivation.tex?step=12", ["0.1385"]),
        (
            "network/derivation.tex?step=12&ask=1&all-steps=1",
            "network/derivation.tex?step=12&all-steps=1",
            ["0.138", "0.741"],
        ),
        (
            "chain-rule/derivation.tex?fade=last&blank=2",
            "chain-rule/derivation.tex",
            [r"\cos \left( {x}^{2} \right) \cdot 2 x", r"2 x \, \cos"],
        ),
        (
            "find-the-bug/derivation.tex?case=1&all-steps=1",
            "find-the-bug/derivation.tex?case=1&told=1&all-steps=1",
            ["Line "],
        ),
    ],
)
def test_what_a_page_covers_is_covered_in_its_files(client, asking, open_, answers):
    covered, shown = (client.get(f"/lessons/{each}").text for each in (asking, open_))
    for answer in answers:
        assert answer in shown
        assert answer not in covered


def test_the_end_of_a_lesson_has_its_graph_and_a_chart_is_none(client):
    assert client.get("/lessons/chain-rule/end/graph.svg").mimetype == "image/svg+xml"
    assert client.get("/train/end/graph.svg").status_code == 404


def test_the_menu_offers_what_there_is(client):
    network, train = (client.get(path).text for path in ("/lessons/network", "/train"))
    for part in ("/lessons/network/graph.tex", "/lessons/network/derivation.tex?all-steps=1"):
        assert f'href="{part}"' in network
    assert "/train/graph.svg" not in train
    assert 'href="/train/derivation.tex?all-steps=1"' in train
    assert '<button type="button" hidden' in network  # what the browser makes needs its script
