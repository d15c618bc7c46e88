"""Training over HTTP: what a form is answered, what stays in the store, and what never fails."""

import json
import re
import time
from html import escape
from io import BytesIO
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app import create_app
from backprop.lessons.catalog import LESSONS
from backprop.lessons.training.actions import LONGEST_TRAIL
from backprop.lessons.training.choices import Choices
from backprop.lessons.training.lesson import LESSON
from backprop.lessons.training.presets import PRESETS
from backprop.sharing.errors import MissingSnapshot
from backprop.training.run import MOST_POINTS

SMALL = "/train?size=20&hidden=3"
PART = {"HX-Request": "true", "HX-Request-Type": "partial"}
TABLE = "height,weight,kind\n" + "".join(f"{i},{i * i},{'ab'[i % 2]}\n" for i in range(8))


@pytest.fixture
def client(make):
    return make(LESSONS=LESSONS).test_client()


@pytest.fixture
def store(client):
    return client.application.extensions["store"]


@pytest.fixture(scope="module")
def visitor(tmp_path_factory):
    """A client of one application for all examples of a test."""
    folder = tmp_path_factory.mktemp("store")
    app = create_app({"DATABASE_URL": f"sqlite:///{folder}/store.sqlite"})
    yield app.test_client()
    app.extensions["store"].close()


def post(client, address, files=None, headers=None, **pairs):
    """Send a form from a state, with its own fields; return the answer."""
    state = dict(parse_qsl(urlsplit(address).query, keep_blank_values=True))
    data = {**state, **pairs, **{k: (BytesIO(v), "data.csv") for k, v in (files or {}).items()}}
    return client.post("/train", data=data, headers=headers)


def go(client, address, **pairs):
    """Send a form; return where it leads."""
    answer = post(client, address, **pairs)
    assert answer.status_code == 303
    return answer.headers["Location"]


def board(client, address):
    """Return the board of a state, read as strictly as JSON can be."""
    answer = client.get(f"/api{address}")
    assert answer.status_code == 200
    return json.loads(answer.text, parse_constant=pytest.fail)["board"]


def snapshot_of(address):
    return dict(parse_qsl(urlsplit(address).query))["from"]


def pairs_at(store, address):
    """Return what stands in the store for a state."""
    return json.loads(store.get(snapshot_of(address)))["pairs"]


# Answers


@pytest.mark.parametrize("do", ["play", "step", "epoch", "epochs", "anew"])
def test_a_form_is_answered_by_the_way_to_where_it_leads(client, do):
    answer = post(client, SMALL, do=do)
    assert answer.status_code == 303
    there = answer.headers["Location"]
    assert there.startswith("/train?from=")
    assert client.get(there).text.startswith("<!doctype html>")


def test_without_a_word_a_form_goes_on_by_an_epoch(client):
    assert board(client, go(client, SMALL))["progress"]["epoch"] == 1


def test_the_check_of_a_gradient_keeps_the_state_it_came_from(client):
    there = go(client, SMALL, do="epoch")
    check = go(client, there, do="check", example="3")
    assert check.startswith("/lessons/gradient-check?from=")
    page = client.get(check)
    assert page.status_code == 200
    back = board(client, check)["head"]["return_to"]
    assert back.startswith("/train?from=")
    assert f'href="{escape(back)}"' in page.text
    assert client.get(back).status_code == 200


def test_a_network_too_large_to_be_checked_says_so_beside_its_button(client):
    large = "/train?size=20&hidden=12"
    text = client.get(large).text
    assert 'disabled aria-describedby="unchecked"' in text
    assert "Too large to be checked weight by weight" in text
    assert post(client, large, do="check").status_code == 422


def test_a_page_that_plays_is_sent_its_stage_alone(client):
    answer = client.post("/train?playing=1", data={"size": "20", "do": "play"}, headers=PART)
    assert answer.status_code == 200
    there = answer.headers["HX-Push-Url"]
    assert there.startswith("/train?from=")
    assert 'id="stage"' in answer.text
    assert not any(f'id="{name}"' in answer.text for name in ("lab", "setup", "charts", "tools"))
    assert "<html" not in answer.text
    assert f'data-here="{escape(there)}"' in answer.text


def test_a_page_that_plays_may_ask_for_the_curves_beside_it(client):
    data = {"size": "20", "do": "play", "beside": "charts"}
    answer = client.post("/train?playing=1", data=data, headers=PART)
    assert 'hx-target="#charts"' in answer.text
    assert client.post("/train", data={"beside": "nonsense"}).status_code == 422


def test_a_page_that_plays_is_sent_on_to_another_lesson(client):
    data = {"size": "20", "do": "walk", "playing": "1"}
    answer = client.post("/train", data=data, headers=PART)
    assert answer.status_code == 303
    assert answer.location.startswith("/lessons/network?from=")


def test_a_page_that_does_not_play_is_sent_on_to_its_new_state(client):
    assert post(client, SMALL, do="step", headers=PART).status_code == 303


def test_a_state_without_its_snapshot_is_not_there(client):
    for answer in (
        client.get(f"/train?from={'a' * 64}"),
        post(client, f"/train?from={'a' * 64}", do="step"),
        client.get("/train?from=nonsense"),
    ):
        assert answer.status_code == 404
        assert 'class="problem"' in answer.text


@pytest.mark.parametrize(
    ("pairs", "at"),
    [
        ({"do": "nonsense"}, "do"),
        ({"do": "play", "ms": "0"}, "ms"),
        ({"do": "play", "ms": "46"}, "ms"),
        ({"do": "play", "ms": "soon"}, "ms"),
        ({"do": "edit", "parameter": "w9_9_9", "value": "1"}, "value"),
        ({"do": "edit", "parameter": "w1_1_1", "value": "many"}, "value"),
        ({"do": "draw", "points": "1"}, "points"),
        ({"do": "epochs", "epochs": "0"}, "epochs"),
        ({"do": "seek", "below": "-1"}, "below"),
        ({"do": "walk", "hidden": "20"}, "example"),
        ({"do": "bring", "table": "a,b\n1\n"}, "table"),
        ({"do": "step", "data": "drawn", "drawn": "1,2"}, "points"),
    ],
    ids=str,
)
def test_what_cannot_be_done_is_said_beside_its_field(client, store, pairs, at):
    answer = post(client, SMALL, headers=PART, **pairs)
    assert answer.status_code == 422
    assert f'hx-target="#error-{at}"' in answer.text
    assert answer.headers["HX-Push-Url"] == "false"
    assert 'class="problem"' in post(client, SMALL, **pairs).text
    assert store.prune(0) == 0


def test_a_problem_leads_back_to_where_it_was_asked_from(client):
    came = {"Referer": f"http://localhost{SMALL}"}
    text = post(client, SMALL, do="bring", table="a", headers=came).text
    assert f'href="{SMALL.replace("&", "&amp;")}">Back to where you were' in text


def test_another_site_may_not_train(client, store):
    assert post(client, SMALL, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert post(client, SMALL, headers={"Origin": "http://elsewhere"}).status_code == 403
    assert store.prune(0) == 0


# A table of one's own


def test_a_table_is_uploaded_learned_from_and_deleted(client, store):
    there = go(client, SMALL, do="bring", files={"file": TABLE.encode()})
    own = board(client, there)["setup"]["data"]["own"]
    assert [column["name"] for column in own["columns"]] == ["height", "weight", "kind"]
    trained = go(client, there, do="epoch")
    table = pairs_at(store, trained)["own"]
    assert client.get(trained).status_code == 200
    assert client.get(go(client, trained, do="delete")).status_code == 200
    assert client.get(trained).status_code == 404  # though it was shown, and kept
    with pytest.raises(MissingSnapshot):
        store.get(table)


def test_a_pasted_table_is_read_where_no_file_is_chosen(client):
    there = go(client, SMALL, do="bring", table=TABLE, files={"file": b""})
    assert board(client, there)["setup"]["data"]["own"]["rows"] == 8


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "The table is empty."),
        (b"a,b\n1,2\n3\n", "Row 3 has 1 cell"),
        (b"a,b\n1,\x00\n", "NUL character in line 2"),
        (b"a,b\n" + b"1,2\n" * 2001, "is one too many"),
        (b"\xff\xfe\x00", "only one column"),
    ],
    ids=range(5),
)
def test_a_bad_table_is_refused_beside_its_field_and_nothing_is_stored(client, store, body, words):
    answer = post(client, SMALL, do="bring", files={"file": body}, headers=PART)
    assert answer.status_code == 422
    assert 'hx-target="#error-table"' in answer.text
    assert words in answer.text
    assert store.prune(0) == 0


def upload(client, body):
    """Send a large file, whose bytes stand in one piece."""
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="data.csv"\r\n\r\n'
    data = head + body + b"\r\n--x--\r\n"
    form = "multipart/form-data; boundary=x"
    return client.post("/train?do=bring", data=data, content_type=form)


def test_more_than_a_mebibyte_is_too_large(client):
    answer = upload(client, b"1,2\n" * 2**19)
    assert answer.status_code == 413
    assert "1 MiB" in answer.text
    assert post(client, SMALL, do="bring", table="1,2\n" * 2**19).status_code == 413


def test_a_file_that_nearly_fills_the_limit_is_read(client):
    assert "lines" in upload(client, b"1,2\n" * 250_000).text
    long = ("1," + "9" * 190 + "\n").encode() * 1990
    assert upload(client, long).status_code == 422
    short = [b"1,%0190d\n" % (k % 7) for k in range(1990)]
    assert upload(client, b"".join(short)).status_code == 303


def test_a_formula_in_a_table_stays_text(client):
    there = go(client, SMALL, do="bring", table='a,class\n2,"=1+1"\n3,"=cmd|\'/c\'!A1"\n4,=1+1\n')
    assert board(client, there)["example"]["words"] == "row 1 of 3: =1+1"
    assert board(client, f"{there}&example=2")["example"]["words"] == "row 2 of 3: =cmd|'/c'!A1"


def test_names_of_columns_are_escaped(client):
    there = go(client, SMALL, do="bring", table="<script>alert(1)</script>,b\n1,2\n3,4\n")
    assert "<script>alert" not in client.get(there).text


def test_only_the_browser_that_brought_a_table_can_delete_it(client, store):
    there = go(client, SMALL, do="bring", table=TABLE)
    other = client.application.test_client()
    assert "Delete these data" in client.get(there).text
    page = other.get(there).text
    assert "Delete these data" not in page
    assert "Use other data" in page
    answer = post(other, there, do="delete")
    assert answer.status_code == 403
    assert "Only the browser that brought this table can delete it." in answer.text
    assert store.get(pairs_at(store, there)["own"])
    assert other.get(there).status_code == 200


def test_only_a_table_can_be_deleted_by_its_address(client, store):
    there = go(client, SMALL, do="epoch")
    victim = snapshot_of(there)
    client.get(there)
    assert post(client, SMALL, do="delete", own=victim).status_code == 422
    assert store.get(victim)


# The store


def test_opening_a_page_keeps_its_snapshot_its_table_and_its_points(client, store):
    there = go(client, SMALL, do="bring", table=TABLE)
    for _ in range(3):
        there = go(client, there, do="epoch")
    client.get(there)
    after_an_hour(store)
    assert store.prune(0) == 3  # the states on the way
    pairs = pairs_at(store, there)
    assert store.get(pairs["own"])
    assert len(pairs["run"]["points"]) == 3
    for epoch, address in pairs["run"]["points"]:
        assert json.loads(store.get(address))["epoch"] == epoch
        assert client.get(f"{there}&at={epoch}").status_code == 200


def after_an_hour(store):
    """Let the time pass for which everything stays."""
    store.flush()
    store.clock = lambda: time.time() + 3_601


def play(client, address, slices, ms):
    """Play as a page does: each slice from where the last came to."""
    for k in range(slices):
        pairs = {"do": "play", "ms": ms, "passing": str(int(k > 0)), "playing": "1"}
        answer = post(client, address, headers=PART, **pairs)
        assert answer.status_code == 200
        address = answer.headers["HX-Push-Url"]
    return address


@pytest.mark.parametrize("query", ["batch=2000", "batch=1"])
def test_playing_leaves_little_behind(client, store, query):
    there = play(client, f"{SMALL}&{query}", slices=60, ms=8)
    points = pairs_at(store, there)["run"]["points"]
    assert len(points) <= MOST_POINTS
    client.get(there)
    after_an_hour(store)
    assert store.prune(0) <= 3 + LONGEST_TRAIL
    for _, address in points:
        assert store.get(address)


def test_a_page_that_was_reached_by_playing_can_be_gone_on_from_after_the_store_was_pruned(
    client, store
):
    there = play(client, SMALL, slices=5, ms=5)
    client.get(there)
    after_an_hour(store)
    store.prune(0)
    there = go(client, f"{there}&at=1", do="epoch")
    assert board(client, there)["progress"]["epoch"] == 2


# JSON


def learned(client, preset, slices=3):
    there = f"/train?preset={preset.name}"
    for _ in range(slices):
        there = go(client, there, do="play", ms="45")
    return there


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_every_preset_is_strict_json_and_a_page_before_and_while_it_learns(client, preset):
    for address in (f"/train?preset={preset.name}", learned(client, preset)):
        for query in ("", "&unit=a1_1", "&detail=layers"):
            assert board(client, address + query)
        assert client.get(address).status_code == 200


def broken(client):
    there = "/train?preset=exploding"
    for _ in range(60):
        there = go(client, there, do="play", ms="45")
        if board(client, there)["progress"]["arrived"]:
            return there
    raise AssertionError("The run should break.")


def test_a_run_whose_numbers_ended_is_strict_json_and_a_page(client):
    there = broken(client)
    for query in ("", "&unit=a1_1", "&detail=layers", "&log=1", "&detail=layers&step=3"):
        assert board(client, there + query)["trouble"]
        assert client.get(there + query).status_code == 200
    run = pairs_at(client.application.extensions["store"], there)["run"]
    assert run["broken"] is True


# Whatever is sent


CELLS = st.one_of(
    st.integers(-5, 5).map(str),
    st.floats().map(repr),
    st.text(max_size=6),
    st.sampled_from(["", "NA", "=1+1", '"', '""', '"a', "1,5", "1e999", "x" * 300, "\ufeff", "−3"]),
)
TABLES = st.lists(st.lists(CELLS, min_size=1, max_size=5), max_size=12)


@given(
    rows=TABLES,
    separator=st.sampled_from([",", ";", "\t", "|", " "]),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252", "latin-1", "utf-32"]),
)
def test_no_upload_makes_the_server_fail(visitor, rows, separator, end, encoding):
    text = end.join(separator.join(row) for row in rows)
    body = text.encode(encoding, "replace")
    answer = post(visitor, SMALL, do="bring", files={"file": body})
    assert answer.status_code in (303, 422)
    if answer.status_code == 303:
        there = answer.headers["Location"]
        assert visitor.get(there).status_code in (200, 422)
        assert post(visitor, there, do="step").status_code in (303, 422)


@settings(max_examples=40)
@given(st.binary(max_size=200))
def test_no_bytes_make_the_server_fail(visitor, body):
    assert post(visitor, SMALL, do="bring", files={"file": body}).status_code in (303, 422)


FIELDS = [*Choices.__dataclass_fields__, "learning_rate", "beta1", "momentum", "from", "preset"]
FIELDS += ["do", "ms", "playing", "speed", "beside", "parameter", "value", "points", "passing"]
JUNK = st.one_of(
    st.integers(-3, 3).map(str),
    st.sampled_from(
        [
            *("", "nan", "inf", "1e400", "-1", "0", "1", "1,2", "1,2,3", ",", "a1_1", "x1"),
            *("W1", "w1_1_1", "a0_0", "a1_²", "drawn", "own", "plane", "sine", "iris", "digits"),
            *("classes", "numbers", "layers", "relu", "softmax", "cross_entropy", "momentum"),
            *("erase", "step", "cosine", "function", "sin(", "1/0", "x/0", "ln(x)", "a" * 64),
            *("x" * 500, "2000", "99999", "\x00", "١", "💥", "<b>", "x1,x1x2", "128", "charts"),
        ]
    ),
    st.text(max_size=12),
)
QUERIES = st.dictionaries(st.sampled_from(FIELDS), JUNK, max_size=5)


@given(pairs=QUERIES, part=st.booleans())
def test_no_address_makes_the_server_fail(visitor, pairs, part):
    answer = visitor.get("/train", query_string=pairs, headers=PART if part else {})
    assert answer.status_code in (200, 404, 422)


@given(pairs=QUERIES)
def test_no_address_makes_the_interface_fail(visitor, pairs):
    answer = visitor.get("/api/train", query_string=pairs)
    assert answer.status_code in (200, 404, 422)
    json.loads(answer.text, parse_constant=pytest.fail)


@given(
    do=st.sampled_from(
        [
            "play",
            "step",
            "epoch",
            "continue",
            "edit",
            "compare",
            "draw",
            "undo",
            "anew",
            "walk",
            "check",
        ]
    ),
    pairs=QUERIES,
)
def test_no_form_makes_the_server_fail(visitor, do, pairs):
    answer = visitor.post("/train", data={"size": "20", **pairs, "do": do})
    assert answer.status_code in (303, 404, 422, 200)
    if answer.status_code == 303:
        there = visitor.get(answer.headers["Location"])
        assert there.status_code in (200, 422)


@settings(max_examples=40)
@given(
    changes=st.lists(
        st.dictionaries(
            st.sampled_from(
                ["optimizer", "batch", "activations", "loss", "at", "schedule", "l1", "frozen"]
            ),
            JUNK | st.sampled_from(["adam", "adagrad", "nesterov", "rmsprop", "5", "7"]),
            max_size=2,
        ),
        min_size=2,
        max_size=6,
    ),
    do=st.sampled_from(["step", "epoch"]),
)
def test_no_change_in_the_middle_of_a_run_makes_the_server_fail(visitor, changes, do):
    there = "/train?size=20&hidden=2&batch=3"
    for pairs in changes:
        answer = post(visitor, there, do=do, **pairs)
        assert answer.status_code in (303, 422)
        if answer.status_code == 303:
            there = answer.headers["Location"]
            assert visitor.get(there).status_code == 200


def test_the_lesson_stands_where_it_says():
    assert LESSON.path == "/train"


@pytest.mark.parametrize(
    ("address", "named"),
    [
        ("/train", ("small maps", "colours of this map", "This chart")),
        ("/train?preset=sine", ("This curve",)),
        ("/train?preset=digits", ("This picture", "These images")),
    ],
)
def test_without_javascript_what_is_not_drawn_says_so_where_it_would_stand(client, address, named):
    said = re.findall(r'<noscript><p class="undrawn">(.*?)</p>', client.get(address).text, re.S)
    for words in named:
        assert any(words in each and "JavaScript" in each for each in said)


@pytest.mark.parametrize("query", ["", "&preset=iris&l1=0.1", "&preset=digits", "&batch=400"])
def test_a_batch_opens_as_a_program_with_the_same_numbers(client, query):
    shown = client.get(f"/api/train?detail=layers&step=99{query}").json["board"]["layers"]
    pairs = dict(parse_qsl(f"detail=layers{query}"))
    answer = client.post("/train", data={**pairs, "do": "program"})
    assert answer.status_code == 303
    there = answer.headers["Location"]
    assert there.startswith("/arrays?from=")
    opened = client.get(f"/api{there}&step=9999").json["board"]
    wanted, found = (
        {row["name"]: row for row in picture["rows"]}
        for picture in (shown["reading"]["picture"], opened["picture"])
    )
    assert list(found) == list(wanted)
    for name, row in wanted.items():
        for half in ("value", "gradient"):
            if row[half]["state"] == "number":
                exact = found[name][half]["number"]["exact"]
                assert exact == pytest.approx(row[half]["number"]["exact"], rel=1e-12)
            else:
                assert found[name][half]["words"] == row[half]["words"]


def test_a_batch_that_is_too_large_for_a_program_says_which_limit_and_what_to_change(client):
    pairs = {"detail": "layers", "hidden": "30,30", "batch": "200"}
    page = client.get("/train", query_string=pairs).text
    said = re.search(r'id="no-program">(.*?)</span>', page)[1]
    assert "6,000 entries" in said
    assert "a smaller batch" in said
    assert client.post("/train", data={**pairs, "do": "program"}).status_code == 422
