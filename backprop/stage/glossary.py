"""The terms that a page explains where they stand: a few words each, from one list."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Term:
    """A word of the field, and what it means here."""

    title: str
    text: str


TERMS: Mapping[str, Term] = MappingProxyType(
    {
        "forward": Term(
            "forward pass",
            "Compute every value from the inputs to the result, left to right. A network’s result "
            "is its loss.",
        ),
        "loss": Term("loss", "One number that says how far the outputs are from their targets."),
        "backward": Term(
            "backward pass",
            "Compute every gradient from the result back to the variables, right to left: in a "
            "network from the loss to the parameters. This is backpropagation: the chain rule, "
            "each factor used again where it is needed.",
        ),
        "gradient": Term(
            "gradient",
            "All partial derivatives of a result, one for each variable: by how much the result "
            "moves when that variable moves a little. In a network the result is the loss, and the "
            "variables are the parameters.",
        ),
        "local": Term(
            "local derivative",
            "The derivative of one operation’s result by one of its inputs; it needs nothing but "
            "the numbers at that operation.",
        ),
        "differences": Term(
            "finite differences",
            "Nudge one variable θ up and down by h = 10⁻⁵ · max(1, |θ|), compute the result both "
            "times, divide the difference by 2h. Two passes forward for each variable; it checks "
            "a backward pass without sharing its mistakes.",
        ),
        "tangent": Term(
            "tangent",
            "The straight line through a point of a curve with the slope that the curve has "
            "there. Near the point the two are hard to tell apart.",
        ),
        "relative": Term(
            "relative difference",
            "|a − n| / max(|a|, |n|) of the gradient a and the finite difference n. Where rounding "
            "alone explains |a − n|, it proves nothing.",
        ),
        "optimizer": Term(
            "optimizer",
            "A machine that takes a gradient and returns a move. It computes no derivative, and "
            "can be exchanged while the gradient stays.",
        ),
        "parameter": Term(
            "parameter", "A weight or a bias: a number of the network that can be adjusted."
        ),
        "dead": Term(
            "dead unit",
            "A hidden unit through which no training example sends back more than 0.001 of the "
            "gradient that arrives: a relu that is 0, or a sigmoid that is flat, for all of them.",
        ),
        "ledger": Term(
            "path ledger",
            "Every way from a quantity to the result, with the product of the local derivatives "
            "along it. Their sum is the gradient there.",
        ),
        "tape": Term(
            "tape",
            "What is kept of the forward pass for the way back: the values that a product "
            "mentions. It grows forward and shrinks backward.",
        ),
        "checkpoint": Term(
            "checkpoint",
            "A line whose arrays are kept. What stands between two of them is let go on the way "
            "forward, and computed again from the first when the way back comes there.",
        ),
        "peak": Term(
            "peak memory",
            "The most that is held at any step. It decides whether a pass fits.",
        ),
        "recomputation": Term(
            "recomputation",
            "Running a line a second time, because what it made was let go. It costs work and "
            "saves memory; the gradient stays the same to the last bit.",
        ),
        "frozen": Term("frozen", "Its gradient is computed and shown, but no update moves it."),
    }
)
