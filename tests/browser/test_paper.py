"""On paper: what a browser prints is looked at, as text and as ink."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pypdfium2
import pytest
from playwright.sync_api import Page, expect

from backprop.lessons.catalog import LESSONS

Open = Callable[..., Page]

ANSWERS = {  # of the page of each address: two answers that nothing else on it reads as
    "/playground": ("−12",),
    "/lessons/chain-rule": ("0.540", "1.0806"),
    "/lessons/gradient": ("11.662", "0.0100030"),
    "/lessons/network": ("0.741", "0.291028"),
    "/lessons/gradient-check": ("0.0797979", "0.0821429"),
    "/lessons/find-the-bug": ("Line 7", "dh * h * (1 - h)"),
    "/lessons/own-gradient": ("0.0264659", "−0.0222980"),
    "/lessons/optimizers": ("0.720", "−0.016"),
    "/train": ("10 × 8", "−0.724"),
    "/lessons/network/end": ("0.053", "0.0527"),
}
MOST_PAGES = 5
STEP = 8  # mm: the height of a band that is looked at
EDGE = 6  # mm: a printer may leave so much white, so nothing stands there
FOOT = 17  # mm: below the sheet stand its address and the number of the page
PIXELS = 3  # a millimetre
INK = 200  # what is darker than this, of 255


class Sheet(NamedTuple):
    """A printed page: its text, and the darkness of its pixels, [rows, columns]."""

    text: str
    paper: np.ndarray

    @property
    def used(self) -> float:
        """Which share of the bands of its height has ink in it."""
        inside = self.paper[EDGE * PIXELS : -FOOT * PIXELS]
        rows = (inside < INK).any(axis=1)
        bands = [rows[i : i + STEP * PIXELS].any() for i in range(0, len(rows), STEP * PIXELS)]
        return float(np.mean(bands))

    @property
    def is_clear_of_its_edges(self) -> bool:
        """Whether nothing is cut, or would be by a printer."""
        edge = np.ones(self.paper.shape, bool)
        edge[EDGE * PIXELS : -EDGE * PIXELS, EDGE * PIXELS : -EDGE * PIXELS] = False
        return not (self.paper[edge] < INK).any()


def print_page(page: Page, size: str = "A4") -> list[Sheet]:
    """Return the pages that a browser prints, as it does where nothing is set."""
    document = pypdfium2.PdfDocument(page.pdf(format=size))
    sheets = []
    for printed in document:
        drawn = printed.render(scale=PIXELS * 25.4 / 72, grayscale=True).to_numpy()
        text = printed.get_textpage().get_text_range().replace("\r\n", "\n")
        sheets.append(Sheet(text, drawn[:, :, 0] if drawn.ndim == 3 else drawn))
    document.close()
    return sheets


def check_sheets(sheets: list[Sheet], name: str) -> None:
    """Check that pages are used, and that nothing is cut."""
    assert 1 <= len(sheets) <= MOST_PAGES, f"{name} has {len(sheets)} pages"
    assert sheets[0].used >= 0.6, f"the first page of {name} is used to {sheets[0].used:.0%}"
    for number, sheet in enumerate(sheets, 1):
        assert sheet.used > 0.02, f"page {number} of {name} is empty"
        assert sheet.is_clear_of_its_edges, f"page {number} of {name} is cut"


def has(text: str, answer: str) -> bool:
    """Whether a text has an answer in it, however its lines are broken."""
    return "".join(answer.split()) in "".join(text.split())


@pytest.mark.parametrize("size", ["A4", "Letter"])
def test_a_worksheet_asks_on_its_first_page_and_answers_on_its_last(open_page: Open, size: str):
    for address, answers in ANSWERS.items():
        page = open_page(f"{address}?on-paper=worksheet")
        sheets = print_page(page, size)
        check_sheets(sheets, address)
        first = next(i for i, sheet in enumerate(sheets) if "Answers" in sheet.text)
        assert first, f"{address} begins with its answers"
        asked, told = ("\n".join(s.text for s in part) for part in (sheets[:first], sheets[first:]))
        for answer in answers:
            assert not has(asked, answer), f"{address} says {answer}"
            assert has(told, answer), f"{address} has no {answer} among its answers"
        assert address in sheets[0].text  # at the foot, to be typed


def test_a_solution_has_every_answer_where_it_is_asked_and_every_step_as_a_table(open_page: Open):
    for address, answers in ANSWERS.items():
        page = open_page(f"{address}?on-paper=solution&all-steps=1")
        assert page.locator(".handout .blank").count() == page.locator("td .blank").count()
        sheets = print_page(page)
        check_sheets(sheets, address)
        text = "\n".join(sheet.text for sheet in sheets)
        assert has(text, "All steps"), address
        for answer in answers:
            assert has(text, answer), f"{address} has no {answer}"


OUT_OF_ITS_BOX = """() => [...document.querySelectorAll('.chart')].filter(chart => {
  const drawn = chart.querySelector('.main-svg')?.getBoundingClientRect();
  return chart.checkVisibility() && drawn && !chart._fullLayout.scene
    && (drawn.width > chart.clientWidth + 1 || drawn.height > chart.clientHeight + 1);
}).map(chart => chart.id)"""


@pytest.mark.charts
def test_every_page_prints_from_its_first_page_on_with_charts_in_their_places(open_page: Open):
    for lesson in LESSONS:
        mode = "projector" if lesson.name == "network" else None  # elsewhere it shows a part alone
        page = open_page(lesson.path, theme="dark", mode=mode)
        page.wait_for_function(
            "() => [...document.querySelectorAll('.chart:not([data-bundle])')].every("
            "chart => !chart.checkVisibility() || chart._fullLayout)"
        )
        sheets = print_page(page)
        check_sheets(sheets, lesson.path)
        assert sheets[0].paper.mean() > 200, "dark paper"
        page.set_viewport_size({"width": 695, "height": 1000})  # A4 without its margins
        page.emulate_media(media="print")
        page.wait_for_function(f"() => ({OUT_OF_ITS_BOX})().length === 0")
        assert page.evaluate("document.documentElement.scrollWidth") <= 695, lesson.path
        page.emulate_media(media="null")


def test_a_sheet_on_the_screen_has_a_way_back_and_is_printed_by_its_button(
    open_page: Open, accessible: Callable[[Page], None]
):
    page = open_page("/lessons/network?on-paper=worksheet")
    accessible(page)
    page.evaluate("window.print = () => { document.title = 'printed' }")
    page.get_by_role("button", name="Print").click()
    expect(page).to_have_title("printed")
    page.get_by_role("link", name="Solution").click()
    expect(page.locator(".handout").first).to_contain_text("0.741")
    page.get_by_role("link", name="Back to the lesson").click()
    expect(page.locator("#lab")).to_be_visible()
    page.locator("#take summary").click()
    page.get_by_role("link", name="Worksheet").click()
    expect(page.locator(".handout")).to_have_count(2)


@pytest.mark.long
@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
@pytest.mark.parametrize("form", ["worksheet", "solution"])
def test_every_preset_can_be_printed(open_page: Open, lesson, form: str):
    for preset in lesson.presets:
        page = open_page(f"{lesson.path}?preset={preset.name}&on-paper={form}")
        for number, sheet in enumerate(print_page(page), 1):
            assert sheet.is_clear_of_its_edges, f"page {number} of {preset.name} is cut"
