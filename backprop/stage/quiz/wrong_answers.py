"""Wrong answers with the name of the slip that gives them, and the numbers of a question."""

import math
from collections.abc import Iterable

from backprop.drawing.scene import Scene, View, expression_scene
from backprop.engine.slips.at_node import wrong_values
from backprop.engine.slips.slip import Slip
from backprop.engine.trace import Trace
from backprop.notation.numerals import exact, short, signed
from backprop.stage.quiz.question import WrongAnswer, same_to_three_digits
from backprop.stage.walk.explanation import Labels, Words, number, phrase


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


def slips_at(trace: Trace, position: int) -> tuple[WrongAnswer, ...]:
    """Return what known slips give as the gradient of a node, each with what arrives there.

    Of a slip that gives several numbers, such as one path of three, each is kept.
    """
    right = float(trace.gradients[position])
    parts = _parts(trace, position)
    return tuple(
        WrongAnswer(each.value, each.slip.title, (f"{each.slip.about} ", *parts), each.slip.name)
        for each in wrong_values(trace, position)
        if not same_to_three_digits(each.value, right)
    )


def _parts(trace: Trace, position: int) -> Words:
    """Return what each use of a node sends back: what arrives, and the local derivative."""
    words: Words = ()
    for n, term in enumerate(trace.terms[position]):
        words += phrase(
            "; by another use {arriving} arrives, and it is {local}"
            if n
            else "Here {arriving} arrives, and the local derivative is {local}",
            arriving=number(float(term.arriving), "backward"),
            local=number(float(term.local), "backward"),
        )
    return (*words, ".") if words else ()


def values_scene(trace: Trace, label: Labels) -> Scene:
    """Return the graph of a function with its values, and no gradient but the first, which is 1."""
    nodes = frozenset(range(len(trace.graph)))
    view = View("forward", frozenset(), nodes, frozenset(), (), {})
    return expression_scene(trace, view, label, short, signed, exact, lambda _: "")
