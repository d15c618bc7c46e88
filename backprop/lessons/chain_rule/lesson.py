"""The chain rule: the one fact of calculus on which backpropagation stands.

Two functions, one inside the other, or three. The derivation stands beside the graph of the same
function: what is a line there is a slope on an edge here, and the derivative is their product along
the path. A nudge shows that it is true to first order; a fork, that paths add up.
"""

import math
from dataclasses import dataclass, replace

from backprop.engine.text import to_text
from backprop.lessons.chain_rule.asked import ASKS
from backprop.lessons.chain_rule.choices import FADES, NO_ANSWERS, SECTIONS, Choices
from backprop.lessons.chain_rule.derivation import Derivation, count_lines, make_derivation
from backprop.lessons.chain_rule.ending import QUESTIONS, make_ending
from backprop.lessons.chain_rule.forks import Fork, make_fork
from backprop.lessons.chain_rule.function import Chain, Link, make_chain
from backprop.lessons.chain_rule.nudge import NudgeBoard, make_nudge
from backprop.lessons.chain_rule.paper import make_sheet
from backprop.lessons.chain_rule.picture import asked_scene
from backprop.lessons.chain_rule.presets import FORMER, PRESETS
from backprop.notation.derivation import Equation, equation
from backprop.notation.formula import Number
from backprop.notation.full_formula import whole_formula
from backprop.notation.names import label_of
from backprop.notation.numerals import brief, field
from backprop.stage.derivation import Derived, explained
from backprop.stage.head import Head, find_preset, make_head
from backprop.stage.kept import kept_apart_from
from backprop.stage.lesson import Blanks, Lesson
from backprop.stage.links import Links
from backprop.stage.quiz import mask
from backprop.stage.quiz.answers import SILENT
from backprop.stage.quiz.panel import Quiz, make_quiz
from backprop.stage.quiz.score import Score, make_score
from backprop.stage.quiz.step_question import StepQuestion, find_step_question
from backprop.stage.sections import make_sections
from backprop.stage.walk.board import Walk
from backprop.stage.walk.explanation import Explanation, Words, number
from backprop.stage.walk.function import (
    FunctionAt,
    explain_function_step,
    function_at,
    function_folds,
    function_steps,
)
from backprop.stage.walk.strip import Film

POINTS = (-2.0, -1.5, -0.5, 0.5, 0.8, 1.5, 2.0, 3.0)  # where a pass starts again
TITLES = {
    "yu": "the outer function",
    "ux": "the inner function",
    "uv": "the one between",
    "vx": "the innermost function",
}


@dataclass(frozen=True, slots=True)
class FunctionField:
    """The field of one function of the chain."""

    name: str
    of: str
    text: str
    formula: Equation
    value: Number
    title: str


@dataclass(frozen=True, slots=True)
class Functions:
    """The functions as they are typed, the outermost first, and x."""

    fields: tuple[FunctionField, ...]
    x: str
    at: str  # x as a sentence says it
    deep: bool
    deeper: str  # the address with a third function, or with two again
    fresh: str  # this state without answers: another function asks anew
    has_nameless: bool  # whether results stand in the picture that nobody named


@dataclass(frozen=True, slots=True)
class Board:
    """Everything shown of a chain at one step; no markup."""

    head: Head
    walk: Walk
    functions: Functions
    quiz: Quiz
    derivation: Derivation | None  # None where the steps are asked: it would say every answer
    nudge: NudgeBoard | None  # None as long as a slope that it has is to be answered
    fork: Fork | None  # the same: by default it has the same function in it


def compose(choices: Choices, links: Links) -> Board:
    """Return the board of a chain at a step; a step beyond the last is the last.

    Raises:
        InputError: a function cannot be read, or uses a variable that is not its own.
    """
    chain = make_chain(choices)
    function = function_at(chain.graph, {"x": choices.x} if chain.graph.variables else {})
    steps = function_steps(chain.graph)
    apart = (choices.y, choices.u, choices.v, choices.x)
    question = find_step_question(
        function, choices.quiz, steps, min(choices.step, len(steps) - 1), *apart
    )
    slope, left = _derivative(function), question.leave(links)
    derivation = None if question.on else make_derivation(chain, slope, choices, links)
    covered = derivation is not None and derivation.covered
    secret = covered or bool(question.unknown)
    preset = began = find_preset((*PRESETS, *FORMER), choices.preset_name or PRESETS[0].name)
    if preset and any(getattr(preset.choices, f) != getattr(choices, f) for f in "yuv"):
        preset = None
    return Board(
        head=make_head(
            links,
            PRESETS,
            preset.title if preset else "The chain rule",
            preset,
            check=_check(chain, links),
            sections=make_sections(
                choices, (began or PRESETS[0]).choices, SECTIONS, _titles(choices)
            ),
        ),
        walk=Walk(
            strip=_make_film(left.choices, left).at(question.at),
            scene=asked_scene(question, covered=covered, large=choices.mode == "projector"),
            explanation=_explain(question, function, covered=covered),
        ),
        functions=_functions(chain, choices, links),
        quiz=make_quiz(question, links, label_of, "", _score(chain, question, links)),
        derivation=derivation,
        nudge=None if secret else make_nudge(chain, slope, choices.dx),
        fork=None if secret else make_fork(choices, links),
    )


@kept_apart_from("step")
def _make_film(choices: Choices, links: Links) -> Film:
    """Return the strip of the walk, at any step."""
    steps = function_steps(make_chain(choices).graph)
    return Film(steps, links, label_of, function_folds(steps))


def _explain(question: StepQuestion, function: FunctionAt, *, covered: bool) -> Explanation:
    """Return the explanation of the step, without what is asked for, here or in a blank line."""
    explanation = explain_function_step(function, question.step, label_of)
    if covered and question.step.kind != "value" and question.step.node != function.graph.output:
        words = ("Covered until the blank lines are right.",)
        bare = mask.cover_explanation(explanation, 0)
        return replace(bare, lede=(), products=(), local=None, sentence=words)
    return question.cover_explanation(explanation)


def _score(chain: Chain, question: StepQuestion, links: Links) -> Score | None:
    """Return the sum at the end of a pass; it starts again at another x."""

    def fresh(step: int) -> str:
        later = (*(x for x in POINTS if x > chain.x), *POINTS)
        others = (x for x in later if x != chain.x and math.isfinite(chain.values_at(x)["y"]))
        x = next(others, None)
        return "" if x is None else links.address(**SILENT, x=x, step=step)

    return make_score(question, links, fresh) if chain.graph.variables else None


def _titles(choices: Choices) -> dict[str, tuple[Words, Words]]:
    """Return what each section that opens is called, and what is set in it."""
    x = label_of("x")
    return {
        "nudge": (("Nudge ", x, ", and watch it pass"), ("Δ", x, f" = {field(choices.dx)}")),
        "forks": (("And if ", x, " is used twice?"), (f"f = {choices.fork}",)),
    }


def _derivative(function: FunctionAt) -> float:
    """Return dy/dx; NaN where y has no value, for then nothing can be steep."""
    has_value = math.isfinite(function.trace.value)
    return float(function.trace.gradient.get("x", 0.0)) if has_value else math.nan


def _check(chain: Chain, links: Links) -> str:
    """Return where the gradient of the whole is checked; empty where it is constant."""
    if not chain.graph.variables:
        return ""
    expression = to_text(chain.graph)
    return links.to("gradient_check", of="expression", expression=expression, at={"x": chain.x})


def _functions(chain: Chain, choices: Choices, links: Links) -> Functions:
    deep = len(chain.links) == 3
    fresh = {"open": (), "closed": (), **NO_ANSWERS}
    if deep:
        deeper = links.address(step=0, v="", u=_reletter(choices.u, "v", "x"), **fresh)
    else:
        inner = "3x" if choices.u != "3x" else "x^2"
        deeper = links.address(step=0, v=inner, u=_reletter(choices.u, "x", "v"), **fresh)
    return Functions(
        fields=tuple(_field(link, chain, getattr(choices, link.name)) for link in chain.links),
        x=field(choices.x),
        at=brief(choices.x),
        deep=deep,
        deeper=deeper,
        fresh=links.address(**fresh),
        has_nameless=any(node.name == "q1" for node in chain.graph.nodes),
    )


def _field(link: Link, chain: Chain, text: str) -> FunctionField:
    return FunctionField(
        name=link.name,
        of=link.of,
        text=text,
        formula=equation(label_of(link.name), ("=", whole_formula(link.graph, label_of))),
        value=number(chain.values[link.name], "forward"),
        title=TITLES[link.name + link.of],
    )


def _lines(derivation: Derivation | None) -> tuple[Derived, ...]:
    """Return the lines of the derivation that are shown, and of the others their left sides."""
    if derivation is None:
        return ()
    open_ = [line.state == "open" for line in derivation.lines]
    pairs = zip(derivation.lines, open_, strict=True)
    return tuple(
        Derived((line.words,), (line.equation,))
        if shown
        else Derived(
            (f"Line {line.number}",), (equation(line.equation.left, ("=", Number("?", math.nan))),)
        )
        for line, shown in pairs
    )


def _reletter(text: str, old: str, new: str) -> str:
    """Return a function's text with another variable; the x of exp and max stays."""

    def is_alone(i: int) -> bool:
        return not (text[i - 1 : i].isalpha() or text[i + 1 : i + 2].isalpha())

    return "".join(new if c == old and is_alone(i) else c for i, c in enumerate(text))


LESSON = Lesson(
    name="chain_rule",
    title="The chain rule",
    about="Two functions, one inside the other: slopes multiply along a path and add up over "
    "paths. Line by line, on the graph, and by nudging.",
    defaults=PRESETS[0].choices,
    presets=PRESETS,
    former=FORMER,
    compose=compose,
    picture=lambda board: board.walk.scene,
    derived=lambda board: (*_lines(board.derivation), explained(board.walk.explanation)),
    steps=lambda board: board.walk.strip.steps,
    blanks=Blanks(
        lambda choices: count_lines(make_chain(choices)),
        {each: f"the {each}" for each in FADES},
        {"open": (), "closed": (), **NO_ANSWERS},
    ),
    styles=("chain_rule", "quiz"),
    scripts=("drag", "quiz"),
    route="The chain rule",
    able="take a function of a function apart, and name the factor each part gives",
    minutes=12,
    ending=make_ending,
    questions=QUESTIONS,
    asks=ASKS,
    paper=make_sheet,
)
