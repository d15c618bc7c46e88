"""The kinds of questions that courses examine backpropagation by, and the address that poses each.

37 kinds, counted in 30 courses and textbooks. Those without an address are not posed as asked.
"""

import pytest

from app import create_app
from backprop.lessons.catalog import LESSONS

ARRAYS = "/arrays?preset="
KINDS = {
    "a graph with values": "/playground",
    "gates and forks": "/playground?preset=gates",
    "a single neuron": "/playground?preset=sigmoid-neuron",
    "a network by hand": "/lessons/network",
    "a batch, with shapes": f"{ARRAYS}dense-layer",
    "softmax with cross-entropy": "/playground?preset=softmax",
    "binary cross-entropy": "/lessons/network?loss=binary_cross_entropy",
    "slopes of activations": "/lessons/chain-rule?preset=neuron",
    "the chain rule, typed": "/lessons/chain-rule",
    "the hinge": "/playground?preset=hinge",
    "a gradient check": "/lessons/gradient-check",
    "a step of an optimizer": "/lessons/optimizers",
    "initialisation and vanishing gradients": "/train?preset=vanishing",
    "a dead relu": "/lessons/network?preset=dead-relu",
    "L1 and L2 penalties": "/train?l2=0.01",
    "the cost of differences against one pass": "/lessons/gradient-check?preset=fast",
    "find the bug": "/lessons/find-the-bug",
    "a directional derivative": "/lessons/gradient",
    "batch norm": f"{ARRAYS}batch-norm",
    "a convolution": f"{ARRAYS}convolution-2d",
    "the routing of a max pool": f"{ARRAYS}pooling",
    "a recurrent network through time": f"{ARRAYS}recurrent",
    "a matrix derivative in matrix form": f"{ARRAYS}dense-layer&step=9",
    "attention": f"{ARRAYS}attention",
    "an LSTM": f"{ARRAYS}lstm",
    "layer norm": f"{ARRAYS}layer-norm",
    "an embedding": f"{ARRAYS}embedding",
    "the Jacobian of softmax": f"{ARRAYS}softmax-jacobian",
    "a residual block": f"{ARRAYS}residual",
    "tied weights": f"{ARRAYS}tied-weights",
    "dropout": f"{ARRAYS}dropout",
    "reshape, index and broadcast": f"{ARRAYS}two-heads",
    "backward code that is written and run": "",
    "forward mode, with seeds": "/lessons/why-backwards?preset=square",
    "a whole Jacobian": "/lessons/why-backwards?preset=small-net",
    "memory, time and checkpointing": "/lessons/memory?preset=sixteen-layers",
    "a product of Hessian and vector": "",
}
POSED = {kind: address for kind, address in KINDS.items() if address}


@pytest.fixture(scope="module")
def everything(tmp_path_factory):
    """Return a client of the whole application, with all lessons."""
    folder = tmp_path_factory.mktemp("kinds")
    app = create_app({"DATABASE_URL": f"sqlite:///{folder / 'store.sqlite'}"})
    yield app.test_client()
    app.extensions["store"].close()


def test_at_least_33_of_37_kinds_are_posed_as_asked():
    assert len(KINDS) == 37
    assert len(POSED) >= 33


@pytest.mark.parametrize("address", sorted(set(POSED.values())))
def test_the_address_of_a_kind_opens_as_it_is_written(everything, address):
    answer = everything.get(f"/api{address}" if "/lessons" in address else address)
    assert answer.status_code == 200
    if answer.is_json:
        assert answer.json["address"] == address


def test_every_preset_that_is_named_is_one():
    names = {preset.name for lesson in LESSONS for preset in lesson.presets}
    named = {each.partition("preset=")[2].partition("&")[0] for each in POSED.values()}
    assert named - {""} <= names
