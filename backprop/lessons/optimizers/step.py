"""What is said about one step of a racer, and about its end; all of it found in the numbers."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from backprop.notation.formula import Formula, Fraction, Label, Number, partial
from backprop.notation.names import label_of
from backprop.notation.numerals import adds_up, short
from backprop.stage.optimizers import rule_with_numbers
from backprop.stage.walk.explanation import Words
from backprop.training.optimizers import Optimizer
from backprop.training.race import Track

SAME = 1e-9  # relative: two moves are the same
NEARLY = 1e-4  # relative: as near as the guard ε lets them be
F = Label("f")


def sentence_of(optimizer: Optimizer, track: Track, number: int) -> str:
    """Return what is to be seen in a step, 1 … n; at 0, that there was none."""
    if not number:
        return "Nothing has moved yet. The gradient is there; what becomes of it is up to the rule."
    g, move = track.gradients[number - 1].tolist(), track.moves[number - 1].tolist()
    if not all(map(math.isfinite, move)):
        return "The move is no finite number."
    if not any(move):
        return _at_rest(optimizer, g)
    if not any(g):
        return f"The gradient is zero here. The move comes from {_others(optimizer)} alone."
    first = "This first move" if number == 1 else "The move"
    return (
        _as_descent(optimizer, g, move, first)
        or _by_sign(optimizer, g, move, first)
        or _by_angle(optimizer, g, move, first)
    )


def _at_rest(optimizer: Optimizer, g: Sequence[float]) -> str:
    if not any(g):
        return "The gradient is zero here, and so is the move."
    if not optimizer.learning_rate:
        return "The learning rate is 0: the gradient comes in, and nothing moves."
    if optimizer.memory:
        return "The move comes out as zero, though the gradient is not."
    return "The move is zero, whatever the gradient says."


def _as_descent(optimizer: Optimizer, g: Sequence[float], move: Sequence[float], first: str) -> str:
    """Say that the move is the learning rate times the gradient, if it is."""
    rate = optimizer.learning_rate
    for factor, words in (
        (-rate, "the learning rate times the gradient, reversed"),
        (rate, "the learning rate times the gradient, not reversed: a step uphill"),
    ):
        if all(abs(m - factor * s) <= SAME * abs(m) for m, s in zip(move, g, strict=True)):
            why = ": nothing is remembered yet" if optimizer.memory and "first" in first else ""
            return f"{first} is {words}{why}."
    return ""


def _by_sign(optimizer: Optimizer, g: Sequence[float], move: Sequence[float], first: str) -> str:
    """Say that the move goes by the sign of the gradient alone, if two unlike slopes show it."""
    sizes = [abs(s) for s in g]
    lengths = [-m * math.copysign(1, s) for m, s in zip(move, g, strict=True)]
    unlike = min(sizes) > 0 and max(sizes) > 1.01 * min(sizes)
    if not unlike or min(lengths) <= 0 or max(lengths) > (1 + NEARLY) * min(lengths):
        return ""
    times = lengths[0] / optimizer.learning_rate
    far = "the learning rate" if abs(times - 1) <= NEARLY else f"{times:.3g} learning rates"
    return f"{first} is {far} against the sign of the gradient, however steep it is."


def _by_angle(optimizer: Optimizer, g: Sequence[float], move: Sequence[float], first: str) -> str:
    """Say how far the move turns from straight downhill, and what else it depends on."""
    down, way = math.atan2(-g[1], -g[0]), math.atan2(move[1], move[0])
    turn = abs(math.degrees(math.remainder(way - down, math.tau)))
    if turn < SAME:
        times = math.hypot(*move) / optimizer.learning_rate / math.hypot(*g)
        far = f"{times:.3g} times gradient descent's move"
        return f"{first} goes straight against the gradient, {far}."
    others = _others(optimizer)
    if turn > 90:
        return f"This move goes uphill: it depends not on the gradient alone, but on {others}."
    if turn >= 0.5:
        return f"The move turns {turn:.0f}° away from straight downhill, by {others}."
    return f"The move goes almost straight downhill; how far depends on {others} too."


def _others(optimizer: Optimizer) -> str:
    """Return in words what a rule reads beside the gradient."""
    found = [f"the {words}" for name, words in optimizer.memory if name != "t"]
    if "theta" in optimizer.code.reads:
        found.append("the place itself")
    *others, last = found or ["its rule"]
    return f"{', '.join(others)} and {last}" if others else last


def ending(track: Track, names: tuple[str, str], letter: Label = F) -> Words:
    """Return where a racer had to stop, and what is no finite number there; else nothing."""
    if not track.end:
        return ()
    x, y = map(label_of, names)
    steps, place = len(track.moves), track.points[-1].tolist()
    when = f"Out after step {steps}: " if steps else "Out at the start: "
    if track.end == "point":
        lost = [(label, at) for label, at in zip((x, y), place, strict=True) if at - at != 0]
        return (when, *_listed([(label, _said(at)) for label, at in lost]), ".")
    at = (" at ", x, f" = {short(place[0])}, ", y, f" = {short(place[1])}.")
    if track.end == "value":
        return (when, letter, _said(float(track.values[-1])), *at)
    slopes = zip((x, y), track.gradients[-1].tolist(), strict=True)
    lost = [(label, slope) for label, slope in slopes if slope - slope != 0]
    return (when, "the slope along ", *_listed([(label, _said(g)) for label, g in lost]), *at)


def _said(x: float) -> str:
    return " is not a number" if x != x else f" is {short(x)}"


def _listed(parts: Sequence[tuple[Label, str]]) -> Words:
    """Return one or two quantities and what each is."""
    first, *rest = parts
    return (*first, *(word for label, said in rest for word in (" and ", label, said)))


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
    both = [
        rule_with_numbers(optimizer, _known(names, track, at, i), EITHER, "backward")
        for i in (0, 1)
    ]
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
