"""Where slips can be made in a program, and the gradient that each gives.

The backward pass is linear in what arrives. So what a slip changes at one use goes on to the leaves
by the right rules: only the nodes between that use and the leaves are computed anew.

A slip is a function from a use of a row to another text, in the same letters and the same language,
or to nothing where it cannot be made there. Beside the text stands the code that is run, as in a
row: that of a scalar function has all that it calls written out.
"""

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial, reduce
from operator import add
from typing import Any, NamedTuple

import numpy as np

from backprop.engine.arrays.rows import ArrayRow
from backprop.engine.arrays.texts import line_of, sent_trees
from backprop.engine.program import Program
from backprop.engine.slips.programs import entrywise, whole_arrays
from backprop.engine.slips.programs.catalog import MASK_FORGOTTEN, PARTS_SWAPPED, SLIPS
from backprop.engine.slips.programs.use import Plant, Text, Use, product_rule
from backprop.engine.slips.slip import Slip
from backprop.engine.trace import Edge, Trace, edges

MOST = 16_000  # operations, about 10 µs each, that all slips of a program may take
WORK = 2_500  # multiplications that take as long as an operation
CHANGES = 1e-9  # a slip that changes a gradient by less than this share of the largest changes none
PLANTS: dict[str, Plant] = {name: (entrywise.PLANTS | whole_arrays.PLANTS)[name] for name in SLIPS}


@lru_cache(maxsize=2048)
def plants(use: Use) -> tuple[tuple[str, Text], ...]:
    """Return every slip that can be made at a use, by its name, with what it writes."""
    found = ((name, plant(use)) for name, plant in PLANTS.items())
    return tuple((name, text) for name, text in found if text and text[0] != use.right)


class WrongText(NamedTuple):
    """What a line with a slip in it sends back to a name.

    Attributes:
        name: what receives.
        wrong: the text of what is sent; empty for nothing.
        right: what belongs there.
    """

    name: str
    wrong: str
    right: str


@dataclass(frozen=True, slots=True)
class Planted:
    """A slip at one use of a program, or at every use where it can be made.

    Attributes:
        slip: which.
        instead: the uses that send something else back, each with its text and its code.
        line: the line in which it is made; of several the first on the way back.
        key: its name in an address: bias-mean.Z.1, the first of its kind in line Z.
    """

    slip: Slip
    instead: tuple[tuple[Edge, Text], ...]
    line: str
    key: str

    def sentences(self, program: Program) -> tuple[WrongText, ...]:
        """Return what the line sends, wrongly and rightly, to each name of which that differs.

        A slip that changes a gradient changes one text at least.
        """
        wrong = {(e.later, e.which): text for e, (text, _) in self.instead}
        sent, right = (
            {name: ast.unparse(tree) for name, tree in sent_trees(program, self.line, by).items()}
            for by in (wrong, {})
        )
        texts = ((name, sent.get(name, ""), text) for name, text in right.items())
        return tuple(WrongText(*each) for each in texts if each[1] != each[2])


class Felt(NamedTuple):
    """A slip that changes the gradient at a point, and what it makes of it."""

    planted: Planted
    gradient: Mapping[str, Any]


class Slips:
    """The slips that can be made in a program at a point.

    Args:
        trace: the right pass of a program.
    """

    def __init__(self, trace: Trace) -> None:
        assert isinstance(trace.graph, Program)
        self.trace, self.program = trace, trace.graph
        self._edges = edges(self.program)
        self._senders: dict[tuple[Edge, str | None], Callable[[Any], Any]] = {}
        self._back: dict[int, list[int]] = {}  # the edges that a node receives from, by its place
        for k, edge in enumerate(self._edges):
            self._back.setdefault(edge.node, []).append(k)
        nodes = zip(self.program.nodes, trace.gradients, strict=True)
        self.right = {n.name: g for n, g in nodes if n.is_variable and not n.given}
        shapes = {name: self.program.shape(name) for name in self.right}
        self.right = {name: np.broadcast_to(g, shapes[name]) for name, g in self.right.items()}

    @cached_property
    def largest(self) -> float:
        """The largest entry of all leaves' gradients."""
        return max((float(np.max(np.abs(g), initial=0.0)) for g in self.right.values()), default=0)

    @cached_property
    def felt(self) -> tuple[Felt, ...]:
        """Every slip that can be made at one use and changes the gradient, in backward's order."""
        made = ((each, self.gradient(each)) for each in self.everywhere[: self.most])
        return tuple(Felt(each, g) for each, g in made if g is not None and self.changes(g))

    @property
    def is_complete(self) -> bool:
        """Whether all are tried: in a large program it would take too long."""
        return len(self.everywhere) <= self.most

    @cached_property
    def most(self) -> int:
        """How many slips are tried: each goes back through half of the program, about."""
        rows = [self.program.row(i) for i, n in enumerate(self.program.nodes) if not n.is_leaf]
        work = sum(row.work for row in rows if isinstance(row, ArrayRow))
        operations = max(1, len(rows))  # a program may be one number: L = 2
        return max(1, int(MOST / (operations + 1.5 * work / WORK)))

    @cached_property
    def everywhere(self) -> tuple[Planted, ...]:
        """Every slip at every use where its text can stand, felt or not."""
        found: list[Planted] = []
        counts: dict[tuple[str, str], int] = {}
        done: set[tuple[str, int]] = set()
        for edge in self._edges:
            use = self._use(edge)
            for name, text in plants(use):
                if (name, edge.later) in done:
                    continue
                instead: tuple[tuple[Edge, Text], ...] = ((edge, text),)
                if SLIPS[name] is PARTS_SWAPPED:  # both parts go astray
                    done.add((name, edge.later))
                    instead = self._both(edge)
                line = line_of(self.program, edge.later)
                count = counts[name, line] = counts.get((name, line), 0) + 1
                found.append(Planted(SLIPS[name], instead, line, f"{name}.{line}.{count}"))
        return tuple(found)

    @cached_property
    def of_each_kind(self) -> tuple[Felt, ...]:
        """Each slip that can be made at several uses, made at all of them."""
        groups: dict[str, list[Planted]] = {}
        for each, _ in self.felt:
            groups.setdefault(each.slip.name, []).append(each)
        found = []
        for name, group in groups.items():
            instead = {edge: text for each in group for edge, text in each.instead}
            if len(group) > 1:
                at_all = Planted(SLIPS[name], tuple(instead.items()), group[0].line, f"{name}.all")
                gradient = self.gradient(at_all)
                if gradient is not None and self.changes(gradient):
                    found.append(Felt(at_all, gradient))
        return tuple(found)

    @np.errstate(all="ignore")
    def gradient(self, planted: Planted) -> Mapping[str, Any] | None:
        """Return the gradient with a slip; None where its shapes do not fit, or it is not finite.

        Leaves that the slip does not reach keep the very array of the right gradient.
        """
        trace, nodes = self.trace, self.program.nodes
        wrong = dict(planted.instead)
        gradients: dict[int, Any] = {}
        for position in range(max(edge.node for edge in wrong), -1, -1):
            back = self._back.get(position, ())
            sent = [(self._edges[k], trace.products[k]) for k in back]
            new = [edge in wrong or edge.later in gradients for edge, _ in sent]
            if not any(new):
                continue
            for i, (edge, _) in enumerate(sent):
                if new[i]:
                    arriving = gradients.get(edge.later, trace.gradients[edge.later])
                    product = self._sender(edge, wrong[edge][1] if edge in wrong else None)(
                        arriving
                    )
                    if product is None:
                        return None
                    sent[i] = edge, product
            gradients[position] = reduce(add, (product for _, product in sent))
        found = {nodes[p].name: g for p, g in gradients.items() if nodes[p].is_variable}
        if not all(np.isfinite(g).all() for g in found.values()):
            return None
        shaped = {n: np.broadcast_to(g, self.program.shape(n)) for n, g in found.items()}
        return {**self.right, **shaped}

    def changes(self, gradient: Mapping[str, Any]) -> bool:
        """Whether a gradient differs from the right one by more than rounding."""
        least = CHANGES * self.largest
        moved = (n for n, g in gradient.items() if g is not self.right[n])
        return any(float(np.max(np.abs(gradient[n] - self.right[n]))) > least for n in moved)

    def find(self, key: str) -> Felt | None:
        """Return the slip of this key, if it can be made and changes the gradient."""
        known = (*self.felt, *self.of_each_kind)
        return next((each for each in known if each.planted.key == key), None)

    @cached_property
    def forgettable(self) -> tuple[str, ...]:
        """The lines with a mask of −∞ before a softmax, which may be forgotten on the way back.

        Where a score is −∞ its share is 0, and softmax sends 0 back: the mask has nothing left to
        hold back.
        """
        found = []
        for each in self.everywhere:
            if each.slip is MASK_FORGOTTEN and _of_minus_infinity(self.program, each.instead[0][0]):
                gradient = self.gradient(each)
                if gradient is not None and not self.changes(gradient):
                    found.append(each.line)
        return tuple(found)

    def _sender(self, edge: Edge, code: str | None) -> Callable[[Any], Any]:
        """Return what a use sends back, of what arrives: by a slip's code, or by the right one.

        What a slip's code gives is None where its shape is not that of the node.
        """
        if (edge, code) not in self._senders:
            self._senders[edge, code] = self._made_sender(edge, code)
        return self._senders[edge, code]

    def _made_sender(self, edge: Edge, code: str | None) -> Callable[[Any], Any]:
        node, row = self.program.nodes[edge.later], self.program.row(edge.later)
        assert isinstance(row, ArrayRow)
        shape = row.shapes[edge.which]
        if code == "":
            return lambda _: np.zeros(shape)
        rule = product_rule(row.product_codes[edge.which] if code is None else code, row.inputs)
        inputs = [self.trace.values[i] for i in node.inputs]
        right = partial(rule, self.trace.values[edge.later], *inputs)
        if code is None:
            return right

        def wrong(arriving: Any) -> Any:
            try:
                product = right(arriving)
            except (ValueError, IndexError, TypeError):  # shapes that do not fit
                return None
            return product if np.shape(product) == shape else None

        return wrong

    def _both(self, edge: Edge) -> tuple[tuple[Edge, Text], ...]:
        """Return what both parts of a joined pair are sent when they are exchanged."""
        parts = (each for each in self._edges if each.later == edge.later)
        found = ((each, dict(plants(self._use(each)))) for each in parts)
        name = PARTS_SWAPPED.name
        return tuple((each, written[name]) for each, written in found if name in written)

    def _use(self, edge: Edge) -> Use:
        node, row = self.program.nodes[edge.later], self.program.row(edge.later)
        assert isinstance(row, ArrayRow)
        return Use(
            row,
            edge.which,
            node.parameters,
            tuple(map(self._origin, node.inputs)),
            len(self._back[edge.node]) if self._is_named(edge.node) else 1,
        )

    def _is_named(self, position: int) -> bool:
        """Whether a line can name the node: only then are its uses somebody's to count."""
        return line_of(self.program, position) == self.program.nodes[position].name

    def _origin(self, position: int) -> str:
        node = self.program.nodes[position]
        if node.number is not None:
            return "number"
        if self._varying[position]:
            return node.operation
        held = np.unique(self.trace.values[position])
        return "mask" if len(held) == 2 and 0.0 in held else "given"

    @cached_property
    def _varying(self) -> tuple[bool, ...]:
        return self.program.varying()


def _of_minus_infinity(program: Program, edge: Edge) -> bool:
    inputs = program.nodes[edge.later].inputs
    return any(program.nodes[i].number == -np.inf for i in inputs)
