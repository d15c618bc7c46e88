"""A run of training on paper: its curves, the arrays of the next step, one unit's update."""

import math
from collections.abc import Callable, Mapping

import numpy as np

from backprop.drawing.printed import Ground, Plot, Series, draw_plot, span
from backprop.engine.trace import Trace
from backprop.lessons.training.choices import Choices
from backprop.lessons.training.inspection import batch_trace
from backprop.lessons.training.state import TrainingState, training_state
from backprop.notation.names import label_of
from backprop.notation.numerals import adds_up, brief
from backprop.stage.links import Links
from backprop.stage.networks import LOSS_TITLES
from backprop.stage.paper import Blank, Cell, Part, Sheet, Table
from backprop.stage.quiz.paper import question_task
from backprop.stage.quiz.question import Question
from backprop.stage.walk.explanation import Words, number
from backprop.training.flat import flatten
from backprop.training.optimizers import Optimizer

MOST_WEIGHTS = 6  # of the unit whose update is worked out
MOST_ARRAYS = 14  # whose shapes are asked
ASKED = 5  # questions, which fill a page with room to work them out
SEED = 1  # of their numbers: they are those of a first visit


def make_sheet(
    choices: Choices,
    links: Links,
    title: str,
    note: str,
    questions: Mapping[str, Callable[[int], Question]],
) -> Sheet:
    """Return the run at the epoch looked at, as it is handed out.

    Args:
        choices: of the state.
        links: around it.
        title: of the page.
        note: its conventions.
        questions: of the lesson.

    Raises:
        InputError: the choices do not fit together.
    """
    state = training_state(choices, links)
    trace = batch_trace(state)
    curves = (_curves(state),) if len(state.history.run.epochs) > 1 else ()
    asked = [*questions.items()][:ASKED]
    return Sheet(
        title=title,
        question=("What does one step of training do to the weights, and what for?",),
        setting=(_setting(state),),
        parts=(
            *curves,
            _shapes(state, trace),
            _update(state, trace),
            Part(
                ("Questions",),
                tasks=tuple(question_task(make(SEED), f"{kind} {SEED}") for kind, make in asked),
                derives=False,
            ),
        ),
        note=note,
    )


def _setting(state: TrainingState) -> Words:
    """Return data, network, optimizer and how far the run is, in sentences."""
    network, plan, data = state.network, state.plan, state.data.dataset
    sizes = "–".join(map(str, network.sizes))
    kinds = ", then ".join(each.replace("_", " ") for each in network.activations)
    held = f", {len(plan.test.X):,} held out" if len(plan.test.X) else ""
    step = f", step {state.run.step + 1} of {plan.steps_in_epoch}" if state.run.step else ""
    return (
        f"{data.title}: {len(plan.train.X):,} examples to learn from{held}, {plan.size} in a "
        f"step. A {sizes} network with {kinds}; {LOSS_TITLES[network.loss]}. "
        f"{_machine(_optimizer(state))}. Epoch {state.run.epoch:,}{step}.",
    )


def _optimizer(state: TrainingState) -> Optimizer:
    """Return the optimizer with the learning rate of the epoch."""
    return state.plan.optimizer_in(state.run.epoch)


def _machine(optimizer: Optimizer) -> str:
    settings = ", ".join(
        f"{each.symbol} = {brief(getattr(optimizer, each.name))}" for each in optimizer.settings()
    )
    return f"{optimizer.title}, {settings}" if settings else optimizer.title


def _curves(state: TrainingState) -> Part:
    """Return the loss over the epochs so far, with the one looked at in words."""
    run = state.history.run
    columns = run.records.T.tolist()
    series = [Series(run.epochs, columns[0], "training loss", "a")]
    if any(map(math.isfinite, columns[1])):
        series.append(Series(run.epochs, columns[1], "held out", "b"))
    heights = [y for each in series for y in each.ys if math.isfinite(y)]
    top = max(heights, default=1.0)
    ground = Ground(
        (0.0, float(max(run.epochs[-1], 1))),
        (0.0, span([0.0, top])[1]),
        ("epoch", "loss"),
        height=230.0,
        words=110.0,
    )
    plot: Plot = draw_plot(ground, "The loss over the epochs so far.", series)
    return Part(("So far",), plot=plot)


def _shapes(state: TrainingState, trace: Trace) -> Part:
    """Return the arrays of the next step; their shapes are asked, of values and of slopes alike."""
    graph = trace.graph
    shapes = {
        node.name: np.shape(trace.values[i])
        for i, node in enumerate(graph.nodes)
        if np.shape(trace.values[i]) and node.number is None and node.name[0] in "XYWbZA"
    }
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            label_of(name),
            (_role(name, state.network.depth),),
            Blank((" × ".join(map(str, shape)),)),
            Blank((f"{math.prod(shape):,}",)),
        )
        for name, shape in list(shapes.items())[:MOST_ARRAYS]
    )
    return Part(
        ("One step, array by array",),
        ("The gradient of an array has its shape. A row is an example; weights are [out, in].",),
        table=Table(
            (("array",), ("what it is",), ("shape",), ("numbers in it",)),
            rows,
            "",
        ),
    )


def _role(name: str, depth: int) -> str:
    layer = name[1:]
    where = f"layer {layer}" if layer != str(depth) else f"layer {layer}, the last"
    return {
        "X": "inputs of the mini-batch",
        "Y": "its targets",
        "W": f"weights, {where}",
        "b": f"biases, {where}",
        "Z": f"before the activation, {where}",
        "A": f"after the activation, {where}",
    }[name[0]]


def _update(state: TrainingState, trace: Trace) -> Part:
    """Return the update of the first unit of the last layer: gradient given, the rest asked."""
    depth, optimizer = state.network.depth, _optimizer(state)
    slopes = {name: trace.gradient[name] for name in state.network.shapes}
    g, theta = flatten(slopes)[0], flatten(state.parameters)[0]
    with np.errstate(all="ignore"):
        move = np.asarray(optimizer.step(g, state.run.state, theta)[0])
    if state.plan.kept is not None:
        move = move * state.plan.kept
    moves = state.plan.unflatten(move)
    W, b = f"W{depth}", f"b{depth}"
    few = min(MOST_WEIGHTS, state.network.sizes[-2])
    places: list[tuple[str, tuple[int, ...]]] = [(W, (0, k)) for k in range(few)]
    places.append((b, (0,)))
    rows: list[tuple[Cell, ...]] = []
    for name, place in places:
        before, by = float(state.parameters[name][place]), float(moves[name][place])
        written = adds_up((before, by), before + by, "sum")
        entry = "_".join((name.lower(), *(str(i + 1) for i in place)))
        rows.append(
            (
                label_of(entry),
                (written.terms[0],),
                (number(float(slopes[name][place]), "backward"),),
                Blank((written.terms[1],)),
                Blank((written.result,)),
            )
        )
    return Part(
        ("The update",),
        (f"{_machine(optimizer)}: what becomes of the first unit of the last layer.",),
        table=Table(
            (("parameter",), ("before",), ("gradient",), ("move Δ",), ("after",)),
            tuple(rows),
            "",
        ),
    )
