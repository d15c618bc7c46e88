"""Cause and effect share a screen: numbers dragged on a graph, sliders, steps, and what opens."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

Open = Callable[..., Page]
NETWORK = "/lessons/network?step=14"
WEIGHT = "w2_1_1"


def drag(page: Page, number: Locator, by: int) -> None:
    """Press a number of a graph, and move the pointer sideways by some pixels."""
    box = number.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + by, y, steps=5)
    page.mouse.up()


def test_a_number_of_the_graph_is_dragged_or_moved_by_keys_and_is_one_step_back(open_page: Open):
    page = open_page(NETWORK)
    node = page.locator(f"#n-{WEIGHT}")
    value, entries = node.locator(".val"), page.evaluate("history.length")
    drag(page, value, 30)
    expect(value).to_have_text("0.700")  # a pixel is 0.01
    expect(page).to_have_url(re.compile(f"step=14&{WEIGHT}=0.7$"))
    assert page.evaluate("history.length") == entries + 1
    node.focus()
    page.keyboard.press("ArrowDown")
    expect(value).to_have_text("0.690")
    page.go_back()
    expect(value).to_have_text("0.700")
    page.go_back()
    expect(value).to_have_text("0.400")
    box = value.bounding_box()
    page.mouse.move(box["x"] + 5, box["y"] + 5)
    page.mouse.down()
    page.mouse.move(box["x"] + 45, box["y"] + 5, steps=5)
    expect(value).to_have_text("0.800")
    page.keyboard.press("Escape")  # gives the drag up: what the pointer still does moves nothing
    expect(value).to_have_text("0.400")
    page.mouse.move(box["x"] + 50, box["y"] + 5)
    page.mouse.up()
    expect(value).to_have_text("0.400")
    expect(page.locator("#ledger")).to_have_count(0)  # nor does its click follow the link
    expect(page).to_have_url(re.compile("step=14(&w2_1_1=0.4)?$"))
    page.goto("/lessons/chain-rule")
    drag(page, page.locator("#n-x .val"), 20)
    expect(page.locator("#n-x .val")).to_have_text("2")  # a pixel is a step of its slider


@pytest.mark.parametrize("size", [(1440, 900), (390, 844)])
def test_a_weights_slider_stands_beside_the_graph_that_it_changes(
    open_page: Open, size: tuple[int, int]
):
    page = open_page(f"/lessons/network?focus={WEIGHT}&step=4", *size)
    slider, weight = page.locator("#slider"), page.locator(f"#n-{WEIGHT} .val")
    slider.scroll_into_view_if_needed()
    slider.fill("1.25")
    expect(weight).to_have_text("1.250")
    expect(weight).to_be_in_viewport()
    expect(slider).to_be_in_viewport(ratio=1)
    if size[0] < 500:
        words, key = page.locator(".explain h1").bounding_box(), page.locator(".key").bounding_box()
        assert words["y"] < key["y"]


@pytest.mark.charts
@pytest.mark.parametrize("size", [(1440, 900), (390, 844)])
def test_a_step_on_the_gradients_map_keeps_the_map_in_view(open_page: Open, size: tuple[int, int]):
    page = open_page("/lessons/gradient?hide=surface", *size)
    step, plane = page.get_by_role("link", name="Step", exact=True), page.locator("#plane")
    if size[0] < 500:
        plane.evaluate("element => element.scrollIntoView()")
    step.click()
    expect(page.locator(".walk .so")).to_contain_text("1 step: f went from")
    expect(step).to_be_in_viewport(ratio=1)
    expect(plane).to_be_in_viewport(ratio=0.99)
    if size[0] > 500:
        assert page.evaluate("scrollY") == 0
        page.locator("#more-length > summary").click()
        page.locator("#slide-length").scroll_into_view_if_needed()
        expect(plane).to_be_in_viewport(ratio=0.99)


def test_the_set_up_of_training_is_three_lines_that_open_and_say_what_is_set(open_page: Open):
    page = open_page("/train")
    for name, words in (
        ("data", "A disc in a ring, 400, noise 0.1"),
        ("network", "2–8–8–1, tanh, binary cross-entropy"),
        ("optimizer", "Adam, η 0.01, batch 10"),
    ):
        expect(page.locator(f"#more-{name} .inside")).to_have_text(words)
    field = page.locator("#in-noise")
    expect(field).to_be_hidden()
    page.locator("#more-data > summary").click()
    field.fill("0.3")
    expect(page.locator("#more-data .inside")).to_have_text("A disc in a ring, 400, noise 0.3")
    expect(field).to_be_visible()
    expect(page.locator("#in-learning_rate")).to_be_hidden()
    page.goto("/train?learning_rate=0.5")
    expect(page.locator("#in-learning_rate")).to_be_visible()
    bottom = page.evaluate("document.querySelector('[data-core]').getBoundingClientRect().bottom")
    assert bottom <= 900
