"""The lines of a program while it is built: what each is called, and the nodes it names."""

import ast
from dataclasses import dataclass, field
from math import prod
from typing import NamedTuple

from backprop.engine.arrays.calls import Calls
from backprop.engine.arrays.grammar import ENTRIES, Statement, check_name
from backprop.engine.arrays.known import Static, number
from backprop.engine.arrays.signatures import RESERVED
from backprop.engine.errors import ExpressionError, LimitError
from backprop.engine.graph import Node


class Line(NamedTuple):
    """One line of a program as it is read: a leaf, a result, or a part of an opened line.

    Attributes:
        name: what it defines; a part is called by its line and its own name: N.mu.
        kind: free, given or index for a leaf; result; or opened: a line whose parts follow.
        text: what stands right of “=” or “:”.
        node: the position of its node in the graph.
        number: as shown: 5, or 5a for the first part of line 5.
        of: the line that it is a part of; empty if none.
        start: where it begins in the text.
        opens: whether it can be opened.
    """

    name: str
    kind: str
    text: str
    node: int
    number: str
    of: str = ""
    start: int = 0
    opens: bool = False

    @property
    def is_leaf(self) -> bool:
        """Whether nothing is computed here."""
        return self.kind in ("free", "given", "index")

    @property
    def label(self) -> str:
        """The line's own name, without that of the line it is a part of."""
        return self.name.rpartition(".")[2]


@dataclass
class Lines(Calls):
    """Adds lines that are shown as they are typed."""

    lines: list[Line] = field(default_factory=list)

    def leaf(self, statement: Statement) -> None:
        """Add a leaf: a variable, or what is given."""
        (name,) = statement.names
        self.check_new(name, statement.start)
        given = statement.kind != "free"
        self.add(Node(name, given=given, shape=statement.shape))
        if statement.kind == "index":
            self.indices.add(self.places[name])
        self.define(name, statement.kind, statement.text, statement.start, "", opens=False)

    def check_new(self, name: str, at: int) -> None:
        """Refuse a name that is a word of the language, or stands already."""
        check_name(name, at)
        if name in RESERVED:
            raise ExpressionError(f"“{name}” is a word here.", hint="Take another name.", at=at)
        if name in self.places:
            what = f"“{name}” is given twice."
            raise ExpressionError(what, hint="A name is one line: take another.", at=at)

    def compute_line(self, name: str, expression: ast.expr) -> None:
        """Add the nodes of an expression; the last is called by the line's name."""
        self.line, self.shared, self.hidden = name, {}, 0
        if isinstance(expression, ast.Tuple | ast.List):
            what = "A line computes one array, and these are several."
            hint = "Join them: concat((a, b)), or stack((a, b))."
            raise ExpressionError(what, hint=hint, at=expression.col_offset)
        node = self.build(expression, self.places)
        if isinstance(node, Static):
            node = self.number(float(number(node.value, expression)), node.typed)
        if not (node == len(self.nodes) - 1 and self.nodes[node].part_of == name):
            node = self.node("alias", (node,), (), expression)
        own = self.nodes[node]
        of = name.rpartition(".")[0]
        self.nodes[node] = own._replace(name=name, part_of=of)
        if self.limited and own.shape is not None and prod(own.shape) > ENTRIES:
            what = f"“{name}” has {prod(own.shape):,} entries."
            raise LimitError(what, hint=f"At most {ENTRIES:,} are possible in a line.")
        self.places[name] = node
        self.line = ""

    def define(self, name: str, kind: str, text: str, start: int, of: str, *, opens: bool) -> None:
        """Note a line whose node stands."""
        shown = self.next_number(of)
        self.lines.append(Line(name, kind, text, self.places[name], shown, of, start, opens))

    def next_number(self, of: str) -> str:
        """Return the number of the next line: 1, 2 …, or 5a, 5b … inside an opened one."""
        siblings = sum(line.of == of for line in self.lines)
        if not of:
            return str(siblings + 1)
        mine = next(line.number for line in self.lines if line.name == of)
        letters = "abcdefghijklmnopqrstuvwxyz"
        return mine + (letters[siblings] if siblings < 26 else f".{siblings + 1}")
