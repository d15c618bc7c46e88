"""The site as an engine is served it that tells nothing of its console: the page tells it itself.

A script of the site's own, so that the policy allows it, stands before all others. It passes on
what `console.error` says, errors and refused promises that nobody catches, what breaks the policy,
and scripts, styles and pictures that do not load. What is not heard: what the engine itself writes
into its console and tells no script of, such as a rule of a style that it cannot read.

Requests that htmx makes can also be held back, so that one is under way when a page is left.
"""

import threading
from collections.abc import Iterable
from typing import Any

PLACE = "/heard"
HEAD = b"<head>"
TAG = b'<head><script src="/heard"></script>'
EAR = b"""(() => {
  const tell = words => {
    const sent = new XMLHttpRequest();
    sent.open('POST', '/heard', false); // it is told before anything else happens
    sent.send(words);
  };
  const say = console.error.bind(console);
  console.error = (...words) => { say(...words); tell(words.join(' ')); };
  addEventListener('error', e => tell(
    e instanceof ErrorEvent ? `${e.message} at ${e.filename}:${e.lineno}`
      : `not loaded: ${e.target.src ?? e.target.href ?? e.target.localName}`), true);
  addEventListener('unhandledrejection', e => tell(`refused: ${e.reason}`));
  document.addEventListener('securitypolicyviolation', e => tell(
    `content security policy: ${e.effectiveDirective} forbids ${e.blockedURI} ${e.sample}`));
})();
"""


class Hearing:
    """A WSGI app around the site's."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.listens = False
        self.heard: list[str] = []
        self.goes_on = threading.Event()
        self.goes_on.set()
        self.waiting = threading.Event()

    def hold(self) -> None:
        """Answer no request of htmx from now on."""
        self.waiting.clear()
        self.goes_on.clear()

    def let_go(self) -> None:
        """Answer again, also what has waited."""
        self.goes_on.set()

    def told(self) -> list[str]:
        """Return what was heard since this was asked last."""
        heard, self.heard = self.heard, []
        return heard

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ["PATH_INFO"] == PLACE:
            return self._listen(environ, start_response)
        if "HTTP_HX_REQUEST" in environ and not self.goes_on.is_set():
            self.waiting.set()
            self.goes_on.wait(60)
        if not self.listens:
            return self.app(environ, start_response)
        return self._with_an_ear(environ, start_response)

    def _listen(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] == "POST":
            words = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"] or 0))
            self.heard.append(words.decode("utf-8", "replace"))
            start_response("204 No Content", [])
            return []
        start_response("200 OK", [("Content-Type", "text/javascript")])
        return [EAR]

    def _with_an_ear(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        begun: list[Any] = []
        body = self.app(environ, lambda *head: begun.extend(head))
        status, headers, *rest = begun
        if not dict(headers).get("Content-Type", "").startswith("text/html"):
            start_response(status, headers, *rest)
            return body
        page = b"".join(body).replace(HEAD, TAG, 1)
        kept = [(name, value) for name, value in headers if name != "Content-Length"]
        start_response(status, [*kept, ("Content-Length", str(len(page)))], *rest)
        return [page]
