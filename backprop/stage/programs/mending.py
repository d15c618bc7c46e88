"""Lines that would run in the place of one that does not: “did you mean W.T?”, as an edit.

A hint says in words what may have been meant; here the edits it can mean are made, and each is
offered only if the program can then be read up to that line. So whatever a hint says, what is
offered runs.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from backprop.engine.arrays.grammar import SPELLED_ALIKE, read_expression
from backprop.engine.errors import InputError
from backprop.engine.program import read

MOST = 3  # that are offered
TRIED = 24  # each is read
MEANT = re.compile(r"(?:Did you mean|Write) ([\w ]+?(?: or \w+)?)(?:\(…\)|\?|\.$)")
ELSEWHERE = re.compile(r"\b(?:np|numpy|torch|jnp|F|nn)\.(?=\w)")  # how other languages begin a word
PRODUCT = re.compile(r"(?<![\w.])(\d+(?:\.\d*)?)\s*(?=[^\W\deE_]|\()")
DEFINES = re.compile(r"[^=<>!:]*[:=](?!=)")


@dataclass(frozen=True, slots=True)
class Mend:
    """An edit that makes a line run.

    Attributes:
        line: as it reads then.
        text: the program with it.
    """

    line: str
    text: str


def mended_lines(text: str, error: InputError) -> tuple[Mend, ...]:
    """Return the edits that make the line run at which a program cannot be read.

    Those after which all of it can be read come first.

    Args:
        text: the program.
        error: why it cannot be read; `at` is its place in the text.
    """
    if not isinstance(error.at, int):
        return ()
    start, end = _line_at(text, error.at)
    if end - start > 250:
        return ()
    line = text[start:end]
    tried: dict[str, str] = {}
    for fresh in _edits(line, error.at - start, error, _names_above(text[:start])):
        if fresh != line and len(tried) < TRIED:
            tried[text[:start] + fresh + text[end:]] = fresh
    for whole, changed in _declared(text, error):
        tried[whole] = changed
    good = [Mend(fresh.strip(), whole) for whole, fresh in tried.items()
            if _reads(whole[: len(whole) - len(text) + end])]  # fmt: skip
    return tuple(sorted(good, key=lambda mend: not _reads(mend.text))[:MOST])


def _line_at(text: str, at: int) -> tuple[int, int]:
    """Return where a line, or its part between semicolons, begins and ends."""
    at = min(at, len(text))
    start = max(text.rfind("\n", 0, at), text.rfind(";", 0, at)) + 1
    ends = [k for sign in "\n;#" if (k := text.find(sign, at)) >= 0]
    return start, min(ends, default=len(text))


def _reads(text: str) -> bool:
    try:
        read(text)
    except InputError:
        return False
    return True


def _names_above(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(re.findall(r"(?m)(?:^|;)\s*([^\W\d]\w*)\s*(?:,|=(?!=)|:)", text)))


def _edits(line: str, at: int, error: InputError, names: tuple[str, ...]) -> Iterator[str]:
    """Give what a line may have been meant to be; the likeliest first."""
    yield from _spelled_otherwise(line, error)
    head = DEFINES.match(line)
    begun = head.end() if head else 0
    try:
        tree = read_expression(line[begun:].translate(SPELLED_ALIKE), begun)
    except InputError:
        return
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.expr)]
    here = [node for node in nodes if node.col_offset == at]
    meant = MEANT.search(error.hint)
    words = meant[1].split(" or ") if meant else []
    for node in here or nodes:
        match node:
            case ast.Name():
                near = get_close_matches(node.id, names, n=2, cutoff=0.5)
                alike = [name for name in names if name.lower() == node.id.lower()]
                for word in dict.fromkeys((*words, *alike, *near)):
                    yield _put(line, node, word)
            case ast.Call(func=ast.Name() as called):
                for word in words:
                    yield _put(line, called, word.strip())
            case ast.Attribute():
                yield _put(line, node, f"{_source(line, node)}()")
            case ast.BinOp(op=ast.FloorDiv()):
                sides = (_source(line, each) for each in (node.left, node.right))
                start, end = node.col_offset, node.end_col_offset or len(line)
                yield f"{line[:start]}floor({' / '.join(sides)}){line[end:]}"
    for node in here:
        if isinstance(node, ast.BinOp):
            yield from _turned(line, node, error.hint)


def _spelled_otherwise(line: str, error: InputError) -> Iterator[str]:
    """Give the line as signs of other languages mean it."""
    if "^" in line:
        yield line.replace("^", "**")
    if ELSEWHERE.search(line):
        yield ELSEWHERE.sub("", line)
    if "sign" in error.hint:
        yield PRODUCT.sub(r"\1 * ", line)
    if "bracket" in error.what:
        missing = line.count("(") - line.count(")")
        yield line.rstrip() + ")" * missing if missing > 0 else line.rstrip()[:missing]


def _turned(line: str, node: ast.BinOp, hint: str) -> Iterator[str]:
    """Give the line with one side of a product or a sum transposed, or made a column."""
    word = ".mT" if ".mT" in hint else ".T" if ".T" in hint else ""
    for side in (node.right, node.left):
        source = _source(line, side)
        bare = isinstance(side, ast.BinOp | ast.UnaryOp) and not source.startswith("(")
        single = f"({source})" if bare else source
        if word and isinstance(side, ast.Attribute) and side.attr in ("T", "mT"):
            yield _put(line, side, _source(line, side.value))
        elif word:
            yield _put(line, side, f"{single}{word}")
        if "[:, None]" in hint:
            yield _put(line, side, f"{single}[:, None]")


def _source(line: str, node: ast.expr) -> str:
    """Return how a node is typed, with the brackets around it."""
    start, end = _span(line, node)
    return line[start:end]


def _span(line: str, node: ast.expr) -> tuple[int, int]:
    start, end = node.col_offset, node.end_col_offset or len(line)
    if isinstance(node, ast.BinOp | ast.UnaryOp) and line[:start].endswith("("):
        start, end = (start - 1, end + 1) if line[end:].startswith(")") else (start, end)
    return start, end


def _put(line: str, node: ast.expr, source: str) -> str:
    start, end = _span(line, node)
    return line[:start] + source + line[end:]


def _declared(text: str, error: InputError) -> Iterable[tuple[str, str]]:
    """Give the program with a leaf declared as an index, where that is what is missing."""
    named = re.search(r"“(\w+)” is not an index", error.what)
    if named is None:
        return
    leaf = re.compile(rf"(?m)^(\s*{re.escape(named[1])}\s*:\s*)(?:given\s+)?(?!index\b)(.*)$")
    found = leaf.search(text)
    if found:
        fresh = f"{found[1]}index {found[2]}"
        yield text[: found.start()] + fresh + text[found.end() :], fresh
