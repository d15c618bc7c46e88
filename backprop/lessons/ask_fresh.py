"""Another pass with fresh numbers: a network's next seed, a function's next point."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from zlib import crc32

import numpy as np

from backprop.engine.backward import differentiate
from backprop.engine.graph import Graph
from backprop.lessons.ask_choices import SILENT
from backprop.lessons.ask_end import End, end_of
from backprop.lessons.ask_walk import Question, is_asked
from backprop.lessons.function_walk import FunctionAt, walk_of
from backprop.lessons.lesson import Links
from backprop.lessons.round import Round
from backprop.lessons.round_choices import AFRESH
from backprop.lessons.round_choices import Choices as RoundChoices
from backprop.lessons.round_walk import Stop, walk

TRIES = 12
LAST_SEED = 99_999
DRAWN = ("xavier", "he")  # the initial weights that a seed decides


def round_end(found: Round, question: Question | None, links: Links) -> End | None:
    """Return the sum of a round that was asked; None but where its gradient is complete."""
    if question is None or question.stop.kind != "whole":
        return None
    stops = walk(found.graph)
    first = _first_slope(stops)
    fresh = another_network(found.choices, links, first)
    again = links.address(**SILENT, step=first)
    return end_of(question.said, _asked(question, stops), fresh, again)


def function_end(
    found: FunctionAt, choices: Any, question: Question | None, links: Links
) -> End | None:
    """Return the same of a typed function; None also where it has no variable."""
    if question is None or question.stop.kind != "whole" or not found.at:
        return None
    stops = walk_of(found.graph)
    first = _first_slope(stops)
    fresh = another_point(found.graph, choices, links, first)
    again = links.address(**SILENT, step=first)
    return end_of(question.said, _asked(question, stops), fresh, again)


def _first_slope(stops: Sequence[Stop]) -> int:
    return next(n for n, stop in enumerate(stops) if stop.phase == "backward")


def _asked(question: Question, stops: Sequence[Stop]) -> tuple[int, ...]:
    return tuple(n for n, stop in enumerate(stops) if is_asked(question.found.trace, stop))


def another_network(choices: RoundChoices, links: Links, step: int) -> str:
    """Return the address of the same network with the weights of the next seed."""
    scheme = choices.scheme if choices.scheme in DRAWN else DRAWN[0]
    seed = choices.seed % LAST_SEED + 1
    fresh = {**AFRESH, **SILENT, "seed": seed, "scheme": scheme, "step": step}
    return links.address("parameters", **fresh)


def another_point(graph: Graph, choices: Any, links: Links, step: int) -> str:
    """Return the address of the same function at its next point; empty where none is found."""
    at = next_point(graph, choices.at)
    if at is None:
        return ""
    there = replace(choices, **SILENT, at=at, step=step)
    return Links(links.path, links.origin, there, links.read).address()


def next_point(graph: Graph, at: Mapping[str, float]) -> dict[str, float] | None:
    """Return the point that follows, always the same: small numbers with one decimal.

    The function and its gradient are finite there, and not all slopes are 0. Where other signs
    lead out of the function's domain, they stay.
    """
    rng = np.random.default_rng(crc32(repr(sorted(at.items())).encode()))
    for n in range(TRIES):
        sizes = rng.integers(3, 31, len(at)) / 10
        turned = rng.choice((-1.0, 1.0), len(at))
        signs = turned if n < TRIES // 2 else np.copysign(1.0, list(at.values()))
        point = dict(zip(at, (sizes * signs).tolist(), strict=True))
        trace = differentiate(graph, point)
        slopes = trace.gradient.values()
        if all(map(math.isfinite, (trace.value, *slopes))) and any(slopes) and point != at:
            return point
    return None
