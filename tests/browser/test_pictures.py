"""Pictures that the browser makes: the graph as a PNG, a chart as both."""

import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Page, expect

Open = Callable[..., Page]


def taken(page: Page, name: str) -> tuple[str, bytes]:
    """Press an entry of the menu; return the file's name, and the file."""
    page.locator("#take summary").click()
    with page.expect_download() as download:
        page.locator("#take").get_by_role("button", name=name, exact=True).click()
    expect(page.locator("#take .sheet")).to_be_hidden()
    return download.value.suggested_filename, Path(download.value.path()).read_bytes()


def size_and_inks(png: bytes) -> tuple[int, int, set[bytes]]:
    """Return width and height of a PNG, and the bytes that its rows are made of."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", png[16:24])
    at, packed = 8, b""
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        packed += png[at + 8 : at + 8 + length] if png[at + 4 : at + 8] == b"IDAT" else b""
        at += length + 12
    rows = zlib.decompress(packed)
    wide = len(rows) // height
    return width, height, {rows[n * wide : (n + 1) * wide] for n in range(height)}


def test_the_graph_is_a_png_at_twice_its_size(open_page: Open):
    page = open_page("/lessons/network?step=12")
    file = page.request.get(page.url.replace("?", "/graph.svg?")).text()
    root = ElementTree.fromstring(file)
    name, png = taken(page, "PNG")
    assert name == "network-step-13.png"
    width, height, rows = size_and_inks(png)
    assert (width, height) == tuple(2 * round(float(root.attrib[x])) for x in ("width", "height"))
    assert len(rows) > height / 4  # it is drawn all over


@pytest.mark.charts
def test_a_chart_is_an_svg_and_a_png_with_its_lines_named(open_page: Open):
    page = open_page("/train?epoch=2")
    expect(page.locator("#chart-loss .main-svg").first).to_be_attached()
    name, svg = taken(page, "The run as SVG")
    assert name == "train-the-run.svg"
    root = ElementTree.fromstring(svg)
    words = {element.text for element in root.iter("{http://www.w3.org/2000/svg}text")}
    assert {"training", "held out", "epoch"} <= words
    name, png = taken(page, "The run as PNG")
    assert name == "train-the-run.png"
    width, height, rows = size_and_inks(png)
    box = [float(root.attrib[side]) for side in ("width", "height")]
    assert abs(width - 2 * box[0]) <= 1
    assert abs(height - 2 * box[1]) <= 1
    assert len(rows) > 40
