"""A claimed gradient of a program: read with its program, judged by leaf, its slip named."""

import json

import numpy as np
import pytest

from backprop.engine.errors import InputError, PointError, ShapeError
from backprop.notation.export.examples import PROGRAM, PROGRAM_SLIP, print_arrays, program_example
from backprop.notation.submission.judgement import judge
from backprop.notation.submission.programs import read_program_submission, split_program

SMALL = "W : 2 x 2 = [[1, 2], [3, 4]]\nb : 2 = zeros\nZ = W + b\nL = sum(Z ** 2)"


def judged(text):
    return judge(read_program_submission(text))


def test_a_program_ends_where_numbers_begin():
    before, after = split_program(f"{SMALL}\n\ndW = [[2, 4],\n [6, 8]]\ndb = [8, 12]")
    assert before == SMALL
    assert after.splitlines()[0] == "dW = [[2, 4],"
    assert split_program("dW1 = [[1, 2]]") == ("", "dW1 = [[1, 2]]")
    for print_ in ("W.grad = tensor([[1.]])", "dW\n[[1 2]]", "[[1. 2.]]", "dL = 3.5", "dW:\n[[1]]"):
        assert split_program(f"{SMALL}\n{print_}")[0].startswith(SMALL[:20])


def test_a_right_gradient_is_right():
    judgement = judged(program_example())
    assert judgement.ok
    assert judgement.suspects == ()
    assert len(judgement.checked.findings) == 32
    assert all(abs(f.numeric - f.exact) < 1e-6 for f in judgement.checked.findings)


def test_a_slip_is_named_with_its_line_and_where_it_begins():
    judgement = judged(program_example(PROGRAM_SLIP))
    assert not judgement.ok
    (suspect,) = judgement.suspects
    assert suspect.slip.name == "slope-at-output"
    assert "It was made in line A1" in suspect.sentence
    assert judgement.nodes[0].name == "db1"
    assert "Line Z1 sends it: fit(dZ1, b1)." in judgement.nodes[0].sentence


def test_gradients_of_lines_tell_where_it_begins():
    wrong = "dZ = [[2, 4], [6, 9]]\ndW = [[2, 4], [6, 9]]\ndb = [8, 13]"
    judgement = judged(f"{SMALL}\n{wrong}")
    assert judgement.nodes[0].name == "dZ"
    assert "dZ[1,1] is 9, and 8 is right" in judgement.nodes[0].sentence


def test_names_are_read_as_libraries_write_them():
    for name in ("dW", "W.grad", "grad_W", "W"):
        read = read_program_submission(f"{SMALL}\n{name} = [[2, 4], [6, 8]]\ndb = [8, 12]")
        assert np.array_equal(read.gradient["W"], [[2, 4], [6, 8]])


def test_a_document_holds_the_program_its_point_and_the_gradient():
    document = {"program": SMALL, "at": {"b": [1, 1]}, "gradient": {"W": [[4, 6], [8, 10]],
                "b": [12, 16]}}  # fmt: skip
    assert judged(json.dumps(document)).ok
    assert read_program_submission('{"sizes": [2, 2]}') is None


def test_few_digits_are_enough_and_are_said():
    text = program_example().partition("\n\n")[2]
    rounded = {}
    for line in ("W1", "b1", "W2", "b2"):
        rounded[line] = np.round(read_program_submission(program_example()).gradient[line], 3)
    judgement = judged(f"{PROGRAM}\n{print_arrays(rounded)}")
    assert text
    assert judgement.ok
    assert "print more" in judgement.sentence


def test_at_a_kink_the_other_slope_is_right_too():
    judgement = judged("x : 2 = [0, 1]\nL = sum(relu(x))\ndx = [0.5, 1]")
    assert judgement.ok
    assert "kink" in judgement.sentence


def test_what_does_not_fit_is_refused_in_words():
    with pytest.raises(PointError, match="Nothing is said of db"):
        judged(f"{SMALL}\ndW = [[2, 4], [6, 8]]")
    with pytest.raises(ShapeError, match="The gradient of “b” is shaped"):
        judged(f"{SMALL}\ndW = [[2, 4], [6, 8]]\ndb = [8, 12, 1]")
    with pytest.raises(PointError, match="There is a program, and no gradient"):
        judged(SMALL)
    with pytest.raises(InputError):
        judged("W : 2 x 2 = ones\nL = sum(W @ V)\ndW = [[1, 2], [3, 4]]")


def test_what_is_no_line_is_passed_over_and_said():
    read = read_program_submission(f"{SMALL}\ndW = [[2, 4], [6, 8]]\ndb = [[8, 12]]\ndQ = [1, 2]")
    assert "dQ: no line of the program is called so; passed over." in read.notes
    assert "db is [1, 2]; I took it for [2]." in read.notes
