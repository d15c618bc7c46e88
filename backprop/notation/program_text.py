"""A program's two passes as a text: each line's value, each use, each gradient, with its shape."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from backprop.engine.arrays.shapes import shape_text
from backprop.engine.program import Program

DIGITS = 6
WIDTH = 100


def program_text(program: Program, data: Mapping[str, Any]) -> str:
    """Return what `program_data` found, as tables.

    Args:
        program: the program.
        data: its value, lines, gradient and steps.
    """
    output = program.nodes[program.output].name
    results = [line for line in program.lines if line.kind == "result"]
    values = data["lines"]
    ahead = [part for line in results for part in _named(line.name, line.text, values[line.name])]
    uses = [step for step in data["steps"] if step["phase"] == "backward" and step["through"]]
    rules = [(f"d{step['name']}", f"+= {step['rule']}", shape_text(step["shape"])) for step in uses]
    sums = {step["name"]: step["total"] for step in uses}
    slopes = [
        part
        for line in reversed(results)
        if line.name in sums
        for part in _named(f"d{line.name}", "", sums[line.name])
    ]
    ends = [
        part for name, found in data["gradient"].items() for part in _named(f"d{name}", "", found)
    ]
    parts = [
        [f"{output} = {_number(data['value'])}"],
        ["forward pass", *ahead],
        [
            "backward pass: dZ is the gradient of the result by Z",
            f"  d{output}  = 1",
            *_table(rules),
        ],
        ["the gradient of each line", *slopes] if slopes else [],
        ["the gradient", *(ends or ["  nothing is asked for: all leaves are given"])],
    ]
    return "\n\n".join("\n".join(part) for part in parts if part)


def _named(name: str, rule: str, found: Any) -> Iterable[str]:
    """Yield a heading and the entries below it; a number stands in the heading."""
    shape = np.shape(found)
    heading = f"  {name}" + (f" = {rule}" if rule else "")
    if not shape:
        yield f"{heading} = {_number(found)}"
        return
    yield f"{heading} : {shape_text(shape)}"
    entries = np.array2string(
        np.asarray(found),
        threshold=200,
        max_line_width=WIDTH,
        formatter={"float_kind": _number},
    )
    yield from (f"    {row}" for row in entries.splitlines() if row)


def _number(found: Any) -> str:
    return f"{float(found) + 0.0:.{DIGITS}g}"


def _table(rows: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)] if rows else []
    return ["  " + "  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
