"""The text of a program becomes statements; nothing that is typed is ever run.

    program  = { line }          ";" starts a new line, "#" a comment
    line     = leaf | NAME { "," NAME } "=" expression | expression       only the last without name
    leaf     = NAME ":" [ "given" | "index" ] shape "=" source
    shape    = INT { "x" INT } | "scalar"
    source   = ("random" | "uniform") SEED [ "*" NUMBER ] [ "below" INT ]
             | zeros | ones | eye | stored | NUMBER | nested list

Right of “=” stands a Python expression: it is read by ast.parse, and only a closed list of its
nodes is accepted. Positions in messages count characters from the start of the whole text.
"""

import ast
import keyword
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from backprop.engine.arrays.shapes import AXES, Shape
from backprop.engine.errors import ExpressionError, InputError, LimitError

CHARACTERS = 4_000
LINES = 60
IN_A_LINE = 200
IN_A_LIST = 1_000
NESTING = 20  # brackets
DEPTH = 110  # of operations, as in x + x + x
ENTRIES = 4_096  # of a named line
LARGEST = 1_000_000  # of a seed or a length, in digits that a person types

SPELLED_ALIKE = str.maketrans({"−": "-", "·": "*", "⋅": "*", "∗": "*", "×": "*", "÷": "/"})
READABLE = frozenset("()[]{}+-*/@.,:=<>!_'\"#; \t")  # beside letters and digits
LEAF = re.compile(r"\s*([^\W\d]\w*)\s*:(?!=)(.*)", re.DOTALL)
LENGTHS = re.compile(r"\d+(\s*[x×*,]\s*\d+)*")
NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
DRAWN = re.compile(rf"(random|uniform)\s+(\d+)(?:\s*\*\s*({NUMBER}))?(?:\s+below\s+(\d+))?")
CHANGING = "<>!=+-*/@"  # what a sign “=” may follow that gives nothing
LEAF_EXAMPLE = "Write a leaf as in W : 3 x 2 = random 1, or X : given 4 x 3 = [[…], …]."
KINDS = ("free", "given", "index")
ACCEPTED = (  # the nodes of Python that an expression may hold
    *(ast.BinOp, ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.MatMult, ast.Pow),
    *(ast.UnaryOp, ast.USub, ast.UAdd, ast.Compare, ast.Lt, ast.LtE, ast.Gt, ast.GtE),
    *(ast.Eq, ast.NotEq, ast.Constant, ast.Name, ast.Load, ast.Attribute, ast.Subscript),
    *(ast.Slice, ast.Tuple, ast.List, ast.Call, ast.keyword),
)
INSTEAD = {
    ast.BoolOp: "Multiply comparisons, as in (x > 0) * (x < 1).",
    ast.IfExp: "Write where(x > 0, a, b) to choose.",
    ast.Lambda: "Programs have lines, no functions of their own.",
    ast.ListComp: "Programs have no loops: write each step as a line.",
    ast.GeneratorExp: "Programs have no loops: write each step as a line.",
    ast.BitXor: "Write ** for a power.",
    ast.Mod: "Write x - y * floor(x / y) for what division leaves.",
    ast.NamedExpr: "Give each result a line of its own.",
}


class Source(NamedTuple):
    """Where the values of a leaf come from.

    Attributes:
        kind: random, uniform, zeros, ones, eye, number, list or stored.
        seed: of what is drawn.
        factor: what is drawn is multiplied with it; the number itself, for “number”.
        below: whole numbers are drawn below it.
        entries: the nested list, as typed.
    """

    kind: str
    seed: int = 0
    factor: float = 1.0
    below: int = 0
    entries: tuple[object, ...] = ()


ZEROS = Source("zeros")


@dataclass(frozen=True, slots=True)
class Statement:
    """One line as it is read.

    Attributes:
        names: what it defines; two for a cell that gives two results, none for a bare expression.
        start: where the line begins in the text.
        text: the part right of “=” or “:”, as typed.
        expression: of a result; None for a leaf.
        offset: where the expression begins in the text.
        kind: of a leaf: free, given or index.
        shape: of a leaf.
        source: of a leaf.
    """

    names: tuple[str, ...]
    start: int
    text: str
    expression: ast.expr | None = None
    offset: int = 0
    kind: str = ""
    shape: Shape = ()
    source: Source = ZEROS


def read_program(text: str) -> tuple[Statement, ...]:
    """Return the statements of a program.

    Raises:
        ExpressionError: a line cannot be read.
        LimitError: more than 4,000 characters, 60 lines, or 200 characters in a line.
    """
    if len(text) > CHARACTERS:
        hint = f"At most {CHARACTERS:,} are possible."
        raise LimitError(f"The program has {len(text):,} characters.", hint=hint, at=CHARACTERS)
    statements = tuple(_statement(line, start) for start, line in _lines(text))
    if not statements:
        raise ExpressionError("There is no line.", hint="Type one, such as y = x * x.", at=0)
    if len(statements) > LINES:
        hint = f"At most {LINES} are possible."
        raise LimitError(f"The program has {len(statements)} lines.", hint=hint)
    for statement in statements[:-1]:
        if not statement.names:
            what = f"“{statement.text.strip()}” has no name."
            hint = "Only the last line may stand without one: write name = … before it."
            raise ExpressionError(what, hint=hint, at=statement.start)
    return statements


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Give each line that says something, and where it starts."""
    start = 0
    for whole in text.split("\n"):
        said, at = whole.partition("#")[0], start
        for piece in said.split(";"):
            if piece.strip():
                yield at + len(piece) - len(piece.lstrip()), piece.strip()
            at += len(piece) + 1
        start += len(whole) + 1


def _statement(line: str, start: int) -> Statement:
    """Return the statement of a line; places in messages and trees are those of the text typed."""
    spelled = line.translate(SPELLED_ALIKE)
    plain = unicodedata.normalize("NFKC", spelled)
    try:
        statement = _read_statement(plain, start)
    except InputError as error:
        at = located(error, start).at
        if plain != spelled and isinstance(at, int):
            error.at = start + _typed_places(spelled)[at - start]
        raise
    if plain != spelled and statement.expression is not None:
        places = _typed_places(spelled)
        for node in ast.walk(statement.expression):
            if isinstance(node, ast.expr | ast.keyword):
                node.col_offset = start + places[node.col_offset - start]
    return statement


def _typed_places(spelled: str) -> list[int]:
    """Return, for each character of a line in its plain form, and for its end, where it is typed.

    One sign may be plain as several (“ﬁ” as “fi”), and several as one.
    """
    places: list[int] = []
    for k in range(len(spelled)):
        plain = unicodedata.normalize("NFKC", spelled[: k + 1])
        places += [k] * (len(plain) - len(places))
    return [*places, len(spelled), len(spelled)]


def _read_statement(plain: str, start: int) -> Statement:
    _check_characters(plain, start)
    if (match := LEAF.fullmatch(plain)) and "[" not in match[1]:
        return _leaf(match[1], match[2], start, start + match.start(2))
    if len(plain) > IN_A_LINE:
        what = f"This line has {len(plain)} characters."
        raise LimitError(what, hint=f"At most {IN_A_LINE} are possible.", at=start)
    before, sign, after = _split(plain)
    if not sign:
        return Statement((), start, plain, read_expression(plain, start), start)
    names = tuple(name.strip() for name in before.split(","))
    offset = start + len(before) + 1
    for name in names:
        check_name(name, start)
    if not after.strip():
        what = f"“{names[0]}” is given nothing."
        raise ExpressionError(what, hint="Type what it is after the equals sign.", at=offset)
    return Statement(names, start, after.strip(), read_expression(after, offset), offset)


def _split(line: str) -> tuple[str, str, str]:
    """Return a line's parts before and after its “=”, if it has one outside of brackets."""
    depth = 0
    for at, sign in enumerate(line):
        depth += (sign in "([{") - (sign in ")]}")
        before = line[at - 1 : at]
        is_alone = line[at + 1 : at + 2] != "=" and before not in CHANGING
        if sign == "=" and depth == 0 and is_alone:
            return line[:at], "=", line[at + 1 :]
        if sign == "=" and at == 0:
            break
    if (match := re.match(r"\s*\w+\s*([-+*/@]|\*\*)=[^=]", line)) is not None:
        what = f"“{match[0][:-1].strip()}” changes a line that stands."
        raise ExpressionError(what, hint="Each name is given once: write a new one.")
    return line, "", ""


def _check_characters(line: str, start: int) -> None:
    depth = 0
    for at, sign in enumerate(line):
        if not (sign.isalnum() or sign in READABLE):
            hint = "Write ** for a power." if sign == "^" else ""
            hint = hint or "I read letters, digits, + - * / @ **, brackets, commas and points."
            raise ExpressionError(f"“{sign}” has no meaning here.", hint=hint, at=start + at)
        depth += (sign in "([{") - (sign in ")]}")
        if depth > NESTING:
            what = f"More than {NESTING} brackets stand inside each other here."
            raise LimitError(what, hint=f"At most {NESTING} levels are possible.", at=start + at)


def check_name(name: str, at: int) -> None:
    """Refuse what cannot be a name.

    Raises:
        ExpressionError: it is none, or is a word of Python.
    """
    if not name.isidentifier() or name.startswith("_"):
        hint = "A name is a letter, then letters, digits and underscores."
        raise ExpressionError(f"“{name}” is no name.", hint=hint, at=at)
    letters = (unicodedata.name(sign, "") for sign in name if sign.isalpha())
    if not all(letter.startswith(("LATIN ", "GREEK ")) for letter in letters):
        hint = "Names are of Latin and Greek letters."
        raise ExpressionError(f"“{name}” is no name here.", hint=hint, at=at)
    if keyword.iskeyword(name):
        hint = f"Call it {name}_, say."
        raise ExpressionError(f"“{name}” is a word of Python.", hint=hint, at=at)


def read_expression(text: str, offset: int = 0) -> ast.expr:
    """Return a Python expression, if it is one of those that programs may hold.

    Raises:
        ExpressionError: it cannot be read, or holds what programs have not.
    """
    leading = len(text) - len(text.lstrip())
    stripped = text.strip()
    try:
        tree = ast.parse(stripped, mode="eval").body
    except SyntaxError as error:
        at = min((error.offset or 1) - 1, len(stripped))
        raise _unreadable(stripped, at, offset + leading) from None
    _check_depth(tree, offset)
    for node in ast.walk(tree):
        if not isinstance(node, ACCEPTED):
            raise _not_accepted(node, stripped, offset + leading)
        if isinstance(node, ast.Constant):
            _check_constant(node, stripped, offset + leading)
        if isinstance(
            node, ast.expr | ast.keyword
        ):  # counts bytes of UTF-8: make it the place in the text
            node.col_offset = offset + leading + _characters(stripped, node.col_offset)
            node.end_col_offset = offset + leading + _characters(stripped, node.end_col_offset or 0)
    return tree


def _check_depth(tree: ast.expr, at: int) -> None:
    """Refuse what is nested deeper than those who read it go."""
    level: list[ast.AST] = [tree]
    for _ in range(DEPTH):
        level = [inner for outer in level for inner in ast.iter_child_nodes(outer)]
        if not level:
            return
    what = f"More than {DEPTH} signs stand one after another here."
    raise LimitError(what, hint="Make it two lines or more.", at=at)


def _characters(text: str, bytes_before: int) -> int:
    return len(text.encode()[:bytes_before].decode(errors="ignore"))


def _unreadable(text: str, at: int, offset: int) -> ExpressionError:
    opened = text.count("(") + text.count("[") - text.count(")") - text.count("]")
    if opened > 0:
        return ExpressionError("A bracket stays open.", hint="Close it.", at=offset + len(text))
    if opened < 0:
        return ExpressionError("A bracket is closed that was not opened.", at=offset + at)
    if text.endswith(("+", "-", "*", "/", "@", ".", "<", ">")):
        what = f"This line breaks off after “{text[-1]}”."
        return ExpressionError(what, at=offset + len(text))
    here = text[at : at + 12].strip()
    if re.search(r"\d\s*[^\W\d]", text) and not re.search(r"\d[eE]", text):
        hint = "A product needs its sign: 2 * x."
    else:
        hint = "Right of “=” stands an expression, as in tanh(X @ W.T + b)."
    what = f"I cannot read on at “{here}”." if here else "This line breaks off."
    return ExpressionError(what, hint=hint, at=offset + at)


def _not_accepted(node: ast.AST, text: str, offset: int) -> ExpressionError:
    quoted = ast.get_source_segment(text, node) if isinstance(node, ast.expr) else ""
    what = f"“{quoted}” is not read here." if quoted else "This line holds what is not read here."
    hint = next((hint for kind, hint in INSTEAD.items() if isinstance(node, kind)), "")
    at = offset + getattr(node, "col_offset", 0)
    return ExpressionError(what, hint=hint or "See what can be typed under the field.", at=at)


def _check_constant(node: ast.Constant, text: str, offset: int) -> None:
    value, at = node.value, offset + _characters(text, node.col_offset)
    if isinstance(value, bool) or value is None or value is ... or isinstance(value, str):
        return
    if isinstance(value, int | float):
        if abs(value) > 1e300:
            raise ExpressionError("This number is too large.", hint="Up to 1e300.", at=at)
        return
    what = f"“{ast.get_source_segment(text, node)}” is no number that is read here."
    raise ExpressionError(what, at=at)


# Leaves


def _leaf(name: str, rest: str, start: int, offset: int) -> Statement:
    """Read what stands right of the colon of a leaf."""
    check_name(name, start)
    declared, sign, source = rest.partition("=")
    if len(rest) > IN_A_LIST + IN_A_LINE:
        what = f"The list of “{name}” has {len(rest)} characters."
        raise LimitError(what, hint=f"At most {IN_A_LIST:,} are possible.",
                         at=offset)  # fmt: skip
    words = declared.split(None, 1)
    kind = words[0] if words and words[0] in KINDS[1:] else "free"
    spelled = declared.strip().removeprefix(kind).strip() if kind != "free" else declared.strip()
    shape = _read_shape(spelled, name, offset)
    if not sign or not source.strip():
        what = f"“{name}” has no values."
        raise ExpressionError(what, hint=LEAF_EXAMPLE, at=offset)
    found = _read_source(source.strip(), name, offset + len(declared) + 1)
    _check_source(found, kind, shape, name, offset)
    return Statement((name,), start, rest.strip(), kind=kind, shape=shape, source=found)


def _read_shape(spelled: str, name: str, at: int) -> Shape:
    plain = spelled.strip("() ").rstrip(", ")
    if plain in ("scalar", "number", "1") and spelled.strip() != "1":
        return ()
    if not LENGTHS.fullmatch(plain):
        what = f"“{spelled}” is no shape." if spelled else f"“{name}” has no shape."
        raise ExpressionError(what, hint=LEAF_EXAMPLE, at=at)
    lengths = [int(each[:8]) for each in re.findall(r"\d+", plain)]
    if len(lengths) > AXES:
        what = f"“{name}” has {len(lengths)} axes."
        raise LimitError(what, hint=f"At most {AXES} are possible.", at=at)
    entries = 1
    for n in lengths:
        entries *= n
    if not entries:
        raise ExpressionError(f"“{name}” has an axis of length 0.", hint=LEAF_EXAMPLE, at=at)
    if entries > ENTRIES:
        what = f"“{name}” has {entries:,} entries."
        raise LimitError(what, hint=f"At most {ENTRIES:,} are possible.", at=at)
    return tuple(lengths)


def _read_source(text: str, name: str, at: int) -> Source:
    if text in ("zeros", "ones", "eye", "stored"):
        return Source(text)
    if match := DRAWN.fullmatch(text):
        seed, factor, below = (
            match[2],
            _finite(float(match[3] or 1), at),
            int((match[4] or "0")[:8]),
        )
        if len(seed) > len(str(LARGEST)):
            raise LimitError(f"The seed {seed} is too large.", hint="Up to 7 digits.", at=at)
        return Source(match[1], int(seed), factor, below)
    if re.fullmatch(NUMBER, text):
        return Source("number", factor=_finite(float(text), at))
    if text.startswith("["):
        return Source("list", entries=_read_list(text, at))
    what = f"“{text[:40]}” is no source of values for “{name}”."
    hint = "Write random 1, uniform 1, zeros, ones, eye, a number, or a list."
    raise ExpressionError(what, hint=hint, at=at)


def _finite(number: float, at: int) -> float:
    if abs(number) > 1e300:
        raise ExpressionError("This number is too large.", hint="Up to 1e300.", at=at)
    return number


def _read_list(text: str, at: int) -> tuple[object, ...]:
    try:
        tree = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        hint = "Write it as in [[1, 2], [3, 4]]."
        raise ExpressionError("This list cannot be read.", hint=hint, at=at) from None
    return _entries(tree, at)


def _entries(tree: ast.expr, at: int) -> tuple[object, ...]:
    if not isinstance(tree, ast.List):
        raise ExpressionError("This is no list of numbers.", at=at)
    return tuple(
        _entries(each, at) if isinstance(each, ast.List) else _typed_number(each, at)
        for each in tree.elts
    )


def _typed_number(tree: ast.expr, at: int) -> float:
    sign = 1.0
    while isinstance(tree, ast.UnaryOp) and isinstance(tree.op, ast.USub | ast.UAdd):
        sign = -sign if isinstance(tree.op, ast.USub) else sign
        tree = tree.operand
    is_number = isinstance(tree, ast.Constant) and type(tree.value) in (int, float)
    if not is_number:
        what = f"“{ast.unparse(tree)[:20]}” in this list is no number."
        raise ExpressionError(what, hint="Write it as in [[1, 2], [3, 4]].", at=at)
    assert isinstance(tree, ast.Constant)
    return sign * _finite(float(tree.value), at)  # type: ignore[arg-type]


def _check_source(source: Source, kind: str, shape: Shape, name: str, at: int) -> None:
    """Refuse a source that does not fit the leaf's kind or shape."""
    if kind == "index" and source.kind in ("random", "uniform") and not source.below:
        what = f"“{name}” is an index: whole numbers below something."
        raise ExpressionError(what, hint="Write index 4 = random 2 below 3.", at=at)
    if kind != "index" and source.below:
        what = f"“below” gives whole numbers, and “{name}” is no index."
        raise ExpressionError(what, hint=f"Write {name} : index … = random 2 below 3.", at=at)
    if source.kind == "eye" and (len(shape) != 2 or shape[0] != shape[1]):
        raise ExpressionError(f"eye is square, and “{name}” is not.", at=at)
    if source.kind == "list" and (found := list_shape(source.entries)) != shape:
        listed, said = ("×".join(map(str, each)) for each in (found or (0,), shape))
        what = f"The list of “{name}” is {listed}, and its shape is {said}."
        raise ExpressionError(what, at=at)


def list_shape(entries: tuple[object, ...]) -> Shape:
    """Return the shape of a nested list.

    Raises:
        ExpressionError: its rows are not equally long.
    """
    inner = {list_shape(each) if isinstance(each, tuple) else () for each in entries}
    if len(inner) > 1:
        raise ExpressionError("The rows of a list are not equally long.")
    return (len(entries), *(inner.pop() if inner else ()))


def located(error: InputError, at: int) -> InputError:
    """Return an error that says where: its own place, or this one."""
    if error.at is None:
        error.at = at
    return error
