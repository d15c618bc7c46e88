"""A covered result is nowhere in what a step says, and each rung uncovers what it promises."""

import pytest

from backprop.engine.expression import parse
from backprop.notation.formula import Number
from backprop.stage.functions import function_labels
from backprop.stage.quiz.mask import cover_explanation, cover_view
from backprop.stage.walk.board import make_view
from backprop.stage.walk.function import explain_function_step, function_at, function_steps
from backprop.web.reply import plain

PRODUCT = "2.5 * exp(x * y) + x"  # no factor is also a result
AT = {"x": 0.7, "y": 0.9}


def explained(name, text=PRODUCT, **at):
    found = function_at(parse(text), at or AT)
    steps = function_steps(found.graph)
    step = next(n for n, s in enumerate(steps) if s.kind == "slope" and s.name == name)
    return (
        found,
        steps,
        step,
        explain_function_step(found, steps[step], function_labels(found.graph)),
    )


def numbers_in(value):
    """Yield every number that is shown in a explanation, however deep."""
    if isinstance(value, dict):
        if set(value) == {"shown", "exact", "tone"}:
            yield value["exact"]
        for each in value.values():
            yield from numbers_in(each)
    elif isinstance(value, list):
        for each in value:
            yield from numbers_in(each)


@pytest.mark.parametrize("rung", [0, 1, 2])
@pytest.mark.parametrize("name", ["y", "v1", "x"])
def test_the_result_is_nowhere_in_what_is_told(name, rung):
    found, steps, step, whole = explained(name)
    slope = found.trace.gradients[steps[step].node]
    assert slope in set(numbers_in(plain(whole)))
    hidden = cover_explanation(whole, rung)
    assert slope not in set(numbers_in(plain(hidden)))
    assert hidden.result is hidden.check is None
    assert hidden.sentence == ()
    assert whole.result.shown not in hidden.aloud


def test_the_first_rung_says_the_factors_and_no_number():
    *_, whole = explained("y")
    (product,) = cover_explanation(whole, 1).products
    assert [column.lines[-1].shown for column in product.columns] == ["?", "?"]
    assert [c.lines[0] for c in product.columns] == [c.lines[0] for c in whole.products[0].columns]
    assert "product of factors" in product.alt


def test_the_second_rung_says_their_values():
    *_, whole = explained("y")
    (product,) = cover_explanation(whole, 2).products
    assert all(isinstance(column.lines[-1], Number) for column in product.columns)
    assert "which is" not in product.alt


def test_the_third_rung_says_how_large_a_product_is_and_leaves_its_sign():
    *_, whole = explained("x", "0 - sin(x) * 3", x=0.3)
    (line,) = cover_explanation(whole, 3).lines
    assert line.number.exact > 0 > whole.result.exact


def test_the_third_rung_of_a_fork_says_what_each_way_comes_to():
    *_, whole = explained("x")
    hidden = cover_explanation(whole, 3)
    assert hidden.lines == whole.lines
    assert hidden.result is None


def test_a_local_derivative_that_is_the_result_stays_covered():
    found, steps, step, whole = explained("x", "sin(x)", x=0.4)
    assert whole.local is not None
    hidden = cover_explanation(whole, 2).local
    assert hidden.sides[-1][1].shown == "?"
    assert found.trace.gradients[steps[step].node] not in set(numbers_in(plain(hidden)))


def test_in_the_picture_nothing_moves_before_the_first_rung():
    found, steps, step, _ = explained("y")
    view, node = make_view(found, steps, step), steps[step].node
    hidden = cover_view(view, node, 0, ())
    assert node in view.graded - hidden.graded
    assert hidden.flows == ()
    assert not hidden.factors
    assert cover_view(view, node, 1, ()).flows == view.flows


def test_in_the_picture_a_wrong_answer_shows_where():
    found, steps, step, _ = explained("x")
    node = steps[step].node
    edge = found.trace.terms[node][1].edge
    (flow,) = cover_view(make_view(found, steps, step), node, 0, (edge,)).flows
    assert (flow.node, flow.later, flow.badge) == (edge.node, edge.later, "?")
