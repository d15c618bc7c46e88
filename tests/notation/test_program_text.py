from backprop.engine.program import program
from backprop.notation.program_data import program_data
from backprop.notation.program_text import program_text


def text_of(lines):
    found = program(lines)
    return program_text(found, program_data(found))


def test_each_use_of_a_name_is_a_row():
    text = text_of("w : 2 = [1, 2]\na = w * 3\nL = sum(a * w)")
    assert "  dw  += spread(dL, a * w, None) * a  2" in text
    assert "  dw  += da * 3                       2" in text


def test_a_large_array_is_shortened():
    assert "..." in text_of("w : 40 x 40 = random 1\nL = sum(w)")


def test_a_program_of_given_leaves_asks_for_nothing():
    assert text_of("x : given 2 = ones\nL = sum(x)").endswith("all leaves are given")
