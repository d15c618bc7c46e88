"""The picture of a graph as a file of its own, which needs no page, style or font around it.

The styles are the page's own, in the light theme: variables become colours and `:is()` becomes a
list of selectors, because programs that draw and print know neither.
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from xml.etree import ElementTree

from flask import current_app, render_template

from backprop.drawing.scene import Scene
from backprop.web.assets import Assets

KEPT = ("fill", "stroke", "opacity", "font", "letter-spacing", "text-anchor", "display")
DROPPED = ("href", "tabindex", "aria-hidden")

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_AT_RULE = re.compile(r"@[^{};]+\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}")
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_VARIABLE = re.compile(r"var\((--[\w-]+)(?:,\s*[^()]*)?\)")
_EITHER = re.compile(r":is\(([^()]*)\)")
_MIX = re.compile(r"color-mix\(in srgb, (#\w+) (\d+)%, (#\w+|transparent)\)")


def picture_file(scene: Scene) -> str:
    """Return a scene as a whole SVG document."""
    assets: Assets = current_app.extensions["assets"]
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
    if match[3] == "transparent":
        return match[1]
    share = int(match[2]) / 100
    pairs = zip(_parts(match[1]), _parts(match[3]), strict=True)
    return "#" + "".join(f"{round(share * one + (1 - share) * other):02x}" for one, other in pairs)


def _parts(colour: str) -> tuple[int, ...]:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    return tuple(int(digits[i : i + 2], 16) for i in (0, 2, 4))
