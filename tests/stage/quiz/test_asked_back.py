"""A question that is asked back, as a page puts it."""

from backprop.notation.formula import Number
from backprop.stage.choices import change
from backprop.stage.links import Links, Origin
from backprop.stage.quiz.asked_back import AskingChoices, make_asked_back
from backprop.stage.quiz.question import Choice, Question, WrongAnswer

MAKE = {
    "number": lambda _: Question(
        prompt=("How much is it?",),
        quantity="w",
        kind="number",
        right=0.0554,
        wrong=(WrongAnswer(-0.0554, "The sign is turned round", ("It is o − t.",), "sign"),),
        explanation=("It is 0.0554.",),
    ),
    "several": lambda _: Question(
        prompt=("Which change?",),
        quantity="w",
        kind="several",
        right=frozenset({"step", "after"}),
        wrong=(WrongAnswer("slope", "Backprop taken for the optimizer", ("It stays.",)),),
        choices=(
            Choice("slope", ("the slope",), Number("0.1", 0.1)),
            Choice("step", ("the step",)),
            Choice("after", ("after it",)),
        ),
        explanation=("Step and weight.",),
    ),
    "sign": lambda _: Question(("Which way?",), "w", "sign", "up", explanation=("Up.",)),
}


def ask(kind, **changes):
    start = AskingChoices()
    choices = change(start, **changes)
    links = Links("/end", Origin({}, start), choices)
    return make_asked_back("network", kind, MAKE[kind], choices, links)


def marks(asked):
    return {option.name: option.mark for option in asked.options if option.mark}


def test_before_an_answer_nothing_is_said():
    asked = ask("several")
    assert asked.reply is None
    assert asked.tell == ""
    assert asked.fields == {"check": "1"}
    assert not any(option.on for option in asked.options)


def test_a_right_answer_at_the_first_try_is_unaided():
    asked = ask("number", answer="0.138*0.4016", fresh=7)
    assert asked.reply.right
    assert asked.reply.explanation == ("It is 0.0554.",)
    assert asked.reply.read == "0.138 × 0.4016 = 0.05542"
    assert asked.reply.record == "network number-7 number unaided"
    assert ask("number", answer="0.0554", tried=1).reply.record.endswith(" helped")


def test_a_wrong_answer_is_given_its_slips_name_and_not_the_right_one():
    asked = ask("number", answer="-0.0554")
    assert not asked.reply.right
    assert [slip.title for slip in asked.reply.slips] == ["The sign is turned round"]
    assert asked.reply.explanation == ()
    assert asked.reply.record == "network number-1 number missed"
    assert asked.typed == "-0.0554"
    assert asked.fields == {"tried": "1", "check": "1"}
    assert asked.tell == "/end?tell=1"


def test_an_answer_that_is_told_is_missed():
    asked = ask("sign", tell=True)
    assert (asked.reply.right, asked.reply.told) == (False, True)
    assert marks(asked) == {"up": "right"}
    assert asked.reply.record.endswith(" missed")
    assert asked.tell == ""


def test_a_wrong_choice_is_marked_and_the_right_ones_only_once_they_are_known():
    assert marks(ask("several", answer="slope,step")) == {"slope": "wrong"}
    assert marks(ask("several", answer="step,after")) == {"step": "right", "after": "right"}
    assert marks(ask("several", tell=True)) == {"step": "right", "after": "right"}


def test_answers_that_have_no_order_stand_in_another_one_with_another_seed():
    orders = {tuple(o.name for o in ask("several", fresh=seed).options) for seed in range(20)}
    assert len(orders) == 6
    assert [o.name for o in ask("sign", fresh=3).options] == ["down", "none", "up"]
    assert ask("several", fresh=3) == ask("several", fresh=3)


def test_an_answer_that_cannot_be_read_says_so_and_is_none():
    asked = ask("number", answer="many")
    assert asked.reply is None
    assert "“many” is no number" in asked.refusal
    assert asked.typed == "many"
    assert asked.fields == {"check": "1"}


def test_tries_are_counted_no_further_than_an_address_takes_them():
    assert ask("number", answer="2", tried=9).fields["tried"] == "9"
