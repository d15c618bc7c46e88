"""Runs beside one another: which are shown, and in what they differ, in words."""

from dataclasses import dataclass
from functools import lru_cache

from backprop.lessons.training.choices import Choices
from backprop.lessons.training.presets import CONVERSIONS, DEFAULTS, NAME
from backprop.lessons.training.run_history import DATA, EDIT, RunHistory
from backprop.lessons.training.state import CHANGEABLE, spell
from backprop.sharing.formats import LOST, expect, fields
from backprop.stage.choices import get_choice
from backprop.stage.lesson import stored_choices
from backprop.stage.links import Links, Read
from backprop.stage.networks import LOSS_TITLES, SCHEME_TITLES
from backprop.training.examples.recipes import RECIPES
from backprop.training.optimizers import OPTIMIZERS

STARTING = (  # what a run starts from, in the order in which it is named
    *(
        "dataset",
        "noise",
        "size",
        "formula",
        "data_seed",
        "share",
        "features",
        "scaling",
        "targets",
    ),
    *("hidden", "scheme", "seed"),
)
NAMES = {  # where the field's own name is not what a person says
    "targets": "targets scaled:",
    "l1": "L1 penalty",
    "l2": "L2 penalty",
    "data_seed": "data seed",
    "share": "share for training",
    "schedule": "learning-rate schedule",
    "every": "step every",
    "factor": "step by",
    "over": "cosine over",
    "learning_rate": "learning rate",
    "hidden": "hidden units",
}
TITLES = {**LOSS_TITLES, **SCHEME_TITLES}
ITSELF = ("optimizer", "loss", "scheme", "dataset")  # whose value says what it is


@dataclass(frozen=True, slots=True)
class Overlay:
    """A run that is shown beside the present one."""

    words: str  # in what it differs
    end: str  # how it ended
    epochs: tuple[int, ...]
    losses: tuple[float, ...]  # over the training examples, after each of them
    address: str  # opens it
    others: str  # the addresses of the others, as the field says them


def make_overlays(choices: Choices, history: RunHistory, links: Links) -> tuple[Overlay, ...]:
    """Return the runs to compare with; one that cannot be read any more is left out."""
    overlays = []
    for address in choices.run.overlay:
        try:
            other = read_state(links.read, address)
        except LOST:
            continue
        if other.run.history is None:
            continue
        run = other.run.history.run
        overlays.append(
            Overlay(
                words=difference(other, choices, history),
                end=f"epoch {run.epoch:,}",
                epochs=run.epochs,
                losses=tuple(run.records[:, 0].tolist()),
                address=f"{links.path}?from={address}",
                others=",".join(each for each in choices.run.overlay if each != address),
            )
        )
    return tuple(overlays)


@lru_cache(maxsize=64)
def read_state(read: Read, address: str) -> Choices:
    """Return the state of training that stands at an address.

    Raises:
        MissingSnapshot: nothing does.
        SnapshotError: what does is no state of training, or cannot be read.
    """
    value = read(address)
    expect(fields(value, lesson=str)["lesson"] == NAME, "it is no state of training")
    return stored_choices(value, DEFAULTS, CONVERSIONS)


def difference(other: Choices, choices: Choices, history: RunHistory) -> str:
    """Return in what another run differs from this one: “same start, learning rate 0.1”."""
    theirs = other.run.history
    assert theirs is not None, "A run to compare with has begun."
    their_settings, our_settings = theirs.settings_at(), history.settings_at()
    names = [n for n, text in their_settings.items() if text and text != our_settings.get(n, "")]
    if "optimizer" in names:  # each has settings of its own: one of them says enough
        names = [n for n in names if n in CHANGEABLE or n == "learning_rate"]
    names.sort(key=lambda name: name not in CHANGEABLE)  # an optimizer's numbers come after it
    parts = [_describe(name, their_settings[name]) for name in names]
    parts += [_describe(EDIT, edit) for edit in _edits(theirs) if edit not in _edits(history)]
    if theirs.start == history.start:
        return ", ".join(["same start", *(parts or ["same settings"])])
    starts = [
        _describe(name, spell(other, name))
        for name in STARTING
        if get_choice(other, name) != get_choice(choices, name)
    ]
    return ", ".join([*starts, *parts]) or "another start"


def _edits(history: RunHistory) -> list[str]:
    return [changes[EDIT] for _, changes in history.settings_log if EDIT in changes]


def _describe(name: str, value: str) -> str:
    """Return a setting as a person says it: “learning rate 0.1”, “Adam”, “hidden units 8–8”."""
    if name == EDIT:
        return "{} set to {}".format(*value.split(" "))
    if name == DATA:
        return value
    if name == "optimizer" and value in OPTIMIZERS:
        return OPTIMIZERS[value].title
    if name == "dataset" and value in RECIPES:
        return RECIPES[value].title
    if name in ITSELF:
        return TITLES.get(value, value.replace("_", " ")) or f"{name} as usual"
    shown = value.replace(",", "–").replace("_", " ").removesuffix(".0")
    return f"{NAMES.get(name, name.replace('_', ' '))} {shown or 'none'}"


def describe_changes(history: RunHistory) -> tuple[tuple[int, str], ...]:
    """Return what was changed in the middle of a run, and in which epoch."""
    return tuple(
        (epoch, ", ".join(_describe(name, value) for name, value in changes.items() if value))
        for epoch, changes in history.settings_log[1:]
    )
