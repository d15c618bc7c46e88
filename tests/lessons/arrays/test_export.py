"""The files that the page of arrays offers: each kind, and what is refused."""

import pytest

from app import create_app
from backprop.engine.errors import UnknownNameError
from backprop.lessons.arrays.choices import Choices
from backprop.lessons.arrays.export import EXPORTS, KINDS, export_file
from backprop.stage.choices import ChoiceError, change


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    database = tmp_path_factory.mktemp("exports") / "store.sqlite"
    app = create_app({"DATABASE_URL": f"sqlite:///{database}"})
    yield app.test_client()
    app.extensions["store"].close()


def test_each_kind_is_a_file_of_its_name():
    files = {name: export_file(Choices(), name) for name in KINDS}
    assert {name: file.name for name, file in files.items()} == {
        "numpy": "program_numpy.py",
        "pytorch": "program_pytorch.py",
        "jax": "program_jax.py",
        "latex": "program.tex",
    }
    assert files["latex"].mimetype == "application/x-tex"


def test_a_file_has_the_numbers_that_were_typed_and_the_lines_that_are_open():
    choices = change(Choices(), leaf_values="W[1,2]=0.125", opened=("H", "Z"))
    text = export_file(choices, "numpy").text
    assert "0.125]]" in text
    assert "Z_2 = A @ Z_1  # 4×2" in text


def test_an_unknown_kind_is_refused_with_those_that_there_are():
    with pytest.raises(UnknownNameError, match="There is no export “fortran”") as refused:
        export_file(Choices(), "fortran")
    assert refused.value.hint == "There are numpy, pytorch, jax, latex."


def test_what_holds_the_answers_opens_at_the_end_of_the_pass(client):
    asked = "/arrays/export/numpy?ask=1"
    answer = client.get(asked)
    assert answer.status_code == 422
    assert "This file holds the answers." in answer.text
    assert client.get(f"{asked}&step=10").status_code == 422
    assert client.get(f"{asked}&step=11").status_code == 200
    assert "/arrays/export/" not in client.get("/arrays?ask=1&step=3").text


def test_the_menu_offers_every_kind_to_copy_and_to_download(client):
    page = client.get("/arrays?step=9").text
    for export in EXPORTS:
        assert f'data-fetch="/arrays/{export.path}?step=9">Copy</button>' in page
        assert f'href="/arrays/{export.path}?step=9" download>Download</a>' in page


def test_a_file_is_sent_under_its_name_and_not_again_where_it_did_not_change(client):
    answer = client.get("/arrays/export/pytorch?preset=embedding")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="program_pytorch.py"'
    assert answer.headers["Cache-Control"] == "public, no-cache"
    assert answer.mimetype == "text/plain"
    tag = {"If-None-Match": answer.headers["ETag"]}
    assert client.get("/arrays/export/pytorch?preset=embedding", headers=tag).status_code == 304


def test_a_program_that_is_too_large_or_cannot_be_read_is_refused_in_words(client):
    large = "\n".join(f"a{k} : 64 x 64 = zeros" for k in range(5)) + "\nL = sum(a0)"
    answer = client.get("/arrays/export/jax", query_string={"program": large})
    assert answer.status_code == 422
    assert "A file of this program would hold 40,960 numbers." in answer.text
    answer = client.get("/arrays/export/numpy", query_string={"program": "L = x"})
    assert answer.status_code == 422
    with pytest.raises(ChoiceError, match="There is no “x” above this line"):
        export_file(change(Choices(), program="L = x"), "numpy")
