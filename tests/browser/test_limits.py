"""Too much is asked: the page stays, says so, and goes on by itself."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.charts import Charts


@pytest.mark.expects_status(429)
def test_a_step_and_a_play_wait_where_too_much_is_asked_and_go_on_by_themselves(
    open_page: Callable[..., Page], site: Charts, monkeypatch: pytest.MonkeyPatch
):
    limits, refused = site.app.extensions["limits"], []

    def take(rate: str, *_: Any) -> int:
        if rate not in ("look", "work") or len(refused) == 2:
            return 0
        refused.append(rate)
        return 1

    monkeypatch.setattr(limits, "take", take)
    monkeypatch.setattr(limits, "check_room", lambda *_: None)
    monkeypatch.setattr(limits, "count_bytes", lambda *_: None)
    bar = open_page("/train?size=20&hidden=2").locator("#offline")
    page = bar.page
    monkeypatch.setattr(limits, "rate", 1)
    for button in ("#do-epoch", "#play"):
        so_far = int(page.locator("#epoch").inner_text())
        refused.clear()
        page.locator(button).click()
        expect(bar).to_contain_text("Too much is asked from the address you come from just now.")
        expect(bar).to_be_hidden()
        page.wait_for_function(
            "n => Number(document.getElementById('epoch').textContent) > n", arg=so_far
        )
    assert refused == ["work", "work"]
    expect(page.locator("#play")).to_have_attribute("aria-label", "Pause")
