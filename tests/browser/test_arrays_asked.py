"""Asking first on arrays: three rungs by mouse, keys and without JavaScript; nothing told early."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

Open = Callable[..., Page]
ASKED = "/arrays?ask=1&ask-level=3&step=9"  # what Z sends back to W
WRONG, RIGHT = "A.T @ dZ", "dZ.T @ A"


def rung(page: Page):
    return page.locator(".rung.now")


def commit(page: Page, text: str) -> None:
    page.locator(".rule-option", has=page.get_by_text(text, exact=True)).click()
    page.get_by_role("button", name="Commit").click()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_shape_then_rule_then_an_entry_and_the_step_is_uncovered(
    open_page: Open, accessible: Callable[[Page], None], theme: str
):
    page = open_page(ASKED, theme=theme)
    expect(page.locator(".wanted .shp")).to_have_text("?")
    assert RIGHT not in page.content()
    accessible(page)
    page.keyboard.press("3")
    expect(rung(page).locator(".reply")).to_contain_text("3×2 is not its shape.")
    page.keyboard.press("=")
    page.keyboard.type("(2, 3)")
    page.keyboard.press("Enter")
    expect(page.locator(".wanted .shp")).to_have_text("2×3")
    commit(page, WRONG)
    expect(page.locator(".rule-option.wrong")).to_contain_text("(3×4)(4×2) → 3×2, not 2×3")
    accessible(page)
    commit(page, RIGHT)
    expect(page.locator("#in-said-last")).to_be_focused()
    expect(page.locator(".given-arrays .lit")).to_have_count(8)
    accessible(page)
    page.keyboard.type("0.1")
    page.keyboard.press("Enter")
    expect(rung(page).locator(".reply")).to_contain_text("0.1 is not the entry.")
    page.get_by_role("link", name="Show it").click()
    expect(page.locator(".rung.done")).to_have_count(3)
    expect(page.locator(".storeys").first).to_be_visible()
    accessible(page)


def test_without_javascript_a_shape_is_chosen_a_rule_committed_and_a_number_typed(
    new_context: Callable[..., BrowserContext],
):
    page = new_context(java_script_enabled=False).new_page()
    page.goto(ASKED)
    page.locator(".outline", has_text="2×3").click()
    expect(rung(page).locator("h2")).to_have_text("Which rule makes it?")
    commit(page, RIGHT)
    page.locator("#in-said-last").fill("0")
    page.get_by_role("button", name="Check").click()
    expect(rung(page).locator(".reply")).to_contain_text("is not the entry.")
    page.get_by_role("link", name="Show it").click()
    expect(page.locator(".rung.done")).to_have_count(3)


def test_on_a_phone_nothing_is_cut_off(open_page: Open, accessible: Callable[[Page], None]):
    page = open_page(ASKED, width=390, height=844)
    expect(page.locator(".outline")).to_have_count(5)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    accessible(page)
