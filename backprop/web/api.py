"""The engine's verbs and the lessons' boards as JSON, with an OpenAPI description.

A body is bounded before anything is computed from it: by its size, then by counting.
"""

import sys
from collections.abc import Mapping
from typing import Any

import numpy as np
from flask import Blueprint, Response, jsonify, make_response, request
from numpy.typing import NDArray

from backprop.engine.backward import differentiate
from backprop.engine.errors import InputError, LimitError, ShapeError
from backprop.engine.expression import parse
from backprop.engine.network import MOST_LAYERS, Network
from backprop.engine.program import program
from backprop.engine.trace import Step, Trace
from backprop.notation.program_data import program_data, read_entries
from backprop.sharing.snapshot import NOT_FINITE
from backprop.stage.course import LaterChoices, make_end, make_later, make_route
from backprop.stage.links import Links
from backprop.stage.quiz.asked_back import AskingChoices
from backprop.web.body import refuse_unknown, sent_object
from backprop.web.fields import check_fields, field_kinds, spell_fields
from backprop.web.keeping.stored import find_stay, is_of_store, is_private
from backprop.web.mount import root
from backprop.web.openapi import MOST_FEATURES, MOST_ROWS, describe
from backprop.web.query import (
    find_lesson,
    known_lessons,
    read_asking,
    read_state,
    request_pairs,
)
from backprop.web.reply import plain

Array = NDArray[np.float64]

FUNCTION = ("expression", "at")
PROGRAM = ("program", "at")
NETWORK = ("sizes", "activations", "loss", "shared_biases", "parameters", "X", "Y")

api = Blueprint("api", __name__, url_prefix="/api")


@api.post("/differentiate")
def differentiate_expression() -> Response:
    """Answer a typed function's value and gradient at a point, and every step between."""
    body = sent_object()
    refuse_unknown(body, FUNCTION)
    graph = parse(_field(body, "expression", str, "a formula, such as “(x + y) * z”"))
    at = _field(body, "at", dict, "an object that gives each variable a number")
    trace = differentiate(graph, {name: read_number(at[name], name) for name in at})
    steps = [_step(trace, step) for step in trace.steps]
    return _answer({"value": trace.value, "gradient": trace.gradient, "steps": steps})


@api.post("/network")
def differentiate_network() -> Response:
    """Answer a network's loss over a batch, and its gradient, shaped like the parameters."""
    body = sent_object()
    refuse_unknown(body, NETWORK)
    network = _network(body)
    given = _field(body, "parameters", dict, "an object of arrays: W1, b1, W2, …")
    for name in given:
        if name not in network.shapes:
            names = ", ".join(network.shapes)
            raise ShapeError(
                f"There is no “{name[:40]}” here.", hint=f"There are {names}.", at=name[:40]
            )
    parameters = {name: read_array(given[name], name) for name in given}
    X, Y = (read_array(body.get(name, []), name) for name in "XY")
    loss, gradient = network.loss_and_gradient(parameters, X, Y)
    return _answer({"loss": loss, "gradient": gradient})


@api.post("/program")
def differentiate_program() -> Response:
    """Answer the arrays of a program's lines, its gradient, and every step between."""
    body = sent_object()
    refuse_unknown(body, PROGRAM)
    text = _field(body, "program", str, "named lines, such as “W : 2 x 3 = random 1”, one a line")
    at = _field({"at": {}} | body, "at", dict, "an object that gives leaves other values")
    point = {name: read_entries(at[name], name, read_number) for name in at}
    return _answer(program_data(program(text, point)))


@api.route("/lessons/<slug>", methods=("GET", "POST"))
def show_lesson(slug: str) -> Response:
    """Answer a lesson's board, and the canonical address of what it shows."""
    lesson = find_lesson(slug)
    if request.method == "POST":
        body = sent_object()
        spelled = spell_fields(body, field_kinds(lesson.defaults))
        state = read_state(lesson, dict(request.args.items(multi=True)) | spelled)
        check_fields(body, lesson, lesson.defaults, state.links.origin.choices, state.choices)
    else:
        state = read_state(lesson, request_pairs())
    board = lesson.compose(state.choices, state.links)
    stay = find_stay(state.stored)
    return _board(state.links, board, until=stay.until if stay else None)


@api.get("/lessons/<slug>/end")
def show_end(slug: str) -> Response:
    """Answer the end of a lesson; the answer to its question only once one was given."""
    lesson = find_lesson(slug)
    choices, links = read_asking(AskingChoices(), f"{lesson.path}/end")
    return _board(links, make_end(lesson, make_route(known_lessons()), choices, links))


@api.get("/questions")
def show_questions() -> Response:
    """Answer a question that comes back; its answer only once one was given."""
    choices, links = read_asking(LaterChoices(), "/questions")
    return _board(links, make_later(known_lessons(), choices, links))


def _board(links: Links, board: Any, **more: Any) -> Response:
    return _answer({"address": links.address(), "pairs": links.pairs(), **more, "board": board})


@api.get("/openapi.json")
def show_description() -> Response:
    """Answer the description of this interface."""
    return _answer(describe(known_lessons(), root()))


def read_number(value: Any, name: str) -> float:
    """Return a number of a body; “NaN”, “Infinity” and “-Infinity” are numbers too.

    Raises:
        InputError: it is none.
    """
    if isinstance(value, str) and value in NOT_FINITE:
        return NOT_FINITE[value]
    if isinstance(value, int | float) and not isinstance(value, bool):
        if abs(value) <= sys.float_info.max:
            return float(value)
        raise InputError(
            f"The number for “{name[:40]}” is too large.",
            hint="Write “Infinity” for ∞.",
            at=name[:40],
        )
    raise InputError(
        f"The value for “{name[:40]}” is not a number.",
        hint="Send one such as 0.5, or “NaN”, “Infinity”, “-Infinity”.",
        at=name[:40],
    )


def read_array(value: Any, name: str) -> Array:
    """Return a list of numbers, or a list of equally long lists of them, as an array.

    Raises:
        LimitError: more than 2,000 rows.
        ShapeError: it is neither.
    """
    if not isinstance(value, list) or not value:
        raise ShapeError(
            f"{name} is not a list of numbers.", hint="Send an array, row by row.", at=name
        )
    if len(value) > MOST_ROWS:
        raise LimitError(
            f"{name} has {len(value):,} rows.", hint=f"At most {MOST_ROWS:,}.", at=name
        )
    if not any(isinstance(row, list) for row in value):
        return _numbers(value, name)
    if len({len(row) if isinstance(row, list) else -1 for row in value}) > 1:
        raise ShapeError(f"The rows of {name} are not equally long.", at=name)
    flat = _numbers([number for row in value for number in row], name)
    return flat.reshape(len(value), len(value[0]))


def _numbers(values: list[Any], name: str) -> Array:
    return np.array([read_number(value, name) for value in values], float)


def _network(body: Mapping[str, Any]) -> Network:
    """Return the network that a body describes; its limits and the batch's are checked here."""
    sizes = _field(body, "sizes", list, "a list of whole numbers, such as [2, 3, 1]")
    activations = _field(body, "activations", list, "a list of names, one for each layer")
    if not all(_is_whole(size) for size in sizes) or len(sizes) > MOST_LAYERS + 1:
        raise ShapeError(
            "The sizes are not a short list of whole numbers.",
            hint=f"Send one such as [2, 3, 1]; at most {MOST_LAYERS} layers of weights.",
            at="sizes",
        )
    if not all(isinstance(name, str) and len(name) <= 40 for name in activations):
        raise ShapeError(
            "The activations are not names.", hint="Send “sigmoid”, …", at="activations"
        )
    loss = body.get("loss", "half_squared_error")
    if not isinstance(loss, str) or len(loss) > 40:
        raise ShapeError("The loss is not a name.", hint="Send “half_squared_error”.", at="loss")
    if sizes and sizes[0] > MOST_FEATURES:
        raise LimitError(
            f"{sizes[0]:,.0f} features are too many.", hint=f"At most {MOST_FEATURES}.", at="sizes"
        )
    shared = body.get("shared_biases", False)
    if not isinstance(shared, bool):
        raise InputError("“shared_biases” is neither true nor false.", at="shared_biases")
    return Network(tuple(map(int, sizes)), tuple(activations), loss, shared)


def _is_whole(value: Any) -> bool:
    """Whether a value is a whole number as JSON has them: 2.0 is one, and true is none."""
    return type(value) is int or (type(value) is float and value.is_integer())


def _field(body: Mapping[str, Any], name: str, kind: type[Any], wanted: str) -> Any:
    """Return an entry of a body that must be there, and of its kind."""
    value = body.get(name)
    if not isinstance(value, kind):
        missing = "is missing" if name not in body else "cannot be used"
        raise InputError(f"“{name}” {missing}.", hint=f"It is {wanted}.", at=name)
    return value


def _step(trace: Trace, step: Step) -> dict[str, Any]:
    """Return a step with the nodes of its terms by name."""
    terms = [
        {
            "through": trace.graph.nodes[term.edge.later].name,
            "arriving": term.arriving,
            "local": term.local,
            "product": term.product,
            "total": term.total,
        }
        for term in step.terms
    ]
    fields = {name: getattr(step, name) for name in ("phase", "name", "rule", "numbers", "result")}
    return {**fields, "terms": terms}


def _answer(value: Any) -> Response:
    response = make_response(jsonify(plain(value)))
    response.headers["Cache-Control"] = "private, no-cache" if is_of_store() else "no-cache"
    if is_private():
        response.vary.add("Cookie")
    response.add_etag(weak=True)
    return response.make_conditional(request)  # type: ignore[return-value]
