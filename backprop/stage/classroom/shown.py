"""What a class is shown when a question is over: the right way beside a wrong one, and why.

The last word has a measurement: the quantity is nudged, and the output computed twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from backprop.engine.array_ops import ArrayOperation
from backprop.engine.slips.at_node import MISSED_PATH
from backprop.engine.slips.catalog import (
    ASSIGNED,
    ONE_PATH,
)
from backprop.engine.trace import Trace
from backprop.notation.formula import Number
from backprop.notation.numerals import agrees, as_answer, brief
from backprop.stage.classroom.derivation import Derivation, derive
from backprop.stage.classroom.matching import RIGHT, TYPED, Matcher, Outcome
from backprop.stage.classroom.reasons import explain_slip, find_exception
from backprop.stage.quiz.gradient_asked import GradientAsked
from backprop.stage.quiz.gradient_slips import GradientSlip
from backprop.stage.quiz.walk_questions import slips_of
from backprop.stage.walk.explanation import Words, phrase

NUDGES = (1e-3, 1e-4, 1e-5, 1e-6)  # the first that gives the slope to the digits printed
PATHS = (ONE_PATH.name, MISSED_PATH.name, ASSIGNED.name)


@dataclass(frozen=True, slots=True)
class Nudge:
    """A gradient measured: “Measured by nudging w₅ by ±0.001”, and the number.

    Attributes:
        words: the sentence, without its number.
        number: (E(w₅ + h) − E(w₅ − h)) / 2h.
    """

    words: Words
    number: Number


@dataclass(frozen=True, slots=True)
class Shown:
    """What is shown of a question that is over, with one bar open.

    Attributes:
        answer: the right answer behind the headline: a number; None where it is a choice.
        right: what is right: of a choice its words, else “Right”.
        explanation: why that is right.
        titles: the names of what is opened: a slip, or two that give the same number; none where
            only the right answer is shown.
        chosen: the wrong number that they give; None where it is none.
        derivation: the right line, and below it the wrong one; None where no gradient was asked.
        why: why the wrong one is wrong, in a sentence or two with numbers.
        also: when the slip would be right, where that is known; else empty.
        nudge: the measurement; None where no gradient was asked.
    """

    answer: Number | None
    right: Words
    explanation: Words
    titles: tuple[Words, ...]
    chosen: Number | None
    derivation: Derivation | None
    why: Words
    also: Words
    nudge: Nudge | None


def show(matcher: Matcher, key: str = "") -> Shown:
    """Return what is shown of a question.

    Args:
        matcher: of the question, or of the variant that is shown.
        key: of the bar that is opened, as a tally has it; where it is none of a slip, only the
            right answer is shown.
    """
    question, asked = matcher.question, matcher.question.subject
    opened = [matcher.outcomes[k] for k in key.split("+") if k in matcher.outcomes and k != RIGHT]
    right = matcher.outcomes[RIGHT]
    typed = asked is not None and question.kind in TYPED
    slip = _find_slip(asked, opened) if asked and typed else None
    derivation = derive(asked, slip) if asked and question.kind in (*TYPED, "sign") else None
    return Shown(
        answer=right.number or (_gradient(asked) if asked and question.kind == "sign" else None),
        right=right.title,
        explanation=question.explanation,
        titles=tuple(_title(each) for each in opened),
        chosen=opened[0].number if opened else None,
        derivation=derivation,
        why=explain_slip(asked, slip, derivation)
        if asked and slip and derivation
        else opened[0].about
        if opened
        else (),
        also=find_exception(asked, slip) if asked and slip else (),
        nudge=measure(asked) if asked and derivation else None,
    )


def _title(outcome: Outcome) -> Words:
    return (*outcome.title, f": {outcome.slip}") if outcome.slip else outcome.title


def _gradient(asked: GradientAsked) -> Number:
    return Number(as_answer(asked.gradient), asked.gradient, "backward")


def _find_slip(asked: GradientAsked, opened: Sequence[Outcome]) -> GradientSlip | None:
    keys = [each.key for each in opened]
    return next((each for each in slips_of(asked) if each.key in keys), None)


def measure(asked: GradientAsked) -> Nudge:
    """Return a gradient as finite differences give it, by the widest nudge that agrees."""
    trace, right = asked.passes.trace, as_answer(asked.gradient)
    slopes = {h: _slope(trace, asked.node, h) for h in NUDGES}
    h = next((h for h in NUDGES if agrees(slopes[h], right)), NUDGES[0])
    words = phrase("Measured by nudging {own} by ±{h}", own=asked.own, h=brief(h))
    shown = right if agrees(slopes[h], right) else as_answer(slopes[h])
    return Nudge(words, Number(shown, slopes[h]))


def _slope(trace: Trace, node: int, h: float) -> float:
    up, down = (_output(trace, node, float(trace.values[node]) + step) for step in (h, -h))
    return (up - down) / (2 * h)


def _output(trace: Trace, node: int, x: float) -> float:
    """Return the output where one node has another value, and all that follow from it."""
    graph, values = trace.graph, list(trace.values)
    values[node] = x
    moved = {node}
    for position in range(node + 1, len(graph)):
        inputs = graph.nodes[position].inputs
        if moved.isdisjoint(inputs):
            continue
        row = graph.row(position)
        assert not isinstance(row, ArrayOperation), "a node is a number here"
        values[position] = row.evaluate(*(values[i] for i in inputs))
        moved.add(position)
    return float(values[graph.output])
