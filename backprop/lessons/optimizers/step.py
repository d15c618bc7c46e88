"""One step of a racer, and its end: the numbers, the rule, and words that follow from them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from backprop.notation.formula import Formula, Fraction, Label, Number, partial
from backprop.notation.names import label_of, name_list
from backprop.notation.numerals import adds_up, short
from backprop.stage.optimizers import rule_with_numbers
from backprop.stage.walk.explanation import Words, number
from backprop.training.optimizers import Optimizer
from backprop.training.race import Track

SAME = 1e-9  # relative: two moves are the same
NEARLY = 1e-4  # relative: as near as the guard ε lets them be
F = Label("f")


def explain_step(optimizer: Optimizer, track: Track, step: int) -> str:
    """Return what happened in a step, 1 … n; at 0, that nothing did."""
    if not step:
        return "Nothing has moved yet. The gradient is there; what becomes of it is up to the rule."
    g, move = track.gradients[step - 1].tolist(), track.moves[step - 1].tolist()
    if not all(map(math.isfinite, move)):
        return "The move is no finite number."
    if not any(move):
        return _at_rest(optimizer, g)
    if not any(g):
        return f"The gradient is zero here. The move comes from {_others(optimizer)} alone."
    first = "This first move" if step == 1 else "The move"
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
    others = [f"the {words}" for name, words in optimizer.memory if name != "t"]
    if "theta" in optimizer.code.reads:
        others.append("the place itself")
    return name_list(others or ["its rule"])


def explain_end(track: Track, names: tuple[str, str], letter: Label = F) -> Words:
    """Return where a racer had to stop, and what is no finite number there; else nothing."""
    if not track.end:
        return ()
    x, y = map(label_of, names)
    steps, place = len(track.moves), track.points[-1].tolist()
    when = f"Out after step {steps}: " if steps else "Out at the start: "
    if track.end == "point":
        return (when, *_not_finite((x, y), place), ".")
    at = (" at ", x, f" = {short(place[0])}, ", y, f" = {short(place[1])}.")
    if track.end == "value":
        return (when, *_not_finite((letter,), [float(track.values[-1])]), *at)
    return (when, "the slope along ", *_not_finite((x, y), track.gradients[-1].tolist()), *at)


def _not_finite(labels: Sequence[Label], numbers: Sequence[float]) -> Words:
    """Return which of some quantities is no finite number, and what each of these is."""
    words: list[str | Label] = []
    for label, x in zip(labels, numbers, strict=True):
        if x - x != 0:
            words += [" and "] if words else []
            words += [label, " is not a number" if x != x else f" is {short(x)}"]
    return tuple(words)


EITHER = Label("θ")  # what the rule calls a coordinate


@dataclass(frozen=True, slots=True)
class CoordinateStep:
    """What happens to one coordinate: its slope comes in, a move goes out.

    Attributes:
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
    """A line of the rule in letters, and with numbers and result for each coordinate.

    The numbers stand once where they are the same for both.
    """

    letters: Formula
    plugged: tuple[tuple[Formula, Number], ...]


@dataclass(frozen=True, slots=True)
class RaceStep:
    """A step of one racer; at 0 it only stands there, with its rule in letters alone.

    Attributes:
        number, last: which step this is, and the last that this racer made.
        letter: what the surface is called.
        memory: what was remembered before the step.
        lines: the rule.
        value, value_after: the surface where the racer stood, and where it then stood.
        ended: where the racer had to stop, and why, if this was its last step; else empty.
    """

    title: str
    number: int
    last: int
    letter: Label
    coordinates: tuple[CoordinateStep, ...]
    memory: tuple[Remembered, ...]
    lines: tuple[RuleLine, ...]
    value: Number
    value_after: Number
    sentence: str
    ended: Words


def make_step(
    optimizer: Optimizer, track: Track, names: tuple[str, str], step: int, letter: Label = F
) -> RaceStep:
    """Return one step of a racer.

    Args:
        optimizer: the racer, with its settings.
        track: the places that it reached.
        names: the coordinates, as in an address.
        step: which, from 1; 0 before the first. Of a racer that ended sooner, its last.
        letter: what the surface is called.
    """
    last = len(track.moves)
    step = min(step, last)
    at = max(step - 1, 0)  # the place from which the step goes
    return RaceStep(
        title=optimizer.title,
        number=step,
        last=last,
        letter=letter,
        coordinates=tuple(_coordinate(track, names[i], i, step, letter) for i in (0, 1)),
        memory=tuple(
            Remembered(label_of(name), words, tuple(map(number, _entries(track, name, at))))
            for name, words in optimizer.memory
        ),
        lines=_lines(optimizer, track, at, plugged=step > 0),
        value=number(float(track.values[at]), "forward"),
        value_after=number(float(track.values[step]), "forward"),
        sentence=explain_step(optimizer, track, step),
        ended=explain_end(track, names, letter) if step == last else (),
    )


def _coordinate(track: Track, name: str, i: int, step: int, letter: Label) -> CoordinateStep:
    at, label = max(step - 1, 0), label_of(name)
    before, after = float(track.points[at, i]), float(track.points[step, i])
    move = float(track.moves[at, i]) if step else 0.0
    written = adds_up((before, move), after, "sum")
    return CoordinateStep(
        label=label,
        slope=partial(letter, label),
        change=Label("Δ" + label.letter, label.below, label.above, plain=label.plain),
        gradient=number(float(track.gradients[at, i]), "backward"),
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
    known = (_known(optimizer, track, at, i) for i in (0, 1))
    both = (rule_with_numbers(optimizer, each, EITHER, "backward") for each in known)
    targets = (target for target, _ in optimizer.code.lines)
    return tuple(
        RuleLine(
            x[0],
            ((x[1:], y[1:]) if target in optimizer.code.varying else (x[1:],)) if plugged else (),
        )
        for target, x, y in zip(targets, *both, strict=True)
    )


def _known(optimizer: Optimizer, track: Track, at: int, i: int) -> dict[str, float]:
    """Return the numbers of one coordinate before the step, by their names in the rule."""
    known = {"g": float(track.gradients[at, i]), "theta": float(track.points[at, i])}
    for name, _ in optimizer.memory:
        known[name] = _entries(track, name, at)[0 if name == "t" else i]
    return known
