"""The parameters: a field each and one slider, and the table of their gradient and update."""

from dataclasses import dataclass, replace

import numpy as np

from backprop.lessons.network.training_step import TrainingStep
from backprop.notation.formula import Label, Number
from backprop.notation.numerals import adds_up, field, short, signed
from backprop.stage.controls import Field, Slider, number_field
from backprop.stage.links import Links
from backprop.stage.quiz.step_question import StepQuestion
from backprop.stage.walk.explanation import Labels, long_number
from backprop.stage.walk.steps import WalkStep, known_nodes, network_steps


@dataclass(frozen=True, slots=True)
class Parameters:
    """All weights and biases: a field each, and the one slider."""

    fields: tuple[Field, ...]
    slider: Slider


def make_parameters(
    training_step: TrainingStep,
    fields: tuple[tuple[Field, Field], ...],
    label: Labels,
    question: StepQuestion,
) -> Parameters:
    """Return the fields of the parameters, without the gradients that are ahead or asked."""
    graph, choices, step = training_step.graph, training_step.choices, question.step
    positions = known_nodes(graph, network_steps(graph)[: choices.step + 1])[1]
    known = {graph.nodes[position].name for position in positions} - question.unknown
    shown = (graded if ahead.name in known else ahead for ahead, graded in fields)
    return Parameters(
        fields=tuple(
            replace(each, state="now") if each.name == step.name else each for each in shown
        ),
        slider=make_slider(training_step, step, label),
    )


def parameter_fields(
    training_step: TrainingStep, links: Links, label: Labels
) -> tuple[tuple[Field, Field], ...]:
    """Return a field for each parameter: without its gradient, and with it."""
    choices = training_step.choices
    frozen = choices.network.frozen
    fields = []
    for name, x in choices.network.parameters.items():
        others = tuple(n for n in frozen if n != name)
        ahead = number_field(
            name,
            label(name),
            _title(name),
            x,
            state="focus" if choices.focus == name else "",
            frozen=name in frozen,
            freeze=links.address(frozen=others if name in frozen else (*frozen, name)),
            address=links.address(focus=name),
        )
        fields.append((ahead, replace(ahead, gradient=signed(training_step.gradient[name]))))
    return tuple(fields)


def _title(name: str) -> str:
    """Return what a parameter is, in words."""
    layer, *rest = name[1:].split("_")
    if name[0] == "b":
        return f"bias of neuron {rest[0]} in layer {layer}"
    return f"weight of layer {layer}, to neuron {rest[0]}, from {rest[1]}"


def make_slider(training_step: TrainingStep, step: WalkStep, label: Labels) -> Slider:
    """Return the slider of the number in focus, or of the step, or of the first weight.

    For a class it is one that the step is computed from, where the step itself has none.
    """
    choices = training_step.choices
    numbers = {**choices.network.parameters, **choices.network.inputs}
    operands = _operands(training_step, step) if choices.mode == "projector" else frozenset()
    discussed = (n for n in numbers if n in operands)
    name = next(n for n in (choices.focus, step.name, *discussed, *numbers) if n in numbers)
    x = numbers[name]
    size = abs(x) if np.isfinite(x) else 1.0
    reach = max(2.0, 2.0 ** np.ceil(np.log2(max(size, 1e-9) * 1.25)))
    return Slider(name, label(name), field(x), short(x), f"{-reach:g}", f"{reach:g}")


def _operands(training_step: TrainingStep, step: WalkStep) -> frozenset[str]:
    """Return the names of what stands in the formula of a step beside its own quantity.

    Of a value they are what it is computed from; of a gradient, what its local derivatives need.
    A loss needs the target of the same output alone.
    """
    if step.node < 0:
        return frozenset()
    nodes = training_step.graph.nodes
    if step.kind == "value":
        return frozenset(nodes[i].name for i in nodes[step.node].inputs)
    used_by = (nodes[term.edge.later] for term in training_step.trace.terms[step.node])
    beside = {nodes[i].name for node in used_by for i in node.inputs if i != step.node}
    others = {f"y{n}" for n in range(1, 1 + training_step.network.sizes[-1])}
    return frozenset(beside - (others - {f"y{step.unit}"}))


TABLE = 6  # digits of a number in a table


@dataclass(frozen=True, slots=True)
class GradientRow:
    """One parameter in the table of the gradient, or of the update."""

    label: Label
    name: str
    value: Number
    gradient: Number
    numeric: Number
    relative: str
    agrees: bool
    move: Number
    after: Number
    frozen: bool
    address: str


@dataclass(frozen=True, slots=True)
class GradientTable:
    """All parameters with their gradient, where the walk has come to the end of it.

    Attributes:
        shows: “gradient” or “update”; empty, as the rows are, at every other step.
        rows: one a parameter.
    """

    shows: str
    rows: tuple[GradientRow, ...]


def make_table(
    training_step: TrainingStep, step: WalkStep, links: Links, label: Labels
) -> GradientTable:
    """Return the table of the gradient, or of the update."""
    shows = {"whole": "gradient", "update": "update"}.get(step.kind, "")
    return GradientTable(shows, gradient_rows(training_step, links, label) if shows else ())


def gradient_rows(
    training_step: TrainingStep, links: Links, label: Labels
) -> tuple[GradientRow, ...]:
    """Return each parameter with its gradient and its move."""
    rows = []
    for name, x in training_step.choices.network.parameters.items():
        check, move = training_step.check[name], training_step.moves[name]
        after = training_step.after[name]
        frozen = name in training_step.choices.network.frozen
        written = adds_up((x, 0.0 if frozen else move), after, "sum", least=TABLE)
        rows.append(
            GradientRow(
                label=label(name),
                name=name,
                value=Number(written.terms[0], x),
                gradient=long_number(training_step.gradient[name], "backward"),
                numeric=long_number(check.numeric),
                relative=short(check.relative),
                agrees=check.agrees(),
                move=Number(written.terms[1], move),
                after=Number(written.result, after, "forward"),
                frozen=frozen,
                address=links.address(focus=name),
            )
        )
    return tuple(rows)
