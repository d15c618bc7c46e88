"""Find the bug as a learner has it: the worked case, a line by its key, a cause, another case."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from backprop.lessons.find_the_bug.cases import find_hidden

Open = Callable[..., Page]
Check = Callable[[Page], None]
LESSON = "/lessons/find-the-bug"
CASE = next(n for n in range(1, 20) if find_hidden(1, n)[1].row.slip.name == "transposed")


@pytest.mark.charts
def test_a_bug_is_found_by_its_line_and_its_cause_and_what_was_found_is_counted(
    open_page: Open, well_formed: Check
):
    page = open_page(LESSON)
    for step in range(2, 7):
        page.keyboard.press("ArrowRight")
        expect(page.locator(".worked .eyebrow")).to_have_text(f"Step {step} of 6")
    expect(page.locator(".code .found")).to_contain_text("dz1 = dh")
    page.goto(f"{LESSON}?case={CASE}")
    expect(page.locator("#chart-trains .plot-container")).to_be_visible()
    page.locator("body").press("4")
    expect(page.locator(".program .answer")).to_contain_text("Not line 4.")
    page.keyboard.press("6")
    expect(page.locator(".code .found")).to_contain_text("yes, this line")
    expect(page.locator("[data-found]")).to_have_text(
        "Found so far: 1 by its line, 0 at the first press"
    )
    page.get_by_role("link", name=re.compile("One path only")).click()
    expect(page.locator(".causes .wrong")).to_contain_text("Here it is 1.052 and 1.167")
    page.get_by_role("link", name=re.compile("The weight matrix is transposed")).click()
    expect(page.locator("h1")).to_have_text("Line 6: the weight matrix is transposed")
    expect(page.locator("#lab .button:not(.plain)")).to_have_count(1)
    well_formed(page)
    page.keyboard.press("n")
    expect(page.locator("h1")).to_have_text("One of these ten lines is wrong. Which?")
    expect(page).to_have_url(re.compile(rf"case={CASE + 1}$"))
    page.go_back()
    expect(page.locator("h1")).to_have_text("Line 6: the weight matrix is transposed")


def test_every_state_fits_a_screen_and_can_be_used_by_everyone_also_without_scripts(
    open_page: Open, accessible: Check, new_context, base_url: str
):
    states = (
        ("", True),
        (f"?case={CASE}&line=6&cause=one-path&hint=1", True),
        ("?level=4&case=8&line=9&hint=1", True),
        ("?level=4&case=2&told=1", False),
        (f"?case={CASE}&line=6&names=all", False),
    )
    for query, looked_at in states:
        page = open_page(LESSON + query)
        reach = "() => document.getElementById('lab').getBoundingClientRect().bottom + scrollY"
        assert page.evaluate(reach) <= 900, query
        if looked_at:
            accessible(page)
        page.set_viewport_size({"width": 390, "height": 844})
        assert page.evaluate(reach) <= 2200, query
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, query
    page = new_context(java_script_enabled=False).new_page()
    page.goto(f"{base_url}{LESSON}?case={CASE}")
    page.locator(".code .line").nth(6).click()
    expect(page.locator(".program .answer")).to_contain_text("Not line 7.")
    page.locator(".code .line").nth(5).click()
    page.get_by_role("link", name=re.compile("The weight matrix is transposed")).click()
    expect(page.locator("h1")).to_have_text("Line 6: the weight matrix is transposed")
    page.get_by_role("link", name="Another case").click()
    expect(page.locator("h1")).to_have_text("One of these ten lines is wrong. Which?")
