"""A gradient of one's own: pasted, uploaded, dropped, refused, deleted; and without JavaScript."""

import io
import re
from collections.abc import Callable

import numpy as np
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from backprop.lessons.own_gradient.choices import Choices
from backprop.lessons.own_gradient.downloads import example_text

Open = Callable[..., Page]
Check = Callable[[Page], None]
PATH = "/lessons/own-gradient"
RIGHT = example_text(Choices(example="right"))
SLIP = example_text(Choices(example="slip"))
DROP = """text => {
  const files = new DataTransfer();
  files.items.add(new File([text], "gradient.txt"));
  const target = document.getElementById("in-given");
  for (const type of ["dragover", "drop"])
    target.dispatchEvent(new DragEvent(type, {
      dataTransfer: files, bubbles: true, cancelable: true }));
}"""


def paste(page: Page, text: str) -> None:
    """Paste a text, and send it from the keyboard."""
    page.locator("#in-given").fill(text)
    page.locator("#in-given").press("Control+Enter")


def npz(**arrays: object) -> dict[str, object]:
    file = io.BytesIO()
    np.savez(file, **arrays)
    return {"name": "gradient.npz", "mimeType": "application/zip", "buffer": file.getvalue()}


def test_a_right_one_is_right_one_with_a_slip_is_named_and_going_back_shows_the_first(
    open_page: Open, accessible: Check
):
    page = open_page(PATH)
    big = page.locator(".answered .big")
    expect(big).to_have_text("Nothing brought yet")
    accessible(page)
    paste(page, RIGHT)
    expect(big).to_have_text("Right all 17 entries")
    first = page.url
    paste(page, SLIP)
    expect(big).to_have_text("Wrong: most likely no σ′ at the output (99 %)")
    expect(page.locator(".squares .wrong")).to_have_count(17)
    expect(page.locator(".entries-of tbody tr")).to_have_count(17)
    accessible(page)
    page.reload()
    expect(big).to_contain_text("no σ′ at the output")
    expect(page.locator("#in-given")).to_have_value(SLIP)
    page.go_back()
    expect(big).to_have_text("Right all 17 entries")
    expect(page.locator("#in-given")).to_have_value(RIGHT)
    assert page.url == first


@pytest.mark.expects_status(422)
def test_a_file_is_judged_a_pickled_one_is_refused_kindly_and_the_next_paste_counts(
    open_page: Open,
):
    page = open_page(PATH)
    big, file = page.locator(".answered .big"), page.locator("#in-file")
    send = page.get_by_role("button", name="Check it")
    arrays = {"dW1": np.zeros((3, 2)), "db1": np.zeros(3), "dW2": np.zeros((2, 3))}
    file.set_input_files(npz(**arrays, db2=np.zeros(2)))
    send.click()
    expect(big).to_have_text("Not filled in every entry is 0")
    expect(page.locator(".quietly")).to_contain_text("Read as an .npz file")
    file.set_input_files(npz(dW1=np.array([{}], dtype=object)))
    send.click()
    error = page.locator("#error-given")
    expect(error).to_contain_text("pickled content can run programs, so it is not loaded")
    expect(page.locator("#in-given")).to_have_attribute("aria-invalid", "true")
    expect(big).to_have_text("Not filled in every entry is 0")
    paste(page, RIGHT)
    expect(big).to_have_text("Right all 17 entries")
    expect(error).to_be_empty()
    page.locator("#in-given").fill("1 " * 600_000)
    send.click()
    expect(error).to_contain_text("larger than 1 MiB")
    page.evaluate(DROP, SLIP)
    expect(big).to_contain_text("no σ′ at the output")
    page.get_by_role("button", name="Delete it").click()
    expect(big).to_have_text("Nothing brought yet")
    expect(page.locator("#in-given")).to_have_value("")


@pytest.mark.expects_status(422)
def test_the_network_can_be_changed_and_its_starter_and_examples_follow(open_page: Open):
    page = open_page(PATH)
    page.locator("#more-network > summary").click()
    page.locator("#in-sizes").fill("3, 4, 2")
    expect(page.locator("#network .hint").last).to_contain_text("W1 (4, 3)")
    page.locator("#in-loss").select_option("cross_entropy")
    expect(page.locator("#in-output")).to_have_value(re.compile("softmax"))
    page.locator("#in-rows").fill("none")
    expect(page.locator("#error-rows")).to_contain_text("“none” is not a number")
    page.locator("#in-rows").fill("6")
    expect(page.locator("#network .hint").last).to_contain_text("X (6, 3)")
    page.locator(".tries").get_by_text("one with its steps").click()
    expect(page.locator(".finds")).to_contain_text("way back is dZ1")
    expect(page.locator("#in-given")).to_have_value(re.compile("delta1 = "))
    page.locator("#more-starters > summary").click()
    with page.expect_download() as started:
        page.locator(".files").get_by_role("link", name="NumPy").click()
    assert started.value.suggested_filename == "starter_numpy.py"
    assert "[3, 4, 2]" in started.value.path().read_text("utf-8")


@pytest.mark.expects_status(422)
def test_without_javascript_a_paste_is_answered_and_a_bad_one_says_where(
    new_context: Callable[..., BrowserContext],
):
    page = new_context(java_script_enabled=False).new_page()
    page.goto(PATH)
    page.locator("#in-given").fill(SLIP)
    page.get_by_role("button", name="Check it").click()
    expect(page.locator(".answered .big")).to_contain_text("most likely no σ′ at the output")
    page.locator("#in-given").fill("dW1 = [o.5]")
    page.get_by_role("button", name="Check it").click()
    expect(page.locator("h1")).to_contain_text("“o.5” in line 1, column 8 is not a number")
    page.get_by_role("link", name="Back to where you were").click()
    expect(page.locator(".answered .big")).to_contain_text("most likely no σ′ at the output")
