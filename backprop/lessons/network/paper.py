"""One round of a network on paper: its numbers, both passes line by line, and the update."""

from backprop.drawing.scene import network_scene
from backprop.lessons.network.choices import Choices
from backprop.lessons.network.training_step import TrainingStep, compute
from backprop.lessons.network.update import explain_update
from backprop.notation.formula import Label, Number
from backprop.notation.network_names import network_labels
from backprop.notation.numerals import exact, long, short, signed
from backprop.stage.links import Links
from backprop.stage.networks import find_dataset
from backprop.stage.paper import Blank, Cell, Part, Sheet, Table
from backprop.stage.walk.backward_step import explain_gradient
from backprop.stage.walk.explanation import Explanation, Labels, Words, number
from backprop.stage.walk.forward_step import explain_value
from backprop.stage.walk.paper import PaperWalk, walk_sheet
from backprop.stage.walk.steps import WalkStep, network_steps

MOST_ROWS = 12  # parameters whose update is worked out; of more, those that move most


def make_sheet(choices: Choices, links: Links, title: str, note: str) -> Sheet:
    """Return the round as it is handed out.

    Args:
        choices: of the state.
        links: around it.
        title: of the page.
        note: its conventions.

    Raises:
        InputError: the choices do not fit together.
    """
    training_step, network = compute(choices), choices.network
    squashed = network.activations[-1] not in ("linear", "softmax")
    label = network_labels(network.sizes, network.shared, network.names, squashed)
    steps = network_steps(training_step.graph)

    def explain(step: WalkStep) -> Explanation:
        value = step.kind == "value"
        return (explain_value if value else explain_gradient)(training_step, step, label)

    walk = PaperWalk(
        training_step,
        steps,
        min(choices.step, len(steps) - 1),
        choices.quiz.level if choices.quiz.ask else "",
        label,
        explain,
        lambda view: network_scene(
            training_step.network,
            choices.detail,
            training_step.trace,
            view,
            label,
            short,
            signed,
            exact,
            lambda _: "",
        ),
    )
    loss = label("L")
    return walk_sheet(
        walk,
        links,
        _update(training_step, label),
        title=title,
        question=("How much does each weight move the loss ", loss, ", and where does it go then?"),
        setting=_setting(training_step),
        given=_given(training_step, label),
        note=note,
    )


def _setting(training_step: TrainingStep) -> tuple[Words, ...]:
    """Return what goes through which network, in a sentence."""
    network = training_step.choices.network
    sizes = "–".join(map(str, network.sizes))
    kinds = ", then ".join(each.replace("_", " ") for each in network.activations)
    data = find_dataset(network)
    row = f" Example {network.row} of “{data.title}”." if data else ""
    return ((f"A {sizes} network with {kinds}.{row}",),)


def _given(training_step: TrainingStep, label: Labels) -> tuple[tuple[Words | Label, Number], ...]:
    point = training_step.point
    nodes = training_step.graph.nodes
    names = [node.name for node in nodes if node.name in point]
    return tuple((label(name), number(point[name], "forward")) for name in names)


def _update(training_step: TrainingStep, label: Labels) -> Part:
    """Return the table of the update, with blanks for what the optimizer makes of each gradient."""
    names, moves = training_step.names, training_step.moves
    shown = set(sorted(names, key=lambda name: -abs(moves[name]))[:MOST_ROWS])
    before, after = training_step.choices.network.parameters, training_step.after
    frozen = training_step.choices.network.frozen
    rows: list[tuple[Cell, ...]] = [
        (
            label(name),
            (number(before[name], "forward"),),
            Blank((number(training_step.gradient[name], "backward"),)),
            ("stays",) if name in frozen else Blank((number(moves[name]),)),
            *(
                ((number(before[name], "forward"),),)
                if name in frozen
                else (Blank((number(after[name], "forward"),)),)
            ),
        )
        for name in names
        if name in shown
    ]
    rate = training_step.choices.update.settings.get("learning_rate")
    machine = training_step.optimizer.title + (f", η = {short(rate)}" if rate is not None else "")
    said = explain_update(training_step, label)
    assert said.result is not None, "an update ends with a loss"
    loss: tuple[Cell, ...] = (
        ("loss after it",),
        (number(training_step.trace.value, "forward"),),
        (),
        (),
        Blank((Number(long(said.result.exact), said.result.exact, "forward"),)),
    )
    few = " Those that move most." if len(names) > MOST_ROWS else ""
    return Part(
        title=("Update",),
        lede=(f"Another machine uses the gradient: {machine}.{few}",),
        table=Table(
            heads=(("parameter",), ("before",), ("gradient",), ("move Δ",), ("after",)),
            rows=(*rows, loss),
            about="What the optimizer makes of the gradient",
        ),
    )
