"""A graph as a NumPy or PyTorch program, and as the body of a LaTeX document.

The numbers of the engine's own pass stand beside every line. Each program runs by itself and ends
with a check of the gradient that shares nothing with the engine.
"""

import ast
import math
from collections.abc import Iterator, Mapping

from backprop.engine.backward import differentiate
from backprop.engine.differences.check import check_gradient
from backprop.engine.errors import InputError
from backprop.engine.graph import Graph
from backprop.engine.saturation import is_bypassed
from backprop.engine.text import to_text
from backprop.engine.trace import Edge, Trace, edges
from backprop.notation.export.latex import latex
from backprop.notation.export.libraries import listed, number_in, quoted
from backprop.notation.export.spelling import Code
from backprop.notation.formula import Formula, Number, Operator, Row
from backprop.notation.numerals import short
from backprop.notation.printer import constant
from backprop.notation.slopes import derivation
from backprop.notation.steps import NameOf

_CLEAR = 1e-5  # a relative difference up to which the exported check, at 1e-4, is sure to agree
_LONGEST = 120  # characters of a formula in the first line

_NUMPY_CHECK = '''\
@np.errstate(all="ignore")
def check(point, values, slopes, unclear=()):
    """Nudge each variable both ways: the function must rise as steeply as its gradient says."""
    rounding = 1e-14 * np.sum(np.abs(np.multiply(values, slopes)))
    for i, (name, ours) in enumerate(gradient.items()):
        nudge = np.zeros(len(point))
        nudge[i] = d = 1e-5 * max(1.0, abs(point[i]))
        found = (function(*(point + nudge)) - function(*(point - nudge))) / (2 * d)
        print(f"{name}: {ours:.9g} by backpropagation, {found:.9g} by differences")
        if name not in unclear:
            most = max(1e-4 * abs(ours), 1e-4 * abs(found), rounding / d)
            assert abs(ours - found) <= most, f"{name}: at a kink, or the gradient is wrong"
'''


def numpy_code(graph: Graph, at: Mapping[str, float]) -> str:
    """Return a program for NumPy alone: both passes line by line, and a check by differences.

    Args:
        graph: of numbers, not of arrays.
        at: a value for each of its variables.

    Raises:
        PointError: the point does not fit the graph's variables.
    """
    trace = differentiate(graph, at)
    code = Code(trace, "np", ("np", "gradient", "function", "check"))
    forward = _forward(code)
    body = ["# Forward pass", *map("".join, forward), "", "# Backward pass", *_backward(code)]
    uses_math = any("math." in line for line in body)
    lines = [
        *_title(graph),
        *_renamed(code),
        *(["import math", ""] if uses_math else []),
        "import numpy as np",
        "",
        *(f"{code.names[i]} = {number_in('np', trace.values[i])}" for i in _variables(graph)),
        *([""] if graph.variables else []),
        'with np.errstate(all="ignore"):  # what overflows is inf, what is undefined nan',
        *(f"    {line}".rstrip() for line in body),
        "",
        *_gradient(code),
        *_numpy_check(code, [line for line, _ in forward]),
    ]
    return "\n".join(lines) + "\n"


def pytorch_code(graph: Graph, at: Mapping[str, float]) -> str:
    """Return a program for PyTorch: the same forward pass, and autograd's gradient beside ours.

    Args:
        graph: of numbers, not of arrays.
        at: a value for each of its variables.

    Raises:
        PointError: the point does not fit the graph's variables.
    """
    trace = differentiate(graph, at)
    code = Code(trace, "torch", ("torch",))
    lines = [
        *_title(graph),
        *_renamed(code),
        "import torch",
        "",
        "torch.set_default_dtype(torch.float64)",
        *(_torch_leaf(code, i) for i in _variables(graph)),
        "",
        "# Forward pass",
        *map("".join, _forward(code)),
        *_torch_check(code),
    ]
    return "\n".join(lines) + "\n"


def latex_derivation(trace: Trace, name_of: NameOf) -> str:
    """Return a function, both passes and the gradient, as a LaTeX document's body, for amsmath.

    Args:
        trace: of a graph of numbers, not of arrays.
        name_of: how a node's name is written.
    """
    graph = trace.graph
    point = [
        latex(Row((name_of(graph.nodes[i].name), Operator("="), _plain(trace.values[i]))))
        for i in _variables(graph)
    ]
    lines = [f"At ${'$, $'.join(point)}$:"] if point else []
    for title, equations in derivation(trace, name_of).items():
        lines += [f"\\subsection*{{{title}}}"] if equations else []
        lines += [f"\\[\n{latex(each)}\n\\]" for each in equations]
    return "\n".join(lines) + "\n"


def _plain(number: float) -> Formula:
    return constant(number) if math.isfinite(number) else Number(short(number), number)


def _title(graph: Graph) -> list[str]:
    """Return the formula as a comment, if it can be typed and is not too long."""
    try:
        text = to_text(graph)
    except InputError:
        return []
    return [f"# {text}"] if len(text) <= _LONGEST else []


def _renamed(code: Code) -> list[str]:
    """Return which variables have another name in the code, as a comment."""
    graph = code.trace.graph
    pairs = [(graph.nodes[i].name, code.names[i]) for i in _variables(graph)]
    renamed = [f"{theirs} is called {ours}" for theirs, ours in pairs if theirs != ours]
    return [f"# Names that Python or this program uses: {', '.join(renamed)}."] if renamed else []


def _variables(graph: Graph) -> list[int]:
    return [i for i, node in enumerate(graph.nodes) if node.is_variable]


def _parameters(graph: Graph) -> list[int]:
    return [i for i in _variables(graph) if not graph.nodes[i].given]


def _forward(code: Code) -> list[tuple[str, str]]:
    """Return a line for each result, each with its value as a comment."""
    graph, values = code.trace.graph, code.trace.values
    lines = [
        (f"{code.names[i]} = {code.value(i)}", f"  # {float(values[i])!r}")
        for i, node in enumerate(graph.nodes)
        if not node.is_leaf
    ]
    if graph.nodes[-1].number is not None:
        lines.append((f"{code.names[-1]} = {code.constant(graph.output)}", ""))
    return lines


def _backward(code: Code) -> Iterator[str]:
    """Give a line for each gradient, right to left: a sum over the uses."""
    trace, varying = code.trace, code.trace.graph.varying()
    terms: dict[int, list[str]] = {}
    for edge, local, product in zip(edges(trace.graph), trace.locals, trace.products, strict=True):
        past = not math.isclose(product, trace.gradients[edge.later] * local, rel_tol=1e-12)
        if past and is_bypassed(trace.graph, edge.later):
            sent = code.past(edge.later)
        else:
            sent = _product(code, edge)
        terms.setdefault(edge.node, []).append(code.where_it_flows(edge, sent))
    yield f"{code.slopes[-1]} = 1.0"
    for i in range(trace.graph.output - 1, -1, -1):
        if varying[i]:
            yield from code.ways(i)
            total = " + ".join(terms.get(i, ["0.0"])).replace(" + -", " - ")
            yield f"{code.slopes[i]} = {total}  # {float(trace.gradients[i])!r}"


def _product(code: Code, edge: Edge) -> str:
    """Return what one use sends back: what arrives there times the local slope."""
    arriving, local = code.slopes[edge.later], code.partial(edge.later, edge.which)
    text = ast.unparse(local)
    if text in ("1", "-1"):
        return text.replace("1", arriving)
    alone = isinstance(local, ast.Name | ast.Constant | ast.Call | ast.Attribute)
    return f"{arriving} * {text}" if alone else f"{arriving} * ({text})"


def _gradient(code: Code) -> list[str]:
    graph = code.trace.graph
    slopes = [f"{quoted(graph.nodes[i].name)}: {code.slopes[i]}" for i in _parameters(graph)]
    return listed("gradient = {", slopes, "}")


def _numpy_check(code: Code, forward: list[str]) -> list[str]:
    """Return the check of the gradient by central differences; nothing if there is no gradient."""
    graph = code.trace.graph
    if not graph.parameters:
        return ["print(gradient)"]
    names = [code.names[i] for i in _parameters(graph)]
    moving = [i for i, varies in enumerate(graph.varying()) if varies]
    unclear = _unclear(code.trace)
    lists = [
        listed("    [", names, "],"),
        listed("    [", [code.names[i] for i in moving], "],"),
        listed("    [", [code.slopes[i] for i in moving], "],"),
        listed("    unclear=[", [*map(quoted, unclear)], "],  # kinks, jumps, inf and nan")
        if unclear
        else [],
    ]
    return [
        "",
        "",
        '@np.errstate(all="ignore")',
        *listed("def function(", names, "):"),
        *(f"    {line}" for line in forward),
        f"    return {code.names[-1]}",
        "",
        "",
        *_NUMPY_CHECK.splitlines(),
        "",
        "",
        "check(",
        *(line for each in lists for line in each),
        ")",
    ]


def _unclear(trace: Trace) -> list[str]:
    """Return the parameters whose slope differences cannot tell at this point."""
    at = {trace.graph.nodes[i].name: trace.values[i] for i in _variables(trace.graph)}
    return [row.name for row in check_gradient(trace.graph, at).rows if not row.relative < _CLEAR]


def _torch_leaf(code: Code, position: int) -> str:
    node, number = code.trace.graph.nodes[position], code.trace.values[position]
    shown = number_in("torch", number)
    if not node.given:
        shown = f"{shown[:-1]}, requires_grad=True)"
    return f"{code.names[position]} = {shown}"


def _torch_check(code: Code) -> list[str]:
    """Return the backward pass by autograd, and our gradient beside its own."""
    trace = code.trace
    graph, output = trace.graph, code.names[-1]
    if not graph.varying()[-1]:
        return [f"print({output})  # a constant: no gradient flows"]
    lines = ["", "# Backward pass", f"{output}.backward()"]
    asked = [i for i in _parameters(graph) if graph.reaching()[i]]
    if not code.is_settled():
        lines.append("# where numbers are infinite or undefined, PyTorch's conventions are its own")
        ours = [f"  # ours: {float(trace.gradients[i])!r}" for i in asked]
        printed = [f"print({code.names[i]}.grad)" for i in asked]
        return [*lines, *map("".join, zip(printed, ours, strict=True))]
    for i in asked:
        equal = f"{code.names[i]}.grad, {number_in('torch', trace.gradients[i])}"
        nan = ", equal_nan=True" if math.isnan(trace.gradients[i]) else ""
        lines.append(f"torch.testing.assert_close({equal}{nan})")
    return [*lines, 'print("PyTorch finds the same gradient.")']
