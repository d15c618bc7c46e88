"""What a form on the page can ask for: to go on, to change a weight, to draw, to bring data.

Every one is a pure function from choices to where that leads; what is to be stored, it returns.
"""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from backprop.engine.errors import InputError
from backprop.lessons.training.choices import (
    MOST_OVERLAYS,
    NOW,
    Choices,
)
from backprop.lessons.training.drawn import begin_anew, bring, delete, draw, undo
from backprop.lessons.training.presets import DEFAULTS, NAME
from backprop.lessons.training.run_history import EDIT, Track, moment_body
from backprop.lessons.training.state import Course, course_of
from backprop.lessons.training.ways import way_to_check, way_to_walk
from backprop.sharing.snapshot import address_of
from backprop.stage.choices import Real, Whole
from backprop.stage.lesson import Action, FormRequest, Transition, snapshot_bytes
from backprop.training.measure import measure
from backprop.training.run import MOST_POINTS, Moment, Until, go_on
from backprop.training.thinning import stride

SLICE = 0.012  # seconds of training that a request does when it does not say
LONGEST_TRAIL = 16  # states behind a playing page that a click on it may still go back to
LONGEST_SLICE = 0.045  # however much it says
NUMBER = Real(-1e6, 1e6)


def play(choices: Choices, asked: FormRequest) -> Transition:
    """Go on for as long as the picture needs, on the way to a goal if there is one."""
    longest = int(LONGEST_SLICE * 1000)
    text = asked.pairs.get("ms", str(int(SLICE * 1000)))
    seconds = Whole(1, longest).read(text, "ms") / 1000
    return _on(choices, asked, Until(seconds=seconds))


def take_step(choices: Choices, asked: FormRequest) -> Transition:
    """Take one step: one batch forward, backward, and one move of the optimizer."""
    return _on(replace(choices, goal=0, seeking=False), asked, Until(steps=1))


def take_epoch(choices: Choices, asked: FormRequest) -> Transition:
    """Show every example once; an epoch that has begun is completed."""
    course = course_of(choices, asked.links)
    return _on(replace(choices, goal=course.run.epoch + 1, seeking=False), asked, _soon())


def take_epochs(choices: Choices, asked: FormRequest) -> Transition:
    """Set out for an epoch further on."""
    course = course_of(choices, asked.links)
    goal = course.run.epoch + choices.epochs
    return _on(replace(choices, goal=goal, seeking=False), asked, _soon())


def seek(choices: Choices, asked: FormRequest) -> Transition:
    """Set out for a loss."""
    return _on(replace(choices, goal=0, seeking=True), asked, _soon())


def _soon() -> Until:
    return Until(seconds=LONGEST_SLICE)


def _on(choices: Choices, asked: FormRequest, until: Until) -> Transition:
    """Go on from the moment that is looked at."""
    course = course_of(choices, asked.links)
    if course.looks_back:
        course, choices = _branched(course, asked), replace(choices, at=NOW)
    goal = choices.goal or None
    until = replace(until, epoch=goal, loss=choices.below if choices.seeking else None)
    run, moments = go_on(course.plan, course.run, until)
    machine = course.plan.optimizer.name
    bodies = {moment.epoch: moment_body(moment, machine) for moment in moments}
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
    return Transition(after, bodies=tuple(kept), released=released)


def _passing(asked: FormRequest) -> str:
    """Return the address of a state that a playing page only passes through; else nothing."""
    return asked.pairs.get("from", "") if asked.pairs.get("passing") == "1" else ""


def _branched(course: Course, asked: FormRequest) -> Course:
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
        trail=(),
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
    # Where it stopped, another may have gone on too: what lay before is not let go twice.
    trail = (*track.trail, passing) if passing else ()
    old, trail = trail[:-LONGEST_TRAIL], trail[-LONGEST_TRAIL:]
    return replace(track, points=tuple(points.items()), trail=trail), (*dropped, *old)


def edit(choices: Choices, asked: FormRequest) -> Transition:
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
    return _changed(course, arrays, f"{name} {value:g}")


def _changed(course: Course, arrays: Mapping[str, np.ndarray], words: str) -> Transition:
    """Return the run with other parameters at the moment looked at."""
    theta = np.concatenate([np.ravel(arrays[name]) for name in sorted(arrays)])
    run = replace(course.run, theta=theta, broken=False)
    bodies: tuple[bytes, ...] = ()
    points = course.track.points
    if run.step == 0:
        points = tuple(p for p in points if p[0] < run.epoch)
        records = run.records.copy()
        if run.epochs[-1] == run.epoch:
            records[-1] = measure(course.plan, course.plan.unflatten(theta))
        run = replace(run, records=records)
        bodies = (moment_body(Moment(run.epoch, theta, run.state), course.track.machine),)
        points = (*points, (run.epoch, address_of(bodies[0])))
    story = (*course.track.story, (run.epoch, {EDIT: words}))
    track = replace(course.track, run=run, points=points, story=story, since=run.epoch, trail=())
    after = replace(course.choices, run=track, at=NOW, goal=0, seeking=False)
    return Transition(after, bodies=bodies)


def compare(choices: Choices, _: FormRequest) -> Transition:
    """Keep the run as it is now beside what comes next.

    Raises:
        InputError: it has not begun.
    """
    if choices.run is None:
        raise InputError("There is no curve yet to keep.", hint="Take a step first.", at="overlay")
    present = snapshot_bytes(NAME, replace(choices, overlay=()), DEFAULTS)
    address = address_of(present)
    overlay = tuple(dict.fromkeys((*choices.overlay, address)))[-MOST_OVERLAYS:]
    return Transition(replace(choices, overlay=overlay), bodies=(present,))


def walk(choices: Choices, asked: FormRequest) -> Transition:
    """Step into one round: the walk through this network, at these weights, with one example.

    Raises:
        LimitError: the network is too large to be walked through.
    """
    present = snapshot_bytes(NAME, choices, DEFAULTS)
    course = course_of(choices, asked.links)
    return Transition(way_to_walk(course, came=address_of(present)), bodies=(present,))


def check(choices: Choices, asked: FormRequest) -> Transition:
    """Go where this network's gradient is checked, at these weights, with one example.

    Raises:
        LimitError: the network is too large to be checked weight by weight.
    """
    present = snapshot_bytes(NAME, choices, DEFAULTS)
    course = course_of(choices, asked.links)
    return Transition(way_to_check(course, came=address_of(present)), bodies=(present,))


ACTIONS: Mapping[str, Action] = {
    "epoch": take_epoch,
    "play": play,
    "step": take_step,
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
    "check": check,
}
