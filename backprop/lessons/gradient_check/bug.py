"""Find the bug: a slip is planted, both losses are shown, and the check says where it bites.

The slip is chosen by name, or hidden behind the number of a case: then it is not named before the
learner has guessed it, or gives up.
"""

from dataclasses import dataclass

import numpy as np

from backprop.lessons.gradient_check import bug_losses as check_losses
from backprop.lessons.gradient_check import bug_values as check_values
from backprop.lessons.gradient_check.bug_arrays import Part, parts_of
from backprop.lessons.gradient_check.bug_losses import nine, published, rows_of
from backprop.lessons.gradient_check.bug_nodes import NodeRow, nodes_of
from backprop.lessons.gradient_check.bug_setups import bench_of
from backprop.lessons.gradient_check.choices import Choices
from backprop.lessons.gradient_check.guess import Reply, reply_to
from backprop.lessons.gradient_check.planted import other_case, planted
from backprop.lessons.gradient_check.training import course_on, gradient_at
from backprop.lessons.gradient_check.typed_setup import Typed
from backprop.lessons.gradient_check.work import Array
from backprop.stage.controls import Option
from backprop.stage.links import Links
from backprop.stage.training_setup import TrainingSetup

STEPS = {"train": 300, "step": 1}  # what can be asked for, and how many steps it is
MOST_STEPS = 1_000
NOTHING_TYPED = (
    "No mistake of the catalogue changes the gradient of this function at its point, so they are "
    "planted in a batch of flowers."
)


@dataclass(frozen=True, slots=True)
class BugShown:
    """Everything about the planted mistake; no markup.

    Attributes:
        about: in words; empty while it is hidden.
        printed: that the published example carries it, once its number is on the screen.
        why_flowers: that nothing can be planted in the typed function; else empty.
        falls: what training brings down: “loss” or “value”.
        parts: the check array by array; of a typed function there is none, but its nodes.
    """

    case: int
    hidden: bool
    title: str
    about: str
    printed: str
    bench: str
    why_flowers: str
    falls: str
    benches: tuple[Option, ...]
    slips: tuple[Option, ...]  # to plant by name
    guesses: tuple[Option, ...]
    another: str
    tell: str
    reply: Reply | None
    steps: int
    goal: int
    running: bool
    stop: str
    more: str  # what the button says
    ended: bool  # as many steps as there can be
    rate: str
    losses: tuple[str, str]  # the right one’s, and that with the slip
    seems: str
    figure: str
    alt: str
    rows: tuple[tuple[str, str, str], ...]  # the table behind the picture
    parts: tuple[Part, ...]
    nodes: tuple[NodeRow, ...]
    verdict: str
    off: int
    checked: int


def bug_of(choices: Choices, links: Links) -> BugShown:
    """Return what the page shows of the planted mistake."""
    bench = bench_of(choices)
    slip, slips = planted(choices, bench)
    course = course_on(bench, slip, choices.course)
    claims = gradient_at(bench, slip, course.wrong, course.previous)
    typed = bench if isinstance(bench, Typed) else None
    parts = () if typed else _parts(bench, course.wrong, claims)
    nodes = nodes_of(typed, slip, course.wrong, claims) if typed else ()
    reply = reply_to(choices, bench, slip, slips, claims)
    hidden = bool(choices.planted.case) and not choices.planted.told and not (reply and reply.right)
    asked = [node for node in nodes if node.variable]
    off = sum(part.off for part in parts) + sum(node.band.off for node in asked)
    checked = sum(part.size for part in parts) + len(asked)
    losses, drawn = course.losses[-1].tolist(), check_values if typed else check_losses
    broken = not np.isfinite(losses).all()
    steady = {"guess": "", "told": False, "goal": 0}
    return BugShown(
        case=choices.planted.case,
        hidden=hidden,
        title=f"Case {choices.planted.case}" if hidden else slip.title,
        about="" if hidden else slip.about,
        printed="" if hidden else published(course.losses),
        bench=bench.title,
        why_flowers=NOTHING_TYPED if _gives_way(choices, bench) else "",
        falls="value" if typed else "loss",
        benches=_benches(choices, bench, links),
        slips=tuple(
            Option(
                each.title,
                each.name,
                not choices.planted.case and each is slip,
                links.address(bug=each.name, case=0, **steady),
                each.about,
            )
            for each in slips
        ),
        guesses=tuple(
            Option(
                each.title,
                each.name,
                each.name == choices.planted.guess,
                links.address(guess=each.name),
                each.about,
            )
            for each in slips
        ),
        another=links.address(
            case=other_case(choices.planted.case, bench, links, (slip, slips)), bug="", **steady
        ),
        tell=links.address(told=True),
        reply=reply,
        steps=course.steps,
        goal=max(choices.planted.goal, course.steps),
        running=course.steps < choices.planted.goal and not broken,
        stop=links.address(goal=0),
        more=f"{STEPS['train']} steps" + (" more" if course.steps else ""),
        ended=course.steps >= MOST_STEPS or broken,
        rate=f"{bench.rate:g}",
        losses=(nine(losses[0]), nine(losses[1])),
        seems=drawn.seems_of(course.losses),
        figure=drawn.figure_of(course.losses),
        alt=drawn.alt_of(course.losses),
        rows=rows_of(course.losses),
        parts=parts,
        nodes=nodes,
        verdict=_verdict(off, checked, hidden=hidden, steps=course.steps),
        off=off,
        checked=checked,
    )


def _parts(bench: TrainingSetup | Typed, flat: Array, claims: Array) -> tuple[Part, ...]:
    assert isinstance(bench, TrainingSetup), "a typed function has nodes instead"
    return parts_of(bench, flat, claims)


def _gives_way(choices: Choices, bench: TrainingSetup | Typed) -> bool:
    """Whether the flowers stand in for a typed function."""
    return (
        choices.of == "expression"
        and choices.planted.bench == "page"
        and isinstance(bench, TrainingSetup)
    )


def _benches(choices: Choices, bench: TrainingSetup | Typed, links: Links) -> tuple[Option, ...]:
    if _gives_way(choices, bench):
        return ()
    own = "this function" if choices.of == "expression" else "this network"
    titles = {"page": own, "batch": "a batch of flowers"}
    steady = {"guess": "", "told": False, "goal": 0, "bug": ""}
    return tuple(
        Option(title, name, name == choices.planted.bench, links.address(bench=name, **steady))
        for name, title in titles.items()
    )


def _verdict(off: int, size: int, *, hidden: bool, steps: int) -> str:
    if not off and hidden:  # that a slip needs a round would tell which it is
        where = "here" if steps else "at the start"
        return f"Nothing is off {where}. Train some steps and check again."
    if not off:
        return "Nothing is off here. Train first: this slip needs a round before it."
    return f"{off} of {size} numbers are off."
