"""What is asked at a step of a program: a line's value, or what one use sends back.

Names of the parts of an opened line have a point in them, N.mu; in the trees of this package it is
a middle dot, so that each stays one name. On the screen a part has its own name alone, as in rows.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from backprop.engine.arrays.builder import Line
from backprop.engine.arrays.shapes import Shape
from backprop.engine.arrays.uses import Use, sent, uses
from backprop.engine.program import Program
from backprop.engine.trace import Trace
from backprop.notation.formula import Label
from backprop.notation.names import label_of
from backprop.stage.quiz.answers import make_mark
from backprop.stage.quiz.arrays.gap import Gap, find_gap
from backprop.stage.quiz.arrays.rules import LONGEST, Computed, computed_rules
from backprop.stage.quiz.arrays.texts import MisfitError, Run, names_in, tree_of
from backprop.stage.walk.explanation import Words
from backprop.stage.walk.steps import WalkStep

DOT, JOINED = ".", "·"
KEPT = 32  # steps with their wrong rules, each some arrays of 4,096 entries at most


@dataclass(frozen=True, eq=False)
class ArrayStep:
    """A step of a program that can be asked.

    Attributes:
        trace: both passes of the program.
        step: “value” of a line, or “use” of a name by a line.
    """

    trace: Trace
    step: WalkStep

    @property
    def program(self) -> Program:
        """The function."""
        assert isinstance(self.trace.graph, Program), "lines are asked"
        return self.trace.graph

    @property
    def is_use(self) -> bool:
        """Whether it is about a gradient that is sent back."""
        return self.step.kind == "use"

    @property
    def line(self) -> Line:
        """The line that computes, or whose gradient is passed back."""
        return _line(self.program, self.step.sender or self.step.name)

    @property
    def use(self) -> Use:
        """The use that is asked; of gradients alone."""
        own = self.step.sender, self.step.name
        return next(use for use in uses(self.program) if (use.line, use.name) == own)

    @property
    def label(self) -> str:
        """What is asked for, as the screen calls it: dW, or Z."""
        return f"{'d' * self.is_use}{self.step.name.rpartition(DOT)[2]}"

    @property
    def letter(self) -> Label:
        """The name of what is asked about, as a formula writes it."""
        return label_of(self.step.name.rpartition(DOT)[2])

    @property
    def letters(self) -> Words:
        """What is asked for, in a sentence: dW, or Z, as formulas write them."""
        return (label_of("d"), self.letter) if self.is_use else (self.letter,)

    @property
    def shape(self) -> Shape:
        """The shape that is asked for."""
        return np.shape(self.array)

    @cached_property
    def array(self) -> Any:
        """What is asked for: a value, or what this use alone sends."""
        if self.is_use:
            return _sent(self.trace)[self.step.sender, self.step.name][0]
        return self.trace.values[self.line.node]

    @cached_property
    def text(self) -> str:
        """The rule of a use, or what stands right of “=”, with the names of this package."""
        if self.is_use:
            return joined(self.use.text, self.program)
        return _resolved(self.line, self.program)

    @property
    def arriving(self) -> str:
        """The name of the gradient that arrives; empty for a value."""
        return f"d{self.line.name.replace(DOT, JOINED)}" if self.is_use else ""

    @cached_property
    def operands(self) -> tuple[str, ...]:
        """The names that the line reads, and its own."""
        own = self.line.name.replace(DOT, JOINED)
        read = names_in(tree_of(_resolved(self.line, self.program)))
        known = self.run.arrays
        return tuple(dict.fromkeys((*(n for n in read if n in known), *([own] * self.is_use))))

    @cached_property
    def run(self) -> Run:
        """What computes rules at the arrays of this pass."""
        return Run(_arrays(self.trace))

    @cached_property
    def wrong(self) -> tuple[Computed, ...]:
        """Rules with one thing done wrong, computed; none of a long one: that has a gap."""
        if len(self.text) > LONGEST:
            return ()
        own = self.step.name.replace(DOT, JOINED)
        try:
            run = Run(self.run.arrays)  # what it knows of their parts is needed no longer
            run.of(tree_of(self.text))
            return computed_rules(self.text, self.arriving, self.operands, own, run, self.array)
        except MisfitError:
            return ()

    @cached_property
    def gap(self) -> Gap | None:
        """The rule of a use with a line left out, where it is long; None where it is not."""
        if not self.is_use or len(self.text) <= LONGEST:
            return None
        run, label = Run(self.run.arrays), f"d{self.step.name.replace(DOT, JOINED)}"
        try:
            return find_gap(label, self.text, self.arriving, self.operands, run, self.mark)
        except MisfitError:
            return None

    @cached_property
    def mark(self) -> str:
        """A short word for this step with these numbers."""
        step = self.step
        return make_mark(step.kind, step.sender, step.name, np.asarray(self.array).tobytes())

    def shown(self, text: str) -> str:
        """Return a text with the names of the screen."""
        return shown(text)


@lru_cache(maxsize=KEPT)
def array_step(trace: Trace, step: WalkStep) -> ArrayStep:
    """Return a step that can be asked; what is found out about it is kept for a while."""
    return ArrayStep(trace, step)


def shown(text: str) -> str:
    """Return a text of this package with the names of the screen: dC for dN.C."""
    return re.sub(rf"\b(d?)(?:\w+{JOINED})+(\w+)", r"\1\2", text)


def joined(text: str, program: Program) -> str:
    """Return a text whose names with a point are one name each."""
    names = [line.name for line in program.lines if DOT in line.name]
    for name in sorted(names, key=len, reverse=True):
        pattern = rf"(?<![\w.])(d?){re.escape(name)}(?!\w)"
        text = re.sub(pattern, rf"\g<1>{name.replace(DOT, JOINED)}", text)
    return text


def can_be_asked(trace: Trace, step: WalkStep) -> bool:
    """Whether a step has an array of finite numbers to find."""
    if step.kind not in ("value", "use"):
        return False
    asked = array_step(trace, step)
    return bool(np.all(np.isfinite(asked.array)))


@lru_cache(maxsize=64)
def _sent(trace: Trace) -> Mapping[tuple[str, str], tuple[Any, Any]]:
    return sent(trace)


@lru_cache(maxsize=64)
def _arrays(trace: Trace) -> Mapping[str, Any]:
    """Return the values and the gradients of all lines, by the names of this package."""
    assert isinstance(trace.graph, Program), "lines are asked"
    lines = {line.name.replace(DOT, JOINED): line.node for line in trace.graph.lines}
    values = {name: trace.values[node] for name, node in lines.items()}
    return values | {f"d{name}": trace.gradients[node] for name, node in lines.items()}


@lru_cache(maxsize=1024)
def _line(program: Program, name: str) -> Line:
    return next(line for line in program.lines if line.name == name and line.kind != "opened")


@lru_cache(maxsize=1024)
def _resolved(line: Line, program: Program) -> str:
    """Return a line's text, in which each part of an opened line has its whole name."""
    known = {each.name for each in program.lines}

    def whole(match: re.Match[str]) -> str:
        inside = f"{line.of}.{match[0]}"
        return inside.replace(DOT, JOINED) if line.of and inside in known else match[0]

    return joined(re.sub(r"(?<![\w.])[^\W\d]\w*", whole, line.text), program)
