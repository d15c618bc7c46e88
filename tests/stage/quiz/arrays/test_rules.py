"""The rules to choose from: one is right, none of the others comes to the same."""

import numpy as np
import pytest

from backprop.stage.quiz.arrays.questions import ask_rule, reason, rule_options
from backprop.stage.quiz.arrays.rules import LONGEST
from backprop.stage.quiz.arrays.texts import MisfitError, Run, shapes_of, text_of, tree_of
from tests.stage.quiz.arrays.programs import DENSE, reference, use_of, walk


@pytest.mark.parametrize("name", reference())
def test_no_wrong_rule_comes_to_the_right_one_and_all_run_or_fail_by_shape(name):
    for asked in walk(reference()[name]):
        if not asked.is_use or len(asked.text) > LONGEST:
            continue
        options = rule_options(asked)
        assert 3 <= len(options) <= 6
        assert len({option.text for option in options}) == len(options)
        assert [o.text for o in options if o.slip is None] == [asked.text]
        for option in options:
            try:
                value = Run(asked.run.arrays).of(tree_of(option.text))
            except MisfitError:
                assert option.slip
                assert not option.fits
                continue
            assert np.all(np.isfinite(value))
            assert option.fits == (np.shape(value) == asked.shape)
            if option.slip:
                assert not (option.fits and np.allclose(value, asked.array, rtol=1e-7, atol=0))
            else:
                np.testing.assert_allclose(value, asked.array, rtol=1e-12, atol=1e-15)


def test_the_rule_of_a_weight_stands_among_other_products_and_transposes():
    asked = use_of("W", "Z")
    texts = {option.text for option in rule_options(asked)}
    assert {"dZ.T @ A", "A.T @ dZ", "dZ @ A.T", "A @ dZ.T", "dZ.T @ W", "dZ.T * A"} == texts


def test_a_bias_is_offered_the_sum_forgotten_along_the_wrong_axis_and_as_a_mean():
    options = rule_options(use_of("b", "Z"))
    names = {option.slip.name for option in options if option.slip}
    assert {"sum-forgotten", "wrong-axis", "bias-mean", "bias-first-row"} <= names


def test_a_rule_is_ruled_out_by_its_shapes_or_else_by_what_it_computes():
    by_text = {option.text: option for option in rule_options(use_of("W", "Z"))}
    assert reason(by_text["A.T @ dZ"]) == ("(3×4)(4×2) → 3×2, not 2×3",)
    assert reason(by_text["A @ dZ.T"]) == ("(4×3)(2×4): 3 and 2 differ.",)
    forgotten = next(o for o in rule_options(use_of("Z", "H")) if o.text == "dH")
    assert reason(forgotten)[0].startswith("It hands on what arrives")


def test_the_order_is_the_state_s_and_the_same_each_time():
    places = set()
    for seed in range(1, 9):
        asked = use_of("W", "Z", DENSE.replace("random 1", f"random {seed}"))
        names = [option.slip is None for option in rule_options(asked)]
        assert names == [option.slip is None for option in rule_options(asked)]
        places.add(names.index(True))
    assert len(places) > 2


def test_a_choice_says_nothing_of_shapes():
    question = ask_rule(use_of("W", "Z"))
    assert not any("×" in str(part) for each in question.choices for part in each.words)
    assert {each.answer for each in question.wrong} == set("abcdef") - {question.right}


def test_a_part_is_exchanged_where_it_stands():
    tree = tree_of("(dZ @ W).T")
    assert text_of(tree) == "W.T @ dZ.T"
    arrays = {"dZ": np.ones((4, 2)), "W": np.ones((2, 3))}
    assert shapes_of(tree_of("W.T @ dZ.T"), Run(arrays)) == "(3×2)(2×4) → 3×4"
    with pytest.raises(MisfitError, match=r"4×2 \* 2×3: 2 and 3 differ\."):
        Run(arrays).of(tree_of("dZ * W"))


LONG = [
    asked
    for text in reference().values()
    for asked in walk(text)
    if asked.is_use and len(asked.text) > LONGEST
]


@pytest.mark.parametrize("asked", LONG, ids=lambda a: f"{a.step.sender}-{a.step.name}")
def test_a_long_rule_is_asked_by_a_gap_that_one_line_alone_fills(asked):
    gap = asked.gap
    if gap is None:
        assert not rule_options(asked)  # one call, nothing of which has a name
        return
    assert rule_options(asked) == gap.options
    assert [o.slip for o in gap.options].count(None) == 1
    assert 3 <= len(gap.options) <= 6
    for option in gap.options:
        arrays = dict(asked.run.arrays)
        try:
            for line in gap.lines:
                name, _, rule = line.partition(" = ")
                arrays[name] = Run(arrays).of(tree_of(option.text if rule == "…" else rule))
        except MisfitError:
            assert option.slip
            continue
        found = arrays[f"d{asked.step.name}".replace(".", "·")]
        fits = np.shape(found) == asked.shape and np.allclose(found, asked.array, rtol=1e-7, atol=0)
        assert fits == (option.slip is None)


def test_a_norm_s_rule_is_asked_by_one_of_its_three_lines():
    norm = next(a for a in LONG if a.gap and "- mean(dN * " in a.text)
    assert len(norm.gap.lines) == 3
    question = ask_rule(norm)
    assert "missing line" in "".join(map(str, question.prompt))
    assert any(f"{norm.gap.name} = …" in str(word) for word in question.lede)
