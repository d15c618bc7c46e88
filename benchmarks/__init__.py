"""Figures of the project, as ratios against peers in the same run; never part of the tests."""

import os

for _library in (
    "OMP",
    "OPENBLAS",
    "MKL",
):  # before NumPy is loaded: one core each, ours and theirs
    os.environ.setdefault(f"{_library}_NUM_THREADS", "1")
