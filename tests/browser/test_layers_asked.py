"""Asking first in the layers of training: by mouse and keys, on a phone; nothing told early."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

Open = Callable[..., Page]
ASKED = "/train?detail=layers&ask=1&ask-level=3&step=10"  # what Z3 sends back to W3
WRONG, RIGHT = "A2.T @ dZ3", "dZ3.T @ A2"


def test_shape_then_rule_then_an_entry_and_the_step_is_uncovered(
    open_page: Open, accessible: Callable[[Page], None]
):
    page = open_page(ASKED)
    now = page.locator(".rung.now")
    expect(page.locator(".wanted .shp")).to_have_text("?")
    assert RIGHT not in page.content()
    expect(page.get_by_role("button", name="Open as a program")).to_have_count(0)
    accessible(page)
    page.locator(".outline", has_text="8×1").click()
    expect(now.locator(".reply")).to_contain_text("8×1 is not its shape.")
    page.keyboard.press("=")
    page.keyboard.type("(1, 8)")
    page.keyboard.press("Enter")
    expect(page.locator(".wanted .shp")).to_have_text("1×8")
    for text in (WRONG, RIGHT):
        page.locator(".rule-option", has=page.get_by_text(text, exact=True)).click()
        page.get_by_role("button", name="Commit").click()
    expect(page.locator("#in-said-last")).to_be_focused()
    accessible(page)
    page.get_by_role("link", name="Show it").click()
    expect(page.locator(".rung.done")).to_have_count(3)
    expect(page.locator(".storeys").first).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".eyebrow")).to_contain_text("step 12 of 21")
    expect(page.locator(".wanted .shp")).to_have_text("?")


def test_on_a_phone_nothing_is_cut_off(open_page: Open, accessible: Callable[[Page], None]):
    page = open_page(ASKED, width=390, height=844)
    expect(page.locator(".outline")).to_have_count(5)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    accessible(page)
