"""A graph becomes the formula that one would type for it: “(x + y) * z”.

Inside, a part is its text and how tightly that binds, from COMPARED (loosest) to OPERAND.
"""

from backprop.engine.errors import ExpressionError, LimitError
from backprop.engine.graph import Graph
from backprop.engine.ops import COMPARISONS, FUNCTIONS, OPS
from backprop.engine.tokens import CONSTANTS

PRINTED = 100_000  # characters; the text repeats what the graph shares

COMPARED, SUM, PRODUCT, SIGNED, POWER, OPERAND = range(6)  # how tightly a text binds
BETWEEN = {
    name: (f" {row.typed} ", COMPARED) for name, row in OPS.items() if row.typed in COMPARISONS
}
BETWEEN |= {"add": (" + ", SUM), "subtract": (" - ", SUM)}
BETWEEN |= {"multiply": (" * ", PRODUCT), "divide": (" / ", PRODUCT)}
NAMED = {number: name for name, number in CONSTANTS.items() if name.isascii()}


def to_text(graph: Graph) -> str:
    """Return the formula of a graph, with no parentheses that it can do without.

    Reading it back gives the graph again, if that came from `parse`. The names of results are
    lost, and a shared node is written out at each use (so read it back with share=True).

    Raises:
        ExpressionError: an operation of the graph cannot be typed, such as a weighted sum.
        LimitError: more than 100,000 characters.
    """
    texts: list[tuple[str, int]] = []  # each node's text, and how tightly it binds
    for node in graph.nodes:
        if node.number is not None:
            texts.append(_number_text(node.number))
        elif node.is_leaf:
            texts.append((node.name, OPERAND))
        else:
            texts.append(_result_text(node.operation, [texts[i] for i in node.inputs]))
        if len(texts[-1][0]) > PRINTED:
            hint = f"At most {PRINTED:,} characters are possible."
            raise LimitError("Written as one formula this is too long.", hint=hint)
    return texts[-1][0]


def _number_text(number: float) -> tuple[str, int]:
    text = NAMED.get(number) or repr(number).removesuffix(".0")
    return text, SIGNED if text.startswith("-") else OPERAND


def _result_text(operation: str, inputs: list[tuple[str, int]]) -> tuple[str, int]:
    first, last = inputs[0], inputs[-1]
    if operation in BETWEEN:
        sign, tightness = BETWEEN[operation]
        left = tightness + (tightness == COMPARED)  # a < b < c cannot be typed
        return f"{_bracketed(first, left)}{sign}{_bracketed(last, tightness + 1)}", tightness
    if operation == "power":
        return f"{_bracketed(first, OPERAND)}^{_bracketed(last, SIGNED)}", POWER
    if operation == "negate":
        is_number = first[0][0] in "0123456789" and first[1] == OPERAND  # −2 is read as one number
        return f"-({first[0]})" if is_number else f"-{_bracketed(first, SIGNED)}", SIGNED
    row = OPS.get(operation)
    if row is None or row.typed not in FUNCTIONS:
        what = f"“{operation}” cannot be typed in a formula."
        raise ExpressionError(what, hint="Written out in single operations it can.")
    texts = [text for text, _ in inputs]
    if len(texts) == 2 and first[1] == OPERAND and texts[0].startswith(f"{row.typed}("):
        texts[0] = texts[0][len(row.typed) + 1 : -1]  # max(max(x, y), z) is max(x, y, z)
    return f"{row.typed}({', '.join(texts)})", OPERAND


def _bracketed(part: tuple[str, int], tightness: int) -> str:
    """Return a part's text, in parentheses if it binds less tightly than its place needs."""
    text, own = part
    return text if own >= tightness else f"({text})"
