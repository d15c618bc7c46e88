"""A run as the page keeps it: its numbers, the checkpoints that can be opened again, its settings.

RunHistory ⇄ a plain value with arrays, which stands in the page's snapshot
Checkpoint ⇄ a plain value of its own in the store: where a run can be entered again
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from backprop.sharing.formats import Either, content_of, expect, fields, labelled
from backprop.sharing.snapshot import Value, to_bytes
from backprop.training.optimizers import OPTIMIZERS
from backprop.training.run import Checkpoint, Run

EDIT = "edit"  # in a settings log: “w1_3_1 2.5”
DATA = "data"  # in a settings log: “61 points, loss 0.398 → 0.412”
COUNT = range(10**9)  # of epochs and of steps
MEMORY = {"name": Either(np.ndarray, COUNT)}  # of an optimizer


@dataclass(frozen=True, eq=False, slots=True)
class RunHistory:
    """A run, and what surrounds its numbers.

    The settings log holds, from an epoch on, the settings that changed there; under EDIT, which
    parameter was given another value; under DATA, which examples took the place of those before.
    """

    start: str  # what it began from: data, features, sizes, initial weights; in one word
    run: Run  # its numbers
    points: tuple[tuple[int, str], ...]  # epochs and addresses of its checkpoints
    settings_log: tuple[tuple[int, Mapping[str, str]], ...]
    optimizer: str  # the one whose memory the run holds
    since: int = 0  # points up to this epoch are somebody's; later ones nobody has seen
    trail: tuple[str, ...] = ()  # states that a playing page has just passed through

    def settings_at(self, epoch: float = np.inf) -> dict[str, str]:
        """Return the settings in force up to an epoch; now, when left out."""
        settings: dict[str, str] = {}
        for when, changes in self.settings_log:
            if when <= epoch:
                settings |= {
                    name: value for name, value in changes.items() if name not in (EDIT, DATA)
                }
        return settings


def pack(history: RunHistory) -> Value:
    """Return the plain value of a history."""
    run = history.run
    return {
        "start": history.start,
        "theta": run.theta,
        "state": dict(run.state),
        "epoch": run.epoch,
        "step": run.step,
        "epochs": np.array(run.epochs, float),
        "records": run.records,
        "broken": run.broken,
        "points": [[epoch, address] for epoch, address in history.points],
        "story": [[epoch, dict(changes)] for epoch, changes in history.settings_log],
        "machine": history.optimizer,
        "since": history.since,
        "trail": list(history.trail),
    }


def unpack(value: Any) -> RunHistory:
    """Return the history of a plain value that `pack` made.

    Raises:
        SnapshotError: it is none.
    """
    kept = fields(
        value,
        start=str,
        theta=np.ndarray,
        state=MEMORY,
        epoch=COUNT,
        step=COUNT,
        epochs=np.ndarray,
        records=np.ndarray,
        broken=bool,
        points=[(COUNT, str)],
        story=[(COUNT, {"name": str})],
        machine=str,
        since=COUNT,
        trail=[str],
    )
    epochs, records, story = kept["epochs"], kept["records"], kept["story"]
    expect(kept["theta"].ndim == 1 and kept["machine"] in OPTIMIZERS, "its parameters do not fit")
    expect(epochs.ndim == 1 and records.ndim == 2 and len(records), "its numbers do not fit")
    expect(len(epochs) == len(records) and _rises(epochs, kept["epoch"]), "its epochs do not rise")
    expect(_rises([epoch for epoch, _ in kept["points"]], kept["epoch"]), "its points do not rise")
    edits = (changes[EDIT].split(" ") for _, changes in story if EDIT in changes)
    expect(story and all(len(words) == 2 for words in edits), "its settings are not told")
    plain = {name: kept[name] for name in ("theta", "state", "epoch", "step", "records", "broken")}
    return RunHistory(
        start=kept["start"],
        run=Run(epochs=tuple(map(int, epochs.tolist())), **plain),
        points=tuple((epoch, address) for epoch, address in kept["points"]),
        settings_log=tuple((epoch, changes) for epoch, changes in story),
        optimizer=kept["machine"],
        since=kept["since"],
        trail=tuple(kept["trail"]),
    )


def _rises(epochs: Any, last: int) -> bool:
    """Whether each epoch is larger than the one before it, from 0 on, and none beyond the last."""
    counted = np.asarray(epochs, float)
    rises = (counted[1:] > counted[:-1]).all() and (counted == np.floor(counted)).all()
    return not len(counted) or bool(rises and counted[0] >= 0 and counted[-1] <= last)


def name_memory(pairs: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a state in format 1 with what its run did not say before 0.1.0.

    Whose memory a run held was not said: it was that of the optimizer that was set last; and of the
    states that a page had passed through it said the last alone.
    """
    run = pairs.get("run")
    if not isinstance(run, Mapping) or "machine" in run:
        return pairs
    story = fields(run, story=[(COUNT, {"name": str})])["story"]
    settings: dict[str, str] = {}
    for _, changes in story:
        settings |= changes
    named = {**run, "machine": settings.get("optimizer", ""), "trail": []}
    return {**pairs, "run": named}


def checkpoint_body(checkpoint: Checkpoint, optimizer: str) -> bytes:
    """Return the snapshot of a checkpoint, and of the optimizer whose memory it holds."""
    epoch, theta, state = checkpoint
    content = labelled(epoch=epoch, theta=theta, state=dict(state), machine=optimizer)
    return to_bytes(content)


def read_checkpoint(value: Any, told: str) -> tuple[Checkpoint, str]:
    """Return what a snapshot of `checkpoint_body` holds.

    Args:
        value: what stands in the store.
        told: the optimizer of that epoch; before 0.1.0 the snapshot did not say whose memory it is.

    Raises:
        SnapshotError: it is no checkpoint.
    """
    content = content_of(value, {1: lambda before: {"machine": told, **before}})
    kept = fields(content, epoch=COUNT, theta=np.ndarray, state=MEMORY, machine=str)
    expect(kept["machine"] in OPTIMIZERS, "its optimizer is not known")
    return Checkpoint(kept["epoch"], kept["theta"], kept["state"]), kept["machine"]
