"""Training, as pure functions: gradients from the engine, moves from an optimizer.

    theta   all parameters in one flat array      g   the gradient, ∂loss/∂theta

Here alone the two meet. A slice owns theta, g and every array of the passes, and writes over them
step after step; what it was given stays as it was, and of what it owned only the result leaves.

Where a slice ends never shows in the numbers: the order of the examples depends on the seed and the
epoch alone, and so does which epochs are recorded.
"""

import math
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from backprop.engine.backward import repeated
from backprop.engine.network import Network
from backprop.training.flat import Array, flatten
from backprop.training.measure import measure
from backprop.training.optimizers import Optimizer, Owned, State, locked
from backprop.training.plan import Plan
from backprop.training.thinning import stride, thinned

MOST_RECORDS = 256  # epochs whose losses are remembered
BREATH = 0.004  # seconds of training after which others may go first
MOST_POINTS = 128  # epochs at which the whole run can be opened again

Batch = tuple[Array, Array]  # inputs X [n, fan_in] and targets Y [n, outputs]


class Stepper:
    """Steps of training that write over their arrays; it owns theta, g and those of the passes."""

    def __init__(self, network: Network, parameters: Mapping[str, ArrayLike]) -> None:
        self.network = network
        self.theta, self._unflatten = flatten(parameters)
        self.parameters = self._unflatten(self.theta)
        self.g = np.empty_like(self.theta)
        self._slopes = self._unflatten(self.g)
        self._passes: dict[Any, Callable[[Batch], Any]] = {}  # by the shapes of a batch: few

    def differentiate(self, batch: Batch) -> Any:
        """Leave the gradient over a batch in g, and return its loss."""
        shapes = batch[0].shape, batch[1].shape
        if shapes not in self._passes:
            at = self.network.batch(self.parameters, *batch)
            self._passes[shapes] = repeated(self.network.graph("layers"), at, self._slopes)
        return self._passes[shapes](batch)

    def move(self, optimizer: Optimizer, owned: Owned, kept: Array | None = None) -> None:
        """Move theta by what an optimizer makes of g.

        Args:
            optimizer: gives the move.
            owned: what it remembers; it is written over.
            kept: 0 where a parameter is frozen, else 1; None where all may move.
        """
        move = optimizer.advance(self.g, owned, self.theta)
        self.theta += move if kept is None else move * kept


class Slice(NamedTuple):
    """Where a slice of training ends.

    Attributes:
        parameters: after the last step.
        state: what the optimizer remembers; the next slice starts from both.
        losses: of each step's batch, before its move, [steps].
    """

    parameters: dict[str, Array]
    state: State
    losses: Array


@dataclass(frozen=True, eq=False, slots=True)
class Run:
    """How far training has come.

    Attributes:
        theta: the parameters, flat.
        state: what the optimizer remembers.
        epoch: how many epochs are complete.
        step: how many steps of the next one.
        epochs: which epochs are recorded, rising from 0.
        records: what was measured after each of them, [recorded, as `measure.COLUMNS` says].
        broken: whether the next step cannot be taken, for the loss is no finite number any more.
    """

    theta: Array
    state: State
    epoch: int
    step: int
    epochs: tuple[int, ...]
    records: Array
    broken: bool = False


class Checkpoint(NamedTuple):
    """A run at the end of an epoch, as far as it takes to go on from there."""

    epoch: int
    theta: Array
    state: State


@np.errstate(all="ignore")  # a diverging run overflows: ∞ and NaN are values to be seen
def train(
    network: Network,
    optimizer: Optimizer,
    parameters: Mapping[str, ArrayLike],
    state: State,
    batches: Iterable[Batch],
) -> Slice:
    """Take one step for each batch, and return where that leads.

    The numbers are those of `network.loss_and_gradient` and `optimizer.step`, taken in turns.
    Which batches, in what order and how many, is the caller's to say: `repeat((X, Y), 100)` is 100
    steps with all examples.

    Args:
        network: its graph at layers detail gives the gradient.
        optimizer: gives the move.
        parameters: where the slice starts, as `network.shapes` says.
        state: what `optimizer.start` or the slice before returned.
        batches: inputs and targets for each step.

    Raises:
        ShapeError: an array does not fit.
    """
    stepper, losses = Stepper(network, parameters), []
    owned = optimizer.own(state, stepper.theta)
    for batch in batches:
        losses.append(stepper.differentiate(batch))
        stepper.move(optimizer, owned)
    return Slice(stepper.parameters, locked(owned), np.array(losses, float))


def begin(plan: Plan, parameters: Mapping[str, ArrayLike]) -> Run:
    """Return a run before its first step, from these parameters."""
    theta, _ = flatten(parameters)
    return Run(
        theta=theta,
        state=plan.optimizer.start(theta),
        epoch=0,
        step=0,
        epochs=(0,),
        records=np.array([measure(plan, plan.unflatten(theta))]),
    )


@dataclass(frozen=True, slots=True)
class Until:
    """Where a slice of training ends: at whichever comes first, but never before its first step.

    Attributes:
        steps: so many steps.
        epoch: this epoch is complete.
        loss: an epoch is complete, and the loss over the training examples is below this.
        seconds: so much time has passed: for a picture rate; no result depends on it.
    """

    steps: int | None = None
    epoch: int | None = None
    loss: float | None = None
    seconds: float = math.inf


@np.errstate(all="ignore")
def train_slice(
    plan: Plan, run: Run, until: Until, clock: Callable[[], float] = time.perf_counter
) -> tuple[Run, tuple[Checkpoint, ...]]:
    """Return where the run comes to, and the checkpoints on the way.

    Args:
        plan: what is learned, from what, and how.
        run: where it starts; it stays as it is.
        until: where it ends.
        clock: tells seconds.

    Raises:
        ShapeError: an array does not fit.
    """
    stepper = Stepper(plan.network, plan.unflatten(run.theta.copy()))
    runner = _SliceRunner(plan, run, stepper)
    now = clock()
    deadline, breath, taken = now + until.seconds, now + BREATH, 0
    while not runner.broken and not (taken and _is_over(runner, until, taken, now >= deadline)):
        most = math.inf if until.steps is None else until.steps - taken
        taken += runner.take_steps(most, min(deadline, breath), clock)
        now = clock()
        if now >= breath:  # a worker of green threads has others waiting: clicks, other runs
            time.sleep(0)
            breath = clock() + BREATH
    return runner.run(), runner.checkpoints()


def _is_over(runner: "_SliceRunner", until: Until, taken: int, late: bool) -> bool:
    if late or taken == until.steps:
        return True
    if runner.at_step:
        return False
    below = until.loss is not None and runner.loss() < until.loss
    return below or (until.epoch is not None and runner.epoch >= until.epoch)


class _SliceRunner:
    """A run in motion: what `train_slice` writes over until it ends."""

    def __init__(self, plan: Plan, run: Run, stepper: Stepper) -> None:
        self.plan, self.stepper = plan, stepper
        self.state = plan.optimizer.own(run.state, stepper.theta)
        self.epoch, self.at_step, self.broken = run.epoch, run.step, run.broken
        self.records = dict(zip(run.epochs, run.records, strict=True))
        self.kept: list[Checkpoint] = []
        self.ahead = self._batches()

    def _batches(self) -> Iterator[Batch]:
        self.optimizer = self.plan.optimizer_in(self.epoch)
        return self.plan.batches(self.epoch, self.at_step)

    def take_steps(self, most: float, deadline: float, clock: Callable[[], float]) -> int:
        """Take steps: so many, or until the epoch is complete, or it is time. Return how many.

        At the end of an epoch measure and remember what belongs to it.
        """
        differentiate, move = self.stepper.differentiate, self.stepper.move
        optimizer, state, kept, taken = self.optimizer, self.state, self.plan.kept, 0
        for batch in self.ahead:
            if not math.isfinite(differentiate(batch)):
                self.broken = True  # theta stays where this was seen
                break
            move(optimizer, state, kept)
            taken += 1
            if taken >= most or clock() >= deadline:
                break
        self.at_step += taken
        if self.at_step == self.plan.steps_in_epoch:
            self.epoch, self.at_step = self.epoch + 1, 0
            self.ahead = self._batches()
            self._remember()
        return taken

    def _remember(self) -> None:
        if self.epoch % stride(self.epoch, MOST_RECORDS) == 0:
            self.records[self.epoch] = np.array(measure(self.plan, self.stepper.parameters))
        if self.epoch % stride(self.epoch, MOST_POINTS) == 0:
            self.kept.append(Checkpoint(self.epoch, self.stepper.theta.copy(), locked(self.state)))

    def loss(self) -> float:
        """Return the loss over the training examples now."""
        return measure(self.plan, self.stepper.parameters)[0]

    def run(self) -> Run:
        """Return how far it has come."""
        epochs = thinned(tuple(self.records), self.epoch, MOST_RECORDS)
        return Run(
            theta=self.stepper.theta,
            state=locked(self.state),
            epoch=self.epoch,
            step=self.at_step,
            epochs=epochs,
            records=np.array([self.records[epoch] for epoch in epochs]),
            broken=self.broken,
        )

    def checkpoints(self) -> tuple[Checkpoint, ...]:
        """Return the checkpoints that are still to be kept when it ends."""
        wanted = set(thinned(tuple(m.epoch for m in self.kept), self.epoch, MOST_POINTS))
        return tuple(checkpoint for checkpoint in self.kept if checkpoint.epoch in wanted)


def back_to(run: Run, checkpoint: Checkpoint) -> Run:
    """Return the run as it was at one of its checkpoints."""
    count = sum(epoch <= checkpoint.epoch for epoch in run.epochs)
    return replace(
        run,
        theta=checkpoint.theta,
        state=checkpoint.state,
        epoch=checkpoint.epoch,
        step=0,
        epochs=run.epochs[:count],
        records=run.records[:count],
        broken=False,
    )
