"""The programs of arrays whose numbers PyTorch gave, closed and with every line opened."""

import json
from functools import cache
from pathlib import Path

import numpy as np

from backprop.engine.backward import differentiate
from backprop.engine.program import program, read

REFERENCE = {
    each["name"]: each
    for each in json.loads(
        (Path(__file__).parent.parent / "reference" / "programs.json").read_text("utf-8")
    )["programs"]
}
NAMES = tuple(REFERENCE)
WEIGHTED = "weights_ : given {} = stored\nweighted_ = sum(weights_ * {})"


@cache
def graph_of(name, *, opened=False):
    """Return a reference program; an output that is no number gets its weights."""
    kept = REFERENCE[name]
    text = "\n".join(kept["lines"])
    lines = tuple(line.name for line in read(text).lines if not line.is_leaf) if opened else ()
    at = {}
    shape = read(text).nodes[-1].shape
    if shape:
        text += "\n" + WEIGHTED.format(" x ".join(map(str, shape)), read(text).nodes[-1].name)
        at = {"weights_": kept["seed"]}
    return program(text, at, opened=lines)


@cache
def traced(name, *, opened=False):
    """Return the trace of a reference program."""
    found = graph_of(name, opened=opened)
    return differentiate(found, found.at)


def close(found, expected, tolerance=1e-10):
    """Hold two arrays equal, in parts of the larger of 1 and what is expected."""
    expected = np.array(expected, float)
    found = np.broadcast_to(found, expected.shape)
    np.testing.assert_allclose(found, expected, tolerance, tolerance)
