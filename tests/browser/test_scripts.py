"""The scripts of the frame, in a real browser, around the small lesson."""

import logging
import threading
import time
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect
from werkzeug.serving import make_server

from tests.browser.conftest import Desk, Watch
from tests.web.conftest import make_app

LESSON = "/lessons/small-lesson"


class Server:
    """The application in a thread, as slow as a test wants it."""

    def __init__(self, folder):
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        self.pause = 0.0
        app = make_app(folder)
        app.before_request(lambda: time.sleep(self.pause))
        self.http = make_server("127.0.0.1", 0, app, threaded=True)
        self.url = f"http://127.0.0.1:{self.http.server_port}"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()


@pytest.fixture(scope="module")
def serving(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("scripts"))
    yield server
    server.http.shutdown()
    server.http.server_close()


@pytest.fixture
def server(serving):
    yield serving
    serving.pause = 0.0


@pytest.fixture(scope="module")
def kept(browser, serving):
    """A context and a page that one test leaves to the next."""
    desk = Desk(browser, {"base_url": serving.url})
    yield desk
    desk.context.close()


@pytest.fixture
def watch(server, request):
    """What a page is held to: an error in it fails the test."""
    markers = request.node.iter_markers("expects_status")
    watch = Watch(server.url, (status for marker in markers for status in marker.args))
    yield watch
    watch.conclude()


@pytest.fixture
def page(kept, watch):
    watch.take_up(kept.context)
    yield kept.page()
    try:
        watch.put_down(kept.context)
    finally:
        kept.clear()


@pytest.fixture
def lab(page, server):
    """Opens the small lesson, and waits until htmx is live."""

    def open_lab(query=""):
        page.goto(f"{server.url}{LESSON}{query}")
        expect(page.locator("#w1[data-htmx-powered]")).to_have_count(1)
        return page

    return open_lab


def says(page, title):
    expect(page.locator("h1")).to_have_text(title)


def entries(page):
    return page.evaluate("history.length")


def address(page):
    return page.evaluate("location.pathname + location.search")


def query(page):
    return {name: values[-1] for name, values in parse_qs(urlsplit(page.url).query).items()}


def wait_for_query(page, **wanted):
    page.wait_for_function(
        """wanted => {
          const query = new URLSearchParams(location.search);
          return Object.entries(wanted).every(([name, value]) => query.get(name) === value);
        }""",
        arg=wanted,
    )


def test_a_step_is_an_entry_and_the_frame_follows(lab):
    page = lab()
    before = entries(page)
    page.click("#next")
    says(page, "Step 1")
    assert (entries(page), address(page)) == (before + 1, f"{LESSON}?step=1")
    expect(page).to_have_title("Step 1 · A small lesson · backprop, slowly")
    expect(page.locator("#tools a").first).to_have_attribute(
        "href", f"{LESSON}?step=1&mode=projector"
    )
    page.click("#next")
    says(page, "Step 2")
    page.go_back()
    says(page, "Step 1")
    page.go_forward()
    says(page, "Step 2")


def test_typing_makes_one_entry_and_keeps_the_focus(lab):
    page = lab()
    before = entries(page)
    page.click("#w1")
    page.keyboard.press("Control+A")
    page.keyboard.type("1.25", delay=120)
    wait_for_query(page, w1="1.25")
    assert entries(page) == before + 1
    expect(page.locator("#w1")).to_be_focused()
    page.go_back()
    expect(page.locator("#w1")).to_have_value("0.5")


@pytest.mark.expects_status(422)
def test_a_refused_edit_says_so_beside_its_field_and_escape_takes_it_back(lab):
    page = lab("?step=2")
    before = entries(page)
    page.click("#w1")
    page.keyboard.type("x")
    expect(page.locator("#error-w1")).to_contain_text("is not a number")
    expect(page.locator("#w1")).to_have_attribute("aria-invalid", "true")
    says(page, "Step 2")
    assert entries(page) == before
    page.keyboard.press("Escape")
    expect(page.locator("#w1")).to_have_value("0.5")
    expect(page.locator("#error-w1")).to_be_empty()
    expect(page.locator("#w1")).not_to_have_attribute("aria-invalid", "true")


@pytest.mark.expects_status(422)
def test_a_message_without_a_field_stands_in_the_notice(lab):
    page = lab()
    page.evaluate(
        f"htmx.ajax('GET', '{LESSON}?focus=nobody', {{target: '#lab', swap: 'outerMorph'}})"
    )
    expect(page.locator("#notice")).to_contain_text("There is no “nobody” here.")
    page.click("#next")
    says(page, "Step 1")
    expect(page.locator("#notice")).to_be_empty()


def test_an_edit_that_waits_is_not_lost_when_an_answer_comes(lab, server):
    page = lab()
    server.pause = 0.1
    page.click("#w1")
    page.keyboard.press("Control+A")
    page.keyboard.type("1.23456789", delay=45)
    wait_for_query(page, w1="1.23456789")


def test_two_quick_edits_are_both_kept(lab, server):
    page = lab()
    server.pause = 0.3
    with page.expect_request("**w1=3**"):
        page.fill("#w1", "3")
    page.fill("#w2", "4")
    wait_for_query(page, w1="3", w2="4")
    expect(page.locator("#w1")).to_have_value("3")


def test_a_drag_ends_on_its_last_value_in_one_entry(lab, server):
    page = lab()
    server.pause = 0.1
    before = entries(page)
    box = page.locator("#rate").bounding_box()
    x, y = box["x"] + 10, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    for i in range(30):
        page.mouse.move(x + 3 * i, y)
        page.evaluate("() => new Promise(requestAnimationFrame)")
    page.mouse.up()
    wait_for_query(page, rate=page.input_value("#rate"))
    assert entries(page) == before + 1
    page.go_back()
    expect(page.locator("#rate")).to_have_value("0.5")


def test_playing_makes_one_entry(lab):
    page = lab()
    before = entries(page)
    page.click("#play")
    says(page, "Step 9")
    assert entries(page) == before + 1


def test_the_next_round_is_a_snapshot(lab):
    page = lab()
    page.click("#round")
    expect(page.locator("#w1")).to_have_value("0")
    assert len(query(page)["from"]) == 64


def test_keys_click_the_controls_that_declare_them(lab):
    page = lab()
    page.focus("#lab")
    page.keyboard.press("ArrowRight")
    says(page, "Step 1")
    page.focus("#rate")
    page.keyboard.press("ArrowRight")  # a range keeps its arrows
    wait_for_query(page, rate="0.6")
    says(page, "Step 1")
    page.focus("#lab")
    page.keyboard.press("?")
    expect(page.locator("dialog[open]")).to_contain_text("Next")
    page.keyboard.press("Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)


def test_what_belongs_together_lights_up_and_shows_all_digits(lab):
    page = lab()
    page.hover("#lab li >> nth=1")
    expect(page.locator("#lab li >> nth=1")).to_have_class("hl")
    expect(page.locator("#exact")).to_have_text("0.3333333333333333")
    page.focus("#lab li >> nth=3")
    expect(page.locator("#exact")).to_have_text("1.0")


def test_a_term_explains_itself_by_hover_focus_and_tap(lab):
    page = lab()
    note = page.locator("#term-gradient")
    for point in ("hover", "focus", "click"):
        getattr(page.locator("[data-term]"), point)()
        expect(note).to_be_visible()
        page.keyboard.press("Escape")
        expect(note).to_be_hidden()
        page.hover("h1")
        page.focus("#lab")


def test_a_chart_is_drawn_follows_and_leads_to_its_points(lab):
    page = lab("?step=2")
    point = page.locator("#chart .points path").nth(1)
    expect(point).to_be_visible()
    page.locator("#chart").scroll_into_view_if_needed()
    box = point.bounding_box()
    page.mouse.move(box["x"] + 3, box["y"] + 3)
    expect(page.locator("#chart .hovertext").first).to_be_visible()
    page.mouse.click(box["x"] + 3, box["y"] + 3)
    says(page, "Step 1")
    expect(page.locator("#chart .main-svg").first).to_be_visible()


def test_the_theme_changes_at_once_and_is_remembered(lab):
    page = lab()
    page.click("#theme")
    expect(page.locator(":root")).to_have_attribute("data-theme", "dark")
    page.reload()
    expect(page.locator(":root")).to_have_attribute("data-theme", "dark")
    expect(page.locator("#theme")).to_have_text("Light")


def test_a_link_that_cannot_be_copied_can_be_selected(lab, server):
    page = lab("?step=2")
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject() }")
    page.click("#copy")
    expect(page.locator("#notice input")).to_have_value(f"{server.url}{LESSON}?step=2")


def test_the_picture_stays_when_the_server_is_out_of_reach(lab, server):
    page = lab()
    pattern = f"{server.url}{LESSON}?step=1"
    page.evaluate("""() => { const fetch = window.fetch; let first = true;
      window.fetch = (...all) => first ? (first = false, Promise.reject(new TypeError('gone')))
        : fetch(...all); console.error = () => {}; }""")
    page.click("#next")
    expect(page.locator("#offline")).to_be_visible()
    says(page, "Step 0")
    page.click("[data-again]")
    says(page, "Step 1")
    expect(page.locator("#offline")).to_be_hidden()
    assert page.url == pattern


@pytest.mark.expects_status(500)
def test_our_own_mistake_leaves_the_picture(lab):
    page = lab("?step=3")
    page.evaluate(
        f"htmx.ajax('GET', '{LESSON}?focus=crash', {{target: '#lab', swap: 'outerMorph'}})"
    )
    expect(page.locator("#offline")).to_be_visible()
    says(page, "Step 3")


def test_without_scripts_links_and_forms_do_the_same(browser, watch, server):
    context = browser.new_context(java_script_enabled=False)
    watch.follow(context)
    page = context.new_page()
    page.goto(f"{server.url}{LESSON}")
    page.click("#next")
    page.fill("#w1", "2")
    page.click("#apply")
    assert query(page)["w1"] == "2"
    page.click("#round")
    assert "from" in query(page)
    page.click("#theme")
    expect(page.locator(":root")).to_have_attribute("data-theme", "dark")
    assert "from" in query(page)
    watch.put_down(context)
    context.close()


def test_a_section_that_is_opened_stays_so_through_steps_and_visits(lab):
    page = lab()
    section, chart = page.locator("#more-chart"), page.locator("#chart-inside .main-svg")
    expect(chart).to_have_count(0)
    section.locator("summary").click()
    expect(chart.first).to_be_visible()
    page.click("#next")
    says(page, "Step 1")
    expect(section).to_have_attribute("open", "")
    expect(page.locator("#more-rates")).not_to_have_attribute("open", "")
    lab("?step=2")
    expect(section).to_have_attribute("open", "")
    section.locator("summary").click()
    lab("?step=2")
    expect(section).not_to_have_attribute("open", "")
    lab("?show-more=chart")
    expect(section).to_have_attribute("open", "")
    section.locator("summary").click()
    page.click("#next")
    says(page, "Step 1")
    expect(section).not_to_have_attribute("open", "")  # its address goes on naming it
    page.goto(f"{page.url}#slow")
    expect(page.locator("#more-rates")).to_have_attribute("open", "")
