"""An operation or an activation is one row, and is there on every page."""

import math
import re
import runpy
from dataclasses import replace

import numpy as np
import pytest

from backprop.engine.backward import differentiate, gradient
from backprop.engine.differences.check import check_gradient
from backprop.engine.differences.slopes import kinks_at_zero
from backprop.engine.expression import parse
from backprop.engine.forward import value
from backprop.engine.network import ACTIVATIONS, Network
from backprop.engine.ops import OPS, Operation, table
from backprop.engine.text import to_text
from backprop.notation.export.code import latex_derivation, numpy_code, pytorch_code
from backprop.notation.export.starter import numpy_starter
from backprop.notation.names import label_of
from backprop.notation.symbolic.derivative import derivative
from tests.promises.recipes import names_made

GELU = names_made("backprop/engine/ops.py")["QUICK_GELU"]
ELU = Operation(
    name="elu",
    symbol="elu",
    title="exponential linear unit",
    inputs=("x",),
    value="where(x <= 0, exp(x) - 1, x)",
    partials=("where(x <= 0, exp(x), 1)",),
    samples=((0.5,), (-2.0,)),
    typed="elu",
    activates=True,
)
KNOWN = tuple(row for row in OPS.values() if row.name != GELU.name)
NEW = pytest.mark.parametrize("row", [GELU, ELU], ids=lambda row: row.name)


@pytest.fixture(autouse=True)
def _added(monkeypatch):
    for row in (GELU, ELU):
        monkeypatch.setitem(OPS, row.name, row)


@NEW
def test_a_new_operation_is_typed_and_printed(row):
    graph = parse(f"2{row.name}(x*y)")
    assert to_text(graph) == f"2 * {row.name}(x * y)"


@NEW
@pytest.mark.parametrize("x", [1.5, -0.75])
def test_a_new_operation_has_a_gradient_that_nudging_and_its_closed_form_confirm(row, x):
    graph = parse(f"x * {row.name}(3x)")
    assert check_gradient(graph, {"x": x}).ok
    slope = gradient(graph, {"x": x})[1]["x"]
    assert value(derivative(graph, "x"), {"x": x}) == pytest.approx(slope, rel=1e-12)


@NEW
@pytest.mark.parametrize("x", [1.5, -0.75])
def test_a_new_operation_is_exported(row, x, tmp_path):
    graph, at = parse(f"{row.name}(x)^2"), {"x": x}
    file = tmp_path / "exported.py"
    file.write_text(numpy_code(graph, at), encoding="utf-8")
    assert runpy.run_path(file)["gradient"]["x"] == pytest.approx(gradient(graph, at)[1]["x"])
    assert "torch." in pytorch_code(graph, at)
    assert latex_derivation(differentiate(graph, at), label_of).count("{")


@NEW
def test_the_pytorch_code_of_a_new_operation_finds_our_gradient(row):
    torch = pytest.importorskip("torch")
    before = torch.get_default_dtype()
    for x in (1.5, -0.75):
        exec(pytorch_code(parse(f"{row.name}(x)^2"), {"x": x}), {})
    torch.set_default_dtype(before)


@NEW
def test_a_new_activation_makes_a_network_whose_gradient_is_right(row):
    assert row.name in ACTIVATIONS
    network = Network((2, 3, 1), (row.name, "linear"), "mean_squared_error")
    parameters, rng = network.initialize(seed=1), np.random.default_rng(1)
    X, Y = rng.normal(size=(4, 2)), rng.normal(size=(4, 1))
    assert check_gradient(network, {**parameters, "X": X, "Y": Y}).ok
    loss, slopes = network.loss_and_gradient(parameters, X, Y)
    starter = numpy_starter(network, parameters, X, Y)
    assert math.isfinite(loss)
    assert slopes["W1"].shape == (3, 2)
    assert "Z" in starter


def test_whether_a_new_activation_has_a_kink_is_read_from_its_text(monkeypatch):
    assert not any(kinks_at_zero(row.name) for row in (GELU, ELU))
    monkeypatch.setitem(
        OPS,
        "hinge",
        replace(
            ELU, name="hinge", value="where(x <= 0, 0, 2 * x)", partials=("where(x <= 0, 0, 2)",)
        ),
    )
    assert kinks_at_zero("hinge")


@NEW
def test_a_new_operation_is_on_the_page_of_the_playground(row, client):
    for part in ("", "&export=numpy", "&export=pytorch", "&export=latex"):
        page = client.get(f"/playground?expression={row.name}(x)&x=0.5&step=2{part}")
        assert page.status_code == 200
    assert row.name in page.text
    found = client.post("/api/differentiate", json={"expression": f"{row.name}(x)", "at": {"x": 2}})
    assert found.get_json()["value"] == pytest.approx(row.evaluate(2.0))


@NEW
@pytest.mark.parametrize("address", ["/lessons/network?x1=0.1", "/train", "/lessons/own-gradient"])
def test_a_new_activation_is_offered(row, address, client):
    """Where a page is kept it is one of this row: other tests of this process have asked others."""
    own = address.replace("=0.1", f"=0.17{len(row.name)}31")
    assert re.search(rf"\b{row.name}\b", client.get(own).text)


@NEW
def test_a_new_activation_opens_on_every_page_of_a_network(row, client):
    hidden = f"activations={row.name},sigmoid"
    for detail in ("operations", "neurons"):
        for step in (0, 3, 5):
            query = f"{hidden}&detail={detail}&step={step}"
            assert client.get(f"/lessons/network?{query}").status_code == 200
    for address in (
        *(f"/lessons/gradient-check?{hidden}", f"/lessons/own-gradient?{hidden}"),
        f"/train?activations={row.name}&hidden=3",
    ):
        assert client.get(address).status_code == 200, address
    network = {
        **{"sizes": [1, 1], "activations": [row.name], "loss": "half_squared_error"},
        **{"parameters": {"W1": [[1.0]], "b1": [0.0]}, "X": [[0.5]], "Y": [[0.0]]},
    }
    assert client.post("/api/network", json=network).status_code == 200


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"value": "sinc(x)"}, "of “quick_gelu” calls “sinc”, which is neither a row above"),
        ({"value": "quick_gelu(x)"}, "calls “quick_gelu”"),
        ({"partials": ("sinc(x)",)}, "calls “sinc”, which is neither a row nor"),
        ({"typed": "sgn"}, "“quick_gelu” is typed by another name"),
    ],
)
def test_a_row_that_cannot_be_computed_fails_when_the_table_is_made(changed, words):
    with pytest.raises(AssertionError, match=words):
        table((*KNOWN, replace(GELU, **changed)))
