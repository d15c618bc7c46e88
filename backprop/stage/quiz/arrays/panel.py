"""What is shown of asking about arrays: three rungs, of which the answered shrink to a line.

Before an answer nothing here says it: a rung that is open has its choices alone, and the shapes of
the rules are there only for those that were chosen.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from backprop.engine.arrays.shapes import shape_text
from backprop.notation.formula import Code
from backprop.notation.numerals import short
from backprop.stage.links import Links
from backprop.stage.quiz.arrays.answers import UNSAID, Tries
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
    entry_name,
    entry_number,
    rule_options,
)
from backprop.stage.quiz.arrays.score import make_array_score
from backprop.stage.quiz.arrays.subject import ArrayStep, shown
from backprop.stage.quiz.levels import GENTLEST, Level, LevelOption
from backprop.stage.quiz.panel import Switch
from backprop.stage.quiz.reply import Hint, Record, Reply
from backprop.stage.quiz.score import Score
from backprop.stage.quiz.wrong_answers import bracketed
from backprop.stage.walk.explanation import Words, spoken

LEVELS = (
    Level("1", "The shape", "one question a step", 0),
    Level("2", "Shape and rule", "which product, which transpose", 0),
    Level("3", "Shape, rule, entry", "and one number", 0),
    Level("4", "From scratch", "one number, on paper", 0),
)
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


@dataclass(frozen=True, slots=True)
class ArrayAsk:
    """Everything that asking first shows at a step.

    Attributes:
        covered: whether the step's result is covered.
        asked: whether it was asked for here.
        headline, lede: the question of the step, and the line that it is about.
        rungs: the questions.
        form: the pairs that go along with what is typed or chosen; None where nothing is open.
        field: what the number is called: dW[1, 2].
        show: the address where the answer of the open question stands; empty where none is open.
        hint: the next hint, with its address.
        helps: the hints that are open, as words.
        reply: what is said to the last answer, or to one of before; None where there is none.
        record: how the answers count.
        known: the shape of what is asked; empty while it is asked.
        score: the sum, at the end of the walk.
    """

    covered: bool
    asked: bool
    headline: Words
    lede: Words
    rungs: tuple[RungShown, ...]
    form: Mapping[str, str] | None
    field: str
    show: str
    hint: Hint
    helps: Words
    reply: Reply | None
    record: Record | None
    known: str
    score: Score | None

    @property
    def aloud(self) -> str:
        """The reply, or the open question, for a screen reader."""
        now = next((rung for rung in self.rungs if rung.state == "now"), None)
        question = spoken(now.title) if now else ""
        return f"{self.reply.aloud if self.reply else ''} {question}".strip()


@dataclass(frozen=True, slots=True)
class ArrayQuiz:
    """What a page shows of asking first, as in every lesson that asks by steps.

    Attributes:
        switch: whether it does.
        ask: the step's questions; None where nothing is asked first.
        levels: which questions are asked.
        level: the one that is asked at.
        scratch: always None: a step of its own is asked at every level.
    """

    switch: Switch
    ask: ArrayAsk | None = None
    levels: tuple[LevelOption, ...] = ()
    level: str = ""
    scratch: None = None


def begin(links: Links, level: str, first: int) -> str:
    """Return where a level begins: at the first question, nothing answered yet."""
    return links.address(**{**UNSAID, "ask": "1", "level": level, "step": first})


def make_array_quiz(
    question: ArrayQuestion, links: Links, first: Callable[[], int], fresh: str
) -> ArrayQuiz:
    """Return what a page shows of asking first.

    Args:
        question: where the learner stands.
        links: of the state.
        first: the number of the first step that is asked.
        fresh: the address of the same program with other numbers; empty where there is none.
    """
    if not question.on:
        return ArrayQuiz(Switch(False, begin(links, GENTLEST, first())))
    switch = Switch(True, links.address(**{**UNSAID, "ask": "0", "level": ""}))
    levels = tuple(
        LevelOption(
            level.name,
            level.title,
            level.task,
            level.name == question.level,
            begin(links, level.name, first()),
        )
        for level in LEVELS
    )
    return ArrayQuiz(switch, _ask(question, links, first, fresh), levels, question.level)


def _ask(question: ArrayQuestion, links: Links, first: Callable[[], int], fresh: str) -> ArrayAsk:
    asked, now, tries = question.asked, question.now, noted(question)
    form, show = None, ""
    if now and asked:
        form = links.pairs(tries=tries, answer="")
        told = (*tries.told, now.name)
        show = links.address(tries=replace(tries, told=told), answer="")
    score = None
    if question.step.kind == "whole":
        after = next((level for level in LEVELS if level.name > question.level), None)
        onward = (begin(links, after.name, first()), after.title) if after else ("", "")
        score = make_array_score(question, fresh, begin(links, question.level, first()), onward)
    return ArrayAsk(
        covered=question.covered,
        asked=asked is not None,
        headline=_headline(asked) if asked else (),
        lede=_lede(question, asked) if asked else (),
        rungs=_rungs(question, links, asked) if asked else (),
        form=form,
        field=entry_name(asked, find_entry(asked)) if asked and now and now.name == ENTRY else "",
        show=show,
        hint=_hint(now, tries, links),
        helps=_helps(asked, now) if asked and now else (),
        reply=_reply(question),
        record=question.record,
        known="" if asked is None or question.shape_is_covered else shape_text(asked.shape),
        score=score,
    )


def _headline(asked: ArrayStep) -> Words:
    if not asked.is_use:
        return ("What is ", Code(asked.label), "?")
    name = Code(asked.label[1:])
    return ("How much does each entry of ", name, " matter?") if asked.shape else (
        "How much does ", name, " matter?")  # fmt: skip


def _lede(question: ArrayQuestion, asked: ArrayStep) -> Words:
    words = {SHAPE: "its shape", RULE: "its rule", ENTRY: "one of its numbers"}
    names = [words[rung.name] for rung in question.rungs]
    count = ("One question", "Two questions", "Three questions")[len(names) - 1]
    line = Code(f"{asked.line.label} = {asked.line.text}")
    uses: Words = ()
    if asked.is_use and asked.use.times > 1:
        name = Code(asked.label[1:])
        uses = (" Use ", str(asked.use.which + 1), f" of {asked.use.times} of ", name, ".")
    return (line, ".", *uses, f" {count}: {', '.join(names)}.")


# Rungs


def _rungs(question: ArrayQuestion, links: Links, asked: ArrayStep) -> tuple[RungShown, ...]:
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
                )
            )
        else:
            later = LATER[rung.name]
            if rung.name == ENTRY and not any(each.name == RULE for each in question.rungs):
                later = "after the shape"
            found.append(RungShown(number, rung.name, title, "ahead", later=later))
    return tuple(found)


def _title(rung: Rung, asked: ArrayStep) -> Words:
    if rung.name == SHAPE:
        return ("What is the shape of ", Code(asked.label), "?")
    if rung.name == RULE:
        return ("Which rule makes it?",)
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
        name = entry_name(asked, find_entry(asked))
        answer = (Code(name), " = ", entry_number(find_entry(asked), tone), tries)
    return RungShown(number, rung.name, title, "done", answer, rung.told)


def _outlines(rung: Rung, question: ArrayQuestion, links: Links) -> tuple[Outline, ...]:
    tries, wrong = noted(question), {_plain(text) for text, j in rung.said if not j.right}
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


def _plain(text: str) -> str:
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


# Hints and replies


def _hint(now: Rung | None, tries: Tries, links: Links) -> Hint:
    if now is None or now.hints >= HINTS[now.name]:
        return Hint(now.hints if now else 0, "", "")
    titles = {
        SHAPE: ("Whose shape is it?",),
        RULE: ("Which shapes fit?",),
        ENTRY: ("How many terms?", "Which products?"),
    }
    hints = (*tries.hints, now.name)
    address = links.address(tries=replace(tries, hints=hints), answer="")
    return Hint(now.hints, titles[now.name][now.hints], address)


def _helps(asked: ArrayStep, now: Rung) -> Words:
    if not now.hints:
        return ()
    if now.name == SHAPE:
        if asked.is_use:
            return ("A gradient has the shape of what it belongs to: ",
                    Code(asked.label[1:]), ".")  # fmt: skip
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


def _reply(question: ArrayQuestion) -> Reply | None:
    """Return what is said to the last answer."""
    if question.before and not question.rungs:
        right = bool(question.before.sign)
        return Reply(right, ("You were asked this: ", "right." if right else "not found."))
    rung = next((r for r in question.rungs if r.name == question.answered), None)
    if rung is None or rung.last is None:
        return None
    text, judgement = rung.last
    read = judgement.read.read_back if judgement.read else ""
    if judgement.right:
        words: Words = (" is right.",) if read else ("Right.",)
        about = rung.question.explanation if rung.name == ENTRY else ()
        return Reply(True, words, read, place=about)
    slip = judgement.slips[0] if judgement.slips else None
    about = slip.about if slip else ()
    named = slip.title if slip else ""
    if rung.name == SHAPE:
        said = _plain(text).replace("x", "×")
        return Reply(False, (f"{said} is not its shape.",), "", named, "", place=about)
    if rung.name == RULE:
        option = next(e for e in rule_options(_of(question)) if e.name == text.strip())
        return Reply(False, (Code(shown(option.text)), " is not the rule."), "", named)
    return Reply(False, (" is not the entry.",), read, named, "", place=about)


def _of(question: ArrayQuestion) -> ArrayStep:
    assert question.asked, "something is asked"
    return question.asked
