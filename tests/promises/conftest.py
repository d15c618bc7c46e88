"""An application that is made after a recipe was followed."""

import pytest

from app import create_app


@pytest.fixture
def make(tmp_path):
    """Makes a client of an application with other settings."""
    made = []

    def make(**settings):
        database = f"sqlite:///{tmp_path / 'store.sqlite'}"
        made.append(create_app({"DATABASE_URL": database, **settings}))
        return made[-1].test_client()

    yield make
    for app in made:
        app.extensions["store"].close()


@pytest.fixture
def client(make):
    return make()
