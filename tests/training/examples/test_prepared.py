"""The examples of a run: divided, expanded and scaled by those to learn from."""

import numpy as np
import pytest

from backprop.training.examples.prepared import prepare
from backprop.training.examples.recipes import dataset


def data(**changes):
    settings = {"names": (), "scaling": "none", "share": 70, "seed": 1}
    return prepare(dataset("circles", 40, 0.1, 1, ""), **{**settings, **changes})


def test_every_row_is_learned_from_or_held_out():
    found = data()
    assert sorted(found.train_rows + found.test_rows) == list(range(40))
    assert len(found.train_rows) == len(found.train.X) == 28


def test_inputs_are_computed_from_raw_features_as_the_examples_were():
    found = data(names=("x1", "x1x2"), scaling="standard")
    assert found.names == ("x1", "x1x2")
    inputs = found.inputs(found.dataset.X)
    np.testing.assert_allclose(inputs[list(found.train_rows)], found.train.X)
    np.testing.assert_allclose(found.train.X.mean(axis=0), 0, atol=1e-12)


@pytest.mark.parametrize(
    "changes", [{"names": ("x1",)}, {"scaling": "unit"}, {"share": 50}, {"seed": 2}], ids=str
)
def test_the_digest_tells_examples_and_what_is_done_to_them_apart(changes):
    assert data().digest == data().digest
    assert data(**changes).digest != data().digest


def test_targets_are_standardised_by_those_to_learn_from_and_can_be_undone():
    raw = dataset("plane", 40, 0.1, 1, "")
    prepared = prepare(raw, (), "none", 70, 1, "standard")
    assert prepared.train.Y.mean() == pytest.approx(0, abs=1e-12)
    assert prepared.train.Y.std() == pytest.approx(1)
    np.testing.assert_allclose(
        prepared.target_scaling.undo(prepared.test.Y), raw.Y[list(prepared.test_rows)], atol=1e-12
    )
    plain = prepare(raw, (), "none", 70, 1)
    assert np.array_equal(plain.train.Y, raw.Y[list(plain.train_rows)])
    assert plain.digest != prepared.digest
