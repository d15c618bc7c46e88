"""The end of a walk through a program that was asked: what was found, and which slip came back."""

from collections import Counter
from collections.abc import Mapping

from backprop.stage.quiz.arrays import rule_slips
from backprop.stage.quiz.arrays.asking import ArrayQuestion, is_asked
from backprop.stage.quiz.arrays.rule_slips import RuleSlip
from backprop.stage.quiz.score import Counts, Score

OF_ENTRIES: Mapping[str, tuple[str, str]] = {  # slips of one number, beside those of rules
    "missing-term": ("A term is missing", "Every use counts: each adds its own term to the sum."),
    "transposed-entry": ("Row and column are exchanged", "The row comes first, then the column."),
    "sign-flipped": ("The sign is turned round", "Everything but the sign is right."),
}


def known_slips() -> Mapping[str, tuple[str, str]]:
    """Return, for the name of a slip, its title and what goes wrong in it."""
    rules = (each for each in vars(rule_slips).values() if isinstance(each, RuleSlip))
    return {**{each.name: (each.title, each.about) for each in rules}, **OF_ENTRIES}


def make_array_score(
    question: ArrayQuestion, fresh: str, again: str, onward: tuple[str, str]
) -> Score:
    """Return the sum of a walk.

    Args:
        question: at the end of the walk.
        fresh: where it starts with other numbers; empty where there are none.
        again: where it starts with the same.
        onward: where the next level begins, and what it is called.
    """
    asked = [n for n, step in enumerate(question.steps) if is_asked(question.trace, step)]
    judged = [each for n, each in question.answers.entries if n in asked]
    right = [each for each in judged if each.sign]
    unaided = sum(not each.helped for each in right)
    known = known_slips()
    slips = Counter(each.slip for each in judged if each.slip in known)
    name, times = slips.most_common(1)[0] if slips else ("", 0)
    title, about = known.get(name, ("", ""))
    clean = bool(asked) and unaided == len(asked)
    return Score(
        counts=Counts(
            signs=len(judged),
            signs_right=len(right),
            numbers=len(judged),
            numbers_right=len(right),
            unaided=unaided,
            helped=len(right) - unaided,
            of=len(asked),
        ),
        slip=title,
        about=about,
        times=times,
        fresh=fresh,
        again=again,
        level=question.level,
        onward=onward[0] if clean else "",
        onward_title=onward[1] if clean else "",
    )
