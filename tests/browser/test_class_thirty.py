"""A whole lecture with thirty phones, each a browser of its own, from the first page to the CSV."""

import csv
import io
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

PHONES = 30
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
ROUNDS = (
    ("0.0822", "0.741*0.593", "-0.0822", "0.0523", "0.0827"),
    ("0.0822", "0.0822", "0.0822", "0.741*0.593", "0.082"),
)


@pytest.mark.long
def test_thirty_phones_go_through_a_whole_lecture(
    open_page: Callable[..., Page], new_context: Callable[..., BrowserContext]
):
    began = time.monotonic()
    console = open_page("/")
    console.locator("main a[href='/lessons/network']").first.click()
    console.locator(".film li a").nth(14).click()
    expect(console.locator(".explain .eyebrow")).to_contain_text("step 15 of 30")
    console.locator("#take summary").click()
    console.get_by_role("link", name="Teach this").click()
    console.get_by_label("Ask a question here first").check()
    console.get_by_role("button", name="Open a class").click()
    code = console.url.split("/")[4]
    with console.context.expect_page() as opened:
        console.get_by_role("button", name="Open the projector").first.click()
    front = opened.value
    phones = [new_context(**PHONE).new_page() for _ in range(PHONES)]
    for phone in phones:
        phone.goto("/class")
        phone.get_by_label("The six letters in front").fill(code)
        phone.get_by_role("button", name="Join").click()
    expect(front.locator("[data-joined]").first).to_have_text(str(PHONES))
    console.locator("#turn-next:not(.fresh)").click()
    for turn, typed in enumerate(ROUNDS, start=1):
        console.locator("#turn-ask:not(.fresh), #turn-again:not(.fresh)").first.click()
        for number, phone in enumerate(phones):
            phone.get_by_role("button", name="positive").click()
            phone.get_by_label("How far?").fill(typed[number % len(typed)])
            phone.get_by_role("button", name="Send").click()
        for phone in phones:
            expect(phone.get_by_role("heading", name="Sent", exact=True)).to_be_visible()
        expect(front.locator("[data-answered]")).to_have_text(str(PHONES))
        if turn == 1:  # a figure to be read (-rP), which says nothing of a machine that is busy
            took = time.monotonic() - began
            print(f"{PHONES} phones had answered {took:.0f} s after the first page was opened")
        console.locator("#turn-close:not(.fresh)").click()
        expect(console.locator(".state")).to_have_text(f"Closed, round {turn}")
    console.locator("#turn-show:not(.fresh)").click()
    expect(front.locator(".hist li.right .vote")).to_have_count(2)
    expect(front.locator(".hist li.right")).to_contain_text("24")
    expect(phones[1].locator("#mine")).to_contain_text("No σ′ at the output")
    expect(phones[4].locator("#mine")).to_contain_text("another number")  # 0.0827 is w₆'s
    console.get_by_text("Answers and files").click()
    with console.expect_download() as saved:
        console.get_by_role("link", name="Answers as CSV").first.click()
    text = saved.value.path().read_text("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert len(rows) == 1 + 2 * PHONES
