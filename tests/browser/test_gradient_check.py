"""The gradient check as a learner has it: nudging, reading, measuring, hunting a bug."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

Open = Callable[..., Page]
Check = Callable[[Page], None]
LESSON = "/lessons/gradient-check"
BUG = f"{LESSON}?show-more=bug"


@pytest.mark.charts
def test_a_nudge_is_slid_and_the_secant_turns_into_the_tangent(open_page: Open, well_formed: Check):
    page = open_page(LESSON)
    expect(page.locator(".verdict .big b")).to_have_text("Right")
    measured = page.locator(".sums b").first
    expect(measured).to_have_text("0.0797979")
    page.locator("#slide-nudge").fill("-5")
    expect(measured).to_have_text("0.0821670")
    expect(page.locator("#in-nudge")).to_have_value("1e-05")
    expect(page).to_have_url(re.compile(r"nudge=1e-05"))
    expect(page.locator("#chart-secant .plot-container")).to_be_visible()
    page.locator(".all tbody a").first.click()
    expect(page).to_have_url(re.compile(r"parameter=w1_1_1"))
    well_formed(page)


@pytest.mark.expects_status(422)
def test_a_typed_function_is_checked_and_a_bad_one_is_refused(open_page: Open):
    page = open_page(f"{LESSON}?preset=product")
    page.locator("#in-expression").fill("x^2 + relu(x)")
    expect(page.locator(".all tbody tr")).to_have_count(1)
    page.locator("#in-expression").fill("relu(x) - relu(-x)")
    page.locator("#in-x").fill("0")
    expect(page.locator(".verdict .big b")).to_have_text("Cannot be judged")
    page.locator("#in-expression").fill("x^2 +")
    expect(page.locator("#error-expression")).not_to_be_empty()
    expect(page.locator(".verdict .big b")).to_have_text("Cannot be judged")


@pytest.mark.charts
def test_training_with_the_slip_goes_on_by_itself_and_nothing_jumps(open_page: Open):
    page = open_page(BUG)
    expect(page.locator("#chart-bug .plot-container")).to_be_visible()
    entries = page.evaluate("history.length")
    page.locator("#do-step").click()
    expect(page.locator(".both")).to_contain_text("0.291027924")
    train = page.locator("#do-train")
    top = train.evaluate("el => el.getBoundingClientRect().top + scrollY")
    train.click()
    expect(page.locator(".both thead")).to_contain_text("after 301 steps", timeout=60_000)
    expect(page.locator(".story > .so")).to_contain_text("The network seems to learn")
    assert train.evaluate("el => el.getBoundingClientRect().top + scrollY") == top
    assert page.evaluate("history.length") == entries + 2
    page.go_back()
    expect(page.locator(".both thead")).to_contain_text("after 1 step")


def test_a_hidden_bug_is_hunted_guessed_and_told(open_page: Open):
    page = open_page(BUG)
    page.locator("#another").click()
    expect(page.locator(".story h3")).to_have_text(re.compile(r"^Case \d+$"))
    page.locator("#guesses summary").click()
    page.locator("#guesses").get_by_role("link", name="The sign is turned round").click()
    expect(page.locator(".reply")).to_contain_text("Not that one.")
    page.get_by_role("link", name="Tell me").click()
    expect(page.locator(".story h3")).to_have_text("The weight matrix is transposed")


def test_another_case_ends_a_run_that_is_under_way_and_the_run_does_not_come_back(open_page: Open):
    page = open_page(BUG)
    slices, others = [], []

    def hold(route):
        asked = route.request
        if asked.method == "POST" and "passing=1" in (asked.post_data or ""):
            slices.append(route)
        elif "case=" in asked.url and asked.method == "GET":
            others.append(route)
        else:
            route.continue_()

    page.route("**/lessons/gradient-check*", hold)
    page.locator("#do-train").click()
    expect(page.locator(".go-on")).to_contain_text("of 300")
    while not slices:
        page.evaluate("() => new Promise(requestAnimationFrame)")
    page.locator("#another").click()
    slices.pop().continue_()
    while not others:
        page.evaluate("() => new Promise(requestAnimationFrame)")
    running = page.locator("form.slices[hx-trigger]")
    expect(running).to_have_count(1)
    running.evaluate("form => form.requestSubmit()")  # the next slice waits behind the other case
    others.pop().continue_()
    expect(page.locator(".story h3")).to_have_text(re.compile(r"^Case \d+$"))
    expect(running).to_have_count(0)
    page.get_by_role("link", name="Tell me").click()
    while not others:
        page.evaluate("() => new Promise(requestAnimationFrame)")
    others.pop().continue_()
    expect(page.locator(".found .guess a.quiet")).to_have_count(0)
    expect(page).to_have_url(re.compile(r"case=\d+"))
    assert not slices


@pytest.mark.charts
def test_costs_are_measured_size_by_size(open_page: Open):
    page = open_page(LESSON)
    page.locator("#more-cost > summary").click()
    page.locator("#do-measure").click()
    expect(page.locator("#cost")).to_contain_text("7 of 7 sizes")
    expect(page.locator("#cost")).to_contain_text("times as long")
    expect(page.locator("#chart-cost .plot-container")).to_be_visible()


def test_it_works_without_scripts(new_context, base_url: str):
    page = new_context(java_script_enabled=False).new_page()
    page.goto(base_url + BUG)
    page.locator("#do-step").click()
    expect(page.locator(".both")).to_contain_text("0.291027924")
    page.locator("#in-nudge").fill("1e-5")
    page.locator("#in-nudge").press("Enter")
    expect(page.locator(".sums b").first).to_have_text("0.0821670")


@pytest.mark.parametrize(
    ("theme", "width", "query"),
    [("light", 1440, "?case=3"), ("dark", 390, "?preset=kink")],
    ids=["light-wide", "dark-phone"],
)
def test_it_can_be_used_by_everyone(
    open_page: Open, accessible: Check, theme: str, width: int, query: str
):
    page = open_page(LESSON + query, width=width, theme=theme)
    accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(each => each.id)")
    assert len(ids) == len(set(ids))
