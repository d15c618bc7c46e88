"""An application that answers hardly anything, and counts it: for tests of the server's metrics."""

import os
from collections.abc import Iterable
from typing import Any

from backprop.sharing.store import Store
from backprop.web.answers import KeptAnswers
from backprop.web.operating.metrics import Metrics
from backprop.web.operating.observed import ROUTE, Observed


class Application:
    """A WSGI application: /metrics says what was counted, any other path which process answers."""

    def __init__(self) -> None:
        store = Store(os.environ["DATABASE_URL"])
        self.metrics = Metrics(store, KeptAnswers(self.answer))
        self.observed = Observed(self.answer, [self.metrics.count], self.metrics.count_stream)
        self.extensions = {"store": store, "observed": self.observed}

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        return self.observed(environ, start_response)

    def answer(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path = environ[ROUTE] = environ["PATH_INFO"]
        body = self.metrics.text() if path == "/metrics" else str(os.getpid()).encode()
        start_response("200 OK", [("Content-Length", str(len(body)))])
        return [body]
