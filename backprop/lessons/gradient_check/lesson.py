"""Check a gradient: the second way to it, what it costs, and the mistakes that only it finds.

Finite differences need nothing but values of the function, so they share no mistake with a
backward pass. They cost two evaluations for each parameter: that is why they check, and do not
train.
"""

from dataclasses import dataclass, replace

from backprop.drawing.scene import Scene
from backprop.lessons.gradient_check.bug import MOST_STEPS, STEPS, BugShown, bug_of
from backprop.lessons.gradient_check.bug_setups import bench_of
from backprop.lessons.gradient_check.choices import Choices
from backprop.lessons.gradient_check.cost import LADDER, CostShown, cost_of, next_cost
from backprop.lessons.gradient_check.nudge import NudgeShown, chosen_name, moved_scene, nudge_of
from backprop.lessons.gradient_check.planted import planted
from backprop.lessons.gradient_check.presets import PRESETS
from backprop.lessons.gradient_check.step_sizes import StepsShown, agrees_somewhere, steps_of
from backprop.lessons.gradient_check.subject import Subject, subject_of
from backprop.lessons.gradient_check.table import (
    CheckedRow,
    Counted,
    Verdict,
    counted,
    rows_of,
    verdict_of,
    worst_row,
)
from backprop.lessons.gradient_check.tolerance_bands import HAPPY
from backprop.lessons.gradient_check.training import course_on, trained
from backprop.lessons.gradient_check.work import Course
from backprop.notation.formula import Label
from backprop.stage.choices import change, get_choice
from backprop.stage.functions import NUMBER
from backprop.stage.head import Head, make_head
from backprop.stage.lesson import Action, FormRequest, Lesson, Preset, Transition
from backprop.stage.links import Links
from backprop.stage.networks import LOSS_TITLES


@dataclass(frozen=True, slots=True)
class Coordinate:
    """A variable of the expression, and its number."""

    name: str
    label: Label
    value: str


@dataclass(frozen=True)
class Board:
    """Everything shown of a checked gradient; no markup."""

    head: Head
    typed: bool
    expression: str
    coordinates: tuple[Coordinate, ...]
    source: str  # where the same function is walked through
    subject: str  # in a line, what is checked
    verdict: Verdict
    count: int
    rows: tuple[CheckedRow, ...]
    counted: tuple[Counted, ...]
    some_hidden: bool  # whether rounding hides the difference of a parameter
    scene: Scene
    nudge: NudgeShown
    steps: StepsShown
    cost: CostShown
    bug: BugShown


def compose(choices: Choices, links: Links) -> Board:
    """Return the board of a checked gradient.

    Raises:
        InputError: the choices do not fit together; the text says which.
    """
    subject = subject_of(choices)
    name = chosen_name(subject, choices.parameter)
    preset = _preset(choices)
    rows = rows_of(subject, name, links)
    worst = worst_row(subject)
    fits = worst.relative >= 1e-4 and not worst.hidden and agrees_somewhere(subject, worst.name)
    return Board(
        head=make_head(
            links,
            PRESETS,
            preset.title if preset else "A function of your own",
            preset,
            reset=f"{links.path}?preset={choices.preset_name}"
            if choices.preset_name
            else links.path,
            note="central differences with h = 10⁻⁵ · max(1, |θ|); float64",
        ),
        typed=choices.of == "expression",
        expression=choices.expression,
        coordinates=tuple(
            Coordinate(each, subject.label(each), NUMBER.write(number))
            for each, number in choices.at.items()
        ),
        source=_source(choices, links),
        subject=_said(subject, choices),
        verdict=verdict_of(subject, fits),
        count=len(rows),
        rows=rows,
        counted=counted(rows),
        some_hidden=any(row.hidden and row.band.name != HAPPY.name for row in rows),
        scene=moved_scene(subject, name, choices.nudge, links),
        nudge=nudge_of(subject, name, choices.nudge, links),
        steps=steps_of(subject, name, choices.nudge, choices.single, links),
        cost=cost_of(len(rows), choices.course, choices.sized, links),
        bug=bug_of(choices, links),
    )


def _source(choices: Choices, links: Links) -> str:
    """Return where what is checked can be walked through, and changed."""
    if choices.of == "network":
        here = {"network": choices.network, "return_to": choices.return_to}
        return links.to("network", preset_name="", **here)
    return links.to(
        "playground", preset_name="", expression=choices.expression, at=dict(choices.at)
    )


def _preset(choices: Choices) -> Preset | None:
    """Return the preset that this is, whatever is asked of it; none is of a run of training."""
    if choices.return_to:
        return None
    name = choices.preset_name or PRESETS[0].name
    found = next((preset for preset in PRESETS if preset.name == name), None)
    parts = ("of", "expression", "sizes", "activations", "loss", "data")
    same = found and all(get_choice(found.choices, p) == get_choice(choices, p) for p in parts)
    return found if same else None


def _said(subject: Subject, choices: Choices) -> str:
    if subject.network is None:
        return f"{subject.letter.letter} = {choices.expression}"
    sizes = "–".join(map(str, choices.network.sizes))
    return f"a {sizes} network, {LOSS_TITLES[choices.network.loss]}, one example"


def _slice_of(further: int) -> Action:
    """Return the action that trains so many steps further, or goes on on the way there."""
    return lambda choices, form: Transition(_train(choices, None if _passes(form) else further))


def measure(choices: Choices, form: FormRequest) -> Transition:
    """Measure what a gradient costs for the next size of network."""
    return Transition(_measure(choices, _passes(form)))


def _passes(form: FormRequest) -> bool:
    """Whether the page asks by itself, on the way to what a person asked for."""
    return form.pairs.get("passing") == "1"


def _train(choices: Choices, further: int | None) -> Choices:
    """Train by a slice: so many steps further, or on the way to the goal that is set."""
    bench = bench_of(choices)
    slip, _ = planted(choices, bench)
    course = course_on(bench, slip, choices.course)
    goal = choices.planted.goal if further is None else min(course.steps + further, MOST_STEPS)
    return change(choices, goal=goal, course=trained(bench, slip, course, goal), sized=0)


def _measure(choices: Choices, passing: bool) -> Choices:
    course = choices.course or Course()
    if not passing and len(course.costs) >= len(LADDER):
        course = replace(course, costs=course.costs[:0])
    sized = choices.sized if passing else len(LADDER)
    if len(course.costs) < sized:
        course = course.with_cost(next_cost(course))
    return change(choices, sized=sized, course=course, goal=0)


LESSON = Lesson(
    name="gradient_check",
    title="Check a gradient",
    about="Nudge a parameter, and the slope must come out the same: the second way to a gradient, "
    "what it costs, which h, and planted mistakes that only a check finds.",
    defaults=PRESETS[0].choices,
    presets=PRESETS,
    compose=compose,
    picture=lambda board: board.scene,
    actions={name: _slice_of(steps) for name, steps in STEPS.items()} | {"measure": measure},
    snapshot_dependencies=lambda choices: (choices.return_to,) if choices.return_to else (),
    styles=("gradient_check",),
)
