"""Copy what the pages load from others into static/vendor, verified: run by `make vendor`.

package.json and its lock beside this file say what npm installs, into a folder that is thrown away;
the manifest says what is copied from there. A file whose SHA-256 it knows must come out the same,
byte for byte; of one without, it is written down. Plotly's stylesheet is read from a page in a real
Chromium, since upstream does not publish the rules the bundle injects; fonts.py cuts the fonts.

To take a newer version: change it here in package.json, run `npm install --package-lock-only`,
change file, version and source in the manifest, and drop its sha256.

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
import tempfile
from pathlib import Path
from typing import Any

from fonts import cut_font, unpack

HERE = Path(__file__).resolve().parent
VENDOR = HERE.parent / "static" / "vendor"
MANIFEST = VENDOR / "manifest.json"
STYLE_ID = "plotly.js-style-global"  # where plotly.js puts its rules

Entry = dict[str, Any]  # of the manifest


def main() -> None:
    """Make every file that the manifest names, verify it, and write down what it is."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    if shutil.which("npm") is None:
        sys.exit("npm is missing. Install it: sudo apt install npm, or brew install node")
    entries = json.loads(MANIFEST.read_text("utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        modules = install(Path(folder))
        for entry in entries:
            keep(entry, make(entry, modules))
            keep_licence(entry, modules)
    MANIFEST.write_text(json.dumps(entries, indent=2, ensure_ascii=False) + "\n", "utf-8")
    remove_strangers(entries)
    print(f"{len(entries)} files in static/vendor are verified.")


def install(folder: Path) -> Path:
    """Return the folder of packages as the lock says; npm checks the hash of each."""
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, folder)
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
    subprocess.run(command, cwd=folder, check=True)
    return folder / "node_modules"


def make(entry: Entry, modules: Path) -> bytes | None:
    """Return the content of a file; None where what lies here can only be verified."""
    path = VENDOR / entry["file"]
    package, member = package_of(entry)
    match path.suffix:
        case ".woff2":
            return cut_font(entry, modules)
        case ".ttf":
            return unpack(path.with_suffix(".woff2"))
        case ".gz":
            return compress(path.with_suffix("").read_bytes(), path)
        case ".css":
            known = "sha256" in entry and path.exists()
            return None if known else dump_plotly_style(modules / package, entry["version"])
    return (modules / package / member).read_bytes()


def package_of(entry: Entry) -> tuple[str, str]:
    """Return the npm package and the file in it; nothing where the source is another."""
    kind, source, member = entry["source"].replace(": ", " ").split(" ", 2)
    return (source.rpartition("@")[0], member) if kind == "npm" else ("", "")


def compress(content: bytes, path: Path) -> bytes:
    """Return the compressed form; one that lies here and opens to the same content stays.

    Without name and time in its head it is the same on every day; but zlib differs by system.
    """
    if path.exists() and gzip.decompress(path.read_bytes()) == content:
        return path.read_bytes()
    return gzip.compress(content, compresslevel=9, mtime=0)


def keep(entry: Entry, content: bytes | None) -> None:
    """Write a file, and its hash and size; stop if it is not the one that the manifest knows."""
    path = VENDOR / entry["file"]
    if content is None and not path.exists():
        sys.exit(f"{path.name} is missing, so it cannot be verified.")
    content = path.read_bytes() if content is None else content
    digest = hashlib.sha256(content).hexdigest()
    if entry.setdefault("sha256", digest) != digest:
        sys.exit(f"{path.name} is not what the manifest says: {digest}. It was not written.")
    entry["bytes"] = len(content)
    path.write_bytes(content)


def keep_licence(entry: Entry, modules: Path) -> None:
    """Write the licence text of an npm package; that of another source lies here."""
    package, _ = package_of(entry)
    if not package:
        return
    version = json.loads((modules / package / "package.json").read_text("utf-8"))["version"]
    if version != entry["version"]:
        sys.exit(f"{package} is {version} in the lock, but {entry['version']} in the manifest.")
    (text,) = (modules / package).glob("LICENSE*")
    shutil.copyfile(text, VENDOR / entry["licence_file"])


def dump_plotly_style(package: Path, version: str) -> bytes:
    """Return the rules in Plotly's injected style element, one a line."""
    from playwright.sync_api import sync_playwright  # only this step needs a browser

    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    path = os.environ.get("CHROMIUM_PATH") or next(filter(None, map(shutil.which, names)), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        page = browser.new_page()
        page.set_content("<!doctype html><title>rules</title>")
        page.add_script_tag(path=next(package.glob("*.min.js")))
        rules = page.evaluate(
            "id => [...document.getElementById(id).sheet.cssRules].map(rule => rule.cssText)",
            STYLE_ID,
        )
        browser.close()
    text = "\n".join([f"/* plotly.js {version}, #{STYLE_ID}; MIT */", *rules, ""])
    return text.encode()


def remove_strangers(entries: list[Entry]) -> None:
    """Delete what no entry names, such as the files of the version before."""
    named = {entry[key] for entry in entries for key in ("file", "licence_file")}
    for path in VENDOR.iterdir():
        if path.name not in named | {MANIFEST.name}:
            print(f"Removing {path.name}, which the manifest does not name.")
            path.unlink()


if __name__ == "__main__":
    main()
