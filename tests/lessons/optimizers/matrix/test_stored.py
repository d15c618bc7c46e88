"""A matrix half filled in is kept as a plain value, and comes back as it was."""

import numpy as np

from backprop.lessons.optimizers.matrix.stored import pack, unpack
from backprop.sharing.snapshot import from_bytes, to_bytes
from backprop.training.matrix_progress import FinishedRun, Progress, UnfinishedRun

DONE = FinishedRun("adam", "backward", 1, 200, 200, 0.004, 0.25, "200 steps")
GONE = FinishedRun("momentum", "backward", 1, 7, 6, 0.001, np.nan, "no finite slope", sound=False)


def again(progress):
    return unpack(from_bytes(to_bytes(pack(progress))))


def test_a_progress_comes_back_from_its_bytes():
    arrays = {"theta": np.array([1.0, -0.0]), "t": np.asarray(3.0)}
    current = UnfinishedRun("adam", "central", 12, 3, 3, 0.5, arrays)
    progress = Progress("word", (DONE, GONE), current, total=33)
    found = again(progress)
    assert (found.problem, found.total, found.finished[0]) == ("word", 33, found.find(*DONE.key))
    for name in FinishedRun.__dataclass_fields__:
        assert getattr(found.finished[0], name) == getattr(DONE, name)
    assert np.isnan(found.finished[1].loss)
    assert not found.finished[1].sound
    assert (found.current.key, found.current.steps) == (("adam", "central"), 3)
    for name, array in arrays.items():
        assert np.array_equal(found.current.arrays[name], array)


def test_an_empty_progress_comes_back_empty():
    found = again(Progress())
    assert (found.problem, found.finished, found.current) == ("", (), None)


def test_a_run_that_is_not_finished_is_not_found():
    assert Progress("word", (DONE,)).find("adam", "closed") is None
