"""Where things stand: the vocabulary of pictures, and the size of each kind of node.

A Picture is a graph laid out: spots for nodes, wires for edges, all at natural size, in units of
1/16 rem. It holds no value and no state, so it is computed once for a graph and kept.

A large picture is for a class: in it letters are as big as its nodes allow, and a unit is a pixel
of a screen 1920 wide, so that numbers of 28 units are numbers of 28 pixels.
"""

from typing import NamedTuple


class NodeSpot(NamedTuple):
    """Where a node is drawn."""

    node: int
    kind: str  # its row in SHAPES
    x: float
    y: float
    copy: int = 0  # 1, 2 … for a leaf that is drawn again beside another of its uses


class Wire(NamedTuple):
    """How an edge is drawn, from the earlier node to the one that uses it."""

    node: int
    later: int
    path: str
    x: float  # where a badge stands on it
    y: float
    weight: int = -1  # the node whose size and sign the wire shows
    kind: str = ""  # “weak”: a short connection; “stub”: the last part of another wire, seen only
    # when something moves there; “crowd”: one of very many, faint
    hit: str = ""  # where, besides its chip, the weight can be pointed at
    copy: int = 0


class Icon(NamedTuple):
    """An activation inside its capsule: the edge from z to a, drawn as a small curve."""

    node: int
    later: int
    x: float
    y: float
    path: str


class Plate(NamedTuple):
    """A rounded rectangle under one or several nodes: a capsule, or the frame of a block."""

    id: str
    kind: str
    nodes: tuple[int, ...]  # on it; the first carries the label of a frame
    x: float
    y: float
    width: float
    height: float


class ClassRow(NamedTuple):
    """One line inside the loss: the probability of a class."""

    node: int  # the score it comes from
    number: int
    x: float
    y: float


class Picture(NamedTuple):
    """A graph laid out; the same graph gives the same picture."""

    width: float
    height: float
    spots: tuple[NodeSpot, ...]
    wires: tuple[Wire, ...]
    icons: tuple[Icon, ...] = ()
    plates: tuple[Plate, ...] = ()
    headings: tuple[tuple[str, float, float], ...] = ()
    rows: tuple[ClassRow, ...] = ()
    large: bool = False


class Shape(NamedTuple):
    """The parts of a node, around its own origin; where a plate is the body, `body` is clear."""

    body: tuple[float, float, float, float, float]  # x, y, width, height, corner
    half: str  # the lower half, which fills in when the gradient is known
    symbol: tuple[float, float]
    value: tuple[float, float]
    gradient: tuple[float, float]
    badge: tuple[float, float]
    ring: tuple[float, float, float, float]  # around the value, when it is a factor
    low_ring: tuple[float, float, float, float] = (-40, 17, 80, 26)  # around the gradient
    mark: tuple[float, float] = (-41, -8)  # of the operation


def number(x: float) -> str:
    """Return a coordinate as text, to a tenth."""
    return f"{round(x, 1) + 0:.1f}".removesuffix(".0")


def path(*parts: str | float) -> str:
    """Return path data: letters and coordinates."""
    return " ".join(part if isinstance(part, str) else number(part) for part in parts)


def curve(x1: float, y1: float, x2: float, y2: float) -> str:
    """Return the rest of a path from (x1, y1): a cubic with level ends."""
    middle = (x1 + x2) / 2
    return path("C", middle, y1, middle, y2, x2, y2)


def halfway(x1: float, y1: float, x2: float, y2: float) -> str:
    """Return the path of the second half of such a cubic, from its middle on."""
    x, y = (x1 + x2) / 2, (y1 + y2) / 2
    return path("M", x, y, "C", x + (x2 - x) / 4, (y + y2) / 2, (x + x2) / 2, y2, x2, y2)


def along(x1: float, y1: float, x2: float, y2: float, t: float) -> tuple[float, float]:
    """Return the point at t, 0 … 1, of such a cubic."""
    s, x = 1 - t, (x1 + x2) / 2
    a, b, c, d = s**3, 3 * s * s * t, 3 * s * t * t, t**3
    return a * x1 + (b + c) * x + d * x2, (a + b) * y1 + (c + d) * y2


def lower_half(left: float, right: float, top: float, bottom: float, r1: float, r2: float) -> str:
    """Return a box that is round below: by r1 at the left and r2 at the right."""
    return (
        path("M", left, top, "H", right, "V", bottom - r2)
        + (path("a", r2, r2, "0 0 1", -r2, r2) if r2 else "")
        + path("H", left + r1)
        + (path("a", r1, r1, "0 0 1", -r1, -r1) if r1 else "")
        + "z"
    )


_SHAPES = {
    "input": Shape(
        (-42, -32, 84, 64, 14), "", (0, -8), (0, 17), (0, 0), (38, -32), (-37, -1, 74, 25)
    ),
    "target": Shape(
        (-46, -17, 92, 34, 10), "", (-35, 5), (37, 5), (0, 0), (42, -17), (-6, -11, 48, 22)
    ),
    "sum": Shape(  # z, the left part of a capsule
        (-38.5, -50, 85, 100, 14), lower_half(-41.5, 50.5, 8, 53, 17, 0),
        (0, -31), (0, -6), (0, 36), (0, -54), (-40, -25, 80, 26),
    ),
    "activation": Shape(  # a, the right part
        (-46.5, -50, 85, 100, 14), lower_half(-50.5, 41.5, 8, 53, 0, 17),
        (0, -31), (0, -6), (0, 36), (26, -54), (-40, -25, 80, 26),
    ),
    "score": Shape(  # z where nothing follows it
        (-54, -50, 108, 100, 14), lower_half(-57, 57, 8, 53, 17, 17),
        (0, -31), (0, -6), (0, 36), (40, -54), (-44, -25, 88, 26),
    ),
    "loss": Shape(
        (-54, -46, 108, 92, 14), lower_half(-57, 57, 8, 49, 17, 17),
        (0, -28), (0, -5), (0, 34), (40, -50), (-44, -24, 88, 26), (-44, 16, 88, 26),
    ),
    "chip": Shape(  # a weight or a bias
        (-46, -13, 92, 26, 9), "", (-41, 5), (41, 5), (41, 5), (-46, -15), (-9, -11, 53, 22)
    ),
    "chip-graded": Shape(
        (-46, -21, 92, 42, 10), "", (-41, -3), (41, -3), (41, 14.5), (-46, -22),
        (-9, -19, 53, 21), (-9, 0, 53, 20),
    ),
    "operation": Shape(
        (-48, -28, 96, 56, 12), lower_half(-47, 47, 3, 27, 11, 11),
        (-45, -34), (42, -8), (0, 20), (44, -28), (-16, -24, 60, 22), (-38, 5, 76, 21),
    ),
    "variable": Shape(
        (-48, -28, 96, 56, 12), lower_half(-47, 47, 3, 27, 11, 11),
        (-40, -8), (42, -8), (0, 20), (44, -28), (-16, -24, 60, 22), (-38, 5, 76, 21),
    ),
    "given": Shape(
        (-48, -17, 96, 34, 10), "", (-38, 5), (41, 5), (0, 0), (40, -17), (-18, -11, 58, 22)
    ),
    "constant": Shape(
        (-25, -13, 50, 26, 9), "", (0, 5), (0, 5), (0, 0), (22, -13), (-22, -11, 44, 22)
    ),
}  # fmt: skip

# The large ones: a name and a mark in the first line, the value in the second, the gradient below.
_LARGE = {
    "input": Shape(
        (-56, -48, 112, 96, 18), "", (0, -12), (0, 28), (0, 0), (54, -48), (-53, 0, 106, 38)
    ),
    "target": Shape(
        (-66, -24, 132, 48, 14), "", (-60, 9), (61, 10), (0, 0), (60, -24), (-40, -18, 104, 36)
    ),
    "sum": Shape(
        (-50, -70, 116, 140, 18), lower_half(-53, 69, 10, 72, 20, 0),
        (0, -36), (0, -2), (0, 50), (-8, -74), (-51, -31, 102, 38), (-51, 20, 102, 40),
    ),
    "activation": Shape(
        (-66, -70, 116, 140, 18), lower_half(-69, 53, 10, 72, 0, 20),
        (0, -36), (0, -2), (0, 50), (34, -74), (-51, -31, 102, 38), (-51, 20, 102, 40),
    ),
    "score": Shape(
        (-63, -70, 126, 140, 18), lower_half(-66, 66, 10, 72, 20, 20),
        (0, -36), (0, -2), (0, 50), (52, -74), (-56, -31, 112, 38), (-56, 20, 112, 40),
    ),
    "loss": Shape(
        (-63, -66, 126, 132, 18), lower_half(-66, 66, 10, 68, 20, 20),
        (0, -33), (0, -1), (0, 49), (52, -70), (-56, -30, 112, 38), (-56, 18, 112, 40),
    ),
    "chip": Shape(
        (-80, -20, 160, 40, 12), "", (-31, 9), (76, 10), (76, 10), (-76, -24), (-28, -18, 107, 36)
    ),
    "chip-graded": Shape(
        (-80, -36, 160, 72, 14), "", (-31, -6), (76, -5), (76, 28), (-76, -36),
        (-28, -33, 107, 35), (-28, 1, 107, 33),
    ),
    "operation": Shape(
        (-58, -54, 116, 108, 16), lower_half(-57, 57, 20, 53, 15, 15),
        (-52, -24), (0, 11), (0, 46), (54, -54), (-54, -16, 108, 35), (-54, 19, 108, 34),
        (52, -24),
    ),
    "variable": Shape(
        (-58, -54, 116, 108, 16), lower_half(-57, 57, 20, 53, 15, 15),
        (0, -22), (0, 11), (0, 46), (54, -54), (-54, -16, 108, 35), (-54, 19, 108, 34),
    ),
    "given": Shape(
        (-58, -40, 116, 80, 14), "", (0, -10), (0, 26), (0, 0), (54, -40), (-54, -3, 108, 38)
    ),
    "constant": Shape(
        (-44, -23, 88, 46, 13), "", (0, 10), (0, 10), (0, 0), (40, -23), (-40, -19, 80, 38)
    ),
}  # fmt: skip


def shape_of(kind: str, *, large: bool, graded: bool = False) -> Shape:
    """Return the shape of a kind of node, in an ordinary or a large picture.

    Args:
        kind: a row of the tables above.
        large: whether the picture is large.
        graded: give the shape that has room for a gradient, where that is another one.
    """
    shapes = _LARGE if large else _SHAPES
    return shapes.get(f"{kind}-graded", shapes[kind]) if graded else shapes[kind]
