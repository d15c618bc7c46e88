"""The ways from training elsewhere: the walk through a round, its check, the batch as a program.

Walk and check have this network, at exactly these weights, with the chosen example; the program has
the mini-batch of the next step.
"""

from dataclasses import replace

import numpy as np

from backprop.engine.arrays.uses import uses
from backprop.engine.errors import InputError, LimitError
from backprop.engine.network_program import network_lines
from backprop.engine.program import read
from backprop.lessons.training.state import TrainingState
from backprop.stage.links import LessonLink
from backprop.stage.networks import (
    MOST_LAYERS,
    MOST_PARAMETERS,
    MOST_UNITS,
    NetworkChoices,
    drawable,
)
from backprop.stage.programs.stored import StoredLeaf
from backprop.training.flat import Array


def link_to_check(state: TrainingState, return_to: str) -> LessonLink:
    """Return the way to the check of the gradient at the epoch looked at, with one example."""
    _refuse_large(state, "checked weight by weight")
    network, _ = _with_example(state)
    return LessonLink(
        "gradient_check", {"preset_name": "", "network": network, "return_to": return_to}
    )


def link_to_walk(state: TrainingState, return_to: str) -> LessonLink:
    """Return the way to the walk through a round at the epoch looked at, with one example.

    The optimizer brings its memory along, so the update is the one that training would make of
    this example alone. A penalty is not part of the walk.
    """
    _refuse_large(state, "walked through neuron by neuron")
    network, names = _with_example(state)
    rate = state.plan.optimizer_in(state.run.epoch).learning_rate
    return LessonLink(
        "network",
        {
            "preset_name": "",
            "network": network,
            "optimizer": state.choices.update.optimizer,
            "settings": {**state.choices.update.settings, "learning_rate": rate},
            "memory": _memory(state, names),
            "round": state.run.epoch * state.plan.steps_in_epoch + state.run.step,
            "return_to": return_to,
        },
    )


def link_to_program(state: TrainingState, return_to: str) -> LessonLink:  # noqa: ARG001 - as others
    """Return the way to the program of the next step's mini-batch, its arrays as stored leaves.

    Raises:
        LimitError: it is larger than what is typed may be; says which limit, and what to change.
        InputError: a number is not finite.
    """
    if refusal := program_refusal(state):
        raise refusal
    run, network = state.run, state.network
    X, Y = state.plan.batch_at(run.epoch, run.step)
    arrays = network.batch(state.parameters, X, Y)
    leaves = tuple(
        StoredLeaf(name, arrays[name].shape, tuple(arrays[name].ravel().tolist()))
        for name in ("X", "Y", *network.shapes)
    )
    text = "\n".join(network_lines(network, len(X)))
    return LessonLink("arrays", {"preset_name": "", "program": text, "stored": leaves})


def program_refusal(state: TrainingState) -> InputError | None:
    """Return why the mini-batch cannot be opened as a program that is typed; None where it can."""
    run, network = state.run, state.network
    X, Y = state.plan.batch_at(run.epoch, run.step)
    arrays = network.batch(state.parameters, X, Y)
    for name, array in arrays.items():
        if not np.isfinite(array).all():
            what = f"{name} holds what is no finite number, and a stored leaf takes none."
            return InputError(what, hint="Go back to an epoch before that.", at="example")
    try:
        uses(read("\n".join(network_lines(network, len(X)))))
    except LimitError as error:
        hint = f"{error.hint} Fewer units or layers, or a smaller batch, fit."
        return LimitError(f"As a program it is too large: {error.what}", hint=hint, at="example")
    return None


def _with_example(state: TrainingState) -> tuple[NetworkChoices, tuple[str, ...]]:
    """Return the network with the chosen example, and its parameters in the walk's order."""
    network = state.network
    data = state.data.dataset
    row = min(state.choices.view.example, len(data.X)) - 1
    x = state.data.inputs(data.X[row : row + 1])[0]
    y = state.data.target_scaling.apply(data.Y[row])
    point = network.point(state.parameters, x, y)
    names = replace(network, l1=0.0, l2=0.0).graph("neurons").parameters
    chosen = NetworkChoices(
        sizes=network.sizes,
        activations=network.activations,
        loss=network.loss,
        frozen=tuple(n for n in names if _is_frozen(n, state.plan.frozen)),
        inputs={name: value for name, value in point.items() if name not in names},
        parameters={name: point[name] for name in names},
    )
    return chosen, names


def _refuse_large(state: TrainingState, done: str) -> None:
    """Raise a LimitError where a network is too large for what is to be done with it."""
    network, most = state.network, MOST_UNITS
    too_wide = max(network.sizes) > most or network.depth > MOST_LAYERS
    if too_wide or not drawable(network.sizes, "neurons"):
        raise LimitError(
            f"This network is too large to be {done}.",
            hint=f"At most {most} units a layer and {MOST_PARAMETERS['neurons']} "
            "weights and biases; “Layers” shows the same passes for the whole batch.",
            at="example",
        )


def _is_frozen(name: str, frozen: tuple[str, ...]) -> bool:
    layer = name[1:].partition("_")[0]
    return name in frozen or f"{name[0].upper() if name[0] == 'w' else name[0]}{layer}" in frozen


def _memory(state: TrainingState, names: tuple[str, ...]) -> tuple[float, ...]:
    """Return the optimizer's memory as the walk keeps it: in the order of its own parameters."""
    memory: list[float] = []
    for _, value in sorted(state.run.state.items()):
        if not hasattr(value, "shape"):
            memory.append(float(value))
            continue
        array: Array = value
        entries = state.network.scalars(state.plan.unflatten(array))
        memory += [entries[name] for name in names]
    return tuple(memory)
