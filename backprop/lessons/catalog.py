"""The lessons, in the order they are taught; and the small graph of the first page."""

from dataclasses import dataclass

from backprop.drawing.scene import Flow, Scene, View, expression_scene
from backprop.engine.backward import differentiate
from backprop.engine.expression import parse
from backprop.lessons.chain_rule import LESSON as CHAIN_RULE
from backprop.lessons.check_links import check_address as check_address
from backprop.lessons.gradient import LESSON as GRADIENT
from backprop.lessons.gradient_check import LESSON as GRADIENT_CHECK
from backprop.lessons.lesson import Lesson
from backprop.lessons.network import LESSON as NETWORK
from backprop.lessons.optimizers import LESSON as OPTIMIZERS
from backprop.lessons.own_gradient import LESSON as OWN_GRADIENT
from backprop.lessons.playground import LESSON as PLAYGROUND
from backprop.lessons.train import LESSON as TRAIN
from backprop.notation.names import label_of
from backprop.notation.numerals import exact, short, signed

LESSONS: tuple[Lesson, ...] = (
    *(CHAIN_RULE, GRADIENT, NETWORK, GRADIENT_CHECK, OWN_GRADIENT),
    *(OPTIMIZERS, TRAIN, PLAYGROUND),
)


@dataclass(frozen=True, slots=True)
class HomeBoard:
    """What the first page shows: a function in the middle of its backward pass."""

    expression: str
    scene: Scene


def home_board() -> HomeBoard:
    """Return (x + y) · z at (−2, 5, −4), where the gradient has come half-way."""
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
    scene = expression_scene(
        trace, view, label_of, short, signed, exact, lambda _: "/lessons/network"
    )
    return HomeBoard("(x + y) · z", scene)
