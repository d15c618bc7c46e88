import pytest

from backprop.engine.expression import parse
from backprop.lessons.network.choices import PRESETS
from backprop.lessons.network.training_step import compute
from backprop.notation.names import label_of
from backprop.stage.functions import function_labels
from backprop.stage.walk.backward_step import explain_gradient
from backprop.stage.walk.explanation import spoken
from backprop.stage.walk.function import function_at, function_steps
from backprop.stage.walk.steps import network_steps


def explained(name):
    found = compute(PRESETS[0].choices)
    step = next(s for s in network_steps(found.graph) if (s.kind, s.name) == ("slope", name))
    return explain_gradient(found, step, label_of)


def test_the_base_case_is_one():
    assert explained("L").result.exact == 1


def test_a_slope_is_what_arrives_times_one_local_derivative():
    explanation = explained("w2_1_1")
    arriving, local = (line.number.exact for line in explanation.lines)
    assert arriving * local == pytest.approx(explanation.result.exact)
    assert explanation.result.exact == pytest.approx(0.082167040564)


def test_a_fork_has_a_product_for_each_way_and_their_sum():
    explanation = explained("a1_1")
    assert len(explanation.products) == 2
    assert sum(line.number.exact for line in explanation.lines) == pytest.approx(0.036350306393)


def test_only_parameters_have_a_second_opinion():
    assert explained("w1_1_1").check.icon == "right"
    assert explained("z1_1").check is None


def test_the_sign_says_which_way_the_loss_moves():
    assert "raising" in spoken(explained("w2_2_1").sentence)
    assert "Negative" in spoken(explained("w2_2_1").sentence)


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_a_local_derivative_has_one_rounding_on_a_step(preset):
    found = compute(preset.choices)
    for step in network_steps(found.graph):
        if step.kind == "slope" and found.trace.terms[step.node]:
            explanation = explain_gradient(found, step, label_of)
            if explanation.local and explanation.products:
                in_product = explanation.products[0].columns[-1].lines[-1]
                assert explanation.local.sides[-1][1].shown == in_product.shown


@pytest.mark.parametrize(
    ("text", "name", "words"),
    [
        ("where(x < 1, x, sqrt(x))", "v2", "does not take v 2, so nothing flows back to it"),
        ("where(x < 1, x, sqrt(x))", "v1", "only asks whether v 1 is 0"),
        ("y + (x < 1)", "x", "v 1 is flat but for its jumps, and its slope counts as 0 there too"),
        ("y + floor(x)", "x", "v 1 is flat but for its jumps"),
    ],
)
def test_why_nothing_flows_back_is_said(text, name, words):
    graph = parse(text)
    passes = function_at(graph, dict.fromkeys(graph.variables, -2.0))
    step = next(s for s in function_steps(graph) if s.phase == "backward" and s.name == name)
    explanation = explain_gradient(passes, step, function_labels(graph))
    assert words in "".join(map(str, explanation.sentence))
