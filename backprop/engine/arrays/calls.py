"""Calls become nodes: of a word one, of a composite those of its lines."""

import ast
from collections.abc import Mapping, Sequence
from typing import Any

from backprop.engine.arrays.arguments import bound, check_kind, parameters_of, plain
from backprop.engine.arrays.expressions import Expressions
from backprop.engine.arrays.grammar import located, read_expression
from backprop.engine.arrays.known import Static
from backprop.engine.arrays.macros import CELL, MACROS, TWO_RESULTS
from backprop.engine.arrays.signatures import SIGNATURES, Parameter, near
from backprop.engine.arrays.trees import called, labelled, moved
from backprop.engine.errors import ExpressionError, InputError


class Calls(Expressions):
    """Adds the nodes of calls."""

    def call(self, tree: ast.Call, scope: Mapping[str, int]) -> int | Static:
        """Add the nodes of a call, or return what is known of it."""
        word = called(tree)
        if word == "len":
            value = self.build(self.only_argument(tree), scope)
            if isinstance(value, Static) or not self.shape(value):
                raise ExpressionError("len takes an array.", at=tree.col_offset)
            return Static(self.shape(value)[0])
        if word in ("max", "min") and isinstance(tree.func, ast.Name) and len(tree.args) > 1:
            return self.extreme_of_several(word, tree, scope)
        if word in TWO_RESULTS:
            what = f"“{word}” gives two results, in a line of its own."
            raise ExpressionError(what, hint=CELL, at=tree.col_offset)
        if word not in SIGNATURES and word not in MACROS:
            what = f"“{word}” is not a word I know."
            raise ExpressionError(what, hint=near(word), at=tree.col_offset)
        return self.apply(word, tree, scope)

    def extreme_of_several(
        self, word: str, tree: ast.Call, scope: Mapping[str, int]
    ) -> int | Static:
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
        arguments = bound(word, tree, scope)
        inputs: list[int] = []
        for parameter, given in arguments:
            if parameter.kind == "array" and given is not None:
                value = given if isinstance(given, int) else self.build(given, scope)
                inputs.append(self.position(value, tree))
            elif parameter.kind in ("arrays", "more arrays"):
                assert isinstance(given, list)
                inputs += [self.position(self.build(each, scope), tree) for each in given]
            elif parameter.kind == "index":
                more, items = self.placed_index(given, len(self.shape(inputs[1])), scope)
                inputs += more
                return self.node(word, tuple(inputs), (items,), tree)
        statics = self.statics(arguments, scope)
        if word == "cross_entropy" and self.shape(inputs[1]) == self.shape(inputs[0])[:-1]:
            self.check_is_index(inputs[1], arguments[1][1])
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
        """Refuse true classes that are no whole numbers."""
        if position not in self.indices:
            what = f"“{ast.unparse(labelled(tree))}” is not an index."
            hint = "Declare the true classes with “index”, or give a table shaped like the scores."
            raise ExpressionError(what, hint=hint, at=tree.col_offset)

    def placed_index(
        self, given: Any, axes: int, scope: Mapping[str, int]
    ) -> tuple[list[int], tuple[Any, ...]]:
        """Return the index inputs and items of s_[…]."""
        is_index = isinstance(given, ast.Subscript) and isinstance(given.value, ast.Name)
        if not is_index or given.value.id != "s_":
            raise ExpressionError("placed takes its index as s_[…].", at=given.col_offset)
        items = given.slice.elts if isinstance(given.slice, ast.Tuple) else [given.slice]
        return self.index_items(items, axes, scope)

    def macro(
        self, word: str, inputs: Sequence[int], statics: tuple[Any, ...], tree: ast.expr
    ) -> int:
        """Add the nodes of a composite's lines, as hidden parts of this line."""
        names = [p.name for p in parameters_of(word) if p.kind == "array"]
        local = dict(zip(names, inputs, strict=False))
        try:
            lines = MACROS[word](statics, tuple(self.shape(i) for i in inputs))
        except InputError as error:
            raise located(error, tree.col_offset) from None
        for line in lines:
            name, sign, text = line.rpartition(" = ") if " = " in line else ("", "", line)
            expression = moved(read_expression(text), tree)
            value = self.position(self.build(expression, local), tree)
            if sign:
                local[name] = value
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
                check_kind(parameter, value, given)
            found.append(plain(parameter, value))
        return tuple(found)
