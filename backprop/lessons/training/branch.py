"""A run that goes on otherwise than it did: from an earlier epoch, or with other examples."""

from dataclasses import replace

from backprop.lessons.training.choices import MOST_OVERLAYS, Choices
from backprop.lessons.training.run_history import DATA, RunHistory
from backprop.lessons.training.state import TrainingState, training_state
from backprop.notation.numerals import short
from backprop.stage.choices import change
from backprop.stage.lesson import FormRequest
from backprop.training.measure import measure


def branched(state: TrainingState, form: FormRequest) -> TrainingState:
    """Return the state on a branch of its own; the run it leaves is compared with."""
    epoch, overlay, history = state.run.epoch, state.choices.run.overlay, state.history
    left = form.links.origin.pairs.get("from", "")
    if left and left not in overlay:
        overlay = (*overlay, left)[-MOST_OVERLAYS:]
    before, now = history.settings_at(epoch), history.settings_at()
    changed = {name: text for name, text in now.items() if before.get(name) != text}
    log = tuple(entry for entry in history.settings_log if entry[0] <= epoch)
    branch = replace(
        history,
        run=state.run,
        points=tuple(point for point in history.points if point[0] <= epoch),
        settings_log=(*log, (epoch, changed)) if changed else log,
        since=epoch,
        trail=(),
    )
    return replace(state, choices=change(state.choices, overlay=overlay), history=branch)


def with_other_examples(state: TrainingState, after: Choices, form: FormRequest) -> Choices:
    """Return the choices of other examples with the training that there was, if it can go on.

    The network, its parameters and the optimizer's memory stay; the epoch begins again, and its
    loss is measured anew. The log says what changed.

    Args:
        state: the training with the examples before, at its end.
        after: the choices with the other examples, and no run.
        form: what asked for them.
    """
    then = training_state(after, form.links)
    if state.choices.run.history is None or then.network.sizes != state.network.sizes:
        return after
    history, run = state.history, replace(state.run, step=0, broken=False)
    losses = [measure(each.plan, state.parameters) for each in (state, then)]
    if run.epochs and run.epochs[-1] == run.epoch:
        records = run.records.copy()
        records[-1] = losses[1]
        run = replace(run, records=records)
    was, now = (short(row[0]) for row in losses)
    log = list(history.settings_log)
    if len(log) > 1 and log[-1][0] == run.epoch and set(log[-1][1]) == {DATA}:
        log.pop()  # of several points at one epoch the last says how many there are
    entry = f"{len(then.data.dataset.X):,} points, loss {was} → {now}"
    log.append((run.epoch, {DATA: entry}))
    kept: RunHistory = replace(
        history,
        start=then.history.start,
        run=run,
        settings_log=tuple(log),
        since=run.epoch,
        trail=(),
    )
    return change(after, history=kept)
