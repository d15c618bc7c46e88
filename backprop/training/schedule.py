"""The learning rate's schedule: what share of it is in force in each epoch.

    constant    1
    step        factor ** (epoch // every)
    cosine      (1 + cos(π · min(epoch, over) / over)) / 2

Epochs count from 0. The forms are those PyTorch documents for StepLR and CosineAnnealingLR.
"""

import math
from dataclasses import dataclass

SCHEDULES = ("constant", "step", "cosine")


@dataclass(frozen=True, slots=True)
class Schedule:
    """How the learning rate changes from epoch to epoch.

    Attributes:
        kind: one of SCHEDULES.
        every: epochs from one step to the next.
        factor: what each step multiplies the rate by.
        over: epochs until the cosine has reached 0, where it stays.

    Source: Loshchilov and Hutter (2017), SGDR: stochastic gradient descent with warm restarts, for
    the cosine.
    """

    kind: str = "constant"
    every: int = 100
    factor: float = 0.5
    over: int = 1_000

    def share(self, epoch: int) -> float:
        """Return what the learning rate is multiplied by in an epoch."""
        if self.kind == "step":
            return float(self.factor ** (epoch // self.every))
        if self.kind == "cosine":
            return (1 + math.cos(math.pi * min(epoch, self.over) / self.over)) / 2
        return 1.0
