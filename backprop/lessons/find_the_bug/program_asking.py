"""What is asked of a bug in a program of arrays, and what a wrong answer is answered with."""

import hashlib

from backprop.lessons.find_the_bug.code import print_lines, say
from backprop.lessons.find_the_bug.program_bug import (
    ProgramBug,
    explain_program,
    possible_program_bugs,
)
from backprop.notation.names import name_list
from backprop.stage.quiz.question import Choice, Question, WrongAnswer
from backprop.stage.walk.explanation import Words

FEW = 5  # causes that are offered at first


def ask_program_line(bug: ProgramBug) -> Question:
    """Return the question which line is wrong."""
    texts = print_lines(bug.lines)
    numbers = range(1, len(texts) + 1)
    return Question(
        prompt=(f"One of these {len(texts)} lines is wrong. Which?",),
        quantity="line",
        kind="line",
        right=str(bug.number),
        wrong=tuple(
            WrongAnswer(str(n), f"Not line {n}", explain_program_line(bug, n))
            for n in numbers
            if n != bug.number
        ),
        choices=tuple(Choice(str(n), (texts[n - 1].strip(),)) for n in numbers),
        explanation=sum_up_program(bug),
    )


def sum_up_program(bug: ProgramBug) -> Words:
    """Return what the leaves say of the whole pass: what is right, and where it begins."""
    wrong = [f"`d{name}`" for name in bug.wrong_leaves]
    right = [f"`d{name}`" for name in bug.claimed if name not in bug.wrong_leaves]
    if not right:
        return say("Every leaf is wrong, so look at the first lines, which all the others read.")
    ending = "is" if len(wrong) == 1 else "are"
    return say(
        f"{name_list(wrong)} {ending} wrong and {name_list(right)} right: what is right clears "
        "every line that it is made by."
    )


def explain_program_line(bug: ProgramBug, number: int) -> Words:
    """Return why a line is not the wrong one."""
    line = bug.lines[number - 1]
    if number == 1:
        return say("Line 1 is where the way back begins: the slope of the result by itself is 1.")
    if number > bug.number and _reads(bug, number):
        return say(
            f"Line {number} is as it should be; what arrives at it is wrong already. Look before "
            "it."
        )
    leaf = line.makes.removeprefix("d")
    if leaf in bug.claimed and leaf not in bug.wrong_leaves:
        return say(f"`{line.makes}` is right, and line {number} makes it.")
    return say(f"Line {number} sends back what belongs there: `{line.formula}`.")


def _reads(bug: ProgramBug, number: int) -> bool:
    """Whether what a line reads of the lines before it is made wrong, by the wrong one."""
    spoiled = {bug.line.makes}
    for line in bug.lines[bug.number : number]:
        read = f"d{line.place.kind}"
        if read in spoiled:
            spoiled.add(line.makes)
    return f"d{bug.lines[number - 1].place.kind}" in spoiled


def ask_program_cause(bug: ProgramBug, *, every: bool) -> Question:
    """Return the question what is wrong with the line; `every`: with all names to choose from."""
    causes = _all_causes(bug) if every else _few_causes(bug)
    wrong = [cause for cause in causes if not cause.equals(bug)]
    return Question(
        prompt=(f"What is wrong with line {bug.number}?",),
        quantity="cause",
        kind="choice",
        right=bug.slip_name,
        wrong=tuple(
            WrongAnswer(cause.slip_name, cause.heading, _explain_cause(bug, cause), cause.slip_name)
            for cause in wrong
        ),
        choices=tuple(Choice(c.slip_name, (c.heading, c.about)) for c in causes),
        explanation=explain_program(bug),
    )


def _explain_cause(bug: ProgramBug, cause: ProgramBug) -> Words:
    if cause.number != bug.number:
        return say(f"That would stand in line {cause.number}: `{cause.line.formula}`.")
    return say(f"Then the line would be `{cause.line.formula}`.")


def _few_causes(bug: ProgramBug) -> tuple[ProgramBug, ...]:
    """Return the right cause among plausible ones, those of the same line first."""
    chosen = [bug]
    near = sorted(
        possible_program_bugs(bug.name), key=lambda b: (abs(b.number - bug.number), _order(bug, b))
    )
    for cause in near:
        new = all(cause.slip_name != c.slip_name and not cause.equals(c) for c in chosen)
        if new and len(chosen) < FEW:
            chosen.append(cause)
    return tuple(sorted(chosen, key=lambda each: _order(bug, each)))


def _all_causes(bug: ProgramBug) -> tuple[ProgramBug, ...]:
    """Return a cause for each name that is possible in the program, the nearest of each."""
    names = dict.fromkeys(each.slip_name for each in possible_program_bugs(bug.name))
    found = [bug if name == bug.slip_name else bug.as_cause(name) for name in names]
    return tuple(sorted((each for each in found if each), key=lambda each: each.heading))


def _order(bug: ProgramBug, cause: ProgramBug) -> str:
    text = f"{bug.name} {bug.felt.planted.key} {cause.felt.planted.key}"
    return hashlib.sha256(text.encode()).hexdigest()
