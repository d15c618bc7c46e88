"""What a lesson is: choices in, board out; and what a form asks of it.

A lesson is a pure function `compose(choices, links) -> Board`; what a form can ask is an action,
`(choices, form) -> Transition`. A board is everything shown, without markup; page, fragment and
JSON are three dresses of it.

Bodies in the store never change under their address, so a function that reads one by its address
stays pure; what is to be put there, it returns.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from backprop.engine.errors import UnknownNameError
from backprop.sharing.formats import FORMAT, Conversion, fields, format_of
from backprop.sharing.snapshot import SnapshotError, Value, to_bytes
from backprop.stage.choices import BODY_FORMAT, has_choice, read_choices, write_choices
from backprop.stage.derivation import Derived
from backprop.stage.ending import Ending
from backprop.stage.links import Links
from backprop.stage.paper import Sheet
from backprop.stage.quiz.question import Asks, Question

C = TypeVar("C")


@dataclass(frozen=True, slots=True)
class FormRequest:
    """What a form asks of a lesson.

    Attributes:
        pairs: its fields, those of the state among them.
        links: of the state it was sent from.
        files: what was sent with it, by field.
    """

    pairs: Mapping[str, str]
    links: Links
    files: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Transition:
    """Where a form leads.

    Attributes:
        choices: of the next state of this lesson, or a LessonLink to a state of another.
        bodies: what is to stand in the store for it: states, and points of a run.
        brought: what was brought, and is to stand there too; it is whose browser brings it.
        field: of the form, in which it was brought: a refusal stands beside it.
        released: addresses of bodies that it put earlier and needs no more.
        deleted: addresses of what this browser brought, and takes back.
    """

    choices: Any
    bodies: tuple[bytes, ...] = ()
    brought: tuple[bytes, ...] = ()
    field: str = ""
    released: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()


Action = Callable[[Any, FormRequest], Transition]


@dataclass(frozen=True, slots=True)
class File:
    """A file that a lesson hands out."""

    name: str
    text: str
    mimetype: str = "text/plain"


@dataclass(frozen=True, slots=True)
class Export:
    """A file that the menu “Share” offers to be copied or downloaded.

    Attributes:
        path: below the lesson's address.
        title, about: what it is.
    """

    path: str
    title: str
    about: str


@dataclass(frozen=True, slots=True)
class Steps:
    """The steps of a board as its page counts them: the first, the last, the one that is shown."""

    first: int
    last: int
    now: int


@dataclass(frozen=True, slots=True)
class Blanks:
    """Lines of a lesson that a learner types: the choices `blank`, how many, and `fade`, which.

    Attributes:
        most: choices → how many there can be.
        fades: which of them, and what that is called.
        emptied: the choices that hold what was typed or given up, as they are without.
    """

    most: Callable[[Any], int]
    fades: Mapping[str, str]
    emptied: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Preset:
    """A named state to start from.

    `changed` is said in the place of `about` where the numbers are no longer those of the preset;
    where it is empty, `about` holds for all numbers.
    """

    name: str  # in the address
    title: str
    about: str  # one or two sentences: what there is to see
    choices: Any
    changed: str = ""


@dataclass(frozen=True, slots=True)
class Lesson:
    """One thing taught; it stands in three places under one name.

    Attributes:
        name: lessons/<name>/lesson.py, templates/lessons/<name>/board.html, and
            /lessons/<name> with hyphens.
        title: what the catalogue calls it.
        about: a sentence for the home page.
        defaults: the choices of a first visit.
        presets: named states, the first of which equals the defaults.
        former: presets that are listed no more; their addresses open as they did.
        compose: choices and links → board.
        actions: what a form can ask for, by name: choices and the form → where that leads. A form
            that names none asks for the first.
        address: where the lesson stands, if not under /lessons.
        snapshot_dependencies: choices → addresses of the bodies without which they cannot be shown.
        conversions: a format → what makes the fields of a stored state in the next one of those in
            it, where they differ.
        start: choices → the same before their run began, as far as they tell.
        picture: board → the graph, or the program, that can be had as a picture.
        derived: board → the formulas of the step that it shows; what is asked is covered in them.
        covers: board → whether it covers an answer of its sheet, beside what is asked by steps.
        styles, scripts: the files of static/css and static/js that it needs beside everyone's.
        files: what can be downloaded: an address with <name> in it, below the lesson's own unless
            it begins with a slash; and choices and that name → the file.
        exports: board → those of its files that the menu “Share” offers.
        staged: whether a script plays it: while it does, only lessons/<name>/_stage.html is sent.
        beside: further parts, lessons/<name>/_<part>.html, that such a script may ask for.
        route: what it is called on the route through the lessons; empty beside the route.
        chapter: what the first page calls its examples, where they are a chapter of their own.
        able: what one can do after it: “you can …”.
        minutes: how long it takes, roughly.
        ending: what was seen, in three sentences and a picture.
        questions: what is asked back at its end, and on later days: a name → a question with
            fresh numbers, by a seed from 0 to 99,999. A name has letters, digits and hyphens.
        asks: what can be asked about a state, beside `questions`; None where nothing can.
        can_ask: choices → whether *Ask me first* asks anything there.
        steps: board → its steps, the first of which is the choice `step` = 0; None without steps.
        blanks: its lines that can be left blank.
        paper: choices and links → what is handed out on paper.
        work: the fields of a form → how much its action works, in steps of a walk (some 6 ms each).
        bundles: the bundles of Plotly that its charts name beside the ordinary one: “gl3d”.
        settled: choices as they were sent → the same state as its address says it: what was typed
            and can be taken over is no longer apart from what was there.
    """

    name: str
    title: str
    about: str
    defaults: Any
    presets: tuple[Preset, ...]
    compose: Callable[[Any, Links], Any]
    actions: Mapping[str, Action] = field(default_factory=dict)
    address: str = ""
    snapshot_dependencies: Callable[[Any], tuple[str, ...]] = lambda _: ()
    conversions: Mapping[int, Conversion] = field(default_factory=dict)
    start: Callable[[Any], Any] = lambda choices: choices
    picture: Callable[[Any], Any] | None = None
    derived: Callable[[Any], tuple[Derived, ...]] | None = None
    covers: Callable[[Any], bool] = lambda _: False
    styles: tuple[str, ...] = ()
    scripts: tuple[str, ...] = ()
    bundles: tuple[str, ...] = ()
    files: Mapping[str, Callable[[Any, str], File]] = field(default_factory=dict)
    exports: Callable[[Any], tuple[Export, ...]] | None = None
    staged: bool = False
    beside: tuple[str, ...] = ()
    route: str = ""
    chapter: str = ""
    able: str = ""
    minutes: int = 0
    ending: Callable[[], Ending] | None = None
    questions: Mapping[str, Callable[[int], Question]] = field(default_factory=dict)
    asks: Asks | None = None
    can_ask: Callable[[Any], bool] = lambda choices: has_choice(choices, "ask")
    former: tuple[Preset, ...] = ()
    steps: Callable[[Any], Steps | None] | None = None
    blanks: Blanks | None = None
    paper: Callable[[Any, Links], Sheet] | None = None
    work: Callable[[Mapping[str, str]], int] = lambda _: 1
    settled: Callable[[Any], Any] = lambda choices: choices

    def body(self, choices: Any) -> bytes:
        """Return the snapshot of a state."""
        return snapshot_bytes(self.name, choices, self.defaults)

    def read(self, value: Value) -> Any:
        """Return the choices of a state that was stored.

        Raises:
            SnapshotError: it is no state of this lesson, or cannot be read.
        """
        name = value.get("lesson") if isinstance(value, Mapping) else None
        if not isinstance(name, str) or name != self.name:
            raise SnapshotError(
                f"This snapshot was not made in the lesson “{self.title}”.",
                hint="Open it where it was made.",
                at="from",
            )
        return stored_choices(value, self.defaults, self.conversions)

    @property
    def path(self) -> str:
        """Where the lesson stands."""
        return self.address or f"/lessons/{self.name.replace('_', '-')}"

    @property
    def slug(self) -> str:
        """The end of the lesson's address."""
        return self.path.rpartition("/")[2]

    @property
    def end(self) -> str:
        """Where the lesson ends; empty where it has no end."""
        return f"{self.path}/end" if self.ending else ""

    @property
    def has_actions(self) -> bool:
        """Whether a form can ask something of it."""
        return bool(self.actions)

    def act(self, choices: Any, form: FormRequest) -> Transition:
        """Return where the choices lead when a form asks for something.

        Raises:
            UnknownNameError: there is no such action.
            InputError: what it asks cannot be done.
        """
        wanted = form.pairs.get("do", next(iter(self.actions)))
        if wanted not in self.actions:
            verb = "is" if len(self.actions) == 1 else "are"
            raise UnknownNameError(
                f"“{wanted[:40]}” cannot be done here.",
                hint=f"There {verb} {', '.join(self.actions)}.",
                at="do",
            )
        return self.actions[wanted](choices, form)

    def preset(self, name: str) -> Preset:
        """Return the preset of this name.

        Raises:
            UnknownNameError: there is none.
        """
        for preset in (*self.presets, *self.former):
            if preset.name == name:
                return preset
        names = ", ".join(preset.name for preset in self.presets)
        raise UnknownNameError(
            f"There is no preset “{name[:40]}”.", hint=f"There are {names}.", at="preset"
        )


def snapshot_bytes(name: str, choices: Any, defaults: Any) -> bytes:
    """Return the snapshot of a state of the lesson of this name."""
    pairs: dict[str, Any] = write_choices(choices, defaults)
    pairs.pop(BODY_FORMAT, None)  # it stands beside them
    number = choices.body_format if has_choice(choices, "body_format") else 1
    label: dict[str, Value] = {"format": number} if number > 1 else {}
    return to_bytes({**label, "lesson": name, "pairs": pairs})


def stored_choices(value: Value, defaults: C, conversions: Mapping[int, Conversion]) -> C:
    """Return the choices of which `snapshot_bytes` made a value.

    Args:
        value: what stands in the store.
        defaults: of the lesson that put it there.
        conversions: as the lesson has them.

    Raises:
        SnapshotError: it is no state, or cannot be read.
    """
    number, pairs = format_of(value), fields(value, pairs=Mapping)["pairs"]
    for older in range(number, FORMAT):
        pairs = conversions[older](pairs) if older in conversions else pairs
    return read_choices(defaults, {**pairs, BODY_FORMAT: str(number)}, stored=True)
