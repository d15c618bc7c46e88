"""Cause and effect share a screen: numbers dragged on a graph, sliders, steps, and what opens."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from backprop.lessons.catalog import LESSONS
from backprop.stage.lesson import Lesson

Open = Callable[..., Page]


def find(name: str) -> Lesson:
    """Return the lesson of this name."""
    return next(lesson for lesson in LESSONS if lesson.name == name)


NETWORK = "/lessons/network?step=14"
WEIGHT = "w2_1_1"

NETWORK_STATES = (
    "step=8",
    "step=26",
    "step=29",  # the last, with its ways on, its machine and the published slip
    "detail=operations&step=40",
    "step=28&focus=w1_1_1",
    *(f"step=12&ask=1&ask-level={level}" for level in (1, 2, 3, 4)),
    "step=12&ask=1&guess=cd3c3821__0_shown",
    "step=12&ask=1&guess=cd3c3821_down_0",
)
# What a lecture shows on a projector: a lesson's name → addresses, each of which is one screen.
LECTURE: dict[str, list[str]] = {
    "network": [
        *(f"/lessons/network?preset={preset.name}&step=10" for preset in find("network").presets),
        *(f"/lessons/network?{state}" for state in NETWORK_STATES),
    ],
    "playground": [
        *(f"/playground?preset={preset.name}&step=7" for preset in find("playground").presets),
        "/playground?step=6&ask=1",
    ],
    "chain-rule": [
        *(f"/lessons/chain-rule?preset={p.name}&step=4" for p in find("chain_rule").presets),
        "/lessons/chain-rule?preset=three-deep&blank=5&step=5",
        "/lessons/chain-rule?step=4&ask=1",
    ],
    "train": [
        *(f"/train?preset={preset.name}" for preset in find("train").presets),
        *(f"/train?preset={preset}&detail=layers&step=9" for preset in ("circles", "digits")),
        "/train?preset=iris&unit=a1_3",
    ],
    "find-the-bug": [
        "/lessons/find-the-bug?step=4",
        *(
            f"/lessons/find-the-bug?level={level}&case=1&hint=1&{told}=1"
            for level in (1, 3, 4)
            for told in ("line-told", "told")
        ),
    ],
    "own-gradient": [
        f"/lessons/own-gradient?preset={preset.name}" for preset in find("own_gradient").presets
    ],
    "end": [
        f"{find(lesson).end}?question={question}&{state}"
        for lesson, question, state in (
            ("find_the_bug", 3, "tell=1"),
            ("optimizers", 1, "tell=1"),
            ("network", 1, "answer=loss&tried=1"),
            ("train", 2, "fresh=3"),
        )
    ],
    "gradient": [
        f"/lessons/gradient?preset={preset}&show-part={part}"
        for preset, parts in (
            ("hill", "variables,arrow-1,surface,dial,dial-1,length,length-1,walk"),
            ("rosenbrock", "variables-1,length-1"),
            ("himmelblau", "variables-1"),
            ("three", "variables-1,arrow-1"),
            ("one", "arrow-1"),
        )
        for part in parts.split(",")
    ],
    "gradient-check": [
        f"/lessons/gradient-check?preset={preset}&show-part={part}"
        for preset, parts in (
            ("by-hand", "nudge,all,steps,cost,bug"),
            ("kink", "all,steps"),
            ("iris", "all,bug"),
        )
        for part in parts.split(",")
    ],
    "optimizers": [
        f"/lessons/optimizers?{state}&show-part={part}"
        for state, parts in (
            ("preset=bowl", "wall,race,curves,surface,rates,matrix,exhibit"),
            ("preset=by-hand", "wall,rates"),
            (
                "racers=gradient_descent,momentum,nesterov,adam,adagrad,rmsprop",
                "wall,race,rates",
            ),
        )
        for part in parts.split(",")
    ],
}
WALKS = ("network", "playground", "chain-rule")
# What is beyond its place: of the page, of what would scroll, of any text. What follows the step
# (data-follow) may scroll, and brings the step into view itself.
BEYOND = """async () => {
  await document.fonts.ready;
  const page = document.documentElement, found = [];
  if (page.scrollHeight > innerHeight || page.scrollWidth > innerWidth)
    found.push(`the page is ${page.scrollWidth} x ${page.scrollHeight}`);
  for (const slip of document.querySelectorAll('details.slip')) slip.open = true;
  dispatchEvent(new Event('resize'));
  const name = e => `${e.localName}#${e.id}.${e.getAttribute('class')}`;
  for (const e of document.querySelectorAll('main, main *')) {
    if (e.closest('.vh, svg, [popover], dialog') || !e.checkVisibility()) continue;
    const style = getComputedStyle(e);
    if (style.position === 'absolute' && style.clipPath !== 'none') continue;
    if (!e.matches('[data-follow], input, textarea, select') && style.overflow !== 'visible'
        && (e.scrollHeight > e.clientHeight + 1 || e.scrollWidth > e.clientWidth + 1))
      found.push(`${name(e)} holds ${e.scrollWidth} x ${e.scrollHeight} `
        + `in ${e.clientWidth} x ${e.clientHeight}`);
    const box = e.getBoundingClientRect();
    if ([...e.childNodes].some(node => node.nodeType === 3 && node.data.trim())
        && !e.closest('[data-follow]') && box.width
        && (box.right > innerWidth + 1 || box.bottom > innerHeight + 1 || box.left < 0))
      found.push(`${name(e)} “${e.textContent.trim().slice(0, 30)}” is cut`);
  }
  return found;
}"""


def drag(page: Page, number: Locator, by: int) -> None:
    """Press a number of a graph, and move the pointer sideways by some pixels."""
    box = number.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + by, y, steps=5)
    page.mouse.up()


def test_a_number_of_the_graph_is_dragged_or_moved_by_keys_and_is_one_step_back(open_page: Open):
    page = open_page(NETWORK)
    node = page.locator(f"#n-{WEIGHT}")
    value, entries = node.locator(".val"), page.evaluate("history.length")
    drag(page, value, 30)
    expect(value).to_have_text("0.700")  # a pixel is 0.01
    expect(page).to_have_url(re.compile(f"step=14&{WEIGHT}=0.7$"))
    assert page.evaluate("history.length") == entries + 1
    node.focus()
    page.keyboard.press("ArrowDown")
    expect(value).to_have_text("0.690")
    page.go_back()
    expect(value).to_have_text("0.700")
    page.go_back()
    expect(value).to_have_text("0.400")
    box = value.bounding_box()
    page.mouse.move(box["x"] + 5, box["y"] + 5)
    page.mouse.down()
    page.mouse.move(box["x"] + 45, box["y"] + 5, steps=5)
    expect(value).to_have_text("0.800")
    page.keyboard.press("Escape")  # gives the drag up: what the pointer still does moves nothing
    expect(value).to_have_text("0.400")
    page.mouse.move(box["x"] + 50, box["y"] + 5)
    page.mouse.up()
    expect(value).to_have_text("0.400")
    expect(page.locator("#ledger")).to_have_count(0)  # nor does its click follow the link
    expect(page).to_have_url(re.compile("step=14(&w2_1_1=0.4)?$"))
    page.goto("/lessons/chain-rule")
    drag(page, page.locator("#n-x .val"), 20)
    expect(page.locator("#n-x .val")).to_have_text("2")  # a pixel is a step of its slider


@pytest.mark.parametrize("size", [(1440, 900), (390, 844)])
def test_a_weights_slider_stands_beside_the_graph_that_it_changes(
    open_page: Open, size: tuple[int, int]
):
    page = open_page(f"/lessons/network?focus={WEIGHT}&step=4", *size)
    slider, weight = page.locator("#slider"), page.locator(f"#n-{WEIGHT} .val")
    slider.scroll_into_view_if_needed()
    slider.fill("1.25")
    expect(weight).to_have_text("1.250")
    expect(weight).to_be_in_viewport()
    expect(slider).to_be_in_viewport(ratio=1)
    if size[0] < 500:
        words, key = page.locator(".explain h1").bounding_box(), page.locator(".key").bounding_box()
        assert words["y"] < key["y"]


@pytest.mark.charts
@pytest.mark.parametrize("size", [(1440, 900), (390, 844)])
def test_a_step_on_the_gradients_map_keeps_the_map_in_view(open_page: Open, size: tuple[int, int]):
    page = open_page("/lessons/gradient?hide=surface", *size)
    step, plane = page.get_by_role("link", name="Step", exact=True), page.locator("#plane")
    if size[0] < 500:
        plane.evaluate("element => element.scrollIntoView()")
    step.click()
    expect(page.locator(".walk .so")).to_contain_text("1 step: f went from")
    expect(step).to_be_in_viewport(ratio=1)
    expect(plane).to_be_in_viewport(ratio=0.99)
    if size[0] > 500:
        assert page.evaluate("scrollY") == 0
        page.locator("#more-length > summary").click()
        page.locator("#slide-length").scroll_into_view_if_needed()
        expect(plane).to_be_in_viewport(ratio=0.99)


def test_the_set_up_of_training_is_three_lines_that_open_and_say_what_is_set(open_page: Open):
    page = open_page("/train")
    for name, words in (
        ("data", "A disc in a ring, 400, noise 0.1"),
        ("network", "2–8–8–1, tanh, binary cross-entropy"),
        ("optimizer", "Adam, η 0.01, batch 10"),
    ):
        expect(page.locator(f"#more-{name} .inside")).to_have_text(words)
    field = page.locator("#in-noise")
    expect(field).to_be_hidden()
    page.locator("#more-data > summary").click()
    field.fill("0.3")
    expect(page.locator("#more-data .inside")).to_have_text("A disc in a ring, 400, noise 0.3")
    expect(field).to_be_visible()
    expect(page.locator("#in-learning_rate")).to_be_hidden()
    page.goto("/train?learning_rate=0.5")
    expect(page.locator("#in-learning_rate")).to_be_visible()
    bottom = page.evaluate("document.querySelector('[data-core]').getBoundingClientRect().bottom")
    assert bottom <= 900


# What is too small for the back row, in pixels of a screen 1920 wide: numbers of a graph under 28
# and indices under 18; numbers of the formula under 28, but for exponents, where the words are
# not drawn smaller to have room.
SMALL = """() => {
  const found = [], least = innerWidth / 1920;
  const say = (e, size, bound) => size < bound * least - 0.05
    && found.push(`“${e.textContent.trim()}” has ${size.toFixed(1)} px`);
  const graph = document.querySelector('.core .graph-svg');
  for (const e of graph.querySelectorAll('.val, .grad, .sb')) {
    const text = e.closest('text');
    if (text.matches('.long, .heading') || !text.textContent.trim()) continue;
    say(e, parseFloat(getComputedStyle(e).fontSize) * graph.getScreenCTM().a,
      e.matches('.sb') ? 18 : 28);
  }
  const words = document.querySelector('.explain');
  if (words.style.getPropertyValue('--fit') === '1')
    for (const e of words.querySelectorAll('mn, .why em, .result output'))
      if (e.checkVisibility() && !e.closest('msub, msup, msubsup'))
        say(e, parseFloat(getComputedStyle(e).fontSize), 28);
  return found;
}"""
# Walks whose graph has no room on a screen: it scrolls to the step. Every other one is seen whole.
SCROLLED = {"iris", "ten-deep", "operations", "micrograd", "micrograd-test", "neuron", "bell"}
# A picture that scrolls, shows a bar, or is so little too large that it could be drawn smaller.
SCROLLING = """scrolled => [...document.querySelectorAll('.core .scroll')].filter(e => {
  const [w, h] = [e.scrollWidth / e.clientWidth, e.scrollHeight / e.clientHeight];
  const nearly = size => size > 1 && size < 1.015;
  return getComputedStyle(e).scrollbarWidth !== 'none' || nearly(w) || nearly(h)
    || (!scrolled && (w > 1 || h > 1));
}).map(e => `${e.scrollWidth} x ${e.scrollHeight} in ${e.clientWidth} x ${e.clientHeight}`)"""


@pytest.mark.parametrize("lesson", LECTURE)
def test_a_page_on_a_projector_is_one_screen_and_nothing_of_it_is_cut(open_page: Open, lesson: str):
    sizes = [(1920, 1080), (1280, 720)]
    page = open_page(LECTURE[lesson][0], *sizes[0], mode="projector")
    beyond = {}
    for address in LECTURE[lesson]:
        page.goto(f"{address}&mode=projector", wait_until="domcontentloaded")
        scrolled = bool(SCROLLED & set(re.split("[=&?]", address)))
        for width, height in sizes:
            page.set_viewport_size({"width": width, "height": height})
            found = page.evaluate(BEYOND)
            if lesson in WALKS:
                found += page.evaluate(SCROLLING, scrolled)
            if lesson in WALKS and "focus=" not in address:
                found += page.evaluate(SMALL)
            beyond[f"{address} at {width}"] = found
        sizes.reverse()  # the next begins as this one ends
    assert not {address: found for address, found in beyond.items() if found}


@pytest.mark.parametrize("size", [(1920, 1080), (1280, 720)], ids=str)
def test_what_training_and_measuring_bring_on_a_projector_is_not_cut_and_is_undone_by_page_up(
    open_page: Open, size: tuple[int, int]
):
    page = open_page("/lessons/gradient-check?show-part=bug", *size, mode="projector")
    after, train = page.locator(".both thead"), page.get_by_role("button", name="300 steps")
    page.keyboard.press("PageDown")
    expect(after).to_contain_text("after 300 steps")
    expect(train).to_be_visible()
    assert not page.evaluate(BEYOND)
    page.keyboard.press("PageUp")
    expect(after).to_contain_text("at the start")
    page.keyboard.press("PageUp")
    expect(page.locator("#part-cost")).to_be_visible()
    page.goto("/lessons/gradient-check?bench=batch&case=3&show-part=bug&mode=projector")
    page.keyboard.press("PageDown")
    expect(after).to_contain_text("after 300 steps")
    assert not page.evaluate(BEYOND)
    page.goto("/lessons/optimizers?show-part=matrix&mode=projector")
    page.keyboard.press("PageDown")
    expect(page.get_by_role("button", name="Measure again")).to_be_visible()
    assert not page.evaluate(BEYOND)
    page.keyboard.press("PageUp")
    expect(page.get_by_role("button", name="Fill the table")).to_be_visible()


def test_on_a_projector_the_number_of_the_step_is_edited_by_keys_alone(open_page: Open):
    page = open_page(NETWORK, 1920, 1080, mode="projector")
    field, weight = page.locator("#in-discussed"), page.locator(f"#n-{WEIGHT} .val")
    page.keyboard.press("e")
    expect(field).to_be_focused()
    page.keyboard.type("0.7")
    page.keyboard.press("Enter")
    expect(weight).to_have_text("0.700")
    expect(field).not_to_be_focused()
    page.keyboard.press("PageDown")
    expect(page.locator(".explain .eyebrow")).to_contain_text("step 16 of ")
    page.goto("/playground?mode=projector")
    page.keyboard.press("e")
    expect(page.locator("#in-expression")).to_be_focused()
    page.keyboard.type("x * y")
    page.keyboard.press("Enter")
    expect(page.locator("#graph .node")).to_have_count(3)
