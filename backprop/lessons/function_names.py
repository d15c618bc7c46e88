"""What the quantities of a typed function are called: the output f, the results v₁ and so on.

Where a variable is called f, the output is y; where one is called y too, it is F. Constants have
no letter.
"""

from collections.abc import Callable
from functools import lru_cache

from backprop.engine.graph import Graph
from backprop.notation.formula import Label
from backprop.notation.names import label_of

LETTERS = ("f", "y", "F", "g", "h", "p", "q", "r", "G", "H")


def letter_of(graph: Graph) -> Label:
    """Return what a function is called: f, or a letter that none of its variables has."""
    letter = next((each for each in LETTERS if each not in graph.variables), LETTERS[-1])
    return Label(letter, plain=graph.nodes[graph.output].name)


@lru_cache(maxsize=256)
def labels_for(graph: Graph) -> Callable[[str], Label]:
    """Return the function from a node's name to the label that is shown."""
    output = graph.nodes[graph.output]
    if output.is_variable:
        return label_of
    own = letter_of(graph)
    return lambda name: own if name == output.name else label_of(name)
