"""Back and forth in a run: earlier epochs, branches, runs kept beside it, links, a new start."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

Open = Callable[..., Page]
SHOWN = """() => ({
  epoch: document.getElementById('epoch').textContent,
  digits: [...document.querySelectorAll('#lab [data-exact]')].map(e => e.dataset.exact),
  maps: [...document.querySelectorAll('#lab canvas')].map(e => e.dataset.field),
  figures: [...document.querySelectorAll('#lab script')].map(e => e.textContent),
})"""
POINT = """(chart, index) => {
  const { xaxis, yaxis } = chart._fullLayout, trace = chart.data.at(-1);
  const box = chart.querySelector('.nsewdrag').getBoundingClientRect();
  return [box.x + xaxis.d2p(trace.x[index]), box.y + yaxis.d2p(trace.y[index])];
}"""
RATE = "0.3"


def trained(page: Page, epochs: int) -> Page:
    """Go on epoch by epoch, as a person who looks at each."""
    for number in range(1, epochs + 1):
        page.locator("#do-epoch").click()
        at(page, number)
    return page


def at(page: Page, epoch: int) -> None:
    expect(page.locator("#epoch")).to_have_text(str(epoch))


def exact_loss(page: Page) -> str:
    return page.locator("#loss-train").get_attribute("data-exact")


def drag(page: Page, start: float, end: float) -> None:
    """Drag the thumb of the slider of epochs from one fraction of its width to another."""
    box = page.locator("#in-at").bounding_box()
    y = box["y"] + box["height"] / 2
    inner = box["width"] - 16
    page.mouse.move(box["x"] + 8 + start * inner, y)
    page.mouse.down()
    page.mouse.move(box["x"] + 8 + end * inner, y, steps=10)
    page.mouse.up()


def end_link(page: Page) -> Locator:
    return page.locator(".travel .ends a[aria-keyshortcuts=End]")


def test_the_slider_looks_at_earlier_epochs_by_key_and_the_end_key_returns(open_page: Open):
    page = open_page("/train")
    expect(page.locator("#in-at")).to_be_disabled()
    trained(page, 4)
    loss, url = exact_loss(page), page.url
    expect(end_link(page)).to_have_count(0)
    page.locator("#in-at").focus()
    page.keyboard.press("ArrowLeft")
    at(page, 3)
    page.keyboard.press("ArrowLeft")
    at(page, 2)
    expect(page.locator(".travel")).to_contain_text("looking back")
    expect(page.locator("#in-at")).to_have_value("2")
    assert exact_loss(page) != loss
    page.locator("#lab").focus()
    page.keyboard.press("End")
    at(page, 4)
    assert exact_loss(page) == loss
    expect(end_link(page)).to_have_count(0)
    expect(page).to_have_url(url)


def test_a_drag_along_the_run_is_one_entry_and_back_returns_to_the_end(open_page: Open):
    page = trained(open_page("/train"), 5)
    url, entries, loss = page.url, page.evaluate("history.length"), exact_loss(page)
    drag(page, 1, 0.4)
    at(page, 2)
    expect(page.locator("#in-at")).to_have_value("2")
    assert page.evaluate("history.length") == entries + 1
    drag(page, 0.4, 0.8)
    at(page, 4)
    assert page.evaluate("history.length") == entries + 2
    page.go_back()
    at(page, 2)
    page.go_back()
    at(page, 5)
    expect(page).to_have_url(url)
    assert exact_loss(page) == loss


@pytest.mark.charts
def test_a_click_on_a_curve_looks_at_that_epoch(open_page: Open):
    page = trained(open_page("/train"), 4)
    chart = page.locator("#chart-loss")
    chart.scroll_into_view_if_needed()
    expect(chart.locator(".scatterlayer .trace")).to_have_count(2)
    page.mouse.move(*chart.evaluate(POINT, 2))
    expect(chart.locator(".hoverlayer .hovertext")).to_contain_text("epoch 2")
    page.mouse.click(*chart.evaluate(POINT, 2))
    at(page, 2)
    expect(page.locator(".travel")).to_contain_text("looking back")
    end_link(page).click()
    at(page, 4)


def test_going_on_from_an_earlier_epoch_makes_a_branch_and_the_left_run_stays_beside_it(
    open_page: Open,
):
    page = trained(open_page("/train?show-more=data,network,optimizer"), 4)
    left = exact_loss(page)
    drag(page, 1, 0.5)
    at(page, 2)
    page.locator("#in-learning_rate").fill(RATE)
    expect(page.locator("#in-learning_rate")).to_have_value(RATE)
    expect(page).to_have_url(re.compile(f"learning_rate={RATE}"))
    page.locator("#do-epoch").click()
    at(page, 3)
    runs = page.locator(".runs")
    expect(runs).to_contain_text("same start, learning rate 0.01")
    expect(runs).to_contain_text("epoch 4")
    expect(page.locator(".travel")).not_to_contain_text("looking back")
    expect(page.locator(".curves .hint")).to_contain_text(f"from epoch 2: learning rate {RATE}")
    branch = page.url
    runs.get_by_role("link", name="same start, learning rate 0.01", exact=True).click()
    at(page, 4)
    assert exact_loss(page) == left
    page.go_back()
    at(page, 3)
    expect(page).to_have_url(branch)
    page.get_by_role("button", name="Take the run “same start, learning rate 0.01” away").click()
    expect(runs).not_to_contain_text("same start")
    at(page, 3)


def test_a_run_is_kept_to_compare_and_named_by_what_differs(open_page: Open):
    page = trained(open_page("/train?show-more=data,network,optimizer"), 2)
    page.get_by_role("button", name="Keep to compare").click()
    runs = page.locator(".runs")
    expect(runs).to_contain_text("same start, same settings")
    page.locator("#lab").focus()
    page.keyboard.press("0")
    at(page, 0)
    expect(runs).to_contain_text("same start")
    page.locator("#in-optimizer").select_option("gradient_descent")
    expect(runs).to_contain_text("Adam")
    page.get_by_role("button", name="One unit more in layer 1").click()
    expect(runs).to_contain_text("hidden units 8–8")
    trained(page, 1)
    expect(page.get_by_role("button", name="Keep to compare")).to_be_enabled()
    page.keyboard.press("c")
    expect(runs.locator("[aria-label^='Take the run']")).to_have_count(2)


def test_starting_again_goes_to_epoch_0_of_the_same_start_and_back_returns(open_page: Open):
    page = open_page("/train")
    first = page.evaluate(SHOWN)
    trained(page, 2)
    after = exact_loss(page)
    page.get_by_role("link", name="Start again from epoch 0").click()
    at(page, 0)
    assert page.evaluate(SHOWN)["maps"] == first["maps"]
    expect(page.locator("#in-at")).to_be_disabled()
    trained(page, 2)
    assert exact_loss(page) == after
    page.go_back()
    at(page, 1)


def test_starting_again_ends_what_plays(open_page: Open):
    page = open_page("/train")
    page.locator("#play").click()
    expect(page.locator("#play")).to_have_attribute("aria-label", "Pause")
    page.wait_for_function("() => document.getElementById('epoch').textContent !== '0'")
    page.get_by_role("link", name="Start again from epoch 0").click()
    at(page, 0)
    expect(page.locator("#play")).to_have_attribute("aria-label", "Play")
    expect(page.locator("#behind")).to_have_count(1)
    page.locator("#do-step").click()
    expect(page.locator(".epoch")).to_contain_text("0 epochs, step 1 of 20")


def test_a_copied_link_opens_the_same_state_on_another_machine(
    new_context: Callable[..., BrowserContext],
):
    page = new_context(permissions=["clipboard-read", "clipboard-write"]).new_page()
    page.goto("/train?preset=iris")
    trained(page, 2)
    page.locator("#in-at").focus()
    page.keyboard.press("ArrowLeft")
    at(page, 1)
    page.click("#take summary")
    page.get_by_role("button", name="Copy link").click()
    page.wait_for_function("navigator.clipboard.readText().then(text => text === location.href)")
    link = page.url
    theirs = new_context().new_page()
    theirs.goto(link)
    at(theirs, 1)
    assert theirs.evaluate(SHOWN) == page.evaluate(SHOWN)
    theirs.locator("#lab").focus()
    theirs.keyboard.press("End")
    at(theirs, 2)


def test_the_curves_can_be_logarithmic_and_their_numbers_stand_in_a_table(open_page: Open):
    page = trained(open_page("/train"), 2)
    page.get_by_role("switch", name="logarithmic").click()
    expect(page.get_by_role("switch", name="logarithmic")).to_be_checked()
    page.locator("#behind summary").click()
    table = page.get_by_role("region", name="The run as a table")
    expect(table.locator("tbody tr")).to_have_count(3)
    expect(table.locator("tbody tr").first).to_contain_text("2")


def test_in_front_of_a_class_a_remote_goes_by_epochs_and_the_learning_rate_is_typed(
    open_page: Open,
):
    page = open_page("/train?size=40", 1920, 1080, mode="projector")
    page.locator("#in-at").evaluate(
        "slider => slider.focus()"
    )  # what has the focus does not matter
    for key, epoch in (
        ("PageDown", 1),
        ("PageDown", 2),
        ("Shift+PageDown", 12),
        ("PageUp", 11),
        ("Shift+PageUp", 1),
        ("PageDown", 2),
        ("Shift+PageDown", 12),
        ("PageDown", 13),
    ):
        page.keyboard.press(key)
        at(page, epoch)
    page.keyboard.press("e")
    field = page.locator("#in-learning_rate")
    expect(field).to_be_focused()
    page.keyboard.type("0.05")
    page.keyboard.press("Enter")
    expect(field).not_to_be_focused()
    expect(page).to_have_url(re.compile("learning_rate=0.05"))
    page.keyboard.press("PageDown")
    at(page, 14)
