"""One step of a racer, written out: the gradient that comes in, what it remembers, the move.

Every number is the track's own. The rule is the optimizer's own text, plugged in for each of the
two coordinates, so an optimizer that is new is shown without another line here.
"""

from dataclasses import dataclass

from backprop.lessons.race_telling import F, ending, sentence_of
from backprop.lessons.round_telling import Words
from backprop.lessons.update_rule import lines_of
from backprop.notation.formula import Formula, Fraction, Label, Number, partial
from backprop.notation.names import label_of
from backprop.notation.numerals import adds_up, short
from backprop.training.optimizers import Optimizer
from backprop.training.race import Track

EITHER = Label("θ")  # what the rule calls a coordinate


@dataclass(frozen=True, slots=True)
class Coordinate:
    """What happens to one coordinate: its slope comes in, a move goes out.

    Attributes:
        label: the coordinate.
        slope, change: its partial derivative and its move in letters: ∂f/∂x, Δx.
        gradient: the slope's number, as it came out of the backward pass.
        before, move, after: where it stood, what the step added, where it then stood.
        sign: “=” where these three add up as printed, else “≈”.
    """

    label: Label
    slope: Fraction
    change: Label
    gradient: Number
    before: Number
    move: Number
    after: Number
    sign: str


@dataclass(frozen=True, slots=True)
class Remembered:
    """What the optimizer remembers under one letter: of both coordinates, or one count of both."""

    letter: Label
    words: str
    numbers: tuple[Number, ...]


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A line of the rule: in letters, and plugged in.

    Attributes:
        letters: as it is printed.
        plugged: numbers and result for each coordinate; once where it is the same for both.
    """

    letters: Formula
    plugged: tuple[tuple[Formula, Number], ...]


@dataclass(frozen=True, slots=True)
class StepShown:
    """A step of one racer; at 0 it only stands there, with its rule in letters alone.

    Attributes:
        title: the racer.
        number, last: which step this is, and the last that this racer made.
        letter: what the surface is called.
        coordinates: both: gradient in, move out.
        memory: what was remembered before the step.
        lines: the rule.
        value, value_after: the surface where the racer stood, and where it then stood.
        sentence: what is to be seen in this step.
        ended: where the racer had to stop, and why, if this was its last step; else empty.
    """

    title: str
    number: int
    last: int
    letter: Label
    coordinates: tuple[Coordinate, ...]
    memory: tuple[Remembered, ...]
    lines: tuple[RuleLine, ...]
    value: Number
    value_after: Number
    sentence: str
    ended: Words


def step_shown(
    optimizer: Optimizer,
    title: str,
    track: Track,
    names: tuple[str, str],
    number: int,
    *,
    letter: Label = F,
) -> StepShown:
    """Return one step of a racer.

    Args:
        optimizer: the racer, with its settings.
        title: what it is called in this race.
        track: its way.
        names: the coordinates, as in an address.
        number: which step, from 1; 0 before the first. Of a racer that ended sooner, its last.
        letter: what the surface is called.
    """
    last = len(track.moves)
    number = min(number, last)
    at = max(number - 1, 0)  # the place from which the step goes
    return StepShown(
        title=title,
        number=number,
        last=last,
        letter=letter,
        coordinates=tuple(_coordinate(track, names[i], i, number, letter) for i in (0, 1)),
        memory=tuple(
            Remembered(label_of(name), words, tuple(map(_number, _entries(track, name, at))))
            for name, words in optimizer.memory
        ),
        lines=_lines(optimizer, track, at, plugged=number > 0),
        value=_number(float(track.values[at]), "forward"),
        value_after=_number(float(track.values[number]), "forward"),
        sentence=sentence_of(optimizer, track, number),
        ended=ending(track, names, letter) if number == last else (),
    )


def _coordinate(track: Track, name: str, i: int, number: int, letter: Label) -> Coordinate:
    at, label = max(number - 1, 0), label_of(name)
    before, after = float(track.points[at, i]), float(track.points[number, i])
    move = float(track.moves[at, i]) if number else 0.0
    written = adds_up((before, move), after, "sum")
    return Coordinate(
        label=label,
        slope=partial(letter, label),
        change=Label("Δ" + label.letter, label.below, label.above, plain=label.plain),
        gradient=_number(float(track.gradients[at, i]), "backward"),
        before=Number(written.terms[0], before),
        move=Number(written.terms[1], move),
        after=Number(written.result, after),
        sign=written.sign,
    )


def _entries(track: Track, name: str, at: int) -> tuple[float, ...]:
    """Return what is remembered at a place: of both coordinates, or the count."""
    entry = track.memory[name][at]
    return (float(entry),) if name == "t" else (float(entry[0]), float(entry[1]))


def _lines(optimizer: Optimizer, track: Track, at: int, *, plugged: bool) -> tuple[RuleLine, ...]:
    names = tuple(name for name, _ in optimizer.memory)
    both = [lines_of(optimizer, _known(names, track, at, i), EITHER, "backward") for i in (0, 1)]
    targets = (target for target, _ in optimizer.code.lines)
    return tuple(
        RuleLine(
            x[0],
            ((x[1:], y[1:]) if target in optimizer.code.varying else (x[1:],)) if plugged else (),
        )
        for target, x, y in zip(targets, *both, strict=True)
    )


def _known(names: tuple[str, ...], track: Track, at: int, i: int) -> dict[str, float]:
    """Return the numbers of one coordinate before the step, by their names in the rule."""
    memory = {name: _entries(track, name, at)[0 if name == "t" else i] for name in names}
    return {"g": float(track.gradients[at, i]), "theta": float(track.points[at, i]), **memory}


def _number(x: float, tone: str = "") -> Number:
    return Number(short(x), x, tone)
