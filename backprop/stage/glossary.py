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
        "forward_mode": Term(
            "forward mode",
            "Compute tangents beside the values, from the inputs to the result. One pass answers: "
            "if the inputs move along this direction, how fast does everything move? It is a "
            "column of the Jacobian, or a sum of columns.",
        ),
        "reverse_mode": Term(
            "reverse mode",
            "Compute gradients from the result back to the inputs. One pass answers: how much does "
            "every entry matter to this output? It is a row of the Jacobian. Of a loss it is "
            "backpropagation.",
        ),
        "moves": Term(
            "tangent of a line",
            "How fast what a line computes moves when the inputs move along a direction. It has "
            "the shape of the line; tX is that of X.",
        ),
        "jacobian": Term(
            "Jacobian",
            "All slopes of several outputs by several inputs: a row for each output, a column for "
            "each input. Of one output its row is the gradient.",
        ),
        "jvp": Term(
            "Jacobian–vector product",
            "J t, the Jacobian times a direction of the inputs: how the outputs move. One pass "
            "forward gives it, and J is never made.",
        ),
        "vjp": Term(
            "vector–Jacobian product",
            "wᵀJ, a weight of the outputs times the Jacobian: the gradient of the weighted sum. "
            "One pass in reverse gives it, and J is never made.",
        ),
        "hvp": Term(
            "Hessian–vector product",
            "H t, how the gradient changes along a direction; H holds all second derivatives. A "
            "tangent of the backward pass gives it, forward over reverse, and H is never made.",
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
