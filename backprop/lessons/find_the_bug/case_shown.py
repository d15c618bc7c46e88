"""What a page shows of a case: which it is, its lines, and the causes to choose from."""

from dataclasses import dataclass

from backprop.lessons.find_the_bug.answers import Answers
from backprop.lessons.find_the_bug.bug import Bug
from backprop.lessons.find_the_bug.cases import ALL_LEVELS
from backprop.lessons.find_the_bug.choices import MOST_CASE, MOST_STEPS, Choices
from backprop.lessons.find_the_bug.code import print_lines
from backprop.lessons.find_the_bug.program_bug import ProgramBug
from backprop.lessons.find_the_bug.program_shown import ProgramShown, show_program
from backprop.lessons.find_the_bug.worked import Explained
from backprop.stage.controls import Option
from backprop.stage.hiding import hidden_parts
from backprop.stage.links import Links
from backprop.stage.walk.explanation import Words

NOTHING = {
    **{"step": 0, "line": 0, "tried": (), "cause": "", "blamed": ()},
    **{"names": "few", "hint": False, "told": False, "line_told": False},
}


@dataclass(frozen=True, slots=True)
class CaseShown:
    """Which case it is.

    Attributes:
        number: 0 is the worked one.
        name: “Case 7”.
        title: what network it is.
        loss: its loss as a formula.
        prompt: the question, or the answer once it is known.
        levels: to begin at another level.
        ways: where it goes on.
        solved: whether line and cause are known.
        mark: what the browser keeps of the line, once it is found: “case-1-7 line unaided”.
        how: how the line was found, once it was.
        harder: the address of a harder case, once one is found unaided; else empty.
        program: of a bug in a program of arrays, the program and the check of its leaves.
    """

    number: int
    name: str
    title: str
    loss: Words
    prompt: Words
    levels: tuple[Option, ...]
    ways: "Ways"
    solved: bool
    mark: str
    how: str
    harder: str
    program: ProgramShown | None


@dataclass(frozen=True, slots=True)
class LineShown:
    """One line of the program.

    Attributes:
        number: counted from 1.
        text: as it is printed.
        state: “wrong” for one that was pressed and is not it, “found” for the one that is,
            “cleared” or “suspect” in the worked case; else empty.
        words: why it is not the one that was pressed last.
        address: where it is pressed; empty where it cannot be.
        should: the right line, where the bug is known.
    """

    number: int
    text: str
    state: str
    words: Words
    address: str
    should: str


@dataclass(frozen=True, slots=True)
class CauseShown:
    """One cause to choose.

    Attributes:
        title, phrase: its name, and what would be wrong, in a phrase.
        state: “wrong” for one that was chosen and is not it, “found” for the one that is.
        words: why it is not.
        address: where it is chosen; empty where it cannot be.
    """

    title: str
    phrase: str
    state: str
    words: Words
    address: str


@dataclass(frozen=True, slots=True)
class CausesShown:
    """What is wrong with the line.

    Attributes:
        prompt: the question.
        causes: to choose from.
        every: the address where all names are shown, or the few again.
        all: whether all are.
        answer: what was wrong, once it is known.
        same: that the cause that was chosen gives the same numbers as the planted one.
    """

    prompt: Words
    causes: tuple[CauseShown, ...]
    every: str
    all: bool
    answer: Words
    same: str


def show_case(choices: Choices, links: Links, bug: Bug | ProgramBug, answers: Answers) -> CaseShown:
    """Return which case it is, and where it goes on."""
    prompt = answers.line.prompt
    if not choices.case:
        prompt = ("How the ratios of a check lead to a line",)
    elif answers.solved:
        prompt = (f"Line {bug.number}: {_lowered(bug.heading)}",)
    levels = {0: "Worked"} | ALL_LEVELS
    now = choices.level if choices.case else 0
    return CaseShown(
        number=choices.case,
        name=f"Case {choices.case}" if choices.case else "A worked case",
        title=bug.title,
        loss=bug.loss,
        prompt=prompt,
        levels=tuple(
            Option(
                title,
                str(level),
                level == now,
                links.address(**NOTHING | {"level": level or 1, "case": min(level, 1)}),
            )
            for level, title in levels.items()
        ),
        ways=make_ways(choices, links, answers),
        solved=answers.solved,
        mark=_mark(choices, answers),
        how=_how(choices, answers),
        harder=_harder(choices, links, answers),
        program=show_program(bug) if isinstance(bug, ProgramBug) else None,
    )


@dataclass(frozen=True, slots=True)
class Ways:
    """Where a case goes on.

    Attributes:
        another: the address of the next case.
        tell: the address where it is given away; empty where it is known, and in the worked case.
        name: what a presenter's remote does next: it tells the clue of the check, the line, the
            cause, the next case.
        forward: its address; empty in the worked case, which has steps.
        back: where what was told last is covered again; else the case before, told.
    """

    another: str
    tell: str
    name: str = ""
    forward: str = ""
    back: str = ""


def make_ways(choices: Choices, links: Links, answers: Answers) -> Ways:
    """Return where a case goes on. What was found is covered again like what was told."""
    another = links.address(**NOTHING | {"case": choices.case % MOST_CASE + 1})
    if not choices.case:
        return Ways(another, "")
    if answers.solved:
        return Ways(another, "", "Another case", another, links.address(told=False, cause=""))
    tell = links.address(told=True)
    if answers.line_known:
        back = links.address(line_told=False, line=0)
        return Ways(another, tell, "Tell the cause", tell, back)
    line = ("Tell the line", links.address(line_told=True))
    if choices.hint:
        return Ways(another, tell, *line, links.address(hint=False))
    all_told = {"hint": True, "line_told": True, "told": True}
    worked = {"step": MOST_STEPS, "level": 1}
    told = all_told if choices.case > 1 else worked
    before = links.address(**NOTHING | {"case": choices.case - 1} | told)
    clue = ("Tell where it goes wrong first", links.address(hint=True))
    return Ways(another, tell, *(line if "checks" in hidden_parts(choices) else clue), before)


def _lowered(title: str) -> str:
    """Return a title as it goes on in a sentence: “The sign …” with a small t, “No σ′ …” too."""
    first, rest = title[:1], title[1:]
    return first.lower() + rest if rest[:1].islower() else title


def _mark(choices: Choices, answers: Answers) -> str:
    if not answers.line_found:
        return ""
    aided = answers.tried or choices.hint
    result = "missed" if answers.told or answers.line_told else "helped" if aided else "unaided"
    return f"case-{choices.level}-{choices.case} line {result}"


def _harder(choices: Choices, links: Links, answers: Answers) -> str:
    unaided = _mark(choices, answers).endswith("unaided") and not answers.blamed
    if not (unaided and answers.solved and choices.level < max(ALL_LEVELS)):
        return ""
    return links.address(**NOTHING | {"level": choices.level + 1, "case": 1})


def _how(choices: Choices, answers: Answers) -> str:
    if not answers.line_found:
        return ""
    others = len(answers.tried)
    after = f", after {others} other line{'s' if others > 1 else ''}" if others else ""
    helped = ", with a hint" if choices.hint else ""
    return f"Found{after}{helped}." if after or helped else "Found at the first press."


def show_lines(
    links: Links, bug: Bug | ProgramBug, answers: Answers, explained: Explained | None
) -> tuple[LineShown, ...]:
    """Return the lines as they are pressed, or as the worked case explains them."""
    states = dict.fromkeys(answers.tried, "wrong")
    if explained:
        states = dict.fromkeys(explained.cleared, "cleared")
        states |= dict.fromkeys(
            explained.suspect, "suspect" if len(explained.suspect) > 1 else "found"
        )
    if answers.line_known:
        states[bug.number] = "found"
    said = (
        {int(str(slip.answer)): slip.about for slip in answers.pressed.slips}
        if answers.pressed
        else {}
    )
    return tuple(
        LineShown(
            number=number,
            text=text,
            state=states.get(number, ""),
            words=said.get(number, ()),
            address=""
            if explained or answers.line_known or number in answers.tried
            else links.address(line=number, tried=answers.tried),
            should=print_lines(bug.right_lines)[number - 1]
            if answers.solved and number == bug.number
            else "",
        )
        for number, text in enumerate(print_lines(bug.lines), 1)
    )


def show_causes(
    choices: Choices, links: Links, bug: Bug | ProgramBug, answers: Answers
) -> CausesShown:
    """Return the causes to choose from, and what was said of those that were chosen."""
    question = answers.causes
    assert question, "the line is known"
    about = {wrong.answer: wrong.about for wrong in question.wrong}
    every = choices.names == "all"
    causes = []
    for choice in question.choices:
        wrong = choice.name in answers.blamed and choice.name in about
        right = choice.name == (choices.cause if answers.same else question.right)
        causes.append(
            CauseShown(
                title=str(choice.words[0]),
                phrase=bug.about if answers.solved else str(choice.words[1]),
                state="found" if answers.solved and right else "wrong" if wrong else "",
                words=about[choice.name] if wrong else (),
                address=""
                if answers.solved or wrong
                else links.address(cause=choice.name, blamed=answers.blamed),
            )
        )
    same = f"It was planted as: {bug.heading}." if answers.same else ""
    return CausesShown(
        prompt=question.prompt,
        causes=tuple(causes),
        every=""
        if answers.solved
        else links.address(names="few" if every else "all", cause="", blamed=answers.blamed),
        all=every,
        answer=question.explanation if answers.solved else (),
        same=same,
    )
