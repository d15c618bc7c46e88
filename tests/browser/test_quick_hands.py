"""Hands quicker than the network: presses count at once, and leaving breaks nothing off."""

import re
from collections import deque
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

Open = Callable[..., Page]
NETWORK = "/lessons/network"


class Line:
    """The requests of a page that a test holds back, as many as it says."""

    def __init__(self, page: Page, path: str, held: int = 1) -> None:
        self._page = page
        self._held: deque[Route] = deque()
        self.asked: list[str] = []
        pattern = re.compile(rf"{re.escape(path)}(\?|$)")
        page.route(pattern, self._hold, times=held)
        page.on("request", lambda sent: pattern.search(sent.url) and self.asked.append(sent.url))

    def _hold(self, route: Route) -> None:
        self._held.append(route)

    def wait(self) -> None:
        """Wait until a request is held."""
        while not self._held:
            self._page.evaluate("() => new Promise(requestAnimationFrame)")

    def release(self) -> None:
        """Let the first that is held go on, as soon as there is one."""
        self.wait()
        self._held.popleft().continue_()


def press(page: Page, keys: str) -> None:
    for key in keys:
        page.keyboard.press({">": "ArrowRight", "<": "ArrowLeft"}.get(key, key))


def marked(page: Page, step: int) -> None:
    now = page.locator(".film [aria-current=step]")
    expect(now).to_have_attribute("aria-label", re.compile(f"^step {step}:"))


def test_six_presses_end_at_the_seventh_step_after_two_requests_and_one_entry(open_page: Open):
    page = open_page(NETWORK)
    entries = page.evaluate("history.length")
    eyebrow = page.locator(".explain .eyebrow")
    line = Line(page, NETWORK, held=2)
    press(page, ">>>>>>")
    marked(page, 7)
    expect(page.locator(".film li.now")).to_have_count(1)
    expect(page.locator(".film li.done")).to_have_count(6)
    expect(eyebrow).to_contain_text("step 1 of")  # what is not here yet is not shown
    line.release()
    expect(eyebrow).to_contain_text("step 2 of")
    marked(page, 7)
    line.release()
    expect(eyebrow).to_contain_text("step 7 of")
    assert [re.search(r"\bstep=(\d+)", url)[1] for url in line.asked[:2]] == ["1", "6"]
    assert page.evaluate("history.length") == entries + 1
    page.go_back()
    expect(eyebrow).to_contain_text("step 1 of")
    marked(page, 1)


def test_presses_back_count_from_what_was_pressed_and_those_beyond_an_end_do_nothing(
    open_page: Open,
):
    page = open_page(NETWORK)
    eyebrow = page.locator(".explain .eyebrow")
    line = Line(page, NETWORK)
    press(page, ">>>>")
    marked(page, 5)
    press(page, "<<<<<<")  # the first four take back what is not yet answered
    marked(page, 1)
    press(page, ">>")
    marked(page, 3)
    press(page, "<")
    marked(page, 2)
    expect(eyebrow).to_contain_text("step 2 of")
    expect(page).to_have_url(re.compile(r"step=1$"))
    assert line.asked[0].endswith("step=1")


@pytest.mark.parametrize(
    ("path", "key", "count", "text"),
    [
        ("/lessons/find-the-bug", ">", ".worked .eyebrow", "Step 4 of"),
        ("/train", "e", "#epoch", "3"),
    ],
)
def test_where_only_an_answer_knows_the_next_address_the_presses_wait_for_it(
    open_page: Open, path: str, key: str, count: str, text: str
):
    page = open_page(path)
    line = Line(page, path)
    press(page, key * 3)
    line.release()
    expect(page.locator(count)).to_contain_text(text, ignore_case=True)


def test_who_leaves_a_page_and_comes_back_finds_no_failure_and_what_the_address_says(
    open_page: Open,
):
    page = open_page(f"{NETWORK}?step=4")  # no step was taken: nothing is asked for ahead
    eyebrow = page.locator(".explain .eyebrow")
    expect(eyebrow).to_contain_text("step 5 of")
    line = Line(page, NETWORK)
    page.locator("#play").click()
    line.wait()
    press(page, ">>")
    for name in ("pagehide", "pageshow"):
        page.evaluate(
            f"() => dispatchEvent(new PageTransitionEvent('{name}', {{persisted: true}}))"
        )
    marked(page, 5)
    expect(eyebrow).to_contain_text("step 5 of")
    expect(page).to_have_url(re.compile(r"step=4$"))
    expect(page.locator("#play")).to_have_attribute("aria-label", "Play")
    expect(page.locator("#tick")).to_have_count(0)
    expect(page.locator("#offline")).to_be_hidden()
    press(page, ">")
    expect(eyebrow).to_contain_text("step 6 of")


LEAVES = """use => new Promise(done => {
  const steps = links => [...new Set([...document.querySelectorAll(links)].map(link =>
    new URLSearchParams(link.getAttribute('href').split('?')[1]).get('step')))];
  const led = () => ['#graph a[id][href]', '#more-parameters .within a[href]'].map(steps);
  window.addEventListener('htmx:after:swap', () => {
    const before = led();
    const answer = () => done([before, led()]);
    ({
      open: () => document.querySelector('#more-parameters > summary').click(),
      point: () => document.querySelector('#graph .node').dispatchEvent(
        new PointerEvent('pointerdown', { bubbles: true })),
      print: () => dispatchEvent(new Event('beforeprint')),
      rest: () => document.addEventListener('later:brought', answer, { once: true }),
    })[use]();
    if (use !== 'rest') answer();
  }, { once: true });
  document.querySelector('[data-by="1"]').click();
})"""


def test_what_a_step_leaves_for_later_is_of_that_step_as_soon_as_somebody_may_use_it(
    open_page: Open,
):
    page = open_page(f"{NETWORK}?step=3")
    for step, use in enumerate(("rest", "point", "print", "open"), start=4):
        before, after = page.evaluate(LEAVES, use)
        assert before == [[str(step - 1)], [str(step - 1)]]
        assert after == [[str(step)], [str(step)]]
    before, after = page.evaluate(LEAVES, "rest")  # an open section comes with its step
    assert (before, after) == ([["7"], ["8"]], [["8"], ["8"]])


def test_an_edit_in_a_section_that_is_opened_right_after_a_step_is_of_that_step(open_page: Open):
    page = open_page(f"{NETWORK}?step=3")
    page.evaluate(
        """() => window.addEventListener('htmx:after:swap', () => {
          document.querySelector('#more-parameters > summary').click();
          const field = document.querySelector('#in-w1_1_1');
          field.focus();
          field.value = '0.2';
          field.dispatchEvent(new Event('input', { bubbles: true }));
        }, { once: true })"""
    )
    press(page, ">")
    expect(page).to_have_url(re.compile(r"step=4&.*w1_1_1=0\.2|w1_1_1=0\.2.*step=4"))
    expect(page.locator("#in-w1_1_1")).to_have_value("0.2")
    expect(page.locator("#n-w1_1_1 .val")).to_have_text("0.200")
    expect(page.locator(".stepper")).to_have_attribute("data-step", "5")
