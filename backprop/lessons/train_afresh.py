"""What is forgotten when a run begins from other examples."""

from collections.abc import Mapping
from typing import Any

from backprop.lessons.train_choices import NOW

AFRESH: Mapping[str, Any] = {"run": None, "at": NOW, "goal": 0, "seeking": False}
UNSAID: Mapping[str, Any] = {  # what was said about other data
    "target": "",
    "columns": (),
    "task": "",
    "loss": "",
    "scaling": "",
    "features": (),
    "unit": "",
    "across": "",
    "down": "",
    "output": 1,
    "example": 1,
    "frozen": (),
}
