"""The way through: where one is, a lesson's end, what comes back, and the record as a file."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from backprop.lessons.network.ending import QUESTIONS

Open = Callable[..., Page]
Check = Callable[[Page], None]
END = "/lessons/network/end"
RECORD = "JSON.parse(localStorage.getItem('progress'))"

KEEP = f"""at => {{
  const record = {RECORD};
  Object.assign(record.at, at);
  record.missed.constructor = {{due: '2026-01-01', rung: 0}};
  localStorage.setItem('progress', JSON.stringify(record));
}}"""


def row(page: Page, name: str):
    return page.locator(f"[data-stop={name}]")


@pytest.mark.expects_status(422)
def test_the_first_page_carries_on_where_one_is_and_marks_what_is_done(
    open_page: Open, accessible: Check
):
    page = open_page("/")
    button = page.locator("#carry-on")
    expect(button).to_have_text("Start")
    page = open_page("/lessons/network?step=14")
    page.get_by_role("link", name="Step back").click()
    expect(page.locator(".explain .eyebrow")).to_contain_text("step 14 of")
    page.get_by_role("link", name="Next step").click()
    expect(page.locator(".explain .eyebrow")).to_contain_text("step 15 of")
    page = open_page("/")
    expect(button).to_have_accessible_name("Carry on at w₅")
    expect(page.locator("#carry-on-about")).to_contain_text("step 15 of 30. About 10 minutes left.")
    expect(row(page, "network")).to_have_class("now")
    button.click()
    expect(page).to_have_url(re.compile(r"/lessons/network\?step=14$"))
    page.evaluate(KEEP, {"query": "?step=99999", "step": 3})  # as a lesson takes it no longer
    page = open_page("/")
    button.click()
    expect(page).to_have_url(re.compile(r"/lessons/network$"))
    page.evaluate(KEEP, {"query": "?step=14", "step": 40})
    page = open_page("/")
    expect(button).to_have_attribute("href", "/lessons/network")
    page = open_page(f"{END}?question=0")
    page.get_by_role("link", name="Next lesson").click()
    expect(page).to_have_url(re.compile("/lessons/gradient-check"))
    other = page.context.new_page()  # a second tab hears of it, and loses nothing
    other.goto("/")
    expect(row(other, "network")).to_have_class("done")
    page.goto("/playground/end?question=0")
    expect(row(other, "playground")).to_have_class(re.compile("done"))
    expect(row(other, "network")).to_have_class("done")
    accessible(other)
    assert page.evaluate(RECORD)["lessons"].keys() == {"network", "playground"}


def test_a_question_that_is_missed_is_given_its_slip_and_comes_back_on_another_day(
    new_context: Callable[..., BrowserContext], accessible: Check
):
    page = new_context(viewport={"width": 1440, "height": 900}).new_page()
    page.clock.set_fixed_time("2026-11-30T20:00:00")
    page.goto(END)
    expect(page.locator("[data-postpone]")).to_have_text("Leave it for another day")
    page.get_by_label(re.compile("the step of")).check()
    page.get_by_label(re.compile("the slope")).check()
    page.get_by_role("button", name="Check").click()
    reply = page.locator(".rep")
    expect(reply).to_contain_text("Backpropagation taken for the optimizer.")
    expect(page).to_have_url(re.compile("answer="))
    accessible(page)
    page.get_by_label(re.compile("the slope")).uncheck()
    page.get_by_label(re.compile("after the step")).check()
    page.get_by_role("button", name="Check again").click()
    expect(reply).to_contain_text("Right.")
    expect(page.locator("[data-tally]")).to_have_text("0 of 1 unaided")
    assert page.evaluate(RECORD)["lessons"]["network"]["marks"] == {"adam-1": "helped"}
    page.goto("/")
    expect(page.locator("#due")).to_be_hidden()
    page.clock.set_fixed_time("2026-12-01T09:00:00")
    page.goto("/")
    page.get_by_role("link", name="1 question comes back today").click()
    expect(page).to_have_url(re.compile("fresh="))
    accessible(page)
    fresh = int(parse_qs(urlsplit(page.url).query)["fresh"][0])
    for name in QUESTIONS["adam"](fresh).right:
        page.locator(f"input[name=answer][value={name}]").check()
    page.get_by_role("button", name="Check").click()
    expect(reply).to_contain_text("Right.")
    back = page.evaluate(RECORD)["missed"]
    assert back == {"network.adam": {"due": "2026-12-04", "rung": 1}}
    page.get_by_role("link", name="All lessons").click()
    expect(page.locator("#due")).to_be_hidden()


def test_the_record_is_exported_cleared_and_imported_and_junk_is_refused(
    open_page: Open, tmp_path: Path
):
    page = open_page("/playground/end?question=0")
    page = open_page("/")
    expect(row(page, "playground")).to_have_class("done")
    with page.expect_download() as download:
        page.get_by_role("button", name="export").click()
    file = tmp_path / "kept.json"
    download.value.save_as(file)
    assert json.loads(file.read_text("utf-8"))["lessons"]["playground"]["done"]
    page.get_by_role("button", name="clear").click()
    page.get_by_role("button", name="Keep").click()
    expect(row(page, "playground")).to_have_class("done")
    page.get_by_role("button", name="clear").click()
    page.get_by_role("dialog").get_by_role("button", name="Clear").click()
    expect(row(page, "playground")).to_have_class("")
    expect(page.locator("#carry-on")).to_have_text("Start")

    def choose(path: Path):
        with page.expect_file_chooser() as chooser:
            page.get_by_role("button", name="import").click()
        chooser.value.set_files(path)

    for text, why in {
        "{": "It is not JSON.",
        "[]": "It is no record of progress.",
        '{"version": 9}': "It was written by a later version of this page.",
        '{"version": 1, "lessons": {"network": {"marks": {"a-1": "best"}}}}': "cannot be read.",
        '{"version": 1, "at": {"lesson": "network", "query": "//x"}}': "Its “at” cannot be read.",
        '{"version": 0}': "It is no record of progress.",
        '{"version": 1, "lessons": {"network": {"done": "2999-01-01"}}}': "still to come.",
        '{"version": 1, "at": {"lesson": "network", "query": "", "step": 4, "of": 2, "name": "", '
        '"time": 1}}': "Its “at” cannot be read.",
    }.items():
        junk = tmp_path / "junk.json"
        junk.write_text(text)
        choose(junk)
        expect(page.locator("#notice")).to_contain_text(why)
        expect(page.locator("#notice")).to_contain_text("What is here stays.")
    choose(file)
    expect(page.locator("#notice")).to_contain_text("was added to what is here.")
    expect(row(page, "playground")).to_have_class("done")


def test_where_storage_is_denied_or_nothing_runs_the_route_and_the_questions_work(
    new_context: Callable[..., BrowserContext],
):
    denied = new_context()
    denied.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new Error('denied'); }})"
    )
    plain = new_context(java_script_enabled=False)
    for context in (denied, plain):
        page = context.new_page()
        page.goto("/")
        expect(page.locator("#kept")).to_be_hidden()
        expect(row(page, "network").locator(".kept")).to_have_text("20 min")
        page.get_by_role("link", name="Start", exact=True).click()
        expect(page).to_have_url(re.compile("/playground$"))
        page.goto("/playground?step=7")
        page.keyboard.press("ArrowRight")  # there is no next step; no error, either
        page.get_by_role("link", name="What was seen").click()
        page.get_by_role("link", name="Skip it").click()
        page.get_by_role("textbox").fill("1000")
        page.get_by_role("button", name="Check").click()
        expect(page.locator(".rep")).to_contain_text("That is not it.")
        page.get_by_role("link", name="Tell me").click()
        expect(page.locator(".rep")).to_contain_text("times the local derivative")
        page.get_by_role("link", name="Next question").click()
        expect(page.locator(".back .eyebrow")).to_contain_text("3 of 3")
        page.close()


def test_in_front_of_a_class_a_remote_tells_each_answer_and_leads_on_to_the_next_lesson(
    open_page: Open,
):
    page = open_page(END, 1920, 1080, mode="projector")
    told = page.locator(".rep.told")
    for question in (1, 2, 3):
        expect(page.locator(".back > .eyebrow")).to_contain_text(f"{question} of 3")
        expect(told).to_have_count(0)
        page.keyboard.press("PageDown")
        expect(told).to_have_count(1)
        page.keyboard.press("PageUp")
        expect(told).to_have_count(0)
        page.keyboard.press("PageDown")
        expect(told).to_have_count(1)
        page.keyboard.press("PageDown")
    expect(page).to_have_url(re.compile("gradient-check.*mode=projector"))
    assert page.evaluate(f"{RECORD}?.missed ?? {{}}") == {}  # what a presenter tells is no miss


def test_on_a_projector_the_first_page_is_one_screen_and_a_remote_carries_on_from_it(
    open_page: Open,
):
    page = open_page("/lessons/network?step=14")
    page.get_by_role("link", name="Next step").click()
    expect(page.locator(".explain .eyebrow")).to_contain_text("step 16 of")
    for width, height in ((1920, 1080), (1280, 720)):
        page = open_page("/", width, height, mode="projector")
        assert page.locator("main").evaluate("el => el.scrollHeight <= el.clientHeight")
    page.keyboard.press("PageDown")
    expect(page).to_have_url(re.compile(r"/lessons/network\?step=15&mode=projector$"))
    page.get_by_role("link", name="Lessons").click()
    expect(page.locator("#carry-on")).to_have_accessible_name(re.compile("Carry on at"))
    page.keyboard.press("p")
    expect(page).to_have_url(re.compile(r"/$"))
    page = open_page("/")
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
