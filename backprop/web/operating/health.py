"""What a proxy or an orchestrator asks: whether this process answers, and its store."""

import time
from threading import Lock

from flask import Blueprint, Response, abort, current_app, jsonify, request

from backprop.sharing.errors import StoreAway
from backprop.sharing.store import Store

A_MOMENT = 2.0  # seconds for which one waits for the database
METRICS = "text/plain; version=0.0.4; charset=utf-8"
BY_PROXY = ("X-Forwarded-For", "Forwarded", "Via")
FRESH = 1.0  # seconds for which others are told the same

probes = Blueprint("probes", __name__)


class Readiness:
    """Whether the store can be used, as it was found a moment ago.

    One at a time looks, however many ask: a database that hangs holds up no more than that one.
    Who asks meanwhile is told what was found last; at first, that nothing was.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._looking = Lock()
        self._fault: StoreAway | None = StoreAway("The store was not reached yet.")
        self._until = 0.0

    def fault(self) -> StoreAway | None:
        """Return what is wrong; None where nothing is."""
        if time.monotonic() >= self._until and self._looking.acquire(blocking=False):
            try:
                self._store.check(A_MOMENT)
                self._fault = None
            except StoreAway as error:
                self._fault = error
            finally:
                self._until = time.monotonic() + FRESH
                self._looking.release()
        return self._fault


@probes.get("/health")
def say_health() -> Response:
    """Say that this process answers."""
    return _said("ok", 200)


@probes.get("/ready")
def say_ready() -> Response:
    """Say whether the database is reached, and its schema is the one of this program."""
    ready: Readiness = current_app.extensions["readiness"]
    fault = ready.fault()
    if fault is None:
        return _said("ready", 200)
    response = _said("away", 503, what=fault.what)
    response.headers["Retry-After"] = str(fault.retry_after)
    return response


@probes.get("/metrics")
def say_metrics() -> Response:
    """Say what Prometheus asks for, where that is set: to who asks this server itself.

    What comes by a proxy comes from anybody; and through one, each time another server may answer.
    """
    metrics = current_app.extensions.get("metrics")
    if metrics is None or any(name in request.headers for name in BY_PROXY):
        abort(404)
    response = Response(metrics.text(), content_type=METRICS)
    response.headers["Cache-Control"] = "no-store"
    return response


def _said(status: str, code: int, **more: str) -> Response:
    response = jsonify(status=status, **more)
    response.status_code = code
    response.headers["Cache-Control"] = "no-store"
    return response
