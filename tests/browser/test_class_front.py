"""What stands in front of a class: a presenter's remote leads through a lecture, on one screen."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

Contexts = Callable[..., BrowserContext]
Check = Callable[[Page], None]
W5 = "/lessons/network?step=14"
SCREENS = ({"width": 1920, "height": 1080}, {"width": 1280, "height": 720})
DEAD = 1_000  # milliseconds in which what a press brings takes no other, as in class.js
SPILLS = """() => [...document.querySelectorAll('main, #in-front, #screen, .hist, .opened')]
  .concat(document.documentElement)
  .filter(({ scrollHeight, clientHeight, scrollWidth, clientWidth }) =>
    scrollHeight > clientHeight + 1 || scrollWidth > clientWidth + 1)
  .map(each => each.id || each.className || each.tagName)"""


@pytest.fixture
def front(context: BrowserContext) -> Page:
    """Return the projector's page of a class that is asked, then goes on to a lesson."""
    request = context.request
    console = request.post("/class", form={"address": W5}).url
    request.post(console, form={"do": "change", "scene": "1", "asking": "gradient"})
    request.post(console, form={"do": "add", "address": "/lessons/network?step=28"})
    page = context.new_page()
    page.set_viewport_size(SCREENS[0])
    page.clock.install()
    page.goto(f"{console.partition('/console/')[0]}/projector")
    return page


def vote(front: Page, contexts: Contexts, typed: str, turn: int) -> None:
    root = front.url.removesuffix("/projector")
    phone = contexts().request
    assert phone.post(f"{root}/join").ok
    form = {"question": "1", "round": str(turn), "sign": "up", "answer": typed}
    assert phone.post(f"{root}/answer", form=form).ok


def test_a_remote_leads_through_a_lecture_and_nothing_in_front_scrolls(
    front: Page, new_context: Contexts, accessible: Check
):
    def press(key: str, expected: str) -> None:
        front.clock.run_for(DEAD + 1)
        front.keyboard.press(key)
        expect(front.get_by_role("heading", level=1)).to_have_text(expected)

    def fits() -> None:
        for size in SCREENS[::-1]:
            front.set_viewport_size(size)
            expect(front.locator("#in-front")).to_be_visible()
            assert front.evaluate(SPILLS) == [], size

    matters = "How much does 𝑤5 matter?"
    fits()
    accessible(front)
    press("PageDown", "A question comes")
    press("PageDown", matters)
    assert "0.0822" not in front.content()
    for typed in ("0.0822", "0.741*0.593", "0.4398", "0.5"):
        vote(front, new_context, typed, 1)
    expect(front.locator("[data-answered]")).to_have_text("4")
    fits()
    accessible(front)
    front.clock.run_for(DEAD + 1)
    front.keyboard.press("PageDown")
    front.keyboard.press("PageDown")  # a hand that presses twice has closed it, not shown it
    expect(front.get_by_text("have answered")).to_be_visible()
    assert "0.0822" not in front.content()
    press("PageDown", f"{matters} 0.0822")
    expect(front.locator(".lines .hole")).to_have_count(1)
    expect(front.locator(".hist [aria-current]")).to_contain_text("No σ′ at the output")
    expect(front.locator(".measured")).to_contain_text("0.0822")
    fits()
    accessible(front)
    front.clock.run_for(DEAD + 1)
    front.locator(".hist button", has_text="Right").click()
    expect(front.locator(".lines .hole")).to_have_count(0)
    front.clock.run_for(DEAD + 1)
    front.keyboard.press("PageDown")
    front.wait_for_url("**/lessons/network?step=28&mode=projector")
    expect(front.locator("#class-strip")).to_be_visible()
    front.keyboard.press("PageDown")  # the lesson's own step comes before the next scene
    front.wait_for_url("**/lessons/network?step=29&mode=projector")
    assert front.evaluate("document.documentElement.scrollHeight <= innerHeight")
