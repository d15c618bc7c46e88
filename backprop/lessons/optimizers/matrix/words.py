"""What the matrix shows, in sentences; each is said once there is enough to say it of."""

from dataclasses import dataclass

from backprop.lessons.optimizers.matrix.progress import FinishedRun, Progress
from backprop.notation.names import name_list
from backprop.notation.numerals import seconds, short
from backprop.training.minimize_methods import METHODS
from backprop.training.optimizers import OPTIMIZERS

ENOUGH = 3  # optimizers that a sentence about many needs


@dataclass(frozen=True, slots=True)
class Observation:
    """Where to look, and what is to be seen there."""

    where: str
    words: str


def optimizer_title(optimizer: str) -> str:
    """Return what an optimizer is called on the screen."""
    if optimizer in OPTIMIZERS:
        return OPTIMIZERS[optimizer].title
    return METHODS[optimizer].title


def find_best(progress: Progress) -> FinishedRun | None:
    """Return the run that ended lowest; of several the one that asked least."""
    sound = [run for run in progress.finished if run.sound]
    return min(sound, key=lambda c: (c.loss, c.evaluations + c.gradients), default=None)


def observe(progress: Progress) -> tuple[Observation, ...]:
    """Return what is to be seen so far."""
    observations = (
        Observation("Along a row", _along(progress)),
        Observation("Down a column", _down(progress)),
        Observation("Without a gradient", _without(progress)),
        Observation("Out of the numbers", _broken(progress)),
    )
    return tuple(each for each in observations if each.words)


def _along(progress: Progress) -> str:
    """Return what changes with the source: the cost, and hardly the loss."""
    pairs = [
        (exact, progress.find(exact.optimizer, "central"))
        for exact in progress.finished
        if exact.source == "backward" and exact.sound
    ]
    both = [(a, b) for a, b in pairs if b is not None]
    if len(both) < ENOUGH:
        return ""
    same = [(a, b) for a, b in both if short(a.loss) == short(b.loss)]
    most = max(same or both, key=lambda pair: pair[1].evaluations)
    text = (
        f"the gradient comes from elsewhere, and {_of(len(same), len(both))} the loss is the same "
        f"to the digits shown. The price is not: for {optimizer_title(most[0].optimizer)} the "
        f"backward pass took {_asked(most[0])}, {seconds(most[0].seconds)}; central differences "
        f"took {_asked(most[1])}, {seconds(most[1].seconds)}."
    )
    others = [optimizer_title(a.optimizer) for a, b in both if (a, b) not in same]
    if others:
        verb = "ends" if len(others) == 1 else "end"
        text += (
            f" {_capital(name_list(others))} {verb} at another loss: the two gradients "
            "are not equal to the last digit, and a run can take another way from there."
        )
    return text


def _down(progress: Progress) -> str:
    """Return what changes with the optimizer, of one and the same gradient."""
    after = [run for run in progress.finished if run.source == "backward" and run.sound]
    if len(after) < ENOUGH:
        return ""
    low, high = min(after, key=lambda c: c.loss), max(after, key=lambda c: c.loss)
    return (
        f"the gradient is the same, and what is made of it differs: after the backward pass the "
        f"loss ends between {short(low.loss)} ({optimizer_title(low.optimizer)}) and "
        f"{short(high.loss)} ({optimizer_title(high.optimizer)})."
    )


def _without(progress: Progress) -> str:
    """Return what a minimizer does that is given no gradient."""
    alone, simplex = progress.find("l_bfgs_b", "none"), progress.find("nelder_mead", "none")
    given = progress.find("l_bfgs_b", "backward")
    if not (alone and simplex and given):
        return ""
    return (
        f"L-BFGS-B nudges every number by itself: {alone.evaluations:,} evaluations, where with "
        f"the backward pass it took {_asked(given)}. Nelder–Mead wants no gradient at all, and "
        f"ends at {short(simplex.loss)} after {simplex.evaluations:,} evaluations."
    )


def _broken(progress: Progress) -> str:
    """Return which runs left the finite numbers, and where."""
    gone = [run for run in progress.finished if not run.sound and not run.refused]
    if not gone:
        return ""
    first = gone[0]
    others = f" So did {len(gone) - 1} more." if len(gone) > 1 else ""
    end, title = first.end.removeprefix("met "), optimizer_title(first.optimizer)
    return f"{_capital(title)} met {end}.{others} They stay in the table."


def _asked(run: FinishedRun) -> str:
    parts = [
        f"{count:,} {word if count == 1 else f'{word}s'}"
        for count, word in ((run.evaluations, "evaluation"), (run.gradients, "gradient"))
        if count
    ]
    return name_list(parts or ["nothing"])


def _of(some: int, all_: int) -> str:
    if some == all_:
        return f"with all {all_} optimizers"
    return f"with {some} of {all_} optimizers" if some else "with none of them"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
