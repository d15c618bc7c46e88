"""The lesson Why backwards?: one matrix in two fills, what a pass shows and costs, its ways."""

import re
from urllib.parse import parse_qsl, urlsplit

import numpy as np
import pytest

from app import create_app
from backprop.engine.backward import differentiate
from backprop.engine.program import program
from backprop.lessons.catalog import address_of
from backprop.lessons.why_backwards.both import both_of
from backprop.lessons.why_backwards.lesson import LESSON, compose
from backprop.lessons.why_backwards.presets import CARDS, PRESETS
from backprop.stage.choices import ChoiceError, change, read_choices
from backprop.stage.links import Links, Origin
from backprop.stage.walk.explanation import spoken

LARGE = "W : 40 x 20 = random 1\nx : given 20 = random 2\ny = W @ x"
ADDRESSES = ("", "&step=99", "&line-by-line=1&step=2", "&side-order=forward-first&step=3")


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    folder = tmp_path_factory.mktemp("modes")
    app = create_app({"DATABASE_URL": f"sqlite:///{folder / 'store.sqlite'}"})
    yield app.test_client()
    app.extensions["store"].close()


def board(**changes):
    choices = change(LESSON.defaults, **changes)
    links = Links(LESSON.path, Origin({}, LESSON.defaults), choices, resolve=address_of)
    return compose(choices, links)


def texts(side):
    return [[text for text, _, _ in row] for row in side.filled.rows]


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_a_column_forward_and_a_row_in_reverse_are_those_of_the_one_matrix(preset):
    both = both_of(change(preset.choices, direction=""))
    for k in range(both.columns):
        column = np.ravel(both.forward(k).tangent)
        assert column == pytest.approx(both.jacobian[:, k], abs=1e-12)
    for k in range(both.rows):
        pulled = both.reverse(k)
        row = np.concatenate([np.ravel(pulled.of(name)) for name in both.inputs])
        assert row == pytest.approx(both.jacobian[k], abs=1e-12)


def test_the_one_row_of_a_loss_is_its_gradient():
    choices = next(p.choices for p in PRESETS if p.name == "small-net")
    graph = program(choices.program)
    gradient = differentiate(graph, graph.at).gradient
    whole = np.concatenate([np.ravel(gradient[name]) for name in ("W", "b")])
    assert both_of(choices).jacobian[0] == pytest.approx(whole, abs=1e-12)


def test_a_pass_a_step_fills_a_column_on_the_left_and_a_row_on_the_right():
    forward, reverse = board(step=1).sides
    assert [[bool(text) for text in row] for row in texts(forward)] == [
        [True] * 2 + [False] * 4
    ] * 2
    assert all(text for row in texts(reverse) for text in row)
    last = board(step=5).sides
    assert texts(last[0]) == texts(last[1])


def test_multiplications_are_counted_pass_by_pass():
    forward, reverse = board(step=1).sides
    assert (forward.done, forward.passes, forward.counted, forward.multiplications) == (
        2,
        6,
        72,
        216,
    )
    assert (reverse.done, reverse.passes, reverse.counted, reverse.multiplications) == (
        2,
        2,
        72,
        72,
    )


def test_line_by_line_the_seed_comes_first_and_each_line_adds_its_multiplications():
    counted = [board(by_line=True, step=step).sides for step in range(3)]
    assert [forward.counted for forward, _ in counted] == [0, 28, 36]
    assert [reverse.counted for _, reverse in counted] == [0, 8, 36]
    states = [[row.state for row in side.rows] for side in counted[1]]
    assert states == [["done", "now", "ahead"], ["ahead", "now", "done"]]


def test_one_after_the_other_reverse_waits_for_the_last_column():
    before = board(pace="forward-first", step=5).sides
    after = board(pace="forward-first", step=6).sides
    assert [side.done for side in before] == [6, 0]
    assert [side.done for side in after] == [6, 1]


def test_changing_how_far_a_step_goes_stays_at_the_pass():
    shown = board(step=1)
    ways = {option.title: option.address for option in shown.setting.grains + shown.setting.paces}
    for title in ("line by line", "one after the other"):
        pairs = dict(parse_qsl(urlsplit(ways[title]).query))
        choices = read_choices(LESSON.defaults, pairs)
        sides = compose(choices, Links(LESSON.path, Origin({}, LESSON.defaults), choices)).sides
        assert max(side.done for side in sides) == 2, title


def test_a_line_says_its_tangent_and_its_gradient_as_lines():
    forward, reverse = board().sides
    assert [row.text for row in forward.rows] == ["", "W1 @ tx * (1 - a ** 2)", "W2 @ ta"]
    assert [row.text for row in reverse.rows] == ["da * (1 - a ** 2) @ W1", "dy @ W2", ""]


def test_a_direction_that_is_typed_takes_one_pass_and_gives_its_columns_added_up():
    both = both_of(change(LESSON.defaults, direction="1 0 0 -2 0 0"))
    assert both.run_forward == 1
    assert both.forward(0).tangent == pytest.approx(both.jacobian @ [1, 0, 0, -2, 0, 0])
    shown = board(direction="1 0 0 -2 0 0", weight="1 1")
    assert [phase.ticks[0].label.text for phase in shown.walk.strip.phases] == ["t", "w"]
    forward, _ = shown.sides
    assert forward.filled.words.startswith("One pass gives all of it")


def test_a_weight_that_is_typed_gives_its_rows_added_up():
    both = both_of(change(LESSON.defaults, weight="1, -1"))
    assert both.reverse(0).of("x") == pytest.approx(np.array([1, -1]) @ both.jacobian)


@pytest.mark.parametrize(
    ("field", "text"),
    [("direction", "1 2"), ("weight", "1 x"), ("direction", "1 0 0 0 0 1e99"), ("weight", "nan 1")],
)
def test_a_seed_that_does_not_fit_is_refused_in_words(field, text):
    with pytest.raises(ChoiceError) as refused:
        board(**{field: text})
    assert refused.value.at in ("input-direction", "output-weight")
    assert refused.value.hint


@pytest.mark.parametrize(
    "changes",
    [
        {"program": "x : 3 = random 1\ny = x @ q"},
        {"program": "x = 2"},
        {"program": "k : index 3 = [0, 1, 2]\ny = eye(3)[k]"},
        {"inputs": "nobody"},
        {"leaf_values": "x[9]=1"},
    ],
)
def test_what_cannot_be_shown_is_refused_in_words(changes):
    with pytest.raises(ChoiceError):
        board(**changes)


def test_a_matrix_that_is_too_large_is_not_made_and_its_passes_are():
    shown = board(program=LARGE)
    assert spoken(shown.told.eyebrow) == "Jacobian of y (40) by W (800): 40×800"
    assert [text for text, _ in shown.told.answer] == ["800 passes forward", "or", "40 in reverse"]
    assert all("4,096" in side.filled.words for side in shown.sides)
    assert "256 of the 800 passes forward are run here." in map(spoken, shown.told.notes)
    assert (shown.sides[0].passes, shown.walk.strip.count) == (800, 256)
    chosen = board(program=LARGE, inputs="x")
    assert chosen.sides[0].filled.map
    assert chosen.walk.strip.phases[0].ticks[0].count > 1


def test_a_given_leaf_can_be_nudged_where_it_is_chosen():
    shown = board(inputs="W2")
    assert spoken(shown.told.eyebrow) == "Jacobian of y (2) by W2 (8): 2×8"
    assert [row.label for row in shown.sides[0].rows] == ["W2", "y"]


def test_what_the_inputs_do_not_reach_has_a_jacobian_of_zeros():
    shown = board(program="x : 2 = random 1\nc : given 2 = random 2\ny = c * 2")
    assert all(
        set(row) == {"0"}
        for row in texts(
            board(
                program=shown and "x : 2 = random 1\nc : given 2 = random 2\ny = c * 2", step=1
            ).sides[0]
        )
    )


def test_the_line_where_a_value_is_no_number_is_named():
    shown = board(program="x : 2 = [0, 1]\ny = log(x)")
    assert any("The value of y is NaN or infinite" in spoken(n) for n in shown.told.notes)
    assert board(program="x : 2 = [0, 1]\ny = log(x)", view="curvature", step=9).curvature


def test_the_cards_say_how_many_passes_each_shape_takes():
    found = [(card.inputs, card.outputs) for card in board().cards]
    assert found == [(6, 1), (6, 2), (3, 3), (1, 6)]
    assert [card.on for card in board().cards] == [False, True, False, False]
    assert [preset.name for preset in CARDS][1] == LESSON.presets[0].name


def test_the_same_program_stands_in_arrays_and_a_function_in_the_playground(client):
    arrays = client.get("/arrays?leaf-values=W%5B1,2%5D%3D0.5").text
    (way,) = re.findall(r'href="([^"]+)"\s+title="The same program in both modes', arrays)
    choices = read_choices(
        LESSON.defaults, dict(parse_qsl(urlsplit(way.replace("&amp;", "&")).query))
    )
    assert choices.leaf_values == "W[1,2]=0.5"
    assert both_of(choices).program.at["W"][1, 2] == 0.5
    shown = client.get(way.replace("&amp;", "&")).text
    assert 'href="/arrays?leaf-values=W%5B1,2%5D%3D0.5"' in shown

    playground = client.get("/playground?x=0.1").text
    (way,) = re.findall(r'href="([^"]+)">Forward and reverse', playground)
    shown = client.get(way.replace("&amp;", "&")).text
    assert 'href="/playground?x=0.1">Playground' in shown
    assert "v1" in shown


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_every_state_is_a_page_and_json(client, preset):
    for more in ADDRESSES:
        address = f"/lessons/why-backwards?preset={preset.name}{more}"
        for path in (address, f"/api{address}", f"{address}&show-view=curvature"):
            assert client.get(path).status_code == 200, path


def test_the_text_of_the_program_can_be_changed_and_what_was_typed_beside_it_goes(client):
    page = client.get("/lessons/why-backwards?show-editor=1&input-direction=1+0+0+0+0+0").text
    form = page[page.index('class="modes-text"') : page.index("</form>")]
    assert 'name="program"' in form
    assert "input-direction" not in form
    answer = client.get("/lessons/why-backwards?program=x+%3A+2")
    assert answer.status_code == 422


def test_of_many_leaves_the_first_are_named():
    leaves = "\n".join(f"x{k} : 1 = ones" for k in range(6))
    shown = board(program=f"{leaves}\ny = x0 + x1 + x2 + x3 + x4 + x5")
    assert shown.setting.by == "x0, x1, x2, x3 and 2 more"
    assert [option.title for option in shown.setting.leaves][1:] == [f"x{k}" for k in range(6)]
