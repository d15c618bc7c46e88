"""What a learner can choose where a network is trained, and how the choices hang together."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from backprop.engine.network import HIDDEN_ACTIVATIONS, LOSSES, MOST_LAYERS, MOST_UNITS, SCHEMES
from backprop.lessons.training.run_history import RunHistory, pack, unpack
from backprop.stage.choices import (
    Flag,
    Kept,
    Name,
    OneOf,
    Packed,
    Real,
    Several,
    Table,
    Text,
    Whole,
    chosen,
    format_choice,
    group,
)
from backprop.stage.hiding import hide_choice, mode_choice
from backprop.stage.optimizers import OptimizerChoices
from backprop.stage.quiz.arrays.answers import ArrayQuizChoices
from backprop.stage.sections import more_choice
from backprop.training.examples.cells import COLUMNS
from backprop.training.examples.features import SCALINGS
from backprop.training.examples.recipes import RECIPES
from backprop.training.examples.values import KINDS
from backprop.training.optimizers import OPTIMIZERS
from backprop.training.schedule import SCHEDULES

TARGETS = ("", "standard")
DRAWN, OWN = "drawn", "own"  # points set by hand, and a table of the learner's
MOST_DRAWN = 500
MOST_OVERLAYS = 4  # beside the run itself: five curves
SECTIONS = {  # what opens, and the choices that each holds
    "data": (
        "dataset",
        "noise",
        "size",
        "formula",
        "data_seed",
        "share",
        "own",
        "target",
        "columns",
        "task",
        "scaling",
        "targets",
        "kinds",
    ),
    "network": ("features", "hidden", "activations", "loss", "scheme", "seed", "l1", "l2"),
    "optimizer": ("optimizer", "settings", "batch", "schedule", "every", "factor", "over"),
    "inspect": ("unit",),
    "confusion": (),
    "errors": (),
    "curves": (),
}
NOW = -1
FAR = 10  # epochs of a large step, there and back
EPOCHS = 10_000_000


@dataclass(frozen=True)
class ViewChoices:
    """What is looked at, and how; nothing here changes a run."""

    detail: str = chosen(OneOf(("network", "layers")), "network")
    step: int = chosen(Whole(0, 9_999), 0)  # of the walk through the layers
    entry: str = chosen(Text(60), "", spelled="read-entry")  # of an array of the batch: dW1[1,2]
    unit: str = chosen(Name(), "")  # the unit that is enlarged: a1_3; else the output
    output: int = chosen(Whole(1, 20), 1)  # whose map is shown
    across: str = chosen(Text(80), "")  # features of the plane, where there are more than two
    down: str = chosen(Text(80), "")
    log: bool = chosen(Flag(), False)
    example: int = chosen(Whole(1, 2_000), 1)
    at: int = chosen(Whole(NOW, EPOCHS), NOW)  # an epoch of the run that is looked back to
    pen: str = chosen(OneOf(("", "0", "1", "erase")), "")  # what a click on the plane does
    anew: bool = chosen(Flag(), False)  # the next point is the first
    pen_value: float = chosen(Real(-10, 10), 1.0)


def _kind_fields(chosen_data: Any) -> tuple[str, ...]:
    """Return the fields that say as what each column of the learner's table is read."""
    return tuple(f"kind{k}" for k in range(1, COLUMNS + 1)) if chosen_data.own else ()


def _kinds_before(chosen_data: Any, base: Any) -> Mapping[str, str]:
    return base.kinds if chosen_data.own == base.own else {}


@dataclass(frozen=True)
class DataChoices:
    """The examples, and how they are divided and scaled."""

    dataset: str = chosen(OneOf(RECIPES, also=(DRAWN, OWN)), "circles", spelled="data")
    noise: float = chosen(Real(0, 1), 0.1)
    size: int = chosen(Whole(20, 2_000), 400)
    formula: str = chosen(Text(), "")
    data_seed: int = chosen(Whole(0, 99_999), 1)
    share: int = chosen(Whole(10, 100), 50)  # of the examples, to learn from; in percent
    back: str = chosen(Name(64), "")  # the state before the last point was set or erased
    drawn: tuple[float, ...] = chosen(Several(Real(-10, 10), 3 * MOST_DRAWN), ())  # x1, x2, y …
    class_names: tuple[str, ...] = chosen(Several(Text(40), 2), (), spelled="class-names")
    own: str = chosen(Name(64), "")  # the address of the table
    target: str = chosen(Text(80), "")
    columns: tuple[str, ...] = chosen(Several(Text(80), 64), ())
    task: str = chosen(OneOf(("", "classes", "numbers")), "")
    scaling: str = chosen(OneOf(("", *SCALINGS)), "")
    features: tuple[str, ...] = chosen(Several(Name(), 10), ())
    targets: str = chosen(OneOf(TARGETS), "")  # numbers to learn: as they are, or standardised
    kinds: Mapping[str, str] = chosen(Table(OneOf(KINDS), _kind_fields, _kinds_before), {})


@dataclass(frozen=True)
class ModelChoices:
    """The network, its loss and its initial weights."""

    hidden: tuple[int, ...] = chosen(Several(Whole(1, MOST_UNITS), MOST_LAYERS - 1), (8, 8))
    activations: tuple[str, ...] = chosen(
        Several(OneOf(HIDDEN_ACTIVATIONS), MOST_LAYERS), ("tanh",)
    )
    loss: str = chosen(OneOf(("", *LOSSES)), "")
    scheme: str = chosen(OneOf(SCHEMES), "xavier")
    seed: int = chosen(Whole(0, 99_999), 1)
    l1: float = chosen(Real(0, 10), 0.0)
    l2: float = chosen(Real(0, 10), 0.0)
    frozen: tuple[str, ...] = chosen(Several(Name(), 1_000), ())


@dataclass(frozen=True)
class UpdateChoices(OptimizerChoices):
    """The optimizer, how many examples make a step, and what becomes of the learning rate."""

    optimizer: str = chosen(OneOf(OPTIMIZERS), "adam")
    batch: int = chosen(Whole(1, 2_000), 10)
    schedule: str = chosen(OneOf(SCHEDULES), "constant")
    every: int = chosen(Whole(1, 1_000_000), 100)
    factor: float = chosen(Real(0, 1), 0.5)
    over: int = chosen(Whole(1, 1_000_000), 1_000)


@dataclass(frozen=True)
class RunChoices:
    """The run so far, where it is going, and the runs beside it."""

    epochs: int = chosen(Whole(1, 1_000_000), 100)  # how many “go on by” means
    below: float = chosen(Real(0, 1e6), 0.01)  # the loss at which “until” ends
    goal: int = chosen(Whole(0, 2 * EPOCHS), 0)  # the epoch it is on its way to; 0 for none
    seeking: bool = chosen(Flag(), False)  # on its way to a loss
    overlay: tuple[str, ...] = chosen(Several(Name(64), MOST_OVERLAYS), ())  # runs to compare with
    history: RunHistory | None = chosen(Kept(Packed(pack, unpack), None), None, spelled="run")


@dataclass(frozen=True)
class Choices:
    """Everything set on the page; each field with its kind and its default.

    Empty texts mean: as the data suggest. What decides where a run begins (data, features,
    sizes, initial weights) starts another run when it changes; everything else may change in the
    middle of one.
    """

    mode: str = mode_choice()
    hide: tuple[str, ...] = hide_choice(
        *("transport", "presets", "asking", "detail", "picture", "charts"),
        *("data", "network", "optimizer"),
    )
    body_format: int = format_choice()
    more: tuple[str, ...] = more_choice(SECTIONS)
    preset_name: str = chosen(Name(), "", spelled="began")  # the preset that this came from
    view: ViewChoices = group(ViewChoices())
    data: DataChoices = group(DataChoices())
    network: ModelChoices = group(ModelChoices())
    update: UpdateChoices = group(UpdateChoices())
    run: RunChoices = group(RunChoices())
    quiz: ArrayQuizChoices = group(ArrayQuizChoices())  # of the layers


RESET_RUN: Mapping[str, Any] = {"history": None, "at": NOW, "goal": 0, "seeking": False}
RESET_DATA: Mapping[str, Any] = {  # what was chosen for other data
    **dict.fromkeys(("target", "task", "loss", "scaling", "unit", "across", "down"), ""),
    **dict.fromkeys(("columns", "features", "frozen"), ()),
    **dict.fromkeys(("output", "example"), 1),
    "kinds": {},
}
