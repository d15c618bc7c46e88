"""The gradient on paper: partial derivatives, the vector they make, its length, a direction."""

import math

import numpy as np

from backprop.drawing.printed import Arrow, Ground, Plot, Series, Spot, draw_plot, span
from backprop.lessons.gradient.answer import make_answer
from backprop.lessons.gradient.choices import Choices
from backprop.lessons.gradient.dial import make_dial
from backprop.lessons.gradient.partials import Partial, make_partials
from backprop.lessons.gradient.place import Place, make_place
from backprop.lessons.gradient.presets import PRESETS
from backprop.lessons.gradient.step import make_step
from backprop.notation.derivation import Equation
from backprop.notation.formula import Formula, Number, Operator, Row
from backprop.notation.names import label_of
from backprop.notation.numerals import degrees, short
from backprop.stage.functions import function_letter
from backprop.stage.head import find_preset
from backprop.stage.links import Links
from backprop.stage.paper import Blank, Cell, Part, Sheet, Table, Task
from backprop.stage.plane import levels, make_ground
from backprop.stage.walk.explanation import number

ARROW = 0.42  # of the map's half: how long the gradient is drawn
POINTS = 161  # of a curve


def make_sheet(choices: Choices, links: Links) -> Sheet:
    """Return the function at its point, as it is handed out.

    Raises:
        ChoiceError: the function cannot be read.
    """
    place = make_place(choices)
    letter, answer = function_letter(place.graph), make_answer(place)
    preset = find_preset(PRESETS, choices.preset_name)
    same = preset is not None and preset.choices.expression == choices.expression
    function = Row((answer.function.left, Operator("="), answer.function.sides[0][1]))
    return Sheet(
        title=preset.title if preset and same else "The gradient",
        question=("How steep is ", letter, " at the point, and which way?"),
        setting=(function,),
        given=tuple((label_of(n), number(x, "forward")) for n, x in place.at.items()),
        parts=(
            Part(
                title=("Partial derivatives",),
                lede=("With the other variables held: in letters, then at the point.",),
                tasks=(_ended(answer.value), *_partials(place, links)),
            ),
            _gradient(place, answer.gradient, answer.length),
            *([_direction(place, links)] if place.is_plane and place.is_sound else ()),
            *([_step(place, links)] if place.is_sound else ()),
        ),
    )


def _ended(equation: Equation) -> Task:
    """Return a line that asks for the last side of an equation."""
    *before, (sign, last) = equation.sides
    return Task(
        asks=equation.left,
        answer=last,
        hints=0,
        working=tuple(side for _, side in before),
        sign=sign,
    )


def _partials(place: Place, links: Links) -> list[Task]:
    tasks = []
    for row in make_partials(place, links).rows:
        if row.letters is not None:
            tasks.append(Task(row.equation.left, row.letters, hints=0))
        tasks.append(_value_of(row, place))
    return tasks


def _value_of(row: Partial, place: Place) -> Task:
    """Return the line for a partial derivative's value; its letters are another's answer."""
    *before, (sign, last) = row.equation.sides
    working = tuple(side for _, side in before if side != row.letters)
    if not isinstance(last, Number):  # it has no finite value here
        last, sign = row.reverse, "="
    point = ", ".join(map(short, place.point))
    asks = Row((row.equation.left, Operator(f" at ({point})")))
    rule = () if row.letters is None else (row.letters,)
    return Task(asks, last, rule, hints=0, working=working, sign=sign)


def _gradient(place: Place, gradient: Equation, length: Equation | None) -> Part:
    tasks = [_ended(gradient)]
    if length is not None:
        sides = [side for _, side in length.sides]
        result = number(place.steepness, "backward")
        shown: tuple[Formula, ...] = tuple(sides[:1])
        tasks.append(Task(length.left, result, hints=0, working=_without_result(shown)))
    return Part(
        title=("The gradient",),
        lede=(
            "The slopes side by side, and how long that arrow is. Draw it on the map."
            if place.is_plane
            else "The slopes side by side, and how long that arrow is.",
        ),
        plot=_map(place) if place.is_plane else _curve(place) if len(place.names) == 1 else None,
        tasks=tuple(tasks),
    )


def _without_result(sides: tuple[Formula, ...]) -> tuple[Formula, ...]:
    """Return what leads to a length, where its last side has the result beside it."""
    shown = []
    for side in sides:
        if isinstance(side, Row) and isinstance(side.parts[-1], Number) and len(side.parts) > 2:
            side = Row(side.parts[:-2]) if len(side.parts) > 3 else side.parts[0]
        shown.append(side)
    return tuple(shown)


def _map(place: Place) -> Plot:
    """Return the level lines around the point; the arrow of the gradient is an answer."""
    reach, (x, y) = place.reach, place.point
    middle = (place.middle[0], place.middle[1])
    ground = make_ground(place.graph, (place.names[0], place.names[1]), middle, reach)
    arrows = []
    if place.is_sound and not place.is_flat:
        share = ARROW * reach / place.steepness
        gx, gy = place.gradient
        arrows = [Arrow(x, y, x + share * gx, y + share * gy, "∇f")]
    letter = function_letter(place.graph).letter
    return draw_plot(
        Ground(
            (middle[0] - reach, middle[0] + reach),
            (middle[1] - reach, middle[1] + reach),
            (place.names[0], place.names[1]),
            height=220.0,
            square=True,
        ),
        f"A map of {letter} around the point, {levels(ground, letter)}.",
        spots=[Spot(x, y, "P")],
        arrows=arrows,
        grid=ground,
    )


def _curve(place: Place) -> Plot:
    """Return the curve of a function of one variable around the point."""
    name, (x,) = place.names[0], place.point
    xs = np.linspace(place.middle[0] - place.reach, place.middle[0] + place.reach, POINTS)
    with np.errstate(all="ignore"):
        ys = place.values_at({name: xs}).tolist()
    letter = function_letter(place.graph).letter
    spots = [Spot(x, place.value, "P")] if math.isfinite(place.value) else []
    ground = Ground((float(xs[0]), float(xs[-1])), span(ys), (name, letter), height=250.0)
    return draw_plot(ground, f"{letter} around the point.", [Series(xs.tolist(), ys)], spots)


def _direction(place: Place, links: Links) -> Part:
    dial = make_dial(place, links)
    assert dial.equation is not None, "a sound place has a slope in every direction"
    side = dial.equation.sides[0][1]
    working = _without_result((side,))
    angle = degrees(place.choices.angle)
    ux, uy = place.direction
    return Part(
        title=("In one direction",),
        lede=(
            f"The direction u at {angle}° from the first axis, (",
            *(number(ux), ", ", number(uy)),
            "): how steep is it that way?",
        ),
        tasks=(Task(dial.equation.left, dial.slope, hints=0, working=working),),
    )


def _step(place: Place, links: Links) -> Part:
    """Return the table of steps along the direction: what the slope promises, what is found."""
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        ((each.length,), Blank((each.predicted,)), Blank((each.true,)), Blank((each.per_unit,)))
        for each in make_step(place, links).tried
    )
    way = "in that direction" if place.is_plane else "along the gradient"
    return Part(
        title=("How far does it hold?",),
        lede=(f"A step of length t {way}: slope times t, and how much the function rises.",),
        table=Table(
            (("t",), ("promised: slope · t",), ("true rise",), ("true rise per unit of t",)),
            rows,
            "",
        ),
    )
