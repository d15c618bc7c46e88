"""Statements become nodes: each word a node with its parameters and its shape.

A line is a macro: `Z = X @ W.T + b` is three nodes, of which the last is called Z and the others
Z.1 and Z.2, parts of Z. Equal parts are shared inside a line, never across lines: there each use of
a name is a use of its own. A line that is opened becomes lines itself: those of its composites, or
one for each of its operations.
"""

import ast

from backprop.engine.arrays.grammar import Statement
from backprop.engine.arrays.lines import Line
from backprop.engine.arrays.macros import CELL, TWO_RESULTS
from backprop.engine.arrays.opening import Openings
from backprop.engine.arrays.trees import called
from backprop.engine.errors import ExpressionError

__all__ = ["Builder", "Line"]


class Builder(Openings):
    """Collects the nodes and lines of one program; mutable, and it stays in its function."""

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
        word = called(expression) if isinstance(expression, ast.Call) else ""
        if word not in TWO_RESULTS or len(statement.names) != 2:
            what = f"{len(statement.names)} names are given one result."
            raise ExpressionError(what, hint=f"Two has lstm_cell alone. {CELL}", at=start)
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


def _with_state(call: ast.Call, state: str) -> ast.Call:
    """Return the call of a cell's output, which reads the new state in place of the old."""
    arguments = [*call.args]
    new = ast.copy_location(ast.Name(state), call)
    if len(arguments) > 2:
        arguments[2] = new
        return ast.copy_location(ast.Call(call.func, arguments, call.keywords), call)
    keywords = [k for k in call.keywords if k.arg != "c"] + [ast.keyword("c", new)]
    return ast.copy_location(ast.Call(call.func, arguments, keywords), call)
