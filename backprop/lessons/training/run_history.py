"""A run as the page keeps it: its numbers, the checkpoints that can be opened again, its settings.

RunHistory ⇄ a plain value with arrays, which stands in the page's snapshot
Checkpoint ⇄ a plain value of its own in the store: where a run can be entered again
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from backprop.sharing.snapshot import Value, to_bytes
from backprop.training.run import Checkpoint, Run

EDIT = "edit"  # in a settings log: “w1_3_1 2.5”
DATA = "data"  # in a settings log: “61 points, loss 0.398 → 0.412”


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
    """Return the history of a plain value that `pack` made."""
    plain = {name: value[name] for name in ("theta", "state", "epoch", "step", "records", "broken")}
    return RunHistory(
        start=value["start"],
        run=Run(epochs=tuple(map(int, value["epochs"].tolist())), **plain),
        points=tuple((epoch, address) for epoch, address in value["points"]),
        settings_log=tuple((epoch, changes) for epoch, changes in value["story"]),
        optimizer=value["machine"],
        since=value["since"],
        trail=tuple(value["trail"]),
    )


def checkpoint_body(checkpoint: Checkpoint, optimizer: str) -> bytes:
    """Return the snapshot of a checkpoint, and of the optimizer whose memory it holds."""
    epoch, theta, state = checkpoint
    return to_bytes({"epoch": epoch, "theta": theta, "state": dict(state), "machine": optimizer})


def read_checkpoint(value: Any) -> tuple[Checkpoint, str]:
    """Return what a snapshot of `checkpoint_body` holds."""
    return Checkpoint(value["epoch"], value["theta"], value["state"]), value["machine"]
