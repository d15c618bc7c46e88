"""The picture of a graph or a program as a file of its own: no page, style or font is around it.

The styles are the page's own, in the light theme: variables become colours and `:is()` becomes a
list of selectors, because programs that draw and print know neither.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any
from xml.etree import ElementTree

import numpy as np
from flask import current_app, render_template

from backprop.drawing.scene import Scene
from backprop.stage.programs.drawn import draw_program
from backprop.stage.programs.rows import Picture
from backprop.web.assets import Assets

KEPT = ("fill", "stroke", "opacity", "font", "letter-spacing", "text-anchor", "display")
DROPPED = ("href", "tabindex", "aria-hidden")

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_AT_RULE = re.compile(r"@[^{};]+\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}")
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_VARIABLE = re.compile(r"var\((--[\w-]+)(?:,\s*[^()]*)?\)")
_EITHER = re.compile(r":is\(([^()]*)\)")
_MIX = re.compile(r"color-mix\(in (srgb|oklab), (#\w+) (\d+)%, (#\w+|transparent)\)")
_OF_MAPS = re.compile(r"\.(m|rails)( |$)")  # the rules of the page that a program's picture needs
_TEXTS = """\
text { font-family: var(--ui); font-size: 11px; fill: var(--muted); }
.code { font-family: ui-monospace, "SF Mono", "Cascadia Mono", Consolas, monospace; \
font-size: 13px; }
.name { font-weight: 700; fill: var(--ink); }
.read { fill: var(--ink); }
.no { text-anchor: end; }
.middle { text-anchor: middle; }
.number { font-size: 14px; font-weight: 600; }
.small { font-weight: 560; }
text.forward { fill: var(--fwd); }
text.backward { fill: var(--bwd); }
.page { fill: var(--bg); }
.band.forward { fill: var(--fwd-wash); }
.band.backward { fill: var(--bwd-wash); }
.unmade { fill: none; stroke: var(--edge); stroke-dasharray: 3 3; }
.rails, .m { fill: none; }
"""


_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def picture_file(scene: Scene | Picture) -> str:
    """Return a scene, or a program's picture, as a whole SVG document."""
    assets: Assets = current_app.extensions["assets"]
    if isinstance(scene, Picture):
        drawn = render_template("programs/_drawn.svg.html", drawn=draw_program(scene))
        styles = (_text(assets, f"css/{name}.css") for name in ("base", "programs"))
        return standalone(drawn, program_styles(*styles))
    base, graph = (_text(assets, f"css/{name}.css") for name in ("base", "graph"))
    drawn = render_template("_graph.svg.html", scene=scene)
    return standalone(drawn, light_styles(base, graph, scene.phase))


def _text(assets: Assets, path: str) -> str:
    asset = assets.find(path)
    assert asset is not None, f"static/{path} does not exist"
    return asset.body.decode()


def standalone(drawn: str, styles: str) -> str:
    """Return what the template draws as a document: without links, with its styles inside."""
    root = ElementTree.fromstring(drawn)
    _, _, width, height = root.attrib["viewBox"].split()
    root.attrib |= {"xmlns": "http://www.w3.org/2000/svg", "width": width, "height": height}
    for name in ("style", "role", "aria-labelledby"):
        root.attrib.pop(name, None)
    for group in root.findall("./g[@id='hits']"):
        root.remove(group)
    for element in root.iter():
        element.tag = "g" if element.tag == "a" else element.tag
        for name in [n for n in element.attrib if n in DROPPED or n.startswith(("hx-", "data-"))]:
            del element.attrib[name]
    style = ElementTree.Element("style")
    style.text = styles
    root.insert(0, style)
    return ElementTree.tostring(root, encoding="unicode") + "\n"


@lru_cache(maxsize=16)
def light_styles(base: str, graph: str, phase: str) -> str:
    """Return the picture's styles in the light theme, with every variable filled in."""
    rules = list(_rules(graph))
    tokens = dict(_declared(next(body for selector, body in _rules(base) if selector == ":root")))
    for selector, body in rules:
        if selector in (".graph-svg", f".graph-svg.phase-{phase}"):
            tokens |= {name: text for name, text in _declared(body) if name.startswith("--")}
    lines = []
    for selector, body in rules:
        kept = [f"{n}: {_filled(t, tokens)}" for n, t in _declared(body) if n.startswith(KEPT)]
        if kept and not re.search(r":(hover|focus)", selector):
            lines.append(f"{', '.join(spread(selector))} {{ {'; '.join(kept)} }}")
    return "\n".join(lines)


@lru_cache(maxsize=4)
def program_styles(base: str, arrays: str) -> str:
    """Return the styles of a program's picture in the light theme, with every variable filled in.

    What colour a tone has stands in a variable of its own: --k.
    """
    tokens = dict(_declared(next(body for selector, body in _rules(base) if selector == ":root")))
    lines = [_filled(line, tokens) for line in _TEXTS.strip().split("\n")]
    for selector, body in _rules(arrays):
        mine = [part for part in spread(selector) if _OF_MAPS.match(part)]
        declared = dict(_declared(body))
        if "--k" in declared:
            declared["stroke"] = declared.pop("--k")
        of_page = ("max-width", "position", "pointer-events", "outline", "left", "top", "overflow")
        kept = [
            f"{name}: {_filled(text, tokens)}"
            for name, text in declared.items()
            if "--k" not in text and not name.startswith((*of_page, "flex", "display", "print"))
        ]
        if mine and kept and not re.search(r":(hover|focus)", selector):
            lines.append(f"{', '.join(mine)} {{ {'; '.join(kept)} }}")
    return "\n".join(lines)


def _rules(css: str) -> Iterator[tuple[str, str]]:
    plain = _AT_RULE.sub("", _COMMENT.sub("", css))
    for match in _RULE.finditer(plain):
        yield match[1].strip(), match[2]


def _declared(body: str) -> Iterator[tuple[str, str]]:
    for declaration in body.split(";"):
        name, colon, text = declaration.partition(":")
        if colon:
            yield name.strip(), text.strip()


def spread(selector: str) -> list[str]:
    """Return the selectors that one with :is() stands for."""
    match = _EITHER.search(selector)
    if match is None:
        return [part.strip() for part in selector.split(",")]
    before, after = selector[: match.start()], selector[match.end() :]
    return [one for each in match[1].split(",") for one in spread(f"{before}{each.strip()}{after}")]


def _filled(text: str, tokens: Mapping[str, str]) -> str:
    while _VARIABLE.search(text):
        text = _VARIABLE.sub(lambda match: tokens.get(match[1], "none"), text)
    return _MIX.sub(_mixed, text)


def _mixed(match: re.Match[str]) -> str:
    """Return the colour that color-mix() makes of two."""
    space, first, percent, second = match.groups()
    if second == "transparent":
        return first
    share = int(percent) / 100
    one, other = _parts(first), _parts(second)
    if space == "oklab":
        mixed = share * _to_oklab(one) + (1 - share) * _to_oklab(other)
        return _hex(_from_oklab(mixed))
    pairs = zip(one, other, strict=True)
    return _hex([share * a + (1 - share) * b for a, b in pairs])


def _hex(parts: Iterable[float]) -> str:
    return "#" + "".join(f"{min(max(round(part), 0), 255):02x}" for part in parts)


def _to_oklab(parts: tuple[int, ...]) -> Any:
    """Return a colour as lightness and two opponents.

    Source: Björn Ottosson, A perceptual color space for image processing (2020).
    """
    shares = np.array(parts) / 255
    linear = np.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4)
    return _LAB @ np.cbrt(_CONES @ linear)


def _from_oklab(lab: Any) -> list[float]:
    linear = np.linalg.solve(_CONES, np.linalg.solve(_LAB, lab) ** 3)
    curved = 1.055 * np.maximum(linear, 0) ** (1 / 2.4) - 0.055
    found: list[float] = (255 * np.where(linear <= 0.0031308, 12.92 * linear, curved)).tolist()
    return found


def _parts(colour: str) -> tuple[int, ...]:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    return tuple(int(digits[i : i + 2], 16) for i in (0, 2, 4))
