"""The description of /api, as OpenAPI 3.1; its limits are the engine's own numbers."""

import sys
from collections.abc import Iterable
from typing import Any

from backprop.engine.arrays.grammar import CHARACTERS as OF_A_PROGRAM
from backprop.engine.arrays.grammar import ENTRIES
from backprop.engine.arrays.shapes import AXES
from backprop.engine.expression import CHARACTERS
from backprop.engine.network import (
    ACTIVATIONS,
    LOSSES,
    MOST_LAYERS,
    MOST_PARAMETERS,
    MOST_UNITS,
)
from backprop.notation.program_data import MOST_NUMBERS
from backprop.sharing.snapshot import NOT_FINITE
from backprop.stage.course import LaterChoices
from backprop.stage.lesson import Lesson
from backprop.stage.links import CAME_FROM, SET_OUT
from backprop.stage.quiz.asked_back import AskingChoices
from backprop.web.fields import (
    SNAPSHOT,
    Schema,
    body_schema,
    field_kinds,
    preset_schema,
    text_schema,
)

LARGEST = sys.float_info.max
MOST_ROWS = 2_000
MOST_FEATURES = 64


def describe(lessons: Iterable[Lesson], root: str = "") -> Schema:
    """Return the whole description, of what stands below a path of a host."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "backprop, slowly",
            "version": "1",
            "description": (
                "Values, gradients and every step between them. Numbers are float64; NaN and ±∞ "
                "are the texts “NaN”, “Infinity” and “-Infinity”, in both directions. A body may "
                "have 1 MiB. Addresses in an answer are below the server's, as the paths here are."
            ),
        },
        "servers": [{"url": root or "/"}],
        "paths": {
            "/api/differentiate": {"post": _differentiate()},
            "/api/network": {"post": _network()},
            "/api/program": {"post": _program()},
            **{path: each for lesson in lessons for path, each in _paths(lesson).items()},
            "/api/questions": {"get": _questions()},
            "/api/openapi.json": {"get": _itself()},
        },
        "components": {"schemas": _schemas(), "responses": _refusals()},
    }


def _paths(lesson: Lesson) -> Schema:
    """Return the paths of a lesson."""
    return {
        f"/api{lesson.path}": {"get": _lesson(lesson), "post": _lesson_body(lesson)},
        f"/api{lesson.path}/end": {"get": _end(lesson)},
    }


REFUSALS = {
    "NotFound": "The address names what is not here: a preset, or a snapshot.",
    "TooLarge": "The body has more than 1 MiB.",
    "OtherType": "The body is not JSON.",
    "Refused": "What was sent cannot be used: a field is unknown, missing, out of bounds, or does "
    "not fit the others. The sentences say which and why, and what would be right.",
    "Broken": "The body broke off.",
    "TooMuch": "More is asked or stored from one address, or by one browser, than may be just now; "
    "Retry-After says when to ask again.",
    "Away": "The store of snapshots cannot be used just now; Retry-After says when to ask again.",
}


def _refusals() -> Schema:
    content = _json(_ref("Error"))
    refusals = {name: {"description": d, "content": content} for name, d in REFUSALS.items()}
    seconds = {"description": "Seconds.", "schema": {"type": "integer", "minimum": 1}}
    for name in ("TooMuch", "Away"):
        refusals[name]["headers"] = {"Retry-After": seconds}
    return refusals


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _object(required: tuple[str, ...], **properties: Schema) -> Schema:
    return {"type": "object", "required": list(required), "properties": properties}


def _closed(required: tuple[str, ...], **properties: Schema) -> Schema:
    """Return the schema of an object in which other fields are refused."""
    return _object(required, **properties) | {"additionalProperties": False}


def _list_of(items: Schema, **limits: int) -> Schema:
    return {"type": "array", "items": items, **limits}


def _by_name(values: Schema, description: str) -> Schema:
    return {"type": "object", "additionalProperties": values, "description": description}


def _json(schema: Schema, example: Any = None) -> Schema:
    return {"application/json": {"schema": schema} | ({"example": example} if example else {})}


def _operation(name: str, summary: str, answer: str, schema: Schema, **more: Any) -> Schema:
    """Return an operation, with what it answers where something is wrong."""
    answers: Schema = {"200": {"description": answer, "content": _json(schema)}}
    wrong = {"422": "Refused", "429": "TooMuch"}
    if "requestBody" in more:
        wrong |= {"400": "Broken", "413": "TooLarge", "415": "OtherType"}
    if schema == _ref("Lesson"):
        wrong |= {"404": "NotFound", "503": "Away"}
    answers |= {code: {"$ref": f"#/components/responses/{wrong[code]}"} for code in sorted(wrong)}
    return {"operationId": name, "summary": summary, **more, "responses": answers}


def _body(schema: Schema, example: Any) -> Schema:
    return {"required": True, "content": _json(schema, example)}


def _batch(most: int, description: str) -> Schema:
    """Return the schema of a batch: rows of numbers, all equally long."""
    row = _list_of(_ref("Number"), minItems=1, maxItems=most)
    return _list_of(row, minItems=1, maxItems=MOST_ROWS) | {"description": description}


def _differentiate() -> Schema:
    example = {"expression": "(x + y) * z", "at": {"x": -2, "y": 5, "z": -4}}
    return _operation(
        "differentiate",
        "A typed function's value and gradient at a point, with every step.",
        "The value, the gradient, and every forward, then every backward step.",
        _ref("Differentiated"),
        requestBody=_body(_ref("Function"), example),
    )


def _network() -> Schema:
    example = {
        "sizes": [2, 1],
        "activations": ["sigmoid"],
        "loss": "half_squared_error",
        "parameters": {"W1": [[0.5, -0.25]], "b1": [0.1]},
        "X": [[1, 2]],
        "Y": [[1]],
    }
    return _operation(
        "network",
        "A network's loss over a batch, and its gradient.",
        "The loss, and the gradient in arrays shaped like the parameters.",
        _object(("loss", "gradient"), loss=_ref("Number"), gradient=_ref("Arrays")),
        requestBody=_body(_ref("Network"), example),
    )


def _program() -> Schema:
    lines = ("X : given 2 x 3 = random 1", "W : 2 x 3 = random 2", "L = mean(tanh(X @ W.T))")
    example = {"program": "\n".join(lines), "at": {"W": [[0.5, -1, 0], [1, 0.25, 2]]}}
    return _operation(
        "program",
        "A program of arrays: its lines, its gradient, and every step.",
        "The value, an array for each line, the gradient, and every forward, then backward step.",
        _ref("ProgramPasses"),
        description=(
            "A line is a leaf, “W : 2 x 3 = random 1”, or a result, “Z = X @ W.T”; the last is a "
            "number. A backward step is one use of a name by one line: the last total of a name is "
            f"its gradient. At most {MOST_NUMBERS:,} numbers are answered."
        ),
        requestBody=_body(_ref("Program"), example),
    )


def _lesson(lesson: Lesson) -> Schema:
    """Return the operation that answers a state of a lesson, by its address."""
    kinds = field_kinds(lesson.defaults)
    origins = [
        _parameter("preset", preset_schema(lesson), "A named state to start from."),
        _parameter(
            "from", SNAPSHOT, "The SHA-256 of a snapshot to start from, not beside a preset."
        ),
    ]
    way = [
        _parameter(name, {"type": "string"}, f"{what} It changes nothing of what is shown.")
        for name, what in (
            (CAME_FROM, "Beside “from”: the last snapshot before it that somebody opened."),
            (SET_OUT, "Beside “from”: the query of where the run set out."),
        )
    ]
    return _operation(
        f"lesson_{lesson.name}",
        f"The board of “{lesson.title}”: what its page shows at the same address without /api.",
        "The canonical address, the fields it spells, and the board.",
        _ref("Lesson"),
        description=(
            "Where the fields ask for another function or network, its own names are fields, too. "
            "Fields that are none are passed over, here as on the page."
        ),
        parameters=[
            *origins,
            *way,
            *(_parameter(name, text_schema(kinds[name])) for name in kinds),
        ],
    )


def _parameter(name: str, schema: Schema, description: str = "") -> Schema:
    parameter: Schema = {"name": name, "in": "query", "schema": schema}
    if schema.get("type") == "array":
        parameter |= {"style": "form", "explode": False}
    return parameter | ({"description": description} if description else {})


def _lesson_body(lesson: Lesson) -> Schema:
    """Return the operation that answers a state of a lesson, by a body."""
    example = {"preset": lesson.presets[0].name} if lesson.presets else {}
    return _operation(
        f"lesson_{lesson.name}_from_body",
        "The same for a state that is too long for an address; unknown fields are refused.",
        "The canonical address, the fields it spells, and the board.",
        _ref("Lesson"),
        requestBody=_body(body_schema(lesson), example),
    )


ASKING = {
    "fresh": "The seed of the numbers.",
    "question": "Which question, counted from 1; 0 when all are through.",
    "answer": "The answer; several chosen ones are divided by commas.",
    "tried": "Wrong answers before this one.",
    "check": "1 says that a form was sent, maybe without an answer.",
    "tell": "1 tells the answer.",
    "ask": "The questions, each LESSON.KIND, divided by commas.",
}


def _asking(choices: Any) -> list[Schema]:
    kinds = field_kinds(choices)
    return [_parameter(name, text_schema(kinds[name]), ASKING.get(name, "")) for name in kinds]


def _end(lesson: Lesson) -> Schema:
    return _operation(
        f"lesson_{lesson.name}_end",
        "The end of a lesson: what was seen, and a question back.",
        "The board; it holds the answer to its question only after one was given.",
        _ref("Lesson"),
        parameters=_asking(AskingChoices()),
    )


def _questions() -> Schema:
    return _operation(
        "questions",
        "A question that comes back on a later day.",
        "The board; it holds the answer to its question only after one was given.",
        _ref("Lesson"),
        parameters=_asking(LaterChoices()),
    )


def _itself() -> Schema:
    return _operation("description", "This description.", "It.", {"type": "object"})


def _schemas() -> Schema:
    number, text = _ref("Number"), {"type": "string"}
    row = _list_of(number, minItems=1, maxItems=MOST_UNITS)
    term = _object(
        ("through", "arriving", "local", "product", "total"),
        through=text | {"description": "The later node, which sends this part back."},
        arriving=number,
        local=number,
        product=number,
        total=number | {"description": "The sum of the products up to this one."},
    )
    step = _object(
        ("phase", "name", "rule", "numbers", "result", "terms"),
        phase={"enum": ["forward", "backward"]},
        name=text,
        rule=text,
        numbers=text,
        result=number,
        terms=_list_of(term),
    )
    size = {"type": "integer", "minimum": 1, "maximum": MOST_UNITS}
    return {
        "Number": {
            "oneOf": [
                {"type": "number", "minimum": -LARGEST, "maximum": LARGEST},
                {"enum": list(NOT_FINITE)},
            ],
        },
        "Function": _closed(
            ("expression", "at"),
            expression=text | {"maxLength": CHARACTERS, "format": "formula"},
            at=_by_name(number, "A number for each variable."),
        ),
        "Differentiated": _object(
            ("value", "gradient", "steps"),
            value=number,
            gradient=_by_name(number, "The partial derivative by each variable."),
            steps=_list_of(step),
        ),
        "Network": _closed(
            ("sizes", "activations", "parameters", "X", "Y"),
            sizes=_list_of(size, minItems=2, maxItems=MOST_LAYERS + 1)
            | {
                "prefixItems": [size | {"maximum": MOST_FEATURES}],
                "description": (
                    f"Units of each layer, inputs (at most {MOST_FEATURES}) first; at most "
                    f"{MOST_PARAMETERS:,} parameters in all."
                ),
            },
            activations=_list_of({"enum": list(ACTIVATIONS)}, minItems=1, maxItems=MOST_LAYERS)
            | {"description": "One for each layer after the inputs."},
            loss={"enum": list(LOSSES), "default": "half_squared_error"},
            shared_biases={"type": "boolean", "default": False},
            parameters=_ref("Arrays"),
            X=_batch(MOST_FEATURES, "Inputs, [n, fan_in]."),
            Y=_batch(MOST_UNITS, "Targets, [n, outputs]; classes are one-hot."),
        ),
        **_program_schemas(number, text),
        "Arrays": _by_name(
            {"anyOf": [row, _list_of(row, minItems=1, maxItems=MOST_UNITS)]},
            "W1 [fan_out, fan_in], b1 [fan_out], W2, …",
        ),
        "Lesson": _object(
            ("address", "pairs", "board"),
            address=text,
            pairs=_by_name(text, "The query of the address."),
            until={
                "type": ["string", "null"],
                "format": "date-time",
                "description": "Until when what the address names stays in the store.",
            },
            board={"type": "object"},
        ),
        "Error": _object(
            ("error",),
            error=_object(
                ("what", "hint", "at"),
                what=text,
                hint=text,
                at={"type": ["string", "integer", "null"]},
                ways=_list_of(_object(("title", "address"), title=text, address=text))
                | {"description": "Where to go on, where the state that was asked for is gone."},
            ),
        ),
    }


def _program_schemas(number: Schema, text: Schema) -> Schema:
    """Return what a program is, and its passes."""
    entries = number
    for _ in range(AXES):
        entries = {"anyOf": [number, _list_of(entries, minItems=1, maxItems=ENTRIES)]}
    array = _ref("Array")
    shape = _list_of({"type": "integer", "minimum": 1}, maxItems=AXES)
    phase = {"phase": {"enum": ["forward"]}, "name": text, "rule": text, "shape": shape}
    sent = {
        "through": text | {"description": "The line that sends this back; empty at the base case."},
        "product": array,
        "total": array | {"description": "The sum of the products up to this one."},
    }
    back = phase | {"phase": {"enum": ["backward"]}} | sent
    return {
        "Array": entries | {"description": f"A number, or lists in one another; {AXES} at most."},
        "Program": _closed(
            ("program",),
            program=text | {"maxLength": OF_A_PROGRAM, "format": "program"},
            at=_by_name(array, "Values of leaves, in place of those that the text says."),
        ),
        "ProgramPasses": _object(
            ("value", "lines", "gradient", "steps"),
            value=number,
            lines=_by_name(array, "The value of each line, leaves among them."),
            gradient=_by_name(array, "By each leaf that is not given."),
            steps=_list_of(
                {"oneOf": [_object(tuple(each), **each) for each in (phase, back)]},
            ),
        ),
    }
