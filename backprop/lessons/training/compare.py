"""Runs beside one another: which are shown, and in what they differ, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from backprop.lessons.training.choices import Choices
from backprop.lessons.training.run_history import EDIT, Track
from backprop.lessons.training.state import STORY
from backprop.sharing.store import MissingSnapshot
from backprop.stage.choices import read_choices
from backprop.stage.links import Links, Read
from backprop.stage.networks import LOSS_TITLES, SCHEME_TITLES
from backprop.training.optimizers import OPTIMIZERS
from backprop.training.recipes import RECIPES

BEGINNINGS = (  # what a run starts from, in the order it is said
    *("data", "noise", "size", "formula", "data_seed", "share", "features", "scaling"),
    *("hidden", "scheme", "seed"),
)
NAMES = {  # where the field's own name is not what a person says
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
TITLES = {name: recipe.title for name, recipe in RECIPES.items()}
TITLES |= {**LOSS_TITLES, **SCHEME_TITLES}
ITSELF = ("optimizer", "loss", "scheme", "data")  # whose value says what it is


@dataclass(frozen=True, slots=True)
class Overlay:
    """A run that is shown beside the present one."""

    words: str  # in what it differs
    end: str  # how it ended
    epochs: tuple[int, ...]
    losses: tuple[float, ...]  # over the training examples, after each of them
    address: str  # opens it
    others: str  # the addresses of the others, as the field says them


def overlays_of(choices: Choices, track: Track, links: Links) -> tuple[Overlay, ...]:
    """Return the runs to compare with; one that is no longer stored is left out."""
    found = []
    for address in choices.overlay:
        others = tuple(each for each in choices.overlay if each != address)
        try:
            other = read_state(links.read, address)
        except MissingSnapshot:
            continue
        if other.run is None:
            continue
        found.append(
            Overlay(
                words=difference(other, choices, track),
                end=f"epoch {other.run.run.epoch:,}",
                epochs=other.run.run.epochs,
                losses=tuple(other.run.run.records[:, 0].tolist()),
                address=f"{links.path}?from={address}",
                others=",".join(others),
            )
        )
    return tuple(found)


@lru_cache(maxsize=64)
def read_state(read: Read, address: str) -> Choices:
    """Return the state of training that stands at an address; the first one where another does.

    Raises:
        MissingSnapshot: nothing stands there.
    """
    match read(address):
        case {"lesson": "train", "pairs": Mapping() as pairs}:
            return read_choices(Choices(), pairs, stored=True)
    return Choices()


def difference(other: Choices, choices: Choices, track: Track) -> str:
    """Return in what another run differs from this one: “same start, learning rate 0.1”."""
    assert other.run is not None, "A run to compare with has begun."
    theirs, ours = other.run.settings, track.settings
    names = [n for n in theirs if theirs[n] != ours.get(n, "") and theirs[n]]
    edits = [words for words in _edits(other.run) if words not in _edits(track)]
    if "optimizer" in names:  # each has settings of its own: one of them says enough
        names = [n for n in names if n in STORY or n == "learning_rate"]
    said = [_said(name, theirs[name]) for name in sorted(names, key=_is_setting)]
    said += [_said(EDIT, words) for words in edits]
    if other.run.start == track.start:
        return ", ".join(["same start", *(said or ["same settings"])])
    kinds = Choices.__dataclass_fields__
    begun = []
    for name in BEGINNINGS:
        theirs_, ours_ = getattr(other, name), getattr(choices, name)
        if theirs_ != ours_:
            begun.append(_said(name, kinds[name].metadata["kind"].write(theirs_)))
    return ", ".join([*begun, *said]) or "another start"


def _edits(track: Track) -> list[str]:
    return [changes[EDIT] for _, changes in track.story if EDIT in changes]


def _is_setting(name: str) -> bool:
    """Whether a name is an optimizer's number, which is said after its optimizer."""
    return name not in STORY


def _said(name: str, value: str) -> str:
    """Return a setting as a person says it: “learning rate 0.1”, “Adam”, “hidden units 8–8”."""
    if name == EDIT:
        return "{} set to {}".format(*value.split(" "))
    if name == "optimizer" and value in OPTIMIZERS:
        return OPTIMIZERS[value].title
    if name in ITSELF:
        return TITLES.get(value, value.replace("_", " ")) or f"{name} as usual"
    shown = value.replace(",", "–").replace("_", " ").removesuffix(".0")
    return f"{NAMES.get(name, name.replace('_', ' '))} {shown or 'none'}"


def story_words(track: Track) -> tuple[tuple[int, str], ...]:
    """Return what was changed in the middle of a run, and in which epoch."""
    return tuple(
        (epoch, ", ".join(_said(name, value) for name, value in changes.items() if value))
        for epoch, changes in track.story[1:]
    )
