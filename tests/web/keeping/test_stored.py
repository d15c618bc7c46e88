"""What stands in the store: whose it is, until when it stays, and what is said when it is away."""

import re
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import pytest

from backprop.lessons.catalog import LESSONS
from backprop.sharing.errors import StoreAway
from backprop.sharing.leases import Holding
from backprop.web.keeping.stored import make_held, make_stay

LESSON = "/lessons/small-lesson"
PART = {"HX-Request": "true", "HX-Request-Type": "partial"}
MANY = {"count": "400"} | {f"w{i}": f"{i}.125" for i in range(1, 401)}
NOW = 1_796_053_200  # 15:40 UTC on 30 November 2026
HOUR, DAY = 3_600, 86_400


@pytest.fixture
def store(app, clock):  # noqa: ARG001 - the clock stands still
    return app.extensions["store"]


def go(client, **pairs):
    """Send a form; return where it leads."""
    answer = client.post(LESSON, data={"w1": "3", **pairs})
    assert answer.status_code == 303
    return answer.headers["Location"]


def named(address):
    return dict(parse_qsl(urlsplit(address).query))["from"]


def left(store, address):
    """Return for how long what an address names stays, in seconds."""
    store.flush()
    return store.until(named(address)) - int(store.clock())


# The browser


def test_a_form_that_stores_something_gives_the_browser_a_word_for_a_year(client):
    cookie = client.post(LESSON).headers["Set-Cookie"]
    assert re.match(r"browser=[0-9a-f]{32}; ", cookie)
    for part in ("HttpOnly", "SameSite=Lax", "Max-Age=31536000", "Path=/"):
        assert part in cookie
    assert "Secure" not in cookie
    assert "Secure" in client.post(LESSON, base_url="https://localhost").headers["Set-Cookie"]


def test_who_only_reads_or_is_refused_has_no_word(client):
    there = go(client.application.test_client())
    for answer in (
        client.get(there),
        client.head(there),
        client.get(there, headers=PART),
        client.get(f"/api{there}"),
        client.get(LESSON, query_string=MANY),
        client.post(LESSON, data={"w1": "much"}),
        client.get("/stored"),
        client.post(f"{LESSON}/keep?step=3"),
    ):
        assert "browser=" not in answer.headers.get("Set-Cookie", "")


@pytest.mark.parametrize("word", ["", "me", "A" * 32, "a" * 31, "a" * 33, "0" * 31 + "٣"])
def test_a_word_that_we_did_not_make_is_replaced(client, word):
    client.set_cookie("browser", word)
    go(client)
    made = client.get_cookie("browser").value
    assert made != word
    assert re.fullmatch("[0-9a-f]{32}", made)


def test_a_word_stays_from_form_to_form(client):
    words = {(go(client), client.get_cookie("browser").value)[1] for _ in range(3)}
    assert len(words) == 1


# Visits


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("{}", {}),
        ("{}", PART),
        ("/api{}", {}),
        ("{}&step=3", {"User-Agent": "a bot that makes a preview"}),
    ],
)
def test_who_opens_an_address_keeps_it_thirty_days(client, store, path, headers):
    there = go(client)
    assert left(store, there) == HOUR
    assert client.application.test_client().get(path.format(there), headers=headers)
    assert left(store, there) == 30 * DAY


def test_a_file_of_a_state_and_its_form_for_a_link_keep_it_too(client, store):
    for path in ("/sums/total", "/link"):
        there = go(client, w2=str(len(path)))
        assert client.get(there.replace(LESSON, f"{LESSON}{path}")).status_code == 200
        assert left(store, there) == 30 * DAY


def test_asking_for_the_head_of_a_page_keeps_nothing(client, store):
    there = go(client)
    assert client.head(there).status_code == 200
    client.post(there, data={"do": "next"})
    assert left(store, there) == HOUR


def test_a_reload_on_the_same_day_promises_no_more(client, store, clock):
    there = go(client)
    client.get(there)
    store.flush()
    clock.pass_by(hours=20)
    client.get(there)
    assert left(store, there) == 30 * DAY - 20 * HOUR


# Promises


def test_a_link_that_is_copied_is_promised_for_a_year(client, store):
    there = go(client)
    answer = client.post(there.replace("?", "/keep?"))
    assert answer.json == {
        "address": there,
        "until": "2027-11-30T15:40:00Z",
        "words": "at least until 30 November 2027",
    }
    assert answer.headers["Cache-Control"] == "no-store"
    assert left(store, there) == 365 * DAY


def test_an_address_that_says_everything_is_promised_nothing(client, store):
    answer = client.post(f"{LESSON}/keep?step=3")
    assert answer.json == {"address": f"{LESSON}?step=3", "until": None, "words": ""}
    assert sum(each.bodies for each in store.sizes().values()) == 0


def test_a_long_address_is_stored_when_its_link_is_copied(client, store):
    answer = client.post(f"{LESSON}/keep", data=MANY)
    assert left(store, answer.json["address"]) == 365 * DAY
    assert "browser=" in answer.headers["Set-Cookie"]


def test_a_promise_is_made_by_a_form_of_our_own_pages_alone(client):
    there = go(client).replace("?", "/keep?")
    assert client.get(there).status_code == 405
    assert client.post(there, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


def test_a_promise_that_cannot_be_kept_is_refused_in_words_as_json(client, store):
    there = go(client)
    store.limit_bytes = 10
    headers = {"Accept": "application/json"}
    answer = client.post(there.replace("?", "/keep?"), headers=headers)
    assert answer.status_code == 422
    assert "no room" in answer.json["error"]["what"]
    gone = client.post(f"{LESSON}/keep?from={'0' * 64}", headers=headers)
    assert (gone.status_code, gone.json["error"]["at"]) == (404, None)


# What a page says


@pytest.mark.parametrize(
    ("left", "words", "days"),
    [
        (-5, "for a moment so far", 30),
        (59, "for a moment so far", 30),
        (60, "for a minute so far", 30),
        (HOUR - 1, "for 59 minutes so far", 30),
        (HOUR, "for an hour so far", 30),
        (DAY - 1, "for 23 hours so far", 30),
        (DAY, "at least until 1 December 2026", 30),
        (30 * DAY, "at least until 30 December 2026", 30),
        (365 * DAY, "at least until 30 November 2027", 0),
    ],
)
def test_a_promise_is_said_in_plain_words(left, words, days):
    stay = make_stay(NOW + left, NOW, 30)
    assert (stay.words, stay.days) == (words, days)


@pytest.mark.parametrize(("hour", "day"), [(0, 29), (11, 29), (12, 30), (23, 30)])
def test_a_date_holds_by_the_clock_that_is_furthest_behind(hour, day):
    midnight = 1_798_588_800  # 0:00 UTC on 30 December 2026
    assert make_stay(midnight + hour * HOUR, NOW, 30).words == f"at least until {day} December 2026"


def line(text):
    """Return what a page says of its state, as one reads it."""
    said = re.search(r'(?s)id="stay">(.*?)</p>|hx-target="#stay".*?>(.*?)</hx-partial>', text)
    return " ".join(re.sub("<[^>]+>", "", said[1] or said[2] or "").split())


def test_a_page_says_until_when_its_state_stays(client, store):
    there = go(client)
    assert line(client.get(there).text).startswith(
        "What you see is stored here for an hour so far. Where there is room, "
        "opening it, as now, keeps it 30 days, copying its link a year."
    )
    store.flush()
    assert "at least until 30 December 2026. Where" in line(client.get(there).text)
    assert "at least until 30 December 2026. Where" in line(client.get(there, headers=PART).text)
    assert client.get(f"/api{there}").json["until"] == "2026-12-30T15:40:00Z"
    client.post(there.replace("?", "/keep?"))
    text = client.get(there).text
    assert "at least until 30 November 2027. What this browser" in line(text)
    assert text.count("30 November 2027") == 2  # in the line, and beside what copies the link


def test_a_page_whose_address_says_everything_says_nothing_of_that(client):
    for headers in ({}, PART):
        text = client.get(f"{LESSON}?step=3", headers=headers).text
        assert line(text) == ""
        assert "data-keep" not in text
    assert client.get(f"/api{LESSON}?step=3").json["until"] is None


def test_on_a_projector_it_stands_among_what_is_shared(client):
    text = client.get(f"{go(client)}&mode=projector").text
    sheet = text.partition('id="take"')[2].partition("</details>")[0]
    assert "it is stored here" in sheet
    assert "for an hour so far" in sheet


# Paper


def test_printing_stores_nothing_until_the_short_address_is_asked_for(make):
    client = make(LESSONS=LESSONS).test_client()
    store = client.application.extensions["store"]
    many = "&".join(f"w{i}={i / 100 + 0.001:.3f}" for i in range(1, 9))
    address = f"/lessons/network?{many}&x1=0.07&x2=0.13&t1=0.2"
    answer = client.get(f"{address}&on-paper=worksheet")
    assert "Set-Cookie" not in answer.headers
    assert sum(each.bodies for each in store.sizes().values()) == 0
    (said,) = re.findall(r'class="foot-address" data-keep="(.+?)">(.+?)<', answer.text)
    keep, foot = map(unescape, said)
    assert foot.startswith("localhost/lessons/network?")
    assert len(foot) > 150
    kept = client.post(keep).json
    assert kept["address"].startswith("/lessons/network?from=")
    assert "on-paper" not in kept["address"]
    again = client.get(f"{kept['address']}&on-paper=worksheet").text
    assert f">localhost{kept['address']}<" in again
    assert kept["words"] in again
    short = client.get("/lessons/network?on-paper=worksheet").text
    assert "data-keep" not in short


# The store is away, or full


@pytest.fixture
def away(store, monkeypatch):
    """Take the store away: for reading, or for writing alone."""

    def away(*names):
        def refuse(*_, **__):
            raise StoreAway("The store does not answer just now.")

        for name in names or ("get", "put", "put_all", "until", "owns", "keep", "holdings"):
            monkeypatch.setattr(store, name, refuse)

    return away


def test_a_page_that_needs_the_store_says_so_and_asks_again_by_itself(client, away):
    there = go(client)
    away()
    answer = client.get(there)
    assert answer.status_code == 503
    assert (answer.headers["Retry-After"], answer.headers["Refresh"]) == ("2", "2")
    assert "<h1>The store does not answer just now.</h1>" in answer.text
    assert "This page asks again by itself" in answer.text


def test_a_form_that_needs_the_store_says_so_and_is_not_asked_for_as_a_page(client, away):
    away()
    answer = client.post(LESSON)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    assert "Refresh" not in answer.headers
    assert "Set-Cookie" not in answer.headers


def test_a_part_that_needs_the_store_leaves_the_page_as_it_is(client, away):
    there = go(client)
    away()
    answer = client.get(there, headers=PART)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    assert "Refresh" not in answer.headers
    assert answer.text.strip().startswith('<hx-partial hx-target="#store-away"')
    assert answer.headers["HX-Push-Url"] == "false"


def test_as_json_the_store_that_is_away_is_an_error_as_any_other(client, away):
    there = go(client)
    away()
    answer = client.get(f"/api{there}")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    assert answer.json["error"]["what"] == "The store does not answer just now."


def test_pages_that_need_no_store_are_there_without_it(client, away):
    away()
    for path in ("/", "/health", f"{LESSON}?step=3", f"/api{LESSON}", f"{LESSON}/sums/total"):
        assert client.get(path).status_code == 200
    long = client.get(LESSON, query_string=MANY)
    assert long.status_code == 200
    assert "w400=400.125" in long.text


def test_what_cannot_be_taken_back_now_stops_nobody(client, away):
    away("release")
    assert go(client)


# What a browser has stored


def test_what_a_browser_has_stored_is_listed_for_it_alone_and_let_go_of(client):
    assert "Nothing of this browser is stored here" in client.get("/stored").text
    there, other = go(client), client.application.test_client()
    go(other, w2="7")
    answer = client.get("/stored")
    (row,) = re.findall("States of pages, points of runs</th>(.+?)</tr>", answer.text, re.S)
    cells = [" ".join(cell.split()) for cell in re.sub("<[^>]+>", "|", row).split("|")]
    count, size, most = filter(None, cells)
    assert (count, most) == ("2", "of 128 MiB")
    assert re.fullmatch(r"\d+ bytes", size)
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert "Cookie" in answer.headers["Vary"]
    assert client.post("/stored", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    answer = client.post("/stored?mode=projector")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/stored?mode=projector")
    assert client.get_cookie("browser") is None
    assert "Nothing of this browser is stored here" in client.get("/stored").text
    assert client.get(there).status_code == 404
    assert "States of pages" in other.get("/stored").text


@pytest.mark.parametrize(
    ("count", "size"),
    [(1, "1 byte"), (1023, "1,023 bytes"), (1024, "1 KiB"), (1536, "1.5 KiB"), (2**27, "128 MiB")],
)
def test_a_number_of_bytes_is_said_in_its_unit(count, size):
    (held,) = make_held({"run": Holding(1, count, 2**30)})
    assert (held.size, held.most) == (size, "1,024 MiB")
