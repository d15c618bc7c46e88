"""Stepping through a round: by click, by key, by playing, and by the history of the browser."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

Open = Callable[..., Page]
LESSON = "/lessons/network"
PHASES = {"forward": 1, "loss": 9, "backward": 10, "update": 30}  # where each begins in the 2-2-2


# A step may be gone before a test looks: the page itself notes each that it shows.
NOTE_STEPS = """() => {
  window.steps = [];
  document.addEventListener('htmx:after:swap', () => {
    const said = document.querySelector('.explain .eyebrow').textContent;
    const step = Number(/step (\\d+) of/.exec(said)[1]);
    if (window.steps.at(-1) !== step) window.steps.push(step);
  });
}"""


def at(page: Page, step: int) -> None:
    expect(page.locator(".explain .eyebrow")).to_contain_text(f"step {step} of ")


def headline(page: Page) -> str:
    return page.locator(".explain h1").inner_text()


def test_a_first_visit_opens_the_2_2_2_by_hand_at_its_first_step_paused(open_page: Open):
    page = open_page("/")
    page.get_by_role("link", name="One round of a network").click()
    expect(page).to_have_url(re.compile(f"{LESSON}$"))
    expect(page.locator("#presets summary")).to_contain_text("The 2-2-2 by hand")
    at(page, 1)
    expect(page.locator("#play")).to_have_attribute("aria-label", "Play")
    expect(page.locator("#tick")).to_have_count(0)
    expect(page.locator(".makes")).to_contain_text("makes the gradient")
    expect(page.locator(".makes")).to_contain_text("backward pass is backpropagation")
    expect(page.locator(".uses")).to_contain_text("uses it")


def test_a_click_goes_one_step_on_or_back_and_the_address_says_where(open_page: Open):
    page = open_page(LESSON)
    expect(page.get_by_role("link", name="Step back")).to_have_attribute("aria-disabled", "true")
    page.get_by_role("link", name="Next step").click()
    at(page, 2)
    expect(page).to_have_url(re.compile(r"step=1$"))
    page.get_by_role("link", name="Step back").click()
    at(page, 1)
    page.get_by_role("link", name="Last step").click()
    at(page, 30)
    page.get_by_role("link", name="First step").click()
    at(page, 1)


def test_the_arrow_keys_step_on_a_page_that_was_only_just_opened(open_page: Open):
    page = open_page(LESSON)
    page.keyboard.press("ArrowRight")
    at(page, 2)
    page.keyboard.press("ArrowRight")
    at(page, 3)
    page.keyboard.press("ArrowLeft")
    at(page, 2)


def test_shift_with_a_page_key_goes_by_phases_and_home_and_end_to_both_ends(open_page: Open):
    page = open_page(LESSON)
    page.locator("#lab").focus()
    for name in ("loss", "backward", "update"):
        page.keyboard.press("Shift+PageDown")
        at(page, PHASES[name])
    for name in ("backward", "loss", "forward"):
        page.keyboard.press("Shift+PageUp")
        at(page, PHASES[name])
    page.keyboard.press("End")
    at(page, 30)
    page.keyboard.press("Home")
    at(page, 1)


def test_the_keys_go_on_acting_at_both_ends_where_the_control_that_was_clicked_is_gone(
    open_page: Open,
):
    page = open_page(LESSON)
    page.get_by_role("link", name="Next step").click()
    at(page, 2)
    page.keyboard.press("End")
    at(page, 30)
    page.keyboard.press("Home")
    at(page, 1)
    page.keyboard.press("End")
    at(page, 30)


def test_space_plays_and_pauses_at_the_chosen_speed(open_page: Open):
    page = open_page(LESSON)
    page.get_by_label("Speed").select_option("4")
    expect(page.locator("#play")).to_have_attribute("hx-get", re.compile("speed=4"))
    page.evaluate(NOTE_STEPS)
    page.locator("#lab").focus()
    page.keyboard.press("Space")
    expect(page.locator("#play")).to_have_attribute("aria-label", "Pause")
    page.wait_for_function("() => window.steps.includes(4)")
    steps = page.evaluate("window.steps")
    assert steps == list(range(steps[0], steps[0] + len(steps))), "No step is passed over."
    page.keyboard.press("Space")
    expect(page.locator("#play")).to_have_attribute("aria-label", "Play")
    expect(page.locator("#tick")).to_have_count(0)
    expect(page.get_by_label("Speed")).to_have_value("4")


def test_playing_stops_by_itself_at_the_last_step_and_made_one_entry(open_page: Open):
    page = open_page(f"{LESSON}?step=26")
    page.get_by_label("Speed").select_option("4")
    expect(page.locator("#play")).to_have_attribute("hx-get", re.compile("speed=4"))
    entries = page.evaluate("history.length")
    page.locator("#play").click()
    at(page, 30)
    expect(page.locator("#tick")).to_have_count(0)
    expect(page.locator("#play")).to_have_attribute("aria-label", "Play")
    assert page.evaluate("history.length") == entries + 1
    page.go_back()
    at(page, 27)


def test_a_question_mark_lists_the_keys_and_escape_puts_the_list_away(open_page: Open):
    page = open_page(LESSON)
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keys")
    for words in ("Next step", "Step back", "Play", "First step", "Last step", "Next phase"):
        expect(dialog.locator("dd", has_text=words).first).to_be_visible()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    at(page, 1)
    page.get_by_role("button", name="Keys").click()
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()


def test_keys_belong_to_a_field_while_somebody_types_in_it(open_page: Open):
    page = open_page(f"{LESSON}?step=5&show-more=parameters")
    field = page.locator("#in-w1_1_1")
    field.focus()
    for key in ("ArrowRight", "ArrowLeft", "Home", "End", "PageDown", "n", "m"):
        page.keyboard.press(key)
    field.fill("0.15")
    page.keyboard.press("Tab")
    at(page, 6)
    expect(page).to_have_url(re.compile("step=5&show-more=parameters$"))


# Clicks the control that leads on until there is none, and tells what stood there at each step.
WALK = """async () => {
  const found = [];
  for (;;) {
    const text = name => document.querySelector(name).innerText;
    found.push({
      eyebrow: text('.explain .eyebrow'), headline: text('.explain h1'),
      sentence: text('.explain .so'), aloud: document.getElementById('aloud').textContent,
      ticks: [...document.querySelectorAll('.film [aria-current=step]')].map(e => e.ariaLabel),
      foreign: [...document.querySelectorAll('#graph *')].filter(
        e => e.namespaceURI !== 'http://www.w3.org/2000/svg').length,
      drawn: document.querySelectorAll('#nodes > *').length,
    });
    const next = document.querySelector('a[aria-label="Next step"]');
    if (!next) return found;
    const swapped = new Promise(done =>
      document.addEventListener('htmx:after:swap', () => setTimeout(done), { once: true }));
    next.click();
    await swapped;
  }
}"""


@pytest.mark.parametrize(("detail", "steps"), [("neurons", 30), ("operations", 64)])
def test_every_step_of_the_2_2_2_can_be_reached_and_says_what_it_is_about(
    open_page: Open, detail: str, steps: int
):
    page = open_page(f"{LESSON}?detail={detail}")
    found = page.evaluate(WALK)
    assert len(found) == steps
    for number, step in enumerate(found, 1):
        assert f"step {number} of {steps}" in step["eyebrow"].lower()
        assert step["headline"].strip()
        assert step["sentence"].strip()
        assert len(step["ticks"]) == 1
        assert step["ticks"][0].startswith(f"step {number}:")
        assert step["foreign"] == 0
        assert step["drawn"] == found[0]["drawn"]
    assert len({step["aloud"] for step in found}) == steps


@pytest.mark.parametrize("detail", ["neurons", "operations"])
def test_the_strip_leads_to_its_steps_and_opens_its_groups(open_page: Open, detail: str):
    page = open_page(f"{LESSON}?detail={detail}")
    reached = set()
    for phase in ("forward", "loss", "backward", "update"):
        ticks = page.locator(f".film .phase.{phase} li a")
        for i in range(0, ticks.count(), 3):
            tick = ticks.nth(i)
            number = int(re.search(r"step (\d+)", tick.get_attribute("aria-label"))[1])
            tick.click()
            at(page, number)
            reached.add(number)
    assert len(reached) >= 8


def test_the_detail_can_be_switched_at_any_step_and_stays_at_the_quantity(open_page: Open):
    page = open_page(f"{LESSON}?step=13")
    before = headline(page)
    page.get_by_role("link", name="Operations").click()
    expect(page.locator(".explain .eyebrow")).to_contain_text("of 64")
    assert headline(page) == before
    page.get_by_role("link", name="Neurons").click()
    at(page, 14)
    assert headline(page) == before
    page.goto(f"{LESSON}?detail=operations")  # a product, which is part of the first sum
    page.get_by_role("link", name="Neurons").click()
    at(page, 1)


def test_back_forward_and_reload_restore_exactly_what_was_seen(open_page: Open):
    page = open_page(f"{LESSON}?step=12")
    seen = []
    for name in ("Next step", "Operations", "Next step"):
        seen.append((page.url, page.locator("#lab").inner_text()))
        page.get_by_role("link", name=name).click()
        expect(page).not_to_have_url(seen[-1][0])
    last = (page.url, page.locator("#lab").inner_text())
    page.reload()
    assert (page.url, page.locator("#lab").inner_text()) == last
    for url, text in reversed(seen):
        page.go_back()
        expect(page).to_have_url(url)
        page.wait_for_function(
            "text => document.getElementById('lab').innerText === text", arg=text
        )
    for _ in seen:
        page.go_forward()
    expect(page).to_have_url(last[0])
    page.wait_for_function("text => document.getElementById('lab').innerText === text", arg=last[1])


def test_the_page_of_a_step_reads_as_one_sentence_and_keeps_a_title(open_page: Open):
    page = open_page(f"{LESSON}?step=14")
    aloud = page.locator("#aloud[aria-live=polite]")
    before = aloud.inner_text()
    assert before.startswith("How much does w 5 matter?")
    page.get_by_role("link", name="Next step").click()
    expect(aloud).not_to_have_text(before)
    expect(page).to_have_title(re.compile("The 2-2-2 by hand"))


def test_a_tick_that_was_sent_before_pause_shows_nothing_after_it(open_page: Open):
    page = open_page(f"{LESSON}?step=4")
    sent: list = []
    held = re.compile(r"step=6&.*playing=1|playing=1.*step=6")
    page.route(held, lambda route: sent.append(route))
    with page.expect_request(held):
        page.locator("#play").click()
    at(page, 6)
    page.evaluate(NOTE_STEPS)
    page.locator("#play").click()
    sent[0].continue_()
    expect(page.locator("#play.playing")).to_have_count(0)
    expect(page).to_have_url(re.compile("step=5$"))
    at(page, 6)
    assert set(page.evaluate("steps")) == {6}
