"""Check a gradient: the second way to it, what it costs, and the mistakes that only it finds.

Finite differences need nothing but values of the function, so they share no mistake with a
backward pass. They cost two evaluations for each parameter: that is why they check, and do not
train.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from backprop.drawing.scene import Scene
from backprop.lessons.gradient_check.bug import BugShown, show_bug
from backprop.lessons.gradient_check.bug_curves import MOST_STEPS, STEPS
from backprop.lessons.gradient_check.choices import PARTS, SECTIONS, BugChoices, Choices
from backprop.lessons.gradient_check.cost import LADDER, CostShown, next_cost, show_cost
from backprop.lessons.gradient_check.ending import QUESTIONS, make_ending
from backprop.lessons.gradient_check.nudge import NudgeShown, chosen_name, moved_scene, show_nudge
from backprop.lessons.gradient_check.paper import make_sheet
from backprop.lessons.gradient_check.planted_slip import plant
from backprop.lessons.gradient_check.presets import PRESETS
from backprop.lessons.gradient_check.step_sizes import StepSizesShown, show_step_sizes
from backprop.lessons.gradient_check.subject import SubjectShown, make_subject, show_subject
from backprop.lessons.gradient_check.table import TableShown, show_table
from backprop.notation.formula import Label
from backprop.stage.choices import change, get_choice
from backprop.stage.head import Head, find_preset, make_head
from backprop.stage.hiding import hidden_parts
from backprop.stage.lecture import Lecture, make_lecture
from backprop.stage.lesson import Action, FormRequest, Lesson, Preset, Transition
from backprop.stage.links import Links
from backprop.stage.paper import Sheet
from backprop.stage.sections import Section, make_sections
from backprop.stage.walk.explanation import Words
from backprop.stage.walk.not_finite import Rewriting, rewriting
from backprop.training.two_trainings import Progress, train_slice

NOTE = "central differences with h = 10⁻⁵ · max(1, |θ|); float64"


@dataclass(frozen=True)
class Board:
    """Everything shown of a checked gradient; no markup."""

    head: Head
    subject: SubjectShown
    rewriting: Rewriting | None  # where it overflows, though a writing is known that does not
    table: TableShown
    scene: Scene
    nudge: NudgeShown
    steps: StepSizesShown
    cost: CostShown
    bug: BugShown


def compose(choices: Choices, links: Links) -> Board:
    """Return the board of a checked gradient.

    Raises:
        InputError: the choices do not fit together; the text says which.
    """
    subject = make_subject(choices)
    name = chosen_name(subject, choices.parameter)
    preset = _preset(choices)
    table, bug = show_table(subject, name, links), show_bug(choices, links)
    cost = show_cost(table.count, choices.progress, choices.sized, links)
    return Board(
        head=make_head(
            links,
            PRESETS,
            preset.title if preset else "A function of your own",
            preset,
            note=NOTE,
            sections=_sections(choices, cost),
            lecture=_lecture(choices, cost, bug, links) if choices.mode == "projector" else None,
        ),
        subject=show_subject(subject, choices, links),
        rewriting=rewriting(subject.trace, links),
        table=table,
        scene=moved_scene(subject, name, choices.nudge, links),
        nudge=show_nudge(subject, name, choices.nudge, links),
        steps=show_step_sizes(subject, name, choices.nudge, choices.single, links),
        cost=cost,
        bug=bug,
    )


def _sections(choices: Choices, cost: CostShown) -> Mapping[str, Section]:
    titles: dict[str, tuple[Words, Words]] = {
        "graph": (("What the nudge moves",), ("on the graph",)),
        "steps": (("Which ", Label("h"), "?"), ("truncation and rounding",)),
        "cost": (("What it costs",), (f"1 + 1 passes, or {cost.evaluations.central:,}",)),
        "bands": (("What a difference means",), ("from 10⁻² to 10⁻⁷",)),
        "bug": (("Find the bug",), ("planted mistakes",)),
    }
    progress = choices.progress or Progress()
    also = [name for name, n in (("cost", len(progress.costs)), ("bug", progress.steps)) if n]
    return make_sections(choices, PRESETS[0].choices, SECTIONS, titles, also)


def _lecture(choices: Choices, cost: CostShown, bug: BugShown, links: Links) -> Lecture:
    """Return the parts that are shown one at a time; an address that plants a bug begins there.

    Forward first measures the cost, and first trains with the bug; back first undoes that.
    """
    titles = {
        "nudge": "Nudge one",
        "all": "All parameters",
        "steps": "Which h",
        "cost": "What it costs",
        "bug": "A planted slip",
    }
    words = {"all": "table"}
    skipped = {part for part in titles if words.get(part, part) in hidden_parts(choices)}
    start = "bug" if replace(choices.planted, bench="page") != BugChoices() else ""
    lecture = make_lecture(titles, choices.part, links, skipped=skipped, reveals=PARTS, start=start)
    begun = {
        "cost": cost.running or cost.done,
        "bug": bug.trainings.running or bug.trainings.steps or bug.trainings.ended,
    }
    if lecture.now not in begun:
        return lecture
    if begun[lecture.now]:
        return replace(lecture, back=links.address(progress=None, goal=0, sized=0))
    return replace(lecture, first={"cost": "measure", "bug": "train"}[lecture.now])


def _preset(choices: Choices) -> Preset | None:
    """Return the preset that this is, whatever is asked of it; none is of a run of training."""
    preset = find_preset(PRESETS, choices.preset_name or PRESETS[0].name)
    if choices.return_to or not preset:
        return None
    parts = ("of", "expression", "sizes", "activations", "loss", "data")
    same = all(get_choice(preset.choices, part) == get_choice(choices, part) for part in parts)
    return preset if same else None


def _training_action(further: int) -> Action:
    """Return the action that trains so many steps further, or goes on on the way there."""
    return lambda choices, form: Transition(_train(choices, None if _passes(form) else further))


def measure(choices: Choices, form: FormRequest) -> Transition:
    """Measure what a gradient costs for the next size of network."""
    progress, passing = choices.progress or Progress(), _passes(form)
    if not passing and len(progress.costs) >= len(LADDER):
        progress = replace(progress, costs=progress.costs[:0])
    sized = choices.sized if passing else len(LADDER)
    if len(progress.costs) < sized:
        progress = progress.with_cost(next_cost(progress))
    return Transition(change(choices, sized=sized, progress=progress, goal=0))


def _passes(form: FormRequest) -> bool:
    """Whether the page asks by itself, on the way to what a person asked for."""
    return form.pairs.get("passing") == "1"


def _train(choices: Choices, further: int | None) -> Choices:
    """Train by a slice: so many steps further, or on the way to the goal that is set."""
    planted = plant(choices)
    steps = planted.progress.steps
    goal = choices.planted.goal if further is None else min(steps + further, MOST_STEPS)
    progress = train_slice(planted.setup, planted.slip, planted.progress, goal)
    return change(choices, goal=goal, progress=progress, sized=0)


def hand_out(choices: Choices, links: Links) -> Sheet:
    """Return the check on paper."""
    preset = _preset(choices)
    title = preset.title if preset else "A function of your own"
    return make_sheet(choices, links, title, NOTE)


LESSON = Lesson(
    name="gradient_check",
    title="Check a gradient",
    about="Nudge a parameter, and the slope must come out the same: the second way to a gradient, "
    "what it costs, which h, and planted mistakes that only a check finds.",
    defaults=PRESETS[0].choices,
    presets=PRESETS,
    compose=compose,
    picture=lambda board: board.scene,
    actions={name: _training_action(steps) for name, steps in STEPS.items()} | {"measure": measure},
    snapshot_dependencies=lambda choices: (choices.return_to,) if choices.return_to else (),
    start=lambda choices: change(choices, progress=None, goal=0, sized=0),
    styles=("gradient_check",),
    route="Check a gradient",
    able="tell a right gradient from a wrong one without trusting anybody",
    minutes=12,
    ending=make_ending,
    questions=QUESTIONS,
    paper=hand_out,
)
