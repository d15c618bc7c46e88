"""A network with every ×, + and σ of its own (being written)."""

from functools import lru_cache

from backprop.drawing.expressions import expression_picture
from backprop.drawing.layout import Picture
from backprop.engine.network import Network


@lru_cache(maxsize=128)
def operations_picture(network: Network) -> Picture:
    """Return the picture of a network at operations detail."""
    return expression_picture(network.graph("operations"))
