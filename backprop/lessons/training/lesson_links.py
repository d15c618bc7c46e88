"""The ways from training into one round: the walk through it, and the check of its gradient.

Both have this network, at exactly these weights, with the chosen example.
"""

from dataclasses import replace

from backprop.engine.errors import LimitError
from backprop.lessons.training.state import TrainingState
from backprop.stage.links import LessonLink
from backprop.stage.networks import (
    MOST_LAYERS,
    MOST_PARAMETERS,
    MOST_UNITS,
    NetworkChoices,
    drawable,
)
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
