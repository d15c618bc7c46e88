"""Any number, any time: typing, dragging, refusals, and the way back."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

Open = Callable[..., Page]
LESSON = "/lessons/network"
MORE = "show-more=parameters,example,optimizer"  # the sections that are open
WHOLE, UPDATE = 28, 29  # the steps of the 2-2-2 with the whole gradient, and the update
EXACT = "element => element.dataset.exact ?? element.title"
GRADIENTS = {  # WORKED_EXAMPLES.md, 5.1
    "w1_1_1": 0.000438567734,
    "w1_1_2": 0.000877135469,
    "w1_2_1": 0.000497712735,
    "w1_2_2": 0.000995425471,
    "w2_1_1": 0.082167040564,
    "w2_1_2": 0.082667627848,
    "w2_2_1": -0.022602540477,
    "w2_2_2": -0.022740242216,
    "b1_1": 0.018725609395,
    "b2_1": 0.100400325112,
}


def at(page: Page, step: int) -> None:
    expect(page.locator(".explain .eyebrow")).to_contain_text(f"step {step} of ")


def exact(number: Locator) -> float:
    return float(number.evaluate(EXACT).replace("−", "-").replace("\N{NO-BREAK SPACE}", ""))


def gradient_of(page: Page, name: str) -> Locator:
    return page.locator(f'.entries tr[data-f="n-{name}"] td:nth-of-type(2) .num')


def picture(page: Page) -> list[str]:
    """Return what is drawn, but for what is merely pointed at."""
    return page.evaluate("""() => [...document.querySelectorAll('#graph *')].map(element => [
      element.id, [...element.classList].filter(name => name !== 'hl').join(' '),
      element.getAttribute('d') ?? '', element.childElementCount ? '' : element.textContent,
    ].join('|'))""")


def test_the_gradient_of_the_2_2_2_is_the_one_of_the_worked_example(open_page: Open):
    page = open_page(f"{LESSON}?step={WHOLE}&{MORE}")
    for name, gradient in GRADIENTS.items():
        assert exact(gradient_of(page, name)) == pytest.approx(gradient, abs=6e-13)
    expect(page.locator(".explain")).to_contain_text("ackpropagation ends here")
    length = sum(gradient**2 for gradient in GRADIENTS.values()) ** 0.5
    shown = [exact(number) for number in page.locator(".explain .num").all()]
    assert any(number == pytest.approx(length, rel=1e-9) for number in shown)


def test_the_update_of_the_2_2_2_ends_at_the_right_loss_and_names_the_published_slip(
    open_page: Open,
):
    page = open_page(f"{LESSON}?step={UPDATE}&{MORE}")
    after = page.locator(".result output .num").last
    assert exact(after) == pytest.approx(0.291027773694, abs=6e-13)
    page.locator("#slip summary").click()
    slip = page.locator("#slip")
    expect(slip).to_contain_text("0.291027924")
    expect(slip).to_contain_text("0.291027774")
    moved = page.locator('.entries tr[data-f="n-w2_1_1"] td:nth-of-type(4) .num')
    assert exact(moved) == pytest.approx(0.358916479718, abs=6e-13)
    frozen = page.locator('.entries tr[data-f="n-b1_1"]')
    expect(frozen).to_contain_text("frozen")


def test_a_typed_weight_moves_every_number_and_keeps_step_focus_and_caret(open_page: Open):
    page = open_page(f"{LESSON}?step={WHOLE}&{MORE}")
    before = {name: exact(gradient_of(page, name)) for name in GRADIENTS}
    drawn = set(picture(page))
    field = page.locator("#in-w1_1_1")
    field.focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.type("9")  # 0.15 → 0.915
    expect(page).to_have_url(re.compile("w1_1_1=0.915"))
    at(page, WHOLE + 1)
    expect(field).to_be_focused()
    expect(field).to_have_value("0.915")
    assert field.evaluate("field => field.selectionStart") == 3
    assert len(set(picture(page)) - drawn) > 20
    for name in GRADIENTS:
        assert exact(gradient_of(page, name)) != before[name]
    numeric = page.locator('.entries tr[data-f="n-w1_1_1"] td:nth-of-type(3) .num')
    assert exact(numeric) == pytest.approx(exact(gradient_of(page, "w1_1_1")), rel=1e-6)


def test_the_check_beside_a_step_follows_a_typed_input_and_a_typed_target(open_page: Open):
    page = open_page(f"{LESSON}?step=14&{MORE}")
    check = page.locator(".explain .check")
    for name, value in (("x1", "0.8"), ("y1", "0.9"), ("w2_1_1", "-1.5")):
        told = page.locator(".explain").inner_text()
        page.locator(f"#in-{name}").fill(value)
        expect(page).to_have_url(re.compile(f"{name}={value}"))
        expect(page.locator(".explain")).not_to_have_text(told, use_inner_text=True)
        expect(check).to_be_visible()
        expect(check).not_to_have_class(re.compile("off"))
        at(page, 15)


@pytest.mark.expects_status(422)
@pytest.mark.parametrize(
    "entry",
    ["", "9**9**9", "NaN", "1e999", "<b>x</b> " * 50, "1;2", "0x10"],
    ids=["empty", "a power", "NaN", "infinite", "junk", "two", "hexadecimal"],
)
def test_a_bad_entry_keeps_the_picture_and_is_named_beside_its_field_until_escape(
    open_page: Open, well_formed: Callable[[Page], None], entry: str
):
    page = open_page(f"{LESSON}?step=20&{MORE}")
    drawn, url = picture(page), page.url
    field, error = page.locator("#in-w2_1_2"), page.locator("#error-w2_1_2")
    field.fill(entry)
    expect(error).to_be_visible()
    expect(error).not_to_be_empty()
    expect(field).to_have_attribute("aria-invalid", "true")
    assert (picture(page), page.url) == (drawn, url)
    well_formed(page)
    page.keyboard.press("Escape")
    expect(field).to_have_value("0.45")
    expect(error).to_be_empty()
    expect(field).not_to_have_attribute("aria-invalid", "true")
    assert (picture(page), page.url) == (drawn, url)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("0,75", "0.75"), ("\N{MINUS SIGN}2,5", "-2.5"), (" 1e-3 ", "0.001"), ("+4", "4")],
)
def test_numbers_may_be_typed_as_people_write_them(open_page: Open, typed: str, meant: str):
    page = open_page(f"{LESSON}?step=8&{MORE}")
    page.locator("#in-w1_2_1").fill(typed)
    expect(page).to_have_url(re.compile(rf"w1_2_1={re.escape(meant)}(&|$)"))
    expect(page.locator("#error-w1_2_1")).to_be_empty()


@pytest.mark.expects_status(422)
def test_an_edit_elsewhere_counts_and_a_refused_one_goes_back_to_what_is_shown(
    open_page: Open,
):
    page = open_page(f"{LESSON}?step=8&{MORE}")
    page.locator("#in-w1_1_1").fill("oops")
    expect(page.locator("#error-w1_1_1")).to_be_visible()
    page.locator("#in-w1_2_1").fill("0.7")
    expect(page).to_have_url(re.compile("w1_2_1=0.7"))
    expect(page.locator("#in-w1_1_1")).to_have_value("0.15")
    expect(page.locator("#error-w1_1_1")).to_be_empty()
    expect(page.locator("#in-w1_1_1")).not_to_have_attribute("aria-invalid", "true")


def test_two_quick_edits_in_two_fields_are_both_kept(open_page: Open):
    page = open_page(f"{LESSON}?step=8&{MORE}")
    page.locator("#in-w1_1_1").fill("0.6")
    page.locator("#in-w1_2_1").fill("0.7")
    page.locator("#in-x1").fill("0.8")
    expect(page).to_have_url(re.compile(r"(?=.*w1_1_1=0.6)(?=.*w1_2_1=0.7)(?=.*x1=0.8)"))


def drag(page: Page, slider: Locator, to: float, moves: int = 12) -> None:
    """Press the thumb of a slider, and move it to a fraction of the width; do not let go."""
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    y = box["y"] + box["height"] / 2
    start = slider.evaluate("s => (s.value - s.min) / (s.max - s.min)")
    page.mouse.move(box["x"] + 8 + start * (box["width"] - 16), y)
    page.mouse.down()
    page.mouse.move(box["x"] + to * box["width"], y, steps=moves)


@pytest.mark.parametrize("playing", [False, True], ids=["paused", "playing"])
def test_a_dragged_slider_is_followed_live_and_ends_on_its_last_value_as_one_entry(
    open_page: Open, playing: bool
):
    page = open_page(f"{LESSON}?step=14&focus=w2_1_1&{MORE}")
    if playing:
        page.locator("#play").click()
        expect(page.locator("#tick")).to_have_count(1)
    else:
        page.keyboard.press("Escape")  # closes the ledger; the slider is then the step's
        expect(page).not_to_have_url(re.compile("focus"))
    url, entries = page.url, page.evaluate("history.length")
    weight = page.locator("#n-w2_1_1 .val")
    before = weight.text_content()
    slider = page.locator("#slider")
    drag(page, slider, 0.8)
    expect(weight).not_to_have_text(before)
    drag_value = slider.input_value()
    page.mouse.up()
    expect(page).to_have_url(re.compile(f"w2_1_1={re.escape(drag_value)}"))
    assert float(slider.input_value()) == float(drag_value)
    if playing:
        page.keyboard.press("Space")
        expect(page.locator("#tick")).to_have_count(0)
        expect(page).to_have_url(re.compile("w2_1_1="))
    else:
        assert page.evaluate("history.length") == entries + 1
        page.go_back()
        expect(page).to_have_url(url)
        expect(weight).to_have_text(before)


def test_back_undoes_a_typed_weight_as_a_whole(open_page: Open):
    page = open_page(f"{LESSON}?step=14&{MORE}")
    field, entries = page.locator("#in-w1_1_1"), page.evaluate("history.length")
    field.focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("0.5", delay=260)  # slower than the field waits: three answers
    expect(page).to_have_url(re.compile("w1_1_1=0.5"))
    assert page.evaluate("history.length") == entries + 1
    page.go_back()
    expect(page).to_have_url(re.compile(f"step=14&{MORE}$"))
    expect(page.locator("#in-w1_1_1")).to_have_value("0.15")


def test_reset_returns_to_the_preset(open_page: Open):
    page = open_page(f"{LESSON}?preset=xor&step=3&w1_1_1=5&learning_rate=2&{MORE}")
    expect(page.locator("#in-w1_1_1")).to_have_value("5")
    page.get_by_role("link", name="Reset").click()
    expect(page).to_have_url(re.compile(r"network\?preset=xor"))
    expect(page.locator("#in-w1_1_1")).not_to_have_value("5")
    expect(page.locator("#in-learning_rate")).to_have_value("0.5")
