"""What is shown of a walk at one step."""

from dataclasses import dataclass

from backprop.drawing.scene import Scene
from backprop.stage.walk.explanation import Explanation
from backprop.stage.walk.ledger import Ledger
from backprop.stage.walk.strip import Strip


@dataclass(frozen=True, slots=True)
class Walk:
    """A walk through a graph at one step.

    Attributes:
        strip: all steps by name, and where the keys lead.
        scene: the picture of the graph.
        explanation: what the step says.
        ledger: the paths of the quantity in focus; None where none is open.
    """

    strip: Strip
    scene: Scene
    explanation: Explanation
    ledger: Ledger | None = None
