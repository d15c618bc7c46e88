"""The teacher's console in a browser: by keyboard, on a phone, through a question, and its file."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

W5 = "/lessons/network?step=14"
PHONE = (390, 844)

Open = Callable[..., Page]
Check = Callable[[Page], None]
Contexts = Callable[..., BrowserContext]


def teach(open_page: Open, *more: str) -> Page:
    """Open a class that begins with ∂E/∂w₅, and goes on with these pages; it is live."""
    page = open_page(f"/class/teach?address={W5}")
    page.get_by_role("button", name="Open a class").click()
    expect(page.locator("#console form[hx-post]:not([data-htmx-powered])")).to_have_count(0)
    for address in more:
        page.locator("#adding:not([open]) summary").or_(page.locator("#address")).first.click()
        page.locator("#address").fill(address)
        page.locator("#adding").get_by_role("button", name="Add").click()
        expect(page.locator("#address")).to_have_value("")
    return page


def join(contexts: Contexts, console: Page) -> Page:
    """Let a phone join the class."""
    width, height = PHONE
    phone = contexts(viewport={"width": width, "height": height}).new_page()
    phone.goto(room_of(console))
    phone.locator("main form .button").first.click()
    expect(phone.locator("#screen")).to_be_visible()
    return phone


def send(phone: Page, console: Page, sign: str, typed: str) -> None:
    """Answer the question that is open by its form, as a browser without scripts sends it."""
    form = {"sign": sign, "answer": typed, "question": "1", "round": "1"}
    assert phone.request.post(f"{room_of(console)}/answer", form=form).ok


def room_of(console: Page) -> str:
    return console.url.partition("/console/")[0]


def filled(page: Page) -> list[str]:
    return page.locator("main .button:not(.plain):visible").all_inner_texts()


def test_a_question_goes_its_way_and_what_is_sent_is_seen_as_it_comes(
    open_page: Open, new_context: Contexts, accessible: Check, well_formed: Check
):
    page = teach(open_page)
    assert filled(page) == ["Begin"]
    accessible(page)
    phone = join(new_context, page)
    expect(page.locator(".joined")).to_have_text("1 joined")
    page.locator("#turn-next").click()
    ask = page.locator("#turn-ask:not(.fresh)")
    ask.click()
    close = page.locator("#turn-close")
    expect(close).to_be_visible()
    close.click(force=True)  # at once: it was meant for what stood there before
    expect(page.locator(".state")).to_have_text("Open, round 1")
    page.locator("textarea").fill("Who sent 0.44?")  # and has the focus
    page.locator("#own-link summary").first.click()
    page.locator("textarea").focus()
    send(phone, page, "up", "0.741*0.593")
    row = page.locator("tr", has_text="No σ′ at the output")
    expect(row.locator(".count")).to_have_text("1")
    expect(page.locator("textarea")).to_have_value("Who sent 0.44?")
    expect(page.locator("textarea")).to_be_focused()
    assert filled(page) == ["Close"]
    assert page.locator("#turn-show").count() == 0
    page.locator("#turn-close:not(.fresh)").click()
    expect(page.locator(".state")).to_have_text("Closed, round 1")
    assert filled(page) == ["Show"]
    accessible(page)
    page.locator("#turn-show:not(.fresh)").click()
    expect(page.locator(".state")).to_have_text("Shown")
    well_formed(page)
    page.reload()
    expect(page.locator("textarea")).to_have_value("Who sent 0.44?")
    page.get_by_text("Answers and files").click()
    page.get_by_role("link", name="All that was asked").click()
    expect(page.locator("table")).to_contain_text("No σ′ at the output")
    accessible(page)


def test_the_console_is_taught_by_keys_and_the_focus_goes_along(open_page: Open):
    page = teach(open_page, "/questions", "/lessons/gradient")
    page.locator("#main").focus()
    page.keyboard.press("PageDown")
    expect(page.locator("#scene-1")).to_have_class("now")
    page.locator("#turn-ask:not(.fresh)").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#turn-close:not(.fresh)")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#turn-show:not(.fresh)")).to_be_focused()
    page.locator("#reordering summary").focus()
    page.keyboard.press("Enter")
    page.locator("#up-3").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#scenes li b").nth(2)).to_contain_text("gradient")
    expect(page.locator("#up-3")).to_be_focused()
    page.locator("#scene-3").drag_to(page.locator("#scene-1"))
    expect(page.locator("#scenes li b").nth(1)).to_contain_text("gradient")
    page.locator("#away-2").focus()
    page.keyboard.press("Space")
    expect(page.locator("#scene-2")).to_have_count(0)
    expect(page.locator("#scenes")).to_be_focused()
    page.keyboard.press("PageUp")
    expect(page.locator("#scene-3")).to_have_class("now")
    page.locator("#follow").focus()
    page.keyboard.press("Space")
    expect(page.locator("#follow")).to_have_attribute("aria-checked", "false")
    expect(page.locator("#follow")).to_be_focused()


def test_on_a_phone_show_stands_above_and_two_consoles_know_of_each_other(
    open_page: Open, new_context: Contexts, accessible: Check
):
    desk = teach(open_page)
    width, height = PHONE
    context = new_context(viewport={"width": width, "height": height}, color_scheme="dark")
    page = context.new_page()
    page.goto(desk.url)
    expect(desk.locator("#told")).to_contain_text("another console, too. Both work.")
    page.locator("#turn-next").click()
    asking, room = page.locator("#asking-1"), room_of(desk)
    for step, likeliest in (
        ("step=0", "value"),
        ("step=14", "gradient"),
    ):  # the projector says where
        desk.request.post(f"{room}/step", form={"address": f"/lessons/network?{step}"})
        expect(asking).to_have_value(likeliest)
    asking.select_option("sign")
    desk.request.post(f"{room}/step", form={"address": "/lessons/network?step=15"})
    expect(asking.locator("option").first).to_have_text("∂E/∂w₆: the sign, then the number")
    expect(asking).to_have_value("sign")  # what was chosen stays
    page.locator("#turn-ask:not(.fresh)").click()
    expect(desk.locator(".state")).to_have_text("Open, round 1")
    expect(desk.locator("#heard")).to_have_text("Open, round 1.")
    page.locator("#turn-close:not(.fresh)").click()
    show, again = page.locator("#turn-show:not(.fresh)"), page.locator("#turn-again:not(.fresh)")
    expect(show).to_be_visible()
    above, below = show.bounding_box(), again.bounding_box()
    assert above
    assert below
    assert above["y"] + above["height"] <= below["y"]
    assert below["y"] + below["height"] <= height  # nothing to scroll
    assert page.evaluate("document.documentElement.scrollWidth") == width
    accessible(page)
    page.get_by_role("link", name="Scenes").click()
    expect(page.locator("#pick-1")).to_be_in_viewport()
    page.emulate_media(forced_colors="active")
    expect(page.locator("#turn-show")).to_be_visible()
    accessible(page)


def test_any_of_a_hundred_scenes_is_reached_and_edited_by_hand_and_by_keys(
    open_page: Open, new_context: Contexts, accessible: Check
):
    page = open_page("/class/teach")
    long = "title: " + "A word and Donaudampfschifffahrtsgesellschaftskapitänswitwe " * 2
    page.locator("#from-file summary").click()
    page.locator("#lecture").fill(f"{W5}\n{long.strip()}\n" * 99 + W5)
    page.get_by_role("button", name="Open it").click()
    expect(page.locator("#scenes li[data-scene]")).to_have_count(100)
    page.locator("#pick-100").click()
    expect(page.locator("#scene-100")).to_have_class("now")
    page.locator("#edit-57").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#title-57")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.type("Wait for the last row.")
    page.locator("#asks-57").select_option("sign")
    page.locator("#follow").click()  # what is typed and chosen stays
    expect(page.locator("#follow")).to_have_attribute("aria-checked", "false")
    expect(page.locator("#own-note-57")).to_have_value("Wait for the last row.")
    accessible(page)
    keep = page.locator(".editing").get_by_role("button", name="Keep")
    expect(keep).to_be_in_viewport()
    keep.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#edit-57")).to_be_focused()
    expect(page.locator("#pick-57")).to_contain_text("to be asked · Wait for the last row.")
    expect(page.locator("#scene-100")).to_have_class("now")

    width, height = PHONE
    options = {"viewport": {"width": width, "height": height}, "color_scheme": "dark"}
    phone = new_context(**options).new_page()
    phone.goto(page.url)
    expect(phone.locator("#told")).to_contain_text("another console, too.")
    phone.locator("#edit-99").click()
    expect(phone.locator("#title-99")).to_be_focused()
    assert phone.evaluate("document.documentElement.scrollWidth") == width
    accessible(phone)
    phone.locator(".editing").get_by_role("link", name="Put away").click()
    expect(phone.locator(".editing")).to_have_count(0)


@pytest.mark.expects_status(404, 422)
def test_axe_finds_nothing_where_a_class_is_joined_waits_and_ends(
    open_page: Open, new_context: Contexts, accessible: Check
):
    page = teach(open_page)
    room, key = room_of(page), page.url
    width, height = PHONE
    options = {"viewport": {"width": width, "height": height}, "color_scheme": "dark"}
    phone = new_context(**options).new_page()
    phone.goto(room)
    expect(phone.get_by_role("heading", name="Join the class")).to_be_visible()
    accessible(phone)
    phone.goto("/class")
    phone.get_by_label("The six letters in front").fill("BBBBBB")
    phone.get_by_role("button", name="Join").click()
    expect(phone.get_by_role("alert")).not_to_be_empty()
    accessible(phone)
    phone.goto(room)
    phone.get_by_role("button", name="Join").click()

    def do(what: str, **fields: str) -> None:
        assert page.request.post(key, form={"do": what, **fields}).ok

    front = page.context.new_page()
    front.goto(f"{room}/projector")
    do("change", scene="1", asking="sign")
    for deed, words in (("scene", "A question comes"), ("pause", "Look up")):
        do(deed, scene="1")
        for each in (phone, front):
            expect(each.get_by_role("heading", name=words)).to_be_visible()
            accessible(each)
    expect(page.locator("#told")).to_contain_text("Everybody is asked to look up.")
    accessible(page)
    for address in (f"/class/teach?address={W5}", f"{key}/record", f"{key}/end"):
        page.goto(address)
        accessible(page)
    page.get_by_role("button", name="End it").click()
    expect(page.get_by_role("heading", name="The class has ended")).to_be_visible()
    accessible(page)
    expect(phone.locator("main")).to_contain_text("It may have ended.")
    accessible(phone)


@pytest.mark.expects_status(422)
def test_a_lecture_is_saved_edited_and_opened_also_without_scripts(
    open_page: Open, new_context: Contexts, accessible: Check
):
    page = teach(open_page, "/questions")
    page.locator("#keeping summary").click()
    with page.expect_download() as saved:
        page.get_by_role("link", name="The lecture as a file").click()
    text = saved.value.path().read_text("utf-8")
    plain = new_context(java_script_enabled=False).new_page()
    plain.goto("/class/teach")
    plain.locator("#from-file summary").click()
    plain.locator("#lecture").fill(f"{text}asked: it")
    plain.get_by_role("button", name="Open it").click()
    expect(plain.get_by_role("alert")).to_contain_text("“asked: it” is no line of a lecture.")
    edited = f"{text}note: Slowly.\n".encode()
    plain.locator("#file").set_input_files(
        {"name": "mine.txt", "mimeType": "text/plain", "buffer": edited}
    )
    plain.get_by_role("button", name="Open it").click()
    plain.get_by_role("button", name="Begin").click()
    plain.get_by_role("button", name="Ask", exact=True).click()
    expect(plain.locator(".state")).to_have_text("Open, round 1")
    plain.get_by_role("button", name="Close", exact=True).click()
    plain.get_by_role("button", name="Show", exact=True).click()
    plain.locator("#turn-next").click()
    expect(plain.locator("textarea")).to_have_value("Slowly.")
    plain.locator("#ending summary").click()
    plain.get_by_role("link", name="End now").click()
    plain.get_by_role("button", name="End it").click()
    expect(plain.locator("h1")).to_have_text("The class has ended")
    page.goto("/class/teach")
    accessible(page)
