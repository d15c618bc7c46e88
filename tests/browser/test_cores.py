"""One idea a screen: the core of each lesson, measured; and the sections below it that open."""

from collections.abc import Callable, Iterable

import pytest
from playwright.sync_api import Page, expect

from backprop.lessons.catalog import LESSONS

Open = Callable[..., Page]
SIZES = {1440: (900, 900), 390: (844, 2200)}  # width → height of the window, most of the core
BOTTOM = "el => el.getBoundingClientRect().bottom + scrollY"  # what is above the core included


def too_tall(open_page: Open, addresses: Iterable[str], width: int) -> dict[str, float]:
    """Return the addresses whose core does not fit, and how tall it is, in pixels."""
    height, most = SIZES[width]
    bottoms = {}
    for address in addresses:
        core = open_page(address, width, height).locator("#lab [data-core]")
        expect(core).to_have_count(1)
        bottoms[address] = core.evaluate(BOTTOM)
    return {address: bottom for address, bottom in bottoms.items() if bottom > most}


@pytest.mark.parametrize("width", SIZES)
def test_the_core_of_every_lesson_fits_its_screen(open_page: Open, width: int):
    assert too_tall(open_page, [lesson.path for lesson in LESSONS], width) == {}


@pytest.mark.long
@pytest.mark.parametrize("width", SIZES)
@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_the_core_of_every_preset_fits_its_screen(open_page: Open, lesson, width: int):
    addresses = [f"{lesson.path}?preset={preset.name}" for preset in lesson.presets]
    assert too_tall(open_page, addresses, width) == {}
