"""What every answer carries, whatever it says: a strict policy, and less weight."""

import time
from collections.abc import Iterable

from flask import Response, current_app, g, request
from isal import isal_zlib

POLICY = (
    "default-src 'self'",
    "script-src 'self'",
    "style-src 'self'",
    "style-src-attr 'unsafe-inline'",  # Plotly sets style attributes on what it draws
    "img-src 'self' data:",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
)
PROTECTION = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # a problem page says the way back
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
COMPRESSED = ("text/html", "application/json")
WORTH_IT = 1_000  # bytes
LEVEL = 2  # a part of 82 KB: 0.13 ms to 16.3 KB; zlib’s own level 2 takes 0.53 ms to 16.2 KB
GZIP = 31  # bits of the window, and that it has a header and a sum


def begin() -> None:
    """Note when the work on a request begins."""
    g.began = time.perf_counter()


def say_time(response: Response) -> Response:
    """Say how long the work took, in milliseconds; time beyond it was spent waiting for a worker.

    A script that plays a lesson asks for less where its requests wait (static/js/).
    """
    if "began" in g:
        passed = 1000 * (time.perf_counter() - g.began)
        response.headers["Server-Timing"] = f"work;dur={passed:.1f}"
    return response


def stay_here(response: Response) -> Response:
    """Lead on within this site, whatever host and scheme the request says that it came by.

    What Flask itself redirects names them: a proxy's other scheme, or nonsense.
    """
    there = response.headers.get("Location", "")
    if "://" in there.partition("?")[0]:
        response.headers["Location"] = "/" + there.split("/", 3)[-1].lstrip("/")
    return response


def protection(framers: Iterable[str] = ()) -> dict[str, str]:
    """Return what forbids the pages what they never do.

    Args:
        framers: the origins whose pages may show ours in a frame.
    """
    who = " ".join(framers) or "'none'"
    policy = "; ".join((*POLICY, f"frame-ancestors {who}"))
    return {"Content-Security-Policy": policy, **PROTECTION}


def protect(response: Response) -> Response:
    """Forbid what the pages never do, on every answer: pages, errors and files."""
    response.headers.update(current_app.extensions["protection"])
    return response


def compress(response: Response) -> Response:
    """Send pages and JSON compressed to whoever takes them so; files come compressed already."""
    if response.mimetype not in COMPRESSED or response.is_streamed or response.direct_passthrough:
        return response
    response.vary.add("Accept-Encoding")
    accepted = request.accept_encodings["gzip"] > 0
    if "Content-Encoding" in response.headers or not accepted:
        return response
    body = response.get_data()
    if len(body) >= WORTH_IT:
        response.set_data(isal_zlib.compress(body, LEVEL, GZIP))
        response.headers["Content-Encoding"] = "gzip"
    return response
