"""Questions on paper: a line or boxes for each, in the order of the page."""

from collections.abc import Callable, Mapping

from backprop.notation.formula import Number
from backprop.stage.ending import Ending
from backprop.stage.paper import Part, Sheet, Task
from backprop.stage.quiz.asked_back import in_order
from backprop.stage.quiz.question import SIGNS, Question
from backprop.stage.walk.explanation import Words, number

LINES = 3  # to write on, at the end of a lesson


def question_task(question: Question, mark: str, lines: int = 0) -> Task:
    """Return a question as a task.

    Args:
        question: that is asked.
        mark: decides the order of answers that have none.
        lines: to write on: a reason, or how it is worked out.
    """
    choices = in_order(question, mark)
    right = question.right if isinstance(question.right, frozenset) else {question.right}
    if choices:
        return Task(
            asks=question.prompt,
            answer=(),
            options=tuple(_option(each.words, each.number) for each in choices),
            right=frozenset(n for n, each in enumerate(choices) if each.name in right),
            about=question.explanation,
            given=question.given,
            scene=question.scene,
            lines=lines,
        )
    answer: Words = (_said(question.right),)
    return Task(
        asks=question.prompt,
        answer=answer,
        about=question.explanation,
        given=question.given,
        scene=question.scene,
        lines=lines,
    )


def _option(words: Words, shown: Number | None) -> Words:
    return (*words, " ", shown) if shown else words


def _said(right: object) -> str | Number:
    if isinstance(right, float | int):
        return number(float(right))
    text = str(right)
    return SIGNS.get(text, text.replace("x", " × "))


def question_sheet(
    title: str, ending: Ending, questions: Mapping[str, Callable[[int], Question]], seed: int
) -> Sheet:
    """Return the end of a lesson as it is handed out: all its questions, with one seed's numbers.

    What was seen there stands on the page; on paper it would say some of the answers.
    """
    tasks = tuple(
        question_task(make(seed), f"{kind} {seed}", LINES) for kind, make in questions.items()
    )
    return Sheet(
        title=ending.title,
        question=(f"Questions on “{title}”.",),
        parts=(
            Part(("Asked back",), ("Tick, or answer with a number; and say why.",), tasks=tasks),
        ),
    )
