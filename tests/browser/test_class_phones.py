"""Phones in a class: they join, go along, look around, answer, and are told what it came to."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, Request, Route, expect

Check = Callable[[Page], None]
Contexts = Callable[..., BrowserContext]
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
NETWORK, SEVERAL = "/lessons/network", "back-adam"
FITS = """() => {
  const [main, page] = [document.querySelector('main'), document.documentElement];
  return main.scrollHeight <= main.clientHeight && page.scrollHeight <= innerHeight
    && page.scrollWidth <= innerWidth;
}"""

COUNTING = """
  const [fetched, fetch] = [[], window.fetch];
  window.fetch = (address, ...more) => (fetched.push(String(address)), fetch(address, ...more));
  window.asked = what => fetched.filter(each => each.includes(what)).length;
"""


class Teacher:
    """Who opens a room, and does what the console does."""

    def __init__(self, context: BrowserContext, base_url: str) -> None:
        self.request = context.request
        opened = self.request.post("/class", form={"address": f"{NETWORK}?step=14"})
        self.console = opened.url
        self.code = opened.url.split("/")[4]
        self.root = f"{base_url}/class/{self.code}"
        self.do("change", scene=1, asking="gradient")

    def do(self, what: str, **fields: str | int) -> None:
        assert self.request.post(self.console, form={"do": what, **fields}).ok

    def goes_to(self, address: str) -> None:
        assert self.request.post(f"{self.root}/step", form={"address": address}).ok


@pytest.fixture
def teacher(context: BrowserContext, base_url: str) -> Teacher:
    return Teacher(context, base_url)


@pytest.fixture
def phone(new_context: Contexts, teacher: Teacher) -> Callable[..., Page]:
    """Give the function that makes a phone which has joined by its link."""

    def phone(**options: object) -> Page:
        page = new_context(**PHONE | options).new_page()
        page.goto(teacher.root)
        page.get_by_role("button", name="Join").click()
        return page

    return phone


def answer(page: Page, way: str, typed: str) -> None:
    page.get_by_role("button", name=way).click()
    page.get_by_label("How far?").fill(typed)
    page.get_by_role("button", name="Send").click()


def sent(page: Page, said: str) -> None:
    expect(page.get_by_role("heading", name="Sent", exact=True)).to_be_visible()
    expect(page.locator("#mine .answer")).to_have_text(said)


def test_a_class_goes_along_answers_and_is_told(
    new_context: Contexts, teacher: Teacher, phone: Callable[..., Page], accessible: Check
):
    by_code = new_context(**PHONE).new_page()
    by_code.goto("/class")
    accessible(by_code)
    by_code.get_by_label("The six letters in front").fill(teacher.code.lower())
    by_code.get_by_role("button", name="Join").click()
    expect(by_code.get_by_role("heading", name="You are in")).to_be_visible()
    accessible(by_code)
    following = phone()

    teacher.do("add", address=f"{NETWORK}?step=5")
    teacher.do("scene", scene=2)
    third = phone(color_scheme="dark")  # who comes late is where the others are
    for page in (by_code, following, third):
        page.wait_for_url(f"**{NETWORK}?step=5")
        expect(page.locator(".explain h1")).to_be_in_viewport()
        expect(page.locator("header.top, .film, .transport")).to_have_count(3)
        expect(page.locator("header.top")).to_be_hidden()
        expect(page.locator("#graph .now").first).to_be_in_viewport()
    accessible(following)
    teacher.goes_to(f"{NETWORK}?step=6")
    expect(following.locator(".explain .eyebrow")).to_contain_text("step 7 of 30")
    assert following.evaluate(FITS)

    following.get_by_role("button", name="Look around").click()
    expect(following.locator("header.top")).to_be_visible()
    following.get_by_role("link", name="Next step").click()
    expect(following.locator(".explain .eyebrow")).to_contain_text("step 8 of 30")
    teacher.do("scene", scene=1)
    for page in (by_code, third):
        expect(page.get_by_role("heading", name="A question comes")).to_be_visible()
    teacher.do("ask")
    expect(following.get_by_role("status").first).to_have_text("a question is asked")
    accessible(following)
    following.get_by_role("button", name="Back to the lecture").click()

    for page in (by_code, following, third):
        expect(page.get_by_role("button", name="positive")).to_be_visible()
        assert page.evaluate(FITS)
        height = page.get_by_role("button", name="positive").evaluate("el => el.offsetHeight")
        assert height >= 76
    accessible(third)
    following.get_by_role("button", name="positive").click()
    for key in ("0", "point", "7", "4", "1", "times", "0", "point", "5", "9", "3"):
        following.get_by_role("button", name=key, exact=True).click()
    expect(following.locator("#read")).to_have_text(re.compile("0.741 × 0.593\\s*= 0.4394"))
    assert following.evaluate(FITS)
    accessible(following)
    following.get_by_role("button", name="Send").click()
    sent(following, "positive, 0.741 × 0.593 = 0.4394")
    assert following.evaluate(FITS)
    accessible(following)
    following.get_by_role("link", name="Change my answer").click()
    answer(following, "negative", "0.741*0.593")
    sent(following, "negative, 0.741 × 0.593 = 0.4394")
    answer(by_code, "positive", "0.0822")
    third.get_by_role("button", name="zero").click()
    sent(third, "zero")

    teacher.do("close")
    teacher.do("ask")
    for page in (following, by_code):
        expect(page.locator('.to-answer[data-round="2"]')).to_be_visible()
        answer(page, "positive", "0.0822")
        sent(page, "positive, 0.0822")
    teacher.do("close")
    for page in (following, by_code):
        expect(page.locator("#mine")).to_contain_text("The question is closed.")
    teacher.do("show")
    for page in (following, by_code, third):
        expect(page.locator("h1")).to_contain_text("0.0822")
    rounds = following.locator(".two > div")
    expect(rounds.first).to_contain_text(re.compile("Round 1\\s*0.4394\\s*No σ′ at the output"))
    expect(rounds.last).to_contain_text(re.compile("Round 2\\s*0.0822\\s*right"))
    expect(following.locator(".factors .hole")).to_have_count(1)
    assert following.evaluate(FITS)
    accessible(following)
    accessible(third)
    teacher.do("pause")
    expect(following.get_by_role("heading", name="Look up")).to_be_visible()
    teacher.do("go-on")
    following.get_by_role("link", name="See this step").click()
    expect(following.locator(".explain .eyebrow")).to_contain_text("step 15 of 30")
    expect(following.get_by_role("button", name="Back to the lecture")).to_be_visible()


def test_what_a_step_is_about_and_its_words_are_seen_at_once_and_a_new_step_comes_into_view(
    teacher: Teacher, phone: Callable[..., Page], accessible: Check
):
    page = phone()
    places = (  # where the lecture goes, the picture there, and its words
        (f"{NETWORK}?step=29", "#graph .node", ".explain .lede"),
        ("/lessons/chain-rule?step=3", "#graph .now", ".said .so"),
        ("/lessons/find-the-bug?step=3", ".code .suspect", ".worked p:not(.eyebrow, .steps)"),
        ("/train", "#ground", ".marks"),
        ("/train?detail=layers&step=9", ".ln.now", ".matrices .lede"),
        ("/lessons/gradient?mode=projector&show-part=dial", "#dial", ".shown h1"),
        ("/", ".sample svg", ".thesis"),
        (f"{NETWORK}/end", "#graph .now", ".sentences"),
    )
    for number, (address, picture, words) in enumerate(places, 2):
        teacher.do("add", address=address)
        teacher.do("scene", scene=number)
        teacher.goes_to(address)
        for seen in (picture, words):
            expect(page.locator(seen).first).to_be_in_viewport(ratio=0.9)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
        if number == 2:
            accessible(page)
    teacher.do("scene", scene=3)
    expect(page.locator(".said")).to_be_visible()
    page.mouse.wheel(0, 2000)
    expect(page.locator("#graph .now").first).not_to_be_in_viewport()
    teacher.goes_to("/lessons/chain-rule?step=4")
    expect(page.locator("#graph .now").first).to_be_in_viewport(ratio=0.9)


@pytest.mark.expects_status("ERR_FAILED", 503, 422)
def test_an_answer_that_was_not_sent_is_kept_and_sent_again_until_it_is_taken(
    teacher: Teacher, phone: Callable[..., Page]
):
    page, late = phone(), phone()
    teacher.do("scene", scene=1)
    teacher.do("ask")
    page.get_by_role("button", name="positive").click()
    page.get_by_label("How far?").fill("0.741*0.5")
    page.reload()
    expect(page.get_by_label("How far?")).to_have_value("0.741*0.5")
    page.goto("/robots.txt")
    page.go_back()
    expect(page.get_by_label("How far?")).to_have_value("0.741*0.5")

    tried: list[Request] = []

    def fail(route: Route) -> None:
        tried.append(route.request)
        if len(tried) == 1:
            route.abort()
        elif len(tried) == 2:
            route.fulfill(status=503, headers={"Retry-After": "1"})
        else:
            route.continue_()

    page.route("**/answer", fail)
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="Not sent yet")).to_be_visible()
    page.reload()
    sent(page, "positive, 0.741 × 0.5 = 0.3705")
    assert len(tried) >= 3
    other = page.context.new_page()
    other.goto(teacher.root)
    sent(other, "positive, 0.741 × 0.5 = 0.3705")
    other.get_by_role("link", name="Change my answer").click()
    answer(other, "positive", "0.0822")
    expect(page.locator("#mine .answer")).to_have_text("positive, 0.0822")

    late.route("**/answer", lambda route: route.abort())
    answer(late, "positive", "0.0822")
    expect(late.get_by_role("heading", name="Not sent yet")).to_be_visible()
    teacher.do("close")
    late.unroute("**/answer")
    expect(late.get_by_role("alert").first).to_contain_text("This question is closed.")


@pytest.mark.expects_status("ERR_FAILED", 404)
def test_where_streams_are_cut_a_phone_asks_and_one_that_was_asleep_catches_up(
    teacher: Teacher, phone: Callable[..., Page]
):
    cut, silent, asleep = phone(), phone(), phone()
    cut.route("**/news*", lambda route: route.abort())
    silent.route("**/news*", lambda _: None)  # it opens, and nothing ever comes through
    asleep.route("**/news*", lambda _: None)
    asleep.route("**/count*", lambda route: route.abort())
    for page in (cut, silent, asleep):
        page.reload()
    teacher.do("add", address=f"{NETWORK}?step=5")
    teacher.do("scene", scene=2)
    for page in (cut, silent):
        page.wait_for_url(f"**{NETWORK}?step=5")
    teacher.goes_to(f"{NETWORK}?step=6")
    for page in (cut, silent):
        expect(page.locator(".explain .eyebrow")).to_contain_text("step 7 of 30")
    expect(asleep.get_by_role("status").first).to_have_text("no connection")
    asleep.unroute("**/count*")
    asleep.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    asleep.wait_for_url(f"**{NETWORK}?step=6")
    cut.request.post(f"{teacher.console}/end")
    for page in (cut, silent, asleep):
        expect(page.locator("main")).to_contain_text("It may have ended.")


@pytest.mark.expects_status("ERR_FAILED")
def test_however_long_the_server_was_away_a_phone_asks_every_two_seconds_and_is_back_by_itself(
    teacher: Teacher, phone: Callable[..., Page]
):
    page = phone()
    page.add_init_script(COUNTING)
    page.clock.install()
    page.route("**/news*", lambda route: route.abort())
    page.reload()
    teacher.do("scene", scene=1)
    teacher.do("ask")
    page.get_by_role("button", name="positive").click()

    away = re.compile(r"/(count|now|answer)\b")
    page.route(away, lambda route: route.abort())
    page.get_by_label("How far?").fill("0.0822")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="Not sent yet")).to_be_visible()
    expect(page.get_by_role("status").first).to_have_text("no connection")
    page.clock.run_for(600_000)
    asked = page.evaluate("window.asked('/count')")
    page.clock.run_for(60_000)
    assert page.evaluate("window.asked('/count')") - asked >= 29

    page.unroute(away)
    with page.expect_response("**/count*"):
        page.clock.run_for(2_000)
    sent(page, "positive, 0.0822")


def test_without_javascript_a_phone_answers_by_forms_one_after_the_other(
    teacher: Teacher, phone: Callable[..., Page]
):
    page = phone(java_script_enabled=False)
    teacher.do("scene", scene=1)
    teacher.do("ask")
    page.goto(teacher.root)
    answer(page, "positive", "0.741*0.593")
    sent(page, "positive, 0.741 × 0.593 = 0.4394")
    page.get_by_role("link", name="Change my answer").click()
    page.get_by_role("button", name="positive").click()
    page.get_by_role("link", name="change", exact=True).click()
    answer(page, "negative", "0.0822")
    sent(page, "negative, 0.0822")
    teacher.do("close")
    teacher.do("show")
    page.goto(teacher.root)
    expect(page.locator(".two")).to_contain_text("You")
    expect(page.locator(".factors")).to_be_visible()
    page.get_by_role("link", name="See this step").click()
    expect(page.locator(".explain .eyebrow")).to_contain_text("step 15 of 30")


def test_what_is_chosen_is_sent_with_one_tap_or_with_several_and_send(
    teacher: Teacher, phone: Callable[..., Page], accessible: Check
):
    page = phone()
    asked = (
        ("/lessons/find-the-bug?case=2", "line", "dz2 = do * o * (1 - o)"),
        (f"{NETWORK}?step=14", "larger-w2_2_1", None),
        (f"{NETWORK}?step=14", SEVERAL, None),
    )
    for number, (address, asking, option) in enumerate(asked, 1):
        teacher.do("add", address=address)
        teacher.do("scene", scene=number + 1)
        teacher.do("change", scene=number + 1, asking=asking)
        teacher.do("ask")
        expect(page.locator(f'.to-answer[data-question="{number}"]')).to_be_visible()
        assert page.evaluate(FITS)
        accessible(page)
        if asking == SEVERAL:
            boxes = page.get_by_role("checkbox")
            boxes.first.check()
            boxes.nth(1).check()
            said = [page.locator(".option > span:not(.num)").nth(n).inner_text() for n in range(2)]
            page.get_by_role("button", name="Send").click()
            sent(page, ", ".join(said))
            continue
        choice = page.locator(".option", has_text=option) if option else page.locator(".option")
        said = choice.first.inner_text()
        choice.first.click()
        sent(page, said)
