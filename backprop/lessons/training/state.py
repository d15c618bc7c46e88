"""From choices to what is trained: the network, the plan, and the run so far."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from backprop.engine.network import LAST, Network
from backprop.lessons.training.choices import NOW, Choices
from backprop.lessons.training.examples import load_examples
from backprop.lessons.training.run_history import RunHistory, read_checkpoint
from backprop.sharing.formats import LOST, expect
from backprop.stage.choices import choice_fields, get_choice
from backprop.stage.links import Links
from backprop.stage.optimizers import make_optimizer
from backprop.training.examples.prepared import Data
from backprop.training.flat import Array
from backprop.training.measure import COLUMNS
from backprop.training.optimizers import OPTIMIZERS
from backprop.training.plan import Plan
from backprop.training.run import Run, back_to, begin
from backprop.training.schedule import Schedule

CHANGEABLE = (  # settings that may change in the middle of a run
    *("activations", "loss", "l1", "l2", "frozen"),
    *("optimizer", "batch", "schedule", "every", "factor", "over"),
)


def make_network(choices: Choices, data: Data) -> Network:
    """Return the network that was chosen, with the inputs and outputs that the data need."""
    outputs, task = data.dataset.Y.shape[1], data.dataset.task
    chosen, possible = choices.network, losses_for(data)
    loss = chosen.loss if chosen.loss in possible else possible[0]
    last = LAST.get(loss, "linear" if task == "numbers" else "sigmoid")
    hidden = activations_of(choices)
    sizes = (len(data.names), *chosen.hidden, outputs)
    return Network(sizes, (*hidden, last), loss, l1=chosen.l1, l2=chosen.l2)


def losses_for(data: Data) -> tuple[str, ...]:
    """Return the losses that fit the data's targets, the usual one first.

    Cross-entropy over softmax and the multi-class hinge need a column for each class; binary
    cross-entropy compares with 0 and 1.
    """
    errors = ("half_squared_error", "mean_squared_error", "huber")
    match data.dataset.task:
        case "two classes":
            return ("binary_cross_entropy", *errors)
        case "classes":
            return ("cross_entropy", "binary_cross_entropy", *errors, "multiclass_hinge")
    return errors


def activations_of(choices: Choices) -> tuple[str, ...]:
    """Return the activation of each hidden layer; the last that was chosen goes on."""
    names = choices.network.activations or ("tanh",)
    return tuple(names[min(k, len(names) - 1)] for k in range(len(choices.network.hidden)))


@dataclass(frozen=True, eq=False)
class TrainingState:
    """Everything the page is about: data, network, plan, and the run at the epoch looked at."""

    choices: Choices  # what it was made of
    data: Data  # the examples
    plan: Plan  # what is learned, from what, and how
    history: RunHistory  # the run as it is kept, to its end
    run: Run  # the run at the epoch looked at

    @property
    def network(self) -> Network:
        """What learns."""
        return self.plan.network

    @cached_property
    def parameters(self) -> dict[str, Array]:
        """The parameters at the epoch looked at, by name."""
        return self.plan.unflatten(self.run.theta)

    @property
    def looks_back(self) -> bool:
        """Whether the epoch looked at is not the run's last."""
        return self.choices.view.at != NOW and self.run is not self.history.run


def training_state(choices: Choices, links: Links) -> TrainingState:
    """Return everything the page is about; raises InputError if the choices do not fit together."""
    data, update = load_examples(choices, links.read), choices.update
    network = make_network(choices, data)
    plan = Plan(
        network=network,
        train=data.train,
        test=data.test,
        optimizer=make_optimizer(update),
        schedule=Schedule(update.schedule, update.every, update.factor, update.over),
        batch=update.batch,
        seed=choices.network.seed,
        classes=bool(data.dataset.classes),
        frozen=_known(choices.network.frozen, network),
    )
    history = _continued(choices, plan, data)
    return TrainingState(choices, data, plan, history, _looked_at(choices, history, plan, links))


def _known(names: tuple[str, ...], network: Network) -> tuple[str, ...]:
    """Return those of the names that parameters of this network have, whole arrays or entries."""
    zeros = {name: np.zeros(shape) for name, shape in network.shapes.items()}
    known = network.scalars(zeros).keys() | zeros.keys() if names else ()
    return tuple(name for name in names if name in known)


def fingerprint_start(choices: Choices, data: Data, network: Network) -> str:
    """Return one word for what a run begins from: two runs with the same word begin alike."""
    words = (network.sizes, choices.network.scheme, choices.network.seed, data.digest)
    return hashlib.sha256(repr(words).encode()).hexdigest()[:16]


def _has_begun(history: RunHistory, started: tuple[Choices, Data, Network]) -> bool:
    """Whether a run began from these examples, this network and these initial weights.

    Before 0.1.0 the word was made of the scaled examples.
    """
    if history.start == fingerprint_start(*started):
        return True
    choices, data, network = started
    digest = hashlib.sha256()
    for array in (*data.train, *data.test):
        digest.update(repr(array.shape).encode() + np.ascontiguousarray(array).tobytes())
    words = (network.sizes, choices.network.scheme, choices.network.seed, digest.hexdigest())
    return history.start == hashlib.sha256(repr(words).encode()).hexdigest()[:16]


def _first(choices: Choices, plan: Plan) -> Run:
    """Return the run before its first step."""
    return begin(plan, plan.network.initialize(choices.network.seed, choices.network.scheme))


def _continued(choices: Choices, plan: Plan, data: Data) -> RunHistory:
    """Return the run so far: the one that is kept if it began from the same, else a new one."""
    history, settings = choices.run.history, settings_text(choices)
    started = choices, data, plan.network
    if history is None or not _has_begun(history, started):
        run, name = _first(choices, plan), choices.update.optimizer
        return RunHistory(
            fingerprint_start(*started), run, (), settings_log=((0, settings),), optimizer=name
        )
    _expect_to_fit(plan, history)
    before = history.settings_at()
    changed = {k: v for k, v in settings.items() if before.get(k) != v}
    removed = {k: "" for k in before if k not in settings and before[k]}
    if not (changed or removed):
        expect(history.run.step < plan.steps_in_epoch, "its step is beyond the epoch")
        return history
    # What broke it may be gone; if not, the next step says so again.
    run = replace(
        history.run,
        state=_fitting_memory(plan, history.run, history.optimizer),
        step=_fitting_step(plan, history.run, before),
        broken=False,
    )
    log = (*history.settings_log, (run.epoch, changed | removed))
    return replace(history, run=run, settings_log=log, optimizer=choices.update.optimizer)


def _fitting_memory(plan: Plan, run: Run, optimizer: str) -> Any:
    """Return the optimizer's memory; a new one where another optimizer has taken over."""
    # Names and shapes do not tell: momentum's v is a velocity, Adagrad's v a sum of squares.
    return run.state if optimizer == plan.optimizer.name else plan.optimizer.start(run.theta)


def _fitting_step(plan: Plan, run: Run, before: Mapping[str, str]) -> int:
    """Return how many steps of the present size show the examples that this epoch has shown."""
    size: int = choice_fields(Choices)["batch"].kind.read(before.get("batch", ""), "batch")
    return min(run.step * min(size, len(plan.train.X)) // plan.size, plan.steps_in_epoch - 1)


def _expect_to_fit(plan: Plan, history: RunHistory) -> None:
    """Refuse a run that is stored as one of this start, but cannot be.

    Raises:
        SnapshotError: its arrays have not the shapes of this network and this optimizer.
    """
    run, optimizer = history.run, OPTIMIZERS[history.optimizer]()
    expect(run.theta.size == plan.network.parameter_count, "its parameters do not fit")
    expect(run.records.shape[1] == len(COLUMNS) + plan.network.depth, "its numbers do not fit")
    expect(_is_memory(optimizer.start(run.theta), run.state), "its memory does not fit")


def _is_memory(start: Mapping[str, Any], state: Mapping[str, Any]) -> bool:
    """Whether a state has the names and the shapes of one that an optimizer starts with."""
    shapes, found = (
        {name: x.shape if isinstance(x, np.ndarray) else None for name, x in each.items()}
        for each in (start, state)
    )
    return shapes == found


def settings_text(choices: Choices) -> dict[str, str]:
    """Return the settings that may change in the middle of a run, spelled."""
    texts = {name: spell(choices, name) for name in CHANGEABLE}
    return texts | {name: repr(value) for name, value in choices.update.settings.items()}


def spell(choices: Choices, name: str) -> str:
    """Return one of the choices, spelled."""
    return str(choice_fields(choices)[name].kind.write(get_choice(choices, name)))


def _looked_at(choices: Choices, history: RunHistory, plan: Plan, links: Links) -> Run:
    """Return the run at the epoch that is looked back to: the nearest point that is stored."""
    at = choices.view.at
    if at == NOW or at >= history.run.epoch:
        return history.run
    for epoch, address in reversed(history.points):
        if epoch > at:
            continue
        try:
            told = history.settings_at(epoch).get("optimizer", "")
            checkpoint, optimizer = read_checkpoint(links.read(address), told)
            expect(checkpoint.theta.shape == history.run.theta.shape, "it is of another network")
            memory = OPTIMIZERS[optimizer]().start(checkpoint.theta)
            expect(_is_memory(memory, checkpoint.state), "its memory does not fit")
        except LOST:
            continue
        run = back_to(history.run, checkpoint)
        return replace(run, state=_fitting_memory(plan, run, optimizer))
    return _first(choices, plan)
