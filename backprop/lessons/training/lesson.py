"""Training: the network of the walk on a data set, watched, stopped, rewound, branched, entered.

Forward pass, loss and backward pass make the gradient of a batch; the optimizer uses it. Every
kept epoch can be opened again, and from any of them training can go another way.
"""

from dataclasses import dataclass

from backprop.lessons.training.actions import ACTIONS
from backprop.lessons.training.charts import Charts, make_charts
from backprop.lessons.training.choices import DRAWN, OWN, RESET_RUN, Choices
from backprop.lessons.training.compare import STARTING, make_overlays
from backprop.lessons.training.ending import QUESTIONS, make_ending
from backprop.lessons.training.inspection import Inspection, batch_trace, inspect_unit
from backprop.lessons.training.layers.board import Layers, make_layers
from backprop.lessons.training.layers.steps import layer_steps
from backprop.lessons.training.maps import make_maps
from backprop.lessons.training.network_picture import NetworkPicture, draw_network
from backprop.lessons.training.own_data import Drawing, make_drawing
from backprop.lessons.training.presets import DEFAULTS, NAME, PRESETS
from backprop.lessons.training.progress import Progress, Trouble, find_trouble, make_progress
from backprop.lessons.training.setup import Setup, make_setup
from backprop.lessons.training.state import CHANGEABLE, TrainingState, training_state
from backprop.lessons.training.view import View, make_view
from backprop.stage.choices import get_choice
from backprop.stage.controls import Option, make_options
from backprop.stage.head import Head, find_preset, make_head
from backprop.stage.lesson import Lesson, Preset
from backprop.stage.links import Links
from backprop.stage.networks import drawable
from backprop.training.measure import measure

DETAILS = {"network": "Network", "layers": "Layers"}
SMALL = 500  # parameters; the points of such a run take 2 MB


@dataclass(frozen=True, slots=True)
class Example:
    """The example that a walk or a check of the gradient would begin with."""

    number: int
    count: int
    words: str
    can_walk: bool  # the network is small enough to be walked through


@dataclass(frozen=True)
class Board:
    """Everything shown of a network in training; no markup."""

    head: Head
    details: tuple[Option, ...]  # the magnifications
    progress: Progress
    trouble: Trouble | None
    network: NetworkPicture | None  # with view and inspection; or the layers instead
    layers: Layers | None
    view: View | None
    inspection: Inspection | None
    charts: Charts
    setup: Setup
    example: Example
    drawing: Drawing | None  # how points can be set; None where there is no plane to draw on


def compose(choices: Choices, links: Links) -> Board:
    """Return the board of a run at the epoch looked at; raises InputError if choices do not fit."""
    state = training_state(choices, links)
    row = measure(state.plan, state.parameters)
    by_layers = choices.view.detail == "layers"
    maps = None if by_layers else make_maps(state)
    preset = find_preset(PRESETS, choices.preset_name)
    return Board(
        head=make_head(
            links,
            PRESETS,
            _title(choices, preset),
            preset,
            reset=links.address(**RESET_RUN),
            note=_note(state),
        ),
        details=make_options(DETAILS, choices.view.detail, links, "detail"),
        progress=make_progress(state, row, links),
        trouble=find_trouble(state, row),
        network=draw_network(state, maps, links) if maps else None,
        layers=_layers(state, links) if by_layers else None,
        view=make_view(state, maps, links) if maps else None,
        inspection=None if by_layers else inspect_unit(state, links),
        charts=make_charts(state, make_overlays(choices, state.history, links), row, links),
        setup=make_setup(state, links.read),
        example=_example(state),
        drawing=make_drawing(state, links),
    )


def _title(choices: Choices, preset: Preset | None) -> str:
    if preset is None:
        return "Train a network"
    if choices.data.dataset in (DRAWN, OWN):
        return "Your own points" if choices.data.dataset == DRAWN else "Your own table"
    promised = (*STARTING, *CHANGEABLE, "settings")
    same = all(get_choice(choices, name) == get_choice(preset.choices, name) for name in promised)
    return preset.title if same else f"{preset.title}, changed"


def _layers(state: TrainingState, links: Links) -> Layers:
    trace = batch_trace(state)
    last = len(layer_steps(trace.graph)) - 1  # of another network, the walk may be shorter
    step = min(state.choices.view.step, last)
    return make_layers(state.network, trace, step, links, frozenset(state.plan.frozen))


def _example(state: TrainingState) -> Example:
    data, sizes = state.data.dataset, state.network.sizes
    number, count = min(state.choices.view.example, len(data.X)), len(data.X)
    words = f"{data.example} {number} of {count:,}: {data.labels[number - 1]}"
    return Example(number, count, words, drawable(sizes, "neurons") and max(sizes) <= 8)


def _note(state: TrainingState) -> str:
    """Return the conventions of this page, in one line."""
    means = {
        "half_squared_error": "loss: ½ Σ (output − target)²",
        "mean_squared_error": "loss: mean of (output − target)²",
        "binary_cross_entropy": "loss: binary cross-entropy in nats",
        "cross_entropy": "loss: cross-entropy of softmax in nats",
        "huber": "loss: Huber’s, δ = 1, mean over the outputs",
        "multiclass_hinge": "loss: multi-class hinge, margin 1, mean over the classes",
    }
    penalty = "; the penalty is not in it" if state.network.l1 or state.network.l2 else ""
    scaled = "" if state.data.target_scaling.kind == "none" else ", targets standardised"
    return f"{means[state.network.loss]}{scaled}, mean over the examples{penalty}; float64"


def snapshot_dependencies(choices: Choices) -> tuple[str, ...]:
    """Return what stays in the store with these choices: the table, other runs, points of the run.

    Points of a large network may go, for they are large too: one that is gone gives way to the one
    before it.
    """
    history = choices.run.history
    points = history.points if history and history.run.theta.size <= SMALL else ()
    addresses = (choices.data.own, *choices.run.overlay, *(address for _, address in points))
    return tuple(filter(None, addresses))


LESSON = Lesson(
    name=NAME,
    title="Train a network",
    about="The same network on a data set: watch it learn, stop, go back, change anything, and "
    "step into any round.",
    defaults=DEFAULTS,
    presets=PRESETS,
    compose=compose,
    actions=ACTIONS,
    address="/train",
    snapshot_dependencies=snapshot_dependencies,
    styles=("train",),
    scripts=("field", "train_controls", "train", "train_draw"),
    staged=True,
    beside=("charts",),
    route="Train a network",
    able="stop a training anywhere, and explain what moved and why",
    minutes=15,
    ending=make_ending,
    questions=QUESTIONS,
)
