"""The racers as they are listed: number, line, settings, where each stands; and the limits."""

import math
from dataclasses import dataclass

from backprop.drawing.ground import nice
from backprop.drawing.tracks import DASHES
from backprop.lessons.optimizers.choices import (
    MOST_RACERS,
    NONE,
    Choices,
    leader,
    racing,
    setting_names,
)
from backprop.lessons.optimizers.curvature import Curvature
from backprop.lessons.optimizers.race import Race, Racer
from backprop.notation.formula import Number
from backprop.notation.numerals import exact, field, long, short
from backprop.stage.controls import Field, Option
from backprop.stage.links import Links
from backprop.stage.optimizers import setting_label
from backprop.training.demo_optimizers import RACERS
from backprop.training.optimizers import Optimizer, Setting

BEYOND = 1.25  # of the limit: how far a slider of the learning rate goes
ENDS = {
    "value": "at {place} {letter} is no finite number",
    "gradient": "at {place} the gradient is no finite number",
    "point": "from {before} it moved to no finite number",
}


@dataclass(frozen=True, slots=True)
class Rate:
    """The slider of a learning rate, with the limit beyond which a racer diverges.

    Attributes:
        value, high: of the slider, which begins at 0.
        limit: the number, and how far along the slider it stands in per cent; None where no limit
            is known for this optimizer.
        rule: how the limit comes about: 2/λ.
        beyond: whether the learning rate is over it.
    """

    value: str
    high: str
    limit: Number | None
    share: str
    rule: str
    beyond: bool


@dataclass(frozen=True, slots=True)
class Card:
    """One racer in the list.

    Attributes:
        number, title: 2, momentum.
        dash: the pattern of its line.
        options: the optimizers that can take its place.
        rate: of its learning rate.
        fields: all of its settings.
        leads: whether its step is written out; `lead` is the address that makes it so.
        remove: the address of the race without it; empty for the only one.
    """

    number: int
    name: str
    title: str
    dash: str
    options: tuple[Option, ...]
    rate: Rate
    fields: tuple[Field, ...]
    leads: bool
    lead: str
    remove: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one racer stands at the step that is shown.

    Attributes:
        steps: how many steps it has taken.
        place: its two numbers.
        value, distance: the function there, and how far from a lowest point; None where none.
        end: what stopped it, in words; empty while it goes on.
    """

    number: int
    title: str
    steps: int
    place: tuple[Number, Number]
    value: Number
    distance: Number | None
    end: str
    leads: bool
    lead: str


def cards_of(race: Race, choices: Choices, links: Links) -> tuple[Card, ...]:
    """Return a card for each racer."""
    return tuple(_card(racer, race, choices, links) for racer in race.racers)


def adding(choices: Choices, links: Links) -> tuple[Option, ...]:
    """Return the optimizers by which one more racer can come in; none where six race."""
    free = [i for i in range(MOST_RACERS) if choices.racers[i : i + 1] in ((), (NONE,))]
    if not free:
        return ()
    return tuple(
        Option(kind.title, name, False, links.address(racers=_placed(choices, free[0], name)))
        for name, kind in RACERS.items()
    )


def _placed(choices: Choices, place: int, name: str) -> tuple[str, ...]:
    """Return the racers with another one at a place, counted from 0; empty ends are left out."""
    found = [*choices.racers, *(NONE for _ in range(MOST_RACERS - len(choices.racers)))]
    found[place] = name
    while found and found[-1] == NONE:
        found.pop()
    return tuple(found)


def _card(racer: Racer, race: Race, choices: Choices, links: Links) -> Card:
    number, optimizer = racer.number, racer.optimizer
    others = [n for n in racing(choices) if n != number]
    return Card(
        number=number,
        name=optimizer.name,
        title=optimizer.title,
        dash=DASHES[(number - 1) % len(DASHES)].replace("px", "").replace("solid", ""),
        options=tuple(
            Option(kind.title, ",".join(_placed(choices, number - 1, name)), name == optimizer.name)
            for name, kind in RACERS.items()
        ),
        rate=rate_of(optimizer, race.bend),
        fields=tuple(
            _field(name, setting, number, choices)
            for name, (n, setting) in setting_names(choices).items()
            if n == number
        ),
        leads=number == leader(choices),
        lead=links.address(lead=number),
        remove=links.address(racers=_placed(choices, number - 1, NONE)) if others else "",
    )


def _field(name: str, setting: Setting, number: int, choices: Choices) -> Field:
    x = choices.settings[name]
    return Field(
        name, setting_label(setting), f"{setting.label}, racer {number}", field(x), exact(x)
    )


def rate_of(optimizer: Optimizer, bend: Curvature | None) -> Rate:
    """Return the slider of a learning rate: from crawling to diverging.

    On a quadratic whose largest eigenvalue is λ, gradient descent converges below 2/λ; with a
    momentum μ as PyTorch has it, below 2(1 + μ)/λ, and Nesterov's below 2(1 + μ)/(1 + 2μ)/λ.

    Source: Sutskever et al. (2013); the limits follow from the roots of the two-step recurrence.
    """
    rate, mu = optimizer.learning_rate, getattr(optimizer, "momentum", 0.0)
    share = {
        "gradient_descent": (1.0, "2/λ"),
        "momentum": (1 + mu, "2(1 + μ)/λ"),
        "nesterov": ((1 + mu) / (1 + 2 * mu), "2(1 + μ)/((1 + 2μ)λ)"),
    }.get(optimizer.name)
    if share is None or bend is None or not math.isfinite(bend.limit):
        high = nice(max(4 * rate, 0.1))
        return Rate(field(rate), field(high), None, "", "", False)
    limit = share[0] * bend.limit
    high = max(BEYOND * limit, rate)
    return Rate(
        value=field(rate),
        high=field(float(f"{high:.3g}")),
        limit=Number(short(limit), limit),
        share=f"{100 * limit / high:.2f}",
        rule=share[1],
        beyond=rate > limit,
    )


def standings_of(race: Race, choices: Choices, links: Links) -> tuple[Standing, ...]:
    """Return where every racer stands."""
    return tuple(_standing(racer, race, choices, links) for racer in race.racers)


def _place(racer: Racer, at: int) -> str:
    x, y = racer.track.points[at].tolist()
    return f"({short(x)}, {short(y)})"


def _standing(racer: Racer, race: Race, choices: Choices, links: Links) -> Standing:
    at = racer.at(choices.step)
    x, y = (float(each) for each in racer.track.points[at])
    value = float(racer.track.values[at])
    away = race.distance(racer.track.points[at])
    end = ENDS[racer.track.end] if racer.is_out(choices.step) else ""
    return Standing(
        number=racer.number,
        title=racer.optimizer.title,
        steps=at,
        place=(Number(short(x), x), Number(short(y), y)),
        value=Number(long(value), value, "forward"),
        distance=Number(short(away), away) if race.lowest else None,
        end=end.format(
            letter=race.surface.letter.letter,
            place=_place(racer, at),
            before=_place(racer, max(0, at - 1)),
        ),
        leads=racer.number == leader(choices),
        lead=links.address(lead=racer.number),
    )
