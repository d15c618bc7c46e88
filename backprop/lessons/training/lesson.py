"""Training: the network of the walk on a data set, watched, stopped, rewound, branched, entered.

Forward pass, loss and backward pass make the gradient of a batch; the optimizer uses it. Every
kept epoch can be opened again, and from any of them training can go another way.
"""

from dataclasses import dataclass

from backprop.lessons.training.actions import ACTIONS
from backprop.lessons.training.charts import Charts, charts_of
from backprop.lessons.training.choices import DRAWN, NOW, OWN, Choices
from backprop.lessons.training.compare import BEGINNINGS, Overlay, overlays_of
from backprop.lessons.training.drawn import can_be_drawn_on
from backprop.lessons.training.inspection import Inspection, batch_trace, inspection_of
from backprop.lessons.training.layers.board import Layers, layers_of
from backprop.lessons.training.layers.steps import walk
from backprop.lessons.training.maps import maps_of
from backprop.lessons.training.network_picture import Net, net_of
from backprop.lessons.training.presets import DEFAULTS, NAME, PRESETS
from backprop.lessons.training.setup import Setup, setup_of
from backprop.lessons.training.state import STORY, Course, course_of
from backprop.lessons.training.trouble import Trouble, trouble_of
from backprop.lessons.training.view import View, view_of
from backprop.notation.formula import Number
from backprop.notation.numerals import short
from backprop.stage.controls import Option
from backprop.stage.head import Head, make_head
from backprop.stage.lesson import Lesson, Preset
from backprop.stage.links import Links
from backprop.stage.networks import drawable
from backprop.training.measure import measure

SMALL = 500  # parameters; the points of such a run take 2 MB


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the run is, and how well it does: what is read first."""

    epoch: int
    last: int  # the run's last epoch
    step: int
    steps: int  # in an epoch
    train: Number
    test: Number | None
    right: str  # share of right answers, in percent; empty for numbers
    right_held_out: str
    dead: str
    goal: int
    arrived: bool  # there is nowhere to go on to: the goal is reached, or the numbers end


@dataclass(frozen=True)
class Board:
    """Everything shown of a network in training; no markup."""

    head: Head
    details: tuple[Option, ...]
    standing: Standing
    trouble: Trouble | None
    looks_back: bool
    to_the_end: str  # the address of the run's last epoch
    scrub: int
    net: Net | None
    layers: Layers | None
    view: View | None  # not beside the layers
    inspection: Inspection | None
    charts: Charts
    log: Option
    overlays: tuple[Overlay, ...]
    setup: Setup
    sizes: tuple[int, ...]
    example: int
    examples: int
    example_words: str
    can_walk: bool
    pens: tuple[Option, ...]  # ways to draw; none where there is no plane
    drawn: bool  # whether something was drawn or erased that can be taken back
    below: str  # the loss that is sought

    def address(self, **changes: object) -> str:
        """Return the address of this state with some fields changed."""
        return self.head.links.address(**changes)


def compose(choices: Choices, links: Links) -> Board:
    """Return the board of a run at the moment that is looked at.

    Raises:
        InputError: the choices do not fit together; the text says which.
    """
    course = course_of(choices, links)
    row = measure(course.plan, course.parameters)
    overlays = overlays_of(choices, course.track, links)
    by_layers = choices.detail == "layers"
    maps = None if by_layers else maps_of(course)
    preset = next((p for p in PRESETS if p.name == choices.preset_name), None)
    data = course.data.dataset
    example = min(choices.example, len(data.X))
    return Board(
        head=make_head(
            links,
            PRESETS,
            _title(choices, preset),
            preset,
            reset=links.address(run=None, at=NOW, goal=0, seeking=False),
            note=_note(course),
        ),
        details=tuple(
            Option(title, value, value == choices.detail, links.address(detail=value))
            for value, title in (("network", "Network"), ("layers", "Layers"))
        ),
        standing=_standing(course, row),
        trouble=trouble_of(course, row),
        looks_back=course.looks_back,
        to_the_end=links.address(at=NOW),
        scrub=course.run.epoch,
        net=net_of(course, maps, links) if maps else None,
        layers=_layers(course, links) if by_layers else None,
        view=view_of(course, maps, links) if maps else None,
        inspection=None if by_layers else inspection_of(course, links),
        charts=charts_of(course, overlays, row),
        log=Option("logarithmic", "1", choices.log, links.address(log=not choices.log)),
        overlays=overlays,
        setup=setup_of(course, links.read),
        sizes=course.network.sizes,
        example=example,
        examples=len(data.X),
        example_words=f"{data.example} {example} of {len(data.X):,}: {data.labels[example - 1]}",
        can_walk=drawable(course.network.sizes, "neurons") and max(course.network.sizes) <= 8,
        pens=_pens(course, links),
        drawn=bool(choices.back) and choices.data == DRAWN,
        below=short(choices.below),
    )


def _title(choices: Choices, preset: Preset | None) -> str:
    if preset is None:
        return "Train a network"
    if choices.data in (DRAWN, OWN):
        return "Your own points" if choices.data == DRAWN else "Your own table"
    promised = (*BEGINNINGS, *STORY, "settings")
    same = all(getattr(choices, part) == getattr(preset.choices, part) for part in promised)
    return preset.title if same else f"{preset.title}, changed"


def _standing(course: Course, row: tuple[float, ...]) -> Standing:
    run, classes = course.run, course.plan.classes
    held_out = bool(course.data.test_rows)
    goal = course.choices.goal
    return Standing(
        epoch=run.epoch,
        last=course.track.run.epoch,
        step=run.step,
        steps=course.plan.steps_in_epoch,
        train=Number(short(row[0]), row[0]),
        test=Number(short(row[1]), row[1]) if held_out else None,
        right=_percent(row[2]) if classes else "",
        right_held_out=_percent(row[3]) if classes and held_out else "",
        dead=_percent(row[4]) if row[4] == row[4] else "",
        goal=goal,
        arrived=run.broken,
    )


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _layers(course: Course, links: Links) -> Layers:
    trace = batch_trace(course)
    frozen = frozenset(course.plan.frozen)
    last = len(walk(trace.graph)) - 1  # of another network, the walk may be shorter
    return layers_of(
        course.network,
        trace,
        min(course.choices.step, last),
        lambda step: links.address(step=step),
        frozen=frozen,
    )


def _pens(course: Course, links: Links) -> tuple[Option, ...]:
    data = course.data.dataset
    if not can_be_drawn_on(data):
        return ()
    classes = data.classes or ("", "a value")
    names = {"": "Look", "0": classes[0], "1": classes[1], "erase": "Erase"}
    return tuple(
        Option(title, value, value == course.choices.pen, links.address(pen=value))
        for value, title in names.items()
        if title
    )


def _note(course: Course) -> str:
    """Return the conventions of this page, in one line."""
    means = {
        "half_squared_error": "loss: ½ Σ (output − target)²",
        "mean_squared_error": "loss: mean of (output − target)²",
        "binary_cross_entropy": "loss: binary cross-entropy in nats",
        "cross_entropy": "loss: cross-entropy of softmax in nats",
    }
    penalty = "; the penalty is not in it" if course.network.l1 or course.network.l2 else ""
    return f"{means[course.network.loss]}, mean over the examples{penalty}; float64"


def refers(choices: Choices) -> tuple[str, ...]:
    """Return what stays in the store with these choices: the table, other runs, points of the run.

    Points of a large network may go, for they are large too: one that is gone gives way to the one
    before it.
    """
    run = choices.run
    points = run.points if run and run.run.theta.size <= SMALL else ()
    found = (choices.own, *choices.overlay, *(address for _, address in points))
    return tuple(filter(None, found))


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
    snapshot_dependencies=refers,
    styles=("train",),
    scripts=("field", "train_controls", "train", "train_draw"),
    staged=True,
    beside=("charts",),
)
