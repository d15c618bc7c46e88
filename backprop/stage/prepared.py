"""A link that is prepared for a class: how a page is to be shown, ticked on a small form.

What is ticked at first is what the address of the page says; what is not on the form stays as it
is. The form sends everything by names that begin with “link-”, beside the state it was opened at.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backprop.stage.choices import choice_fields, get_choice, has_choice
from backprop.stage.controls import Option
from backprop.stage.head import LectureHead
from backprop.stage.hiding import WORDS, hidden_parts, hiding_of
from backprop.stage.lesson import Blanks, Lesson, Steps
from backprop.stage.links import Links
from backprop.stage.quiz.arrays.answers import unsaid
from backprop.stage.quiz.arrays.panel import LEVELS as ARRAY_LEVELS
from backprop.stage.quiz.levels import LEVELS, find_level

SENT = "link-sent"  # says that the form was sent: what is not ticked in it is off
SHOWING = (  # the choices by which an address says how its page is shown
    *("mode", "hide", "part", "step", "more", "ask", "blank", "fade", "closed"),
)

Form = Mapping[str, Sequence[str]]  # the fields of the form, each with all that was sent for it


@dataclass(frozen=True, slots=True)
class Prepared:
    """The form, and the link that it makes.

    Attributes:
        address: the link.
        state: what the form sends along.
        projector: whether the link opens the projector's view.
        steps: where the lesson can be opened; None where it has no steps.
        no_step: what was typed for one, where that is none; else None.
        parts: of a lecture, one of which a projector shows; none where there is none.
        words: what can be hidden here; each its word, and what it hides.
        levels: whether the steps are asked, and how; none where they cannot be.
        blanks, fades: how many lines are blank, and which; none where there are no such lines.
    """

    address: str
    state: Mapping[str, str]
    projector: bool
    steps: Steps | None
    no_step: str | None
    parts: tuple[Option, ...]
    words: tuple[Option, ...]
    levels: tuple[Option, ...]
    blanks: tuple[Option, ...]
    fades: tuple[Option, ...]


def is_prepared(choices: Any, defaults: Any, pairs: Mapping[str, str]) -> bool:
    """Whether an address says how its page is shown, so that it opens as it says.

    Args:
        choices: what it says.
        defaults: the lesson's.
        pairs: as it is spelled.
    """
    where = choice_fields(choices)
    showing = [name for name in SHOWING if name in where]
    said = any(where[name].spelled in pairs for name in showing)
    return said or any(get_choice(choices, n) != get_choice(defaults, n) for n in showing)


def prepare(lesson: Lesson, board: Any, links: Links, form: Form) -> Prepared:
    """Return the form as it was sent, or as the page is shown, and the link it makes.

    Args:
        lesson: that the link leads to.
        board: the state on a projector.
        links: around the state as it is.
        form: what was sent.
    """
    sent = form if SENT in form else {}
    changes: dict[str, Any] = {"mode": _view(links.choices, sent)}
    steps = lesson.steps(board) if lesson.steps else None
    typed = _said(sent, "step", "").strip() if steps else ""
    if steps:
        steps = _move(steps, sent)
        changes["step"] = steps.now - steps.first
    parts = _parts(board, sent)
    if parts:
        changes |= _show_part(links.choices, parts)
    words = _words(links.choices, sent)
    changes["hide"] = _hide(links.choices, words)
    levels = _levels(links.choices, sent)
    if levels:
        changes |= _ask(links.choices, levels)
    blanks, fades = _blanks(lesson.blanks, links.choices, sent)
    if lesson.blanks:
        changes |= _leave_blank(lesson.blanks, links.choices, blanks, fades)
    return Prepared(
        address=links.address(**changes),
        state=links.pairs(),
        projector=bool(changes["mode"]),
        steps=steps,
        no_step=typed if _is_no_step(typed) and "link-step" in sent else None,
        parts=parts,
        words=words,
        levels=levels,
        blanks=blanks,
        fades=fades,
    )


def _said(sent: Form, name: str, kept: str) -> str:
    """Return what was sent for a field last, or what the page has."""
    return [kept, *sent.get(f"link-{name}", ())][-1]


def _choose(titles: Mapping[str, str], now: str) -> tuple[Option, ...]:
    return tuple(Option(title, value, value == now) for value, title in titles.items())


def _chosen(options: Sequence[Option]) -> str:
    return next((option.value for option in options if option.on), "")


def _view(choices: Any, sent: Form) -> str:
    view = sent.get("link-view", ()) if sent else (choices.mode,)
    return "projector" if "projector" in view else ""


def _move(steps: Steps, sent: Form) -> Steps:
    """Return the steps with the one that was typed, or the nearest that there is."""
    text = _said(sent, "step", "").strip()
    now = steps.now if _is_no_step(text) else int(text)
    return Steps(steps.first, steps.last, min(max(now, steps.first), steps.last))


def _is_no_step(text: str) -> bool:
    """Whether a text is no whole number that a step can be nearest to."""
    return not re.fullmatch(r"\d{1,8}", text)


def _parts(board: Any, sent: Form) -> tuple[Option, ...]:
    if not isinstance(board.head, LectureHead):
        return ()
    lecture = board.head.lecture
    titles = {part.name: part.title for part in lecture.parts}
    said = _said(sent, "part", lecture.now)
    return _choose(titles, said if said in titles else lecture.now)


def _show_part(choices: Any, parts: Sequence[Option]) -> Mapping[str, str]:
    """Return the part; what is revealed of the one that is shown stays."""
    now, is_first = _chosen(parts), bool(parts) and parts[0].on
    if choices.part.partition("-")[0] == now or (is_first and not choices.part):
        return {}
    return {"part": now}


def _words(choices: Any, sent: Form) -> tuple[Option, ...]:
    here, hidden = hiding_of(choices).offered, hidden_parts(choices)
    if sent:
        hidden = frozenset(sent.get("link-hide", ()))
    return tuple(Option(WORDS[word], word, word in hidden) for word in here)


def _hide(choices: Any, words: Sequence[Option]) -> tuple[str, ...]:
    """Return the words that are ticked; as they stand in the address where it says the same."""
    ticked = tuple(word.value for word in words if word.on)
    hidden = hidden_parts(choices) & {word.value for word in words}
    kept: tuple[str, ...] = choices.hide
    return kept if hidden == set(ticked) else ticked


def _levels(choices: Any, sent: Form) -> tuple[Option, ...]:
    if not has_choice(choices, "ask"):
        return ()
    now = find_level(get_choice(choices, "level")).name if get_choice(choices, "ask") == "1" else ""
    titles = {"": "nothing is asked"} | {
        level.name: f"{level.name}: {level.title.lower()}, {level.task}"
        for level in (ARRAY_LEVELS if has_choice(choices, "tries") else LEVELS)
    }
    said = _said(sent, "ask", now)
    return _choose(titles, said if said in titles else now)


def _ask(choices: Any, levels: Sequence[Option]) -> Mapping[str, Any]:
    """Return whether is asked; a link says so, and so no browser remembers better."""
    level, asked = _chosen(levels), get_choice(choices, "ask") == "1"
    if asked and level and level == find_level(get_choice(choices, "level")).name:
        return {}
    if level:
        return {**unsaid(choices), "ask": "1", "level": level}
    return {**unsaid(choices), "ask": "0", "level": ""}


def _blanks(
    blanks: Blanks | None, choices: Any, sent: Form
) -> tuple[tuple[Option, ...], tuple[Option, ...]]:
    if blanks is None:
        return (), ()
    titles = {str(n): str(n) for n in range(blanks.most(choices) + 1)} | {"0": "none"}
    now, fade = str(_blank_now(blanks, choices)), get_choice(choices, "fade") or "last"
    said, which = _said(sent, "blank", now), _said(sent, "fade", fade)
    return (
        _choose(titles, said if said in titles else now),
        _choose(blanks.fades, which if which in blanks.fades else fade),
    )


def _blank_now(blanks: Blanks, choices: Any) -> int:
    """Return how many lines are blank; an address may ask for more than there are."""
    asked_for: int = get_choice(choices, "blank")
    return min(asked_for, blanks.most(choices))


def _leave_blank(
    blanks: Blanks, choices: Any, counts: Sequence[Option], fades: Sequence[Option]
) -> Mapping[str, Any]:
    count, fade = int(_chosen(counts)), _chosen(fades)
    same = count == _blank_now(blanks, choices)
    if same and (not count or fade == (get_choice(choices, "fade") or "last")):
        return {}
    return {**blanks.emptied, "blank": count, "fade": fade if count else ""}
