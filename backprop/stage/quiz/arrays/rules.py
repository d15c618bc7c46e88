"""The rule of a use among plausible others: the right one, and five with one thing done wrong.

No two of them come to the same, and none of the wrong ones to the right one: each is computed at
the arrays of the pass. Those whose shapes do not fit are ruled out by them, the others by what they
compute; both is said after a choice, never before.
"""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from random import Random
from string import ascii_lowercase
from typing import Any

import numpy as np

from backprop.engine.arrays.shapes import shape_text
from backprop.stage.quiz.arrays.rule_slips import FILLING, RuleSlip
from backprop.stage.quiz.arrays.texts import (
    MisfitError,
    Run,
    shapes_of,
    text_of,
    tree_of,
)
from backprop.stage.quiz.arrays.wrong_rules import wrong_rules

OPTIONS = 6
LEAST = 3  # fewer are no choice
LONGEST = 110  # characters of a rule that is read at a glance
LONGER = 24  # so many more a wrong one has at most
FITTING = 3  # of the wrong ones, that have the right shape
MOST = 80  # wrong ones that are computed
UNREAD = (".mT.T", ".T.mT")  # that nobody writes
SAME = 1e-6  # relative: closer arrays count as one


@dataclass(frozen=True, slots=True)
class RuleOption:
    """One of the rules to choose from.

    Attributes:
        name: a, b, c …, in an order that the state draws.
        text: in the language.
        slip: what is wrong with it; None where nothing is.
        shapes: those of its last operation and of its result; or why they do not fit.
        fits: whether its result has the right shape.
        value: what it computes; None where it does not fit.
    """

    name: str
    text: str
    slip: RuleSlip | None
    shapes: str
    fits: bool
    value: Any = None


@dataclass(frozen=True, slots=True)
class Computed:
    """A wrong rule, computed; the value is None where its shapes do not fit."""

    tree: ast.expr
    slip: RuleSlip
    value: Any

    @property
    def text(self) -> str:
        """The rule in the language."""
        return text_of(self.tree)


def computed_rules(
    text: str, arriving: str, operands: Sequence[str], own: str, run: Run, right: Any
) -> tuple[Computed, ...]:
    """Return wrong rules that differ from the right one, and from each other, in what they compute.

    Args:
        text: the right rule.
        arriving: the name of the gradient that arrives; empty for a value.
        operands: the names that the line reads, and its own.
        own: the name of what it is asked of; empty for a part of a rule.
        run: computes rules at the arrays of the pass.
        right: what the right rule computes.
    """
    tree = tree_of(text)
    seen, kept, values = {text}, [], [np.asarray(right)]
    for wrong in islice(wrong_rules(tree, arriving, operands, own, run), MOST):
        spelled = ast.unparse(wrong.tree)
        if spelled in seen or len(spelled) > max(len(text), 12) + LONGER:
            continue
        seen.add(spelled)
        try:
            value = run.of(wrong.tree)
        except MisfitError:
            kept.append(Computed(wrong.tree, wrong.slip, None))
            continue
        known = any(same(value, other) for other in values)
        if known or not np.size(value) or not np.all(np.isfinite(value)):
            continue
        values.append(np.asarray(value))
        kept.append(Computed(wrong.tree, wrong.slip, value))
    return tuple(kept)


def same(x: Any, y: Any) -> bool:
    """Whether two arrays are one, but for rounding."""
    if np.shape(x) != np.shape(y):
        return False
    size = np.max(np.abs(x), initial=0.0)
    return bool(np.max(np.abs(np.subtract(x, y)), initial=0.0) <= SAME * size)


def make_options(
    text: str, wrong: Sequence[Computed], run: Run, right: Any, mark: str
) -> tuple[RuleOption, ...]:
    """Return the rules to choose from, in an order that `mark` draws; none where too few differ.

    Of the wrong ones some have the right shape, so that shapes alone do not tell.
    """
    chosen = _chosen(wrong, np.shape(right)) if len(text) <= LONGEST else []
    if len(chosen) + 1 < LEAST:
        return ()
    options = [RuleOption("", text, None, shapes_of(tree_of(text), run), True, right)]
    for each in chosen:
        fits = each.value is not None and np.shape(each.value) == np.shape(right)
        shapes = _reason(each, run, np.shape(right))
        options.append(RuleOption("", each.text, each.slip, shapes, fits, each.value))
    options.sort(key=lambda option: option.text)
    Random(mark).shuffle(options)
    return tuple(
        replace(option, name=name) for option, name in zip(options, ascii_lowercase, strict=False)
    )


def _chosen(wrong: Sequence[Computed], shape: tuple[int, ...]) -> list[Computed]:
    """Return up to five: a kind once before any is there twice, and not all ruled out by shape."""
    likely = [w for w in wrong if w.slip.kind != FILLING]
    fitting = [w for w in likely if w.value is not None and np.shape(w.value) == shape]
    others = [w for w in likely if not any(w is each for each in fitting)]
    pools = (fitting, FITTING), (others, OPTIONS - 1), (fitting, OPTIONS - 1), (wrong, OPTIONS - 1)
    chosen: dict[str, Computed] = {}
    for pool, most in pools:
        for each in _by_turns(pool):
            if len(chosen) >= most:
                break
            text = each.text
            if text not in chosen and not any(sign in text for sign in UNREAD):
                chosen[text] = each
    return list(chosen.values())


def _by_turns(pool: Sequence[Computed]) -> Iterator[Computed]:
    """Yield rules so that each kind of slip has its turn."""
    kinds: dict[str, list[Computed]] = {}
    for each in pool:
        kinds.setdefault(each.slip.kind, []).append(each)
    for n in range(max(map(len, kinds.values()), default=0)):
        yield from (rules[n] for rules in kinds.values() if n < len(rules))


def _reason(wrong: Computed, run: Run, shape: tuple[int, ...]) -> str:
    """Return why a wrong rule is ruled out by shapes; those that it has, where they fit."""
    try:
        shapes = shapes_of(wrong.tree, run)
    except MisfitError as error:
        return error.words
    if np.shape(wrong.value) == shape:
        return shapes
    return f"{shapes}, not {shape_text(shape)}"
