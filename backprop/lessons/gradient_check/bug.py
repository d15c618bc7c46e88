"""Find the bug: a slip is planted, both losses are shown, and the check says where it bites.

The slip is chosen by name, or hidden behind the number of a case: then it is not named before the
learner has guessed it, or gives up.
"""

from dataclasses import dataclass, replace

from backprop.engine.slips.slip import Slip
from backprop.lessons.gradient_check.bug_check import BugCheck, check_bug
from backprop.lessons.gradient_check.bug_curves import TrainingsShown, published, show_trainings
from backprop.lessons.gradient_check.choices import Choices
from backprop.lessons.gradient_check.planted_slip import (
    PlantedSlip,
    Reply,
    answer_guess,
    gives_way,
    other_case,
    plant,
)
from backprop.lessons.gradient_check.subject import make_subject
from backprop.notation.names import label_of
from backprop.stage.choices import change
from backprop.stage.controls import Option, make_options
from backprop.stage.links import Links
from backprop.stage.slip_words import in_page_letters, with_page_letters
from backprop.stage.walk.explanation import Labels
from backprop.training.function_setup import FunctionSetup
from backprop.training.setups import iris_setup

NOTHING_TYPED = (
    "No mistake of the catalogue changes the gradient of this function at its point, so they are "
    "planted in a batch of flowers."
)


@dataclass(frozen=True, slots=True)
class PlantedShown:
    """The planted slip, and where it is planted; no markup."""

    case: int
    hidden: bool
    title: str
    about: str  # in words; empty while it is hidden
    printed: str  # that the published example carries it, once its number is on the screen
    slips: tuple[Option, ...]  # to plant by name
    another: str  # the address of another case
    setup: str
    setups: tuple[Option, ...]
    why_flowers: str  # that nothing can be planted in the typed function; else empty
    falls: str  # what training brings down: “loss” or “value”
    rate: str


@dataclass(frozen=True, slots=True)
class BugShown:
    """Everything about the planted mistake; no markup."""

    planted: PlantedShown
    trainings: TrainingsShown
    check: BugCheck
    guesses: tuple[Option, ...]
    reply: Reply | None  # to the guess
    reveal: str  # the address where the slip is named
    lesson: str  # the address of the lesson about planted mistakes


def show_bug(choices: Choices, links: Links) -> BugShown:
    """Return what the page shows of the planted mistake."""
    chosen = choices.planted
    planted = plant(choices)
    letters = slip_letters(choices, planted)
    reply = answer_guess(chosen.guess, planted)
    if reply:
        reply = replace(reply, why=in_page_letters(reply.why, letters))
    hidden = bool(chosen.case) and not chosen.revealed and not (reply and reply.right)
    return BugShown(
        planted=_planted(choices, planted, links, hidden=hidden),
        trainings=show_trainings(planted, chosen.goal, links),
        check=check_bug(planted, hidden=hidden),
        guesses=tuple(
            _option(
                with_page_letters(each, letters),
                each.name == chosen.guess,
                links.address(guess=each.name),
            )
            for each in planted.slips
        ),
        reply=reply,
        reveal=links.address(revealed=True),
        lesson=links.to("find_the_bug"),
    )


def slip_letters(choices: Choices, planted: PlantedSlip) -> Labels:
    """Return how names are written where the slip is planted: as the page does, or as usual."""
    own = planted.setup.title != iris_setup().title
    return make_subject(choices).label if own else label_of


def _planted(choices: Choices, planted: PlantedSlip, links: Links, *, hidden: bool) -> PlantedShown:
    case, setup, letters = choices.planted.case, planted.setup, slip_letters(choices, planted)
    slip = with_page_letters(planted.slip, letters)
    again = links.at(change(choices, guess="", revealed=False, goal=0, bug=""))
    own = "this function" if choices.of == "expression" else "this network"
    titles = {"page": own, "batch": "a batch of flowers"}
    flowers_instead = gives_way(choices, setup)
    return PlantedShown(
        case=case,
        hidden=hidden,
        title=f"Case {case}" if hidden else slip.title,
        about="" if hidden else slip.about,
        printed="" if hidden else published(planted.progress.losses),
        slips=tuple(
            _option(
                with_page_letters(each, letters),
                not case and each is planted.slip,
                again.address(bug=each.name, case=0),
            )
            for each in planted.slips
        ),
        another=again.address(case=other_case(case, planted, links)),
        setup=setup.title,
        setups=()
        if flowers_instead
        else make_options(titles, choices.planted.bench, again, "bench"),
        why_flowers=NOTHING_TYPED if flowers_instead else "",
        falls="value" if isinstance(setup, FunctionSetup) else "loss",
        rate=f"{setup.rate:g}",
    )


def _option(slip: Slip, on: bool, address: str) -> Option:
    return Option(slip.title, slip.name, on, address, slip.about)
