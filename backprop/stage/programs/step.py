"""What a step says: question, one plain sentence, the formula with its arrays, and what follows."""

import ast
import re
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from backprop.drawing.heat_map import NUMBERED, HeatMap, draw_heat_map
from backprop.engine.arrays.lines import Line
from backprop.engine.arrays.shapes import shape_text
from backprop.engine.arrays.uses import Use
from backprop.notation.formula import Code, Label
from backprop.notation.names import label_of, name_list
from backprop.stage.links import Links
from backprop.stage.programs.arrays_shown import Grid, show_array, slice_of
from backprop.stage.programs.formula import (
    MOST_CELLS,
    Operand,
    Part,
    Storeys,
    Writer,
    joined,
    turned_array,
)
from backprop.stage.programs.long_rules import lines_of_rule
from backprop.stage.programs.passes import ProgramAt, own_name, parse_text, reads_of
from backprop.stage.programs.reading import Reader
from backprop.stage.walk.explanation import Words, number, spoken
from backprop.stage.walk.steps import WalkStep

FORWARD = {  # the last word of a line → what it does
    "@": "A row of the left meets a column of the right: their products are added.",
    "+": "Added entry by entry. A smaller array is copied along what it lacks.",
    "-": "Entry by entry, the second taken away from the first.",
    "*": "Multiplied entry by entry.",
    "/": "Divided entry by entry.",
    "**": "Each entry raised to a power.",
    "sum": "The entries are added up.",
    "mean": "The entries are added up, and divided by how many they are.",
    "max": "The largest entry along an axis.",
    "softmax": "Along an axis: exp of each entry, divided by their sum.",
    "cross_entropy": "For each row −log of the share that softmax gives the right class, averaged.",
    "reshape": "The same entries in another shape.",
    "transpose": "The same entries, the axes in another order.",
    "where": "Entry by entry: the second where the first is true, else the third.",
    "[]": "Some of the entries, by their index. One that is named twice is copied.",
}
EACH = "{word} of each entry."
ROOM = 34.0  # rem: how high the formulas of a step can be, so that they stand on one screen
LETTER = 7.2  # rem: of a line of a formula, letters, shapes and captions
CELL = (1.35, 2.6)  # rem: how high a cell is, at least and at most
ENTRYWISE = ("tanh", "exp", "log", "sqrt", "relu", "sigmoid", "sin", "cos", "abs", "softplus")


@dataclass(frozen=True, slots=True)
class SliceOption:
    """One slice of what has more than two axes: its index, its address, a small map."""

    title: str
    on: bool
    address: str
    map: HeatMap


@dataclass(frozen=True, slots=True)
class StepShown:
    """Everything that is said at one step.

    Attributes:
        phase: forward or backward.
        about: beside the number of the step: “line Z, its use of W”.
        headline, lede: a question, and one plain sentence.
        as_line: the step in the language that is typed.
        storeys: the formula with its arrays; then what broadcasting undone, or a fork, adds.
        sentence: below it.
        slices: where arrays have more than two axes: which slice is shown.
        aloud: the step as a sentence, for a screen reader.
    """

    phase: str
    about: Words
    headline: Words
    lede: Words
    as_line: str
    storeys: tuple[Storeys, ...]
    sentence: Words
    slices: tuple[SliceOption, ...]

    @property
    def as_lines(self) -> tuple[str, ...]:
        """The same, where it is long as several lines: what it says twice has a name."""
        return lines_of_rule(self.as_line)

    @property
    def cell(self) -> str:
        """How high a cell is, in rem, so that the step stands on one screen."""
        lines = sum(storeys.lines for storeys in self.storeys)
        rows = sum(storeys.high for storeys in self.storeys)
        titles = sum(bool(storeys.title) for storeys in self.storeys)
        left = ROOM - LETTER * lines - 2.2 * titles
        return f"{min(CELL[1], max(CELL[0], left / max(rows, 1))):.2f}"

    @property
    def has_large(self) -> str:
        """An entry of an array that is too large for numbers, as an example; empty without one."""
        for storeys in self.storeys:
            for part in storeys.parts:
                if part.operand and part.operand.grid and part.operand.grid.reads:
                    return part.operand.grid.reads.format(i=0, j=0)
        return ""

    @property
    def aloud(self) -> str:
        """The step as sentences, for a screen reader."""
        said = (spoken(self.headline), spoken(self.lede), self.as_line, spoken(self.sentence))
        return " ".join(filter(None, said))


@dataclass(eq=False)
class Teller:
    """Says what happens at the steps of one program."""

    passes: ProgramAt
    links: Links
    reader: Reader
    decimals: int = 3
    large: dict[str, Any] = field(default_factory=dict)  # shown as maps: dW → its numbers

    def tell(self, step: WalkStep) -> StepShown:
        """Return what is said at a step; where many cells stand side by side, with fewer digits."""
        self.decimals = 3
        shown = self._tell(step)
        if max((storeys.columns for storeys in shown.storeys), default=0) <= MOST_CELLS:
            return shown
        self.decimals = 2
        return self._tell(step)

    def _tell(self, step: WalkStep) -> StepShown:
        if step.kind == "value":
            return self._forward(step)
        if step.kind == "seed":
            return self._seed(step)
        return self._use(step) if step.kind == "use" else self._whole()

    def _forward(self, step: WalkStep) -> StepShown:
        line = self.passes.program.line(step.name)
        writer = self._writer(line)
        label = label_of(own_name(line.name))
        result = writer.operand(line.name, is_gradient=False)
        if not result.operand or not self.passes.program.shape(line.name):
            result = self._scalar(line, is_gradient=False)
        storeys = joined([result, Part("="), *writer.write(line.text)])
        sentence: Words = ()
        if not self.passes.program.shape(line.name):
            value = number(float(self.passes.value(line.name)), "forward")
            sentence = (label, " = ", value, ".")
        return StepShown(
            "forward",
            ("line ", Code(line.number)),
            ("What is ", label, "?"),
            (_forward_words(parse_text(self.passes.program, line.text)),),
            f"{own_name(line.name)} = {line.text}",
            (storeys,),
            sentence,
            self._slices(line.name, *reads_of(self.passes.program)[line.name]),
        )

    def _seed(self, step: WalkStep) -> StepShown:
        line = self.passes.program.line(step.name)
        label = label_of(own_name(line.name))
        storeys = joined([self._scalar(line, is_gradient=True), Part("="), Part("1")])
        return StepShown(
            "backward",
            ("where it begins",),
            ("How much does ", label, " matter to itself?"),
            ("One to one. The backward pass begins with 1, and reads the program from below.",),
            f"d{own_name(line.name)} = 1",
            (storeys,),
            (f"d{own_name(line.name)} is short for the gradient of ", label, " with respect to ",
             label, "; dW will be that with respect to W."),
            (),
        )  # fmt: skip

    def _use(self, step: WalkStep) -> StepShown:
        use = self.passes.use(step)
        sender = self.passes.program.line(use.line)
        target = self.passes.program.line(use.name)
        captions: dict[tuple[str, bool], Words] = {
            (use.line, True): ("what arrived at ", label_of(own_name(sender.name))),
        }
        writer = self._writer(sender, captions)
        writer.seen = {(use.line, True, "")} if not self.passes.program.shape(use.line) else set()
        own = label_of(own_name(target.name))
        stretched = self._stretched(use)
        letter = self._given(target, self.passes.sent[use.line, use.name][0])
        parts = [Part(operand=letter), Part("=")]
        first = joined([*parts, *writer.write(use.text)], "This use" if use.which else "")
        more = (self._fork(use, target),) if use.which else ()
        copied = self._copied(use, target) if stretched > 1 else None
        return StepShown(
            "backward",
            ("line ", label_of(own_name(sender.name)), ", its use of ", own),
            self._headline(use, target, stretched),
            self._lede(use, target, sender, stretched),
            self._as_line(use, target, sender),
            (copied, replace(first, title=first.title or "Backward"), *more)
            if copied
            else (first, *more),
            self._sentence(use, target),
            self._slices(use.name, use.line),
        )

    def _whole(self) -> StepShown:
        parts: list[Part] = []
        leaves = [line for line in self.passes.program.lines if line.kind == "free"]
        for line in leaves:
            array = self.passes.trace.gradients[line.node]
            parts += [Part(operand=self._given(line, array))]
        used = len(self.passes.uses)
        names = [f"d{own_name(line.name)}" for line in leaves]
        listed = name_list(names) if names else ""
        return StepShown(
            "backward",
            ("complete",),
            ("What is the gradient?",),
            (f"One array for each free leaf, of the leaf’s own shape: {listed}.",)
            if names
            else ("No leaf is free here, so there is nothing to move, and no gradient.",),
            "",
            (joined(parts),) if parts else (),
            (f"{_uses(used)} back, each once. Nothing has moved: the gradient says how the "
             "result would.",),
            self._slices(*(line.name for line in leaves)),
        )  # fmt: skip

    # Parts of a formula

    def _writer(self, line: Line, captions: dict[tuple[str, bool], Words] | None = None) -> Writer:
        return Writer(self.passes, line, self._show, captions or {})

    def _show(self, name: str, is_gradient: bool, turned: str) -> Grid:
        position = self.passes.program.position(name)
        trace = self.passes.trace
        array = trace.gradients[position] if is_gradient else trace.values[position]
        return self._grid(turned_array(array, turned), name, is_gradient, turned)

    def _grid(self, array: Any, name: str, is_gradient: bool, turned: str = "") -> Grid:
        called = f"{'d' if is_gradient else ''}{own_name(name)}"
        find = self.reader.finder(name, is_gradient, turned)
        said = f"{called} turned" if turned else called
        masked = self.passes.masked(name) if is_gradient else None
        if masked is not None:
            masked = turned_array(masked, turned)
        chosen = self.links.choices.slice
        grid = show_array(array, said, chosen, find, self.decimals, masked)
        if grid.map:
            ahead = slice_of(np.shape(array), chosen)
            self.large.setdefault(said, np.atleast_2d(np.asarray(array)[ahead]))
        return grid

    def _scalar(self, line: Line, *, is_gradient: bool) -> Part:
        trace = self.passes.trace
        array = trace.gradients[line.node] if is_gradient else trace.values[line.node]
        tone = "backward" if is_gradient else "forward"
        grid = self._grid(array, line.name, is_gradient)
        return Part(
            operand=Operand(label_of(own_name(line.name)), tone, "", (("1", False),), grid, ())
        )

    def _given(self, line: Line, array: Any, caption: Words = ()) -> Operand:
        shape = tuple((part, False) for part in shape_text(np.shape(array)).split("×"))
        grid = self._grid(array, line.name, is_gradient=True)
        return Operand(label_of(own_name(line.name)), "backward", "", shape, grid, caption)

    def _copied(self, use: Use, target: Line) -> Storeys | None:
        """Return what broadcasting did forward: one array, copied; None where it is too large."""
        wide, value = self.passes.program.shape(use.line), self.passes.value(use.name)
        if len(wide) > 2 or max(wide, default=0) > NUMBERED:
            return None
        own, plain = own_name(target.name), label_of(own_name(target.name))
        narrow = shape_text(np.shape(value)).split("×")
        parts = [
            self._writer(target).operand(use.name, is_gradient=False),
            Part("→"),
            Part(
                operand=Operand(
                    plain,
                    "forward",
                    "",
                    tuple((n, True) for n in shape_text(wide).split("×")),
                    show_array(np.broadcast_to(value, wide), f"{own} copied"),
                    ("copied, as line ", label_of(own_name(use.line)), " reads it"),
                )
            ),
        ]
        if parts[0].operand and parts[0].operand.grid is None:
            shown = tuple((n, False) for n in narrow)
            grid = self._grid(value, use.name, is_gradient=False)
            parts[0] = Part(operand=Operand(plain, "forward", "", shown, grid, ()))
        return joined(parts, "Forward")

    def _fork(self, use: Use, target: Line) -> Storeys:
        """Return the sum so far: what came by the uses before, and by this one."""
        sent_now, total = self.passes.sent[use.line, use.name]
        count = f"{use.which + 1} of {use.times} uses"
        before = next(
            self.passes.sent[each.line, each.name][1]
            for each in reversed(self.passes.uses)
            if each.name == use.name and each.which == use.which - 1
        )
        came = "the use before" if use.which == 1 else f"the {use.which} uses before"
        return joined(
            [
                Part(operand=self._given(target, total, (count,))),
                Part("="),
                Part(operand=self._given(target, before, (came,))),
                Part("+"),
                Part(operand=replace(self._given(target, sent_now, ("this use",)), grid=None)),
            ],
            "So far",
        )

    # Words

    def _stretched(self, use: Use) -> int:
        """Return by how many a broadcast name was used; 0 where it was not broadcast."""
        if not use.text.startswith("fit("):
            return 0
        arriving, own = (self.passes.program.shape(each) for each in (use.line, use.name))
        short = zip(reversed(own), reversed(arriving), strict=False)
        if len(own) > len(arriving) or any(n not in (1, wide) for n, wide in short):
            return 0
        return int(np.prod(arriving)) // max(1, int(np.prod(own)))

    def _headline(self, use: Use, target: Line, stretched: int) -> Words:
        own = label_of(own_name(target.name))
        if stretched > 1:
            return (
                own,
                f" was used by {stretched} {_along(self.passes, use)}. What is its gradient?",
            )
        if use.times > 1:
            times = {2: "twice", 3: "three times"}.get(use.times, f"{use.times} times")
            sender = label_of(own_name(use.line))
            return (own, f" is used {times}. What comes back from ", sender, "?")
        if not self.passes.program.shape(use.name):
            return ("How much does ", own, " matter?")
        return ("How much does each entry of ", own, " matter?")

    def _lede(self, use: Use, target: Line, sender: Line, stretched: int) -> Words:
        own = label_of(own_name(target.name))
        if stretched > 1:
            along = _along(self.passes, use)
            use_of = f"Use {use.which + 1} of {use.times}. " if use.times > 1 else ""
            return (use_of, own, f" was used by {stretched} {along}, so its gradient is their sum.")
        said = _back_words(parse_text(self.passes.program, use.text), own_name(sender.name))
        if use.times > 1:
            return (f"Use {use.which + 1} of {use.times}, and their gradients add. ", said)
        return (said,)

    def _as_line(self, use: Use, target: Line, sender: Line) -> str:
        text = use.text
        for line in self.passes.program.lines:
            if line.of:
                text = re.sub(
                    rf"\b(d?){re.escape(line.name)}\b", rf"\g<1>{own_name(line.name)}", text
                )
        sign = "=" if use.which == 0 else "+="
        return f"d{own_name(target.name)} {sign} {text}"

    def _sentence(self, use: Use, target: Line) -> Words:
        left, own = use.times - use.which - 1, label_of(own_name(target.name))
        if use.times > 1 and left:
            uses = "one more use" if left == 1 else f"{left} more uses"
            return ("d", own, f" is not complete: {uses} will be added to it.")
        if use.times > 1:
            return ("d", own, f" is complete: all {use.times} uses are in it.")
        return ()

    def _slices(self, *names: str) -> tuple[SliceOption, ...]:
        """Return the slices of the widest of some arrays; none where two axes are all."""
        shapes = {name: self.passes.program.shape(name) for name in names}
        name = max(shapes, key=lambda n: (len(shapes[n]), int(np.prod(shapes[n]))), default="")
        if not name or len(shapes[name]) < 3:
            return ()
        array, ahead = self.passes.value(name), shapes[name][:-2]
        if int(np.prod(ahead)) == 1:
            return ()
        now = slice_of(shapes[name], self.links.choices.slice)
        return tuple(
            SliceOption(
                ", ".join(map(str, index)),
                index == now,
                self.links.address(slice=index),
                draw_heat_map(array[index], "", "", (1.7, 1.7), 10),
            )
            for index in list(np.ndindex(*ahead))[:12]
        )


def _along(passes: ProgramAt, use: Use) -> str:
    """Return what a broadcast name was copied along."""
    arriving, own = (passes.program.shape(each) for each in (use.line, use.name))
    is_rows = len(arriving) == 2 and own[-1:] == arriving[-1:]
    is_columns = len(arriving) == 2 and own[:1] == arriving[:1] and len(own) == 2
    return "rows" if is_rows else "columns" if is_columns else "entries"


def _forward_words(node: ast.expr) -> str:
    while isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub | ast.Div):
        inner = node.left
        if not isinstance(inner, ast.BinOp | ast.Call):
            break
        node = inner
    match node:
        case ast.BinOp(op=op):
            signs = {ast.MatMult: "@", ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
            return FORWARD[signs.get(type(op), "**")]
        case ast.Call(func=func):
            word = ast.unparse(func).rpartition(".")[2]
            if word in ENTRYWISE:
                return EACH.format(word=word)
            return FORWARD.get(word, f"What {word} makes of what stands above.")
        case ast.Subscript():
            return FORWARD["[]"]
    return "Made of what stands above."


def _back_words(node: ast.expr, sender: str) -> str:
    """Return what a text sends back, in a sentence."""
    match node:
        case ast.Name() | ast.Attribute():
            return f"Line {sender} passes on what arrived, as it is."
        case ast.UnaryOp():
            return (
                f"Line {sender} takes it away, so what arrived is passed on with its sign turned."
            )
        case ast.BinOp(op=ast.MatMult()):
            return "A row of the left meets a column of the right: each entry is a sum of products."
        case ast.Call(func=ast.Name(id="placed")):
            return "What arrived is added where the entries were read; all others get 0."
        case ast.Call(func=ast.Name(id="spread")):
            return "What arrived is handed to every entry that went into the sum."
        case ast.Call(func=ast.Name(id="where")):
            return "What arrived goes only to the entries that were chosen."
    if "spread(" in ast.unparse(node):
        return "What arrived is handed to every entry, times the slope of each."
    if isinstance(node, ast.BinOp):
        return f"Entry by entry: what arrived at {sender}, times the slope of the line."
    return f"What line {sender} sends back, by its own rule."


def _uses(count: int) -> str:
    return "One use was gone" if count == 1 else f"{count} uses were gone"


def label_in(passes: ProgramAt, numbers: bool) -> dict[str, Label]:
    """Return what each line is called in the strip: by its letter, or by its number."""
    lines = [line for line in passes.program.lines if line.kind != "opened"]
    return {
        line.name: Label(line.number, plain=line.name) if numbers else label_of(own_name(line.name))
        for line in lines
    }
