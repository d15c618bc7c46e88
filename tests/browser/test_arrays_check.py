"""The check of a program as a learner has it: a slip is planted, caught, named and taken out."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from backprop.lessons.find_the_bug.cases import PROGRAMS, find_case

Open = Callable[..., Page]
Check = Callable[[Page], None]


def test_a_planted_slip_is_caught_named_and_taken_out(open_page: Open, well_formed: Check):
    page = open_page("/arrays?step=99")
    check = page.locator("#check")
    expect(check.locator("h2")).to_have_text("The check: right")
    check.locator("#plant summary").click()
    check.get_by_role("link", name="A mean where the sum belongs, in Z").click()
    expect(check.locator("h2")).to_have_text("The check: wrong")
    expect(check.locator(".planted-slip")).to_contain_text("Line Z sends b fit(dZ, b) / 4")
    expect(check.locator(".planted-slip")).to_contain_text(
        "From the wrong gradient alone it is recognized: A mean where the sum belongs, in Z."
    )
    expect(check.locator("td.said.off")).to_have_count(3)  # db, and its two entries
    well_formed(page)
    check.get_by_role("link", name="Take it out").click()
    expect(check.locator("h2")).to_have_text("The check: right")


def test_a_bug_in_a_program_is_found_by_its_line_and_its_cause(open_page: Open, well_formed: Check):
    _, bug = find_case(PROGRAMS, 1)
    page = open_page(f"/lessons/find-the-bug?level={PROGRAMS}&case=1")
    expect(page.locator(".listing")).to_contain_text("L = ")
    page.keyboard.press("1")
    expect(page.locator(".program .answer")).to_contain_text("Not line 1.")
    page.keyboard.press(str(bug.number % 10))
    expect(page.locator(".code .found")).to_contain_text("yes, this line")
    page.get_by_role("link", name=re.compile(re.escape(bug.heading))).click()
    expect(page.locator("h1")).to_contain_text(f"Line {bug.number}: ")
    expect(page.locator("#lab .button:not(.plain)")).to_have_count(1)
    well_formed(page)
