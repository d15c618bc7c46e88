"""A difference quotient with as many digits as it takes for it to compute as printed.

(f(θ + h) − f(θ − h)) / 2h        (0.298371166 − 0.298371002) / (2·10⁻⁶) = 0.0821670
"""

import math
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from backprop.drawing.scene import Flow, Scene, View, expression_scene, network_scene
from backprop.drawing.secants import Secant, secant_chart
from backprop.lessons.gradient_check.choices import power_of
from backprop.lessons.gradient_check.subject import Subject
from backprop.notation.formula import Label, Number
from backprop.notation.numerals import MINUS, exact, field, long, short, signed
from backprop.stage.controls import Option
from backprop.stage.links import Links

FEWEST, MOST = 4, 17
RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


class Quotient(NamedTuple):
    """What is printed.

    Attributes:
        high, low: f(θ + h) and f(θ − h).
        width: 2h.
        result: the quotient, six digits.
    """

    high: str
    low: str
    width: str
    result: str

    @property
    def low_held(self) -> str:
        """The second value as it stands after a minus."""
        return f"({self.low})" if self.low.startswith(MINUS) else self.low

    @property
    def width_held(self) -> str:
        """2h as it stands below a line: a power of ten in brackets."""
        return f"({self.width})" if "·" in self.width else self.width


def quotient(high: float, low: float, width: float) -> Quotient:
    """Return a difference quotient with the fewest digits at which it computes as printed."""

    def rise(digits: int) -> str:
        if not width:
            return long(math.nan)
        return long((float(f"{high:.{digits}g}") - float(f"{low:.{digits}g}")) / width)

    shown = rise(MOST)  # all the digits there are
    digits = next(d for d in range(FEWEST, MOST + 1) if rise(d) == shown)
    enough = next(d for d in range(1, MOST + 1) if float(f"{width:.{d}g}") == width)
    return Quotient(printed(high, digits), printed(low, digits), printed(width, enough), shown)


def printed(x: float, digits: int) -> str:
    """Return a number with so many significant digits; with a power of ten if small or large."""
    if not math.isfinite(x) or not x:
        return long(x)
    text, _, power = f"{x:.{digits - 1}e}".partition("e")
    if 1e-4 <= abs(x) < 1e10:
        text = f"{float(f'{text}e{power}'):.{max(0, digits - 1 - int(power))}f}"
        return _bare(text).replace("-", MINUS)
    text, raised = _bare(text), str(int(power)).translate(RAISED)
    return (f"10{raised}" if text == "1" else f"{text}·10{raised}").replace("-", MINUS)


def _bare(text: str) -> str:
    """Return decimals without the zeros at their end."""
    return text.rstrip("0").rstrip(".") if "." in text else text


POINTS = 161  # of the curve: odd, so that one is θ itself
REACH = 3.0  # the picture goes as far as three times the decade of h
LARGEST_FLOWS = 60  # edges on the way that are drawn as moving


@dataclass(frozen=True, slots=True)
class Pick:
    """A parameter that can be nudged instead."""

    label: Label
    on: bool
    address: str


@dataclass(frozen=True, slots=True)
class NudgeShown:
    """Everything about the nudge; no markup."""

    label: Label
    letter: Label
    picks: tuple[Pick, ...]
    before: Number  # θ
    h: str  # as its field shows it
    power: float  # as its slider has it
    written: str  # ±h in a sentence
    quotient: Quotient
    numeric: Number
    analytic: Number
    apart: Number  # |analytic − numeric|
    relative: str
    words: str
    kink: bool
    figure: str
    alt: str
    zoom: str  # “10⁶ times”, where the picture is magnified
    halvings: tuple[Option, ...]  # addresses of a few h
    rows: tuple[tuple[Number, ...], ...]  # h, quotient, apart: the table behind the picture


def chosen_name(subject: Subject, name: str) -> str:
    """Return the parameter that is nudged: the one asked for, or the first of the last layer.

    A name of another function, which stood here before, asks for nothing.
    """
    if name in subject.names:
        return name
    return f"w{subject.network.depth}_1_1" if subject.network else subject.names[0]


def nudge_of(subject: Subject, name: str, h: float, links: Links) -> NudgeShown:
    """Return what a nudge shows.

    Args:
        subject: the function at its point.
        name: of the parameter.
        h: how far to each side.
        links: of the page.
    """
    theta, slope = subject.point[name], float(subject.trace.gradient[name])
    low, high = (subject.values_at(name, theta + step) for step in (-h, h))
    middle = subject.trace.values[-1]
    found = quotient(high[-1], low[-1], 2 * h)
    numeric = _rise(high[-1], low[-1], 2 * h)
    kink = subject.parts(low, high)
    secant = Secant(h, low[-1] - middle, high[-1] - middle, slope)
    reach = REACH * 10.0 ** math.ceil(power_of(h) - 1e-9)
    places = np.linspace(-reach, reach, POINTS)
    with np.errstate(all="ignore"):
        heights = subject.along(name, theta + places) - middle
    relative = _relative(slope, numeric)
    return NudgeShown(
        label=subject.label(name),
        letter=subject.letter,
        picks=_picks(subject, name, links),
        before=Number(long(theta), theta, "forward"),
        h=field(h),
        power=power_of(h),
        written=printed(h, 3),
        quotient=found,
        numeric=Number(found.result, numeric),
        analytic=Number(long(slope), slope, "backward"),
        apart=Number(long(abs(slope - numeric)), abs(slope - numeric)),
        relative=short(relative),
        words=_words(theta, h, (low[-1], high[-1]), (slope, numeric), kink),
        kink=kink,
        figure=secant_chart(places.tolist(), heights.tolist(), secant, _axes(subject, name)),
        alt=(
            f"The curve around θ = {short(theta)}: the secant through both ends of the nudge has "
            f"slope {short(numeric)}, the tangent {short(slope)}."
        ),
        zoom=_power(REACH / reach) if reach < REACH else "",
        halvings=_steps(h, links),
        rows=tuple(_row(subject, name, theta, slope, power) for power in (0, -1, -2, -3, -5, -8)),
    )


def _power(times: float) -> str:
    """Return a power of ten as it is read: 100, 10⁵."""
    return printed(times, 1) if times < 2e3 else printed(1 / times, 1).replace("⁻", "")


def _rise(high: float, low: float, width: float) -> float:
    with np.errstate(all="ignore"):
        return float(np.float64(high - low) / width)


def _relative(a: float, n: float) -> float:
    largest = max(abs(a), abs(n))
    return 0.0 if largest == 0 else abs(a - n) / largest


def _picks(subject: Subject, name: str, links: Links) -> tuple[Pick, ...]:
    return tuple(
        Pick(subject.label(each), each == name, links.address(parameter=each))
        for each in subject.names
    )


def _axes(subject: Subject, name: str) -> tuple[str, str]:
    label = subject.label(name)
    moves = "it" if label.above else f"{label.letter}{label.below}"
    return f"δ, how far {moves} moves", f"change of {subject.letter.letter}"


def _steps(h: float, links: Links) -> tuple[Option, ...]:
    titles = {1.0: "1", 0.1: "0.1", 0.01: "0.01", 1e-5: "10⁻⁵", 1e-10: "10⁻¹⁰", 1e-14: "10⁻¹⁴"}
    return tuple(Option(t, repr(x), x == h, links.address(nudge=x)) for x, t in titles.items())


def _row(subject: Subject, name: str, theta: float, slope: float, power: int) -> tuple[Number, ...]:
    h = 10.0**power
    ends = subject.along(name, np.array([theta + h, theta - h]))
    rise = _rise(float(ends[0]), float(ends[1]), 2 * h)
    apart = abs(slope - rise)
    return (Number(printed(h, 3), h), Number(long(rise), rise), Number(long(apart), apart))


def _words(
    theta: float, h: float, ends: tuple[float, float], slopes: tuple[float, float], kink: bool
) -> str:
    if theta + h == theta:
        return "This nudge is lost in rounding: θ + h is θ again, so nothing can be measured."
    if not all(map(math.isfinite, ends)):
        return "One of the two values is no number here, so there is no quotient."
    if not math.isfinite(slopes[0]):
        return "The backward pass has no number at this point, so there is no tangent."
    if kink:
        return (
            "A kink lies between the two points: the secant is the slope of neither side. Make "
            "the nudge smaller, or move the point away from the kink."
        )
    if _relative(*slopes) <= 1e-7:
        return "Secant and tangent cannot be told apart: the two slopes are one number."
    if ends[0] == ends[1]:
        return "Both values are one number, so the secant is flat."
    if abs(slopes[0] - slopes[1]) <= 8 * math.ulp(1.0) * max(map(abs, ends)) / h:
        return "Few digits differ between the two values, so few digits of the quotient are true."
    return "The secant is not the tangent yet: make the nudge smaller, and it turns into it."


def moved_scene(subject: Subject, name: str, h: float, links: Links) -> Scene:
    """Return the graph with what the nudge moved: below each value, by how much.

    Args:
        subject: the function at its point.
        name: of the parameter.
        h: how far to each side.
        links: of the page.
    """
    theta = subject.point[name]
    low, high = (subject.values_at(name, theta + step) for step in (-h, h))
    moves = tuple(after - before for after, before in zip(high, low, strict=True))
    way = _way(subject, name)
    graph = subject.graph
    flows = [Flow(i, j) for j in sorted(way) for i in graph.nodes[j].inputs if i in way]
    view = View(
        phase="forward",
        now=frozenset((graph.position(name),)),
        valued=frozenset(range(len(graph))),
        graded=way,
        flows=tuple(flows) if len(flows) <= LARGEST_FLOWS else (),
        factors={},
        focus=graph.position(name),
    )
    trace = replace(subject.trace, gradients=moves)
    known = frozenset(subject.names)

    def address(node: str) -> str:
        return links.address(parameter=node) if node in known else ""

    words = (subject.label, short, signed, exact, address)
    if subject.network is None:
        return expression_scene(trace, view, *words)
    return network_scene(subject.network, "neurons", trace, view, *words)


def _way(subject: Subject, name: str) -> frozenset[int]:
    """Return the nodes that a parameter reaches, itself among them."""
    way = {subject.graph.position(name)}
    for position, node in enumerate(subject.graph.nodes):
        if way.intersection(node.inputs):
            way.add(position)
    return frozenset(way)
