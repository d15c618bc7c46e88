"""What is stored, as it is met: a copied link's promise, a store that is away, who may delete."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from backprop.sharing.errors import StoreAway
from tests.browser.charts import Charts

Open = Callable[..., Page]
DATE = re.compile(r"at least until \d{1,2} \w+ 20\d\d\.")


def test_a_copied_link_says_until_when_it_opens_and_so_does_its_page(
    new_context: Callable[..., BrowserContext],
):
    own = new_context(permissions=["clipboard-read", "clipboard-write"])
    page = own.new_page()
    page.goto("/train?size=20&hidden=3")
    page.locator("#do-epoch").click()
    line = page.locator("#stay")
    expect(line).to_contain_text("opening it, as now, keeps it 30 days, copying its link a year.")
    page.get_by_title("Take this page along").click()
    page.locator("#take [data-copy]").click()
    expect(page.locator("#notice")).to_have_text(
        re.compile("It opens exactly this, " + DATE.pattern)
    )
    expect(line).to_contain_text(DATE)
    expect(line).not_to_contain_text("opening it")
    assert page.evaluate("navigator.clipboard.readText()").startswith(page.url)


@pytest.mark.expects_status(503)
def test_a_play_goes_on_by_itself_when_the_store_is_there_again(
    open_page: Open, site: Charts, monkeypatch: pytest.MonkeyPatch
):
    store = site.app.extensions["store"]
    put_all, refused = store.put_all, []

    def refuse(*_: Any, **__: Any) -> None:
        refused.append(1)
        if len(refused) == 2:
            monkeypatch.setattr(store, "put_all", put_all)
        error = StoreAway("The store is locked just now.")
        error.retry_after = 1
        raise error

    page = open_page("/train?size=20&hidden=3")
    page.locator("#play").click()
    expect(page.locator("#epoch")).not_to_have_text("0")
    monkeypatch.setattr(store, "put_all", refuse)
    bar = page.locator("#offline")
    expect(bar).to_have_text(re.compile("The store is locked just now. What you see stays"))
    expect(bar.get_by_role("button")).to_have_text("Close")
    expect(page.locator("#play")).to_have_attribute("aria-label", "Pause")
    so_far = int(page.locator("#epoch").inner_text())
    expect(bar).to_be_hidden()
    page.wait_for_function(
        "n => Number(document.getElementById('epoch').textContent) > n", arg=so_far
    )
    page.locator("#play").click()
    expect(page.locator("#play")).to_have_attribute("aria-label", "Play")
    refused.clear()
    monkeypatch.setattr(store, "put_all", refuse)  # and so does a button that is pressed once
    page.locator("#do-epoch").click()
    expect(bar).to_be_visible()
    expect(bar).to_be_hidden()
    assert len(refused) == 2


def test_only_who_brought_a_table_is_offered_to_delete_it(
    open_page: Open, new_context: Callable[..., BrowserContext]
):
    page = open_page("/train?show-more=data")
    page.get_by_role("button", name="Your own table").click()
    page.locator("#in-table").fill("a,b\n" + "".join(f"{i},{i * i}\n" for i in range(9)))
    page.get_by_role("button", name="Use it").click()
    expect(page.locator(".own")).to_contain_text("9 rows")
    expect(page.locator("#away")).to_contain_text("Delete these data")
    other = new_context().new_page()
    other.goto(page.url)
    expect(other.locator("#away")).to_have_count(0)
    expect(other.locator("#not-yours")).to_contain_text("Only the browser that brought this table")
    other.locator("#not-yours button").click()
    expect(other.locator("#in-data")).to_have_value("gaussians")
    page.reload()
    expect(page.locator(".own")).to_contain_text("9 rows")
