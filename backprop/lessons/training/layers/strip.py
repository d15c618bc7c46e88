"""The film strip of a batch: every step by name, folded by layer where there are too many."""

from collections.abc import Callable, Iterator
from itertools import groupby

from backprop.engine.graph import Graph
from backprop.lessons.training.layers.steps import PHASES, Stop, walk
from backprop.notation.formula import Label
from backprop.notation.names import label_of
from backprop.stage.walk.strip import MOST_TICKS, TITLES, Phase, Strip, Tick

Address = Callable[[int], str]


def strip_of(graph: Graph, step: int, address: Address) -> Strip:
    """Return the film strip at a step, counted from 0."""
    stops = walk(graph)
    last = len(stops) - 1
    starts = [next(n for n, stop in enumerate(stops) if stop.phase == name) for name in PHASES]
    ends = [start - 1 for start in starts[1:]] + [last]
    folds = len(stops) > MOST_TICKS
    before = [start for start in starts if start < step]
    after = [start for start in starts if start > step]
    return Strip(
        phases=tuple(
            Phase(
                name,
                TITLES[name],
                _state(start, end, step),
                address(start),
                tuple(_ticks(graph, start, end, step, address, folds=folds)),
            )
            for name, start, end in zip(PHASES, starts, ends, strict=True)
        ),
        at=step + 1,
        count=len(stops),
        first=address(0),
        back=address(step - 1) if step else "",
        forward=address(step + 1) if step < last else "",
        last=address(last),
        phase_back=address(before[-1]) if before else "",
        phase_forward=address(after[0]) if after else "",
    )


def _ticks(
    graph: Graph, start: int, end: int, step: int, address: Address, *, folds: bool
) -> Iterator[Tick]:
    stops = walk(graph)
    for layer, group in groupby(range(start, end + 1), lambda n: _fold(stops[n], n)):
        members = list(group)
        if folds and len(members) > 1 and not members[0] <= step <= members[-1]:
            first, state = members[0], _state(members[0], members[-1], step)
            yield Tick(None, f"({layer})", state, address(first), len(members), first + 1)
            continue
        for n in members:
            yield Tick(*_called(graph, stops[n]), _state(n, n, step), address(n), 1, n + 1)


def _fold(stop: Stop, number: int) -> int:
    """Return what the steps of a group share: their layer; a step of none stands alone."""
    return stop.layer or -number - 1


def _state(first: int, last: int, step: int) -> str:
    return "ahead" if step < first else "done" if step > last else "now"


def _called(graph: Graph, stop: Stop) -> tuple[Label | None, str]:
    if not stop.nodes:
        return None, "∇"
    names = [graph.nodes[i].name for i in stop.nodes]
    if len(names) == 1 or names[0] == "L":
        return label_of(names[0]), ""
    letters = list(dict.fromkeys(name[0] for name in names))
    return (Label(letters[0]), "") if len(letters) == 1 else (None, ", ".join(letters))
