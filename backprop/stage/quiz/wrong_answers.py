"""Wrong answers with the name of the slip that gives them, and the numbers of a question."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace
from random import Random
from string import ascii_lowercase

from backprop.drawing.scene import Scene, View, expression_scene
from backprop.engine.slips.at_node import wrong_values
from backprop.engine.slips.catalog import ASSIGNED, ONE_PATH, SIGN
from backprop.engine.slips.slip import Slip
from backprop.engine.trace import Trace
from backprop.notation.numerals import exact, short, signed
from backprop.stage.quiz.question import Choice, Question, WrongAnswer, same_to_three_digits
from backprop.stage.walk.explanation import Labels, Words, number, phrase, spoken

OF_NODES: Mapping[Slip, str] = {  # what slips of networks come to in any graph
    SIGN: "Everything but the sign is right.",
    ONE_PATH: "What is used twice gets a gradient from each use; yours has that of one.",
    ASSIGNED: "The last use has written its gradient over the others; they are to be added.",
}


def by_slip(slip: Slip, answer: float | str, about: Words = ()) -> WrongAnswer:
    """Return the answer that a slip of the catalogue gives, with one reason."""
    return WrongAnswer(answer, slip.title, about or (slip.about,), slip.name)


def wrong_numbers(right: float, candidates: Iterable[WrongAnswer]) -> tuple[WrongAnswer, ...]:
    """Return those numbers that are no right answer, each slip once."""
    kept: list[WrongAnswer] = []
    for each in candidates:
        assert isinstance(each.answer, float | int), "a number is asked"
        again = any(each.title == other.title for other in kept)
        if (
            math.isfinite(each.answer)
            and not same_to_three_digits(each.answer, right)
            and not again
        ):
            kept.append(each)
    return tuple(kept)


def bracketed(x: float) -> str:
    """Return a number as it stands behind a sign: a negative one in brackets."""
    return f"({short(x)})" if x < 0 else short(x)


def multiplied(*factors: float) -> str:
    """Return a product as it is printed, without its result: −2 × 3 × (−4)."""
    first, *others = factors
    return " × ".join((short(first), *map(bracketed, others)))


def lettered(
    right: Words, wrong: Iterable[tuple[Words, WrongAnswer]], about: str = ""
) -> tuple[str, tuple[WrongAnswer, ...], tuple[Choice, ...]]:
    """Return answers to choose from, called a, b, c in an order drawn from their texts.

    So their names say nothing of them, and each is the right one as often. Of those that read the
    same, the right one is kept, or the first; the answers of `wrong` are filled in.

    Args:
        right: the right answer.
        wrong: the others, each with its slip.
        about: what else the order is drawn from, where the same texts are asked of other numbers.

    Returns:
        The name of the right one, the wrong ones, and all choices.
    """
    slips: dict[str, tuple[Words, WrongAnswer | None]] = {spoken(right): (right, None)}
    for words, slip in wrong:
        slips.setdefault(spoken(words), (words, slip))
    drawn = sorted(slips)
    Random("\n".join((*drawn, about))).shuffle(drawn)
    names = dict(zip(drawn, ascii_lowercase, strict=False))
    return (
        names[spoken(right)],
        tuple(replace(slip, answer=names[text]) for text, (_, slip) in slips.items() if slip),
        tuple(Choice(name, slips[text][0]) for text, name in names.items()),
    )


def with_letters(question: Question) -> Question:
    """Return a question of one choice whose choices are called a, b, c, as by `lettered`."""
    assert isinstance(question.right, str), "one is chosen"
    words = {each.name: each.words for each in question.choices}
    right, slips, choices = lettered(
        words[question.right],
        ((words[str(each.answer)], each) for each in question.wrong),
        about=spoken((*question.prompt, *(number for _, number in question.given))),
    )
    return replace(question, right=right, wrong=slips, choices=choices)


def slips_at(trace: Trace, position: int) -> tuple[WrongAnswer, ...]:
    """Return what known slips give as the gradient of a node, each with what arrives there.

    Of a slip that gives several numbers, such as one path of three, each is kept. The right
    gradient is in none of the reasons, not even where it is what arrives, or a local derivative.
    """
    right = float(trace.gradients[position])
    parts = _parts(trace, position)
    return tuple(
        by_slip(each.slip, each.value, (f"{OF_NODES.get(each.slip, each.slip.about)} ", *parts))
        for each in wrong_values(trace, position)
        if not same_to_three_digits(each.value, right)
    )


def _parts(trace: Trace, position: int) -> Words:
    """Return what arrives by each use of a node, and the local derivative there.

    What reads as the node's gradient is left out.
    """
    right = short(float(trace.gradients[position]))
    words: Words = ()
    for n, term in enumerate(trace.terms[position]):
        arriving, local = (number(float(x), "backward") for x in (term.arriving, term.local))
        parts = []
        if arriving.shown != right:
            parts.append(phrase("{arriving} arrives", arriving=arriving))
        if local.shown != right:
            parts.append(phrase("the local derivative is {local}", local=local))
        if parts:
            use = "by another use" if n else "here"
            first = f"; {use} " if words else f"{use.capitalize()} "
            words += (first, *parts[0], *((", and ", *parts[1]) if len(parts) > 1 else ()))
    return (*words, ".") if words else ()


def values_scene(trace: Trace, label: Labels) -> Scene:
    """Return the graph of a function with its values, and no gradient but the first, which is 1."""
    nodes = frozenset(range(len(trace.graph)))
    view = View("forward", frozenset(), nodes, frozenset(), (), {})
    return expression_scene(trace, view, label, short, signed, exact, lambda _: "")
