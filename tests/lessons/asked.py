"""A learner in quiz mode: opens addresses of both lessons, says signs, types numbers."""

from urllib.parse import parse_qsl, urlencode, urlsplit

from backprop.lessons.network import lesson as network
from backprop.lessons.playground import lesson as playground
from backprop.stage.choices import read_choices
from backprop.stage.links import Links, Origin

H1, WEIGHT, WHOLE = 19, 14, 28  # steps of the 2-2-2 by hand
LESSONS = {lesson.path: lesson for lesson in (network.LESSON, playground.LESSON)}
NETWORK, PLAYGROUND = LESSONS


def board_at(address):
    """Return the board at an address of either lesson."""
    parts = urlsplit(address)
    lesson, pairs = LESSONS[parts.path], dict(parse_qsl(parts.query, keep_blank_values=True))
    origin = Origin({}, lesson.defaults)
    if "preset" in pairs:
        origin = Origin({"preset": pairs["preset"]}, lesson.preset(pairs["preset"]).choices)
    choices = read_choices(origin.choices, pairs)
    return lesson.compose(choices, Links(lesson.path, origin, choices))


def say(board, keys):
    """Return the board after an answer: −, 0 or +."""
    return board_at(next(way.address for way in board.quiz.ask.signs if way.keys == keys))


def typed(board, text):
    """Return the board after a number is typed."""
    pairs = urlencode(dict(board.quiz.ask.form) | {"typed": text})
    return board_at(f"{board.head.links.path}?{pairs}")


def written(board, text):
    """Return the board after an answer is typed from scratch."""
    pairs = urlencode(dict(board.quiz.scratch.form) | {"typed": text})
    return board_at(f"{board.head.links.path}?{pairs}")
