"""What is asked of a bug: the line, then the cause; and what a wrong answer is answered with."""

import hashlib

from backprop.lessons.find_the_bug.bug import Bug, possible_bugs
from backprop.lessons.find_the_bug.cases import find_case
from backprop.lessons.find_the_bug.choices import Choices
from backprop.lessons.find_the_bug.code import print_lines, say
from backprop.lessons.find_the_bug.evidence import explain_cause, explain_line, sum_up
from backprop.lessons.find_the_bug.program_asking import ask_program_cause, ask_program_line
from backprop.lessons.find_the_bug.program_bug import ProgramBug
from backprop.stage.quiz.question import Asking, Asks, Choice, Question, WrongAnswer
from backprop.stage.walk.explanation import Words

FEW = 5  # causes that are offered at first
COUNTS = {
    **{9: "nine", 10: "ten", 11: "eleven", 12: "twelve", 13: "thirteen", 14: "fourteen"},
}


def ask_line(bug: Bug | ProgramBug) -> Question:
    """Return the question which line is wrong; a wrong answer gets what that line makes."""
    if isinstance(bug, ProgramBug):
        return ask_program_line(bug)
    numbers, texts = range(1, len(bug.lines) + 1), print_lines(bug.lines)
    return Question(
        prompt=(f"One of these {COUNTS[len(bug.lines)]} lines is wrong. Which?",),
        quantity="line",
        kind="line",
        right=str(bug.number),
        wrong=tuple(
            WrongAnswer(str(n), f"Not line {n}", explain_line(bug, n))
            for n in numbers
            if n != bug.number
        ),
        choices=tuple(Choice(str(n), (texts[n - 1].strip(),)) for n in numbers),
        explanation=sum_up(bug),
    )


def ask_cause(example: str, bug: Bug | ProgramBug, *, every: bool) -> Question:
    """Return the question what is wrong with the line; `every`: with all names to choose from."""
    if isinstance(bug, ProgramBug):
        return ask_program_cause(bug, every=every)
    causes = all_causes(example, bug) if every else few_causes(example, bug)
    wrong = [cause for cause in causes if not cause.equals(bug)]
    return Question(
        prompt=(f"What is wrong with line {bug.number}?",),
        quantity="cause",
        kind="choice",
        right=bug.row.slip.name,
        wrong=tuple(
            WrongAnswer(
                cause.row.slip.name,
                cause.row.slip.title,
                explain_cause(bug, cause),
                cause.row.slip.name,
            )
            for cause in wrong
        ),
        choices=tuple(
            Choice(cause.row.slip.name, (cause.row.slip.title, cause.phrase)) for cause in causes
        ),
        explanation=explain(bug),
    )


def explain(bug: Bug) -> Words:
    """Return what was wrong: the line as it is, and as it should be."""
    line, right = bug.line.formula, bug.right_line.formula
    return say(f"`{line}` stands where `{right}` belongs.")


def few_causes(example: str, bug: Bug) -> tuple[Bug, ...]:
    """Return the right cause among plausible ones, in an order that tells nothing.

    Those of the same line come first, then those of lines near it. No two give the same numbers.
    """
    chosen, possible_causes = [bug], possible_bugs(example, as_causes=True)
    for cause in sorted(possible_causes, key=lambda each: _far(bug, each)):
        new = all(cause.row.slip is not c.row.slip and not cause.equals(c) for c in chosen)
        if new and len(chosen) < FEW:
            chosen.append(cause)
    return tuple(sorted(chosen, key=lambda each: _shuffle(bug, each)))


def _far(bug: Bug, cause: Bug) -> tuple[int, str]:
    apart = 0 if cause.line.place == bug.line.place else 1 + abs(cause.number - bug.number)
    return apart, _shuffle(bug, cause)


def _shuffle(bug: Bug, cause: Bug) -> str:
    text = (
        f"{bug.row.slip.name} {bug.layer} {bug.example.title} {cause.row.slip.name} {cause.layer}"
    )
    return hashlib.sha256(text.encode()).hexdigest()


def all_causes(example: str, bug: Bug) -> tuple[Bug, ...]:
    """Return a cause for each name that is possible in this network, those of this line's first."""
    causes: dict[str, Bug] = {}
    possible = possible_bugs(example, as_causes=True)
    for cause in sorted(possible, key=lambda each: each.line.place != bug.line.place):
        causes.setdefault(cause.row.slip.name, cause)
    by_title = sorted(causes.values(), key=lambda each: each.row.slip.title)
    return tuple(by_title)


def _askings(choices: Choices) -> tuple[Asking, ...]:
    _, bug = find_case(choices.level, choices.case)
    return (
        Asking("line", (f"Which of the {_count(bug)} lines is wrong",), "line"),
        Asking("cause", ("What is wrong with the line, once it is known",), "choice"),
    )


def _count(bug: Bug | ProgramBug) -> str:
    return COUNTS.get(len(bug.lines), str(len(bug.lines)))


def _ask(choices: Choices, name: str) -> Question:
    example, bug = find_case(choices.level, choices.case)
    return ask_line(bug) if name == "line" else ask_cause(example, bug, every=False)


ASKS = Asks(_askings, _ask)  # another case is another bug: there are no variants of one
