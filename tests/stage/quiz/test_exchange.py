"""Which of some numbers change: by the numbers alone."""

from backprop.notation.formula import Number
from backprop.stage.quiz.exchange import NOTHING, Watched, ask_changes
from backprop.stage.quiz.question import judge
from backprop.stage.walk.explanation import spoken


def watched(name, before, after):
    numbers = Number(f"{before:g}", before), Number(f"{after:g}", after)
    return Watched(name, (f"the {name}",), *numbers, "Taken for changed", "Overlooked")


def ask(*numbers):
    return ask_changes(("Which change?",), "exchange", numbers, ("So it is.",))


def test_what_differs_changes_and_rounding_does_not_count():
    question = ask(watched("slope", 2.0, 2.0 + 1e-9), watched("step", -1.0, -0.5))
    assert question.right == {"step"}
    assert spoken(question.explanation) == "So it is. The step goes from minus 1 to minus 0.5."
    (slip,) = judge(question, "slope,step").slips
    assert (slip.title, spoken(slip.about)) == ("Taken for changed", "The slope is 2 as before.")
    assert "Overlooked" in [slip.title for slip in judge(question, "slope").slips]


def test_where_nothing_changes_that_is_the_answer():
    question = ask(watched("slope", 2.0, 2.0))
    assert question.right == {NOTHING}
    assert judge(question, NOTHING).right
    assert not judge(question, "slope").right
    assert not judge(ask(watched("step", 1.0, 2.0)), NOTHING).right
