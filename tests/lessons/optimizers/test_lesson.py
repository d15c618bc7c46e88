"""The race, the wall and the matrix as one board; and where a slice of the matrix leads."""

import json

import pytest

from backprop.engine.errors import InputError
from backprop.lessons.optimizers.lesson import LESSON, make_problem
from backprop.sharing.snapshot import from_bytes
from backprop.stage.choices import read_choices
from backprop.stage.lesson import FormRequest
from backprop.stage.links import Links, Origin
from backprop.training.demo_optimizers import RACERS


def board(**pairs):
    choices = read_choices(LESSON.defaults, pairs)
    return LESSON.compose(choices, Links(LESSON.path, Origin({}, LESSON.defaults), choices))


def after(choices, **pairs):
    links = Links(LESSON.path, Origin({}, choices), choices)
    return LESSON.act(choices, FormRequest(pairs, links, {})).choices


def test_a_first_visit_shows_the_lessons_quadratic():
    found = board()
    assert found.head.title == "3x² + 2xy + y²"
    assert found.bend.limit.shown == "0.293"
    assert [card.title for card in found.racers.cards] == [
        *("gradient descent", "momentum", "Adam")
    ]
    assert found.transport.at == 6


def test_gradient_descent_walks_as_by_hand():
    found = board(x="1", y="2", racers="gradient_descent", learning_rate_1="0.1", step="1")
    assert [n.exact for n in found.racers.cards[0].standing.place] == pytest.approx(
        [0, 1.4], abs=1e-15
    )
    assert found.wall.left.digits == ("10", "6")


def test_steps_go_on_and_back_and_end_with_the_race():
    middle, last, first = (board(step=k).transport for k in ("5", "60", "0"))
    assert "step=4" in middle.previous
    assert "step=6" not in middle.next  # which is where the page begins
    assert last.next == last.last == ""
    assert first.previous == first.first == ""
    assert board(step="500").transport.at == 60


def test_what_is_shown_is_called_by_its_preset_as_long_as_it_is_one():
    assert board(x="1").head.preset is not None
    typed = board(expression="x^2 + 7y^2")
    assert typed.head.title == "Your own surface"
    assert typed.head.preset is None
    network = board(of="network", net="by-hand")
    assert network.head.title == "Two weights of a network"
    assert [option.value for option in network.surface.across if option.on] == ["w2_1_1"]
    assert network.surface.letter.letter == "L"


def test_every_optimizer_can_race():
    found = board(racers="adam", step="3")
    assert {option.value.partition(",")[0] for option in found.racers.cards[0].options} == set(
        RACERS
    )
    for name in RACERS:
        assert board(racers=name, step="3").racers.cards[0].standing.value.exact < 1e6


def test_the_matrix_fills_in_slice_by_slice_and_begins_afresh_when_it_is_full():
    choices = after(read_choices(LESSON.defaults, {"x": "1", "y": "2"}), do="fill")
    slices = 1
    while choices.matrix.filling:
        choices = after(choices, do="fill", passing="1")
        slices += 1
        assert slices < 400
    full = LESSON.compose(choices, Links(LESSON.path, Origin({}, choices), choices)).matrix
    assert full.filling.done == full.filling.todo > 30
    assert not full.filling.running
    again = after(choices, do="fill")
    assert len(again.matrix.progress.finished) < len(choices.matrix.progress.finished)


def test_a_matrix_that_was_stopped_is_not_filled_by_a_late_slice():
    choices = read_choices(LESSON.defaults, {"filling": "0"})
    assert after(choices, do="fill", passing="1") == choices


def test_the_matrix_takes_the_learning_rates_of_the_race():
    choices = read_choices(LESSON.defaults, {"racers": "momentum", "learning_rate_1": "0.0123"})
    assert make_problem(choices).rates["momentum"] == 0.0123
    network = read_choices(LESSON.defaults, {"matrix": "network"})
    assert make_problem(network).count == 55


def test_nothing_else_can_be_done():
    with pytest.raises(InputError, match="cannot be done"):
        after(LESSON.defaults, do="fly")


def test_a_filled_matrix_is_stored_and_read_back():
    choices = after(LESSON.defaults, do="fill")
    pairs = from_bytes(LESSON.body(choices))["pairs"]
    back = read_choices(LESSON.defaults, pairs, stored=True)
    assert back.matrix.filling
    assert len(back.matrix.progress.finished) == len(choices.matrix.progress.finished)


@pytest.mark.parametrize(
    "text",
    [
        "ln(x) + y",
        "exp(exp(x)) + y^2",
        "x / y",
        "0x + 0y",
        "x^4 + y^4",
        "relu(x) + |y|",
        "-x^2 - y^2",
    ],
)
@pytest.mark.parametrize("start", ["0", "1", "-1000000"])
def test_any_function_from_anywhere_can_be_shown(text, start):
    six = "gradient_descent,momentum,nesterov,adagrad,rmsprop,adam"
    found = board(expression=text, x=start, y=start, racers=six, steps="40", step="40")
    assert len(found.racers.cards) == 6
    json.loads(found.map.tracks)
    json.loads(found.map.surface.figure)
    json.loads(found.curves.values.figure)


def opened(**pairs):
    return {name for name, section in board(**pairs).head.sections.items() if section.open}


def test_every_section_is_closed_on_a_first_visit_and_says_what_is_inside():
    sections = board().head.sections
    assert opened() == set()
    assert sections["bend"].inside == ("2/λ = 0.293",)
    assert sections["matrix"].inside == ("33 runs",)
    assert sections["step"].inside == ("and Adam’s two corrections",)
    assert board(racers="momentum").head.sections["step"].inside == ("the rule in numbers",)


def test_an_address_opens_the_section_that_holds_what_it_chooses():
    assert opened(machine="uphill") == opened(matrix="network") == {"matrix"}
    assert opened(lead="2") == opened(momentum_2="0.5") == {"step"}
    assert opened(learning_rate_2="0.5", step="3", source="closed") == set()
    assert opened(**{"show-more": "bend,curves"}) == {"bend", "curves"}
