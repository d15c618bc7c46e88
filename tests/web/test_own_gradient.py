"""A brought gradient over HTTP: forms, addresses, files, downloads, and hostile input."""

import io
import json
import pickle
import zipfile
from io import BytesIO
from urllib.parse import parse_qsl, urlsplit

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app import create_app
from backprop.lessons.catalog import LESSONS
from backprop.lessons.own_gradient.choices import Choices, make_given
from backprop.lessons.own_gradient.downloads import example_text
from backprop.notation.submission.judgement import judge
from backprop.notation.submission.read import read_submission

PATH = "/lessons/own-gradient"
PART = {"HX-Request": "true", "HX-Request-Type": "partial"}
RIGHT = example_text(Choices(example="right"))
SLIP = example_text(Choices(example="slip"))


@pytest.fixture
def client(make):
    return make(LESSONS=LESSONS).test_client()


@pytest.fixture(scope="module")
def visitor(tmp_path_factory):
    """A client of one application for all examples of a test."""
    folder = tmp_path_factory.mktemp("store")
    app = create_app({"DATABASE_URL": f"sqlite:///{folder}/store.sqlite"})
    yield app.test_client()
    app.extensions["store"].close()


def post(client, text="", file=None, headers=None, **pairs):
    data = {"given": text, **pairs}
    if file is not None:
        data["file"] = (BytesIO(file), "gradient.npz")
    return client.post(PATH, data=data, headers=headers)


def go(client, text="", file=None, **pairs):
    """Send the form; return where it leads."""
    answer = post(client, text, file, **pairs)
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def board(client, address):
    answer = client.get(f"/api{address}")
    assert answer.status_code == 200
    return json.loads(answer.text, parse_constant=pytest.fail)["board"]


def npz(**arrays):
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


# Forms and addresses


def test_a_paste_is_answered_by_the_way_to_its_answer(client):
    there = go(client, SLIP)
    assert there.startswith(f"{PATH}?from=")
    client.get(there)
    client.application.extensions["store"].flush()  # the visit is written: it stays a month
    page = client.get(there).text
    assert "most likely no σ′ at the output" in page
    assert client.get(there).text == page
    assert "0.045913453259" in page  # what was brought stands in the field


def test_the_answer_belongs_to_the_network_that_the_form_names(client):
    choices = Choices(sizes=(3, 2), activations=("tanh",), seed=5)
    text = example_text(Choices(**{**vars(choices), "example": "right"}))
    there = go(client, text, sizes="3,2", activations="tanh", seed="5")
    assert board(client, there)["answer"]["big"] == "Right"
    assert post(client, text).status_code == 422


def test_the_same_paste_has_the_same_address_and_another_has_its_own(client):
    first, second, other = go(client, RIGHT), go(client, RIGHT), go(client, SLIP)
    assert first == second != other
    assert board(client, first)["answer"]["big"] == "Right"


def test_a_file_is_brought_as_well(client):
    arrays = read_submission(RIGHT, *_here()).gradient
    there = go(client, file=npz(**{f"d{name}": array for name, array in arrays.items()}))
    found = board(client, there)
    assert found["answer"]["big"] == "Right"
    assert found["shown"]["source"].startswith("an .npz file")


def _here():
    here = make_given(Choices())
    return here.network, here.defaults


def state_of(address):
    return dict(parse_qsl(urlsplit(address).query))


def test_what_was_deleted_is_gone_for_everyone(client):
    there = go(client, RIGHT)
    after = go(client, **state_of(there), do="delete")
    assert client.get(there).status_code == 404
    assert client.application.test_client().get(there).status_code == 404
    assert board(client, after)["answer"]["state"] == "empty"


def test_only_the_browser_that_brought_a_gradient_can_delete_it(client):
    there, other = go(client, RIGHT), client.application.test_client()
    assert "Delete it</button>" in client.get(there).text
    page = other.get(there).text
    assert "Delete it</button>" not in page
    assert "Only the browser that brought this gradient can delete it." in page
    answer = post(other, **state_of(there), do="delete", headers=PART)
    assert answer.status_code == 403
    assert 'hx-target="#error-given"' in answer.text
    assert post(other, **state_of(there), do="delete").status_code == 403
    assert board(other, there)["answer"]["big"] == "Right"


def test_of_two_who_brought_the_same_each_takes_back_their_own(client):
    other = client.application.test_client()
    there = go(client, RIGHT)
    assert go(other, RIGHT) == there
    go(client, **state_of(there), do="delete")
    assert board(client, there)["can_delete"] is False
    assert board(other, there)["can_delete"] is True
    go(other, **state_of(there), do="delete")
    assert client.get(there).status_code == 404


def test_an_answer_that_offers_to_delete_is_for_one_browser_alone(client):
    there = go(client, RIGHT)
    for path, headers in ((there, {}), (there, PART), (f"/api{there}", {})):
        answer = client.get(path, headers=headers)
        assert answer.headers["Cache-Control"] == "private, no-cache"
        assert "Cookie" in answer.headers["Vary"]
    anyones = client.get(f"{PATH}?seed=3", headers=PART)
    assert anyones.headers["Cache-Control"] == "public, no-cache"
    assert "Cookie" not in anyones.headers["Vary"]


def test_a_gradient_over_the_quota_is_refused_beside_its_field(client):
    client.application.extensions["store"].limit_bytes = 32 * 100
    answer = post(client, RIGHT, headers=PART)
    assert answer.status_code == 422
    assert 'hx-target="#error-given"' in answer.text
    assert '<a href="/stored">' in answer.text
    assert "Set-Cookie" not in answer.headers


def test_a_page_of_nothing_brought_shows_how_it_goes(client):
    page = client.get(PATH).text
    assert "Is your" in page
    assert "How it goes" in page
    assert "Nothing brought yet" in page


def test_a_control_that_is_hidden_is_hidden(client):
    page = client.get(f"{PATH}?hide=presets,examples,table,network,files&example=slip").text
    for part in ('id="presets"', 'class="tries"', "Entry by entry", 'id="network"', "A starter"):
        assert part not in page


# What is refused


def test_a_refusal_stands_beside_the_field_with_line_and_column(client):
    answer = post(client, "dW1 =\n[o.5, 1]", headers=PART)
    assert answer.status_code == 422
    assert 'hx-target="#error-given"' in answer.text
    assert "line 2, column 2" in answer.text
    assert answer.headers["HX-Push-Url"] == "false"


def test_a_refusal_is_a_page_without_htmx(client):
    answer = post(client, "dW1 =\n[o.5, 1]")
    assert answer.status_code == 422
    assert "line 2, column 2" in answer.text
    assert "<!doctype html>" in answer.text


def test_nothing_of_a_refused_paste_is_stored(client):
    store = client.application.extensions["store"]
    post(client, "dW1 = [nonsense]")
    assert store.prune(0) == 0


class Trap:
    """Unpickling it would write a file."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return open, (str(self.path), "w")


def test_a_pickle_is_refused_and_not_loaded(client, tmp_path):
    trap = tmp_path / "sprung"
    objects = np.empty(1, dtype=object)
    objects[0] = Trap(trap)
    for file in (npz(dW1=objects), pickle.dumps(Trap(trap))):
        answer = post(client, file=file, headers=PART)
        assert answer.status_code == 422
        assert 'hx-target="#error-given"' in answer.text
    assert not trap.exists()
    assert "not loaded" in post(client, file=npz(dW1=objects), headers=PART).text


def test_a_zip_that_unpacks_to_too_much_is_refused(client):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("dW1.npy", b"\0" * (64 << 20))
    answer = post(client, file=file.getvalue(), headers=PART)
    assert answer.status_code == 422
    assert "unpacks to" in answer.text


def test_more_than_a_mebibyte_is_refused_kindly(client):
    answer = post(client, "1 " * 600_000)
    assert answer.status_code == 413
    assert "At most 1 MiB" in answer.text


def test_what_is_brought_is_never_markup(client):
    text = SLIP + "\n# </textarea><script>alert(1)</script>\n"
    answer = post(client, text)
    page = client.get(answer.headers["Location"]).text if answer.status_code == 303 else answer.text
    assert "<script>alert" not in page
    refused = post(client, "dW1 = [<b>bold</b>]", headers=PART)
    assert "<b>bold" not in refused.text


def test_another_site_cannot_bring_anything(client):
    assert post(client, RIGHT, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


@pytest.mark.parametrize(
    "query",
    [
        "sizes=2,1&loss=cross_entropy",
        "sizes=128,128,90&rows=64",
        "sizes=0",
        "rows=1e9",
        "seed=-1",
        "activations=magic",
        "example=nothing",
        "example=../../etc",
        f"own={'../' * 9}",
    ],
)
def test_an_address_that_makes_no_sense_is_refused(client, query):
    assert client.get(f"{PATH}?{query}").status_code == 422


def test_an_address_that_was_never_given_is_not_found(client):
    assert client.get(f"{PATH}?own={'0' * 64}").status_code == 404


@given(text=st.text(max_size=400), name=st.sampled_from(["dW1 = ", "{", '{"X": ', ""]))
@settings(max_examples=60)
def test_any_text_is_judged_or_refused(visitor, text, name):
    assert post(visitor, name + text, headers=PART).status_code in (303, 422)


@given(file=st.binary(max_size=400), start=st.sampled_from([b"", b"PK\x03\x04", b"\x93NUMPY\x01"]))
@settings(max_examples=60)
def test_any_file_is_judged_or_refused(visitor, file, start):
    assert post(visitor, file=start + file or b"-", headers=PART).status_code in (303, 422)


# Downloads


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("numpy.py", "starter_numpy.py"),
        ("pytorch.py", "starter_pytorch.py"),
        ("json", "starter.json"),
    ],
)
def test_a_starter_is_a_file_for_the_network_of_the_address(client, kind, name):
    answer = client.get(f"{PATH}/{kind}?sizes=2,5,1&seed=9")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert "[2, 5, 1]" in answer.text


def test_every_link_of_a_starter_and_an_example_leads_to_a_file(client):
    setup = board(client, f"{PATH}?sizes=2,4,1&seed=3")["setup"]
    for each in (*setup["starters"], *setup["networks"], *setup["expressions"]):
        answer = client.get(each["address"])
        assert answer.status_code == 200
        assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "sizes=2,4,1&seed=3" in setup["starters"][0]["address"]


def test_a_worked_example_is_right_by_our_own_check(client):
    answer = client.get("/fixtures/network-3-2-2-2.json")
    assert answer.mimetype == "application/json"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="network-3-2-2-2.json"'
    assert judge(read_submission(answer.text)).ok


@pytest.mark.parametrize(
    "path", [f"{PATH}/fortran", f"{PATH}/graph.svg", "/fixtures/nothing.json", "/fixtures/x"]
)
def test_a_file_that_is_not_there_is_a_page_that_says_so(client, path):
    answer = client.get(path)
    assert answer.status_code == 404
    assert "<!doctype html>" in answer.text
