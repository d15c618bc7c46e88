"""Asking in both lessons: what is covered at which step, and what counts as an answer."""

import pytest

from backprop.lessons.network.run import advance
from tests.lessons.asked import H1, NETWORK, PLAYGROUND, WEIGHT, board_at, say, typed


def test_quiz_mode_is_off_on_a_first_visit():
    board = board_at(f"{NETWORK}?step={H1}")
    assert board.quiz.ask is None
    assert board.walk.explanation.result is not None
    assert not board.quiz.switch.on


def test_forward_steps_are_not_covered():
    board = board_at(f"{NETWORK}?ask=1&step=3")
    assert not board.quiz.ask.covered
    assert board.walk.explanation.result is not None


def test_the_base_case_is_told_and_not_asked():
    board = board_at(f"{NETWORK}?ask=1&step=9")
    assert not board.quiz.ask.asked
    assert board.walk.explanation.result.exact == 1


@pytest.mark.parametrize("address", [f"{NETWORK}?ask=1&step={H1}", f"{PLAYGROUND}?ask=1&step=4"])
def test_a_backward_step_covers_its_result_until_the_number_is_said(address):
    board = board_at(address)
    assert board.quiz.ask.covered
    assert board.walk.explanation.result is None
    assert [way.keys for way in board.quiz.ask.signs] == ["-", "0", "+"]
    said = say(board, "+")
    assert said.quiz.ask.covered
    assert said.quiz.ask.signs == ()
    assert board_at(said.quiz.ask.show).walk.explanation.result is not None


def test_a_number_that_is_right_uncovers_the_result():
    board = typed(say(board_at(f"{NETWORK}?ask=1&step={H1}"), "+"), "0.036")
    assert board.quiz.ask.reply.right
    assert not board.quiz.ask.covered
    assert board.walk.explanation.result.shown == "0.036"


def test_after_four_numbers_none_can_be_typed_but_it_can_be_shown():
    board = say(board_at(f"{NETWORK}?ask=1&step={H1}"), "+")
    for wrong in ("1", "2", "3", "4"):
        board = typed(board, wrong)
    assert board.quiz.ask.covered
    assert board.quiz.ask.form is None
    assert board.quiz.ask.show


def test_the_fields_and_the_ledger_of_what_is_covered_say_nothing():
    board = board_at(f"{NETWORK}?ask=1&step={WEIGHT}&focus=w2_1_1")
    gradients = {field.name: field.gradient for field in board.parameters.fields}
    assert gradients["w2_1_1"] == ""
    assert board.walk.ledger is None
    assert board.quiz.ask.ledger
    shown = board_at(say(board, "+").quiz.ask.show)
    assert {field.name: field.gradient for field in shown.parameters.fields}["w2_1_1"] == "+0.082"
    assert shown.walk.ledger is not None


def test_the_proof_and_the_export_of_what_is_covered_say_nothing():
    board = board_at(f"{PLAYGROUND}?ask=1&step=4&export=latex")
    assert board.proofs.rows == ()
    assert len(board.proofs.waiting) == 3
    assert "end of the pass" in board.export.text
    whole = board_at(f"{PLAYGROUND}?ask=1&step=7&export=latex")
    assert len(whole.proofs.rows) == 3
    assert "end of the pass" not in whole.export.text


def test_answers_are_kept_when_stepping_on_and_found_when_stepping_back():
    board = say(board_at(f"{NETWORK}?ask=1&step={H1}"), "-")
    after = board_at(board.walk.strip.forward)
    assert board.walk.strip.forward.endswith(f"_{H1}x")  # a way alone is no slip
    assert after.quiz.ask.covered
    back = board_at(after.walk.strip.back)
    assert not back.quiz.ask.covered
    assert not back.quiz.ask.reply.right
    assert back.walk.explanation.result is not None


def test_an_edit_drops_the_guess_of_this_step_and_keeps_those_before():
    board = board_at(f"{NETWORK}?ask=1&step={H1}")
    after = board_at(say(board, "+").walk.strip.forward)
    said = say(after, "+")
    edited = board_at(f"{said.head.links.address()}&w1_1_1=0.7")
    assert len(edited.quiz.ask.signs) == 3
    assert edited.quiz.ask.reply is None
    assert not board_at(edited.walk.strip.back).quiz.ask.covered


def test_another_example_is_another_pass():
    board = say(board_at(f"{NETWORK}?preset=xor&ask=1&step=15"), "+")
    after = board_at(board.walk.strip.forward)
    other = board_at(f"{after.head.links.address()}&row=3")
    assert board_at(other.walk.strip.back).quiz.ask.covered


def test_a_gradient_of_zero_is_said_by_its_sign_alone():
    board = board_at(f"{PLAYGROUND}?expression=x*y&x=0&y=0&ask=1&step=2")
    for keys, right in (("0", True), ("+", False)):
        said = say(board, keys)
        assert said.quiz.ask.reply.right is right
        assert not said.quiz.ask.covered
        assert said.walk.explanation.result.shown == "0"


def test_what_is_no_number_is_not_asked():
    board = board_at(f"{PLAYGROUND}?expression=log(x)*y&x=-1&ask=1&step=5")
    assert not board.quiz.ask.asked
    assert board.walk.explanation.result is not None


def test_the_next_round_asks_afresh():
    said = say(board_at(f"{NETWORK}?ask=1&step={H1}"), "-")
    choices = said.head.links.choices
    after = advance(choices, "a" * 64)
    assert after.quiz.ask == "1"
    assert (after.quiz.answers.entries, after.quiz.guess.sign, after.quiz.typed) == ((), "", None)


def test_off_is_said_in_the_address_and_takes_what_was_said_with_it():
    board = say(board_at(f"{NETWORK}?ask=1&step={H1}"), "+")
    assert board.quiz.switch.on
    off = board_at(board.quiz.switch.address)
    assert "ask=0" in board.quiz.switch.address
    assert "guess" not in board.quiz.switch.address
    assert off.quiz.ask is None


def test_a_whole_pass_fits_into_an_address():
    board = board_at(f"{NETWORK}?preset=ten-deep&ask=1")
    for _ in range(board.walk.strip.count - 1):
        address = (say(board, "-") if board.quiz.ask.signs else board).walk.strip.forward
        assert len(address) < 2_000
        board = board_at(address)
    assert board.walk.strip.at == board.walk.strip.count


def test_a_step_passed_without_an_answer_leaves_nothing_in_the_address():
    board = board_at(f"{NETWORK}?ask=1&step={H1}")
    assert board.walk.strip.forward == f"{NETWORK}?step={H1 + 1}&ask=1"


@pytest.mark.parametrize("path", [NETWORK, PLAYGROUND])
def test_quiz_mode_persists_in_another_preset(path):
    assert all(
        option.address.endswith("&ask=1") for option in board_at(f"{path}?ask=1").head.presets
    )
    assert all("ask" not in option.address for option in board_at(path).head.presets)
