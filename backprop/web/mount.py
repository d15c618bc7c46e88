"""Where the pages are mounted: at the root of a host, or below a path of it (URL_PREFIX).

Inside, no address knows of the path, so what is stored or carried in an address opens wherever the
pages are mounted. At the door it is taken off a request, unless a proxy did that already, and set
before every address that an answer leads to: in pages, in headers, for cookies. What is JSON says
addresses below the root of the interface, as its description does (`servers`).
"""

import re
from collections.abc import Callable, Iterable
from itertools import chain
from typing import Any

from flask import Flask, Response, current_app, request

from backprop.web.settings import SettingError

Application = Callable[..., Iterable[bytes]]
LEADING = ("Location", "HX-Push-Url")  # headers that are an address
ADDRESSES = (  # attributes that are one, where they begin with a slash
    b"href src action hx-get hx-post data-address data-cartesian data-class data-copy data-end "
    b"data-fetch data-gl3d data-here data-keep data-mine data-near data-on data-path data-png "
    b"data-read data-script".split()
)
COOKIE_PATH = re.compile(r"; Path=(?:/(?=;|$)|(/[^;]+))")  # the root's is the prefix alone
ENDS = tuple(space + name for name in ADDRESSES for space in (b" ", b"\n"))
START = b'="/'


class Mounted:
    """An application below a path: what comes to it by that path, it takes as its own.

    Args:
        application: whose addresses begin at the root.
        prefix: “/backprop”.
    """

    def __init__(self, application: Application, prefix: str) -> None:
        self.application = application
        self.prefix = prefix

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer a request, as WSGI has it."""
        environ["PATH_INFO"] = inside(environ.get("PATH_INFO", ""), self.prefix)
        return self.application(environ, start_response)


def mount(app: Flask) -> None:
    """Mount the application where its setting says.

    Raises:
        SettingError: a page is called as the path is, so that none could tell which is meant.
    """
    prefix = app.config["URL_PREFIX"]
    if not prefix:
        return
    for rule in app.url_map.iter_rules():
        if f"{rule.rule}/".startswith(f"{prefix}/"):
            raise SettingError(
                f"URL_PREFIX is “{prefix}”, which is the address of pages here; choose another, "
                "as in: URL_PREFIX=/backprop"
            )
    app.wsgi_app = Mounted(app.wsgi_app, prefix)  # type: ignore[method-assign]


def root() -> str:
    """Return the path below which the pages are mounted; empty at the root of a host."""
    return str(current_app.config["URL_PREFIX"])


def outside(address: str) -> str:
    """Return a whole link to an address of this site, for who is elsewhere: for a camera."""
    return f"{request.host_url.rstrip('/')}{root()}{address}"


def inside(path: str, prefix: str) -> str:
    """Return a path as it is called inside: without the prefix, where it has it."""
    rest = path.removeprefix(prefix)
    return rest or "/" if prefix and path != rest and rest[:1] in ("", "/") else path


def lead_below(response: Response) -> Response:
    """Let an answer lead to addresses below the prefix."""
    if not (prefix := root()):
        return response
    for name in LEADING:
        address = response.headers.get(name, "")
        if address.startswith("/"):
            response.headers[name] = prefix + address
    if cookies := response.headers.getlist("Set-Cookie"):
        response.headers.setlist(
            "Set-Cookie", [COOKIE_PATH.sub(rf"; Path={prefix}\1", each) for each in cookies]
        )
    if response.mimetype == "text/html" and not response.is_streamed:
        response.set_data(with_prefix(response.get_data(), prefix))
    return response


def with_prefix(page: bytes, prefix: str) -> bytes:
    """Return a page whose addresses have the prefix.

    An attribute that begins with a slash ends one piece of the page and begins the next; in a text,
    a quotation mark after “=” is escaped, so that there is none such. None leads to another host.
    """
    pieces = page.split(START)
    mounted = f'="{prefix}/'.encode()
    joints = [mounted if piece.endswith(ENDS) else START for piece in pieces]
    joints[-1] = b""
    return b"".join(chain.from_iterable(zip(pieces, joints, strict=True)))
