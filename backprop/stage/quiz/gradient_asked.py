"""The gradient that is asked, and where in a walk it stands: what questions about it are made of.

Both know the answer. What is sent of them before it may be told is a picture of forward values and
the letters around the one quantity.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from backprop.drawing.scene import Scene, View
from backprop.notation.formula import Label
from backprop.stage.walk.explanation import Labels, Words, name_at, output_label
from backprop.stage.walk.steps import Passes, WalkStep

Draw = Callable[[View, bool], Scene]  # what the picture shows, and whether large → the picture


@dataclass(frozen=True, eq=False)
class GradientAsked:
    """The gradient of one quantity.

    Attributes:
        passes: the function differentiated.
        node: the position of the quantity.
        label: how names are written there.
    """

    passes: Passes
    node: int
    label: Labels

    @property
    def name(self) -> str:
        """The name of the quantity."""
        return name_at(self.passes, self.node)

    @property
    def own(self) -> Label:
        """The letter of the quantity."""
        return self.label(self.name)

    @property
    def output(self) -> Label:
        """The letter of what it is the gradient of."""
        return output_label(self.passes, self.label)

    @property
    def gradient(self) -> float:
        """The right answer."""
        return float(self.passes.trace.gradients[self.node])

    @property
    def slope(self) -> Words:
        """The gradient in letters: ∂E/∂w₅."""
        return ("∂", self.output, "/\N{WORD JOINER}∂", self.own)


@dataclass(frozen=True, eq=False)
class Walked:
    """A walk through a pass, at one of its steps.

    Attributes:
        passes: the function differentiated, as it is drawn.
        steps: of the walk.
        step: the one at which it stands.
        label: how names are written.
        draw: draws the graph.
        coarse: the same function in fewer steps, in which most quantities stand too; a gradient
            that it has is worked out there. None where it is drawn so already.
    """

    passes: Passes
    steps: Sequence[WalkStep]
    step: WalkStep
    label: Labels
    draw: Draw
    coarse: Passes | None = None

    def at(self, name: str) -> GradientAsked:
        """Return the gradient of a quantity, as it is worked out."""
        coarse = self.coarse
        if coarse and any(node.name == name for node in coarse.graph.nodes):
            return GradientAsked(coarse, coarse.graph.position(name), self.label)
        return GradientAsked(self.passes, self.passes.graph.position(name), self.label)
