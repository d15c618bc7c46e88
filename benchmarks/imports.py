"""How long `import backprop` takes beside `import numpy`, which it needs."""

import subprocess
import sys
from collections.abc import Iterator
from statistics import median

from benchmarks.timing import Row, below

ROUNDS = 11
CODE = "import time; start = time.perf_counter(); import {}; print(time.perf_counter() - start)"


def rows() -> Iterator[Row]:
    """Measure both in fresh processes, in turns; the first round warms the disk's cache."""
    pairs = [(seconds("backprop"), seconds("numpy")) for _ in range(ROUNDS)][1:]
    yield Row("import numpy", f"{median(theirs for _, theirs in pairs) * 1e3:.3g} ms")
    ratio = median(ours / theirs for ours, theirs in pairs)
    yield below("import backprop, against import numpy", ratio, 2, "×")


def seconds(module: str) -> float:
    """Return how long an import takes in a fresh process."""
    command = [sys.executable, "-c", CODE.format(module)]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
