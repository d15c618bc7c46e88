"""A run as it stands in the store."""

import numpy as np

from backprop.lessons.training.run_history import (
    EDIT,
    RunHistory,
    checkpoint_body,
    pack,
    read_checkpoint,
    unpack,
)
from backprop.sharing.snapshot import from_bytes, to_bytes
from backprop.sharing.store import BODY_LIMIT
from backprop.training.run import MOST_POINTS, MOST_RECORDS, Checkpoint, Run

LOG = ((0, {"optimizer": "adam", "batch": "10"}), (3, {"batch": "5"}), (3, {"l1": "0.1"}))


def run_of(parameters=4, records=2, columns=7):
    numbers = np.linspace(-1, 1, parameters)
    state = {"m": numbers * np.pi, "v": numbers * np.e, "t": 3}
    rows = np.linspace(0, 1 / 3, records * columns).reshape(records, columns)
    return Run(numbers / 3, state, 3, 1, tuple(range(records)), rows)


def history_of(run, points=((1, "a" * 64), (2, "b" * 64)), settings_log=LOG):
    return RunHistory(
        "word", run, points, settings_log, "adam", since=2, trail=("c" * 64, "d" * 64)
    )


def test_a_history_comes_back_from_the_store_as_it_was():
    run = run_of()
    run.records[0, 1] = np.nan
    run.theta[0] = -0.0
    history = history_of(run)
    again = unpack(from_bytes(to_bytes(pack(history))))
    for name in ("start", "points", "settings_log", "optimizer", "since", "trail"):
        assert getattr(again, name) == getattr(history, name)
    assert again.run.theta.tobytes() == run.theta.tobytes()
    assert again.run.records.tobytes() == run.records.tobytes()
    assert again.run.state["t"] == 3
    assert again.run.state["m"].tobytes() == run.state["m"].tobytes()
    assert (again.run.epoch, again.run.step, again.run.epochs) == (3, 1, (0, 1))
    assert again.run.broken is False
    assert to_bytes(pack(again)) == to_bytes(pack(history))


def test_a_checkpoint_comes_back_from_the_store_as_it_was():
    run = run_of()
    checkpoint = Checkpoint(7, run.theta, run.state)
    again, optimizer = read_checkpoint(from_bytes(checkpoint_body(checkpoint, "adam")), "")
    assert optimizer == "adam"
    assert (again.epoch, again.state["t"]) == (7, 3)
    assert np.array_equal(again.theta, run.theta)
    assert checkpoint_body(again, "adam") == checkpoint_body(checkpoint, "adam")


def test_the_settings_in_force_are_the_last_that_were_chosen_up_to_an_epoch():
    history = history_of(run_of())
    assert history.settings_at(2) == {"optimizer": "adam", "batch": "10"}
    assert history.settings_at() == {"optimizer": "adam", "batch": "5", "l1": "0.1"}


def test_a_changed_weight_is_part_of_the_settings_log_and_no_setting():
    history = history_of(run_of(), settings_log=(*LOG, (4, {EDIT: "w1_1_1 2"})))
    assert history.settings_at() == history_of(run_of()).settings_at()


def test_the_largest_run_fits_the_store():
    run = run_of(parameters=20_000, records=MOST_RECORDS + 1, columns=5 + 12)
    points = tuple((10**6 + k, "a" * 64) for k in range(MOST_POINTS + 1))
    assert len(to_bytes(pack(history_of(run, points)))) < 0.95 * BODY_LIMIT
