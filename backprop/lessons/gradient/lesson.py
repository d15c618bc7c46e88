"""The gradient: how steep a function is at a point, and which way.

The partial derivatives, each with the other variables held, make one vector. It points up the
steepest way, its length is the slope there, and it is true to first order only. That vector is
what backpropagation computes; to move along it is another machine's business.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from backprop.lessons.gradient.answer import Answer, make_answer
from backprop.lessons.gradient.asked import ASKS
from backprop.lessons.gradient.choices import MOST_VARIABLES, PARTS, SECTIONS, Choices
from backprop.lessons.gradient.dial import Dial, make_dial
from backprop.lessons.gradient.ending import QUESTIONS, make_ending
from backprop.lessons.gradient.paper import make_sheet
from backprop.lessons.gradient.partials import Partials, make_partials
from backprop.lessons.gradient.pictures import Map, Slice, make_map, make_slices
from backprop.lessons.gradient.place import Place, make_place
from backprop.lessons.gradient.presets import PRESETS
from backprop.lessons.gradient.step import Step, make_step, unit_step
from backprop.lessons.gradient.walk import GradientWalk, make_walk, waypoints
from backprop.notation.derivation import Equation
from backprop.notation.formula import Label
from backprop.notation.names import label_of
from backprop.notation.numerals import short
from backprop.stage.controls import Field, number_field
from backprop.stage.derivation import Derived
from backprop.stage.functions import DEFINED
from backprop.stage.head import Head, find_preset, make_head
from backprop.stage.hiding import hidden_parts
from backprop.stage.lecture import Lecture, make_lecture
from backprop.stage.lesson import Lesson, Preset
from backprop.stage.links import Links
from backprop.stage.sections import Section, make_sections
from backprop.stage.walk.explanation import Words


@dataclass(frozen=True, slots=True)
class Function:
    """The function as it is typed, and the point."""

    expression: str
    names: tuple[Label, ...]
    fields: tuple[Field, ...]
    edit: str  # the address that every edit starts from: it keeps the map where it is
    retype: str  # the same for another function, whose new variables stand where it is defined


@dataclass(frozen=True, slots=True)
class Board:
    """Everything shown of a function at a point; no markup."""

    head: Head
    function: Function
    answer: Answer
    partials: Partials
    map: Map | None  # for two variables
    no_map: str  # why there is none
    slices: tuple[Slice, ...]
    dial: Dial | None
    step: Step
    walk: GradientWalk


def compose(choices: Choices, links: Links) -> Board:
    """Return the board of a function at a point.

    Raises:
        InputError: the function cannot be read, or is beyond a limit; the text says which.
    """
    place = make_place(choices)
    expression = choices.expression
    came_from = find_preset(PRESETS, choices.preset_name)
    preset = came_from if came_from and came_from.choices.expression == expression else None
    if preset and preset.changed:
        preset = replace(preset, changed=" ".join((preset.changed, *unit_step(place))))
    check = {"of": "expression", "expression": expression, "at": dict(choices.at)}
    rows = waypoints(place)
    walk = make_walk(place, rows, links)
    return Board(
        head=make_head(
            links,
            PRESETS,
            preset.title if preset else "Your own function",
            preset,
            came_from=came_from,
            check=links.to("gradient_check", **check),
            sections=_sections(place, came_from),
            lecture=_lecture(place, walk, links) if choices.mode == "projector" else None,
        ),
        function=Function(
            expression=expression,
            names=tuple(map(label_of, place.names)),
            fields=tuple(
                number_field(name, label_of(name), f"where {name} stands", x)
                for name, x in place.at.items()
            ),
            edit=_edit(place, links),
            retype=_edit(place, links, begin=DEFINED),
        ),
        answer=make_answer(place),
        partials=make_partials(place, links),
        map=make_map(place, rows, links) if place.is_plane else None,
        no_map=_no_map(place),
        slices=make_slices(place) if len(place.names) <= 2 else (),
        dial=make_dial(place, links) if place.is_plane else None,
        step=make_step(place, links),
        walk=walk,
    )


def _sections(place: Place, preset: Preset | None) -> Mapping[str, Section]:
    """Return what opens below the core: a line says what is set in it."""
    choices, first = place.choices, (preset or PRESETS[0]).choices
    count = len(place.names)
    titles: dict[str, tuple[Words, Words]] = {
        "surface": (("The surface",), ("3D",)),
        "direction": (("Another direction",), (f"now at {short(choices.angle)}°",)),
        "length": (("How far does it hold?",), (f"a step of {short(choices.length)}",)),
        "walk": (("What uses a gradient",), ("a walk",)),
        "checks": (("The same by three ways",), (f"{count} slope{'s' if count > 1 else ''}",)),
    }
    return make_sections(choices, first, SECTIONS, titles)


def _lecture(place: Place, walk: GradientWalk, links: Links) -> Lecture:
    """Return the parts that are shown one at a time; forward and back in the walk are its steps."""
    titles = {
        "variables": "One variable",
        "arrow": "The gradient",
        "surface": "The surface",
        "dial": "A direction",
        "length": "A step",
        "walk": "A walk",
    }
    hides = {"surface": "surface", "dial": "direction", "length": "length", "walk": "walk"}
    hides |= {"variables": "slices"} if place.is_plane else {}
    hidden = hidden_parts(place.choices)
    skipped = {part for part, word in hides.items() if word in hidden}
    if not place.is_plane:
        skipped |= {"surface", "dial"}
    lecture = make_lecture(titles, place.choices.part, links, skipped=skipped, reveals=PARTS)
    if lecture.now != "walk":
        return lecture
    walked = len(walk.rows) - 1 > links.origin.choices.steps
    return replace(lecture, forward=walk.further, back=walk.back if walked else lecture.back)


def _edit(place: Place, links: Links, **changes: str) -> str:
    """Return the address of this state with the map held where it is, should it have moved."""
    wanted = place.choices.around or tuple(0.0 for _ in place.middle)
    if not place.is_plane or place.middle == wanted:
        return links.address(**changes)
    return links.address(around=place.middle, **changes)


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


def _derived(board: Board) -> tuple[Derived, ...]:
    """Return the function, its slopes, and what they make: the gradient, its length, a slope."""
    answer = board.answer
    slopes = tuple(row.equation for row in board.partials.rows)
    whole = (answer.gradient, *((answer.length,) if answer.length else ()))
    along = (board.dial.equation,) if board.dial and board.dial.equation else ()
    named: tuple[tuple[str, tuple[Equation, ...]], ...] = (
        ("The function at the point", (answer.function, answer.value)),
        ("Partial derivatives", slopes),
        ("The gradient", whole),
        ("In the direction that is shown", along),
    )
    return tuple(Derived((words,), shown) for words, shown in named if shown)


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
    route="The gradient",
    able="say what a gradient promises at a point, and where the promise ends",
    minutes=12,
    ending=make_ending,
    questions=QUESTIONS,
    asks=ASKS,
    paper=make_sheet,
    derived=_derived,
)
