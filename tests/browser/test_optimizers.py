"""The race of optimizers: played, scrubbed, set, placed by mouse and keys; the wall; the matrix."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

Open = Callable[..., Page]
Check = Callable[[Page], None]
LESSON = "/lessons/optimizers"
FLAT = f"{LESSON}?hide=surface"  # three dimensions take their time where the processor draws them
LOOKS = (
    pytest.param((1440, 900), None, "light", id="desk-light"),
    pytest.param((390, 844), None, "dark", id="phone-dark"),
    pytest.param((1920, 1080), "projector", "light", id="projector-light"),
)
HEADS = "#ways .head"
WHERE = """([x, y]) => {
  const el = document.getElementById('chart-ground'), { xaxis, yaxis } = el._fullLayout;
  const box = el.getBoundingClientRect();
  return [box.left + xaxis._offset + xaxis.d2p(x), box.top + yaxis._offset + yaxis.d2p(y)];
}"""


def ready(page: Page) -> Page:
    expect(page.locator(HEADS).first).to_be_attached()
    return page


def now(page: Page) -> Locator:
    return page.locator("#now")


@pytest.mark.charts
def test_a_race_plays_to_its_end_and_is_one_step_back(open_page: Open):
    page = ready(open_page(f"{FLAT}&steps=30&step=3"))
    expect(page.locator(HEADS)).to_have_count(3)
    page.locator("#in-speed").select_option("fast")
    page.locator("#play").click()
    expect(now(page)).to_have_text("30")
    expect(page.locator("#play")).to_have_accessible_name("Play")
    expect(page.locator("#stage")).to_have_attribute("data-step", "30")
    expect(page).to_have_url(re.compile(r"step=30"))
    expect(page.locator(".standing thead th").first).to_have_text("after step 30")
    page.go_back()
    expect(now(page)).to_have_text("3")
    expect(page.locator("#stage")).to_have_attribute("data-step", "3")


@pytest.mark.charts
def test_a_race_that_plays_is_paused_by_the_key_and_says_where_it_is(open_page: Open):
    page = ready(open_page(f"{FLAT}&steps=500&step=0"))
    page.locator("#lab").focus()
    page.keyboard.press("Space")
    expect(page.locator("#play")).to_have_accessible_name("Pause")
    expect(page.locator("#stage")).not_to_have_attribute("data-step", "0")  # while it plays
    page.keyboard.press("Space")
    expect(page.locator("#play")).to_have_accessible_name("Play")
    at = now(page).inner_text()
    expect(page.locator("#stage")).to_have_attribute("data-step", at)
    expect(page).to_have_url(re.compile(rf"step={at}\b"))


@pytest.mark.charts
def test_the_start_is_placed_by_a_click_and_by_arrow_keys(open_page: Open):
    page = ready(open_page(FLAT))
    page.mouse.click(*page.evaluate(WHERE, [1, -2]))
    expect(page.locator("#in-x")).to_have_value("1")
    expect(page.locator("#in-y")).to_have_value("-2")
    expect(page).to_have_url(re.compile(r"x=1&y=-2"))
    page.locator("#plane").focus()
    page.keyboard.press("ArrowUp")
    expect(page).to_have_url(re.compile(r"y=-1.9"))
    expect(page.locator(".makes-it")).to_contain_text("−1.900")


def test_steps_go_on_and_back_and_the_formula_follows(open_page: Open):
    rate = "racers=gradient_descent&learning_rate_1=0.1"
    page = open_page(f"{FLAT}&x=1&y=2&step=0&{rate}&show-more=step")
    page.locator("#lab").focus()
    page.keyboard.press("ArrowRight")
    expect(now(page)).to_have_text("1")
    expect(page.locator("#step")).to_contain_text("10")  # the gradient at (1, 2) is (10, 6)
    expect(page.locator(".standing .told")).to_contain_text("1.96000")
    page.keyboard.press("End")
    expect(now(page)).to_have_text("60")
    page.keyboard.press("Home")
    expect(now(page)).to_have_text("0")


def test_the_slider_of_a_learning_rate_goes_from_crawling_to_diverging(open_page: Open):
    page = open_page(f"{LESSON}?preset=diverging&hide=surface")
    slider = page.locator("#slide-learning_rate_1")
    card = page.locator("#racer-1")
    expect(card).to_contain_text("below 2/λ = 0.293")
    slider.focus()
    page.keyboard.press("End")
    expect(card).to_contain_text("beyond 2/λ = 0.293")
    expect(page.locator("#in-learning_rate_1")).to_have_value("0.366")


def test_a_racer_comes_in_is_exchanged_and_goes(open_page: Open):
    page = open_page(FLAT)
    page.locator("#add summary").click()
    page.locator("#add").get_by_role("link", name="RMSprop").click()
    expect(page.locator(".card")).to_have_count(4)
    page.locator("#in-racer-2").select_option(label="Adagrad")
    expect(page.locator(".standing tbody tr").nth(1)).to_contain_text("Adagrad")
    page.get_by_role("link", name="Take racer 1 out").click()
    expect(page.locator(".card")).to_have_count(3)
    expect(page.locator(".standing tbody th").first).to_contain_text("2")
    page.go_back()
    expect(page.locator(".card")).to_have_count(4)


def test_another_machine_leaves_the_gradient_and_another_source_leaves_its_digits(open_page: Open):
    page = open_page(f"{FLAT}&x=1&y=2&show-more=matrix")
    gradient = page.locator(".makes-it .slopes")
    before = gradient.inner_text()
    for machine in ("do nothing", "a step uphill", "Adam", "AdamW"):
        page.locator(".any").get_by_role("link", name=machine, exact=True).click()
        expect(page.locator(".any [aria-current]")).to_have_text(machine)
        assert gradient.inner_text() == before
    page.locator("#in-racer-1").select_option(label="Adagrad")
    expect(page.locator(".standing tbody tr").first).to_contain_text("Adagrad")
    assert gradient.inner_text() == before
    page.locator("#in-source").select_option(label="closed form")
    expect(page.locator(".makes-it .cost")).to_contain_text("the same to the last digit")
    assert gradient.inner_text() == before


@pytest.mark.expects_status(422)
def test_what_is_wrong_is_said_beside_its_field_and_the_race_stays(open_page: Open):
    page = open_page(FLAT)
    page.locator("#in-expression").fill("x^2 + z + y")
    expect(page.locator("#error-expression")).to_contain_text("two variables")
    expect(page.locator(".card")).to_have_count(3)
    page.locator("#in-expression").fill("x^2 + 5y^2")
    expect(page.locator("#error-expression")).to_be_empty()
    page.locator("#in-x").fill("9**9**9")
    expect(page.locator("#error-x")).to_contain_text("not a number")
    expect(page).to_have_url(re.compile("expression="))


def test_a_racer_that_overflows_stays_in_the_table(open_page: Open):
    page = open_page(f"{FLAT}&expression=x%5E4%2By%5E4&learning_rate_1=5&step=60")
    row = page.locator(".standing tbody tr").first
    expect(row).to_contain_text("ended after")
    expect(row).to_contain_text("no finite number")


def test_the_matrix_fills_in_by_itself_and_says_what_it_took(open_page: Open):
    page = open_page(f"{LESSON}?hide=surface,exhibit,curves")
    page.locator("#more-matrix summary").first.click()
    page.get_by_role("button", name="Fill the table").click()
    expect(page.locator("#matrix")).to_contain_text("33 of 33")
    expect(page.locator("#matrix")).to_contain_text("Nelder–Mead")
    expect(page).to_have_url(re.compile("from="))


def test_without_javascript_steps_and_settings_are_forms_and_links(
    new_context: Callable[..., BrowserContext],
):
    page = new_context(java_script_enabled=False).new_page()
    page.goto(f"{FLAT}&step=1")
    page.get_by_role("link", name="One step on").click()
    expect(page.locator(".standing thead th").first).to_have_text("after step 2")
    page.locator("#in-learning_rate_1").fill("0.2")
    page.locator(".typed button", has_text="Show").click()
    expect(page.locator("#in-learning_rate_1")).to_have_value("0.2")


@pytest.mark.charts
@pytest.mark.parametrize(("size", "mode", "theme"), LOOKS)
def test_the_page_is_accessible(
    open_page: Open,
    accessible: Check,
    size: tuple[int, int],
    mode: str | None,
    theme: str,
):
    page = ready(open_page(f"{FLAT}&show-part=race", *size, theme=theme, mode=mode))
    accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
