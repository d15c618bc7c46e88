"""The racers as they are listed, where each stands, and how the bend limits its learning rate."""

import math
from dataclasses import dataclass

from backprop.drawing.contour_grid import nice
from backprop.drawing.tracks import line_dash
from backprop.lessons.optimizers.choices import (
    MOST_RACERS,
    NONE,
    Choices,
    leader,
    racing,
    setting_names,
)
from backprop.lessons.optimizers.race import Race, Racer
from backprop.notation.formula import Number
from backprop.notation.numerals import field, short
from backprop.stage.controls import Field, Option, number_field
from backprop.stage.links import Links
from backprop.stage.optimizers import setting_label
from backprop.stage.walk.explanation import long_number, number
from backprop.training.curvature import Curvature
from backprop.training.demo_optimizers import RACERS
from backprop.training.optimizers import Optimizer

BEYOND = 1.25  # of the limit: how far a slider of the learning rate goes
ENDS = {
    "value": "at {place} {letter} is no finite number",
    "gradient": "at {place} the gradient is no finite number",
    "point": "from {before} it moved to no finite number",
}


@dataclass(frozen=True, slots=True)
class RateSlider:
    """The slider of a learning rate, with the limit beyond which a racer diverges.

    Attributes:
        value, high: of the slider, which begins at 0.
        limit, share: the number, and how far along the slider it stands in per cent; None and
            empty where no limit is known for this optimizer.
        rule: how the limit comes about: 2/λ.
    """

    value: str
    high: str
    limit: Number | None
    share: str
    rule: str
    beyond: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a racer stands at the step that is shown.

    Attributes:
        steps: how many it has taken.
        moved: how long the step is that led here; None where it takes none.
        value, distance: the function there, and how far from a lowest point; None where none.
        end: what stopped it, in words; empty while it goes on.
    """

    steps: int
    place: tuple[Number, Number]
    moved: Number | None
    value: Number
    distance: Number | None
    end: str


@dataclass(frozen=True, slots=True)
class RacerCard:
    """One racer in the list.

    Attributes:
        dash: the pattern of its line.
        options: the optimizers that can take its place.
        leads: whether its step is written out; `lead` is the address that makes it so.
        remove: the address of the race without it; empty for the only one.
    """

    number: int
    name: str
    title: str
    dash: str
    options: tuple[Option, ...]
    rate: RateSlider
    fields: tuple[Field, ...]
    leads: bool
    lead: str
    remove: str
    standing: Standing


@dataclass(frozen=True, slots=True)
class Racers:
    """All racers; and the optimizers by which one more can come in, none where six race."""

    cards: tuple[RacerCard, ...]
    adding: tuple[Option, ...]


def list_racers(race: Race, choices: Choices, links: Links) -> Racers:
    """Return the racers, and where each stands at the step that is shown."""
    return Racers(
        cards=tuple(_card(racer, race, choices, links) for racer in race.racers),
        adding=_adding(choices, links),
    )


def _adding(choices: Choices, links: Links) -> tuple[Option, ...]:
    free = [i for i in range(MOST_RACERS) if choices.racers[i : i + 1] in ((), (NONE,))]
    if not free:
        return ()
    return tuple(
        Option(kind.title, name, False, links.address(racers=_placed(choices, free[0], name)))
        for name, kind in RACERS.items()
    )


def _placed(choices: Choices, place: int, name: str) -> tuple[str, ...]:
    """Return the racers with another one at a place, counted from 0; empty ends are left out."""
    racers = [*choices.racers, *(NONE for _ in range(MOST_RACERS - len(choices.racers)))]
    racers[place] = name
    while racers and racers[-1] == NONE:
        racers.pop()
    return tuple(racers)


def _card(racer: Racer, race: Race, choices: Choices, links: Links) -> RacerCard:
    n, optimizer = racer.number, racer.optimizer
    others = [other for other in racing(choices) if other != n]
    return RacerCard(
        number=n,
        name=optimizer.name,
        title=optimizer.title,
        dash=line_dash(n).replace("px", "").replace("solid", ""),
        options=tuple(
            Option(kind.title, ",".join(_placed(choices, n - 1, name)), name == optimizer.name)
            for name, kind in RACERS.items()
        ),
        rate=make_slider(optimizer, race.bend),
        fields=tuple(
            number_field(name, setting_label(s), f"{s.label}, racer {n}", choices.settings[name])
            for name, (racer_number, s) in setting_names(choices).items()
            if racer_number == n
        ),
        leads=n == leader(choices),
        lead=links.address(lead=n),
        remove=links.address(racers=_placed(choices, n - 1, NONE)) if others else "",
        standing=_standing(racer, race, choices.step),
    )


def make_slider(optimizer: Optimizer, bend: Curvature | None) -> RateSlider:
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
        return RateSlider(field(rate), field(high), None, "", "", False)
    limit = share[0] * bend.limit
    high = max(BEYOND * limit, rate)
    return RateSlider(
        value=field(rate),
        high=field(float(f"{high:.3g}")),
        limit=number(limit),
        share=f"{100 * limit / high:.2f}",
        rule=share[1],
        beyond=rate > limit,
    )


def _length(move: list[float]) -> Number:
    return number(math.hypot(*move))


def _standing(racer: Racer, race: Race, step: int) -> Standing:
    at = racer.at(step)
    point, away = racer.track.points[at].tolist(), float(race.distances(racer)[at])
    end = ENDS[racer.track.end] if racer.is_out(step) else ""
    return Standing(
        steps=at,
        place=(number(point[0]), number(point[1])),
        moved=_length(racer.track.moves[step - 1].tolist()) if at == step > 0 else None,
        value=long_number(racer.value(step), "forward"),
        distance=number(away if math.isfinite(away) else math.nan) if race.lowest else None,
        end=end.format(
            letter=race.surface.letter.letter,
            place=racer.place(at),
            before=racer.place(max(0, at - 1)),
        ),
    )


@dataclass(frozen=True, slots=True)
class Bend:
    """How a surface bends, in words and numbers.

    Attributes:
        place: where: everywhere, at the lowest point, at the start.
        largest, smallest: the eigenvalues of H; None where they are not finite numbers.
        limit: 2/λ of the largest; None where it is not positive.
        ratio: of the two eigenvalues; empty where one is not positive.
        sentence: what it means.
    """

    place: str
    largest: Number | None
    smallest: Number | None
    limit: Number | None
    ratio: str
    sentence: str


def explain_bend(curvature: Curvature | None, letter: str) -> Bend:
    """Return how a surface of this name bends, in words."""
    if curvature is None:
        return Bend("", None, None, None, "", f"Here {letter} bends by no finite number.")
    ratio = ""
    if curvature.smallest > 0:
        ratio = f"{curvature.largest / curvature.smallest:,.3g}"
    return Bend(
        place=_place(curvature),
        largest=number(curvature.largest),
        smallest=number(curvature.smallest),
        limit=number(curvature.limit) if math.isfinite(curvature.limit) else None,
        ratio=ratio,
        sentence=_sentence(curvature, ratio),
    )


def _place(curvature: Curvature) -> str:
    if curvature.even:
        return "everywhere: this is a quadratic"
    x, y = curvature.at
    where = f"({short(x)}, {short(y)})"
    return f"at the lowest point {where}" if curvature.lowest else f"at the start {where}"


def _sentence(curvature: Curvature, ratio: str) -> str:
    if curvature.largest <= 0:
        return "It bends downward every way: no step size makes this a lowest point."
    if curvature.smallest <= 0:
        return (
            "It bends up one way and not the other, so there is no lowest point near; 2/λ bounds "
            "the step along the way that bends up."
        )
    if curvature.even:
        return (
            "At each step gradient descent multiplies the distance along each direction by "
            f"1 − η·λ. Beyond 2/λ one of them grows; the ratio {ratio} of the eigenvalues says how "
            "slow the other is at the best."
        )
    return (
        "Near that point it is almost a quadratic, so the limit holds there; further out it may "
        f"bend more. The ratio of the eigenvalues is {ratio}."
    )
