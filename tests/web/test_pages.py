import re
from dataclasses import replace
from pathlib import Path

import pytest

from app import create_app
from backprop.lessons.catalog import LESSONS, ROUTE
from backprop.stage.quiz.question import Choice, Question
from tests.web.conftest import LESSON as SMALL

LESSON = "/lessons/small-lesson"


def test_the_first_page_says_what_this_is_not(client):
    text = client.get("/").text
    assert "It is not gradient descent, nor any optimizer" in text


def test_the_first_page_says_it_in_sixty_words(client):
    thesis = re.search('<section class="thesis">(.*?)</section>', client.get("/").text, re.DOTALL)
    assert len(re.sub("<[^>]*>", " ", thesis[1]).split()) <= 72  # the headline included


def test_the_first_page_lists_every_lesson_and_its_presets(client):
    text = client.get("/").text
    assert f'<a href="{LESSON}">A small lesson</a>' in text
    assert f'<a href="{LESSON}?preset=loud">Loud</a>' in text


def test_the_first_page_stands_without_lessons(make):
    text = make(LESSONS=()).test_client().get("/").text
    assert 'id="lessons"' not in text


def test_the_next_round_is_a_snapshot_to_be_redirected_to(client):
    answer = client.post(LESSON, data={"w1": "3", "rate": "1", "step": "9"})
    assert answer.status_code == 303
    text = client.get(answer.headers["Location"]).text
    assert 'name="w1" value="2"' in text
    assert "<h1>Step 0</h1>" in text


@pytest.mark.parametrize("address", [f"{LESSON}/sums/total", "/numbers/total.csv"])
def test_a_lesson_declares_the_files_that_it_hands_out(client, address):
    answer = client.get(f"{address}?w1=3")
    assert (answer.mimetype, answer.text) == ("text/csv", "3.5")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="total.csv"'


def test_a_lesson_that_does_not_go_on_says_so(client):
    assert client.post("/lessons/ending").status_code == 405


def test_a_store_without_room_refuses_the_next_round_and_the_page_stays(make):
    client = make(STORE_LIMIT=10).test_client()
    answer = client.post(LESSON, data={})
    assert answer.status_code == 422
    assert (
        "The store has no room" in answer.text or "of the store; 1 are what one may" in answer.text
    )


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "http://localhost"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "http://behind-a-proxy"},
        {"Sec-Fetch-Site": "none"},
    ],
)
def test_our_own_pages_may_go_on(client, headers):
    assert client.post(LESSON, headers=headers).status_code == 303


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://elsewhere"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://localhost"},
    ],
)
def test_another_site_may_not(client, headers):
    answer = client.post(LESSON, headers=headers)
    assert answer.status_code == 403
    assert "This came from another site." in answer.text


def test_the_theme_is_remembered_and_rendered(client):
    answer = client.get(f"/look?theme=dark&back={LESSON}%3Fstep%3D2")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{LESSON}?step=2")
    assert 'data-theme="dark"' in client.get("/").text
    client.post("/look", data={"theme": "system"})
    assert "data-theme" not in client.get("/").text


def test_an_unknown_theme_in_the_cookie_is_left_alone(client):
    client.set_cookie("theme", '"><script>')
    assert '<html lang="en">' in client.get("/").text


@pytest.mark.parametrize(
    "back", ["//evil.example", "/\\evil.example", "https://evil.example", "/a\nb", ""]
)
def test_choosing_a_theme_never_leads_elsewhere(client, back):
    answer = client.get("/look", query_string={"theme": "dark", "back": back})
    assert answer.headers["Location"] == "/"


def test_robots_are_asked_to_leave_the_states_alone(client):
    answer = client.get("/robots.txt")
    assert answer.mimetype == "text/plain"
    assert "Disallow: /*?" in answer.text


@pytest.fixture
def asking(make):
    """A browser that remembers to be asked first, on the lessons there are."""
    client = make(LESSONS=LESSONS).test_client()
    client.get("/look?ask=1&back=/lessons/network")
    return client


def test_asking_first_is_remembered_and_leads_to_an_address_that_says_so(asking):
    answer = asking.get("/lessons/network?preset=xor&w1_1_1=2")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/lessons/network?preset=xor&ask=1&w1_1_1=2"
    assert asking.get("/playground").headers["Location"] == "/playground?ask=1"


def test_what_the_address_says_of_asking_goes_before_what_is_remembered(asking):
    assert asking.get("/lessons/network?ask=0").status_code == 200
    assert asking.get("/lessons/network?ask=1").status_code == 200


def test_going_back_and_parts_of_a_page_know_the_address_alone(asking):
    for kind in ("full", "partial"):
        answer = asking.get("/lessons/network?w1_1_1=2", headers={"HX-Request-Type": kind})
        assert answer.status_code == 200
        assert 'class="cover"' not in answer.text


def test_where_nothing_is_asked_a_lesson_is_opened_as_ever(asking):
    assert asking.get("/train").status_code == 200  # the network; its layers are asked
    assert "ask=1" in asking.get("/train?detail=layers").headers["Location"]


def test_asking_first_is_forgotten_and_the_theme_is_not(asking):
    asking.get("/look?theme=dark")
    answer = asking.get("/look?ask=0&back=/playground%3Fask%3D0")
    assert answer.headers["Location"] == "/playground?ask=0"
    assert asking.get("/playground").status_code == 200
    assert 'data-theme="dark"' in asking.get("/playground").text


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """The application with its own lessons, asked by someone without scripts."""
    folder = tmp_path_factory.mktemp("course")
    app = create_app({"DATABASE_URL": f"sqlite:///{folder / 'store.sqlite'}"})
    yield app.test_client()
    app.extensions["store"].close()


END = "/lessons/network/end"


def filled_buttons(page):
    """Return what stands on the filled buttons of a page's content."""
    main = page.partition("<main")[2].partition("</main>")[0]
    return re.findall('class="button"[^>]*>([^<]*)<', main)


def test_the_first_page_shows_the_way_through_and_one_button(course):
    text = course.get("/").text
    places = [text.index(f'<a href="{lesson.path}">{lesson.route}</a>') for lesson in ROUTE]
    assert places == sorted(places)
    assert filled_buttons(text) == ["Start"]
    assert f'id="carry-on" href="{ROUTE[0].path}"' in text
    assert "about two hours and a half in all" in text


def test_every_end_stands_where_the_lesson_has_one_and_its_board_leads_there(course):
    ways = ("walk/_strip.html", "_to_end.html", "lesson.end")
    boards = Path(__file__).parents[2] / "templates" / "lessons"
    for lesson in ROUTE:
        assert course.get(f"{lesson.path}/end").status_code == (200 if lesson.end else 404)
        parts = [path.read_text("utf-8") for path in (boards / lesson.name).glob("*.html")]
        assert any(way in part for way in ways for part in parts), lesson.name
    assert f'href="{END}"' in course.get("/lessons/network?step=29").text


def test_an_end_is_a_page_a_part_and_json(course):
    page = course.get(f"{END}?fresh=3").text
    part = course.get(f"{END}?fresh=3", headers={"HX-Request-Type": "partial"})
    board = course.get(f"/api{END}?fresh=3").json
    assert "<html" in page
    assert "<html" not in part.text
    assert part.headers["HX-Push-Url"] == f"{END}?fresh=3"
    assert board["address"] == f"{END}?fresh=3"
    assert board["board"]["asking"]["question"]["reply"] is None


def test_answers_that_a_form_sends_one_by_one_stand_as_one(course):
    part = course.get(f"{END}?answer=step&answer=after", headers={"HX-Request-Type": "partial"})
    assert part.headers["HX-Push-Url"] == f"{END}?answer=step,after"
    assert 'data-record="network adam-1 adam unaided"' in part.text


def test_an_end_has_one_filled_button_at_every_moment(course):
    for query in (
        *("", "?answer=slope", "?answer=step,after", "?tell=1", "?question=0", "?question=4"),
        *("?question=3", "?question=3&answer=up", "?question=3&tell=1", "?question=4&answer=1"),
    ):
        filled = filled_buttons(course.get(END + query).text)
        assert len(filled) == 1, (query, filled)


def test_a_question_of_a_later_day_has_a_page_of_its_own(course):
    text = course.get("/questions?ask=network.adam,network.sign&fresh=9").text
    assert "Question 1 of 2" in text
    assert "data-record" not in text
    assert "Nothing more comes back today" in course.get("/questions").text
    assert course.get("/questions?ask=network.nobody").status_code == 422
    assert course.get("/api/questions?ask=network.sign").json["board"]["number"] == 1


def test_a_question_alone_on_its_page_is_the_headline_of_that_page(course):
    text = course.get("/questions?ask=network.sign&fresh=9").text
    assert text.count("<h1") == 1
    assert '<h1 class="prompt"' in text
    assert course.get(f"{END}?fresh=9").text.count("<h1") == 1


def test_a_form_that_is_sent_without_an_answer_says_what_is_missing(course):
    for address, missing in {
        f"{END}?check=1": "Nothing is chosen yet.",
        f"{END}?question=3&answer=&check=1": "Nothing is chosen yet.",
        f"{END}?question=4&answer=+&check=1": "Type a number.",
        "/questions?ask=network.number&answer=&check=1": "Type a number.",
    }.items():
        text = course.get(address).text
        assert f'role="alert">{missing}</span>' in text
        assert "data-record" not in text
        assert 'name="check" value="1"' in text
        assert missing not in course.get(address.replace("check=1", "")).text
    headers = {"HX-Request-Type": "partial"}
    answered = course.get(f"{END}?answer=step,after&check=1", headers=headers)
    assert answered.headers["HX-Push-Url"] == f"{END}?answer=step,after"


def test_an_end_or_questions_that_cannot_be_read_are_offered_from_their_start(course):
    for query, start in {
        f"{END}?fresh=much": f'{END}">The end of One round of a network, from the start',
        "/questions?ask=network.sign&fresh=x": (
            '/questions?ask=network.sign">Questions of today, from the start'
        ),
        "/questions?ask=network.nobody": '/questions">Questions of today, from the start',
    }.items():
        answer = course.get(query)
        assert answer.status_code == 422
        assert f'href="{start}' in answer.text


def test_an_answer_that_cannot_be_read_leaves_the_question(course):
    answer = course.get(f"{END}?question=4&answer=what")
    assert answer.status_code == 200
    assert "“what” is no number" in answer.text
    assert "data-record" not in answer.text


def ask_line(seed):
    choices = (Choice("l1", ("g = dA * s",)), Choice("l2", ("dW = g.T @ A",)))
    return Question((f"Which line, {seed}?",), "line", "line", "l2", choices=choices)


def ask_shape(seed):
    return Question((f"Which shape has dW, {seed}?",), "dW", "shape", "2x3")


def ask_larger(seed):
    choices = (Choice("x", ("x",)), Choice("y", ("y",)))
    return Question((f"Which is larger, {seed}?",), "x.y", "larger", "x", choices=choices)


def test_a_line_a_shape_and_the_larger_of_two_are_asked_for_as_what_they_are(make):
    ending = next(each for each in ROUTE if each.ending).ending
    questions = {"line": ask_line, "shape": ask_shape, "larger": ask_larger}
    lesson = replace(SMALL, ending=ending, questions=questions)
    client = make(LESSONS=(lesson,)).test_client()
    texts = [client.get(f"{LESSON}/end?question={k}").text for k in (1, 2, 3)]
    assert 'class="answering line"' in texts[0]
    assert texts[0].count('type="radio"') == texts[2].count('type="radio"') == 2
    assert 'type="radio"' not in texts[1]
    assert "Rows, then columns" in texts[1]
    for k, answer in enumerate(("l2", "(2, 3)", "x"), 1):
        text = client.get(f"{LESSON}/end", query_string={"question": k, "answer": answer}).text
        assert "Right." in text, answer
        assert "Next lesson" not in text  # it stands beside the route
