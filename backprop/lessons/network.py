"""One round of a network, slowly: forward, loss, backward, update, every number live.

Forward pass, loss and backward pass make the gradient; the backward pass is backpropagation. The
update belongs to an optimizer, which can be exchanged while the gradient stays.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from backprop.drawing.charts import loss_chart
from backprop.drawing.scene import Flow, Scene, View, network_scene
from backprop.engine.errors import PointError
from backprop.lessons.lesson import Lesson, Links, Preset
from backprop.lessons.round import Round, compute
from backprop.lessons.round_board import (
    Entry,
    Example,
    Field,
    Layer,
    Ledger,
    Option,
    Slider,
    add_layer,
    another_row,
    entries_of,
    example_fields,
    example_of,
    fields_of,
    layers_of,
    ledger_of,
    losses_of,
    optimizers_of,
    schemes_of,
    settings_of,
    slider_of,
)
from backprop.lessons.round_choices import Choices, dataset_of, drawable
from backprop.lessons.round_names import labels_of
from backprop.lessons.round_presets import PRESETS
from backprop.lessons.round_update import Rule, SlipShown, rule_of, slip_of
from backprop.lessons.round_walk import Stop, Strip, same_stop, seen, strip_of, walk
from backprop.lessons.round_words import PRODUCTS, Telling, multiplier, tell
from backprop.notation.formula import Label
from backprop.notation.numerals import exact, long, short, signed

MOST_ROUNDS = 200  # that a run remembers; thinned as it grows


@dataclass(frozen=True)
class Board:
    """Everything shown of one round at one step; no markup."""

    title: str
    links: Links
    mode: str
    hide: tuple[str, ...]
    preset: Preset | None
    presets: tuple[Option, ...]
    reset: str
    round: int
    strip: Strip
    details: tuple[Option, ...]
    scene: Scene
    telling: Telling
    loss_label: Label
    ledger: Ledger | None
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
    history: tuple["Past", ...]
    chart: str  # the figure, as JSON; empty after one round only
    chart_alt: str
    network_changed: bool
    note: str

    def address(self, **changes: Any) -> str:
        """Return the address of this state with some fields changed."""
        return self.links.address(**changes)


@dataclass(frozen=True, slots=True)
class Past:
    """The loss of one round, and where that round can be opened again."""

    round: int
    loss: str
    address: str


def compose(choices: Choices, links: Links) -> Board:
    """Return the board of a round at a step.

    Raises:
        InputError: the choices do not fit together; the text says which.
    """
    found = compute(choices)
    stops = walk(found.graph)
    if choices.step >= len(stops):
        raise PointError(
            f"There is no step {choices.step + 1}.",
            hint=f"This round has {len(stops)} steps.",
            at="step",
        )
    stop = stops[choices.step]
    squashed = choices.activations[-1] not in ("linear", "softmax")
    label = labels_of(choices.sizes, choices.shared, choices.names, squashed)
    valued, graded = seen(found.graph, choices.step)
    view = _view(found, stop, valued, graded)
    preset = next((p for p in PRESETS if p.name == links.origin.pairs.get("preset")), None)
    preset = PRESETS[0] if not links.origin.pairs else preset
    history = _history(found, links)
    return Board(
        title=f"{preset.title if preset else 'One round of a network'}",
        links=links,
        mode=choices.mode,
        hide=choices.hide,
        preset=preset,
        presets=_presets(links, preset),
        reset=_reset(links),
        round=choices.round,
        strip=strip_of(found.graph, choices.step, links, label),
        details=_details(found, stop, links),
        scene=network_scene(
            found.network,
            choices.detail,
            found.trace,
            view,
            label,
            short,
            signed,
            exact,
            lambda name: links.address(focus=name),
        ),
        telling=tell(found, stop, label),
        loss_label=label("L"),
        ledger=ledger_of(found, links, label),
        entries=entries_of(found, links, label) if stop.kind in ("whole", "update") else (),
        shows={"whole": "gradient", "update": "update"}.get(stop.kind, ""),
        rule=rule_of(found, label) if stop.kind == "update" else None,
        slip=slip_of(found, label) if stop.kind == "update" else None,
        example=example_of(choices, links),
        example_fields=example_fields(found, label),
        fields=fields_of(found, links, label, stop, graded),
        slider=slider_of(found, stop, label),
        layers=layers_of(choices, links),
        add_layer=add_layer(choices, links),
        losses=losses_of(choices, links),
        schemes=schemes_of(choices, links),
        seed=choices.seed,
        shared=Option(
            "one bias for a layer", "1", choices.shared, links.address(shared=not choices.shared)
        ),
        names=_options(
            links, "names", choices.names, {"indexed": "by layer", "textbook": "as in textbooks"}
        ),
        optimizers=optimizers_of(choices, links),
        settings=settings_of(choices),
        thens=_options(links, "then", choices.then, THENS) if dataset_of(choices) else (),
        history=history,
        chart=_chart(history, found),
        chart_alt=_chart_alt(history, found),
        network_changed=bool(
            set(links.pairs()) - {"preset", "from", "step", "detail", "focus", "mode", "hide"}
        ),
        note=_note(found),
    )


THENS = {"same": "the same example", "next": "the next example", "random": "another, shuffled"}
DETAILS = {"neurons": "Neurons", "operations": "Operations"}


def _options(links: Links, name: str, now: str, titles: Mapping[str, str]) -> tuple[Option, ...]:
    return tuple(
        Option(title, value, value == now, links.address(**{name: value}))
        for value, title in titles.items()
    )


def _presets(links: Links, now: Preset | None) -> tuple[Option, ...]:
    return tuple(
        Option(p.title, p.name, p is now, f"{links.path}?preset={p.name}", p.about) for p in PRESETS
    )


def _reset(links: Links) -> str:
    """Return where the page began: its preset, or the snapshot it was opened at."""
    origin = "&".join(f"{key}={value}" for key, value in links.origin.pairs.items())
    return f"{links.path}?{origin}" if origin else links.path


def _details(found: Round, stop: Stop, links: Links) -> tuple[Option, ...]:
    """Return the two magnifications; changing keeps the quantity, or the neuron it belongs to."""
    node, now = found.graph.nodes[stop.node] if stop.node >= 0 else None, found.choices.detail
    options = []
    for detail, title in DETAILS.items():
        if drawable(found.choices.sizes, detail):
            step = same_stop(stop, node, found.network.graph(detail))
            address = links.address(detail=detail, step=step)
            options.append(Option(title, detail, detail == now, address))
        else:
            options.append(
                Option(title, detail, on=False, about="This network has too many of them")
            )
    return tuple(options)


def _view(found: Round, stop: Stop, valued: frozenset[int], graded: frozenset[int]) -> View:
    """Return what the picture shows at a step."""
    nodes = found.graph.nodes
    names = {node.name: i for i, node in enumerate(nodes)}
    flows, factors = _flows(found, stop)
    return View(
        phase=stop.phase,
        now=frozenset((stop.node,)) if stop.node >= 0 else frozenset(),
        valued=valued,
        graded=graded,
        flows=flows,
        factors=factors,
        focus=names.get(found.choices.focus),
        unasked=frozenset(names[name] for name in found.choices.frozen if name in names),
    )


def _flows(found: Round, stop: Stop) -> tuple[tuple[Flow, ...], dict[int, str]]:
    """Return along which edges something moves, and which values are factors; badges tie both."""
    if stop.kind == "value":
        return tuple(Flow(i, stop.node) for i in found.graph.nodes[stop.node].inputs), {}
    terms = found.trace.terms[stop.node] if stop.kind == "slope" else ()
    if len(terms) > 1:
        flows = (Flow(t.edge.node, t.edge.later, str(n)) for n, t in enumerate(terms, 1))
        return tuple(flows), {}
    if not terms:
        return (), {}
    (term,) = terms
    arriving = {} if term.edge.later == found.graph.output else {term.edge.later: "1"}
    badge = str(len(arriving) + 1)
    later = found.graph.nodes[term.edge.later]
    other = multiplier(found, term) if later.operation in PRODUCTS else None
    if other is not None:
        return (Flow(*term.edge[:2]),), {**arriving, other: badge}
    return (Flow(*term.edge[:2], badge),), arriving


def _history(found: Round, links: Links) -> tuple[Past, ...]:
    """Return the loss of every round that is remembered, this one last."""
    choices = found.choices
    past = zip(choices.rounds, choices.losses, choices.visited, strict=False)
    before = tuple(Past(n, long(loss), f"{links.path}?from={at}") for n, loss, at in past)
    return (*before, Past(choices.round, long(found.trace.value), links.address()))


def _chart(history: tuple[Past, ...], found: Round) -> str:
    if len(history) < 2:
        return ""
    losses = (*found.choices.losses, found.trace.value)
    return loss_chart([past.round for past in history], losses, [past.address for past in history])


def _chart_alt(history: tuple[Past, ...], found: Round) -> str:
    first, last = history[0], history[-1]
    losses = (*found.choices.losses, found.trace.value)
    way = "falls" if losses[-1] < losses[0] else "goes"
    return (
        f"The loss {way} from {first.loss} in round {first.round} "
        f"to {last.loss} in round {last.round}."
    )


def _note(found: Round) -> str:
    """Return the conventions of this page, in one line."""
    means = {
        "half_squared_error": "loss: ½ Σ (output − target)²",
        "mean_squared_error": "loss: mean of (output − target)² over the outputs",
        "binary_cross_entropy": "loss: binary cross-entropy in nats, mean over the outputs",
        "cross_entropy": "loss: cross-entropy in nats, of softmax",
    }
    shared = "one bias for each layer" if found.choices.shared else "one bias for each neuron"
    return f"{means[found.choices.loss]}; {shared}; one example a round; float64"


def advance(choices: Choices, now: str) -> Choices:
    """Return the choices of the next round: after the update, perhaps with another example.

    Args:
        choices: of the round that ends.
        now: the address of their snapshot, to which the loss curve leads back.
    """
    found = compute(choices)
    kept = list(zip(choices.rounds, choices.losses, choices.visited, strict=False))
    kept.append((choices.round, found.trace.value, now))
    if len(kept) > MOST_ROUNDS:
        kept = [*kept[:-1:2], kept[-1]]
    rounds, losses, visited = zip(*kept, strict=True)
    last = len(walk(found.graph)) - 1
    after = replace(
        choices,
        parameters=dict(found.after),
        memory=found.memory,
        round=choices.round + 1,
        rounds=rounds,
        losses=losses,
        visited=visited,
        step=0 if choices.step == last else choices.step,
    )
    return _with_next_example(after)


def _with_next_example(choices: Choices) -> Choices:
    data = dataset_of(choices)
    if data is None or choices.then == "same":
        return choices
    rows = len(data.X)
    row = another_row(choices.row, rows) if choices.then == "random" else choices.row % rows + 1
    values = (*data.X[row - 1].tolist(), *data.Y[row - 1].tolist()[: choices.sizes[-1]])
    return replace(choices, row=row, inputs=dict(zip(choices.inputs, values, strict=True)))


LESSON = Lesson(
    name="network",
    title="One round of a network",
    about="Step through forward pass, loss, backward pass and update of a small network on real "
    "data. Change any number at any moment.",
    defaults=PRESETS[0].choices,
    presets=PRESETS,
    compose=compose,
    advance=advance,
)
