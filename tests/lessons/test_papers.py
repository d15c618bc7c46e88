"""Every lesson and its end on paper: what a worksheet keeps to itself, what a solution tells."""

import re
from html import unescape

import pytest

from app import create_app
from backprop.lessons.catalog import LESSONS

PAGES = [lesson.path for lesson in LESSONS] + [lesson.end for lesson in LESSONS]
ANSWER = re.compile(r'<(?:b|span) class="answer"')
BLANK = re.compile(r'<i class="blank')


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    folder = tmp_path_factory.mktemp("paper")
    app = create_app({"DATABASE_URL": f"sqlite:///{folder / 'store.sqlite'}"})
    yield app.test_client()
    app.extensions["store"].close()


def printed(client, address, form):
    """Return the markup of a page on paper: of the sheet, and of the answers after it."""
    joint = "&" if "?" in address else "?"
    answer = client.get(f"{address}{joint}on-paper={form}")
    assert answer.status_code == 200, answer.text
    sheet, _, answers = answer.text.partition('<article class="handout answers"')
    return sheet, answers


@pytest.mark.parametrize("address", PAGES)
def test_no_answer_is_in_the_markup_of_a_worksheet_but_on_its_last_page(client, address):
    sheet, answers = printed(client, address, "worksheet")
    assert len(ANSWER.findall(sheet)) <= 1, "more than the base case is said"
    assert BLANK.search(sheet)
    assert ANSWER.search(answers)


@pytest.mark.parametrize(
    ("asked", "blanks", "given"),
    [("blank=2&fade=last", "56", "1234"), ("blank=1&fade=last", "6", "12345"), ("", "456", "123")],
)
def test_a_derivation_on_paper_has_the_blanks_that_its_address_prepares(
    client, asked, blanks, given
):
    sheet, answers = printed(client, f"/lessons/chain-rule?{asked}", "worksheet")
    rows = re.findall(r'<tr><th scope="row">(\d)</th>(.*?)</tr>', sheet, re.DOTALL)
    missing = [n for n, row in rows if "blank letters" in row]
    assert "".join(missing) == blanks
    assert "".join(n for n, _ in rows if n not in missing) == given
    assert "Tidy up" in answers
    assert "blank letters" not in answers


def test_a_derivation_with_a_blank_rule_has_no_line_on_the_sheet_that_gives_it_away(client):
    sheet, _ = printed(client, "/lessons/chain-rule?blank=1&fade=first&v=x^2&u=v^3", "worksheet")
    rows = re.findall(r'<tr><th scope="row">\d</th>(.*?)</tr>', sheet, re.DOTALL)
    assert ["blank letters" in row for row in rows] == [True] + [False] * 3 + [True] * 3


@pytest.mark.parametrize("about", ["show-part=bug", "bug=updated-weights&case=0&told=1"])
def test_a_planted_slip_is_printed_wrong_and_named_on_the_last_page_only(client, about):
    sheet, answers = printed(client, f"/lessons/gradient-check?mode=projector&{about}", "worksheet")
    assert "3.64723·10⁻⁴" in sheet
    assert "4.38568·10⁻⁴" in sheet
    assert not ANSWER.search(sheet)
    assert "Hidden gradients with weights that are already updated</b>" in answers
    assert "cosine 0.9998" in answers


def test_a_hidden_case_keeps_its_slip_from_the_sheet_of_the_flowers(client):
    sheet, answers = printed(client, "/lessons/gradient-check?case=7&bench=batch", "worksheet")
    assert "Case 7" in sheet
    assert BLANK.search(sheet)
    assert not ANSWER.search(sheet)
    assert "entries are wrong" in answers


def test_a_gradient_that_was_brought_is_printed_and_judged_on_the_last_page(client):
    sheet, answers = printed(client, "/lessons/own-gradient?preset=slip", "worksheet")
    assert "0.110858" in sheet
    assert "0.0264659" not in sheet
    assert "All 17 entries are wrong." in answers
    assert "No σ′ at the output" in answers


@pytest.mark.parametrize("preset", ["right", "steps", "by-hand", "classes"])
def test_every_brought_example_has_a_sheet(client, preset):
    sheet, answers = printed(client, f"/lessons/own-gradient?preset={preset}", "worksheet")
    assert "by nudging" in sheet
    assert ANSWER.search(answers)


def test_level_lines_on_paper_say_their_values(client):
    sheet, _ = printed(client, "/lessons/gradient", "worksheet")
    assert {"5", "10", "15"} <= set(re.findall(r'class="height"[^>]*>([^<]+)<', sheet))


def test_what_a_graph_keeps_for_the_answers_is_in_no_title_of_it_either(client):
    sheet, answers = printed(client, "/playground", "worksheet")
    for hidden in ("−12", "= -12", "gradient -4"):
        assert hidden not in sheet
    assert "−12" in answers


def test_the_address_says_how_it_is_printed_and_the_state_does_not_know(client):
    text = client.get("/playground?x=3&on-paper=solution&all-steps=1").text
    assert '<link rel="canonical" href="/playground?x=3">' in text
    assert 'href="/playground?x=3&amp;on-paper=worksheet&amp;all-steps=1"' in text
    assert "All steps" in text
    assert client.get("/playground?on-paper=poster").status_code == 422


def test_a_long_address_is_printed_as_one_that_can_be_typed_and_opens_the_same(client):
    many = "&".join(f"w{i}={i / 100 + 0.001:.3f}" for i in range(1, 9)) + "&x1=0.07&x2=0.13&t1=0.2"
    text = client.get(f"/lessons/network?{many}&on-paper=worksheet").text
    keep = re.search(r'class="foot-address" data-keep="(.+?)"', text)[1]
    short = client.post(unescape(keep)).json["address"]
    assert len(short) < 100
    there, here = (
        client.get(f"/api{address}").json["board"]["parameters"]
        for address in (short, f"/lessons/network?{many}")
    )
    values, others = ([each["exact"] for each in each["fields"]] for each in (there, here))
    assert values == others


def test_who_is_asked_first_elsewhere_prints_what_the_address_says(client):
    client.set_cookie("ask", "1-3")
    sheet, _ = printed(client, "/playground", "worksheet")
    client.delete_cookie("ask")
    assert sheet.count("∂") > 7  # the rule's shape beside each blank


def test_the_level_of_an_address_decides_how_much_help_a_worksheet_gives(client):
    gentle, nothing = (
        printed(client, f"/playground?ask=1&ask-level={level}&step=2", "worksheet")[0]
        for level in ("1", "3")
    )
    assert len(re.findall("<math", gentle)) > len(re.findall("<math", nothing))
