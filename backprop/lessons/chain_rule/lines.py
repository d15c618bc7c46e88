"""The derivation, line by line: each derivative, the rule, plugged in, replaced, tidied.

Each line can be hidden; the last few can be blanked, and typed instead.
"""

import math
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from backprop.engine.compose import compose
from backprop.engine.errors import LimitError
from backprop.engine.forward import value
from backprop.engine.graph import Builder, Graph
from backprop.lessons.chain_rule.answers import Asked, Verdict, judge, sample
from backprop.lessons.chain_rule.choices import NO_ANSWERS, Choices, answer_to
from backprop.lessons.chain_rule.function import Chain, Link
from backprop.lessons.chain_rule.slips import quantities, wrong_links, wrong_rules, wrong_wholes
from backprop.notation.derivation import Equation, equation
from backprop.notation.formula import Formula, Fraction, Number, Row, Text
from backprop.notation.full_formula import whole_formula
from backprop.notation.juxtaposition import multiply
from backprop.notation.line_breaking import broken
from backprop.notation.names import label_of
from backprop.notation.numerals import short
from backprop.notation.symbolic.derivative import combined, derivative, tidied
from backprop.stage.controls import Option
from backprop.stage.links import Links


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the derivation.

    Attributes:
        number: counted from 1.
        words: what is done in it.
        left: dy/dx, or another derivative.
        equation: the line in letters.
        value: what it comes to at the point; None where it has letters only.
        state: “open”, “closed” (hidden by the learner), or “blank” (to be typed).
        toggle: the address that hides or shows it, or gives a blank one up.
        answer: what was typed.
        verdict: what is said to that; None where nothing was typed.
        keys: of the edges in the picture that it is about.
        letters: in which letters it is to be typed.
    """

    number: int
    words: str
    left: Formula
    equation: Equation
    value: Number | None
    state: str
    toggle: str
    answer: str
    verdict: Verdict | None
    keys: str
    letters: str


@dataclass(frozen=True, slots=True)
class Derivation:
    """All lines, and how many of the last are blank."""

    lines: tuple[Line, ...]
    blanks: tuple[Option, ...]
    right: int
    blank: int
    again: str  # the address at which all answers are forgotten


@dataclass(frozen=True, slots=True)
class _Draft:
    """A line before it is known what the learner sees of it."""

    words: str
    left: Formula
    right: Formula
    value: float | None
    asked: Asked
    keys: str = ""


def derivation_of(chain: Chain, choices: Choices, links: Links) -> Derivation:
    """Return the derivation as the learner sees it."""
    drafts = _drafts(chain)
    count = len(drafts)
    blank = min(choices.blank, count)
    lines = tuple(
        _line(n, draft, n > count - blank, choices, links) for n, draft in enumerate(drafts, 1)
    )
    titles = ("none", *(("the last" if n == 1 else str(n)) for n in range(1, count)), "all")
    blanks = tuple(
        Option(title, str(n), n == blank, links.address(blank=n, open=(), closed=(), **NO_ANSWERS))
        for n, title in enumerate(titles)
    )
    done = sum(line.verdict is not None and line.verdict.right for line in lines)
    again = links.address(open=(), **NO_ANSWERS)
    return Derivation(lines, blanks, done, blank, again)


def _line(number: int, draft: _Draft, blanked: bool, choices: Choices, links: Links) -> Line:
    answer = answer_to(choices, number) if blanked else ""
    verdict = judge(draft.asked, answer) if answer else None
    given_up = number in choices.open
    solved = verdict is not None and verdict.right
    blank = blanked and not given_up and not solved
    closed = not blanked and number in choices.closed
    if blanked:
        toggle = links.address(open=_toggled(choices.open, number))
    else:
        toggle = links.address(closed=_toggled(choices.closed, number))
    return Line(
        number=number,
        words=draft.words,
        left=draft.left,
        equation=equation(draft.left, ("=", broken(draft.right))),
        value=None if draft.value is None else Number(short(draft.value), draft.value, "backward"),
        state="blank" if blank else "closed" if closed else "open",
        toggle=toggle,
        answer=answer,
        verdict=verdict,
        keys=draft.keys,
        letters=" and ".join(_typed(name) for name in draft.asked.letters),
    )


def _toggled(numbers: tuple[int, ...], number: int) -> tuple[int, ...]:
    kept = tuple(n for n in numbers if n != number)
    return kept if number in numbers else tuple(sorted((*numbers, number)))


def _typed(name: str) -> str:
    return f"d{name[1]}/d{name[3]}" if len(name) == 4 else name


def _drafts(chain: Chain) -> tuple[_Draft, ...]:
    x = sample(chain.x)
    at = quantities(chain, x)
    wholes = wrong_wholes(chain, x)
    names = [link.of for link in chain.links]  # u, x; or u, v, x
    between = tuple(names[:-1])
    plugged = product_of([link.slope for link in chain.links])
    replaced = compose(plugged, chain.inner)
    left = _by("y", "x")

    def whole(words: str, graph: Graph, letters: tuple[str, ...], *, x_only: bool) -> _Draft:
        asked = Asked(graph, letters, at, chain.inner, wholes, between if x_only else ())
        worth = _worth(graph, chain)
        return _Draft(words, left, whole_formula(graph, label_of), worth, asked)

    named = " and ".join(between)
    functions = "their functions" if len(between) > 1 else "its function"
    return (
        *(_link_draft(chain, link) for link in reversed(chain.links)),
        _rule_draft(chain),
        whole("Plug in", plugged, tuple(names), x_only=False),
        whole(f"Replace {named} by {functions} of x", replaced, ("x",), x_only=True),
        whole("Tidy up", _shortest(replaced, chain.graph), ("x",), x_only=True),
    )


def product_of(graphs: Sequence[Graph]) -> Graph:
    """Return the product of several functions, in order."""
    total = graphs[0]
    for graph in graphs[1:]:
        total = combined("multiply", total, graph)
    return total


def _shortest(replaced: Graph, whole: Graph) -> Graph:
    """Return the shorter of two tidied forms; the line before where neither can be found."""
    found = [replaced]
    with suppress(LimitError):
        found.append(tidied(replaced))
    with suppress(LimitError):
        found.append(derivative(whole, "x"))
    return min(reversed(found), key=len)


def _link_draft(chain: Chain, link: Link) -> _Draft:
    inner, outer = link.of == "x", link.name == "y"
    x = sample(chain.values[link.of])
    at = {link.of: x}
    words = f"The inner function, by {link.of}" if inner else f"The one between, by {link.of}"
    if outer:
        words = f"The outer function, by {link.of}, as if {link.of} were all there is"
    asked = Asked(link.slope, (link.of,), at, {}, wrong_links(link, at, len(x)))
    formula = whole_formula(link.slope, label_of)
    keys = f"n-{link.name}"
    return _Draft(words, _by(link.name, link.of), formula, _worth(link.slope, chain), asked, keys)


def _rule_draft(chain: Chain) -> _Draft:
    """Return the line of the chain rule, whose letters are derivatives: dy/du · du/dx."""
    builder = Builder()
    letters = tuple(f"d{link.name}d{link.of}" for link in chain.links)
    total = builder.leaf(letters[0])
    for letter in letters[1:]:
        total = builder.node("multiply", (total, builder.leaf(letter)))
    points = np.abs(sample()) + 0.3
    at = {letter: np.roll(points, 5 * n) for n, letter in enumerate(letters)}
    asked = Asked(builder.graph(), letters, at, {}, wrong_rules([at[each] for each in letters]))
    factors: list[Formula] = [_by(link.name, link.of) for link in chain.links]
    product = factors[0]
    for factor in factors[1:]:
        product = multiply(product, factor)
    return _Draft("The chain rule", _by("y", "x"), product, None, asked)


def _by(of: str, by: str) -> Fraction:
    """Return d of/d by, upright d: there is one variable only."""
    return Fraction(Row((Text("d"), label_of(of))), Row((Text("d"), label_of(by))))


def _worth(graph: Graph, chain: Chain) -> float:
    """Return what a line comes to at the point; NaN where the function has no value there."""
    found = float(value(graph, {name: chain.values[name] for name in graph.variables}))
    return found if math.isfinite(chain.values["y"]) else math.nan
