"""The lessons, in the order they are taught; and the small graph of the first page."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from backprop.drawing.scene import Flow, Scene, View, expression_scene
from backprop.engine.backward import differentiate
from backprop.engine.errors import UnknownNameError
from backprop.engine.expression import parse
from backprop.lessons.arrays.lesson import LESSON as ARRAYS
from backprop.lessons.chain_rule.lesson import LESSON as CHAIN_RULE
from backprop.lessons.find_the_bug.lesson import LESSON as FIND_THE_BUG
from backprop.lessons.gradient.lesson import LESSON as GRADIENT
from backprop.lessons.gradient_check.lesson import LESSON as GRADIENT_CHECK
from backprop.lessons.memory.lesson import LESSON as MEMORY
from backprop.lessons.network.lesson import LESSON as NETWORK
from backprop.lessons.optimizers.lesson import LESSON as OPTIMIZERS
from backprop.lessons.own_gradient.lesson import LESSON as OWN_GRADIENT
from backprop.lessons.playground.lesson import LESSON as PLAYGROUND
from backprop.lessons.training.lesson import LESSON as TRAIN
from backprop.lessons.why_backwards.lesson import LESSON as WHY_BACKWARDS
from backprop.notation.names import label_of
from backprop.notation.numerals import exact, short, signed
from backprop.stage.choices import ChoiceError, change
from backprop.stage.kept import kept_by
from backprop.stage.lesson import Lesson
from backprop.stage.links import LessonLink, Links, Origin

ROUTE: tuple[Lesson, ...] = (
    *(PLAYGROUND, CHAIN_RULE, GRADIENT, NETWORK, GRADIENT_CHECK, FIND_THE_BUG, OWN_GRADIENT),
    *(OPTIMIZERS, TRAIN, ARRAYS, WHY_BACKWARDS, MEMORY),
)
LESSONS: tuple[Lesson, ...] = ROUTE


@dataclass(frozen=True, slots=True)
class HomeBoard:
    """What the first page shows: a function in the middle of its backward pass.

    Attributes:
        expression: the function.
        scene: its graph; each node leads to the first lesson.
        short_of_time: what to see in twenty minutes: three times words and an address.
    """

    expression: str
    scene: Scene
    short_of_time: tuple[tuple[str, str], ...]


def home_board(mode: str = "") -> HomeBoard:
    """Return (x + y) · z at (−2, 5, −4), where the gradient has come half-way.

    Args:
        mode: the view in which its nodes lead on.
    """
    graph = parse("(x + y) * z")
    trace = differentiate(graph, {"x": -2.0, "y": 5.0, "z": -4.0})
    total, output = graph.output - 1, graph.output
    view = View(
        phase="backward",
        now=frozenset((total,)),
        valued=frozenset(range(len(graph))),
        graded=frozenset((output, total, graph.position("z"))),
        flows=(Flow(total, output),),
        factors={},
    )
    first = address_of(LessonLink(PLAYGROUND.name, {"mode": mode}))
    scene = expression_scene(trace, view, label_of, short, signed, exact, lambda _: first)
    ways = (
        ("See why this is not gradient descent", NETWORK.end),
        ("work out one weight from scratch", f"{NETWORK.path}?ask=1&ask-level=4"),
        ("find a planted bug", FIND_THE_BUG.path),
    )
    return HomeBoard("(x + y) · z", scene, ways)


def follow(way: LessonLink, lessons: Sequence[Lesson] = LESSONS) -> tuple[Lesson, Any]:
    """Return the lesson that a way leads to, and the choices there.

    Raises:
        UnknownNameError: there is no such lesson.
    """
    for lesson in lessons:
        if lesson.name == way.lesson:
            return lesson, change(lesson.defaults, **way.fields)
    raise UnknownNameError(f"There is no lesson “{way.lesson}” here.", at="lesson")


def address_of(way: LessonLink, lessons: Sequence[Lesson] = LESSONS) -> str:
    """Return the address of a way; empty where the other lesson cannot show what is shown here."""
    return _own_address(way) if lessons is LESSONS else _address(way, lessons)


@kept_by(lambda way: (way,), size=128)
def _own_address(way: LessonLink) -> str:
    return _address(way, LESSONS)


def _address(way: LessonLink, lessons: Sequence[Lesson]) -> str:
    try:
        lesson, choices = follow(way, lessons)
        return Links(lesson.path, Origin({}, lesson.defaults), choices).address()
    except (ChoiceError, UnknownNameError):
        return ""
