"""A long rule as several lines: what it says twice gets a name, and a sum breaks at its signs.

    dS = (dP * g - mean(dP * g) - H * mean(dP * g * H)) / s    with t1 = dP * g said once

The lines are of the language that is typed, so that they can be read, and run, from above.
"""

import ast
import re
from collections import Counter
from collections.abc import Iterator

LONGEST = 90  # characters of a rule that stays one line
LEAST = 8  # characters that a name is worth
MOST_PARTS = 6


def lines_of_rule(text: str) -> tuple[str, ...]:
    """Return a rule as lines, its parts first; one that is short, or unreadable, as it is.

    Args:
        text: as it stands in a step: “dZ = …” or “dZ += …”.
    """
    head, sign, rule = text.partition(" = " if " += " not in text else " += ")
    if len(text) <= LONGEST or not sign:
        return (text,)
    try:
        tree = ast.parse(rule, mode="eval").body
    except SyntaxError:
        return (text,)
    parts: dict[str, ast.expr] = {}
    taken = set(re.findall(r"\w+", text))
    names = (f"t{k}" for k in range(1, 100) if f"t{k}" not in taken)
    while len(parts) < MOST_PARTS:
        found = _most_said([tree, *parts.values()])
        if found is None:
            break
        name = next(names)
        tree = _named(tree, found, name)
        parts = {each: _named(part, found, name) for each, part in parts.items()}
        parts[name] = ast.parse(found, mode="eval").body
    order = tuple(_in_order(parts))
    again = dict(zip(order, sorted(parts), strict=True))  # so that they count from above
    lines = [f"{again[name]} = {_renamed(parts[name], again)}" for name in order]
    return (*lines, *broken_sum(f"{head}{sign}{_renamed(tree, again)}"))


def _renamed(tree: ast.expr, names: dict[str, str]) -> str:
    return re.sub(r"\w+", lambda word: names.get(word[0], word[0]), ast.unparse(tree))


def _named(tree: ast.expr, text: str, name: str) -> ast.expr:
    """Return an expression with a name in the place of a part of it."""
    found = _Naming(text, name).visit(tree)
    assert isinstance(found, ast.expr), "a name is an expression, too"
    return found


class _Naming(ast.NodeTransformer):
    """Puts a name in the place of an expression."""

    def __init__(self, text: str, name: str) -> None:
        self.text, self.name = text, name

    def visit(self, node: ast.AST) -> ast.AST:
        """Return the node, or the name where it is the expression."""
        if isinstance(node, ast.BinOp | ast.Call) and ast.unparse(node) == self.text:
            return ast.Name(self.name)
        return self.generic_visit(node)


def _most_said(trees: list[ast.expr]) -> str | None:
    """Return the expression that a name shortens most; None where none is said twice."""
    counts = Counter(
        ast.unparse(node)
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.BinOp | ast.Call)
    )
    worth = {text: (len(text) - 2) * (count - 1) for text, count in counts.items() if count > 1}
    best = max(worth, key=lambda text: (worth[text], len(text)), default="")
    return best if worth.get(best, 0) >= LEAST else None


def _in_order(parts: dict[str, ast.expr]) -> Iterator[str]:
    """Give the parts so that each stands below those that it reads."""
    left = dict(parts)
    while left:
        ready = [name for name, part in left.items() if not _names(part) & left.keys()]
        for name in ready:
            del left[name]
            yield name


def _names(tree: ast.expr) -> set[str]:
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def broken_sum(line: str) -> Iterator[str]:
    """Give a long line in pieces, each of which begins with the sign of a term."""
    if len(line) <= LONGEST:
        yield line
        return
    depths, depth = [], 0
    for sign in line:
        depth += (sign in "([") - (sign in ")]")
        depths.append(depth)
    begun = line.index("=") + 2
    places = [m.start() for m in re.finditer(r" [-+] ", line) if m.start() > begun]
    outer = min((depths[k] for k in places), default=2)
    breaks = [k for k in places if depths[k] == outer <= 1]
    for k, (start, end) in enumerate(zip([0, *breaks], [*breaks, len(line)], strict=True)):
        yield f"{'   ' * bool(k)}{line[start:end]}"
