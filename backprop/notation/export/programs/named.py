"""A program whose names are Python's: each line and each gradient has one of its own.

Inside, lines are called v0, v1 …, so that dv0 is nothing but the gradient of v0, whatever a learner
calls a line. Names are given back when a line is written.
"""

import ast
import builtins
import keyword
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from backprop.engine.arrays.grammar import read_expression
from backprop.engine.arrays.lines import Line
from backprop.engine.arrays.macros import MACROS, TWO_RESULTS
from backprop.engine.arrays.rows import ENTRYWISE
from backprop.engine.arrays.signatures import SIGNATURES
from backprop.engine.arrays.texts import value_tree
from backprop.engine.arrays.trees import Renamed, called, copied
from backprop.engine.program import Program
from backprop.notation.export.spelling import free, identifier

TAKEN = (
    *("np", "torch", "jax", "jnp", "math", "F", "gradient", "function", "check", "value", "s_"),
    *("inf", "pi", "finite", "ours", "stacked"),
)


@dataclass(frozen=True, slots=True, eq=False)
class NamedProgram:
    """A program, and what its lines and their gradients are called in code.

    Attributes:
        program: the same with lines called v0, v1 …
        typed: what a line was called → v0, v1 …
        names: v0, v1 … → the line's name in code; dv0, dv1 … → its gradient's.
    """

    program: Program
    typed: Mapping[str, str]
    names: Mapping[str, str]

    @property
    def renamed(self) -> list[tuple[str, str]]:
        """The leaves and results that have another name in code than they were typed with."""
        pairs = ((name, self.names[inner]) for name, inner in self.typed.items())
        return [(name, code) for name, code in pairs if name != code and "." not in name]

    def forward(self) -> list[tuple[tuple[str, ...], ast.expr]]:
        """Return each result with what it computes; a cell's two results have one line."""
        back = {inner: name for name, inner in self.typed.items()}
        found: list[tuple[tuple[str, ...], ast.expr]] = []
        for line in self.program.lines:
            if line.kind != "result":
                continue
            if line.of:
                found.append(((line.name,), value_tree(self.program, line.name)))
                continue
            tree = self._typed(line)
            if called(tree) not in TWO_RESULTS:
                found.append(((line.name,), tree))
            elif found and found[-1][0][1:] and self._start(found[-1][0][1]) == line.start:
                found[-1] = ((line.name, found[-1][0][1]), tree)
            else:
                is_output = self._is_output(line, back[line.name])
                found.append(((line.name, "_") if is_output else ("_", line.name), tree))
        return found

    def _typed(self, line: Line) -> ast.expr:
        names = {name: ast.Name(inner) for name, inner in self.typed.items()}
        tree: ast.expr = Renamed(names).visit(copied(read_expression(line.text)))
        return tree

    def _start(self, name: str) -> int:
        return self.program.line(name).start if name != "_" else -1

    def _is_output(self, line: Line, name: str) -> bool:
        """Whether a line is the first of the two results of a cell."""
        typed = self.program.text[line.start :].partition("=")[0]
        return typed.partition(",")[0].strip() == name

    def written(self, tree: ast.expr) -> str:
        """Return an expression as code."""
        return ast.unparse(Renamed({k: ast.Name(v) for k, v in self.names.items()}).visit(tree))


def named(program: Program, taken: Mapping[str, Any] | None = None) -> NamedProgram:
    """Return a program with names that Python can have.

    Args:
        program: at its point.
        taken: further names that are no line's.
    """
    lines = [line for line in program.lines if line.kind != "opened"]
    typed = {line.name: f"v{k}" for k, line in enumerate(lines)}
    used = {*TAKEN, *SIGNATURES, *MACROS, *ENTRYWISE, *(taken or ())}
    used |= {*keyword.kwlist, *keyword.softkwlist, *dir(builtins)}
    names = {inner: free(identifier(name), used) for name, inner in typed.items()}
    names |= {f"d{inner}": free(f"d{names[inner]}", used) for inner in typed.values()}
    return NamedProgram(_within(program, typed), typed, names)


def _within(program: Program, names: Mapping[str, str]) -> Program:
    """Return a program with its lines called otherwise."""
    nodes = tuple(
        node._replace(
            name=names.get(node.name, node.name), part_of=names.get(node.part_of, node.part_of)
        )
        for node in program.nodes
    )
    lines = tuple(
        line._replace(name=names.get(line.name, line.name), of=names.get(line.of, line.of))
        for line in program.lines
    )
    statements = {names[name]: each for name, each in program.statements.items()}
    at = {names[name]: each for name, each in program.at.items()}
    return Program(nodes, program.text, lines, statements, at)
