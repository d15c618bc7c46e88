"""A graph as Python expressions for NumPy or PyTorch: its names, constants and operations.

The text of an operation is the engine's own. The textbook's form is the one to be read, so it is
taken where it gives the same number at this point; elsewhere the form the engine computes with.
"""

import ast
import builtins
import keyword
import math
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np

from backprop.engine.compiled.rules import Dialect, compiled, write
from backprop.engine.compiled.untaken import ALWAYS, NEVER, ways
from backprop.engine.graph import Graph, Node
from backprop.engine.ops import IMPOSSIBLE, TEXTBOOK, WORDS, ArrayOperation, Operation
from backprop.engine.saturation import bypasses, reading
from backprop.engine.trace import Edge, Trace
from backprop.notation.export.libraries import (
    AUTOGRAD,
    for_autograd,
    in_library,
    literal,
    number_in,
)

_Text = tuple[str, Mapping[str, Any]]  # a row's, with the rows that it may call

_RUN = Dialect("exported", {"np": np, "math": math}, where="where({condition}, {a}, {b})", power="")
_NEAR = 1e-12  # a relative difference that is rounding


@dataclass(frozen=True, eq=False)
class Code:
    """The expressions of a graph in a library; none of its names is Python's, no two are alike.

    Attributes:
        trace: a pass over a graph of numbers.
        library: "np" or "torch", as the code calls it.
        taken: the other names that the code uses.
        names: what each node is called; a constant is so only where it is the output.
        slopes: what each node's gradient is called.
        taking: what the answer is called whether anything flows back to a node.
    """

    trace: Trace
    library: str
    taken: tuple[str, ...]
    names: tuple[str, ...] = field(init=False)
    slopes: tuple[str, ...] = field(init=False)
    taking: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        used = {*self.taken, "pi", "math", *keyword.kwlist, *keyword.softkwlist, *dir(builtins)}
        names = tuple(free(_identifier(node), used) for node in self.trace.graph.nodes)
        object.__setattr__(self, "names", names)
        object.__setattr__(self, "slopes", tuple(free(f"g_{name}", used) for name in names))
        object.__setattr__(self, "taking", tuple(free(f"takes_{name}", used) for name in names))

    def constant(self, position: int) -> str:
        """Return a constant as a number of the library's."""
        number = self.trace.graph.nodes[position].number
        assert number is not None, "a constant has a number"
        return number_in(self.library, number)

    def value(self, position: int) -> str:
        """Return how a node is computed."""
        graph = self.trace.graph
        row, _ = _scalar_reading(graph, position)
        texts = ((row.value, TEXTBOOK), (row.code, WORDS))
        wanted = self.trace.values[position]
        if self.library == "np":
            tree, _ = self._first(position, texts, wanted, lasting=True)
            return ast.unparse(tree)
        if row.name in AUTOGRAD:
            return self._for_autograd(position, (AUTOGRAD[row.name], WORDS))
        _, (text, rows) = self._first(position, texts, wanted, lasting=True)
        inputs = zip(row.inputs, row.partials, graph.nodes[position].inputs, strict=True)
        flat = [x for x, slope, i in inputs if slope == "0" and graph.nodes[i].number is None]
        if flat:  # a choice between numbers: autograd finds no way through
            text = " + ".join((f"({text})", *(f"0 * {x}" for x in flat)))
        return self._for_autograd(position, (for_autograd(text), rows))

    def partial(self, later: int, which: int) -> ast.expr:
        """Return the slope of a node to one of its inputs, as Python's syntax tree."""
        row, nodes = _scalar_reading(self.trace.graph, later)
        texts = ((row.partials[which], TEXTBOOK), (row.partial_codes[which], WORDS))
        values = self.trace.values
        slopes = row.local_derivatives(values[later], *(values[i] for i in nodes))
        tree, _ = self._first(later, texts, slopes[which], lasting=False)
        return tree

    def where_it_flows(self, edge: Edge, product: str) -> str:
        """Return what an edge carries: 0 where a choice does not take this way, never NaN."""
        condition = ways(self.trace.graph).conditions[edge]
        if condition == ALWAYS:
            return product
        if condition == NEVER:
            return "0.0"
        return f"({product} if {self._by_our_names(condition)} else 0.0)"

    def ways(self, position: int) -> list[str]:
        """Return the line that finds whether anything flows to a node, where that is asked."""
        return [*map(self._by_our_names, ways(self.trace.graph).lines.get(position, []))]

    def _by_our_names(self, code: str) -> str:
        def ours(match: re.Match[str]) -> str:
            position = int(match[2])
            return self.names[position] if match[1] == "v" else self.taking[position]

        return re.sub(r"\b([vk])([0-9]+)\b", ours, code)

    def past(self, position: int) -> str:
        """Return what a node sends to its input past its own gradient (engine/saturation.py)."""
        terms = []
        for later, factors in bypasses(self.trace.graph)[position]:
            product = self.slopes[later] if factors else f"({self.past(later)})"
            for text, names, nodes, out in factors:
                called = dict(zip(("out", *names), (out, *nodes), strict=True))
                factor = self._written((text, WORDS), called, self.library, plain=True)
                product += f" * ({ast.unparse(factor)})"
            terms.append(product)
        return " + ".join(terms)

    def is_settled(self) -> bool:
        """Whether every convention is the same everywhere: for ∞ and NaN libraries differ."""
        graph, values, slopes = self.trace.graph, self.trace.values, self.trace.gradients
        for i, node in enumerate(graph.nodes):
            if node.is_leaf:
                continue
            row, _ = _scalar_reading(graph, i)
            ours = "where(" in row.value or row.name in AUTOGRAD
            chosen = ours or row.kernel or row.partial_kernels
            near = (*node.inputs, i)
            numbers = (*(values[k] for k in near), *(slopes[k] for k in near))
            if chosen and not all(map(math.isfinite, numbers)):
                return False
        return True

    def _first(
        self, position: int, texts: Sequence[_Text], wanted: float, *, lasting: bool
    ) -> tuple[ast.expr, _Text]:
        """Return the first spelling of these texts that gives the number; else the last."""
        _, nodes = _scalar_reading(self.trace.graph, position)
        point = {self.names[i]: self.trace.values[i] for i in (*nodes, position)}

        def fits(text: _Text, *, plain: bool) -> bool:
            code = ast.unparse(self._spelled(position, text, "np", plain=plain))
            return _gives(code, point, wanted, lasting=lasting)

        spellings = [(text, plain) for text in texts for plain in (True, False)]
        fitting = (each for each in spellings if fits(each[0], plain=each[1]))
        text, plain = next(fitting, spellings[-1])
        return self._spelled(position, text, "np", plain=plain), text

    def _for_autograd(self, position: int, text: _Text) -> str:
        """Return a text for PyTorch, whose functions take no bare numbers."""
        nodes = self.trace.graph.nodes
        tree = self._spelled(position, text, "torch", plain=True)
        bare = all(nodes[i].number is not None for i in nodes[position].inputs)
        if bare or any(isinstance(part, ast.Call) for part in ast.walk(tree)):
            tree = self._spelled(position, text, "torch", plain=False)
        return ast.unparse(tree)

    def _spelled(self, position: int, text: _Text, library: str, *, plain: bool) -> ast.expr:
        """Return a text of a node's row as a syntax tree."""
        row, nodes = _scalar_reading(self.trace.graph, position)
        called = dict(zip(("out", *row.inputs), (position, *nodes), strict=True))
        return self._written(text, called, library, plain=plain)

    def _written(
        self, text: _Text, called: Mapping[str, int], library: str, *, plain: bool
    ) -> ast.expr:
        """Return a text as a syntax tree; constants are plain numbers or the library's.

        Args:
            text: with its rows.
            called: for each name in it, the position of a node.
            library: "np" or "torch".
            plain: whether constants are plain numbers.
        """
        graph, write_number = self.trace.graph, literal if plain else number_in
        names: dict[str, str] = {}
        for name, i in called.items():
            number = graph.nodes[i].number
            names[name] = self.names[i] if number is None else write_number(library, number)
        tree = ast.parse(write(text[0], names, _RUN, text[1]), mode="eval").body
        return in_library(tree, library)


def _scalar_reading(graph: Graph, position: int) -> tuple[Operation, tuple[int, ...]]:
    row, nodes = reading(graph, position)
    assert not isinstance(row, ArrayOperation), "what is exported line by line computes numbers"
    return row, nodes


@np.errstate(all="ignore")
def _gives(code: str, at: Mapping[str, float], wanted: float, *, lasting: bool) -> bool:
    """Whether NumPy code gives this number at a point.

    Args:
        code: an expression.
        at: a number for each name in it.
        wanted: the number.
        lasting: ask for one of NumPy's, so that what is computed with it never raises.
    """
    try:
        result = _function(code, tuple(at))(*map(np.float64, at.values()))
    except IMPOSSIBLE:  # what is made of constants alone is computed by Python
        return False
    fits = not lasting or isinstance(result, np.generic | np.ndarray)
    return fits and bool(np.isclose(result, wanted, rtol=_NEAR, atol=0, equal_nan=True))


@lru_cache(maxsize=1024)
def _function(code: str, arguments: tuple[str, ...]) -> Callable[..., Any]:
    return compiled("exported", ", ".join(arguments), [f"return {code}"], _RUN)


def _identifier(node: Node) -> str:
    return "constant" if node.number is not None else identifier(node.name)


def identifier(name: str) -> str:
    """Return a name as Python reads it; what is none begins with a v."""
    plain = re.sub(r"\W", "_", unicodedata.normalize("NFKC", name))
    return plain if plain.isidentifier() else f"v{plain}"


def free(name: str, used: set[str]) -> str:
    """Return a name that is not used yet, and note that it is."""
    while name in used:
        name += "_"
    used.add(name)
    return name
