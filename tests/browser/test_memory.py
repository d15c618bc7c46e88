"""What a person does in the lesson on memory: sets and drags checkpoints, steps, is asked."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

Open = Callable[..., Page]
MEMORY = "/lessons/memory"
SIXTEEN = f"{MEMORY}?preset=sixteen-layers"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def figure(page: Page, title: str):
    """The number of this title beside the picture."""
    return page.locator(".mem-figures div").filter(has_text=title).locator("b")


def kept(page: Page) -> list[str]:
    return page.locator(".mem-row.is-kept").evaluate_all(
        "all => all.map(each => each.dataset.line)"
    )


def middle(page: Page, selector: str) -> tuple[float, float]:
    box = page.locator(selector).bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_a_flag_is_set_by_a_click_and_dragged_by_the_mouse(open_page: Open, well_formed):
    page = open_page(SIXTEEN)
    page.locator("#keep-h12").click()
    expect(page.locator(".mem-row.is-kept")).to_have_count(2)
    assert kept(page) == ["h4", "h8"]
    expect(figure(page, "computed again")).to_have_text("13")
    x, y = middle(page, "#keep-h8")
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 3, y + 30)
    page.mouse.move(x + 3, middle(page, "#row-h11")[1])
    expect(page.locator("#row-h11.aimed")).to_have_count(1)
    page.mouse.up()
    expect(page.locator("#row-h11.is-kept")).to_have_count(1)
    assert kept(page) == ["h4", "h11"]
    expect(page).to_have_url(re.compile("checkpoints=h4,h11"))
    expect(page.locator(".aimed")).to_have_count(0)
    well_formed(page)
    page.go_back()
    expect(page.locator("#row-h8.is-kept")).to_have_count(1)


def test_a_drag_is_given_up_by_escape_and_onto_a_kept_line_it_moves_nothing(open_page: Open):
    page = open_page(SIXTEEN)
    for target, key in (("h6", "Escape"), ("h8", None)):
        x, y = middle(page, "#keep-h4")
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x, y + 20)
        page.mouse.move(x, middle(page, f"#row-{target}")[1])
        if key:
            page.keyboard.press(key)
            page.evaluate("new Promise(done => setTimeout(done))")  # the button is let go later
        page.mouse.up()
        assert kept(page) == ["h4", "h8", "h12"]
        expect(page.locator(".dragged")).to_have_count(0)


def test_the_arrow_keys_move_a_flag_and_it_keeps_the_focus(open_page: Open):
    page = open_page(SIXTEEN)
    page.locator("#keep-h4").focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#keep-h5")).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.locator("#keep-h4")).to_be_focused()
    expect(page.locator("#keep-h4")).to_have_attribute("aria-checked", "true")
    page.keyboard.press("Space")
    expect(page.locator(".mem-row.is-kept")).to_have_count(2)
    page.keyboard.press("ArrowDown")  # no flag: the focus goes to the next line
    expect(page.locator("#keep-h5")).to_be_focused()
    assert kept(page) == ["h8", "h12"]


def test_steps_grow_the_bar_and_at_the_end_the_gradient_is_the_same(open_page: Open):
    page = open_page(SIXTEEN)
    page.keyboard.press("ArrowRight")
    expect(page.locator(".mem-columns .now")).to_have_attribute(
        "title", "Step 2, forward h2: 2 arrays held"
    )
    page.locator("#lab").focus()
    page.keyboard.press("End")
    expect(page.locator(".mem-told .check")).to_contain_text("bit for bit")


def test_asked_first_a_slip_is_named_and_the_peak_is_shown_once_it_is_right(open_page: Open):
    page = open_page(SIXTEEN)
    page.get_by_role("switch", name="Ask me first").click()
    expect(figure(page, "peak")).to_have_text("?")
    field = page.locator("#in-said-memory")
    field.fill("9")
    field.press("Enter")
    expect(page.locator("#asked-reply")).to_contain_text("Gradients counted")
    field.fill("7")
    field.press("Enter")
    expect(page.locator("#asked-reply")).to_contain_text("Right.")
    expect(figure(page, "peak")).to_have_text("7")
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#asked-title")).to_have_text("Is the value of h2 read on the way back?")


def test_a_program_is_typed_and_goes_to_arrays_and_back(open_page: Open):
    page = open_page(f"{MEMORY}?preset=mlp")
    page.get_by_role("link", name="Edit", exact=True).click()
    field = page.locator("#in-typed-program")
    text = field.input_value()
    field.fill(text.replace("tanh", "tanhh"))
    expect(page.locator("#mem-problem")).to_contain_text("Line 8")
    field.fill(text.replace("tanh", "relu"))
    expect(page.locator("#mem-problem")).to_be_empty()
    expect(page.locator("#row-A1 code")).to_contain_text("relu")
    page.get_by_role("link", name="Done").click()
    page.get_by_role("link", name="The same program in Arrays").click()
    expect(page.locator(".ln").nth(7)).to_contain_text("relu")
    page.get_by_role("link", name="What must be kept?").click()
    expect(page.locator("#row-A1 code")).to_contain_text("relu")


@pytest.fixture
def phone(browser, base_url: str) -> Iterator[Page]:
    context: BrowserContext = browser.new_context(base_url=base_url, **PHONE)
    yield context.new_page()
    context.close()


def test_a_finger_drags_a_flag_and_each_is_44_pixels_high(phone: Page):
    phone.goto(SIXTEEN)
    phone.wait_for_load_state("load")
    boxes = phone.locator(".mem-flag[id]").evaluate_all(
        "all => all.map(each => each.getBoundingClientRect()).map(box => [box.width, box.height])"
    )
    assert all(wide >= 44 and high >= 44 for wide, high in boxes)
    assert phone.evaluate("document.documentElement.scrollWidth") == 390
    phone.locator("#row-h4").evaluate("row => row.scrollIntoView({ block: 'center' })")
    session = phone.context.new_cdp_session(phone)

    def touch(what, *place):
        points = [{"x": place[0], "y": place[1]}] if place else []
        session.send("Input.dispatchTouchEvent", {"type": what, "touchPoints": points})

    x, y = middle(phone, "#keep-h4")
    to = middle(phone, "#keep-h2")[1]
    touch("touchStart", x, y)
    for part in (0.3, 0.6, 1):
        touch("touchMove", x, y + (to - y) * part)
    touch("touchEnd")
    expect(phone.locator("#row-h2.is-kept")).to_have_count(1)
    assert kept(phone) == ["h2", "h8", "h12"]


@pytest.mark.parametrize(
    ("width", "theme", "state"),
    [
        (1440, "light", "?preset=sixteen-layers&step=27"),
        (1440, "dark", "?asks-first=1&said-memory=21"),
        (390, "dark", "?preset=mlp&show-editor=1&count-gradients=all"),
    ],
)
def test_axe_finds_nothing_on_the_page_of_memory(open_page: Open, accessible, width, theme, state):
    page = open_page(f"{MEMORY}{state}", width, theme=theme)
    accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_on_a_projector_the_picture_fits_the_screen(open_page: Open):
    for preset in ("twelve-steps", "sixteen-layers", "transformer-block"):
        page = open_page(f"{MEMORY}?preset={preset}&step=9", 1920, 1080, mode="projector")
        box = page.locator(".mem-sum").bounding_box()
        assert box["y"] + box["height"] <= 1080, preset
        page.keyboard.press("PageDown")
        expect(page.locator(".eyebrow").first).to_contain_text("step 11")
