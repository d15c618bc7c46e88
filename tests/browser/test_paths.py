"""The path ledger, and pointing: where a number came from."""

import re
from collections.abc import Callable
from math import fsum

import pytest
from playwright.sync_api import Locator, Page, expect

Open = Callable[..., Page]
LESSON = "/lessons/network"
MORE = "show-more=parameters,example"  # the sections that are open
EXACT = "element => element.dataset.exact ?? element.title"


def exact(number: Locator) -> float:
    return float(number.evaluate(EXACT).replace("−", "-"))


def holds_together(page: Page, paths: int) -> None:
    """Assert that as many paths are listed, and that their products add up to the gradient."""
    ledger = page.get_by_role("region", name="Path ledger")
    expect(ledger).to_be_visible()
    expect(ledger.locator("tbody tr")).to_have_count(paths)
    products = [exact(row.locator(".num").last) for row in ledger.locator("tbody tr").all()]
    assert fsum(products) == pytest.approx(exact(ledger.locator("tfoot .num")), rel=1e-9)


def test_a_weight_opens_its_ledger_and_escape_closes_it(open_page: Open):
    page = open_page(f"{LESSON}?step=28&{MORE}")
    url = page.url
    page.get_by_role("link", name="Open the path ledger of w 1", exact=True).click()
    holds_together(page, 2)
    total = page.get_by_role("region", name="Path ledger").locator("tfoot .num")
    assert exact(total) == pytest.approx(0.000438567734, abs=6e-13)
    page.keyboard.press("Escape")
    expect(page.get_by_role("region", name="Path ledger")).to_have_count(0)
    expect(page).to_have_url(url)


def test_a_node_of_the_picture_opens_its_ledger_by_click_and_by_keyboard(open_page: Open):
    page = open_page(f"{LESSON}?step=28&{MORE}")
    page.locator("#n-a1_2").click()
    holds_together(page, 2)
    page.get_by_role("link", name="Close the ledger").click()
    expect(page.get_by_role("region", name="Path ledger")).to_have_count(0)
    page.locator("#n-z2_1").focus()
    page.keyboard.press("Enter")
    holds_together(page, 1)
    page.go_back()
    expect(page.get_by_role("region", name="Path ledger")).to_have_count(0)


def test_a_wire_opens_the_ledger_of_its_weight(open_page: Open):
    page = open_page(f"{LESSON}?step=28&{MORE}")
    point = page.evaluate("""() => {
      const hit = document.querySelector('#hit-a1_1-z2_1 > path');
      const length = hit.getTotalLength();
      for (let part = 0.05; part < 1; part += 0.05) {
        const at = hit.getPointAtLength(length * part).matrixTransform(hit.getScreenCTM());
        if (document.elementFromPoint(at.x, at.y) === hit) return [at.x, at.y];
      }
    }""")
    assert point, "no part of the wire lies open"
    page.mouse.click(*point)
    expect(page).to_have_url(re.compile("focus=w2_1_1"))
    holds_together(page, 1)


def test_where_there_are_many_paths_the_largest_twenty_and_the_rest_add_up(open_page: Open):
    page = open_page(f"{LESSON}?sizes=1,4,4,4,2&activations=tanh,tanh,tanh,tanh&focus=x1&{MORE}")
    ledger = page.get_by_role("region", name="Path ledger")
    expect(ledger).to_contain_text("no gradient is asked of it")
    page.locator(".params a.ps").first.click()
    expect(page.locator("#ledger-later")).to_contain_text("opens when its gradient is known")
    page.locator("#ledger-later").get_by_role("link", name=re.compile("^step")).click()
    expect(ledger).to_contain_text("paths together")
    holds_together(page, 21)


def test_the_ledger_follows_an_edit_while_it_is_open(open_page: Open):
    page = open_page(f"{LESSON}?step=28&focus=w1_1_1&{MORE}")
    total = page.get_by_role("region", name="Path ledger").locator("tfoot .num")
    before = total.inner_text()
    page.locator("#in-x1").fill("0.9")
    expect(total).not_to_have_text(before)
    holds_together(page, 2)


@pytest.mark.parametrize("step", [12, 14, 20])
def test_a_factor_and_what_it_comes_from_light_up_together(open_page: Open, step: int):
    page = open_page(f"{LESSON}?step={step}&{MORE}")
    factors = page.locator(".explain .formula [data-f]").evaluate_all(
        "all => [...new Set(all.map(factor => factor.dataset.f))]"
    )
    assert factors
    for name in factors:
        drawn = page.locator(f'#graph [data-f="{name}"]')
        assert drawn.count(), f"{name} is not in the picture"
        page.locator(f'.explain .formula [data-f="{name}"]').last.hover()
        expect(drawn.first).to_have_class(re.compile(r"\bhl\b"))
        page.locator(".explain h1").hover()
        expect(page.locator(".hl")).to_have_count(0)
        if name.startswith("n-"):
            page.locator(f"#{name}").hover()
            expect(page.locator(f'.formula [data-f="{name}"]').first).to_have_class(
                re.compile(r"\bhl\b")
            )
            page.locator(".explain h1").hover()
    lines = page.locator(".why [data-f]")
    if lines.count():
        lines.first.focus()
        expect(page.locator("#graph .hl").first).to_be_attached()


def test_a_shown_number_opens_all_its_digits(open_page: Open):
    page = open_page(f"{LESSON}?step=14&{MORE}")
    page.locator(".result output .num").hover()
    expect(page.locator("#exact")).to_be_visible()
    expect(page.locator("#exact")).to_contain_text("0.08216704056423078")
