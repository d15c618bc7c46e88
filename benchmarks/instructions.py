"""How many machine instructions a request takes here, against another checkout of this project.

Seconds on a busy machine say little about 5 %; valgrind's callgrind counts what the processor was
told to do, and counts nearly the same each time. It is fifty times as slow as the app itself.

    OTHER=../before .venv/bin/python -m benchmarks instructions

The other checkout has its environment in `.venv`, too (a link to this one's will do).
"""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from benchmarks.timing import Row, left_out

HERE = Path(__file__).parents[1]
MOST = 1.05
PAGES = {
    "a step of the 2-2-2, neurons": "/lessons/network?step=%d",
    "a step of the 2-2-2, operations": "/lessons/network?detail=operations&step=%d",
    "a step of the playground": "/playground?preset=product&step=%d",
    "a step of the chain rule": "/lessons/chain-rule?step=%d",
    "a direction of the gradient": "/lessons/gradient?angle=%d",
    "a step size of the gradient check": "/lessons/gradient-check?nudge=0.%d1",
    "a step of the race": "/lessons/optimizers?preset=ravine&step=%d",
    "an epoch of training": "/train?preset=circles&epochs=%d",
}
REQUESTS = 4
CODE = f"""
import gc, os, subprocess, sys, tempfile
sys.path.insert(0, ".")
from app import create_app
database = tempfile.mkdtemp() + "/counted.sqlite"
client = create_app({{"DATABASE_URL": "sqlite:///" + database}}).test_client()
for page in {list(PAGES.values())!r}:
    for part in ("warm", "warm", "counted"):
        if part == "counted":
            gc.collect()
            gc.disable()  # when it collects is chance
            subprocess.run(["callgrind_control", "-z", str(os.getpid())], capture_output=True)
        for i in range({REQUESTS}):
            client.get(page % (i + 1), headers={{"HX-Request-Type": "partial"}})
    subprocess.run(["callgrind_control", "-d", "page", str(os.getpid())], capture_output=True)
    gc.enable()
"""


def rows() -> Iterator[Row]:
    """Count both checkouts, one after the other: about ten minutes."""
    other = os.environ.get("OTHER")
    if not shutil.which("callgrind_control"):
        yield left_out("instructions a request", "valgrind")
        return
    if not other:
        yield left_out("instructions a request", "other checkout (OTHER=folder)")
        return
    ours, theirs = count_instructions(HERE), count_instructions(Path(other).resolve())
    for name, here in ours.items():
        ratio = here / theirs[name]
        verdict = "ok" if ratio <= MOST else "missed"
        yield Row(f"{name}: millions of instructions a request", f"{here / 1e6:.1f}")
        yield Row(f"{name}: against {other}", f"{ratio:.3f} ×", f"≤ {MOST} ×", verdict)


def count_instructions(checkout: Path) -> Mapping[str, float]:
    """Return the instructions of one request of each page, as the mean of a few."""
    with tempfile.TemporaryDirectory() as folder:
        out = f"--callgrind-out-file={folder}/counts"
        python = str(checkout / ".venv/bin/python")
        command = ["valgrind", "--quiet", "--tool=callgrind", out, python, "-c", CODE]
        subprocess.run(command, cwd=checkout, check=True, env=os.environ | {"PYTHONHASHSEED": "0"})
        dumps = [Path(folder, f"counts.{i + 1}").read_text() for i in range(len(PAGES))]
    totals = [re.findall(r"^totals: (\d+)", dump, re.MULTILINE)[-1] for dump in dumps]
    return {name: int(total) / REQUESTS for name, total in zip(PAGES, totals, strict=True)}
