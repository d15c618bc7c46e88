"""The playground: any typed function, step by step, and its gradient by three roads.

Type a formula; it becomes a graph, whose values, slopes and paths are walked through. Every slope
is shown from a closed form, from the backward pass, and from nudging.
"""

from dataclasses import dataclass, replace
from typing import Any

from backprop.drawing.scene import expression_scene
from backprop.engine.graph import Graph
from backprop.lessons.playground.choices import Choices, function_of
from backprop.lessons.playground.export import Export, export_file, export_of
from backprop.lessons.playground.fields import Shapes, Variable, shapes_of, variables_of
from backprop.lessons.playground.presets import PRESETS
from backprop.lessons.playground.proof import Proof, prove
from backprop.lessons.playground.quiz import function_end
from backprop.notation.derivation import Equation, equation
from backprop.notation.formula import Fraction, Label, Number
from backprop.notation.full_formula import whole_formula
from backprop.notation.line_breaking import broken
from backprop.notation.numerals import exact, short, signed
from backprop.stage.functions import function_labels, function_letter
from backprop.stage.head import Head, make_head, preset_address
from backprop.stage.lesson import Lesson
from backprop.stage.links import Links
from backprop.stage.quiz.panel import Quiz, make_ask, make_switch
from backprop.stage.quiz.question import cover_rows, find_question
from backprop.stage.walk.board import Walk, make_view
from backprop.stage.walk.explanation import Labels
from backprop.stage.walk.function import (
    FunctionAt,
    explain_function_step,
    function_at,
    function_folds,
    function_steps,
)
from backprop.stage.walk.ledger import make_ledger
from backprop.stage.walk.strip import make_strip


@dataclass(frozen=True)
class Board:
    """Everything shown of a function at one step; no markup."""

    head: Head
    walk: Walk
    quiz: Quiz
    expression: str
    letter: Label  # what the function is called
    formula: Equation
    output: Label
    value: Number
    shapes: Shapes
    variables: tuple[Variable, ...]
    proofs: tuple[Proof, ...]
    waiting: tuple[Fraction, ...]  # the slopes whose rows are covered until they are answered
    unproved: int  # variables for which no closed form was looked for
    agree: bool  # whether every row of the proof agrees
    export: Export

    def address(self, **changes: Any) -> str:
        """Return the address of this state with some fields changed."""
        return self.head.links.address(**changes)


def compose(choices: Choices, links: Links) -> Board:
    """Return the board of a function at a step; a step beyond the last is the last.

    Raises:
        InputError: the function cannot be read.
    """
    graph = function_of(choices)
    found, stops, label = (
        function_at(graph, choices.at),
        function_steps(graph),
        function_labels(graph),
    )
    step = min(choices.step, len(stops) - 1)
    stop = stops[step]
    began = next((p for p in PRESETS if p.name == choices.preset_name), None)
    same = began is not None and began.choices.expression == choices.expression
    preset = began if same else None
    question = find_question(found, choices.quiz, stops, step)
    onward, unknown = links, frozenset[str]()
    view, told = (
        make_view(found, stops, step, choices.focus),
        explain_function_step(found, stop, label),
    )
    if question:
        onward, unknown = question.onward(links), question.unknown
        view, told = question.view(view), question.telling(told)
    proofs = prove(found, label)
    variables = variables_of(found, choices, stops[: step + 1], links, label)
    output = label(graph.nodes[graph.output].name)
    return Board(
        head=make_head(
            links,
            PRESETS,
            preset.title if preset else "A function of your own",
            preset,
            reset=preset_address(choices.preset_name, links) if began else links.path,
            check=links.to(
                "gradient_check",
                of="expression",
                expression=choices.expression,
                at=dict(choices.at),
            ),
        ),
        walk=Walk(
            strip=make_strip(stops, step, onward, label, function_folds(stops)),
            scene=expression_scene(
                found.trace,
                view,
                label,
                short,
                signed,
                exact,
                lambda name: links.address(focus=name),
            ),
            explanation=told,
            ledger=None
            if choices.focus in unknown
            else make_ledger(found, choices.focus, links, label),
        ),
        quiz=Quiz(
            switch=make_switch(choices.quiz.ask, links),
            ask=make_ask(
                question, links, label, choices.focus, function_end(found, choices, question, links)
            ),
        ),
        expression=choices.expression,
        letter=function_letter(graph),
        formula=_formula(graph, label),
        output=output,
        value=Number(short(found.trace.value), found.trace.value, "forward"),
        shapes=shapes_of(choices, stop, links),
        variables=cover_rows(question, variables, lambda each: replace(each, gradient="")),
        proofs=tuple(proof for proof in proofs if proof.name not in unknown),
        waiting=tuple(proof.slope for proof in proofs if proof.name in unknown),
        unproved=sum(proof.closed is None and not proof.why for proof in proofs),
        agree=all(proof.agrees for proof in proofs if proof.name not in unknown),
        export=_export(found, choices, links, closed=bool(unknown)),
    )


def _formula(graph: Graph, label: Labels) -> Equation:
    """Return the whole function as a textbook prints it: f = (x + y)z."""
    return equation(function_letter(graph), ("=", broken(whole_formula(graph, label))))


def _export(found: FunctionAt, choices: Choices, links: Links, *, closed: bool) -> Export:
    """Return the panel; it holds the answers, so it stays closed while they are asked."""
    export = export_of(found, choices.export, links)
    if not (closed and export.kind):
        return export
    return replace(export, text="It holds the answers: it opens at the end of the pass.")


LESSON = Lesson(
    name="playground",
    title="Playground",
    about="Type any function. Step through both passes, drag its variables, and see every slope "
    "three times: from a closed form, from the backward pass, from nudging.",
    defaults=PRESETS[0].choices,
    presets=PRESETS,
    compose=compose,
    picture=lambda board: board.walk.scene,
    address="/playground",
    files={"export/<name>": export_file},
    styles=("playground", "quiz"),
    scripts=("playground", "quiz"),
)
