"""The numbers of the walk that can be typed or dragged."""

import numpy as np

from backprop.lessons.network.training_step import Round
from backprop.notation.numerals import exact, field, short, signed
from backprop.stage.controls import Field, Slider
from backprop.stage.links import Links
from backprop.stage.networks import find_dataset
from backprop.stage.walk.explanation import Labels
from backprop.stage.walk.steps import WalkStep, known_nodes, network_steps


def fields_of(found: Round, links: Links, label: Labels, stop: WalkStep) -> tuple[Field, ...]:
    """Return a field for each parameter."""
    choices, frozen = found.choices, set(found.choices.network.frozen)
    fields = []
    graded = known_nodes(found.graph, network_steps(found.graph)[: choices.step + 1])[1]
    known = {found.graph.nodes[position].name for position in graded}
    for name, x in choices.network.parameters.items():
        state = "now" if stop.name == name else "focus" if choices.focus == name else ""
        others = tuple(n for n in choices.network.frozen if n != name)
        fields.append(
            Field(
                name=name,
                label=label(name),
                title=_title(name),
                value=field(x),
                exact=exact(x),
                gradient=signed(found.gradient[name]) if name in known else "",
                state=state,
                frozen=name in frozen,
                freeze=links.address(
                    frozen=others if name in frozen else (*choices.network.frozen, name)
                ),
                address=links.address(focus=name),
            )
        )
    return tuple(fields)


def _title(name: str) -> str:
    """Return what a parameter is, in words."""
    layer, *rest = name[1:].split("_")
    if name[0] == "b":
        return f"bias of neuron {rest[0]} in layer {layer}"
    return f"weight of layer {layer}, to neuron {rest[0]}, from {rest[1]}"


def example_fields(found: Round, label: Labels) -> tuple[Field, ...]:
    """Return a field for each input and target."""
    data = find_dataset(found.choices.network)
    fields = []
    for name, x in found.choices.network.inputs.items():
        kind, i = name[0], int(name[1:])
        if data is None:
            title = f"{'input' if kind == 'x' else 'target'} {i}"
        elif kind == "x":
            unit = data.units[i - 1]
            title = f"{data.features[i - 1]}{f', {unit}' if unit else ''}"
        else:
            title = (
                data.classes[i - 1]
                if found.network.sizes[-1] > 1 or data.Y.shape[1] > 1
                else "target"
            )
        fields.append(Field(name, label(name), title, field(x), exact(x)))
    return tuple(fields)


def slider_of(found: Round, stop: WalkStep, label: Labels) -> Slider:
    """Return the slider of the number in focus, or of the step, or of the first weight."""
    numbers = {**found.choices.network.parameters, **found.choices.network.inputs}
    wanted = (found.choices.focus, stop.name, *numbers)
    name = next(n for n in wanted if n in numbers)
    x = numbers[name]
    size = abs(x) if np.isfinite(x) else 1.0
    reach = max(2.0, 2.0 ** np.ceil(np.log2(max(size, 1e-9) * 1.25)))
    return Slider(name, label(name), field(x), short(x), f"{-reach:g}", f"{reach:g}")
