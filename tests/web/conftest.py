"""A small lesson that stands in for the real ones, and an application that teaches it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from jinja2 import ChoiceLoader, FileSystemLoader

from app import create_app
from backprop.engine.errors import UnknownNameError
from backprop.sharing.snapshot import address_of
from backprop.stage.choices import Flag, Name, OneOf, Real, Table, Whole, chosen
from backprop.stage.hiding import hide_choice
from backprop.stage.lesson import File, FormRequest, Lesson, Preset, Transition
from backprop.stage.links import Links
from backprop.stage.sections import Section, make_sections, more_choice

TEMPLATES = Path(__file__).parent / "templates"


SECTIONS = {"rates": ("rate",), "chart": ()}
TITLES = {"rates": (("How fast",), ("a rate",)), "chart": (("The same as a chart",), ())}


def weight_names(choices):
    return tuple(f"w{i}" for i in range(1, choices.count + 1))


def weights(choices, base):
    kept = base.weights if isinstance(base.weights, Mapping) else {}
    return {name: kept.get(name, 0.5) for name in weight_names(choices)}


@dataclass(frozen=True)
class Choices:
    step: int = chosen(Whole(0, 9), 0)
    count: int = chosen(Whole(1, 400), 2)
    rate: float = chosen(Real(0, 10), 0.5)
    loud: bool = chosen(Flag(), False)
    focus: str = chosen(Name(), "")
    mode: str = chosen(OneOf(("", "projector")), "")
    hide: tuple[str, ...] = hide_choice("strip", "charts")
    more: tuple[str, ...] = more_choice(SECTIONS)
    weights: Mapping[str, float] = chosen(Table(Real(), weight_names, weights), {})


@dataclass(frozen=True)
class Head:
    title: str
    sections: Mapping[str, Section]


@dataclass(frozen=True)
class Board:
    head: Head
    step: int
    total: float
    next: str
    back: str
    fields: tuple[tuple[str, str, str], ...]
    figure: Mapping[str, object]


def compose(choices: Choices, links: Links) -> Board:
    if choices.focus == "nobody":
        raise UnknownNameError("There is no “nobody” here.", hint="There is w1.", at="focus")
    assert choices.focus != "crash", "the lesson has a mistake"
    step = choices.step
    return Board(
        head=Head(f"Step {step}", make_sections(choices, START, SECTIONS, TITLES)),
        step=step,
        total=sum(choices.weights.values()) * choices.rate * step,
        next=links.address(step=step + 1) if step < 9 else "",
        back=links.address(step=step - 1) if step else "",
        fields=tuple(
            (name, f"{value:g}", links.address()) for name, value in choices.weights.items()
        ),
        figure={
            "data": [
                {
                    "type": "scatter",
                    "x": [0, 1, 2],
                    "y": [step, 2, 3],
                    "customdata": [links.address(step=i) for i in range(3)],
                }
            ],
            "layout": {"uirevision": "keep"},
        },
    )


def go_on(choices: Choices, _: FormRequest) -> Transition:
    present = LESSON.body(choices)
    now = address_of(present)
    moved = {name: value - choices.rate for name, value in choices.weights.items()}
    after = type(choices)(**{**vars(choices), "weights": moved, "step": 0, "focus": now[:8]})
    return Transition(after, bodies=(present,))


def sum_file(choices: Choices, name: str) -> File:
    return File(f"{name}.csv", f"{sum(choices.weights.values())}", "text/csv")


START = Choices(weights={"w1": 0.5, "w2": 0.5})
LOUD = Choices(loud=True, rate=2.0, weights={"w1": 1.0, "w2": -1.0})
LESSON = Lesson(
    name="small_lesson",
    title="A small lesson",
    about="It adds weights.",
    defaults=START,
    presets=(
        Preset("quiet", "Quiet", "The defaults.", START),
        Preset("loud", "Loud", "Twice as much.", LOUD),
    ),
    compose=compose,
    actions={"next": go_on},
    files={"sums/<name>": sum_file, "/numbers/<name>.csv": sum_file},
)
ENDING = Lesson("ending", "One that ends", "It does not go on.", START, (), compose)


def make_app(folder: Path, **settings):
    app = create_app(
        {
            "DATABASE_URL": f"sqlite:///{folder / 'store.sqlite'}",
            "LESSONS": (LESSON, ENDING),
            "HOME_BOARD": lambda _: None,
            **settings,
        }
    )
    app.jinja_env.loader = ChoiceLoader([FileSystemLoader(TEMPLATES), app.jinja_env.loader])
    return app


@pytest.fixture
def lesson():
    return LESSON


@pytest.fixture
def make(tmp_path):
    """Makes an application with other settings."""
    made = []

    def make(**settings):
        made.append(make_app(tmp_path, **settings))
        return made[-1]

    yield make
    for app in made:
        app.extensions["store"].close()


@pytest.fixture
def app(make):
    return make()


class Clock:
    """The time now, which stands still until it is moved."""

    def __init__(self, moment):
        self.now = moment

    def __call__(self):
        return self.now

    def pass_by(self, *, days=0, hours=0):
        self.now += 86_400 * days + 3_600 * hours


@pytest.fixture
def clock(app):
    """The clock of the application's store, at 15:40 UTC on 30 November 2026."""
    app.extensions["store"].clock = Clock(1_796_053_200)
    return app.extensions["store"].clock


@pytest.fixture
def limited(make):
    """An application that takes two steps a second from an address, twenty at once."""
    app = make(RATE_LIMIT=2, STORE_LIMIT=64 * 2**20, WEB_CONCURRENCY=1)
    app.extensions["limits"].clock = Clock(1000)
    return app


@pytest.fixture
def client(app):
    return app.test_client()


@pytest.fixture
def part(client):
    """Asks as htmx does."""

    def get(address, **headers):
        return client.get(address, headers={"HX-Request-Type": "partial"} | headers)

    return get
