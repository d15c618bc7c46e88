"""What a form on the page can ask for: to go on, to change a weight, to draw, to bring data.

Every one is a pure function from choices to where that leads; what is to be stored, it returns.
What cannot be done raises an InputError, whose words the page shows beside the field it names.

How far a request trains is counted in work before it begins: an epoch that was asked for is
finished whatever the machine, and where it takes more than a request may, the state under way
holds its goal and goes on. `play` alone looks at a clock, for the picture's rate; where a slice
ends never shows in the numbers.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

from backprop.engine.errors import InputError
from backprop.lessons.training.branch import branched
from backprop.lessons.training.choices import FAR, MOST_OVERLAYS, NOW, Choices
from backprop.lessons.training.lesson_links import link_to_check, link_to_program, link_to_walk
from backprop.lessons.training.own_data import begin_anew, bring, delete, draw, undo
from backprop.lessons.training.presets import DEFAULTS, NAME
from backprop.lessons.training.run_history import EDIT, RunHistory, checkpoint_body
from backprop.lessons.training.state import TrainingState, training_state
from backprop.sharing.snapshot import address_of
from backprop.stage.choices import Real, Whole, change
from backprop.stage.lesson import Action, FormRequest, Transition, snapshot_bytes
from backprop.stage.links import LessonLink
from backprop.training.flat import Array, flatten
from backprop.training.measure import measure
from backprop.training.run import MOST_POINTS, Checkpoint, Until, train_slice
from backprop.training.thinning import stride

MOST_WORK = 25_000_000  # of a request, as `Plan.steps_within` counts it
SLICE = 12  # milliseconds of training that a playing page gets when it does not say
LONGEST_SLICE = 45  # however much it says
FAR_WORK, PLAY_WORK = 8, 9  # steps of a walk; milliseconds of training that are as much as one
LONGEST_TRAIL = 16  # states behind a playing page that a click on it may still go back to


def play(choices: Choices, form: FormRequest) -> Transition:
    """Go on for as long as the picture needs, on the way to a goal if there is one."""
    milliseconds = Whole(1, LONGEST_SLICE).read(form.pairs.get("ms", str(SLICE)), "ms")
    return _train(training_state(choices, form.links), form, Until(seconds=milliseconds / 1000))


def work(pairs: Mapping[str, str]) -> int:
    """Return how much a form asks for, in steps of a walk.

    What is asked for by its end takes as much as a request may, or little: something between.
    """
    match pairs.get("do"):
        case "play":
            text = pairs.get("ms", "")
            asked = int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else SLICE
            return min(asked, LONGEST_SLICE) // PLAY_WORK
        case "ten" | "epochs" | "seek" | "continue":
            return FAR_WORK
    return 1


def take_step(choices: Choices, form: FormRequest) -> Transition:
    """Take one step: one batch forward, backward, and one move of the optimizer."""
    aimless = change(choices, goal=0, seeking=False)
    return _train(training_state(aimless, form.links), form, Until(steps=1))


def take_epoch(choices: Choices, form: FormRequest) -> Transition:
    """Show every example once; an epoch that has begun is completed."""
    return _set_out(choices, form, 1)


def take_ten(choices: Choices, form: FormRequest) -> Transition:
    """Set out for ten epochs further on."""
    return _set_out(choices, form, FAR)


def take_epochs(choices: Choices, form: FormRequest) -> Transition:
    """Set out for an epoch further on."""
    return _set_out(choices, form, choices.run.epochs)


def _set_out(choices: Choices, form: FormRequest, epochs: int) -> Transition:
    goal = training_state(choices, form.links).run.epoch + epochs
    return _go_far(change(choices, goal=goal, seeking=False), form)


def seek(choices: Choices, form: FormRequest) -> Transition:
    """Set out for a loss."""
    return _go_far(change(choices, goal=0, seeking=True), form)


def go_on(choices: Choices, form: FormRequest) -> Transition:
    """Go on to what was set out for; where nothing was, by an epoch."""
    under_way = choices.run.goal or choices.run.seeking
    return _go_far(choices, form) if under_way else take_epoch(choices, form)


def _go_far(choices: Choices, form: FormRequest) -> Transition:
    """Train as far as a request may, towards the goal."""
    state = training_state(choices, form.links)
    return _train(state, form, Until(steps=state.plan.steps_within(MOST_WORK)))


def _train(state: TrainingState, form: FormRequest, until: Until) -> Transition:
    """Train from the epoch that is looked at, towards the goal if there is one."""
    state = branched(state, form) if state.looks_back else state
    plan, aim = state.plan, state.choices.run
    until = replace(until, epoch=aim.goal or None, loss=aim.below if aim.seeking else None)
    run, checkpoints = train_slice(plan, state.run, until)
    bodies = {each.epoch: checkpoint_body(each, plan.optimizer.name) for each in checkpoints}
    new = tuple((epoch, address_of(body)) for epoch, body in bodies.items())
    passing = form.pairs.get("from", "") if form.pairs.get("passing") == "1" else ""
    since = state.history.since if passing else state.run.epoch  # where it stops, somebody looks
    history, released = _lengthened(replace(state.history, run=run, since=since), new, passing)
    arrived = run.broken or (bool(aim.goal) and run.epoch >= aim.goal)
    if aim.seeking and not arrived and run.step == 0:
        arrived = measure(plan, plan.unflatten(run.theta))[0] < aim.below
    after = change(state.choices, history=history, at=NOW)
    if arrived:
        after = change(after, goal=0, seeking=False)
    points = set(history.points)
    kept = tuple(bodies[epoch] for epoch, address in new if (epoch, address) in points)
    return Transition(after, bodies=kept, released=released)


def _lengthened(
    history: RunHistory, new: tuple[tuple[int, str], ...], passing: str
) -> tuple[RunHistory, tuple[str, ...]]:
    """Return the history with new points, thinned; and the addresses that nobody needs any more.

    `passing` is the address of a state that a playing page only passed through; else empty.
    """
    step = stride(history.run.epoch, MOST_POINTS)
    points = {epoch: address for epoch, address in (*history.points, *new) if epoch % step == 0}
    dropped = [a for epoch, a in history.points if epoch not in points and epoch > history.since]
    # Where it stopped, another may have gone on too: what lay before is not let go twice.
    trail = (*history.trail, passing) if passing else ()
    old, trail = trail[:-LONGEST_TRAIL], trail[-LONGEST_TRAIL:]
    return replace(history, points=tuple(points.items()), trail=trail), (*dropped, *old)


def edit(choices: Choices, form: FormRequest) -> Transition:
    """Give a weight or a bias another value; the run goes on from there."""
    name = form.pairs.get("parameter", "")
    value = Real().read(form.pairs.get("value", ""), "value")
    state = training_state(choices, form.links)
    if state.looks_back:
        state = branched(state, form)
    scalars = state.network.scalars(state.parameters)
    if name not in scalars:
        raise InputError(f"There is no parameter “{name[:40]}”.", at="value")
    arrays = state.network.arrays(scalars | {name: value})
    return _with_parameters(state, flatten(arrays)[0], f"{name} {value:g}")


def _with_parameters(state: TrainingState, theta: Array, edit: str) -> Transition:
    """Return the run with other parameters at the epoch looked at."""
    history, run = state.history, replace(state.run, theta=theta, broken=False)
    bodies: tuple[bytes, ...] = ()
    points = history.points
    if run.step == 0:
        records = run.records.copy()
        if run.epochs[-1] == run.epoch:
            records[-1] = measure(state.plan, state.plan.unflatten(theta))
        run = replace(run, records=records)
        bodies = (checkpoint_body(Checkpoint(run.epoch, theta, run.state), history.optimizer),)
        kept = (point for point in points if point[0] < run.epoch)
        points = (*kept, (run.epoch, address_of(bodies[0])))
    log = (*history.settings_log, (run.epoch, {EDIT: edit}))
    history = replace(history, run=run, points=points, settings_log=log, since=run.epoch, trail=())
    after = change(state.choices, history=history, at=NOW, goal=0, seeking=False)
    return Transition(after, bodies=bodies)


def compare(choices: Choices, _: FormRequest) -> Transition:
    """Keep the run as it is now beside what comes next; refused before it has begun."""
    if choices.run.history is None:
        raise InputError("There is no curve yet to keep.", hint="Take a step first.", at="overlay")
    present = snapshot_bytes(NAME, change(choices, overlay=()), DEFAULTS)
    runs = dict.fromkeys((*choices.run.overlay, address_of(present)))
    overlay = tuple(runs)[-MOST_OVERLAYS:]
    return Transition(change(choices, overlay=overlay), bodies=(present,))


def _leave(way: Callable[[TrainingState, str], LessonLink]) -> Action:
    """Return the action that goes to another lesson, which leads back to the present state."""

    def leave(choices: Choices, form: FormRequest) -> Transition:
        present = snapshot_bytes(NAME, choices, DEFAULTS)
        state = training_state(choices, form.links)
        return Transition(way(state, address_of(present)), bodies=(present,))

    return leave


ACTIONS: Mapping[str, Action] = {
    "epoch": take_epoch,
    "ten": take_ten,
    "play": play,
    "step": take_step,
    "epochs": take_epochs,
    "seek": seek,
    "continue": go_on,
    "edit": edit,
    "compare": compare,
    "bring": bring,
    "delete": delete,
    "draw": draw,
    "undo": undo,
    "anew": begin_anew,
    "walk": _leave(link_to_walk),
    "check": _leave(link_to_check),
    "program": _leave(link_to_program),
}
