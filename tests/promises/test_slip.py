"""A slip is one row, and is planted and recognized."""

import pytest

from backprop.engine.network import Network
from backprop.engine.slips.catalog import SLIPS
from backprop.engine.slips.fingerprint import fingerprint
from tests.promises.recipes import names_made

BIAS_TWICE = names_made("backprop/engine/slips/catalog.py")["BIAS_TWICE"]


@pytest.fixture(autouse=True)
def _added(monkeypatch):
    monkeypatch.setitem(SLIPS, BIAS_TWICE.name, BIAS_TWICE)


def test_a_new_slip_is_in_the_catalogue_of_the_hidden_bug(client):
    page = client.get(f"/lessons/gradient-check?bug={BIAS_TWICE.name}")
    assert page.status_code == 200
    assert BIAS_TWICE.title in page.text


def test_a_new_slip_is_named_from_its_gradient():
    network = Network((2, 2, 1), ("tanh", "linear"), "mean_squared_error")
    parameters, X, Y = network.initialize(seed=3), [[0.3, -1.0], [1.0, 2.0]], [[1.0], [0.5]]
    wrong = BIAS_TWICE.gradient(network, parameters, X, Y)
    suspects = fingerprint(network, parameters, X, Y, wrong)
    assert BIAS_TWICE in [suspect.slip for suspect in suspects]
