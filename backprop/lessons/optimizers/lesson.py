"""Optimizers: what the gradient is for, once it is made, and that it is another machine's work.

A race of up to six optimizers over one surface, from one start; the wall between what makes the
gradient and what uses it; and a matrix of both. Nothing here differentiates: whoever races asks
the same backward pass.
"""

from dataclasses import dataclass, replace

from backprop.lessons.optimizers.bend import Bend, bend_of
from backprop.lessons.optimizers.choices import (
    Choices,
    leader,
    racing,
    surface_of,
)
from backprop.lessons.optimizers.faulty_adam import ExhibitShown, exhibit_of
from backprop.lessons.optimizers.gradient_vs_optimizer import Firewall, firewall_of
from backprop.lessons.optimizers.learning_rates import suggested
from backprop.lessons.optimizers.matrix.board import MatrixShown, matrix_of
from backprop.lessons.optimizers.matrix.problem import Problem, of_function, of_network
from backprop.lessons.optimizers.matrix.progress import Course
from backprop.lessons.optimizers.matrix.run import course_of, go_on, left
from backprop.lessons.optimizers.pictures import Map, distance_curves, map_of, value_curves
from backprop.lessons.optimizers.presets import PRESETS
from backprop.lessons.optimizers.race import Race, race_of
from backprop.lessons.optimizers.racers import (
    Card,
    Standing,
    adding,
    cards_of,
    standings_of,
)
from backprop.lessons.optimizers.step import StepShown, step_shown
from backprop.lessons.optimizers.surface import WALKED
from backprop.notation.formula import Label
from backprop.notation.names import label_of
from backprop.notation.numerals import exact, field
from backprop.stage.controls import Field, Option
from backprop.stage.head import Head, make_head
from backprop.stage.lesson import FormRequest, Lesson, Preset, Transition
from backprop.stage.links import Links
from backprop.stage.plane import Chart


@dataclass(frozen=True)
class Board:
    """Everything shown of a race; no markup.

    Attributes:
        edit: the address that every edit starts from: it keeps the map where it is.
        fields: the numbers of the start.
        parameters: of a network, those that can run across and up; empty for an expression.
        step: what the leading racer's step is made of.
        no_distance: why there is no curve of distances; empty where there is one.
    """

    head: Head
    edit: str
    surface: str
    letter: Label
    labels: tuple[Label, Label]
    fields: tuple[Field, ...]
    networks: tuple[Option, ...]
    across: tuple[Option, ...]
    up: tuple[Option, ...]
    steps: int
    at: int
    first: str
    previous: str
    next: str
    last: str
    plan: Map
    cards: tuple[Card, ...]
    adding: tuple[Option, ...]
    standings: tuple[Standing, ...]
    step: StepShown
    values: Chart
    distances: Chart | None
    no_distance: str
    bend: Bend
    firewall: Firewall
    exhibit: ExhibitShown
    matrix: MatrixShown


def compose(choices: Choices, links: Links) -> Board:
    """Return the board of a race.

    Raises:
        InputError: the surface cannot be read, or nobody races; the text says which.
    """
    race = race_of(choices)
    choices = replace(choices, step=min(choices.step, choices.steps))
    preset = next((p for p in PRESETS if p.name == choices.preset_name), None)
    distances = distance_curves(race, choices)
    k, n = choices.step, choices.steps
    return Board(
        head=make_head(
            links,
            PRESETS,
            _title(choices, preset),
            preset if preset and _is_same(choices, preset.choices) else None,
            came_from=preset,
            check=_check(choices, links),
        ),
        edit=links.address(),
        surface=race.surface.title,
        letter=race.surface.letter,
        labels=race.surface.labels,
        fields=tuple(_field(name, x) for name, x in choices.at.items()),
        **_network_controls(choices),
        steps=n,
        at=k,
        first=links.address(step=0) if k else "",
        previous=links.address(step=k - 1) if k else "",
        next=links.address(step=k + 1) if k < n else "",
        last=links.address(step=n) if k < n else "",
        plan=map_of(race, choices, links),
        cards=cards_of(race, choices, links),
        adding=adding(choices, links),
        standings=standings_of(race, choices, links),
        step=_step(race, choices),
        values=value_curves(race, choices),
        distances=distances,
        no_distance="" if distances else "No lowest point is known to measure from.",
        bend=bend_of(race),
        firewall=firewall_of(race, choices, links),
        exhibit=exhibit_of(0.9, 0.999),
        matrix=matrix_of(problem_of(choices), choices.course, links),
    )


def _check(choices: Choices, links: Links) -> str:
    """Return where the gradient of what is raced on is checked; empty for a network's loss."""
    if choices.of != "expression":
        return ""
    at = dict(choices.at)
    return links.to("gradient_check", of="expression", expression=choices.expression, at=at)


def _step(race: Race, choices: Choices) -> StepShown:
    lead = leader(choices)
    racer = next(r for r in race.racers if r.number == lead)
    surface, optimizer = race.surface, racer.optimizer
    return step_shown(
        optimizer, optimizer.title, racer.track, surface.names, choices.step, letter=surface.letter
    )


def _network_controls(choices: Choices) -> dict[str, tuple[Option, ...]]:
    """Return what chooses a network and two of its parameters; nothing for an expression."""
    if choices.of != "network":
        return {"networks": (), "across": (), "up": ()}
    names = WALKED[choices.net].network.parameters
    return {
        "networks": tuple(Option(p.title, n, n == choices.net) for n, p in WALKED.items()),
        "across": tuple(Option(n, n, n == choices.across) for n in names),
        "up": tuple(Option(n, n, n == choices.up) for n in names),
    }


def _is_same(choices: Choices, other: Choices) -> bool:
    """Whether two races are on the same surface."""
    parts = ("of", "expression", "net", "across", "up")
    return all(getattr(choices, part) == getattr(other, part) for part in parts)


def _title(choices: Choices, preset: Preset | None) -> str:
    if preset is not None and _is_same(choices, preset.choices):
        return preset.title
    return "Your own surface" if choices.of == "expression" else "Two weights of a network"


def _field(name: str, x: float) -> Field:
    return Field(name, label_of(name), f"where {name} starts", field(x), exact(x))


def problem_of(choices: Choices) -> Problem:
    """Return the problem of the matrix: this surface from this start, or a network that learns."""
    if choices.matrix == "network":
        return of_network()
    surface = surface_of(choices)
    rates = dict(suggested(surface, choices.at))
    names = racing(choices)
    rates |= {names[n]: choices.settings[f"learning_rate_{n}"] for n in reversed(names)}
    return of_function(surface.graph, choices.at, rates)


def fill(choices: Choices, asked: FormRequest) -> Transition:
    """Go on with the matrix, by one slice; a full one begins afresh."""
    passing = asked.pairs.get("passing") == "1"
    if passing and not choices.filling:
        return Transition(choices)
    problem = problem_of(choices)
    course = None if not passing and _is_full(problem, choices.course) else choices.course
    after = go_on(problem, course)
    return Transition(replace(choices, course=after, filling=not _is_full(problem, after)))


def _is_full(problem: Problem, course: Course | None) -> bool:
    return not any(left(problem, course_of(problem, course)))


LESSON = Lesson(
    name="optimizers",
    title="Optimizers",
    about="What the gradient is for: exchange the machine that uses it, and it does not move by "
    "one digit. A race of up to six, and SciPy’s minimizers beside them.",
    defaults=PRESETS[0].choices,
    presets=PRESETS,
    compose=compose,
    actions={"fill": fill},
    styles=("plane", "optimizers"),
    scripts=("plane", "optimizers"),
    bundles=("gl3d",),
    staged=True,
)
