"""The fields of an address as JSON has them: how OpenAPI describes them, and how they are read.

An address spells everything as text. JSON may say numbers, true and false, and lists as such; a
text that spells them is taken, too, so that what an answer calls “pairs” can be sent back.
"""

import re
from collections.abc import Mapping
from typing import Any

from backprop.stage.choices import (
    ChoiceError,
    Flag,
    Kept,
    Name,
    OneOf,
    Several,
    Table,
    Text,
    Whole,
    choice_fields,
)
from backprop.stage.hiding import Hiding
from backprop.stage.lecture import Stop
from backprop.stage.lesson import Lesson
from backprop.stage.links import CAME_FROM, SET_OUT
from backprop.web.keeping.set_out import LONGEST

Schema = dict[str, Any]
Kinds = Mapping[str, Any]

WORD = Text()
ONE_ENTRY = re.compile(
    r"^[^,]*[^,\s][^,]*$"
)  # what a list can hold: elsewhere it would be none, or two
WAY: Kinds = {CAME_FROM: WORD, SET_OUT: Text(LONGEST)}  # beside `from`; they change nothing
SNAPSHOT: Schema = {"type": "string", "pattern": "^[0-9a-f]{64}$"}


def is_number(kind: Any) -> bool:
    """Whether fields of a kind are numbers, with bounds."""
    return hasattr(kind, "bounds")


def field_kinds(choices: Any) -> Kinds:
    """Return the kind of each field of these choices, by its name in an address."""
    kinds: dict[str, Any] = {}
    for place in choice_fields(choices).values():
        if not place.is_table:
            kinds[place.spelled] = place.kind
            continue
        table: Table = place.kind
        holder = place.holder(choices)
        for key in place.value(choices) or {}:
            kinds[key] = table.entry_kind(holder, key)
        for key, alias in table.aliases(holder).items():
            if key in kinds:
                kinds[alias] = kinds[key]
    return kinds


def text_schema(kind: Any) -> Schema:
    """Return what OpenAPI says of a field that an address spells.

    A `format` says what no schema can: a text of this format may still be refused, in words.
    """
    match kind:
        case _ if is_number(kind):
            word = "integer" if isinstance(kind, Whole) else "number"
            spans = [{"type": word, "minimum": a, "maximum": b} for a, b in kind.bounds]
            return spans[0] if len(spans) == 1 else {"anyOf": spans}
        case Flag():
            return {"enum": ["0", "1"]}
        case Stop() | Hiding():
            return {"type": "string"}  # what is not known says nothing
        case OneOf():
            return {"enum": list(dict.fromkeys((*kind.options, *kind.also)))}
        case Name():
            return {"type": "string", "maxLength": kind.longest, "format": "name"}
        case Text():
            return {"type": "string", "maxLength": kind.longest, "format": "text"}
        case Kept():
            return {"const": ""}
        case Several() if not isinstance(kind.kind, Text):
            return {"type": "array", "items": _item(kind.kind), **_count(kind)}
    return {"type": "string", "format": "as-an-address-spells-it"}


def json_schema(kind: Any) -> Schema:
    """Return what OpenAPI says of a field in a body."""
    match kind:
        case _ if is_number(kind):
            word = "a whole number" if isinstance(kind, Whole) else "a number"
            low, high = kind.bounds[-1]
            spelled = {"type": "string", "format": f"{word} from {low} to {high}"}
            return {"anyOf": [text_schema(kind), spelled]}
        case Flag():
            return {"enum": [True, False, 0, 1, "0", "1"]}
        case Hiding():
            words = {"type": "array", "items": {"type": "string"}}
            return {"anyOf": [words, {"type": "string"}]}
        case Several():
            items = {"type": "array", "items": _in_list(kind.kind), **_count(kind)}
            return {"anyOf": [items, {"type": "string", "format": "as-an-address-spells-it"}]}
    return text_schema(kind)


def _item(kind: Any) -> Schema:
    """Return the schema of an entry of a list in an address, where what is empty is left out."""
    schema = text_schema(kind)
    if "enum" in schema:
        return {"enum": [word for word in schema["enum"] if word]}
    return schema | ({"minLength": 1} if schema.get("type") == "string" else {})


def _in_list(kind: Any) -> Schema:
    if is_number(kind) or isinstance(kind, Flag):
        return json_schema(kind)
    schema = _item(kind)
    return schema | ({"pattern": ONE_ENTRY.pattern} if schema.get("type") == "string" else {})


def _count(kind: Several) -> Schema:
    return {"minItems": kind.least, "maxItems": kind.most}


def body_schema(lesson: Lesson) -> Schema:
    """Return what OpenAPI says of a body that describes a state of a lesson."""
    properties = {name: json_schema(kind) for name, kind in field_kinds(lesson.defaults).items()}
    origins = {"preset": preset_schema(lesson), "from": SNAPSHOT}
    return {
        "type": "object",
        "properties": properties | origins | {name: text_schema(WAY[name]) for name in WAY},
        "additionalProperties": False,
        "not": {"required": list(origins)},
        "description": (
            "The fields of the lesson's address. Where they ask for another function or network, "
            "its own names stand beside these."
        ),
    }


def preset_schema(lesson: Lesson) -> Schema:
    """Return what OpenAPI says of the name of a preset."""
    return {"enum": [preset.name for preset in (*lesson.presets, *lesson.former)]}


def spell_fields(body: Mapping[str, Any], kinds: Kinds) -> dict[str, str]:
    """Return the fields of a body as an address spells them.

    Args:
        body: values by name.
        kinds: of the fields, as far as they are known; others are spelled as they come.

    Raises:
        ChoiceError: a value is not what its field takes.
    """
    return {name: _spell(value, kinds.get(name), name[:40]) for name, value in body.items()}


def _spell(value: Any, kind: Any, name: str) -> str:
    match value:
        case str():
            return value
        case bool() if kind is None or isinstance(kind, Flag):
            return str(int(value))
        case int() if isinstance(kind, Flag) and value in (0, 1):
            return str(value)
        case int() | float() if kind is None or is_number(kind):
            if not isinstance(value, bool):
                return repr(value)
        case list() if kind is None or isinstance(kind, Several | Hiding):
            inner = None if kind is None else WORD if isinstance(kind, Hiding) else kind.kind
            if not any(isinstance(item, list) for item in value):
                entries = [_spell(item, inner, name) for item in value]
                if isinstance(kind, Several) and not all(map(ONE_ENTRY.search, entries)):
                    raise ChoiceError(f"An entry of “{name}” is empty, or holds a comma.", at=name)
                return ",".join(entries)
    raise ChoiceError(f"“{name}” is {_missed(kind)}.", at=name)


def _missed(kind: Any) -> str:
    match kind:
        case None:
            return "neither a text nor a number"
        case _ if is_number(kind):
            return "not a number"
        case Flag():
            return "neither true nor false"
        case Several() | Hiding():
            return "neither a list nor a text with commas"
    return "not a text"


def check_fields(body: Mapping[str, Any], lesson: Lesson, *states: Any) -> None:
    """Refuse a body with a field that is none, or that is said as its kind is not.

    Args:
        body: values by name.
        lesson: whose fields they are.
        states: choices of the lesson, the present ones last. An entry of a table that only a former
            state has says nothing now; it must be possible there.

    Raises:
        ChoiceError: it names the field, and what there is.
    """
    origin = dict.fromkeys(("preset", "from"), WORD)
    kinds: dict[str, Any] = {**origin, **WAY}
    for state in states:
        kinds |= field_kinds(state)
    for name, value in body.items():
        if name not in kinds:
            there = ", ".join((*origin, *field_kinds(states[-1])))
            raise ChoiceError(
                f"“{name[:40]}” is no field of “{lesson.title}” here.",
                hint=f"There are {there}.",
                at=name[:40],
            )
        kinds[name].read(_spell(value, kinds[name], name[:40]), name[:40])
