r"""A program of arrays as a LaTeX document: its lines, and the rule of each use, in letters.

    Z = X W^{\top} + b                                                4×2
    ∂L/∂W = (∂L/∂Z)^{\top} X                                          2×3, through Z

Every rule is inline mathematics, without \left and \right, so that TeX can break a long one.
"""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from backprop.engine.arrays.contractions import read_letters
from backprop.engine.arrays.lines import Line
from backprop.engine.arrays.rows import ENTRYWISE
from backprop.engine.arrays.shapes import Shape
from backprop.engine.arrays.trees import called
from backprop.engine.arrays.uses import uses
from backprop.engine.program import Program
from backprop.notation.export.latex import escaped, heading, latex
from backprop.notation.export.programs.named import NamedProgram, named
from backprop.notation.names import label_of

SIGNS: dict[type[ast.AST], tuple[str, int]] = {  # how a sign is written, and how it binds
    **{ast.Add: ("+", 1), ast.Sub: ("-", 1), ast.MatMult: (r"\,", 3), ast.Mult: (r"\odot", 2)},
    **{ast.Div: ("/", 2), ast.Pow: ("^", 5), ast.FloorDiv: ("/", 2)},
}
COMPARED = {ast.Lt: "<", ast.LtE: r"\leq", ast.Gt: ">", ast.GtE: r"\geq", ast.Eq: "="}
FUNCTIONS = {name: f"\\{name}" for name in ("exp", "sin", "cos", "tan", "tanh", "sinh", "cosh")}
FUNCTIONS |= {"log": r"\ln", "sigmoid": r"\sigma", "asin": r"\arcsin", "acos": r"\arccos"}
FUNCTIONS |= {"atan": r"\arctan", "max": r"\max", "min": r"\min", "sum": r"\sum"}
FUNCTIONS |= {"maximum": r"\max", "minimum": r"\min"}
LIKE = ("fit", "spread", "placed", "overlap_add")  # the second argument says only a shape
ATOM = 9

HEAD = r"""\documentclass{article}
\usepackage{amsmath}
\begin{document}
\section*{A program of arrays}
Letters side by side are a matrix product; $\odot$, quotients, powers and functions work entry by
entry. A number below a word is an axis, counted from 0; a comparison counts 1 or 0, and $T$ turns
the last two axes.
"""
WORDS = {  # said where they occur
    "fit": "$\\operatorname{fit}$ sums up what broadcasting repeated.",
    "spread": "$\\operatorname{spread}$ repeats along the axes that a sum took away.",
    "placed": "$\\operatorname{placed}$ puts entries back where they were taken from, and adds "
    "where there are two.",
    "windows": "$\\operatorname{windows}$ are the parts of an array that a filter meets.",
    "overlap_add": "$\\operatorname{overlap\\_add}$ adds windows up where they were taken from.",
    "peaks": "$\\operatorname{peaks}$ is the share of each entry in being the largest.",
    "first_peak": "$\\operatorname{first\\_peak}$ is 1 at the first of the largest, else 0.",
    "standardize": "$\\operatorname{standardize}$ takes the mean away and divides by the "
    "deviation.",
}


def latex_program(program: Program) -> str:
    """Return a document: the leaves with their shapes, each line, the rule of each use."""
    found = named(program)
    letters = Letters(found)
    parts = [HEAD]
    lines = [line for line in found.program.lines if line.kind != "opened"]
    leaves = [line for line in lines if line.is_leaf]
    if leaves:
        parts += [heading(("Leaves",)), *_flush(map(letters.leaf, leaves))]
    forward = []
    for names, tree in found.forward():
        left = ",\\ ".join(letters.name(name) for name in names if name != "_")
        inner = next(name for name in names if name != "_")
        forward.append(_row(f"{left} = {letters.tex(tree)}", found.program.shape(inner)))
    parts += [heading(("Forward",)), *_flush(forward)]
    back = [_row(f"{letters.start} = 1", ())]
    for use in uses(found.program):
        sign = "=" if use.times == 1 else r"\mathrel{+}="
        left, text = letters.name(f"d{use.name}"), ast.parse(use.text, mode="eval").body
        shape = found.program.shape(use.name)
        through = f", through ${letters.name(use.line)}$"
        back.append(_row(f"{left} {sign} {letters.tex(text)}", shape, through))
    parts += [heading(("Backward, a line for each use",)), *_flush(back)]
    said = [text for word, text in WORDS.items() if word in letters.words]
    parts += [" ".join(said)] if said else []
    return "\n".join([*parts, "\\end{document}"]) + "\n"


def _flush(rows: Iterable[str]) -> Iterator[str]:
    yield "\\begin{flushleft}"
    yield " \\\\[3pt]\n".join(rows)
    yield "\\end{flushleft}"


def _row(formula: str, shape: Shape, after: str = "") -> str:
    return f"$\\displaystyle {formula}$ \\hfill {_shape(shape)}{after}"


def _shape(shape: Shape) -> str:
    lengths = " \\times ".join(map(str, shape))
    return f"${lengths or 1}$"


@dataclass(eq=False)
class Letters:
    """Writes expressions of a program in letters; notes which words occur."""

    named: NamedProgram

    def __post_init__(self) -> None:
        back = {inner: name for name, inner in self.named.typed.items()}
        self.output = self.named.program.nodes[self.named.program.output].name
        value = latex(label_of(_own(back[self.output])))
        self.names: dict[str, str] = {
            spelled: text
            for inner, name in back.items()
            for letter in [latex(label_of(_own(name)))]
            for spelled, text in (
                (inner, letter),
                (f"d{inner}", rf"\frac{{\partial {value}}}{{\partial {letter}}}"),
            )
        }
        self.start = self.names[f"d{self.output}"]
        self.names[f"d{self.output}"] = "1"
        self.words: set[str] = set()

    def name(self, inner: str) -> str:
        """Return a line, or a gradient, as it is written."""
        return self.names[inner]

    def leaf(self, line: Line) -> str:
        """Return a leaf with its shape."""
        kind = {"free": "", "given": ", given", "index": ", an index"}[line.kind]
        return (
            f"${self.name(line.name)}$ \\hfill {_shape(self.named.program.shape(line.name))}{kind}"
        )

    def tex(self, tree: ast.expr, binds: int = 0) -> str:
        """Return an expression, in brackets where it binds less than what stands around it."""
        text, own = self._written(tree)
        return f"({text})" if own < binds else text

    def _written(self, tree: ast.expr) -> tuple[str, int]:
        match tree:
            case ast.Name(id=name) if name in self.names:
                return self.names[name], 4 if name.startswith("d") else ATOM
            case ast.Name(id=name) | ast.Attribute(value=ast.Name(id="np" | "torch"), attr=name):
                return {"inf": r"\infty", "pi": r"\pi"}.get(
                    name, f"\\text{{{escaped(name)}}}"
                ), ATOM
            case ast.Constant(value=bool() | None as value):
                return f"\\text{{{value}}}", ATOM
            case ast.Constant(value=str() as text):
                return f"\\text{{{escaped(text)}}}", ATOM
            case ast.Constant(value=value) if isinstance(value, int | float):
                return _number(float(value)), ATOM
            case ast.UnaryOp(op=op, operand=operand):
                sign = "-" if isinstance(op, ast.USub) else ""
                return f"{sign}{self.tex(operand, 2)}", 1
            case ast.BinOp():
                return self._between(tree)
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                sign = COMPARED.get(type(op), r"\neq")
                return f"{self.tex(left, 1)} {sign} {self.tex(right, 1)}", 0
            case ast.Attribute(value=value, attr="T" | "mT"):
                return f"{{{self.tex(value, 5)}}}^{{T}}", 6
            case ast.Attribute(value=value, attr=attr):
                return f"{self.tex(value, ATOM)}.\\text{{{escaped(attr)}}}", ATOM
            case ast.Subscript(value=value):
                return f"{{{self.tex(value, 8)}}}_{{[{self._index(tree.slice)}]}}", 8
            case ast.Tuple(elts=several) | ast.List(elts=several):
                return f"({', '.join(map(self.tex, several))})", ATOM
        assert isinstance(tree, ast.Call), "all that is accepted stands above"
        return self._call(tree)

    def _between(self, tree: ast.BinOp) -> tuple[str, int]:
        sign, own = SIGNS[type(tree.op)]
        if isinstance(tree.op, ast.Pow):
            base = self.tex(tree.left, 7)
            return f"{{{base}}}^{{{self.tex(tree.right)}}}", 5
        if isinstance(tree.op, ast.Div) and not _is_long(tree):
            return rf"\frac{{{self.tex(tree.left)}}}{{{self.tex(tree.right)}}}", 4
        left, right = self.tex(tree.left, own), self.tex(tree.right, own + 1)
        if isinstance(tree.op, ast.Mult) and (self._is_scalar(tree.left) or
                                              self._is_scalar(tree.right)):  # fmt: skip
            sign = r"\cdot"
        return f"{left} {sign} {right}", own

    def _is_scalar(self, tree: ast.expr) -> bool:
        """Whether an expression is surely one number."""
        names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        shape = self.named.program.shape
        inner = [name.removeprefix("d") for name in names & set(self.names)]
        plain = all(
            isinstance(
                node,
                ast.BinOp
                | ast.UnaryOp
                | ast.operator
                | ast.unaryop
                | ast.Name
                | ast.Constant
                | ast.Load
                | ast.Call,
            )
            for node in ast.walk(tree)
        )
        calls = {called(n) for n in ast.walk(tree) if isinstance(n, ast.Call)}
        return plain and calls <= set(ENTRYWISE) and not any(shape(name) for name in inner)

    def _index(self, tree: ast.expr) -> str:
        items = tree.elts if isinstance(tree, ast.Tuple) else [tree]
        return ",".join(map(self._item, items))

    def _item(self, item: ast.expr) -> str:
        if isinstance(item, ast.Slice):
            step = [item.step] if item.step else []
            return "{:}".join(self.tex(p) if p else "" for p in (item.lower, item.upper, *step))
        if isinstance(item, ast.Constant) and item.value is None:
            return r"\text{new}"
        return r"\cdots" if isinstance(item, ast.Constant) and item.value is ... else self.tex(item)

    def _call(self, tree: ast.Call) -> tuple[str, int]:
        word, several = called(tree), [*tree.args]
        self.words.add(word)
        if isinstance(tree.func, ast.Attribute) and not self._is_library(tree.func.value):
            several.insert(0, tree.func.value)
        below = [k.value for k in tree.keywords if k.arg in ("axis", "dim")]
        if word in ("sqrt", "abs"):
            inner = self.tex(several[0])
            return (rf"\sqrt{{{inner}}}" if word == "sqrt" else rf"\lvert {inner} \rvert"), ATOM
        if word == "where":
            c, a, b = map(self.tex, several)
            otherwise = rf"{a} & \text{{if }} {c} \\ {b} & \text{{otherwise}}"
            return rf"\begin{{cases}} {otherwise} \end{{cases}}", 4
        if word == "einsum":
            return self._einsum(several)
        if word == "stop":
            return self._written(several[0])
        if word in LIKE and len(several) > 1:
            index = several[2] if word == "placed" and len(several) > 2 else None
            more = several[2:] if word == "spread" else []
            below += [each for each in more if not _is_nothing(each)]
            several = several[:1]
            if isinstance(index, ast.Subscript):
                return (
                    f"{_operator(word)}_{{[{self._index(index.slice)}]}}({self.tex(several[0])})",
                    8,
                )
        elif word not in ENTRYWISE and word in _ALONG and len(several) > 1:
            below += [each for each in several[1:2] if not _is_nothing(each)]
            several = several[:1]
        said = "_{" + ",".join(map(self.tex, below)) + "}" if below else ""
        name = FUNCTIONS.get(word, _operator(word))
        ways = [k for k in tree.keywords if k.arg not in ("axis", "dim", "keepdims", "keepdim")]
        named_so = (f"\\text{{{escaped(k.arg or '')}}} = {self.tex(k.value)}" for k in ways)
        listed = ", ".join((*map(self.tex, several), *named_so))
        return f"{name}{said}({listed})", 8

    def _is_library(self, tree: ast.expr) -> bool:
        return isinstance(tree, ast.Name) and tree.id not in self.names

    def _einsum(self, several: list[ast.expr]) -> tuple[str, int]:
        """Return a sum of products by its letters, with those of the result below it."""
        spelled, *operands = several
        assert isinstance(spelled, ast.Constant), "einsum begins with its letters"
        letters, result = read_letters(str(spelled.value), len(operands))
        summed = dict.fromkeys(
            letter for part in letters for letter in part if letter not in result
        )
        factors = r" \, ".join(
            f"{{{self.tex(x, 8)}}}_{{{part}}}" for x, part in zip(operands, letters, strict=True)
        )
        total = rf"\sum_{{{''.join(summed)}}} " if summed else ""
        return rf"\Bigl[{total}{factors}\Bigr]_{{{result}}}", 8


_ALONG = (
    *("sum", "mean", "var", "max", "min", "softmax", "log_softmax", "logsumexp", "standardize"),
    *("deviation", "peaks", "lows", "first_peak", "first_max"),
)


def _operator(word: str) -> str:
    return f"\\operatorname{{{escaped(word)}}}"


def _number(x: float) -> str:
    """Return a number as typed: 0.5, 1 · 10⁻⁵."""
    digits, _, power = repr(x).removesuffix(".0").partition("e")
    return f"{digits} \\cdot 10^{{{int(power)}}}" if power else digits


def _own(name: str) -> str:
    """Return what a line is called among its own: mu for N.mu; a numbered part keeps all, L.1."""
    last = name.rpartition(".")[2]
    return name if last.isdigit() else last


def _is_nothing(tree: ast.expr) -> bool:
    return isinstance(tree, ast.Constant) and tree.value is None


def _is_long(tree: ast.BinOp) -> bool:
    """Whether a fraction would be wider than a line, in which TeX cannot break it."""
    return max(len(ast.unparse(side)) for side in (tree.left, tree.right)) > 60
