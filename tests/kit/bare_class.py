"""Rooms alone, behind HTTP: as quick to start as can be, for servers that are killed often.

It takes answers and tells news at the addresses of the application, and as that does. GET
/listeners says how many listen in the process that answers; SIGN_OF_LIFE may be set, in seconds.
"""

import os
from collections.abc import Iterable
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qsl

from werkzeug.wsgi import ClosingIterator

from backprop.engine.errors import InputError
from backprop.sharing.errors import StoreAway
from backprop.sharing.hub import SIGN_OF_LIFE, Hub
from backprop.sharing.room import Answer, member_token
from backprop.sharing.rooms import Rooms
from backprop.sharing.store import Store
from backprop.web.operating.observed import WAITS
from tests.kit.bare_store import Start


class Application:
    """A WSGI application; its rooms are in the database of DATABASE_URL."""

    def __init__(self) -> None:
        self.store = Store(os.environ["DATABASE_URL"])
        self.extensions = {"store": self.store}  # as Flask's
        sign = float(os.environ.get("SIGN_OF_LIFE", SIGN_OF_LIFE))
        self.hub = Hub(Rooms(self.store.database), sign_of_life=sign)

    def __call__(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        """Answer a request."""
        try:
            parts = self.answer(environ)
        except StoreAway as error:
            start("503 Service Unavailable", [])
            return [error.what.encode()]
        except InputError as error:
            start("422 Unprocessable Content", [])
            return [error.what.encode()]
        start("200 OK", [])
        return parts

    def answer(self, environ: dict[str, Any]) -> Iterable[bytes]:
        """Do what is asked for: /class/CODE/answer, /class/CODE/news, /listeners."""
        rooms, path = self.hub.rooms, environ["PATH_INFO"].split("/")
        if path[-1] == "listeners":
            return [b"%d" % self.hub.listeners]
        code = path[2]
        if path[-1] == "news":
            rooms.find(code)
            role = dict(parse_qsl(environ["QUERY_STRING"])).get("for", "phone")
            lines = environ[WAITS] = self.hub.stream(code, role != "phone")
            return ClosingIterator(map(str.encode, lines), lines.close)
        form = dict(parse_qsl(environ["wsgi.input"].read().decode()))
        word = SimpleCookie(environ["HTTP_COOKIE"])["member"].value
        token, turn = member_token(word, code), int(form["round"])
        said = Answer(token, turn, None, "up", form["answer"], None, "other", 0)
        rooms.answer(code, int(form["question"]), said)
        self.hub.tell()
        return [b"taken"]
