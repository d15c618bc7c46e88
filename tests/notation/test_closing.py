"""Lines of a calculation close as printed, though the result of one is read by the next."""

from hypothesis import given
from hypothesis import strategies as st

from backprop.notation.closing import Line, close_lines
from backprop.notation.numerals import agrees, read_printed

SETTINGS = frozenset(("eta", "beta"))
ADAM = (
    Line("m1", ("m", "g", "beta"), lambda x: x["beta"] * x["m"] + (1 - x["beta"]) * x["g"]),
    Line("unbiased", ("m1", "beta"), lambda x: x["m1"] / (1 - x["beta"] ** 9)),
    Line("move", ("unbiased", "eta"), lambda x: -x["eta"] * x["unbiased"]),
)
NUMBERS = st.floats(-50, 50)


def carried_out(**given_numbers):
    numbers = dict(given_numbers)
    for line in ADAM:
        numbers[line.gives] = line.evaluate(numbers)
    return numbers


@given(NUMBERS, NUMBERS, st.sampled_from((0.9, 0.99, 0.999)), st.sampled_from((0.5, 0.001, 1e-5)))
def test_every_line_holds_of_the_numbers_as_they_are_printed(m, g, beta, eta):
    numbers = carried_out(m=m, g=g, beta=beta, eta=eta)
    shown = close_lines(ADAM, numbers, SETTINGS)
    for line in ADAM:
        again = line.evaluate({name: read_printed(shown[name]) for name in line.reads})
        assert agrees(again, shown[line.gives])
        assert agrees(numbers[line.gives], shown[line.gives])


def test_a_move_is_printed_with_what_gives_it():
    line = Line("move", ("g", "eta"), lambda x: -x["eta"] * x["g"])
    numbers = {"g": 0.0018058, "eta": 0.5, "move": -0.0009029}
    assert close_lines([line], numbers, frozenset(("eta",))) == {
        "g": "0.001806",
        "eta": "0.500",
        "move": "−9.03·10⁻⁴",
    }


def test_a_half_is_not_rounded_toward_zero():
    line = Line("move", ("g", "eta"), lambda x: -x["eta"] * x["g"])
    numbers = {"g": 0.0826, "eta": 0.5, "move": -0.0413}  # by three decimals −0.0415 = −0.041
    shown = close_lines([line], numbers, frozenset(("eta",)))
    assert (shown["g"], shown["move"]) == ("0.0826", "−0.041")


def test_a_setting_is_printed_as_it_was_typed():
    line = Line("rest", ("beta",), lambda x: 1 - x["beta"])
    shown = close_lines([line], {"beta": 0.9999, "rest": 1 - 0.9999}, frozenset(("beta",)))
    assert shown == {"beta": "0.9999", "rest": "1.00·10⁻⁴"}


def test_lines_that_can_never_hold_end_with_all_their_digits():
    line = Line("y", ("x",), lambda x: x["x"] + 1)
    shown = close_lines([line], {"x": 1 / 3, "y": 0.0}, frozenset())
    assert read_printed(shown["x"]) == 1 / 3
