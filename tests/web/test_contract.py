"""The interface and its description say the same, in both directions.

What fits the description is accepted, what does not is refused, and every answer is one that it
names, of the shape that it promises. A description in JSON Schema can say of each field what it
takes; it cannot say which fields fit one another. So a state of a lesson may still be refused, if
each of its fields can be read by itself; bodies of the engine's verbs are made to fit.
"""

import itertools
import re

import hypothesis
import pytest
import schemathesis
from jsonschema import Draft202012Validator
from schemathesis import GenerationMode
from schemathesis.checks import FailureGroup
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from app import create_app
from backprop.lessons.catalog import LESSONS
from backprop.stage.choices import ChoiceError, Several, choice_fields
from backprop.stage.course import LaterChoices
from backprop.stage.quiz.asked_back import AskingChoices
from backprop.web.fields import field_kinds, spell_fields
from backprop.web.query import read_state

PLAIN = {"Accept-Encoding": "identity"}
NUMBER = re.compile(r"a (?:whole )?number from (\S+) to (\S+)")
FLOAT = re.compile(r"-?[0-9.]+(?:e-?[0-9]+)?")
LESSONS_AT = {f"/api{lesson.path}": lesson for lesson in LESSONS}
KINDS = {f"/api{lesson.path}": field_kinds(lesson.defaults) for lesson in LESSONS}
ENDS = [f"/api{lesson.path}/end" for lesson in LESSONS]
KINDS |= {path: field_kinds(AskingChoices()) for path in ENDS}
KINDS |= {"/api/questions": field_kinds(LaterChoices())}
MOST = {*ENDS[1:], *LESSONS_AT} - set(list(LESSONS_AT)[::3])  # lessons are described alike


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    folder = tmp_path_factory.mktemp("contract")
    app = create_app({"DATABASE_URL": f"sqlite:///{folder / 'store.sqlite'}"})
    yield app
    app.extensions["store"].close()


@pytest.fixture(scope="module")
def description(app):
    return schemathesis.openapi.from_wsgi("/api/openapi.json", app)


def formats(schema):
    """Return the formats of the texts that a schema takes: what it cannot say in full."""
    return [each["format"] for each in (schema, *schema.get("anyOf", ())) if "format" in each]


def of_its_format(value, schema):
    """Return a value whose texts are of the format that the description names; None if unknown."""
    if isinstance(value, list):
        items = [each["items"] for each in (schema, *schema.get("anyOf", ())) if "items" in each]
        inner = [of_its_format(item, items[0]) for item in value]
        return None if None in inner else inner
    for name in formats(schema):
        if isinstance(value, str):
            bounds = NUMBER.fullmatch(name)
            return bounds[1 + len(value) % 2] if bounds else None
    return value


def fitted(pairs, schemas):
    """Return the fields without those of which the description does not say everything."""
    inner = {name: of_its_format(value, schemas.get(name, {})) for name, value in pairs.items()}
    if "preset" in inner:
        inner.pop("from", None)  # not beside a preset
    return {name: value for name, value in inner.items() if value is not None}


def a_function(body):
    """Return a body that names each variable of its formula, and no other."""
    numbers = [*body["at"].values(), 1.5, -2][:2]
    return {"expression": "x*y + sin(x)", "at": dict(zip("xy", numbers, strict=True))}


def a_program(body):
    """Return a body whose program is one, with a value for one of its leaves."""
    numbers = [entry for entry in body.get("at", {}).values() if not isinstance(entry, list)]
    lines = ("x : scalar = 2", "W : given 2 x 3 = random 1", "L = sum(tanh(x * W))")
    return {"program": "\n".join(lines), "at": {"x": [*numbers, 0.5][0]}}


def a_network(body):
    """Return a body whose parts fit: its sizes are small, its arrays of those sizes."""
    loss = body.get("loss", "half_squared_error")
    sizes = [1 + int(size) % 4 for size in body["sizes"]]
    sizes[-1] = max(2, sizes[-1])
    chosen = [name for name in body["activations"] if name != "softmax"] or ["tanh"]
    activations = [chosen[i % len(chosen)] for i in range(len(sizes) - 1)]
    activations[-1] = {"cross_entropy": "softmax", "multiclass_hinge": "linear"}.get(loss, "tanh")
    numbers = [number for row in body["X"] for number in row]
    parameters = {}
    shared = body.get("shared_biases", False)
    for i, (units, out) in enumerate(itertools.pairwise(sizes), 1):
        parameters[f"W{i}"] = [
            [numbers[(j + k) % len(numbers)] for k in range(units)] for j in range(out)
        ]
        parameters[f"b{i}"] = [0.5] * (1 if shared else out)
    X = [[numbers[0]] * sizes[0] for _ in body["X"][:5]]
    Y = [[1] + [0] * (sizes[-1] - 1) for _ in X]
    fits = {"sizes": sizes, "activations": activations, "parameters": parameters, "X": X, "Y": Y}
    return body | fits


def make_fit(case, operation):
    """Let what is generated say what a schema cannot."""
    if case.path == "/api/differentiate":
        case.body = a_function(case.body)
    elif case.path == "/api/network":
        case.body = a_network(case.body)
    elif case.path == "/api/program":
        case.body = a_program(case.body)
    elif case.method == "POST":
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
        case.body = fitted(case.body, schema["properties"])
    elif case.query:
        schemas = {each["name"]: each["schema"] for each in operation["parameters"]}
        case.query = fitted(case.query, schemas)


def not_read(case):
    """Return the fields of a case that cannot be read by themselves."""
    kinds = KINDS.get(case.path, {})
    sent = case.body if case.method == "POST" else case.query
    found = set()
    for name in kinds.keys() & sent.keys():
        value = sent[name]
        if case.method == "GET" and isinstance(value, list):  # a list, or a field said twice
            is_list = isinstance(kinds[name], Several)
            value = ",".join(map(str, value)) if is_list else [*value, ""][max(len(value) - 1, 0)]
        try:
            kinds[name].read(spell_fields({name: value}, kinds)[name], name)
        except ChoiceError:
            found.add(name)
    return found


def refuses_the_combination(case, answer):
    """Whether a state is refused although each of its fields can be read by itself."""
    return answer.status_code == 422 and case.path in KINDS and not not_read(case)


def passes_over(app, case, answer):
    """Whether what cannot be read stands in no field: another network has other weights.

    Nor is a textbook's name one where the field's own is said beside it.
    """
    lesson = LESSONS_AT.get(case.path)
    if answer.status_code != 200 or case.method != "GET" or lesson is None:
        return False
    with app.test_request_context():
        choices = read_state(lesson, answer.json()["pairs"]).choices
    fields = set(field_kinds(choices))
    for place in choice_fields(choices).values():
        if place.is_table:
            aliases = place.kind.aliases(place.holder(choices)).items()
            fields -= {alias for key, alias in aliases if key in case.query}
    wrong = not_read(case)
    return bool(wrong) and not wrong & fields


def read_back(value, schema):
    """Return what an address makes of a value: a text is a list where one is read, without gaps."""
    if schema.get("type") != "array":
        return value
    entries = value if isinstance(value, list) else [value]
    text = ",".join("" if each in (None, [], {}) else str(each) for each in entries)
    words = [word for word in text.split(",") if word.strip()]
    is_number = schema["items"].get("type") in ("integer", "number")
    return [float(word) if is_number and FLOAT.fullmatch(word) else word for word in words]


def is_spelled_right(case, raw):
    """Whether a query that does not fit is spelled as one that does.

    An address spells a list with commas: [""] is [], and “a,,b” is “a,b”.
    """
    schemas = {each["name"]: each["schema"] for each in raw.get("parameters", ())}
    query = {name: value for name, value in (case.query or {}).items() if value != {}}  # not sent
    back = {name: read_back(value, schemas.get(name, {})) for name, value in query.items()}
    return (
        case.method == "GET"
        and back != case.query
        and all(
            Draft202012Validator(schemas[name]).is_valid(back[name])
            for name in schemas.keys() & back.keys()
        )
    )


def differences(app, operation, raw, mode, examples):
    """Return where an operation and its description differ, each with how to ask again."""
    found = []

    @hypothesis.settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(case=operation.as_strategy(generation_mode=mode))
    def ask(case):
        excluded = []
        if mode is GenerationMode.POSITIVE:
            make_fit(case, raw)
        answer = case.call(headers=PLAIN)
        if mode is GenerationMode.POSITIVE and refuses_the_combination(case, answer):
            excluded = [positive_data_acceptance]
        is_right = is_spelled_right(case, raw) or passes_over(app, case, answer)
        if mode is GenerationMode.NEGATIVE and is_right:
            excluded = [negative_data_rejection]
        try:
            case.validate_response(answer, excluded_checks=excluded)
        except FailureGroup as group:
            names = ", ".join(type(each).__name__ for each in group.exceptions)
            found.append(f"{names}: {answer.text[:200]}\n    {case.as_curl_command()}")

    ask()
    return found


def all_differences(app, description, mode, examples, leave_out=()):
    """Yield the differences of all operations, but for those of some paths."""
    paths = description.raw_schema["paths"]
    for each in description.get_all_operations():
        operation = each.ok()
        if operation.path in leave_out:
            continue
        raw = paths[operation.path][operation.method]
        yield from differences(app, operation, raw, mode, examples)


def test_what_fits_the_description_is_accepted(app, description):
    assert list(all_differences(app, description, GenerationMode.POSITIVE, 2, MOST)) == []


def test_what_does_not_fit_the_description_is_refused(app, description):
    assert list(all_differences(app, description, GenerationMode.NEGATIVE, 2, MOST)) == []


@pytest.mark.long
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_interface_and_description_say_the_same_at_length(app, description, mode):
    assert list(all_differences(app, description, mode, 150)) == []
