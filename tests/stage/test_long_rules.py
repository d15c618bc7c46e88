"""A long rule as lines: what it says twice has a name, and put back it is the same rule."""

import ast
import re

import pytest

from backprop.engine.arrays.uses import uses
from backprop.lessons.arrays.passes import passes_of
from backprop.lessons.arrays.presets import PRESETS
from backprop.stage.programs.long_rules import LONGEST, lines_of_rule

LONG = [
    f"d{use.name} = {use.text}"
    for preset in PRESETS
    for use in uses(passes_of(preset.choices).program)
    if len(use.text) > LONGEST
]


def put_back(lines):
    """Return the rule with each part in the place of its name."""
    parts = [line.partition(" = ") for line in lines if re.match(r"t\d+ = ", line)]
    rule = " ".join(lines[len(parts) :])
    for name, _, text in reversed(parts):
        rule = re.sub(rf"\b{name}\b", lambda _, text=text: f"({text})", rule)
    return rule


def test_there_are_long_rules_in_the_presets():
    assert len(LONG) > 8


@pytest.mark.parametrize("rule", LONG, ids=range(len(LONG)))
def test_put_back_the_parts_are_the_same_rule_and_each_reads_only_those_above(rule):
    lines = lines_of_rule(rule)
    same = (ast.unparse(ast.parse(text.strip())) for text in (put_back(lines), rule))
    assert len({*same}) == 1
    known = set()
    for line in lines:
        names = set(re.findall(r"\bt\d+\b", line.partition(" = ")[2] or line))
        assert names <= known
        known |= set(re.findall(r"^t\d+\b", line))


def test_batch_norm_reads_in_three_terms():
    rule = (
        "dX = (dN * gain - mean(dN * gain, axis=0, keepdims=True) - standardize(X, 0, 1e-05)"
        " * mean(dN * gain * standardize(X, 0, 1e-05), axis=0, keepdims=True))"
        " / deviation(X, 0, 1e-05)"
    )
    assert [line.strip() for line in lines_of_rule(rule)] == [
        "t1 = standardize(X, 0, 1e-05)",
        "t2 = dN * gain",
        "dX = (t2",
        "- mean(t2, axis=0, keepdims=True)",
        "- t1 * mean(t2 * t1, axis=0, keepdims=True)) / deviation(X, 0, 1e-05)",
    ]


@pytest.mark.parametrize("rule", ["dW += dZ.T @ X", "", f"d = {'(' * 60}{'x' * 60}"])
def test_what_is_short_or_cannot_be_read_stays_one_line(rule):
    assert lines_of_rule(rule) == (rule,)
