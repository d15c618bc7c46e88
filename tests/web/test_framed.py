"""What other sites show of a page: a frame, and a card with the state's own graph."""

import re
import struct
from urllib.parse import quote

import pytest

from app import create_app
from backprop.lessons.catalog import LESSONS
from backprop.web import framed

COURSE = "https://course.example"


@pytest.fixture(scope="module")
def client():
    return create_app({"DATABASE_URL": "sqlite://", "EMBED_ORIGINS": COURSE}).test_client()


@pytest.fixture(scope="module")
def closed():
    return create_app({"DATABASE_URL": "sqlite://"}).test_client()


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.slug)
def test_every_lesson_can_stand_in_a_frame(client, lesson):
    whole, frame = (client.get(f"{lesson.path}{query}").text for query in ("", "?mode=embed"))
    assert '<header class="top">' in whole
    assert '<header class="top">' not in frame
    assert 'data-mode="embed"' in frame
    assert f'id="whole" href="{lesson.path}"' in frame
    assert 'id="lab"' in frame


def test_a_step_in_a_frame_stays_in_it_and_keeps_the_way_out(client):
    part = client.get("/lessons/network?mode=embed&step=3", headers={"HX-Request-Type": "partial"})
    assert part.headers["HX-Push-Url"] == "/lessons/network?step=3&mode=embed"
    assert '<hx-partial hx-target="#whole"' in part.text
    assert "#tools" not in part.text


def test_a_cookie_says_nothing_of_the_look_of_a_frame(client):
    client.set_cookie("theme", "dark")
    assert 'data-theme="dark"' in client.get("/lessons/network").text
    assert "data-theme" not in client.get("/lessons/network?mode=embed").text
    client.delete_cookie("theme")


def test_a_frame_is_offered_only_where_somebody_may_have_one(client, closed):
    assert "Copy a frame" in client.get("/lessons/network").text
    assert "Copy a frame" not in closed.get("/lessons/network").text
    assert "oembed" not in closed.get("/lessons/network").text
    address = quote("http://localhost/lessons/network")
    assert closed.get(f"/oembed?url={address}").status_code == 404


def test_oembed_describes_the_frame_of_a_state(client):
    page = client.get("/lessons/network?step=5").text
    address = re.search(r'oembed" href="http://localhost([^"]+)"', page)[1]
    said = client.get(address).json
    assert said["version"], said["type"] == ("1.0", "rich")
    assert 'src="http://localhost/lessons/network?step=5&amp;mode=embed"' in said["html"]
    small = client.get(f"{address}&maxwidth=400&maxheight=300").json
    assert (small["width"], small["height"]) == (400, 300)
    assert 'width="400" height="300"' in small["html"]
    odd = client.get(f"{address}&maxwidth=9**9&maxheight=-1&format=json").json
    assert (odd["width"], odd["height"]) == (framed.WIDTH, framed.HEIGHT)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 404),
        ("url=", 404),
        ("url=http://localhost/nowhere", 404),
        ("url=http://elsewhere.example/lessons/network", 404),
        ("url=http://[", 404),
        ("url=http://localhost/lessons/network?step=x", 422),
        ("url=http://localhost/lessons/network&format=xml", 501),
    ],
)
def test_oembed_refuses_what_it_cannot_describe(client, query, status):
    assert client.get(f"/oembed?{query.replace('?step', '%3Fstep')}").status_code == status


def test_a_link_has_a_title_a_sentence_and_the_picture_of_its_state(client):
    page = client.get("/lessons/network?step=12").text
    said = dict(re.findall(r'<meta property="og:([a-z_:]+)" content="([^"]*)"', page))
    assert said["title"] == "One round of a network: The 2-2-2 by hand"
    assert said["url"] == "http://localhost/lessons/network?step=12"
    assert said["description"]
    picture = client.get(said["image"].removeprefix("http://localhost"))
    assert picture.mimetype == "image/png"
    assert struct.unpack(">II", picture.data[16:24]) == framed.CARD
    again = client.get("/lessons/network/preview.png?step=13")
    assert again.data != picture.data


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.slug)
def test_every_lesson_has_a_card(client, lesson):
    picture = client.get(f"{lesson.path}/preview.png")
    assert struct.unpack(">II", picture.data[16:24]) == framed.CARD


def test_without_fonts_a_link_has_words_and_no_picture(client, monkeypatch):
    monkeypatch.setattr(framed, "can_draw", lambda: False)
    page = client.get("/lessons/network?step=2").text
    assert "og:title" in page
    assert "og:image" not in page
    assert client.get("/lessons/network/preview.png?step=9").status_code == 404
