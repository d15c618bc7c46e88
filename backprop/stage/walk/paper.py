"""A walk on paper: a line for each value of the forward pass and for each gradient, in their order.

The lines are those of the page: the same letters, the same rules, the same numbers.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from backprop.drawing.scene import Scene, View
from backprop.notation.formula import Brackets, Formula, Number, Operator, Row, Text, partial
from backprop.stage.links import Links
from backprop.stage.paper import Part, Picture, Sheet, Task
from backprop.stage.quiz.levels import SCRATCH, find_level
from backprop.stage.walk.explanation import Explanation, Labels, Words, number, output_in_words
from backprop.stage.walk.steps import Passes, WalkStep

MOST_TERMS = 4  # of a sum that are written; of a longer one the first, the second and the last
UNSAID = "2"  # the level of a page that does not ask: the factors are named

Explain = Callable[[WalkStep], Explanation]
Draw = Callable[[View], Scene]


@dataclass(frozen=True, eq=False)
class PaperWalk:
    """A walk as it goes onto paper.

    Attributes:
        passes: the function differentiated.
        steps: of the walk.
        at: the step that the page shows.
        level: at which the page asks; empty where it does not.
        label: a node's name → its letter.
        explain: a step → what the page says at it.
        draw: a view → the picture of it.
    """

    passes: Passes
    steps: Sequence[WalkStep]
    at: int
    level: str
    label: Labels
    explain: Explain
    draw: Draw

    @property
    def has_values(self) -> bool:
        """Whether the worksheet gives the values: the page has left the forward pass."""
        return self.steps[self.at].kind != "value"

    @property
    def first_slope(self) -> int:
        """The number of the first backward step."""
        return next(n for n, step in enumerate(self.steps) if step.kind in ("slope", "whole"))


def walk_sheet(walk: PaperWalk, links: Links, *more: Part, **words: Any) -> Sheet:
    """Return the sheet of a walk: its picture, both passes, every step.

    Args:
        walk: that is handed out.
        links: around its state.
        more: parts that stand after both passes.
        words: the rest of the sheet, by name: title, question, setting, given, note.
    """
    return Sheet(
        picture=walk_picture(walk),
        parts=(*walk_parts(walk), *more),
        steps=(*walk_values(walk), *walk_slopes(walk)),
        switch=switch_values(walk, links),
        **words,
    )


def walk_picture(walk: PaperWalk) -> Picture:
    """Return the graph with its values given or to be filled in, and with all that is known."""
    graph = walk.passes.graph
    every = frozenset(range(len(graph)))
    leaves = frozenset(i for i in every if graph.nodes[i].is_leaf)
    slopes = frozenset(step.node for step in walk.steps if step.kind == "slope")
    start = frozenset((graph.output,)) & slopes
    asked = _view(every if walk.has_values else leaves, start)
    return Picture(walk.draw(asked), walk.draw(_view(every, slopes)))


def _view(valued: frozenset[int], graded: frozenset[int]) -> View:
    return View("backward", frozenset(), valued, graded, (), {})


def walk_parts(walk: PaperWalk) -> tuple[Part, ...]:
    """Return the lines of both passes; those of the forward pass where its values are not given."""
    whole = output_in_words(walk.passes, walk.label)
    values, slopes = walk_values(walk), walk_slopes(walk)
    parts = []
    if values and not walk.has_values:
        parts.append(Part(("Forward",), ("Compute each value, from left to right.",), tasks=values))
    if slopes:
        lede: Words = (
            "From right to left: how much ",
            whole,
            " moves with each quantity. What arrives, times the local derivative; where ways "
            "meet, their sum.",
        )
        parts.append(Part(("Backward",), lede, tasks=slopes))
    return tuple(parts)


def walk_values(walk: PaperWalk) -> tuple[Task, ...]:
    """Return a line for each value that is computed."""
    tasks = []
    for step in walk.steps:
        if step.kind == "value":
            said = walk.explain(step)
            assert said.equation is not None, "a value has its rule"
            assert said.result is not None, "a value has its number"
            (_, letters), *numbers, (sign, _) = said.equation.sides
            tasks.append(
                Task(
                    asks=said.equation.left,
                    answer=said.result,
                    rule=(letters,),
                    hints=min(1, find_level(walk.level or UNSAID).rung),
                    working=tuple(side for _, side in numbers),
                    sign=sign,
                )
            )
    return tuple(tasks)


def walk_slopes(walk: PaperWalk) -> tuple[Task, ...]:
    """Return a line for each gradient."""
    hints = find_level(walk.level or UNSAID).rung if walk.level != SCRATCH else 0
    return tuple(_slope(walk, step, hints) for step in walk.steps if step.kind == "slope")


def _slope(walk: PaperWalk, step: WalkStep, hints: int) -> Task:
    said, terms = walk.explain(step), walk.passes.trace.terms[step.node]
    whole = walk.label(walk.passes.graph.nodes[walk.passes.graph.output].name)
    asks = partial(whole, walk.label(step.name))
    slope = walk.passes.trace.gradients[step.node]
    answer = said.result or number(slope, "backward")
    if not terms:
        return Task(asks, answer, known=True)
    if not said.products:  # one local derivative is the gradient
        assert said.local is not None, "a single factor is written out"
        *sides, (sign, _) = said.local.sides
        first, *others = (side for _, side in sides)
        return Task(asks, answer, (first,), min(hints, 1), tuple(others), sign=sign)
    letters = [[column.lines[0] for column in each.columns] for each in said.products]
    rules = [
        [column.lines[0] if isinstance(column.lines[1], Text) else column.lines[1]
         for column in each.columns]
        for each in said.products
    ]  # fmt: skip
    numbers = [[column.lines[-1] for column in each.columns] for each in said.products]
    working = [_sum_of(numbers, " × ")] if len(numbers[0]) > 1 or len(numbers) > 1 else []
    if len(numbers) > 1:
        working.append(_sum_of([[line.number] for line in said.lines], ""))
    written = (_sum_of(letters, "·"), _sum_of(rules, "·"))
    if written[0] == asks:  # one local derivative, whose letters are those of the gradient
        return Task(asks, answer, written[1:], max(0, hints - 1), tuple(working))
    return Task(asks, answer, written, hints, tuple(working))


def _sum_of(products: Sequence[Sequence[Formula]], sign: str) -> Formula:
    """Return a sum of products; of a long one, its first two and its last."""
    shown = [_product_of(each, sign.strip(), first=not n) for n, each in enumerate(products)]
    if len(shown) == 1:
        return shown[0]
    if len(shown) > MOST_TERMS:
        shown = [*shown[:2], Text("…"), shown[-1]]
    parts: list[Formula] = []
    for each in shown:
        parts += [Operator("+"), each] if parts else [each]
    return Row(tuple(parts))


def _product_of(factors: Sequence[Formula], sign: str, *, first: bool) -> Formula:
    """Return a product; a negative number behind a sign stands in brackets."""
    parts: list[Formula] = []
    for n, factor in enumerate(factors):
        if isinstance(factor, Number):
            behind = bool(n) or not first
            factor = Brackets(factor) if behind and factor.shown.startswith("−") else factor
        elif isinstance(factor, Row) and len(factors) > 1 and _adds(factor):
            factor = Brackets(factor)
        parts += [Operator(sign), factor] if parts else [factor]
    return parts[0] if len(parts) == 1 else Row(tuple(parts))


def _adds(row: Row) -> bool:
    """Whether a row is a sum, or begins with a sign."""
    return any(isinstance(part, Operator) and part.sign in "+−-" for part in row.parts)


def switch_values(walk: PaperWalk, links: Links) -> tuple[str, str]:
    """Return the other form of the sheet: the values given, or to be worked out."""
    if walk.has_values:
        return "Values to be worked out", links.address(step=0)
    return "Values given", links.address(step=walk.first_slope)
