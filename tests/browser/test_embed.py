"""A lesson in a frame of a course's page, on another origin: as its HTML block makes it."""

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from app import create_app
from tests.browser.charts import Charts
from tests.browser.conftest import served
from tests.browser.watching import Watch

THEME = """theme => document.querySelector('iframe').contentWindow.postMessage(
  { type: 'backprop:theme', theme }, '*')"""

Embed = Callable[[str], FrameLocator]


class Course:
    """A course's page, whose HTML block holds what was pasted into it."""

    block = ""

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        start_response("200 OK", [("Content-Type", "text/html")])
        page = f"<!doctype html><title>Week 3</title><h1>Week 3</h1>{self.block}<p>After it.</p>"
        return [page.encode()]


@pytest.fixture
def embed(
    site: Charts, page: Page, watch: Watch, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Embed]:
    """Give the function that puts what *Copy a frame* gives into a course's page."""
    course = Course()
    with served(course) as url:
        settings = {"DATABASE_URL": f"sqlite:///{tmp_path / 'store.sqlite'}"}
        monkeypatch.setattr(site, "app", create_app(settings | {"EMBED_ORIGINS": url}))
        watch.hosts.append(f"{url}/")

        def put(address: str) -> FrameLocator:
            page.goto(address)
            code = page.locator("[data-copy^='<iframe']").get_attribute("data-copy")
            course.block = code or ""
            page.goto(f"{url}/")
            return page.frame_locator("iframe")

        yield put


def height(page: Page) -> int:
    return int(page.locator("iframe").get_attribute("height"))


def test_a_lesson_is_stepped_in_a_frame_that_is_as_high_as_it(page: Page, embed: Embed):
    frame = embed("/lessons/network?step=4")
    expect(frame.locator("header.top")).to_have_count(0)
    frame.get_by_role("link", name="Next step").click()
    expect(frame.locator("#whole")).to_have_attribute("href", "/lessons/network?step=5")
    fits = "() => document.documentElement.scrollHeight === innerHeight"
    page.frames[1].wait_for_function(fits)
    assert 400 < height(page) < 1400
    assert page.title() == "Week 3"
    with page.context.expect_page() as opened:
        frame.locator("#whole").click()
    expect(opened.value).to_have_url(re.compile(r"/lessons/network\?step=5$"))


@pytest.mark.parametrize("path", ["/train", "/arrays", "/playground", "/lessons/gradient"])
def test_a_frame_does_not_grow_without_end(page: Page, embed: Embed, path: str):
    frame = embed(path)
    expect(frame.locator("#lab")).to_be_visible()
    page.frames[1].wait_for_function("document.documentElement.scrollHeight === innerHeight")
    assert height(page) < 2400


def test_a_frame_follows_the_host_into_the_dark_and_back(page: Page, embed: Embed):
    frame = embed("/lessons/chain-rule")
    root = frame.locator("html")
    expect(frame.locator("#lab")).to_be_visible()
    page.frames[1].wait_for_load_state()
    page.evaluate(THEME, "dark")
    expect(root).to_have_attribute("data-theme", "dark")
    page.evaluate(THEME, "")
    expect(root).not_to_have_attribute("data-theme", re.compile("."))


def test_what_would_be_stored_is_brought_on_the_whole_page(embed: Embed):
    frame = embed("/lessons/own-gradient")
    expect(frame.get_by_role("link", name="Bring it on the whole page")).to_have_attribute(
        "href", re.compile(r"^/lessons/own-gradient$")
    )
    expect(frame.locator("#bring input[type=file]")).to_have_count(0)
