"""What a file of code is made of: its names, its numbers, its lines, for one library."""

import ast
import re
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import prod
from typing import Any

import numpy as np

from backprop.engine import forward
from backprop.engine.arrays.rows import ENTRYWISE, ArrayRow
from backprop.engine.arrays.shapes import shape_text
from backprop.engine.arrays.texts import line_of, sent_trees
from backprop.engine.arrays.uses import Use, sent, uses
from backprop.engine.arrays.words import PROGRAMS
from backprop.engine.backward import differentiate
from backprop.engine.compiled.rules import compiled, write
from backprop.engine.errors import LimitError
from backprop.engine.ops import IMPOSSIBLE, WORDS
from backprop.engine.program import Program
from backprop.engine.trace import Trace
from backprop.notation.export.libraries import RULES, for_autograd, quoted
from backprop.notation.export.programs.definitions import needed
from backprop.notation.export.programs.named import NamedProgram, named
from backprop.notation.export.programs.numbers import WIDTH, array_lines
from backprop.notation.export.programs.spelled import Speller

MOST_NUMBERS = 40_000  # in one file; a person reads none of so many
STEP = 1e-5  # how far the check moves a leaf each way, beside the size of its entries
NEAR = 1e-12  # a relative difference that is rounding
_WRITTEN_OUT = {name: row for name, row in ENTRYWISE.items() if name == row.name != "where"}


@dataclass(eq=False)
class CodeFile:
    """What a file is made of, for one library."""

    typed: Program
    library: str
    named: NamedProgram = field(init=False)
    trace: Trace = field(init=False)
    speller: Speller = field(init=False)

    def __post_init__(self) -> None:
        check_size(self.typed)
        self.named = named(self.typed)
        program = self.named.program
        self.trace = differentiate(program, program.at)
        inside = [line.name for line in program.lines if line.kind != "opened"]
        flat = {n for n in inside if len(program.shape(n)) == 2}
        names = {*inside, *(f"d{name}" for name in inside)}
        self.speller = Speller(self.library, names, flat | {f"d{name}" for name in flat})
        self.free = [line for line in program.lines if line.kind == "free"]

    @property
    def program(self) -> Program:
        """The program with names for code."""
        return self.named.program

    @property
    def output(self) -> str:
        """What the value is called."""
        return self.name(self.program.nodes[self.program.output].name)

    def name(self, inner: str) -> str:
        """Return what a line, or a gradient, is called in the code."""
        return self.named.names[inner]

    def slope(self, inner: str) -> Any:
        """Return the gradient of a line."""
        i = self.program.position(inner)
        return np.broadcast_to(self.trace.gradients[i], self.program.shape(inner))

    def reaches(self, inner: str) -> bool:
        """Whether the value depends on a leaf."""
        return any(use.name == inner for use in uses(self.program))

    def head(self, about: str) -> Iterator[str]:
        """Give the first lines."""
        yield f"# {about}"
        if renamed := self.named.renamed:
            listing = ", ".join(f"{theirs} is called {ours}" for theirs, ours in renamed)
            yield f"# Names that Python or this file uses: {listing}."

    def written(self, tree: ast.expr) -> str:
        """Return an expression of the language as code."""
        return self.named.written(self.speller.spell(tree))

    def leaves(self) -> Iterator[str]:
        """Give the leaves with their numbers."""
        for line in self.program.lines:
            if line.is_leaf:
                kind = {"free": "", "given": "given, ", "index": "index, "}[line.kind]
                about = f"{kind}{shape_text(self.program.shape(line.name))}"
                grad = line.kind == "free" and self.library == "torch"
                yield from array_lines(
                    f"{self.name(line.name)} = ",
                    self.program.at[line.name],
                    self.library,
                    more="requires_grad=True" if grad else "",
                    about=about,
                )

    def forward(self) -> list[str]:
        """Return the lines of the forward pass."""
        found = []
        for names, tree in self.named.forward():
            called = ", ".join(self.named.names.get(name, name) for name in names)
            inner = names[0] if names[0] != "_" else names[1]
            found += statement(called, "=", self.written(tree), self._about(inner))
        return found

    def _about(self, inner: str) -> str:
        shape = self.program.shape(inner)
        if shape:
            return shape_text(shape)
        return repr(float(self.trace.values[self.program.position(inner)]))

    def backward(self) -> Iterator[str]:
        """Give the lines of the backward pass: one for each use."""
        flowing = uses(self.program)
        times = {use.name: use.times for use in flowing}
        several = [line.name for line in self.program.lines if times.get(line.name, 0) > 1]
        if several:
            yield "# what is used several times is a sum over its uses, and begins at 0"
        for inner in several:
            yield f"{self.name(f'd{inner}')} = np.zeros({self.name(inner)}.shape)"
        for line in self.free:
            if line.name not in times:
                zeros = f"{self.name(f'd{line.name}')} = np.zeros({self.name(line.name)}.shape)"
                yield f"{zeros}  # nothing reads it on the way to the value"
        yield f"{self.name(f'd{self.program.nodes[self.program.output].name}')} = np.float64(1)"
        trees = self._trees(flowing)
        for use in flowing:
            sign = "+=" if times[use.name] > 1 else "="
            text = self.written(trees[use.line, use.name])
            about = f"{shape_text(self.program.shape(use.name))}, through {self.name(use.line)}"
            yield from statement(self.name(f"d{use.name}"), sign, text, about)

    @np.errstate(all="ignore")
    def _trees(self, flowing: Sequence[Use]) -> Mapping[tuple[str, str], ast.expr]:
        """Return what each use sends, as the textbook has it where that gives these numbers."""
        arrays = sent(self.trace)
        found: dict[tuple[str, str], ast.expr] = {}
        for line in dict.fromkeys(use.line for use in flowing):
            trees = sent_trees(self.program, line)
            wanted = {name: arrays[line, name][0] for name in trees}
            if not all(self._gives(trees[name], wanted[name]) for name in trees):
                trees = sent_trees(self.program, line, self._precise(line))
            found |= {(line, name): tree for name, tree in trees.items()}
        return found

    def _precise(self, line: str) -> dict[tuple[int, int], str]:
        """Return the products of a line as they are computed where the textbook's would round."""
        found = {}
        for i, node in enumerate(self.program.nodes):
            if node.operation not in ENTRYWISE or line_of(self.program, i) != line:
                continue
            scalar, row = ENTRYWISE[node.operation], self.program.row(i)
            assert isinstance(row, ArrayRow)
            for which, (text, code) in enumerate(
                zip(scalar.partials, scalar.partial_codes, strict=True)
            ):
                if text != code and row.products[which]:
                    precise = f"g * ({write(code, {}, RULES, WORDS)})"
                    is_fitted = row.products[which].startswith("fit(")
                    letter = row.inputs[which]
                    found[i, which] = f"fit({precise}, {letter})" if is_fitted else precise
        return found

    @np.errstate(all="ignore")
    def _gives(self, tree: ast.expr, wanted: Any) -> bool:
        """Whether an expression of the language comes to these numbers at the point."""
        at = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and node.id in self.speller.names:
                is_slope = node.id.startswith("d")
                i = self.program.position(node.id[1:] if is_slope else node.id)
                at[node.id] = self.trace.gradients[i] if is_slope else self.trace.values[i]
        lines = [f"return {write(ast.unparse(tree), {}, PROGRAMS, _WRITTEN_OUT)}"]
        try:
            found = compiled("exported", ", ".join(at), lines, PROGRAMS)(*at.values())
        except (*IMPOSSIBLE, TypeError):  # a comparison alone, which no NumPy negates
            return False
        size = float(np.max(np.abs(wanted), initial=0.0))
        return bool(np.allclose(found, wanted, NEAR, NEAR * size, equal_nan=True))

    def slopes(self) -> Iterator[str]:
        """Give the entries of the gradient."""
        back = {inner: name for name, inner in self.named.typed.items()}
        for line in self.free:
            yield f"{quoted(back[line.name])}: {self.name(f'd{line.name}')}"

    @np.errstate(all="ignore")
    def unclear(self) -> list[str]:
        """Return the leaves whose slope the check's two evaluations do not see at this point."""
        back = {inner: name for name, inner in self.named.typed.items()}
        point = {line.name: self.program.at[line.name] for line in self.program.lines
                 if line.is_leaf}  # fmt: skip
        chance = np.random.default_rng(0)
        slopes = {line.name: self.slope(line.name) for line in self.free}
        largest = max((float(np.max(np.abs(each))) for each in slopes.values()), default=0.0)
        found = []
        for name, ours in slopes.items():
            here = np.asarray(point[name])
            way = chance.standard_normal(here.shape) * np.maximum(1, np.abs(here))
            ends = [
                float(forward.value(self.program, {**point, name: here + d * way}))
                for d in (STEP, -STEP)
            ]
            slope, by = float(np.sum(ours * way)), (ends[0] - ends[1]) / (2 * STEP)
            most = 1e-4 * max(abs(slope), abs(by)) + 1e-6 * largest + 1e-9 * abs(ends[0])
            if not abs(slope - by) <= most / 10:
                found.append(back[name])
        return found

    def is_settled(self) -> bool:
        """Whether all conventions are the same: of infinite and undefined numbers they are not."""
        slopes = all(np.all(np.isfinite(self.slope(line.name))) for line in self.free)
        values = (self.trace.values[line.node] for line in self.program.lines)
        return slopes and all(not np.any(np.isnan(each) | np.isposinf(each)) for each in values)

    def text(self, lines: Sequence[str]) -> str:
        """Return the file: its imports and definitions stand where the lines say."""
        defined = needed(self.speller.words, self.library, self._of_row)
        body = "\n".join((*lines, *defined))
        imports = {
            "numpy": ["import numpy as np"],
            "torch": ["import torch"],
            "jax": ["import jax", "import jax.numpy as jnp", "import numpy as np"],
        }[self.library]
        if self.library == "torch" and "np." in body:
            imports = ["import numpy as np", *imports]
        if "math." in body:
            imports = ["import math", "", *imports]
        placed = {
            "IMPORTS": ["", *imports],
            "DEFINITIONS": ["", *(f"\n{each}\n" for each in defined), "" * bool(defined)],
        }
        whole = [part for line in lines for part in placed.get(line, [line])]
        return "\n".join(whole) + "\n"

    def _of_row(self, word: str) -> str:
        """Return the definition of a word that works entry by entry."""
        row = ENTRYWISE[word]
        text = row.value
        if not self._gives_everywhere(word, text):
            text = write(row.code, {}, RULES, WORDS)
        if self.library == "torch":
            text = for_autograd(text)
        speller = Speller(self.library, row.inputs)
        inner = ast.unparse(speller.spell(ast.parse(text, mode="eval").body))
        letters = ", ".join(row.inputs)
        return f'def {word}({letters}):\n    """{row.title}, entry by entry."""\n    return {inner}'

    def _gives_everywhere(self, word: str, text: str) -> bool:
        """Whether the textbook's form of a word gives the values of all lines that use it."""
        letters = ENTRYWISE[word].inputs
        code = write(text, {}, PROGRAMS, _WRITTEN_OUT)
        run: Callable[..., Any] = compiled("word", ", ".join(letters), [f"return {code}"], PROGRAMS)
        with np.errstate(all="ignore"):
            return all(
                np.allclose(
                    run(*(self.trace.values[k] for k in node.inputs)),
                    self.trace.values[i],
                    NEAR,
                    0,
                    equal_nan=True,
                )
                for i, node in enumerate(self.program.nodes)
                if node.operation == word
            )


def statement(name: str, sign: str, text: str, about: str) -> list[str]:
    """Return a line of code with its remark; a long one stands in brackets, on several."""
    line = f"{name} {sign} {text}  # {about}"
    if len(line) <= WIDTH:
        return [line]
    held = re.sub(r"'[^']*'", lambda found: found[0].replace(" ", "\0"), text)
    parts = textwrap.wrap(held, WIDTH - 4, break_long_words=False, break_on_hyphens=False)
    rows = [f"    {part}".replace("\0", " ") for part in parts]
    return [f"{name} {sign} (  # {about}", *rows, ")"]


def check_size(program: Program) -> None:
    """Refuse a program whose file would be too long.

    Raises:
        LimitError: its leaves and its gradient hold more than 40,000 numbers.
    """
    leaves = [line for line in program.lines if line.is_leaf]
    numbers = sum(prod(program.shape(line.name)) * (1 + (line.kind == "free")) for line in leaves)
    if numbers > MOST_NUMBERS:
        what = f"A file of this program would hold {numbers:,} numbers."
        raise LimitError(what, hint=f"At most {MOST_NUMBERS:,} are written: take smaller shapes.")
