"""The set-up of training: data, network, optimizer; each control with the value it would send.

The set-up stays on the page while training plays, so its controls hold no address of their own:
each sends its field beside the state that the page is in when it is used.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from backprop.engine.network import ACTIVATIONS, MOST_LAYERS, MOST_UNITS, SCHEMES
from backprop.lessons.training.choices import DRAWN, OWN, Choices
from backprop.lessons.training.examples import table_of
from backprop.lessons.training.state import Course, activations_of, losses_for
from backprop.notation.names import label_of
from backprop.notation.numerals import exact, field
from backprop.stage.controls import Field, Option
from backprop.stage.links import Read
from backprop.stage.networks import LOSS_TITLES, SCHEME_TITLES
from backprop.stage.optimizers import RuleShown, rule_in_letters, setting_fields
from backprop.training.features import SCALINGS
from backprop.training.optimizers import OPTIMIZERS
from backprop.training.reading import problems
from backprop.training.recipes import RECIPES
from backprop.training.schedule import SCHEDULES


@dataclass(frozen=True, slots=True)
class Layer:
    """A hidden layer in the control of the network's sizes; values of the field it changes."""

    title: str
    units: int
    name: str  # of the field in which a number of units is typed
    fewer: str
    more: str
    remove: str
    activations: tuple[Option, ...]  # each with the whole field's value


@dataclass(frozen=True, slots=True)
class ColumnChoice:
    """A column of the learner's table."""

    name: str
    kind: str
    is_target: bool
    is_feature: bool
    toggled: str  # the columns that are learned from when this one changes sides


@dataclass(frozen=True, slots=True)
class Own:
    """The learner's table, as far as it can be chosen from."""

    columns: tuple[ColumnChoice, ...]
    rows: int
    read_as: str
    problems: tuple[str, ...]
    tasks: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Setup:
    """All that can be set; options carry the value that their control sends."""

    recipes: tuple[Option, ...]
    about: str
    source: str
    takes: tuple[str, ...]
    numbers: tuple[Field, ...]  # noise, size, share, seed: those that the data take
    formula: str
    examples: str  # “200 to learn from, 200 held out”
    scalings: tuple[Option, ...]
    scaled: str  # what was done to each feature, in words
    own: Own | None
    layers: tuple[Layer, ...]
    add_layer: str
    losses: tuple[Option, ...]
    schemes: tuple[Option, ...]
    seed: int
    penalties: tuple[Field, ...]
    frozen: tuple[str, ...]
    optimizers: tuple[Option, ...]
    settings: tuple[Field, ...]
    rule: RuleShown
    batch: int
    batch_most: int
    schedules: tuple[Option, ...]
    pace: tuple[Field, ...]
    rate_now: str


def setup_of(course: Course, read: Read) -> Setup:
    """Return everything that can be set, as it is set now."""
    choices, data = course.choices, course.data
    recipe = RECIPES.get(choices.data)
    takes = recipe.takes if recipe else ()
    return Setup(
        recipes=_recipes(choices),
        about=data.dataset.about,
        source=" ".join(filter(None, (data.dataset.source, data.dataset.licence))),
        takes=takes,
        numbers=_data_numbers(choices, takes, bool(recipe and recipe.is_seeded)),
        formula=choices.formula or (recipe.default_formula if recipe else ""),
        examples=f"{len(data.train_rows):,} for training, {len(data.test_rows):,} held out",
        scalings=_options(data.scaling.kind, SCALINGS),
        scaled=_scaled(course),
        own=_own(course, read) if choices.data == OWN else None,
        layers=_layers(choices),
        add_layer=_sizes((*choices.hidden, choices.hidden[-1] if choices.hidden else 4))
        if len(choices.hidden) < MOST_LAYERS - 1
        else "",
        losses=_options(course.network.loss, {n: LOSS_TITLES[n] for n in losses_for(data)}),
        schemes=_options(choices.scheme, {n: SCHEME_TITLES[n] for n in SCHEMES}),
        seed=choices.seed,
        penalties=(
            _field("l1", "L1", "penalty: this times Σ|w| is added to the loss", choices.l1),
            _field("l2", "L2", "penalty: half of this times Σw² is added to the loss", choices.l2),
        ),
        frozen=course.plan.frozen,
        optimizers=tuple(
            Option(kind.title, name, name == choices.optimizer) for name, kind in OPTIMIZERS.items()
        ),
        settings=setting_fields(choices),
        rule=rule_in_letters(OPTIMIZERS[choices.optimizer]),
        batch=course.plan.size,
        batch_most=len(data.train_rows),
        schedules=_options(choices.schedule, {n: n for n in SCHEDULES}),
        pace=_pace(choices),
        rate_now=field(course.plan.optimizer_in(course.run.epoch).learning_rate),
    )


def _options(now: str, titles: Mapping[str, str]) -> tuple[Option, ...]:
    return tuple(Option(title, value, value == now) for value, title in titles.items())


def _recipes(choices: Choices) -> tuple[Option, ...]:
    found = [
        Option(recipe.title, name, name == choices.data, about=recipe.about)
        for name, recipe in RECIPES.items()
    ]
    own = (
        Option("Your own points", DRAWN, choices.data == DRAWN, about="Drawn on the plane."),
        Option("Your own table", OWN, choices.data == OWN, about="A CSV file."),
    )
    return (*found, *(each for each in own if each.on or _has(choices, each.value)))


def _has(choices: Choices, kind: str) -> bool:
    return bool(choices.drawn if kind == DRAWN else choices.own)


def _field(name: str, letter: str, title: str, value: float) -> Field:
    return Field(name, label_of(letter), title, field(value), exact(value))


def _data_numbers(choices: Choices, takes: tuple[str, ...], seeded: bool) -> tuple[Field, ...]:
    found = []
    if "size" in takes:
        found.append(_field("size", "n", "examples in all", choices.size))
    if "noise" in takes:
        found.append(_field("noise", "σ", "noise", choices.noise))
    found.append(_field("share", "%", "of them for training", choices.share))
    title = "seed of points and split" if seeded else "seed of the split"
    found.append(_field("data_seed", "s", title, choices.data_seed))
    return tuple(found)


def _pace(choices: Choices) -> tuple[Field, ...]:
    if choices.schedule == "step":
        return (
            _field("every", "k", "epochs from step to step", choices.every),
            _field("factor", "γ", "each multiplies the rate by", choices.factor),
        )
    if choices.schedule == "cosine":
        return (_field("over", "T", "epochs until the rate is 0", choices.over),)
    return ()


def _scaled(course: Course) -> str:
    """Return what was done to the features, so that it can be undone by hand."""
    scaling, names = course.data.scaling, course.data.names
    if scaling.kind == "none":
        return ""
    said = [
        f"({course.data.title(name)} − {shift:.4g}) / {scale:.4g}".replace("-", "−")
        for name, shift, scale in zip(names, scaling.shift, scaling.scale, strict=True)
    ]
    more = f", and {len(said) - 6} more" if len(said) > 6 else ""
    return ", ".join(said[:6]) + more


def _sizes(hidden: tuple[int, ...]) -> str:
    return ",".join(map(str, hidden))


def _layers(choices: Choices) -> tuple[Layer, ...]:
    hidden, acts, found = choices.hidden, activations_of(choices), []
    for k, units in enumerate(hidden):

        def resized(to: int, k: int = k) -> str:
            return _sizes((*hidden[:k], to, *hidden[k + 1 :]))

        found.append(
            Layer(
                title=f"layer {k + 1}",
                units=units,
                name=f"units{k + 1}",
                fewer=resized(units - 1) if units > 1 else "",
                more=resized(units + 1) if units < MOST_UNITS else "",
                remove=_sizes((*hidden[:k], *hidden[k + 1 :])),
                activations=tuple(
                    Option(
                        name.replace("_", " "),
                        ",".join((*acts[:k], name, *acts[k + 1 :])),
                        name == acts[k],
                    )
                    for name in ACTIVATIONS
                    if name != "softmax"
                ),
            )
        )
    return tuple(found)


def _own(course: Course, read: Read) -> Own:
    table = table_of(course.choices, read)
    data = course.data.dataset
    features = data.features
    separators = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars", " ": "spaces"}
    columns = []
    for column in table.columns:
        name = column.name
        others = tuple(each for each in table.names if (each in features) != (each == name))
        columns.append(
            ColumnChoice(name, column.kind, name == data.target, name in features, ",".join(others))
        )
    task = "numbers" if data.task == "numbers" else "classes"
    header = "with a row of names" if table.header else "without a row of names"
    parted = separators.get(table.separator, "commas")
    return Own(
        columns=tuple(columns),
        rows=table.size,
        read_as=f"{table.size:,} rows, separated by {parted}, {header}",
        problems=problems(table),
        tasks=_options(task, {"classes": "classes", "numbers": "numbers"}),
    )
