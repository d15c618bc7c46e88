"""The store alone, behind HTTP: as quick to start as can be, for servers that are killed often.

POST puts the lines of what was sent, all or none, and answers their addresses; GET /address answers
a body.
"""

import os
from collections.abc import Callable, Iterable
from typing import Any

from backprop.engine.errors import InputError
from backprop.sharing.errors import StoreAway
from backprop.sharing.store import Store

Start = Callable[[str, list[tuple[str, str]]], Any]


class Application:
    """A WSGI application; its store is that of DATABASE_URL."""

    def __init__(self) -> None:
        self.store = Store(os.environ["DATABASE_URL"])
        self.extensions = {"store": self.store}  # as Flask's

    def __call__(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        """Answer a request."""
        try:
            if environ["REQUEST_METHOD"] == "POST":
                bodies = environ["wsgi.input"].read().splitlines()
                text = "\n".join(self.store.put_all(bodies, owner="anna")).encode()
            else:
                text = self.store.get(environ["PATH_INFO"].removeprefix("/"))
        except StoreAway as error:
            start("503 Service Unavailable", [])
            return [error.what.encode()]
        except InputError as error:
            start("422 Unprocessable Content", [])
            return [error.what.encode()]
        start("200 OK", [("Content-Length", str(len(text)))])
        return [text]
