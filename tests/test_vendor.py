import gzip
import hashlib
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
VENDOR = ROOT / "static" / "vendor"
ENTRIES = [
    pytest.param(entry, id=entry["file"])
    for entry in json.loads((VENDOR / "manifest.json").read_text("utf-8"))
]
OURS = [
    pytest.param(path, id=path.relative_to(ROOT).as_posix())
    for folder in ("templates", "static")
    for path in sorted((ROOT / folder).rglob("*"))
    if path.suffix in {".html", ".css", ".js", ".svg", ".webmanifest"}
    and VENDOR not in path.parents
]
# What makes a browser fetch: not href on <a>, where an outside address is only a link.
FETCHED_FROM_OUTSIDE = re.compile(
    r"""<(?:script|img|iframe|source|audio|video|object|embed|use|image)\b[^>]*
            \b(?:src|srcset|data|href)\s*=\s*["']?\s*(?:https?:)?//
      | <link\b[^>]*\bhref\s*=\s*["']?\s*(?:https?:)?//
      | @import\s+(?:url\()?\s*["']?\s*(?:https?:)?//
      | \burl\(\s*["']?\s*(?:https?:)?//
      | \b(?:import|from|importScripts|fetch|EventSource|WebSocket|Worker)\s*\(?\s*
            ["'`](?:https?:|wss?:)?//""",
    re.VERBOSE | re.IGNORECASE,
)


@pytest.mark.parametrize("entry", ENTRIES)
def test_a_vendored_file_is_the_one_that_the_manifest_names(entry):
    content = (VENDOR / entry["file"]).read_bytes()
    assert len(content) == entry["bytes"]
    assert hashlib.sha256(content).hexdigest() == entry["sha256"]


@pytest.mark.parametrize("entry", ENTRIES)
def test_a_vendored_file_says_where_it_is_from_and_carries_its_licence(entry):
    assert entry["name"]
    assert entry["source"]
    assert entry["licence"]
    assert len((VENDOR / entry["licence_file"]).read_text("utf-8")) > 500


@pytest.mark.parametrize("entry", ENTRIES)
def test_the_name_of_a_vendored_file_holds_its_version(entry):
    assert entry["version"] in entry["file"]


def test_the_lock_holds_hashes_and_no_host():
    lock = json.loads((ROOT / "scripts" / "package-lock.json").read_text("utf-8"))
    packages = {path: package for path, package in lock["packages"].items() if path}
    assert all(package["integrity"].startswith("sha512-") for package in packages.values())
    assert not any("resolved" in package for package in packages.values())


@pytest.mark.parametrize("entry", ENTRIES)
def test_the_lock_and_the_manifest_name_the_same_versions(entry):
    wanted = json.loads((ROOT / "scripts" / "package.json").read_text("utf-8"))["dependencies"]
    package = entry["source"].removeprefix("npm ").partition("@")[0]
    assert wanted.get(package, entry["version"]) == entry["version"]


def test_every_file_in_the_folder_is_named_in_the_manifest():
    named = {entry.values[0][key] for entry in ENTRIES for key in ("file", "licence_file")}
    assert {path.name for path in VENDOR.iterdir()} == named | {"manifest.json"}


@pytest.mark.parametrize("font", sorted(VENDOR.glob("*.woff2")), ids=lambda path: path.name)
def test_a_font_says_how_it_was_cut(font):
    (entry,) = (entry.values[0] for entry in ENTRIES if entry.values[0]["file"] == font.name)
    assert "scripts/fonts.py" in entry["made_with"]


def test_the_fonts_leave_room_in_a_page_of_150_kb():
    assert sum(font.stat().st_size for font in VENDOR.glob("*.woff2")) < 80_000


@pytest.mark.parametrize("path", sorted(VENDOR.glob("*.gz")), ids=lambda path: path.name)
def test_a_compressed_file_opens_to_the_file_beside_it(path):
    assert gzip.decompress(path.read_bytes()) == path.with_suffix("").read_bytes()


@pytest.mark.parametrize("path", OURS)
def test_nothing_that_we_serve_fetches_from_elsewhere(path):
    assert not FETCHED_FROM_OUTSIDE.search(path.read_text("utf-8"))


@pytest.mark.parametrize(
    "text",
    [
        '<script defer src="https://cdn.example/htmx.js">',
        '<link rel="stylesheet" href="//cdn.example/a.css">',
        "@import url(http://cdn.example/a.css);",
        "src: url('https://cdn.example/a.woff2')",
        'import { draw } from "https://cdn.example/a.js";',
    ],
)
def test_a_fetch_from_elsewhere_would_be_found(text):
    assert FETCHED_FROM_OUTSIDE.search(text)


@pytest.mark.parametrize(
    "text",
    [
        '<a href="https://example.org/paper">the paper</a>',
        '<svg xmlns="http://www.w3.org/2000/svg">',
        '<script defer src="/static/vendor/htmx-4.0.1.min.js">',
    ],
)
def test_a_link_and_a_namespace_are_not_fetches(text):
    assert not FETCHED_FROM_OUTSIDE.search(text)
