"""The gradient of a function, step by step: the few verbs a notebook needs.

graph = backprop.parse("(x + y) * z")
trace = backprop.differentiate(graph, {"x": -2, "y": 5, "z": -4})
trace.value, trace.gradient, trace.steps

network = backprop.Network(sizes=(2, 2, 2), activations=("sigmoid", "sigmoid"))
loss, gradient = network.loss_and_gradient(network.initialize(seed=1), X, Y)

report = backprop.check_gradient(f, parameters, gradient)       # of any function, yours too
backprop.assert_gradient(f, parameters, gradient)               # the same, for pytest
optimizer = backprop.optimizers.Adam(learning_rate=0.01)        # another machine

Everything else stands in a module that says what it is: `backprop.engine.text.to_text`.
"""

from backprop.engine.backward import differentiate, gradient
from backprop.engine.differences.check import GradientNotJudged, assert_gradient, check_gradient
from backprop.engine.expression import parse
from backprop.engine.network import Network
from backprop.training import optimizers

__all__ = [
    "GradientNotJudged",
    "Network",
    "assert_gradient",
    "check_gradient",
    "differentiate",
    "gradient",
    "optimizers",
    "parse",
]
