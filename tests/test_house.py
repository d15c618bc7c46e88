"""The house as a whole: its floors, its templates, the places of a lesson, its doors."""

import dataclasses
import re
import typing
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import pytest

from app import create_app
from backprop.lessons.catalog import LESSONS

ROOT = Path(__file__).parent.parent
PAGES = ("pages", "framed", "classroom", "answering", "console", "probes", "files")  # no JSON
STATES = [
    pytest.param(lesson, preset, id=f"{lesson.name}-{preset.name}")
    for lesson in LESSONS
    for preset in lesson.presets
]


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    folder = tmp_path_factory.mktemp("house")
    app = create_app({"DATABASE_URL": f"sqlite:///{folder / 'store.sqlite'}"})
    yield app
    app.extensions["store"].close()


@pytest.fixture
def client(app):
    return app.test_client()


def test_no_folder_holds_more_than_25_modules():
    for folder in (ROOT / "backprop", *(ROOT / "backprop").rglob("*/")):
        modules = [path for path in folder.glob("*.py") if path.stem != "__init__"]
        assert len(modules) <= 25, folder.relative_to(ROOT)


def test_every_template_can_be_read(app):
    for name in app.jinja_env.list_templates():
        app.jinja_env.get_template(name)


def test_no_template_has_a_line_over_160_characters():
    for path in (ROOT / "templates").rglob("*.html"):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            assert len(line) <= 160, f"{path.relative_to(ROOT)}:{number} has {len(line)}"


def test_every_field_of_a_number_takes_a_minus_on_a_phone():
    for path in (ROOT / "templates").rglob("*.html"):
        text = path.read_text("utf-8")  # the keys that iOS shows for it have neither minus nor e
        assert 'inputmode="decimal"' not in text, path.relative_to(ROOT)


class Fields(HTMLParser):
    """The texts and sliders of each form, by the form's id and their names."""

    def __init__(self):
        super().__init__()
        self.form, self.found = None, Counter()

    def handle_starttag(self, tag, attributes):
        at = dict(attributes)
        if tag == "form":
            self.form = at.get("id", "unnamed")
        owner = at.get("form", self.form)
        if tag == "input" and at.get("type") in ("text", "range") and owner and "name" in at:
            self.found[owner, at["name"]] += 1

    def handle_endtag(self, tag):
        if tag == "form":
            self.form = None


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_a_form_without_scripts_sends_each_number_once(client, lesson):
    for mode in ("", "projector"):
        fields = Fields()
        fields.feed(client.get(lesson.path, query_string={"mode": mode}).text)
        assert [name for name, count in fields.found.items() if count > 1] == []


def test_every_icon_comes_from_the_one_macro():
    drawn = re.compile(r'<svg[^>]*viewBox="0 0 (?:16 16|20 20|24 24)"')
    for path in (ROOT / "templates").rglob("*.html"):
        assert path.name == "icon.html" or not drawn.search(path.read_text("utf-8")), path


def test_every_macro_file_uses_only_names_it_has(app):
    for name in app.jinja_env.list_templates():
        if name.startswith("macros"):
            assert app.jinja_env.get_template(name).module


def test_the_first_page_uses_only_names_it_has(client):
    assert client.get("/").status_code == 200


@pytest.mark.parametrize(("lesson", "preset"), STATES)
def test_every_preset_of_a_lesson_can_be_shown_and_is_json_too(client, lesson, preset):
    address = f"{lesson.path}?preset={preset.name}"
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    assert answer.text.count('id="lab"') == 1
    assert len(answer.data) < 250_000  # what sections hold that are closed included
    assert client.get(f"/api{address}").status_code == 200


@pytest.mark.parametrize("detail", ["neurons", "operations"])
def test_every_network_can_be_shown_in_every_detail_by_a_page_of_the_same_size(client, detail):
    (lesson,) = (each for each in LESSONS if each.name == "network")
    for preset in lesson.presets:
        answer = client.get(f"{lesson.path}?preset={preset.name}&detail={detail}")
        assert len(answer.data) < 250_000, preset.name


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_a_part_of_a_page_is_the_lab_alone(client, lesson):
    answer = client.get(lesson.path, headers={"HX-Request-Type": "partial"})
    assert answer.status_code == 200
    assert answer.text.count('id="lab"') == 1
    assert "<html" not in answer.text


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_a_lesson_stands_in_its_four_places(client, lesson):
    package = lesson.compose.__module__.split(".")[2]
    assert (ROOT / "backprop" / "lessons" / package / "lesson.py").is_file()
    assert (ROOT / "templates" / "lessons" / lesson.name / "board.html").is_file()
    assert (ROOT / "tests" / "lessons" / package / "test_lesson.py").is_file()
    assert client.get(lesson.path).status_code == 200


def test_the_first_preset_is_the_default():
    for lesson in LESSONS:
        assert all(preset.choices == lesson.defaults for preset in lesson.presets[:1])


def test_every_route_is_a_page_or_described(app, client):
    described = client.get("/api/openapi.json").json["paths"]
    for rule in app.url_map.iter_rules():
        if rule.endpoint.partition(".")[0] in PAGES:
            continue
        methods = {method.lower() for method in rule.methods} - {"head", "options"}
        for lesson in (lesson for lesson in LESSONS if not lesson.address):  # each by itself
            path = rule.rule.replace("<slug>", lesson.slug)
            assert methods <= described[path].keys() & {"get", "post"}, rule


def test_the_web_floor_knows_no_lesson_by_name():
    for path in (ROOT / "backprop" / "web").glob("*.py"):
        text = path.read_text("utf-8")
        imported = set(re.findall(r"backprop\.lessons[. ](?:import )?(\w+)", text))
        for lesson in LESSONS:
            assert lesson.path not in text, (path, lesson.path)
            assert lesson.name not in imported, (path, lesson.name)


def test_every_module_of_the_package_has_its_test():
    missing = [
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "backprop" / "web").glob("*.py")
        if path.stem != "__init__" and not (ROOT / "tests/web" / f"test_{path.name}").is_file()
    ]
    assert missing == []


def test_nothing_is_asked_of_another_host():
    outside = re.compile(r"""(?:src|href|url|import|fetch)\s*[=(]\s*["']?(?:https?:)?//""")
    files = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "static").glob("*/*.[cj]s*")]
    for path in files:
        if "vendor" not in path.parts:
            assert not outside.search(path.read_text("utf-8")), path


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_a_page_is_light_before_plotly(client, lesson):
    compressed = {"Accept-Encoding": "gzip"}
    text = client.get(lesson.path).text
    weight = len(client.get(lesson.path, headers=compressed).data)
    for path in {*re.findall(r'"(/assets/[^"]+)"', text)}:
        if not re.search("plotly-(cartesian|gl3d)", path):
            weight += len(client.get(path, headers=compressed).data)
    fonts = sum(file.stat().st_size for file in (ROOT / "static/vendor").glob("*.woff2"))
    assert weight - fonts < 150_000
    assert weight < 250_000


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_the_bundle_with_surfaces_is_offered_only_where_there_are_some(client, lesson):
    text = client.get(lesson.path).text
    assert ("plotly-gl3d" in text) is ('data-bundle="gl3d"' in text)


PARTS_AT_MOST = 12


def parts_of(annotation):
    """Yield the dataclasses of the package that an annotation names, however deep."""
    if dataclasses.is_dataclass(annotation) and annotation.__module__.startswith("backprop."):
        yield annotation
    for inner in typing.get_args(annotation):
        yield from parts_of(inner)


def board_parts(lesson):
    """Return the classes of which a lesson's board is made: the board's own, and what it holds."""
    waiting = [*parts_of(typing.get_type_hints(lesson.compose)["return"])]
    seen = set()
    while waiting:
        part = waiting.pop()
        if part in seen or not part.__module__.startswith(("backprop.stage", "backprop.lessons")):
            continue
        seen.add(part)
        for annotation in typing.get_type_hints(part).values():
            waiting += parts_of(annotation)
    return seen


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_no_part_of_a_board_has_more_than_12_fields(lesson):
    wide = {
        part.__qualname__: len(dataclasses.fields(part))
        for part in board_parts(lesson)
        if len(dataclasses.fields(part)) > PARTS_AT_MOST
    }
    assert wide == {}


def test_no_lesson_styles_what_the_menu_share_is_made_of():
    parts = [ROOT / "templates" / each for each in ("_take.html", "take/_pictures.html")]
    named = re.findall(r'class="([\w -]+)"', "".join(path.read_text("utf-8") for path in parts))
    classes = "|".join({word for each in named for word in each.split()})
    bare = re.compile(rf"(?:^|,)\s*\.(?:{classes})\b", re.MULTILINE)
    for name in {name for lesson in LESSONS for name in lesson.styles}:
        css = (ROOT / "static" / "css" / f"{name}.css").read_text("utf-8")
        selectors = re.sub(r"/\*.*?\*/|\{[^{}]*\}|\([^()]*\)", "", css, flags=re.DOTALL)
        assert bare.findall(selectors) == [], name
