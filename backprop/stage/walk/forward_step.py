"""The explanation of a forward step: how one value is computed, from what, where it goes.

Every number comes from the trace; every rule from the operation's row.
"""

import math

from backprop.drawing.curve import draw_function
from backprop.engine.ops import COMPARISONS, Operation
from backprop.engine.saturation import loss_of_one, reading
from backprop.notation.formula import Label, Number
from backprop.notation.numerals import adds_up, short
from backprop.notation.steps import value_equation
from backprop.stage.walk.explanation import (
    Explanation,
    Labels,
    Reason,
    Words,
    label_at,
    name_at,
    number,
    operation_at,
    sum_words,
)
from backprop.stage.walk.not_finite import value_words
from backprop.stage.walk.steps import Passes, WalkStep

_SIGNS = {"<=": "≤", ">=": "≥", "==": "=", "!=": "≠"}
_OF_MEANS = ("mean_squared_error", "binary_cross_entropy", "huber")
_BY_OUTPUTS = ("half_squared_error", *_OF_MEANS)


def explain_value(passes: Passes, step: WalkStep, label: Labels) -> Explanation:
    """Return the explanation of one value."""
    own, row = label(step.name), operation_at(passes, step.node)
    values, stands = passes.trace.values, ""
    if row.name == "weighted_sum":  # one rounding on a step: the one at which its parts add up
        stands = adds_up(_weighted_terms(passes, step), values[step.node], "sum").result
    computed = value_equation(passes.graph, step.node, values, label, stands)
    result = computed.sides[-1][1]
    assert isinstance(result, Number), "an equation ends with its value"
    return Explanation(
        phase=step.phase,
        headline=("How far off is the network?",)
        if _is_loss(passes, step)
        else ("What is ", own, "?"),
        lede=_how(passes, step, row, label),
        equation=computed,
        result_words=(own,),
        result=result,
        lines=_parts(passes, step, row, label),
        sentence=_after_value(passes, step, row, label),
    )


def _is_loss(passes: Passes, step: WalkStep) -> bool:
    """Whether a step is about the loss of a network itself, not about a part of it."""
    return step.phase == "loss" and step.node == passes.graph.output


def _how(passes: Passes, step: WalkStep, row: Operation, label: Labels) -> Words:
    inputs = passes.graph.nodes[step.node].inputs
    if row.name == "weighted_sum":
        return ("Weigh what comes in, then add the bias.",)
    if _is_loss(passes, step):
        return (f"The loss is one number: the {row.title} of outputs and targets.",)
    if len(inputs) == 1:
        return (f"Take the {row.title} of ", label_at(passes, inputs[0], label), ".")
    first, second = (label_at(passes, i, label) for i in inputs[:2])
    if row.typed in COMPARISONS:
        sign = _SIGNS.get(row.typed, row.typed)
        return ("Is ", first, f" {sign} ", second, "? 1 stands for yes, 0 for no.")
    if row.name == "where":
        third = label_at(passes, inputs[2], label)
        return ("Take ", second, " where ", first, " is not 0, and ", third, " where it is.")
    return (f"The {row.title} of ", first, " and ", second, ".")


def _parts(passes: Passes, step: WalkStep, row: Operation, label: Labels) -> tuple[Reason, ...]:
    """Return what a value is made of, one line a part."""
    inputs = passes.graph.nodes[step.node].inputs
    values = passes.trace.values
    if row.name == "weighted_sum":
        return _weighted_parts(passes, step, inputs, label)
    if _is_loss(passes, step) and row.name == "cross_entropy":
        return _shares_of_classes(passes, row, inputs)
    if _is_loss(passes, step) and len(inputs) >= 2 and row.name in _BY_OUTPUTS:
        return _shares_of_squares(passes, row, inputs, label)
    if len(inputs) == 1:
        x = values[inputs[0]]
        own = label_at(passes, inputs[0], label)
        words = (f"{row.title.capitalize()} at ", own, f" = {short(x)}")
        result = number(values[step.node], "forward")
        edge = f"e-{name_at(passes, inputs[0])}-{step.name}"
        return (Reason(words, result, edge, curve=draw_function(row, x)),)
    return ()


def _weighted_terms(passes: Passes, step: WalkStep) -> list[float]:
    """Return the products of a weighted sum, and the bias."""
    inputs, values = passes.graph.nodes[step.node].inputs, passes.trace.values
    half = len(inputs) // 2
    pairs = zip(inputs[:half], inputs[half:-1], strict=True)
    return [*(values[w] * values[x] for w, x in pairs), values[inputs[-1]]]


def _weighted_parts(
    passes: Passes, step: WalkStep, inputs: tuple[int, ...], label: Labels
) -> tuple[Reason, ...]:
    """Return each product of a weighted sum, and the bias, with digits that add up."""
    half = len(inputs) // 2
    pairs = zip(inputs[:half], inputs[half:-1], strict=True)
    terms = _weighted_terms(passes, step)
    written = adds_up(terms, passes.trace.values[step.node], "sum").terms
    words: list[Words] = [
        (label_at(passes, w, label), " · ", label_at(passes, x, label)) for w, x in pairs
    ]
    words.append((label_at(passes, inputs[-1], label),))
    keys = (*inputs[:half], inputs[-1])
    return tuple(
        Reason(each, Number(text, term, "forward"), f"n-{name_at(passes, key)}")
        for each, text, term, key in zip(words, written, terms, keys, strict=True)
    )


def _shares_of_squares(
    passes: Passes, row: Operation, inputs: tuple[int, ...], label: Labels
) -> tuple[Reason, ...]:
    """Return what each output adds to a squared error."""
    half, values = len(inputs) // 2, passes.trace.values
    share = half if row.name in _OF_MEANS else 1
    return tuple(
        Reason(
            ("What ", label(name_at(passes, p)), " adds, of target ", label(name_at(passes, y))),
            number(float(one.evaluate(*(values[i] for i in nodes))) / share, "forward"),
            f"n-{name_at(passes, p)}",
        )
        for p, y in zip(inputs[:half], inputs[half:], strict=True)
        for one, nodes in (loss_of_one(passes.graph, row.name, p, y),)
    )


def _shares_of_classes(
    passes: Passes, row: Operation, inputs: tuple[int, ...]
) -> tuple[Reason, ...]:
    """Return the probability that softmax gives each class: the slope of the loss, plus y."""
    half, values = len(inputs) // 2, passes.trace.values
    point = [values[i] for i in inputs]
    slopes = row.local_derivatives(values[passes.graph.output], *point)
    classes = zip(inputs[:half], inputs[half:], slopes[:half], strict=True)
    return tuple(
        Reason(
            ("Softmax gives class ", str(k), " the probability ", Label("y", str(k), hat=True)),
            number(float(slope) + values[y], "forward"),
            f"n-{name_at(passes, z)}",
        )
        for k, (z, y, slope) in enumerate(classes, 1)
    )


def _read_past_inputs(passes: Passes, step: WalkStep, row: Operation) -> tuple[int, ...]:
    """Return what else a node reads, if its inputs as they are rounded would not give its value."""
    inputs, values = passes.graph.nodes[step.node].inputs, passes.trace.values
    _, nodes = reading(passes.graph, step.node)
    printed = float(row.evaluate(*(values[i] for i in inputs)))
    if math.isclose(printed, values[step.node], rel_tol=1e-9):
        return ()
    return tuple(dict.fromkeys(nodes[len(inputs) :]))


def _after_value(passes: Passes, step: WalkStep, row: Operation, label: Labels) -> Words:
    x, own = passes.trace.values[step.node], label(step.name)
    if x - x != 0:
        return value_words(passes.trace, step.node, label)
    if also := _read_past_inputs(passes, step, row):
        names = [part for i in also for part in (label_at(passes, i, label), ", ")][:-1]
        return (
            "What is printed has too few digits left after rounding: ",
            own,
            " is computed from ",
            *names,
            ".",
        )
    if _is_loss(passes, step):
        inputs = passes.graph.nodes[step.node].inputs
        targets = inputs[len(inputs) // 2 :] if row.name == "binary_cross_entropy" else ()
        if any(not 0 <= passes.trace.values[i] <= 1 for i in targets):
            return (
                "Binary cross-entropy is meant for targets from 0 to 1, which are probabilities. "
                "With another target it measures no surprise, and can fall below 0.",
            )
        return (
            "0 would mean: every output is its target. From here, go back and ask what moved the "
            "loss.",
        )
    if row.name == "weighted_sum":
        terms = _weighted_terms(passes, step)
        if len(terms) > 5:
            return ("Each weight says how much its input counts; the bias shifts the sum.",)
        written = adds_up(terms, x, "sum")
        return (f"{sum_words(written.terms)} {written.sign} {written.result}.",)
    if step.node == passes.graph.output:
        return ("This is ", own, " at this point. From here, go back and ask what moves it.")
    later = [label(name_at(passes, k)) for k, _ in passes.graph.uses()[step.node]]
    if len(later) > 1:
        uses = [part for each in later for part in (each, ", ")][:-1]
        return (own, f" is used {len(later)} times, by ", *uses, ": a fork, to be remembered.")
    return (own, " is passed on to ", later[0], ".") if later else ()
