"""Data of the learner's own: points drawn on the plane, and a table that is brought."""

from dataclasses import dataclass

import numpy as np

from backprop.lessons.training.branch import branched, with_other_examples
from backprop.lessons.training.choices import DRAWN, MOST_DRAWN, OWN, RESET_DATA, RESET_RUN, Choices
from backprop.lessons.training.compare import read_state
from backprop.lessons.training.examples import load_dataset, read_own_table, table_body
from backprop.lessons.training.presets import DEFAULTS, NAME
from backprop.lessons.training.run_history import DATA
from backprop.lessons.training.state import TrainingState, training_state
from backprop.sharing.errors import NotYours
from backprop.sharing.formats import LOST
from backprop.sharing.snapshot import address_of
from backprop.stage.choices import ChoiceError, Real, change, get_choice
from backprop.stage.controls import Option, make_options
from backprop.stage.lesson import FormRequest, Transition, snapshot_bytes
from backprop.stage.links import Links
from backprop.training.datasets import Dataset
from backprop.training.examples.drawn import without_nearest
from backprop.training.examples.reading import read_table
from backprop.training.examples.recipes import SQUARE
from backprop.training.examples.table import to_dataset
from backprop.training.examples.use import guess

OF_TRAINING = ("features", "loss", "scaling", "frozen")  # they stay when points are drawn on
FEWEST_TO_DIVIDE = 20  # rows; of fewer none are held out unless the learner says so


@dataclass(frozen=True, slots=True)
class Drawing:
    """How points can be set on the plane."""

    pens: tuple[Option, ...]
    can_undo: bool  # something was drawn or erased that can be taken back
    changed: str  # what the last point did to the training that goes on; empty where there is none


def make_drawing(state: TrainingState, links: Links) -> Drawing | None:
    """Return how points can be set; None where there is no plane to draw on."""
    choices, data = state.choices, state.data.dataset
    if not can_be_drawn_on(data):
        return None
    classes = data.classes or ("", "a value")
    titles = {"": "Look", "0": classes[0], "1": classes[1], "erase": "Erase"}
    titles = {value: title for value, title in titles.items() if title}
    pens = make_options(titles, choices.view.pen, links, "pen")
    can_undo = bool(choices.data.back) and choices.data.dataset == DRAWN
    return Drawing(pens, can_undo, _last_change(state))


def _last_change(state: TrainingState) -> str:
    """Return what the last point changed, as long as no step has followed it."""
    epoch, changes = state.history.settings_log[-1]
    if DATA not in changes or (epoch, 0) != (state.run.epoch, state.run.step):
        return ""
    return f"Now {changes[DATA]}. The training goes on from epoch {epoch:,}."


def draw(choices: Choices, form: FormRequest) -> Transition:
    """Add points where the learner clicked, or take the nearest away.

    The points of a plane that was not drawn are taken over, as far as there are not too many.
    """
    texts = form.pairs.get("points", "").split(",")
    places = [Real().read(text, "points") for text in texts if text]
    if len(places) % 2:
        raise ChoiceError("A point has two coordinates.", at="points")
    if len(places) > 2 * MOST_DRAWN:
        raise _too_many()
    data = load_dataset(choices, form.links.read)
    if not can_be_drawn_on(data) or not choices.view.pen:
        raise ChoiceError("There is no plane here to draw on, or no pen chosen.", at="points")
    before = drawn = () if choices.view.anew else _points(choices, data)
    value = float(choices.view.pen == "1") if data.classes else choices.view.pen_value
    for x, y in zip(places[::2], places[1::2], strict=True):
        if choices.view.pen == "erase":
            drawn = without_nearest(drawn, x, y)
        else:
            drawn = (*drawn, _within(x), _within(y), value)
    if len(drawn) > 3 * MOST_DRAWN:
        raise _too_many()
    if choices.view.pen == "erase" and drawn == before:
        return Transition(choices)  # nothing lay near: the run goes on
    return _drawn(choices, data, drawn, form)


def _drawn(
    choices: Choices, data: Dataset, drawn: tuple[float, ...], form: FormRequest
) -> Transition:
    """Return the state with these points; the training goes on, unless all points are new."""
    if not drawn:
        raise ChoiceError(
            "The last point stays.", hint="There must be something to learn from.", at="points"
        )
    present = snapshot_bytes(NAME, choices, DEFAULTS)
    changes = {**RESET_RUN, "dataset": DRAWN, "drawn": drawn, "anew": False}
    changes |= {"task": "classes" if data.classes else "numbers", "back": address_of(present)}
    if choices.data.dataset != DRAWN:
        kept = {name: get_choice(choices, name) for name in OF_TRAINING}
        changes = {**RESET_DATA, **kept, **changes, "class_names": data.classes}
    after = change(choices, **changes)
    if choices.run.history is not None and not choices.view.anew:
        state = training_state(choices, form.links)
        state = branched(state, form) if state.looks_back else state
        after = change(after, overlay=state.choices.run.overlay)
        after = with_other_examples(state, after, form)
    return Transition(after, bodies=(present,))


def _too_many() -> ChoiceError:
    return ChoiceError(f"At most {MOST_DRAWN} points can be drawn.", at="points")


def undo(choices: Choices, form: FormRequest) -> Transition:
    """Take back what was drawn or erased last: go to the state before it, if it is still stored."""
    if choices.view.anew:
        return Transition(change(choices, anew=False))
    if not choices.data.back:
        raise ChoiceError("There is nothing to take back.", at="points")
    try:
        before = read_state(form.links.read, choices.data.back)
    except LOST as error:
        raise ChoiceError(
            "What was there before cannot be taken back: it is stored no more.", at="points"
        ) from error
    pen = "0" if before.view.anew and choices.view.pen == "erase" else choices.view.pen
    return Transition(change(before, pen=pen))


def can_be_drawn_on(data: Dataset) -> bool:
    """Whether the examples are points of the square, of two classes or with a number each."""
    return data.spans == SQUARE and data.Y.shape[1] == 1


def begin_anew(choices: Choices, _: FormRequest) -> Transition:
    """Let the next point be the first: the others go when it is set."""
    pen = choices.view.pen if choices.view.pen in ("0", "1") else "0"
    return Transition(change(choices, anew=True, pen=pen))


def _points(choices: Choices, data: Dataset) -> tuple[float, ...]:
    """Return the points on the plane, as they would have been drawn."""
    if choices.data.dataset == DRAWN:
        return choices.data.drawn
    if len(data.X) > MOST_DRAWN:
        raise ChoiceError(
            f"These are {len(data.X):,} points; at most {MOST_DRAWN} can be drawn on.",
            hint="Choose fewer examples, or press Clear first.",
            at="points",
        )
    return tuple(np.round(np.column_stack([data.X, data.Y]), 3).ravel().tolist())


def _within(x: float) -> float:
    return round(min(max(x, -3.0), 3.0), 3)


def bring(choices: Choices, form: FormRequest) -> Transition:
    """Take a table that the learner uploads or pastes; TableError says why one cannot be read."""
    table = read_table(form.files.get("file") or form.pairs.get("table", "").encode())
    use = guess(table)
    data = to_dataset(table, use)  # refused before it is stored
    stored = table_body(table, use)
    share = 100 if len(data.X) < FEWEST_TO_DIVIDE else choices.data.share
    if len(data.X) >= FEWEST_TO_DIVIDE and choices.data.dataset == OWN and share == 100:
        share = DEFAULTS.data.share  # it was for the few rows of the table before
    after = change(
        choices,
        **RESET_RUN,
        **RESET_DATA,
        dataset=OWN,
        own=address_of(stored),
        share=share,
        targets="standard",
    )
    return Transition(after, brought=(stored,), field="table")


def delete(choices: Choices, form: FormRequest) -> Transition:
    """Take back the learner's table, and go back to the first data set.

    It goes from the store where nobody else brought the same.

    Raises:
        InputError: what stands at its address is not a table.
        NotYours: another browser brought it.
    """
    if choices.data.own:
        read_own_table(choices, form.links.read)
        if not form.links.owns(choices.data.own):
            raise NotYours(
                "Only the browser that brought this table can delete it.",
                hint="What stands here stays. You can choose other data.",
            )
    after = change(choices, **RESET_RUN, **RESET_DATA, dataset=DEFAULTS.data.dataset, own="")
    return Transition(after, deleted=(choices.data.own,) if choices.data.own else ())
