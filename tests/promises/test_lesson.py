"""A lesson is a package, a template and one line of the catalogue."""

import importlib.util
import os
import shutil
import sys
from pathlib import Path

import pytest
from jinja2 import ChoiceLoader, DictLoader

from backprop.lessons.catalog import LESSONS
from backprop.web.assets import Assets
from tests.promises.recipes import BLOCKS

STATIC, STYLE = Path(__file__).parents[2] / "static", "css/sigmoid.css"
MODULE, TEMPLATE = "backprop.lessons.sigmoid.lesson", "lessons/sigmoid/board.html"
PATH = "/lessons/sigmoid"


@pytest.fixture(autouse=True)
def lesson(monkeypatch, tmp_path):
    """The lesson as it stands in the recipe, loaded from a file of its own."""
    file = tmp_path / "lesson.py"
    file.write_text(BLOCKS["backprop/lessons/sigmoid/lesson.py"], encoding="utf-8")
    spec = importlib.util.spec_from_file_location(MODULE, file)
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, MODULE, module)
    spec.loader.exec_module(module)
    return module.LESSON


@pytest.fixture
def client(make, lesson, tmp_path):
    others = tuple(each for each in LESSONS if each.name != lesson.name)
    client = make(LESSONS=(*others, lesson))
    shutil.copytree(STATIC, tmp_path / "static", copy_function=os.symlink)
    (tmp_path / "static" / STYLE).unlink(missing_ok=True)
    (tmp_path / "static" / STYLE).write_text(BLOCKS[f"static/{STYLE}"], encoding="utf-8")
    client.application.extensions["assets"] = Assets(tmp_path / "static")
    environment = client.application.jinja_env
    template = DictLoader({TEMPLATE: BLOCKS[f"templates/{TEMPLATE}"]})
    environment.loader = ChoiceLoader([template, environment.loader])
    return client


def test_its_page_and_the_part_that_is_swapped_show_the_same_lab(client):
    page = client.get(f"{PATH}?x=2")
    part = client.get(f"{PATH}?x=2", headers={"HX-Request-Type": "partial"})
    assert page.status_code == part.status_code == 200
    for text in (page.text, part.text):
        assert "How steep is the sigmoid at 2?" in text
        assert f'href="{PATH}?x=3"' in text
    assert f"/{STYLE}" in page.text
    assert "<html" in page.text
    assert "<html" not in part.text
    assert part.headers["HX-Push-Url"] == f"{PATH}?x=2"


def test_each_preset_and_both_views_open(client, lesson):
    for preset in lesson.presets:
        assert preset.title in client.get(f"{PATH}?preset={preset.name}&mode=projector").text


def test_what_cannot_be_is_refused_beside_the_field(client):
    answer = client.get(f"{PATH}?x=99")
    assert answer.status_code == 422
    assert "It can be from -50 to 50." in answer.text


def test_its_board_is_json(client):
    answer = client.get(f"/api{PATH}?x=0").json
    assert answer["address"] == PATH
    assert answer["board"]["slope"] == "0.250"


def test_the_first_page_lists_it_with_its_presets(client, lesson):
    text = client.get("/").text
    assert f'<a href="{PATH}">{lesson.title}</a>' in text
    assert lesson.about in text
    assert f'<a href="{PATH}?preset=far-out">Far out</a>' in text


def test_the_description_of_the_interface_has_its_path(client):
    paths = client.get("/api/openapi.json").json["paths"]
    assert {"get", "post"} <= paths[f"/api{PATH}"].keys()


def test_its_own_tests_pass():
    tests = {}
    exec(BLOCKS["tests/lessons/sigmoid/test_lesson.py"], tests)
    for name, test in tests.items():
        if name.startswith("test_"):
            test()
