"""Three engines for one scenario: Chromium, Debian's Firefox, and WebKitGTK.

Firefox and WebKit are there where `make test` could install them (scripts/engines.sh). Elsewhere
their tests are skipped with one line; under CI=true on Debian they fail.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.charts import Charts
from tests.browser.conftest import served
from tests.browser.engines.chromium import Chromium
from tests.browser.engines.firefox import Firefox
from tests.browser.engines.hearing import Hearing
from tests.browser.engines.tab import Tab
from tests.browser.engines.webkit import WebKit

PROGRAMS = {  # as in scripts/engines.sh
    "firefox": ("firefox-esr",),
    "webkit": ("WebKitWebDriver", "Xvfb"),
}
RELEASE = Path("/etc/os-release")
DEBIAN = RELEASE.exists() and "ID=debian" in RELEASE.read_text("utf-8").splitlines()


@pytest.fixture(scope="session")
def hearing(site: Charts) -> Hearing:
    """Give the site, as it is served to engines."""
    return Hearing(site)


@pytest.fixture(scope="session")
def place(hearing: Hearing) -> Iterator[str]:
    with served(hearing) as url:
        yield url


def programs(engine: str) -> list[str]:
    """Return the paths of what an engine needs; without one, skip the test, or fail it."""
    found = [shutil.which(name) for name in PROGRAMS[engine]]
    missing = [name for name, path in zip(PROGRAMS[engine], found, strict=True) if not path]
    said = f"No {' and no '.join(missing)}: the scenario is not run in {engine}."
    if missing and DEBIAN and os.environ.get("CI") == "true":
        pytest.fail(said, pytrace=False)
    if missing:
        pytest.skip(said)
    return [path for path in found if path]


@pytest.fixture(params=["firefox", "webkit", "chromium"])
def tab(
    request: pytest.FixtureRequest, place: str, hearing: Hearing, tmp_path: Path
) -> Iterator[Tab]:
    """Give a tab of each engine, which is begun for its one test and ended with it."""
    hearing.listens = request.param == "webkit"
    tab: Tab
    if request.param == "firefox":
        tab = Firefox(place, hearing, *programs("firefox"), tmp_path)
    elif request.param == "webkit":
        tab = WebKit(place, hearing, *programs("webkit"), tmp_path)
    else:
        browser: Browser = request.getfixturevalue("browser")
        tab = Chromium(place, hearing, browser)
    try:
        tab.resize(1440, 900)
        yield tab
    finally:
        hearing.let_go()
        tab.close()
