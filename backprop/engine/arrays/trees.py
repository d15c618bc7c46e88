"""Expressions as trees: names replaced, places moved, what is called."""

import ast
from collections.abc import Collection, Mapping
from copy import deepcopy

from backprop.engine.arrays.signatures import MODULES


def called(tree: ast.expr) -> str:
    """Return the word that a call names, without the library it is from."""
    func = tree.func if isinstance(tree, ast.Call) else tree
    if isinstance(func, ast.Name):
        return func.id
    return func.attr if isinstance(func, ast.Attribute) else ""


def is_of_module(func: ast.Attribute, names: Collection[str]) -> bool:
    """Whether a call's word is a library's, as in np.tanh, not a method of a value."""
    root = func.value
    while isinstance(root, ast.Attribute):
        root = root.value
    return isinstance(root, ast.Name) and root.id in MODULES - set(names)


def calls(tree: ast.expr) -> list[ast.Call]:
    """Return all calls in an expression."""
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call)]


class Renamed(ast.NodeTransformer):
    """Puts expressions in the place of names."""

    def __init__(self, names: Mapping[str, ast.expr]) -> None:
        self.names = names

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """Put an expression in the place of its name."""
        return self.names.get(node.id, node)

    def visit_Call(self, node: ast.Call) -> ast.expr:
        """Leave the word that is called."""
        node.args = [self.visit(each) for each in node.args]
        for each in node.keywords:
            each.value = self.visit(each.value)
        if isinstance(node.func, ast.Attribute):
            node.func = self.visit(node.func)
        return node


def labelled(tree: ast.expr) -> ast.expr:
    """Return an expression in which parts of lines go by their own names."""
    names = {
        node.id: ast.Name(node.id.rpartition(".")[2])
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and "." in node.id
    }
    return Renamed(names).visit(copied(tree)) if names else tree


def copied(tree: ast.expr) -> ast.expr:
    """Return the same expression, to be changed: what is read is shared and kept."""
    return deepcopy(tree)


def moved(tree: ast.expr, to: ast.expr) -> ast.expr:
    """Return an expression all of whose parts stand where another one does, for messages."""
    for node in ast.walk(tree):
        if hasattr(node, "col_offset") or isinstance(node, ast.expr):
            ast.copy_location(node, to)
    return tree


def names_in(tree: ast.expr) -> list[str]:
    """Return the names that an expression reads, each once, from left to right."""
    words = {id(call.func) for call in calls(tree)}
    found: list[ast.Name] = []

    def read(node: ast.AST) -> None:
        if isinstance(node, ast.Name) and id(node) not in words:
            found.append(node)
        for each in ast.iter_child_nodes(node):
            read(each)

    read(tree)
    return list(dict.fromkeys(name.id for name in found))
