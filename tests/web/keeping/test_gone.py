"""A state that is gone: the page says so, and offers where to go on, as far as that opens."""

from html import escape
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from app import create_app

PART = {"HX-Request": "true", "HX-Request-Type": "partial"}
NEAREST, SAME = "The nearest point that is left", "The start, with the same choices"
RUNS = {  # where a run of each lesson sets out, and what asks for its next state
    "/train?preset=spiral&size=20&hidden=2&learning_rate=0.05": {"do": "step"},
    "/lessons/network?preset=xor&w1_1_1=0.5": {"do": "next"},
    "/lessons/gradient-check?preset=xor&nudge=0.001": {"do": "step"},
}
SMALL = "/train?size=20&hidden=2"


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    folder = tmp_path_factory.mktemp("gone")
    app = create_app({"DATABASE_URL": f"sqlite:///{folder / 'store.sqlite'}"})
    yield app
    app.extensions["store"].close()


@pytest.fixture(scope="module")
def client(app):
    return app.test_client()


@pytest.fixture
def lose(app):
    """Takes bodies out of the store, as time does; they are there again afterwards."""
    store, lost = app.extensions["store"], []
    get = store.get

    def without(address):
        return get("0" * 64 if address in lost else address)

    store.get = without
    yield lambda *addresses: lost.extend(addresses)
    store.get = get


def query(address):
    return dict(parse_qsl(urlsplit(address).query, keep_blank_values=True))


def body_of(address):
    return query(address)["from"]


def go(client, address, **form):
    """Send a form from a state; return where it leads."""
    answer = client.post(urlsplit(address).path, data=query(address) | form)
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def ways(client, address):
    """Return the ways on from an address whose state is gone, by their titles."""
    answer = client.get(f"/api{address}")
    assert answer.status_code == 404
    return {way["title"]: way["address"] for way in answer.json["error"].get("ways", ())}


@pytest.mark.parametrize("start", RUNS)
def test_a_state_that_is_gone_leads_to_the_one_before_it_and_to_its_start(client, lose, start):
    first = go(client, start, **RUNS[start])
    second = go(client, first, **RUNS[start])
    lose(body_of(second))
    found = ways(client, second)
    assert list(found) == [NEAREST, SAME]
    assert body_of(found[NEAREST]) == body_of(first)
    assert query(found[SAME]) == query(start)
    lose(body_of(first))
    assert ways(client, second) == {SAME: found[SAME]}


def test_what_was_chosen_on_the_way_is_part_of_the_start(client, lose):
    there = go(client, go(client, SMALL, do="step"), do="step", batch="20", hidden="3")
    there = go(client, f"{there}&detail=layers&mode=projector", do="step", batch="10")
    lose(body_of(there))
    same = query(ways(client, f"{there}&step=1")[SAME])
    kept = {"detail": "layers", "mode": "projector", "step": "1"}
    assert same == {"size": "20", "hidden": "3", **kept}


def test_the_page_says_it_with_one_filled_button_and_a_part_beside_what_stays(client, lose):
    first = go(client, SMALL, do="step")
    second = go(client, first, do="step")
    lose(body_of(second))
    page = client.get(second)
    assert page.status_code == 404
    assert page.text.count('class="button"') == 2  # the other tries again where the server is away
    form = client.post("/train", data=query(second) | {"do": "step"}, headers=PART)
    assert "<h1>This state is gone.</h1>" in page.text
    for answer in (page, client.get(second, headers=PART), form):
        assert answer.status_code == 404
        for title, address in ways(client, second).items():
            assert f'href="{escape(address)}">{title}</a>' in answer.text
        assert answer.headers["Cache-Control"] == "no-store"


def test_what_the_interface_answers_can_be_sent_back_to_it(client):
    there = go(client, go(client, SMALL, do="step"), do="step")
    pairs = client.get(f"/api{there}").json["pairs"]
    assert list(pairs) == ["from", "came-from", "set-out"]
    assert client.post("/api/train", json=pairs).json["pairs"] == pairs


def test_what_a_play_only_passed_through_is_never_offered(client):
    opened = go(client, SMALL, do="step")
    there = go(client, opened, do="play", ms="1")
    for _ in range(2):
        there = go(client, there, do="play", ms="1", passing="1")
        assert query(there)["came-from"] == body_of(opened)
    stopped = go(client, there, do="step")
    assert query(stopped)["came-from"] == body_of(there)


def test_a_start_that_is_too_long_for_an_address_is_cut_to_its_preset_and_said_to_be(client, lose):
    points = ",".join(f"{k / 100},{k / 50}" for k in range(60))
    form = {"do": "draw", "pen": "0", "points": points}
    there = go(client, go(client, "/train?preset=xor&size=20&hidden=2", **form), do="step")
    assert len(there) < 300
    lose(body_of(there), query(there)["came-from"])
    cut = "The start; what was chosen besides had no room in the address"
    assert ways(client, there) == {cut: "/train?preset=xor"}


def test_a_run_that_set_out_in_another_lesson_leads_back_there(client, lose):
    there = go(client, go(client, SMALL, do="step"), do="walk")
    back = client.get(f"/api{there}").json["board"]["head"]["return_to"]
    there = go(client, there, do="next")
    lose(body_of(back))
    assert client.get(there).status_code == 200  # its way back leads to a page that says so
    assert ways(client, back) == {SAME: SMALL}
    lose(body_of(there), query(there)["came-from"])
    assert ways(client, there) == {SAME: SMALL}
    from_defaults = f"{there.partition('&')[0]}&set-out=/train"
    assert ways(client, from_defaults) == {SAME: "/train"}


def test_an_address_of_before_offers_what_its_other_fields_say(client):
    gone = f"/train?from={'0' * 64}"
    assert ways(client, gone) == {}
    assert 'href="/train">Train a network, from the start</a>' in client.get(gone).text
    rest = "The start, with what this address says besides"
    fields = "mode=projector&size=20&hidden=2"
    assert ways(client, f"{gone}&{fields}") == {rest: f"/train?{fields}"}
    assert ways(client, f"{gone}&mode=projector&hidden=2,x") == {}
    assert ways(client, f"/lessons/own-gradient?own={'0' * 64}&rows=2") == {
        rest: "/lessons/own-gradient?rows=2"
    }


def test_what_no_address_of_ours_carries_shows_nothing_and_leads_nowhere(client, lose):
    there = go(client, SMALL, do="step")
    bare, begun = there.partition("&")[0], "set-out"
    queries = [
        "//elsewhere/x",
        "/elsewhere?size=20",
        f"from={body_of(there)}",
        "rate=%00",
        "hidden=x",
    ]
    for text in (*queries, "x" * 600, "\n"):
        address = f"{bare}&{urlencode({begun: text, 'came-from': text})}"
        assert client.get(address).text.replace(escape(address), escape(bare))
        assert go(client, address, do="step")
    lose(body_of(there))
    for text in queries:
        assert ways(client, f"{bare}&{urlencode({begun: text, 'came-from': text})}") in (
            {},
            {SAME: "/train"},
        )
