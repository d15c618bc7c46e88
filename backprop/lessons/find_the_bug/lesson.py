"""Find the bug: a backward pass as lines of NumPy, one of which is wrong.

The gradient that the lines make is checked by finite differences; its ratios lead to the line. The
line is chosen, then what is wrong with it. A board holds nothing of a hidden bug but its lines,
and what they make, before it is found.
"""

from dataclasses import dataclass, replace

from backprop.lessons.find_the_bug.answers import read_answers
from backprop.lessons.find_the_bug.asking import ASKS
from backprop.lessons.find_the_bug.case_shown import (
    CaseShown,
    CausesShown,
    LineShown,
    show_case,
    show_causes,
    show_lines,
)
from backprop.lessons.find_the_bug.cases import PROGRAMS, find_case
from backprop.lessons.find_the_bug.choices import Choices
from backprop.lessons.find_the_bug.ending import QUESTIONS, make_ending
from backprop.lessons.find_the_bug.evidence import sum_up
from backprop.lessons.find_the_bug.first_wrong import (
    FirstWrong,
    find_first_wrong,
    find_first_wrong_line,
)
from backprop.lessons.find_the_bug.paper import make_sheet
from backprop.lessons.find_the_bug.program_bug import ProgramBug
from backprop.lessons.find_the_bug.ratios import LayerRatios, explain_zeros, show_ratios
from backprop.lessons.find_the_bug.trainings import TrainingsShown, show_trainings
from backprop.lessons.find_the_bug.worked import WorkedShown, show_worked
from backprop.stage.head import Head, make_head
from backprop.stage.lesson import Lesson, Preset, Steps
from backprop.stage.links import Links
from backprop.stage.walk.explanation import Words

EASY = 1  # the level up to which the ratios are put in words

PRESETS = (
    Preset(
        "worked",
        "A worked case",
        "How the ratios of a check lead to the line that is wrong, step by step.",
        Choices(),
    ),
    Preset(
        "by-hand",
        "By hand",
        "The 2-2-2 of the hand calculation, ten lines, one example. The ratios are put in words.",
        Choices(level=1, case=1),
    ),
    Preset(
        "functions",
        "Other functions",
        "tanh and relu, other losses. The ratios stand alone.",
        Choices(level=2, case=1),
    ),
    Preset(
        "batches",
        "Batches",
        "Several examples at once: what belongs to all of them, and what is divided by how many.",
        Choices(level=3, case=1),
    ),
    Preset(
        "layers",
        "Three layers",
        "Softmax with cross-entropy behind two hidden layers; some with a penalty on the weights.",
        Choices(level=4, case=1),
    ),
    Preset(
        "arrays",
        "Programs of arrays",
        "Batch norm, a recurrent net, attention: what one line sends back to one name is wrong.",
        Choices(level=PROGRAMS, case=1),
    ),
)


@dataclass(frozen=True)
class Board:
    """Everything shown of a bug; no markup."""

    head: Head
    case: CaseShown
    lines: tuple[LineShown, ...]
    causes: CausesShown | None  # once the line is known
    worked: WorkedShown | None
    ratios: tuple[LayerRatios, ...]
    zeros: str  # what a division by 0 in them means; empty where there is none
    reading: Words  # the ratios in words: of easy cases
    first_wrong: FirstWrong | None  # the hint, once it is asked for
    hint: str  # the address where it is; empty where nothing is left to hint at
    trainings: TrainingsShown | None  # of a network
    nudging: str  # the address where a gradient is checked number by number; empty without one


def compose(choices: Choices, links: Links) -> Board:
    """Return the board of a case.

    Raises:
        ChoiceError: a line or a cause that there is not.
    """
    example, bug = find_case(choices.level, choices.case)
    answers = read_answers(choices, example, bug)
    case = show_case(choices, links, bug, answers)
    bare = replace(choices, mode="", hide=())
    preset = next((each for each in PRESETS if each.choices == bare), None)
    if isinstance(bug, ProgramBug):
        return Board(
            head=make_head(links, PRESETS, case.name, preset),
            case=case,
            lines=show_lines(links, bug, answers, None),
            causes=show_causes(choices, links, bug, answers) if answers.causes else None,
            worked=None,
            ratios=(),
            zeros="",
            reading=(),
            first_wrong=find_first_wrong_line(bug) if choices.hint else None,
            hint="" if answers.line_known or choices.hint else links.address(hint=True),
            trainings=None,
            nudging=links.to("gradient_check"),
        )
    worked = show_worked(bug, choices.step, links, case.ways.another) if not choices.case else None
    return Board(
        head=make_head(links, PRESETS, case.name, preset),
        case=case,
        lines=show_lines(links, bug, answers, worked.now if worked else None),
        causes=show_causes(choices, links, bug, answers) if answers.causes else None,
        worked=worked,
        ratios=show_ratios(bug),
        zeros=explain_zeros(bug),
        reading=sum_up(bug) if choices.level == EASY and not worked else (),
        first_wrong=find_first_wrong(bug) if choices.hint else None,
        hint="" if worked or answers.line_known or choices.hint else links.address(hint=True),
        trainings=show_trainings(bug),
        nudging=links.to("gradient_check"),
    )


def _covers(board: Board) -> bool:
    """Whether the page still asks which line is wrong, or is on its way to it."""
    return board.worked.at < board.worked.of if board.worked else not board.case.solved


LESSON = Lesson(
    name="find_the_bug",
    title="Find the bug",
    about="A backward pass in ten lines of NumPy, one of them wrong: read the ratios of the check, "
    "point at the line, and say what is wrong with it.",
    defaults=PRESETS[0].choices,
    presets=PRESETS,
    compose=compose,
    steps=lambda board: board.worked and Steps(1, board.worked.of, board.worked.at),
    styles=("find_the_bug",),
    route="Find the bug",
    able="read ten lines of NumPy and point at the line that is wrong",
    minutes=15,
    ending=make_ending,
    questions=QUESTIONS,
    asks=ASKS,
    paper=make_sheet,
    covers=_covers,
)
