"""The path ledger: every path from a quantity to the output, each with its product, and the sum."""

from collections.abc import Sequence
from dataclasses import dataclass

from backprop.engine.paths import Paths, paths
from backprop.notation.formula import Label, Number
from backprop.notation.numerals import adds_up
from backprop.stage.links import Links
from backprop.stage.walk.explanation import (
    Labels,
    number,
    output_in_words,
    output_label,
)
from backprop.stage.walk.steps import Passes, WalkStep, known_nodes


@dataclass(frozen=True, slots=True)
class LedgerPath:
    """One path in the ledger."""

    nodes: tuple[Label, ...]
    slopes: tuple[str, ...]
    product: Number
    keys: tuple[str, ...]  # the edges, to be lit in the picture


@dataclass(frozen=True, slots=True)
class Ledger:
    """All paths from a quantity to the output, and their sum."""

    label: Label
    name: str
    value: Number
    gradient: Number
    paths: tuple[LedgerPath, ...]
    count: int
    rest: Number | None
    close: str
    given: bool  # an input or a target: no gradient is asked of it
    constant: bool  # computed, but from no variable
    output: Label  # where every path comes from
    whole: str | Label  # the same in a sentence: “the loss”, or its letter


@dataclass(frozen=True, slots=True)
class LedgerOpening:
    """The step from which on a ledger is shown, for there its gradient is known.

    Attributes:
        step: its number, counted from 1.
        address: where it is.
    """

    step: int
    address: str


def find_opening(
    passes: Passes, focus: str, links: Links, steps: Sequence[WalkStep]
) -> LedgerOpening | None:
    """Return when the ledger of the quantity in focus opens; None where nothing is to come."""
    graph, at = passes.graph, links.choices.step
    graded = known_nodes(graph, steps[: at + 1])[1]
    for n, step in enumerate(steps):
        if step.kind == "slope" and step.name == focus and step.node not in graded:
            return LedgerOpening(n + 1, links.address(step=n))
    return None


def make_ledger(passes: Passes, focus: str, links: Links, label: Labels) -> Ledger | None:
    """Return the path ledger of the quantity in focus; None where there is none."""
    name, nodes = focus, passes.graph.nodes
    position = next((i for i, node in enumerate(nodes) if node.name == name), None)
    if position is None:
        return None
    given = not passes.graph.varying()[position]
    listed = Paths((), 0, 0.0, 0.0) if given else paths(passes.trace, position)
    names = [node.name for node in nodes]
    more = listed.count > len(listed.largest)
    products = [*(path.product for path in listed.largest), *([listed.rest] if more else [])]
    written = adds_up(products, listed.gradient, "sum")
    return Ledger(
        label=label(name),
        name=name,
        value=number(passes.trace.values[position], "forward"),
        gradient=Number(written.result, listed.gradient, "backward"),
        paths=tuple(
            LedgerPath(
                nodes=tuple(label(names[i]) for i in path.nodes),
                slopes=adds_up(path.slopes, path.product, stands=product).terms,
                product=Number(product, path.product, "backward"),
                keys=tuple(
                    f"e-{names[a]}-{names[b]}"
                    for a, b in zip(path.nodes, path.nodes[1:], strict=False)
                ),
            )
            for path, product in zip(listed.largest, written.terms, strict=False)
        ),
        count=listed.count,
        rest=Number(written.terms[-1], listed.rest, "backward") if more else None,
        close=links.address(focus=""),
        given=given,
        constant=given and not nodes[position].is_leaf,
        output=output_label(passes, label),
        whole=output_in_words(passes, label),
    )
