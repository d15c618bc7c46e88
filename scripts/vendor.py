"""Fetch what the pages load from others into static/vendor, verified: run by `make vendor`.

Packages come by `npm pack`; Plotly's stylesheet is read from a page in a real Chromium, since
upstream does not publish the rules the bundle injects; the maths font is only verified, for the
manifest says how it was made. A file that the manifest knows must come out byte for byte the same.

Needs npm and, only when Plotly's version changes, a Chromium (CHROMIUM_PATH or on the PATH).
"""

import argparse
import gzip
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

VENDOR = Path(__file__).resolve().parent.parent / "static" / "vendor"
MANIFEST = VENDOR / "manifest.json"
STYLE_ID = "plotly.js-style-global"  # where plotly.js puts its rules


@dataclass(frozen=True)
class Package:
    """One file of an npm package, and the licence text beside it."""

    source: str  # the package's name
    version: str
    licence: str
    member: str  # the file's path in the package
    file: str  # its name here, with the version
    gzipped: bool = False  # also kept compressed, for Flask does not compress

    @property
    def licence_file(self) -> str:
        """Name of the licence text, as kept here."""
        return f"{self.file.partition(f'-{self.version}')[0]}-LICENSE.txt"


PACKAGES = (
    Package("htmx.org", "4.0.1", "0BSD", "dist/htmx.min.js", "htmx-4.0.1.min.js"),
    Package(
        "plotly.js-cartesian-dist-min",
        "4.1.1",
        "MIT",
        "plotly-cartesian.min.js",
        "plotly-cartesian-4.1.1.min.js",
        gzipped=True,
    ),
    Package(
        "@fontsource-variable/inter",
        "5.3.0",
        "OFL-1.1",
        "files/inter-latin-wght-normal.woff2",
        "inter-latin-5.3.0.woff2",
    ),
)
PLOTLY = PACKAGES[1]

MATHS_FONT = {
    "file": "pagella-math-subset-1.632.woff2",
    "name": "TeX Gyre Pagella Math, subset (the style sheets call the family “Math”)",
    "version": "1.632",
    "licence": "GUST Font License (LPPL 1.3c or later)",
    "licence_file": "pagella-math-LICENSE.txt",
    "source": "Debian fonts-texgyre-math 20180621-6: texgyrepagella-math.otf",
    "made_with": (
        "pyftsubset texgyrepagella-math.otf --layout-features=ssty --flavor=woff2 --unicodes="
        "U+0020-007E,U+00A0,U+00AC,U+00AF,U+00B1,U+00B7,U+00D7,U+00F7,U+02C6,U+02DC,U+0302-0304,"
        "U+0391-03A1,U+03A3-03A9,U+03B1-03C9,U+2009,U+2013,U+2016,U+2026,U+2032-2034,U+2061-2064,"
        "U+210E,U+2112,U+211D,U+2190-2193,U+21A6,U+21D2,U+2200,U+2202-2203,U+2207-2208,U+220B,"
        "U+220F,U+2211-2212,U+2218,U+221A,U+221D-221E,U+2225,U+2227-2228,U+222B,U+223C,U+2248,"
        "U+2260,U+2264-2265,U+2297,U+2299,U+22A4,U+22C5,U+22EE-22F1,U+2308-230B,U+27E8-27E9,"
        "U+1D400-1D454,U+1D456-1D467,U+1D6E2-1D71B   (fonttools 4.68.0; keeps the MATH table)"
    ),
}


def main() -> None:
    """Fetch, verify and write every file, then the manifest."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    if shutil.which("npm") is None:
        sys.exit("npm is missing. Install it: sudo apt install npm, or brew install node")
    known = read_known()
    VENDOR.mkdir(parents=True, exist_ok=True)
    for package in PACKAGES:
        content, licence = fetch(package)
        keep(package.file, content, known)
        keep(package.licence_file, licence, known)
        if package.gzipped:
            keep_gzipped(package.file, content, known)
    keep_plotly_style(known)
    entries = sorted(describe_all(), key=lambda entry: entry["file"])
    for entry in entries:
        verify(VENDOR / entry["file"], known)
    MANIFEST.write_text(json.dumps(entries, indent=2, ensure_ascii=False) + "\n", "utf-8")
    remove_strangers(entries)
    print(f"{len(entries)} files in static/vendor are verified.")


def read_known() -> dict[str, str]:
    """Return the SHA-256 of each file that the manifest lists."""
    if not MANIFEST.exists():
        return {}
    return {entry["file"]: entry["sha256"] for entry in json.loads(MANIFEST.read_text("utf-8"))}


def fetch(package: Package) -> tuple[bytes, bytes]:
    """Return the package's file and its licence text; npm checks the package's own hash."""
    wanted = f"{package.source}@{package.version}"
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            ["npm", "pack", "--silent", wanted], cwd=folder, check=True, stdout=subprocess.DEVNULL
        )
        (archive,) = Path(folder).glob("*.tgz")
        with tarfile.open(archive) as tar:
            return read(tar, package.member), read(tar, "LICENSE")


def read(tar: tarfile.TarFile, member: str) -> bytes:
    """Return the content of one member of an npm archive."""
    file = tar.extractfile(f"package/{member}")
    assert file is not None, f"{member} is not a plain file"
    return file.read()


def keep(name: str, content: bytes, known: dict[str, str]) -> None:
    """Write a file, unless it differs from what the manifest knows by that name."""
    if name in known and digest(content) != known[name]:
        sys.exit(f"{name} is not what the manifest says: {digest(content)}. Nothing was written.")
    (VENDOR / name).write_bytes(content)


def keep_gzipped(name: str, content: bytes, known: dict[str, str]) -> None:
    """Write the compressed form; one that opens to the same content stays as it is.

    Without name and time in its head it is the same on every day; but zlib differs by system.
    """
    path = VENDOR / f"{name}.gz"
    if not (path.exists() and gzip.decompress(path.read_bytes()) == content):
        keep(path.name, gzip.compress(content, compresslevel=9, mtime=0), known)


def keep_plotly_style(known: dict[str, str]) -> None:
    """Write the rules that Plotly would inject, which a strict style-src forbids it to."""
    name = f"plotly-{PLOTLY.version}.css"
    if name in known and (VENDOR / name).exists():
        return
    keep(name, dump_plotly_style().encode(), known)


def dump_plotly_style() -> str:
    """Return the rules in Plotly's injected style element, one a line."""
    from playwright.sync_api import sync_playwright  # only this step needs a browser

    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    path = os.environ.get("CHROMIUM_PATH") or next(filter(None, map(shutil.which, names)), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        page = browser.new_page()
        page.set_content("<!doctype html><title>rules</title>")
        page.add_script_tag(path=VENDOR / PLOTLY.file)
        rules = page.evaluate(
            "id => [...document.getElementById(id).sheet.cssRules].map(rule => rule.cssText)",
            STYLE_ID,
        )
        browser.close()
    return "\n".join([f"/* plotly.js {PLOTLY.version}, #{STYLE_ID}; MIT */", *rules, ""])


def describe_all() -> Iterator[dict[str, object]]:
    """Yield an entry of the manifest for each file but the licence texts."""
    for package in PACKAGES:
        described = {
            "name": package.source,
            "version": package.version,
            "licence": package.licence,
            "licence_file": package.licence_file,
            "source": f"npm {package.source}@{package.version}: {package.member}",
        }
        yield describe(package.file, described)
        if package.gzipped:
            yield describe(f"{package.file}.gz", described)
    style = {
        "name": f"the rules of #{STYLE_ID}",
        "version": PLOTLY.version,
        "licence": PLOTLY.licence,
        "licence_file": PLOTLY.licence_file,
        "source": f"npm {PLOTLY.source}@{PLOTLY.version}: read from a page by scripts/vendor.py",
    }
    yield describe(f"plotly-{PLOTLY.version}.css", style)
    yield describe(MATHS_FONT["file"], MATHS_FONT)


def describe(name: str, described: dict[str, str]) -> dict[str, object]:
    """Return one entry, measured from the file as it lies here."""
    content = (VENDOR / name).read_bytes()
    return {"file": name, **described, "sha256": digest(content), "bytes": len(content)}


def verify(path: Path, known: dict[str, str]) -> None:
    """Stop when a file is not the one that the manifest knows."""
    if known.get(path.name, digest(path.read_bytes())) != digest(path.read_bytes()):
        sys.exit(f"{path.name} is not what the manifest says. Restore it, or drop its entry.")


def remove_strangers(entries: list[dict[str, object]]) -> None:
    """Delete what no entry names, such as the files of the version before."""
    named = {entry[key] for entry in entries for key in ("file", "licence_file")}
    for path in VENDOR.iterdir():
        if path.name not in named | {MANIFEST.name}:
            print(f"Removing {path.name}, which the manifest does not name.")
            path.unlink()


def digest(content: bytes) -> str:
    """Return the SHA-256, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


if __name__ == "__main__":
    main()
