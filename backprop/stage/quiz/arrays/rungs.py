"""The three questions of a step as they are shown: one that is answered is a line, one is open.

Before an answer nothing here says it: a rung that is open has its choices alone, and the shapes of
the rules are there only for those that were chosen, or by a hint.
"""

from dataclasses import dataclass, replace

import numpy as np

from backprop.engine.arrays.shapes import shape_text
from backprop.notation.formula import Code
from backprop.notation.numerals import short
from backprop.stage.links import Links
from backprop.stage.quiz.arrays.answers import Tries
from backprop.stage.quiz.arrays.asking import (
    HINTS,
    ArrayQuestion,
    Rung,
    noted,
)
from backprop.stage.quiz.arrays.entries import find_entry, index_text
from backprop.stage.quiz.arrays.questions import (
    ENTRY,
    RULE,
    SHAPE,
    entry_number,
    gap_title,
    rule_options,
)
from backprop.stage.quiz.arrays.subject import ArrayStep, shown
from backprop.stage.quiz.reply import Hint
from backprop.stage.quiz.wrong_answers import bracketed
from backprop.stage.walk.explanation import Words

LARGEST = 6  # cells a side of an outline that are drawn; beyond, the outline alone
SIDE = 44.0  # of the largest outline, in units of its picture
TRIES = ("", "", " at the second try", " at the third try")
LATER = {SHAPE: "", RULE: "after the shape", ENTRY: "after the rule"}


@dataclass(frozen=True, slots=True)
class Outline:
    """A shape to choose: its outline to scale.

    Attributes:
        title: 2×3.
        address: that chooses it.
        keys: the key that does, too.
        wide, high: of the outline, in units of its picture.
        lines: within it, a path; empty where there are too many cells.
        wrong: whether it was chosen, and is not right.
    """

    title: str
    address: str
    keys: str
    wide: str
    high: str
    lines: str
    wrong: bool


@dataclass(frozen=True, slots=True)
class RuleShown:
    """A rule to choose.

    Attributes:
        name: of the option.
        text: in the language.
        why: why it is not right, once it was chosen; by a hint, what its shapes are.
        wrong: whether it was chosen, and is not right.
    """

    name: str
    text: str
    why: Words
    wrong: bool


@dataclass(frozen=True, slots=True)
class RungShown:
    """One of the questions at a step.

    Attributes:
        number: from 1.
        name: shape, rule or entry.
        title: the question.
        state: “done”, “now” or “ahead”.
        answer: of a question that is done; its words and its reason.
        told: whether that was told.
        later: of one ahead: after what it comes.
        outlines, rules: to choose from, of one that is open.
        lines: of a long rule, one of which is left out.
    """

    number: int
    name: str
    title: Words
    state: str
    answer: Words = ()
    told: bool = False
    later: str = ""
    outlines: tuple[Outline, ...] = ()
    rules: tuple[RuleShown, ...] = ()
    lines: tuple[str, ...] = ()


def show_rungs(question: ArrayQuestion, links: Links, asked: ArrayStep) -> tuple[RungShown, ...]:
    """Return the questions of a step as they are shown."""
    now, found = question.now, []
    for number, rung in enumerate(question.rungs, 1):
        title = _title(rung, asked)
        if rung.is_done:
            found.append(_done(number, title, rung, asked))
        elif rung is now:
            found.append(
                RungShown(
                    number,
                    rung.name,
                    title,
                    "now",
                    outlines=_outlines(rung, question, links) if rung.name == SHAPE else (),
                    rules=_rules(rung, asked) if rung.name == RULE else (),
                    lines=_lines(asked) if rung.name == RULE else (),
                )
            )
        else:
            later = LATER[rung.name]
            if rung.name == ENTRY and not any(each.name == RULE for each in question.rungs):
                later = "after the shape"
            found.append(RungShown(number, rung.name, title, "ahead", later=later))
    return tuple(found)


def _lines(asked: ArrayStep) -> tuple[str, ...]:
    return tuple(map(shown, asked.gap.lines)) if asked.gap else ()


def _title(rung: Rung, asked: ArrayStep) -> Words:
    if rung.name == SHAPE:
        return ("What is the shape of ", *asked.letters, "?")
    if rung.name == RULE:
        return gap_title(asked.gap) if asked.gap else ("Which rule makes it?",)
    return rung.question.prompt


def _done(number: int, title: Words, rung: Rung, asked: ArrayStep) -> RungShown:
    wrong = sum(not judgement.right for _, judgement in rung.said)
    tries = "" if rung.told else TRIES[wrong + 1] if wrong < 3 else f" after {wrong} others"
    tries = f",{tries}" if tries else ""
    if rung.name == SHAPE:
        answer: Words = (*rung.question.explanation, *((f" Found{tries[1:]}.",) if tries else ()))
    elif rung.name == RULE:
        right = next(each for each in rule_options(asked) if each.slip is None)
        answer = (Code(shown(right.text)), f"  {right.shapes}{tries}")
    else:
        tone = "backward" if asked.is_use else "forward"
        place = index_text(find_entry(asked).index)
        answer = (*asked.letters, f"{place} = ", entry_number(find_entry(asked), tone), tries)
    return RungShown(number, rung.name, title, "done", answer, rung.told)


def _outlines(rung: Rung, question: ArrayQuestion, links: Links) -> tuple[Outline, ...]:
    tries, wrong = noted(question), {plain_shape(text) for text, j in rung.said if not j.right}
    shapes = [tuple(map(int, each.name.split("x"))) for each in rung.question.choices]
    most = max(max(_flat(shape)) for shape in shapes)
    unit = min(8.0, SIDE / most)
    return tuple(
        Outline(
            shape_text(shape),
            links.address(tries=tries, answer="x".join(map(str, shape))),
            str(n),
            *_drawn(_flat(shape), unit),
            "x".join(map(str, shape)) in wrong,
        )
        for n, shape in enumerate(shapes, 1)
    )


def plain_shape(text: str) -> str:
    """Return a shape as it was typed in the spelling of an address: 2x3."""
    return "x".join("".join(c if c.isdigit() else " " for c in text).split())


def _flat(shape: tuple[int, ...]) -> tuple[int, int]:
    """Return rows and columns of an outline: what has more axes lies in blocks of its last two."""
    if len(shape) < 2:
        return 1, shape[0]
    return int(np.prod(shape[:-1])), shape[-1]


def _drawn(sides: tuple[int, int], unit: float) -> tuple[str, str, str]:
    rows, columns = sides
    wide, high = columns * unit, rows * unit
    parts = []
    if max(rows, columns) <= LARGEST:
        parts += [f"M{k * unit:g} 0V{high:g}" for k in range(1, columns)]
        parts += [f"M0 {k * unit:g}H{wide:g}" for k in range(1, rows)]
    return f"{wide:g}", f"{high:g}", "".join(parts)


def _rules(rung: Rung, asked: ArrayStep) -> tuple[RuleShown, ...]:
    chosen = {text.strip(): j for text, j in rung.said if not j.right}
    options = {each.name: each for each in rule_options(asked)}
    found = []
    for name, option in options.items():
        why: Words = ()
        if name in chosen:
            why = chosen[name].slips[0].about
        elif rung.hints:
            why = (option.shapes.partition(", not ")[0],)
        found.append(RuleShown(name, shown(option.text), why, name in chosen))
    return tuple(found)


def next_hint(asked: ArrayStep | None, now: Rung | None, tries: Tries, links: Links) -> Hint:
    """Return the next hint of the open question; without an address at the last."""
    if asked is None or now is None or now.hints >= HINTS[now.name]:
        return Hint(now.hints if now else 0, "", "")
    titles = {
        SHAPE: ("Whose shape is it?" if asked.is_use else "What goes in?",),
        RULE: ("Which shapes fit?",),
        ENTRY: ("How many terms?", "Which products?"),
    }
    hints = (*tries.hints, now.name)
    address = links.address(tries=replace(tries, hints=hints), answer="")
    return Hint(now.hints, titles[now.name][now.hints], address)


def open_hints(asked: ArrayStep, now: Rung) -> Words:
    """Return what the open hints say; none of it is the answer."""
    if not now.hints:
        return ()
    if now.name == SHAPE:
        if asked.is_use:
            return ("A gradient has the shape of what it belongs to: ",
                    asked.letter, ".")  # fmt: skip
        return now.question.lede
    if now.name == RULE:
        return ("Under each rule stand the shapes at its last operation.",)
    entry = find_entry(asked)
    cells = sum(map(len, entry.lit.values()))
    count = len(entry.terms)
    words: Words = (f"It is a sum of {count} terms." if count > 1 else "It is one product.",)
    if not count:
        words = (f"It is made of {cells} entries, by ", Code(shown(asked.text)), ".")
    if now.hints > 1:
        said = [
            f"{short(t.arriving)} × {bracketed(t.factor)}" if t.factor != 1 else short(t.arriving)
            for t in entry.terms[:6]
        ]
        more = f" + … ({count - 6} more)" if count > 6 else ""
        words = (*words, " ", " + ".join(said) + more) if said and count > 1 else (
            *words, " ", *_cells(asked))  # fmt: skip
    return words


def _cells(asked: ArrayStep) -> Words:
    entry = find_entry(asked)
    places = [
        f"{shown(name)}{index_text(place)}"
        for name, cells in entry.lit.items()
        for place in sorted(cells)
    ]
    return ("Of ", Code(", ".join(places[:8])), "." if len(places) <= 8 else " and others.")
