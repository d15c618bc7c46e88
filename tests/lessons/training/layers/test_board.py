"""One entry worked out in numbers: its sum adds up, as printed, to the entry of the trace."""

import re
from types import SimpleNamespace

import numpy as np
import pytest

from backprop.engine.backward import differentiate
from backprop.engine.errors import PointError
from backprop.engine.network import LOSSES, Network
from backprop.lessons.training.layers.board import make_layers, work_out, worked_entry
from backprop.lessons.training.layers.entry import MOST_ROWS, peak
from backprop.lessons.training.layers.reading import batch_program
from backprop.lessons.training.layers.steps import layer_steps
from backprop.notation.formula import (
    Brackets,
    Cases,
    Fraction,
    Lines,
    Number,
    Operator,
    Power,
    Row,
    Text,
)
from backprop.notation.numerals import agrees
from backprop.notation.numerals import read_printed as _read
from backprop.notation.spoken import words

NETWORKS = {
    "2-8-8-1": (Network((2, 8, 8, 1), ("relu", "tanh", "sigmoid"), "binary_cross_entropy"), 10),
    "4-8-3": (Network((4, 8, 3), ("softplus", "softmax"), "cross_entropy"), 32),
    "64-32-10": (Network((64, 32, 10), ("leaky_relu", "softmax"), "cross_entropy"), 100),
    "shared": (Network((2, 3, 2), ("tanh", "sigmoid"), shared_biases=True), 5),
    "one example": (Network((2, 3), ("linear",), "mean_squared_error"), 1),
    "penalties": (Network((2, 3, 1), ("tanh", "linear"), l1=0.1, l2=0.01), 5),
}


def run(network, rows, seed=1):
    rng = np.random.default_rng(seed)
    outputs = network.sizes[-1]
    Y = np.eye(outputs)[rng.integers(0, outputs, rows)] if outputs > 1 else np.ones((rows, 1))
    X = rng.normal(size=(rows, network.sizes[0]))
    return differentiate(network.graph("layers"), network.batch(network.initialize(seed), X, Y))


@pytest.fixture(params=NETWORKS.values(), ids=NETWORKS)
def trace(request):
    return run(*request.param)


def worked(trace):
    """Return every entry that is worked out in a walk, with its stop."""
    for stop in layer_steps(trace.graph):
        entry = worked_entry(trace, stop)
        found = work_out(entry)
        if found:
            yield stop, entry, found


def calculated(formula):
    """Return what a formula of printed numbers gives, calculated by hand as it were."""
    match formula:
        case Number(shown):
            return f"({_read(shown)!r})"
        case Row((Text("σ"), Brackets(x))):
            return f"(1 / (1 + np.exp(-({calculated(x)}))))"
        case Row((Text(name), Operator("\u2061"), x)) | Row((Text(name), Brackets(x))):
            spelled = {"relu": "np.maximum(0, {0})", "tanh": "np.tanh({0})"}
            spelled["leaky relu"] = "np.where({0} > 0, {0}, 0.01 * {0})"
            spelled |= {"ln": "np.log({0})", "step": "step({0})"}
            spelled |= {"max": "np.maximum({0})", "min": "np.minimum({0})"}
            return spelled[name].format(calculated(x))
        case Row(parts) | Lines(parts):
            return "".join(map(calculated, parts))
        case Operator(sign):
            return {"−": "-", "×": "*", "·": "*", "\u2061": "", "\u2009": "*"}.get(sign, sign)
        case Fraction(top, bottom):
            return f"(({calculated(top)}) / ({calculated(bottom)}))"
        case Power(Text("e"), exponent):
            return f"np.exp({calculated(exponent)})"
        case Power(base, exponent):
            return f"({calculated(base)}) ** ({calculated(exponent)})"
        case Brackets(inside):
            return f"({calculated(inside)})"
        case Text(text):
            return "" if re.fullmatch(r"\(\d+ (products|terms)\)", text) else text
    raise AssertionError(formula)


def by_hand(formula):
    text = calculated(formula)
    text = re.sub(r"(?<=\))(?=\()", "*", text)
    known = {"np": np, "step": lambda x: np.heaviside(x, 0)}
    return float(eval(text, known))  # noqa: S307 - numbers and signs of our own


def test_worked_sums_add_up_as_printed(trace):
    counted = 0
    for _, _, found in worked(trace):
        (_, numbers), (sign, result) = found.equation.sides[-2:]
        if "softplus" in words(numbers):
            continue
        counted += 1
        again = by_hand(numbers)
        close = abs(again - result.exact) <= 1e-4 * max(1e-3, abs(result.exact))
        assert agrees(again, result.shown) if sign == "=" else close
    assert counted > 4


def test_the_result_is_the_entry_of_the_trace(trace):
    for stop, entry, found in worked(trace):
        array = np.asarray((trace.values if stop.kind == "value" else trace.gradients)[stop.node])
        assert found.result.exact == array[entry.at]


def test_the_entry_is_the_largest_of_those_shown(trace):
    for stop, entry, _ in worked(trace):
        array = np.atleast_1d(
            (trace.values if stop.kind == "value" else trace.gradients)[stop.node]
        )
        of_batch = trace.graph.nodes[stop.node].name[0] in "AZ"
        shown = array[:MOST_ROWS] if of_batch else array
        assert abs(entry.number) == np.abs(shown).max()


def test_every_step_of_a_layer_is_worked_out(trace):
    known = {stop for stop, _, _ in worked(trace)}
    for stop in layer_steps(trace.graph):
        if len(stop.nodes) == 1 and stop.layer:
            assert stop in known


def test_marked_bands_lie_within_what_is_shown(trace):
    for _, _, found in worked(trace):
        for (node, kind), band in found.bands.items():
            array = np.asarray((trace.values if kind == "value" else trace.gradients)[node])
            rows, columns = (1, *array.shape)[-2:]
            assert 0 <= band.row < band.row + band.rows <= min(rows, max(MOST_ROWS, columns))
            assert 0 <= band.column < band.column + band.columns <= columns


def test_the_marked_rows_and_columns_make_the_entry():
    trace = run(*NETWORKS["2-8-8-1"])
    for stop, entry, found in worked(trace):
        name = trace.graph.nodes[stop.node].name
        if name[0] != "W":
            continue
        (term,) = trace.terms[stop.node]
        a = trace.graph.nodes[term.edge.later].inputs[0]
        g, A = found.bands[(term.edge.later, "slope")], found.bands[(a, "value")]
        column = np.asarray(term.arriving)[:, g.column]
        assert column @ trace.values[a][:, A.column] == pytest.approx(entry.number)


def test_a_long_sum_says_how_many_terms_one_number_stands_for():
    trace = run(*NETWORKS["64-32-10"])
    by_name = {
        (stop.kind, trace.graph.nodes[stop.node].name): words(found.equation.sides[-2][1])
        for stop, _, found in worked(trace)
    }
    assert "(61 products)" in by_name[("value", "Z1")]
    assert "(97 products)" in by_name[("slope", "W1")]
    assert "(97 terms)" in by_name[("slope", "b1")]
    assert "(97 terms)" in by_name[("value", "L")]


def test_what_several_uses_send_back_is_added_up():
    trace = run(*NETWORKS["penalties"])
    found = {trace.graph.nodes[stop.node].name: w for stop, _, w in worked(trace)}["W1"]
    assert "Used 3 times" in "".join(map(str, found.about))
    assert words(found.equation.sides[0][1]).count("plus") == 2


@pytest.mark.parametrize("loss", LOSSES)
def test_the_slope_of_every_loss_is_worked_out(loss):
    last = "softmax" if loss == "cross_entropy" else "sigmoid"
    trace = run(Network((2, 3), (last,), loss), 4)
    back = [found for stop, _, found in worked(trace) if stop.kind == "slope"]
    assert "divides it by 4" in "".join(map(str, back[0].about))
    assert by_hand(back[0].equation.sides[1][1]) == pytest.approx(back[0].result.exact, rel=1e-2)


def test_an_entry_that_is_no_finite_number_is_not_worked_out():
    network, rows = NETWORKS["2-8-8-1"]
    at = network.initialize()
    at["W1"] = np.full((8, 2), 1e308)
    batch = network.batch(at, np.full((rows, 2), 1e10), np.ones((rows, 1)))
    with np.errstate(all="ignore"):
        trace = differentiate(network.graph("layers"), batch)
    assert peak(trace, trace.graph.position("Z1"), "value") is None
    assert work_out(worked_entry(trace, layer_steps(trace.graph)[0])) is None


def test_the_rule_of_a_penalty_says_it_all():
    trace = run(Network((2, 1), ("linear",), l2=0.1), 4)
    stops = [
        stop for stop in layer_steps(trace.graph) if stop.nodes == (trace.graph.position("R1"),)
    ]
    assert [stop.kind for stop in stops] == ["value"]
    assert work_out(worked_entry(trace, stops[0])) is None


def test_cases_are_called_by_name_and_tell_which_one_holds():
    trace = run(*NETWORKS["2-8-8-1"])
    found = {trace.graph.nodes[s.node].name: w for s, _, w in worked(trace) if s.kind == "slope"}
    letters = found["Z1"].equation.sides[0][1]
    assert not any(isinstance(part, Cases) for part in letters.parts)
    assert "above 0" in "".join(map(str, found["Z1"].about))


LAYERS_NETWORKS = {
    "2-8-8-1": (Network((2, 8, 8, 1), ("relu", "tanh", "sigmoid"), "binary_cross_entropy"), 10),
    "4-8-3": (Network((4, 8, 3), ("softplus", "softmax"), "cross_entropy"), 7),
    "2-1": (Network((2, 1), ("sigmoid",)), 4),
    "one example": (Network((3, 4, 2), ("leaky_relu", "linear"), "mean_squared_error"), 1),
    "shared": (Network((2, 3, 2), ("tanh", "sigmoid"), shared_biases=True), 70),
    "penalties": (Network((2, 3, 1), ("tanh", "linear"), l1=0.1, l2=0.01), 5),
}


def layers_run(network, rows=10, seed=1):
    """Return the trace of a made-up batch."""
    rng = np.random.default_rng(seed)
    outputs = network.sizes[-1]
    Y = np.eye(outputs)[rng.integers(0, outputs, rows)] if outputs > 1 else np.ones((rows, 1))
    batch = network.batch(network.initialize(seed), rng.normal(size=(rows, network.sizes[0])), Y)
    return differentiate(network.graph("layers"), batch)


def at(network, trace, step, **more):
    links = SimpleNamespace(address=lambda step="", **_: f"/train?step={step}")
    return make_layers(network, trace, step, links, **more)


@pytest.fixture(params=LAYERS_NETWORKS.values(), ids=LAYERS_NETWORKS)
def case(request):
    network, rows = request.param
    return network, layers_run(network, rows)


def test_every_step_is_told_and_leads_to_its_neighbours(case):
    network, trace = case
    count = len(layer_steps(trace.graph))
    for step in range(count):
        view = at(network, trace, step)
        assert (view.strip.at, view.strip.count) == (step + 1, count)
        assert view.explanation.headline
        assert view.explanation.lede
        assert view.explanation.sentence
        assert view.explanation.aloud
        assert view.strip.back == (f"/train?step={step - 1}" if step else "")
        assert view.strip.forward == (f"/train?step={step + 1}" if step + 1 < count else "")


@pytest.mark.parametrize("step", [-1, 21, 1000])
def test_a_step_that_does_not_exist_is_refused(step):
    network, rows = LAYERS_NETWORKS["2-8-8-1"]
    with pytest.raises(PointError) as refused:
        at(network, layers_run(network, rows), step)
    assert refused.value.at == "step"
    assert "21 steps" in refused.value.hint


def test_the_result_of_a_step_is_a_number_of_the_trace(case):
    network, trace = case
    for step, stop in enumerate(layer_steps(trace.graph)[:-1]):
        view = at(network, trace, step)
        if view.explanation.result is None:
            assert len(stop.nodes) > 1
            continue
        of = trace.values if stop.kind == "value" else trace.gradients
        assert view.explanation.result.exact in np.ravel(of[stop.node])


def test_at_the_end_stands_the_length_of_the_gradient(case):
    network, trace = case
    view = at(network, trace, len(layer_steps(trace.graph)) - 1)
    flat = np.concatenate([np.ravel(slope) for slope in trace.gradient.values()])
    assert view.explanation.result.exact == pytest.approx(np.linalg.norm(flat))
    assert [line.words[0].plain for line in view.explanation.lines] == list(trace.gradient)
    assert sum(line.number.exact**2 for line in view.explanation.lines) == pytest.approx(
        flat @ flat
    )


def rows_of(view):
    return {row.name: row for row in view.reading.picture.rows}


def test_a_line_has_its_value_and_its_gradient_from_the_step_that_computes_it(case):
    network, trace = case
    valued, graded = set(), set()
    for step, stop in enumerate(layer_steps(trace.graph)):
        names = [trace.graph.nodes[i].name for i in stop.nodes]
        (valued if stop.kind == "value" else graded).update(names)
        rows = rows_of(at(network, trace, step))
        for node in (node for node in trace.graph.nodes if node.name in rows):
            row = rows[node.name]
            assert (row.value.state != "ahead") is (node.is_leaf or node.name in valued)
            assert node.given or (row.gradient.state != "ahead") is (node.name in graded)


def test_the_line_of_a_step_is_marked_and_what_it_says_is_a_line_of_the_program(case):
    network, trace = case
    for step, stop in enumerate(layer_steps(trace.graph)[:-1]):
        view = at(network, trace, step)
        names = [trace.graph.nodes[i].name for i in stop.nodes]
        marked = [name for name, row in rows_of(view).items() if "now" in row.kinds]
        assert marked[-1] in names
        said = [told.as_line.split(" ")[0].removeprefix("d") for told in view.reading.told]
        assert len(said) <= 3
        assert set(names) & set(said)


def test_every_link_of_a_line_leads_to_the_step_that_computes_it(case):
    network, trace = case
    rows = rows_of(at(network, trace, 0))
    for step, stop in enumerate(layer_steps(trace.graph)):
        for i in stop.nodes if stop.kind == "value" else ():
            assert rows[trace.graph.nodes[i].name].address == f"/train?step={step}"


def test_the_arrays_that_are_shown_are_those_of_the_pass_that_trains(case):
    network, trace = case
    passes = batch_program(network, trace).passes
    places = {node.name: passes.program.position(node.name) for node in trace.graph.nodes
              if node.number is None}  # fmt: skip
    for position, node in enumerate(trace.graph.nodes):
        if node.name in places:
            own = places[node.name]
            assert np.array_equal(passes.trace.values[own], trace.values[position])
            assert np.array_equal(passes.trace.gradients[own], trace.gradients[position])
    for use in passes.uses:
        if use.which == use.times - 1 and use.name in places:
            total = passes.sent[use.line, use.name][1]
            assert np.array_equal(total, passes.trace.gradients[places[use.name]])


def test_where_a_sigmoid_is_saturated_the_numbers_are_those_of_the_pass_and_no_nan():
    network = Network((1, 1), ("sigmoid",), "binary_cross_entropy")
    point = network.batch({"W1": [[60.0]], "b1": [0.0]}, [[1.0], [-1.0]], [[1.0], [1.0]])
    trace = differentiate(network.graph("layers"), point)
    passes = batch_program(network, trace).passes
    assert passes.trace.value == 30
    assert np.isfinite(passes.trace.gradients[passes.program.position("W1")]).all()


def test_an_entry_is_opened_where_the_step_makes_it_and_of_a_leaf_the_array_is_shown():
    network, rows = LAYERS_NETWORKS["4-8-3"]
    trace = layers_run(network, rows)
    steps = layer_steps(trace.graph)
    step = next(
        n
        for n, stop in enumerate(steps)
        if (stop.kind, stop.nodes) == ("slope", (trace.graph.position("W1"),))
    )
    opened = at(network, trace, step, entry="dW1[1,2]").reading.opened
    assert opened.count == rows
    assert opened.value.exact == pytest.approx(trace.gradient["W1"][1, 2], rel=1e-12)
    reading = at(network, trace, step, entry="W1[1,2]").reading
    assert (reading.opened, reading.leaf.columns, reading.missing) == (None, 4, "")
    assert "no array" in at(network, trace, step, entry="Q[1,2]").reading.missing


def test_a_large_batch_says_what_its_maps_leave_out():
    network, _ = LAYERS_NETWORKS["2-1"]
    assert at(network, layers_run(network, 16), 0).cut == ""
    long = at(network, layers_run(network, 500), 0)
    assert "16 along an axis" in long.cut
    assert long.reading.large == "Z1[0,0]"
    assert rows_of(long)["X"].value.map.high == 16


def test_a_frozen_array_says_that_its_gradient_is_computed_all_the_same():
    network, rows = LAYERS_NETWORKS["4-8-3"]
    trace = layers_run(network, rows)
    steps = {
        trace.graph.nodes[stop.node].name: n for n, stop in enumerate(layer_steps(trace.graph))
    }
    frozen = frozenset(("W2", "b2_1", "b2_3", "w1_1_2"))
    whole = at(network, trace, steps["W2"], frozen=frozen)
    assert "It is frozen: its gradient is computed all the same." in whole.explanation.aloud
    some = at(network, trace, steps["b2"], frozen=frozen)
    assert "2 of its 3 entries are frozen" in some.explanation.aloud
    one = at(network, trace, steps["W1"], frozen=frozen)
    assert "1 of its 32 entries is frozen" in one.explanation.aloud
    assert one.frozen == "1 of W1, W2, 2 of b2"
