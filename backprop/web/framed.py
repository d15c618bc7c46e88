"""What other sites show of a page: the lesson in a frame, and a card where its link is posted.

A frame is offered to those whom EMBED_ORIGINS lets have one. The card's picture is the state's own
graph, drawn as PNG where a font file lies beside the styles; a wheel has none, for nobody posts
links to a laptop.
"""

from dataclasses import dataclass
from functools import lru_cache
from html import escape
from importlib.util import find_spec
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit
from xml.etree import ElementTree

from flask import Blueprint, Response, abort, current_app, jsonify, request

from backprop.stage.choices import change, has_choice
from backprop.stage.lesson import Lesson
from backprop.stage.links import Links
from backprop.web.assets import Assets
from backprop.web.filters import below
from backprop.web.mount import outside, root
from backprop.web.picture_file import picture_file
from backprop.web.query import find_lesson, known_lessons, read_state, request_pairs

WIDTH, HEIGHT = 960, 720  # of a frame, until it says its own height
CARD = 1200, 630  # pixels, what previews are cut to
MARGIN, HEAD = 40, 110
FONTS = {  # what the styles call a family: its file, and what the file calls it
    "Inter": ("vendor/inter-subset-4.1.1.ttf", "Inter Variable"),
    "Math": ("vendor/pagella-math-subset-1.632.ttf", "TeX Gyre Pagella Math"),
}
SVG = "{http://www.w3.org/2000/svg}"

FITTING = (  # where a page takes scripts; elsewhere the frame scrolls
    '<script>addEventListener("message", e => { if (e.data?.type === "backprop:height") '
    'for (const f of document.querySelectorAll("iframe")) '
    "if (f.contentWindow === e.source) f.height = e.data.height; });</script>"
)

framed = Blueprint("framed", __name__)


def frame(address: str, title: str, width: str = "100%", height: int = HEIGHT) -> str:
    """Return the HTML element that shows a state in a frame on another page."""
    source = escape(outside(address))
    return (
        f'<iframe src="{source}" title="{escape(title)}" width="{width}" height="{height}" '
        'loading="lazy" allow="fullscreen" style="border:1px solid #ddd"></iframe>'
    )


def frame_code(address: str, title: str) -> str:
    """Return what is copied into another page: the frame, and what lets it have its own height."""
    return f"{frame(address, title)}\n{FITTING}\n"


@framed.get("/oembed")
def answer_oembed() -> Response:
    """Say how a page is shown in another, by oEmbed 1.0 (oembed.com): a frame, as rich HTML."""
    if request.args.get("format", "json") != "json":
        abort(501)
    try:
        link = urlsplit(request.args.get("url", ""))
    except ValueError:
        abort(404)
    path = link.path.removeprefix(root())
    lesson = next((each for each in known_lessons() if each.path == path), None)
    if lesson is None or link.netloc != request.host or not current_app.config["EMBED_ORIGINS"]:
        abort(404)
    pairs = {**dict(parse_qsl(link.query)), "mode": "embed"}
    state = read_state(lesson, pairs)
    width, height = (_at_most(name, full) for name, full in (("width", WIDTH), ("height", HEIGHT)))
    html = frame(state.links.address(), lesson.title, str(width), height)
    return jsonify(
        version="1.0",
        type="rich",
        title=f"{lesson.title} · backprop, slowly",
        provider_name="backprop, slowly",
        provider_url=outside("/"),
        html=html,
        width=width,
        height=height,
    )


def _at_most(name: str, full: int) -> int:
    """Return how wide or high a frame may be: as asked, if that is a number and less."""
    asked = request.args.get(f"max{name}", "")
    return min(full, int(asked)) if asked.isascii() and asked.isdigit() and int(asked) else full


@dataclass(frozen=True, slots=True)
class Card:
    """What a preview of a link shows, and where a frame of it is described.

    Attributes:
        title: of the lesson and of what stands in it.
        about: a sentence.
        address: of the page, in whole.
        picture: its address; empty where none can be drawn.
        oembed: where the frame is described; empty where nobody may have one.
    """

    title: str
    about: str
    address: str
    picture: str
    oembed: str


def make_card(lesson: Lesson, board: Any, links: Links) -> Card:
    """Return what other sites may show of a state, as far as this server lets them."""
    here = links.address()
    may = bool(current_app.config["EMBED_ORIGINS"]) and has_choice(links.choices, "mode")
    return Card(
        _title(lesson, board),
        lesson.about,
        outside(here),
        outside(below(here, "preview.png")) if can_draw() else "",
        outside(f"/oembed?{urlencode({'url': outside(here)})}") if may else "",
    )


def _title(lesson: Lesson, board: Any) -> str:
    head = getattr(board, "head", None)
    return f"{lesson.title}: {head.title}" if head else lesson.title


@lru_cache(maxsize=1)
def can_draw() -> bool:
    """Whether previews have pictures here: fonts and what draws with them are there."""
    assets: Assets = current_app.extensions["assets"]
    files = all((assets.folder / file).is_file() for file, _ in FONTS.values())
    return files and find_spec("resvg_py") is not None


@framed.get("/lessons/<slug>/preview.png")
def send_preview(slug: str) -> Response:
    """Send the graph of a lesson's state as the picture of a card; its title where it has none."""
    if not can_draw():
        abort(404)
    lesson = find_lesson(slug)
    state = read_state(lesson, request_pairs())
    choices = change(state.choices, mode="") if has_choice(state.choices, "mode") else state.choices
    board = lesson.compose(choices, state.links.at(choices))
    scene = lesson.picture and lesson.picture(board)
    drawn = picture_file(scene) if scene is not None else ""
    drawing = _card(_title(lesson, board), lesson.about, drawn)
    response = Response(_png(drawing), mimetype="image/png")
    response.headers["Cache-Control"] = "public, max-age=86400"
    response.add_etag(weak=True)
    return response.make_conditional(request)  # type: ignore[return-value]


def _card(title: str, about: str, drawn: str) -> str:
    """Return the SVG of a card: a head, and below it the picture, as large as it fits."""
    wide, high = CARD
    inside = ""
    if drawn:
        graph = ElementTree.fromstring(drawn)
        _, _, width, height = map(float, graph.attrib["viewBox"].split())
        scale = min((wide - 2 * MARGIN) / width, (high - HEAD - MARGIN) / height)
        graph.attrib |= {
            "x": f"{(wide - scale * width) / 2:.1f}",
            "y": f"{HEAD + (high - HEAD - MARGIN - scale * height) / 2:.1f}",
            "width": f"{scale * width:.1f}",
            "height": f"{scale * height:.1f}",
        }
        inside = ElementTree.tostring(graph, encoding="unicode")
    text = 'font-family="Inter" fill="#17202c"'
    lines = (
        ""
        if drawn
        else "".join(
            f'<text x="{MARGIN}" y="{300 + 44 * n}" {text} font-size="32">{escape(line)}</text>'
            for n, line in enumerate(_lines(about, 62))
        )
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}">'
        f'<rect width="{wide}" height="{high}" fill="#fff"/>'
        f'<text x="{MARGIN}" y="66" {text} font-size="34" font-weight="650">'
        f"{escape(_lines(title, 52)[0])}</text>"
        f'<text x="{wide - MARGIN}" y="66" {text} font-size="24" text-anchor="end">'
        f"backprop, slowly</text>{lines}{inside}</svg>"
    )


def _lines(text: str, letters: int) -> list[str]:
    """Return a text in lines of at most so many letters."""
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + len(word) >= letters:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()[:letters]
    return lines


@lru_cache(maxsize=64)
def _png(svg: str) -> bytes:
    import resvg_py  # 3 MB that only previews need

    assets: Assets = current_app.extensions["assets"]
    for family, (_, name) in FONTS.items():
        svg = svg.replace(f'font-family: "{family}"', f'font-family: "{name}"')
        svg = svg.replace(f'font-family="{family}"', f'font-family="{name}"')
    files = [str(assets.folder / file) for file, _ in FONTS.values()]
    drawn = resvg_py.svg_to_bytes(
        svg_string=svg, width=CARD[0], font_files=files, skip_system_fonts=True
    )
    return bytes(drawn)
