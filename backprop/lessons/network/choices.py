"""What a learner can choose in the walk through one round of a network, and where it begins."""

from dataclasses import dataclass

from backprop.stage.choices import (
    Anything,
    Kept,
    Name,
    OneOf,
    Several,
    Whole,
    chosen,
    format_choice,
    group,
)
from backprop.stage.hiding import hide_choice, mode_choice
from backprop.stage.lesson import Preset
from backprop.stage.networks import NetworkChoices
from backprop.stage.optimizers import OptimizerChoices
from backprop.stage.quiz.answers import QuizChoices
from backprop.stage.sections import more_choice
from backprop.stage.worked_networks import WORKED_NETWORKS, WorkedNetwork

NAME = "network"
LAST_ROUND = 10**11  # a run of training may come from very far
SECTIONS = {  # what opens below the core, and the choices that each holds
    "example": ("data",),
    "network": ("sizes", "activations", "loss", "scheme", "seed", "shared", "names"),
    "optimizer": ("optimizer", "settings"),
    "parameters": ("frozen",),
    "table": (),
    "loss": (),
    "machines": (),
}
ROUNDS = Kept(Several(Whole(0, LAST_ROUND), 1_000))
SNAPSHOTS = Kept(Several(Name(64), 1_000))


@dataclass(frozen=True)
class RunChoices:
    """The rounds so far."""

    round: int = chosen(Whole(0, LAST_ROUND), 0)
    memory: tuple[float, ...] = chosen(Kept(Several(Anything(), 10_000)), ())  # the optimizer’s
    losses: tuple[float, ...] = chosen(Kept(Several(Anything(), 1_000)), ())  # of the rounds before
    rounds: tuple[int, ...] = chosen(ROUNDS, ())  # which they are
    visited: tuple[str, ...] = chosen(SNAPSHOTS, ())  # and their snapshots


RESET_RUN = {"round": 0, "memory": (), "losses": (), "rounds": (), "visited": ()}


@dataclass(frozen=True)
class Choices:
    """Everything set on the page; each field with its kind and its default."""

    step: int = chosen(Whole(0, 9_999), 0)
    detail: str = chosen(OneOf(("neurons", "operations")), "neurons")
    focus: str = chosen(Name(), "")  # the quantity whose path ledger is open
    preset_name: str = chosen(Name(), "", spelled="began")  # that this came from
    return_to: str = chosen(Name(64), "", spelled="came")  # the state of training it came from
    mode: str = mode_choice()
    hide: tuple[str, ...] = hide_choice(
        *("transport", "strip", "presets", "asking", "example", "detail", "parameters"),
        *("charts", "table", "machines", "data", "network", "optimizer"),
    )
    body_format: int = format_choice()
    more: tuple[str, ...] = more_choice(SECTIONS)
    quiz: QuizChoices = group(QuizChoices())
    network: NetworkChoices = group(NetworkChoices())
    then: str = chosen(OneOf(("same", "next", "random")), "same")
    update: OptimizerChoices = group(OptimizerChoices())
    run: RunChoices = group(RunChoices())


CHANGED = {  # what is said where the numbers are others
    "xor-solved": "Two hidden neurons with ReLU: some weights answer all four rows exactly "
    "(Goodfellow, Bengio and Courville, 2016).",
    "dead-relu": "Two hidden neurons with ReLU, which is flat below 0: a neuron that is there "
    "passes no gradient on.",
    "two-equal": "Two hidden neurons. As long as they are alike they get the same gradient, and "
    "do the work of one.",
}


def _preset(worked: WorkedNetwork) -> Preset:
    choices = Choices(
        preset_name=worked.name,
        network=worked.network,
        then=worked.then,
        update=OptimizerChoices(settings={"learning_rate": worked.learning_rate}),
    )
    return Preset(worked.name, worked.title, worked.about, choices, CHANGED.get(worked.name, ""))


PRESETS = tuple(map(_preset, WORKED_NETWORKS))
DEFAULTS = PRESETS[0].choices
