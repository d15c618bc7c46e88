"""Asking first on the page: what is covered stands nowhere, answers lead on, classes are asked."""

import json
import re
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import numpy as np
import pytest

from app import create_app
from backprop.lessons.arrays.asked import ASKS, question_at
from backprop.lessons.arrays.lesson import LESSON
from backprop.lessons.arrays.passes import passes_of
from backprop.notation.numerals import exact, short
from backprop.stage.choices import change, read_choices
from backprop.stage.classroom.asking import ask, asking
from backprop.stage.classroom.matching import find_matcher
from backprop.stage.programs.arrays_shown import cell_text
from backprop.stage.quiz.arrays.questions import rule_options

BY_LINES = "N = layer_norm(X, g, b)"
FORK = f"""X : 4 x 3 = random 1
g : 3 = random 2
b : 3 = random 3
{BY_LINES}
R = N @ X.T
L = mean(R ** 2)"""
STATES = [("", (), step, level) for step in (0, 2, 5, 8, 9, 10) for level in "14"] + [
    (FORK, opened, step, "3")
    for opened, step in (((), 1), ((), 4), ((), 5), (("N",), 3), (("N",), 12), (("L",), 3))
]  # L opens into operations: a part is called by the whole name, L.1, in the next


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    folder = tmp_path_factory.mktemp("asked")
    app = create_app({"DATABASE_URL": f"sqlite:///{folder / 'store.sqlite'}"})
    yield app.test_client()
    app.extensions["store"].close()


def at(step, level="3", program="", opened=()):
    changes = {"ask": "1", "level": level, "step": step, "opened": opened}
    return change(LESSON.defaults, **changes, **({"program": program} if program else {}))


def address_of(choices, path=LESSON.path):
    query = [("ask", "1"), ("ask-level", choices.quiz.level), ("step", choices.step)]
    query += [("open-lines", ",".join(choices.opened))] if choices.opened else []
    query += [("program", choices.program)] if choices.program != LESSON.defaults.program else []
    return path, query


def hidden_numbers(passes, step):
    """Return what is found at this step or later, as a page would print it; not what is known."""
    known, unknown, steps = [], [], passes.steps
    for line in passes.program.lines:
        found = [n for n, s in enumerate(steps) if s.kind == "value" and s.name == line.name]
        numbers = np.ravel(passes.trace.values[line.node]).tolist()
        (unknown if found and found[0] >= step else known).extend(numbers)
    for n, each in enumerate(steps):
        if each.kind == "use":
            for array in passes.sent[each.sender, each.name]:
                (unknown if n >= step else known).extend(np.ravel(array).tolist())
    return written(unknown) - written([*known, 1.0])


def written(numbers):
    cells = {write(x) for x in numbers for write in (short, lambda x: cell_text(x, 3))}
    return {text.replace("−", "-") for text in cells | {exact(x) for x in numbers}}


def printed(text):
    """Return the numbers of a page or of its JSON that stand by themselves."""
    return set(re.findall(r"[\">:\s](-?\d[\d.·e⁻⁰-⁹-]*)[\"<,}\s]", text.replace("−", "-")))


@pytest.mark.parametrize(("program", "opened", "step", "level"), STATES)
def test_what_is_asked_is_nowhere_on_the_page_or_in_its_json(client, program, opened, step, level):
    choices = at(step, level, program, opened)
    passes = passes_of(choices)
    assert question_at(choices, passes, step).covered
    hidden = hidden_numbers(passes, step)
    boards = []
    for path, query in (address_of(choices), address_of(choices, f"/api{LESSON.path}")):
        answer = client.get(path, query_string=query)
        assert answer.status_code == 200
        text = answer.get_data(as_text=True)
        assert hidden & printed(text[text.find("<main") if "<main" in text else 0 :]) == set()
        boards.append(answer)
    rows = boards[1].json["board"]["picture"]["rows"]
    states = {row["name"]: (row["value"], row["gradient"]) for row in rows if row["value"]}
    name, is_use = passes.steps[step].name, passes.steps[step].kind == "use"
    shown = states[name][is_use]
    if not is_use or passes.use(passes.steps[step]).which == 0:
        assert (shown["state"], shown["map"]) == ("ahead", None)


def test_what_is_looked_for_is_found_where_nothing_is_asked(client):
    hidden = hidden_numbers(passes_of(at(9)), 9)
    for path in (LESSON.path, f"/api{LESSON.path}"):
        assert len(hidden & printed(client.get(f"{path}?step=9").get_data(as_text=True))) > 4


def test_the_rule_and_its_shapes_are_not_said_before_they_are_chosen(client):
    choices = at(9)
    question = question_at(choices, passes_of(choices), 9)
    options = rule_options(question.asked)
    page = unescape(client.get(*address_of(choices)[:1], query_string=address_of(choices)[1]).text)
    board = json.dumps(client.get(f"/api{LESSON.path}", query_string=address_of(choices)[1]).json)
    for option in options:
        assert option.text not in page
        assert option.text not in board
    tries = f"{question.tries.mark}_s2x3"
    query = [*address_of(choices)[1], ("said-here", tries)]
    page = unescape(client.get(LESSON.path, query_string=query).text)
    for option in options:
        assert option.text in page
        assert option.shapes not in page


def test_the_shape_of_a_line_that_is_asked_is_in_no_row(client):
    rows = client.get(f"/api{LESSON.path}", query_string=address_of(at(0))[1]).json["board"][
        "picture"
    ]["rows"]
    shapes = {row["name"]: row["shape"] for row in rows}
    assert [shapes[name] for name in "ZHDL"] == ["?"] * 4
    assert ["Z", "?"] in next(row for row in rows if row["name"] == "H")["pieces"]


def links_of(page):
    return [unescape(link) for link in re.findall(r'href="(/arrays\?[^"]*)"', page)]


def test_answers_lead_from_rung_to_rung_and_are_noted_at_the_end(client):
    page = client.get(f"{LESSON.path}?ask=1&ask-level=1&step=9").text
    right = next(link for link in links_of(page) if "said-last=2x3" in link)
    page = client.get(right).text
    assert "covered until you answer" not in page
    onward = next(link for link in links_of(page) if "said=" in link and "step=10" in link)
    state = dict(parse_qsl(urlsplit(onward).query))
    assert state["said"].endswith("_9n")
    end = client.get(LESSON.path, query_string=state | {"step": "11"}).text
    assert re.search(r"<dt>unaided</dt><dd><b>1</b> of \d+", end)


def test_a_wrong_rule_stays_with_its_reason(client):
    choices = at(9)
    question = question_at(choices, passes_of(choices), 9)
    wrong = next(o for o in rule_options(question.asked) if o.text == "A.T @ dZ")
    query = [*address_of(choices)[1], ("said-here", f"{question.tries.mark}_s2x3")]
    page = client.get(LESSON.path, query_string=[*query, ("said-last", wrong.name)]).text
    assert "(3×4)(4×2) → 3×2, not 2×3" in page
    assert "Turned round" in page


def test_what_cannot_be_read_is_refused(client):
    choices = at(9)
    mark = question_at(choices, passes_of(choices), 9).tries.mark
    query = [*address_of(choices)[1], ("said-here", mark), ("said-last", "wide")]
    assert client.get(LESSON.path, query_string=query).status_code == 422


def test_a_class_can_be_asked_a_shape_a_rule_and_a_number():
    choices = at(9)
    kinds = {each.name: each.kind for each in asking(LESSON, choices)}
    assert (kinds["shape"], kinds["rule"], kinds["entry"]) == ("shape", "choice", "number")
    shape = find_matcher(LESSON, choices, "shape")
    assert shape.match(typed="2x3").verdicts == ("right",)
    assert shape.match(typed="3x2").verdicts == ("transposed",)
    question = ask(LESSON, choices, "rule")
    for each in question.wrong:
        assert find_matcher(LESSON, choices, "rule").match(typed=str(each.answer)).verdicts == (
            each.slip,
        )
    entry = ask(LESSON, choices, "entry")
    match = find_matcher(LESSON, choices, "entry").match(typed=str(entry.right))
    assert match.verdicts == ("right",)


def test_a_phone_has_numbers_of_its_own():
    choices = at(9)
    own = ask(LESSON, choices, "entry")
    other = ask(LESSON, choices, "entry", 7)
    assert own.right != other.right
    varied = ASKS.vary(choices, "entry", 7)
    assert varied.program != choices.program
    assert read_choices(choices, {}) == choices
