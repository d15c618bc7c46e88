"""What can be set in both modes: the view, the pace, the leaf, the text; and other shapes."""

from dataclasses import dataclass
from typing import Any

from backprop.lessons.why_backwards.both import Both, both_of
from backprop.lessons.why_backwards.choices import PACES, VIEWS, Choices
from backprop.lessons.why_backwards.presets import CARDS
from backprop.lessons.why_backwards.schedule import Schedule, moved, schedule_of
from backprop.notation.names import first_names, name_list
from backprop.stage.choices import change
from backprop.stage.controls import Option, make_options
from backprop.stage.head import preset_address
from backprop.stage.links import Links
from backprop.stage.programs.numbers import program_of_formula
from backprop.stage.quiz.arrays.answers import UNSAID

CARD_WIDTH = 9.0  # rem: of the longest bar


@dataclass(frozen=True, slots=True)
class Card:
    """Another shape to change to.

    Attributes:
        title: what has it.
        inputs, outputs: N and M.
        forward_width, reverse_width: of the bars of passes, in rem.
        on: whether it is shown.
        address: where it is.
    """

    title: str
    inputs: int
    outputs: int
    forward_width: str
    reverse_width: str
    on: bool
    address: str


@dataclass(frozen=True, slots=True)
class Text:
    """The program as a text to be changed, and the pairs that go along."""

    program: str
    rows: int
    pairs: dict[str, str]


@dataclass(frozen=True, slots=True)
class Setting:
    """What can be set.

    Attributes:
        views, paces, grains: which view, how the sides run, how far a step goes.
        leaves: whose entries can be nudged; none where there is but one.
        by: whose are.
        text: the program, while it is edited.
        edit: the address where it is, or where it is no more.
        back: where the same program stands in another lesson; empty where nowhere.
        back_title: what that is called.
        panes: what a phone shows: one half, or the other.
    """

    views: tuple[Option, ...]
    paces: tuple[Option, ...]
    grains: tuple[Option, ...]
    leaves: tuple[Option, ...]
    by: str
    text: Text | None
    edit: str
    back: str
    back_title: str
    panes: tuple[Option, ...]


def make_schedule(choices: Choices, both: Both) -> Schedule:
    """Return the steps of both sides."""
    return schedule_of(choices, both.run_forward, both.run_reverse, len(both.results))


def listed(names: tuple[str, ...]) -> str:
    """Return names as a sentence lists them; of many the first."""
    return name_list(names) if len(names) < 5 else first_names(names, 4)


def make_setting(
    choices: Choices, links: Links, both: Both, schedule: Schedule, at: int
) -> Setting:
    """Return what can be set at a step."""

    def to(**changes: Any) -> str:
        new = make_schedule(change(choices, **changes), both)
        step = 0 if choices.view else moved(schedule, new, at)
        return links.address(**{**UNSAID, **changes, "step": step})

    paces = tuple(
        Option(title, value, value == choices.pace, to(pace=value))
        for value, title in PACES.items()
    )
    grains = tuple(
        Option(title, "1" if by_line else "", by_line == choices.by_line, to(by_line=by_line))
        for by_line, title in ((False, "pass by pass"), (True, "line by line"))
    )
    views = tuple(
        Option(title, value, value == choices.view,
               links.address(**{**UNSAID, "view": value, "step": 0}))
        for value, title in VIEWS.items()
    )  # fmt: skip
    free = both.program.parameters or both.leaves
    whole = ("", listed(free)) if len(free) > 1 else (free[0], free[0])
    leaves = dict((whole, *((name, name) for name in both.leaves)))
    chosen = choices.inputs or whole[0]
    back, title = _back(choices, links, both)
    return Setting(
        views,
        paces,
        grains,
        tuple(
            Option(name, value, value == chosen, links.address(
                **{**UNSAID, "inputs": "" if value == whole[0] else value, "direction": "",
                   "step": 0}))
            for value, name in leaves.items()
        ) if len(leaves) > 1 else (),
        listed(both.inputs),
        _text(choices, links),
        links.address(editing=not choices.editing),
        back,
        title,
        make_options({"": "Forward", "reverse": "Reverse"}, choices.pane, links, "pane"),
    )  # fmt: skip


def _text(choices: Choices, links: Links) -> Text | None:
    if not choices.editing:
        return None
    pairs = links.pairs(editing=False, step=0, direction="", weight="", leaf_values="", inputs="",
                        formula="", **UNSAID)  # fmt: skip
    pairs.pop("program", None)
    return Text(choices.program, choices.program.count("\n") + 2, pairs)


def _back(choices: Choices, links: Links, both: Both) -> tuple[str, str]:
    """Return where the very same function stands in another lesson."""
    if choices.formula:
        at = {name: float(x) for name, x in both.program.at.items() if not both.program.shape(name)}
        if program_of_formula(choices.formula, at) == choices.program:
            return links.to("playground", expression=choices.formula, at=at), "Playground"
    more = {"leaf_values": choices.leaf_values} if choices.leaf_values else {}
    return links.to("arrays", program=choices.program, **more), "Arrays"


def make_cards(choices: Choices, links: Links) -> tuple[Card, ...]:
    """Return the shapes to change to."""
    shapes = []
    for preset in CARDS:
        other = both_of(preset.choices)
        shapes.append((preset, other.columns, other.rows))
    here = next((p for p, _, _ in shapes if p.choices.program == choices.program), None)
    most = max(max(n, m) for _, n, m in shapes)
    return tuple(
        Card(
            preset.title.partition(", ")[2],
            n,
            m,
            f"{CARD_WIDTH * n / most:.2f}",
            f"{CARD_WIDTH * m / most:.2f}",
            preset is here,
            preset_address(preset.name, links),
        )
        for preset, n, m in shapes
    )
