"""The teacher's console: what stands there, what is refused there, and what is kept afterwards."""

import csv
import html
import io
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from app import create_app
from backprop.lessons.network.lesson import LESSON as NETWORK

LECTURE = Path(__file__).parents[3] / "docs" / "lecture.txt"
W5 = "/lessons/network?step=14"
FIELDS = {"sign": "up", "answer": "0.741*0.593"}


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    """One application for all: each test opens a class of its own, in browsers of its own."""
    database = tmp_path_factory.mktemp("classes") / "store.sqlite"
    app = create_app({"DATABASE_URL": f"sqlite:///{database}", "LESSONS": (NETWORK,)})
    yield app
    app.extensions["store"].close()


class Teacher:
    """A browser that teaches a class, and what it can do there."""

    def __init__(self, client, address=W5):
        self.client = client
        self.at = client.post("/class", data={"address": address}).location
        self.code = self.at.split("/")[2]

    def page(self):
        return self.client.get(self.at).text

    def do(self, word, **fields):
        return self.client.post(self.at, data={"do": word, **fields}, follow_redirects=True)

    def part(self, word, **fields):
        headers = {"HX-Request-Type": "partial"}
        return self.client.post(self.at, data={"do": word, **fields}, headers=headers)


@pytest.fixture
def teacher(client):
    return Teacher(client)


def joined(app, teacher, count=1):
    students = [app.test_client() for _ in range(count)]
    for student in students:
        student.post(f"/class/{teacher.code}/join")
    return students


def answer(student, teacher, question=1, round_=1, **fields):
    data = {"question": question, "round": round_, **(fields or FIELDS)}
    sent = student.post(f"/class/{teacher.code}/answer", data=data)
    assert sent.status_code == 303, sent.text


def filled(text):
    """Return the words on the buttons that are filled."""
    buttons = re.findall(r'<(?:button|a) class="([^"]*)"[^>]*>(.*?)</(?:button|a)>', text, re.S)
    return [
        words.strip() for css, words in buttons if "button" in css.split() and "plain" not in css
    ]


# ------------------------------------------------------------------------ a class is opened


def test_every_page_that_has_a_state_can_be_taught_from_its_menu(client):
    page = client.get(f"{W5}&mode=projector").text
    (link,) = re.findall(r'href="(/class/teach[^"]+)"', page)
    offered = client.get(html.unescape(link))
    assert offered.status_code == 200
    assert f'href="{W5}"' in offered.text  # in the ordinary view
    assert filled(offered.text) == ["Open a class"]


@pytest.mark.parametrize("address", ["https://else.where/lessons/network", "/nowhere", "x y"])
def test_a_foreign_page_cannot_be_taught(client, teacher, address):
    for refused in (
        client.get("/class/teach", query_string={"address": address}),
        client.post("/class", data={"address": address}),
        client.post(f"/class/teach/{teacher.code}", data={"address": address}),
        teacher.do("add", address=address),
    ):
        assert refused.status_code == 422
        assert "no page of this site that a class can be shown" in refused.text
    assert "Scenes" in teacher.do("add", address=address).text  # said on the console itself


def test_a_page_is_added_to_a_class_that_this_browser_teaches_and_to_no_other(app, teacher):
    offered = teacher.client.get("/class/teach", query_string={"address": "/"}).text
    assert f"/class/teach/{teacher.code}" in offered
    added = teacher.client.post(f"/class/teach/{teacher.code}", data={"address": "/"})
    assert added.location == teacher.at
    assert "The first page" in teacher.page()
    stranger = app.test_client()
    assert "/class/teach/" not in stranger.get("/class/teach").text
    refused = stranger.post(f"/class/teach/{teacher.code}", data={"address": "/"})
    assert refused.status_code == 403


def test_a_wrong_key_teaches_nothing_and_is_refused_in_a_sentence(app, teacher):
    wrong = teacher.at[:-1] + ("A" if teacher.at[-1] != "A" else "B")
    stranger = app.test_client()
    for answer_ in (
        stranger.get(wrong),
        stranger.post(wrong, data={"do": "ask"}),
        *(stranger.get(f"{wrong}/{name}") for name in ("record", "end", "answers.csv")),
        *(stranger.post(f"{wrong}/{name}") for name in ("end", "again", "projector")),
    ):
        assert answer_.status_code == 403
        assert "not the teacher’s link" in answer_.text
    assert stranger.get("/class/XXXXXX/console/key").status_code == 404
    assert stranger.get("/class/nonsense/console/key").status_code == 404


# ------------------------------------------------------------------------------ the console


def test_one_button_is_filled_from_the_code_to_the_last_scene(app, teacher):
    (student,) = joined(app, teacher)
    assert filled(teacher.page()) == ["Begin"]
    assert filled(teacher.do("scene", scene=1).text) == ["Ask"]
    opened = teacher.do("ask", asking="gradient", seen="none").text
    assert filled(opened) == ["Close"]
    assert "Show</button>" not in opened
    assert "No number yet" in opened
    answer(student, teacher)
    closed = teacher.do("close", seen="1-1-open").text
    assert filled(closed) == ["Show"]  # nobody is right
    assert "<b>0&nbsp;% right.</b>" in closed
    assert filled(teacher.do("show", seen="1-1-closed").text) == ["Back to the page"]
    assert filled(teacher.do("page").text) == ["Add a page"]
    teacher.do("add", address="/")
    assert filled(teacher.do("scene", scene=1).text) == ["Next scene"]


def test_with_half_of_them_right_they_are_asked_again_and_both_rounds_are_counted(app, teacher):
    first, second, _ = joined(app, teacher, 3)
    teacher.do("scene", scene=1)
    teacher.do("ask", asking="gradient")
    answer(first, teacher)
    answer(second, teacher, sign="up", answer="0.0822")
    closed = teacher.do("close").text
    assert filled(closed) == ["Ask again"]
    assert "<b>50&nbsp;% right.</b>" in closed
    assert filled(teacher.do("ask").text) == ["Close"]
    answer(first, teacher, round_=2, sign="up", answer="0.0822")
    page = teacher.do("close").text
    rows = re.findall(r'<tr data-key="([^"]+)".*?</tr>', page, re.S)
    assert rows[0] == "right"
    assert rows[-2:] == ["other", "none"]
    (right,) = re.findall(r'<tr data-key="right".*?</tr>', page, re.S)
    assert re.findall(r'<td class="count">(\d+)</td>', right) == ["1", "1"]
    assert "No σ′ at the output" in page
    assert "Round 2" in page
    assert "<b data-answered>1</b> <span>of <span data-joined>3" in page


def test_who_sent_the_sign_alone_has_answered_but_sent_no_number(app, teacher):
    both, alone = joined(app, teacher, 2)
    teacher.do("scene", scene=1)
    teacher.do("ask", asking="gradient")
    answer(both, teacher)
    answer(alone, teacher, sign="up", answer="")
    page = teacher.page()
    assert "<b data-answered>2</b>" in page
    assert "Sign alone: <b>2</b> positive" in page
    (none,) = re.findall(r'<tr data-key="none".*?</tr>', page, re.S)
    assert "No number yet" in none
    assert '<td class="count">1</td>' in none


def test_what_a_form_asks_is_what_stands_in_front_and_becomes_a_scene_of_its_own(client, teacher):
    teacher.do("scene", scene=1)
    client.post(f"/class/{teacher.code}/step", data={"address": "/lessons/network?step=15"})
    page = teacher.do("ask", asking="number", varied="1").text
    assert "Scene 2 of 2" in page
    assert ": the number, or its product · numbers of their own" in page


def test_what_is_asked_can_be_chosen_beforehand_and_taken_back(teacher):
    teacher.do("scene", scene=1)
    page = teacher.do("change", scene=1, asking="sign", varied="0").text
    assert "Not asked yet" in page
    assert "to be asked" in page
    refused = teacher.do("ask", asking="")
    assert refused.status_code == 422
    assert "Nothing is chosen to be asked." in refused.text
    assert "In front now" in teacher.do("change", scene=1, asking="").text


def test_a_deed_done_twice_is_said_and_nothing_is_lost(app, teacher):
    (student,) = joined(app, teacher)
    teacher.do("scene", scene=1)
    teacher.do("ask", asking="gradient", seen="none")
    answer(student, teacher)
    for word, seen in (("ask", "none"), ("close", "none"), ("show", "1-1-closed")):
        refused = teacher.part(word, asking="gradient", seen=seen)
        assert refused.status_code == 422
        assert "Another press was quicker: the question is open now." in refused.text
        assert refused.text.count('id="console"') == 1
        assert "<html" not in refused.text
    assert "The question is open already." in teacher.do("ask", seen="1-1-open").text
    assert "<b data-answered>1</b>" in teacher.page()
    assert "Close it, then show." in teacher.do("show").text


@pytest.mark.parametrize(
    ("fields", "what"),
    [
        ({"do": "dance"}, "“dance” cannot be done in a class."),
        ({"do": "close"}, "No question is open."),
        ({"do": "show"}, "Nothing was asked in this scene yet."),
        ({"do": "page"}, "Nothing was shown here yet."),
        ({"do": "scene", "scene": "9"}, "There is no scene 9 in this class."),
        ({"do": "scene", "scene": "x"}, "“x”"),
        ({"do": "change", "scene": "9", "note": "n"}, "There is no scene 9"),
        ({"do": "change", "scene": "1", "title": "  "}, "A scene needs a title."),
        ({"do": "change", "scene": "1", "asking": "riddle"}, "“riddle” cannot be asked here."),
        ({"do": "change", "scene": "2", "asking": "sign"}, "Nothing can be asked about this page."),
        ({"do": "add", "address": " "}, "There is no address."),
        ({"do": "add", "address": "/lessons/network?from=" + "0" * 64}, "This state is gone."),
    ],
)
def test_what_cannot_be_done_is_said_on_the_console(teacher, fields, what):
    teacher.do("add", address="/")
    refused = teacher.client.post(teacher.at, data=fields)
    assert refused.status_code == 422
    assert what in html.unescape(refused.text)
    assert 'id="console"' in refused.text


def test_scenes_are_put_in_order_renamed_noted_and_removed(teacher):
    for address in ("/", "/questions"):
        teacher.do("add", address=address)
    teacher.do("move", scene=3, place=1)
    teacher.do("change", scene=3, title="  At \n last ")
    note = "x" * 600
    page = teacher.do("change", scene=3, note=note).text
    titles = re.findall(r"<i>\d+</i> <b>(.*?)</b>", page)
    assert titles[0] == "At last"
    assert titles[2] == "The first page"
    assert "x" * 500 in teacher.do("scene", scene=3).text
    assert "x" * 501 not in teacher.page()
    assert "At last" not in teacher.do("remove", scene=3).text


def test_a_scene_is_edited_whichever_is_in_front_and_put_away_when_it_is_kept(teacher):
    teacher.do("add", address="/lessons/network?step=15")
    teacher.do("add", address="/questions")
    page = teacher.client.get(f"{teacher.at}?edit-scene=2").text
    assert page.count('class="editing"') == 1
    assert "∂E/∂w₆: the sign, then the number" in page
    refused = teacher.part("change", scene=2, title=" ", kept="1", **{"edit-scene": "2"})
    assert 'class="editing"' in refused.text
    form = {"title": "Its neighbour", "note": "Wait.", "asking": "sign", "varied": "1"}
    kept = teacher.part("change", scene=2, kept="1", **form, **{"edit-scene": "2"}).text
    assert 'class="editing"' not in kept
    assert "to be asked · Wait." in kept
    assert "In front: how to join" in kept
    page = teacher.part("follow", **{"edit-scene": "2"}).text
    assert '<option value="sign" selected>' in page
    plain = teacher.client.get(f"{teacher.at}?edit-scene=3").text
    assert "Your note" in plain
    assert "What is asked" not in plain
    assert 'class="editing"' not in teacher.client.get(f"{teacher.at}?edit-scene=9").text


def test_a_class_has_at_most_a_hundred_scenes(client):
    text = "/\n" * 100
    full = client.post("/class/teach", data={"lecture": text}).location
    refused = client.post(full, data={"do": "add", "address": "/"})
    assert refused.status_code == 422
    assert "at most 100 scenes" in refused.text
    assert client.get(full).text.count("data-scene=") == 100
    too_many = client.post("/class/teach", data={"lecture": f"{text}/"})
    assert "Line 101: A lecture has at most 100 scenes." in too_many.text


def test_phones_are_held_and_let_go(teacher):
    assert 'aria-checked="true"' in teacher.page()
    assert 'aria-checked="false"' in teacher.do("free").text
    assert 'aria-checked="true"' in teacher.do("follow").text
    assert "Everybody is asked to look up." in teacher.do("pause").text
    assert "Pause all" in teacher.do("go-on").text


def test_another_console_that_is_open_is_told_and_both_work(teacher):
    one, two = "1a", "2b"
    assert "another console" not in teacher.part("opened", console=one).text
    assert "another console" not in teacher.part("opened", console=two).text
    told = teacher.part("scene", scene=1, console=one).text
    assert "open in another console, too. Both work." in told
    assert "another console" not in teacher.part("scene", scene=0, console=two).text
    teacher.part("closed", console=one)  # it was not the last to be opened
    assert "another console" in teacher.part("scene", scene=0, console=one).text
    teacher.part("closed", console=two)
    assert "another console" not in teacher.part("scene", scene=1, console=one).text
    odd = teacher.part("follow", console='"><b>').text
    assert 'data-word=""' in odd


def test_a_console_that_was_lost_opens_from_its_link_in_another_browser(app, teacher):
    phone = app.test_client()
    assert phone.get(teacher.at).status_code == 200
    assert f"/class/teach/{teacher.code}" in phone.get("/class/teach").text  # it teaches it, too


def test_a_page_whose_snapshot_is_gone_does_not_take_the_console_along(app, teacher):
    hub = app.extensions["hub"]
    gone = "/lessons/network?from=" + "0" * 64
    hub.rooms.change_scene(teacher.code, 1, address=gone, asking="gradient")
    page = teacher.do("scene", scene=1)
    assert page.status_code == 200
    assert "A page that is gone" in page.text
    asked = teacher.do("ask")
    assert asked.status_code == 200
    assert "The page of this question is gone" in asked.text
    assert filled(asked.text) == ["Close"]
    assert filled(teacher.do("close").text) == ["Show"]
    assert teacher.do("show").status_code == 200
    assert "is gone" in teacher.client.get(f"{teacher.at}/record").text
    assert teacher.client.get(f"{teacher.at}/class.json").json["questions"][0]["counts"] == []


# -------------------------------------------------------------------------------- afterwards


def test_all_that_was_asked_is_kept_as_a_page_as_rows_and_as_json(app, teacher):
    (student,) = joined(app, teacher)
    teacher.do("scene", scene=1)
    teacher.do("ask", asking="gradient")
    answer(student, teacher, sign="down", answer="-0.0822")
    teacher.do("close")
    teacher.do("show")
    record = teacher.client.get(f"{teacher.at}/record").text
    assert "The sign is turned round" in record
    assert filled(record) == ["Back to the console"]
    sent = teacher.client.get(f"{teacher.at}/answers.csv")
    assert sent.mimetype == "text/csv"
    assert f'filename="{teacher.code}-answers.csv"' in sent.headers["Content-Disposition"]
    (row,) = csv.DictReader(io.StringIO(sent.data.decode("utf-8-sig")))
    assert (row["answer"], row["slip"]) == ("-0.0822", "The sign is turned round")
    kept = teacher.client.get(f"{teacher.at}/class.json").json
    assert kept["questions"][0]["answers"][0]["token"] == row["token"]
    assert teacher.code not in row["token"]


def test_a_lecture_is_saved_opened_and_used_again_without_what_was_answered(client, teacher):
    teacher.do("change", scene=1, note="Slowly.\nTwice.", asking="gradient", varied="1")
    teacher.do("scene", scene=1)
    teacher.do("ask")
    text = client.get(f"{teacher.at}/lecture.txt").text
    by_file = {"file": (io.BytesIO(b"\xef\xbb\xbf" + text.encode()), "mine.txt")}
    for opened in (
        client.post("/class/teach", data={"lecture": text}),
        client.post("/class/teach", data=by_file, content_type="multipart/form-data"),
        client.post(f"{teacher.at}/again"),
    ):
        assert opened.location != teacher.at
        assert client.get(f"{opened.location}/lecture.txt").text == text
        assert client.get(f"{opened.location}/class.json").json["questions"] == []


def test_the_lecture_of_the_documents_opens(tmp_path):
    app = create_app({"DATABASE_URL": f"sqlite:///{tmp_path / 'store.sqlite'}"})
    client, text = app.test_client(), LECTURE.read_text("utf-8")
    opened = client.post("/class/teach", data={"lecture": text})
    assert opened.status_code == 303
    assert client.get(f"{opened.location}/lecture.txt").text == text
    app.extensions["store"].close()


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "There is no scene in this lecture."),
        ("/\nnever: mind", "Line 2: “never: mind” is no line of a lecture."),
        ("/\n\nhttps://else.where/", "Line 3: This is no page of this site"),
        (f"{W5}\nasks: riddle", "Line 2: “riddle” cannot be asked here."),
        ("/lessons/network?from=" + "0" * 64, "Line 1: "),
        ("/lessons/network?step=nine", "Line 1: "),
    ],
)
def test_a_lecture_that_cannot_be_opened_stays_to_be_mended(client, text, what):
    refused = client.post("/class/teach", data={"lecture": text, "address": W5})
    assert refused.status_code == 422
    page = html.unescape(refused.text)
    assert what in page
    assert f">{text}</textarea>" in page
    assert f'href="{W5}"' in page


def test_a_class_ends_when_it_is_asked_twice(client, teacher):
    asked = client.get(f"{teacher.at}/end").text
    assert filled(asked) == ["End it"]
    assert "It would end" in asked
    ended = client.post(f"{teacher.at}/end")
    assert "Nothing of" in ended.text
    assert client.get(teacher.at).status_code == 404
    assert client.get(f"/class/{teacher.code}").status_code == 404
    assert "/class/teach/" not in client.get("/class/teach").text


def test_the_projector_is_opened_by_a_form_and_shows_nothing_of_the_link(client, teacher):
    opened = client.post(f"{teacher.at}/projector")
    assert urlsplit(opened.location).path == f"/class/{teacher.code}/projector"
    assert teacher.at.rpartition("/")[2] not in client.get(opened.location).text
