"""The answer that the page gives of a place: value, gradient and its length, as equations."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from backprop.engine.backward import differentiate
from backprop.lessons.gradient.place import Place
from backprop.notation.derivation import Equation
from backprop.notation.formula import Brackets, Formula, Number, Operator, Power, Root, Row
from backprop.notation.full_formula import whole_formula
from backprop.notation.juxtaposition import sum_of
from backprop.notation.names import label_of
from backprop.notation.numerals import adds_up, aloud, degrees, short, spoken
from backprop.stage.functions import function_labels, function_letter
from backprop.stage.walk.explanation import number
from backprop.stage.walk.explanation import spoken as spoken_words
from backprop.stage.walk.not_finite import gradient_words, sides_words, value_words

NABLA, COMMA, BARS = Operator("∇"), Operator(","), Operator("‖")
ONE_LINE = 16  # digits of a length and its slopes that fit beside each other
ROUND = 10_000.0  # squares of whole numbers up to here are added up in sight


@dataclass(frozen=True, slots=True)
class Answer:
    """What is asked and what the answer is."""

    function: Equation  # in letters
    value: Equation  # f(1, 2) = 11
    gradient: Equation  # as a row of slopes
    length: Equation | None  # of the gradient, from its slopes
    steepness: Number  # the same number, the big one
    words: str  # what it is
    sentence: str
    state: str  # “slope”, “flat” or “nothing”
    aloud: str


def make_answer(place: Place) -> Answer:
    """Return the answer of a place."""
    letter = function_letter(place.graph)
    point = _tuple([number(x, "forward") for x in place.point])
    state = "nothing" if not place.is_sound else "flat" if place.is_flat else "slope"
    where = " and ".join(f"{n} {aloud(x)}" for n, x in place.at.items())
    value, slopes = aloud(place.value), ", ".join(map(aloud, place.gradient))
    return Answer(
        function=Equation(
            Row((letter, _tuple([label_of(name) for name in place.names]))),
            (("=", whole_formula(place.graph, label_of)),),
            "the function",
        ),
        value=Equation(
            Row((letter, point)),
            (("=", number(place.value, "forward")),),
            f"The value there is {value}.",
        ),
        gradient=Equation(
            Row((NABLA, letter, point)),
            (("=", _tuple([number(g, "backward") for g in place.gradient])),),
            f"The gradient at {where} is {slopes}.",
        ),
        length=_length(place) if state != "nothing" else None,
        steepness=number(place.steepness, "backward"),
        words=_words(place, state),
        sentence=_sentence(place, state),
        state=state,
        aloud=f"At {where}, f is {spoken(short(place.value))}. The gradient is {slopes}, "
        f"of length {aloud(place.steepness)}.",
    )


def _tuple(parts: Sequence[Formula]) -> Brackets:
    inside: list[Formula] = [parts[0]]
    for part in parts[1:]:
        inside += [COMMA, part]
    return Brackets(Row(tuple(inside)) if len(inside) > 1 else inside[0])


def _length(place: Place) -> Equation:
    """Return ‖∇f‖ = √(10² + 6²) = √136 ≈ 11.662, adding up as printed."""
    written = adds_up(place.gradient, place.steepness, math.hypot)
    two = Number("2", 2.0)
    squares: list[Formula] = [
        Power(Brackets(number) if g < 0 else number, two)
        for text, g in zip(written.terms, place.gradient, strict=True)
        for number in (Number(text, g, "backward"),)
    ]
    root, sign = Root(sum_of(squares)), written.sign
    between: tuple[Formula, ...] = ()
    total = sum(g * g for g in place.gradient)
    if all(g == int(g) for g in place.gradient) and total < ROUND and len(squares) > 1:
        between = (Operator("="), Root(Number(short(total), total)))
        sign = "=" if place.steepness == int(place.steepness) else "≈"
    result = Number(written.result, place.steepness, "backward")
    sides: tuple[tuple[str, Formula], ...] = (("=", root), (sign, result))

    if sum(map(len, written.terms)) + len(written.result) <= ONE_LINE:
        sides = (("=", Row((root, *between, Operator(sign), result))),)
    left = Row((BARS, NABLA, function_letter(place.graph), BARS))
    return Equation(left, sides, f"Its length is {aloud(place.steepness)}.")


def _words(place: Place, state: str) -> str:
    if state == "slope" and place.is_plane:
        return f"the steepest slope, at {degrees(place.bearing)}°"
    return "the steepest slope" if len(place.names) > 1 else "the slope’s size"


def _sentence(place: Place, state: str) -> str:
    if state == "nothing":
        trace, label = differentiate(place.graph, place.at), function_labels(place.graph)
        if not math.isfinite(place.value):
            words = "has no value" if math.isnan(place.value) else f"is {short(place.value)}"
            why = spoken_words(value_words(trace, place.graph.output, label))
            return f"f {words} at this point, so it has no slope here. {why} Move the point."
        steep = zip(place.names, place.gradient, strict=True)
        name = next(name for name, slope in steep if not math.isfinite(slope))
        why = spoken_words(gradient_words(trace, place.graph.position(name), label))
        return f"{why} {spoken_words(sides_words(trace, name, label))} Move the point a little."
    if state == "flat":
        return (
            "Every partial derivative is 0: a top, a hollow, a saddle or a plain. "
            "The slope alone does not say which."
        )
    if len(place.names) == 1:
        way = "rises" if place.gradient[0] > 0 else "falls"
        return f"f {way} as {place.names[0]} grows. One variable, one slope: that is the gradient."
    along = "; along a contour it stays" if place.is_plane else ""
    return f"Along the gradient f rises fastest, against it f falls as fast{along}."
