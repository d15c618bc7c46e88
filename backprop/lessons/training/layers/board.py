"""A batch at one step of its passes: the strip of steps, the program of it, and the explanation.

Each step works out one entry in numbers, so that a matrix formula is seen to be sums.
"""

from dataclasses import dataclass

import numpy as np

from backprop.engine.errors import PointError
from backprop.engine.network import Network
from backprop.engine.trace import Trace
from backprop.lessons.training.layers.asked import ask_layers
from backprop.lessons.training.layers.entry import Entry, WorkedEntry, peak
from backprop.lessons.training.layers.explanation import explain, frozen_count
from backprop.lessons.training.layers.reading import Reading, batch_program, read_batch
from backprop.lessons.training.layers.steps import LayerStep, layer_steps, layer_strip
from backprop.lessons.training.layers.worked_slopes import worked_slope
from backprop.lessons.training.layers.worked_values import worked_value
from backprop.notation.array_formula import shape_words
from backprop.notation.batch_formula import Shaped, shaped_slope, shaped_value
from backprop.notation.formula import Label, Number
from backprop.notation.names import label_of
from backprop.notation.numerals import aloud
from backprop.stage.links import Links
from backprop.stage.quiz.arrays.answers import ArrayQuizChoices
from backprop.stage.quiz.arrays.given import AskedArrays
from backprop.stage.quiz.arrays.panel import ArrayQuiz
from backprop.stage.walk.explanation import Reason, Words, number, spoken
from backprop.stage.walk.strip import Strip

FAR = 6  # beyond it the logarithm of a sigmoid is taken from z; see engine/saturation.py
MOST_MAPPED = 16  # cells along an axis of a map beside a line
NOT_ASKED = ArrayQuizChoices()


@dataclass(frozen=True, slots=True)
class LayerExplanation:
    """What a step says."""

    headline: Words
    lede: Words
    sentence: Words
    shaped: tuple[Shaped, ...]  # the formula in letters, with shapes
    worked: WorkedEntry | None  # one entry worked out; `place` says which it is
    place: str
    result: Number | None  # the number that the step comes to
    result_words: Words
    lines: tuple[Reason, ...]  # at the end, each parameter array with the length of its gradient

    @property
    def aloud(self) -> str:
        """The step in words, for a screen reader."""
        formula = ". ".join(each.aloud for each in self.shaped)
        answer = f"{spoken(self.result_words)}: {aloud(self.result.exact)}." if self.result else ""
        parts = (spoken(self.headline), f"{formula}." if formula else "", answer)
        return " ".join(filter(None, (*parts, spoken(self.sentence))))


@dataclass(frozen=True, slots=True)
class Layers:
    """A batch at one step of its passes.

    Attributes:
        phase: “forward”, “loss” or “backward”.
        strip: of all steps.
        reading: the batch as a program, and the step as lines of it.
        explanation: what the step says; None as long as it is asked.
        asked: the arrays that stand in its place then.
        quiz: asking first; None where the batch is too large for it.
        frozen: which arrays an update leaves as they are, in words; empty for none.
        cut: what the maps leave out, in words; empty where they show all.
        refused: why it cannot be opened as a program that is typed; empty where it can.
        saturated: that a line as it stands would lose digits of these numbers; empty where not.
    """

    phase: str
    strip: Strip
    reading: Reading
    explanation: LayerExplanation | None
    asked: AskedArrays | None
    quiz: ArrayQuiz | None
    frozen: str
    cut: str
    refused: str
    saturated: str


def make_layers(
    network: Network,
    trace: Trace,
    at: int,
    links: Links,
    frozen: frozenset[str] = frozenset(),
    entry: str = "",
    refused: str = "",
    quiz: ArrayQuizChoices = NOT_ASKED,
) -> Layers:
    """Return a batch at one step of its passes.

    Args:
        network: whose loss was differentiated.
        trace: `differentiate(network.graph("layers"), network.batch(parameters, X, Y))`.
        at: the step, counted from 0; raises PointError if there is none.
        links: around this state.
        frozen: names of parameter arrays or of their entries that updates leave as they are.
        entry: the one that is opened: dW1[1,2]; empty for none.
        refused: why it cannot be opened as a program that is typed; empty where it can.
        quiz: whether it is asked first, and what was answered; nothing is where it is refused.
    """
    graph = trace.graph
    assert graph == network.graph("layers"), "the trace is that of the network at layers detail"
    steps = layer_steps(graph)
    if not 0 <= at < len(steps):
        raise PointError(
            f"There is no step {at + 1}.", hint=f"There are {len(steps)} steps.", at="step"
        )
    program = batch_program(network, trace)
    here = ask_layers(program, NOT_ASKED if refused else quiz, at)
    left, covered = here.question.leave(links), here.covered
    return Layers(
        phase=steps[at].phase,
        strip=layer_strip(graph, at, left),
        reading=read_batch(
            program, at, entry, links.address, left.address, here.unknown, covered=covered
        ),
        explanation=None if covered else _explanation(trace, at, frozen),
        asked=here.arrays(),
        quiz=None if refused else here.panel(links),
        frozen=_frozen_words(trace, frozen),
        cut=_cut(trace),
        refused=refused,
        saturated="" if here.question.on else _saturated(network, trace),
    )


def _frozen_words(trace: Trace, frozen: frozenset[str]) -> str:
    """Return which parameter arrays are frozen: “W1, 2 of b1”."""
    found = []
    for name, slope in trace.gradient.items():
        count, size = frozen_count(name, np.shape(slope), frozen), np.size(slope)
        found += [name if count == size else f"{count} of {name}"] if count else []
    return ", ".join(found)


def _saturated(network: Network, trace: Trace) -> str:
    """Return that the logarithms of outputs near 0 or 1 are taken from what enters the sigmoid."""
    z = trace.values[trace.graph.position(f"Z{network.depth}")]
    is_logarithm = (network.activations[-1], network.loss) == ("sigmoid", "binary_cross_entropy")
    if not is_logarithm or not np.any(np.abs(z) > FAR):
        return ""
    return (
        f"An output is saturated: Z{network.depth} is beyond ±{FAR}. So E is computed from "
        f"Z{network.depth} here; the line as it stands, opened as a program, loses digits."
    )


def _cut(trace: Trace) -> str:
    """Return what the maps leave out."""
    largest = max(max(np.shape(value), default=0) for value in trace.values)
    if largest <= MOST_MAPPED:
        return ""
    return (
        "A map has a cell for each entry, up to 16 along an axis; beyond, a cell shows the largest "
        "entry of its block. Any entry can be read by its place."
    )


def _explanation(trace: Trace, at: int, frozen: frozenset[str]) -> LayerExplanation:
    step = layer_steps(trace.graph)[at]
    entry = worked_entry(trace, step)
    worked = work_out(entry)
    headline, lede, sentence = explain(trace, at, frozen)
    return LayerExplanation(
        headline=headline,
        lede=lede,
        sentence=sentence,
        shaped=_shaped(trace, step),
        worked=worked,
        place=entry.where if entry else "",
        result=_result(trace, step, worked),
        result_words=_result_words(trace, step),
        lines=_lengths(trace) if step.kind == "whole" else (),
    )


def worked_entry(trace: Trace, step: LayerStep) -> Entry | None:
    """Return the largest entry of what a step computes; None if it is of several, or not finite."""
    return peak(trace, step.node, step.kind) if len(step.nodes) == 1 else None


def work_out(entry: Entry | None) -> WorkedEntry | None:
    """Return an entry worked out; None where there is no sum to show."""
    if entry is None:
        return None
    return worked_value(entry) if entry.kind == "value" else worked_slope(entry)


def _shaped(trace: Trace, step: LayerStep) -> tuple[Shaped, ...]:
    """Return the formulas of a step: of several nodes alike, one for each kind of operation."""
    if step.kind == "value":
        kinds = {trace.graph.nodes[i].operation: i for i in reversed(step.nodes)}
        return tuple(shaped_value(trace, i) for i in reversed(kinds.values()))
    return tuple(shaped_slope(trace, i) for i in step.nodes[:1])


def _result(trace: Trace, step: LayerStep, worked: WorkedEntry | None) -> Number | None:
    if step.kind == "whole":
        return number(_length(list(trace.gradient.values())), "backward")
    if worked:
        return worked.result
    of, tone = (trace.values, "forward") if step.kind == "value" else (trace.gradients, "backward")
    alone = len(step.nodes) == 1 and not np.ndim(of[step.node])
    return number(float(of[step.node]), tone) if alone else None


def _result_words(trace: Trace, step: LayerStep) -> Words:
    if step.kind == "whole":
        return ("length of the gradient",)
    own: Label = label_of(trace.graph.nodes[step.node].name)
    if not np.ndim(trace.values[step.node]):
        return (own,) if step.kind == "value" else ("slope of ", own, " by ", own)
    return ("the largest entry",)


def _length(arrays: list[np.ndarray]) -> float:
    with np.errstate(all="ignore"):
        return float(np.sqrt(sum(float((array * array).sum()) for array in arrays)))


def _lengths(trace: Trace) -> tuple[Reason, ...]:
    """Return each parameter array with its shape, and the length of its gradient."""
    return tuple(
        Reason((label_of(name), f"\u2002{shape_words(np.shape(slope))}"), number(_length([slope])))
        for name, slope in trace.gradient.items()
    )
