"""What the matrix shows, in sentences: said once there is enough in it, and counted."""

from dataclasses import dataclass

from backprop.lessons.optimizers.matrix.progress import Cell, Course
from backprop.notation.numerals import seconds, short
from backprop.training.minimize_methods import METHODS
from backprop.training.optimizers import OPTIMIZERS

ENOUGH = 3  # optimizers that a sentence about many needs


@dataclass(frozen=True, slots=True)
class Saying:
    """Where to look, and what is to be seen there."""

    where: str
    words: str


def title_of(optimizer: str) -> str:
    """Return what an optimizer is called on the screen."""
    if optimizer in OPTIMIZERS:
        return OPTIMIZERS[optimizer].title
    return METHODS[optimizer].title


def best_of(course: Course) -> Cell | None:
    """Return the cell that ended lowest; of several the one that asked least."""
    sound = [cell for cell in course.cells if cell.sound]
    return min(sound, key=lambda c: (c.loss, c.evaluations + c.gradients), default=None)


def sayings(course: Course) -> tuple[Saying, ...]:
    """Return what is to be seen so far."""
    found = (
        Saying("Along a row", _along(course)),
        Saying("Down a column", _down(course)),
        Saying("Without a gradient", _without(course)),
        Saying("Out of the numbers", _broken(course)),
    )
    return tuple(saying for saying in found if saying.words)


def _along(course: Course) -> str:
    """Return what changes with the source: the cost, and hardly the loss."""
    pairs = [
        (exact, course.cell(exact.optimizer, "central"))
        for exact in course.cells
        if exact.source == "backward" and exact.sound
    ]
    both = [(a, b) for a, b in pairs if b is not None]
    if len(both) < ENOUGH:
        return ""
    same = [(a, b) for a, b in both if short(a.loss) == short(b.loss)]
    most = max(same or both, key=lambda pair: pair[1].evaluations)
    text = (
        f"the gradient comes from elsewhere, and {_of(len(same), len(both))} the loss is the same "
        f"to the digits shown. The price is not: for {title_of(most[0].optimizer)} the backward "
        f"pass took {_asked(most[0])}, {seconds(most[0].seconds)}; central differences took "
        f"{_asked(most[1])}, {seconds(most[1].seconds)}."
    )
    others = [title_of(a.optimizer) for a, b in both if (a, b) not in same]
    if others:
        text += (
            f" {_sentence(_and(others))} {_verb('end', others)} at another loss: the two gradients "
            "are not equal to the last digit, and a run can take another way from there."
        )
    return text


def _down(course: Course) -> str:
    """Return what changes with the optimizer, of one and the same gradient."""
    cells = [cell for cell in course.cells if cell.source == "backward" and cell.sound]
    if len(cells) < ENOUGH:
        return ""
    low, high = min(cells, key=lambda c: c.loss), max(cells, key=lambda c: c.loss)
    return (
        f"the gradient is the same, and what is made of it differs: after the backward pass the "
        f"loss ends between {short(low.loss)} ({title_of(low.optimizer)}) and "
        f"{short(high.loss)} ({title_of(high.optimizer)})."
    )


def _without(course: Course) -> str:
    """Return what a minimizer does that is given no gradient."""
    alone, simplex = course.cell("l_bfgs_b", "none"), course.cell("nelder_mead", "none")
    given = course.cell("l_bfgs_b", "backward")
    if not (alone and simplex and given):
        return ""
    return (
        f"L-BFGS-B nudges every number by itself: {alone.evaluations:,} evaluations, where with "
        f"the backward pass it took {_asked(given)}. Nelder–Mead wants no gradient at all, and "
        f"ends at {short(simplex.loss)} after {simplex.evaluations:,} evaluations."
    )


def _broken(course: Course) -> str:
    """Return who left the finite numbers, and where."""
    gone = [cell for cell in course.cells if not cell.sound and not cell.refused]
    if not gone:
        return ""
    first = gone[0]
    others = f" So did {len(gone) - 1} more." if len(gone) > 1 else ""
    return (
        f"{_sentence(title_of(first.optimizer))} met {_end(first)}.{others} They stay in the table."
    )


def _end(cell: Cell) -> str:
    return cell.end.removeprefix("met ")


def _asked(cell: Cell) -> str:
    parts = []
    if cell.evaluations:
        parts.append(f"{cell.evaluations:,} {_s('evaluation', cell.evaluations)}")
    if cell.gradients:
        parts.append(f"{cell.gradients:,} {_s('gradient', cell.gradients)}")
    return " and ".join(parts) or "nothing"


def _s(word: str, count: int) -> str:
    return word if count == 1 else f"{word}s"


def _of(some: int, all_: int) -> str:
    if some == all_:
        return f"with all {all_} optimizers"
    return f"with {some} of {all_} optimizers" if some else "with none of them"


def _and(names: list[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def _verb(word: str, names: list[str]) -> str:
    return f"{word}s" if len(names) == 1 else word


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
