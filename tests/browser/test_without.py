"""Without JavaScript, without motion, on paper, and without a connection."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

Open = Callable[..., Page]
LESSON = "/lessons/network"
RUNNING = """() => document.getAnimations().filter(a => a.playState === 'running').map(
  a => a.animationName || a.transitionProperty)"""


def test_without_javascript_steps_presets_rounds_and_theme_still_work(
    new_context: Callable[..., BrowserContext],
):
    page = new_context(java_script_enabled=False).new_page()
    page.goto("/")
    page.get_by_role("link", name="One round of a network").click()
    page.get_by_role("link", name="Next step").click()
    eyebrow = page.locator(".explain .eyebrow")
    expect(eyebrow).to_contain_text("step 2 of 30")
    page.locator(".film .phase.backward li a").nth(5).click()
    expect(eyebrow).to_contain_text("step 15 of 30")
    page.locator("#n-w2_1_1").click()
    expect(page.get_by_role("region", name="Path ledger")).to_be_visible()
    page.get_by_role("link", name="Operations").click()
    expect(eyebrow).to_contain_text("of 64")
    page.get_by_role("button", name="Next round").click()
    expect(page.locator("#more-loss > summary")).to_contain_text("0.291028 in round 1")
    page.locator("#more-loss > summary").click()
    page.locator(".losses summary").click()
    page.locator(".losses table a").last.click()
    expect(page.locator("#more-loss > summary")).to_contain_text("in round 0")
    page.locator("#presets summary").click()
    page.locator("#presets").get_by_role("link", name=re.compile("^XOR Either")).click()
    expect(page).to_have_url(re.compile("preset=xor$"))
    page.locator("#theme").click()
    expect(page.locator(":root[data-theme=dark]")).to_have_count(1)
    expect(page).to_have_url(re.compile("preset=xor$"))
    page.locator("#theme").click()
    expect(page.locator(":root[data-theme=light]")).to_have_count(1)


def test_on_paper_there_are_the_picture_and_the_words_and_no_controls(open_page: Open):
    page = open_page(f"{LESSON}?step=14")
    page.emulate_media(media="print")
    for shown in ("#graph", ".explain h1", ".explain .formula"):
        expect(page.locator(shown).first).to_be_visible()
    for hidden in (".transport", "#more-network", ".slide", "#theme", ".top .tools", ".next"):
        expect(page.locator(hidden).first).to_be_hidden()
    assert page.evaluate(RUNNING) == []


def test_the_active_flow_moves_along_its_edge_and_rests_where_motion_is_reduced(open_page: Open):
    page = open_page(f"{LESSON}?step=14")
    page.emulate_media(reduced_motion="no-preference")
    assert page.evaluate(RUNNING)
    page.emulate_media(reduced_motion="reduce")
    page.get_by_role("link", name="Next step").click()
    expect(page.locator(".explain .eyebrow")).to_contain_text("step 16 of ")
    assert page.evaluate(RUNNING) == []


@pytest.mark.expects_status("ERR_FAILED")
def test_without_a_connection_the_picture_stays_and_it_can_be_tried_again(open_page: Open):
    page = open_page(f"{LESSON}?step=3")
    drawn = page.locator("#graph").inner_html()
    page.route("**/lessons/**", lambda route: route.abort())
    page.get_by_role("link", name="Next step").click()
    bar = page.locator("#offline")
    expect(bar).to_be_visible()
    expect(bar).to_contain_text("cannot be reached")
    assert page.locator("#graph").inner_html() == drawn
    expect(page).to_have_url(re.compile("step=3$"))
    page.unroute("**/lessons/**")
    bar.get_by_role("button", name="Try again").click()
    expect(page.locator(".explain .eyebrow")).to_contain_text("step 5 of ")
    expect(bar).to_be_hidden()
    expect(page).to_have_url(re.compile("step=4$"))


@pytest.mark.expects_status("ERR_FAILED")
def test_playing_stops_where_the_server_is_lost_and_an_edit_is_sent_again(open_page: Open):
    page = open_page(f"{LESSON}?step=3&show-more=parameters")
    page.get_by_label("Speed").select_option("4")
    expect(page.locator("#play")).to_have_attribute("hx-get", re.compile("speed=4"))
    page.locator("#play").click()
    expect(page.locator("#tick")).to_have_count(1)
    page.route("**/lessons/**", lambda route: route.abort())
    expect(page.locator("#offline")).to_be_visible()
    expect(page.locator("#tick")).to_have_count(0)
    expect(page.locator("#play")).to_have_attribute("aria-label", "Play")
    with page.expect_event("requestfailed"):  # else the edit may arrive, and the bar be gone
        page.locator("#in-w1_1_1").fill("0.7")
    page.unroute("**/lessons/**")
    page.locator("#offline").get_by_role("button", name="Try again").click()
    expect(page).to_have_url(re.compile("w1_1_1=0.7"))
    expect(page.locator("#in-w1_1_1")).to_have_value("0.7")
