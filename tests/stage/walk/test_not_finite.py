"""What is said of NaN and ∞, at the step, of the whole gradient and by the second opinion."""

import pytest

from backprop.engine.backward import differentiate
from backprop.engine.expression import parse
from backprop.notation.names import label_of
from backprop.stage.walk.explanation import spoken
from backprop.stage.walk.function import explain_function_step, function_at, function_steps
from backprop.stage.walk.not_finite import first_words, gradient_words, sides_words, value_words


def trace_of(text, **at):
    return differentiate(parse(text), at)


@pytest.mark.parametrize(
    ("text", "x", "words"),
    [
        ("log(x)", 0.0, "−∞ began at v 1: the logarithm of 0 is −∞."),
        ("sqrt(x)", -1.0, "began at v 1: a negative number has no square root."),
        ("x/x", 0.0, "began at v 1: 0 / 0 has no value."),
        ("exp(x)", 1000.0, "Overflow at v 1: the number is too large to be stored."),
        ("exp(x) - exp(x)", 1000.0, "At v 3 it makes NaN: ∞ − ∞ has no value."),
        ("sin(exp(x))", 1000.0, "At v 2 it makes NaN: the sine is not defined there."),
        ("log(1 + exp(x))", 1000.0, "write v 3 as softplus(x), which does not overflow."),
    ],
)
def test_a_value_is_explained_by_what_made_it(text, x, words):
    trace = trace_of(text, x=x)
    assert words in spoken(value_words(trace, trace.graph.output, label_of))


@pytest.mark.parametrize(
    ("text", "x", "words"),
    [
        ("sqrt(x)", 0.0, "The square root is infinitely steep where x = 0."),
        ("sqrt(x^2)", 0.0, "What it is multiplied by is 0, and 0 · ∞ has no value."),
        ("sqrt(x) - sqrt(2x)", 0.0, "Two such slopes arrive here, and ∞ − ∞ has no value."),
        ("1/(1 + exp(-x))", -1000.0, "write v 4 as sigmoid(x), which does not overflow."),
        ("log(x)", 0.0, "So a slope on the way back is ∞."),
        ("1e300*sin(1e10*x)", 0.0, "Overflow on the way back, at x"),
        ("0/x", 1e-200, "NaN began on the way back to x: 0 / 0 has no value."),
    ],
)
def test_a_gradient_is_explained_by_what_made_it(text, x, words):
    trace = trace_of(text, x=x)
    assert words in spoken(gradient_words(trace, trace.graph.position("x"), label_of))


def test_a_sigmoid_next_to_0_is_not_called_0():
    trace = trace_of("log(sigmoid(x))", x=-800.0)
    assert spoken(first_words(trace, label_of)).startswith("v 1 is so near 0 that ")
    passes = function_at(trace.graph, {"x": -800.0})
    step = next(s for s in function_steps(trace.graph) if (s.kind, s.name) == ("slope", "x"))
    assert "0 · ∞" in spoken(explain_function_step(passes, step, label_of).sentence)


@pytest.mark.parametrize(
    ("text", "x", "words"),
    [
        ("sqrt(x^2)", 0.0, "From the left the slope is −1, from the right 1: a kink."),
        (
            "sqrt(x^4)",
            0.0,
            "From either side the slope is 0, but the rules of the steps do not give it.",
        ),
        ("sqrt(x)", 0.0, "has values on one side of this point only"),
        ("abs(x)^0.5", 0.0, "is steeper here than any number"),
        ("sign(x)", 0.0, "jumps here"),
        ("sqrt(-x^2)", 0.0, "has no value around this point"),
    ],
)
def test_what_the_function_does_is_told_beside_it(text, x, words):
    assert words in spoken(sides_words(trace_of(text, x=x), "x", label_of))


@pytest.mark.parametrize("name", ["x", "y"])
def test_a_point_without_a_slope_is_called_that_at_the_step_and_in_the_end(name):
    graph, at = parse("sqrt(x^2 + y^2)"), {"x": 0.0, "y": 0.0}
    passes = function_at(graph, at)
    steps = {(s.kind, s.name): s for s in function_steps(graph)}
    step = explain_function_step(passes, steps["slope", name], label_of)
    whole = explain_function_step(passes, steps["whole", "gradient"], label_of)
    kink = "From the left the slope is −1, from the right 1: a kink."
    assert kink in spoken(step.check.words)
    assert kink in spoken(whole.sentence)
    assert spoken(step.sentence) in spoken(whole.sentence)


def test_a_value_that_is_read_past_its_inputs_is_said_to_be():
    graph = parse("log(1 - sigmoid(x))")
    steps = [s for s in function_steps(graph) if s.kind == "value"]
    far, near = (function_at(graph, {"x": x}) for x in (40.0, 1.0))
    words = [spoken(explain_function_step(far, step, label_of).sentence) for step in steps]
    assert ["is computed from x" in each for each in words] == [False, True, False]
    assert not any(
        "is computed from" in spoken(explain_function_step(near, step, label_of).sentence)
        for step in steps
    )


@pytest.mark.parametrize(("text", "x"), [("log(x)", -1.0), ("x*1e308", 100.0)])
def test_a_finite_slope_of_what_has_no_value_is_not_said_to_move_it(text, x):
    passes = function_at(parse(text), {"x": x})
    step = next(s for s in function_steps(passes.graph) if (s.kind, s.name) == ("slope", "x"))
    words = explain_function_step(passes, step, label_of).sentence
    assert spoken(words) == spoken(value_words(passes.trace, passes.graph.output, label_of))
