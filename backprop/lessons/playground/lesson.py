"""The playground: any typed function, step by step, and its gradient by three roads.

Type a formula; it becomes a graph, whose values, slopes and paths are walked through. Every slope
is shown from a closed form, from the backward pass, and from nudging.
"""

from dataclasses import dataclass, replace
from typing import Any

from backprop.drawing.parts import Drawn
from backprop.drawing.scene import expression_scene
from backprop.engine.graph import Graph
from backprop.engine.named_lines import has_lines
from backprop.lessons.playground.asked import ASKS
from backprop.lessons.playground.choices import SECTIONS, Choices, parse_function
from backprop.lessons.playground.ending import QUESTIONS, make_ending
from backprop.lessons.playground.export import Export, export_file, make_export
from backprop.lessons.playground.fields import (
    Shapes,
    Variable,
    make_shapes,
    make_variables,
    next_point,
    show_variables,
)
from backprop.lessons.playground.paper import make_sheet
from backprop.lessons.playground.presets import PRESETS
from backprop.lessons.playground.proof import Proofs, make_proofs
from backprop.notation.derivation import Equation, equation
from backprop.notation.formula import Label, Number
from backprop.notation.full_formula import whole_formula
from backprop.notation.line_breaking import broken
from backprop.notation.numerals import exact, short, signed
from backprop.stage.choices import change
from backprop.stage.derivation import explained
from backprop.stage.functions import function_labels, function_letter
from backprop.stage.head import Head, find_preset, make_head
from backprop.stage.kept import kept_apart_from, kept_by
from backprop.stage.lesson import Lesson
from backprop.stage.links import Links
from backprop.stage.programs.numbers import program_of_formula
from backprop.stage.quiz.answers import SILENT
from backprop.stage.quiz.panel import Quiz, make_quiz
from backprop.stage.quiz.score import Score, make_score
from backprop.stage.quiz.step_question import StepQuestion, find_step_question
from backprop.stage.sections import make_sections
from backprop.stage.walk.board import Walk, make_view
from backprop.stage.walk.explanation import Labels, Words, number
from backprop.stage.walk.function import (
    FunctionAt,
    explain_function_step,
    function_at,
    function_folds,
    function_steps,
)
from backprop.stage.walk.ledger import find_opening, make_ledger
from backprop.stage.walk.not_finite import Rewriting, rewriting
from backprop.stage.walk.strip import Film


@dataclass(frozen=True, slots=True)
class Function:
    """The function, as it is typed and as it is printed.

    Attributes:
        expression: as it is typed.
        lines: whether that is of named lines.
        letter: what the function is called.
        formula: the whole of it, as a textbook prints it: f = (x + y)z.
        output: how the result is called.
        value: at the point; None where gradients are asked, before the walk has come to it.
    """

    expression: str
    lines: bool
    letter: Label
    formula: Equation
    output: Label
    value: Number | None


@dataclass(frozen=True)
class Board:
    """Everything shown of a function at one step; no markup."""

    head: Head
    walk: Walk
    quiz: Quiz
    function: Function
    shapes: Shapes
    variables: tuple[Variable, ...]
    proofs: Proofs
    rewriting: Rewriting | None  # where it overflows, though a writing is known that does not
    export: Export
    modes: str  # where the same function runs forward and in reverse; empty where it cannot

    def address(self, **changes: Any) -> str:
        """Return the address of this state with some fields changed."""
        return self.head.links.address(**changes)


def compose(choices: Choices, links: Links) -> Board:
    """Return the board of a function at a step; a step beyond the last is the last.

    Raises:
        InputError: the function cannot be read.
    """
    passes, around = _passes(choices), _make_around(choices, links)
    steps, label = function_steps(passes.graph), function_labels(passes.graph)
    question = find_step_question(passes, choices.quiz, steps, min(choices.step, len(steps) - 1))
    unknown = question.unknown
    return Board(
        head=replace(around.head, links=links),
        walk=_walk(passes, choices.focus, question, links, around.drawn),
        quiz=make_quiz(question, links, label, choices.focus, _score(passes, question, links)),
        function=_cover_value(around.function, passes.graph, question),
        shapes=make_shapes(choices, question.step, links),
        variables=show_variables(around.variables, question),
        proofs=make_proofs(passes, label, unknown) if unknown else around.proofs,
        rewriting=around.rewriting,
        export=make_export(passes, choices.export, links, closed=True)
        if unknown
        else around.export,
        modes=around.modes,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Around:
    """What stands around the walk: at each step it is the same, but for the step in its links.

    Attributes:
        variables: each without its gradient, and with it.
        proofs, export: where nothing is asked.
        drawn: of the picture of the graph, at the steps that were shown.
    """

    head: Head
    function: Function
    variables: tuple[tuple[Variable, Variable], ...]
    proofs: Proofs
    rewriting: Rewriting | None
    export: Export
    modes: str
    drawn: Drawn


@kept_apart_from("step")
def _make_around(choices: Choices, links: Links) -> _Around:
    passes = _passes(choices)
    label = function_labels(passes.graph)
    return _Around(
        head=_head(choices, links),
        function=_function(passes, choices.expression, label),
        variables=make_variables(passes, choices.focus, links, label),
        proofs=make_proofs(passes, label, frozenset()),
        rewriting=rewriting(passes.trace, links),
        export=make_export(passes, choices.export, links, closed=False),
        modes=_modes(choices, links),
        drawn={},
    )


def _modes(choices: Choices, links: Links) -> str:
    """Return where the same function runs forward and in reverse; empty where it cannot."""
    program = program_of_formula(choices.expression, choices.at)
    if not program:
        return ""
    return links.to("why_backwards", program=program, formula=choices.expression)


@kept_apart_from("step")
def _make_film(choices: Choices, links: Links) -> Film:
    graph = _passes(choices).graph
    steps = function_steps(graph)
    return Film(steps, links, function_labels(graph), function_folds(steps))


def _numbers(choices: Choices) -> tuple[object, ...]:
    """Return what both passes are made of; a walk stays at it."""
    return choices.expression, choices.share, choices.at


@kept_by(_numbers)
def _passes(choices: Choices) -> FunctionAt:
    return function_at(parse_function(choices), choices.at)


def _head(choices: Choices, links: Links) -> Head:
    begun = find_preset(PRESETS, choices.preset_name)
    same = begun is not None and begun.choices.expression == choices.expression
    title = begun.title if begun and same else "A function of your own"
    check = links.to(
        "gradient_check", of="expression", expression=choices.expression, at=dict(choices.at)
    )
    slopes = len(choices.at)
    titles: dict[str, tuple[Words, Words]] = {
        "proof": (
            ("One gradient, three roads",),
            (f"{slopes} slope{'' if slopes == 1 else 's'}, each by three ways",),
        ),
        "export": (("Take it along",), ("LaTeX, NumPy, PyTorch, a picture",)),
    }
    sections = make_sections(choices, PRESETS[0].choices, SECTIONS, titles)
    shown = begun if same else None
    return make_head(links, PRESETS, title, shown, check=check, sections=sections)


def _walk(
    passes: FunctionAt, focus: str, question: StepQuestion, links: Links, drawn: Drawn
) -> Walk:
    steps, at, label = question.steps, question.at, function_labels(passes.graph)
    left = question.leave(links)
    view = question.cover_view(make_view(passes, steps, at, focus))
    explanation = explain_function_step(passes, question.step, label)
    closed = focus in question.unknown
    return Walk(
        strip=_make_film(left.choices, left).at(at),
        scene=expression_scene(
            passes.trace,
            view,
            label,
            short,
            signed,
            exact,
            lambda name: question.open_address(links, name),
            large=links.choices.mode == "projector",
            drawn=None if question.scratch else drawn,
        ),
        explanation=question.cover_explanation(explanation),
        ledger=None if closed else make_ledger(passes, focus, links, label),
        opening=None if closed else find_opening(passes, focus, links, steps),
    )


def _score(passes: FunctionAt, question: StepQuestion, links: Links) -> Score | None:
    """Return the sum at the end of the pass; None where there is no variable, either."""

    def fresh(step: int) -> str:
        at = next_point(passes.graph, passes.at)
        if at is None:
            return ""
        return links.at(change(links.choices, **SILENT, at=at, step=step)).address()

    return make_score(question, links, fresh) if passes.at else None


def _function(passes: FunctionAt, expression: str, label: Labels) -> Function:
    graph, letter = passes.graph, function_letter(passes.graph)
    return Function(
        expression=expression,
        lines=has_lines(expression),
        letter=letter,
        formula=equation(letter, ("=", broken(whole_formula(graph, label)))),
        output=label(graph.nodes[graph.output].name),
        value=number(passes.trace.value, "forward"),
    )


def _cover_value(function: Function, graph: Graph, question: StepQuestion) -> Function:
    """Return the function without its value, where gradients are asked and the value is ahead."""
    ahead = question.steps[question.at + 1 :] if question.on else ()
    is_ahead = ("value", graph.output) in {(step.kind, step.node) for step in ahead}
    return replace(function, value=None) if is_ahead else function


LESSON = Lesson(
    name="playground",
    title="Playground",
    about="Type any function. Step through both passes, drag its variables, and see every slope "
    "three times: from a closed form, from the backward pass, from nudging.",
    defaults=PRESETS[0].choices,
    presets=PRESETS,
    compose=compose,
    picture=lambda board: board.walk.scene,
    derived=lambda board: (explained(board.walk.explanation),),
    steps=lambda board: board.walk.strip.steps,
    address="/playground",
    files={"export/<name>": export_file},
    styles=("playground", "quiz"),
    scripts=("playground", "quiz", "drag"),
    route="A first graph",
    able="send one number back through (x + y)·z, and say where it goes",
    minutes=8,
    ending=make_ending,
    questions=QUESTIONS,
    asks=ASKS,
    paper=make_sheet,
)
