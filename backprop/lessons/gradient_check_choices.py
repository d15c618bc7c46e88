"""What a learner can choose where a gradient is checked: whose, which parameter, what nudge.

The gradient of a typed expression, or of a network. A network's fields are called and spelled as
in the walk through a round, so that an address of one leads to the other.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from backprop.engine.graph import Graph
from backprop.engine.network import ACTIVATIONS, LOSSES, SCHEMES
from backprop.lessons import round_choices as walked
from backprop.lessons.check_course import Course, pack, unpack
from backprop.lessons.choices import (
    ChoiceError,
    Flag,
    Kept,
    Name,
    OneOf,
    Packed,
    Several,
    Table,
    Whole,
    chosen,
    number_of,
)
from backprop.lessons.function_choices import EXPRESSION, point_table, read_function
from backprop.training.datasets import DATASETS

LEAST_H, MOST_H = 1e-300, 10.0
HIDEABLE = ("presets", "nudge", "table", "steps", "cost", "bug")
MOST_CASE = 9_999
COURSE = Kept(Packed(pack, unpack), None)


@dataclass(frozen=True, slots=True)
class Step:
    """A nudge h, spelled as itself; or, as a slider spells it, as its power of ten, from 0 down.

    h is more than 0, so “−5” can only mean 10⁻⁵, and “0” is 10⁰ = 1.
    """

    def read(self, text: str, name: str) -> float:
        """Return the nudge that a text spells; raises ChoiceError."""
        number = number_of(text, name)
        h = float(f"{10.0**number:.3g}") if -300 <= number <= 0 else number
        if not LEAST_H <= h <= MOST_H:
            raise ChoiceError(
                f"{text.strip()[:40]} cannot be a nudge.",
                hint="Type a number such as 1e-5, from 1e-300 to 10.",
                at=name,
            )
        return h

    def write(self, value: float) -> str:
        """Return the text that spells a nudge."""
        return repr(value).removesuffix(".0")


@dataclass(frozen=True)
class Choices:
    """Everything set on the page; each field with its kind and its default.

    Attributes:
        of: whose gradient: that of a typed expression, or of a network.
        parameter: the one that is nudged; empty for the first of the last layer.
        nudge: h, by how much to each side.
        single: whether the study of h is shown in single precision.
        bug: a slip of the catalogue by name; empty for the one that the case hides.
        case: the number of a hidden slip; 0 shows the first exhibit.
        guess: the slip that the learner takes it for.
        told: whether the slip is revealed.
        goal: the step up to which both trainings go; 0 where none is under way.
        sized: how many sizes of network the cost is to be measured for.
        course: what training and measuring have found so far.
    """

    of: str = chosen(OneOf(("expression", "network")), "network")
    began: str = chosen(Name(), "")  # the preset that this came from
    came: str = chosen(Name(64), "")  # the state of training that this was entered from
    mode: str = chosen(OneOf(("", "projector")), "")
    hide: tuple[str, ...] = chosen(Several(OneOf(HIDEABLE), 10), ())

    parameter: str = chosen(Name(EXPRESSION.longest), "")
    nudge: float = chosen(Step(), 1.0)
    single: bool = chosen(Flag(), False)

    bench: str = chosen(OneOf(("page", "batch")), "page")
    bug: str = chosen(Name(), "")
    case: int = chosen(Whole(0, MOST_CASE), 0)
    guess: str = chosen(Name(), "")
    told: bool = chosen(Flag(), False)
    goal: int = chosen(Whole(0, 1_000), 0)
    sized: int = chosen(Whole(0, 20), 0)
    course: Course | None = chosen(COURSE, None)  # noqa: RUF009 - a field like all others

    expression: str = chosen(EXPRESSION, "(x + y) * z")

    names: str = chosen(OneOf(("indexed", "textbook")), "indexed")
    data: str = chosen(OneOf((walked.OWN, *DATASETS)), walked.OWN)
    row: int = chosen(Whole(1, 2_000), 1)
    sizes: tuple[int, ...] = chosen(
        Several(Whole(1, walked.MOST_UNITS), walked.MOST_LAYERS + 1, least=2), (2, 2, 2)
    )
    activations: tuple[str, ...] = chosen(
        Several(OneOf(ACTIVATIONS), walked.MOST_LAYERS, least=1), ("sigmoid", "sigmoid")
    )
    loss: str = chosen(OneOf(LOSSES), "half_squared_error")
    shared: bool = chosen(Flag(), False)
    scheme: str = chosen(OneOf(SCHEMES), "xavier")
    seed: int = chosen(Whole(0, 99_999), 1)
    frozen: tuple[str, ...] = chosen(Several(Name(), 1_000), ())

    at: Mapping[str, float] = chosen(point_table(lambda c: typed_graph(c), "at"), {})
    inputs: Mapping[str, float] = chosen(
        Table(
            walked.NUMBER,
            keys=lambda c: walked.input_names(as_walked(c)) if c.of == "network" else (),
            default=lambda c, base: default_inputs(c, base),
            aliases=lambda c: aliases(c),
        ),
        {},
    )
    parameters: Mapping[str, float] = chosen(
        Table(
            walked.NUMBER,
            keys=lambda c: walked.parameter_names(as_walked(c)) if c.of == "network" else (),
            default=lambda c, base: default_parameters(c, base),
            aliases=lambda c: aliases(c),
        ),
        {},
    )


FIELDS = frozenset(Choices.__dataclass_fields__) - {"at", "inputs", "parameters"}
NOTHING = read_function("0")  # of a network: no expression is asked of it
NETWORK_FIELDS = (
    *("came", "names", "data", "row", "sizes", "activations", "loss", "shared", "scheme", "seed"),
    *("frozen", "inputs", "parameters"),
)


@lru_cache(maxsize=256)
def _function(text: str) -> Graph:
    return read_function(text, taken=FIELDS)


def typed_graph(choices: Choices) -> Graph:
    """Return the expression that was typed, as a graph; where a network is checked, the number 0.

    Raises:
        ChoiceError: it cannot be read, or has no variable.
    """
    if choices.of != "expression":
        return NOTHING
    graph = _function(choices.expression)
    if not graph.variables:
        raise ChoiceError(
            "There is no variable in it, so there is no gradient to check.",
            hint="Type one with a letter, such as (x + y) * z.",
            at="expression",
        )
    return graph


def as_walked(choices: Choices) -> walked.Choices:
    """Return the network's fields as the walk through a round has them."""
    return walked.Choices(**{name: getattr(choices, name) for name in NETWORK_FIELDS})


def from_walked(choices: walked.Choices) -> Choices:
    """Return what checks the gradient of a round."""
    return Choices(**{name: getattr(choices, name) for name in NETWORK_FIELDS})


def default_inputs(choices: Choices, base: Choices) -> Mapping[str, float]:
    """Return the example that nobody typed; raises as `walked.default_inputs`."""
    if choices.of != "network":
        return {}
    return walked.default_inputs(as_walked(choices), as_walked(base))


def default_parameters(choices: Choices, base: Choices) -> Mapping[str, float]:
    """Return the weights and biases that nobody typed."""
    if choices.of != "network":
        return {}
    return walked.default_parameters(as_walked(choices), as_walked(base))


def aliases(choices: Choices) -> Mapping[str, str]:
    """Return the textbook's names, accepted beside where they are shown."""
    return walked.aliases(as_walked(choices)) if choices.of == "network" else {}


def power_of(h: float) -> float:
    """Return the power of ten of a nudge, as the slider has it."""
    return round(math.log10(h), 2)
