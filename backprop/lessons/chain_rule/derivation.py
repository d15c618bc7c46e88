"""The derivation, line by line: each derivative, the rule, plugged in, replaced, tidied.

Each line can be hidden; the first few or the last can be blank, and typed instead. While one is
blank, its answer stands nowhere on the page: not in a line that follows from it, nor as a number.
Addresses of before that was so have `blank` without `fade`: they cover those lines alone.
"""

import math
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial, reduce
from typing import Any

import numpy as np

from backprop.engine.compose import compose
from backprop.engine.errors import LimitError
from backprop.engine.expression import parse
from backprop.engine.graph import Graph
from backprop.lessons.chain_rule.answers import AnswerVerdict, Task, judge, sample, with_quotients
from backprop.lessons.chain_rule.choices import FADES, NO_ANSWERS, Choices, Exercise, toggled
from backprop.lessons.chain_rule.function import Chain, Link
from backprop.lessons.chain_rule.slips import wrong_derivatives, wrong_links, wrong_rules
from backprop.notation.derivation import Equation, equation
from backprop.notation.formula import Formula, Fraction, Number, Row, Text
from backprop.notation.full_formula import whole_formula
from backprop.notation.juxtaposition import multiply
from backprop.notation.line_breaking import broken
from backprop.notation.names import label_of
from backprop.notation.numerals import adds_up, short
from backprop.notation.symbolic.derivative import combined, derivative, tidied
from backprop.stage.controls import Option
from backprop.stage.links import Links
from backprop.stage.walk.explanation import number


@dataclass(frozen=True, slots=True)
class DerivationLine:
    """One line of the derivation."""

    number: int  # counted from 1
    words: str  # what is done in it
    equation: Equation
    value: Number | None  # at the point; None where it has letters only
    state: str  # “open”, “closed” (by the learner), “blank” (to be typed), “waiting” (for those)
    toggle: str  # the address that hides or shows it, or gives a blank one up
    answer: str
    verdict: AnswerVerdict | None  # None where nothing was typed
    keys: str  # of the edges in the picture that it is about
    letters: str  # in which it is to be typed
    is_blanked: bool = False  # whether it is one of those to be typed

    @property
    def is_told(self) -> bool:
        """Whether it was to be typed, and was given up."""
        return (
            self.is_blanked and self.state == "open" and not (self.verdict and self.verdict.right)
        )


@dataclass(frozen=True, slots=True)
class Derivation:
    """All lines, and which of them are blank."""

    derivative: Number | None  # dy/dx at the point; None while it is covered
    product: str  # the slopes along the path, as they multiply; empty where y has no value
    lines: tuple[DerivationLine, ...]
    blanks: tuple[Option, ...]
    fades: tuple[Option, ...]  # whether the first or the last are blank; none where no line is
    right: int  # how many of the blank lines are answered right
    blank: int
    again: str  # the address at which all answers are forgotten
    covered: bool = False  # whether a line is blank, so that nothing on the page may say it


@dataclass(frozen=True, slots=True)
class _Draft:
    """A line before it is known what the learner sees of it."""

    words: str
    equation: Equation
    value: float | None
    task: Task
    keys: str = ""


def make_derivation(chain: Chain, slope: float, choices: Choices, links: Links) -> Derivation:
    """Return the derivation as the learner sees it; `slope` is dy/dx at the point."""
    exercise, drafts = choices.exercise, _drafts(chain)
    count = len(drafts)
    blank = min(exercise.blank, count)
    blanked = (
        range(1, blank + 1) if exercise.fade == "first" else range(count - blank + 1, count + 1)
    )
    lines = [_line(n, each, n in blanked, exercise, links) for n, each in enumerate(drafts, 1)]
    again: dict[str, Any] = {"open": (), **NO_ANSWERS}
    covered = bool(exercise.fade) and any(line.state == "blank" for line in lines)
    if covered:
        lines = _cover(lines, alone=len(chain.links) + 1)
    fade = exercise.fade or ("last" if blank else "first")
    fresh = {"closed": (), **again}
    return Derivation(
        derivative=None if covered else number(slope, "backward"),
        product="" if covered else _product_words(chain, slope),
        lines=tuple(lines),
        blanks=tuple(
            Option(title, str(n), n == blank, _blank_address(links, n, fade, fresh))
            for n, title in enumerate(("none", *map(str, range(1, count)), "all"))
        ),
        fades=tuple(
            Option(f"the {each}", each, each == fade, _blank_address(links, blank, each, fresh))
            for each in (FADES if 0 < blank < count else ())
        ),
        right=sum(line.verdict is not None and line.verdict.right for line in lines),
        blank=blank,
        again=links.address(**again),
        covered=covered,
    )


def count_lines(chain: Chain) -> int:
    """Return how many lines the derivation has, also where it is not shown."""
    return len(_drafts(chain))


def _blank_address(links: Links, blank: int, fade: str, fresh: Mapping[str, Any]) -> str:
    """Return where so many lines are blank, the first or the last."""
    return links.address(blank=blank, fade=fade if blank else "", **fresh)


def _cover(lines: Sequence[DerivationLine], alone: int) -> list[DerivationLine]:
    """Return the lines without numbers, and without what a blank one before them would give away.

    Args:
        lines: all of them.
        alone: how many of the first follow from no other: the slopes of the links, and the rule.
    """
    covered: list[DerivationLine] = []
    for line in lines:
        earlier = [each.number for each in covered if each.state == "blank"]
        waits = line.number > alone and line.state != "blank" and bool(earlier)
        letters = replace(line, value=None)
        covered.append(_empty(letters, "waiting" if waits else line.state))
    return covered


def _empty(line: DerivationLine, state: str) -> DerivationLine:
    """Return a line in this state: without its right side, where it is not open."""
    if state in ("open", "closed"):
        return line
    return replace(line, state=state, equation=equation(line.equation.left))


def _product_words(chain: Chain, slope: float) -> str:
    """Return the slopes along the path and their product, as they multiply when printed."""
    if math.isnan(slope):
        return ""
    slopes = [chain.evaluate(link.slope) for link in chain.links]
    return adds_up(slopes, slope, stands=short(slope)).printed(" × ")


def _line(n: int, draft: _Draft, blanked: bool, exercise: Exercise, links: Links) -> DerivationLine:
    answer = exercise.answer(n) if blanked else ""
    verdict = judge(draft.task, answer) if answer else None
    if blanked:
        is_solved = verdict is not None and verdict.right
        state = "open" if n in exercise.open or is_solved else "blank"
        toggle = links.address(open=toggled(exercise.open, n))
    else:
        state = "closed" if n in exercise.closed else "open"
        toggle = links.address(closed=toggled(exercise.closed, n))
    return DerivationLine(
        number=n,
        words=draft.words,
        equation=draft.equation,
        value=None if draft.value is None else number(draft.value, "backward"),
        state=state,
        toggle=toggle,
        answer=answer,
        verdict=verdict,
        keys=draft.keys,
        letters=with_quotients(" and ".join(draft.task.letters)),
        is_blanked=blanked,
    )


def _drafts(chain: Chain) -> tuple[_Draft, ...]:
    x = sample(chain.x)
    at, wrong = chain.columns_at(x), wrong_derivatives(chain, x)
    names = tuple(link.of for link in chain.links)  # u, x; or u, v, x
    between = names[:-1]
    plugged = reduce(partial(combined, "multiply"), (link.slope for link in chain.links))
    replaced = compose(plugged, chain.inner)
    functions = "their functions" if len(between) > 1 else "its function"

    def draft(
        words: str, graph: Graph, letters: tuple[str, ...] = ("x",), left: tuple[str, ...] = between
    ) -> _Draft:
        task = Task(graph, letters, at, chain.inner, wrong, left)
        return _Draft(words, _equation("y", "x", graph), _value(graph, chain), task)

    return (
        *(_link_draft(chain, link) for link in reversed(chain.links)),
        _rule_draft(chain),
        draft("Plug in", plugged, names, ()),
        draft(f"Replace {' and '.join(between)} by {functions} of x", replaced),
        draft("Tidy up", _shortest(replaced, chain.graph)),
    )


def _shortest(replaced: Graph, whole: Graph) -> Graph:
    """Return the shorter of two tidied forms; the line before where neither can be found."""
    forms = [replaced]
    with suppress(LimitError):
        forms.append(tidied(replaced))
    with suppress(LimitError):
        forms.append(derivative(whole, "x"))
    return min(reversed(forms), key=len)


def _link_draft(chain: Chain, link: Link) -> _Draft:
    words = f"The one between, by {link.of}"
    if link.name == "y":
        words = f"The outer function, by {link.of}, as if {link.of} were all there is"
    elif link.of == "x":
        words = f"The inner function, by {link.of}"
    at = {link.of: sample(chain.values[link.of])}
    return _Draft(
        words,
        _equation(link.name, link.of, link.slope),
        _value(link.slope, chain, link.name),
        Task(link.slope, (link.of,), at, {}, wrong_links(link, at)),
        keys=f"n-{link.name}",
    )


def _rule_draft(chain: Chain) -> _Draft:
    """Return the line of the chain rule, whose letters are derivatives: dy/du · du/dx."""
    letters = tuple(f"d{link.name}d{link.of}" for link in chain.links)
    points = np.abs(sample()) + 0.3
    at = {letter: np.roll(points, 5 * n) for n, letter in enumerate(letters)}
    quotients: list[Formula] = [_quotient(link.name, link.of) for link in chain.links]
    rule = equation(_quotient("y", "x"), ("=", broken(reduce(multiply, quotients))))
    task = Task(parse(" * ".join(letters)), letters, at, {}, wrong_rules([*at.values()]))
    return _Draft("The chain rule", rule, None, task)


def _equation(of: str, by: str, slope: Graph) -> Equation:
    return equation(_quotient(of, by), ("=", broken(whole_formula(slope, label_of))))


def _quotient(of: str, by: str) -> Fraction:
    """Return d of/d by, upright d: there is one variable only."""
    return Fraction(Row((Text("d"), label_of(of))), Row((Text("d"), label_of(by))))


def _value(graph: Graph, chain: Chain, of: str = "y") -> float:
    """Return what a line comes to at the point; NaN where what it is the slope of has no value."""
    return chain.evaluate(graph) if math.isfinite(chain.values[of]) else math.nan
