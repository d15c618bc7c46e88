"""One parameter is nudged: secant and tangent, and what moves on the way to the value."""

import math
from dataclasses import dataclass, replace

import numpy as np

from backprop.drawing.figures.secants import Secant, secant_chart
from backprop.drawing.scene import Flow, Scene, View, expression_scene, network_scene
from backprop.lessons.gradient_check.choices import nudge_power
from backprop.lessons.gradient_check.subject import Subject
from backprop.notation.difference_quotient import Quotient, printed, quotient
from backprop.notation.formula import Label, Number
from backprop.notation.numerals import exact, field, long, short, signed
from backprop.stage.controls import Option
from backprop.stage.links import Links

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
class SlopesShown:
    """The measured slope beside that of the backward pass; no markup."""

    quotient: Quotient
    numeric: Number
    analytic: Number
    apart: Number  # |analytic − numeric|
    relative: str
    words: str
    kink: bool


@dataclass(frozen=True, slots=True)
class SecantShown:
    """The picture of secant and tangent; no markup."""

    figure: str
    alt: str
    zoom: str  # “10⁶ times”, where the picture is magnified
    rows: tuple[tuple[Number, ...], ...]  # h, quotient, apart: the table behind it


@dataclass(frozen=True, slots=True)
class NudgeShown:
    """Everything about the nudge; no markup."""

    label: Label
    letter: Label  # what the function's value is called
    before: Number  # θ
    picks: tuple[Pick, ...]
    h: str  # as its field shows it
    power: float  # as its slider has it
    written: str  # ±h in a sentence
    some: tuple[Option, ...]  # addresses of a few other h
    slopes: SlopesShown
    secant: SecantShown


def chosen_name(subject: Subject, name: str) -> str:
    """Return the parameter that is nudged: the one asked for, or the first of the last layer.

    A name of another function, which stood here before, asks for nothing.
    """
    if name in subject.names:
        return name
    return f"w{subject.network.depth}_1_1" if subject.network else subject.names[0]


def show_nudge(subject: Subject, name: str, h: float, links: Links) -> NudgeShown:
    """Return what the page shows of a parameter that is nudged by h to each side."""
    theta, slope = subject.point[name], float(subject.trace.gradient[name])
    low, high = (subject.values_at(name, theta + step) for step in (-h, h))
    ends = low[-1], high[-1]
    numeric = _rise(high[-1], low[-1], 2 * h)
    return NudgeShown(
        label=subject.label(name),
        letter=subject.letter,
        before=Number(long(theta), theta, "forward"),
        picks=tuple(
            Pick(subject.label(each), each == name, links.address(parameter=each))
            for each in subject.names
        ),
        h=field(h),
        power=nudge_power(h),
        written=printed(h, 3),
        some=_some_nudges(h, links),
        slopes=_slopes(theta, h, ends, (slope, numeric), kink=subject.parts(low, high)),
        secant=_secant(subject, name, h, ends, (slope, numeric)),
    )


def _slopes(
    theta: float, h: float, ends: tuple[float, float], slopes: tuple[float, float], *, kink: bool
) -> SlopesShown:
    slope, numeric = slopes
    shown = quotient(ends[1], ends[0], 2 * h)
    return SlopesShown(
        quotient=shown,
        numeric=Number(shown.result, numeric),
        analytic=Number(long(slope), slope, "backward"),
        apart=Number(long(abs(slope - numeric)), abs(slope - numeric)),
        relative=short(_relative(slope, numeric)),
        words=_words(theta, h, ends, slopes, kink),
        kink=kink,
    )


def _secant(
    subject: Subject, name: str, h: float, ends: tuple[float, float], slopes: tuple[float, float]
) -> SecantShown:
    theta, middle, (slope, numeric) = subject.point[name], subject.trace.values[-1], slopes
    secant = Secant(h, ends[0] - middle, ends[1] - middle, slope)
    reach = REACH * 10.0 ** math.ceil(nudge_power(h) - 1e-9)
    places = np.linspace(-reach, reach, POINTS)
    with np.errstate(all="ignore"):
        heights = subject.along(name, theta + places) - middle
    return SecantShown(
        figure=secant_chart(places.tolist(), heights.tolist(), secant, _axes(subject, name)),
        alt=(
            f"The curve around θ = {short(theta)}: the secant through both ends of the nudge has "
            f"slope {short(numeric)}, the tangent {short(slope)}."
        ),
        zoom=_power(REACH / reach) if reach < REACH else "",
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


def _axes(subject: Subject, name: str) -> tuple[str, str]:
    label = subject.label(name)
    moves = "it" if label.above else f"{label.letter}{label.below}"
    return f"δ, how far {moves} moves", f"change of {subject.letter.letter}"


def _some_nudges(h: float, links: Links) -> tuple[Option, ...]:
    nudges = (1.0, 0.1, 0.01, 1e-5, 1e-10, 1e-14)
    return tuple(Option(printed(x, 3), repr(x), x == h, links.address(nudge=x)) for x in nudges)


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
    """Return the graph with what the nudge moved: below each value, by how much."""
    theta = subject.point[name]
    low, high = (subject.values_at(name, theta + step) for step in (-h, h))
    moves = tuple(after - before for after, before in zip(high, low, strict=True))
    reached = _reached(subject, name)
    graph = subject.graph
    flows = [Flow(i, j) for j in sorted(reached) for i in graph.nodes[j].inputs if i in reached]
    view = View(
        phase="forward",
        now=frozenset((graph.position(name),)),
        valued=frozenset(range(len(graph))),
        graded=reached,
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


def _reached(subject: Subject, name: str) -> frozenset[int]:
    """Return the nodes that a parameter reaches, itself among them."""
    reached = {subject.graph.position(name)}
    for position, node in enumerate(subject.graph.nodes):
        if reached.intersection(node.inputs):
            reached.add(position)
    return frozenset(reached)
