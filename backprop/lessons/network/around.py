"""What a page shows around the walk: at each step it is the same, but for the step in its links."""

from collections.abc import Mapping
from dataclasses import dataclass

from backprop.drawing.parts import Drawn
from backprop.lessons.network.asked import make_labels
from backprop.lessons.network.choices import PRESETS, SECTIONS, Choices
from backprop.lessons.network.example import Example, make_example
from backprop.lessons.network.machines import Machines, machines_ahead
from backprop.lessons.network.parameters import parameter_fields
from backprop.lessons.network.run import Run, make_run
from backprop.lessons.network.setup import NetworkSetup, make_setup
from backprop.lessons.network.training_step import TrainingStep, compute
from backprop.lessons.network.update import Update, update_ahead
from backprop.notation.numerals import field, long
from backprop.stage.choices import get_choice
from backprop.stage.controls import Field
from backprop.stage.head import Head, find_preset, make_head
from backprop.stage.kept import kept_apart_from
from backprop.stage.links import Links
from backprop.stage.networks import LOSS_TITLES, NetworkChoices, find_dataset
from backprop.stage.sections import Section, make_sections
from backprop.stage.walk.explanation import Labels, Words
from backprop.stage.walk.steps import network_steps
from backprop.stage.walk.strip import Film, network_folds


@dataclass(frozen=True, slots=True, eq=False)
class Around:
    """What stands around a walk through a network.

    Attributes:
        label: what its quantities are called.
        head: of the page, at a step that is neither the whole gradient nor the update.
        fields: of the parameters: each without its gradient, and with it.
        update, machines: as they are before the gradient is complete.
        drawn: of the picture of the graph, at the steps that were shown.
    """

    label: Labels
    head: Head
    example: Example
    network: NetworkSetup
    fields: tuple[tuple[Field, Field], ...]
    update: Update
    machines: Machines
    run: Run
    drawn: Drawn


@kept_apart_from("step")
def make_around(choices: Choices, links: Links) -> Around:
    """Return what stands around the walk."""
    training_step, label = compute(choices), make_labels(choices.network)
    return Around(
        label=label,
        head=_head(training_step, links),
        example=make_example(training_step, links, label),
        network=make_setup(choices, links),
        fields=parameter_fields(training_step, links, label),
        update=update_ahead(training_step, links),
        machines=machines_ahead(training_step, links),
        run=make_run(training_step, links),
        drawn={},
    )


@kept_apart_from("step")
def make_film(choices: Choices, links: Links) -> Film:
    """Return the strip of the walk, at any step."""
    graph, label = compute(choices).graph, make_labels(choices.network)
    steps = network_steps(graph)
    return Film(steps, links, label, network_folds(steps))


def _head(training_step: TrainingStep, links: Links) -> Head:
    choices = training_step.choices
    preset = find_preset(PRESETS, choices.preset_name)
    check = links.to(
        "gradient_check", preset_name="", return_to=choices.return_to, network=choices.network
    )
    title, note = page_title(choices), conventions(choices.network)
    sections = make_walk_sections(training_step, "")
    return make_head(links, PRESETS, title, preset, check=check, note=note, sections=sections)


def make_walk_sections(training_step: TrainingStep, kind: str) -> Mapping[str, Section]:
    """Return what opens below the core at a kind of step: a line says what is set in it."""
    choices, optimizer = training_step.choices, training_step.optimizer
    preset = find_preset(PRESETS, choices.preset_name)
    network = choices.network
    data = find_dataset(network)
    row = f"{data.title}, {data.example} {network.row}" if data else "your own numbers"
    sizes = "–".join(map(str, network.sizes))
    kinds = ", ".join(dict.fromkeys(each.replace("_", " ") for each in network.activations))
    rate = choices.update.settings.get("learning_rate")
    count, held = len(network.parameters), len(network.frozen)
    titles: dict[str, tuple[Words, Words]] = {
        "example": (("Example",), (row,)),
        "network": (("Network",), (f"{sizes}, {kinds}, {LOSS_TITLES[network.loss]}",)),
        "optimizer": (
            ("Optimizer",),
            (optimizer.title + (f", η {field(rate)}" if rate is not None else ""),),
        ),
        "parameters": (
            ("Every weight and bias",),
            (f"{count} numbers" + (f", {held} frozen" if held else ""),),
        ),
        "loss": (
            ("Loss, round by round",),
            (f"{long(training_step.trace.value)} in round {choices.run.round}",),
        ),
        "machines": (("Two machines and a wall",), ("one gradient, many optimizers",)),
        "table": (
            ("The update" if kind == "update" else "The gradient", ", number by number"),
            (f"{count} rows",),
        ),
    }
    first = (preset or PRESETS[0]).choices
    also = ("table",) if kind in ("whole", "update") else ()
    return make_sections(choices, first, SECTIONS, titles, also)


def page_title(choices: Choices) -> str:
    """Return what the page is called: its preset, as long as it is that network."""
    preset = find_preset(PRESETS, choices.preset_name)
    if preset is None:
        return "One round of a network"
    parts = ("sizes", "activations", "loss", "data")
    same = all(get_choice(choices, part) == get_choice(preset.choices, part) for part in parts)
    return preset.title if same else f"{preset.title}, changed"


def conventions(network: NetworkChoices) -> str:
    """Return the conventions of this page, in one line."""
    means = {
        "half_squared_error": "loss: ½ Σ (output − target)²",
        "mean_squared_error": "loss: mean of (output − target)² over the outputs",
        "binary_cross_entropy": "loss: binary cross-entropy in nats, mean over the outputs",
        "cross_entropy": "loss: cross-entropy in nats, of softmax",
        "huber": "loss: Huber’s, δ = 1, mean over the outputs",
        "multiclass_hinge": "loss: multi-class hinge, margin 1, mean over the classes",
    }
    each = "layer" if network.shared else "neuron"
    return f"{means[network.loss]}; one bias for each {each}; one example a round; float64"
