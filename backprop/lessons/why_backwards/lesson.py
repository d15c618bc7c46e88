"""Why backwards?: the same program forward and in reverse, side by side.

Forward, a direction of the inputs runs down the lines as tangents: a pass fills a column of the
Jacobian. In reverse, a weight of the outputs runs up as gradients: a pass fills a row. A loss has
one row. The third view takes a gradient's own tangent: the curvature along a direction.
"""

from dataclasses import dataclass
from typing import Any

from backprop.engine.modes.jacobians import PASSES
from backprop.lessons.why_backwards.asked import (
    ASKS,
    ModesQuestion,
    find_modes_question,
)
from backprop.lessons.why_backwards.both import Both, both_of
from backprop.lessons.why_backwards.choices import Choices
from backprop.lessons.why_backwards.curvature import Curvature, curvature_steps, make_curvature
from backprop.lessons.why_backwards.ending import QUESTIONS, make_ending
from backprop.lessons.why_backwards.panel import ModesQuiz, make_modes_quiz
from backprop.lessons.why_backwards.paper import make_sheet
from backprop.lessons.why_backwards.presets import PRESETS
from backprop.lessons.why_backwards.questions import GivenArray
from backprop.lessons.why_backwards.schedule import (
    Schedule,
    make_strip,
)
from backprop.lessons.why_backwards.setting import (
    Card,
    Setting,
    listed,
    make_cards,
    make_schedule,
    make_setting,
)
from backprop.lessons.why_backwards.sides import Side, make_forward, make_reverse
from backprop.stage.head import Head, find_preset, make_head
from backprop.stage.lesson import Lesson
from backprop.stage.links import Links
from backprop.stage.walk.explanation import Words
from backprop.stage.walk.strip import Strip


@dataclass(frozen=True, slots=True)
class ModesWalk:
    """The strip of all passes."""

    strip: Strip


@dataclass(frozen=True, slots=True)
class Told:
    """What stands above both halves.

    Attributes:
        eyebrow: which Jacobian it is.
        headline: the question.
        answer: how many passes, in runs with their tone.
        is_covered: whether the answer is asked.
        notes: what is held, what was cut, where a value is no number.
        aloud: the step in a sentence, for a screen reader.
    """

    eyebrow: Words
    headline: Words
    answer: tuple[tuple[str, str], ...]
    is_covered: bool
    notes: tuple[Words, ...]
    aloud: str


@dataclass(frozen=True, slots=True)
class Board:
    """Everything shown of a program in both modes at a step; no markup.

    Attributes:
        head: of the page.
        walk: the strip.
        bracket: what stands over its phases.
        told: the question and its answer.
        setting: what can be set.
        sides: the two halves; none in the view of the curvature.
        curvature: that view; None elsewhere.
        quiz: asking first.
        covers_passes: whether the page may not say how many passes there are.
        given: the arrays that the open question is worked out from.
        cards: other shapes.
    """

    head: Head
    walk: ModesWalk
    bracket: str
    told: Told
    setting: Setting
    sides: tuple[Side, ...]
    curvature: Curvature | None
    quiz: ModesQuiz
    covers_passes: bool
    given: tuple[GivenArray, ...]
    cards: tuple[Card, ...]


def compose(choices: Choices, links: Links) -> Board:
    """Return the board of a program at a step; a step beyond the last is the last.

    Raises:
        ChoiceError: the program cannot be read, or a seed does not fit.
    """
    both = both_of(choices)
    schedule = make_schedule(choices, both)
    if choices.view:
        return _curved(choices, links, both)
    at = min(choices.step, schedule.count - 1)
    question = find_modes_question(choices, both, schedule, at)
    left = question.leave(links)
    places = schedule.at(at)
    covered = question.covered
    return Board(
        head=_head(choices, links),
        walk=ModesWalk(make_strip(schedule, at, (both.column_names, both.row_names), left)),
        bracket="one pass on each side a step"
        if schedule.together
        else "first all passes forward, then all in reverse",
        told=_tell(both, schedule, at, question),
        setting=make_setting(choices, links, both, schedule, at),
        sides=(
            make_forward(both, schedule, places[0], links, covered),
            make_reverse(both, schedule, places[1], links, covered),
        ),
        curvature=None,
        quiz=make_modes_quiz(question, links),
        covers_passes=question.covers_passes,
        given=question.given,
        cards=make_cards(choices, links),
    )


def _curved(choices: Choices, links: Links, both: Both) -> Board:
    schedule = make_schedule(choices, both)
    at = min(choices.step, len(curvature_steps(both)) - 1)
    off = find_modes_question(choices, both, schedule, at)
    curvature = make_curvature(both, at, links)
    return Board(
        head=_head(choices, links),
        walk=ModesWalk(curvature.strip),
        bracket="forward over reverse: tangents of values, then tangents of gradients",
        told=Told(curvature.eyebrow, ("How does the slope change along a direction?",),
                  curvature.answer, False, _notes(both), curvature.aloud),
        setting=make_setting(choices, links, both, schedule, 0),
        sides=(),
        curvature=curvature,
        quiz=make_modes_quiz(off, links),
        covers_passes=False,
        given=(),
        cards=make_cards(choices, links),
    )  # fmt: skip


def _head(choices: Choices, links: Links) -> Head:
    begun = find_preset(PRESETS, choices.preset_name)
    same = begun is not None and begun.choices.program == choices.program
    title = begun.title if begun and same else "A program of your own"
    return make_head(links, PRESETS, title, begun if same else None, came_from=begun)


def _tell(both: Both, schedule: Schedule, at: int, question: ModesQuestion) -> Told:
    m, n = both.rows, both.columns
    by = f"{listed(both.inputs)} ({n:,})"
    eyebrow = (f"Jacobian of {both.output} ({m:,}) by {by}: {m:,}×{n:,}",)
    answer = (
        (f"{n:,} {'pass' if n == 1 else 'passes'} forward", "f"),
        ("or", ""),
        (f"{m:,} in reverse", "g"),
    )
    if question.covers_passes:
        aloud = "How many passes fill the whole Jacobian, forward and in reverse?"
    else:
        forward, reverse = schedule.at(at)
        aloud = (
            f"{forward.passes} of {schedule.forward} passes forward are done, "
            f"{reverse.passes} of {schedule.reverse} in reverse."
        )
    return Told(
        eyebrow,
        ("Why does backprop go backward?",),
        answer,
        question.covers_passes,
        _notes(both),
        aloud,
    )


def _notes(both: Both) -> tuple[Words, ...]:
    notes: list[Words] = []
    if both.bad:
        notes.append((f"The value of {both.bad} is NaN or infinite, and so is what follows it.",))
    if both.held:
        few = len(both.held) == 1
        held = f"{listed(both.held)} {'is' if few else 'are'} held"
        notes.append((f"{held}: no entry of {'it' if few else 'them'} is nudged.",))
    if both.columns > PASSES and both.direction is None:
        notes.append((f"{PASSES} of the {both.columns:,} passes forward are run here.",))
    if both.rows > PASSES and both.weight is None:
        notes.append((f"{PASSES} of the {both.rows:,} passes in reverse are run here.",))
    return tuple(notes)


def _steps(board: Board) -> Any:
    return board.walk.strip.steps


LESSON = Lesson(
    name="why_backwards",
    title="Why backwards?",
    about="One program, forward and in reverse, side by side: tangents down, gradients up, the "
    "Jacobian filled by column and by row, and what each pass costs.",
    defaults=PRESETS[0].choices,
    presets=PRESETS,
    compose=compose,
    steps=_steps,
    styles=("quiz", "programs", "why_backwards"),
    scripts=("quiz",),
    route="Why backwards?",
    chapter="Beyond dense networks",
    able="say how many passes a Jacobian takes forward and in reverse, and why a loss goes "
    "backwards",
    minutes=10,
    ending=make_ending,
    questions=QUESTIONS,
    asks=ASKS,
    paper=make_sheet,
)
