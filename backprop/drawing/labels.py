"""Where words stand in a picture: beside what they name, over no curve and no other words.

A picture is drawn once and shown in many sizes, so a place counts only where it is free on a
phone and on a wide screen.
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]  # [n, 2]
Box = tuple[float, float, float, float]  # left, bottom, right, top, in pixels

SIZES = ((285.0, 268.0), (845.0, 322.0))  # of the ground in pixels: narrow, and wide
LETTER, HEIGHT = 7.5, 17.0  # of a word, in pixels
ROOM = 2.0  # around words, in pixels
BESIDE, BELOW, FAR = 6.0, 14.0, 26.0  # pixels between a place and the words
CUT, COVERED = 1000, 100  # as bad as so many points under the words
FINE = 5  # so many points stand for each piece of a curve


class LabelPlace(NamedTuple):
    """Where words stand: at a point, moved by pixels.

    Attributes:
        x, y: the point, as the axes have it.
        anchor: which end of the words is there: “left”, “right” or “center”.
        right, up: pixels from the point.
    """

    x: float
    y: float
    anchor: str
    right: float
    up: float


@dataclass(frozen=True, slots=True)
class LabelText:
    """Words that want a place.

    Attributes:
        text: what they say.
        at: the points that they may stand beside, the best first.
        sides: on which sides of a point they may stand, the best first: (anchor, right, up).
    """

    text: str
    at: tuple[tuple[float, float], ...]
    sides: tuple[tuple[str, float, float], ...]

    def places(self) -> Iterator[LabelPlace]:
        """Yield every place they may take, the best first."""
        for anchor, right, up in self.sides:
            for x, y in self.at:
                yield LabelPlace(x, y, anchor, right, up)


def around(anchor: str = "left", up: float = -1.0) -> tuple[tuple[str, float, float], ...]:
    """Return the sides of a point, beginning with one of them, the far ones last."""
    other = "right" if anchor == "left" else "left"
    way = {"left": BESIDE, "right": -BESIDE}
    beside = ((anchor, way[anchor], 0.0), (other, way[other], 0.0))
    return (
        *(beside if up < 0 else ()),
        *(("center", 0.0, sign * up * BELOW) for sign in (1, -1)),
        *(beside if up >= 0 else ()),
        *((end, way[end], sign * up * BELOW) for sign in (1, -1) for end in (anchor, other)),
        *(("center", 0.0, sign * up * FAR) for sign in (1, -1)),
        *((end, way[end], sign * up * FAR) for sign in (1, -1) for end in (anchor, other)),
    )


def place_labels(
    words: Sequence[LabelText],
    drawn: Points,
    frame: tuple[tuple[float, float], tuple[float, float]],
) -> tuple[LabelPlace, ...]:
    """Return a place for each of the words, the most free that it may take; the first have choice.

    Args:
        words: what is to be written.
        drawn: points that words may not cover, as the axes have them.
        frame: from and to of both axes.
    """
    low, span = np.array([frame[0][0], frame[1][0]]), np.array([b - a for a, b in frame])
    order = np.argsort(drawn[:, 0])
    grounds = [_Ground((drawn[order] - low) / span * size, size) for size in SIZES]
    places = []
    for each in words:
        best: tuple[LabelPlace, list[Box]] | None = None
        least = math.inf
        for place in each.places():
            at = [(q - a) / (b - a) for q, (a, b) in zip((place.x, place.y), frame, strict=True)]
            boxes = [_box((at[0] * w, at[1] * h), each.text, place) for w, h in SIZES]
            hits = sum(ground.hits(box) for ground, box in zip(grounds, boxes, strict=True))
            if hits < least:
                best, least = (place, boxes), hits
            if not hits:
                break
        assert best is not None, f"“{each.text}” has a place to stand at"
        places.append(best[0])
        for ground, own in zip(grounds, best[1], strict=True):
            ground.taken.append(own)
    return tuple(places)


def _box(at: tuple[float, float], text: str, place: LabelPlace) -> Box:
    """Return left, bottom, right, top of words in pixels."""
    width = LETTER * len(text)
    x, y = at[0] + place.right, at[1] + place.up
    left = {"left": x, "right": x - width, "center": x - width / 2}[place.anchor]
    return left - ROOM, y - HEIGHT / 2 - ROOM, left + width + ROOM, y + HEIGHT / 2 + ROOM


class _Ground:
    """A picture in one size: what is drawn there, and where words stand already.

    Args:
        points: what is drawn, from left to right, so that few are looked at for each box.
        size: width and height in pixels.
    """

    def __init__(self, points: Points, size: tuple[float, float]) -> None:
        self.x = points[:, 0].tolist()
        self.y = np.ascontiguousarray(points[:, 1])
        self.size = size
        self.taken: list[Box] = []

    def hits(self, box: Box) -> int:
        """Return how much words in a box would cover; other words and the frame count most."""
        left, bottom, right, top = box
        y = self.y[bisect_right(self.x, left) : bisect_left(self.x, right)]
        hits = int(np.count_nonzero((y > bottom) & (y < top)))
        width, height = self.size
        hits += CUT * (left < 0 or bottom < 0 or right > width + BELOW or top > height)
        return hits + COVERED * sum(
            left < other[2] and other[0] < right and bottom < other[3] and other[1] < top
            for other in self.taken
        )


def along(x: Points, y: Points) -> Points:
    """Return the points of a curve, and some between each two of them; a gap has none."""
    n = np.arange(len(x))
    fine = np.linspace(0, len(x) - 1, max(1, FINE * (len(x) - 1) + 1))
    points = np.column_stack([np.interp(fine, n, x), np.interp(fine, n, y)])
    return np.asarray(points[np.isfinite(points).all(axis=1)])
