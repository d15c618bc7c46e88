"""Drawing examples on the plane: points that are set, erased and taken back."""

from dataclasses import replace

import numpy as np

from backprop.lessons.training.choices import AFRESH, DRAWN, MOST_DRAWN, OWN, UNSAID, Choices
from backprop.lessons.training.compare import read_state
from backprop.lessons.training.examples import dataset_of, table_body, table_of
from backprop.lessons.training.presets import DEFAULTS, NAME
from backprop.sharing.snapshot import address_of
from backprop.stage.choices import ChoiceError, Real
from backprop.stage.lesson import FormRequest, Transition, snapshot_bytes
from backprop.training.datasets import Dataset
from backprop.training.reading import read_table
from backprop.training.recipes import SQUARE
from backprop.training.table import guess, to_dataset

NUMBER = Real(-1e6, 1e6)
REACH = 0.35  # of the 6 that the plane is wide: what a finger covers


def draw(choices: Choices, asked: FormRequest) -> Transition:
    """Add points where the learner clicked, or take the nearest away.

    The points of a plane that was not drawn are taken over, as far as there are not too many.

    Raises:
        ChoiceError: the points cannot be read, there are too many, or none would be left.
    """
    given = asked.pairs.get("points", "")
    places = [NUMBER.read(part, "points") for part in given.split(",") if part]
    if len(places) % 2:
        raise ChoiceError("A point has two coordinates.", at="points")
    if len(places) > 2 * MOST_DRAWN:
        raise _too_many()
    data = dataset_of(choices, asked.links.read)
    if not can_be_drawn_on(data) or not choices.pen:
        raise ChoiceError("There is no plane here to draw on, or no pen chosen.", at="points")
    before = drawn = () if choices.anew else _points(choices, data)
    for x, y in zip(places[::2], places[1::2], strict=True):
        if choices.pen == "erase":
            drawn = _without_nearest(drawn, x, y)
        else:
            value = float(choices.pen or 0) if data.classes else choices.pen_value
            drawn = (*drawn, _within(x), _within(y), value)
    if len(drawn) > 3 * MOST_DRAWN:
        raise _too_many()
    if choices.pen == "erase" and drawn == before:
        return Transition(choices)  # nothing lay near: the run goes on
    return _drawn(choices, data, drawn)


def _too_many() -> ChoiceError:
    return ChoiceError(f"At most {MOST_DRAWN} points can be drawn.", at="points")


def undo(choices: Choices, asked: FormRequest) -> Transition:
    """Take back what was drawn or erased last: go to the state before it.

    Raises:
        ChoiceError: nothing was drawn.
        MissingSnapshot: the state before is no longer stored.
    """
    if choices.anew:
        return Transition(replace(choices, anew=False))
    if not choices.back:
        raise ChoiceError("There is nothing to take back.", at="points")
    before = read_state(asked.links.read, choices.back)
    pen = "0" if before.anew and choices.pen == "erase" else choices.pen
    return Transition(replace(before, pen=pen))


def can_be_drawn_on(data: Dataset) -> bool:
    """Whether the examples are points of the square, of two classes or with a number each."""
    return data.spans == SQUARE and data.Y.shape[1] == 1


def begin_anew(choices: Choices, _: FormRequest) -> Transition:
    """Let the next point be the first: the others go when it is set."""
    pen = choices.pen if choices.pen in ("0", "1") else "0"
    return Transition(replace(choices, anew=True, pen=pen))


def _points(choices: Choices, data: Dataset) -> tuple[float, ...]:
    """Return the points on the plane, as they would have been drawn."""
    if choices.data == DRAWN:
        return choices.drawn
    if len(data.X) > MOST_DRAWN:
        raise ChoiceError(
            f"These are {len(data.X):,} points; at most {MOST_DRAWN} can be drawn on.",
            hint="Choose fewer examples, or press Clear first.",
            at="points",
        )
    return tuple(np.round(np.column_stack([data.X, data.Y]), 3).ravel().tolist())


def _drawn(choices: Choices, data: Dataset, drawn: tuple[float, ...]) -> Transition:
    if not drawn:
        raise ChoiceError(
            "The last point stays.", hint="There must be something to learn from.", at="points"
        )
    present = snapshot_bytes(NAME, choices, DEFAULTS)
    changes = {**AFRESH, "data": DRAWN, "drawn": drawn, "anew": False}
    changes |= {"task": "classes" if data.classes else "numbers", "back": address_of(present)}
    if choices.data != DRAWN:
        changes = {**UNSAID, **changes, "features": choices.features}
    return Transition(replace(choices, **changes), bodies=(present,))


def _within(x: float) -> float:
    return round(min(max(x, -3.0), 3.0), 3)


def _without_nearest(drawn: tuple[float, ...], x: float, y: float) -> tuple[float, ...]:
    if not drawn:
        return drawn
    points = np.array(drawn).reshape(-1, 3)
    distances = np.hypot(points[:, 0] - x, points[:, 1] - y)
    nearest = int(distances.argmin())
    if distances[nearest] > REACH:
        return drawn
    return (*drawn[: 3 * nearest], *drawn[3 * nearest + 3 :])


def bring(choices: Choices, asked: FormRequest) -> Transition:
    """Take a table that the learner uploads or pastes.

    Raises:
        TableError: it cannot be read; the text says where.
    """
    table = read_table(asked.files.get("file") or asked.pairs.get("table", "").encode())
    usual = guess(table)
    to_dataset(table, usual.target, usual.features, usual.task)  # refused before it is stored
    stored = table_body(table, asked.salt)
    after = replace(choices, **AFRESH, **UNSAID, data=OWN, own=address_of(stored))
    return Transition(after, bodies=(stored,))


def delete(choices: Choices, asked: FormRequest) -> Transition:
    """Delete the learner's table from the store, and go back to the first data set.

    Raises:
        InputError: what stands at the address is not a table, so it is not theirs to delete.
    """
    if choices.own:
        table_of(choices, asked.links.read)
    after = replace(choices, **AFRESH, **UNSAID, data=DEFAULTS.data, own="")
    return Transition(after, deleted=(choices.own,) if choices.own else ())
