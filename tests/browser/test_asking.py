"""Ask me first: a result is covered until it is said, a slip is named, and the end sums up."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

Open = Callable[..., Page]
NETWORK = "/lessons/network?ask=1"
SLOPE = "0.036"  # at h₁, step 19 of the 2-2-2 by hand: 0.0363503 …
DIGITS = "0.0363503"


def at(page: Page, step: int) -> None:
    expect(page.locator(".explain .eyebrow")).to_contain_text(f"step {step} of ")


def reply(page: Page):
    return page.locator(".ask .reply")


def test_the_covered_number_is_nowhere_on_the_page_until_it_is_said(
    open_page: Open, accessible: Callable[[Page], None]
):
    page = open_page(f"{NETWORK}&step=19&focus=a1_1")
    for _ in range(3):
        text = page.content()
        assert SLOPE not in text
        assert DIGITS not in text
        page.keyboard.press("h")
        expect(page.locator(".ladder i.on")).to_have_count(_ + 1)
    assert DIGITS not in page.content()
    accessible(page)
    page.keyboard.press("+")
    expect(reply(page)).to_contain_text("Right: raising")
    assert DIGITS not in page.content()
    page.keyboard.press("v")
    expect(page.locator(".result output")).to_have_text(SLOPE)
    assert DIGITS in page.content()


def test_a_wrong_number_is_told_its_slip_and_shown_where(
    open_page: Open, accessible: Callable[[Page], None]
):
    page = open_page(f"{NETWORK}&step=19")
    page.keyboard.press("-")
    expect(reply(page)).to_contain_text("No: raising")
    page.keyboard.press("=")
    expect(page.locator("#in-typed")).to_be_focused()
    page.keyboard.type("0,055")
    page.keyboard.press("Enter")
    expect(reply(page)).to_contain_text(
        "0.055 is not the gradient. One path only. That is one path of two"
    )
    expect(page.locator("#badges g:not(.off)")).to_have_text(["?"])
    expect(page.locator(".cover")).to_be_visible()
    accessible(page)
    page.locator("#in-typed").fill(SLOPE)
    page.get_by_role("button", name="Check").click()
    expect(reply(page)).to_contain_text("0.036 is right.")
    expect(page.locator(".result output")).to_have_text(SLOPE)


@pytest.mark.expects_status(422)
def test_what_is_no_number_is_said_beside_its_field(open_page: Open):
    page = open_page(f"{NETWORK}&step=19")
    page.keyboard.press("+")
    page.locator("#in-typed").fill("much")
    page.keyboard.press("Enter")
    expect(page.locator("#error-typed")).to_contain_text("“much” is no number.")


def test_nothing_moves_when_the_result_is_uncovered(open_page: Open):
    page = open_page(f"{NETWORK}&step=14")
    places = [page.locator(spot) for spot in (".explain h1", ".result", ".mores", "#graph")]
    before = [place.bounding_box() for place in places]
    page.keyboard.press("+")
    expect(reply(page)).to_be_visible()
    page.keyboard.press("v")
    expect(page.locator(".result output")).to_have_text("0.082")
    for place, box in zip(places, before, strict=True):
        assert place.bounding_box()["y"] == pytest.approx(box["y"], abs=1)


def test_playing_pauses_where_something_is_asked(open_page: Open):
    page = open_page(f"{NETWORK}&step=8")
    page.locator("#in-speed").select_option("4")
    page.locator("#play").click()
    at(page, 11)
    expect(page.locator("#play")).to_have_attribute("aria-label", "Play")
    expect(page.locator("#tick")).to_have_count(0)
    expect(page.locator(".cover")).to_be_visible()


def test_an_edit_drops_the_guess_and_back_brings_it_again(open_page: Open):
    page = open_page(f"{NETWORK}&step=14&show-more=parameters")
    page.keyboard.press("+")
    expect(reply(page)).to_be_visible()
    page.locator("#in-w1_1_1").fill("0.9")
    expect(page.get_by_role("link", name="down (−)")).to_be_visible()
    expect(reply(page)).to_have_count(0)
    page.go_back()
    expect(reply(page)).to_contain_text("Right")
    page.go_back()
    expect(page.get_by_role("link", name="up (+)")).to_be_visible()


def test_the_end_sums_up_and_starts_again_with_fresh_numbers(open_page: Open):
    page = open_page("/playground?ask=1&step=3")
    for key, step in (("+", 5), ("-", 6), ("-", 7), ("+", 8)):
        page.keyboard.press(key)
        expect(reply(page)).to_be_visible()
        page.keyboard.press("ArrowRight")
        at(page, step)
    expect(page.locator("#asked dl")).to_contain_text("3 of 4 right")
    expect(page.locator("#asked dl")).to_contain_text("unaided0 of 4")
    expect(page.locator("#asked")).not_to_contain_text("One slip:")  # of ways alone none is counted
    page.get_by_role("link", name="Fresh numbers").click()
    at(page, 3)
    expect(page).to_have_url(re.compile(r"ask=1&x=-?[\d.]+&y="))
    assert "said" not in page.url


def test_the_switch_is_remembered_and_the_address_of_a_teacher_wins(open_page: Open):
    page = open_page("/lessons/network?step=14")
    switch = page.get_by_role("switch", name="Ask me first")
    expect(switch).to_have_attribute("aria-checked", "false")
    switch.click()
    expect(page.locator(".cover")).to_be_visible()
    expect(page).to_have_url(re.compile("ask=1"))
    page.goto("/playground")
    expect(page).to_have_url(re.compile("ask=1&ask-level=1"))
    for prepared in ("step=4", "ask=0", "mode=projector"):
        page.goto(f"/playground?{prepared}")
        expect(page).to_have_url(re.compile(f"{prepared}$"))
        expect(switch).to_have_attribute("aria-checked", "false")
        page.go_back()
        expect(switch).to_have_attribute("aria-checked", "true")
    switch.click()
    expect(switch).to_have_attribute("aria-checked", "false")
    page.goto("/lessons/network")
    expect(switch).to_have_attribute("aria-checked", "false")


def test_all_of_it_works_without_javascript(new_context: Callable[..., BrowserContext]):
    page = new_context(java_script_enabled=False).new_page()
    page.goto("/lessons/network?step=19")
    page.get_by_role("switch", name="Ask me first").click()
    expect(page).to_have_url(re.compile("step=10&ask=1&ask-level=1"))  # the first question
    page.goto("/lessons/network?step=19&ask=1")
    page.get_by_role("link", name="Hint: Which factors?").click()
    page.get_by_role("link", name="up (+)").click()
    page.locator("#in-typed").fill(SLOPE)
    page.get_by_role("button", name="Check").click()
    expect(reply(page)).to_contain_text("is right")
    page.get_by_role("link", name="Next step").click()
    expect(page.locator(".explain .eyebrow")).to_contain_text("step 21 of 30")
    expect(page).to_have_url(re.compile("said="))


def test_one_gradient_is_worked_out_from_scratch(
    open_page: Open, accessible: Callable[[Page], None]
):
    page = open_page("/lessons/network")
    page.get_by_role("switch", name="Ask me first").click()
    at(page, 11)
    expect(page.locator(".start")).to_contain_text("The questions begin here.")
    page.locator("#levels summary").click()
    page.locator("#levels").get_by_role("link", name="From scratch").click()
    field = page.locator("#in-typed")
    expect(field).to_be_focused()
    field.fill("0.0554*0.2413*0.05")
    page.keyboard.press("Enter")
    expect(reply(page)).to_contain_text("0.0554 × 0.2413 × 0.05 = 6.684·10⁻⁴ is not the gradient.")
    expect(reply(page)).to_contain_text("One path only.")
    expect(field).to_have_value("0.0554*0.2413*0.05")
    expect(page.locator(".parts .hole")).to_have_count(1)
    accessible(page)
    field.fill("(0.0554 - 0.0190)*0.2413*0.05")
    page.keyboard.press("Enter")
    expect(reply(page)).to_contain_text("is right.")
    expect(page.locator("#ask")).to_have_attribute("data-record", re.compile("scratch helped$"))
    page.get_by_role("link", name="Another weight").click()
    expect(page.locator(".explain h1")).to_contain_text("How much does")
    expect(field).to_have_value("")


def test_on_a_phone_the_question_stands_above_the_legend(open_page: Open):
    page = open_page("/playground?ask=1&ask-level=1&step=3", width=390, height=844)
    question, legend = page.locator("#ask").bounding_box(), page.locator(".key").bounding_box()
    assert question["y"] + question["height"] <= legend["y"]
    assert page.evaluate("document.activeElement.tagName") == "BODY"
