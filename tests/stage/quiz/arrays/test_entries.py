"""One entry: which it is, the cells it is made of, and the slips that its number may come of."""

import numpy as np
import pytest

from backprop.stage.quiz.arrays.entries import entry_at, entry_slips, find_entry, worked_out
from tests.stage.quiz.arrays.programs import DENSE, line_of, reference, use_of, walk

NAMES = ("mlp", "embedding", "conv1d")


@pytest.mark.parametrize("name", NAMES)
def test_the_terms_of_an_entry_add_up_to_it(name):
    for asked in walk(reference()[name]):
        entry = find_entry(asked)
        assert entry.value == np.asarray(asked.array)[entry.index]
        assert entry.value or not np.any(asked.array)
        if entry.terms:
            total = sum(term.product for term in entry.terms)
            assert total == pytest.approx(entry.value, abs=1e-12)
        for wrong in entry_slips(asked, entry):
            assert f"{wrong.answer:.2e}" != f"{entry.value:.2e}"


def test_an_entry_of_a_product_is_made_of_a_row_and_a_column():
    entry = entry_at(use_of("W", "Z"), (1, 2))
    assert entry.lit["dZ"] == {(n, 1) for n in range(4)}
    assert entry.lit["A"] == {(n, 2) for n in range(4)}


def test_a_cell_is_lit_even_where_its_number_is_0():
    text = DENSE.replace("tanh(Z)", "relu(Z)").replace("A : 4 x 3 = random 1", "A : 4 x 3 = zeros")
    assert entry_at(use_of("W", "Z", text), (0, 1)).lit["A"] == {(n, 1) for n in range(4)}


def test_a_value_is_made_of_what_its_line_reads():
    entry = entry_at(line_of("Z"), (3, 1))
    assert entry.lit == {
        "A": {(3, n) for n in range(3)},
        "W": {(1, n) for n in range(3)},
        "b": {(1,)},
    }


def test_slips_have_names_and_their_numbers():
    asked = use_of("W", "Z")
    entry = entry_at(asked, (1, 1))
    dZ, A = (np.asarray(asked.run.arrays[name]) for name in ("dZ", "A"))
    by_name = {}
    for wrong in entry_slips(asked, entry):
        by_name.setdefault(wrong.slip, []).append(wrong.answer)
    assert by_name["sign-flipped"] == [-entry.value]
    products = dZ[:, 1] * A[:, 1]
    assert sorted(by_name["missing-term"]) == pytest.approx(sorted(entry.value - products))
    assert sorted(by_name["sum-forgotten"]) == pytest.approx(sorted(products))
    assert by_name["local-forgotten"][0] == pytest.approx(dZ[:, 1].sum())
    asked = use_of("A", "Z")
    assert "other-operand" not in {w.slip for w in entry_slips(asked, entry_at(asked, (1, 1)))}


def test_what_is_worked_out_ends_with_the_answer():
    asked = use_of("b", "Z")
    entry = entry_at(asked, (1,))
    assert worked_out(asked, entry) == "db[1] = 0.623 + 0.00974 + 0.102 + (−0.059) = 0.6769."
