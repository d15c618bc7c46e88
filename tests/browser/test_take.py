"""The menu “Share” by keyboard and on a phone, and a link that is prepared in it."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

LESSON = "/lessons/network"

Open = Callable[..., Page]
Check = Callable[[Page], None]


def test_the_menu_opens_and_closes_by_keys_and_closes_nothing_behind_it(
    open_page: Open, accessible: Check
):
    page = open_page(f"{LESSON}?step=12&focus=w2_1_1", 390, 844)
    menu, ledger = page.locator("#take"), page.locator("#ledger-later, #ledger")
    page.keyboard.press("k")
    expect(menu.get_by_role("button", name="Copy link")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    box = menu.locator(".sheet").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    accessible(page)
    page.locator("#take summary").focus()
    page.keyboard.press("Tab")
    expect(menu.get_by_role("button", name="Copy link")).to_be_focused()
    page.keyboard.press("Escape")
    expect(menu.locator(".sheet")).to_be_hidden()
    expect(menu.locator("summary")).to_be_focused()
    expect(ledger).to_be_visible()
    page.keyboard.press("Enter")
    expect(menu.locator(".sheet")).to_be_visible()
    page.locator("h1").first.click()
    expect(menu.locator(".sheet")).to_be_hidden()


def test_a_link_is_prepared_by_ticking_and_opens_as_ticked(open_page: Open, accessible: Check):
    page = open_page(f"{LESSON}?step=3")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator("#take summary").click()
    page.get_by_role("link", name="Prepare a link").click()
    form = page.get_by_role("dialog", name="Prepare a link")
    link = form.get_by_label("The link")
    form.get_by_label("on a projector").check()
    expect(link).to_have_value(f"{page.url}&mode=projector&ask=0")
    accessible(page)
    form.get_by_label("at step").fill("12")
    form.get_by_label("at step").press("Enter")
    form.get_by_label("the buttons that play and step").check()
    form.get_by_label("asked first").select_option("2")
    expect(link).to_have_value(
        page.url.replace("step=3", "step=11&mode=projector&hide=transport&ask=1&ask-level=2")
    )
    form.get_by_role("button", name="Copy link").click()
    expect(form.get_by_role("status")).to_have_text("The link is copied.")
    assert page.evaluate("navigator.clipboard.readText()") == link.input_value()
    form.get_by_role("link", name="Open").click()
    expect(page.locator(":root[data-mode=projector]")).to_have_count(1)
    expect(page.locator(".explain .eyebrow").first).to_contain_text("step 12 of 30")
    expect(page.locator("#ask")).to_be_visible()
    expect(page.locator(".transport")).to_have_count(0)
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".explain .eyebrow").first).to_contain_text("step 11 of 30")
    page.locator("#take summary").click()
    page.get_by_role("link", name="Prepare a link").click()
    expect(form.get_by_label("at step")).to_have_value("11")
    page.keyboard.press("Escape")
    expect(form).to_have_count(0)
    expect(page.locator("#take summary")).to_be_focused()


def test_a_program_is_downloaded_as_code_that_runs_and_as_a_picture(
    open_page: Open, accessible: Check
):
    page = open_page("/arrays?preset=embedding", 390, 844)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator("#take summary").click()
    accessible(page)
    code = page.get_by_role("region", name="Code")
    with page.expect_download() as download:
        code.get_by_role("listitem").filter(has_text="NumPy").get_by_role("link").click()
    assert download.value.suggested_filename == "program_numpy.py"
    text = download.value.path().read_text("utf-8")
    scope: dict[str, object] = {}
    exec(text, scope)  # its own check raises where its gradient is wrong
    assert list(scope["gradient"]) == ["E", "W"]
    page.locator("#take summary").click()
    code.get_by_role("listitem").filter(has_text="NumPy").get_by_role("button").click()
    expect(page.get_by_text("copied", exact=False).first).to_be_attached()
    assert page.evaluate("navigator.clipboard.readText()") == text
    if not page.locator("#take .sheet").is_visible():
        page.locator("#take summary").click()
    with page.expect_download() as download:
        page.get_by_role("region", name="Picture").get_by_role("button", name="PNG").click()
    assert download.value.suggested_filename.endswith(".png")
