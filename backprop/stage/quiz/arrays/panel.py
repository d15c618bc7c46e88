"""What is shown of asking about arrays: the switch, the levels, a step's questions, the reply."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from backprop.notation.formula import Code
from backprop.stage.links import Links
from backprop.stage.quiz.arrays.answers import UNSAID
from backprop.stage.quiz.arrays.asking import (
    ASKED_AT,
    ArrayQuestion,
    noted,
)
from backprop.stage.quiz.arrays.entries import find_entry
from backprop.stage.quiz.arrays.questions import (
    ENTRY,
    RULE,
    SHAPE,
    entry_letters,
    entry_name,
    rule_options,
)
from backprop.stage.quiz.arrays.rungs import (
    RungShown,
    next_hint,
    open_hints,
    plain_shape,
    show_rungs,
)
from backprop.stage.quiz.arrays.score import make_array_score
from backprop.stage.quiz.arrays.subject import ArrayStep, shown
from backprop.stage.quiz.levels import GENTLEST, Level, LevelOption
from backprop.stage.quiz.panel import Switch
from backprop.stage.quiz.reply import Hint, Record, Reply
from backprop.stage.quiz.score import Score
from backprop.stage.walk.explanation import Words, spoken

LEVELS = (
    Level("1", "The shape", "one question a step", 0),
    Level("2", "Shape and rule", "which product, which transpose", 0),
    Level("3", "Shape, rule, entry", "and one number", 0),
    Level("4", "From scratch", "one number, on paper", 0),
)


@dataclass(frozen=True, slots=True)
class AskWords:
    """What is said before an answer: the question, its line, the hints that are open."""

    headline: Words = ()
    lede: Words = ()
    helps: Words = ()


@dataclass(frozen=True, slots=True)
class ArrayAsk:
    """Everything that asking first shows at a step.

    Attributes:
        covered: whether the step's result is covered.
        asked: whether it was asked for here.
        said: the question of the step, and what stands with it.
        rungs: the questions.
        form: the pairs that go along with what is typed or chosen; None where nothing is open.
        field: what the number is called: dW[1, 2].
        letters: the same, as a formula writes it.
        show: the address where the answer of the open question stands; empty where none is open.
        hint: the next hint, with its address.
        reply: what is said to the last answer, or to one of before; None where there is none.
        record: how the answers count.
        score: the sum, at the end of the walk.
    """

    covered: bool
    asked: bool
    said: AskWords
    rungs: tuple[RungShown, ...]
    form: Mapping[str, str] | None
    field: str
    letters: Words
    show: str
    hint: Hint
    reply: Reply | None
    record: Record | None
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
        said=_said(question),
        rungs=show_rungs(question, links, asked) if asked else (),
        form=form,
        field=entry_name(asked, find_entry(asked)) if asked and now and now.name == ENTRY else "",
        letters=entry_letters(asked) if asked and now and now.name == ENTRY else (),
        show=show,
        hint=next_hint(asked, now, tries, links),
        reply=_reply(question),
        record=question.record,
        score=score,
    )


def _said(question: ArrayQuestion) -> AskWords:
    asked, now = question.asked, question.now
    if asked is None:
        return AskWords()
    return AskWords(_headline(asked), _lede(question, asked), open_hints(asked, now) if now else ())


def _headline(asked: ArrayStep) -> Words:
    if not asked.is_use:
        return ("What is ", *asked.letters, "?")
    name = asked.letter
    return ("How much does each entry of ", name, " matter?") if asked.shape else (
        "How much does ", name, " matter?")  # fmt: skip


def _lede(question: ArrayQuestion, asked: ArrayStep) -> Words:
    words = {SHAPE: "its shape", RULE: "its rule", ENTRY: "one of its numbers"}
    names = [words[rung.name] for rung in question.rungs]
    count = ("One question", "Two questions", "Three questions")[len(names) - 1]
    line = Code(f"{asked.line.label} = {asked.line.text}")
    uses: Words = ()
    if asked.is_use and asked.use.times > 1:
        name = asked.letter
        uses = (" Use ", str(asked.use.which + 1), f" of {asked.use.times} of ", name, ".")
    long: Words = ()
    if (
        asked.is_use
        and asked.line.opens
        and RULE in ASKED_AT[question.level]
        and RULE not in [rung.name for rung in question.rungs]
    ):
        long = (" Its rule is long: open the line, and it is asked part by part.",)
    return (line, ".", *uses, f" {count}: {', '.join(names)}.", *long)


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
        said = plain_shape(text).replace("x", "×")
        return Reply(False, (f"{said} is not its shape.",), "", named, "", place=about)
    if rung.name == RULE:
        option = next(e for e in rule_options(_of(question)) if e.name == text.strip())
        verdict = " is not it." if _of(question).gap else " is not the rule."
        return Reply(False, (Code(shown(option.text)), verdict), "", named)
    return Reply(False, (" is not the entry.",), read, named, "", place=about)


def _of(question: ArrayQuestion) -> ArrayStep:
    assert question.asked, "something is asked"
    return question.asked
