r"""A picture as a `tikzpicture`, which needs TikZ and no library of it.

Places are those of the SVG, in its own units, with y downwards. Its two colours are named `forward`
and `backward`, and are redefined where they are wanted otherwise.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

from backprop.drawing.scene import Scene

Write = Callable[[str], str]

UNIT = "0.75pt"
ROUND = 0.5523  # how far the controls of a quarter of a circle stand from its ends
BARE = frozenset(("sum", "activation", "score", "loss"))  # nodes whose ground is a plate's
WASHED = frozenset(("input", "target", "given", "constant"))
SIDED = frozenset(("chip", "target", "given"))  # the letter at the left, the numbers at the right

_HEAD = r"""\definecolor{forward}{HTML}{0A5EA8}
\definecolor{backward}{HTML}{BF4408}
\begin{tikzpicture}[x=UNIT, y=-UNIT,
  every node/.style={inner sep=0pt, outer sep=0pt, font=\footnotesize},
  wire/.style={draw=black!28, line width=0.9pt},
  graded/.style={draw=backward!45},
  body/.style={draw=black!28, fill=white, rounded corners=5pt, line width=0.9pt},
  washed/.style={draw=black!14, fill=black!4},
  now/.style={draw=MOVING, fill=MOVING!8, line width=1.3pt},
  flow/.style={draw=MOVING, line width=1.8pt, dash pattern=on 4pt off 3pt},
  ring/.style={draw=MOVING!50, fill=white, rounded corners=3pt, line width=0.9pt},
  tag/.style={draw=backward!45, fill=white, rounded corners=3pt},
  badge/.style={fill=MOVING, text=white, circle, minimum size=12pt, font=\scriptsize},
  small/.style={font=\scriptsize}]"""
_TOKEN = re.compile(r"[A-Za-z]|-?\d*\.?\d+(?:e-?\d+)?")
_MOVE = re.compile(r"translate\((\S+) (\S+)\)")


@dataclass(frozen=True, slots=True)
class Letters:
    """How what is written in a picture becomes LaTeX.

    Attributes:
        label: a quantity's name, as mathematics.
        number: a number as it is printed, as mathematics.
        words: any other text, as it is set outside of mathematics.
    """

    label: Callable[[Any], str]
    number: Write
    words: Write


def tikz(scene: Scene, letters: Letters) -> str:
    """Return a scene as a `tikzpicture`; what is not shown in it is not written either."""
    moving = "backward" if scene.phase == "backward" else "forward"
    lines = [_HEAD.replace("UNIT", UNIT).replace("MOVING", moving)]
    lines += _grounds(scene.frames, letters)
    for _, _, css, path, _ in scene.wires:
        if "stub" not in css.split() or "graded" in css.split():
            dotted = ["dotted"] if "neg" in css.split() else []
            lines.append(_drawn("wire", css, path, dotted))
    for _, _, css, path, start, end in scene.flows:
        if "on" in css.split():
            lines.append(_drawn("flow", "", path, [_tips(start, end)]))
    lines += _grounds(scene.plates, letters)
    for node in scene.nodes:
        lines += _node(node, letters)
    for _, _, css, move, path in scene.icons:
        x, y = _place(move)
        on = "on" in css.split()
        fill = f"draw={moving}, fill={moving}" if on else "draw=black!28, fill=white"
        lines.append(rf"\filldraw[{fill}] ({x},{y}) circle[radius=13];")
        pen = "white" if on else "black!60"
        lines.append(rf"\draw[{pen}, shift={{({x},{y})}}, line width=0.9pt] {curve(path)};")
        if on and scene.phase == "backward":  # the gradient goes through the function
            lines.append(rf"\draw[->, backward, shift={{({x},{y})}}] (8.5,45) -- (-8.5,45);")
    for _, x, y, text in scene.headings:
        lines.append(_text(x, y, "base", letters.words(text), "small, black!60"))
    for _, _, left, right, y, which, text, _ in scene.rows:
        lines.append(_text(left, y, "base", f"${letters.label(which)}$", "small, black!70"))
        lines.append(_text(right, y, "base", f"${letters.number(text)}$", "forward"))
    for _, _, css, move, left, width, text, _ in scene.tags:
        x, y = _place(move)
        style = "tag" if "off" not in css.split() else "tag, draw=black!14"
        lines.append(rf"\draw[{style}, shift={{({x},{y})}}] ({left},-9.5) rectangle +({width},19);")
        ink = "black!40" if "off" in css.split() else "backward"
        lines.append(_text(x, y, "center", f"${letters.number(text)}$", f"small, {ink}"))
    for _, css, move, text in scene.badges:
        if "off" not in css.split():
            x, y = _place(move)
            lines.append(_text(x, y, "center", letters.words(text), "badge"))
    return "\n".join([*lines, r"\end{tikzpicture}"]) + "\n"


def curve(path: str) -> str:
    """Return the path of an SVG as TikZ writes it.

    It may hold M, L, H, V, C, h, z, and quarters of a circle by `a`.

    Raises:
        ValueError: there is another command in it.
    """
    tokens = iter(_TOKEN.findall(path))
    command, x, y, said = "M", 0.0, 0.0, []

    def take(count: int) -> list[float]:
        return [float(next(tokens)) for _ in range(count)]

    for token in tokens:
        if token.isalpha():
            command = token
        else:  # a command may stand once before several of its kind
            tokens = chain((token,), tokens)
        match command:
            case "z" | "Z":
                said.append("-- cycle")
                continue
            case "M":
                x, y = take(2)
                said.append(_at(x, y))
                command = "L"
                continue
            case "L":
                x, y = take(2)
            case "H":
                (x,) = take(1)
            case "h":
                x += take(1)[0]
            case "V":
                (y,) = take(1)
            case "C":
                one, two = take(2), take(2)
                x, y = take(2)
                said.append(f".. controls {_at(*one)} and {_at(*two)} .. {_at(x, y)}")
                continue
            case "a":
                *_, sweep, dx, dy = take(7)
                said.append(_quarter(x, y, dx, dy, flat=(dx * dy > 0) == (sweep > 0)))
                x, y = x + dx, y + dy
                continue
            case _:
                raise ValueError(f"“{command}” is no command of a wire")
        said.append(f"-- {_at(x, y)}")
    return " ".join(said)


def _at(x: float, y: float) -> str:
    return f"({round(x, 2):g},{round(y, 2):g})"


def _quarter(x: float, y: float, dx: float, dy: float, *, flat: bool) -> str:
    """Return a quarter of a circle; it begins along x where it is flat, else along y."""
    bent = 1 - ROUND
    one = (x + ROUND * dx, y) if flat else (x, y + ROUND * dy)
    two = (x + dx, y + bent * dy) if flat else (x + bent * dx, y + dy)
    return f".. controls {_at(*one)} and {_at(*two)} .. {_at(x + dx, y + dy)}"


def _drawn(style: str, css: str, path: str, more: list[str]) -> str:
    styles = [style, *(["graded"] if "graded" in css.split() else []), *filter(None, more)]
    return rf"\draw[{', '.join(styles)}] {curve(path)};"


def _tips(start: str, end: str) -> str:
    """Return which ends of a flow have a tip."""
    if start == "none" and end == "none":
        return ""
    return f"{'<' if start != 'none' else ''}-{'>' if end != 'none' else ''}"


def _place(move: str) -> tuple[str, str]:
    match = _MOVE.match(move)
    assert match is not None, "every part of a picture says where it stands"
    return match[1], match[2]


def _grounds(rows: tuple[tuple[Any, ...], ...], letters: Letters) -> Iterator[str]:
    """Give the plates and frames: a rectangle, its line, its label."""
    for _, css, x, y, width, height, line, label, lx, ly in rows:
        states = css.split()
        style = ["body", *(s for s in ("graded", "now") if s in states)]
        style += ["washed"] if "frame" in states else ["fill=white"]
        yield rf"\draw[{', '.join(style)}] ({x},{y}) rectangle +({width},{height});"
        if line:
            yield rf"\draw[black!14] {curve(line)};"
        if label:
            yield _text(lx, ly, "base west", f"${letters.label(label)}$", "small, black!60")


def _node(node: tuple[Any, ...], letters: Letters) -> Iterator[str]:
    """Give a node: its ground, its letter, its value, its gradient."""
    (_, _, css, move, _, _, _, bx, by, bw, bh, _, _, rx, ry, rw, rh, label, sx, sy, mark, _, mx, my,
     value, vx, vy, vcss, gradient, gx, gy, gcss, asked, *_) = node  # fmt: skip
    states = set(css.split())
    if "hides" in states and not states & {"on", "now", "factor", "focus"}:
        return
    yield rf"\begin{{scope}}[shift={{({','.join(_place(move))})}}]"
    style = ["body"]
    style += ["washed"] if states & WASHED else []
    style += ["graded"] if "graded" in states else []
    style += ["now"] if "now" in states else []
    style += ["draw=black, line width=1.4pt"] if "focus" in states else []
    style += ["dashed"] if "fixed" in states else []
    if "chip" in states and not states & {"graded", "now", "focus", "fixed"}:
        style.append("draw=none")
    if not states & BARE or "focus" in states:
        yield rf"\draw[{', '.join(style)}] ({bx},{by}) rectangle +({bw},{bh});"
    if "factor" in states or ("now" in states and states & BARE):
        yield rf"\draw[ring] ({rx},{ry}) rectangle +({rw},{rh});"
    if label:
        side = SIDED | {"variable", "operation", "chance"}
        anchor = "base west" if states & side else "base"
        yield _text(sx, sy, anchor, f"${letters.label(label)}$", "small, black!70")
    if mark:
        yield _text(mx, my, "base west", letters.words(mark), "small, black!70")
    yield from _number(value, vx, vy, vcss, "ahead" in states, states, "forward", letters)
    if asked:
        yield from _number(
            gradient, gx, gy, gcss, "graded" not in states, states, "backward", letters
        )
    yield r"\end{scope}"


def _number(
    text: str, x: str, y: str, css: str, waits: bool, states: set[str], ink: str, letters: Letters
) -> Iterator[str]:
    """Give a number of a node in its colour; grey where it is not known yet."""
    if not text:
        return
    at_end = states & SIDED or (ink == "forward" and states & {"variable", "operation", "chance"})
    style = "black!35" if waits else ink
    style = f"small, {style}" if "long" in css.split() or states & {"chip"} else style
    yield _text(x, y, "base east" if at_end else "base", f"${letters.number(text)}$", style)


def _text(x: str, y: str, anchor: str, text: str, style: str) -> str:
    return rf"\node[{style}, anchor={anchor}] at ({x},{y}) {{{text}}};"
