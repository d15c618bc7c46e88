"""The tables of the walk: the gradient, the update, and the path ledger."""

from dataclasses import dataclass

from backprop.engine.paths import Paths, paths
from backprop.lessons.lesson import Links
from backprop.lessons.round import Round
from backprop.lessons.round_passes import Passes
from backprop.lessons.round_telling import Labels, number, output_of, said_output
from backprop.notation.formula import Label, Number
from backprop.notation.numerals import long, short


@dataclass(frozen=True, slots=True)
class Entry:
    """One parameter in the table of the gradient, or of the update."""

    label: Label
    name: str
    value: Number
    gradient: Number
    numeric: Number
    relative: str
    agrees: bool
    move: Number
    after: Number
    frozen: bool
    address: str


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


def entries_of(found: Round, links: Links, label: Labels) -> tuple[Entry, ...]:
    """Return the table of the gradient and of the update, one row a parameter."""
    rows = []
    for name in found.choices.parameters:
        g, row = found.gradient[name], found.check[name]
        rows.append(
            Entry(
                label=label(name),
                name=name,
                value=_long(found.choices.parameters[name]),
                gradient=_long(g, "backward"),
                numeric=_long(row.numeric),
                relative=short(row.relative),
                agrees=row.agrees(),
                move=_long(found.moves[name]),
                after=_long(found.after[name], "forward"),
                frozen=name in found.choices.frozen,
                address=links.address(focus=name),
            )
        )
    return tuple(rows)


def _long(x: float, tone: str = "") -> Number:
    return Number(long(x), x, tone)


def ledger_of(found: Passes, focus: str, links: Links, label: Labels) -> Ledger | None:
    """Return the path ledger of the quantity in focus; None where there is none."""
    name, nodes = focus, found.graph.nodes
    position = next((i for i, node in enumerate(nodes) if node.name == name), None)
    if position is None:
        return None
    given = not found.graph.varying()[position]
    listed = Paths((), 0, 0.0, 0.0) if given else paths(found.trace, position)
    names = [node.name for node in nodes]
    return Ledger(
        label=label(name),
        name=name,
        value=number(found.trace.values[position], "forward"),
        gradient=_long(listed.gradient, "backward"),
        paths=tuple(
            LedgerPath(
                nodes=tuple(label(names[i]) for i in path.nodes),
                slopes=tuple(short(slope) for slope in path.slopes),
                product=_long(path.product, "backward"),
                keys=tuple(
                    f"e-{names[a]}-{names[b]}"
                    for a, b in zip(path.nodes, path.nodes[1:], strict=False)
                ),
            )
            for path in listed.largest
        ),
        count=listed.count,
        rest=_long(listed.rest, "backward") if listed.count > len(listed.largest) else None,
        close=links.address(focus=""),
        given=given,
        constant=given and not nodes[position].is_leaf,
        output=output_of(found, label),
        whole=said_output(found, label),
    )
