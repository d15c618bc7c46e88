"""Your own gradient on paper: a small network with its numbers, and a table to write yours in.

Where a gradient was brought, it is printed: what is asked is whether it is right.
"""

from collections.abc import Mapping

import numpy as np

from backprop.engine.backward import differentiate
from backprop.engine.network import Array, Network
from backprop.engine.text import to_text
from backprop.lessons.own_gradient.answer import Answer, find_answer, show_brought
from backprop.lessons.own_gradient.brought import Brought, find_brought
from backprop.lessons.own_gradient.choices import Choices, Given, make_given
from backprop.notation.formula import Number
from backprop.notation.numerals import long
from backprop.notation.submission.programs import ProgramSubmission
from backprop.notation.submission.read import Submission
from backprop.notation.submission.report import Finding
from backprop.stage.links import Links
from backprop.stage.networks import LOSS_TITLES
from backprop.stage.paper import Blank, Cell, Part, Sheet, Table, Task, side_by_side
from backprop.stage.walk.explanation import Words

MOST_ENTRIES = 24  # that are asked; of a larger network the first of each array
MOST_NUMBERS = 48  # of an array that are printed
VERDICTS = ("Right", "Wrong", "Cannot be judged")


def make_sheet(choices: Choices, links: Links, title: str) -> Sheet:
    """Return the network with its batch, and the table for its gradient.

    Raises:
        InputError: the network does not fit together, or what was brought cannot be read.
    """
    brought = find_brought(choices, links.read)
    if brought:
        return _given_sheet(brought, links, title)
    given = make_given(choices)
    return Sheet(
        title=title,
        question=("Work out the gradient of this loss by your own code or by hand. Is it right?",),
        setting=(_described(given.network, len(given.X)),),
        parts=(
            Part(("The numbers",), table=_numbers(given.X, given.Y, given.parameters)),
            Part(
                ("Your gradient",),
                ("Write what your code gives. Compare when the answers are handed out: right where "
                 "the two agree in six digits.",),
                table=_entries(given),
                tasks=(
                    Task(("Your verdict: is it right? Where does it begin to be wrong?",),
                         ("Yours alone: the last layer that is right, and the first array that is "
                          "not, lead to the line.",), lines=2),
                ),
            ),
        ),
    )  # fmt: skip


def _described(network: Network, examples: int) -> Words:
    sizes = "–".join(map(str, network.sizes))
    kinds = ", then ".join(each.replace("_", " ") for each in network.activations)
    batch = f"mean over {examples} examples" if examples > 1 else "one example"
    return (
        f"A {sizes} network with {kinds}; {LOSS_TITLES[network.loss]}, {batch}. Weights are "
        "[out, in]; a row of X is an example.",
    )


def _given_sheet(brought: Brought, links: Links, title: str) -> Sheet:
    """Return the gradient that was brought, with blanks for its check and the verdict."""
    submission = brought.judgement.submission
    if isinstance(submission, Submission):
        setting: Words = _described(submission.network, len(submission.X))
        numbers = Part(
            ("The numbers",), table=_numbers(submission.X, submission.Y, submission.parameters)
        )
    elif isinstance(submission, ProgramSubmission):
        setting = ("A program of arrays; the seeds are those of NumPy’s default_rng.",)
        lines = tuple(filter(None, submission.program.text.splitlines()))
        numbers = Part(("The program",), code=lines)
    else:
        setting = (f"f = {to_text(submission.graph)}",)
        numbers = Part(("The numbers",), table=_numbers_of_function(submission.at))
    answer, shown = find_answer(brought.judgement), show_brought(brought, links)
    clues = (f"{clue.title}: {clue.sentence} {clue.about}".strip() for clue in shown.clues)
    return Sheet(
        title=title,
        question=("Somebody’s code gives this gradient. Is it right?",),
        setting=(setting,),
        parts=(
            numbers,
            Part(
                ("The gradient that was brought",),
                ("Check entries: nudge a number by h to both sides, and divide the rise of the "
                 "loss by 2h.",),
                table=_claims(brought),
                tasks=(
                    Task(("Your verdict: is it right?",), (),
                         options=tuple((each,) for each in VERDICTS),
                         right=frozenset((VERDICTS.index(_verdict(answer.state)),)),
                         about=(_said(answer),)),
                    Task(("Where does it begin to be wrong, and what looks left out or too much?",),
                         (" ".join(clues) or "Nowhere: it is right.",), lines=2),
                ),
            ),
        ),
    )  # fmt: skip


def _said(answer: Answer) -> str:
    """Return an answer in a line, without the word that is ticked."""
    big = answer.big.rstrip(":")
    words = (big if big != _verdict(answer.state) else "", f"{answer.reason}.", answer.sentence)
    said = " ".join(filter(None, words))
    return said[:1].upper() + said[1:]


def _verdict(state: str) -> str:
    return {"right": "Right", "wrong": "Wrong"}.get(state, "Cannot be judged")


def _claims(brought: Brought) -> Table:
    """Return each entry as it was brought, in the order of the arrays; of many some of each."""
    findings = brought.judgement.checked.findings
    arrays: dict[str, list[Finding]] = {}
    for each in sorted(findings, key=_place):
        arrays.setdefault(each.name.partition("[")[0], []).append(each)
    share = MOST_ENTRIES if len(findings) <= MOST_ENTRIES else MOST_ENTRIES // len(arrays)
    rows: list[tuple[Cell, ...]] = [
        (
            (f"d{each.name}",),
            (Number(long(each.claimed), each.claimed, "backward"),),
            Blank((Number(long(each.numeric), each.numeric),)),
            Blank((each.verdict,)),
        )
        for entries in arrays.values()
        for each in entries[: max(1, share)]
    ]
    heads = (("entry",), ("brought",), ("by nudging",), ("right?",))
    return side_by_side(Table(heads, tuple(rows), "Entry by entry, counted from 0"))


def _place(finding: Finding) -> tuple[str, str, tuple[int, ...]]:
    """Return by what entries are sorted: the layer, the array, its places."""
    array, _, places = finding.name.partition("[")
    return array[1:], array, tuple(map(int, filter(None, places.rstrip("]").split(","))))


def _numbers_of_function(at: Mapping[str, float]) -> Table:
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        ((name,), (Number(long(x), x, "forward"),)) for name, x in at.items()
    )
    return Table((("variable",), ("number",)), rows, "The point")


def _numbers(X: Array, Y: Array, parameters: Mapping[str, Array]) -> Table:
    arrays = {"X": X, "Y": Y, **parameters}
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        ((name,), (_shape(array),), (_written(array),)) for name, array in arrays.items()
    )
    return Table((("array",), ("shape",), ("numbers",)), rows, "What the network starts from")


def _shape(array: Array) -> str:
    return " × ".join(map(str, array.shape))


def _written(array: Array) -> str:
    """Return an array row by row; of a large one its beginning."""
    rows = array if array.ndim == 2 else array[None]
    shown, count = [], 0
    for row in rows:
        shown.append(", ".join(f"{x:g}".replace("-", "−") for x in row[:MOST_NUMBERS]))
        count += len(row)
        if count >= MOST_NUMBERS:
            break
    more = " …" if count < array.size or any(len(row) > MOST_NUMBERS for row in rows) else ""
    return "; ".join(shown) + more


def _entries(given: Given) -> Table:
    """Return an entry in each row: the learner's own number, and the exact one."""
    network = given.network
    at = network.batch(given.parameters, given.X, given.Y)
    gradient = differentiate(network.graph("layers"), at).gradient
    share = max(1, MOST_ENTRIES // len(network.shapes))
    few = network.parameter_count > MOST_ENTRIES
    rows: list[tuple[Cell, ...]] = []
    for name, shape in network.shapes.items():
        for n, place in enumerate(np.ndindex(*shape)):
            if few and n >= share:
                break
            slope = float(gradient[name][place])
            exact: Words = (Number(long(slope), slope, "backward"),)
            entry = f"d{name}[{','.join(map(str, place))}]"
            rows.append(((entry,), Blank(()), Blank(exact), Blank(())))
    heads = (("entry",), ("yours",), ("exact",), ("right?",))
    return side_by_side(Table(heads, tuple(rows), "Entry by entry, counted from 0"))
