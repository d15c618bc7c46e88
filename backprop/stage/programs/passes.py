"""A program with both passes at its point, and what is read off them: uses, steps, names."""

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from backprop.engine.arrays.grammar import SPELLED_ALIKE
from backprop.engine.arrays.lines import Line
from backprop.engine.arrays.texts import line_of
from backprop.engine.arrays.uses import Use, sent, uses
from backprop.engine.backward import differentiate
from backprop.engine.program import Program
from backprop.engine.trace import Trace
from backprop.stage.walk.steps import WalkStep

DOT = "·"  # in the place of a dot: Python reads it as a letter, and nobody can type it
ENTRY = re.compile(r"([^\W\d][\w.]*)(?:\[(\d{1,7}(?:,\d{1,7})*)\])?")


@dataclass(frozen=True, eq=False)
class ProgramAt:
    """A program differentiated at its point.

    Attributes:
        program: the function.
        trace: the record of both passes.
        uses: every use that carries a gradient, in the order of the backward pass.
        sent: for each use, what it sends back, and the sum so far.
        steps: of the walk: a line forward, a use backward.
        added: the line that the page added, where the last one typed is no number; else empty.
    """

    program: Program
    trace: Trace
    uses: tuple[Use, ...]
    sent: Mapping[tuple[str, str], tuple[Any, Any]]
    steps: tuple[WalkStep, ...]
    added: str

    def value(self, name: str) -> Any:
        """Return the value of a line."""
        return self.trace.values[self.program.position(name)]

    def masked(self, name: str) -> Any:
        """Return where a line is −∞, so that nothing comes back there; None where it is nowhere."""
        found = np.isneginf(self.value(name))
        return found if np.any(found) else None

    def use(self, step: WalkStep) -> Use:
        """Return the use that a step is about."""
        return next(u for u in self.uses if (u.line, u.name) == (step.sender, step.name))


def program_at(program: Program, added: str = "") -> ProgramAt:
    """Return a program with both passes at its point.

    Args:
        program: the function, with the values of its leaves.
        added: the line that was added to make its result a number, if one was.
    """
    trace = differentiate(program, program.at)
    steps = program_steps(program)
    return ProgramAt(program, trace, uses(program), sent(trace), steps, added)


def read_entry(text: str) -> tuple[str, tuple[int, ...]] | None:
    """Return the name and the place that “dW[1,2]” says; None where it says none."""
    found = ENTRY.fullmatch("".join(text.split()))
    if found is None:
        return None
    return found[1], tuple(int(part) for part in (found[2] or "").split(",") if part)


def said_opened(opened: tuple[str, ...]) -> str:
    """Return how an address says which lines were open where a step was counted; “-” for none."""
    return ",".join(opened) or "-"


@lru_cache(maxsize=128)
def program_steps(graph: Program) -> tuple[WalkStep, ...]:
    """Return the steps of a walk: each line; then 1 at the last, each use, and the whole."""
    lines = [line for line in graph.lines if line.kind == "result"]
    forward = [
        WalkStep("forward", "value", line.node, line.name, unit=n) for n, line in enumerate(lines)
    ]
    output = graph.nodes[graph.output].name
    used = uses(graph)
    backward = [WalkStep("backward", "seed", graph.output, output)]
    backward += [
        WalkStep("backward", "use", graph.position(use.name), use.name, unit=n, sender=use.line)
        for n, use in enumerate(used, 1)
    ]
    end = WalkStep("backward", "whole", -1, "gradient", unit=len(used) + 1)
    return (*forward, *backward, end)


@lru_cache(maxsize=128)
def reads_of(graph: Program) -> Mapping[str, tuple[str, ...]]:
    """Return, for each line that computes, the names of the lines that it reads."""
    names = {line.name for line in graph.lines if line.kind != "opened"}
    found: dict[str, dict[str, None]] = {
        line.name: {} for line in graph.lines if line.kind == "result"
    }
    for position, node in enumerate(graph.nodes):
        line = line_of(graph, position)
        for i in node.inputs:
            name = graph.nodes[i].name
            if line in found and name in names and name != line:
                found[line][name] = None
    return {line: tuple(read) for line, read in found.items()}


def named(graph: Program, line: Line, word: str) -> str:
    """Return the line that a word in a line's text names; empty where it names none."""
    known = _line_names(graph)
    inside = f"{line.of}.{word}" if line.of else ""
    return inside if inside in known else word if word in known else ""


def own_name(name: str) -> str:
    """Return what a line is called among its own: mu for N.mu; a numbered part keeps all, L.1."""
    last = name.rpartition(".")[2]
    return name if last.isdigit() else last


def parse_text(graph: Program, text: str) -> ast.expr:
    """Return the expression of a text; a line inside another is one name in it: N·mu for N.mu."""
    plain = text.translate(SPELLED_ALIKE)
    for name in _dotted(graph):
        if name in plain:
            plain = re.sub(rf"\b(d?){re.escape(name)}\b", rf"\g<1>{name.replace('.', DOT)}", plain)
    return ast.parse(plain.strip(), mode="eval").body


@lru_cache(maxsize=128)
def _dotted(graph: Program) -> tuple[str, ...]:
    names = {line.name for line in graph.lines if "." in line.name}
    return tuple(sorted(names, key=len, reverse=True))


@lru_cache(maxsize=128)
def _line_names(graph: Program) -> frozenset[str]:
    return frozenset(line.name for line in graph.lines)
