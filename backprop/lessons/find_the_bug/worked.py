"""The worked case: how the ratios of a check lead to a line, step by step."""

from dataclasses import dataclass

from backprop.lessons.find_the_bug.bug import Bug
from backprop.lessons.find_the_bug.code import say
from backprop.lessons.find_the_bug.ratios import ratio_table, write_ratio
from backprop.lessons.find_the_bug.trainings import show_trainings
from backprop.notation.numerals import adds_up
from backprop.stage.links import Links
from backprop.stage.walk.explanation import Words


@dataclass(frozen=True, slots=True)
class Explained:
    """One step of the explanation.

    Attributes:
        title: what it is about, as a sentence.
        sentences: what is said.
        cleared: the lines that are right, as far as is known by then.
        suspect: the lines of which one must be wrong; where it is one, that is it.
    """

    title: str
    sentences: tuple[Words, ...]
    cleared: tuple[int, ...]
    suspect: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class WorkedShown:
    """The explanation at one step; no markup.

    Attributes:
        at, of: which step, counted from 1, of how many.
        back, ahead: the addresses of the steps around it; empty where there is none.
        first: the address of the first hidden case.
    """

    now: Explained
    at: int
    of: int
    back: str
    ahead: str
    first: str


def show_worked(bug: Bug, step: int, links: Links, first: str) -> WorkedShown:
    """Return the explanation of the worked case at a step, counted from 0."""
    steps = explain_steps(bug)
    at = min(step, len(steps) - 1)
    return WorkedShown(
        now=steps[at],
        at=at + 1,
        of=len(steps),
        back=links.address(step=at - 1) if at else "",
        ahead=links.address(step=at + 1) if at + 1 < len(steps) else "",
        first=first,
    )


def explain_steps(bug: Bug) -> tuple[Explained, ...]:
    """Return the steps that lead from the ratios of the worked case to its line and its cause."""
    factors = ratio_table(bug, "W1")[:, 0].tolist()
    one, two = map(write_ratio, factors)
    slope = adds_up((1.0, factors[0]), 1 / factors[0], lambda a, b: a / b)
    losses = show_trainings(bug)
    return (
        Explained(
            "Read the check first",
            (
                say(
                    "Each box is claimed ÷ measured: what the lines give for one weight or bias, "
                    "divided by its slope from nudging. 1 is right."
                ),
                say("`dW2` and `db2` are 1 everywhere. `dW1` and `db1` are not."),
            ),
            (),
            (),
        ),
        Explained(
            "What is right clears its lines",
            (
                say(
                    "Line 5 says that `db2` is `dz2`, and `db2` is right. So lines 2 and 3, which "
                    "make `dz2`, are right. `dW2` is right, so line 4 is."
                ),
            ),
            (2, 3, 4, 5),
            (),
        ),
        Explained(
            "What is wrong leaves the others",
            (
                say(
                    "`dW1` and `db1` are wrong by the same factors. They are made from `dz1` by "
                    "two lines of their own, 8 and 9. So `dz1` is wrong already: line 6 or line 7."
                ),
            ),
            (2, 3, 4, 5, 8, 9),
            (6, 7),
        ),
        Explained(
            "The factor is a clue",
            (
                say(
                    f"There is one factor for each row of `dW1`: {one} and {two}. A row belongs to "
                    "a hidden unit, so each unit has a factor that is missing."
                ),
                say(
                    f"{slope.terms[0]} ÷ {slope.terms[1]} {slope.sign} {slope.result}. That is "
                    "`h * (1 - h)` of the first hidden unit, the slope of its sigmoid."
                ),
            ),
            (2, 3, 4, 5, 8, 9),
            (6, 7),
        ),
        Explained(
            f"So it is line {bug.number}",
            (
                say(
                    f"Line 6 sends `dz2` back through the weights, as it should. Line {bug.number} "
                    f"should be `{bug.right_line.makes} = {bug.right_line.formula}`."
                ),
                say(f"Its name: {bug.row.slip.title}."),
            ),
            (2, 3, 4, 5, 6, 8, 9),
            (bug.number,),
        ),
        Explained(
            "And it trains all the same",
            (
                say(
                    f"After {losses.rounds} rounds its loss is {losses.wrong}, with the right "
                    f"gradient {losses.right}. Whoever looks at the loss alone sees nothing."
                ),
                say("In the cases that follow the line is hidden. The ratios are your way to it."),
            ),
            (2, 3, 4, 5, 6, 8, 9),
            (bug.number,),
        ),
    )
