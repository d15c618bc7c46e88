"""The learner's own table: brought as a file or as text, chosen from, remarked upon, deleted."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

Open = Callable[..., Page]
ROWS = [(k, 10 - k, k * k, ("small", "large")[k > 5]) for k in range(1, 11)]
TABLE = "length;width;area;kind\n" + "\n".join(";".join(map(str, row)) for row in ROWS)
GAPS = TABLE.replace("3;7;9", "3;;9").replace("8;2;64", "8;two;64")


def bring(page: Page, text: str) -> None:
    """Paste a text as a table."""
    page.get_by_role("button", name="Your own table").or_(
        page.get_by_role("button", name="Another table")
    ).click()
    page.locator("#in-table").fill(text)
    page.get_by_role("button", name="Use it").click()


def state(page: Page) -> tuple[str, str | None]:
    return page.url, page.locator("#loss-train").get_attribute("data-exact")


def test_a_file_becomes_the_data_and_its_target_and_features_can_be_chosen(open_page: Open):
    page = open_page("/train?show-more=data,network,optimizer,errors")
    page.get_by_role("button", name="Your own table").click()
    popover = page.locator("#bring")
    expect(popover).to_contain_text("Who has the address of the page can see these data")
    page.locator("#in-file").set_input_files(
        {"name": "kinds.csv", "mimeType": "text/csv", "buffer": TABLE.encode()}
    )
    popover.get_by_role("button", name="Use it").click()
    own = page.locator(".own")
    expect(own).to_contain_text("10 rows, separated by semicolons, with a row of names")
    expect(popover).to_be_hidden()
    expect(page.locator("#in-data")).to_have_value("own")
    expect(page.locator("#presets summary")).to_contain_text("Your own table")
    expect(page.locator("#presets summary")).to_contain_text("3–8–8–1")
    read_as = own.get_by_label("Read kind as")
    expect(read_as).to_have_value("words")
    own.get_by_label("Learn length").check()
    expect(own.get_by_label("Read length as")).to_have_value("number")
    expect(page.locator("#right")).to_have_count(0)
    expect(page.locator("#errors")).to_contain_text("a straight line")
    expect(page.locator("#presets summary")).to_contain_text("4–8–8–1")
    expect(own.locator("tr", has_text="kind")).to_contain_text("one-hot: 2 inputs")
    own.get_by_label("Read area as").select_option("aside")
    expect(page.locator("#presets summary")).to_contain_text("3–8–8–1")
    read_as.select_option("aside")
    expect(page.locator("#presets summary")).to_contain_text("1–8–8–1")
    own.get_by_label("Read length as").select_option("words")
    expect(page.locator("#right")).to_have_count(1)
    page.locator("#do-epoch").click()
    expect(page.locator("#epoch")).to_have_text("1")
    page.reload()
    expect(own).to_contain_text("10 rows")
    expect(page.locator("#epoch")).to_have_text("1")


def test_a_pasted_table_trains_and_is_deleted_with_every_page_of_it(open_page: Open):
    page = open_page("/train?show-more=data,network,optimizer,errors")
    bring(page, TABLE.replace("length", "span"))  # nobody else brought it
    own = page.locator(".own")
    expect(own).to_contain_text("10 rows")
    expect(page.locator("#bring")).to_be_hidden()
    url = page.url
    page.locator("#do-epoch").click()
    expect(page.locator("#epoch")).to_have_text("1")
    away = page.get_by_role("button", name="Delete them")
    expect(away).to_be_hidden()
    own.locator("summary", has_text="Delete these data").click()
    away.click()
    expect(own).to_have_count(0)
    expect(page.locator("#in-data")).to_have_value("circles")
    expect(page.locator("#epoch")).to_have_text("0")
    assert page.request.get(url).status == 404


def test_missing_values_and_words_are_remarked_upon_and_the_rest_is_used(open_page: Open):
    page = open_page("/train?show-more=data,network,optimizer,errors")
    bring(page, GAPS)
    remarks = page.locator(".own details:not(#away)")
    remarks.locator("summary").click()
    expect(remarks).to_contain_text("There is no value in")
    expect(remarks).to_contain_text("“two”")
    width = page.locator(".own tr", has_text="width")
    expect(page.get_by_label("Read width as")).to_have_value("number")
    expect(width).to_contain_text("1 cell cannot be read this way; 1 missing")


@pytest.mark.expects_status(422)
def test_a_kind_that_cannot_be_is_refused_in_words_and_the_table_stays(open_page: Open):
    page = open_page("/train?show-more=data,network,optimizer,errors")
    bring(page, TABLE)
    page.get_by_label("Read kind as").select_option("date")
    expect(page.locator("#error-kinds")).to_contain_text("“small” in row 2")
    page.get_by_label("Read length as").select_option("words")
    expect(page.locator(".own tr", has_text="length")).to_contain_text("one-hot: 10 inputs")


def test_without_a_script_the_columns_are_read_as_a_form_says(new_context: Callable[..., object]):
    page = new_context(java_script_enabled=False).new_page()
    page.goto("/train")
    there = page.request.post(
        "/train",
        multipart={"do": "bring", "table": TABLE},
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    page.goto(there.url)
    own = page.locator(".own")
    own.get_by_label("Learn area").check()
    own.get_by_label("Read width as").select_option("aside")
    own.get_by_role("button", name="Read it this way").click()
    expect(own.get_by_label("Learn area")).to_be_checked()
    expect(own.get_by_label("Read width as")).to_have_value("aside")
    expect(own.get_by_label("Read kind as")).to_have_value("words")
    expect(page.locator("#errors")).to_contain_text("the mean")


@pytest.mark.expects_status(422)
def test_what_is_no_table_is_refused_in_the_popover_and_nothing_changes(open_page: Open):
    page = open_page("/train?show-more=data,network,optimizer,errors")
    before = state(page)
    page.get_by_role("button", name="Your own table").click()
    popover, said = page.locator("#bring"), page.locator("#error-table")
    use = popover.get_by_role("button", name="Use it")
    for text in ("", "just words", "a,b\n1,2,3\n4,5", "<script>alert(1)</script>\n" * 3):
        page.locator("#in-table").fill(text)
        use.click()
        expect(said).not_to_be_empty()
        expect(popover).to_be_visible()
        said.evaluate("slot => slot.replaceChildren()")
    page.locator("#in-file").set_input_files(
        {"name": "x.csv", "mimeType": "text/csv", "buffer": bytes(range(256)) * 8}
    )
    use.click()
    expect(said).not_to_be_empty()
    assert state(page) == before
    popover.get_by_role("button", name="Cancel").click()
    expect(popover).to_be_hidden()
    page.locator("#do-epoch").click()
    expect(page.locator("#epoch")).to_have_text("1")


def test_a_table_brought_while_it_plays_is_played(open_page: Open):
    page = open_page("/train?show-more=data,network,optimizer,errors")
    page.locator("#play").click()
    page.wait_for_function("() => document.getElementById('epoch').textContent !== '0'")
    bring(page, TABLE)
    expect(page.locator(".own")).to_contain_text("10 rows")
    page.wait_for_function("() => document.getElementById('epoch').textContent !== '0'")
    page.locator("#play").click()
    expect(page.locator("#play")).to_have_attribute("aria-label", "Play")
    expect(page.locator(".own")).to_contain_text("10 rows")
