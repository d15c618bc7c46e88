"""Find the bug: a slip is planted, both losses are shown, and the check says where it bites.

The slip is chosen by name, or hidden behind the number of a case: then it is not named before the
learner has guessed it, or gives up.
"""

import hashlib
from dataclasses import dataclass

import numpy as np

from backprop.engine.slips import Slip
from backprop.lessons.check_bench import Array, Bench, bench_of, candidates, hidden_in
from backprop.lessons.check_cells import Part, parts_of
from backprop.lessons.check_losses import alt_of, figure_of, nine, published, rows_of, seems
from backprop.lessons.check_training import course_on, gradient_at
from backprop.lessons.choices import ChoiceError
from backprop.lessons.gradient_check_choices import MOST_CASE, Choices
from backprop.lessons.lesson import Links
from backprop.lessons.round_controls import Option

EXHIBIT = "updated-weights"
STEPS = {"step": 1, "train": 300}  # what can be asked for, and how many steps it is
MOST_STEPS = 1_000


@dataclass(frozen=True, slots=True)
class Reply:
    """What a guess is answered with."""

    right: bool
    what: str
    why: str


@dataclass(frozen=True, slots=True)
class BugShown:
    """Everything about the planted mistake; no markup.

    Attributes:
        about: in words; empty while it is hidden.
        printed: that the published example carries it, once its number is on the screen.
    """

    case: int
    hidden: bool
    title: str
    about: str
    printed: str
    bench: str
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
    verdict: str
    off: int
    checked: int


def planted(choices: Choices, bench: Bench) -> tuple[Slip, tuple[Slip, ...]]:
    """Return the slip that is planted, and all that could be.

    Raises:
        ChoiceError: a slip by name that cannot happen here.
    """
    slips = candidates(bench)
    if choices.case:
        return hidden_in(choices.case, slips), slips
    wanted = choices.bug or EXHIBIT
    for slip in slips:
        if slip.name == wanted:
            return slip, slips
    if not choices.bug or choices.bug == EXHIBIT:  # the first exhibit, where it cannot happen
        return slips[0], slips
    raise ChoiceError(
        f"“{wanted}” cannot happen on {bench.title}.",
        hint=f"There are {', '.join(slip.name for slip in slips)}.",
        at="bug",
    )


def bug_of(choices: Choices, links: Links) -> BugShown:
    """Return what the page shows of the planted mistake."""
    bench = bench_of(choices)
    slip, slips = planted(choices, bench)
    course = course_on(bench, slip, choices.course)
    claims = gradient_at(bench, slip, course.wrong, course.previous)
    parts = parts_of(bench, course.wrong, claims)
    reply = _reply(choices, bench, slip, slips, claims)
    hidden = bool(choices.case) and not choices.told and not (reply and reply.right)
    off = sum(part.off for part in parts)
    losses = course.losses[-1].tolist()
    steady = {"guess": "", "told": False, "goal": 0}
    return BugShown(
        case=choices.case,
        hidden=hidden,
        title=f"Case {choices.case}" if hidden else slip.title,
        about="" if hidden else slip.about,
        printed="" if hidden else published(course.losses),
        bench=bench.title,
        benches=_benches(choices, links),
        slips=tuple(
            Option(
                each.title,
                each.name,
                not choices.case and each is slip,
                links.address(bug=each.name, case=0, **steady),
                each.about,
            )
            for each in slips
        ),
        guesses=tuple(
            Option(
                each.title,
                each.name,
                each.name == choices.guess,
                links.address(guess=each.name),
                each.about,
            )
            for each in slips
        ),
        another=links.address(
            case=_other(choices.case, bench, links, (slip, slips)), bug="", **steady
        ),
        tell=links.address(told=True),
        reply=reply,
        steps=course.steps,
        goal=max(choices.goal, course.steps),
        running=course.steps < choices.goal and bool(np.isfinite(losses).all()),
        stop=links.address(goal=0),
        more=f"{STEPS['train']} steps" + (" more" if course.steps else ""),
        ended=course.steps >= MOST_STEPS,
        rate=f"{bench.rate:g}",
        losses=(nine(losses[0]), nine(losses[1])),
        seems=seems(course.losses),
        figure=figure_of(course.losses),
        alt=alt_of(course.losses),
        rows=rows_of(course.losses),
        parts=parts,
        verdict=_verdict(off, sum(part.size for part in parts), hidden=hidden, steps=course.steps),
        off=off,
        checked=sum(part.size for part in parts),
    )


def _benches(choices: Choices, links: Links) -> tuple[Option, ...]:
    if choices.of == "expression":
        return ()
    titles = {"page": "this network", "batch": "a batch of flowers"}
    steady = {"guess": "", "told": False, "goal": 0, "bug": ""}
    return tuple(
        Option(title, name, name == choices.bench, links.address(bench=name, **steady))
        for name, title in titles.items()
    )


def _other(case: int, bench: Bench, links: Links, found: tuple[Slip, tuple[Slip, ...]]) -> int:
    """Return the number of the next case, drawn from the address: the same state, the same case.

    It hides another slip than now, and one that shows at the start, where there is one.
    """
    now, slips = found
    digest = hashlib.sha256(f"{case} {links.address()}".encode()).digest()
    first = int.from_bytes(digest[:6], "big")
    numbers = [(first + step) % MOST_CASE + 1 for step in range(40)]
    others = (n for n in numbers if hidden_in(n, slips) is not now)
    return next((n for n in others if _shows(bench, hidden_in(n, slips))), numbers[0])


def _shows(bench: Bench, slip: Slip) -> bool:
    """Whether a slip changes the gradient before the first step."""
    start = bench.flat(bench.parameters)
    right, wrong = gradient_at(bench, None, start), gradient_at(bench, slip, start)
    return not np.allclose(wrong, right, rtol=1e-6, atol=1e-12, equal_nan=True)


def _reply(
    choices: Choices, bench: Bench, slip: Slip, slips: tuple[Slip, ...], claims: Array
) -> Reply | None:
    """Return what the guess is answered with; a slip that gives the same numbers counts."""
    guess = next((each for each in slips if each.name == choices.guess), None)
    if guess is None:
        return None
    if guess is slip:
        return Reply(True, "That is it.", slip.about)
    course = course_on(bench, slip, choices.course)
    would = gradient_at(bench, guess, course.wrong, course.previous)
    if np.allclose(would, claims, rtol=1e-9, atol=1e-15):
        return Reply(True, "Here that is the same.", f"It was planted as: {slip.title}.")
    right = gradient_at(bench, None, course.wrong)
    return Reply(False, "Not that one.", _why_not(bench, right, would, claims))


def _why_not(bench: Bench, right: Array, would: Array, claims: Array) -> str:
    """Return a difference that can be seen between a guess and what is found."""
    found = {name: _is_off(bench, right, claims, name) for name in bench.network.shapes}
    guessed = {name: _is_off(bench, right, would, name) for name in bench.network.shapes}
    for name, off in found.items():
        if guessed[name] and not off:
            return f"It would make {name} wrong, and here {name} is right."
        if off and not guessed[name]:
            return f"It would leave {name} right, and here {name} is wrong."
    return "It would be wrong in the same arrays, but by other factors: look at the ratios."


def _is_off(bench: Bench, right: Array, other: Array, name: str) -> bool:
    a, b = bench.arrays(right)[name], bench.arrays(other)[name]
    return not np.allclose(a, b, rtol=1e-6, atol=1e-12)


def _verdict(off: int, size: int, *, hidden: bool, steps: int) -> str:
    if not off and hidden:  # that a slip needs a round would tell which it is
        where = "here" if steps else "at the start"
        return f"Nothing is off {where}. Train some steps and check again."
    if not off:
        return "Nothing is off here. Train first: this slip needs a round before it."
    return f"{off} of {size} numbers are off."
