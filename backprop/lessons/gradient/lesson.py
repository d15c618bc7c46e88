"""The gradient: how steep a function is at a point, and which way.

The partial derivatives, each with the other variables held, make one vector. It points up the
steepest way, its length is the slope there, and it is true to first order only. That vector is
what backpropagation computes; to move along it is another machine's business.
"""

from dataclasses import dataclass

from backprop.drawing.ground import nice
from backprop.lessons.gradient.choices import MOST_VARIABLES, Choices
from backprop.lessons.gradient.dial import Dial, dial_of
from backprop.lessons.gradient.partials import Partial, partials_of
from backprop.lessons.gradient.pictures import Map, Slice, map_of, slices_of, turn_of
from backprop.lessons.gradient.place import Place, place_of
from backprop.lessons.gradient.presets import PRESETS
from backprop.lessons.gradient.step import Step, step_of
from backprop.lessons.gradient.walk import Walk, stops_of, walk_of
from backprop.lessons.gradient.words import Answer, answer_of, value_equation
from backprop.notation.derivation import Equation
from backprop.notation.formula import Label
from backprop.notation.names import label_of
from backprop.notation.numerals import exact, field
from backprop.stage.controls import Field
from backprop.stage.head import Head, make_head
from backprop.stage.lesson import Lesson, Preset
from backprop.stage.links import Links
from backprop.stage.plane import Chart


@dataclass(frozen=True)
class Board:
    """Everything shown of a function at a point; no markup.

    Attributes:
        edit: the address that every edit starts from: it keeps the map where it is.
        plan: map and surface; None unless there are two variables, and then `no_map` says why.
        value: f(1, 2) = 11.
    """

    head: Head
    edit: str
    expression: str
    names: tuple[Label, ...]
    fields: tuple[Field, ...]
    answer: Answer
    value: Equation
    partials: tuple[Partial, ...]
    agrees: bool
    disagreement: str  # why the three ways may differ here; empty where they agree
    plan: Map | None
    no_map: str
    slices: tuple[Slice, ...]
    dial: Dial | None
    turn: Chart | None
    step: Step
    length: Field
    longest: str  # that the slider of the length reaches
    walk: Walk
    stride: Field


def compose(choices: Choices, links: Links) -> Board:
    """Return the board of a function at a point.

    Raises:
        InputError: the function cannot be read, or is beyond a limit; the text says which.
    """
    place = place_of(choices)
    preset = next((p for p in PRESETS if p.name == choices.preset_name), None)
    stops = stops_of(place)
    partials = _partials(place, links)
    return Board(
        head=make_head(
            links,
            PRESETS,
            _title(choices, preset),
            preset if preset and choices.expression == preset.choices.expression else None,
            came_from=preset,
            check=links.to(
                "gradient_check",
                of="expression",
                expression=choices.expression,
                at=dict(choices.at),
            ),
        ),
        edit=_edit(place, links),
        expression=choices.expression,
        names=tuple(map(label_of, place.names)),
        fields=tuple(_field(name, x, f"where {name} stands") for name, x in place.at.items()),
        answer=answer_of(place),
        value=value_equation(place),
        partials=partials,
        agrees=all(each.agrees for each in partials),
        disagreement=_disagreement(place, partials),
        plan=map_of(place, stops, links) if place.is_plane else None,
        no_map=_no_map(place),
        slices=slices_of(place) if len(place.names) <= 2 else (),
        dial=dial_of(place, links) if place.is_plane else None,
        turn=turn_of(place) if place.is_plane else None,
        step=step_of(place, links),
        length=_field("length", choices.length, "length of the step"),
        longest=field(3.0 if choices.length <= 3 else nice(2.5 * choices.length)),
        walk=walk_of(place, stops, links),
        stride=_field("stride", choices.stride, "length of each step"),
    )


def _edit(place: Place, links: Links) -> str:
    """Return the address of this state with the map held where it is, should it have moved."""
    wanted = place.choices.around or tuple(0.0 for _ in place.middle)
    if not place.is_plane or place.middle == wanted:
        return links.address()
    return links.address(around=place.middle)


def _partials(place: Place, links: Links) -> tuple[Partial, ...]:
    """Return the partial derivatives; of more than two, one at a time is written out."""
    names, held = place.names, place.choices.held
    if len(names) <= 2:
        return partials_of(place, names, {})
    addresses = {name: links.address(held=name) for name in names}
    return partials_of(place, (held if held in names else names[0],), addresses)


def _disagreement(place: Place, partials: tuple[Partial, ...]) -> str:
    """Return why the three ways may differ here; empty where they agree."""
    if all(each.agrees for each in partials):
        return ""
    if not place.is_sound:
        return "Where f or a slope is not a finite number, nothing can be compared."
    return (
        "At a kink, or where f bends within the nudge, finite differences see both sides; and "
        "where f is huge, rounding eats their digits."
    )


def _field(name: str, x: float, title: str) -> Field:
    return Field(name, label_of(name), title, field(x), exact(x))


def _title(choices: Choices, preset: Preset | None) -> str:
    """Return what the page is called: its preset, as long as it is that function."""
    if preset is None or choices.expression != preset.choices.expression:
        return "Your own function"
    return preset.title


def _no_map(place: Place) -> str:
    """Return why there is no map; empty where there is one."""
    count = len(place.names)
    if count == 2:
        return ""
    if count == 1:
        return "One variable: there is one way to go, so a curve shows all of it."
    return (
        f"{count} variables: a map has room for two. Nothing else changes: one partial derivative "
        f"for each, and together they are the gradient. Up to {MOST_VARIABLES} are shown here."
    )


LESSON = Lesson(
    name="gradient",
    title="The gradient",
    about="Partial derivatives with the other variable held, the vector they make, and what it "
    "promises: drag a point over a map, turn a direction, lengthen a step.",
    defaults=PRESETS[0].choices,
    presets=PRESETS,
    compose=compose,
    styles=("plane", "gradient"),
    scripts=("plane",),
    bundles=("gl3d",),
)
