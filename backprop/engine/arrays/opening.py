"""Lines that are opened: those of their composites, or one for each of their operations."""

import ast
from collections.abc import Collection
from dataclasses import dataclass

from backprop.engine.arrays.arguments import bound
from backprop.engine.arrays.grammar import read_expression
from backprop.engine.arrays.lines import Line, Lines
from backprop.engine.arrays.macros import OPENED
from backprop.engine.arrays.rows import number_text
from backprop.engine.arrays.shapes import Shape
from backprop.engine.arrays.signatures import SIGNATURES
from backprop.engine.arrays.trees import Renamed, called, calls, copied, labelled, moved
from backprop.engine.arrays.words import TYPED
from backprop.engine.compiled.rules import write


@dataclass
class Openings(Lines):
    """Adds lines, and the parts of those that are opened.

    Args:
        opened: the names of lines whose parts are lines of their own.
    """

    opened: Collection[str] = ()

    def one(self, name: str, expression: ast.expr, text: str, start: int, of: str) -> None:
        """Add a line of one result; if it is opened, its parts as lines before it."""
        can_open = self.can_open(expression)
        if name in self.opened and can_open:
            at = len(self.lines)
            self.lines.append(Line(name, "opened", text, -1, self.next_number(of), of, start, True))
            if any(_opens(call) for call in calls(expression)):
                last = self.open_composites(name, copied(expression), start)
                self.compute_line(name, last)
                self.define(name, "result", ast.unparse(labelled(last)), start, name, opens=False)
            else:
                self.compute_line(name, expression)
                self.show_operations(name, start)
            self.lines[at] = self.lines[at]._replace(node=self.places[name])
            return
        self.compute_line(name, expression)
        self.define(name, "result", text, start, of, opens=can_open)

    def can_open(self, expression: ast.expr) -> bool:
        """Whether a line has parts: a composite, or more than one operation."""
        if any(_opens(call) for call in calls(expression)):
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
        word = called(call)
        arguments = bound(word, call, self.places)
        names: dict[str, ast.expr] = {}
        shapes: list[Shape] = []
        for parameter, given in arguments:
            if parameter.kind != "array" or given is None:
                continue
            if not (isinstance(given, ast.Name) and given.id in self.places):  # a line of its own
                part = self.free_part(name, parameter.name)
                self.one(part, given, ast.unparse(labelled(given)), start, name)
                given = ast.copy_location(ast.Name(part), given)
            names[parameter.name] = given
            shapes.append(self.shape(self.places[given.id]))
        statics = self.statics(arguments)
        lines = OPENED[word](statics, tuple(shapes))
        inputs = SIGNATURES[word][0].name if word in SIGNATURES else "x"
        if inputs != "x" and "x" not in names and inputs in names:
            names["x"] = names[inputs]
        for line in lines[:-1]:
            label, _, text = line.partition(" = ")
            part = self.free_part(name, label)
            renamed = Renamed(names).visit(read_expression(text))
            moved(renamed, call)
            self.one(part, renamed, ast.unparse(labelled(renamed)), start, name)
            names[label] = ast.copy_location(ast.Name(part), call)
        last = Renamed(names).visit(read_expression(lines[-1]))
        return moved(last, call)

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
        node = self.nodes[position]
        if node.is_leaf:
            return self.label(position)
        row = self.row(position)
        called = {letter: self.label(i) for letter, i in zip(row.inputs, node.inputs, strict=True)}
        return write(row.value, called, TYPED, {})

    def label(self, position: int) -> str:
        """Return what a node is called: by its name, or as its number."""
        node = self.nodes[position]
        if node.number is None:
            return node.name
        return node.parameters[0] if node.parameters else number_text(node.number)


def _opens(tree: ast.Call) -> bool:
    return called(tree) in OPENED


def _transposes(tree: ast.expr) -> int:
    return sum(isinstance(n, ast.Attribute) and n.attr in ("T", "mT") for n in ast.walk(tree))
