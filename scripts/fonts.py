"""Cut the fonts from whole ones to what our pages write: used by scripts/vendor.py.

Needs fonttools and brotli in the versions below, and Debian's apt-get for the font of maths.
"""

import importlib.metadata
import io
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

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
CUTS = {"inter-subset": TEXT_CUT, "pagella-math-subset": MATHS_CUT}  # how a file's name begins


def cut_font(entry: dict[str, Any], modules: Path) -> bytes | None:
    """Return the font of an entry of the manifest, which is told how; None if it cannot be cut."""
    kept = next(kept for name, kept in CUTS.items() if entry["file"].startswith(name))
    kind, source, member = entry["source"].replace(": ", " ").split(" ", 2)
    if any(find_version(tool) != version for tool, version in TOOLS.items()):
        wanted = " ".join(f"{tool}=={version}" for tool, version in TOOLS.items())
        return leave(entry["file"], f"{sys.executable} -m pip install {wanted}")
    if kind == "npm":
        whole = (modules / source.rpartition("@")[0] / member).read_bytes()
    elif shutil.which("apt-get") and shutil.which("dpkg-deb"):
        whole = fetch_from_debian(f"{source}={member.split()[0]}", member.split()[1])
    else:
        return leave(entry["file"], "run this on Debian 12 or in a container of it")
    entry["made_with"] = recipe(kept)
    return cut(whole, kept)


def find_version(tool: str) -> str:
    """Return the installed version of a Python package, or nothing."""
    try:
        return importlib.metadata.version(tool)
    except importlib.metadata.PackageNotFoundError:
        return ""


def leave(name: str, advice: str) -> None:
    """Say that a font is not cut again, and what to do about it."""
    print(f"Only verified, not cut again: {name}. To cut it: {advice}")


def fetch_from_debian(package: str, name: str) -> bytes:
    """Return a file of a Debian package; apt checks the package's own hash and needs no root."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["apt-get", "download", "-qq", package]
        if subprocess.run(command, cwd=folder, check=False).returncode:
            sys.exit(f"apt-get did not find {package}. Refresh: sudo apt-get update")
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


def unpack(path: Path) -> bytes | None:
    """Return a font that is packed as woff2 as TrueType or OpenType, for what draws PNGs."""
    if any(find_version(tool) != version for tool, version in TOOLS.items()):
        wanted = " ".join(f"{tool}=={version}" for tool, version in TOOLS.items())
        return leave(path.with_suffix(".ttf").name, f"{sys.executable} -m pip install {wanted}")
    from fontTools.ttLib import TTFont

    font, content = TTFont(path, recalcTimestamp=False), io.BytesIO()
    font.flavor = None
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
    steps = [f"scripts/fonts.py with {tools}"]
    steps += [f"{axis} {value}" for axis, value in kept.axes.items()]
    steps += [f"features {', '.join(kept.features)}", written(",".join(kept.characters))]
    if kept.in_scripts:
        steps.append(f"drawn for scripts: {written(kept.in_scripts)}")
    return "; ".join(steps)


def written(ranges: str) -> str:
    """Return ranges as CSS has them: U+20-7E,U+A0."""
    return ",".join(f"U+{part}" for part in ranges.split(","))
