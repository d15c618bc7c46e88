"""The end of a lesson: what was seen, in three sentences and one small picture."""

from dataclasses import dataclass

from backprop.drawing.scene import Scene
from backprop.notation.formula import Label, Number
from backprop.stage.plane import Chart

Sentence = tuple[str | Label | Number, ...]


@dataclass(frozen=True, slots=True)
class Ending:
    """What was seen in a lesson.

    Attributes:
        title: in a few words, which need not name the lesson.
        sentences: three; a number in them is one that was computed, and is shown in its colour.
        picture: of a state of the lesson: a graph, or a chart.
        caption: what there is to see in it.
        large: the same graph, whole, as it is drawn for a class; None where it is a chart.
    """

    title: str
    sentences: tuple[Sentence, Sentence, Sentence]
    picture: Scene | Chart
    caption: Sentence
    large: Scene | None = None
