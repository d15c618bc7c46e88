"""Every look: sizes, themes, projector, phone; and the pages that say what is wrong."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

Open = Callable[..., Page]
Check = Callable[[Page], None]
LESSON = "/lessons/network"
NETWORK = {
    "neurons": f"{LESSON}?step=14",
    "operations": f"{LESSON}?detail=operations&step=30",
    "ledger": f"{LESSON}?step=28&focus=w1_1_1",
    "update": f"{LESSON}?step=29",
    "flower": f"{LESSON}?preset=iris&step=9",
}
OTHERS = {"home": "/", "problem": f"{LESSON}?step=999"}
DESK, PHONE, PROJECTOR = (1440, 900), (390, 844), (1920, 1080)
LOOKS = [
    pytest.param(path, sizes, mode, id=f"{name} {mode or 'ordinary'}")
    for name, path in (NETWORK | OTHERS).items()
    for sizes, mode in (((DESK, PHONE), None), ((PROJECTOR,), "projector"))
    if not mode or name in ("neurons", "ledger")
]
EVERY_LOOK = [
    pytest.param(path, size, mode, theme, id=f"{name}-{size[0]}-{theme}")
    for name, path in (NETWORK | OTHERS).items()
    for size, mode in ((DESK, None), (PHONE, None), (PROJECTOR, "projector"))
    for theme in ("light", "dark")
    if name in NETWORK or not mode
]


def no_wider_than_its_window(page: Page) -> bool:
    return page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")


@pytest.mark.expects_status(422)
@pytest.mark.parametrize(("path", "sizes", "mode"), LOOKS)
def test_axe_finds_nothing_in_both_themes_and_no_page_is_wider_than_its_window(
    open_page: Open,
    accessible: Check,
    path: str,
    sizes: tuple[tuple[int, int], ...],
    mode: str | None,
):
    page = open_page(path, *sizes[0], theme="light", mode=mode)
    assert no_wider_than_its_window(page)
    accessible(page)
    page = open_page(path, *sizes[-1], theme="dark", mode=mode)
    assert no_wider_than_its_window(page)
    accessible(page)  # narrow where there are two sizes, and dark: each is seen, not each pair


@pytest.mark.long
@pytest.mark.expects_status(422)
@pytest.mark.parametrize(("path", "size", "mode", "theme"), EVERY_LOOK)
def test_axe_finds_nothing_in_any_size_and_theme(
    open_page: Open,
    accessible: Check,
    path: str,
    size: tuple[int, int],
    mode: str | None,
    theme: str,
):
    page = open_page(path, *size, theme=theme, mode=mode)
    assert no_wider_than_its_window(page)
    accessible(page)


def test_the_theme_follows_the_system_until_it_is_chosen_and_is_then_remembered(open_page: Open):
    page = open_page(LESSON)
    background = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(background)
    page.emulate_media(color_scheme="dark")
    dark = page.evaluate(background)
    assert dark != light
    page.locator("#theme").click()
    expect(page.locator(":root[data-theme=light]")).to_have_count(1)
    page.reload()
    assert page.evaluate(background) == light
    page.locator("#lab").focus()
    page.keyboard.press("d")
    expect(page.locator(":root[data-theme=dark]")).to_have_count(1)


def test_a_teachers_link_opens_the_projector_at_a_step_without_the_controls_it_hides(
    open_page: Open,
):
    page = open_page(f"{LESSON}?step=14&mode=projector&hide=transport,presets,parameters,setup")
    expect(page.locator(":root[data-mode=projector]")).to_have_count(1)
    expect(page.locator(".explain .eyebrow")).to_contain_text("step 15 of ")
    for shown in ("#graph", ".explain .formula"):
        expect(page.locator(shown).first).to_be_visible()
    for hidden in (".transport", "#presets", ".params", ".setup"):
        expect(page.locator(f"{hidden}:visible")).to_have_count(0)
    page.locator(".film li a").nth(15).click()
    expect(page.locator(".explain .eyebrow")).to_contain_text("step 16 of ")
    expect(page).to_have_url(re.compile("mode=projector.*hide=|hide=.*mode=projector"))
    expect(page.locator(".transport:visible")).to_have_count(0)


def test_the_projector_is_entered_and_left_at_the_step_and_obeys_a_remote(open_page: Open):
    page = open_page(f"{LESSON}?step=14", 1920, 1080)
    page.get_by_role("link", name="Projector").click()
    expect(page.locator(":root[data-mode=projector]")).to_have_count(1)
    expect(page.locator(".explain .eyebrow")).to_contain_text("step 15 of ")
    page.keyboard.press("PageDown")
    expect(page.locator(".explain .eyebrow")).to_contain_text("step 16 of ")
    page.keyboard.press("Shift+PageDown")
    expect(page.locator(".explain .eyebrow")).to_contain_text("step 30 of ")
    page.keyboard.press("Home")
    expect(page.locator(".explain .eyebrow")).to_contain_text("step 1 of ")
    page.get_by_role("link", name="Leave projector").click()
    expect(page.locator(":root[data-mode]")).to_have_count(0)


def test_the_home_page_says_what_this_is_and_leads_only_to_what_exists(open_page: Open):
    page = open_page("/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Backpropagation")
    assert len(page.locator(".thesis").inner_text().split()) <= 75
    expect(page.locator(".sample svg text").first).to_be_visible()
    expect(page.locator("main")).not_to_contain_text(re.compile("coming soon", re.IGNORECASE))
    links = page.locator("main a[href]").evaluate_all("all => all.map(a => a.getAttribute('href'))")
    assert len(links) >= 8
    for link in links:
        assert page.request.get(link).status == 200


def test_on_a_phone_the_steps_stay_at_hand_and_the_picture_scrolls_by_itself(open_page: Open):
    page = open_page(LESSON, *PHONE)
    follow = page.get_by_role("link", name="Next step")
    expect(follow).to_be_in_viewport()
    page.mouse.wheel(0, 600)
    expect(follow).to_be_in_viewport()
    follow.click()
    expect(page.locator(".explain .eyebrow")).to_contain_text("step 2 of ")
    page.goto(f"{LESSON}?step=9")
    expect(page.locator("#graph .now").first).to_be_in_viewport(ratio=0.9)
    for control in page.locator(".transport :is(a:not(.vh), select):visible").all():
        box = control.bounding_box()
        assert min(box["width"], box["height"]) >= 24


@pytest.mark.expects_status(404, 422)
@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        (f"{LESSON}?preset=nothing", 404, "nothing"),
        (f"{LESSON}?step=999", 422, "1000"),
        (f"{LESSON}?step=-1", 422, "out of bounds"),
        (f"{LESSON}?w1_1_1=1e999", 422, "not a finite number"),
        (f"{LESSON}?sizes=2,2", 422, ""),
        (f"{LESSON}?sizes=8,8,8,8&activations=tanh,tanh,tanh", 422, "too large"),
        (f"{LESSON}?from={'0' * 64}", 404, ""),
        (f"{LESSON}?from=../../etc/passwd", 404, ""),
        ("/lessons/nothing", 404, "nothing"),
        ("/nowhere", 404, "no page"),
    ],
)
def test_a_bad_address_is_answered_by_a_page_that_says_so_and_leads_back(
    open_page: Open, path: str, status: int, words: str
):
    page = open_page(LESSON)
    response = page.goto(path)
    assert response.status == status
    expect(page.get_by_role("heading", level=1)).to_contain_text(words)
    expect(page.locator("header .brand")).to_be_visible()
    page.locator(".ways a").first.click()
    expect(page).to_have_url(re.compile(f"{LESSON}$|/$"))
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_a_formula_that_is_seen_whole_has_no_shadow_at_its_end(open_page: Open):
    page = open_page("/playground?expression=logsumexp(x,y,z)", *PROJECTOR, mode="projector")
    formula = page.locator(".explain .formula").first  # its width is no whole number of pixels
    shown = formula.screenshot()
    formula.evaluate("el => { el.style.background = 'none'; }")
    assert formula.screenshot() == shown


def test_in_forced_colours_swatches_switches_and_the_step_are_seen(open_page: Open):
    page = open_page("/lessons/network?step=12")
    page.emulate_media(forced_colors="active")
    seen = page.evaluate("""() => {
      const of = (selector, part) => getComputedStyle(document.querySelector(selector), part);
      const probe = document.body.appendChild(document.createElement('i'));
      const system = name => { probe.style.color = name; return getComputedStyle(probe).color; };
      const knob = of('.tickbox', '::before');
      return {
        swatch: of('.k', '::before').backgroundColor === system('LinkText'),
        value: of('.graph-svg .val').fill === system('LinkText'),
        now: parseFloat(of('.film li.now .dot').borderTopWidth) > 0,
        off: knob.borderLeftWidth !== knob.borderRightWidth,
        chosen: of('.switch [aria-current]').outlineStyle,
      };
    }""")
    assert seen == {"swatch": True, "value": True, "now": True, "off": True, "chosen": "solid"}
