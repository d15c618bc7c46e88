"""What going back through each line of a program reads: the arrays that must be kept, or made anew.

A result is needed if a product text mentions it as a value:

    tanh     g * (1 - out ** 2)     its own result
    a @ b    g @ b.T, a.T @ g       both factors
    a + b    g, g                   nothing; fit(g, b) reads b's shape alone

The second argument of fit, spread, placed and overlap_add is a mention of a shape. A view is
another reading of an array that stands already and owns no memory: a transpose, a slice, a reshape
of what was not turned before. What is needed of a view is the array it looks at, which the line
holds that made it. Leaves stand there anyway and are not counted. A float64 has 8 bytes.

The products are counted as they are printed. The code that is run for some of them reads more: that
of tanh also what enters it, where tanh is nearly ±1 (saturation). `as_run` counts that instead.

Source: Griewank and Walther, Evaluating Derivatives (2008), section 4.1, and chapter 12.
"""

import ast
from dataclasses import dataclass
from functools import lru_cache
from math import prod

from backprop.engine.array_ops import ArrayOperation
from backprop.engine.arrays.moving import At, Count
from backprop.engine.arrays.texts import line_of
from backprop.engine.graph import Node
from backprop.engine.program import Program
from backprop.engine.trace import Edge, edges

BYTES = 8  # of a float64
OF_SHAPE = frozenset(("fit", "spread", "placed", "overlap_add"))  # whose second argument is one
AS_THEY_STAND = frozenset(("alias", "stop"))
TURNED = frozenset(("T", "mT", "transpose", "broadcast_to"))


@lru_cache(maxsize=4096)
def mentions(text: str) -> frozenset[str]:
    """Return the names whose values a text reads."""
    found: set[str] = set()
    _collect(ast.parse(text.strip(), mode="eval").body, found)
    return frozenset(found)


def _collect(tree: ast.AST, found: set[str]) -> None:
    if isinstance(tree, ast.Name):
        found.add(tree.id)
    if isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name) and tree.func.id in OF_SHAPE:
        first, _, *others = tree.args
        for each in (first, *others, *tree.keywords):
            _collect(each, found)
        return
    for each in ast.iter_child_nodes(tree):
        _collect(each, found)


@dataclass(frozen=True, slots=True)
class TapeLine:
    """What running a line reads and makes, and what going back through it reads and sends.

    Attributes:
        name: of the line.
        node: the position of its own node.
        nodes: of all that it computes, in order; the last is its own.
        reads: nodes of other lines that own the arrays it is computed from.
        makes: nodes of its own whose arrays another line reads, or the way back; and its own.
        needs: nodes that own the arrays which going back through it reads; no leaves.
        sends: nodes outside to which it passes a gradient on.
        goes_back: whether there is a way back through it.
    """

    name: str
    node: int
    nodes: tuple[int, ...]
    reads: frozenset[int]
    makes: tuple[int, ...]
    needs: frozenset[int]
    sends: tuple[int, ...]
    goes_back: bool


@dataclass(frozen=True, eq=False)
class Tape:
    """The lines of a program as the tape sees them.

    Attributes:
        program: the function; its last line may be an array, whose gradient is then given.
        lines: those that compute something.
        owner: for each node the one that owns its array: itself, or what it is a view of.
        maker: for each node that a line makes, the number of the line.
        as_run: whether the code that is run is counted, and not the printed products.
    """

    program: Program
    lines: tuple[TapeLine, ...]
    owner: tuple[int, ...]
    maker: dict[int, int]
    as_run: bool

    def size(self, node: int) -> int:
        """Return the bytes of a node's array."""
        return BYTES * prod(self.program.nodes[node].shape or ())

    @property
    def made(self) -> int:
        """The bytes of all results, each view counted as an array of its own."""
        nodes = enumerate(self.program.nodes)
        return sum(self.size(i) for i, node in nodes if not node.is_leaf)

    @property
    def needed(self) -> frozenset[int]:
        """The nodes whose arrays the way back reads."""
        return frozenset().union(*(line.needs for line in self.lines))

    @property
    def kept(self) -> int:
        """The bytes that must be kept to go back, without leaves."""
        return sum(map(self.size, self.needed))

    def readers(self, node: int) -> tuple[int, ...]:
        """Return the numbers of the lines through which the way back reads a node's array."""
        return tuple(n for n, line in enumerate(self.lines) if node in line.needs)


@lru_cache(maxsize=128)
def tape_of(program: Program, *, as_run: bool = False) -> Tape:
    """Return what going back through each line of a program reads."""
    owner = _owners(program)
    flowing: dict[str, list[Edge]] = {}
    for edge in edges(program):
        flowing.setdefault(line_of(program, edge.later), []).append(edge)
    lines = [line for line in program.lines if line.kind == "result"]
    inside: dict[str, list[int]] = {line.name: [] for line in lines}
    for i, node in enumerate(program.nodes):
        if not node.is_leaf:
            inside[line_of(program, i)].append(i)
    needs = {
        name: frozenset(
            owner[i]
            for edge in each
            for i in mentioned(program, edge, as_run=as_run)
            if not program.nodes[owner[i]].is_leaf
        )
        for name, each in flowing.items()
    }
    reads = {line.name: _reads(program, inside[line.name], owner) for line in lines}
    outside: set[int] = set().union(*reads.values(), *needs.values())
    found = []
    for line in lines:
        nodes, name = tuple(inside[line.name]), line.name
        own = nodes[-1]
        makes = tuple(i for i in nodes if owner[i] == i and (i in outside or i == own))
        sends = {edge.node for edge in flowing.get(name, ()) if edge.node not in nodes}
        found.append(
            TapeLine(name, own, nodes, reads[name], makes, needs.get(name, frozenset()),
                     tuple(sorted(sends)), name in flowing)
        )  # fmt: skip
    maker = {i: n for n, line in enumerate(found) for i in line.makes}
    return Tape(program, tuple(found), owner, maker, as_run)


def mentioned(program: Program, edge: Edge, *, as_run: bool = False) -> tuple[int, ...]:
    """Return the nodes whose values the product along an edge reads."""
    row, node = program.row(edge.later), program.nodes[edge.later]
    names = mentions(product_text(row, edge.which, as_run=as_run))
    inputs = zip(row.inputs, node.inputs, strict=True)
    found = [i for letter, i in inputs if letter in names]
    return (*found, edge.later) if "out" in names else tuple(found)


def product_text(row: object, which: int, *, as_run: bool) -> str:
    """Return a product as it is printed, or the code that is run for it."""
    assert isinstance(row, ArrayOperation), "a row of a program"
    return (row.product_codes if as_run else row.products)[which]


def is_view(node: Node, turned: bool) -> bool:
    """Whether a node looks at its input's array and makes none; `turned`: that is turned there."""
    if node.operation == "reshape":
        return not turned
    if node.operation == "index":
        return not any(isinstance(item, At | Count) for item in node.parameters[0])
    return node.operation in AS_THEY_STAND or node.operation in TURNED


def _owners(program: Program) -> tuple[int, ...]:
    owner: list[int] = []
    turned: list[bool] = []
    for i, node in enumerate(program.nodes):
        before = bool(node.inputs) and turned[node.inputs[0]]
        view = not node.is_leaf and is_view(node, before)
        owner.append(owner[node.inputs[0]] if view else i)
        kept = node.operation in AS_THEY_STAND or node.operation == "reshape"
        turned.append(view and (before or not kept))
    return tuple(owner)


def _reads(program: Program, nodes: list[int], owner: tuple[int, ...]) -> frozenset[int]:
    """Return the owners outside of a line of what its nodes read; a view reads nothing."""
    own = set(nodes)
    read = (owner[i] for k in nodes if owner[k] == k for i in program.nodes[k].inputs)
    return frozenset(i for i in read if i not in own and not program.nodes[i].is_leaf)
