"""What a person does in the playground: types, steps, drags, and takes along."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

Open = Callable[..., Page]
PLAYGROUND = "/playground"


def at(page: Page, step: int) -> None:
    expect(page.locator(".explain .eyebrow")).to_contain_text(f"step {step} of ")


def proof(page: Page, row: int = 0) -> list[str]:
    """Return a row of the proof: closed form's value, backward pass, nudging."""
    return page.locator(".proof tbody tr").nth(row).locator(".num").all_inner_texts()


def test_typing_changes_the_graph_and_the_address(open_page: Open, well_formed):
    page = open_page(f"{PLAYGROUND}?show-more=proof")
    expect(page.locator("#nodes .operation")).to_have_count(2)
    field = page.locator("#in-expression")
    field.fill("sin(x) * y + z^2")
    expect(page).to_have_url(re.compile(r"expression=sin"))
    expect(page.locator("#nodes .operation")).to_have_count(4)
    expect(page.locator(".proof tbody tr")).to_have_count(3)
    expect(page.locator("#in-y")).to_have_value("5")
    expect(field).to_be_focused()
    expect(page.locator("#presets summary")).to_have_text("A function of your own")
    well_formed(page)
    page.reload()
    expect(page.locator("#in-expression")).to_have_value("sin(x) * y + z^2")


PASTE = """field => {
  const data = new DataTransfer();
  data.setData('text', 'h = tanh(x)\\nL = h*h + y');
  field.select();
  field.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true}));
}"""


def test_lines_that_are_pasted_are_one_node_each_however_often_used(open_page: Open):
    page = open_page(f"{PLAYGROUND}?show-more=proof")
    page.locator("#in-expression").evaluate(PASTE)
    expect(page.locator("#in-expression")).to_have_value("h = tanh(x); L = h*h + y")
    expect(page).to_have_url(re.compile(r"expression=h"))
    expect(page.locator("#nodes .operation")).to_have_count(3)
    expect(page.locator(".proof tbody tr")).to_have_count(2)
    closed, backward, nudged = (float(number.replace("−", "-")) for number in proof(page))
    assert closed == pytest.approx(backward)
    assert nudged == pytest.approx(backward, rel=1e-4)
    page.reload()
    expect(page.locator("#in-expression")).to_have_value("h = tanh(x); L = h*h + y")


@pytest.mark.expects_status(422)
def test_a_text_that_cannot_be_read_says_so_and_the_board_stays(open_page: Open):
    page = open_page(PLAYGROUND)
    top = page.locator(".stepper").bounding_box()["y"]
    page.locator("#in-expression").fill("(x + ")
    expect(page.locator("#error-expression")).to_contain_text("ends where something should follow")
    expect(page.locator("#in-expression")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#nodes .operation")).to_have_count(2)
    assert page.locator(".stepper").bounding_box()["y"] == top, "Nothing moves."
    expect(page).to_have_url(re.compile(f"{PLAYGROUND}$"))
    page.locator("#in-expression").fill("(x + 1)")
    expect(page.locator("#error-expression")).to_be_empty()
    expect(page.locator("#nodes .operation")).to_have_count(1)


def test_a_slider_moves_all_three_numbers_and_they_agree(open_page: Open):
    page = open_page(f"{PLAYGROUND}?expression=x^2*y&x=1&y=1&show-more=proof")
    assert proof(page) == ["2.00000"] * 3
    slider = page.locator("#slide-x")
    box = slider.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    for way in range(0, 60, 6):
        page.mouse.move(box["x"] + box["width"] / 2 + way, box["y"] + box["height"] / 2)
    expect(page.locator("#in-x")).not_to_have_value("1")
    page.mouse.up()
    expect(page).to_have_url(re.compile(r"x=[\d.]+"))
    expect(page.locator("#in-x")).to_have_value(slider.input_value())
    numbers = [*proof(page), *proof(page, 1)]
    x = float(slider.input_value())
    wanted = [2 * x] * 3 + [x * x] * 3
    assert [float(text) for text in numbers] == pytest.approx(wanted, abs=1e-4)
    expect(page.locator(".apart.off")).to_have_count(0)


def test_a_pressed_slider_keeps_its_ends_until_it_is_let_go(open_page: Open):
    page = open_page(f"{PLAYGROUND}?x=100&show-more=proof")
    slider = page.locator("#slide-x")
    expect(slider).to_have_attribute("max", "128")
    box = slider.bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * 0.88, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, middle, steps=4)
    expect(page).to_have_url(re.compile(r"x=-?\d(\.\d+)?$"))
    expect(slider).to_have_attribute("max", "128")
    page.mouse.up()
    expect(slider).to_have_attribute("max", "4")
    assert abs(float(slider.input_value())) < 4


def test_tree_and_shared_give_the_same_gradient(open_page: Open):
    page = open_page(f"{PLAYGROUND}?preset=tanh-by-exp&step=30")
    before = [proof(page, row)[1:] for row in range(5)]
    expect(page.locator("#nodes .operation")).to_have_count(9)
    page.get_by_role("link", name="Tree: 15 results").click()
    expect(page.locator("#nodes .operation")).to_have_count(15)
    assert [proof(page, row)[1:] for row in range(5)] == before


def test_the_keys_step_and_a_click_on_a_node_opens_its_ledger(open_page: Open):
    page = open_page(f"{PLAYGROUND}?preset=colah")
    page.keyboard.press("ArrowRight")
    at(page, 2)
    page.locator("#lab").focus()
    page.keyboard.press("End")
    at(page, 9)
    page.locator("a.node", has=page.locator("title", has_text="b =")).first.click()
    ledger = page.get_by_role("region", name="Path ledger")
    expect(ledger.locator("tbody tr")).to_have_count(2)
    expect(ledger.locator("tfoot .num")).to_have_text("5")
    page.keyboard.press("Escape")
    expect(ledger).to_have_count(0)


def test_it_plays_to_the_end_and_stops(open_page: Open):
    page = open_page(f"{PLAYGROUND}?step=5")
    page.get_by_label("Speed").select_option("4")
    expect(page.locator("#play")).to_have_attribute("hx-get", re.compile("speed=4"))
    page.locator("#play").click()
    at(page, 8)
    expect(page.locator("#tick")).to_have_count(0)


def test_a_preset_opens_from_the_menu_and_reset_brings_it_back(open_page: Open):
    page = open_page(f"{PLAYGROUND}?show-more=proof")
    page.locator("#presets summary").click()
    page.get_by_role("link", name="Three inputs, by hand").click()
    expect(page.locator(".printed .value")).to_contain_text("33")
    page.locator("#in-a").fill("6")
    expect(page.locator(".printed .value")).to_contain_text("36")
    page.get_by_role("link", name="Reset").click()
    expect(page.locator(".printed .value")).to_contain_text("33")


def test_the_panel_holds_code_to_copy_and_to_download(open_page: Open):
    page = open_page(f"{PLAYGROUND}?preset=colah&show-more=export")
    page.get_by_role("link", name="NumPy").click()
    expect(page.locator("#exported")).to_contain_text("import numpy as np")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy", exact=True).click()
    expect(page.locator("#notice")).to_have_text("Copied.")
    text = page.evaluate("navigator.clipboard.readText()")
    assert text == page.locator("#exported").text_content()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    assert download.value.suggested_filename == "function.py"
    with page.expect_download() as download:
        page.get_by_role("link", name="The picture, as SVG").click()
    assert download.value.suggested_filename == "playground-step-1.svg"
    page.get_by_role("link", name="Close the panel").click()
    expect(page.locator("#exported")).to_have_count(0)


def test_where_the_clipboard_is_denied_the_text_is_selected(open_page: Open):
    page = open_page(f"{PLAYGROUND}?export=pytorch")
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error()); }")
    page.get_by_role("button", name="Copy", exact=True).click()
    expect(page.locator("#notice")).to_contain_text("It is selected")
    assert page.evaluate("getSelection().toString()").strip().startswith("#")


@pytest.mark.parametrize(
    ("query", "width", "height", "theme", "mode"),
    [
        ("?preset=tanh-by-exp&step=16&focus=b&export=latex", 1440, 900, "light", None),
        ("?preset=micrograd&step=30", 390, 844, "dark", None),
        ("?preset=sigmoid-neuron&step=16", 1920, 1080, "light", "projector"),
    ],
)
def test_everyone_can_use_it_and_nothing_is_cut_off(
    open_page: Open, accessible, query, width, height, theme, mode
):
    page = open_page(f"{PLAYGROUND}{query}", width, height, theme, mode)
    accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_without_javascript_the_form_takes_another_function(new_context, base_url):
    page = new_context(java_script_enabled=False).new_page()
    page.goto(f"{base_url}{PLAYGROUND}?step=2")
    page.locator("#in-expression").fill("a * b")
    page.get_by_role("button", name="Show").click()
    expect(page.locator(".printed .value")).to_contain_text("6")
    page.locator("#in-a").fill("7")
    page.locator("#in-a").press("Enter")
    expect(page.locator(".printed .value")).to_contain_text("21")
    at(page, 3)
