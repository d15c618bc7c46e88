"""The entry that a step works out in numbers, so that a matrix formula is seen to be sums."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from backprop.drawing.array_wires import Wire
from backprop.engine.errors import PointError
from backprop.engine.network import Network
from backprop.engine.trace import Trace
from backprop.lessons.training.layers.cards import Card, cards_of, heading_of, plan_of
from backprop.lessons.training.layers.entry import MOST_ROWS, Entry, Worked, peak
from backprop.lessons.training.layers.formulas import (
    Shaped,
    shape_words,
    shaped_slope,
    shaped_value,
)
from backprop.lessons.training.layers.steps import Stop, flow_of, seen, walk
from backprop.lessons.training.layers.strip import strip_of
from backprop.lessons.training.layers.words import words_of
from backprop.lessons.training.layers.worked_slopes import worked_slope
from backprop.lessons.training.layers.worked_values import worked_value
from backprop.notation.formula import Label, Number
from backprop.notation.names import label_of
from backprop.notation.numerals import aloud
from backprop.stage.walk.explanation import Reason, Words, number, spoken
from backprop.stage.walk.strip import Strip


def entry_of(trace: Trace, stop: Stop) -> Entry | None:
    """Return the largest entry of what a step computes; None if it is of several, or not finite."""
    return peak(trace, stop.node, stop.kind) if len(stop.nodes) == 1 else None


def worked_of(entry: Entry | None) -> Worked | None:
    """Return an entry worked out; None where there is no sum to show."""
    if entry is None:
        return None
    return worked_value(entry) if entry.kind == "value" else worked_slope(entry)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A wire, and what has moved along it: “on” now, “done” before, or nothing yet."""

    name: str
    wire: Wire
    ahead: str
    back: str


@dataclass(frozen=True)
class Layers:
    """A batch at one step of its passes.

    Attributes:
        at, count: the step, counted from 0, and how many there are.
        phase: “forward”, “loss” or “backward”.
        strip: all steps by name, and where the keys lead.
        width, height: of the picture, in sixteenths of a rem.
        cards, wires, headings: the picture.
        cut: how many rows of the batch the maps show, where they do not show all.
        headline, lede, sentence: what the step says.
        shaped: the formula in letters, with shapes.
        worked: one entry worked out; `place` says which it is.
        result, result_words: the number that the step comes to.
        lines: at the end, each parameter array with the length of its gradient.
    """

    at: int
    count: int
    phase: str
    strip: Strip
    width: float
    height: float
    cards: tuple[Card, ...]
    wires: tuple[Drawn, ...]
    headings: tuple[tuple[str, float], ...]
    cut: int
    headline: Words
    lede: Words
    sentence: Words
    shaped: tuple[Shaped, ...]
    worked: Worked | None
    place: str
    result: Number | None
    result_words: Words
    lines: tuple[Reason, ...]

    @property
    def first(self) -> str:
        """The address of the first step; empty there."""
        return self.strip.first if self.at else ""

    @property
    def back(self) -> str:
        """The address of the step before; empty at the first."""
        return self.strip.back

    @property
    def forward(self) -> str:
        """The address of the next step; empty at the last."""
        return self.strip.forward

    @property
    def last(self) -> str:
        """The address of the last step; empty there."""
        return self.strip.last if self.at < self.count - 1 else ""

    @property
    def aloud(self) -> str:
        """The step in words, for a screen reader."""
        formula = ". ".join(each.aloud for each in self.shaped)
        answer = f"{spoken(self.result_words)}: {aloud(self.result.exact)}." if self.result else ""
        parts = (spoken(self.headline), f"{formula}." if formula else "", answer)
        return " ".join(filter(None, (*parts, spoken(self.sentence))))


def layers_of(
    network: Network,
    trace: Trace,
    step: int,
    address: Callable[[int], str],
    frozen: frozenset[str] = frozenset(),
) -> Layers:
    """Return a batch at one step of its passes.

    Args:
        network: whose loss was differentiated.
        trace: `differentiate(network.graph("layers"), network.batch(parameters, X, Y))`.
        step: counted from 0.
        address: from a step to the address of the page at it.
        frozen: names of parameter arrays or of their entries that updates leave as they are.

    Raises:
        PointError: there is no such step.
    """
    graph = trace.graph
    assert graph == network.graph("layers"), "the trace is that of the network at layers detail"
    stops = walk(graph)
    if not 0 <= step < len(stops):
        raise PointError(
            f"There is no step {step + 1}.", hint=f"There are {len(stops)} steps.", at="step"
        )
    stop = stops[step]
    flow, entry, drawing = flow_of(trace, stop), entry_of(trace, stop), plan_of(trace)
    worked = worked_of(entry)
    headline, lede, sentence = words_of(trace, step, frozen)
    bands = worked.bands if worked else {}
    rows = len(trace.values[graph.position("X")])
    return Layers(
        at=step,
        count=len(stops),
        phase=stop.phase,
        strip=strip_of(graph, step, address),
        width=drawing.width,
        height=drawing.height,
        cards=cards_of(trace, step, flow, bands, address, frozen),
        wires=tuple(
            Drawn(
                f"{graph.nodes[wire.node].name}-{graph.nodes[wire.later].name}",
                wire,
                _moved((wire.node, wire.later) in flow.ahead, wire.later in seen(graph, step)[0]),
                _moved((wire.node, wire.later) in flow.back, wire.node in seen(graph, step)[1]),
            )
            for wire in drawing.wires
        ),
        headings=tuple((heading_of(trace, node), x) for node, x in drawing.headings),
        cut=MOST_ROWS if rows > MOST_ROWS else 0,
        headline=headline,
        lede=lede,
        sentence=sentence,
        shaped=_shaped(trace, stop),
        worked=worked,
        place=entry.where if entry else "",
        result=_result(trace, stop, worked),
        result_words=_result_words(trace, stop),
        lines=_lines(trace) if stop.kind == "whole" else (),
    )


def _moved(now: bool, before: bool) -> str:
    return "on" if now else "done" if before else ""


def _shaped(trace: Trace, stop: Stop) -> tuple[Shaped, ...]:
    """Return the formulas of a step: of several nodes alike, one for each kind of operation."""
    if stop.kind == "value":
        kinds = {trace.graph.nodes[i].operation: i for i in reversed(stop.nodes)}
        return tuple(shaped_value(trace, i) for i in reversed(kinds.values()))
    return tuple(shaped_slope(trace, i) for i in stop.nodes[:1])


def _result(trace: Trace, stop: Stop, worked: Worked | None) -> Number | None:
    if stop.kind == "whole":
        return number(_length(list(trace.gradient.values())), "backward")
    if worked:
        return worked.result
    of, tone = (trace.values, "forward") if stop.kind == "value" else (trace.gradients, "backward")
    alone = len(stop.nodes) == 1 and not np.ndim(of[stop.node])
    return number(float(of[stop.node]), tone) if alone else None


def _result_words(trace: Trace, stop: Stop) -> Words:
    if stop.kind == "whole":
        return ("length of the gradient",)
    own: Label = label_of(trace.graph.nodes[stop.node].name)
    if not np.ndim(trace.values[stop.node]):
        return (own,) if stop.kind == "value" else ("slope of ", own, " by ", own)
    return ("the largest entry",)


def _length(arrays: list[np.ndarray]) -> float:
    with np.errstate(all="ignore"):
        return float(np.sqrt(sum(float((array * array).sum()) for array in arrays)))


def _lines(trace: Trace) -> tuple[Reason, ...]:
    """Return each parameter array with its shape, and the length of its gradient."""
    return tuple(
        Reason((label_of(name), f"\u2002{shape_words(np.shape(slope))}"), number(_length([slope])))
        for name, slope in trace.gradient.items()
    )
