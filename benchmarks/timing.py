"""Interleaved timing: in each round each case runs once, so a busy neighbour slows all alike."""

import gc
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median

ROUNDS = 31  # enough for a median that a busy neighbour does not move
SAMPLE = 0.02  # seconds; a sample repeats its call for about as long

Times = Mapping[str, list[float]]  # seconds per unit, a number for each round


@dataclass(frozen=True, slots=True)
class Case:
    """What is timed: a call, and how many units of work it does."""

    run: Callable[[], object]
    units: int = 1


@dataclass(frozen=True, slots=True)
class Row:
    """One number of the report; without a verdict it is for information, or was left out."""

    name: str
    measured: str
    wanted: str = ""
    verdict: str = ""

    def line(self) -> str:
        """Return the row as it is printed."""
        return f"{self.name:66}{self.measured:>10}  {self.wanted:>9}  {self.verdict}".rstrip()


def interleaved(cases: Mapping[str, Case], rounds: int = ROUNDS) -> Times:
    """Return the seconds per unit of each case, in each round."""
    gc.collect()
    gc.freeze()  # what is loaded is no garbage of anybody's: no case searches it again
    calls = {name: _calls(case.run) for name, case in cases.items()}
    found: dict[str, list[float]] = {name: [] for name in cases}
    for _ in range(rounds):
        for name, case in cases.items():
            gc.collect()  # so that no case pays for its neighbour's garbage
            found[name].append(seconds(case.run, calls[name]) / case.units)
    return found


def seconds(run: Callable[[], object], calls: int = 1) -> float:
    """Return how long a call takes, as the mean over so many."""
    start = time.perf_counter()
    for _ in range(calls):
        run()
    return (time.perf_counter() - start) / calls


def _calls(run: Callable[[], object]) -> int:
    """Return how many calls make a sample; the first call, which compiles, is not counted."""
    run()
    return max(1, int(SAMPLE / max(seconds(run), 1e-8)))


def times_faster(times: Times, ours: str, theirs: str) -> float:
    """Return how many times as long theirs takes as ours: the median over the rounds."""
    return median(t / o for o, t in zip(times[ours], times[theirs], strict=True))


def at_least(name: str, ratio: float, wanted: float) -> Row:
    """Return the row of a ratio that should be large."""
    return Row(name, f"{ratio:.1f} ×", f"≥ {wanted:g} ×", "ok" if ratio >= wanted else "missed")


def below(name: str, measured: float, wanted: float, unit: str) -> Row:
    """Return the row of a number that should be small."""
    verdict = "ok" if measured < wanted else "missed"
    return Row(name, f"{measured:.3g} {unit}", f"< {wanted:g} {unit}", verdict)


def microseconds(name: str, times: list[float]) -> Row:
    """Return the row of a median time that is for information."""
    return Row(name, f"{median(times) * 1e6:.3g} µs")


def left_out(name: str, missing: str) -> Row:
    """Return the row of a number that cannot be measured here."""
    return Row(
        name, "-", verdict=f"left out: there is no {missing} here (see benchmarks/README.md)"
    )
