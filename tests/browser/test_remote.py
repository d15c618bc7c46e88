"""A lecture given with a presenter's remote, two live edits, and the keyboard in the graph."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

Open = Callable[..., Page]
Check = Callable[[Page], None]
FOCUSED = "() => document.activeElement.id"
PRESS_AT_ONCE = """keys => keys.forEach(key => document.activeElement.dispatchEvent(
  new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true })))"""


def stepped(page: Page, key: str) -> None:
    """Press a key of the remote; the page says another state then."""
    before = page.url
    page.keyboard.press(key)
    expect(page).not_to_have_url(before)
    expect(page.locator("#lab")).to_have_attribute("data-here", re.compile("mode=projector"))


PLACES = {  # where, what has the focus, whether it stays the same, how often each key is pressed
    "chain-rule?": ("#slide-x", True, 2),
    "chain-rule?blank=2&": ("#in-line6", False, 3),  # which is given up
    "network?ask=1&step=11&": ("#in-speed", True, 3),
    "playground?hide=transport,strip&": ("#in-expression", True, 2),
    "find-the-bug?case=1&": ("#lab", True, 2),
    "own-gradient?": ("#in-given", False, 2),  # an example is brought
    "gradient-check?": ("#lab", True, 2),
}
VALUE = "selector => document.querySelector(selector).value"


def test_page_down_and_page_up_step_in_six_lessons_whatever_has_the_focus(open_page: Open):
    for place, (focus, stays, presses) in PLACES.items():
        page = open_page(f"/lessons/{place}mode=projector", 1920, 1080)
        page.locator(focus).focus()
        value = page.evaluate(VALUE, focus)
        for key in ("PageDown", "PageUp"):
            for _ in range(presses):
                stepped(page, key)
                assert page.evaluate("[scrollX, scrollY]") == [0, 0]
                assert not stays or page.evaluate(VALUE, focus) == value


def test_an_open_menu_and_an_open_list_let_the_remote_step_and_a_held_key_steps_once(
    open_page: Open,
):
    page = open_page("/lessons/network?mode=projector&step=3", 1920, 1080)
    step = page.locator(".stepper")
    page.locator("#in-speed").click()
    page.keyboard.press("PageDown")
    expect(step).to_have_attribute("data-step", "5")
    expect(page.locator("#in-speed")).to_have_value("1")
    assert page.locator("select:open").count() == 0
    page.locator("details.menu > summary").first.click()
    page.keyboard.press("PageDown")
    expect(step).to_have_attribute("data-step", "6")
    assert page.locator("details.menu[open]").count() == 0
    page.keyboard.press("?")
    page.keyboard.press("PageDown")
    expect(step).to_have_attribute("data-step", "7")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.down("PageDown")
    page.keyboard.down("PageDown")  # the same key again before it is let go: a repeat
    page.keyboard.up("PageDown")
    expect(step).to_have_attribute("data-step", "8")
    page.keyboard.press("Shift+PageDown")
    expect(step).to_have_attribute("data-step", "9")
    page.keyboard.press("Shift+PageDown")
    expect(step).to_have_attribute("data-step", "10")


def test_e_reaches_the_number_and_enter_and_escape_give_the_keys_back(open_page: Open):
    page = open_page("/lessons/chain-rule?mode=projector", 1920, 1080)
    page.keyboard.press("e")
    assert page.evaluate(FOCUSED) == "in-x"
    page.keyboard.type("1.5")
    page.keyboard.press("b")  # typed, and no blank screen
    page.keyboard.press("Backspace")
    page.keyboard.press("Enter")
    assert page.evaluate(FOCUSED) == "lab"
    expect(page).to_have_url(re.compile("x=1.5"))
    page.keyboard.press("ArrowRight")
    expect(page.locator(".stepper")).to_have_attribute("data-step", "2")
    page.keyboard.press("e")
    page.keyboard.type("7")
    page.keyboard.press("Escape")
    assert page.evaluate(FOCUSED) == "lab"
    expect(page.locator("#in-x")).to_have_value("1.5")


def test_a_key_of_the_remote_sends_what_is_typed_and_acts_on_its_answer(open_page: Open):
    page = open_page("/lessons/network?ask=1&step=11&mode=projector", 1920, 1080)
    page.keyboard.press("e")
    page.keyboard.type("0.9")
    page.keyboard.press("PageDown")
    expect(page).to_have_url(re.compile("guess=.*y2=0.9"))
    assert page.evaluate(FOCUSED) == "lab"
    expect(page.locator(".result output")).to_contain_text("−0.127")  # told with the new numbers


def test_b_blanks_the_screen_until_any_key_or_click_and_steps_nothing(open_page: Open):
    page = open_page("/lessons/network?mode=projector&step=3", 1920, 1080)
    blank = page.get_by_role("dialog", name=re.compile("The screen is blank"))
    for opens in ("b", "."):
        for closes in ("PageDown", "b", "click"):
            page.keyboard.press(opens)
            expect(blank).to_be_visible()
            box = blank.bounding_box()
            assert (box["width"], box["height"]) == (1920, 1080)
            if closes == "click":
                page.mouse.click(960, 540)
            else:
                page.keyboard.press(closes)
            expect(blank).to_have_count(0)
    page.evaluate(PRESS_AT_ONCE, ["b", "PageDown", "b"])
    expect(blank).to_be_visible()  # the second has put the first screen away
    page.keyboard.press("b")
    expect(page.locator(".stepper")).to_have_attribute("data-step", "4")
    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Keys")
    for words in ("Next step", "Next phase", "Blank the screen", "Go into the graph"):
        expect(keys.locator("dd", has_text=words).first).to_be_visible()
    keys.get_by_role("checkbox").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("b")
    expect(blank).to_have_count(0)
    page.keyboard.press("PageDown")
    expect(page.locator(".stepper")).to_have_attribute("data-step", "5")
    page.evaluate("localStorage.removeItem('keys')")


@pytest.mark.expects_status(422)
def test_a_refused_edit_is_said_and_the_remote_does_not_go_on(open_page: Open):
    page = open_page("/lessons/chain-rule?step=1", 1920, 1080, mode="projector")
    page.keyboard.press("e")
    page.keyboard.type("9q(")
    page.evaluate(PRESS_AT_ONCE, ["PageDown", "PageDown"])
    expect(page.locator("#error-x")).to_contain_text("9q(")
    expect(page.locator(".stepper")).to_have_attribute("data-step", "2")


def test_the_graph_is_one_stop_for_tab_that_enter_goes_into_and_escape_out_of(
    open_page: Open, accessible: Check
):
    page = open_page("/lessons/network?step=12")
    hint = page.locator("#graph-keys")
    stops = page.locator("#graph[tabindex='0'], #graph [tabindex='0']")
    expect(stops).to_have_count(1)
    page.get_by_role("link", name="Operations").focus()
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUSED) == "graph"
    expect(hint).to_contain_text("go in")
    page.keyboard.press("ArrowRight")  # steps, as anywhere
    expect(page.locator(".stepper")).to_have_attribute("data-step", "14")
    assert page.evaluate(FOCUSED) == "graph"
    page.keyboard.press("Enter")
    assert page.evaluate(FOCUSED) == "n-z2_2"  # what is computed now
    accessible(page)
    page.keyboard.press("ArrowRight")
    assert page.evaluate(FOCUSED) == "n-a2_2"
    page.keyboard.press("Enter")  # opens it, as a click does
    expect(page).to_have_url(re.compile("focus=a2_2"))
    assert page.evaluate(FOCUSED) == "n-a2_2"
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    assert page.evaluate(FOCUSED) == "n-w1_1_1"
    expect(hint).to_contain_text("change it")
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowUp")
    expect(page).to_have_url(re.compile("w1_1_1=0.16"))
    assert page.evaluate(FOCUSED) == "n-w1_1_1"
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowRight")
    assert page.evaluate(FOCUSED) == "n-z1_1"
    page.keyboard.press("Escape")
    assert page.evaluate(FOCUSED) == "graph"
    page.keyboard.press("Tab")
    assert page.locator("#graph :focus").count() == 0
    expect(hint).to_be_hidden()
