"""The playground at its addresses: the page, the parts of it, the files that it gives away."""

from xml.etree import ElementTree

import pytest

from app import create_app

PART = {"HX-Request-Type": "partial"}


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    database = tmp_path_factory.mktemp("playground") / "store.sqlite"
    app = create_app({"DATABASE_URL": f"sqlite:///{database}"})
    yield app.test_client()
    app.extensions["store"].close()


@pytest.mark.parametrize("step", range(8))
def test_every_step_is_a_page_and_a_part(client, step):
    for headers in ({}, PART):
        answer = client.get(f"/playground?step={step}", headers=headers)
        assert answer.status_code == 200
        assert f"step {step + 1} of 8" in answer.text


@pytest.mark.parametrize(
    "query",
    [
        "expression=x",
        "expression=2*3",
        "expression=7&step=3",
        "expression=log(-x)&x=2&step=5",
        "expression=1/x&x=0&step=4&focus=x",
        "expression=abs(q)&q=0&step=9",
        "expression=f*y",
        "expression=θ^2",
        "expression=2*3%2Bx&focus=v1",
        "expression=x<script>",
        "hide=expression,transport,strip,presets,sharing,variables,proof,setup",
        "mode=projector",
        "export=latex",
    ],
)
def test_whatever_is_typed_is_answered(client, query):
    assert client.get(f"/playground?{query}").status_code in (200, 422)
    assert client.get(f"/playground?{query}", headers=PART).status_code in (200, 422)
    assert client.get(f"/api/playground?{query}").status_code in (200, 422)


def test_a_refused_text_says_so_beside_its_field_and_nothing_else(client):
    answer = client.get("/playground?expression=2%20%2B", headers=PART)
    assert answer.status_code == 422
    assert 'hx-target="#error-expression"' in answer.text
    assert "lab" not in answer.text


def test_what_is_typed_is_escaped_wherever_it_stands(client):
    text = client.get("/playground?expression=x%3Cscript%3E&step=1").text
    assert "x<script>" not in text


def test_without_javascript_a_form_carries_what_else_is_set(client):
    text = client.get("/playground?preset=colah&step=3&share=1").text
    form = text[text.index('<form id="typed"') : text.index("</form>")]
    for name, value in (("preset", "colah"), ("step", "3"), ("share", "1")):
        assert f'<input type="hidden" name="{name}" value="{value}">' in form
    assert '<input type="hidden" name="a"' not in form
    assert "<button" in form


@pytest.mark.parametrize(
    ("kind", "name"),
    [("latex", "function.tex"), ("numpy", "function.py"), ("pytorch", "function.py")],
)
def test_a_function_is_sent_as_a_file(client, kind, name):
    answer = client.get(f"/playground/export/{kind}?preset=colah&a=3")
    assert answer.mimetype == "text/plain"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert (
        client.get(
            f"/playground/export/{kind}?preset=colah&a=3",
            headers={"If-None-Match": answer.headers["ETag"]},
        ).status_code
        == 304
    )


def test_an_unknown_kind_is_a_page_that_is_not_there(client):
    answer = client.get("/playground/export/fortran")
    assert answer.status_code == 404
    assert "fortran" in answer.text


def test_what_cannot_be_read_is_not_sent_as_a_file(client):
    assert client.get("/playground/export/numpy?expression=2%20%2B").status_code == 422
    assert client.get("/playground/graph.svg?expression=2%20%2B").status_code == 422


@pytest.mark.parametrize("kind", ["latex", "numpy", "pytorch"])
def test_no_file_tells_what_the_page_still_asks(client, kind):
    asked = client.get(f"/playground/export/{kind}?ask=1&step=2")
    assert asked.status_code == 422
    assert "This file holds the answers" in asked.text
    assert client.get(f"/playground/export/{kind}?ask=1&step=999").status_code == 200


def test_the_panel_shows_the_text_of_the_file(client):
    page = client.get("/playground?export=numpy", headers=PART).text
    file = client.get("/playground/export/numpy").text
    shown = page[page.index('<pre id="exported"') : page.index("</pre>")]
    assert "import numpy as np" in shown
    assert "import numpy as np" in file
    assert "/playground/export/numpy?export=numpy" in page


def test_the_picture_is_that_of_the_step(client):
    first, last = (client.get(f"/playground/graph.svg?step={n}").text for n in (0, 7))
    assert ElementTree.fromstring(first).attrib == ElementTree.fromstring(last).attrib | {
        "class": "graph-svg expression phase-forward"
    }
    assert first != last


def points(client, query):
    fields = client.get(f"/api/playground?{query}").json["board"]["variables"]
    return {each["field"]["name"]: each["field"]["value"] for each in fields}


def test_a_function_that_is_typed_now_has_a_value_where_it_begins(client):
    page = client.get("/playground").text
    assert page.count("new-variables=defined") == 1
    assert points(client, "expression=log(w-3)%2Bx&new-variables=defined") == {"w": "4", "x": "-2"}
    assert points(client, "expression=log(w-3)%2Bx") == {"w": "2", "x": "-2"}  # as it always was


LINES = {"expression": "h = tanh(x)\nL = h*h", "x": "0.5"}


def test_named_lines_stand_in_the_address_on_one_line(client):
    answer = client.get("/api/playground", query_string=LINES).json
    assert answer["pairs"]["expression"] == "h = tanh(x); L = h*h"
    assert answer["board"]["function"]["lines"]
    body = {"expression": LINES["expression"], "x": 0.5}
    assert client.post("/api/playground", json=body).json["address"] == answer["address"]


def test_a_named_line_is_one_node_with_two_terms(client):
    steps = client.post(
        "/api/differentiate", json={"expression": LINES["expression"], "at": {"x": 0.5}}
    ).json["steps"]
    assert [step["name"] for step in steps] == ["h", "L", "L", "h", "x"]
    assert [term["through"] for term in steps[3]["terms"]] == ["L", "L"]


@pytest.mark.parametrize("kind", ["latex", "numpy", "pytorch"])
def test_named_lines_are_sent_as_a_file_by_their_names(client, kind):
    text = client.get("/playground", query_string=LINES | {"more": "export", "export": kind}).text
    assert "tanh" in text
    assert "h = " in text or "h &amp;= " in text or "h &= " in text


@pytest.mark.parametrize("lesson", ["gradient", "gradient-check"])
def test_named_lines_are_read_in_every_formula_field(client, lesson):
    query = {"expression": "u = x*y; u^2 + x", "of": "expression"}
    answer = client.get(f"/api/lessons/{lesson}", query_string=query)
    assert answer.status_code == 200
    assert answer.json["pairs"]["expression"] == query["expression"]
