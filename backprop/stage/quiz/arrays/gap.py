"""A long rule with a gap: its lines, one of which is left out, and what belongs into it.

    t1 = dP * g
    t2 = …             which of six?
    dS = (t1 - mean(t1) - t2) / s

The wrong ones are made of the line that is left out, as those of a short rule are of the rule. None
comes to what the right one does, nor makes the whole rule come to it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

import numpy as np

from backprop.stage.programs.long_rules import lines_of_rule
from backprop.stage.quiz.arrays.rules import (
    LONGEST,
    OPTIONS,
    Computed,
    RuleOption,
    computed_rules,
    make_options,
    same,
)
from backprop.stage.quiz.arrays.texts import MisfitError, Run, names_in, tree_of

GAP = "…"
GLANCE = 60  # characters of a line that is left out, if another is as short


@dataclass(frozen=True, slots=True)
class Gap:
    """A rule one line of which is left out.

    Attributes:
        lines: of the rule, with the gap.
        name: what the line that is left out makes: t2, or dS.
        options: what could stand in it.
    """

    lines: tuple[str, ...]
    name: str
    options: tuple[RuleOption, ...]


def find_gap(
    label: str, text: str, arriving: str, operands: Sequence[str], run: Run, mark: str
) -> Gap | None:
    """Return a long rule with a gap, which `mark` draws; None where no line of it can be asked.

    Args:
        label: what the rule makes: dS.
        text: the rule.
        arriving: the name of the gradient that arrives.
        operands: the names that the line reads, and its own.
        run: computes rules at the arrays of the pass.
        mark: a word for the step with its numbers.
    """
    parts = tuple(_parts(lines_of_rule(f"{label} = {text}")))
    if len(parts) < 2:
        return None
    arrays = dict(run.arrays)
    for name, rule in parts:
        arrays[name] = Run(arrays).of(tree_of(rule))
    order = [n for n, (_, rule) in enumerate(parts) if len(rule) <= LONGEST]
    Random(mark).shuffle(order)
    found: Gap | None = None
    for n in sorted(order, key=lambda n: len(parts[n][1]) > GLANCE):
        name, rule = parts[n]
        wrong = _wrong(parts[n:], arriving, operands, arrays, [part for part, _ in parts[:n]])
        options = make_options(rule, wrong, Run(arrays), arrays[name], f"{mark}{name}")
        if len(options) > len(found.options if found else ()):
            lines = (f"{each} = {GAP if each == name else its}" for each, its in parts)
            found = Gap(tuple(lines), name, options)
        if len(options) == OPTIONS:
            break
    return found


def _parts(lines: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Give each line's name and rule; pieces of a sum that was broken are one line again."""
    whole: list[str] = []
    for line in lines:
        if line.startswith(" "):
            whole[-1] += f" {line.strip()}"
        else:
            whole.append(line)
    for line in whole:
        name, _, rule = line.partition(" = ")
        yield name, rule


def _wrong(
    parts: Sequence[tuple[str, str]],
    arriving: str,
    operands: Sequence[str],
    arrays: Mapping[str, Any],
    above: Sequence[str],
) -> tuple[Computed, ...]:
    """Return wrong ones for the first of some lines, which the others read."""
    (name, rule), *after = parts
    read = names_in(tree_of(rule))
    others = tuple(dict.fromkeys((*(n for n in read if n != arriving), *above, *operands)))
    run, right = Run(arrays), arrays[name]
    run.of(tree_of(rule))
    found = computed_rules(rule, arriving, others, "", run, right)
    if not after:
        return found
    return tuple(each for each in found if not _comes_to_the_same(each, name, after, arrays))


def _comes_to_the_same(
    wrong: Computed, name: str, after: Sequence[tuple[str, str]], arrays: Mapping[str, Any]
) -> bool:
    """Whether the whole rule does not mind what is wrong with a part of it."""
    if wrong.value is None:
        return False
    known, last = {**arrays, name: wrong.value}, after[-1][0]
    try:
        for each, rule in after:
            known[each] = Run(known).of(tree_of(rule))
    except MisfitError:
        return False
    return same(np.asarray(known[last]), np.asarray(arrays[last]))
