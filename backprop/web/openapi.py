"""The description of /api, as OpenAPI 3.1; its limits are the engine's own numbers."""

from collections.abc import Iterable
from typing import Any

from backprop.engine.expression import CHARACTERS
from backprop.engine.network import (
    ACTIVATIONS,
    LOSSES,
    MOST_LAYERS,
    MOST_PARAMETERS,
    MOST_UNITS,
)
from backprop.stage.lesson import Lesson

MOST_ROWS = 2_000
MOST_FEATURES = 64

Schema = dict[str, Any]


def describe(lessons: Iterable[Lesson]) -> Schema:
    """Return the whole description."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "backprop, slowly",
            "version": "1",
            "description": (
                "Values, gradients and every step between them. Numbers are float64; NaN and ±∞ "
                "are the texts “NaN”, “Infinity” and “-Infinity”, in both directions. A body may "
                "have 1 MiB."
            ),
        },
        "paths": {
            "/api/differentiate": {"post": _differentiate()},
            "/api/network": {"post": _network()},
            "/api/lessons/{slug}": {"parameters": [SLUG], "get": _lesson(), "post": _lesson_body()},
            "/api/lessons/{slug}/end": {"parameters": [SLUG], "get": _end()},
            "/api/questions": {"get": _questions()},
            **{path: each for lesson in lessons for path, each in _own_paths(lesson).items()},
            "/api/openapi.json": {"get": _itself()},
        },
        "components": {"schemas": _schemas(), "responses": {"Refused": REFUSED}},
    }


def _own_paths(lesson: Lesson) -> Schema:
    """Return the paths of a lesson that has an address of its own."""
    if not lesson.address:
        return {}
    slug = lesson.slug
    return {
        f"/api{lesson.address}": {
            "get": _lesson(slug),
            "post": _lesson_body(f"{slug}FromBody"),
        },
        f"/api{lesson.address}/end": {"get": _end(f"{slug}End")},
    }


SLUG: Schema = {
    "name": "slug",
    "in": "path",
    "required": True,
    "schema": {"type": "string"},
    "description": "The end of the lesson's address.",
}
REFUSED: Schema = {
    "description": "What was sent cannot be used; the sentences say why, and what would be right.",
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _object(required: tuple[str, ...], **properties: Schema) -> Schema:
    return {"type": "object", "required": list(required), "properties": properties}


def _list_of(items: Schema, **limits: int) -> Schema:
    return {"type": "array", "items": items, **limits}


def _by_name(values: Schema, description: str) -> Schema:
    return {"type": "object", "additionalProperties": values, "description": description}


def _json(schema: Schema, example: Any = None) -> Schema:
    return {"application/json": {"schema": schema} | ({"example": example} if example else {})}


def _operation(name: str, summary: str, answer: str, schema: Schema, **more: Any) -> Schema:
    refused = {"$ref": "#/components/responses/Refused"}
    answers = {"200": {"description": answer, "content": _json(schema)}, "4XX": refused}
    return {"operationId": name, "summary": summary, **more, "responses": answers}


def _body(schema: Schema, example: Any) -> Schema:
    return {"required": True, "content": _json(schema, example)}


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


def _lesson(name: str = "lesson") -> Schema:
    fields = {
        "name": "fields",
        "in": "query",
        "style": "form",
        "explode": True,
        "schema": _by_name({"type": "string"}, "The lesson's fields, as in its address."),
    }
    origins = [
        {"name": name, "in": "query", "schema": {"type": "string"}, "description": description}
        for name, description in (
            ("preset", "A named state to start from."),
            ("from", "The SHA-256 of a snapshot to start from; not beside a preset."),
        )
    ]
    return _operation(
        name,
        "A lesson's board: what its page shows at the same address without /api.",
        "The canonical address, the fields it spells, and the board.",
        _ref("Lesson"),
        parameters=[*origins, fields],
    )


def _lesson_body(name: str = "lessonFromBody") -> Schema:
    value = {"type": ["string", "number", "boolean", "array"]}
    fields = _by_name(value, "The lesson's fields; also “preset” or “from”.")
    return _operation(
        name,
        "The same for a state that is too long for an address.",
        "The canonical address, the fields it spells, and the board.",
        _ref("Lesson"),
        requestBody=_body(fields, {"step": 3}),
    )


ASKING: Schema = {
    "fresh": ({"type": "integer", "minimum": 0, "maximum": 99_999}, "The seed of the numbers."),
    "question": ({"type": "integer", "minimum": 0}, "Which question, counted from 1."),
    "answer": ({"type": "string"}, "The answer; several chosen ones are divided by commas."),
    "tried": ({"type": "integer", "minimum": 0}, "Wrong answers before this one."),
    "tell": ({"enum": ["0", "1"]}, "1 tells the answer."),
}


def _asking(**more: tuple[Schema, str]) -> list[Schema]:
    return [
        {"name": name, "in": "query", "schema": schema, "description": description}
        for name, (schema, description) in (ASKING | more).items()
    ]


def _end(name: str = "end") -> Schema:
    return _operation(
        name,
        "The end of a lesson: what was seen, and a question back.",
        "The board; it holds the answer to its question only after one was given.",
        _ref("Lesson"),
        parameters=_asking(),
    )


def _questions() -> Schema:
    ask = ({"type": "string"}, "The questions, each LESSON.KIND, divided by commas.")
    return _operation(
        "questions",
        "A question that comes back on a later day.",
        "The board; it holds the answer to its question only after one was given.",
        _ref("Lesson"),
        parameters=_asking(ask=ask),
    )


def _itself() -> Schema:
    return _operation("description", "This description.", "It.", {"type": "object"})


def _schemas() -> Schema:
    number, text = _ref("Number"), {"type": "string"}
    row = _list_of(number)
    rows = _list_of(row, minItems=1, maxItems=MOST_ROWS)
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
            "oneOf": [{"type": "number"}, {"enum": ["NaN", "Infinity", "-Infinity"]}],
        },
        "Function": _object(
            ("expression", "at"),
            expression=text | {"maxLength": CHARACTERS},
            at=_by_name(number, "A number for each variable."),
        ),
        "Differentiated": _object(
            ("value", "gradient", "steps"),
            value=number,
            gradient=_by_name(number, "The partial derivative by each variable."),
            steps=_list_of(step),
        ),
        "Network": _object(
            ("sizes", "activations", "parameters", "X", "Y"),
            sizes=_list_of(size, minItems=2, maxItems=MOST_LAYERS + 1)
            | {
                "description": (
                    f"Units of each layer, inputs (at most {MOST_FEATURES}) first; at most "
                    f"{MOST_PARAMETERS:,} parameters in all."
                )
            },
            activations=_list_of({"enum": list(ACTIVATIONS)}, maxItems=MOST_LAYERS),
            loss={"enum": list(LOSSES), "default": "half_squared_error"},
            shared_biases={"type": "boolean", "default": False},
            parameters=_ref("Arrays"),
            X=rows | {"description": "Inputs, [n, fan_in]."},
            Y=rows | {"description": "Targets, [n, outputs]; classes are one-hot."},
        ),
        "Arrays": _by_name(
            {"anyOf": [row, _list_of(row)]}, "W1 [fan_out, fan_in], b1 [fan_out], W2, …"
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
