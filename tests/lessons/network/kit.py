"""Opens the walk through a round at the query of an address."""

from urllib.parse import parse_qsl

from backprop.lessons.network.lesson import LESSON
from backprop.stage.choices import read_choices
from backprop.stage.links import Links, Origin


def open_at(query=""):
    """Return the choices of a query, and the links around them."""
    pairs = dict(parse_qsl(query, keep_blank_values=True))
    origin = Origin({}, LESSON.defaults)
    if "preset" in pairs:
        origin = Origin({"preset": pairs["preset"]}, LESSON.preset(pairs["preset"]).choices)
    choices = read_choices(origin.choices, pairs)
    return choices, Links(LESSON.path, origin, choices)


def board_at(query=""):
    return LESSON.compose(*open_at(query))


def choices_after(address):
    return open_at(address.partition("?")[2])[0]


def on(options):
    return [option.value for option in options if option.on]
