"""A sheet as data: what a task and a table ask, and which steps a sheet has."""

from backprop.notation.formula import Label, Number
from backprop.stage.paper import Blank, Part, Sheet, Table, Task

TWO = Number("2", 2.0)


def test_a_table_asks_where_a_blank_of_it_has_an_answer():
    heads = (("h",), ("estimate",))
    assert Table(heads, ((("1",), Blank((TWO,))),), "differences").asks
    assert not Table(heads, ((("1",), Blank(())),), "one's own").asks


def test_the_right_options_of_a_task_are_those_that_are_ticked():
    task = Task(("Which?",), (), options=(("a",), ("b",), ("c",)), right=frozenset((0, 2)))
    assert task.right_options == (("a",), ("c",))


def test_a_sheet_without_steps_of_its_own_has_those_that_it_asks():
    one, other = Task(Label("x"), TWO), Task(Label("y"), TWO)
    parts = (Part(("First",), tasks=(one,)), Part(("Second",), tasks=(other,)))
    assert Sheet("A sheet", ("Why?",), parts=parts).all_steps == (one, other)
    assert Sheet("A sheet", ("Why?",), parts=parts, steps=(other,)).all_steps == (other,)
