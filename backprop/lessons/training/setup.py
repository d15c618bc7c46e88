"""The set-up of training: data, network, optimizer; each control with the value it would send.

The set-up stays on the page while training plays, so its controls hold no address of their own:
each sends its field beside the state that the page is in when it is used.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from backprop.engine.network import ACTIVATIONS, MOST_LAYERS, MOST_UNITS, SCHEMES
from backprop.lessons.training.choices import DRAWN, OWN, Choices, DataChoices, UpdateChoices
from backprop.lessons.training.examples import BroughtTable, find_use, read_own_table
from backprop.lessons.training.own_data import FEWEST_TO_DIVIDE
from backprop.lessons.training.state import TrainingState, activations_of, losses_for
from backprop.notation.names import label_of
from backprop.notation.numerals import field
from backprop.stage.controls import Field, Option, make_options, number_field
from backprop.stage.links import Links
from backprop.stage.networks import LOSS_TITLES, SCHEME_TITLES
from backprop.stage.optimizers import RuleShown, rule_in_letters, setting_fields
from backprop.training.examples.cells import NAMES
from backprop.training.examples.columns import Column, Table
from backprop.training.examples.features import FEATURES, SCALINGS
from backprop.training.examples.recipes import RECIPES, Recipe
from backprop.training.examples.use import INPUTS, Use, count_inputs, is_name_of_rows, why_aside
from backprop.training.optimizers import OPTIMIZERS
from backprop.training.schedule import SCHEDULES

FEATURE_KINDS = {
    "number": "a number",
    "words": "words, one-hot",
    "yes_no": "yes or no",
    "date": "a date",
    "aside": "set aside",
}
TARGET_KINDS = {
    "number": "a number",
    "words": "classes",
    "yes_no": "yes or no",
    "date": "a date",
}
TARGET_TITLES = {"": "as it is", "standard": "mean 0 and standard deviation 1"}


@dataclass(frozen=True, slots=True)
class Layer:
    """A hidden layer in the control of the network's sizes; values of the field it changes."""

    title: str
    units: int
    fewer: str
    more: str
    remove: str
    activations: tuple[Option, ...]  # each with the whole field's value


@dataclass(frozen=True, slots=True)
class ColumnChoice:
    """A column of the learner's table: as what it is read, and what it is used for."""

    name: str
    field: str  # of the choice of its kind
    kind: str
    kinds: tuple[Option, ...]
    is_target: bool
    is_aside: bool
    sample: str  # its first values, as typed
    read: str  # and how the first is read, where that is not the same
    remark: str  # why it is set aside, how many inputs it makes, how many values are missing


@dataclass(frozen=True, slots=True)
class OwnTable:
    """The learner's table, as far as it can be chosen from."""

    columns: tuple[ColumnChoice, ...]
    rows: int
    read_as: str
    problems: tuple[str, ...]
    inputs: str  # how many inputs the columns make, of how many
    can_delete: bool  # the browser that asks brought it


@dataclass(frozen=True, slots=True)
class FeatureSwitch:
    """A feature that the points of a plane can have."""

    name: str
    label: str
    on: bool
    toggled: str  # the features when this one changes sides; empty for the last one


@dataclass(frozen=True, slots=True)
class DataSetup:
    """What can be set of the data."""

    recipes: tuple[Option, ...]
    about: str
    source: str
    takes: tuple[str, ...]
    numbers: tuple[Field, ...]  # noise, size, share, seed: those that the data take
    formula: str
    examples: str  # “200 to learn from, 200 held out”
    scalings: tuple[Option, ...]
    scaled: str  # what was done to each feature, in words
    targets: tuple[Option, ...]  # what can be done to targets that are numbers
    own: OwnTable | None


@dataclass(frozen=True, slots=True)
class NetworkSetup:
    """What can be set of the network, its loss and its initial weights."""

    sizes: tuple[int, ...]
    features: tuple[FeatureSwitch, ...]  # of a plane
    layers: tuple[Layer, ...]
    add_layer: str
    losses: tuple[Option, ...]
    schemes: tuple[Option, ...]
    seed: int
    penalties: tuple[Field, ...]
    frozen: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OptimizerSetup:
    """What can be set of the optimizer, its batches and its learning rate."""

    optimizers: tuple[Option, ...]
    settings: tuple[Field, ...]
    rule: RuleShown
    batch: int
    batch_most: int
    schedules: tuple[Option, ...]
    pace: tuple[Field, ...]
    rate_now: str

    @property
    def title(self) -> str:
        """What the optimizer is called."""
        return next(option.title for option in self.optimizers if option.on)


@dataclass(frozen=True, slots=True)
class Setup:
    """All that can be set; options carry the value that their control sends."""

    data: DataSetup
    network: NetworkSetup
    optimizer: OptimizerSetup


def make_setup(state: TrainingState, links: Links) -> Setup:
    """Return everything that can be set, as it is set now."""
    return Setup(_data(state, links), _network(state), _optimizer(state))


def _data(state: TrainingState, links: Links) -> DataSetup:
    data, chosen = state.data, state.choices.data
    recipe = RECIPES.get(chosen.dataset)
    return DataSetup(
        recipes=_recipes(chosen),
        about=data.dataset.about,
        source=" ".join(filter(None, (data.dataset.source, data.dataset.licence))),
        takes=recipe.takes if recipe else (),
        numbers=_data_numbers(chosen, recipe),
        formula=chosen.formula or (recipe.default_formula if recipe else ""),
        examples=_divided(len(data.train_rows), len(data.test_rows)),
        scalings=make_options(SCALINGS, data.scaling.kind),
        scaled=_scaled(state),
        targets=() if data.dataset.classes else make_options(TARGET_TITLES, chosen.targets),
        own=_own(state, links) if chosen.dataset == OWN else None,
    )


def _divided(train: int, held_out: int) -> str:
    if held_out:
        return f"{train:,} for training, {held_out:,} held out"
    few = ": too few to hold some out" if train < FEWEST_TO_DIVIDE else ""
    return f"all {train:,} for training, none held out{few}"


def _network(state: TrainingState) -> NetworkSetup:
    chosen, losses = state.choices.network, losses_for(state.data)
    hidden = chosen.hidden
    room = len(hidden) < MOST_LAYERS - 1
    return NetworkSetup(
        sizes=state.network.sizes,
        features=_features(state),
        layers=_layers(state.choices),
        add_layer=_sizes((*hidden, hidden[-1] if hidden else 4)) if room else "",
        losses=make_options({n: LOSS_TITLES[n] for n in losses}, state.network.loss),
        schemes=make_options({n: SCHEME_TITLES[n] for n in SCHEMES}, chosen.scheme),
        seed=chosen.seed,
        penalties=(
            _field("l1", "L1", "penalty: this times Σ|w| is added to the loss", chosen.l1),
            _field("l2", "L2", "penalty: half of this times Σw² is added to the loss", chosen.l2),
        ),
        frozen=state.plan.frozen,
    )


def _optimizer(state: TrainingState) -> OptimizerSetup:
    chosen, plan = state.choices.update, state.plan
    return OptimizerSetup(
        optimizers=make_options({n: o.title for n, o in OPTIMIZERS.items()}, chosen.optimizer),
        settings=setting_fields(chosen),
        rule=rule_in_letters(OPTIMIZERS[chosen.optimizer]),
        batch=plan.size,
        batch_most=len(state.data.train_rows),
        schedules=make_options({n: n for n in SCHEDULES}, chosen.schedule),
        pace=_pace(chosen),
        rate_now=field(plan.optimizer_in(state.run.epoch).learning_rate),
    )


def _recipes(chosen: DataChoices) -> tuple[Option, ...]:
    now = chosen.dataset
    recipes = [Option(r.title, name, name == now, about=r.about) for name, r in RECIPES.items()]
    if chosen.drawn or now == DRAWN:
        recipes.append(Option("Your own points", DRAWN, now == DRAWN, about="Drawn on the plane."))
    if chosen.own or now == OWN:
        recipes.append(Option("Your own table", OWN, now == OWN, about="A CSV file."))
    return tuple(recipes)


def _field(name: str, letter: str, title: str, value: float) -> Field:
    return number_field(name, label_of(letter), title, value)


def _data_numbers(chosen: DataChoices, recipe: Recipe | None) -> tuple[Field, ...]:
    takes, seeded = (recipe.takes, recipe.is_seeded) if recipe else ((), False)
    title = "seed of points and split" if seeded else "seed of the split"
    return (
        *([_field("size", "n", "examples in all", chosen.size)] if "size" in takes else []),
        *([_field("noise", "σ", "noise", chosen.noise)] if "noise" in takes else []),
        _field("share", "%", "of them for training", chosen.share),
        _field("data_seed", "s", title, chosen.data_seed),
    )


def _pace(chosen: UpdateChoices) -> tuple[Field, ...]:
    if chosen.schedule == "step":
        return (
            _field("every", "k", "epochs from step to step", chosen.every),
            _field("factor", "γ", "each multiplies the rate by", chosen.factor),
        )
    if chosen.schedule == "cosine":
        return (_field("over", "T", "epochs until the rate is 0", chosen.over),)
    return ()


def _features(state: TrainingState) -> tuple[FeatureSwitch, ...]:
    """Return the features that a point of the plane can have; the last one stays."""
    names = state.data.names
    if not state.data.is_plane:
        return ()
    return tuple(
        FeatureSwitch(name, state.data.title(name), name in names, _toggled(name, names, FEATURES))
        for name in FEATURES
    )


def _toggled(name: str, chosen: Sequence[str], names: Iterable[str]) -> str:
    """Return what is chosen when a name changes sides, spelled."""
    return ",".join(each for each in names if (each in chosen) != (each == name))


def _scaled(state: TrainingState) -> str:
    """Return what was done to the features, so that it can be undone by hand."""
    scaling, names = state.data.scaling, state.data.names
    if scaling.kind == "none":
        return ""
    formulas = [
        f"({state.data.title(name)} − {_rounded(shift)}) / {_rounded(scale)}".replace("-", "−")
        for name, shift, scale in zip(names, scaling.shift, scaling.scale, strict=True)
    ]
    more = f", and {len(formulas) - 6} more" if len(formulas) > 6 else ""
    return ", ".join(formulas[:6]) + more


def _rounded(x: float) -> str:
    text = f"{x:.4g}"
    return field(x) if "e+" in text else text


def _sizes(hidden: tuple[int, ...]) -> str:
    return ",".join(map(str, hidden))


def _layers(choices: Choices) -> tuple[Layer, ...]:
    hidden, acts = choices.network.hidden, activations_of(choices)
    titles = {name: name.replace("_", " ") for name in ACTIVATIONS if name != "softmax"}
    layers = []
    for k, units in enumerate(hidden):
        before, after = hidden[:k], hidden[k + 1 :]
        layers.append(
            Layer(
                title=f"layer {k + 1}",
                units=units,
                fewer=_sizes((*before, units - 1, *after)) if units > 1 else "",
                more=_sizes((*before, units + 1, *after)) if units < MOST_UNITS else "",
                remove=_sizes((*before, *after)),
                activations=tuple(
                    Option(title, ",".join((*acts[:k], name, *acts[k + 1 :])), name == acts[k])
                    for name, title in titles.items()
                ),
            )
        )
    return tuple(layers)


def _own(state: TrainingState, links: Links) -> OwnTable:
    own = read_own_table(state.choices, links.read)
    table, use = own.table, find_use(state.choices, own)
    parts = [
        f"{table.size:,} rows, separated by {NAMES.get(table.separator, 'commas')}",
        "with a row of names" if table.header else "without a row of names",
    ]
    if table.comments:
        parts.append(f"{table.comments:,} comment{'s' if table.comments > 1 else ''} left out")
    used = zip(table.columns, use.kinds, strict=True)
    columns = tuple(_column(own, use, number, *each) for number, each in enumerate(used, 1))
    count = len(state.data.dataset.features)
    return OwnTable(
        columns=columns,
        rows=table.size,
        read_as=", ".join(parts),
        problems=own.remarks,
        inputs=f"{count} input{'s' if count != 1 else ''}, of {INPUTS} at most",
        can_delete=links.owns(state.choices.data.own),
    )


def _column(own: BroughtTable, use: Use, number: int, column: Column, kind: str) -> ColumnChoice:
    is_target, is_aside = column.name == use.target, kind == "aside"
    return ColumnChoice(
        name=column.name,
        field=f"kind{number}",
        kind=kind,
        kinds=make_options(TARGET_KINDS if is_target else FEATURE_KINDS, kind),
        is_target=is_target,
        is_aside=is_aside,
        sample=_sample(column),
        read=f"{column.typed} is read as {column.read}"
        if column.typed and kind == column.kind
        else "",
        remark=_remark(own.table, column, kind, is_target),
    )


def _sample(column: Column) -> str:
    """Return the first different values of a column, as far as there is room."""
    shown, unit = "", f" in {column.unit}" if column.unit else ""
    for value in column.categories[:4]:
        more = f"{shown}, {value[:24]}" if shown else value[:24]
        if len(more) > 28 and shown:
            break
        shown = more
    return (
        f"{shown}{', …' if shown and shown.count(', ') + 1 < len(column.categories) else ''}{unit}"
    )


def _remark(table: Table, column: Column, kind: str, is_target: bool) -> str:
    """Return what a learner should know of a column before training."""
    if kind == "aside":
        return why_aside(table, column) or "set aside"
    parts = []
    if kind == "words" and not is_target:
        parts.append(f"one-hot: {count_inputs(column, kind)} inputs")
    if kind == "words" and is_target and is_name_of_rows(column):
        parts.append("nearly every row is a class of its own")
    reading = column.read_as(kind)
    if lost := len(reading.odd):
        parts.append(f"{lost:,} cell{'s' if lost > 1 else ''} cannot be read this way")
    if missing := len(column.cells) - column.size:
        parts.append(f"{missing:,} missing")
    return "; ".join(parts)
