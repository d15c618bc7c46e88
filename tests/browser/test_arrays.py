"""What a person does on the page of arrays: steps, types, opens an entry, drags a number."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

Open = Callable[..., Page]
ARRAYS = "/arrays"


def test_a_program_is_typed_and_its_maps_follow_while_what_does_not_fit_says_so_under_its_line(
    open_page: Open, well_formed
):
    page = open_page(ARRAYS)
    page.get_by_role("link", name="Edit", exact=True).click()
    field = page.locator("#in-typed-program")
    text = field.input_value()
    field.fill(text.replace("W.T", "W"))
    expect(page.locator("#editor-problem")).to_contain_text("4×3 @ 2×3 does not fit")
    expect(page.locator(".beside li").nth(5)).to_contain_text("waits for line 5")
    expect(page.locator("h1")).to_have_text("Why does line 5 not run?")
    expect(field).to_be_focused()
    field.fill(text.replace("tanh", "exp"))
    expect(page.locator("#editor-problem")).to_be_empty()
    page.get_by_role("link", name="Done").click()
    expect(page.locator(".ln").nth(5)).to_contain_text("exp(")
    expect(page).to_have_url(re.compile(r"program="))
    well_formed(page)
    page.go_back()
    expect(page.locator("#in-typed-program")).to_have_value(re.compile(r"exp\(Z\)"))


def test_an_entry_opens_to_its_sum_and_a_term_lights_its_cells(open_page: Open, well_formed):
    page = open_page(f"{ARRAYS}?step=9")
    page.locator("[data-cell='dW[1,2]'] a").click()
    rows = page.locator(".terms tbody tr")
    expect(rows).to_have_count(4)
    expect(page.locator(".grid .sel")).to_have_count(1)
    rows.nth(2).hover()
    expect(page.locator(".grid .hot")).to_have_count(2)
    expect(page.locator("[data-cell='A[2,2]']")).to_have_class(re.compile("hot"))
    page.keyboard.press("Escape")
    expect(rows).to_have_count(0)
    well_formed(page)


def test_a_number_of_a_leaf_is_dragged_and_every_map_follows(open_page: Open):
    page = open_page(f"{ARRAYS}?step=9&entry=W%5B1,2%5D")
    result = page.locator(".ln").last.locator(".v b")
    before = result.inner_text()
    slider = page.locator("[type=range][name=entry-value]")
    box = slider.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.67, box["y"] + box["height"] / 2)
    page.mouse.down()
    for way in range(10, 100, 10):
        page.mouse.move(box["x"] + box["width"] * (0.67 + way / 400), box["y"] + 4)
    page.mouse.up()
    expect(result).not_to_have_text(before)
    expect(page).to_have_url(re.compile(r"leaf-values=W%5B1,2%5D"))
    page.get_by_role("link", name="As the text says").click()
    expect(result).to_have_text(before)


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (390, "dark")])
def test_axe_finds_nothing_on_the_page_of_arrays(
    open_page: Open, accessible, width: int, theme: str
):
    states = ("step=9&entry=dW%5B1,2%5D", "step=8&show-editor=1", "step=9&entry=W%5B1,2%5D")
    for state in states if width > 400 else (*states[:1], "show-pane=program"):
        page = open_page(f"{ARRAYS}?{state}", width, theme=theme)
        accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.expects_status(422)
def test_pasted_numbers_become_a_leaf_and_stay_at_their_address(open_page: Open, well_formed):
    page = open_page(f"{ARRAYS}?show-editor=1")
    page.locator("#bring-numbers summary").click()
    page.locator("#in-leaf-name").fill("A")
    page.locator("#in-table").fill("a;b;c\n0,5;1;2\n-1;;3,25\n4;5;6\n7;8;9\n")
    take = page.get_by_role("button", name="Take them")
    take.click()
    expect(page.locator("#error-table")).to_contain_text("no value in row 3, column 2")
    page.locator("#in-table").fill("a;b;c\n0,5;1;2\n-1;0;3,25\n4;5;6\n7;8;9\n")
    take.click()
    expect(page).to_have_url(re.compile("from="))
    expect(page.locator("#in-typed-program")).to_have_value(re.compile("A : 4 x 3 = stored\n"))
    page.get_by_role("link", name="Done").click()
    page.locator("a.rb.d").first.click()
    expect(page.locator(".entry [data-cell='A[1,2]']")).to_have_text("3.250")
    page.reload()
    expect(page.locator(".entry [data-cell='A[1,2]']")).to_have_text("3.250")
    well_formed(page)


@pytest.mark.expects_status(422)
def test_the_weights_of_an_output_are_typed_and_one_entry_is_chosen(open_page: Open, well_formed):
    page = open_page(f"{ARRAYS}?preset=softmax-jacobian&step=3")
    page.get_by_role("link", name="p[2]", exact=True).click()
    expect(page.locator(".ln").last).to_contain_text("[2]")
    page.get_by_role("link", name="a weight you type").click()
    field = page.get_by_label("weight of p[1]")
    field.fill("-2")
    expect(page).to_have_url(re.compile(r"weight-1=-2"))
    expect(page.locator(".grid.backward [data-cell='dp[1]']").first).to_have_text("−2")
    expect(field).to_be_focused()
    field.fill("x")
    expect(page.locator("#error-weight-1")).to_contain_text("is not a number")
    well_formed(page)


def test_a_line_that_is_meant_is_taken_with_one_click(open_page: Open, well_formed):
    page = open_page(f"{ARRAYS}?show-editor=1")
    field = page.locator("#in-typed-program")
    text = field.input_value()
    field.fill(text.replace("W.T", "W"))
    meant = page.get_by_role("link", name="Make it Z = A @ W.T + b")
    expect(meant).to_have_count(2)
    meant.last.click()
    expect(field).to_have_value(text)
    expect(page.locator("#editor-problem")).to_be_empty()
    well_formed(page)
