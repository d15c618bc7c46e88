"""What a person does in Why backwards?: steps, answers, turns a direction, goes to and fro."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

Open = Callable[..., Page]
WHY = "/lessons/why-backwards"


def test_the_way_through_by_clicks_and_keys(open_page: Open, well_formed):
    page = open_page(WHY)
    done = page.locator(".modes-half.forward .modes-count b").first
    expect(done).to_have_text("1")
    page.keyboard.press("ArrowRight")
    expect(done).to_have_text("2")
    page.locator("#forward-tx td a").nth(3).click()
    expect(done).to_have_text("4")
    expect(page.locator(".modes-half.backward .modes-table td.ahead")).to_have_count(0)
    well_formed(page)
    page.get_by_role("link", name="line by line").click()
    expect(page).to_have_url(re.compile("line-by-line=1"))
    page.keyboard.press("Home")
    expect(page.locator("#forward-ta .unmade")).to_have_count(1)
    page.keyboard.press("ArrowRight")
    expect(page.locator("#forward-ta")).to_have_class(re.compile("now"))
    expect(page.locator("#reverse-da")).to_have_class(re.compile("now"))
    well_formed(page)
    page.go_back()
    expect(page.locator("#forward-ta .unmade")).to_have_count(1)


def test_how_many_passes_is_asked_and_the_strip_comes_with_the_answer(open_page: Open):
    page = open_page(WHY)
    page.keyboard.press("a")
    expect(page.locator(".film")).to_have_count(0)
    field = page.locator("#in-said-last")
    field.fill("2")
    field.press("Enter")
    expect(page.locator(".reply")).to_contain_text("Rows and columns are exchanged")
    field.fill("6")
    field.press("Enter")
    expect(page.locator(".rung h2").last).to_have_text(re.compile("in reverse"))
    field.fill("2")
    field.press("Enter")
    expect(page.locator(".modes-answer")).to_have_text(re.compile("6 passes forward"))
    expect(page.locator(".film")).to_have_count(1)


@pytest.mark.expects_status(422)
def test_a_direction_is_typed_and_the_curvature_follows_it(open_page: Open, well_formed):
    page = open_page(f"{WHY}?preset=quadratic")
    page.keyboard.press("End")
    expect(page.locator(".modes-answer")).to_have_text(re.compile(r"slope\s+10\s+curvature\s+6"))
    page.locator("#in-input-direction").fill("0 1")
    page.get_by_role("button", name="Set").click()
    expect(page.locator(".modes-answer")).to_have_text(re.compile(r"slope\s+6\s+curvature\s+2"))
    page.locator("#in-input-direction").fill("0 1 2")
    page.get_by_role("button", name="Set").click()
    expect(page.locator("#error-input-direction")).to_contain_text("3 numbers do not fit")
    well_formed(page)


def test_the_same_function_leads_to_the_playground_and_back(open_page: Open):
    page = open_page("/playground?x=3")
    page.get_by_role("link", name="Forward and reverse").click()
    expect(page).to_have_url(re.compile("why-backwards"))
    expect(page.locator(".modes-half.forward .modes-line")).to_have_count(5)
    page.get_by_role("link", name="Playground", exact=True).click()
    expect(page).to_have_url(re.compile(r"/playground\?x=3$"))


def test_a_phone_shows_one_half_at_a_time(open_page: Open):
    page = open_page(f"{WHY}?step=1", 390)
    expect(page.locator(".modes-half.forward")).to_be_visible()
    expect(page.locator(".modes-half.backward")).to_be_hidden()
    page.locator(".modes-panes a", has_text="Reverse").click()
    expect(page.locator(".modes-half.backward")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (390, "dark")])
def test_axe_finds_nothing_in_both_views(open_page: Open, accessible, width: int, theme: str):
    states = ("step=1", "ask=1&step=1", "preset=quadratic&step=5", "show-editor=1")
    for state in states if width > 400 else states[:3]:
        page = open_page(f"{WHY}?{state}", width, theme=theme)
        accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
