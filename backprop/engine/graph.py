"""A function as data: a tuple of nodes that point only to earlier nodes.

So a graph cannot hold a cycle, `x·x` keeps both its edges, forward reads left to right and
backward right to left. A node that is used twice has two edges that leave it, and its gradient
is the sum over both.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from backprop.engine.array_ops import ARRAY_OPS, ArrayOperation
from backprop.engine.arrays.rows import array_row
from backprop.engine.errors import PointError
from backprop.engine.families import find_operation
from backprop.engine.ops import Operation


class Node(NamedTuple):
    """One quantity of a function: a variable, a constant, or the result of an operation.

    Attributes:
        name: what it is called on every screen: "x", "w2_1_3", "z2_1".
        operation: the name of its row in ops.py; empty for variables and constants.
        inputs: the positions of the nodes it is computed from, in the row's order.
        number: the value of a constant; None elsewhere.
        given: a variable that is held fixed (an input, a target): no gradient is asked of it.
        part_of: the quantity of the next coarser graph that it helps to compute; empty if none.
        parameters: what a word of a program is told besides its inputs: an axis, a stride.
        shape: of its value, in a program of arrays; None elsewhere.
    """

    name: str
    operation: str = ""
    inputs: tuple[int, ...] = ()
    number: float | None = None
    given: bool = False
    part_of: str = ""
    parameters: tuple[Any, ...] = ()
    shape: tuple[int, ...] | None = None

    def __repr__(self) -> str:
        """Return the fields; those of programs only where they say something.

        Stored runs are known by a digest of this text: what it says of numbers never changes.
        """
        shown = dict(zip(self._fields, self, strict=True))
        if not self.parameters and self.shape is None:
            del shown["parameters"], shown["shape"]
        return f"Node({', '.join(f'{name}={each!r}' for name, each in shown.items())})"

    @property
    def is_leaf(self) -> bool:
        """Whether nothing is computed here: a variable or a constant."""
        return not self.operation

    @property
    def is_variable(self) -> bool:
        """Whether its value comes with the point."""
        return not self.operation and self.number is None


@dataclass(frozen=True, slots=True, eq=False)
class Graph:
    """A function of its variables; its value is that of its last node.

    Nodes must point to earlier nodes only, and names must be unique.

    Attributes:
        nodes: every quantity, each after those that it is computed from.
        variables: the names whose values a point must say, in the graph's order.
        parameters: the variables of which a gradient is asked: all that are not given.
        on_arrays: whether values are arrays, not numbers.
        is_program: whether it is one of named lines, in the language of arrays.
    """

    nodes: tuple[Node, ...]
    variables: tuple[str, ...] = field(init=False, repr=False)
    parameters: tuple[str, ...] = field(init=False, repr=False)
    on_arrays: bool = field(init=False, repr=False)
    is_program: bool = field(init=False, repr=False)
    _hash: int = field(init=False, repr=False)

    def __post_init__(self) -> None:
        assert self.nodes, "a graph has at least one node"
        assert len({node.name for node in self.nodes}) == len(self.nodes), "names are unique"
        for position, node in enumerate(self.nodes):
            assert all(0 <= i < position for i in node.inputs), "edges point to earlier nodes"
        leaves = [node for node in self.nodes if node.is_variable]
        keep = object.__setattr__  # computed once: passes over the same graph are many
        keep(self, "variables", tuple(node.name for node in leaves))
        keep(self, "parameters", tuple(node.name for node in leaves if not node.given))
        keep(self, "is_program", any(node.shape is not None for node in self.nodes))
        of_layers = any(node.operation in ARRAY_OPS for node in self.nodes)
        keep(self, "on_arrays", self.is_program or of_layers)
        zeros = tuple(str(node.number) for node in self.nodes if node.number == 0)  # 0.0 or -0.0
        keep(self, "_hash", hash((self.nodes, zeros)))  # compiled code is looked up by it

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return self is other or (
            isinstance(other, Graph) and self._hash == other._hash and self.nodes == other.nodes
        )

    def __len__(self) -> int:
        return len(self.nodes)

    @property
    def output(self) -> int:
        """The position of the node whose value is the function's."""
        return len(self.nodes) - 1

    def row(self, position: int) -> Operation | ArrayOperation:
        """Return the operation that computes a node; it must not be a leaf."""
        node = self.nodes[position]
        if self.is_program:
            shapes = tuple(self.nodes[i].shape or () for i in node.inputs)
            return array_row(node.operation, node.parameters, shapes)
        return find_operation(node.operation, len(node.inputs))

    def position(self, name: str) -> int:
        """Return where the node of this name stands.

        Raises:
            PointError: no node has this name.
        """
        for position, node in enumerate(self.nodes):
            if node.name == name:
                return position
        raise PointError(f"There is no “{name}” here.", hint=f"There are {self._names()}.", at=name)

    def uses(self) -> tuple[tuple[tuple[int, int], ...], ...]:
        """Return, for each node, where it is used: (the later node, which of its inputs)."""
        uses: list[list[tuple[int, int]]] = [[] for _ in self.nodes]
        for later, node in enumerate(self.nodes):
            for k, position in enumerate(node.inputs):
                uses[position].append((later, k))
        return tuple(tuple(each) for each in uses)

    def varying(self) -> tuple[bool, ...]:
        """Return, for each node, whether a parameter reaches it: elsewhere no gradient flows."""
        varying: list[bool] = []
        for position, node in enumerate(self.nodes):
            free = node.is_variable and not node.given
            moved = (varying[i] for k, i in enumerate(node.inputs) if self.passes(position, k))
            varying.append(free or any(moved))
        return tuple(varying)

    def passes(self, position: int, which: int) -> bool:
        """Whether anything is ever passed back from a node to one of its inputs."""
        row = self.row(position)
        return not isinstance(row, ArrayOperation) or bool(row.products[which])

    def reaching(self) -> tuple[bool, ...]:
        """Return, for each node, whether a gradient flows back to it from the function's value."""
        reaching = [False] * len(self.nodes)
        reaching[self.output] = True
        for position in range(self.output, -1, -1):
            if reaching[position]:
                for k, i in enumerate(self.nodes[position].inputs):
                    reaching[i] = reaching[i] or self.passes(position, k)
        return tuple(reaching)

    def _names(self) -> str:
        return ", ".join(self.variables) or "no variables"


class Builder:
    """Collects nodes into a graph; the one mutable thing here, and it stays in its function.

    Args:
        share: give back an existing node instead of adding one that computes the same.
        kept: names that no result gets by counting: some will be called so.
    """

    def __init__(self, *, share: bool = False, kept: Collection[str] = ()) -> None:
        self._nodes: list[Node] = []
        self._known: dict[tuple[Any, ...], int] = {}
        self._positions: dict[str, int] = {}
        self._results = 0
        self._last_free = 0  # the number of the last name that was given
        self._share = share
        self._kept = kept

    def call(self, position: int, name: str) -> None:
        """Give a result that has a number a name instead; what is called already stays."""
        node = self._nodes[position]
        if node.is_leaf or node.name in self._kept:
            return
        del self._positions[node.name]
        self._last_free -= node.name == f"v{self._last_free}"
        self._nodes[position] = node._replace(name=name)
        self._positions[name] = position

    def has(self, name: str) -> bool:
        """Whether a node is called so already."""
        return name in self._positions

    def leaf(self, name: str, *, given: bool = False, part_of: str = "") -> int:
        """Return the position of the variable of this name, adding it the first time."""
        if name not in self._positions:
            self._add(Node(name, given=given, part_of=part_of))
        return self._positions[name]

    def constant(self, number: float, part_of: str = "") -> int:
        """Return the position of a new constant; its name is none that can be typed."""
        key = ("", float(number))
        if not (self._share and key in self._known):
            node = Node(f"#{len(self._nodes)}", number=float(number), part_of=part_of)
            self._known[key] = self._add(node)
        return self._known[key]

    def node(self, operation: str, inputs: Iterable[int], name: str = "", part_of: str = "") -> int:
        """Return the position of a new result; without a name it is called v1, v2 and so on."""
        inputs = tuple(inputs)
        key = (operation, inputs, name)
        if self._share and key in self._known:
            return self._known[key]
        name = name or self._free_name()
        position = self._add(Node(name, operation, inputs, part_of=part_of))
        self._known[key] = position
        return position

    def running_sum(self, terms: Sequence[int], name: str, part_of: str) -> int:
        """Add the terms one after the other; return where their sum stands.

        The running sums are called by the name and how many terms they hold: u2, u3 …
        """
        total = terms[0]
        for i, term in enumerate(terms[1:], 2):
            total = self.node("add", (total, term), f"{name}{i}", part_of)
        return total

    def graph(self) -> Graph:
        """Return what was collected; the last node added is the function's value."""
        return Graph(tuple(self._nodes))

    def _free_name(self) -> str:
        """Return v and a number: how many results there are with this one, or the next free.

        The numbers from there to the last that was given are taken; so each is tried once.
        """
        number = max(self._results, self._last_free) + 1
        while f"v{number}" in self._positions or f"v{number}" in self._kept:
            number += 1
        self._last_free = number
        return f"v{number}"

    def _add(self, node: Node) -> int:
        self._nodes.append(node)
        self._results += not node.is_leaf
        self._positions[node.name] = len(self._nodes) - 1
        return len(self._nodes) - 1
