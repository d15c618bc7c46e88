"""Training in every look: sizes, themes, projector; maps, layers and digits; without JavaScript."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

Open = Callable[..., Page]
Check = Callable[[Page], None]
PAGES = {
    "circles": "/train?unit=a1_2",
    "iris": "/train?preset=iris",
    "digits": "/train?preset=digits",
    "sine": "/train?preset=sine",
    "layers": "/train?preset=iris&detail=layers&step=4",
}
DESK, PHONE, PROJECTOR = (1440, 900), (390, 844), (1920, 1080)
LOOKS = [
    pytest.param(path, sizes, mode, id=f"{name} {mode or 'ordinary'}")
    for name, path in PAGES.items()
    for sizes, mode in (((DESK, PHONE), None), ((PROJECTOR,), "projector"))
]
PIXELS = """canvas => {
  const { width, height } = canvas;
  const data = canvas.getContext('2d').getImageData(0, 0, width, height).data;
  return [...new Set(new Uint32Array(data.buffer))];
}"""
NOT_DRAWN = f"""() => [...document.querySelectorAll('#lab canvas')].filter(canvas => {{
  const levels = new Set(atob(canvas.dataset.field).split(''));
  const width = canvas.getBoundingClientRect().width;
  return !width || ({PIXELS})(canvas).length < Math.min(levels.size, 2);
}}).map(canvas => canvas.id)"""


def trained(page: Page, epochs: int = 1) -> Page:
    for number in range(1, epochs + 1):
        page.locator("#do-epoch").click()
        expect(page.locator("#epoch")).to_have_text(str(number))
    return page


@pytest.mark.parametrize(("path", "sizes", "mode"), LOOKS)
def test_axe_finds_nothing_in_both_themes_and_no_page_is_wider_than_its_window(
    open_page: Open,
    accessible: Check,
    path: str,
    sizes: tuple[tuple[int, int], ...],
    mode: str | None,
):
    page = open_page(path, *sizes[0], theme="light", mode=mode)
    accessible(page)
    page.locator("#theme").click()
    expect(page.locator(":root[data-theme=dark]")).to_have_count(1)
    for width, height in sizes:
        page.set_viewport_size({"width": width, "height": height})
        needed, room = page.evaluate("[document.scrollingElement.scrollWidth, innerWidth]")
        assert needed <= room
    accessible(page)  # narrow where there are two sizes, and dark: each is seen, not each pair


@pytest.mark.parametrize("name", ["circles", "digits"])
def test_every_map_is_drawn_and_drawn_anew_in_another_theme(open_page: Open, name: str):
    page = open_page(PAGES[name], theme="light")
    maps = page.locator("#lab canvas")
    assert maps.count() > 5
    assert page.evaluate(NOT_DRAWN) == []
    last = maps.last
    light = set(last.evaluate(PIXELS))
    page.locator("#theme").click()
    expect(page.locator(":root[data-theme=dark]")).to_have_count(1)
    assert page.evaluate(NOT_DRAWN) == []
    assert set(last.evaluate(PIXELS)) != light


@pytest.mark.charts
def test_curves_are_drawn_in_the_colours_of_the_theme(open_page: Open):
    page = trained(open_page("/train", theme="light"), 2)
    line = page.locator("#chart-loss .scatterlayer .trace .js-line").last
    expect(line).to_be_visible()
    light = line.evaluate("line => getComputedStyle(line).stroke")
    page.locator("#theme").click()
    page.wait_for_function(
        """light => getComputedStyle([...document.querySelectorAll(
          '#chart-loss .scatterlayer .trace .js-line')].at(-1)).stroke !== light""",
        arg=light,
    )


@pytest.mark.charts
def test_the_curves_fill_the_room_they_have_beside_the_output_and_among_the_layers(
    open_page: Open,
):
    page = trained(open_page("/train?detail=layers&show-more=curves"), 2)
    for detail in ("Layers", "Network", "Layers"):
        page.get_by_role("link", name=detail, exact=True).click()
        expect(page.locator(".view")).to_have_count(int(detail == "Network"))
        page.wait_for_function("""() => [...document.querySelectorAll('.curves .chart')].every(
          chart => Math.abs((chart.querySelector('.main-svg')?.getBoundingClientRect().width ?? 0)
            - chart.clientWidth) < 2)""")


def test_a_unit_is_enlarged_by_click_and_escape_shows_the_output_again(open_page: Open):
    page = open_page("/train")
    title = page.locator(".view > h2")
    output, field = title.inner_text(), page.locator("#view").get_attribute("data-field")
    page.locator("#u-a1_3").click()
    expect(title).to_contain_text("What unit 3 of layer 1 computes")
    expect(page.locator("#view")).not_to_have_attribute("data-field", field)
    expect(page.locator(".inspect tbody tr")).to_have_count(3)
    page.keyboard.press("Escape")
    expect(title).to_have_text(output)
    expect(page.locator(".inspect")).to_have_count(0)
    page.locator("#u-x1").focus()
    page.keyboard.press("Enter")
    expect(title).to_contain_text("The feature x₁")
    page.get_by_role("link", name="show the output").click()
    expect(page.locator("#view")).to_have_attribute("data-field", field)


def test_the_layers_are_stepped_through_by_keys_and_lead_back_to_the_network(open_page: Open):
    page = trained(open_page("/train?preset=iris"))
    loss = page.locator("#loss-train").get_attribute("data-exact")
    page.get_by_role("link", name="Layers").click()
    eyebrow = page.locator(".explain .eyebrow")
    expect(eyebrow).to_contain_text("step 1 of ")
    expect(page.locator(".view")).to_have_count(0)
    steps = int(eyebrow.inner_text().split()[-1])
    page.locator("#lab").focus()
    page.keyboard.press("ArrowRight")
    expect(eyebrow).to_contain_text("step 2 of ")
    page.keyboard.press("ArrowLeft")
    expect(eyebrow).to_contain_text("step 1 of ")
    page.keyboard.press("Shift+PageDown")
    expect(page.locator(".explain")).to_have_attribute("data-phase", "loss")
    page.keyboard.press("Shift+PageDown")
    expect(page.locator(".explain")).to_have_attribute("data-phase", "backward")
    result = page.locator(".explain .result output")
    exact = result.get_attribute("data-exact")
    result.hover()
    expect(page.locator("#exact")).to_be_visible()
    expect(page.locator("#exact")).to_have_text(exact)
    for number in range(int(re.search(r"\d+", eyebrow.inner_text())[0]), steps):
        page.get_by_role("link", name="Next step").click()
        expect(eyebrow).to_contain_text(f"step {number + 1} of ")
        assert page.locator(".explain h1").inner_text().strip()
    expect(page.get_by_role("link", name="Next step")).to_have_attribute("aria-disabled", "true")
    page.get_by_role("link", name="Network", exact=True).click()
    expect(page.locator("#net")).to_be_visible()
    expect(page.locator("#epoch")).to_have_text("1")
    assert page.locator("#loss-train").get_attribute("data-exact") == loss


def test_the_maps_of_the_layers_have_the_colours_of_the_theme(open_page: Open):
    page = open_page(PAGES["layers"], theme="light")
    tones = page.locator("#lab .ln .m path")
    assert tones.count() > 5
    light = tones.first.evaluate("e => getComputedStyle(e).stroke")
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    assert tones.first.evaluate("e => getComputedStyle(e).stroke") != light


def test_an_entry_among_the_layers_is_opened_by_a_click_and_the_batch_opens_as_a_program(
    open_page: Open,
):
    page = open_page("/train?preset=iris&detail=layers&step=9")
    expect(page.locator(".explain .eyebrow")).to_contain_text("step 10 of ")
    page.locator(".explain .grid td a").first.click()
    expect(page.locator(".explain .entry h2")).to_contain_text("[0, 0]")
    page.locator(".explain .entry").get_by_role("link", name="Close").click()
    expect(page.locator(".explain .entry")).to_have_count(0)
    page.get_by_role("button", name="Open as a program").click()
    expect(page).to_have_url(re.compile("/arrays[?]from="))
    expect(page.locator(".ln")).to_have_count(13)


def test_a_step_among_the_layers_trains_and_shows_the_next_batch(open_page: Open):
    page = open_page("/train?preset=iris&detail=layers&step=2")
    drawn = page.locator("#lab .ln .m").first.inner_html()
    page.locator("#do-step").click()
    expect(page.locator(".epoch")).to_contain_text("step 1 of")
    expect(page.locator(".explain .eyebrow")).to_contain_text("step 3 of ")
    assert page.locator("#lab .ln .m").first.inner_html() != drawn


def test_digits_are_counted_class_by_class_and_a_batch_of_them_leads_into_the_layers(
    open_page: Open,
):
    page = trained(open_page("/train?preset=digits&show-more=confusion"), 2)
    table = page.locator(".confusion table")
    expect(table.locator("tbody tr")).to_have_count(10)
    cells = table.locator("tbody td").evaluate_all("all => all.map(e => Number(e.textContent))")
    right, total = map(
        int, re.findall(r"\d+", page.locator(".confusion h3").first.inner_text().split("right")[0])
    )
    assert (sum(cells), sum(cells[::11])) == (total, right)
    assert right / total > 0.5
    worst = page.locator(".worst canvas")
    expect(worst).to_have_count(8)
    for image in worst.all():
        assert re.search(r"image \d+: \d, given", image.get_attribute("aria-label"))
    expect(page.get_by_role("button", name="Step into this round")).to_have_count(0)
    page.locator("#u-a1_5").click()
    expect(page.locator(".view > h2")).to_contain_text("unit 5 of layer 1, as an image")
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Step through the batch by layers").click()
    expect(page.locator(".explain .eyebrow")).to_contain_text("step 1 of ")


def test_on_a_phone_play_is_at_hand_and_the_network_scrolls_by_itself(open_page: Open):
    page = open_page(PAGES["layers"], *PHONE)
    page.get_by_role("link", name="Next step").click()
    expect(page.locator(".explain .eyebrow")).to_contain_text("step 6 of ")
    page.get_by_role("link", name="Network", exact=True).click()
    expect(page.locator("#net")).to_be_visible()
    page.mouse.wheel(0, 600)
    expect(page.locator("#play")).to_be_in_viewport()
    page.locator("#do-epoch").click()
    expect(page.locator("#epoch")).to_have_text("1")
    page.locator("#goals summary").click()
    expect(page.locator("#in-below")).to_be_in_viewport()
    for control in page.locator(".transport .go:visible").all():
        box = control.bounding_box()
        assert min(box["width"], box["height"]) >= 24


def test_what_is_explained_is_explained_where_it_stands(open_page: Open):
    page = open_page("/train")
    page.locator(".marks .term").first.hover()
    expect(page.locator("#term-loss")).to_be_visible()


def test_without_javascript_everything_but_play_and_pictures_works(
    new_context: Callable[..., BrowserContext],
):
    page = new_context(java_script_enabled=False).new_page()
    page.goto("/train")
    page.locator("#do-step").click()
    expect(page.locator(".epoch")).to_contain_text("step 1 of 20")
    page.locator("#do-epoch").click()
    expect(page.locator("#epoch")).to_have_text("1")
    page.locator("#more-data > summary").click()
    page.locator("#in-data").select_option("moons")
    page.locator("#in-noise").fill("0.3")
    page.get_by_role("button", name="Apply what is typed").click()
    expect(page.locator("#in-data")).to_have_value("moons")
    expect(page.locator("#in-noise")).to_have_value("0.3")
    expect(page.locator("#epoch")).to_have_text("0")
    page.locator("#in-size").fill("200")
    page.locator("#in-size").press("Enter")
    expect(page.locator("#more-data .hint").first).to_have_text("100 for training, 100 held out")
    summary = page.locator("#presets summary")
    for button, sizes in (
        ("One unit more in layer 1", "2–9–8–1"),
        ("One unit fewer in layer 2", "2–9–7–1"),
        ("Add a hidden layer", "2–9–7–7–1"),
        ("Remove layer 3", "2–9–7–1"),
        ("x₁x₂", "3–9–7–1"),
    ):
        page.get_by_role("button", name=button).click()
        expect(summary).to_contain_text(sizes)
    page.locator("#in-hidden").fill("4")
    page.get_by_role("button", name="Apply what is typed").click()
    expect(summary).to_contain_text("3–4–1")
    page.locator("#more-optimizer > summary").click()
    page.get_by_role("button", name="all at once").click()
    expect(page.locator("#in-batch")).to_have_value("100")
    page.get_by_label("activations of the hidden layers").fill("relu")
    page.get_by_role("button", name="Apply what is typed").click()
    expect(page.locator(".netbox .heading small").first).to_have_text("relu")
    page.locator("#u-a1_1").click()
    weight = page.locator(".inspect [name=value]").nth(1)
    weight.fill("2.5")
    weight.press("Enter")
    expect(weight).to_have_value("2.5")
    page.get_by_role("switch", name="Freeze b 1 of layer 1").click()
    expect(page.get_by_role("button", name="Free all")).to_be_visible()
    page.locator("#goals summary").click()
    page.locator("#in-epochs").fill("3")
    page.get_by_role("button", name="Go on").first.click()
    expect(page.locator("#epoch")).to_have_text("3")
    expect(weight).to_be_visible()
    page.get_by_role("link", name="show the output").click()
    page.get_by_role("link", name="ring").or_(page.get_by_role("link", name="upper moon")).click()
    page.get_by_role("link", name="Layers").click()
    page.get_by_role("link", name="Next step").click()
    expect(page.locator(".explain .eyebrow")).to_contain_text("step 2 of ")
    page.get_by_role("link", name="Network", exact=True).click()
    page.get_by_role("link", name="Start again from epoch 0").click()
    expect(page.locator("#epoch")).to_have_text("0")
    page.get_by_role("button", name="Step into this round").click()
    expect(page).to_have_url(re.compile("/lessons/network"))
    page.get_by_role("link", name="Back to training").click()
    expect(page.locator("#epoch")).to_have_text("0")
