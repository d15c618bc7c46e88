"""The lines of the derivation: hidden, blanked, given up."""

import math
from urllib.parse import parse_qs, urlsplit

import pytest

from backprop.lessons.chain_rule.choices import Choices
from backprop.lessons.chain_rule.derivation import make_derivation
from backprop.lessons.chain_rule.function import make_chain
from backprop.stage.choices import change
from backprop.stage.links import Links, Origin


def lines(**set_):
    choices = change(Choices(), **set_)
    links = Links("/lessons/chain-rule", Origin({}, Choices()), choices)
    return make_derivation(make_chain(choices), 1.0, choices, links)


def states(**set_):
    return [line.state for line in lines(**set_).lines]


def query(address):
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def test_each_line_can_be_hidden_and_shown_again():
    assert states(closed=(2, 4)) == ["open", "closed", "open", "closed", "open", "open"]
    assert query(lines().lines[1].toggle) == {"closed": "2"}
    assert query(lines(closed=(2, 4)).lines[1].toggle) == {"closed": "4"}


def test_the_last_lines_are_blanked():
    assert states(blank=2) == ["open"] * 4 + ["blank"] * 2
    assert states(blank=8) == ["blank"] * 6
    assert [option.title for option in lines().blanks] == [
        *("none", "1", "2", "3", "4", "5", "all")
    ]
    assert next(option for option in lines(blank=3).blanks if option.on).value == "3"


def test_a_blank_line_opens_when_it_is_answered_or_given_up():
    assert states(blank=2, line6="2x cos(x^2)") == ["open"] * 4 + ["blank", "open"]
    assert states(blank=2, open=(5,)) == ["open"] * 5 + ["blank"]
    assert lines(blank=2, line6="2x cos(x^2)", line5="x").right == 1


def test_what_was_typed_into_a_line_that_is_not_blank_is_not_judged():
    assert all(line.verdict is None for line in lines(line6="x").lines)


def test_another_exercise_forgets_the_answers():
    derivation = lines(blank=2, line6="x", open=(5,))
    assert query(derivation.blanks[3].address) == {"blank": "3", "fade": "last"}
    assert query(derivation.again) == {"blank": "2"}


def test_each_line_is_evaluated_by_itself():
    derivation = lines(y="exp(u)", u="x^2 - x", x=0.7)
    values = [line.value.exact for line in derivation.lines if line.value]
    slope, outer = 2 * 0.7 - 1, math.exp(0.7**2 - 0.7)
    assert values == pytest.approx([slope, outer, *[slope * outer] * 3], rel=1e-12)


def test_a_form_that_is_too_long_to_tidy_stays_as_it_is():
    u = "sin(x)^2/(1+x^4) + x*exp(x) + tan(x)/(2+x) + x^x"
    derivation = lines(y="u^9 + sin(u)^3/(1+u^2) + exp(u)*u + u^u", u=u)
    assert derivation.lines[-1].equation.alt == derivation.lines[-2].equation.alt
