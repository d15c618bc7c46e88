"""The dial of directions, as numbers for its drawing.

Around a middle at 0 0, with y down and a rim of RIM: the slope in a direction is drawn as a length
along it, so all slopes together are two circles through the middle. One has the gradient for its
diameter (Thales: its chord along u is g·u); the other, opposite, holds the falling directions.
"""

import math
from dataclasses import dataclass

from backprop.lessons.gradient.place import Place
from backprop.notation.derivation import Equation, equation
from backprop.notation.formula import Formula, Label, Number, Operator, Row
from backprop.notation.juxtaposition import add, multiply
from backprop.notation.numerals import adds_up, exact, field, short
from backprop.stage.controls import Option
from backprop.stage.functions import function_letter
from backprop.stage.links import Links

RIM = 100.0


@dataclass(frozen=True, slots=True)
class Dial:
    """The dial, and the words beside it.

    Attributes:
        state: “rising”, “falling” or “level” along the direction; “none” without a gradient.
        angle: the direction in degrees, as an input shows it, and exactly.
        turned: the same between −180 and 180, as a slider needs it.
        hand: the end of the direction’s hand.
        chord: the end of the slope along it.
        tip, level: ends of the gradient and of the contour; empty without a gradient.
        slope, steepest: along the direction, and along the gradient.
        equation: the slope in numbers; None where they are not finite.
        ways: directions worth a look.
    """

    state: str
    angle: str
    exact: str
    turned: str
    hand: tuple[str, str]
    chord: tuple[str, str]
    tip: tuple[str, str] | tuple[()]
    level: tuple[str, str] | tuple[()]
    slope: Number
    steepest: Number
    equation: Equation | None
    words: str
    ways: tuple[Option, ...]


def dial_of(place: Place, links: Links) -> Dial:
    """Return the dial of a place on a map."""
    angle, u, slope = place.choices.angle, place.direction, place.slope
    known = place.is_sound and not place.is_flat
    share = slope / place.steepness if known else 0.0
    state = _state(place) if known else "none"
    bearing = math.radians(place.bearing) if known else 0.0
    towards = (math.cos(bearing), math.sin(bearing))
    return Dial(
        state=state,
        angle=field(angle),
        exact=exact(angle),
        turned=repr((angle + 180) % 360 - 180 if angle != 180 else angle),
        hand=_end(u, RIM),
        chord=_end(u, RIM * abs(share)),
        tip=_end(towards, RIM) if known else (),
        level=_end((-towards[1], towards[0]), RIM) if known else (),
        slope=Number(short(slope), slope, "backward"),
        steepest=Number(short(place.steepness), place.steepness, "backward"),
        equation=_equation(place) if place.is_sound else None,
        words=_words(place, state),
        ways=_ways(place, links, known),
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
    return f"f {verb} here, at {share:.0f} % of the steepest slope."


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
    found = [(f"along {across}", 0.0), (f"along {up}", 90.0)]
    if known:
        bearing = float(f"{place.bearing:.12g}")
        level = (bearing + 90 + 180) % 360 - 180
        found += [("up the gradient", bearing), ("along the contour", float(f"{level:.12g}"))]
    now = place.choices.angle
    return tuple(
        Option(title, repr(angle), angle == now, links.address(angle=angle))
        for title, angle in found
    )
