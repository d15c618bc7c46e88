"""What can be asked about a round of a network: the gradient of its step, and its variants."""

from random import Random

from backprop.drawing.scene import Scene, View, network_scene
from backprop.lessons.network.choices import Choices
from backprop.lessons.network.training_step import compute
from backprop.notation.network_names import network_labels
from backprop.notation.numerals import exact, short, signed
from backprop.stage.choices import change
from backprop.stage.networks import OWN, NetworkChoices
from backprop.stage.quiz.gradient_asked import Walked
from backprop.stage.quiz.question import Asks
from backprop.stage.quiz.variants import fresh_numbers, like_before
from backprop.stage.quiz.walk_questions import ask_in_walk, askings_at
from backprop.stage.walk.explanation import Labels
from backprop.stage.walk.steps import network_steps

SQUARED = ("half_squared_error", "mean_squared_error", "huber")  # losses whose targets are numbers


def make_labels(network: NetworkChoices) -> Labels:
    """Return how the names of a network are written."""
    squashed = network.activations[-1] not in ("linear", "softmax")
    return network_labels(network.sizes, network.shared, network.names, squashed)


def walk_through(choices: Choices) -> Walked:
    """Return the walk through a round at its step; beyond the last, at the last."""
    training_step = compute(choices)
    steps, label = network_steps(training_step.graph), make_labels(choices.network)
    coarse = None
    if choices.detail != "neurons":
        coarse = compute(change(choices, detail="neurons"))

    def draw(view: View, large: bool) -> Scene:
        words = (label, short, signed, exact, lambda _: "")
        return network_scene(
            training_step.network, choices.detail, training_step.trace, view, *words, large=large
        )

    step = steps[min(choices.step, len(steps) - 1)]
    return Walked(training_step, steps, step, label, draw, coarse)


def vary(choices: Choices, name: str, seed: int) -> Choices:
    """Return the same network with other weights, and another example where it is one’s own."""
    suits = like_before(walk_through(choices), name)
    return fresh_numbers(choices, seed, _drawn, lambda each: suits(walk_through(each)))


def _drawn(choices: Choices, rng: Random) -> Choices:
    network = choices.network

    def number(low: float, high: float, turned: float) -> float:
        x = round(rng.uniform(low, high), 2)
        return -x if rng.random() < turned else x

    alike = all(x >= 0 for x in network.parameters.values())
    parameters = {n: number(0.1, 0.95, 0.0 if alike else 0.4) for n in network.parameters}
    own = network.data == OWN
    inputs = {
        name: number(0.05, 0.95, 0.0) if own and (name[0] == "x" or network.loss in SQUARED) else x
        for name, x in network.inputs.items()
    }
    return change(choices, inputs=inputs, parameters=parameters)


ASKS = Asks(
    askings=lambda choices: askings_at(walk_through(choices)),
    question=lambda choices, name: ask_in_walk(walk_through(choices), name),
    vary=vary,
)
