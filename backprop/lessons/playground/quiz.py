"""The end of a typed function's walk that was asked: its sum, and the same at another point."""

import math
from collections.abc import Mapping
from zlib import crc32

import numpy as np

from backprop.engine.backward import differentiate
from backprop.engine.graph import Graph
from backprop.lessons.playground.choices import Choices
from backprop.stage.choices import change
from backprop.stage.links import Links
from backprop.stage.quiz.answers import SILENT
from backprop.stage.quiz.question import Question
from backprop.stage.quiz.score import Score, asked_steps, first_backward_step, make_score
from backprop.stage.walk.function import FunctionAt, function_steps

TRIES = 12


def function_end(
    found: FunctionAt, choices: Choices, question: Question | None, links: Links
) -> Score | None:
    """Return the sum of a walk; None before its end, and where there is no variable."""
    if question is None or question.stop.kind != "whole" or not found.at:
        return None
    stops = function_steps(found.graph)
    first = first_backward_step(stops)
    fresh = another_point(found.graph, choices, links, first)
    again = links.address(**SILENT, step=first)
    return make_score(question.said, asked_steps(question, stops), fresh, again)


def another_point(graph: Graph, choices: Choices, links: Links, step: int) -> str:
    """Return the address of the same function at its next point; empty where none is found."""
    at = next_point(graph, choices.at)
    if at is None:
        return ""
    there = change(choices, **SILENT, at=at, step=step)
    return links.at(there).address()


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
