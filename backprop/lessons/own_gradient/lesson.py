"""Bring your own gradient: what a learner’s code prints, judged entry by entry, and its slip named.

The exact gradient comes from a backward pass, a second one from finite differences, which share no
code with it. What differs from both is compared with the gradients that known slips would make.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from backprop.lessons.own_gradient.answer import EMPTY, Answer, Shown, find_answer, show_brought
from backprop.lessons.own_gradient.brought import ACTIONS, find_brought
from backprop.lessons.own_gradient.choices import SECTIONS, Choices, make_given
from backprop.lessons.own_gradient.downloads import starter_file, worked, worked_file
from backprop.lessons.own_gradient.ending import QUESTIONS, make_ending
from backprop.lessons.own_gradient.paper import make_sheet
from backprop.lessons.own_gradient.presets import PRESETS
from backprop.lessons.own_gradient.setup import Setup, example_options, fresh_links, make_setup
from backprop.stage.controls import Option
from backprop.stage.head import Head, make_head
from backprop.stage.lesson import Lesson
from backprop.stage.links import Links
from backprop.stage.paper import Sheet
from backprop.stage.sections import Section, make_sections
from backprop.stage.walk.explanation import Words


@dataclass(frozen=True)
class Board:
    """Everything shown of a gradient that was brought; no markup."""

    head: Head
    answer: Answer
    shown: Shown | None
    text: str  # of the field
    kept: bool  # whether what was brought stands in the store
    can_delete: bool  # whether the browser that asks brought it
    examples: tuple[Option, ...]
    setup: Setup


def compose(choices: Choices, links: Links) -> Board:
    """Return the board.

    Raises:
        InputError: the network does not fit together, or what was brought cannot be read.
    """
    given = make_given(choices)
    brought = find_brought(choices, links.read)
    bare = replace(choices, mode="", hide=(), more=())
    preset = next((p for p in PRESETS if p.choices == bare), None)
    title = preset.title if preset else _title(choices)
    setup = make_setup(choices, links.path)
    return Board(
        head=make_head(links, PRESETS, title, preset, sections=_sections(choices, setup)),
        answer=find_answer(brought.judgement) if brought else EMPTY,
        shown=show_brought(brought, links) if brought else None,
        text=brought.text if brought else "",
        kept=bool(choices.own),
        can_delete=bool(choices.own) and links.owns(choices.own),
        examples=example_options(choices, given, fresh_links(choices, links.path)),
        setup=setup,
    )


def _sections(choices: Choices, setup: Setup) -> Mapping[str, Section]:
    starters = ", ".join(each.title for each in setup.starters)
    count = f"{len(setup.networks)} networks, {len(setup.expressions)} functions"
    titles: dict[str, tuple[Words, Words]] = {
        "network": (("The network here",), (setup.subject,)),
        "starters": (("A starter for it",), (starters,)),
        "worked": (("Worked examples",), (count,)),
    }
    return make_sections(choices, PRESETS[0].choices, SECTIONS, titles)


def _title(choices: Choices) -> str:
    if choices.own:
        return "Your own gradient"
    known = worked()
    return known[choices.example].title if choices.example in known else "A network of your own"


def hand_out(choices: Choices, links: Links) -> Sheet:
    """Return the network on paper, to bring its gradient."""
    bare = replace(choices, mode="", hide=(), more=())
    preset = next((p for p in PRESETS if p.choices == bare), None)
    return make_sheet(choices, links, preset.title if preset else _title(choices))


LESSON = Lesson(
    name="own_gradient",
    title="Bring your own gradient",
    about="Paste what your own code prints: which entries are wrong, by how much, where it begins "
    "to be, and which slip it looks like.",
    defaults=PRESETS[0].choices,
    presets=PRESETS,
    compose=compose,
    actions=ACTIONS,
    snapshot_dependencies=lambda choices: (choices.own,) if choices.own else (),
    files={"<name>": starter_file, "/fixtures/<name>.json": worked_file},
    styles=("own_gradient",),
    scripts=("own_gradient",),
    route="Bring your own",
    able="check what your own code prints, entry by entry",
    minutes=15,
    ending=make_ending,
    questions=QUESTIONS,
    paper=hand_out,
    covers=lambda board: board.shown is None,
)
