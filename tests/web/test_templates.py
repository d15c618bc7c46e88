"""Templates are written as Jinja writes them, in less time."""

import pytest
from flask.templating import Environment
from jinja2 import DictLoader, StrictUndefined, UndefinedError
from markupsafe import Markup

from backprop.notation.formula import Label
from backprop.web.templates import LeanEnvironment, escaped

VALUES = ["plain", "a=1&b=2", "<b>", 'it\'s "so"', Markup("<b>"), 3, 0.5, True, None, Label("w")]
FILES = {
    "board.html": "{% from 'macros.html' import twice %}"
    "{% for each in rows %}{% include 'row.html' %}{% endfor %}"
    "|{% include 'none.html' ignore missing %}"
    "{{ twice(name) }}{% call twice('') %}{{ name }}{% endcall %}",
    "row.html": "{{ each.name }}={{ each.value }}{{ '!' if each.value > 1 }}{{ name }};",
    "macros.html": "{% macro twice(text) %}{{ text }}{{ text }}{% if caller is defined %}"
    "{{ caller() }}{% endif %}{% endmacro %}",
    "filled.html": "{% extends 'frame.html' %}"
    "{% block inside %}{{ name }}{{ super() }}{% endblock %}",
    "frame.html": "<{% block inside %}{% include 'row.html' %}{% endblock %}>",
}
NAMES = {
    "name": "a<b",
    "each": {"name": "x", "value": 2},
    "rows": [{"name": "x&", "value": 1}, {"name": "y", "value": 2}],
}


def make(kind, **options):
    """Return an environment with the files above."""
    environment = kind.__new__(kind)
    super(Environment, environment).__init__(
        loader=DictLoader(dict(FILES)), autoescape=True, undefined=StrictUndefined, **options
    )
    return environment


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_a_value_is_escaped_as_markupsafe_does(value):
    assert escaped(value) == Markup("{}").format(value)


@pytest.mark.parametrize("file", ["board.html", "filled.html"])
def test_a_template_gives_what_jinja_gives(file):
    lean, usual = (make(kind).get_template(file) for kind in (LeanEnvironment, Environment))
    assert lean.render(NAMES) == usual.render(NAMES)


def test_a_part_knows_what_is_set_around_it():
    environment = make(LeanEnvironment)
    text = "{% set name = 'here' %}{% with each = rows[1] %}{% include 'row.html' %}{% endwith %}"
    assert environment.from_string(text).render(NAMES) == "y=2!here;"


@pytest.mark.parametrize("text", ["{{ nobody }}", "{{ each.nothing }}", "{{ each.name.nothing }}"])
def test_a_name_that_stands_for_nothing_is_refused(text):
    with pytest.raises(UndefinedError):
        make(LeanEnvironment).from_string(text).render(NAMES)


def test_where_nothing_is_escaped_texts_stand_as_they_are():
    text = "{% autoescape false %}{{ name }}{{ name|e }}{% endautoescape %}{{ name }}"
    assert make(LeanEnvironment).from_string(text).render(NAMES) == "a<ba&lt;ba&lt;b"


@pytest.mark.parametrize("reloads", [True, False])
def test_a_part_is_looked_for_once_unless_files_may_change(reloads):
    environment = make(LeanEnvironment, auto_reload=reloads, cache_size=0)
    assert (environment.part("row.html") is environment.part("row.html")) != reloads


@pytest.mark.parametrize("name", ["a", "append", "nothing", "0"])
@pytest.mark.parametrize("owner", [{"a": 1}, [1], "text", 3, None, Label("w")], ids=repr)
def test_whether_something_is_defined_is_what_jinja_says(owner, name):
    place = f".{name}" if name != "0" else "['0']"
    text = f"{{{{ owner{place} is defined }}}}{{{{ owner.x is not defined }}}}"
    lean, usual = (make(kind).from_string(text) for kind in (LeanEnvironment, Environment))
    assert lean.render(owner=owner) == usual.render(owner=owner)


def test_a_part_is_escaped_by_its_own_rule_whatever_stands_around_it():
    text = "{% autoescape false %}{{ name }}{% include 'row.html' %}{% endautoescape %}"
    lean, usual = (make(kind).from_string(text) for kind in (LeanEnvironment, Environment))
    assert lean.render(NAMES) == usual.render(NAMES)
    assert lean.render(NAMES) == usual.render(NAMES)
