"""The classics of the field, whose numbers the page must show as they are published."""

from urllib.parse import parse_qsl, urlsplit

import pytest

from backprop.lessons.playground.choices import Choices
from backprop.lessons.playground.lesson import LESSON
from backprop.stage.choices import ChoiceError, read_choices, spelled_names, write_choices
from backprop.stage.links import Links, Origin

NAMED = (  # L = (h - y)^2 + 0.1 h^2 with h = tanh(wx + b), by hand
    0.1930508967849685,
    {"w": -0.8510472777276, "x": -0.2127618194319, "b": -0.4255236388638, "y": 0.7912644457657},
)
GOLDEN = {
    "sum-times": (-12, {"x": -4, "y": -4, "z": 3}),
    "product": (-12, {"x": -3, "y": 4}),
    "reuse": (6, {"a": 2}),
    "fork": (-6, {"a": -3, "b": -8}),
    "colah": (6, {"a": 2, "b": 5}),
    "ng": (33, {"a": 3, "b": 6, "c": 9}),
    "max-gate": (6, {"x": 2, "y": 5, "z": 0}),
    "gates": (-20, {"x": -8, "y": 6, "z": 2, "w": 0}),
    "loss-of-four": (-8, {"a": 6, "b": -4, "c": -2, "f": 4}),
    "parabola": (20, {"x": 14}),
    "sigmoid-neuron": (
        0.7310585786,
        {
            "w0": -0.1966119332,
            "w1": -0.3932238665,
            "w2": 0.1966119332,
            "x0": 0.3932238665,
            "x1": -0.5898357997,
        },
    ),
    "tanh-neuron": (0.7071067811865476, {"x1": -1.5, "w1": 1, "x2": 0.5, "w2": 0, "b": 0.5}),
    "tanh-by-exp": (0.7071067811865476, {"x1": -1.5, "w1": 1, "x2": 0.5, "w2": 0, "b": 0.5}),
    "softmax": (1.0401905694, {"s1": 0.01544932, "s2": 0.63116335, "s3": -0.64661267}),
    "hinge": (1.58, {"s1": 0, "s2": 1, "s3": -1}),
    "named-lines": NAMED,
    "micrograd-test": (-20, {"x": 46}),
    "micrograd": (24.70408163265306, {"a": 138.8338192419825, "b": 645.5772594752186}),
}
BETWEEN = {  # results on the way, and their slopes, as they are published
    "sum-times": ({"v1": 3}, {"v1": -4}),
    "sigmoid-neuron": (
        {"v1": -2, "v2": 6, "v3": 4, "v4": 1, "v5": -1, "v6": 0.3678794412, "v7": 1.3678794412},
        {"v7": -0.5344466454, "v6": -0.5344466454, "v5": -0.1966119332, "v4": 0.1966119332},
    ),
    "gates": ({"v1": -12, "v2": 2, "v3": -10}, {}),
    "loss-of-four": ({"v1": -6, "v2": 4}, {"v1": -2, "v2": -2}),
    "tanh-neuron": ({"v1": -6, "v2": 0, "v4": 0.8813735870195432}, {"v4": 0.5}),
    "tanh-by-exp": ({"v6": 5.828427124746}, {}),
    "fork": ({"v1": -6, "v2": 1}, {}),
    "colah": ({"v1": 3, "v2": 2}, {}),
    "ng": ({"v1": 6, "v2": 11}, {"v2": 3, "v1": 3}),
}


def open_at(query=""):
    """Return the choices of a query, and the links around them."""
    pairs = dict(parse_qsl(query, keep_blank_values=True))
    origin = Origin({}, LESSON.defaults)
    if "preset" in pairs:
        origin = Origin({"preset": pairs["preset"]}, LESSON.preset(pairs["preset"]).choices)
    choices = read_choices(origin.choices, pairs)
    return choices, Links(LESSON.path, origin, choices)


def board_at(query=""):
    return LESSON.compose(*open_at(query))


def follow(address):
    return board_at(urlsplit(address).query)


def test_every_preset_is_a_published_example():
    assert [preset.name for preset in LESSON.presets] == list(GOLDEN)


@pytest.mark.parametrize("name", GOLDEN)
def test_the_numbers_are_the_published_ones_by_all_three_roads(name):
    board, (value, gradient) = board_at(f"preset={name}"), GOLDEN[name]
    assert board.function.value.exact == pytest.approx(value, rel=1e-8)
    assert {proof.name for proof in board.proofs.rows} == gradient.keys()
    for proof in board.proofs.rows:
        assert proof.reverse.exact == pytest.approx(gradient[proof.name], rel=1e-6, abs=1e-12)
        assert proof.symbolic.exact == pytest.approx(proof.reverse.exact, rel=1e-12)
        assert proof.agrees


@pytest.mark.parametrize("name", BETWEEN)
def test_the_walk_passes_the_published_results_on_its_way(name):
    values, slopes = BETWEEN[name]
    found = {}
    for step in range(board_at(f"preset={name}").walk.strip.count):
        explanation = board_at(f"preset={name}&step={step}").walk.explanation
        quantity = explanation.headline[1].plain if len(explanation.headline) > 1 else ""
        found[explanation.phase, quantity] = explanation.result.exact
    for phase, wanted in (("forward", values), ("backward", slopes)):
        for quantity, number in wanted.items():
            assert found[phase, quantity] == pytest.approx(number, rel=1e-9)


def test_a_first_visit_opens_a_sum_times_z_at_its_first_step():
    board = board_at()
    assert board.head.title == "A sum, times z"
    assert (board.walk.strip.at, board.walk.strip.count) == (1, 8)
    assert [phase.name for phase in board.walk.strip.phases] == ["forward", "backward"]


@pytest.mark.parametrize("preset", LESSON.presets, ids=lambda preset: preset.name)
def test_every_step_of_every_preset_has_its_board(preset):
    count = board_at(f"preset={preset.name}").walk.strip.count
    for step in range(count):
        board = board_at(f"preset={preset.name}&step={step}")
        assert board.walk.strip.at == step + 1
        assert board.walk.explanation.aloud


def test_a_step_beyond_the_last_is_the_last():
    board = board_at("expression=x*y&step=40")
    assert board.walk.strip.at == board.walk.strip.count == 5
    assert follow(board.walk.strip.back).walk.strip.at == 4


def test_another_function_keeps_the_numbers_of_the_variables_it_shares():
    choices, _ = open_at("expression=z - 3w&w=7")
    assert choices.at == {"z": -4.0, "w": 7.0}
    assert board_at("expression=z - 3w").head.title == "A function of your own"


def test_a_preset_that_was_dragged_is_still_that_preset():
    assert board_at("preset=colah&a=3").head.title == "Calculus on a graph"
    assert follow(board_at("preset=colah&a=3").head.reset).function.value.exact == 6


def test_a_text_that_cannot_be_read_is_refused_beside_its_field():
    with pytest.raises(ChoiceError) as refused:
        open_at("expression=2 %2B")
    assert refused.value.at == "expression"


@pytest.mark.parametrize("name", sorted(filter(str.isidentifier, spelled_names(Choices))))
def test_a_variable_cannot_be_called_like_a_field(name):
    with pytest.raises(ChoiceError):
        board_at(f"expression={name} * 2")


def test_a_variable_may_be_called_as_what_opens_sections_is_not():
    choices, _ = open_at("expression=more * 2&more=3")  # from before there were sections
    assert choices.at == {"more": 3}


def test_a_state_is_read_as_it_was_written():
    choices, links = open_at("preset=softmax&s1=0.5&step=3&focus=s3&export=numpy&share=0")
    pairs = write_choices(choices, LESSON.preset("softmax").choices)
    assert read_choices(LESSON.preset("softmax").choices, pairs) == choices
    assert open_at(urlsplit(links.address()).query)[0] == choices


def test_the_ledger_opens_at_any_quantity_and_says_the_letter_of_the_output():
    ledger = board_at("preset=colah&focus=b").walk.ledger
    assert (ledger.count, ledger.gradient.exact) == (2, 5)
    assert str(ledger.whole) == "f"
    assert sorted(path.product.exact for path in ledger.paths) == [2, 3]
    assert board_at("preset=colah&focus=nothing").walk.ledger is None


def test_what_is_made_of_constants_alone_has_no_gradient_to_list():
    ledger = board_at("expression=2*3%2Bx&focus=v1").walk.ledger
    assert ledger.given
    assert ledger.constant


@pytest.mark.parametrize(
    ("text", "shown"), [("log(-x)&x=2", "NaN"), ("9**9**9", "∞"), ("1/x&x=0", "∞")]
)
def test_what_is_no_finite_number_is_shown_as_what_it_is(text, shown):
    assert board_at(f"expression={text}").function.value.shown == shown


def test_of_more_than_twelve_variables_the_board_says_how_many_have_no_closed_form():
    text = " %2B ".join(f"q{i}" for i in range(15))
    assert board_at(f"expression={text}").proofs.unproved == 3


def test_where_a_writing_does_not_overflow_a_link_shows_the_function_so_at_the_same_point():
    board = board_at("expression=2*log(exp(x)%2Bexp(y))&x=1000&y=999")
    assert [len(slopes) for slopes, _ in board.proofs.reasons] == [2]  # the reason is told once
    assert {proof.relative for proof in board.proofs.rows} == {"–"}
    other = follow(board.rewriting.address)
    assert other.function.expression == board.rewriting.expression == "2 * logsumexp(x, y)"
    assert [proof.reverse.exact for proof in other.proofs.rows] == pytest.approx(
        [1.4621171572600098, 0.5378828427399903], rel=1e-12
    )
    assert all(proof.agrees for proof in other.proofs.rows)
    assert other.rewriting is None


@pytest.mark.parametrize("query", ["expression=1/x&x=0", "expression=exp(x)&x=1000", ""])
def test_no_other_writing_is_shown_where_there_is_none(query):
    assert board_at(query).rewriting is None
