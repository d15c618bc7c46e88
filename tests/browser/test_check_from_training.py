"""From training to the check of its gradient and back; and a mistake in one's own function."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

Open = Callable[..., Page]
Check = Callable[[Page], None]
SMALL = "/train?size=20&hidden=3"
TYPED = "/lessons/gradient-check?of=expression&expression=x*x%2Bx*y&x=1&y=2&bug=assigned"


def test_a_gradient_is_checked_from_training_and_there_is_a_way_back(
    open_page: Open, accessible: Check
):
    page = open_page(SMALL)
    page.keyboard.press("e")
    expect(page).to_have_url(re.compile(r"from="))
    page.get_by_label("point", exact=False).first.fill("3")
    page.get_by_role("button", name="Check this gradient").click()
    expect(page.locator(".verdict .big b")).to_have_text("Right")
    expect(page.locator(".all tbody tr")).to_have_count(13)
    accessible(page)
    page.get_by_role("link", name="Back to training").click()
    expect(page.get_by_role("button", name="Check this gradient")).to_be_visible()


def test_without_scripts_it_is_reached_too(new_context, base_url: str):
    page = new_context(java_script_enabled=False).new_page()
    page.goto(base_url + SMALL)
    page.get_by_role("button", name="Check this gradient").click()
    expect(page.locator(".verdict .big b")).to_have_text("Right")
    page.get_by_role("link", name="Back to training").click()
    expect(page).to_have_url(re.compile(r"/train\?from="))


def test_a_mistake_in_ones_own_function_is_told_node_by_node(
    open_page: Open, accessible: Check, well_formed: Check
):
    page = open_page(TYPED)
    expect(page.locator(".nodes .made + .told")).to_contain_text("the slip makes it")
    page.locator("#do-step").click()
    expect(page.locator(".both")).to_contain_text("value after 1 step")
    expect(page.locator("#chart-bug .plot-container")).to_be_visible()
    page.locator("#another").click()
    expect(page.locator(".story h3")).to_have_text(re.compile(r"^Case \d+$"))
    expect(page.locator(".nodes .told")).to_have_count(0)
    page.get_by_role("link", name="a batch of flowers").click()
    expect(page.locator(".arrays")).to_contain_text("W1")
    accessible(page)
    well_formed(page)
