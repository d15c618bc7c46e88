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
    GivenArray,
    ModesQuestion,
    find_modes_question,
)
from backprop.lessons.why_backwards.both import Both, both_of
from backprop.lessons.why_backwards.choices import PACES, VIEWS, Choices
from backprop.lessons.why_backwards.curvature import Curvature, curvature_steps, make_curvature
from backprop.lessons.why_backwards.ending import QUESTIONS, make_ending
from backprop.lessons.why_backwards.panel import ModesQuiz, make_modes_quiz
from backprop.lessons.why_backwards.paper import make_sheet
from backprop.lessons.why_backwards.presets import CARDS, PRESETS
from backprop.lessons.why_backwards.schedule import (
    Schedule,
    make_strip,
    moved,
    schedule_of,
)
from backprop.lessons.why_backwards.sides import Side, make_forward, make_reverse
from backprop.notation.names import first_names, name_list
from backprop.stage.choices import change
from backprop.stage.controls import Option, make_options
from backprop.stage.head import Head, find_preset, make_head, preset_address
from backprop.stage.lesson import Lesson
from backprop.stage.links import Links
from backprop.stage.programs.numbers import program_of_formula
from backprop.stage.quiz.arrays.answers import UNSAID
from backprop.stage.walk.explanation import Words
from backprop.stage.walk.strip import Strip

CARD_WIDTH = 9.0  # rem: of the longest bar


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
class Card:
    """Another shape to change to.

    Attributes:
        title: what has it.
        inputs, outputs: N and M.
        forward_width, reverse_width: of the bars of passes, in rem.
        on: whether it is shown.
        address: where it is.
    """

    title: str
    inputs: int
    outputs: int
    forward_width: str
    reverse_width: str
    on: bool
    address: str


@dataclass(frozen=True, slots=True)
class Text:
    """The program as a text to be changed, and the pairs that go along."""

    program: str
    rows: int
    pairs: dict[str, str]


@dataclass(frozen=True, slots=True)
class Setting:
    """What can be set.

    Attributes:
        views, paces, grains: which view, how the sides run, how far a step goes.
        leaves: whose entries can be nudged; none where there is but one.
        by: whose are.
        text: the program, while it is edited.
        edit: the address where it is, or where it is no more.
        back: where the same program stands in another lesson; empty where nowhere.
        back_title: what that is called.
        panes: what a phone shows: one half, or the other.
    """

    views: tuple[Option, ...]
    paces: tuple[Option, ...]
    grains: tuple[Option, ...]
    leaves: tuple[Option, ...]
    by: str
    text: Text | None
    edit: str
    back: str
    back_title: str
    panes: tuple[Option, ...]


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
    schedule = _schedule(choices, both)
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
        setting=_settings(choices, links, both, schedule, at),
        sides=(
            make_forward(both, schedule, places[0], links, covered),
            make_reverse(both, schedule, places[1], links, covered),
        ),
        curvature=None,
        quiz=make_modes_quiz(question, links),
        covers_passes=question.covers_passes,
        given=question.given,
        cards=_cards(choices, links),
    )


def _curved(choices: Choices, links: Links, both: Both) -> Board:
    schedule = _schedule(choices, both)
    at = min(choices.step, len(curvature_steps(both)) - 1)
    off = find_modes_question(choices, both, schedule, at)
    curvature = make_curvature(both, at, links)
    return Board(
        head=_head(choices, links),
        walk=ModesWalk(curvature.strip),
        bracket="forward over reverse: tangents of values, then tangents of gradients",
        told=Told(curvature.eyebrow, ("How does the slope change along a direction?",),
                  curvature.answer, False, _notes(both), curvature.aloud),
        setting=_settings(choices, links, both, schedule, 0),
        sides=(),
        curvature=curvature,
        quiz=make_modes_quiz(off, links),
        covers_passes=False,
        given=(),
        cards=_cards(choices, links),
    )  # fmt: skip


def _schedule(choices: Choices, both: Both) -> Schedule:
    return schedule_of(choices, both.run_forward, both.run_reverse, len(both.results))


def _head(choices: Choices, links: Links) -> Head:
    begun = find_preset(PRESETS, choices.preset_name)
    same = begun is not None and begun.choices.program == choices.program
    title = begun.title if begun and same else "A program of your own"
    return make_head(links, PRESETS, title, begun if same else None, came_from=begun)


def _tell(both: Both, schedule: Schedule, at: int, question: ModesQuestion) -> Told:
    m, n = both.rows, both.columns
    by = f"{_names(both.inputs)} ({n:,})"
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


def _names(names: tuple[str, ...]) -> str:
    return name_list(names) if len(names) < 5 else first_names(names, 4)


def _notes(both: Both) -> tuple[Words, ...]:
    notes: list[Words] = []
    if both.bad:
        notes.append((f"The value of {both.bad} is NaN or infinite, and so is what follows it.",))
    if both.held:
        few = len(both.held) == 1
        held = f"{_names(both.held)} {'is' if few else 'are'} held"
        notes.append((f"{held}: no entry of {'it' if few else 'them'} is nudged.",))
    if both.columns > PASSES and both.direction is None:
        notes.append((f"{PASSES} of the {both.columns:,} passes forward are run here.",))
    if both.rows > PASSES and both.weight is None:
        notes.append((f"{PASSES} of the {both.rows:,} passes in reverse are run here.",))
    return tuple(notes)


def _settings(choices: Choices, links: Links, both: Both, schedule: Schedule, at: int) -> Setting:
    def to(**changes: Any) -> str:
        new = _schedule(change(choices, **changes), both)
        step = 0 if choices.view else moved(schedule, new, at)
        return links.address(**{**UNSAID, **changes, "step": step})

    paces = tuple(
        Option(title, value, value == choices.pace, to(pace=value))
        for value, title in PACES.items()
    )
    grains = tuple(
        Option(title, "1" if by_line else "", by_line == choices.by_line, to(by_line=by_line))
        for by_line, title in ((False, "pass by pass"), (True, "line by line"))
    )
    views = tuple(
        Option(title, value, value == choices.view,
               links.address(**{**UNSAID, "view": value, "step": 0}))
        for value, title in VIEWS.items()
    )  # fmt: skip
    free = both.program.parameters or both.leaves
    whole = ("", _names(free)) if len(free) > 1 else (free[0], free[0])
    leaves = dict((whole, *((name, name) for name in both.leaves)))
    chosen = choices.inputs or whole[0]
    back, title = _back(choices, links, both)
    return Setting(
        views,
        paces,
        grains,
        tuple(
            Option(name, value, value == chosen, links.address(
                **{**UNSAID, "inputs": "" if value == whole[0] else value, "direction": "",
                   "step": 0}))
            for value, name in leaves.items()
        ) if len(leaves) > 1 else (),
        _names(both.inputs),
        _text(choices, links),
        links.address(editing=not choices.editing),
        back,
        title,
        make_options({"": "Forward", "reverse": "Reverse"}, choices.pane, links, "pane"),
    )  # fmt: skip


def _text(choices: Choices, links: Links) -> Text | None:
    if not choices.editing:
        return None
    pairs = links.pairs(editing=False, step=0, direction="", weight="", leaf_values="", inputs="",
                        formula="", **UNSAID)  # fmt: skip
    pairs.pop("program", None)
    return Text(choices.program, choices.program.count("\n") + 2, pairs)


def _back(choices: Choices, links: Links, both: Both) -> tuple[str, str]:
    """Return where the very same function stands in another lesson."""
    if choices.formula:
        at = {name: float(x) for name, x in both.program.at.items() if not both.program.shape(name)}
        if program_of_formula(choices.formula, at) == choices.program:
            return links.to("playground", expression=choices.formula, at=at), "Playground"
    more = {"leaf_values": choices.leaf_values} if choices.leaf_values else {}
    return links.to("arrays", program=choices.program, **more), "Arrays"


def _cards(choices: Choices, links: Links) -> tuple[Card, ...]:
    shapes = []
    for preset in CARDS:
        other = both_of(preset.choices)
        shapes.append((preset, other.columns, other.rows))
    here = next((p for p, _, _ in shapes if p.choices.program == choices.program), None)
    most = max(max(n, m) for _, n, m in shapes)
    return tuple(
        Card(
            preset.title.partition(", ")[2],
            n,
            m,
            f"{CARD_WIDTH * n / most:.2f}",
            f"{CARD_WIDTH * m / most:.2f}",
            preset is here,
            preset_address(preset.name, links),
        )
        for preset, n, m in shapes
    )


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
    styles=("quiz", "arrays", "why_backwards"),
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
