"""Optimizers: what the gradient is for, once it is made, and that it is another machine's work.

A race of up to six optimizers over one surface, from one start; the wall between what makes the
gradient and what uses it; and a matrix of both. No racer differentiates: all ask the same
backward pass.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from backprop.lessons.optimizers.choices import (
    PARTS,
    SECTIONS,
    Choices,
    find_surface,
    keeps_usual_settings,
    leader,
    racing,
)
from backprop.lessons.optimizers.controls import (
    SurfaceControls,
    Transport,
    make_transport,
    surface_controls,
)
from backprop.lessons.optimizers.ending import QUESTIONS, make_ending
from backprop.lessons.optimizers.faulty_adam import FaultyAdam, compare_adams
from backprop.lessons.optimizers.gradient_vs_optimizer import GradientVsOptimizer, compare_sides
from backprop.lessons.optimizers.learning_rates import suggest_rates
from backprop.lessons.optimizers.matrix.board import Filling, Matrix, show_matrix
from backprop.lessons.optimizers.matrix.problem import function_problem, network_problem
from backprop.lessons.optimizers.matrix.stored import expect_to_fit
from backprop.lessons.optimizers.paper import make_sheet
from backprop.lessons.optimizers.pictures import Curves, RaceMap, draw_curves, make_map
from backprop.lessons.optimizers.presets import PRESETS
from backprop.lessons.optimizers.race import Race, run_race
from backprop.lessons.optimizers.racers import Bend, Racers, explain_bend, list_racers
from backprop.lessons.optimizers.step import RaceStep, make_step
from backprop.notation.formula import Formula
from backprop.stage.choices import change
from backprop.stage.derivation import Derived, with_numbers
from backprop.stage.head import Head, find_preset, make_head
from backprop.stage.hiding import hidden_parts
from backprop.stage.lecture import Lecture, make_lecture
from backprop.stage.lesson import FormRequest, Lesson, Preset, Steps, Transition
from backprop.stage.links import Links
from backprop.stage.paper import Sheet
from backprop.stage.sections import Section, make_sections
from backprop.stage.walk.explanation import Words
from backprop.training.matrix_runs import Problem, fill_slice, unfinished


@dataclass(frozen=True)
class Board:
    """Everything shown of a race; no markup.

    Attributes:
        edit: the address that every edit starts from: it keeps the map where it is.
        step: what the leading racer's step is made of.
        bend: how the surface bends.
        wall: what makes the gradient, and what uses it.
    """

    head: Head
    edit: str
    surface: SurfaceControls
    transport: Transport
    map: RaceMap
    racers: Racers
    step: RaceStep
    curves: Curves
    bend: Bend
    wall: GradientVsOptimizer
    faulty_adam: FaultyAdam
    matrix: Matrix


def compose(choices: Choices, links: Links) -> Board:
    """Return the board of a race.

    Raises:
        InputError: the surface cannot be read, or no optimizer races; the text says which.
    """
    race = run_race(choices)
    choices = change(choices, step=min(choices.step, choices.steps))
    bend = explain_bend(race.bend, race.surface.letter.letter)
    matrix = show_matrix(
        make_problem(choices), choices.matrix.progress, links, filling=choices.matrix.filling
    )
    return Board(
        head=_head(choices, links, _sections(race, choices, bend, matrix), matrix),
        edit=links.address(),
        surface=surface_controls(race.surface, choices.surface),
        transport=make_transport(choices, links),
        map=make_map(race, choices, links),
        racers=list_racers(race, choices, links),
        step=_step(race, choices),
        curves=draw_curves(race, choices),
        bend=bend,
        wall=compare_sides(race, choices, links),
        faulty_adam=compare_adams(),
        matrix=matrix,
    )


def _sections(race: Race, choices: Choices, bend: Bend, matrix: Matrix) -> Mapping[str, Section]:
    corrected = any(name in ("adam", "adamw") for name in racing(choices).values())
    limit = (f"2/λ = {bend.limit.shown}",) if bend.limit else ()
    letter = race.surface.letter
    titles: dict[str, tuple[Words, Words]] = {
        "step": (
            ("How long is each step?",),
            ("and Adam’s two corrections",) if corrected else ("the rule in numbers",),
        ),
        "surface": (("The race on the surface",), ("3D",)),
        "curves": ((letter, " and distance over the steps"), ("two charts",)),
        "matrix": (("Every optimizer, any gradient",), (f"{matrix.filling.todo} runs",)),
        "exhibit": (("A slip in the other machine",), ("the gradient is right",)),
        "bend": (("How much it bends",), limit),
    }
    also = () if keeps_usual_settings(choices) else ("step",)
    return make_sections(choices, PRESETS[0].choices, SECTIONS, titles, also)


def _title(choices: Choices) -> tuple[str, Preset | None]:
    """Return what the page is called, and the preset that it is."""
    origin = find_preset(PRESETS, choices.preset_name)
    if origin and choices.surface.is_same(origin.choices.surface):
        return origin.title, origin
    own = choices.surface.of == "expression"
    return "Your own surface" if own else "Two weights of a network", None


def _head(choices: Choices, links: Links, sections: Mapping[str, Section], matrix: Matrix) -> Head:
    surface, check = choices.surface, ""
    if surface.of == "expression":
        at = dict(surface.at)
        check = links.to("gradient_check", of="expression", expression=surface.expression, at=at)
    origin = find_preset(PRESETS, choices.preset_name)
    title, shown = _title(choices)
    lecture = _lecture(choices, matrix.filling, links) if choices.mode == "projector" else None
    return make_head(
        links,
        PRESETS,
        title,
        shown,
        came_from=origin,
        check=check,
        sections=sections,
        lecture=lecture,
    )


def _lecture(choices: Choices, filling: Filling, links: Links) -> Lecture:
    """Return the parts that are shown one at a time.

    Forward first plays the race and fills the matrix; back first undoes that.
    """
    titles = {
        "wall": "One gradient",
        "race": "The race",
        "curves": "The curves",
        "surface": "The surface",
        "rates": "Learning rates",
        "matrix": "All of them",
        "exhibit": "A faulty Adam",
    }
    words = {"wall": "machines", "rates": "racers", "curves": "charts"}
    skipped = {part for part in titles if words.get(part, part) in hidden_parts(choices)}
    lecture = make_lecture(titles, choices.part, links, skipped=skipped, reveals=PARTS)
    if lecture.now == "matrix":
        if filling.running or filling.done:
            return replace(lecture, back=links.address(progress=None, filling=False))
        return replace(lecture, first="fill")
    if lecture.now != "race":
        return lecture
    begun = links.origin.choices.step
    if choices.step > begun:
        lecture = replace(lecture, back=links.address(step=begun))
    if choices.step >= choices.steps:
        return lecture
    return replace(lecture, forward=links.address(step=choices.steps), first="play")


def _step(race: Race, choices: Choices) -> RaceStep:
    lead, surface = leader(choices), race.surface
    racer = next(r for r in race.racers if r.number == lead)
    return make_step(racer.optimizer, racer.track, surface.names, choices.step, surface.letter)


def make_problem(choices: Choices) -> Problem:
    """Return the problem of the matrix: this surface from this start, or a network that learns."""
    if choices.matrix.problem == "network":
        return network_problem()
    surface, at = find_surface(choices.surface), choices.surface.at
    usual, names = suggest_rates(surface, at), racing(choices)
    rates = {**usual} | {names[n]: choices.settings[f"learning_rate_{n}"] for n in reversed(names)}
    return function_problem(surface.graph, at, rates, usual)


def fill(choices: Choices, form: FormRequest) -> Transition:
    """Go on with the matrix by one slice; a full one begins again."""
    by_itself = form.pairs.get("passing") == "1"
    if by_itself and not choices.matrix.filling:
        return Transition(choices)
    problem, before = make_problem(choices), choices.matrix.progress
    expect_to_fit(problem, before)
    if not by_itself and not unfinished(problem, before):
        before = None
    after = fill_slice(problem, before)
    return Transition(change(choices, progress=after, filling=bool(unfinished(problem, after))))


def hand_out(choices: Choices, links: Links) -> Sheet:
    """Return the race on paper."""
    return make_sheet(choices, links, _title(choices)[0])


def _derived(board: Board) -> tuple[Derived, ...]:
    """Return the rule of the leading racer, with its numbers at the step that is shown."""
    step = board.step
    shown: dict[Words, tuple[Formula, ...]] = {}
    for line in step.lines:
        for n, (numbers, result) in enumerate(line.plugged):
            where = (", ", step.coordinates[n].label) if len(line.plugged) > 1 else ()
            named: Words = (f"{step.title}, step {step.number}", *where)
            shown[named] = (*shown.get(named, ()), with_numbers(line.letters, numbers, result))
    letters = tuple(line.letters for line in step.lines)
    return tuple(Derived(*each) for each in shown.items()) or (Derived((step.title,), letters),)


LESSON = Lesson(
    name="optimizers",
    title="Optimizers",
    about="What the gradient is for: exchange the machine that uses it, and it does not move by "
    "one digit. A race of up to six, and SciPy’s minimizers beside them.",
    defaults=PRESETS[0].choices,
    presets=PRESETS,
    compose=compose,
    derived=_derived,
    steps=lambda board: Steps(0, board.transport.steps, board.transport.at),
    actions={"fill": fill},
    start=lambda choices: change(choices, progress=None, filling=False),
    styles=("plane", "optimizers"),
    scripts=("plane", "optimizers"),
    bundles=("gl3d",),
    staged=True,
    route="Optimizers",
    able="say what uses a gradient, and why that is not backpropagation",
    minutes=15,
    ending=make_ending,
    questions=QUESTIONS,
    paper=hand_out,
    beside=("step",),
)
