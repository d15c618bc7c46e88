"""Starters and worked examples: each file is what it says, and what it prints can be brought."""

import json

import pytest

from backprop.engine.errors import UnknownNameError
from backprop.lessons.own_gradient.brought import read_brought
from backprop.lessons.own_gradient.choices import Choices, make_given
from backprop.lessons.own_gradient.downloads import STARTERS, starter_file, worked, worked_file
from backprop.notation.submission.judgement import judge


def test_the_json_starter_is_read_back_and_not_filled_in():
    file = starter_file(Choices(seed=7), "json")
    assert file.mimetype == "application/json"
    submission = read_brought(file.text, Choices())
    assert (submission.X == make_given(Choices(seed=7)).X).all()
    assert judge(submission).checked.sentence == "Every entry is 0: is the backward pass filled in?"


def test_the_numpy_starter_runs_and_prints_what_can_be_brought(capsys):
    file = starter_file(Choices(loss="cross_entropy"), "numpy.py")
    assert file.name == "starter_numpy.py"
    exec(compile(file.text, file.name, "exec"), {"__name__": "__main__"})
    printed = capsys.readouterr().out
    assert json.loads(printed)["loss"] == "cross_entropy"
    assert not judge(read_brought(printed, Choices())).ok


def test_every_starter_names_its_file():
    for kind in STARTERS:
        file = starter_file(Choices(), kind)
        assert file.name.endswith(kind.rpartition(".")[2])
        assert "half_squared_error" in file.text


def test_a_worked_example_is_a_file_of_its_name():
    file = worked_file(Choices(), "mazur-2-2-2")
    assert file.name == "mazur-2-2-2.json"
    assert json.loads(file.text)["sizes"] == [2, 2, 2]
    assert len(worked()) == 25


def test_unknown_names_are_refused():
    with pytest.raises(UnknownNameError, match="no starter “fortran”"):
        starter_file(Choices(), "fortran")
    with pytest.raises(UnknownNameError, match="no worked example “nothing”"):
        worked_file(Choices(), "nothing")
