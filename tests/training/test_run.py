"""A slice of training, against the same steps taken one by one through the public doors; and a
run, which is the same however it is cut.
"""

import json
import subprocess
import sys
from dataclasses import replace
from itertools import repeat
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backprop.engine.backward import gradient, repeated
from backprop.engine.errors import ShapeError
from backprop.engine.graph import Builder
from backprop.engine.network import LOSSES, Network
from backprop.engine.ops import OPS
from backprop.lessons.training.presets import DEFAULTS
from backprop.lessons.training.run_history import (
    RunHistory,
    checkpoint_body,
    pack,
    read_checkpoint,
    unpack,
)
from backprop.lessons.training.state import training_state
from backprop.sharing.snapshot import from_bytes, to_bytes
from backprop.sharing.store import Store
from backprop.stage.links import Links, Origin
from backprop.training.datasets import xor
from backprop.training.measure import measure
from backprop.training.optimizers import OPTIMIZERS, Adam, GradientDescent
from backprop.training.plan import Examples, Plan
from backprop.training.run import (
    MOST_POINTS,
    MOST_RECORDS,
    Until,
    back_to,
    begin,
    train,
    train_slice,
)
from backprop.training.schedule import Schedule
from backprop.training.thinning import stride, thinned

ELEMENTWISE = [row.name for row in OPS.values() if row.activates]
NETWORK = Network((2, 3, 1), ("tanh", "linear"))
EXAMPLES = 6


def examples(network, n=EXAMPLES, seed=0):
    """Return inputs, and targets that suit every loss: one of the outputs is 1."""
    rng = np.random.default_rng(seed)
    outputs = network.sizes[-1]
    Y = (
        np.eye(outputs)[rng.integers(outputs, size=n)]
        if outputs > 1
        else rng.integers(2, size=(n, 1))
    )
    return rng.normal(size=(n, network.sizes[0])), Y.astype(float)


def step_by_step(network, optimizer, parameters, state, batches):
    """Return what `train` returns, by the mappings of names to arrays."""
    losses = []
    for X, Y in batches:
        loss, gradient = network.loss_and_gradient(parameters, X, Y)
        move, state = optimizer.step(gradient, state, parameters)
        parameters = {name: array + move[name] for name, array in parameters.items()}
        losses.append(loss)
    return parameters, state, losses


def assert_same(found, expected):
    for ours, theirs in zip(found[:2], expected[:2], strict=True):
        assert list(ours) == list(theirs)
        for name in ours:
            np.testing.assert_allclose(ours[name], theirs[name], rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(found[2], expected[2], rtol=1e-12, atol=1e-12)


def assert_one_by_one_is_the_same(network, optimizer, batches):
    parameters = network.initialize(seed=3)
    start = (network, optimizer, parameters, optimizer.start(parameters), batches)
    assert_same(train(*start), step_by_step(*start))


@pytest.mark.parametrize("optimizer", OPTIMIZERS.values(), ids=OPTIMIZERS)
def test_a_slice_is_the_same_steps_taken_one_by_one(optimizer):
    assert_one_by_one_is_the_same(NETWORK, optimizer(), [examples(NETWORK)] * 20)


@pytest.mark.parametrize("activation", [*ELEMENTWISE, "linear"])
@pytest.mark.parametrize("shared_biases", [False, True])
def test_every_activation_can_be_trained(activation, shared_biases):
    network = Network((2, 3, 3, 2), (activation,) * 3, shared_biases=shared_biases)
    assert_one_by_one_is_the_same(network, Adam(0.01), [examples(network)] * 5)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("outputs", [2, 3])
def test_every_loss_can_be_trained(loss, outputs):
    last = "softmax" if loss == "cross_entropy" else "sigmoid"
    network = Network((2, 3, outputs), ("tanh", last), loss)
    assert_one_by_one_is_the_same(network, Adam(0.01), [examples(network)] * 5)


def test_batches_may_differ_in_length_and_come_in_any_order():
    X, Y = examples(NETWORK)
    batches = [(X[rows], Y[rows]) for rows in ([0, 3, 1, 5], [2, 4], [5, 2, 0, 1], [3, 4])]
    assert_one_by_one_is_the_same(NETWORK, Adam(0.01), batches)


def test_twelve_layers_are_kept_apart():
    network = Network((2,) * 13, ("tanh",) * 12)  # W10 comes before W2 in the flat array
    assert_one_by_one_is_the_same(network, Adam(0.01), [examples(network)] * 3)


def test_where_a_run_is_cut_does_not_show():
    parameters, batch = NETWORK.initialize(), examples(NETWORK)
    optimizer = Adam(0.01)
    whole = train(NETWORK, optimizer, parameters, optimizer.start(parameters), [batch] * 7)
    first = train(NETWORK, optimizer, parameters, optimizer.start(parameters), [batch] * 3)
    second = train(NETWORK, optimizer, first.parameters, first.state, [batch] * 4)
    assert np.array_equal([*first.losses, *second.losses], whole.losses)
    for name, array in whole.parameters.items():
        assert np.array_equal(second.parameters[name], array)


def test_what_a_slice_is_given_stays_as_it_was():
    parameters, (X, Y) = NETWORK.initialize(), examples(NETWORK)
    state = Adam().start(parameters)
    arrays = [*parameters.values(), X, Y, state["m"], state["v"]]
    copies = [array.copy() for array in arrays]
    after = train(NETWORK, Adam(), parameters, state, [(X, Y)] * 3)
    assert all(map(np.array_equal, arrays, copies))
    assert state["t"] == 0
    left = [*after.parameters.values(), after.state["m"], after.state["v"], after.losses]
    assert not any(np.shares_memory(new, old) for new in left for old in arrays)


def test_the_state_that_a_slice_returns_is_read_only():
    parameters = NETWORK.initialize()
    after = train(NETWORK, Adam(), parameters, Adam().start(parameters), [examples(NETWORK)])
    assert not after.state["m"].flags.writeable


def test_a_slice_without_batches_ends_where_it_starts():
    parameters = NETWORK.initialize()
    after = train(NETWORK, Adam(), parameters, Adam().start(parameters), [])
    assert_same(after, (parameters, Adam().start(parameters), []))


def test_a_run_that_diverges_shows_it_and_does_not_warn():
    network = Network((2, 3, 1), ("linear", "linear"))
    parameters = network.initialize()
    after = train(network, GradientDescent(10.0), parameters, {}, repeat(examples(network), 60))
    assert after.losses[0] < np.inf
    assert np.isnan(after.losses[-1])


def test_exclusive_or_is_learned():
    network = Network((2, 4, 1), ("tanh", "sigmoid"), "binary_cross_entropy")
    parameters, data = network.initialize(seed=1), xor()
    optimizer = Adam(0.05)
    batches = repeat((data.X, data.Y), 500)
    after = train(network, optimizer, parameters, optimizer.start(parameters), batches)
    assert len(after.losses) == 500
    assert np.array_equal(np.round(network.outputs(after.parameters, data.X)), data.Y)


@pytest.mark.parametrize(
    "batch",
    [(np.zeros((4, 3)), np.zeros((4, 1))), (np.zeros((4, 2)), np.zeros(4))],
    ids=["too many inputs", "targets in a row"],
)
def test_a_batch_that_does_not_fit_is_refused_also_after_one_that_does(batch):
    parameters = NETWORK.initialize()
    with pytest.raises(ShapeError):
        train(NETWORK, GradientDescent(), parameters, {}, [examples(NETWORK, 4), batch])


def test_a_repeated_pass_reads_the_parameters_anew():
    (X, Y), parameters = examples(NETWORK), NETWORK.initialize()
    slopes = {name: np.empty_like(array) for name, array in parameters.items()}
    graph = NETWORK.graph("layers")
    run = repeated(graph, NETWORK.batch(parameters, X, Y), slopes)
    for _ in range(3):
        loss, expected = NETWORK.loss_and_gradient(parameters, X, Y)
        assert run((X, Y)) == loss
        assert all(np.array_equal(slopes[name], array) for name, array in expected.items())
        parameters["W1"] *= 0.5


def test_a_repeated_pass_also_copes_with_rows_that_no_layer_uses():
    builder = Builder()
    X, Y = builder.leaf("X", given=True), builder.leaf("Y", given=True)
    z = builder.node("affine", (X, builder.leaf("W"), builder.leaf("b")))
    twice = builder.node("add", (builder.node("abs", (z,)), builder.node("sin", (z,))))
    builder.node("batch_half_squared_error", (builder.node("negate", (twice,)), Y))
    graph, rng = builder.graph(), np.random.default_rng(0)
    at = {"X": (5, 2), "Y": (5, 3), "W": (3, 2), "b": (3,)}
    at = {name: rng.normal(size=shape) for name, shape in at.items()}
    slopes = {"W": np.empty((3, 2)), "b": np.empty(3)}
    run = repeated(graph, at, slopes)
    for _ in range(3):
        loss, expected = gradient(graph, at)
        assert run((at["X"], at["Y"])) == loss
        assert all(np.array_equal(slopes[name], expected[name]) for name in slopes)
        at["X"] = rng.normal(size=(5, 2))


# A run, however it is cut


def plan_of(network=NETWORK, n=EXAMPLES, held_out=0, **changes):
    """Return a plan with drawn examples: gradient descent with all of them, unless changed."""
    usual = {
        "network": network,
        "train": Examples(*examples(network, n)),
        "test": Examples(*examples(network, held_out, seed=1)),
        "optimizer": GradientDescent(0.1),
        "schedule": Schedule(),
        "batch": n,
        "seed": 5,
    }
    return Plan(**(usual | changes))


@st.composite
def plans(draw):
    strength = st.sampled_from([0.0, 0.01])
    network = replace(NETWORK, l1=draw(strength), l2=draw(strength))
    parameters = ("W1", "b2", "w1_1_2", "w2_1_1")
    return plan_of(
        network,
        n=7,
        held_out=draw(st.integers(0, 3)),
        optimizer=OPTIMIZERS[draw(st.sampled_from(sorted(OPTIMIZERS)))](0.05),
        schedule=draw(
            st.sampled_from([Schedule(), Schedule("step", 2, 0.5), Schedule("cosine", over=6)])
        ),
        batch=draw(st.integers(1, 9)),
        seed=draw(st.integers(0, 9)),
        frozen=tuple(draw(st.lists(st.sampled_from(parameters), unique=True))),
    )


def begun(plan):
    return begin(plan, plan.network.initialize(seed=3))


def stored(run):
    """Return the run as it comes back from the store."""
    history = RunHistory("", run, points=(), settings_log=((0, {}),), optimizer="adam")
    return unpack(from_bytes(to_bytes(pack(history)))).run


def bits(run):
    """Return a run as values that are equal only where every bit is."""
    state = {name: np.asarray(value).tobytes() for name, value in run.state.items()}
    place = (run.epoch, run.step, run.epochs, run.broken)
    return run.theta.tobytes(), state, place, run.records.tobytes()


def cut(plan, run, lengths):
    """Return the run after slices of these lengths, stored after each; and the moments kept."""
    checkpoints = ()
    for steps in lengths:
        run, more = train_slice(plan, stored(run), Until(steps=steps))
        checkpoints += more
    return run, checkpoints


def points_of(checkpoints, epoch):
    """Return what is still kept of the moments at an epoch."""
    kept = set(thinned(tuple(checkpoint.epoch for checkpoint in checkpoints), epoch, MOST_POINTS))
    return [
        checkpoint_body(checkpoint, "adam")
        for checkpoint in checkpoints
        if checkpoint.epoch in kept
    ]


@settings(deadline=None, max_examples=60)
@given(plan=plans(), lengths=st.lists(st.integers(1, 4), min_size=1, max_size=50))
def test_a_run_is_the_same_to_the_last_bit_in_one_slice_or_in_many(plan, lengths):
    whole, checkpoints = train_slice(plan, begun(plan), Until(steps=sum(lengths)))
    parts, found = cut(plan, begun(plan), lengths)
    assert bits(parts) == bits(whole)
    assert points_of(found, whole.epoch) == points_of(checkpoints, whole.epoch)


@pytest.mark.parametrize("lengths", [[1] * 300, [7, 143, 150], [299, 1]], ids=len)
def test_where_a_run_is_cut_does_not_show_either_when_points_are_thinned(lengths):
    plan = plan_of(optimizer=Adam(0.01))
    whole, checkpoints = train_slice(plan, begun(plan), Until(steps=300))
    parts, found = cut(plan, begun(plan), lengths)
    assert bits(parts) == bits(whole)
    assert points_of(found, 300) == points_of(checkpoints, 300)


@settings(deadline=None, max_examples=30)
@given(plan=plans(), before=st.integers(1, 20), after=st.integers(1, 20))
def test_a_run_goes_on_from_a_checkpoint_as_it_did_the_first_time(plan, before, after):
    end, checkpoints = train_slice(plan, begun(plan), Until(steps=before + after))
    for checkpoint in checkpoints:
        body = checkpoint_body(checkpoint, "adam")
        again = back_to(end, read_checkpoint(from_bytes(body), "adam")[0])
        assert (again.epoch, again.step, again.broken) == (checkpoint.epoch, 0, False)
        assert again.epochs == tuple(range(checkpoint.epoch + 1))
        rest = (end.epoch - checkpoint.epoch) * plan.steps_in_epoch + end.step
        if rest:
            again, _ = train_slice(plan, again, Until(steps=rest))
        assert bits(again) == bits(end)


WORKER = """
import sys
from dataclasses import replace
from backprop.stage.links import Links, Origin
from backprop.lessons.training.state import training_state
from backprop.lessons.training.presets import DEFAULTS
from backprop.lessons.training.run_history import pack, unpack
from backprop.sharing.snapshot import from_bytes, to_bytes
from backprop.sharing.store import Store
from backprop.training.run import Until, train_slice

url, address, end = sys.argv[1], sys.argv[2], int(sys.argv[3])
plan = training_state(DEFAULTS, Links("/train", Origin({}, DEFAULTS), DEFAULTS)).plan
store = Store(url)
history = unpack(from_bytes(store.get(address)))
while history.run.epoch < end:
    run, _ = train_slice(plan, history.run, Until(epoch=end, seconds=0.003))
    history = replace(history, run=run)
    print(store.put(to_bytes(pack(history))), flush=True)
"""


def worker(*words):
    return subprocess.Popen(
        [sys.executable, "-c", WORKER, *map(str, words)],
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        text=True,
    )


def test_a_process_that_is_killed_in_the_middle_of_playing_loses_nothing(tmp_path):
    url = f"sqlite:///{tmp_path}/store.db"
    store = Store(url)
    state = training_state(DEFAULTS, Links("/train", Origin({}, DEFAULTS), DEFAULTS))
    address = store.put(to_bytes(pack(state.history)))
    with worker(url, address, 10**6) as first:
        for _ in range(5):
            address = first.stdout.readline().strip()
        first.kill()
    left = unpack(from_bytes(store.get(address))).run
    assert left.epoch or left.step
    with worker(url, address, left.epoch + 20) as second:
        address = second.stdout.read().split()[-1]
    found = unpack(from_bytes(store.get(address))).run
    store.close()
    expected, _ = train_slice(state.plan, state.run, Until(epoch=left.epoch + 20))
    assert bits(found) == bits(expected)


@pytest.mark.parametrize("optimizer", OPTIMIZERS.values(), ids=OPTIMIZERS)
def test_a_run_takes_the_steps_of_the_public_doors(optimizer):
    plan = plan_of(optimizer=optimizer(0.1), batch=4, schedule=Schedule("step", 2, 0.5))
    run, _ = train_slice(plan, begun(plan), Until(epoch=5))
    parameters = plan.network.initialize(seed=3)
    state = plan.optimizer.start(parameters)
    for epoch in range(5):
        chosen = optimizer(0.1 * 0.5 ** (epoch // 2))
        for X, Y in plan.batches(epoch):
            _, slopes = plan.network.loss_and_gradient(parameters, X, Y)
            move, state = chosen.step(slopes, state, parameters)
            parameters = {name: array + move[name] for name, array in parameters.items()}
    found = plan.unflatten(run.theta)
    for name, array in parameters.items():
        np.testing.assert_allclose(found[name], array, rtol=1e-12, atol=1e-12)


REFERENCE = Path(__file__).parents[1] / "reference" / "optimizers.json"
PATHS = json.loads(REFERENCE.read_text())["optimizers"]


def bowl(optimizer):
    """Return the plan whose loss is 3x² + 2xy + y², of the weights x and y of one neuron.

    ½ · mean (w · xᵢ)² is ½ wᵀ M w, where M is the mean of xᵢ xᵢᵀ: (6 2; 2 2) here.
    """
    X = np.linalg.cholesky(2 * np.array([[6.0, 2.0], [2.0, 2.0]])).T
    data = Examples(X, np.zeros((2, 1)))
    network = Network((2, 1), ("linear",))
    return plan_of(network, train=data, optimizer=optimizer, batch=2, frozen=("b1",))


@pytest.mark.parametrize("row", PATHS, ids=lambda row: row["optimizer"])
def test_the_path_of_a_run_over_the_bowl_is_the_one_pytorch_takes(row):
    plan = bowl(OPTIMIZERS[row["optimizer"]](row["learning_rate"]))
    run = begin(plan, {"W1": [row["path"][0]], "b1": [0.0]})
    for expected in row["path"]:
        found = plan.unflatten(run.theta)
        np.testing.assert_allclose(found["W1"][0], expected, rtol=0, atol=1e-10)
        assert found["b1"][0] == 0
        run, _ = train_slice(plan, run, Until(steps=1))


# What a run remembers


def test_a_run_begins_with_what_is_measured_before_the_first_step():
    plan = plan_of()
    run = begun(plan)
    assert (run.epoch, run.step, run.epochs, run.broken) == (0, 0, (0,), False)
    assert run.records.tolist()[0] == pytest.approx(
        measure(plan, plan.network.initialize(seed=3)), nan_ok=True
    )


def test_every_record_is_what_is_measured_at_its_epoch():
    plan = plan_of(held_out=3, batch=4)
    run, checkpoints = train_slice(plan, begun(plan), Until(epoch=6))
    assert run.epochs == tuple(range(7))
    assert [checkpoint.epoch for checkpoint in checkpoints] == [1, 2, 3, 4, 5, 6]
    for checkpoint, row in zip(checkpoints, run.records[1:].tolist(), strict=True):
        assert row == pytest.approx(measure(plan, plan.unflatten(checkpoint.theta)), nan_ok=True)


@given(now=st.integers(0, 10**7), most=st.sampled_from([MOST_POINTS, MOST_RECORDS]))
def test_at_every_epoch_few_are_remembered_evenly_and_the_first_among_them(now, most):
    step = stride(now, most)
    remembered = range(0, now + 1, step)
    assert len(remembered) <= most + 1
    assert step == 1 or len(remembered) > most // 2
    assert step & (step - 1) == 0


@given(epoch=st.integers(1, 5000), later=st.integers(0, 5000))
def test_what_is_remembered_later_was_remembered_before(epoch, later):
    wide = stride(epoch + later, MOST_RECORDS)
    assert wide % stride(epoch, MOST_RECORDS) == 0
    assert thinned((0, epoch), epoch + later, MOST_RECORDS)[0] == 0


def test_a_long_run_keeps_few_records_and_few_points():
    plan = plan_of(Network((2, 1), ("linear",)), n=3)
    run, points = begun(plan), {}
    for end in (100, 600, 1030):
        run, checkpoints = train_slice(plan, run, Until(epoch=end))
        points |= {checkpoint.epoch: checkpoint for checkpoint in checkpoints}
        left = thinned(tuple(points), end, MOST_POINTS)
        assert run.epochs == tuple(range(0, end + 1, stride(end, MOST_RECORDS)))
        assert len(run.epochs) == len(run.records) <= MOST_RECORDS + 1
        step = stride(end, MOST_POINTS)
        assert left == tuple(range(step, end + 1, step))
        assert len(left) <= MOST_POINTS
    assert stride(4 * MOST_RECORDS - 1, MOST_RECORDS) == 4


# Where a slice ends


def test_a_slice_ends_after_so_many_steps():
    plan = plan_of(batch=4)
    run, _ = train_slice(plan, begun(plan), Until(steps=3))
    assert (run.epoch, run.step) == (1, 1)


@pytest.mark.parametrize("steps", [0, 1, 2, 5])
def test_a_slice_ends_where_an_epoch_is_complete(steps):
    plan = plan_of(batch=2)
    run = begun(plan)
    if steps:
        run, _ = train_slice(plan, run, Until(steps=steps))
    run, _ = train_slice(plan, run, Until(epoch=3))
    assert (run.epoch, run.step) == (3, 0)


def test_a_slice_takes_a_step_also_where_it_is_over_before_it_begins():
    plan = plan_of()
    run, _ = train_slice(plan, begun(plan), Until(epoch=3))
    assert train_slice(plan, run, Until(epoch=3))[0].epoch == 4
    assert train_slice(plan, run, Until(loss=np.inf))[0].epoch == 4
    assert train_slice(plan, run, Until(seconds=0))[0].epoch == 4


def test_a_slice_ends_at_the_first_epoch_whose_loss_is_below():
    plan = plan_of(batch=4)
    long, _ = train_slice(plan, begun(plan), Until(epoch=60))
    goal = float(np.mean([long.records[0, 0], long.records[-1, 0]]))
    run, _ = train_slice(plan, begun(plan), Until(loss=goal))
    below = [epoch for epoch, loss in enumerate(long.records[:, 0]) if loss < goal]
    assert (run.epoch, run.step) == (below[0], 0)


class Timed(Plan):
    """A plan whose every batch takes a second to come."""

    def batches(self, epoch, after=0):
        for batch in super().batches(epoch, after):
            self.seconds.append(1)
            yield batch


@pytest.mark.parametrize(("seconds", "steps"), [(0, 1), (1, 1), (5, 5), (5.5, 6)])
def test_a_slice_ends_when_its_time_has_passed(seconds, steps):
    plan = Timed(**vars(plan_of(batch=1)))
    object.__setattr__(plan, "seconds", [])
    run, _ = train_slice(plan, begun(plan), Until(seconds=seconds), clock=lambda: len(plan.seconds))
    assert run.epoch * EXAMPLES + run.step == steps


def test_a_run_goes_on_without_changing_the_one_that_it_was_given():
    plan = plan_of(optimizer=Adam(0.01), batch=4)
    run, _ = train_slice(plan, begun(plan), Until(steps=5))
    before = bits(run)
    after, checkpoints = train_slice(plan, run, Until(steps=20))
    assert bits(run) == before
    arrays = [after.theta, *(checkpoint.theta for checkpoint in checkpoints)]
    assert not any(np.shares_memory(array, run.theta) for array in arrays)


# What changes on the way


def test_the_schedule_changes_the_rate_from_epoch_to_epoch():
    plan = plan_of(schedule=Schedule("step", every=2, factor=0.0))
    run, checkpoints = train_slice(plan, begun(plan), Until(epoch=5))
    thetas = [checkpoint.theta.tolist() for checkpoint in checkpoints]
    assert thetas[0] != thetas[1]
    assert thetas[1] == thetas[2] == thetas[4] == run.theta.tolist()


def test_within_an_epoch_the_schedule_changes_nothing():
    plan = plan_of(batch=2, schedule=Schedule("step", every=1, factor=0.5))
    plain = plan_of(batch=2)
    ends = [train_slice(each, begun(each), Until(steps=3))[0] for each in (plan, plain)]
    assert bits(ends[0]) == bits(ends[1])


@pytest.mark.parametrize("optimizer", OPTIMIZERS.values(), ids=OPTIMIZERS)
def test_frozen_parameters_do_not_move_but_their_gradient_is_measured(optimizer):
    plan = plan_of(optimizer=optimizer(0.1), batch=2, frozen=("W1", "w2_1_2"))
    start = plan.network.initialize(seed=3)
    run, _ = train_slice(plan, begun(plan), Until(epoch=4))
    found = plan.unflatten(run.theta)
    assert np.array_equal(found["W1"], start["W1"])
    moved = {name for name in ("b1", "W2", "b2") if not np.array_equal(found[name], start[name])}
    assert moved == {"b1", "W2", "b2"}
    assert found["W2"][0, 1] == start["W2"][0, 1]
    _, slopes = plan.network.loss_and_gradient(found, *plan.train)
    first = np.hypot(np.linalg.norm(slopes["W1"]), np.linalg.norm(slopes["b1"]))
    assert np.linalg.norm(slopes["W1"]) > 0
    assert run.records[-1, 5] == pytest.approx(first, rel=1e-12)


def diverging(rate=10.0):
    network = Network((2, 3, 1), ("linear", "linear"))
    return plan_of(network, optimizer=GradientDescent(rate), batch=2)


def test_a_run_that_diverges_breaks_and_keeps_the_parameters_at_which_it_did():
    plan = diverging()
    run, _ = train_slice(plan, begun(plan), Until(epoch=100))
    assert run.broken
    assert run.epoch < 100
    with np.errstate(all="ignore"):
        batch = plan.batch_at(run.epoch, run.step)
        loss, _ = plan.network.loss_and_gradient(plan.unflatten(run.theta), *batch)
    assert not np.isfinite(loss)


def test_a_broken_run_goes_nowhere_and_comes_back_from_the_store_as_it_is():
    plan = diverging()
    run, _ = train_slice(plan, begun(plan), Until(epoch=100))
    assert bits(stored(run)) == bits(run)
    again, checkpoints = train_slice(plan, stored(run), Until(epoch=200))
    assert bits(again) == bits(run)
    assert checkpoints == ()


def test_a_diverging_run_breaks_at_the_same_step_however_it_is_cut():
    plan = diverging()
    whole, _ = train_slice(plan, begun(plan), Until(epoch=100))
    assert bits(cut(plan, begun(plan), [1] * 300)[0]) == bits(whole)


def test_before_it_broke_a_run_can_be_entered_again():
    plan = diverging(rate=1.5)
    run, checkpoints = train_slice(plan, begun(plan), Until(epoch=100))
    again = back_to(run, checkpoints[0])
    assert not again.broken
    assert len(again.records) == len(again.epochs) == 2
    calm = replace(plan, optimizer=GradientDescent(1e-9))
    assert not train_slice(calm, again, Until(epoch=3))[0].broken
