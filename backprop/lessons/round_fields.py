"""The numbers of the walk that can be typed or dragged."""

from dataclasses import dataclass

import numpy as np

from backprop.lessons.lesson import Links
from backprop.lessons.round import Round
from backprop.lessons.round_choices import Optimizing, dataset_of
from backprop.lessons.round_telling import Labels
from backprop.lessons.round_walk import Stop, seen, walk
from backprop.lessons.update_rule import symbol_of
from backprop.notation.formula import Label
from backprop.notation.numerals import exact, field, short, signed
from backprop.training.optimizers import OPTIMIZERS


@dataclass(frozen=True, slots=True)
class Field:
    """A number that can be typed."""

    name: str
    label: Label
    title: str
    value: str  # as an input shows it
    exact: str
    gradient: str = ""  # as the picture shows it; empty while it is not known
    state: str = ""  # “now” where the step is about it, “focus” where its ledger is open
    frozen: bool = False
    freeze: str = ""  # the address that freezes or frees it
    address: str = ""  # the address that opens its ledger


@dataclass(frozen=True, slots=True)
class Slider:
    """The one parameter that can be dragged."""

    name: str
    label: Label
    value: str
    shown: str
    low: str
    high: str
    step: str = "any"


def fields_of(found: Round, links: Links, label: Labels, stop: Stop) -> tuple[Field, ...]:
    """Return a field for each parameter."""
    choices, frozen = found.choices, set(found.choices.frozen)
    fields = []
    graded = seen(found.graph, walk(found.graph)[: choices.step + 1])[1]
    known = {found.graph.nodes[position].name for position in graded}
    for name, x in choices.parameters.items():
        state = "now" if stop.name == name else "focus" if choices.focus == name else ""
        others = tuple(n for n in choices.frozen if n != name)
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
                freeze=links.address(frozen=others if name in frozen else (*choices.frozen, name)),
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
    data = dataset_of(found.choices)
    fields = []
    for name, x in found.choices.inputs.items():
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


def slider_of(found: Round, stop: Stop, label: Labels) -> Slider:
    """Return the slider of the number in focus, or of the step, or of the first weight."""
    numbers = {**found.choices.parameters, **found.choices.inputs}
    wanted = (found.choices.focus, stop.name, *numbers)
    name = next(n for n in wanted if n in numbers)
    x = numbers[name]
    size = abs(x) if np.isfinite(x) else 1.0
    reach = max(2.0, 2.0 ** np.ceil(np.log2(max(size, 1e-9) * 1.25)))
    return Slider(name, label(name), field(x), short(x), f"{-reach:g}", f"{reach:g}")


def settings_of(choices: Optimizing) -> tuple[Field, ...]:
    """Return a field for each setting of the optimizer."""
    return tuple(
        Field(
            s.name,
            symbol_of(s),
            s.label,
            field(choices.settings[s.name]),
            exact(choices.settings[s.name]),
        )
        for s in OPTIMIZERS[choices.optimizer].settings()
    )
