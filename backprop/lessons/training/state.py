"""From choices to what is trained: the network, the plan, and the run so far."""

import hashlib
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backprop.engine.network import Network
from backprop.lessons.training.choices import NOW, Choices
from backprop.lessons.training.examples import Data, load_examples
from backprop.lessons.training.run_history import RunHistory, read_checkpoint
from backprop.sharing.store import MissingSnapshot
from backprop.stage.links import Links, Read
from backprop.training.optimizers import OPTIMIZERS
from backprop.training.plan import Plan
from backprop.training.run import Run, back_to, begin
from backprop.training.schedule import Schedule

Array = NDArray[np.float64]

CHANGEABLE = (  # settings that may change in the middle of a run
    "activations",
    "loss",
    "l1",
    "l2",
    "frozen",
    "optimizer",
    "batch",
    "schedule",
    "every",
    "factor",
    "over",
)


def make_network(choices: Choices, data: Data) -> Network:
    """Return the network that was chosen, with the inputs and outputs that the data need.

    Raises:
        InputError: the choices do not fit together.
    """
    outputs, task = data.dataset.Y.shape[1], data.dataset.task
    loss = choices.loss if choices.loss in losses_for(data) else losses_for(data)[0]
    last = {"cross_entropy": "softmax"}.get(loss, "linear" if task == "numbers" else "sigmoid")
    hidden = activations_of(choices)
    return Network(
        (len(data.names), *choices.hidden, outputs),
        (*hidden, last),
        loss,
        l1=choices.l1,
        l2=choices.l2,
    )


def losses_for(data: Data) -> tuple[str, ...]:
    """Return the losses that fit the data's targets, the usual one first.

    Cross-entropy over softmax needs a column for each class; binary cross-entropy compares with
    0 and 1.
    """
    errors = ("half_squared_error", "mean_squared_error")
    match data.dataset.task:
        case "two classes":
            return ("binary_cross_entropy", *errors)
        case "classes":
            return ("cross_entropy", "binary_cross_entropy", *errors)
    return errors


def activations_of(choices: Choices) -> tuple[str, ...]:
    """Return the activation of each hidden layer; the last that was said goes on."""
    said = choices.activations or ("tanh",)
    return tuple(said[min(layer, len(said) - 1)] for layer in range(len(choices.hidden)))


@dataclass(frozen=True, eq=False)
class TrainingState:
    """Everything the page is about: data, network, plan, and the run at the moment looked at.

    Attributes:
        choices: what it was made of.
        data: the examples.
        plan: what is learned, from what, and how.
        history: the run as it is kept, to its end.
        run: the run at the moment looked at.
    """

    choices: Choices
    data: Data
    plan: Plan
    history: RunHistory
    run: Run

    @property
    def network(self) -> Network:
        """What learns."""
        return self.plan.network

    @cached_property
    def parameters(self) -> dict[str, Array]:
        """The parameters at the moment looked at, by name."""
        return self.plan.unflatten(self.run.theta)

    @property
    def looks_back(self) -> bool:
        """Whether the moment is not the run's last."""
        return self.choices.at != NOW and self.run is not self.history.run


def training_state(choices: Choices, links: Links) -> TrainingState:
    """Return everything the page is about.

    Raises:
        InputError: the choices do not fit together; the text says which.
    """
    data = load_examples(choices, links.read)
    network = make_network(choices, data)
    plan = Plan(
        network=network,
        train=data.train,
        test=data.test,
        optimizer=OPTIMIZERS[choices.optimizer](**choices.settings),
        schedule=Schedule(choices.schedule, choices.every, choices.factor, choices.over),
        batch=choices.batch,
        seed=choices.seed,
        classes=bool(data.dataset.classes),
        frozen=_known(choices.frozen, network),
    )
    history = _track_of(choices, plan, fingerprint_start(choices, data, network))
    return TrainingState(choices, data, plan, history, _looked_at(choices, history, plan, links.read))


def _known(names: tuple[str, ...], network: Network) -> tuple[str, ...]:
    """Return those of the names that parameters of this network have, whole arrays or entries."""
    zeros = {name: np.zeros(shape) for name, shape in network.shapes.items()}
    known = network.scalars(zeros).keys() | zeros.keys() if names else ()
    return tuple(name for name in names if name in known)


def fingerprint_start(choices: Choices, data: Data, network: Network) -> str:
    """Return one word for what a run begins from: two runs with the same word begin alike."""
    words = (network.sizes, choices.scheme, choices.seed, data.digest)
    return hashlib.sha256(repr(words).encode()).hexdigest()[:16]


def _track_of(choices: Choices, plan: Plan, start: str) -> RunHistory:
    """Return the run so far: the one that is kept if it began from the same, else a new one."""
    history, settings_log = choices.run, settings_text(choices)
    if history is None or history.start != start:
        run = begin(plan, plan.network.initialize(choices.seed, choices.scheme))
        return RunHistory(start, run, points=(), settings_log=((0, settings_log),), machine=choices.optimizer)
    changed = {k: v for k, v in settings_log.items() if history.settings.get(k) != v}
    removed = {k: "" for k in history.settings if k not in settings_log and history.settings[k]}
    if not (changed or removed):
        return history
    # What broke it may be gone; if not, the next step says so again.
    run = replace(
        history.run,
        state=_fitting_state(plan, history.run, history.machine),
        step=_fitting_step(plan, history.run, int(history.settings["batch"])),
        broken=False,
    )
    log = (*history.settings_log, (run.epoch, changed | removed))
    return replace(history, run=run, settings_log=log, machine=choices.optimizer)


def _fitting_state(plan: Plan, run: Run, machine: str) -> Any:
    """Return the optimizer's memory; a new one where another optimizer has taken over."""
    # Names and shapes do not tell: momentum's v is a velocity, Adagrad's v a sum of squares.
    return run.state if machine == plan.optimizer.name else plan.optimizer.start(run.theta)


def _fitting_step(plan: Plan, run: Run, before: int) -> int:
    """Return how many steps of the present size show the examples that this epoch has shown."""
    return run.step * min(before, len(plan.train.X)) // plan.size


def settings_text(choices: Choices) -> dict[str, str]:
    """Return the settings that may change in the middle of a run, spelled."""
    kinds = Choices.__dataclass_fields__
    found = {name: kinds[name].metadata["kind"].write(getattr(choices, name)) for name in CHANGEABLE}
    return found | {name: repr(value) for name, value in choices.settings.items()}


def _looked_at(choices: Choices, history: RunHistory, plan: Plan, read: Read) -> Run:
    """Return the run at the epoch that is looked back to: the nearest point that is stored."""
    if choices.at == NOW or choices.at >= history.run.epoch:
        return history.run
    for epoch, address in reversed(history.points):
        if epoch > choices.at:
            continue
        try:
            checkpoint, machine = read_checkpoint(read(address))
        except MissingSnapshot:
            continue
        run = back_to(history.run, checkpoint)
        return replace(run, state=_fitting_state(plan, run, machine))
    return begin(plan, plan.network.initialize(choices.seed, choices.scheme))
