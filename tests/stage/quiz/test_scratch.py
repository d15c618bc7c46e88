"""From scratch: one gradient on paper, its parts read back, slips by whole paths."""

import pytest

from backprop.engine.backward import differentiate
from backprop.engine.expression import parse
from backprop.stage.quiz.scratch import order, rounded_gradient
from backprop.stage.walk.explanation import spoken
from tests.lessons.asked import NETWORK, PLAYGROUND, board_at, written

W1 = f"{NETWORK}?ask=1&ask-level=4"


def slots(board):
    parts = board.quiz.scratch.parts
    return [slot.text for slot in (*parts.branches, *parts.common)]


@pytest.mark.parametrize(
    ("weight", "number"),
    [("w1_1_1", "0.000438568"), ("w2_1_1", "0.0821670"), ("w2_2_2", "-0.0227")],
)
def test_the_numbers_of_the_hand_example_are_right(weight, number):
    board = written(board_at(f"{W1}&ask-of={weight}"), number)
    assert board.quiz.scratch.reply.right
    assert board.quiz.scratch.record.result == "unaided"


def test_a_whole_path_that_is_missing_is_named_and_shown():
    board = written(board_at(W1), "0.0554*0.2413*0.05")
    scratch = board.quiz.scratch
    assert scratch.reply.slip == "One path only"
    assert scratch.reply.read_back == "0.0554 × 0.2413 × 0.05 = 6.684·10⁻⁴"
    assert spoken(scratch.reply.place) == (
        "h 1 is used twice, by z 3 and z 4. Your number has the way through o 1. What comes back "
        "through o 2 is not in it."
    )
    assert slots(board) == ["0.0554", "", "0.2413", "0.05"]
    assert [spoken(slot.words) for slot in scratch.parts.branches] == [
        "by way of o 1",
        "by way of o 2",
    ]
    assert scratch.answer is None
    assert scratch.record is None
    assert scratch.typed == "0.0554*0.2413*0.05"


READ = [
    ("(0.0554 - 0.0190)*0.2413*0.05", ["0.0554", "−0.0190", "0.2413", "0.05"], ""),
    ("0.741*0.187*0.4*0.593*0.407*0.05", ["0.741 × 0.187 × 0.4", "", "0.593 × 0.407", "0.05"], ""),
    ("0.0364*0.05", ["0.0364", "", "0.05"], ""),
    ("0.0554*0.2413*0.05 - 0.0190*0.2413*0.05", ["0.0554", "−0.0190", "0.2413", "0.05"], ""),
    ("0.0554*0.2413*7", ["0.0554", "", "0.2413", ""], "7"),
    (
        "0.741*0.4*0.241*0.05-0.217*0.5*0.241*0.05",
        ["0.741 × 0.4 × ▢", "−0.217 × 0.5 × ▢", "0.241", "0.05"],
        "",
    ),
    (
        "0.741*0.187*0.4*0.241*0.05-0.217*0.175*0.5*0.05",
        ["0.741 × 0.187 × 0.4", "−0.217 × 0.175 × 0.5 × ▢", "0.241", "0.05"],
        "",
    ),
    (
        "(0.138*0.4+0.038*0.5)*0.241*0.05",
        ["0.138 × 0.4", "0.038 × 0.5, with its sign turned", "0.241", "0.05"],
        "",
    ),
    (
        "(0.138*0.4-0.5*0.038)*0.241*0.05",  # −0.5 × 0.038: two signs turned are none
        ["0.138 × 0.4", "−0.5 × 0.038", "0.241", "0.05"],
        "",
    ),
    (
        "(0.138*0.5-0.038*0.45)*0.241*0.05",
        ["0.138 × ▢", "−0.038 × ▢", "0.241", "0.05"],
        "0.5 (belongs on another way), 0.45",
    ),
    ("0.0554*0.012065", ["0.0554", "", "0.012065", "in 0.012065"], ""),
]


@pytest.mark.parametrize(("text", "filled", "rest"), READ)
def test_an_expression_is_read_back_under_the_names_of_its_parts(text, filled, rest):
    board = written(board_at(W1), text)
    assert slots(board) == filled
    assert board.quiz.scratch.parts.rest == rest


def test_a_sum_that_is_one_factor_is_read_as_that_factor():
    asked = board_at(f"{W1}&ask-of=w2_1_1")
    board = written(asked, "0.751-0.010")
    assert slots(board) == ["(0.751 − 0.010)", "", ""]
    assert board.quiz.scratch.parts.rest == ""
    board = written(asked, "(0.751-0.010)*0.751*(1-0.751)*0.593")
    assert board.quiz.scratch.reply.right
    assert slots(board) == ["(0.751 − 0.010)", "0.751 × (1 − 0.751)", "0.593"]


def test_a_sign_that_is_turned_is_said_and_named():
    board = written(board_at(f"{W1}&ask-of=w2_1_1"), "-0.741*0.1868*0.5933")
    assert slots(board) == ["−0.741, with its sign turned", "0.1868", "0.5933"]
    assert board.quiz.scratch.reply.slip == "The sign is turned round"


@pytest.mark.parametrize("text", ["1/2281", "0.000439*2/2"])
def test_a_right_answer_that_is_worked_out_otherwise_lacks_nothing(text):
    board = written(board_at(W1), text)
    assert board.quiz.scratch.reply.right
    assert board.quiz.scratch.parts is None


def test_parts_that_a_hint_names_are_no_number_read_back():
    board = board_at(written(board_at(W1), "0.5").quiz.scratch.hint.address)
    assert not board.quiz.scratch.parts.typed
    assert written(board, "0.138*0.4").quiz.scratch.parts.typed


def test_a_plain_number_has_no_parts_until_a_hint_names_them():
    board = written(board_at(W1), "0.5")
    assert board.quiz.scratch.parts is None
    board = board_at(board.quiz.scratch.hint.address)
    assert slots(board) == ["", "", "", ""]
    board = board_at(board.quiz.scratch.hint.address)
    assert slots(board) == ["", "", "0.2413", "0.05"]
    board = board_at(board.quiz.scratch.hint.address)
    assert slots(board) == ["0.0554", "−0.01905", "0.2413", "0.05"]
    assert board.quiz.scratch.hint.address == ""


def test_an_answer_with_a_hint_or_at_a_second_try_is_helped_and_one_shown_is_missed():
    hinted = board_at(board_at(W1).quiz.scratch.hint.address)
    assert written(hinted, "0.000439").quiz.scratch.record.result == "helped"
    second = written(written(board_at(W1), "0.5"), "0.000439")
    assert second.quiz.scratch.record.result == "helped"
    shown = board_at(written(board_at(W1), "0.5").quiz.scratch.show)
    assert shown.quiz.scratch.record.result == "missed"
    assert shown.quiz.scratch.answer.exact == pytest.approx(0.00043856773)


def test_a_weight_that_is_left_and_chosen_again_is_no_new_question():
    wrong = written(board_at(W1), "0.5")
    away = board_at(wrong.quiz.scratch.targets.another)
    back = board_at(
        next(o.address for o in away.quiz.scratch.targets.options if o.name == "w1_1_1")
    )
    assert back.quiz.scratch.reply is None
    assert written(back, "0.000439").quiz.scratch.record.result == "helped"
    hinted = board_at(board_at(W1).quiz.scratch.hint.address)
    away = board_at(hinted.quiz.scratch.targets.another)
    back = board_at(
        next(o.address for o in away.quiz.scratch.targets.options if o.name == "w1_1_1")
    )
    assert written(back, "0.000439").quiz.scratch.record.result == "helped"


def test_a_weight_that_was_right_at_once_stays_so():
    away = board_at(written(board_at(W1), "0.000439").quiz.scratch.targets.another)
    back = board_at(
        next(o.address for o in away.quiz.scratch.targets.options if o.name == "w1_1_1")
    )
    assert written(back, "0.000439").quiz.scratch.record.result == "unaided"


@pytest.mark.parametrize(
    ("weight", "number", "right"),
    [
        ("w1_1_2", "0.000878", True),  # 0.000877135, from factors of three digits
        ("w1_2_2", "0.000996", True),
        ("w1_1_2", "0.000900", False),
        ("w1_1_2", "0.000855", False),
        ("w1_1_2", "-0.000877", False),
    ],
)
def test_a_number_from_rounded_factors_is_right_within_a_percent(weight, number, right):
    board = written(board_at(f"{W1}&ask-of={weight}"), number)
    assert board.quiz.scratch.reply.right == right


def test_a_pass_in_three_digits_rounds_every_gradient():
    trace = differentiate(parse("(x * a) * b"), {"x": 2.0, "a": 0.12349, "b": 0.9851})
    assert rounded_gradient(trace, trace.graph.position("x")) == 0.121  # 0.985 × 0.123
    assert float(trace.gradients[trace.graph.position("x")]) == pytest.approx(0.12165, abs=1e-5)


def test_the_right_answer_is_written_out_so_that_it_adds_up():
    reply = written(board_at(W1), "0.000438568").quiz.scratch.reply
    assert spoken(reply.place) == " ∂E/∂w 1 = 0.0364 × 0.2413 × 0.050 = 4.39·10⁻⁴."


def test_another_weight_leads_through_all_of_them():
    board, asked = board_at(W1), set()
    for _ in range(10):
        asked.add(next(option.name for option in board.quiz.scratch.targets.options if option.on))
        board = board_at(board.quiz.scratch.targets.another)
    assert asked == {option.name for option in board.quiz.scratch.targets.options}


@pytest.mark.parametrize("count", range(1, 40))
def test_the_order_of_asking_leaves_none_out(count):
    names = tuple(map(str, range(count)))
    assert set(order(names)) == set(names)


def test_a_function_of_one_path_is_a_product_of_its_local_derivatives():
    board = board_at(f"{PLAYGROUND}?expression=sin(x^2)&x=1&ask=1&ask-level=4")
    board = written(board, "0.5403*2")
    assert board.quiz.scratch.reply.right
    assert slots(board) == ["0.5403", "2"]


def test_a_function_without_variables_has_nothing_to_ask():
    board = board_at(f"{PLAYGROUND}?expression=2*3&ask=1&ask-level=4")
    assert board.quiz.scratch is None


def test_at_operations_the_branches_are_named_after_the_outputs_too():
    board = written(board_at(f"{W1}&detail=operations"), "0.0554*0.05")
    ends = [spoken(slot.words) for slot in board.quiz.scratch.parts.branches]
    assert ends == ["by way of o 1", "by way of o 2"]
    assert slots(board) == ["0.0554", "", "", "0.05"]
    assert board.quiz.scratch.reply.slip == ""  # two things are wrong: no slip is guessed at
