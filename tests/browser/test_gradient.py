"""The gradient: a point that is dragged, a direction that is turned, a step that is lengthened."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

pytestmark = pytest.mark.charts

Open = Callable[..., Page]
Check = Callable[[Page], None]
LESSON = "/lessons/gradient"
# Three dimensions take their time where the processor draws them.
FLAT = f"{LESSON}?hide=surface&show-more=direction,length"
DRAWN = "#chart-ground .main-svg .contourlayer path"
# Where a place of the map lies in the window.
WHERE = """([x, y]) => {
  const el = document.getElementById('chart-ground'), { xaxis, yaxis } = el._fullLayout;
  const box = el.getBoundingClientRect();
  return [box.left + xaxis._offset + xaxis.d2p(x), box.top + yaxis._offset + yaxis.d2p(y)];
}"""

# Waits, ten seconds at most, until the surface is there, or is not.
SURFACE = """async there => {
  const surface = () => document.getElementById('chart-surface')?._fullData?.[0];
  for (let frame = 0; frame < 600; frame++) {
    if (surface()?.visible === there) return true;
    await new Promise(requestAnimationFrame);
  }
  return false;
}"""


def ready(page: Page) -> Page:
    expect(page.locator(DRAWN).first).to_be_visible()
    return page


def on_map(page: Page, x: float, y: float) -> tuple[float, float]:
    return page.evaluate(WHERE, [x, y])


def answer(page: Page) -> Locator:
    return page.locator(".explain .result output")


def drag(page: Page, *places: tuple[float, float]) -> None:
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=4)
    page.mouse.up()


def test_a_drag_on_the_map_moves_point_and_numbers_and_is_one_step_back(open_page: Open):
    page = ready(open_page(FLAT))
    expect(answer(page)).to_have_text("11.662")
    drag(page, on_map(page, 1, 2), on_map(page, 0, 0), on_map(page, -1, 1))
    expect(page.locator("#in-x")).to_have_value("-1")
    expect(page.locator("#in-y")).to_have_value("1")
    expect(answer(page)).to_have_text("4")  # (6·(−1) + 2, 2·(−1) + 2) = (−4, 0)
    expect(page).to_have_url(re.compile(r"x=-1&y=1$"))
    drag(page, on_map(page, 2, -2), on_map(page, 2, -1))
    expect(page).to_have_url(re.compile(r"x=2&y=-1$"))
    page.go_back()
    expect(page.locator("#in-x")).to_have_value("-1")
    expect(answer(page)).to_have_text("4")
    page.go_back()
    expect(page.locator("#in-x")).to_have_value("1")
    expect(answer(page)).to_have_text("11.662")


def test_arrow_keys_move_the_point_and_with_shift_ten_times_as_far(open_page: Open):
    page = ready(open_page(FLAT))
    page.locator("#plane").focus()
    page.keyboard.press("ArrowLeft")
    expect(page).to_have_url(re.compile(r"x=0.9$"))
    page.keyboard.press("ArrowDown")
    expect(page).to_have_url(re.compile(r"x=0.9&y=1.9$"))
    page.keyboard.press("Shift+ArrowDown")
    expect(page).to_have_url(re.compile(r"x=0.9&y=0.9$"))
    expect(page.locator("#plane")).to_be_focused()
    expect(page.locator("#plane")).to_have_accessible_name(re.compile("x = 0.900, y = 0.900"))


def test_a_unit_step_along_x_promises_10_and_gives_13(open_page: Open):
    page = open_page(FLAT)
    promise = page.locator(".promise")
    expect(promise).to_have_text(re.compile(r"length 10\s*f rises by 13\s*off by\s+3"))
    page.locator(".tried").get_by_role("link", name="0.100").click()
    expect(promise).to_have_text(re.compile(r"length 1\s*f rises by 1.030"))
    expect(page.locator("#in-length")).to_have_value("0.1")


def test_the_dial_turns_to_the_gradient_and_holds_there_the_steepest_slope(open_page: Open):
    page = ready(open_page(FLAT))
    grip, tip = page.locator("#dial-grip"), page.locator("#dial-tip")
    grip.scroll_into_view_if_needed()
    boxes = [each.bounding_box() for each in (grip, tip)]
    centres = [(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2) for box in boxes]
    drag(page, *centres)
    expect(page.locator(".direction .lede")).to_contain_text("is 11.662")
    expect(page.locator(".direction .hint")).to_contain_text("no direction beats it")
    page.locator("#in-angle").focus()
    page.keyboard.press("Shift+ArrowLeft")
    expect(page.locator("#in-degrees")).to_have_value("15.9638")
    page.get_by_role("link", name="along the contour").click()
    expect(page.locator("#dial.level")).to_be_visible()
    expect(page.locator(".direction .lede")).to_contain_text(re.compile("is (0|.*10⁻¹.)"))


def test_the_surface_is_drawn_and_its_bundle_is_asked_for_here_only(open_page: Open, page: Page):
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    open_page(f"{LESSON}?show-more=surface")
    page.locator("#chart-surface").scroll_into_view_if_needed()
    expect(page.locator("#chart-surface canvas")).to_be_visible()
    assert sum("plotly-gl3d" in url for url in asked) == 1
    asked.clear()
    open_page("/lessons/network")
    assert not any("gl3d" in url for url in asked)


@pytest.mark.expects_status(422)
def test_a_function_that_cannot_be_read_is_refused_beside_its_field_and_the_map_stays(
    open_page: Open,
):
    page = ready(open_page(FLAT))
    field = page.locator("#in-expression")
    for typed, said in (("x +", "end"), ("3", "no variable"), ("", "no formula")):
        field.fill(typed)
        expect(page.locator("#error-expression")).to_contain_text(said)
        expect(answer(page)).to_have_text("11.662")
    field.fill("x^2 + y^2")
    expect(page.locator("#error-expression")).to_be_hidden()
    expect(answer(page)).to_have_text("4.472")


def test_a_walk_goes_down_and_back_to_its_start(open_page: Open):
    page = open_page(FLAT)
    step = page.get_by_role("link", name="Step", exact=True)
    step.click()
    expect(page.locator(".walk .so")).to_contain_text("1 step: f went from 11.0000 to")
    step.click()
    expect(page.locator(".walk .so")).to_contain_text("2 steps")
    page.get_by_role("link", name="Back to the start").click()
    expect(page.locator(".walk .so")).to_be_empty()
    expect(page).to_have_url(re.compile("show-more=direction,length$"))


def test_without_javascript_the_form_sets_function_and_point(
    new_context: Callable[..., BrowserContext],
):
    page = new_context(java_script_enabled=False).new_page()
    page.goto(LESSON)
    page.locator("#in-expression").fill("x^2 y + z")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("#in-z")).to_be_visible()
    page.locator("#in-x").fill("3")
    page.locator("#in-x").press("Enter")
    expect(page).to_have_url(re.compile("x=3"))
    expect(page.locator(".partials .number .num").first).to_have_text("12.0000")


LOOKS = [
    pytest.param(path, size, mode, theme, id=f"{name}-{size[0]}-{theme}")
    for name, path, size, mode, theme in (
        ("hill", FLAT, (1440, 900), None, "light"),
        ("hill", FLAT, (390, 844), None, "dark"),
        ("hill", FLAT, (1920, 1080), "projector", "dark"),
        ("three", f"{LESSON}?preset=three", (390, 844), None, "light"),
    )
]


@pytest.mark.parametrize(("path", "size", "mode", "theme"), LOOKS)
def test_axe_finds_nothing_and_no_page_is_wider_than_its_window(
    open_page: Open,
    accessible: Check,
    path: str,
    size: tuple[int, int],
    mode: str | None,
    theme: str,
):
    page = open_page(path, *size, theme=theme, mode=mode)
    width, room = page.evaluate("[document.scrollingElement.scrollWidth, innerWidth]")
    assert width <= room
    accessible(page)


def test_a_function_without_a_value_anywhere_draws_an_empty_room_and_then_its_surface(
    open_page: Open,
):
    page = open_page(f"{LESSON}?expression=ln(x)%2By&x=-9&y=2&show-more=surface")
    page.locator("#chart-surface").scroll_into_view_if_needed()
    assert page.evaluate(SURFACE, False)
    page.locator("#in-x").fill("9")
    assert page.evaluate(SURFACE, True)
    page.locator("#in-x").fill("-9")
    assert page.evaluate(SURFACE, False)
