"""Files that never change under their address: styles, scripts, fonts.

An address holds the start of the file's SHA-256, so browsers keep it for a year. Text is kept
compressed in memory, or comes from a .gz beside the file. A wheel has the largest files as .xz, for
it is to be small; they are read once.
"""

import gzip
import hashlib
import lzma
import mimetypes
import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from flask import Blueprint, Response, abort, current_app, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

FOR_A_YEAR = "public, max-age=31536000, immutable"
TYPES = {".js": "text/javascript", ".woff2": "font/woff2", ".svg": "image/svg+xml"}
TEXT = ("text/", "image/svg", "application/json")
REFERENCE = re.compile(rb'url\("\.\./([^"#?:]+)"\)')  # how a style names a file: url("../vendor/…")

files = Blueprint("files", __name__)

PACKED = ".xz"
LONGEST_PATH = 200  # characters; a file system refuses names that are much longer


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as it is sent; `compressed` is empty where that would not help."""

    body: bytes
    compressed: bytes
    mimetype: str
    digest: str
    changed: int  # when the file changed last, in nanoseconds


class Assets:
    """The static folder, read once; a file that changes on disk is read again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._found: dict[str, Asset] = {}

    def find(self, path: str) -> Asset | None:
        """Return the file of this path below the folder; None when there is none."""
        if path != PurePosixPath(path).as_posix() or ".." in path or path.startswith("/"):
            return None
        if "\0" in path or len(path) > LONGEST_PATH:
            return None
        file = self.folder / path
        if not file.is_file():
            file = file.with_name(f"{file.name}{PACKED}")
        if not file.is_file():
            return None
        changed = file.stat().st_mtime_ns
        known = self._found.get(path)
        if known is None or known.changed != changed:
            known = self._found[path] = self._read(file, changed)
        return known

    def digest(self, path: str) -> str:
        """Return the start of a file's SHA-256; a name without a file is a programmer's mistake."""
        asset = self.find(path)
        assert asset is not None, f"static/{path} does not exist"
        return asset.digest

    def _read(self, file: Path, changed: int) -> Asset:
        body = file.read_bytes()
        if file.suffix == PACKED:
            file, body = file.with_suffix(""), lzma.decompress(body)
        mimetype = TYPES.get(file.suffix) or mimetypes.guess_type(file.name)[0] or ""
        mimetype = mimetype or "application/octet-stream"
        if file.suffix == ".css":
            body = REFERENCE.sub(self._with_digest, body)
        digest = hashlib.sha256(body).hexdigest()[:8]
        return Asset(body, _compressed(file, body, mimetype), mimetype, digest, changed)

    def _with_digest(self, reference: re.Match[bytes]) -> bytes:
        """Return a style's reference with the digest of what it names."""
        path = reference[1].decode()
        return f'url("../../{self.digest(path)}/{path}")'.encode()


def _compressed(file: Path, body: bytes, mimetype: str) -> bytes:
    shipped = file.with_name(f"{file.name}.gz")
    if shipped.is_file():
        return shipped.read_bytes()
    return gzip.compress(body, 9, mtime=0) if mimetype.startswith(TEXT) else b""


def asset_url(path: str) -> str:
    """Return the address of a static file, such as “css/base.css”."""
    assets: Assets = current_app.extensions["assets"]
    return url_for("files.send", digest=assets.digest(path), path=path)


@files.get("/assets/<digest>/<path:path>")
def send(digest: str, path: str) -> Response:
    """Send a file: for good when the address holds its digest, for now when it is an old one."""
    assets: Assets = current_app.extensions["assets"]
    asset = assets.find(path)
    if asset is None:
        abort(404)
    packed = asset.compressed and request.accept_encodings["gzip"] > 0
    response = Response(asset.compressed if packed else asset.body, mimetype=asset.mimetype)
    response.headers["Cache-Control"] = FOR_A_YEAR if digest == asset.digest else "no-cache"
    if asset.compressed:
        response.vary.add("Accept-Encoding")
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    return response


@files.get("/favicon.ico")
def favicon() -> AnyResponse:
    """Send those who ask by the old name to the icon."""
    return redirect(asset_url("favicon.svg"))
