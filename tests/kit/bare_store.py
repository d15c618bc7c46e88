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


def make() -> Callable[[dict[str, Any], Start], Iterable[bytes]]:
    """Return the application; its store is that of DATABASE_URL."""
    store = Store(os.environ["DATABASE_URL"])

    def answer(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        try:
            if environ["REQUEST_METHOD"] == "POST":
                bodies = environ["wsgi.input"].read().splitlines()
                text = "\n".join(store.put_all(bodies, owner="anna")).encode()
            else:
                text = store.get(environ["PATH_INFO"].removeprefix("/"))
        except StoreAway as error:
            start("503 Service Unavailable", [])
            return [error.what.encode()]
        except InputError as error:
            start("422 Unprocessable Content", [])
            return [error.what.encode()]
        start("200 OK", [("Content-Length", str(len(text)))])
        return [text]

    return answer
