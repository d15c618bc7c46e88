import pytest

from backprop.engine.arrays.uses import uses
from backprop.engine.program import program
from backprop.lessons.arrays.asked_back import RULES, ask_batch, ask_rule


@pytest.mark.parametrize(("line", "rule"), RULES.items())
def test_the_right_rule_is_what_the_engine_sends_back(line, rule):
    name, texts = rule
    out, _, right = line.partition(" = ")
    first, other = right.removesuffix(".T").split(" @ ")
    second = "2 x 3" if right.endswith(".T") else "3 x 2"
    leaves = f"{first} : 4 x 3 = random 1\n{other} : {second} = random 2"
    found = program(f"{leaves}\n{line}\nL = sum({out})")
    assert [use.text for use in uses(found) if use.name == name] == [texts[0]]


@pytest.mark.parametrize("seed", range(12))
def test_a_biass_gradient_is_the_sum_over_the_rows(seed):
    question = ask_batch(seed)
    assert question.right == pytest.approx(sum(number.exact for _, number in question.given))
    assert all(wrong.answer != question.right for wrong in question.wrong)


def test_each_rule_is_asked_about():
    assert len({question.prompt for question in map(ask_rule, range(30))}) == len(RULES)
