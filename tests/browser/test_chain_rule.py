"""The chain rule as a learner has it: typing, blanking, nudging, forgetting a path."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

Open = Callable[..., Page]
Check = Callable[[Page], None]
LESSON = "/lessons/chain-rule"


@pytest.mark.expects_status(422)
def test_the_functions_that_are_typed_are_derived_drawn_and_addressed(open_page: Open):
    page = open_page(LESSON)
    expect(page.locator(".derive .result output")).to_have_text("1.081")
    page.locator("#in-u").fill("3x + 1")
    expect(page.locator(".derive .result output")).to_have_text("−1.961")
    expect(page.locator("#graph [data-f=n-q1]").first).to_be_attached()
    expect(page).to_have_url(re.compile(r"u=3x"))
    page.locator("#in-u").fill("3z")
    expect(page.locator("#error-u")).to_contain_text("“z” cannot stand in u")
    expect(page.locator(".derive .result output")).to_have_text("−1.961")


def test_blank_lines_are_typed_and_a_slip_is_named(open_page: Open):
    page = open_page(LESSON)
    page.get_by_role("group", name="Lines to type yourself").get_by_text("2", exact=True).click()
    expect(page.locator("#line-4.waiting")).to_contain_text("after the blank ones")
    page.get_by_role("group", name="Which lines").get_by_text("the last").click()
    expect(page.locator(".derive .cover")).to_be_visible()
    answer = page.locator("#in-line6")
    answer.fill("cos(x^2)")
    answer.press("Enter")
    expect(page.locator("#line-6 .verdict")).to_contain_text("The inner derivative is forgotten.")
    answer.fill("cos(x²)·2x")
    page.locator("#line-6").get_by_role("button", name="Check").click()
    expect(page.locator("#line-6.solved")).to_contain_text("Right.")
    expect(page.locator(".score")).to_contain_text("1 of 2 right")
    page.locator("#line-5").get_by_role("link").click()
    expect(page.locator("#line-5 math")).to_have_count(1)
    page.go_back()
    expect(page.locator("#in-line5")).to_be_visible()


@pytest.mark.charts
def test_a_nudge_is_dragged_and_the_gap_is_seen(open_page: Open):
    page = open_page(f"{LESSON}?y=u^2&u=x&x=2&show-more=nudge")
    moved = page.locator(".tables tbody tr").nth(1).locator(".num")
    expect(moved.nth(2)).to_have_text("1.290000")
    page.locator("#slide-dx").fill("0.5")
    expect(moved.nth(2)).to_have_text("2.250000")
    expect(moved.nth(3)).to_have_text("2.00000")
    expect(page.locator("#chart-xy .plot-container")).to_be_visible()


def test_a_path_that_is_switched_off_gives_the_wrong_slope(open_page: Open):
    page = open_page(f"{LESSON}?fork=(x%2B1)(x-1)&x=3")
    total = page.locator(".paths .result output")
    expect(total).to_have_text("6.00000")
    page.get_by_role("switch", name="Path 1").click()
    expect(total).to_have_text("4.00000")
    expect(page.locator(".paths .check.off")).to_contain_text("the right one is 6.00000")
    expect(page.locator("#k-graph .tag.off").first).to_be_attached()
    page.get_by_role("link", name="All paths on").click()
    expect(page.locator(".paths .check.off")).to_have_count(0)


def test_keys_step_through_the_graph_and_slopes_appear_on_its_edges(open_page: Open):
    page = open_page(LESSON)
    expect(page.locator("#graph .tag")).to_have_count(1)
    page.keyboard.press("ArrowRight")
    expect(page.locator("#graph .tag")).to_have_count(2)
    page.keyboard.press("Shift+PageDown")
    page.locator("#lab").focus()
    page.keyboard.press("End")
    expect(page.locator(".said")).to_contain_text("Backpropagation ends here.")


@pytest.mark.parametrize(
    ("theme", "width"), [("light", 1440), ("dark", 390)], ids=["light-wide", "dark-phone"]
)
def test_it_can_be_used_by_everyone(open_page: Open, accessible: Check, theme: str, width: int):
    page = open_page(f"{LESSON}?preset=neuron&blank=2&line7=x&off=1", width=width, theme=theme)
    accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(each => each.id)")
    assert len(ids) == len(set(ids))
