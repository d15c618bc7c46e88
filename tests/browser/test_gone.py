"""A state that goes while its page is open: the page stays, says so, and offers where to go on."""

import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from backprop.sharing.errors import MissingSnapshot
from tests.browser.charts import Charts

Open = Callable[..., Page]


@pytest.mark.expects_status(404)
def test_a_play_whose_state_is_gone_stays_and_offers_the_last_point_and_the_start(
    open_page: Open,
    accessible: Callable[[Page], None],
    site: Charts,
    monkeypatch: pytest.MonkeyPatch,
):
    page = open_page("/train?size=20&hidden=3")
    page.locator("#do-epoch").click()
    expect(page.locator("#epoch")).to_have_text("1")
    opened = parse_qs(urlsplit(page.url).query)["from"][0]
    store = site.app.extensions["store"]
    get = store.get

    def get_first(address: str) -> bytes:
        if address == opened:
            return bytes(get(address))
        raise MissingSnapshot("It is not there.")

    page.locator("#play").click()
    expect(page.locator("#epoch")).to_have_text(re.compile(r"\d\d"))
    monkeypatch.setattr(store, "get", get_first)
    notice = page.locator("#notice")
    expect(notice).to_contain_text("This state is gone.")
    expect(page.locator("#play")).to_have_attribute("aria-label", "Play")
    expect(page.locator("#epoch")).to_have_text(re.compile(r"\d\d"))  # what was drawn stays
    accessible(page)
    page.set_viewport_size({"width": 390, "height": 844})
    box = notice.bounding_box()
    assert box
    assert 0 <= box["x"] <= box["x"] + box["width"] <= 390
    start = notice.get_by_role("link", name="The start, with the same choices")
    expect(start).to_have_attribute("href", "/train?size=20&hidden=3")
    notice.get_by_role("link", name="The nearest point that is left").click()
    expect(page.locator("#epoch")).to_have_text("1")
    assert parse_qs(urlsplit(page.url).query)["from"] == [opened]
