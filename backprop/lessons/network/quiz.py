"""The end of a round that was asked: its sum, and another one with fresh weights."""

from backprop.lessons.network.choices import RESET_RUN
from backprop.lessons.network.training_step import Round
from backprop.stage.links import Links
from backprop.stage.networks import NetworkChoices
from backprop.stage.quiz.answers import SILENT
from backprop.stage.quiz.question import Question
from backprop.stage.quiz.score import Score, asked_steps, first_backward_step, make_score
from backprop.stage.walk.steps import network_steps

LAST_SEED = 99_999
DRAWN = ("xavier", "he")  # the initial weights that a seed decides


def round_end(found: Round, question: Question | None, links: Links) -> Score | None:
    """Return the sum of a round that was asked; None but where its gradient is complete."""
    if question is None or question.stop.kind != "whole":
        return None
    stops = network_steps(found.graph)
    first = first_backward_step(stops)
    fresh = another_network(found.choices.network, links, first)
    again = links.address(**SILENT, step=first)
    return make_score(question.said, asked_steps(question, stops), fresh, again)


def another_network(network: NetworkChoices, links: Links, step: int) -> str:
    """Return the address of the same network with the weights of the next seed."""
    scheme = network.scheme if network.scheme in DRAWN else DRAWN[0]
    seed = network.seed % LAST_SEED + 1
    fresh = {**RESET_RUN, **SILENT, "seed": seed, "scheme": scheme, "step": step}
    return links.address("parameters", **fresh)
