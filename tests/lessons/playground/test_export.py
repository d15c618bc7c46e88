from urllib.parse import parse_qsl

import pytest

from backprop.engine.errors import UnknownNameError
from backprop.lessons.playground.export import KINDS, export_file
from backprop.lessons.playground.lesson import LESSON
from backprop.stage.choices import read_choices
from backprop.stage.lesson import File
from backprop.stage.links import Links, Origin


def choices_at(query=""):
    return read_choices(LESSON.defaults, dict(parse_qsl(query)))


def panel(query=""):
    choices = choices_at(query)
    return LESSON.compose(choices, Links(LESSON.path, Origin({}, LESSON.defaults), choices)).export


def test_nothing_is_written_while_the_panel_is_closed():
    assert panel().text == ""
    assert [option.on for option in panel().options] == [False, False, False]


@pytest.mark.parametrize(
    ("kind", "name", "words"),
    [
        ("latex", "function.tex", r"\partial"),
        ("numpy", "function.py", "import numpy"),
        ("pytorch", "function.py", "import torch"),
    ],
)
def test_a_kind_has_its_text_on_the_page_and_as_a_file(kind, name, words):
    shown = panel(f"export={kind}")
    assert words in shown.text
    assert export_file(choices_at(), kind) == File(name, shown.text)


def test_the_code_carries_the_point():
    assert "2.5" in export_file(choices_at("x=2.5"), "numpy").text


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("preset", LESSON.presets, ids=lambda preset: preset.name)
def test_every_preset_can_be_taken_along(kind, preset):
    assert export_file(preset.choices, kind).text


def test_an_unknown_kind_is_refused_as_a_missing_page():
    with pytest.raises(UnknownNameError) as refused:
        export_file(choices_at(), "fortran")
    assert refused.value.at == "lesson"
