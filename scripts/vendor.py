"""Fetch what the pages load from others into static/vendor, verified: run by `make vendor`.

Packages come by `npm pack`; Plotly's stylesheet is read from a page in a real Chromium, since
upstream does not publish the rules the bundle injects. The fonts are cut from whole ones to what
our pages write, each as its Cut below says. A file that the manifest knows must come out byte for
byte the same; where what cuts a font is missing, the file that lies here is verified instead.

Needs npm and, only when Plotly's version changes, a Chromium (CHROMIUM_PATH or on the PATH). To
cut the fonts: fonttools and brotli, in the versions below, and Debian's apt-get for that of maths.
"""

import argparse
import gzip
import hashlib
import importlib.metadata
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

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
    licence_member: str = "LICENSE"

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
        "plotly.js-gl3d-dist-min",  # only where a lesson draws in three dimensions
        "4.1.1",
        "MIT",
        "plotly-gl3d.min.js",
        "plotly-gl3d-4.1.1.min.js",
        gzipped=True,
    ),
)
PLOTLY = PACKAGES[1]

TOOLS = {"fonttools": "4.68.0", "brotli": "1.2.1"}  # another version may write other bytes


@dataclass(frozen=True)
class Cut:
    """What of a font is kept; ranges of code points are written as in CSS, without U+."""

    characters: tuple[str, ...]
    features: tuple[str, ...]
    axes: dict[str, float | tuple[float, float]] = field(default_factory=dict)
    in_scripts: str = ""  # the characters that keep their drawing for scripts (ssty)
    desubroutinized: bool = False  # an OpenType font with curves of PostScript packs better so


UPPER_GREEK = "393-394,398,39B,39E,3A0,3A3,3A6,3A8-3A9"
LOWER_GREEK = "3B1-3C9"
ITALIC = "210E,1D434-1D454,1D456-1D467"  # h stands apart: Unicode had it before the rest
LOWER_GREEK_ITALIC = "1D6FC-1D71B"

TEXT_CUT = Cut(
    characters=(
        "20-7E,A0,B0-B3,B5,B7,B9,BC-BE,D7,F7",  # ASCII, ° ± ² ³ µ · ¹ ¼ ½ ¾ × ÷
        "C4,C5,C7,C9,D1,D6,D8,DC,DF,E0,E4,E5,E7,E8,E9,F1,F6,F8,FC,177,302",  # names, ŷ
        "2010,2011,2013,2014,2018,2019,201C,201D,2026,2032",  # punctuation
        f"{UPPER_GREEK},{LOWER_GREEK}",
        "2B8,1D57,1D62,2070,2074-2079,207A,207B,207F,2080-2089,2096,2099,2C7C",  # ⁻⁴ ₁ ⱼ
        "2190-2193,2202,2211,2212,221A,221E,2248,2260,2264,2265",  # ← → ∂ Σ − √ ∞ ≈ ≠ ≤ ≥
    ),
    features=("kern", "mark", "ccmp", "tnum", "calt", "cv11", "ss03"),
    axes={"opsz": 14, "wght": (400, 700)},
)
MATHS_CUT = Cut(
    characters=(
        f"20-7E,A0,{UPPER_GREEK},{LOWER_GREEK},3D5",
        f"{ITALIC},{LOWER_GREEK_ITALIC}",
        "1D6E4,1D6E5,1D6E9,1D6EC,1D6EF,1D6F1,1D6F4,1D6F7,1D6F9,1D6FA",  # Γ Δ Θ Λ Ξ Π Σ Φ Ψ Ω
        "B1,B7,D7,F7,2C6,302,2009,2016,2026,2032,2033,2061,2062,2190,2192",  # ± · × ÷ ˆ ‖ … ′
        "2202,2207,2211,2212,2217,221A,221E,2248,2260,2264,2265,22C5,22EF",  # ∂ ∇ Σ − √ ∞ ≈ ⋯
    ),
    features=("ssty",),
    in_scripts=f"28-2C,2E,30-39,3D,54,61-7A,B7,D7,2032,2212,3A3,3C3,{ITALIC},{LOWER_GREEK_ITALIC}",
    desubroutinized=True,
)

TEXT_FONT = Package(
    "inter-ui",
    "4.1.1",
    "OFL-1.1",
    "variable/InterVariable.woff2",
    "inter-subset-4.1.1.woff2",
    licence_member="LICENSE.txt",
)
MATHS_FONT = {
    "file": "pagella-math-subset-1.632.woff2",
    "name": "TeX Gyre Pagella Math, subset (the style sheets call the family “Math”)",
    "version": "1.632",
    "licence": "GUST Font License (LPPL 1.3c or later)",
    "licence_file": "pagella-math-LICENSE.txt",
    "source": "Debian fonts-texgyre-math 20180621-6: texgyrepagella-math.otf",
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
    keep_fonts(known)
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
            return read(tar, package.member), read(tar, package.licence_member)


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


def keep_fonts(known: dict[str, str]) -> None:
    """Cut the fonts from their packages; where that cannot be done, say so and leave them."""
    if any(find_version(tool) != version for tool, version in TOOLS.items()):
        wanted = " ".join(f"{tool}=={version}" for tool, version in TOOLS.items())
        return leave(
            (TEXT_FONT.file, MATHS_FONT["file"]), f"{sys.executable} -m pip install {wanted}"
        )
    whole, licence = fetch(TEXT_FONT)
    keep(TEXT_FONT.file, cut(whole, TEXT_CUT), known)
    keep(TEXT_FONT.licence_file, licence, known)
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        return leave((MATHS_FONT["file"],), "run this on Debian 12 or in a container of it")
    keep(MATHS_FONT["file"], cut(fetch_from_debian(MATHS_FONT["source"]), MATHS_CUT), known)
    return None


def find_version(tool: str) -> str:
    """Return the installed version of a Python package, or nothing."""
    try:
        return importlib.metadata.version(tool)
    except importlib.metadata.PackageNotFoundError:
        return ""


def leave(names: tuple[str, ...], advice: str) -> None:
    """Say which fonts are not cut again, and what to do about it; stop when there are none."""
    print(f"Only verified, not cut again: {', '.join(names)}. To cut them: {advice}")
    if not all((VENDOR / name).exists() for name in names):
        sys.exit("They are missing, so nothing can be verified.")


def fetch_from_debian(source: str) -> bytes:
    """Return a file of a Debian package; apt checks the package's own hash and needs no root."""
    _, package, version, name = source.replace(":", "").split()
    with tempfile.TemporaryDirectory() as folder:
        command = ["apt-get", "download", "-qq", f"{package}={version}"]
        if subprocess.run(command, cwd=folder, check=False).returncode:
            sys.exit(f"apt-get did not find {package}={version}. Refresh: sudo apt-get update")
        (archive,) = Path(folder).glob("*.deb")
        subprocess.run(["dpkg-deb", "-x", archive, folder], check=True)
        (file,) = Path(folder).rglob(name)
        return file.read_bytes()


def cut(whole: bytes, kept: Cut) -> bytes:
    """Return a font as woff2 with only what is kept; the same bytes on every day."""
    from fontTools.subset import Options, Subsetter  # only fonts need them
    from fontTools.ttLib import TTFont
    from fontTools.varLib import instancer

    font = TTFont(io.BytesIO(whole), recalcTimestamp=False)
    if kept.axes:
        narrowed = io.BytesIO()
        instancer.instantiateVariableFont(font, kept.axes, inplace=True)
        font.flavor = None
        font.save(narrowed)  # read anew, for the subsetter wants tables as they are in a file
        font = TTFont(io.BytesIO(narrowed.getvalue()), recalcTimestamp=False)
    if kept.in_scripts:
        keep_one_script_size(font, code_points(kept.in_scripts))
    options = Options(
        layout_features=list(kept.features),
        desubroutinize=kept.desubroutinized,
        name_IDs=[*range(7), 13, 14],  # family, version and so on, and the licence
        drop_tables=[*Options().drop_tables, "FFTM"],
    )
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=code_points(",".join(kept.characters)))
    subsetter.subset(font)
    font.flavor = "woff2"
    content = io.BytesIO()
    font.save(content)
    return content.getvalue()


def keep_one_script_size(font: Any, characters: set[int]) -> None:
    """Draw scripts of scripts like scripts, and drop the drawings that we never raise or lower."""
    names = {font.getBestCmap()[character] for character in characters}
    table = font["GSUB"].table
    for record in table.FeatureList.FeatureRecord:
        if record.FeatureTag == "ssty":
            for i in record.Feature.LookupListIndex:
                for part in table.LookupList.Lookup[i].SubTable:
                    drawings = part.alternates.items()
                    part.alternates = {k: [v[0]] * 2 for k, v in drawings if k in names}


def code_points(ranges: str) -> set[int]:
    """Return the code points of ranges such as 20-7E,A0."""
    ends = [part.partition("-") for part in ranges.split(",")]
    return {i for a, _, b in ends for i in range(int(a, 16), int(b or a, 16) + 1)}


def recipe(kept: Cut) -> str:
    """Return in one line how a font was cut."""
    tools = " and ".join(f"{tool} {version}" for tool, version in TOOLS.items())
    steps = [f"scripts/vendor.py with {tools}"]
    steps += [f"{axis} {value}" for axis, value in kept.axes.items()]
    steps += [f"features {', '.join(kept.features)}", written(",".join(kept.characters))]
    if kept.in_scripts:
        steps.append(f"drawn for scripts: {written(kept.in_scripts)}")
    return "; ".join(steps)


def written(ranges: str) -> str:
    """Return ranges as CSS has them: U+20-7E,U+A0."""
    return ",".join(f"U+{part}" for part in ranges.split(","))


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
    described = {
        "name": "Inter, variable, subset",
        "version": TEXT_FONT.version,
        "licence": TEXT_FONT.licence,
        "licence_file": TEXT_FONT.licence_file,
        "source": f"npm {TEXT_FONT.source}@{TEXT_FONT.version}: {TEXT_FONT.member}",
    }
    yield describe(TEXT_FONT.file, described | {"made_with": recipe(TEXT_CUT)})
    yield describe(MATHS_FONT["file"], MATHS_FONT | {"made_with": recipe(MATHS_CUT)})


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
