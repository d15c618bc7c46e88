"""Points set on the plane by hand: with the mouse, with the keyboard, taken back, begun anew."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

Open = Callable[..., Page]
COUNT = """() => Object.fromEntries(['minus', 'plus'].map(side => [side,
  [...document.querySelectorAll(`.dots .dot.${side}`)].reduce(
    (sum, path) => sum + path.getAttribute('d').split('M').length - 1, 0)]))"""
COUNTS = f"([side, count]) => ({COUNT})()[side] === count"


def has(page: Page, **counts: int) -> None:
    for side, count in counts.items():
        page.wait_for_function(COUNTS, arg=[side, count])


def draw(page: Page, pen: str) -> None:
    group = page.get_by_role("group", name="What a click on the plane does")
    link = group.get_by_role("link", name=pen)
    link.click()
    expect(link).to_have_attribute("aria-current", "true")


def place(page: Page, x: float, y: float) -> tuple[float, float]:
    """Return where a fraction of the plane is, from its upper left corner."""
    box = page.locator("#ground").bounding_box()
    return box["x"] + x * box["width"], box["y"] + y * box["height"]


@pytest.fixture
def empty(open_page: Open) -> Page:
    """Open a plane on which the next point is the first, of the class “ring”."""
    page = open_page("/train")
    draw(page, "ring")
    page.get_by_role("button", name="Clear").click()
    expect(page.locator(".pens")).to_contain_text("The next point begins anew")
    expect(page.locator("#ground")).to_have_class(re.compile("anew"))
    return page


def test_a_click_adds_a_point_of_the_chosen_class_to_what_is_there(open_page: Open):
    page = open_page("/train")
    before = page.evaluate(COUNT)
    assert sum(before.values()) == 400
    page.mouse.click(*place(page, 0.1, 0.1))  # nothing is chosen: a look
    draw(page, "disc")
    page.mouse.click(*place(page, 0.1, 0.1))
    has(page, plus=before["plus"] + 1, minus=before["minus"])
    expect(page.locator("#in-data")).to_have_value("drawn")
    expect(page.locator("#presets summary")).to_contain_text("Your own points")
    draw(page, "ring")
    page.mouse.click(*place(page, 0.9, 0.9))
    has(page, plus=before["plus"] + 1, minus=before["minus"] + 1)


def test_a_cleared_plane_begins_anew_and_no_point_of_two_quick_drags_is_lost(empty: Page):
    page = empty
    page.mouse.click(*place(page, 0.5, 0.5))
    has(page, minus=1, plus=0)
    draw(page, "disc")
    for y in (0.2, 0.8):
        page.mouse.move(*place(page, 0.2, y))
        page.mouse.down()
        page.mouse.move(*place(page, 0.8, y), steps=12)
        page.mouse.up()
    has(page, minus=1, plus=26)
    page.locator("#do-epoch").click()
    expect(page.locator("#epoch")).to_have_text("1")
    page.reload()
    has(page, minus=1, plus=26)


def test_what_was_set_erased_and_cleared_is_taken_back_step_by_step(empty: Page):
    page = empty
    for x in (0.25, 0.5, 0.75):
        page.mouse.click(*place(page, x, 0.5))
        has(page, minus=round(4 * x))
    page.keyboard.press("u")
    has(page, minus=2)
    draw(page, "Erase")
    page.mouse.click(*place(page, 0.26, 0.5))
    has(page, minus=1)
    undo = page.get_by_role("button", name="Undo")
    for left in (2, 1):
        undo.click()
        has(page, minus=left)
    undo.click()
    expect(page.locator(".pens")).to_contain_text("The next point begins anew")
    undo.click()
    expect(undo).to_be_disabled()
    expect(page.locator("#in-data")).to_have_value("circles")
    assert sum(page.evaluate(COUNT).values()) == 400


def test_taking_a_point_back_shows_the_run_as_it_was_before_it(open_page: Open):
    page = open_page("/train")
    page.locator("#do-epoch").click()
    expect(page.locator("#epoch")).to_have_text("1")
    loss = page.locator("#loss-train").get_attribute("data-exact")
    draw(page, "disc")
    page.mouse.click(*place(page, 0.1, 0.1))
    expect(page.locator(".pens")).to_contain_text("The training goes on from epoch 1.")
    expect(page.locator("#epoch")).to_have_text("1")
    expect(page.locator("#loss-train")).not_to_have_attribute("data-exact", loss)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#epoch")).to_have_text("1")
    expect(page.locator("#loss-train")).to_have_attribute("data-exact", loss)


@pytest.mark.expects_status(422)
def test_more_points_than_can_be_drawn_on_are_refused_until_the_plane_is_cleared(open_page: Open):
    page = open_page("/train?size=600")
    draw(page, "ring")
    page.mouse.click(*place(page, 0.1, 0.1))
    expect(page.locator("#error-points")).to_contain_text("600 points")
    assert sum(page.evaluate(COUNT).values()) == 600
    page.get_by_role("button", name="Clear").click()
    expect(page.locator("#error-points")).to_be_empty()
    expect(page.locator(".pens")).to_contain_text("The next point begins anew")
    page.mouse.click(*place(page, 0.1, 0.1))
    has(page, minus=1, plus=0)


@pytest.mark.parametrize("data", ["iris", "digits", "sine"])
def test_there_is_no_pen_where_there_is_no_square_plane(open_page: Open, data: str):
    page = open_page(f"/train?preset={data}")
    url = page.url
    page.goto(f"{url}{'&' if '?' in url else '?'}pen=1")
    expect(page.locator(".view > h2")).to_be_visible()
    expect(page.locator(".pens")).to_have_count(0)
    expect(page.locator("[data-pen]")).to_have_count(0)


@pytest.mark.expects_status(422)
def test_the_last_point_cannot_be_erased_and_that_is_said(empty: Page):
    page = empty
    page.mouse.click(*place(page, 0.5, 0.5))
    has(page, minus=1)
    draw(page, "Erase")
    page.mouse.click(*place(page, 0.5, 0.5))
    expect(page.locator("#error-points")).to_contain_text("The last point stays")
    has(page, minus=1)


def test_clearing_is_taken_back_before_a_point_is_set(empty: Page):
    page = empty
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#ground")).not_to_have_class(re.compile("anew"))
    assert sum(page.evaluate(COUNT).values()) == 400


def test_points_are_set_by_the_keyboard(empty: Page):
    page = empty
    page.locator("#ground").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#ground .pen")).to_be_visible()
    page.keyboard.press("Enter")
    has(page, minus=1)
    expect(page.locator("#ground")).to_be_focused()
    for _ in range(3):
        page.keyboard.press("Shift+ArrowUp")
    page.keyboard.press("Enter")
    has(page, minus=2)
    path = page.locator(".dots .dot.minus").evaluate_all(
        "all => all.map(path => path.getAttribute('d')).join('')"
    )
    places = {tuple(map(float, point)) for point in re.findall(r"M([\d.]+) ([\d.]+)", path)}
    assert places == {(47.5, 50.0), (47.5, 20.0)}


def test_a_value_is_drawn_where_numbers_are_learned(open_page: Open):
    page = open_page("/train?data=plane")
    draw(page, "a value")
    page.locator("#in-pen_value").fill("-2,5")
    expect(page).to_have_url(re.compile("pen_value=-2.5"))
    before = page.evaluate(COUNT)
    page.mouse.click(*place(page, 0.4, 0.4))
    has(page, minus=before["minus"] + 1)
    expect(page.locator("#in-data")).to_have_value("drawn")


def test_points_drawn_while_it_plays_are_learned_from_at_once(open_page: Open):
    page = open_page("/train")
    draw(page, "disc")
    page.locator("#play").click()
    page.wait_for_function("() => document.getElementById('epoch').textContent !== '0'")
    page.mouse.click(*place(page, 0.05, 0.05))
    expect(page.locator("#in-data")).to_have_value("drawn")
    assert sum(page.evaluate(COUNT).values()) == 401
    page.wait_for_function("() => document.getElementById('epoch').textContent !== '0'")
    page.locator("#play").click()
    expect(page.locator("#play")).to_have_attribute("aria-label", "Play")
    assert sum(page.evaluate(COUNT).values()) == 401
