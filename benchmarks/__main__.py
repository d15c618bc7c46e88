"""Measures everything: `make bench`, or `python -m benchmarks scalar_graph web` for some."""

import sys

from benchmarks import (
    browser,
    class_load,
    dragging,
    expression,
    gradient_check,
    imports,
    instructions,
    key_to_painted,
    load,
    modes,
    page_cost,
    programs,
    race,
    scalar_graph,
    training_epochs,
    training_load,
    training_page,
    training_step,
    web,
)
from benchmarks.timing import Row

SUBJECTS = {
    "scalar_graph": scalar_graph.rows,
    "training_step": training_step.rows,
    "training_epochs": training_epochs.rows,
    "expression": expression.rows,
    "programs": programs.rows,
    "modes": modes.rows,
    "gradient_check": gradient_check.rows,
    "imports": imports.rows,
    "web": web.rows,
    "browser": browser.rows,
    "dragging": dragging.rows,
    "race": race.rows,
    "training_page": training_page.rows,
    "training_load": training_load.rows,
}
LONG = {  # only when asked for by name
    "training_patience": training_page.patience_rows,
    "instructions": instructions.rows,
    "key_to_painted": key_to_painted.rows,
    "page_cost": page_cost.rows,
    "load": load.rows,
    "class_load": class_load.rows,
}


def main(asked: list[str]) -> None:
    """Print a row per number, each as soon as it is known."""
    print(Row("name", "measured", "wanted").line())
    for subject in asked or SUBJECTS:
        for row in (SUBJECTS | LONG)[subject]():
            print(row.line(), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
