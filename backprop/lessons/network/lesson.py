"""One round of a network, slowly: forward, loss, backward, update, every number live.

Forward pass, loss and backward pass make the gradient; the backward pass is backpropagation. The
update belongs to an optimizer, which can be exchanged while the gradient stays.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from backprop.drawing.scene import network_scene
from backprop.engine.errors import PointError
from backprop.lessons.network.choices import Choices
from backprop.lessons.network.controls import (
    Example,
    Layer,
    add_layer,
    another_row,
    example_of,
    layers_of,
    losses_of,
    optimizers_of,
    schemes_of,
    shared_of,
)
from backprop.lessons.network.explanation import tell
from backprop.lessons.network.fields import example_fields, fields_of, slider_of
from backprop.lessons.network.presets import PRESETS
from backprop.lessons.network.quiz import round_end
from backprop.lessons.network.tables import (
    Entry,
    Past,
    chart_of,
    chart_words,
    entries_of,
    history_of,
)
from backprop.lessons.network.training_step import Round, compute
from backprop.lessons.network.update import Rule, SlipShown, rule_of, slip_of
from backprop.notation.numerals import exact, short, signed
from backprop.sharing.snapshot import address_of
from backprop.stage.choices import change, get_choice
from backprop.stage.controls import Field, Option, Slider
from backprop.stage.head import Head, make_head, preset_address
from backprop.stage.lesson import FormRequest, Lesson, Preset, Transition, snapshot_bytes
from backprop.stage.links import Links
from backprop.stage.network_names import network_labels
from backprop.stage.networks import default_inputs, drawable, find_dataset
from backprop.stage.optimizers import setting_fields
from backprop.stage.quiz.answers import SILENT
from backprop.stage.quiz.panel import Quiz, make_ask, make_switch
from backprop.stage.quiz.question import cover_rows, find_question
from backprop.stage.walk.board import Walk, make_view
from backprop.stage.walk.ledger import make_ledger
from backprop.stage.walk.steps import WalkStep, network_steps, same_step
from backprop.stage.walk.strip import make_strip, network_folds

NAME, DEFAULTS = "network", PRESETS[0].choices
MOST_ROUNDS = 200  # that a run remembers; thinned as it grows


@dataclass(frozen=True)
class Board:
    """Everything shown of one round at one step; no markup."""

    head: Head
    walk: Walk
    quiz: Quiz
    round: int
    details: tuple[Option, ...]
    entries: tuple[Entry, ...]
    shows: str  # “gradient” or “update” where the step shows the table of that; else empty
    rule: Rule | None
    slip: SlipShown | None
    example: Example
    example_fields: tuple[Field, ...]
    fields: tuple[Field, ...]
    slider: Slider
    layers: tuple[Layer, ...]
    add_layer: str
    losses: tuple[Option, ...]
    schemes: tuple[Option, ...]
    seed: int
    shared: Option
    names: tuple[Option, ...]
    optimizers: tuple[Option, ...]
    settings: tuple[Field, ...]
    thens: tuple[Option, ...]
    history: tuple[Past, ...]
    chart: str  # the figure, as JSON; empty after one round only
    chart_alt: str

    def address(self, **changes: Any) -> str:
        """Return the address of this state with some fields changed."""
        return self.head.links.address(**changes)


def compose(choices: Choices, links: Links) -> Board:
    """Return the board of a round at a step.

    Raises:
        InputError: the choices do not fit together; the text says which.
    """
    found = compute(choices)
    stops = network_steps(found.graph)
    if choices.step >= len(stops):
        raise PointError(
            f"There is no step {choices.step + 1}.",
            hint=f"This round has {len(stops)} steps.",
            at="step",
        )
    stop = stops[choices.step]
    squashed = choices.network.activations[-1] not in ("linear", "softmax")
    label = network_labels(
        choices.network.sizes, choices.network.shared, choices.network.names, squashed
    )
    preset = next((p for p in PRESETS if p.name == choices.preset_name), None)
    history = history_of(found, links)
    apart = (
        choices.network.seed,
        choices.network.scheme,
        choices.network.data,
        choices.network.row,
        choices.run.round,
    )
    question = find_question(found, choices.quiz, stops, choices.step, *apart)
    onward = question.onward(links) if question else links
    view = make_view(found, stops, choices.step, choices.focus, choices.network.frozen)
    told, fields = tell(found, stop, label), fields_of(found, links, label, stop)
    closed = question is not None and choices.focus in question.unknown
    return Board(
        head=make_head(
            links,
            PRESETS,
            _title(choices, preset),
            preset,
            reset=preset_address(choices.preset_name, links) if preset else links.path,
            check=links.to(
                "gradient_check",
                preset_name="",
                return_to=choices.return_to,
                network=choices.network,
            ),
            note=_note(found),
        ),
        walk=Walk(
            strip=make_strip(stops, choices.step, onward, label, network_folds(stops)),
            scene=network_scene(
                found.network,
                choices.detail,
                found.trace,
                question.view(view) if question else view,
                label,
                short,
                signed,
                exact,
                lambda name: links.address(focus=name),
            ),
            explanation=question.telling(told) if question else told,
            ledger=None if closed else make_ledger(found, choices.focus, links, label),
        ),
        quiz=Quiz(
            switch=make_switch(choices.quiz.ask, links),
            ask=make_ask(question, links, label, choices.focus, round_end(found, question, links)),
        ),
        round=choices.run.round,
        details=_details(found, stop, links),
        entries=entries_of(found, links, label) if stop.kind in ("whole", "update") else (),
        shows={"whole": "gradient", "update": "update"}.get(stop.kind, ""),
        rule=rule_of(found, label) if stop.kind == "update" else None,
        slip=slip_of(found, label) if stop.kind == "update" else None,
        example=example_of(choices, links),
        example_fields=example_fields(found, label),
        fields=cover_rows(question, fields, lambda field: replace(field, gradient="")),
        slider=slider_of(found, stop, label),
        layers=layers_of(choices, links),
        add_layer=add_layer(choices, links),
        losses=losses_of(choices, links),
        schemes=schemes_of(choices, links),
        seed=choices.network.seed,
        shared=shared_of(choices, links),
        names=_options(
            links,
            "names",
            choices.network.names,
            {"indexed": "by layer", "textbook": "as in textbooks"},
        ),
        optimizers=optimizers_of(choices, links),
        settings=setting_fields(choices.update),
        thens=_options(links, "then", choices.then, THENS) if find_dataset(choices.network) else (),
        history=history,
        chart=chart_of(history, found),
        chart_alt=chart_words(history, found),
    )


THENS = {"same": "the same example", "next": "the next example", "random": "another, shuffled"}
DETAILS = {"neurons": "Neurons", "operations": "Operations"}


def _options(links: Links, name: str, now: str, titles: Mapping[str, str]) -> tuple[Option, ...]:
    return tuple(
        Option(title, value, value == now, links.address(**{name: value}))
        for value, title in titles.items()
    )


def _title(choices: Choices, preset: Preset | None) -> str:
    """Return what the page is called: its preset, as long as it is that network."""
    if preset is None:
        return "One round of a network"
    parts = ("sizes", "activations", "loss", "data")
    same = all(get_choice(choices, part) == get_choice(preset.choices, part) for part in parts)
    return preset.title if same else f"{preset.title}, changed"


def _details(found: Round, stop: WalkStep, links: Links) -> tuple[Option, ...]:
    """Return the two magnifications; changing keeps the quantity, or the neuron it belongs to."""
    node, now = found.graph.nodes[stop.node] if stop.node >= 0 else None, found.choices.detail
    options = []
    for detail, title in DETAILS.items():
        if drawable(found.choices.network.sizes, detail):
            step = same_step(stop, node, found.network.graph(detail))
            address = links.address(detail=detail, step=step)
            options.append(Option(title, detail, detail == now, address))
        else:
            options.append(
                Option(title, detail, on=False, about="This network has too many of them")
            )
    return tuple(options)


def _note(found: Round) -> str:
    """Return the conventions of this page, in one line."""
    means = {
        "half_squared_error": "loss: ½ Σ (output − target)²",
        "mean_squared_error": "loss: mean of (output − target)² over the outputs",
        "binary_cross_entropy": "loss: binary cross-entropy in nats, mean over the outputs",
        "cross_entropy": "loss: cross-entropy in nats, of softmax",
    }
    shared = (
        "one bias for each layer" if found.choices.network.shared else "one bias for each neuron"
    )
    return f"{means[found.choices.network.loss]}; {shared}; one example a round; float64"


def next_round(choices: Choices, _: FormRequest) -> Transition:
    """Return the next round, after the update; the loss curve leads back to this one."""
    present = snapshot_bytes(NAME, choices, DEFAULTS)
    return Transition(advance(choices, address_of(present)), bodies=(present,))


def advance(choices: Choices, now: str) -> Choices:
    """Return the choices of the next round: after the update, perhaps with another example.

    Args:
        choices: of the round that ends.
        now: the address of their snapshot, to which the loss curve leads back.
    """
    found = compute(choices)
    kept = list(zip(choices.run.rounds, choices.run.losses, choices.run.visited, strict=False))
    kept.append((choices.run.round, found.trace.value, now))
    if len(kept) > MOST_ROUNDS:
        kept = [*kept[:-1:2], kept[-1]]
    rounds, losses, visited = zip(*kept, strict=True)
    last = len(network_steps(found.graph)) - 1
    after = change(
        choices,
        parameters=dict(found.after),
        memory=found.memory,
        round=choices.run.round + 1,
        rounds=rounds,
        losses=losses,
        visited=visited,
        **SILENT,
        step=0 if choices.step == last else choices.step,
    )
    return _with_next_example(after)


def _with_next_example(choices: Choices) -> Choices:
    data = find_dataset(choices.network)
    if data is None or choices.then == "same":
        return choices
    rows = len(data.X)
    row = (
        another_row(choices.network.row, rows)
        if choices.then == "random"
        else choices.network.row % rows + 1
    )
    changed = change(choices, row=row)
    return change(changed, inputs=default_inputs(changed.network, choices.network))


LESSON = Lesson(
    name=NAME,
    title="One round of a network",
    about="Step through forward pass, loss, backward pass and update of a small network on real "
    "data. Change any number at any moment.",
    defaults=DEFAULTS,
    presets=PRESETS,
    compose=compose,
    picture=lambda board: board.walk.scene,
    actions={"next": next_round},
    styles=("quiz",),
    scripts=("quiz",),
    snapshot_dependencies=lambda choices: (choices.return_to,) if choices.return_to else (),
)
