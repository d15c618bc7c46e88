"""One entry of what is asked: which it is, what it is made of, and what slips make of it.

What a rule sends back is linear in what arrives, so an entry is a sum of terms: an entry of dZ
times a factor. One backward pass through the rule alone, seeded with that entry, gives all factors;
where a factor is not 0, here or at random arrays, a cell is lit.

    dW = dZ.T @ A:   dW[1, 2] = dZ[0, 1] · A[0, 2] + dZ[1, 1] · A[1, 2] + …
"""

import ast
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from random import Random

import numpy as np

from backprop.engine.arrays.macros import TWO_RESULTS
from backprop.engine.backward import differentiate
from backprop.engine.errors import InputError
from backprop.engine.program import program
from backprop.notation.numerals import as_answer, read_printed, short
from backprop.stage.quiz.arrays.subject import KEPT, ArrayStep, shown
from backprop.stage.quiz.arrays.texts import names_in, tree_of
from backprop.stage.quiz.question import CLOSE, WrongAnswer
from backprop.stage.quiz.wrong_answers import bracketed, wrong_numbers

Index = tuple[int, ...]

LARGE = 0.25  # of the largest entry: what is asked is not a speck
CANCELS = 4.0  # so many times the entry the sizes of its terms add up to, at most
TRIED = 6  # entries among which one is looked for that does not cancel
TERMS = 8  # more are not typed
SAID = 4  # terms that are written out
LEAF_NAMES = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Term:
    """One term of an entry: an entry of what arrives, times a factor."""

    place: Index
    arriving: float
    factor: float

    @property
    def product(self) -> float:
        """What it adds."""
        return self.arriving * self.factor


@dataclass(frozen=True, slots=True)
class EntryAsked:
    """The entry that is asked.

    Attributes:
        index: which; empty for a number.
        value: the right answer.
        terms: what adds up to it; none for a value, or where that is not known.
        lit: by the name of an array, the cells that have a part in it.
    """

    index: Index
    value: float
    terms: tuple[Term, ...]
    lit: Mapping[str, frozenset[Index]]


def index_text(index: Index) -> str:
    """Return an index as it is written: [1, 2]; nothing for a number."""
    return f"[{', '.join(map(str, index))}]" if index else ""


@lru_cache(maxsize=KEPT)
def find_entry(asked: ArrayStep) -> EntryAsked:
    """Return the entry that is asked at a step: none of the smallest, drawn by the state.

    It is not 0 where any is not, and its terms do not cancel more than can be worked out from
    numbers of three decimals.
    """
    candidates = _candidates(np.asarray(asked.array, float), asked.mark)
    best, least = None, (math.inf, 0)
    for index in candidates[:TRIED]:
        entry = entry_at(asked, index)
        sizes = sum(abs(term.product) for term in entry.terms)
        cancelled = sizes / abs(entry.value) if entry.value else math.inf
        if best is None or (cancelled, -len(entry.lit)) < least:
            best, least = entry, (cancelled, -len(entry.lit))
        if cancelled <= CANCELS and _is_read_off(entry):
            return entry
    assert best is not None, "an array has an entry"
    return best


def _is_read_off(entry: EntryAsked) -> bool:
    """Whether the terms as they are printed add up to the entry, well within what counts as it."""
    if not entry.terms:
        return True
    parts = ((read_printed(short(t.arriving)), read_printed(short(t.factor))) for t in entry.terms)
    return abs(sum(g * x for g, x in parts) - entry.value) <= CLOSE / 2 * abs(entry.value)


def _candidates(array: np.ndarray, mark: str) -> list[Index]:
    """Return entries in the order in which they are tried: large ones, none at the very front."""
    sizes = np.abs(array)
    least = LARGE * float(sizes.max())
    places = [tuple(map(int, place)) for place in np.argwhere(sizes >= max(least, 1e-300))]
    places = places or [tuple(map(int, place)) for place in np.argwhere(sizes >= 0)]
    Random(f"entry {mark}").shuffle(places)
    return sorted(places, key=lambda place: bool(place) and not any(place))


def entry_at(asked: ArrayStep, index: Index) -> EntryAsked:
    """Return an entry with what it is made of."""
    value = float(np.asarray(asked.array)[index])
    slopes, around = _slopes(asked, index)
    lit = {
        name: frozenset(
            tuple(map(int, place)) for place in np.argwhere((slope != 0) | (around[name] != 0))
        )
        for name, slope in slopes.items()
    }
    terms: tuple[Term, ...] = ()
    if asked.arriving in slopes:
        arriving = np.asarray(asked.run.arrays[asked.arriving])
        factors = slopes[asked.arriving]
        terms = tuple(
            Term(place, float(arriving[place]), float(factors[place]))
            for place in sorted(lit[asked.arriving])
        )
    return EntryAsked(index, value, terms, {name: cells for name, cells in lit.items() if cells})


def _slopes(
    asked: ArrayStep, index: Index
) -> tuple[Mapping[str, np.ndarray], Mapping[str, np.ndarray]]:
    """Return how an entry follows each array it is made of: here, and at random arrays."""
    names = [n for n in names_in(tree_of(asked.text)) if n in asked.run.arrays]
    letters = dict(zip(names, LEAF_NAMES, strict=False))
    if any(isinstance(n, ast.Name) and n.id in TWO_RESULTS for n in ast.walk(tree_of(asked.text))):
        return {}, {}
    own = f"entry_of{index_text(index)}" if index else "entry_of"
    lines, here, away, rng = [], {}, {}, np.random.default_rng(1)
    for name in names:
        array = np.asarray(asked.run.arrays[name])
        is_index = array.dtype.kind in "iu"
        lengths = " x ".join(map(str, array.shape)) or "scalar"
        letter = f"{letters[name]}_"
        lines.append(f"{letter} : {'index ' * is_index}{lengths} = zeros")
        here[letter] = array
        away[letter] = array if is_index else rng.uniform(0.3, 1.7, array.shape)
    tree = _renamed(tree_of(asked.text), {name: f"{letters[name]}_" for name in names})
    text = "\n".join((*lines, f"entry_of = {ast.unparse(tree)}", f"entry_ = 1 * {own}"))
    try:
        built = program(text, here)
        found = [differentiate(built, at).gradient for at in (here, away)]
    except InputError:  # longer than a line that is typed
        return {}, {}
    first, second = (
        {n: np.asarray(g[f"{letters[n]}_"]) for n in names if f"{letters[n]}_" in g} for g in found
    )
    return first, second


def _renamed(tree: ast.expr, names: Mapping[str, str]) -> ast.expr:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in names:
            node.id = names[node.id]
    return tree


def entry_slips(asked: ArrayStep, entry: EntryAsked) -> tuple[WrongAnswer, ...]:
    """Return the numbers that are easily found instead, each with its slip."""
    return wrong_numbers(entry.value, _wrong(asked, entry))


def _wrong(asked: ArrayStep, entry: EntryAsked) -> Iterator[WrongAnswer]:
    terms, index = entry.terms, entry.index
    if len(terms) > 1:
        products = [term.product for term in terms]
        yield _slip(
            sum(term.arriving for term in terms),
            "A factor is forgotten",
            "Each entry that arrives is multiplied by its factor before they are added.",
            "local-forgotten",
        )
        yield _slip(
            sum(term.factor for term in terms),
            "What arrives is forgotten",
            "Each factor is multiplied by what arrives.",
            "arriving-forgotten",
        )
        if len(terms) <= TERMS:
            for left_out, term in enumerate(terms):
                place = f"{shown(asked.arriving)}{index_text(term.place)}"
                rest = math.fsum(p for n, p in enumerate(products) if n != left_out)
                yield WrongAnswer(
                    rest,
                    f"The term of {place} is missing",
                    (f"The sum has {len(terms)} terms; yours has {len(terms) - 1} of them.",),
                    "missing-term",
                )
            for term in terms:
                place = f"{shown(asked.arriving)}{index_text(term.place)}"
                yield WrongAnswer(
                    term.product,
                    f"The sum is not taken: the term of {place} alone",
                    (f"The sum has {len(terms)} terms.",),
                    "sum-forgotten",
                )
        yield _slip(
            entry.value / len(terms),
            "A mean in place of a sum",
            "The terms are added, not averaged.",
            "bias-mean",
        )
    elif len(terms) == 1:
        yield _slip(
            terms[0].arriving,
            "The factor is forgotten",
            "It is what arrives, without the line's own factor.",
            "local-forgotten",
        )
        yield _slip(
            terms[0].factor,
            "What arrives is forgotten",
            "It is the line's own factor, without what arrives.",
            "arriving-forgotten",
        )
    array = np.asarray(asked.array)
    if len(index) > 1:
        turned = (*index[:-2], index[-1], index[-2])
        if turned != index and all(i < n for i, n in zip(turned, array.shape, strict=True)):
            yield _slip(
                float(array[turned]),
                "Row and column are exchanged",
                f"It is the entry {index_text(turned)}: the row comes first, then the column.",
                "transposed-entry",
            )
    yield _slip(-entry.value, "The sign is turned round", "Everything but the sign is right.",
                "sign-flipped")  # fmt: skip
    for each in asked.wrong:
        if each.value is not None and np.shape(each.value) == np.shape(array):
            yield _slip(
                float(np.asarray(each.value)[index]),
                each.slip.title,
                f"{each.slip.about} It is the entry of {shown(each.text)}.",
                each.slip.name,
            )


def _slip(x: float, title: str, about: str, name: str) -> WrongAnswer:
    return WrongAnswer(x, title, (about,), name)


def worked_out(asked: ArrayStep, entry: EntryAsked) -> str:
    """Return how the entry is worked out, with its numbers: dW[1, 2] = 0.623 × 0.33 + … = 0.238."""
    name = f"{asked.label}{index_text(entry.index)}"
    if not entry.terms:
        return f"{name} = {as_answer(entry.value)}."
    said = [
        short(t.arriving) if t.factor == 1 else f"{short(t.arriving)} × {bracketed(t.factor)}"
        for t in entry.terms[:SAID]
    ]
    if len(entry.terms) > SAID:
        said.append(f"… ({len(entry.terms) - SAID} more)")
    first, *others = said
    text = " + ".join((first, *(f"({each})" if each[0] == "−" else each for each in others)))
    return f"{name} = {text} = {as_answer(entry.value)}."
