"""What each word sends forward is the transpose of what it sends back, as text and as code."""

import ast

import numpy as np
import pytest

from backprop.engine.arrays.rows import array_row
from backprop.engine.arrays.words import PROGRAMS
from backprop.engine.compiled.rules import compiled
from backprop.engine.modes import rows
from backprop.engine.modes.rows import TANGENT, pushed
from backprop.engine.ops import compute, pass_back, template
from tests.kit.rows import CASES, evaluated, inputs_of, same

USES = [
    pytest.param(case, which, id=f"{case[0]}-{case[2]}-{which}")
    for case in CASES
    for which, product in enumerate(array_row(*case).products)
    if product
]


def come_to(code, letters, values):
    """What a code comes to in the place of its row."""
    names = [f"a{k}" for k in range(len(letters))]
    out, *inputs = names
    written = template(code, letters[1:], PROGRAMS).format(*inputs, out=out)
    return compiled("code", ", ".join(names), [f"return {written}"], PROGRAMS)(*values)


def check(case, which):
    """Hold ⟨g, J t⟩ to ⟨Jᵀ g, t⟩, at random g and t."""
    row, chance = array_row(*case), np.random.default_rng(7)
    inputs = inputs_of(case, chance)
    out = np.asarray(compute(row, *inputs))
    g, t = chance.standard_normal(row.shape), chance.standard_normal(row.shapes[which])
    found, letters = pushed(*case, which), ("out", *row.inputs, TANGENT)
    sent = come_to(found.code, letters, (out, *inputs, t))
    assert np.shape(sent) == found.shape
    same(evaluated(ast.unparse(found.tree), letters, (out, *inputs, t)),
         np.broadcast_to(sent, row.shape), 1e-12)  # fmt: skip
    back = np.sum(t * pass_back(row, which, g, out, *inputs))
    scale = np.sum(np.abs(g)) * np.max(np.abs(sent)) + abs(back)
    assert abs(np.sum(g * sent) - back) <= 1e-12 * scale


@pytest.mark.parametrize(("case", "which"), USES)
def test_what_is_sent_forward_is_the_transpose_of_what_is_sent_back(case, which):
    check(case, which)


@pytest.mark.parametrize(
    ("names", "case"),
    [
        ("SYMMETRIC", ("log_softmax", (1,), ((3, 4),))),
        ("SYMMETRIC", ("deviation", (1, 1e-5), ((3, 3),))),
        ("LINEAR", ("exp", (), ((3, 4),))),
        ("LINEAR", ("concat", (0,), ((3, 4), (2, 4)))),
    ],
)
def test_a_row_that_is_said_to_be_simpler_than_it_is_would_be_found(monkeypatch, names, case):
    check(case, 0)
    monkeypatch.setattr(rows, names, (*getattr(rows, names), case[0]))
    pushed.cache_clear()
    with pytest.raises(AssertionError):
        check(case, 0)
    pushed.cache_clear()


def test_a_product_that_is_slightly_wrong_would_be_found(monkeypatch):
    case = ("var", (0, False), ((3, 4),))
    right = rows._put
    wrong = lambda text, names: right(text.replace("/ 3", "/ 3.001"), names)  # noqa: E731
    monkeypatch.setattr(rows, "_put", wrong)
    pushed.cache_clear()
    with pytest.raises(AssertionError):
        check(case, 0)
    pushed.cache_clear()
