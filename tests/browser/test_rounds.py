"""Round after round: the loss curve, the way back along it, and links that open the same."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

Open = Callable[..., Page]
LESSON = "/lessons/network"
MORE = "show-more=loss,parameters,optimizer,example"  # the sections that are open


def points(page: Page) -> Locator:
    return page.locator("#chart .scatterlayer .trace:first-child .point")


def next_round(page: Page, number: int) -> None:
    page.get_by_role("button", name="Next round").click()
    expect(page.locator("#more-loss > summary")).to_contain_text(f"in round {number}")


def numbers(page: Page) -> dict[str, list[str]]:
    page.wait_for_load_state("load")
    return page.evaluate("""() => ({
      told: [document.querySelector('.explain').innerText],
      picture: [...document.querySelectorAll('#graph text, #graph title')].map(e => e.textContent),
      fields: [...document.querySelectorAll('#lab input:not([type=hidden])')].map(e => e.value),
      table: [...document.querySelectorAll('.entries .num, .ledger .num')].map(
        e => e.dataset.exact ?? e.title),
    })""")


@pytest.mark.charts
def test_the_loss_curve_grows_round_by_round_and_a_click_on_a_point_goes_back(
    open_page: Open, well_formed: Callable[[Page], None]
):
    page = open_page(f"{LESSON}?step=29&{MORE}")
    expect(page.locator("#more-loss > summary")).to_contain_text("0.298371")
    next_round(page, 1)
    expect(page.locator(".explain .eyebrow")).to_contain_text("step 1 of ")
    expect(page.locator("#more-loss > summary")).to_contain_text("0.291028")
    expect(points(page)).to_have_count(2)
    next_round(page, 2)
    expect(points(page)).to_have_count(3)
    expect(page.locator("#more-loss > summary")).to_contain_text("0.283547")
    page.keyboard.press("n")
    expect(points(page)).to_have_count(4)
    expect(page.locator("[role=img]:has(> #chart)")).to_have_attribute(
        "aria-label", re.compile("round 3")
    )
    well_formed(page)
    page.locator("#chart").scroll_into_view_if_needed()
    box = points(page).nth(1).bounding_box()
    at = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.move(*at)
    expect(page.locator("#chart .hoverlayer .hovertext")).to_contain_text("0.291")
    page.mouse.click(*at)
    expect(page.locator("#more-loss > summary")).to_contain_text("in round 1")
    expect(points(page)).to_have_count(2)
    page.go_back()
    expect(page.locator("#more-loss > summary")).to_contain_text("in round 3")
    expect(points(page)).to_have_count(4)


def test_a_round_on_a_real_flower_goes_on_with_another_and_back_returns(open_page: Open):
    page = open_page(f"{LESSON}?preset=iris&step=4&{MORE}")
    then = page.locator(".next select[name=then]")
    then.select_option("next")
    next_round(page, 1)
    expect(page.locator("#in-row")).to_have_value("2")
    expect(page.locator("#in-x1")).to_have_value("4.9")
    expect(then).to_have_value("next")
    page.locator(".next select[name=then]").select_option("same")
    next_round(page, 2)
    expect(page.locator("#in-row")).to_have_value("2")
    page.go_back()
    expect(page.locator("#more-loss > summary")).to_contain_text("in round 1")


def test_adam_remembers_from_round_to_round(open_page: Open):
    page = open_page(f"{LESSON}?step=29&optimizer=adam&learning_rate=0.1&{MORE}")
    memory = page.locator(".memory")
    first = memory.inner_text()
    next_round(page, 1)
    page.get_by_role("link", name="Last step").click()
    expect(memory).to_be_visible()
    assert memory.inner_text() != first


def test_a_copied_link_opens_the_same_numbers_on_another_machine(
    new_context: Callable[..., BrowserContext],
):
    own = new_context(permissions=["clipboard-read", "clipboard-write"])
    page = own.new_page()
    page.goto(f"{LESSON}?preset=iris&step=5&w1_2_3=0.123456789012345&row=77&optimizer=adam&{MORE}")
    next_round(page, 1)
    page.locator("#in-w1_1_1").fill("0.3333333333333333")
    expect(page).to_have_url(re.compile("w1_1_1=0.3333333333333333"))
    page.get_by_role("link", name="Last step").click()
    expect(page.locator(".entries.update")).to_be_visible()
    page.click("#take summary")
    page.get_by_role("button", name="Copy link").click()
    expect(page.locator("#notice")).to_contain_text("copied")
    link = page.evaluate("navigator.clipboard.readText()")
    assert link.startswith(page.url)  # and the sections that are open
    theirs = new_context().new_page()
    theirs.goto(link)
    assert numbers(theirs) == numbers(page)


def test_where_the_clipboard_is_denied_the_link_can_be_selected(
    new_context: Callable[..., BrowserContext],
):
    context = new_context()
    context.add_init_script(
        "if (navigator.clipboard) navigator.clipboard.writeText = () => Promise.reject()"
    )
    page = context.new_page()
    page.goto(f"{LESSON}?step=7")
    page.click("#take summary")
    page.get_by_role("button", name="Copy link").click()
    field = page.get_by_label("Copy this")
    expect(field).to_be_focused()
    expect(field).to_have_value(re.compile("step=7$"))
    page.locator("#notice").get_by_role("button", name="Close").click()
    expect(field).to_have_count(0)


def test_two_tabs_do_not_disturb_each_other(new_context: Callable[..., BrowserContext]):
    context = new_context()
    one, two = context.new_page(), context.new_page()
    one.goto(f"{LESSON}?step=29&{MORE}")
    two.goto(f"{LESSON}?step=29&{MORE}")
    two.locator("#in-w1_1_1").fill("0.7")
    expect(two).to_have_url(re.compile("w1_1_1=0.7"))
    next_round(two, 1)
    one.get_by_role("link", name="Step back").click()
    expect(one.locator(".explain .eyebrow")).to_contain_text("step 29 of ")
    expect(one.locator("#in-w1_1_1")).to_have_value("0.15")
    next_round(one, 1)
    expect(one.locator("#more-loss > summary")).to_contain_text("0.291028")
    two.reload()
    expect(two.locator("#more-loss > summary")).to_contain_text("in round 1")
    expect(two.locator("#more-loss > summary")).not_to_contain_text("0.291028")
