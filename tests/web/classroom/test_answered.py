"""What a phone is sent: nothing of the answer before it is shown, and then what it came to."""

import re
from typing import Any

import pytest

from app import create_app
from backprop.notation.numerals import as_answer, short
from backprop.stage.classroom.asking import asking as askings
from backprop.stage.classroom.matching import RIGHT, find_matcher
from backprop.web.classroom.scenes import find_page

NETWORK = "/lessons/network?step=14"
ARRAYS = "/arrays?step=9"
ASKED = (
    (NETWORK, "gradient"),
    ("/lessons/network?step=19", "gradient"),
    ("/lessons/chain-rule", "line-1"),
    ("/playground?step=6", "gradient"),
    ("/lessons/gradient?x=1.37&y=2.21", ""),
    ("/lessons/find-the-bug?case=2", "line"),
    (NETWORK, "sign"),
    (ARRAYS, "shape"),
    (ARRAYS, "rule"),
    (ARRAYS, "entry"),
)


class Class:
    """A room with one question, a teacher, and phones."""

    def __init__(self, app: Any, address: str, asking: str | None, *, varied: bool = False) -> None:
        self.app, self.address = app, address
        with app.test_request_context("/"):
            self.page = find_page(address)
        if asking == "":  # the likeliest
            asking = askings(self.page.lesson, self.page.choices)[0].name
        self.asking = asking
        self.teacher = app.test_client()
        opened = self.teacher.post("/class", data={"address": address})
        self.console = opened.location
        self.code = self.console.split("/")[2]
        self.root = f"/class/{self.code}"
        if asking is not None:
            self.do("change", scene="1", asking=asking, varied="1" if varied else "")
        self.do("scene", scene="1")

    def do(self, what: str, **fields: str) -> None:
        done = self.teacher.post(self.console, data={"do": what, **fields})
        assert done.status_code == 303, done.text

    def phone(self) -> "Phone":
        client = self.app.test_client()
        client.post("/class/join", data={"code": self.code})
        return Phone(client, self.root)

    def matcher(self) -> Any:
        return find_matcher(self.page.lesson, self.page.choices, self.asking)


class Phone:
    """One browser that has joined."""

    def __init__(self, client: Any, root: str) -> None:
        self.client, self.root = client, root

    def send(self, sign: str = "", answer: str = "", turn: int = 1, number: int = 1) -> Any:
        fields = {"question": str(number), "round": str(turn), "sign": sign, "answer": answer}
        headers = {"HX-Request-Type": "partial", "Accept": "application/json"}
        return self.client.post(f"{self.root}/answer", data=fields, headers=headers)

    def get(self, part: str = "") -> Any:
        return self.client.get(f"{self.root}{part}")

    def sees(self, part: str = "") -> str:
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", self.get(part).text)).strip()


@pytest.fixture(scope="module")
def app():
    return create_app({"DATABASE_URL": "sqlite://"})


@pytest.fixture
def asked(app):
    room = Class(app, NETWORK, "gradient")
    room.do("ask")
    return room


def everything(room, phone):
    """Yield all that a phone can get before it is shown, with the headers."""
    parts = ["", "?again=1", "/now", "/strip", "/count", "/mine", "/screen", "/read?answer=2*3"]
    parts += ["/screen?for=projector", "/screen?for=console", "/strip?for=projector"]
    for part in parts:
        answer = phone.get(part)
        assert answer.status_code < 300 or part == "/mine", (part, answer.status)
        yield part, answer
    with phone.get("/news") as news:
        yield "/news", news
    yield "joined elsewhere", room.app.test_client().get(room.root)


def telling(matcher, picture):
    """Return what would tell the answer: numbers as they are printed, names, and reasons.

    A wrong answer may well be a number of the picture, such as h₁: that one tells nothing.
    """
    said = set()
    for key, outcome in matcher.outcomes.items():
        seen = outcome.number and short(abs(outcome.number.exact)) in picture
        if outcome.number is not None and (key == RIGHT or not seen):
            said |= {as_answer(outcome.number.exact), repr(abs(outcome.number.exact))[:9]}
        if key != RIGHT and not matcher.question.options:
            said |= {key} if "-" in key else set()
            said |= {part for part in outcome.title if isinstance(part, str)}
        said |= {part for part in outcome.about if isinstance(part, str) and len(part) > 12}
        said |= {outcome.slip} if outcome.slip else set()
    if right := matcher.outcomes[RIGHT].number:
        said |= {f"{abs(right.exact):.3g}", f"{abs(right.exact):.4g}"}
    return said


@pytest.mark.parametrize(("address", "asking"), ASKED)
def test_nothing_that_is_sent_to_a_phone_tells_the_answer_before_it_is_shown(app, address, asking):
    room = Class(app, address, asking)
    matcher, phone, other = room.matcher(), room.phone(), room.phone()
    question = matcher.question
    picture = {number.shown.lstrip("−") for _, number in question.given}
    for scene in filter(None, (question.scene, question.part)):
        picture |= set(re.findall(r"\d+(?:\.\d+)?", repr(scene)))
    secret = telling(matcher, picture)
    secret = {each for each in secret if not re.fullmatch(r"[−-]?\d{1,2}(\.\d)?", each)}
    assert len(secret) > 1
    some = next((each.name for each in question.options), "0.5")
    found = []

    def look(when):
        for part, answer in everything(room, phone):
            # of a stream, what is so now
            body = next(iter(answer.response)) if part == "/news" else answer.data
            body = body.decode() if isinstance(body, bytes) else body
            text = f"{answer.headers} {body}".replace("&#39;", "’").replace("&amp;", "&")
            found.extend((when, part, each) for each in secret if each and each in text)

    look("soon")
    room.do("ask")
    look("asked")
    sign = "up" if question.kind in ("gradient", "sign") else ""
    sent = phone.send(sign, "" if question.kind == "sign" else some)
    assert sent.status_code == 200, sent.text
    other.send("down" if sign else "", "" if question.kind == "sign" else some)
    found += [("sent", "/answer", each) for each in secret if each and each in sent.text]
    look("sent")
    room.do("close")
    look("closed")
    assert found == []


def test_what_the_others_answered_is_told_to_no_phone(asked):
    phone, others = asked.phone(), [asked.phone() for _ in range(11)]
    for each in others:
        each.send("up", "0.741*0.593")
    for part, answer in everything(asked, phone):
        if "projector" not in part and "console" not in part and part != "/news":
            text = re.sub(r"<svg.*?</svg>", "", answer.text, flags=re.S)
            assert not re.search(r"(?<![\d.])1[12](?![\d.])", text), part
    assert "bars" not in phone.get("/screen?for=console").text
    assert phone.get("/count").json.keys() == {"version", "stage"}


def test_a_right_answer_is_acknowledged_like_a_wrong_one(asked):
    right, wrong = asked.phone(), asked.phone()
    said = [right.send("up", "0.0822").text, wrong.send("up", "0.4398").text]
    assert said[0].replace("0.0822", "x") == said[1].replace("0.4398", "x")


def test_a_zero_is_all_there_is_to_say_be_it_right_or_not(asked):
    phone = asked.phone()
    assert phone.send("none").status_code == 200
    assert 'data-at="sent"' in phone.get().text


def test_without_scripts_the_way_is_sent_first_and_then_the_number(asked):
    phone = asked.phone()
    assert 'data-at="sign"' in phone.get().text
    form = {"question": "1", "round": "1", "sign": "up"}
    sent = phone.client.post(f"{phone.root}/answer", data=form)
    assert (sent.status_code, sent.location) == (303, phone.root)
    assert 'data-at="number"' in phone.get().text
    assert "Positive. How far?" in phone.sees()
    phone.client.post(f"{phone.root}/answer", data={**form, "answer": "0.741*0.593"})
    assert 'data-at="sent"' in phone.get().text
    assert "positive, 0.741 × 0.593 = 0.4394" in phone.sees()
    assert 'value="0.741*0.593"' in phone.get("?again=1").text


def test_once_shown_each_round_is_named_and_worked_out_beside_the_right_line(asked):
    phone, other = asked.phone(), asked.phone()
    for each in (phone, other):
        each.send("up", "0.741*0.593")
    asked.do("close")
    asked.do("ask")
    phone.send("up", "0.0822", turn=2)
    asked.do("close")
    asked.do("show")
    said = phone.sees()
    assert "matter? 0.0822" in said
    assert "Round 1 0.4394 No σ′ at the output" in said
    assert "Round 2 0.0822 right" in said
    assert "The same in the class: 2, then 0 of 2." in said
    assert phone.sees("/mine") in said
    table = phone.get("/mine").text
    assert table.count('class="hole"') == 1
    assert "0.18682" in table
    assert asked.phone().sees("/mine").startswith("You sent no answer.")


def test_an_answer_after_the_close_is_refused_in_words(asked):
    phone = asked.phone()
    asked.do("close")
    late = phone.send("up", "0.0822")
    assert late.status_code == 422
    assert late.json["error"]["what"] == "This question is closed."


def test_what_cannot_be_read_is_refused_beside_its_field(asked):
    refused = asked.phone().send("up", "0.741*")
    assert (refused.status_code, refused.json["error"]["at"]) == (422, "answer")


def test_what_is_typed_is_read_back_with_its_value(asked):
    phone = asked.phone()
    assert phone.get("/read?answer=0.741*0.593").json == {
        "text": "0.741 × 0.593",
        "value": "0.4394",
    }
    assert phone.get("/read?answer=0.0822").json == {"text": "0.0822", "value": ""}
    assert phone.get("/read?answer=0.741*").json == {"text": "", "value": ""}


def test_several_choices_are_sent_together(app):
    page = "/lessons/network"
    with app.test_request_context("/"):
        lesson = find_page(page).lesson
    name = next(n for n, make in lesson.questions.items() if make(1).kind == "several")
    room = Class(app, page, f"back-{name}")
    room.do("ask")
    names = [each.name for each in room.matcher().question.options[:2]]
    phone = room.phone()
    fields = {"question": "1", "round": "1", "answer": names}
    phone.client.post(f"{phone.root}/answer", data=fields)
    said = phone.sees("/mine")
    assert said.startswith("Sent")
    assert ", " in said


def test_the_numbers_of_a_phone_are_its_own_on_every_way_it_is_asked(app):
    room = Class(app, NETWORK, "gradient", varied=True)
    room.do("ask")
    phone = room.phone()
    whole = phone.get().text
    variant = re.search(r'data-variant="(\d+)"', whole)[1]
    part = phone.get(f"/screen?variant={variant}").text
    picture = re.compile(r'<figure class="part">.*?</figure>', re.S)
    assert picture.search(whole)[0] == picture.search(part)[0]
    assert phone.get("/now").json["varied"] is True
    elsewhere = phone.client.get(f"{room.root}/screen?variant={(int(variant) + 20) % 100_000}")
    assert elsewhere.status_code == 422
    room.do("close")
    room.do("show")
    step = re.search(r'href="([^"]*)" data-on-my-own', phone.get().text)[1].replace("&amp;", "&")
    right = re.search(
        r'<span class="num bwd"\s+data-exact="([^"]*)">[^<]*</span></h1>', phone.get().text
    )
    assert step != NETWORK
    assert right[1] in phone.client.get(step).text


def test_a_code_that_is_none_is_asked_for_again_with_what_was_typed(app):
    client = app.test_client()
    for typed, said in (("abc", "is no code"), ("BCDFGH", "There is no class")):
        answer = client.post("/class/join", data={"code": typed})
        assert answer.status_code == 404
        assert said in answer.text
        assert f'value="{typed}"' in answer.text


def test_a_room_that_has_ended_says_so(asked):
    phone = asked.phone()
    asked.teacher.post(f"{asked.console}/end")
    for part in ("", "/now", "/mine", "/screen", "/count"):
        answer = phone.get(part)
        assert answer.status_code == 404
    assert "It may have ended." in phone.sees()


def test_joining_is_one_press_and_says_what_is_kept(app, asked):
    client = app.test_client()
    assert "No name, no account." in client.get("/class").text
    page = client.get(asked.root).text
    assert re.search(r"Kept until \d+ \w+ \d{4}, or until the class is ended", page)
    joined = client.post(
        "/class/join", data={"code": f" {asked.code[:3].lower()} {asked.code[3:]} "}
    )
    assert joined.location == asked.root
    assert "HttpOnly" in joined.headers["Set-Cookie"]


def test_a_phone_goes_to_the_part_that_a_lecture_shows_and_else_to_the_ordinary_page(app):
    for address, there in (
        (
            "/lessons/gradient?show-part=surface",
            "/lessons/gradient?mode=projector&show-part=surface",
        ),
        (f"{NETWORK}&mode=projector", NETWORK),
        ("/?mode=projector", "/"),
    ):
        room = Class(app, address, None)
        room.do("scene", scene="1")
        assert room.phone().get("/now").json["phone"] == there


def test_a_page_may_be_asked_about_before_anybody_sees_it(app):
    teacher = app.test_client()
    address = "/lessons/network?step=14"
    assert "Ask a question here first" in teacher.get(f"/class/teach?address={address}").text
    assert "Ask a question" not in teacher.get("/class/teach?address=/").text
    console = teacher.post("/class", data={"address": address, "first": "1"}).location
    code = console.split("/")[2]
    teacher.post(console, data={"do": "scene", "scene": "1"})
    now = teacher.get(f"/class/{code}/now").json
    assert (now["view"], now["address"]) == ("soon", "")
    assert "How much does w₅ matter?" in teacher.get(console).text
    refused = teacher.post(console, data={"do": "add", "address": "/", "first": "1"})
    assert refused.status_code == 422
    assert "Nothing can be asked about this page" in refused.text
