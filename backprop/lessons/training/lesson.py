"""Training: the network of the walk on a data set, watched, stopped, rewound, branched, entered.

Forward pass, loss and backward pass make the gradient of a batch; the optimizer uses it. Every
kept epoch can be opened again, and from any of them training can go another way.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from backprop.lessons.training.actions import ACTIONS, work
from backprop.lessons.training.charts import Charts, make_charts
from backprop.lessons.training.choices import DRAWN, OWN, RESET_RUN, SECTIONS, Choices
from backprop.lessons.training.compare import STARTING, make_overlays
from backprop.lessons.training.ending import QUESTIONS, make_ending
from backprop.lessons.training.inspection import Inspection, batch_trace, inspect_unit
from backprop.lessons.training.layers.board import Layers, make_layers
from backprop.lessons.training.layers.steps import layer_steps
from backprop.lessons.training.lesson_links import program_refusal
from backprop.lessons.training.maps import make_maps
from backprop.lessons.training.network_picture import NetworkPicture, draw_network
from backprop.lessons.training.own_data import Drawing, make_drawing
from backprop.lessons.training.paper import make_sheet
from backprop.lessons.training.presets import CONVERSIONS, DEFAULTS, NAME, PRESETS
from backprop.lessons.training.progress import Progress, Trouble, find_trouble, make_progress
from backprop.lessons.training.setup import Setup, make_setup
from backprop.lessons.training.state import (
    CHANGEABLE,
    TrainingState,
    activations_of,
    training_state,
)
from backprop.lessons.training.view import View, make_view
from backprop.notation.derivation import Equation
from backprop.notation.formula import Formula, Lines, Operator, Row
from backprop.notation.numerals import field
from backprop.stage.choices import change, get_choice
from backprop.stage.controls import Option, make_options
from backprop.stage.derivation import Derived
from backprop.stage.head import Head, find_preset, make_head
from backprop.stage.lesson import Lesson, Preset
from backprop.stage.links import Links
from backprop.stage.networks import drawable
from backprop.stage.paper import Sheet
from backprop.stage.sections import Section, make_sections
from backprop.stage.walk.explanation import Words
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
    preset, setup = find_preset(PRESETS, choices.preset_name), make_setup(state, links)
    return Board(
        head=make_head(
            links,
            PRESETS,
            _title(choices, preset),
            preset,
            reset=links.address(**RESET_RUN),
            note=_note(state),
            sections=_sections(state, setup, preset),
        ),
        details=make_options(DETAILS, choices.view.detail, links, "detail"),
        progress=make_progress(state, row, links),
        trouble=find_trouble(state, row),
        network=draw_network(state, maps, links) if maps else None,
        layers=_layers(state, links) if by_layers else None,
        view=make_view(state, maps, links) if maps else None,
        inspection=None if by_layers else inspect_unit(state, links),
        charts=make_charts(state, make_overlays(choices, state.history, links), row, links),
        setup=setup,
        example=_example(state),
        drawing=make_drawing(state, links),
    )


def _sections(state: TrainingState, setup: Setup, preset: Preset | None) -> Mapping[str, Section]:
    """Return what opens: each line says what is set in it."""
    choices, data = state.choices, state.data.dataset
    kinds = ", ".join(dict.fromkeys(a.replace("_", " ") for a in activations_of(choices)))
    loss = next(option.title for option in setup.network.losses if option.on)
    sizes = "–".join(map(str, setup.network.sizes))
    noise = next((f.value for f in setup.data.numbers if f.name == "noise"), "")
    rate = choices.update.settings.get("learning_rate")
    count = len(state.data.train_rows) + len(state.data.test_rows)
    made = [setup.optimizer.title, f"batch {setup.optimizer.batch}"]
    if rate is not None:
        made.insert(1, f"η {field(rate)}")
    titles: dict[str, tuple[Words, Words]] = {
        "data": (
            ("Data",),
            (f"{_data_title(setup)}, {count:,}{f', noise {noise}' if noise else ''}",),
        ),
        "network": (("Network",), (", ".join(filter(None, (sizes, kinds, loss))),)),
        "optimizer": (("Optimizer",), (", ".join(made),)),
        "inspect": (("Its weights",), (choices.view.unit,)),
        "confusion": (("Which is taken for which",), (f"{len(data.classes)} classes",)),
        "curves": (("The run as curves",), ("beside the layers",)),
        "errors": (("How far off",), ("beside the mean and a line",)),
    }
    return make_sections(choices, (preset or PRESETS[0]).choices, SECTIONS, titles)


def _data_title(setup: Setup) -> str:
    return next(option.title for option in setup.data.recipes if option.on)


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
    frozen, entry = frozenset(state.plan.frozen), state.choices.view.entry
    return make_layers(
        state.network,
        trace,
        step,
        links,
        frozen=frozen,
        entry=entry,
        refused=_refused(state),
        quiz=state.choices.quiz,
    )


def _refused(state: TrainingState) -> str:
    refusal = program_refusal(state)
    return f"{refusal.what} {refusal.hint}" if refusal else ""


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


def hand_out(choices: Choices, links: Links) -> Sheet:
    """Return the run on paper."""
    title = _title(choices, find_preset(PRESETS, choices.preset_name))
    note = _note(training_state(choices, links))
    return make_sheet(choices, links, title, note, QUESTIONS)


def _derived(board: Board) -> tuple[Derived, ...]:
    """Return what a step through the batch derives: arrays in letters, and one entry in numbers.

    Nothing, as long as it is asked.
    """
    if board.layers is None or board.layers.explanation is None:
        return ()
    said = board.layers.explanation
    shown: list[Formula | Equation] = []
    for shaped in said.shaped:
        lines = [
            Row(tuple(part.formula or Operator(part.sign) for part in line))
            for line in shaped.lines
        ]
        shown.append(Lines(tuple(lines)) if len(lines) > 1 else lines[0])
        if shaped.aside:
            shown.append(Row((shaped.aside[0], Operator("="), shaped.aside[1])))
    shown += [said.worked.equation] if said.worked else []
    return (Derived(said.headline, tuple(shown)),)


LESSON = Lesson(
    name=NAME,
    title="Train a network",
    about="The same network on a data set: watch it learn, stop, go back, change anything, and "
    "step into any round.",
    defaults=DEFAULTS,
    presets=PRESETS,
    compose=compose,
    derived=_derived,
    steps=lambda board: board.layers and board.layers.strip.steps,
    actions=ACTIONS,
    work=work,
    address="/train",
    snapshot_dependencies=snapshot_dependencies,
    conversions=CONVERSIONS,
    start=lambda choices: change(choices, **RESET_RUN, overlay=(), back="", pen="", anew=False),
    styles=("quiz", "programs", "train"),
    scripts=("field", "quiz", "train_controls", "train", "train_draw", "programs"),
    staged=True,
    beside=("charts",),
    route="Train a network",
    able="stop a training anywhere, and explain what moved and why",
    minutes=15,
    ending=make_ending,
    questions=QUESTIONS,
    can_ask=lambda choices: choices.view.detail == "layers",
    paper=hand_out,
)
