"""Starters and worked examples: each file is what it says, and what it prints can be brought."""

import json

import pytest

from backprop.engine.errors import UnknownNameError
from backprop.lessons.own_bring import submission_of
from backprop.lessons.own_choices import Choices, given_by
from backprop.lessons.own_files import STARTERS, starter_file, worked, worked_file
from backprop.notation.submission_text import tell


def test_the_json_starter_is_read_back_and_not_filled_in():
    _, text, mimetype = starter_file(Choices(seed=7), "json")
    assert mimetype == "application/json"
    submission = submission_of(text, Choices())
    assert (submission.X == given_by(Choices(seed=7)).X).all()
    assert tell(submission).checked.sentence == "Every entry is 0: is the backward pass filled in?"


def test_the_numpy_starter_runs_and_prints_what_can_be_brought(capsys):
    name, text, _ = starter_file(Choices(loss="cross_entropy"), "numpy.py")
    assert name == "starter_numpy.py"
    exec(compile(text, name, "exec"), {"__name__": "__main__"})
    printed = capsys.readouterr().out
    assert json.loads(printed)["loss"] == "cross_entropy"
    assert not tell(submission_of(printed, Choices())).ok


def test_every_starter_names_its_file():
    for kind in STARTERS:
        name, text, _ = starter_file(Choices(), kind)
        assert name.endswith(kind.rpartition(".")[2])
        assert "half_squared_error" in text


def test_a_worked_example_is_a_file_of_its_name():
    name, text = worked_file("mazur-2-2-2")
    assert name == "mazur-2-2-2.json"
    assert json.loads(text)["sizes"] == [2, 2, 2]
    assert len(worked()) == 25


def test_unknown_names_are_refused():
    with pytest.raises(UnknownNameError, match="no starter “fortran”"):
        starter_file(Choices(), "fortran")
    with pytest.raises(UnknownNameError, match="no worked example “nothing”"):
        worked_file("nothing")
