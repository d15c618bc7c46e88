"""Asking first in the layers: what is covered stands nowhere, answers lead on, old steps remain."""

import json
import re
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import numpy as np
import pytest

from app import create_app
from backprop.lessons.training.inspection import batch_trace
from backprop.lessons.training.layers.asked import ask_layers
from backprop.lessons.training.layers.reading import batch_program
from backprop.lessons.training.lesson import LESSON
from backprop.lessons.training.state import training_state
from backprop.notation.numerals import exact, short
from backprop.stage.choices import read_choices
from backprop.stage.links import Links, Origin
from backprop.stage.programs.arrays_shown import cell_text
from backprop.stage.quiz.arrays.entries import find_entry
from backprop.stage.quiz.arrays.questions import rule_options

LAYERS = {"detail": "layers", "ask": "1"}
SMALL = {**LAYERS, "hidden": "3", "activations": "relu,sigmoid", "batch": "5"}
PENALTY = {**SMALL, "l2": "0.01"}
SCORES = {**LAYERS, "preset": "iris"}


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    folder = tmp_path_factory.mktemp("asked")
    app = create_app({"DATABASE_URL": f"sqlite:///{folder / 'store.sqlite'}"})
    yield app.test_client()
    app.extensions["store"].close()


def board_of(**pairs):
    origin = LESSON.defaults
    choices = read_choices(origin, {name.replace("_", "-"): v for name, v in pairs.items()})
    return LESSON.compose(choices, Links(LESSON.path, Origin({}, origin), choices))


def program_of(pairs):
    origin = LESSON.defaults
    fields = dict(pairs)
    if preset := fields.pop("preset", ""):
        origin = LESSON.preset(preset).choices
    choices = read_choices(origin, fields)
    state = training_state(choices, Links(LESSON.path, Origin({}, origin), choices))
    return batch_program(state.network, batch_trace(state)), choices


def asked_at(pairs):
    program, choices = program_of(pairs)
    return ask_layers(program, choices.quiz, int(pairs["step"])).question


def written(numbers):
    cells = {write(x) for x in numbers for write in (short, lambda x: cell_text(x, 3))}
    return {text.replace("−", "-") for text in cells | {exact(x) for x in numbers}}


def hidden_numbers(program, at):
    """Return what the walk finds at a step or later, as it would be printed; not what is known."""
    passes, first = program.passes, program.groups[at][0]
    known, unknown = [1.0], []
    for line in passes.program.lines:
        made = [n for n, s in enumerate(passes.steps) if s.kind == "value" and s.name == line.name]
        numbers = np.ravel(passes.value(line.name)).tolist()
        (unknown if made and made[0] >= first else known).extend(numbers)
    for n, step in enumerate(passes.steps):
        if step.kind == "use":
            for array in passes.sent[step.sender, step.name]:
                (unknown if n >= first else known).extend(np.ravel(array).tolist())
    return {text for text in written(unknown) - written(known) if len(text) > 4}


def printed(text):
    """Return the numbers that stand by themselves where the layers are, in a page or its JSON."""
    return set(re.findall(r"[\">:\s](-?\d[\d.·e⁻⁰-⁹-]*)[\"<,}\s]", text.replace("−", "-")))


def _without_sizes(board):
    """Return a part of a board without how large and where things are drawn."""
    if isinstance(board, dict):
        kept = {name: part for name, part in board.items() if name not in ("height", "width")}
        return {name: _without_sizes(part) for name, part in kept.items()}
    return [_without_sizes(part) for part in board] if isinstance(board, list) else board


def layers_of(client, pairs):
    """Return the layers of a page, and of its JSON."""
    page = client.get(LESSON.path, query_string=pairs)
    board = client.get(f"/api{LESSON.path}", query_string=pairs)
    assert (page.status_code, board.status_code) == (200, 200)
    text = page.text
    start = text.index('<div class="matrices"')
    return unescape(text[start : text.index("</aside>", start)]), board.json["board"]["layers"]


def covered_steps(pairs):
    program, choices = program_of({**pairs, "step": "0"})
    every = range(len(program.groups))
    return program, [n for n in every if ask_layers(program, choices.quiz, n).covered]


@pytest.mark.parametrize("level", ["1", "3", "4"])
@pytest.mark.parametrize("state", [SMALL, PENALTY, SCORES], ids=["small", "penalty", "scores"])
def test_what_is_asked_is_nowhere_in_the_layers_or_in_their_json(client, state, level):
    pairs = {**state, "ask-level": level}
    program, covered = covered_steps(pairs)
    assert len(covered) > 6
    for at in covered[:: 1 + (level != "3")]:
        page, layers = layers_of(client, {**pairs, "step": str(at)})
        hidden = hidden_numbers(program, at)
        assert hidden & printed(page) == set()
        assert hidden & printed(json.dumps(_without_sizes(layers), ensure_ascii=False)) == set()
        assert layers["explanation"] is None
        assert (layers["reading"]["told"], layers["reading"]["opened"]) == ([], None)


def test_what_is_looked_for_is_found_where_nothing_is_asked(client):
    program, _ = program_of({**SMALL, "step": "7"})
    page, layers = layers_of(client, {**SMALL, "ask": "0", "step": "7"})
    assert len(hidden_numbers(program, 7) & printed(page)) > 2
    assert layers["quiz"]["ask"] is None


def test_the_shape_of_an_array_that_is_asked_is_in_no_row(client):
    _, layers = layers_of(client, {**SMALL, "step": "0"})
    shapes = {row["name"]: row["shape"] for row in layers["reading"]["picture"]["rows"]}
    assert [shapes[name] for name in ("Z1", "A1", "Z2", "E", "L")] == ["?"] * 5
    assert ["Z1", "?"] in next(
        row for row in layers["reading"]["picture"]["rows"] if row["name"] == "A1"
    )["pieces"]


def test_the_loss_is_not_asked_for_it_may_stand_above_as_that_of_the_run():
    program, covered = covered_steps({**LAYERS, "preset": "iris", "ask-level": "3"})
    steps = ask_layers(program, program_of(LAYERS)[1].quiz, 0).question.steps
    assert "L" not in [steps[n].name for n in covered if steps[n].kind == "value"]


@pytest.mark.parametrize("answered", ["right", "wrong"])
def test_shape_then_rule_then_an_entry_lead_on(client, answered):
    pairs = {**SMALL, "ask-level": "3", "step": "7"}
    question = asked_at(pairs)
    while question.now:
        rung, mark = question.now.name, question.tries.mark
        right = str(question.now.question.right)
        if answered == "wrong":
            wrong = question.now.question.wrong[0]
            slip = {
                **pairs,
                "said-here": pairs.get("said-here", mark),
                "said-last": str(wrong.answer),
            }
            page, layers = layers_of(client, slip)
            assert layers["explanation"] is None
            assert not layers["quiz"]["ask"]["reply"]["right"]
            assert wrong.title in json.dumps(layers["quiz"]["ask"], ensure_ascii=False)
            assert "covered until you answer" in page
        said = {"shape": "s", "rule": "r", "entry": "n"}[rung] + spelled(rung, right)
        pairs["said-here"] = f"{pairs.get('said-here', mark)}_{said}"
        question = asked_at(pairs)
        assert next(r for r in question.rungs if r.name == rung).is_right
    page, layers = layers_of(client, pairs)
    assert layers["explanation"] is not None
    assert "covered until you answer" not in page
    links = [unescape(link) for link in re.findall(r'href="(/train\?[^"]*)"', page)]
    onward = next(link for link in links if "said=" in link and "step=8" in link)
    assert dict(parse_qsl(urlsplit(onward).query))["said"].endswith("_7n")


def spelled(rung, right):
    return re.sub(r"[^\d]+", "x", right).strip("x") if rung == "shape" else right


def test_of_a_weight_with_a_penalty_the_first_use_is_asked_and_the_sum_is_covered():
    program, covered = covered_steps({**PENALTY, "ask-level": "3"})
    first, end = next(
        (first, end)
        for first, end in program.groups
        if [s.name for s in program.passes.steps[first:end]] == ["W2", "W2"]
    )
    at = program.groups.index((first, end))
    assert at in covered
    question = asked_at({**PENALTY, "ask-level": "3", "step": str(at)})
    assert question.step == program.passes.steps[first]
    assert rule_options(question.asked)
    assert find_entry(question.asked).lit


def test_while_it_plays_nothing_is_asked_and_nothing_told(client):
    still, _ = layers_of(client, {**SMALL, "step": "7"})
    plays, _ = layers_of(client, {**SMALL, "step": "7", "playing": "1"})
    assert 'class="commit"' in still
    assert 'class="commit"' not in plays
    program, _ = program_of({**SMALL, "step": "7"})
    assert hidden_numbers(program, 7) & printed(plays) == set()


def test_a_batch_too_large_for_a_program_that_is_typed_is_not_asked(client):
    large = {**LAYERS, "hidden": "100,100", "batch": "200"}
    page, layers = layers_of(client, large)
    assert layers["refused"]
    assert (layers["quiz"], layers["asked"]) == (None, None)
    assert "Ask me first" not in page


def test_what_cannot_be_read_is_refused(client):
    pairs = {**SMALL, "ask-level": "3", "step": "7"}
    pairs |= {"said-here": asked_at(pairs).tries.mark, "said-last": "wide"}
    assert client.get(LESSON.path, query_string=pairs).status_code == 422


def test_the_end_of_the_walk_counts(client):
    program, _ = program_of({**SMALL, "step": "0"})
    page, layers = layers_of(client, {**SMALL, "step": str(len(program.groups) - 1)})
    assert layers["quiz"]["ask"]["score"]["counts"]["of"] > 6
    assert "unaided" in page


def test_nothing_is_derived_as_long_as_it_is_asked():
    assert LESSON.derived(board_of(detail="layers", ask="1", step="3")) == ()
    assert LESSON.derived(board_of(detail="layers", step="3")) != ()


def test_asking_is_left_out_of_an_address_where_it_is_off():
    board = board_of(detail="layers", step="3")
    assert "ask" not in board.head.links.address(step=4)
    assert "said" not in board_of(detail="layers", ask="1").head.links.address(step=4)
