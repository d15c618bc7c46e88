"""By touch: what a finger does on charts, maps and graphs, and small screens either way up."""

from collections.abc import Callable, Iterator, Sequence

import pytest
from playwright.sync_api import BrowserContext, CDPSession, Page, expect

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
NETWORK = "/lessons/network?step=28"
PAGES = [
    *("/", "/lessons/chain-rule", "/playground", "/lessons/gradient", "/lessons/gradient-check"),
    *("/lessons/network?step=12", "/lessons/network?step=12&detail=operations", "/train"),
    *("/train?detail=layers", "/lessons/optimizers", "/lessons/own-gradient", "/questions"),
    *("/lessons/find-the-bug", "/lessons/network/end", "/lessons/network?ask=1&step=12"),
]
# Labels of the strip that are painted over one another.
OVERLAPS = """() => {
  const boxes = [...document.querySelectorAll('.film :is(.tick, .title, .bracket)')]
    .filter(el => el.checkVisibility()).map(el => {
      const text = document.createRange();
      text.selectNodeContents(el);
      return [el.textContent.trim(), text.getBoundingClientRect()];
    });
  return boxes.flatMap(([a, one], i) => boxes.slice(i + 1)
    .filter(([, two]) => one.left < two.right - 1 && two.left < one.right - 1
      && one.top < two.bottom - 1 && two.top < one.bottom - 1)
    .map(([b]) => `${a} | ${b}`));
}"""
# Fields in which Safari on a phone would zoom the page.
SMALL = """() => [...document.querySelectorAll('input, select, textarea')]
  .filter(el => el.checkVisibility() && !['range', 'checkbox', 'radio'].includes(el.type))
  .filter(el => parseFloat(getComputedStyle(el).fontSize) < 16).map(el => el.id || el.name)"""
POINT = """() => {
  const chart = document.querySelector('#plane .chart'), { xaxis, yaxis } = chart._fullLayout;
  const box = chart.getBoundingClientRect();
  const [x, y] = [...document.querySelectorAll('[data-axis]')].map(el => Number(el.value));
  const share = (value, [low, high]) => (value - low) / (high - low);
  return [box.left + xaxis._offset + share(x, xaxis.range) * xaxis._length,
    box.top + yaxis._offset + (1 - share(y, yaxis.range)) * yaxis._length];
}"""
ON_A_WIRE = """() => {
  const hit = document.querySelector('#hit-a1_1-z2_1 > path');
  hit.closest('.scroll').scrollIntoView({ block: 'center' });
  for (let part = 0.05; part < 1; part += 0.05) {
    const at = hit.getPointAtLength(hit.getTotalLength() * part)
      .matrixTransform(hit.getScreenCTM());
    if (document.elementFromPoint(at.x, at.y) === hit) return [at.x, at.y];
  }
}"""


class Fingers:
    """Fingers on a page; each is where it was put last until all are lifted."""

    def __init__(self, page: Page, session: CDPSession) -> None:
        self._page, self._session = page, session

    def _send(self, what: str, *places: Sequence[float]) -> None:
        touches = [{"x": x, "y": y, "id": i} for i, (x, y) in enumerate(places)]
        self._session.send("Input.dispatchTouchEvent", {"type": what, "touchPoints": touches})

    def put(self, *places: Sequence[float]) -> None:
        self._send("touchStart", *places)

    def move(self, *places: Sequence[float]) -> None:
        self._send("touchMove", *places)

    def lift(self) -> None:
        self._send("touchEnd")

    def swipe_up(self, x: float, y: float) -> None:
        self.put((x, y))
        for by in range(15, 200, 15):
            self.move((x, y - by))
        self.lift()


@pytest.fixture
def phone(new_context: Callable[..., BrowserContext]) -> Page:
    return new_context(**PHONE).new_page()


@pytest.fixture
def fingers(phone: Page) -> Iterator[Fingers]:
    session = phone.context.new_cdp_session(phone)
    yield Fingers(phone, session)
    session.detach()


def middle_of(page: Page, selector: str) -> tuple[float, float]:
    place = page.locator(selector)
    place.evaluate("el => el.scrollIntoView({ block: 'center' })")
    box = place.bounding_box()
    assert box, selector
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


@pytest.mark.charts
def test_a_swipe_over_a_chart_scrolls_a_tap_places_the_point_and_a_finger_at_it_drags_it(
    phone: Page, fingers: Fingers
):
    phone.goto("/lessons/gradient")
    for chart in ("#chart-slice-1", "#plane"):
        expect(phone.locator(f"{chart} .main-svg").first).to_be_visible()
        place = middle_of(phone, chart)
        before = phone.evaluate("scrollY")
        fingers.swipe_up(*place)
        phone.wait_for_function("y => scrollY > y + 50", arg=before)
    assert "?" not in phone.url
    phone.touchscreen.tap(*middle_of(phone, "#plane"))
    phone.wait_for_url("**/gradient?x=*")
    placed, at = phone.url, phone.evaluate("scrollY")
    x, y = phone.evaluate(POINT)
    fingers.put((x, y))
    for by in range(5, 60, 5):
        fingers.move((x + by, y - by))
    fingers.lift()
    phone.wait_for_url(lambda url: url != placed)
    assert phone.evaluate("scrollY") <= at  # a swipe upwards would have scrolled down


def test_a_second_finger_ends_the_drag_of_a_number_and_a_tap_on_a_wire_opens_its_weight(
    phone: Page, fingers: Fingers
):
    phone.goto(NETWORK)
    phone.wait_for_selector("#lab [data-htmx-powered]", state="attached")
    field = phone.locator("#in-w2_1_1")
    x, y = middle_of(phone, "#n-w2_1_1")
    fingers.put((x, y))
    for by in range(6, 31, 6):
        fingers.move((x + by, y))
    dragged = field.input_value()
    assert dragged != "0.4"
    fingers.put((x + 30, y), (40, 700))
    for by in range(36, 61, 6):
        fingers.move((x + by, y), (40, 700))
    fingers.lift()
    phone.wait_for_url(f"**w2_1_1={dragged}*")
    assert field.input_value() == dragged
    place = phone.evaluate(ON_A_WIRE)
    assert place, "no part of the wire lies open"
    phone.touchscreen.tap(*place)
    phone.wait_for_url("**focus=w2_1_1*")


def test_on_a_small_screen_nothing_is_wider_than_it_and_labels_keep_apart(phone: Page):
    stepped = [path for path in PAGES if "step=" in path or "detail=" in path]
    for width, height, paths in ((320, 640, PAGES), (844, 390, stepped)):
        phone.set_viewport_size({"width": width, "height": height})
        for path in paths:
            phone.goto(path)
            assert phone.evaluate("document.documentElement.scrollWidth") <= width, path
            assert phone.evaluate(OVERLAPS) == [], path
            assert phone.evaluate(SMALL) == [], path


@pytest.mark.charts
def test_a_chart_that_was_zoomed_has_a_way_back(open_page: Callable[..., Page]):
    page = open_page("/lessons/gradient")
    chart = page.locator("#chart-slice-1")
    expect(chart.locator(".main-svg").first).to_be_visible()
    span = "el => el._fullLayout.xaxis.range[1] - el._fullLayout.xaxis.range[0]"
    whole = chart.evaluate(span)
    x, y = middle_of(page, "#chart-slice-1")
    page.mouse.move(x - 40, y - 20)
    page.mouse.down()
    page.mouse.move(x + 40, y + 20, steps=4)
    page.mouse.up()
    back = chart.get_by_role("button", name="Whole chart")
    expect(back).to_be_visible()
    assert chart.evaluate(span) < whole
    back.click()
    expect(back).to_have_count(0)
    assert chart.evaluate(span) == pytest.approx(whole)
