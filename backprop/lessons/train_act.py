"""What a form on the page can ask for: to go on, to change a weight, to draw, to bring data.

Every one is a pure function from choices to where that leads; what is to be stored, it returns.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from backprop.engine.errors import InputError, UnknownNameError
from backprop.lessons.choices import ChoiceError, Real, Whole
from backprop.lessons.lesson import Asked, Onward, body_of
from backprop.lessons.train_choices import (
    DRAWN,
    MOST_DRAWN,
    MOST_OVERLAYS,
    NOW,
    OWN,
    Choices,
)
from backprop.lessons.train_course import (
    Course,
    course_of,
    dataset_of,
    table_body,
    table_of,
)
from backprop.lessons.train_presets import DEFAULTS, NAME
from backprop.lessons.train_round import round_of
from backprop.lessons.train_track import Track, moment_body
from backprop.sharing.snapshot import address_of
from backprop.training.datasets import Dataset
from backprop.training.measure import measure
from backprop.training.reading import read_table
from backprop.training.run import MOST_POINTS, Moment, Until, go_on, stride
from backprop.training.table import guess, to_dataset

SLICE = 0.012  # seconds of training that a request does when it does not say
LONGEST_SLICE = 0.045  # however much it says
NUMBER = Real(-1e6, 1e6)
AFRESH: Mapping[str, Any] = {"run": None, "at": NOW, "goal": 0, "seeking": False}
UNSAID: Mapping[str, Any] = {  # what was said about other data
    "target": "",
    "columns": (),
    "task": "",
    "loss": "",
    "scaling": "",
    "features": (),
    "unit": "",
    "across": "",
    "down": "",
    "output": 1,
    "example": 1,
    "frozen": (),
}


def act(choices: Choices, asked: Asked) -> Onward:
    """Return where the choices lead when a form asks for something.

    Raises:
        InputError: what it asks cannot be done.
    """
    wanted = asked.pairs.get("do", "epoch")
    if wanted not in DOING:
        raise UnknownNameError(
            f"“{wanted[:40]}” cannot be done here.", hint=f"There are {', '.join(DOING)}.", at="do"
        )
    return DOING[wanted](choices, asked)


def play(choices: Choices, asked: Asked) -> Onward:
    """Go on for as long as the picture needs, on the way to a goal if there is one."""
    longest = int(LONGEST_SLICE * 1000)
    text = asked.pairs.get("ms", str(int(SLICE * 1000)))
    seconds = Whole(1, longest).read(text, "ms") / 1000
    return _on(choices, asked, Until(seconds=seconds))


def take_step(choices: Choices, asked: Asked) -> Onward:
    """Take one step: one batch forward, backward, and one move of the optimizer."""
    return _on(replace(choices, goal=0, seeking=False), asked, Until(steps=1))


def take_epoch(choices: Choices, asked: Asked) -> Onward:
    """Show every example once; an epoch that has begun is completed."""
    course = course_of(choices, asked.links)
    return _on(replace(choices, goal=course.run.epoch + 1, seeking=False), asked, _soon())


def take_epochs(choices: Choices, asked: Asked) -> Onward:
    """Set out for an epoch further on."""
    course = course_of(choices, asked.links)
    goal = course.run.epoch + choices.epochs
    return _on(replace(choices, goal=goal, seeking=False), asked, _soon())


def seek(choices: Choices, asked: Asked) -> Onward:
    """Set out for a loss."""
    return _on(replace(choices, goal=0, seeking=True), asked, _soon())


def _soon() -> Until:
    return Until(seconds=LONGEST_SLICE)


def _on(choices: Choices, asked: Asked, until: Until) -> Onward:
    """Go on from the moment that is looked at."""
    course = course_of(choices, asked.links)
    if course.looks_back:
        course, choices = _branched(course, asked), replace(choices, at=NOW)
    goal = choices.goal or None
    until = replace(until, epoch=goal, loss=choices.below if choices.seeking else None)
    run, moments = go_on(course.plan, course.run, until)
    bodies = {moment.epoch: moment_body(moment) for moment in moments}
    new = tuple((epoch, address_of(body)) for epoch, body in bodies.items())
    passing = _passing(asked)
    since = course.track.since if passing else course.run.epoch  # where it stops, somebody looks
    track = replace(course.track, run=run, since=since)
    track, released = _lengthened(track, new, passing)
    arrived = run.broken or (goal is not None and run.epoch >= goal)
    if choices.seeking and not arrived and run.step == 0:
        arrived = measure(course.plan, course.plan.unflatten(run.theta))[0] < choices.below
    after = replace(choices, run=track, at=NOW, overlay=course.choices.overlay)
    if arrived:
        after = replace(after, goal=0, seeking=False)
    kept = [bodies[epoch] for epoch, address in new if (epoch, address) in set(track.points)]
    return Onward(after, bodies=tuple(kept), released=released)


def _passing(asked: Asked) -> str:
    """Return the address of a state that a playing page only passes through; else nothing."""
    return asked.pairs.get("from", "") if asked.pairs.get("passing") == "1" else ""


def _branched(course: Course, asked: Asked) -> Course:
    """Return the course as a branch from the moment looked at; the run it leaves is compared."""
    epoch = course.run.epoch
    left = asked.links.origin.pairs.get("from", "")
    overlay = course.choices.overlay
    if left and left not in overlay:
        overlay = (*overlay, left)[-MOST_OVERLAYS:]
    track = replace(
        course.track,
        run=course.run,
        points=tuple(p for p in course.track.points if p[0] <= epoch),
        story=tuple(s for s in course.track.story if s[0] <= epoch) + _rest(course, epoch),
        since=epoch,
        trail="",
    )
    return replace(course, choices=replace(course.choices, overlay=overlay), track=track)


def _rest(course: Course, epoch: int) -> tuple[tuple[int, Mapping[str, str]], ...]:
    """Return what the settings in force differ from those of the story up to an epoch."""
    before: dict[str, str] = {}
    for when, changes in course.track.story:
        if when <= epoch:
            before |= changes
    changed = {k: v for k, v in course.track.settings.items() if before.get(k) != v}
    return ((epoch, changed),) if changed else ()


def _lengthened(
    track: Track, new: tuple[tuple[int, str], ...], passing: str
) -> tuple[Track, tuple[str, ...]]:
    """Return the track with new points, thinned; and the addresses that nobody needs any more."""
    step = stride(track.run.epoch, MOST_POINTS)
    points = {epoch: address for epoch, address in (*track.points, *new) if epoch % step == 0}
    dropped = [a for epoch, a in track.points if epoch not in points and epoch > track.since]
    released = (*dropped, *filter(None, (track.trail,)))
    lengthened = replace(track, points=tuple(points.items()), trail=passing)
    return lengthened, tuple(released)


def edit(choices: Choices, asked: Asked) -> Onward:
    """Give a weight or a bias another value; the run goes on from there.

    Raises:
        InputError: there is no such parameter, or the value is not a number.
    """
    name = asked.pairs.get("parameter", "")
    value = NUMBER.read(asked.pairs.get("value", ""), "value")
    course = course_of(choices, asked.links)
    if course.looks_back:
        course = _branched(course, asked)
    scalars = course.network.scalars(course.parameters)
    if name not in scalars:
        raise InputError(f"There is no parameter “{name[:40]}”.", at="value")
    arrays = course.network.arrays(scalars | {name: value})
    return _changed(course, arrays)


def _changed(course: Course, arrays: Mapping[str, np.ndarray]) -> Onward:
    """Return the run with other parameters at the moment looked at."""
    theta = np.concatenate([np.ravel(arrays[name]) for name in sorted(arrays)])
    run = replace(course.run, theta=theta, broken=False)
    bodies: tuple[bytes, ...] = ()
    points = tuple(p for p in course.track.points if p[0] < run.epoch)
    if run.step == 0:
        records = run.records.copy()
        if run.epochs[-1] == run.epoch:
            records[-1] = measure(course.plan, course.plan.unflatten(theta))
        run = replace(run, records=records)
        bodies = (moment_body(Moment(run.epoch, theta, run.state)),)
        points = (*points, (run.epoch, address_of(bodies[0])))
    track = replace(course.track, run=run, points=points, since=run.epoch, trail="")
    after = replace(course.choices, run=track, at=NOW, goal=0, seeking=False)
    return Onward(after, bodies=bodies)


def compare(choices: Choices, _: Asked) -> Onward:
    """Keep the run as it is now beside what comes next."""
    present = body_of(NAME, replace(choices, overlay=()), DEFAULTS)
    address = address_of(present)
    overlay = tuple(dict.fromkeys((*choices.overlay, address)))[-MOST_OVERLAYS:]
    return Onward(replace(choices, overlay=overlay), bodies=(present,))


def bring(choices: Choices, asked: Asked) -> Onward:
    """Take a table that the learner uploads or pastes.

    Raises:
        TableError: it cannot be read; the text says where.
    """
    table = read_table(asked.files.get("file") or asked.pairs.get("table", "").encode())
    usual = guess(table)
    to_dataset(table, usual.target, usual.features, usual.task)  # refused before it is stored
    stored = table_body(table)
    after = replace(choices, **AFRESH, **UNSAID, data=OWN, own=address_of(stored))
    return Onward(after, bodies=(stored,))


def delete(choices: Choices, asked: Asked) -> Onward:
    """Delete the learner's table from the store, and go back to the first data set.

    Raises:
        InputError: what stands at the address is not a table, so it is not theirs to delete.
    """
    if choices.own:
        table_of(choices, asked.links.read)
    after = replace(choices, **AFRESH, **UNSAID, data=DEFAULTS.data, own="")
    return Onward(after, deleted=(choices.own,) if choices.own else ())


def draw(choices: Choices, asked: Asked) -> Onward:
    """Add points where the learner clicked, or take the nearest away.

    The points of a plane that was not drawn are taken over, as far as there are not too many.

    Raises:
        ChoiceError: the points cannot be read, there are too many, or none would be left.
    """
    given = asked.pairs.get("points", "")
    places = [NUMBER.read(part, "points") for part in given.split(",") if part]
    if len(places) % 2:
        raise ChoiceError("A point has two coordinates.", at="points")
    data = dataset_of(choices, asked.links.read)
    drawn = () if choices.anew else _points(choices, data)
    for x, y in zip(places[::2], places[1::2], strict=True):
        if choices.pen == "erase":
            drawn = _without_nearest(drawn, x, y)
        else:
            value = float(choices.pen or 0) if data.classes else choices.pen_value
            drawn = (*drawn, _within(x), _within(y), value)
    if len(drawn) > 3 * MOST_DRAWN:
        raise ChoiceError(f"At most {MOST_DRAWN} points can be drawn.", at="points")
    return _drawn(choices, data, drawn)


def undo(choices: Choices, asked: Asked) -> Onward:
    """Take the last point away, or take back that the next one begins anew.

    Raises:
        ChoiceError: none would be left.
    """
    if choices.anew:
        return Onward(replace(choices, anew=False))
    return _drawn(choices, dataset_of(choices, asked.links.read), choices.drawn[:-3])


def begin_anew(choices: Choices, _: Asked) -> Onward:
    """Let the next point be the first: the others go when it is set."""
    return Onward(replace(choices, anew=True, pen=choices.pen if choices.pen in "01" else "0"))


def _points(choices: Choices, data: Dataset) -> tuple[float, ...]:
    """Return the points on the plane, as they would have been drawn; none where they are many."""
    if choices.data == DRAWN:
        return choices.drawn
    if data.X.shape[1] != 2 or data.Y.shape[1] != 1 or len(data.X) > MOST_DRAWN:
        return ()
    return tuple(np.round(np.column_stack([data.X, data.Y]), 3).ravel().tolist())


def _drawn(choices: Choices, data: Dataset, drawn: tuple[float, ...]) -> Onward:
    if not drawn:
        raise ChoiceError(
            "The last point stays.", hint="There must be something to learn from.", at="points"
        )
    task = "classes" if data.classes else "numbers"
    changes = {**AFRESH, "data": DRAWN, "drawn": drawn, "task": task, "anew": False}
    if choices.data != DRAWN:
        features, pen = choices.features, choices.pen or "0"
        changes |= {**UNSAID, "task": task, "features": features, "pen": pen}
    return Onward(replace(choices, **changes))


def _within(x: float) -> float:
    return round(min(max(x, -3.0), 3.0), 3)


def _without_nearest(drawn: tuple[float, ...], x: float, y: float) -> tuple[float, ...]:
    if not drawn:
        return drawn
    points = np.array(drawn).reshape(-1, 3)
    distances = np.hypot(points[:, 0] - x, points[:, 1] - y)
    nearest = int(distances.argmin())
    if distances[nearest] > 0.35:  # of the 6 that the plane is wide: what a finger covers
        return drawn
    return (*drawn[: 3 * nearest], *drawn[3 * nearest + 3 :])


def walk(choices: Choices, asked: Asked) -> Onward:
    """Step into one round: the walk through this network, at these weights, with one example.

    Raises:
        LimitError: the network is too large to be walked through.
    """
    present = body_of(NAME, choices, DEFAULTS)
    course = course_of(choices, asked.links)
    return Onward(
        round_of(course, came=address_of(present)), bodies=(present,), path="/lessons/network"
    )


DOING: Mapping[str, Callable[[Choices, Asked], Onward]] = {
    "play": play,
    "step": take_step,
    "epoch": take_epoch,
    "epochs": take_epochs,
    "seek": seek,
    "edit": edit,
    "compare": compare,
    "bring": bring,
    "delete": delete,
    "draw": draw,
    "undo": undo,
    "anew": begin_anew,
    "walk": walk,
}
