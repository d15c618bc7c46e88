"""The reference programs with both passes, and the steps of each that can be asked."""

import json
from functools import lru_cache
from pathlib import Path

from backprop.engine.arrays.uses import uses
from backprop.engine.backward import differentiate
from backprop.engine.program import program
from backprop.stage.quiz.arrays.subject import ArrayStep, can_be_asked
from backprop.stage.walk.steps import WalkStep

REFERENCE = Path(__file__).parents[3] / "reference" / "programs.json"
DENSE = """A : 4 x 3 = random 1
W : 2 x 3 = random 2 * 0.6
b : 2 = random 5 * 0.5
Y : given 4 x 2 = random 3
Z = A @ W.T + b
H = tanh(Z)
D = H - Y
L = mean(D ** 2)"""


@lru_cache
def traced(text):
    """Return both passes of a program."""
    built = program(text)
    return differentiate(built, built.at)


@lru_cache
def reference():
    """Return the text of each reference program whose output is a number, by its name."""
    listed = json.loads(REFERENCE.read_text("utf-8"))["programs"]
    texts = {each["name"]: "\n".join(each["lines"]) for each in listed}
    return {name: text for name, text in texts.items() if name != "softmax_jacobian"}


def walk(text):
    """Return the steps of a program that can be asked, forward and backward."""
    trace = traced(text)
    lines = [line for line in trace.graph.lines if line.kind == "result"]
    steps = [WalkStep("forward", "value", line.node, line.name) for line in lines]
    steps += [
        WalkStep("backward", "use", trace.graph.position(use.name), use.name, sender=use.line)
        for use in uses(trace.graph)
    ]
    return [ArrayStep(trace, step) for step in steps if can_be_asked(trace, step)]


def use_of(name, sender, text=DENSE):
    """Return the step at which a line sends back to a name."""
    own = (sender, name)
    return next(asked for asked in walk(text) if (asked.step.sender, asked.step.name) == own)


def line_of(name, text=DENSE):
    """Return the step at which a line's value is found."""
    return next(a for a in walk(text) if not a.is_use and a.step.name == name)
