"""The dial of directions, as numbers for its drawing.

Around a middle at 0 0, with y down and a rim of RIM: the slope in a direction is drawn as a length
along it, so all slopes together are two circles through the middle. One has the gradient for its
diameter (Thales: its chord along u is g·u); the other, opposite, holds the falling directions.
"""

import math
from dataclasses import dataclass

from backprop.drawing.figures.slopes import turn_chart
from backprop.lessons.gradient.place import Place
from backprop.notation.derivation import Equation, equation
from backprop.notation.formula import Formula, Label, Number, Operator, Row
from backprop.notation.juxtaposition import add, multiply
from backprop.notation.names import label_of
from backprop.notation.numerals import MINUS, adds_up, degrees, long, short
from backprop.stage.controls import Field, Option, number_field
from backprop.stage.functions import function_letter
from backprop.stage.links import Links
from backprop.stage.plane import Chart
from backprop.stage.walk.explanation import number

RIM = 100.0
End = tuple[str, str]


@dataclass(frozen=True, slots=True)
class DialLines:
    """The ends of the lines that begin in the middle."""

    hand: End  # of the direction
    chord: End  # of the slope along it
    tip: End | tuple[()] = ()  # of the gradient; empty without one
    level: End | tuple[()] = ()  # of the contour


@dataclass(frozen=True, slots=True)
class Dial:
    """The dial, and the words beside it."""

    state: str  # “rising”, “falling” or “level” along the direction; “none” without a gradient
    angle: Field  # the direction in degrees
    turned: str  # the same between −180 and 180, as a slider needs it
    lines: DialLines
    slope: Number  # along the direction
    equation: Equation | None  # the slope in numbers; None where they are not finite
    words: str
    ways: tuple[Option, ...]  # directions worth a look
    turn: Chart | None  # the slope over all directions; None without a gradient


def make_dial(place: Place, links: Links) -> Dial:
    """Return the dial of a place on a map."""
    angle, slope = place.choices.angle, place.slope
    known = place.is_sound and not place.is_flat
    state = _state(place) if known else "none"
    return Dial(
        state=state,
        angle=number_field("angle", label_of("angle"), "direction of the step", angle),
        turned=repr((angle + 180) % 360 - 180 if angle != 180 else angle),
        lines=_lines(place, known=known),
        slope=number(slope, "backward"),
        equation=_equation(place) if place.is_sound else None,
        words=_words(place, state),
        ways=_ways(place, links, known),
        turn=_turn(place) if known else None,
    )


def _lines(place: Place, *, known: bool) -> DialLines:
    u, hand = place.direction, _end(place.direction, RIM)
    if not known:
        return DialLines(hand, _end(u, 0.0))
    bearing = math.radians(place.bearing)
    towards = (math.cos(bearing), math.sin(bearing))
    return DialLines(
        hand,
        chord=_end(u, RIM * abs(place.slope / place.steepness)),
        tip=_end(towards, RIM),
        level=_end((-towards[1], towards[0]), RIM),
    )


def _end(u: tuple[float, ...], length: float) -> tuple[str, str]:
    return f"{length * u[0]:.1f}", f"{-length * u[1] + 0.0:.1f}"


def _state(place: Place) -> str:
    if abs(place.slope) <= 1e-9 * place.steepness:
        return "level"
    return "rising" if place.slope > 0 else "falling"


def _words(place: Place, state: str) -> str:
    match state:
        case "none":
            return "Every direction is level." if place.is_flat else "There is no slope here."
        case "level":
            return "Along the contour f stays the same, to first order."
    share = 100 * abs(place.slope) / place.steepness
    verb = "rises" if state == "rising" else "falls"
    if share > 99.9995:
        return f"The steepest way {'up' if state == 'rising' else 'down'}: no direction beats it."
    return f"f {verb} here, at {share:.0f}\N{NO-BREAK SPACE}% of the steepest slope."


def _equation(place: Place) -> Equation:
    """Return ∇f·u = 10 × 1 + 6 × 0 = 10."""
    (gx, gy), (ux, uy) = place.gradient, place.direction
    terms = (gx, ux, gy, uy)
    written = adds_up(terms, place.slope, lambda a, b, c, d: a * b + c * d)
    tones = ("backward", "", "backward", "")
    shown: list[Formula] = [
        Number(text, x, tone) for text, x, tone in zip(written.terms, terms, tones, strict=True)
    ]
    sum_ = add(multiply(shown[0], shown[1]), multiply(shown[2], shown[3]))
    result = Number(written.result, place.slope, "backward")
    left = Row((Operator("∇"), function_letter(place.graph), Operator("·"), Label("u")))
    return equation(left, ("=", Row((sum_, Operator(written.sign), result))))


def _ways(place: Place, links: Links, known: bool) -> tuple[Option, ...]:
    across, up = place.names
    angles = {f"along {across}": 0.0, f"along {up}": 90.0}
    if known:
        bearing = float(f"{place.bearing:.12g}")
        level = (bearing + 90 + 180) % 360 - 180
        angles |= {"up the gradient": bearing, "along the contour": float(f"{level:.12g}")}
    now = place.choices.angle
    return tuple(
        Option(title, repr(angle), angle == now, links.address(angle=angle))
        for title, angle in angles.items()
    )


def _turn(place: Place) -> Chart:
    angle, bearing = place.choices.angle, math.radians(place.bearing)
    rows = tuple(
        (f"{degrees(a)}°", long(place.steepness * math.cos(math.radians(a) - bearing)))
        for a in range(-180, 181, 30)
    )
    highest = f"{round(place.bearing, 1) + 0.0:.1f}".replace("-", MINUS)
    alt = (
        f"The slope is highest, {short(place.steepness)}, at {highest} degrees, "
        f"and 0 at right angles to it; at {degrees(angle)} degrees it is {short(place.slope)}."
    )
    figure = turn_chart((place.gradient[0], place.gradient[1]), angle, place.slope)
    return Chart(figure, alt, ("direction", "slope"), rows)
