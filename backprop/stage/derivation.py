"""What a page derives, as LaTeX: the step that it shows, or all that its sheet works out.

Nothing is written that the page covers. A step is written from its explanation, in which what is
asked is covered already; of all steps, the answers of the sheet are covered where a page asks.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from backprop.notation.derivation import Equation, Product
from backprop.notation.export.latex import (
    COVERED,
    align,
    heading,
    latex,
    paragraph,
    prose,
    remark,
    rows,
    table,
    verbatim,
)
from backprop.notation.formula import Formula, Label, Lines, Operator, Row, Text
from backprop.stage.paper import Blank, Cell, Part, Sheet, Table, Task
from backprop.stage.walk.explanation import Explanation, Words, spoken

NEEDS = "Needs \\usepackage{amsmath}."

Shown = Equation | Product | Formula


@dataclass(frozen=True, slots=True)
class Derived:
    """Formulas that belong together.

    Attributes:
        headline: what is derived, in words.
        shown: the formulas, in the order in which they are read.
        ends: what stands behind the last of them: “= 0.5”; covered by None; nothing where empty.
    """

    headline: Words
    shown: tuple[Shown, ...]
    ends: str | None = ""


def explained(explanation: Explanation) -> Derived:
    """Return a step of a walk: its equation, or a product for each path, and what they come to."""
    shown: list[Shown] = [*map(_in_letters, explanation.products)]
    shown += [each for each in (explanation.local, explanation.equation) if each]
    result = explanation.result
    if not explanation.products:
        return Derived(explanation.headline, tuple(shown))
    if result is None:
        return Derived(explanation.headline, tuple(shown), None)
    ends = latex(result)
    if len(explanation.products) > 1 and explanation.lines:
        terms = (latex(line.number) for line in explanation.lines)
        ends = f"{sum_of(terms)} = {ends}"
    return Derived(explanation.headline, tuple(shown), ends)


def _in_letters(product: Product) -> Product:
    """Return a product without words: a factor that is known has its letters for a rule."""
    columns = tuple(
        replace(column, lines=tuple(column.lines[0] if isinstance(x, Text) else x
                                    for x in column.lines))
        for column in product.columns
    )  # fmt: skip
    return replace(product, columns=columns)


def with_numbers(letters: Formula, numbers: Formula, result: Formula) -> Lines:
    """Return a line of a rule: in letters, with its numbers, and what it comes to."""
    return Lines((letters, *(Row((Operator("="), each)) for each in (numbers, result))))


def sum_of(terms: Iterable[str]) -> str:
    """Return terms side by side, a negative one in brackets."""
    return " + ".join(f"({each})" if each.startswith("-") else each for each in terms)


def derivation_text(title: str, derived: Iterable[Derived]) -> str:
    """Return what a step derives as the body of a document.

    Args:
        title: what it is of, for the first line.
        derived: the formulas, each group under its headline.
    """
    parts = [remark(title), remark(NEEDS)]
    for each in derived:
        parts += ["", remark(spoken(each.headline)), *_group(each)]
    return "\n".join(parts) + "\n"


def steps_text(derived: Iterable[Derived]) -> str:
    """Return what every step derives, below what a sheet works out."""
    parts = ["", heading(("Step by step",))]
    for each in derived:
        parts += [paragraph(each.headline), *_group(each)]
    return "\n".join(parts) + "\n"


def _group(each: Derived) -> Iterator[str]:
    """Give the formulas that belong together, and what they come to."""
    products = [x for x in each.shown if isinstance(x, Product)]
    end = COVERED if each.ends is None else each.ends
    for shown in each.shown:
        closes = bool(end) and products == [shown]
        yield align([*rows(shown), *([("", f"= {end}")] if closes else [])])
    if end and len(products) > 1:
        yield f"\\[\n  {end}\n\\]"


def sheet_text(sheet: Sheet, *, covered: bool) -> str:
    """Return all that a sheet works out as the body of a document; its answers may be covered."""
    parts = [remark(f"{sheet.title}: {sheet.description}"), remark(NEEDS)]
    for each in sheet.setting:
        parts += [f"{prose(each)}\n" if isinstance(each, tuple) else align(rows(each))]
    if sheet.given:
        point = (f"${_names(name)} = {latex(number)}$" for name, number in sheet.given)
        parts.append(f"Given: {', '.join(point)}.")
    asked = {task.asks for part in sheet.parts for task in part.tasks}
    alone = [task for task in sheet.steps if task.asks not in asked]
    if alone:  # what the worksheet gives, or works out in its table of all steps
        parts += ["", heading(("Steps",)), *_tasks(alone, covered=False)]
    for part in sheet.parts:
        parts += _part(part, covered=covered) if part.derives else ()
    return "\n".join(parts) + "\n"


def _names(name: Words | Label) -> str:
    return f"\\text{{{prose(name)}}}" if isinstance(name, tuple) else latex(name)


def _part(part: Part, *, covered: bool) -> Iterator[str]:
    """Give a part of a sheet, if it works anything out."""
    tasks = [*_tasks(part.tasks, covered=covered)]
    if not (tasks or part.code or part.table):
        return
    yield from ("", heading(part.title))
    if part.code:
        yield verbatim(part.code)
    if part.table:
        yield remark(part.table.about)
        yield _table(part.table, covered=covered)
    yield from tasks


def _tasks(tasks: Iterable[Task], *, covered: bool) -> Iterator[str]:
    for task in tasks:
        if task.options:  # to be ticked: nothing is derived
            continue
        hides = covered and not task.known
        if isinstance(task.asks, tuple) and isinstance(task.answer, tuple):
            yield paragraph(task.asks)
            yield f"${COVERED}$" if hides else prose((*task.answer, " ", *task.about)).strip()
        else:
            if isinstance(task.asks, tuple):
                yield paragraph(task.asks)
            yield align(_lines(task, hides=hides))


def _lines(task: Task, *, hides: bool) -> list[tuple[str, str]]:
    """Return a task line by line, to its answer; where that is covered, with its hints alone."""
    left = "" if isinstance(task.asks, tuple) else latex(task.asks)
    pairs: list[tuple[str, str]] = []
    before = ""
    for side in (*(task.rule[: task.hints] if hides else task.rule),
                 *(() if hides else task.working)):  # fmt: skip
        (_, line), *rest = rows(side)
        if line != before:
            begins = not pairs
            pairs.append(
                (left, f"= {line}") if left and begins else ("", line if begins else f"= {line}")
            )
            pairs += rest
        before = line
    answer = COVERED if hides else _cell(task.answer, covered=False)
    ends = f"{latex(Operator(task.sign))} {answer}"
    return [*pairs, ("" if pairs else left, ends)]


def _table(shown: Table, *, covered: bool) -> str:
    cells = [[_cell(cell, covered=covered) for cell in row] for row in shown.rows]
    return table(shown.heads, cells)


def _cell(cell: Cell, *, covered: bool) -> str:
    if isinstance(cell, Blank):
        return COVERED if covered and cell.answer else _cell(cell.answer, covered=covered)
    if isinstance(cell, tuple):
        return f"\\text{{{prose(cell)}}}" if any(cell) else ""
    return latex(cell)
