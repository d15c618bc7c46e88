"""Common subexpressions: code over arrays, one call a line, each computed once.

    v5 = dot(v0, v2.T) + v3      →      b0 = v2.T;  b1 = dot(v0, b0);  v5 = b1 + v3

A gradient pass repeats much of its forward pass: softmax, say, raises e to the scores that
cross-entropy raised it to. In this form a later `exp(b7)` is the earlier one's name. And a loop
that runs the same pass again sees line by line what stays, and what can be written over.
"""

import ast
from collections.abc import Collection, Iterable, Mapping
from itertools import count
from keyword import iskeyword
from typing import NamedTuple

from backprop.engine.compiled.rules import TAKING_OUT, read

OPERATORS: dict[type[ast.AST], tuple[str, str]] = {  # NumPy's function, and the sign
    ast.Add: ("add", "+"),
    ast.Sub: ("subtract", "-"),
    ast.Mult: ("multiply", "*"),
    ast.Div: ("divide", "/"),
    ast.USub: ("negative", "-"),
    ast.Lt: ("less", "<"),
    ast.LtE: ("less_equal", "<="),
    ast.Gt: ("greater", ">"),
    ast.GtE: ("greater_equal", ">="),
    ast.Eq: ("equal", "=="),
    ast.NotEq: ("not_equal", "!="),
}
OF_SHAPES = ("len", "column_beside", "ones_but_one", "size")  # what depends on shapes alone
VIEWS = ("", "T")  # what is the same memory: another name for it, and its transpose


class Line(NamedTuple):
    """One line: `name = code`.

    Attributes:
        name: what its result is called.
        code: one operation on names and numbers.
        function: NumPy's function for it; empty where the line only gives a name.
        arguments: names, and an axis or a shape written out.
    """

    name: str
    code: str
    function: str
    arguments: tuple[str, ...]

    @property
    def takes_out(self) -> bool:
        """Whether the function can be told where to leave its result."""
        return self.function in TAKING_OUT

    @property
    def reads(self) -> tuple[str, ...]:
        """The names among the arguments."""
        return tuple(a for a in self.arguments if a.isidentifier() and not iskeyword(a))

    def leaving(self, instead: Mapping[str, str]) -> str:
        """Return the call that writes its result into the array of its name.

        Args:
            instead: other names for some of the arguments.
        """
        if not self.takes_out:
            return f"copyto({self.name}, {self.code})"
        arguments = (*(instead.get(a, a) for a in self.arguments), self.name)
        return f"{self.function}({', '.join(arguments)})"

    def __str__(self) -> str:
        return f"{self.name} = {self.code}"


def straight(lines: Iterable[str]) -> tuple[Line, ...]:
    """Return the same lines, `name = expression` of arrays, as one call a line."""
    found = _Straight()
    for line in lines:
        name, code = line.split(" = ", 1)
        found.assign(name, read(code))
    return tuple(found.lines)


class _Straight:
    """Collects lines; `known` says by which name what a line computes can be had again."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.known: dict[str, str] = {}
        self.names = map("b{}".format, count())

    def assign(self, name: str, tree: ast.expr) -> None:
        """Add the lines that compute an expression, the last of them under this name."""
        line = self.line(name, tree)
        if line.code in self.known:
            same = self.known[line.code]
            line = Line(name, same, "", (same,))
        self.known.setdefault(line.code, name)
        self.lines.append(line)

    def name_of(self, tree: ast.expr) -> str:
        """Return the name of an expression's value, adding the lines that compute it."""
        if isinstance(tree, ast.Name):
            return tree.id
        line = self.line("", tree)
        if line.code not in self.known:
            self.known[line.code] = next(self.names)
            self.lines.append(line._replace(name=self.known[line.code]))
        return self.known[line.code]

    def line(self, name: str, tree: ast.expr) -> Line:
        """Return the line of an expression's last operation."""
        match tree:
            case ast.Name(id=other):
                return Line(name, other, "", (other,))
            case ast.Constant() | ast.UnaryOp(operand=ast.Constant()):
                return Line(name, ast.unparse(tree), "", ())
            case ast.UnaryOp(op=op, operand=a):
                return self.operation(name, op, a)
            case ast.BinOp(left=a, op=op, right=b) | ast.Compare(left=a, ops=[op], comparators=[b]):
                return self.operation(name, op, a, b)
            case ast.Attribute(value=a, attr=attribute):
                array = self.name_of(a)
                return Line(name, f"{array}.{attribute}", attribute, (array,))
            case ast.Subscript(value=a, slice=index):
                array, (items, names) = self.name_of(a), self.index(index)
                return Line(name, f"{array}[{items}]", "", (array, *names))
            case ast.Call(func=ast.Attribute(value=a, attr=method), args=rest):
                arguments = (self.name_of(a), *map(self.argument, rest))
                code = f"{arguments[0]}.{method}({', '.join(arguments[1:])})"
                return Line(name, code, method, arguments)
            case ast.Call(func=ast.Name(id=function), args=rest, keywords=named):
                assert not named, "what a rule of arrays calls takes its arguments by place"
                arguments = tuple(map(self.argument, rest))
                return Line(name, f"{function}({', '.join(arguments)})", function, arguments)
        raise AssertionError(f"a rule of arrays may not hold {ast.unparse(tree)}")

    def operation(self, name: str, op: ast.AST, *operands: ast.expr) -> Line:
        """Return the line of an operator between names."""
        function, sign = OPERATORS[type(op)]
        names = tuple(map(self.name_of, operands))
        code = f"{names[0]} {sign} {names[1]}" if len(names) > 1 else f"{sign}{names[0]}"
        return Line(name, code, function, names)

    def argument(self, tree: ast.expr) -> str:
        """Return how an argument of a call is written: a number there is an axis or the like."""
        match tree:
            case ast.Constant() | ast.UnaryOp(operand=ast.Constant()):
                return ast.unparse(tree)
            case ast.Tuple(elts=parts):
                return f"({', '.join(map(self.argument, parts))}{',' * (len(parts) == 1)})"
            case ast.Subscript(value=ast.Name(id="s_"), slice=index):
                return f"s_[{self.index(index)[0]}]"
        return self.name_of(tree)

    def index(self, tree: ast.expr) -> tuple[str, tuple[str, ...]]:
        """Return how an index is written, and the names in it."""
        items = tree.elts if isinstance(tree, ast.Tuple) else [tree]
        written = [
            ast.unparse(item) if isinstance(item, ast.Slice | ast.Constant) else self.argument(item)
            for item in items
        ]
        return ", ".join(written), tuple(each for each in written if each.isidentifier())


def again(
    lines: Iterable[Line], arrays: Collection[str], lasting: Collection[str], into: Collection[str]
) -> tuple[list[str], list[str]]:
    """Return the code that runs lines again, and writes over the arrays of the run before.

    What depends on shapes alone is not computed again, nor is the transpose of an array that is
    written over: it is the same memory.

    Args:
        lines: they have been run once, and what they found has their names.
        arrays: the names of results that are arrays, not numbers.
        lasting: the names of arrays that are the same in each run, though their entries change.
        into: the names of arrays that receive the result of their line.

    Returns:
        What is made of the first run's numbers, once, and what is run each time.
    """
    settled: set[str] = set()  # the same in each run
    steady = {*lasting}  # other entries in the same memory
    faster: dict[str, str] = {}  # NumPy takes a number as an array without axes
    each: list[str] = []
    for line in lines:
        if line.name in into:
            each.append(line.leaving(faster))
        elif line.function in OF_SHAPES or settled.issuperset(line.reads):
            settled.add(line.name)
            if line.name not in arrays:
                faster[line.name] = f"array_{line.name}"
        elif line.function in VIEWS and steady.issuperset(line.reads):
            steady.add(line.name)
        elif line.takes_out and line.name in arrays:
            steady.add(line.name)
            each.append(line.leaving(faster))
        else:
            each.append(str(line))
    return [f"{array} = array({name}, float64)" for name, array in faster.items()], each
