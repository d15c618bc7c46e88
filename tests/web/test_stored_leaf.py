"""A leaf whose numbers were brought, by its address: shown, printed, edited, as JSON, and gone."""

import html
import json
import re

import pytest

from app import create_app

TABLE = "a;b;c\n0,5;1;2\n-1;0;3,25\n4;5;6\n7;8;9\n"


@pytest.fixture
def app(tmp_path):
    app = create_app({"DATABASE_URL": f"sqlite:///{tmp_path / 'store.sqlite'}"})
    yield app
    app.extensions["store"].close()


@pytest.fixture
def store(app):
    return app.extensions["store"]


def bring(client, **fields):
    answer = client.post(
        "/arrays", data={"do": "bring", "leaf-name": "A", "table": TABLE, **fields}
    )
    assert answer.status_code == 303
    return answer.headers["Location"]


def rows_of(client, address):
    answer = client.get(f"/api{address}")
    assert answer.status_code == 200
    return json.loads(answer.text)["board"]["picture"]["rows"]


def test_the_address_of_what_was_brought_shows_it_in_every_dress(client):
    there = bring(client)
    assert "A</b>" in client.get(there).text
    row = rows_of(client, there)[0]
    assert "stored" in "".join(text for text, _ in row["pieces"])
    assert row["value"]["state"] == "map"
    step = client.get(f"{there}&step=9").text
    assert "3.25" in re.sub("<[^>]*>", "", step)
    paper = client.get(f"{there}&on-paper=worksheet").text
    assert "A : 4 x 3 = [[0.5, 1, 2], [-1, 0, 3.25], [4, 5, 6], [7, 8, 9]]" in paper
    typed = f"{there}&leaf-values=A%5B0,0%5D%3D2"
    assert client.get(typed).status_code == 200


def test_a_cell_that_is_no_number_is_refused_beside_the_field(client, store):
    answer = client.post(
        "/arrays",
        data={"do": "bring", "leaf-name": "A", "table": "a,b\n1,x\n"},
        headers={"HX-Request-Type": "partial"},
    )
    assert answer.status_code == 422
    assert 'hx-target="#error-table"' in answer.text
    assert store.prune(0) == 0


def test_once_the_numbers_are_gone_the_page_says_so_and_leads_to_the_program_without_them(
    client, store
):
    there = bring(client, program="A : 4 x 3 = ones\nL = sum(A * A)")
    client.post("/stored")  # the browser takes back what it brought
    store.prune(0)
    page = client.get(there)
    assert page.status_code == 404
    assert "This state is gone." in page.text
    way = html.unescape(re.search(r'href="(/arrays\?[^"]*)"', page.text)[1])
    assert client.get(way).status_code == 200
    texts = ["".join(t for t, _ in row["pieces"]).strip() for row in rows_of(client, way)]
    assert texts[-1] == "sum(A * A)"
