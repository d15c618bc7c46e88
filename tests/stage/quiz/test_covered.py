"""What is asked stands nowhere before it is answered: not on the page, and not in its JSON.

For presets of the three lessons that ask: a gradient that is not known yet is looked for with all
its digits, and with the six of a table. Left out is what is at the same time a number that may be
seen: a value, a local derivative, a gradient that is known; a factor of 1 hands them on.
"""

import pytest

from app import create_app
from backprop.lessons.chain_rule.lesson import LESSON as CHAIN_RULE
from backprop.lessons.network.lesson import LESSON as NETWORK
from backprop.lessons.playground.lesson import LESSON as PLAYGROUND
from backprop.notation.numerals import exact, long
from backprop.stage.choices import change
from backprop.stage.links import Links, Origin
from backprop.stage.quiz import step_question

SHARES = ("cross_entropy",)  # whose share of each class is a value that is shown
LESSONS = {lesson.name: lesson for lesson in (NETWORK, PLAYGROUND, CHAIN_RULE)}
SHORT = [  # lesson, preset, level, how far along the questions
    *(("network", "by-hand", level, 0.5) for level in "1234"),
    *(("playground", "sigmoid-neuron", level, 0.6) for level in "14"),
    *(("chain_rule", "three-deep", level, 0.4) for level in "13"),
    ("network", "iris", "2", 0.0),
    ("playground", "softmax", "3", 0.3),
    ("chain_rule", "root", "1", 0.7),
]
LONG = [
    (lesson.name, preset.name, level, share)
    for lesson in LESSONS.values()
    for preset in lesson.presets
    for level in "1234"
    for share in (0.0, 0.3, 0.6, 0.99)
]
STATES = [
    *(pytest.param(*state, id="-".join(state[:3])) for state in SHORT),
    *(pytest.param(*state, marks=pytest.mark.long) for state in LONG),
]


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    folder = tmp_path_factory.mktemp("covered")
    app = create_app({"DATABASE_URL": f"sqlite:///{folder / 'store.sqlite'}"})
    yield app.test_client()
    app.extensions["store"].close()


def question_at(monkeypatch, lesson, choices):
    """Return what is asked on the board of these choices."""
    asked = []
    find = step_question.find_step_question

    def noted(*args):
        asked.append(find(*args))
        return asked[-1]

    monkeypatch.setitem(lesson.compose.__globals__, "find_step_question", noted)
    lesson.compose(choices, Links(lesson.path, Origin({}, lesson.defaults), choices))
    return asked[-1]


def hidden_numbers(question):
    """Return the gradients that may not be seen, and are no number that may."""
    trace = question.passes.trace
    names = [node.name for node in trace.graph.nodes]
    unknown = question.unknown
    seen = {exact(float(x)) for x in trace.values}
    for i, terms in trace.terms.items():
        shown = question.shows_factors(names[i]) or not question.scratch
        seen |= {exact(float(term.local)) for term in terms if shown}
        of_classes = [t for t in terms if trace.graph.nodes[t.edge.later].operation in SHARES]
        seen |= {exact(abs(float(t.local))) for t in of_classes}  # ŷ − y, where y is 0
        if names[i] not in unknown:
            seen |= {exact(float(trace.gradients[i]))}
    hidden = [float(trace.gradients[i]) for i in trace.terms if names[i] in unknown]
    written = {exact(abs(x)) for x in hidden if exact(x) not in seen and exact(-x) not in seen}
    spellings = {text for text in written if len(text.replace(".", "")) > 7}
    tables = {long(abs(x)) for x in hidden if exact(abs(x)) in spellings}
    return spellings | (tables - {long(abs(float(x))) for x in trace.values})


@pytest.mark.parametrize(("name", "preset", "level", "share"), STATES)
def test_a_covered_gradient_is_nowhere_on_the_page(client, monkeypatch, name, preset, level, share):
    lesson = LESSONS[name]
    begun = change(lesson.preset(preset).choices, ask="1", level=level)
    first = question_at(monkeypatch, lesson, begun)
    step = first.first + int(share * (len(first.steps) - first.first - 2))
    question = question_at(monkeypatch, lesson, change(begun, step=step))
    address = f"{lesson.path}?preset={preset}&ask=1&ask-level={level}&step={step}"
    hidden = hidden_numbers(question)
    for path in (address, f"/api{address}"):
        answer = client.get(path)
        assert answer.status_code == 200
        text = answer.get_data(as_text=True).replace("−", "-")
        assert {number for number in hidden if number.replace("−", "-") in text} == set()


@pytest.mark.parametrize("fade", ["first", "last"])
@pytest.mark.parametrize("blank", [1, 3, 6])
def test_the_answer_to_a_blank_line_is_nowhere_on_the_page(client, blank, fade):
    address = f"/lessons/chain-rule?x=0.7&step=4&show-more=nudge&blank={blank}&fade={fade}"
    outer, inner = 0.8823329, 1.4  # cos 0.49, and 2 · 0.7
    for path in (address, f"/api{address}"):
        text = client.get(path).get_data(as_text=True)
        assert f"{outer}" not in text
        assert f"{outer * inner:.4f}" not in text
        if fade == "first" or blank == 6:
            assert "the cosine of" not in text


def test_a_line_opens_when_the_blank_ones_before_it_are_right(client):
    address = "/lessons/chain-rule?x=0.7&blank=2&fade=first&line1=2x"
    board = client.get(f"/api{address}").json["board"]
    states = [line["state"] for line in board["derivation"]["lines"]]
    assert states == ["open", "blank", "open", "waiting", "waiting", "waiting"]
    assert board["nudge"] is None
    board = client.get(f"/api{address}&line2=cos(u)").json["board"]
    assert {line["state"] for line in board["derivation"]["lines"]} == {"open"}
    assert board["derivation"]["derivative"]["exact"] == pytest.approx(1.4 * 0.8823329, abs=1e-6)
