"""The ways from training into one round: the walk through it, and the check of its gradient.

Both have this network, at exactly these weights, with the chosen example.
"""

from dataclasses import replace

from backprop.engine.errors import LimitError
from backprop.lessons.training.state import Course
from backprop.stage.links import LessonLink
from backprop.stage.networks import (
    MOST_LAYERS,
    MOST_PARAMETERS,
    MOST_UNITS,
    NetworkChoices,
    drawable,
)
from backprop.training.flat import Array


def way_to_check(course: Course, came: str) -> LessonLink:
    """Return the way to the check of the gradient at the moment looked at, with one example.

    Args:
        course: everything the page is about.
        came: where this state stands, to return to.

    Raises:
        LimitError: the network is too large for every weight to be nudged and drawn.
    """
    _refuse_large(course, "checked weight by weight")
    network, _ = _network_of(course)
    return LessonLink("gradient_check", {"preset_name": "", "network": network, "return_to": came})


def way_to_walk(course: Course, came: str) -> LessonLink:
    """Return the way to the walk through a round at the moment looked at, with one example.

    The optimizer brings its memory along, so the update is the one that training would make of
    this example alone. A penalty is not part of the walk.

    Args:
        course: everything the page is about.
        came: where this state stands, to return to.

    Raises:
        LimitError: the network is too large to be walked through.
    """
    _refuse_large(course, "walked through neuron by neuron")
    network, names = _network_of(course)
    rate = course.plan.optimizer_in(course.run.epoch).learning_rate
    return LessonLink(
        "network",
        {
            "preset_name": "",
            "network": network,
            "optimizer": course.choices.optimizer,
            "settings": {**course.choices.settings, "learning_rate": rate},
            "memory": _memory(course, names),
            "round": course.run.epoch * course.plan.steps_in_epoch + course.run.step,
            "return_to": came,
        },
    )


def _network_of(course: Course) -> tuple[NetworkChoices, tuple[str, ...]]:
    """Return the network with the chosen example, and its parameters in the walk's order."""
    network = course.network
    data = course.data.dataset
    row = min(course.choices.example, len(data.X)) - 1
    x = course.data.inputs(data.X[row : row + 1])[0]
    point = network.point(course.parameters, x, data.Y[row])
    names = replace(network, l1=0.0, l2=0.0).graph("neurons").parameters
    chosen = NetworkChoices(
        sizes=network.sizes,
        activations=network.activations,
        loss=network.loss,
        frozen=tuple(n for n in names if _is_frozen(n, course.plan.frozen)),
        inputs={name: value for name, value in point.items() if name not in names},
        parameters={name: point[name] for name in names},
    )
    return chosen, names


def _refuse_large(course: Course, done: str) -> None:
    """Raise a LimitError where a network is too large for what is to be done with it."""
    network, most = course.network, MOST_UNITS
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


def _memory(course: Course, names: tuple[str, ...]) -> tuple[float, ...]:
    """Return the optimizer's memory as the walk keeps it: in the order of its own parameters."""
    found: list[float] = []
    for _, value in sorted(course.run.state.items()):
        if not hasattr(value, "shape"):
            found.append(float(value))
            continue
        array: Array = value
        entries = course.network.scalars(course.plan.unflatten(array))
        found += [entries[name] for name in names]
    return tuple(found)
