"""What holds for all tests: no example of a property is judged by how long it takes.

`make check-long` looks at ten times as many examples of each. What stores, is tested on both
databases: `database_url` is an empty one, of SQLite and of PostgreSQL.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.kit import postgres

os.environ.setdefault("RATE_LIMIT", "off")  # tests ask more than a class does; who tests it says it

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


@pytest.fixture(scope="session")
def cluster() -> Iterator[postgres.Cluster]:
    """Give the PostgreSQL server of this worker's tests."""
    programs = postgres.find_programs()
    if programs is None and os.environ.get("CI") == "true":
        pytest.fail(postgres.MISSING, pytrace=False)
    if programs is None:
        pytest.skip(postgres.MISSING)
    cluster = postgres.Cluster(programs)
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give the address of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'store.sqlite'}"
    cluster: postgres.Cluster = request.getfixturevalue("cluster")
    cluster.clear()
    return cluster.url
