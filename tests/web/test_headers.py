import gzip
import html
import re

import pytest
from flask import request

from app import create_app
from backprop.lessons.catalog import LESSONS
from backprop.web.settings import SettingError

ADDRESSES = ["/", "/nope", "/lessons/small-lesson", "/lessons/small-lesson?rate=x", "/api/nope"]
ADDRESSES += ["/favicon.ico", "/assets/0/css/base.css", "/look", "/health", "/api/openapi.json"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_answer_carries_the_policy(client, address):
    headers = client.get(address).headers
    assert "script-src 'self';" in headers["Content-Security-Policy"]
    assert "unsafe-eval" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"


def test_a_failure_carries_the_policy_too(client):
    assert "Content-Security-Policy" in client.get("/lessons/small-lesson?focus=crash").headers


def test_a_page_is_sent_compressed_to_whoever_takes_it_so(client):
    plain = client.get("/lessons/small-lesson")
    packed = client.get("/lessons/small-lesson", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert len(packed.data) < len(plain.data) / 2
    assert int(packed.headers["Content-Length"]) == len(packed.data)
    assert "Accept-Encoding" in plain.headers["Vary"]


def test_a_refused_encoding_is_not_sent(client):
    answer = client.get("/lessons/small-lesson", headers={"Accept-Encoding": "gzip;q=0, br"})
    assert "Content-Encoding" not in answer.headers


def test_what_is_short_stays_as_it_is(client):
    answer = client.get("/health", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in answer.headers


def test_a_stream_stays_a_stream(app):
    app.add_url_rule("/stream", view_func=lambda: (part for part in ["a" * 2000]))
    answer = app.test_client().get("/stream", headers={"Accept-Encoding": "gzip"})
    assert answer.text == "a" * 2000


@pytest.mark.parametrize("host", ["localhost", "[", "a b", "evil.example", ""])
def test_an_address_of_before_leads_on_within_this_site(make, host):
    client = make(LESSONS=LESSONS).test_client()
    answer = client.get("/lessons/train?size=20&x=%5C%2F", headers={"Host": host})
    assert answer.status_code == 308
    assert answer.headers["Location"] == "/train?size=20&x=%5C%2F"
    twice = client.get("/lessons//evil.example//end?x=http://a/b", headers={"Host": host})
    assert twice.headers["Location"] == "/lessons/evil.example/end?x=http://a/b"


def test_nobody_shows_the_pages_in_a_frame_but_who_is_named(make):
    def framers(**settings):
        policy = make(**settings).test_client().get("/health").headers["Content-Security-Policy"]
        return policy.rpartition("frame-ancestors ")[2]

    assert framers() == "'none'"
    assert framers(EMBED_ORIGINS="*") == "*"
    said = "https://moodle.example,  https://*.Uni.example:8443"
    assert framers(EMBED_ORIGINS=said) == "https://moodle.example https://*.uni.example:8443"


@pytest.mark.parametrize(
    "word",
    ["moodle.example", "* https://a.example", "https://a.example/x", "https://a'; b", "none"],
)
def test_who_cannot_be_an_origin_is_refused(make, word):
    with pytest.raises(SettingError, match=r"^EMBED_ORIGINS is "):
        make(EMBED_ORIGINS=word)


FORWARDED = {
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "uni.example",
    "X-Forwarded-For": "9.9.9.9, 1.2.3.4",
}


@pytest.mark.parametrize(("proxies", "seen"), [(0, "127.0.0.1"), (1, "1.2.3.4"), (2, "9.9.9.9")])
def test_so_many_proxies_are_believed_as_are_said_to_stand_in_front(make, proxies, seen):
    app = make(TRUSTED_PROXIES=proxies)
    app.add_url_rule("/who", view_func=lambda: [request.remote_addr, request.host, request.scheme])
    twice = {name: word if "," in word else f"{word}, {word}" for name, word in FORWARDED.items()}
    answer = app.test_client().get("/who", headers=twice).json
    assert answer == [seen, *(("uni.example", "https") if proxies else ("localhost", "http"))]


def test_a_cookie_that_came_by_https_goes_by_https_alone(make):
    client = make(TRUSTED_PROXIES=1).test_client()
    by_https = client.get("/look?theme=dark", headers=FORWARDED).headers["Set-Cookie"]
    assert "; Secure" in by_https
    assert "Secure" not in client.get("/look?theme=dark").headers["Set-Cookie"]


@pytest.fixture(scope="module")
def every_lesson(tmp_path_factory):
    return create_app(
        {"DATABASE_URL": f"sqlite:///{tmp_path_factory.mktemp('private') / 's.sqlite'}"}
    )


@pytest.mark.parametrize(
    "lesson", [each for each in LESSONS if each.has_actions], ids=lambda lesson: lesson.name
)
def test_whatever_is_made_of_what_somebody_stored_is_theirs_to_keep_alone(every_lesson, lesson):
    client = every_lesson.test_client()
    state = every_lesson.extensions["store"].put(lesson.body(lesson.defaults))
    here = f"{lesson.path}?from={state}"
    ways = re.findall('="(/[^"]*)"', client.get(here).text)
    ways = [html.unescape(way).partition("#")[0] for way in ways if state in way]
    by_path = {way.partition("?")[0]: way for way in ways}
    by_path |= {f"/api{lesson.path}": f"/api{here}", "sheet": f"{here}&on-paper=worksheet"}
    by_path |= {"link": here.replace("?", "/link?"), "look": f"/look?back={here}"}
    answers = [client.get(way) for way in by_path.values()]
    answers += [client.get(here, headers={"HX-Request-Type": "partial"})]
    for answer in answers:
        if answer.status_code == 200:
            assert re.search("private|no-store", answer.headers["Cache-Control"]), (
                answer.request.path
            )
    assert len(answers) > 5
    anyones = client.get(f"{lesson.path}?mode=projector", headers={"HX-Request-Type": "partial"})
    assert anyones.headers["Cache-Control"] == "public, no-cache"
