"""What a step derives, and what a sheet works out, as LaTeX; answers are covered where it asks."""

from dataclasses import replace

import pytest

from backprop.notation.derivation import Piece, product
from backprop.notation.formula import Label, Number, Operator, Row, Text, partial
from backprop.stage.derivation import Derived, derivation_text, explained, sheet_text, with_numbers
from backprop.stage.paper import Blank, Part, Sheet, Table, Task
from backprop.stage.quiz.mask import cover_explanation
from backprop.stage.walk.explanation import Explanation, Reason, number
from tests.kit.latex_reader import faults

E, O, Z = Label("E"), Label("o"), Label("z")  # noqa: E741
PIECES = (
    Piece(partial(E, O), Text("known"), 0.5),
    Piece(partial(O, Z), Row((O, Operator("+"), Z)), 0.25),
)


def step():
    return Explanation(
        phase="backward",
        headline=("How much does ", Z, " matter?"),
        lede=(),
        result_words=(),
        result=number(0.125, "backward"),
        sentence=(),
        products=(product(partial(E, Z), PIECES),),
    )


def test_a_step_is_a_product_from_its_letters_to_its_number():
    text = derivation_text("A\nwalk", [explained(step())])
    assert text.splitlines()[:4] == [
        "% A walk", r"% Needs \usepackage{amsmath}.", "", "% How much does z matter?",
    ]  # fmt: skip
    assert r"&= \frac{\partial E}{\partial o} \cdot \left( o + z \right) \\" in text
    assert "  &= 0.125\n" in text
    assert "known" not in text
    assert faults(text) == []


@pytest.mark.parametrize("rung", [0, 1])
def test_what_is_asked_is_a_box_in_the_step(rung):
    text = derivation_text("", [explained(cover_explanation(step(), rung))])
    assert r"  &= \boxed{?}" in text
    assert "0." not in text
    assert faults(text) == []


def test_several_paths_are_added_up():

    lines = tuple(Reason(("a path",), number(x, "backward")) for x in (0.5, -0.25))
    both = replace(step(), products=step().products * 2, lines=lines, result=number(0.25))
    assert "\\[\n  0.500 + (-0.250) = 0.250\n\\]" in derivation_text("", [explained(both)])


def test_a_rule_stands_above_its_numbers():
    lines = with_numbers(Row((Z, Operator("="), O)), Number("2", 2.0), Number("4", 4.0))
    text = derivation_text("", [Derived(("m",), (lines,))])
    assert [line.strip() for line in text.splitlines()[5:8]] == [
        r"&z = o \\", r"&\quad {} = 2 \\", r"&\quad {} = 4",
    ]  # fmt: skip


SHEET = Sheet(
    "A sheet",
    ("Why?",),
    given=((Z, number(3.0)),),
    parts=(
        Part(
            ("Backward",),
            tasks=(
                Task(partial(E, Z), number(0.75), (O, Z), hints=1, working=(number(0.5),)),
                Task(("Which line?",), ("Line 7",)),
                Task(("Which of these?",), (), options=(("Eight",),)),
            ),
            table=Table((("h",), ("off",)), ((("1",), Blank(("nine",))),), "A table"),
            code=("dz = 5",),
        ),
    ),
    steps=(Task(O, number(6.0), (Z,)), Task(partial(E, Z), number(0.75), (O, Z))),
)


def test_a_sheet_is_worked_out_whole():
    text = sheet_text(SHEET, covered=False)
    assert text.index("6") < text.index("Backward") < text.index("0.750")
    for shown in ("&= o", "&= z", "&= 0.500", "Line 7", "nine", "dz = 5", "$z = 3$"):
        assert shown in text
    assert "Eight" not in text  # a question derives nothing
    assert faults(text) == []


def test_a_sheet_that_asks_covers_its_answers_and_what_leads_to_them():
    text = sheet_text(SHEET, covered=True)
    for answer in ("0.750", "0.500", "&= z \\\\\n  &= \\boxed", "Line 7", "nine"):
        assert answer not in text
    assert text.count(r"\boxed{?}") == 3
    assert "&= o \\\\\n  &= \\boxed{?}" in text
    assert faults(text) == []
