"""The question that a forward step of a walk can be asked: how large its result is.

Wrong numbers are known here, too: the bias left out, an activation forgotten, × taken for +.
"""

import math
from collections.abc import Callable, Iterator, Mapping

from backprop.drawing.scene import Scene, View, excerpt_scene
from backprop.engine.slips.catalog import HALF_LOST
from backprop.notation.formula import Number
from backprop.notation.numerals import as_answer, exact, short, signed
from backprop.stage.quiz.gradient_asked import Walked
from backprop.stage.quiz.question import Asking, Question, WrongAnswer
from backprop.stage.quiz.wrong_answers import by_slip, wrong_numbers
from backprop.stage.walk.explanation import Words, operation_at
from backprop.stage.walk.forward_step import explain_value
from backprop.stage.walk.steps import known_nodes

VALUE = "value"
OTHER_SIGNS: Mapping[
    str, tuple[tuple[str, Callable[[float, float], float]], ...]
] = {  # of two operands, what is easily done instead
    "add": (("Multiplied instead of added", lambda x, y: x * y),),
    "multiply": (("Added instead of multiplied", lambda x, y: x + y),),
    "subtract": (
        ("Subtracted the other way round", lambda x, y: y - x),
        ("Added instead of subtracted", lambda x, y: x + y),
    ),
    "divide": (
        ("Divided the other way round", lambda x, y: y / x if x else math.nan),
        ("Multiplied instead of divided", lambda x, y: x * y),
    ),
    "power": (("Multiplied by the exponent", lambda x, y: x * y),),
    "max": (("The smaller is taken for the larger", min),),
    "min": (("The larger is taken for the smaller", max),),
}


def value_askings(walked: Walked, *, varies: bool = True) -> tuple[Asking, ...]:
    """Return what can be asked at a forward step: its value, where that is a number."""
    if not has_value(walked):
        return ()
    own = walked.label(walked.step.name)
    return (Asking(VALUE, (own, ": its value"), "number", varies),)


def has_value(walked: Walked) -> bool:
    """Whether a step of a walk has a value to find."""
    step = walked.step
    return step.kind == VALUE and math.isfinite(float(walked.passes.trace.values[step.node]))


def ask_value(walked: Walked) -> Question:
    """Return the question for the value of a forward step; what follows from it is not shown."""
    passes, step, label = walked.passes, walked.step, walked.label
    explained = explain_value(passes, step, label)
    x = float(passes.trace.values[step.node])
    result = Number(as_answer(x), x, "forward")
    why: Words = (label(step.name), " = ", result, ". ", *explained.lede)
    if operation_at(passes, step.node).name == "weighted_sum":
        why = (*explained.lede, " ", *explained.sentence)
    return Question(
        prompt=("How large is ", label(step.name), "?"),
        quantity=f"{VALUE}.{step.name}",
        kind="number",
        right=x,
        wrong=wrong_numbers(x, _wrong_values(walked)),
        explanation=why,
        scene=walked.draw(_view(walked), True),
        lede=explained.lede,
        part=_draw_part(walked),
    )


def _view(walked: Walked) -> View:
    """Return what is known before the step; what is asked stands out in it."""
    at = walked.steps.index(walked.step)
    valued, _ = known_nodes(walked.passes.graph, walked.steps[:at])
    asked = frozenset((walked.step.node,))
    return View("asked", frozenset(), valued, frozenset(), (), {}, asked=asked)


def _draw_part(walked: Walked) -> Scene:
    return excerpt_scene(walked.passes.trace, _view(walked), walked.label, short, signed, exact)


def _wrong_values(walked: Walked) -> Iterator[WrongAnswer]:
    """Yield the numbers that are easily found instead, each with its name."""
    passes, node = walked.passes, walked.step.node
    row, inputs = operation_at(passes, node), passes.graph.nodes[node].inputs
    values = [float(passes.trace.values[i]) for i in inputs]
    x = float(passes.trace.values[node])
    if row.name == "weighted_sum":
        half = len(values) // 2
        weights, entered, bias = values[:half], values[half:-1], values[-1]
        pairs = zip(weights, entered, strict=True)
        yield _named(x - bias, "The bias is left out", "It is added to the weighted inputs.")
        yield _named(
            sum(entered) + bias, "The weights are forgotten", "Each input counts by its weight."
        )
        yield _named(
            math.prod(w * e for w, e in pairs) + bias,
            "The products are multiplied",
            "Each input is multiplied by its weight; the products are added.",
        )
    elif row.name == "half_squared_error":
        yield by_slip(HALF_LOST, 2 * x, ("The loss has ½ before its squares.",))
        half = len(values) // 2
        errors = [o - t for o, t in zip(values[:half], values[half:], strict=True)]
        yield _named(
            sum(errors) / 2, "The square is forgotten", "Each error is squared before they add up."
        )
        yield _named(
            errors[0] ** 2 / 2, "One output only", "Each output adds its own squared error."
        )
    elif len(values) == 1:
        yield _named(
            values[0],
            f"The {row.title} is forgotten",
            "That is what goes in; asked for is what comes out.",
        )
        yield _named(-x, "The sign is turned round", "Everything but the sign is right.")
    for title, other in OTHER_SIGNS.get(row.name, ()):
        yield _named(other(*values), title, "Look at the operation again.")


def _named(x: float, title: str, about: str) -> WrongAnswer:
    return WrongAnswer(x, title, (about,))
