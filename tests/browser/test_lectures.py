"""A lecture on a projector: a remote goes through its parts, and plays what a part has to play."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

Open = Callable[..., Page]
LECTURE = {"width": 1920, "height": 1080, "mode": "projector"}
NO_WEBGL = """
const getContext = HTMLCanvasElement.prototype.getContext;
HTMLCanvasElement.prototype.getContext = function (kind, ...more) {
  return kind.startsWith('webgl') ? null : getContext.call(this, kind, ...more);
};
"""
# Whether every chart that is seen fills the room that it has by now.
FILLS = """() => [...document.querySelectorAll('.chart[data-figure]')].every(el => {
  const { width, height } = el._fullLayout ?? {};
  return Math.abs(width - el.clientWidth) < 1 && Math.abs(height - el.clientHeight) < 1;
})"""


def part(page: Page, name: str) -> None:
    expect(page.locator(f"#part-{name}")).to_be_visible()


@pytest.mark.charts
def test_a_remote_goes_through_the_parts_and_without_webgl_a_sentence_stands_for_the_surface(
    open_page: Open, page: Page
):
    page.add_init_script(NO_WEBGL)
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))
    open_page("/lessons/gradient?show-part=variables-1", **LECTURE)
    for name in ("arrow", "arrow", "surface"):
        page.keyboard.press("PageDown")
        part(page, name)
    expect(page).to_have_url(re.compile("show-part=surface"))
    expect(page.locator("#chart-surface")).to_contain_text("This browser draws nothing in 3D")
    page.wait_for_function("!document.getElementById('chart-surface')._fullLayout")
    assert not [url for url in fetched if "gl3d" in url]
    page.locator(".parts").get_by_role("link", name="A step").click()
    part(page, "length")
    expect(page.get_by_text("How much does f rise?")).to_be_visible()
    page.locator("#in-length").fill("2")  # an edit stays where it is made
    expect(page.locator(".promise b")).to_have_text("20")
    page.keyboard.press("PageDown")
    expect(page.locator(".promise b")).to_have_text(["20", "32", "12"])
    page.wait_for_function(FILLS)
    page.keyboard.press("PageUp")
    page.keyboard.press("PageUp")
    part(page, "dial")
    expect(page).to_have_url(re.compile("length=2"))


@pytest.mark.charts
def test_a_remote_plays_the_race_ends_it_and_goes_on(open_page: Open):
    page = open_page("/lessons/optimizers?steps=500", **LECTURE)
    page.keyboard.press("PageDown")
    part(page, "race")
    expect(page.locator("#ways .head").first).to_be_attached()
    page.keyboard.press("PageDown")
    expect(page.locator("#play")).to_have_class(re.compile("playing"))
    page.keyboard.press("PageDown")
    expect(page.locator("#now")).to_have_text("500")
    expect(page).to_have_url(re.compile("step=500"))
    expect(page.locator(".parts .plays")).to_have_count(0)
    page.keyboard.press("PageDown")
    part(page, "curves")
    page.wait_for_function(FILLS)
    page.keyboard.press("PageUp")
    part(page, "race")
    expect(page.locator("#now")).to_have_text("500")
    page.keyboard.press("PageUp")  # back to where it began, and then to the part before
    expect(page.locator("#now")).to_have_text("6")
    part(page, "race")
    page.wait_for_function("document.querySelector('.parts .plays')")
    page.keyboard.press("PageDown")
    expect(page.locator("#play")).to_have_class(re.compile("playing"))
    page.keyboard.press("PageUp")
    expect(page.locator("#play")).not_to_have_class(re.compile("playing"))
    expect(page.locator("#now")).to_have_text("6")
    part(page, "race")
