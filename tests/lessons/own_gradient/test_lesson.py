"""“Bring your own gradient” as one board: the answer, what was found, the entries."""

import json
from dataclasses import replace

import numpy as np
import pytest

from backprop.engine.errors import InputError, UnknownNameError
from backprop.engine.network import Network
from backprop.lessons.own_gradient.answer import SHOWN, find_answer
from backprop.lessons.own_gradient.choices import make_given
from backprop.lessons.own_gradient.lesson import LESSON, PRESETS
from backprop.notation.export.examples import print_arrays
from backprop.notation.submission.judgement import judge
from backprop.notation.submission.read import read_submission
from backprop.sharing.snapshot import address_of, from_bytes
from backprop.stage.choices import change, read_choices
from backprop.stage.lesson import FormRequest
from backprop.stage.links import Links, Origin
from backprop.web.reply import plain
from tests.notation.submission.printed_networks import PRINTS, random_network, text_of


class Shelf:
    """A store in a dictionary."""

    def __init__(self):
        self.bodies = {}

    def take(self, *bodies):
        self.bodies |= {address_of(body): body for body in bodies}

    def read(self, address):
        return from_bytes(self.bodies[address])

    def owns(self, address):
        return address in self.bodies


@pytest.fixture
def shelf():
    return Shelf()


def links_of(choices, shelf):
    return Links(LESSON.path, Origin({}, LESSON.defaults), choices, shelf.read, owns=shelf.owns)


def compose(choices, shelf):
    return LESSON.compose(choices, links_of(choices, shelf))


def ask(choices, shelf, files=None, **pairs):
    """Do what a form asks; what is to be stored, is."""
    onward = LESSON.act(choices, FormRequest(pairs, links_of(choices, shelf), files or {}))
    shelf.take(*onward.brought)
    for address in onward.deleted:
        del shelf.bodies[address]
    return onward.choices


def bring(shelf, text, choices=LESSON.defaults, **files):
    return compose(ask(choices, shelf, files, given=text), shelf)


def right(choices=LESSON.defaults):
    given = make_given(choices)
    return given.network.loss_and_gradient(given.parameters, given.X, given.Y)[1]


def preset(name):
    return LESSON.preset(name).choices


# Before anything is brought


def test_a_first_visitor_is_told_how_it_goes(shelf):
    board = compose(LESSON.defaults, shelf)
    assert (board.answer.state, board.answer.big) == ("empty", "Nothing brought yet")
    assert board.shown is None
    assert not board.kept
    assert [option.title for option in board.examples] == [
        "a right one",
        "one with a slip",
        "one with its steps",
        "one of a program of arrays",
    ]


@pytest.mark.parametrize(
    ("name", "big", "reason"),
    [
        ("right", "Right", "all 17 entries"),
        ("slip", "Wrong:", "most likely no σ′ at the output (99\N{NO-BREAK SPACE}%)"),
        ("steps", "Wrong:", "most likely no σ′ at a hidden unit (99\N{NO-BREAK SPACE}%)"),
        ("by-hand", "Right", "all 10 entries"),
        ("classes", "Wrong:", "most likely no σ′ at a hidden unit (99\N{NO-BREAK SPACE}%)"),
    ],
)
def test_each_example_has_its_answer(shelf, name, big, reason):
    board = compose(preset(name), shelf)
    assert (board.answer.big, board.answer.reason) == (big, reason)
    assert board.head.preset.name == name
    assert board.text


def test_steps_say_where_it_begins(shelf):
    found = compose(preset("steps"), shelf).shown.clues
    assert found[0].title == "Where it begins"
    assert "way back is dZ1" in found[0].sentence
    assert found[1].title == "What it looks like, 99\N{NO-BREAK SPACE}% sure"


def test_every_network_has_an_example_with_a_slip(shelf):
    for pairs, slip in [
        ({"sizes": "2,1", "activations": "linear"}, "the ½ is lost"),
        ({"sizes": "2,3", "loss": "cross_entropy"}, "the sign is turned round"),
        ({"scheme": "zeros", "loss": "cross_entropy"}, "the sign is turned round"),
        ({"sizes": "2,3,3,1", "activations": "tanh,linear"}, "no σ′ at a hidden unit"),
    ]:
        board = compose(read_choices(LESSON.defaults, {**pairs, "example": "slip"}), shelf)
        assert slip in board.answer.reason


def factors(**by_array):
    """Return the right gradient, some arrays multiplied."""
    return print_arrays({n: by_array.get(n, 1) * array for n, array in right().items()})


def test_slips_that_give_the_same_numbers_are_all_said(shelf):
    board = bring(shelf, factors(W1=2, b1=2, W2=2, b2=2))
    assert board.answer.reason == "the ½ is lost; or the gradient is not set back to zero"
    assert [clue.title for clue in board.shown.clues] == [
        "What it looks like, 50\N{NO-BREAK SPACE}% sure",
        "Or: the gradient is not set back to zero",
    ]


def test_of_many_slips_that_give_the_same_numbers_the_answer_says_how_many(shelf):
    text = json.dumps({"expression": "relu(x)", "at": {"x": -1}, "gradient": {"x": 1}})
    board = bring(shelf, text)
    assert board.answer.reason == "one of 4 slips, which give the same numbers here"
    assert len(board.shown.clues) == 4


def test_each_array_has_its_own_clue(shelf):
    board = bring(shelf, factors(W1=7, b2=3))
    reason = "a factor too many in {}"
    assert board.answer.reason == f"{reason.format('W1')}; {reason.format('b2')}"
    assert [clue.title for clue in board.shown.clues] == [
        "What it looks like in W1, 64\N{NO-BREAK SPACE}% sure",
        "What it looks like in b2, 64\N{NO-BREAK SPACE}% sure",
    ]
    odd = {n: array + (n == "b1") for n, array in right().items()}
    board = bring(shelf, print_arrays(odd | {"W2": 7 * odd["W2"]}))
    assert board.answer.reason == f"{reason.format('W2')}; and more"
    assert [clue.title for clue in board.shown.clues][1] == "What it looks like in b1"


def test_the_slip_of_a_function_is_named_with_its_words(shelf):
    text = json.dumps({"expression": "exp(x) * y", "at": {"x": 2, "y": 3}, "gradient": GIVEN})
    board = bring(shelf, text)
    assert board.answer.reason == (
        "most likely the slope is taken from x, not from the result (99\N{NO-BREAK SPACE}%)"
    )
    (clue,) = board.shown.clues
    assert clue.about.startswith("The slope of exp is its own result")


GIVEN = {"x": 6, "y": 7.38905609893065}


def test_in_a_deep_network_the_steps_begin_to_be_wrong_at_the_last_hidden_layer(shelf):
    choices = read_choices(LESSON.defaults, {"sizes": "2,3,4,1", "example": "steps"})
    found = compose(choices, shelf).shown.clues
    assert "way back is dZ2" in found[0].sentence
    assert "hidden layer 2 only" in found[1].sentence


def test_what_comes_after_the_first_wrong_array_is_named(shelf):
    text = compose(preset("steps"), shelf).text.replace("Z1 = [[-0.776931", "Z1 = [[-0.9", 1)
    first = bring(shelf, text).shown.clues[0]
    assert "way forward is Z1: at [0,0]" in first.sentence
    assert first.about == "Wrong too: dZ1, which comes after it."


# What is brought


def test_a_right_gradient_is_right_in_every_spelling(shelf):
    arrays = right()
    names = {"W1": "fc1.weight.grad", "b1": "fc1.bias.grad"}
    names |= {"W2": "fc2.weight.grad", "b2": "fc2.bias.grad"}
    spellings = [
        print_arrays(arrays),
        json.dumps({"gradient": {name: array.tolist() for name, array in arrays.items()}}),
        "\n".join(f"{names[name]} = tensor({a.tolist()})" for name, a in arrays.items()),
    ]
    for text in spellings:
        board = bring(shelf, text)
        assert board.answer.big == "Right"
        assert board.kept
        assert board.text == text


def test_few_digits_are_judged_as_far_as_they_tell(shelf):
    text = "\n".join(f"d{name} = {np.round(a, 4).tolist()}" for name, a in right().items())
    answer = bring(shelf, text).answer
    assert (answer.big, answer.reason) == ("Right", "as far as its digits tell")


def test_one_wrong_entry_stands_first_and_is_drawn(shelf):
    arrays = right()
    arrays["W2"] = arrays["W2"].copy()
    arrays["W2"][1, 2] += 0.5
    board = bring(shelf, print_arrays(arrays))
    assert board.answer.sentence == "1 entry is wrong, and 16 right."
    assert board.shown.rows[0].name == "W2[1,2]"
    shown = {array.name: array for array in board.shown.arrays}
    assert [array.words for array in shown.values()] == [
        "right",
        "right",
        "1 of 6 not right",
        "right",
    ]
    assert shown["W2"].cells[1][2] == ("W2[1,2]", "wrong")
    assert shown["b2"].cells == ((("b2[0]", "right"),), (("b2[1]", "right"),))


def test_a_gradient_that_is_not_filled_in_is_told_so(shelf):
    zeros = {name: np.zeros_like(array) for name, array in right().items()}
    answer = bring(shelf, print_arrays(zeros)).answer
    assert (answer.big, answer.reason) == ("Not filled in", "every entry is 0")


def test_what_is_uneasy_only_is_nearly_right(shelf):
    arrays = {name: array.copy() for name, array in right().items()}
    for array in arrays.values():
        array *= 1 + 1e-3 * np.random.default_rng(1).uniform(0.5, 1, array.shape)
    answer = bring(shelf, print_arrays(arrays)).answer
    assert (answer.big, answer.reason) == ("Nearly", "off by up to 0.097\N{NO-BREAK SPACE}%")
    assert answer.sentence.startswith("17 entries are off by more than rounding explains.")


def test_what_no_slip_explains_is_wrong_without_a_guess(shelf):
    rng = np.random.default_rng(1)
    arrays = {name: rng.normal(size=array.shape) for name, array in right().items()}
    board = bring(shelf, print_arrays(arrays))
    assert (board.answer.big, board.answer.reason) == ("Wrong", "in W1, W2, b1, b2")
    assert board.shown.clues[-1].title == "What it looks like"


def test_many_entries_are_cut_off_with_how_many_more(shelf):
    choices = read_choices(LESSON.defaults, {"sizes": "8,40,2", "example": "slip"})
    board = compose(choices, shelf)
    assert len(board.shown.rows) == SHOWN
    assert board.shown.more == "and 412 more, 412 of them not right"
    assert [array.large for array in board.shown.arrays] == [False, False, False, True]
    assert board.shown.arrays[0].words == "all 320 not right"


def test_an_array_that_is_too_large_is_not_drawn(shelf):
    choices = read_choices(LESSON.defaults, {"sizes": "70,3,1", "example": "right"})
    first, *rest = compose(choices, shelf).shown.arrays
    assert first.cells == ()
    assert all(array.cells for array in rest)


def test_a_function_can_be_brought_too(shelf):
    text = json.dumps({"expression": "x * y", "at": {"x": 2, "y": 3}, "gradient": {"x": 3, "y": 3}})
    board = bring(shelf, text)
    assert board.answer.sentence == "1 entry is wrong, and 1 right."
    assert board.shown.whose == "f = x * y"
    assert board.shown.arrays == ()


def test_every_worked_example_opens_and_is_right(shelf):
    setup = compose(LESSON.defaults, shelf).setup
    for each in (*setup.networks, *setup.expressions):
        board = compose(replace(LESSON.defaults, example=each.about), shelf)
        assert board.answer.big == "Right", each.title
        assert board.head.title == each.title or board.head.preset


def test_another_network_forgets_what_was_brought(shelf):
    board = bring(shelf, print_arrays(right()))
    assert "own=" not in board.setup.here
    assert "own" not in dict(board.setup.pairs)


@pytest.mark.parametrize(
    ("expression", "x", "slope", "big"),
    [
        ("abs(x)", 0, 1, "Right at a kink"),
        ("log(x)", -1, -1, "Cannot be judged: there is no value here"),
    ],
)
def test_a_kink_and_a_missing_value_are_said(expression, x, slope, big):
    given = {"expression": expression, "at": {"x": x}, "gradient": {"x": slope}}
    answer = find_answer(judge(read_submission(json.dumps(given))))
    assert f"{answer.big} {answer.reason}" == big
    assert answer.state == ("right" if x == 0 else "open")


def test_what_its_digits_do_not_tell_from_a_slip_is_left_open(shelf):
    network, *at = random_network(1)
    text = text_of(*at, network.loss_and_gradient(*at)[1], PRINTS["numpy 2"])
    answer = find_answer(judge(read_submission(text, network)))
    assert (answer.state, answer.big, answer.reason) == (
        *("open", "Cannot be judged"),
        "from so few digits",
    )
    assert answer.sentence.endswith("Print more digits, of W, b, X and Y too.")
    pairs = {"sizes": network.sizes, "activations": network.activations}
    choices = replace(LESSON.defaults, **pairs, loss=network.loss)
    board = bring(shelf, text, choices)
    assert board.answer == answer
    assert [clue.title for clue in board.shown.clues] == ["What prints the same"]
    assert "Read as rounded: W1, b1, W2, b2 and X to 2 decimals" in " ".join(board.shown.notes)
    assert board.shown.rows[0].reach.startswith("± 0.00")


def test_a_convention_at_a_kink_is_left_open_with_both_numbers():
    given = {"expression": "relu(x) - relu(-x)", "at": {"x": 0}, "gradient": {"x": 0}}
    answer = find_answer(judge(read_submission(json.dumps(given))))
    assert (answer.state, answer.big) == ("open", "Cannot be judged:")
    assert answer.reason.startswith("at a kink reverse mode follows a convention")
    assert answer.sentence.startswith("Both numbers stand in the table")


def test_the_board_is_plain(shelf):
    for each in PRESETS:
        assert plain(compose(each.choices, shelf))["answer"]["state"]


# What cannot be used


def test_an_example_that_is_not_there_is_refused(shelf):
    with pytest.raises(UnknownNameError, match="no example “nonsense”"):
        compose(replace(LESSON.defaults, example="nonsense"), shelf)
    line = read_choices(LESSON.defaults, {"sizes": "2,1", "example": "steps"})
    with pytest.raises(UnknownNameError, match="“steps”"):
        compose(line, shelf)


def test_an_address_of_something_else_is_not_read(shelf):
    shelf.take(b'{"lesson":"train"}')
    (address,) = shelf.bodies
    with pytest.raises(InputError, match="no gradient that was brought"):
        compose(replace(LESSON.defaults, own=address), shelf)
    with pytest.raises(InputError, match="no gradient that was brought"):
        ask(replace(LESSON.defaults, own=address), shelf, do="delete")


def test_a_loss_that_nothing_names_is_asked_for_and_chosen(shelf):
    network = Network((3, 4, 1), ("sigmoid", "sigmoid"), "binary_cross_entropy")
    X, Y = np.random.default_rng(0).normal(size=(4, 3)), np.array([[0.0], [1], [1], [0]])
    parameters = network.initialize(2)
    text = text_of(
        parameters, X, Y, network.loss_and_gradient(parameters, X, Y)[1], np.ndarray.tolist
    )
    board = bring(shelf, text)
    assert f"{board.answer.big} {board.answer.reason}" == "Cannot be judged: which loss is it?"
    (loss,) = board.shown.readings
    assert [option.title for option in loss.options] == [
        *("half squared error", "binary cross-entropy")
    ]
    chosen = bring(shelf, text, replace(LESSON.defaults, loss="binary_cross_entropy"))
    assert chosen.answer.big == "Right"


# What opens


def opened(choices, shelf):
    return {name for name, each in compose(choices, shelf).head.sections.items() if each.open}


def test_every_section_is_closed_until_its_network_is_changed(shelf):
    assert opened(LESSON.defaults, shelf) == opened(preset("slip"), shelf) == set()
    assert opened(replace(LESSON.defaults, seed=2), shelf) == {"network"}
    assert opened(replace(LESSON.defaults, more=("worked",)), shelf) == {"worked"}


def test_a_preset_keeps_its_name_where_a_section_is_open(shelf):
    shown = compose(replace(preset("slip"), more=("worked",)), shelf)
    assert shown.head.preset.name == "slip"
    assert "show-more=worked" in shown.setup.here
    assert "more" not in shown.setup.starters[0].address


def test_a_gradient_of_a_program_is_judged_and_its_line_named(shelf):
    board = compose(change(LESSON.defaults, example="program-slip"), shelf)
    assert board.answer.state == "wrong"
    assert "the slope is taken at the result" in board.answer.reason
    first = board.shown.clues[0]
    assert "db1 is the first that is wrong on the way back" in first.sentence
    assert [array.name for array in board.shown.arrays] == ["W1", "b1", "W2", "b2"]
    assert "a program of 10 lines" in board.shown.whose
    right = compose(change(LESSON.defaults, example="program"), shelf)
    assert right.answer.state == "right"
