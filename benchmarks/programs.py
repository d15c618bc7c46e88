"""Programs of arrays: each preset's gradient, replayed and recorded, against PyTorch's eager mode.

The same lines are run by PyTorch: they are its own language but for a few words, which stand below.
One thread; forward and backward pass, float64.
"""

import contextlib
import math
from collections.abc import Callable, Iterator
from statistics import median
from typing import Any

import numpy as np

from backprop.engine.backward import differentiate, gradient
from backprop.engine.program import Program, program
from backprop.lessons.arrays.presets import PRESETS
from benchmarks.timing import Case, Row, at_least, interleaved, left_out, microseconds, times_faster

try:
    import torch
    from torch.nn import functional
except ImportError:
    torch = None

ROUNDS = 11
REPLAY, LEAST, RECORD = 2.5, 0.5, 1.0  # wanted: in the median, of any preset, of full records


def rows() -> Iterator[Row]:
    """Measure every preset, and say the medians."""
    if torch is None:
        yield left_out("programs of arrays, against PyTorch eager", "torch")
        return
    torch.set_num_threads(1)
    replays, records = [], []
    for preset in PRESETS:
        text = with_number(preset.choices.program)
        ours, theirs = program(text), in_torch(text)
        values, slopes = gradient(ours, ours.at)
        loss, found = theirs()
        np.testing.assert_allclose(float(loss), values, rtol=1e-9)
        for name, slope in zip(ours.parameters, found, strict=True):
            np.testing.assert_allclose(slope.numpy(), slopes[name], rtol=1e-8, atol=1e-12)
        cases = {
            "replay": Case(lambda ours=ours: gradient(ours, ours.at)),
            "full record": Case(lambda ours=ours: differentiate(ours, ours.at)),
            "PyTorch": Case(theirs),
        }
        times = interleaved(cases, ROUNDS)
        replays.append(times_faster(times, "replay", "PyTorch"))
        records.append(times_faster(times, "full record", "PyTorch"))
        yield microseconds(f"program {preset.name}: replay", times["replay"])
        yield at_least(f"program {preset.name}: replay, against PyTorch", replays[-1], LEAST)
        recorded = f"{records[-1]:.1f} ×"
        yield Row(f"program {preset.name}: full record, against PyTorch", recorded)
    yield at_least("programs: replay, median over the presets", median(replays), REPLAY)
    yield at_least("programs: full record, median over the presets", median(records), RECORD)


def with_number(text: str) -> str:
    """Return a program whose last line is a number: one entry, where it is an array."""
    with contextlib.suppress(Exception):
        program(text)
        return text
    return f"{text}\nL = {text.splitlines()[-1].partition('=')[0].strip()}[1]"


def in_torch(text: str) -> Callable[[], tuple[Any, tuple[Any, ...]]]:
    """Return what runs the lines of a program in PyTorch, and gives its value and gradient."""
    ours: Program = program(text)
    leaves = {name: torch.tensor(value) for name, value in ours.at.items()}
    free = [leaves[name].requires_grad_() for name in ours.parameters]
    results = [line for line in ours.lines if line.kind == "result"]
    body = [f"    {line.name} = {line.text}" for line in results]
    source = "\n".join(
        [f"def forward({', '.join(leaves)}):", *body, f"    return {results[-1].name}"]
    )
    words = torch_words()
    exec(source, words)
    forward, given = words["forward"], tuple(leaves.values())

    def run() -> tuple[Any, tuple[Any, ...]]:
        loss = forward(*given)
        return loss.detach(), torch.autograd.grad(loss, free)

    return run


def torch_words() -> dict[str, Any]:
    """Return the words of programs, in PyTorch."""
    entrywise = ("log", "exp", "tanh", "sigmoid", "relu", "where", "mean", "sum", "arange", "abs")
    return {name: getattr(torch, name) for name in entrywise} | {
        "sqrt": lambda x: math.sqrt(x) if isinstance(x, int | float) else torch.sqrt(x),
        "inf": math.inf,
        "max": torch.amax,
        "softmax": lambda x, axis=-1: torch.softmax(x, axis),
        "log_softmax": lambda x, axis=-1: torch.log_softmax(x, axis),
        "cross_entropy": functional.cross_entropy,
        "reshape": torch.reshape,
        "transpose": torch.permute,
        "tri": lambda n: torch.tril(torch.ones(n, n)),
        "layer_norm": lambda x, gain, bias: functional.layer_norm(x, x.shape[-1:], gain, bias),
        "batch_norm": lambda x, gain, bias: functional.batch_norm(
            x, None, None, gain, bias, training=True
        ),
        "attention": lambda q, k, v, mask: functional.scaled_dot_product_attention(
            q, k, v, mask > 0
        ),
        "gelu_tanh": lambda x: functional.gelu(x, approximate="tanh"),
        "conv1d": lambda x, w, stride=1, padding=0: functional.conv1d(x, w, None, stride, padding),
        "conv2d": lambda x, w, stride=1, padding=0: functional.conv2d(x, w, None, stride, padding),
        "max_pool2d": functional.max_pool2d,
        "avg_pool2d": functional.avg_pool2d,
    }
