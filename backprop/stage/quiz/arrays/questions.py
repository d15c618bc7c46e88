"""The three questions about a step of a program: its shape, its rule, one entry.

    shape   of what is sent back, or of a line's result: one of five, or typed as 2x3, (2, 3), 2 × 3
    rule    which of six sends it back, or, of a long one, is its missing line; of uses alone
    entry   one number, worked out from cells that are lit

None of them says its answer; the rules' own shapes are the reason that is given after a choice.
"""

from collections.abc import Iterator
from functools import lru_cache

import numpy as np

from backprop.engine.arrays.shapes import Shape, shape_text
from backprop.notation.formula import Code, Number
from backprop.notation.names import label_of
from backprop.notation.numerals import as_answer, short
from backprop.stage.quiz.arrays.entries import (
    EntryAsked,
    entry_slips,
    find_entry,
    index_text,
    worked_out,
)
from backprop.stage.quiz.arrays.gap import Gap
from backprop.stage.quiz.arrays.rules import RuleOption, make_options
from backprop.stage.quiz.arrays.subject import KEPT, ArrayStep, shown
from backprop.stage.quiz.question import Asking, Choice, Question, WrongAnswer
from backprop.stage.walk.explanation import Words

SHAPE, RULE, ENTRY = "shape", "rule", "entry"
RUNGS = (SHAPE, RULE, ENTRY)
SHAPES = 5  # to choose from
MOST_LIT = 30  # cells: of more no entry is worked out
NAMED = 12  # cells that a question names beside its picture


def rungs_of(asked: ArrayStep, wanted: tuple[str, ...] = RUNGS) -> tuple[str, ...]:
    """Return what can be asked at a step of what is wanted; there is always something."""
    found = tuple(name for name in RUNGS if name in wanted and _can_be(asked, name))
    return found or (next((n for n in (RULE, SHAPE) if _can_be(asked, n)), ENTRY),)


def _can_be(asked: ArrayStep, name: str) -> bool:
    if name == SHAPE:
        return bool(asked.shape)
    if name == RULE:
        return bool(rule_options(asked))
    return is_workable(asked)


def is_workable(asked: ArrayStep) -> bool:
    """Whether an entry can be worked out by hand, from cells that are known."""
    return 0 < sum(map(len, find_entry(asked).lit.values())) <= MOST_LIT


@lru_cache(maxsize=3 * KEPT)
def ask_array(asked: ArrayStep, name: str) -> Question:
    """Return the question of this name about a step."""
    make = {SHAPE: ask_shape, RULE: ask_rule, ENTRY: ask_entry}[name]
    return make(asked)


def array_askings(asked: ArrayStep, *, varies: bool = True) -> tuple[Asking, ...]:
    """Return what a class can be asked at a step."""
    letters, rungs = asked.letters, rungs_of(asked)
    titles: dict[str, tuple[Words, str]] = {
        SHAPE: ((*letters, ": its shape"), "shape"),
        RULE: ((*letters, ": its rule, one of six"), "choice"),
        ENTRY: ((*letters, ": one entry, a number"), "number"),
    }
    return tuple(
        Asking(name, words, kind, varies and name != SHAPE)  # type: ignore[arg-type]
        for name, (words, kind) in titles.items()
        if name in rungs
    )


# Shape


def ask_shape(asked: ArrayStep) -> Question:
    """Return the question for the shape."""
    right = _spelled(asked.shape)
    others = tuple(_other_shapes(asked))[: SHAPES - 1]
    shapes = sorted((asked.shape, *(shape for shape, _, _ in others)))
    return Question(
        prompt=("What is the shape of ", *asked.letters, "?"),
        quantity=f"shape.{asked.step.name}",
        kind="shape",
        right=right,
        wrong=tuple(WrongAnswer(_spelled(s), title, (about,)) for s, title, about in others),
        choices=tuple(Choice(_spelled(s), (shape_text(s),)) for s in shapes),
        explanation=shape_words(asked),
        lede=_line_words(asked),
    )


def shape_words(asked: ArrayStep) -> Words:
    """Return why the shape is what it is."""
    shape = shape_text(asked.shape)
    if asked.is_use:
        return (f"{shape}. A gradient has the shape of what it belongs to, always.",)
    names = [f"{shown(n)} is {shape_text(np.shape(asked.run.arrays[n]))}" for n in asked.operands]
    made = f": {', '.join(names)}" if names else ""
    return (f"{shape}{made}.",)


def _spelled(shape: Shape) -> str:
    return "x".join(map(str, shape)) or "1"


def _other_shapes(asked: ArrayStep) -> Iterator[tuple[Shape, str, str]]:
    """Yield shapes that are taken for the right one, each once, with their slip."""
    right, seen = asked.shape, {asked.shape}
    for shape, title, about in _mistaken(asked):
        if shape and shape not in seen and 0 not in shape:
            seen.add(shape)
            yield shape, title, about
    for shape in ((right[-1], right[-1]), (right[0], right[0]), (*right, 1), (right[0] + 1,)):
        if shape not in seen:
            seen.add(shape)
            yield shape, "Another shape", f"{shape_text(shape)} is none of the shapes here."


def _mistaken(asked: ArrayStep) -> Iterator[tuple[Shape, str, str]]:
    right, label = asked.shape, asked.label
    if len(right) > 1:
        turned = (*right[:-2], right[-1], right[-2])
        yield turned, "Transposed", f"Rows and columns of {label} are exchanged in it."
    if asked.is_use:
        arriving = np.shape(asked.run.arrays[asked.arriving])
        about = f"It is the shape of what arrives, {shown(asked.arriving)}."
        yield arriving, "The shape of what arrives", about
        if len(arriving) > 1:
            yield arriving[1:], "Summed over the rows", "It lacks an axis of what arrives."
    for name in asked.operands:
        shape = np.shape(asked.run.arrays[name])
        yield shape, f"The shape of {shown(name)}", f"{shown(name)} has it, {label} has not."
    for name in asked.operands:
        shape = np.shape(asked.run.arrays[name])
        turned = shape[::-1]
        yield turned, f"{shown(name)} transposed", f"It is {shown(name)} turned round."
    yield right[1:], "An axis is missing", f"{label} has {len(right)} axes."
    yield (*right, right[-1]), "An axis too many", f"{label} has {len(right)} axes."


# Rule


@lru_cache(maxsize=KEPT)
def rule_options(asked: ArrayStep) -> tuple[RuleOption, ...]:
    """Return the rules to choose from, or the parts for the gap of a long one; none where few."""
    if not asked.is_use:
        return ()
    if asked.gap:
        return asked.gap.options
    return make_options(asked.text, asked.wrong, asked.run, asked.array, asked.mark)


def ask_rule(asked: ArrayStep) -> Question:
    """Return the question for the rule; the shapes of the rules are in none of its choices."""
    options, gap = rule_options(asked), asked.gap
    right = next(option for option in options if option.slip is None)
    return Question(
        prompt=gap_title(gap) if gap else ("Which rule makes what ", *_sent(asked), "?"),
        quantity=f"rule.{asked.step.name}",
        kind="choice",
        right=right.name,
        wrong=tuple(
            WrongAnswer(each.name, each.slip.title, reason(each), each.slip.name)
            for each in options
            if each.slip
        ),
        choices=tuple(Choice(each.name, (Code(shown(each.text)),)) for each in options),
        explanation=(Code(shown(right.text)), f": {right.shapes}."),
        lede=(*_line_words(asked), *(gap_lines(gap) if gap else ())),
    )


def gap_title(gap: Gap) -> Words:
    """Return the question for the line that is left out."""
    return ("Which of these is ", Code(shown(gap.name)), ", in the rule’s missing line?")


def gap_lines(gap: Gap) -> Words:
    """Return a rule with its gap, in a sentence."""
    lines = [word for line in gap.lines for word in ("; ", Code(shown(line)))][1:]
    return (" The rule, but for a line: ", *lines, ".")


def reason(option: RuleOption) -> Words:
    """Return why a rule is not the right one: by its shapes, or by what it computes."""
    assert option.slip, "the right one has no reason"
    if not option.fits:
        return (option.shapes,)
    return (f"{option.slip.about} Its shape fits: {option.shapes}.",)


def _sent(asked: ArrayStep) -> Words:
    return (label_of(asked.line.label), " sends back to ", asked.letter)


def _line_words(asked: ArrayStep) -> Words:
    """Return the line that is asked about, with the shapes of what it reads."""
    line = asked.line
    names = [n for n in asked.operands if n != line.name.replace(".", "·")]
    shapes = [f"{shown(n)} is {shape_text(np.shape(asked.run.arrays[n]))}" for n in names]
    words: Words = (Code(f"{line.label} = {line.text}"), ".")
    if asked.is_use:
        arrived = shape_text(np.shape(asked.run.arrays[asked.arriving]))
        shapes = [f"{shown(asked.arriving)} is {arrived}", *shapes]
        own = asked.step.name.replace(".", "·")
        shapes = [
            each for each, n in zip(shapes, (asked.arriving, *names), strict=True) if n != own
        ]
    return (*words, " ", ", ".join(shapes), ".") if shapes else words


# Entry


def ask_entry(asked: ArrayStep) -> Question:
    """Return the question for one entry, with the cells that it is made of where they are few."""
    entry = find_entry(asked)
    place = index_text(entry.index)
    rule = Code(shown(asked.text))
    prompt: Words = ("What is ", *asked.letters, f"{place}?")
    if asked.is_use and asked.use.times > 1:
        prompt = ("What does ", label_of(asked.line.label), " add to ", *asked.letters, f"{place}?")
    return Question(
        prompt=prompt,
        quantity=f"entry.{asked.step.name}",
        kind="number",
        right=entry.value,
        wrong=entry_slips(asked, entry),
        explanation=(worked_out(asked, entry),),
        given=lit_numbers(asked, entry),
        lede=(*asked.letters, " = ", rule),
    )


def entry_letters(asked: ArrayStep) -> Words:
    """Return the same as a formula writes it."""
    return (*asked.letters, index_text(find_entry(asked).index))


def entry_name(asked: ArrayStep, entry: EntryAsked) -> str:
    """Return what is asked for: dW[1, 2]."""
    return f"{asked.label}{index_text(entry.index)}"


def lit_numbers(asked: ArrayStep, entry: EntryAsked) -> tuple[tuple[Words, Number], ...]:
    """Return the cells that an entry is made of, each by its name; none where they are many."""
    cells = [(name, place) for name, places in entry.lit.items() for place in sorted(places)]
    if len(cells) > NAMED:
        return ()
    return tuple(
        ((Code(f"{shown(name)}{index_text(place)}"),), cell_number(asked, name, place))
        for name, place in cells
    )


def cell_number(asked: ArrayStep, name: str, place: tuple[int, ...]) -> Number:
    """Return the number of a cell."""
    x = float(np.asarray(asked.run.arrays[name])[place])
    return Number(short(x), x, "backward" if name == asked.arriving else "forward")


def entry_number(entry: EntryAsked, tone: str) -> Number:
    """Return the right answer, as it is printed."""
    return Number(as_answer(entry.value), entry.value, tone)
