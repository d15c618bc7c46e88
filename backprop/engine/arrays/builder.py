"""Statements become nodes: each word a node with its parameters and its shape.

A line is a macro: `Z = X @ W.T + b` is three nodes, of which the last is called Z and the others
Z.1 and Z.2, parts of Z. Equal parts are shared inside a line, never across lines: there each use of
a name is a use of its own. A line that is opened becomes lines itself: those of its composites, or
one for each of its operations.
"""

import ast
from collections.abc import Collection, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from math import inf, pi, prod
from typing import Any, NamedTuple

from backprop.engine.arrays import contractions, moving, normalizing, reductions
from backprop.engine.arrays.grammar import (
    ENTRIES,
    Statement,
    check_name,
    located,
    read_expression,
)
from backprop.engine.arrays.macros import MACROS, OPENED, TWO_RESULTS
from backprop.engine.arrays.moving import At, Count, Slice
from backprop.engine.arrays.rows import ENTRYWISE, ArrayRow, array_row, number_text
from backprop.engine.arrays.shapes import Shape, shape_text
from backprop.engine.arrays.signatures import (
    METHODS,
    MODULES,
    REQUIRED,
    RESERVED,
    SIGNATURES,
    Parameter,
    near,
)
from backprop.engine.arrays.words import TYPED
from backprop.engine.compiled.rules import write
from backprop.engine.errors import ExpressionError, InputError, LimitError, ShapeError
from backprop.engine.graph import Node
from backprop.engine.ops import compute

HAVE_ROWS = (contractions, moving, normalizing, reductions)  # their rows are known by import

OPERATIONS = 250
HIDDEN_ENTRIES = 32_768
ALL_ENTRIES = 65_536
WORK = 2_000_000

BETWEEN: dict[type[ast.AST], str] = {
    **{ast.Add: "add", ast.Sub: "subtract", ast.Mult: "multiply", ast.Div: "divide"},
    **{ast.MatMult: "matmul", ast.Lt: "less", ast.LtE: "less_equal", ast.Gt: "greater"},
    **{ast.GtE: "greater_equal", ast.Eq: "equal", ast.NotEq: "not_equal"},
}
TAKES_NO_STEP = "alias"


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
class Builder:
    """Collects the nodes and lines of one program; mutable, and it stays in its function.

    Args:
        opened: the names of lines whose parts are lines of their own.
    """

    opened: Collection[str] = ()
    nodes: list[Node] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    places: dict[str, int] = field(default_factory=dict)  # the nodes that lines can name
    indices: set[int] = field(default_factory=set)  # those that hold whole numbers
    line: str = ""  # whose parts are added
    shared: dict[tuple[Any, ...], int] = field(default_factory=dict)
    hidden: int = 0  # how many of them there are
    operations: int = 0
    entries: int = 0
    work: int = 0

    # Lines

    def leaf(self, statement: Statement) -> None:
        """Add a leaf: a variable, or what is given."""
        (name,) = statement.names
        self.check_new(name, statement.start)
        given = statement.kind != "free"
        self.add(Node(name, given=given, shape=statement.shape))
        if statement.kind == "index":
            self.indices.add(self.places[name])
        self.define(name, statement.kind, statement.text, statement.start, "", opens=False)

    def result(self, statement: Statement, name: str) -> None:
        """Add a line that computes something."""
        assert statement.expression is not None
        expression, start = statement.expression, statement.start
        if len(statement.names) > 1:
            self.two_results(statement)
            return
        self.check_new(name, start)
        self.one(name, expression, statement.text, start, "")

    def two_results(self, statement: Statement) -> None:
        """Add the two lines of a cell: its new state, then its output, which reads that."""
        expression, start = statement.expression, statement.start
        word = _called(expression) if isinstance(expression, ast.Call) else ""
        if word not in TWO_RESULTS or len(statement.names) != 2:
            what = f"{len(statement.names)} names are given one result."
            hint = "Two results has lstm_cell alone: h, c = lstm_cell(x, h, c, W, U, b)."
            raise ExpressionError(what, hint=hint, at=start)
        assert isinstance(expression, ast.Call)
        output, state = statement.names
        for name in statement.names:
            self.check_new(name, start)
        if output == state:
            raise ExpressionError(f"“{output}” is given twice.", at=start)
        for name, macro in zip((state, output), reversed(TWO_RESULTS[word]), strict=True):
            call = ast.Call(ast.Name(macro), [*expression.args], [*expression.keywords])
            ast.copy_location(call, expression)
            if macro == "lstm_output":
                call = _with_state(call, state)
            self.one(name, call, statement.text, start, "")

    def check_new(self, name: str, at: int) -> None:
        """Refuse a name that is a word of the language, or stands already."""
        check_name(name, at)
        if name in RESERVED:
            raise ExpressionError(f"“{name}” is a word here.", hint="Take another name.", at=at)
        if name in self.places:
            what = f"“{name}” is given twice."
            raise ExpressionError(what, hint="A name is one line: take another.", at=at)

    def one(self, name: str, expression: ast.expr, text: str, start: int, of: str) -> None:
        """Add a line of one result; if it is opened, its parts as lines before it."""
        can_open = self.can_open(expression)
        if name in self.opened and can_open:
            at = len(self.lines)
            self.lines.append(Line(name, "opened", text, -1, self.next_number(of), of, start, True))
            if any(_opens(call) for call in _calls(expression)):
                last = self.open_composites(name, _copied(expression), start)
                self.compute_line(name, last)
                self.define(name, "result", ast.unparse(_labelled(last)), start, name, opens=False)
            else:
                self.compute_line(name, expression)
                self.show_operations(name, start)
            self.lines[at] = self.lines[at]._replace(node=self.places[name])
            return
        self.compute_line(name, expression)
        self.define(name, "result", text, start, of, opens=can_open)

    def compute_line(self, name: str, expression: ast.expr) -> None:
        """Add the nodes of an expression; the last is called by the line's name."""
        self.line, self.shared, self.hidden = name, {}, 0
        node = self.build(expression, self.places)
        if isinstance(node, Static):
            node = self.number(float(node.value), expression)
        if not (node == len(self.nodes) - 1 and self.nodes[node].part_of == name):
            node = self.node("alias", (node,), (), expression)
        own = self.nodes[node]
        of = name.rpartition(".")[0]
        self.nodes[node] = own._replace(name=name, part_of=of)
        if own.shape is not None and prod(own.shape) > ENTRIES:
            what = f"“{name}” has {prod(own.shape):,} entries."
            raise LimitError(what, hint=f"At most {ENTRIES:,} are possible in a line.")
        self.places[name] = node
        self.line = ""

    def define(self, name: str, kind: str, text: str, start: int, of: str, *, opens: bool) -> None:
        """Note a line whose node stands."""
        number = self.next_number(of)
        self.lines.append(Line(name, kind, text, self.places[name], number, of, start, opens))

    def next_number(self, of: str) -> str:
        """Return the number of the next line: 1, 2 …, or 5a, 5b … inside an opened one."""
        siblings = sum(line.of == of for line in self.lines)
        if not of:
            return str(siblings + 1)
        mine = next(line.number for line in self.lines if line.name == of)
        letters = "abcdefghijklmnopqrstuvwxyz"
        return mine + (letters[siblings] if siblings < 26 else f".{siblings + 1}")

    # Opened lines

    def can_open(self, expression: ast.expr) -> bool:
        """Whether a line has parts: a composite, or more than one operation."""
        if any(_opens(call) for call in _calls(expression)):
            return True
        steps = (ast.BinOp, ast.Call, ast.Compare, ast.Subscript, ast.UnaryOp)
        count = sum(isinstance(node, steps) for node in ast.walk(expression))
        return count + _transposes(expression) > 1

    def open_composites(self, name: str, expression: ast.expr, start: int) -> ast.expr:
        """Add the lines of all composites of an expression; return what is left of it."""
        builder = self

        class Opener(ast.NodeTransformer):
            def visit_Call(self, call: ast.Call) -> ast.expr:
                call = self.generic_visit(call)  # type: ignore[assignment]
                if not _opens(call):
                    return call
                return builder.open_composite(name, call, start)

        return Opener().visit(expression)  # type: ignore[no-any-return]

    def open_composite(self, name: str, call: ast.Call, start: int) -> ast.expr:
        """Add the lines of one composite as parts of a line; return its last expression."""
        word = _called(call)
        arguments = self.bound(word, call, self.places)
        names: dict[str, ast.expr] = {}
        shapes: list[Shape] = []
        for parameter, given in arguments:
            if parameter.kind != "array" or given is None:
                continue
            if not isinstance(given, ast.Name):  # it becomes a line of its own
                part = self.free_part(name, parameter.name)
                self.one(part, given, ast.unparse(_labelled(given)), start, name)
                given = ast.copy_location(ast.Name(part), given)
            names[parameter.name] = given
            shapes.append(self.shape(self.places[self.known_name(given)]))
        statics = self.statics(arguments)
        lines = OPENED[word](statics, tuple(shapes))
        inputs = SIGNATURES[word][0].name if word in SIGNATURES else "x"
        if inputs != "x" and "x" not in names and inputs in names:
            names["x"] = names[inputs]
        for line in lines[:-1]:
            label, _, text = line.partition(" = ")
            part = self.free_part(name, label)
            renamed = _Renamed(names).visit(read_expression(text))
            _moved(renamed, call)
            self.one(part, renamed, ast.unparse(_labelled(renamed)), start, name)
            names[label] = ast.copy_location(ast.Name(part), call)
        last = _Renamed(names).visit(read_expression(lines[-1]))
        return _moved(last, call)

    def free_part(self, name: str, label: str) -> str:
        """Return a name for a part of a line that no other part has."""
        part, k = f"{name}.{label}", 2
        while part in self.places:
            part, k = f"{name}.{label}{k}", k + 1
        return part

    def show_operations(self, name: str, start: int) -> None:
        """Note each operation of a line as a line of its own."""
        for position, node in enumerate(self.nodes):
            if node.part_of == name and node.operation:
                own = node._replace(part_of=name)
                self.nodes[position] = own
                self.places[own.name] = position
                self.lines.append(
                    Line(own.name, "result", self.written(position), position,
                         self.next_number(name), name, start)
                )  # fmt: skip
        position = self.places[name]
        number = self.next_number(name)
        text = self.written(position)
        self.lines.append(Line(name, "result", text, position, number, name, start))

    def written(self, position: int) -> str:
        """Return the text of one operation, in its inputs' names."""
        node, row = self.nodes[position], self.row(position)
        called = {letter: self.label(i) for letter, i in zip(row.inputs, node.inputs, strict=True)}
        return write(row.value, called, TYPED, {})

    def label(self, position: int) -> str:
        node = self.nodes[position]
        return number_text(node.number) if node.number is not None else node.name

    # Expressions

    def build(self, tree: ast.expr, scope: Mapping[str, int]) -> "int | Static":
        """Add the nodes of an expression; return where its value stands, or what is known of it."""
        match tree:
            case ast.Constant(value=value) if not isinstance(value, str):
                return Static(value)
            case ast.Name(id=name):
                return self.named(name, tree, scope)
            case ast.UnaryOp(op=op, operand=operand):
                value = self.build(operand, scope)
                if isinstance(op, ast.UAdd):
                    return value
                if isinstance(value, Static):
                    return Static(-_number(value.value, operand))
                return self.node("negate", (value,), (), tree)
            case ast.BinOp(left=left, op=op, right=right):
                return self.between(op, self.build(left, scope), self.build(right, scope), tree)
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                return self.between(op, self.build(left, scope), self.build(right, scope), tree)
            case ast.Compare():
                what = f"“{ast.unparse(_labelled(tree))}” compares twice."
                hint = "Multiply two comparisons, as in (a < b) * (b < c)."
                raise ExpressionError(what, hint=hint, at=tree.col_offset)
            case ast.Attribute():
                return self.attribute(tree, scope)
            case ast.Subscript():
                return self.subscript(tree, scope)
            case ast.Call():
                return self.call(tree, scope)
            case ast.Tuple() | ast.List():
                return Static(tuple(self.static(each, scope) for each in tree.elts))
        what = f"“{ast.unparse(tree)}” has no value here."
        raise ExpressionError(what, at=tree.col_offset)

    def named(self, name: str, tree: ast.expr, scope: Mapping[str, int]) -> "int | Static":
        if name in scope:
            return scope[name]
        if name in ("inf", "pi"):
            return Static(inf if name == "inf" else pi)
        if name in RESERVED:
            what = f"“{name}” is a word: it needs brackets."
            raise ExpressionError(what, hint=f"Write {name}(…).", at=tree.col_offset)
        what = f"There is no “{name}” above this line."
        known = [line.name for line in self.lines if "." not in line.name]
        hint = f"There are {', '.join(known[-12:])}." if known else "Declare it as a leaf first."
        raise ExpressionError(what, hint=hint, at=tree.col_offset)

    def between(
        self, op: ast.AST, left: "int | Static", right: "int | Static", tree: ast.expr
    ) -> "int | Static":
        """Add an operation between two values; of two known numbers it is one."""
        if isinstance(left, Static) and isinstance(right, Static):
            return Static(_computed(op, left.value, right.value, tree))
        if isinstance(op, ast.Pow) and isinstance(right, Static):
            assert isinstance(left, int)
            return self.node("power_of", (left,), (float(_number(right.value, tree)),), tree)
        if isinstance(op, ast.FloorDiv):
            what = "“//” divides whole numbers of shapes; these are arrays."
            raise ExpressionError(what, hint="Write floor(x / y).", at=tree.col_offset)
        a, b = (self.position(each, tree) for each in (left, right))
        name = "power" if isinstance(op, ast.Pow) else BETWEEN[type(op)]
        return self.node(name, (a, b), (), tree)

    def position(self, value: "int | Static", tree: ast.expr) -> int:
        """Return where a value stands; a known number becomes a constant."""
        if isinstance(value, int):
            return value
        return self.number(_number(value.value, tree), tree)

    def number(self, number: float, tree: ast.expr) -> int:
        key = ("", repr(float(number)))
        if key not in self.shared:
            name = f"#{len(self.nodes)}"
            node = Node(name, number=float(number), part_of=self.line, shape=())
            self.shared[key] = self.add(node)
        return self.shared[key]

    def attribute(self, tree: ast.Attribute, scope: Mapping[str, int]) -> "int | Static":
        if isinstance(tree.value, ast.Name) and tree.value.id in MODULES - set(scope):
            return self.named(tree.attr, tree, scope)
        value = self.build(tree.value, scope)
        if tree.attr in ("T", "mT"):
            return self.node(tree.attr, (self.position(value, tree),), (), tree)
        if isinstance(value, int) and tree.attr in ("shape", "size", "ndim"):
            shape = self.shape(value)
            return Static({"shape": shape, "size": prod(shape), "ndim": len(shape)}[tree.attr])
        if tree.attr in METHODS:
            what = f".{tree.attr} needs brackets."
            raise ExpressionError(what, hint=f"Write .{tree.attr}().", at=tree.col_offset)
        hint = "Known are .T, .mT, .shape, .size and methods such as .sum()."
        raise ExpressionError(f"“.{tree.attr}” is not known.", hint=hint, at=tree.col_offset)

    def subscript(self, tree: ast.Subscript, scope: Mapping[str, int]) -> "int | Static":
        value = self.build(tree.value, scope)
        items = tree.slice.elts if isinstance(tree.slice, ast.Tuple) else [tree.slice]
        if isinstance(value, Static):
            return self.static_item(value, tree, scope)
        inputs, found = self.index_items(items, scope)
        return self.node("index", (value, *inputs), (found,), tree)

    def static_item(
        self, value: "Static", tree: ast.Subscript, scope: Mapping[str, int]
    ) -> "Static":
        k = self.static(tree.slice, scope)
        try:
            return Static(value.value[k])
        except (TypeError, IndexError):
            what = f"“{ast.unparse(tree)}” is not there."
            raise ExpressionError(what, at=tree.col_offset) from None

    def index_items(
        self, items: Sequence[ast.expr], scope: Mapping[str, int]
    ) -> tuple[list[int], tuple[Any, ...]]:
        """Return the index inputs and the items of what stands in brackets."""
        inputs: list[int] = []
        found: list[Any] = []
        for item in items:
            if isinstance(item, ast.Slice):
                parts = (item.lower, item.upper, item.step)
                bounds = [None if p is None else self.whole(p, scope) for p in parts]
                if bounds[2] is not None and bounds[2] < 1:
                    what = "A slice steps forward by 1 at least."
                    raise ExpressionError(what, at=item.col_offset)
                found.append(Slice(*bounds))
            elif isinstance(item, ast.Constant) and item.value is None:
                found.append(None)
            elif isinstance(item, ast.Call) and _called(item) == "arange":
                found.append(Count(self.whole(self.only_argument(item), scope)))
            elif isinstance(item, ast.Name) and item.id in scope:
                position = scope[item.id]
                if position not in self.indices:
                    what = f"“{item.id}” is not an index."
                    hint = f"Declare it with “index”: {item.id} : index 4 = [0, 2, 1, 0]."
                    raise ExpressionError(what, hint=hint, at=item.col_offset)
                found.append(At(len(inputs)))
                inputs.append(position)
            else:
                found.append(self.whole(item, scope))
        if len(inputs) > len(moving.LETTERS):
            raise LimitError("More than four indices stand in one pair of brackets.")
        return inputs, tuple(found)

    def only_argument(self, call: ast.Call) -> ast.expr:
        if len(call.args) != 1 or call.keywords:
            what = f"“{_called(call)}” takes one number."
            raise ExpressionError(what, at=call.col_offset)
        return call.args[0]

    def static(self, tree: ast.expr, scope: Mapping[str, int]) -> Any:
        """Return what is known of an expression before anything runs.

        Raises:
            ExpressionError: its value would have to be computed.
        """
        value = self.build(tree, scope)
        if isinstance(value, Static):
            return value.value
        what = f"“{ast.unparse(_labelled(tree))}” must be known before the program runs."
        hint = "Here stand whole numbers, len(x), or x.shape[0]."
        raise ExpressionError(what, hint=hint, at=tree.col_offset)

    def whole(self, tree: ast.expr, scope: Mapping[str, int]) -> int:
        value = self.static(tree, scope)
        if type(value) is float and value.is_integer():
            value = int(value)
        if type(value) is not int or abs(value) > 10**9:
            what = f"“{ast.unparse(_labelled(tree))}” is no whole number."
            raise ExpressionError(what, at=tree.col_offset)
        return value

    # Calls

    def call(self, tree: ast.Call, scope: Mapping[str, int]) -> "int | Static":
        word = _called(tree)
        if word == "len":
            value = self.build(self.only_argument(tree), scope)
            if isinstance(value, Static) or not self.shape(value):
                raise ExpressionError("len takes an array.", at=tree.col_offset)
            return Static(self.shape(value)[0])
        if word in ("max", "min") and isinstance(tree.func, ast.Name) and len(tree.args) > 1:
            return self.extreme_of_several(word, tree, scope)
        if word not in SIGNATURES and word not in MACROS:
            what = f"“{word}” is not a word I know."
            raise ExpressionError(what, hint=near(word), at=tree.col_offset)
        return self.apply(word, tree, scope)

    def extreme_of_several(
        self, word: str, tree: ast.Call, scope: Mapping[str, int]
    ) -> "int | Static":
        """Add max(x, y): of two arrays, entry by entry; an axis is one only if it is named."""
        if tree.keywords:
            what = f"“{word}” of several arrays takes no axis."
            raise ExpressionError(what, hint=f"Write {word}(x, axis=0).", at=tree.col_offset)
        values = [self.build(each, scope) for each in tree.args]
        found = values[0]
        for value in values[1:]:
            pair = (self.position(found, tree), self.position(value, tree))
            found = self.node("maximum" if word == "max" else "minimum", pair, (), tree)
        return found

    def apply(self, word: str, tree: ast.Call, scope: Mapping[str, int]) -> int:
        """Add the nodes of a word that is applied to its arguments."""
        arguments = self.bound(word, tree, scope)
        inputs: list[int] = []
        for parameter, given in arguments:
            if parameter.kind == "array" and given is not None:
                value = given if isinstance(given, int) else self.build(given, scope)
                inputs.append(self.position(value, tree))
            elif parameter.kind in ("arrays", "more arrays"):
                assert isinstance(given, list)
                inputs += [self.position(self.build(each, scope), tree) for each in given]
            elif parameter.kind == "index":
                more, items = self.placed_index(given, scope)
                inputs += more
                return self.node(word, tuple(inputs), (items,), tree)
        statics = self.statics(arguments, scope)
        if word == "cross_entropy" and self.shape(inputs[1]) == self.shape(inputs[0])[:-1]:
            self.check_is_index(inputs[1], tree)
        if word in MACROS:
            return self.macro(word, inputs, statics, tree)
        if word in ("eye", "tri", "zeros", "ones"):
            return self.node("steady", (), (word, *statics), tree)
        if word == "arange":
            what = "arange counts entries: it stands in brackets only."
            raise ExpressionError(what, hint="Write P[arange(4), y].", at=tree.col_offset)
        if word == "transpose" and statics == (None,):
            return self.node("T", tuple(inputs), (), tree)
        if word in ("windows", "overlap_add"):
            size, stride = statics
            size = (size,) if isinstance(size, int) else size
            statics = (size, (stride,) * len(size) if isinstance(stride, int) else stride)
        return self.node(word, tuple(inputs), statics, tree)

    def check_is_index(self, position: int, tree: ast.expr) -> None:
        if position not in self.indices:
            name = self.nodes[position].name
            what = f"“{name}” is not an index."
            hint = "Declare the true classes with “index”, or give a table shaped like the scores."
            raise ExpressionError(what, hint=hint, at=tree.col_offset)

    def placed_index(
        self, given: Any, scope: Mapping[str, int]
    ) -> tuple[list[int], tuple[Any, ...]]:
        is_index = isinstance(given, ast.Subscript) and isinstance(given.value, ast.Name)
        if not is_index or given.value.id != "s_":
            raise ExpressionError("placed takes its index as s_[…].", at=given.col_offset)
        items = given.slice.elts if isinstance(given.slice, ast.Tuple) else [given.slice]
        return self.index_items(items, scope)

    def macro(
        self, word: str, inputs: Sequence[int], statics: tuple[Any, ...], tree: ast.expr
    ) -> int:
        """Add the nodes of a composite's lines, as hidden parts of this line."""
        names = [p.name for p in _parameters(word) if p.kind == "array"]
        local = dict(zip(names, inputs, strict=False))
        try:
            lines = MACROS[word](statics, tuple(self.shape(i) for i in inputs))
        except InputError as error:
            raise located(error, tree.col_offset) from None
        for line in lines:
            name, sign, text = line.rpartition(" = ") if " = " in line else ("", "", line)
            expression = _moved(read_expression(text), tree)
            value = self.position(self.build(expression, local), tree)
            if sign:
                local[name] = value
        return value

    def bound(
        self, word: str, tree: ast.Call, scope: Mapping[str, int]
    ) -> list[tuple[Parameter, Any]]:
        """Return each parameter of a word with what is given for it."""
        parameters = _parameters(word)
        given: list[Any] = [*tree.args]
        if isinstance(tree.func, ast.Attribute) and not _is_of_module(tree.func, scope):
            given.insert(0, tree.func.value)
            if word == "reshape" and len(given) > 2:  # x.reshape(2, 18)
                given[1:] = [ast.copy_location(ast.Tuple(given[1:]), tree)]
            if word == "transpose" and len(given) > 2:
                given[1:] = [ast.copy_location(ast.Tuple(given[1:]), tree)]
        if parameters and parameters[-1].kind == "more arrays":
            given = [given[0], given[1:]] if len(given) > 1 else given
        if len(given) > len(parameters):
            takes = ", ".join(each.name for each in parameters)
            what = f"“{word}” takes {len(parameters)} arguments, not {len(given)}."
            raise ExpressionError(what, hint=f"They are {takes}.", at=tree.col_offset)
        by_name = {ELSEWHERE.get(k.arg or "", k.arg or ""): k.value for k in tree.keywords}
        return (
            [
                (parameter, self.argument(word, parameter, k, given, by_name, tree))
                for k, parameter in enumerate(parameters)
                if k >= 0
            ]
            if not self.unknown(word, parameters, given, by_name, tree)
            else []
        )

    def unknown(
        self,
        word: str,
        parameters: Sequence[Parameter],
        given: Sequence[Any],
        by_name: Mapping[str, ast.expr],
        tree: ast.Call,
    ) -> bool:
        """Refuse an argument that a word does not have, or that is given twice."""
        names = [each.name for each in parameters]
        for name in by_name:
            if name not in names:
                hint = f"It takes {', '.join(names)}."
                raise ExpressionError(f"“{word}” has no “{name}”.", hint=hint, at=tree.col_offset)
            if names.index(name) < len(given):
                what = f"“{name}” of “{word}” is given twice."
                raise ExpressionError(what, at=tree.col_offset)
        return False

    def argument(
        self,
        word: str,
        parameter: Parameter,
        k: int,
        given: Sequence[Any],
        by_name: Mapping[str, ast.expr],
        tree: ast.Call,
    ) -> Any:
        value = given[k] if k < len(given) else by_name.get(parameter.name, parameter.default)
        if value is REQUIRED:
            takes = ", ".join(each.name for each in _parameters(word))
            what = f"“{word}” lacks {parameter.name}."
            raise ExpressionError(what, hint=f"It takes {takes}.", at=tree.col_offset)
        if parameter.kind == "arrays":
            if not isinstance(value, ast.Tuple | ast.List) or not value.elts:
                what = f"“{word}” takes its arrays in one pair of brackets."
                raise ExpressionError(what, hint=f"Write {word}((a, b)).", at=tree.col_offset)
            return [*value.elts]
        if parameter.kind == "array" and isinstance(value, ast.Constant) and value.value is None:
            return None
        return value

    def statics(
        self, arguments: Sequence[tuple[Parameter, Any]], scope: Mapping[str, int] | None = None
    ) -> tuple[Any, ...]:
        """Return the arguments that must be known before anything runs, in order."""
        found = []
        for parameter, given in arguments:
            if parameter.kind in ("array", "arrays", "more arrays", "index"):
                continue
            value = given
            if isinstance(given, ast.expr):
                is_text = isinstance(given, ast.Constant) and isinstance(given.value, str)
                value = given.value if is_text else self.static(given, scope or self.places)  # type: ignore[attr-defined]
                _check_kind(parameter, value, given)
            found.append(_plain(parameter, value))
        return tuple(found)

    # Nodes

    def shape(self, position: int) -> Shape:
        shape = self.nodes[position].shape
        assert shape is not None
        return shape

    def row(self, position: int) -> ArrayRow:
        node = self.nodes[position]
        return array_row(node.operation, node.parameters, tuple(map(self.shape, node.inputs)))

    def node(
        self, operation: str, inputs: tuple[int, ...], parameters: tuple[Any, ...], tree: ast.expr
    ) -> int:
        """Add a node to this line, or return the one of it that computes the same.

        Raises:
            ShapeError: the shapes do not fit.
            LimitError: the program is larger than one request may be.
        """
        key = (operation, inputs, _key(parameters))
        if key in self.shared:
            return self.shared[key]
        for position in inputs:
            if position in self.indices and operation not in ("index", "placed", "cross_entropy"):
                name = self.nodes[position].name
                what = f"“{name}” is an index: it stands in [ ] and in cross_entropy only."
                raise ExpressionError(what, at=tree.col_offset)
        try:
            row = array_row(operation, _key(parameters), tuple(map(self.shape, inputs)))
        except InputError as error:
            raise located(error, tree.col_offset) from None
        if operation in ENTRYWISE and all(self.nodes[i].number is not None for i in inputs):
            numbers = [self.nodes[i].number for i in inputs]
            return self.number(float(compute(ENTRYWISE[operation], *numbers)), tree)
        self.hidden += 1
        name = f"{self.line}.{self.hidden}"
        while name in self.places:
            self.hidden += 1
            name = f"{self.line}.{self.hidden}"
        node = Node(name, operation, inputs, None, False, self.line, _key(parameters), row.shape)
        self.count(row, tree)
        self.shared[key] = self.add(node)
        return self.shared[key]

    def count(self, row: ArrayRow, tree: ast.expr) -> None:
        """Count what a row costs, before anything runs."""
        size, at = prod(row.shape), tree.col_offset
        self.operations += 1
        self.entries += size
        self.work += row.work
        if self.operations > OPERATIONS:
            what = f"The program has more than {OPERATIONS} operations."
            raise LimitError(what, hint="Composites count with all their lines.", at=at)
        if size > HIDDEN_ENTRIES:
            what = f"{shape_text(row.shape)} are {size:,} entries."
            raise LimitError(what, hint=f"At most {HIDDEN_ENTRIES:,} are possible.", at=at)
        if self.entries > ALL_ENTRIES:
            what = f"All arrays together have more than {ALL_ENTRIES:,} entries."
            raise LimitError(what, hint="Take smaller shapes.", at=at)
        if self.work > WORK:
            what = f"The program takes more than {WORK:,} multiplications."
            raise LimitError(what, hint="Take smaller shapes.", at=at)

    def add(self, node: Node) -> int:
        self.nodes.append(node)
        if node.is_variable:
            self.places[node.name] = len(self.nodes) - 1
        return len(self.nodes) - 1

    def known_name(self, tree: ast.expr) -> str:
        assert isinstance(tree, ast.Name)
        if tree.id not in self.places:
            self.named(tree.id, tree, self.places)
        return tree.id


class Static(NamedTuple):
    """What is known before anything runs: a number, a tuple of them, None, True."""

    value: Any


ELSEWHERE = {"dim": "axis", "keepdim": "keepdims", "dims": "axis", "ord": "axis"}


def _key(parameters: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return parameters as what can be looked up: of lists, tuples."""
    return tuple(_key(tuple(each)) if type(each) in (list, tuple) else each for each in parameters)


def _parameters(word: str) -> tuple[Parameter, ...]:
    return SIGNATURES["lstm_cell"] if word.startswith("lstm_") else SIGNATURES[word]


def _called(tree: ast.expr) -> str:
    """Return the word that a call names, without the library it is from."""
    func = tree.func if isinstance(tree, ast.Call) else tree
    if isinstance(func, ast.Name):
        return func.id
    return func.attr if isinstance(func, ast.Attribute) else ""


def _is_of_module(func: ast.Attribute, scope: Mapping[str, int]) -> bool:
    root = func.value
    while isinstance(root, ast.Attribute):
        root = root.value
    return isinstance(root, ast.Name) and root.id in MODULES - set(scope)


def _calls(tree: ast.expr) -> list[ast.Call]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call)]


def _opens(tree: ast.Call) -> bool:
    return _called(tree) in OPENED


def _transposes(tree: ast.expr) -> int:
    return sum(isinstance(n, ast.Attribute) and n.attr in ("T", "mT") for n in ast.walk(tree))


def _with_state(call: ast.Call, state: str) -> ast.Call:
    """Return the call of a cell's output, which reads the new state in place of the old."""
    arguments = [*call.args]
    new = ast.copy_location(ast.Name(state), call)
    if len(arguments) > 2:
        arguments[2] = new
        return ast.copy_location(ast.Call(call.func, arguments, call.keywords), call)
    keywords = [k for k in call.keywords if k.arg != "c"] + [ast.keyword("c", new)]
    return ast.copy_location(ast.Call(call.func, arguments, keywords), call)


class _Renamed(ast.NodeTransformer):
    """Puts expressions in the place of names."""

    def __init__(self, names: Mapping[str, ast.expr]) -> None:
        self.names = names

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self.names.get(node.id, node)

    def visit_Call(self, node: ast.Call) -> ast.expr:
        node.args = [self.visit(each) for each in node.args]
        for each in node.keywords:
            each.value = self.visit(each.value)
        if isinstance(node.func, ast.Attribute):
            node.func = self.visit(node.func)
        return node


def _labelled(tree: ast.expr) -> ast.expr:
    """Return an expression in which parts of lines go by their own names."""
    names = {
        node.id: ast.Name(node.id.rpartition(".")[2])
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and "." in node.id
    }
    return _Renamed(names).visit(_copied(tree)) if names else tree


def _copied(tree: ast.expr) -> ast.expr:
    """Return the same expression, to be changed: what is read is shared and kept."""
    return deepcopy(tree)


def _moved(tree: ast.expr, to: ast.expr) -> ast.expr:
    """Return an expression all of whose parts stand where another one does, for messages."""
    for node in ast.walk(tree):
        if hasattr(node, "col_offset") or isinstance(node, ast.expr):
            ast.copy_location(node, to)
    return tree


def _number(value: Any, tree: ast.expr) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float):
        what = f"“{value}” is no number."
        raise ExpressionError(what, at=tree.col_offset)
    return value


def _computed(op: ast.AST, a: Any, b: Any, tree: ast.expr) -> Any:
    """Return a number computed of two known ones, as NumPy would."""
    a, b = _number(a, tree), _number(b, tree)
    if isinstance(op, ast.FloorDiv):
        if not b:
            raise ExpressionError("This divides by 0.", at=tree.col_offset)
        return a // b
    whole = isinstance(a, int) and isinstance(b, int)
    if whole and isinstance(op, ast.Add | ast.Sub | ast.Mult):
        signs = {ast.Add: a + b, ast.Sub: a - b, ast.Mult: a * b}
        return signs[type(op)]
    if isinstance(op, ast.MatMult):
        raise ShapeError("Numbers are multiplied with *.", at=tree.col_offset)
    name = "power" if isinstance(op, ast.Pow) else BETWEEN[type(op)]
    return float(compute(ENTRYWISE[name], float(a), float(b)))


def _check_kind(parameter: Parameter, value: Any, tree: ast.expr) -> None:
    """Refuse what cannot be an axis, a shape, a stride …"""
    whole = type(value) is int
    lengths = isinstance(value, tuple) and all(type(each) is int for each in value)
    fits = {
        "axis": whole or lengths or value is None,
        "flag": isinstance(value, bool),
        "number": type(value) in (int, float),
        "whole": whole and 0 < value <= ENTRIES,
        "lengths": lengths or whole or value is None,
        "lengths or whole": lengths or whole or value is None,
        "widths": isinstance(value, tuple) and all(isinstance(each, tuple) for each in value),
        "letters": isinstance(value, str),
    }
    if not fits[parameter.kind]:
        what = f"“{ast.unparse(tree)}” is no {parameter.name}."
        raise ExpressionError(what, at=tree.col_offset)


def _plain(parameter: Parameter, value: Any) -> Any:
    if parameter.kind == "lengths" and type(value) is int:
        return (value,)
    return float(value) if parameter.kind == "number" else value
