"""Every lesson and its end on paper: what a worksheet keeps to itself, what a solution tells."""

import re

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
    short = re.search(r"--foot: '[^/]+(/lessons/network\?from=\w+)'", text)[1]
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
