"""The pages below a path of a host: a lesson is walked, played, stored and gone back through."""

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from app import create_app
from tests.browser.charts import Charts

PREFIX = "/backprop"


class Proxy:
    """What stands in front: it knows the pages below the prefix alone, and may strip it."""

    def __init__(self, app: Any, *, strips: bool) -> None:
        self.app = app
        self.strips = strips

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if not path.startswith(f"{PREFIX}/"):
            start_response("404 NOT FOUND", [("Content-Type", "text/plain")])
            return [b"Another program."]
        if self.strips:
            environ["PATH_INFO"] = path.removeprefix(PREFIX)
        return self.app(environ, start_response)


@pytest.mark.parametrize("strips", [True, False], ids=["stripping", "not_stripping"])
def test_everything_stays_below_the_prefix(
    strips: bool,
    site: Charts,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    open_page: Callable[..., Page],
):
    settings = {"DATABASE_URL": f"sqlite:///{tmp_path / 'store.sqlite'}", "URL_PREFIX": PREFIX}
    monkeypatch.setattr(site, "app", Proxy(create_app(settings), strips=strips))
    page = open_page(f"{PREFIX}/")

    # From the first page into a lesson; its steps are pushed, and played.
    page.locator("#carry-on").click()
    expect(page).to_have_url(re.compile(f"{PREFIX}/[a-z]+"))
    page.goto(f"{PREFIX}/lessons/network?step=3")
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile(rf"{PREFIX}/lessons/network\?step=4$"))
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile(r"\?step=5$"))
    page.go_back()
    expect(page).to_have_url(re.compile(r"\?step=4$"))
    expect(page.locator(".explain .eyebrow")).to_contain_text("step 5 of")  # it is brought again
    page.locator("#play").click()
    expect(page).to_have_url(re.compile(r"\?step=[6-9]"))

    # The theme is kept by a cookie for these pages alone.
    page.locator("#theme").click()
    theme = next(each for each in page.context.cookies() if each["name"] == "theme")
    assert theme["path"] == PREFIX
    page.reload()
    expect(page.locator(":root[data-theme=dark]")).to_have_count(1)

    # A run is stored; its address opens the same, and going back shows what was before.
    page.goto(f"{PREFIX}/train?size=20&hidden=3")
    page.locator("#do-epoch").click()
    expect(page.locator("#epoch")).to_have_text("1")
    expect(page).to_have_url(re.compile(rf"{PREFIX}/train\?from=\w{{64}}"))
    page.locator("#do-epoch").click()
    expect(page.locator("#epoch")).to_have_text("2")
    page.go_back()
    expect(page.locator("#epoch")).to_have_text("1")
    page.reload()
    expect(page.locator("#epoch")).to_have_text("1")
