"""What holds for all tests: no example of a property is judged by how long it takes.

`make check-long` looks at ten times as many examples of each.
"""

from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("brief", deadline=None, max_examples=50)
settings.register_profile("long", deadline=None, max_examples=500)
settings.load_profile("brief")

# What these run, others run too, a subject at a time; to trace it again takes as long as they do.
NOT_TRACED = (
    "lessons/network/test_lesson.py",
    "lessons/training/test_actions.py",
    "lessons/training/test_presets.py",
    "lessons/training/test_view.py",
    "promises",
    "sharing/test_snapshot.py",
    "test_house.py",
    "web/test_addresses.py",
    "web/test_training.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if any(item.path.is_relative_to(here / place) for place in NOT_TRACED):
            item.add_marker("no_cover")
