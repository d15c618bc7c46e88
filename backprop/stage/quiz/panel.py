"""What is shown of a question: its words, its buttons, the hints, the reply, and the end.

Which sign: how does L move when you raise w₅?     down (−)   not at all (0)   up (+)
Right: raising w₅ lowers L. By how much?      [       ]  Check   Show it
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from backprop.engine.differences.rounding import is_zero
from backprop.engine.slips.catalog import SIGN
from backprop.engine.trace import Edge
from backprop.notation.numerals import short
from backprop.stage.links import Links
from backprop.stage.quiz.answers import MOST_TRIED, RUNGS, SIGNS, SILENT
from backprop.stage.quiz.levels import (
    GENTLEST,
    LevelOption,
    begin_address,
    find_level,
    level_options,
)
from backprop.stage.quiz.reply import Hint, Reply
from backprop.stage.quiz.score import Score
from backprop.stage.quiz.scratch_panel import ScratchBoard, make_scratch
from backprop.stage.quiz.step_judgement import Verdict, sign_name
from backprop.stage.quiz.step_question import StepQuestion
from backprop.stage.quiz.typed_answer import TypedAnswer, significant
from backprop.stage.slip_words import in_page_letters
from backprop.stage.walk.explanation import Labels, Words, name_at, output_label, spoken

TITLES = {"down": "down (−)", "none": "not at all (0)", "up": "up (+)"}
KEYS = {"down": "-", "none": "0", "up": "+"}
HINTS = ("Which factors?", "Their values?", "The product?")
MOVES = {"down": "lowers ", "none": "does not move ", "up": "raises "}


@dataclass(frozen=True, slots=True)
class SignButton:
    """A button that says a sign."""

    title: str
    keys: str
    address: str


@dataclass(frozen=True, slots=True)
class Ask:
    """Everything that asking first shows at a step.

    Attributes:
        covered: whether the step's result is covered.
        asked: whether it was asked for here.
        lines: how many lines say what the result is made of, for which room is kept.
        question: which sign?
        signs: the buttons; none once a sign is said.
        reply: what is said to the answer; None before it.
        form: the pairs that go along with a typed number; None where none can be typed.
        show: the address where the number stands; empty where it stands already.
        hint: the hints that are open, and the next.
        ledger: why the path ledger stays closed; empty where it does not.
        waiting: the names of what has no gradient on the page yet.
        score: the sum, at the end of the pass.
    """

    covered: bool
    asked: bool
    lines: int
    question: Words
    signs: tuple[SignButton, ...]
    reply: Reply | None
    form: Mapping[str, str] | None
    show: str
    hint: Hint
    ledger: Words
    waiting: tuple[str, ...]
    score: Score | None

    @property
    def aloud(self) -> str:
        """The question or the reply, for a screen reader."""
        return self.reply.aloud if self.reply else spoken(self.question)


@dataclass(frozen=True, slots=True)
class Switch:
    """The switch of asking first: whether it is on, and where the other state stands."""

    on: bool
    address: str


@dataclass(frozen=True, slots=True)
class Start:
    """Where the questions begin: what is said of it, and the way there; empty where it is here."""

    words: Words
    address: str


@dataclass(frozen=True, slots=True)
class Quiz:
    """What a page shows of asking first.

    Attributes:
        switch: whether it does.
        ask: each step's question; None where nothing is asked first.
        levels: what can be chosen of how much is shown; none where nothing is asked first.
        level: the one that is asked at.
        start: where the questions begin, before the first and at it; else None.
        scratch: the one gradient that is asked from scratch, in place of the steps.
    """

    switch: Switch
    ask: Ask | None = None
    levels: tuple[LevelOption, ...] = ()
    level: str = ""
    start: Start | None = None
    scratch: ScratchBoard | None = None


def make_quiz(
    question: StepQuestion, links: Links, label: Labels, focus: str, score: Score | None
) -> Quiz:
    """Return what a page shows of asking first; `focus` is the quantity whose ledger is opened."""
    first = question.first
    if not question.on:
        return Quiz(Switch(False, begin_address(links, GENTLEST, first)))
    # off says so in the address, which goes before what is remembered
    switch = Switch(True, links.address(ask="0", level="", target="", **SILENT))
    level = find_level(question.level)
    levels = level_options(links, question.level, first)
    if question.scratch:
        scratch = make_scratch(question.scratch, links, label)
        ask = _ask(question, links, label, focus, None)
        return Quiz(switch, ask, levels, level.name, scratch=scratch)
    ask = _ask(question, links, label, focus, score)
    return Quiz(switch, ask, levels, level.name, _start(question, links, label))


def _start(question: StepQuestion, links: Links, label: Labels) -> Start | None:
    """Return where the questions begin, as long as none of them is answered."""
    first = question.first
    if question.at > first or question.answers.entries or question.verdict:
        return None
    if question.at == first:
        return Start(("The questions begin here.",), "") if question.asked else None
    words: Words = (f"The questions begin at step {first + 1}, ", label(question.steps[first].name))
    return Start((*words, "."), links.address(step=first))


def _ask(
    question: StepQuestion, links: Links, label: Labels, focus: str, score: Score | None
) -> Ask:
    guess, verdict, covered = question.guess, question.verdict, question.covered
    own, whole = label(question.step.name), output_label(question.passes, label)
    open_ = question.asked and verdict is None and covered
    tried = guess.tried if question.typed is None else (*guess.tried, question.typed.value)
    can_type = covered and verdict is not None and len(tried) < MOST_TRIED
    waits = focus in question.unknown
    return Ask(
        covered=covered,
        asked=question.asked,
        lines=max(2, len(question.passes.trace.terms[question.step.node])) if question.asked else 0,
        question=("Which sign: how does ", whole, " move when you raise ", own, "?"),
        signs=tuple(
            SignButton(TITLES[s], KEYS[s], links.address(guess=replace(guess, sign=s), typed=None))
            for s in (SIGNS if open_ else ())
        ),
        reply=_counted_reply(question, label),
        form=links.pairs(guess=replace(guess, tried=tried), typed=None) if can_type else None,
        show=links.address(guess=replace(guess, shown=True)) if covered else "",
        hint=_hint(question, links),
        ledger=_closed(question, focus, label) if waits else (),
        waiting=tuple(sorted(question.unknown)),
        score=score,
    )


def _closed(question: StepQuestion, focus: str, label: Labels) -> Words:
    when = "when it is answered" if question.scratch else "after its step"
    return ("The paths of ", label(focus), f" give its gradient: they open {when}.")


def _hint(question: StepQuestion, links: Links) -> Hint:
    guess, rung = question.guess, question.rung
    if not question.covered or rung == RUNGS:
        return Hint(rung, "", "")
    after = links.address(guess=replace(guess, rungs=guess.rungs + 1))
    return Hint(rung, HINTS[rung], after)


def _counted_reply(question: StepQuestion, label: Labels) -> Reply | None:
    reply = _reply(question, label)
    return reply and replace(reply, record=question.record)


def _reply(question: StepQuestion, label: Labels) -> Reply | None:
    verdict, before = question.verdict, question.before
    if not question.asked:
        return None
    if verdict is None:
        if before is None or before.sign is None:
            return None
        wrong = before.sign is False or before.number is False
        return Reply(
            not wrong, ("You were asked this: your answer was ", "wrong." if wrong else "right.")
        )
    if question.typed is not None:
        return _reply_to_number(question, verdict, question.typed, label)
    own, whole = label(question.step.name), output_label(question.passes, label)
    trace, node = question.passes.trace, question.step.node
    slope, zero = trace.gradients[node], is_zero(trace, node)
    words = (
        "Right: raising " if verdict.sign else "No: raising ",
        own,
        f" {MOVES[sign_name(0 if zero else slope)]}",
        whole,
        f"; the {short(slope)} that is computed is rounding." if zero and slope else ".",
    )
    return _with_slip(Reply(verdict.sign, words), question, verdict, label)


def _reply_to_number(
    question: StepQuestion, verdict: Verdict, typed: TypedAnswer, label: Labels
) -> Reply:
    words = (" is right." if verdict.number else " is not the gradient.",)
    reply = Reply(bool(verdict.number), words, typed.read_back)
    if verdict.as_printed:
        return replace(reply, place=_of_printed(question, verdict))
    return _with_slip(reply, question, verdict, label)


def _of_printed(question: StepQuestion, verdict: Verdict) -> Words:
    """Return what is said to a number that the printed factors give, and all their digits do not.

    The gradient stands there only where it counts as right.
    """
    if not verdict.number:
        return ("The printed factors give it, but they are rounded: take more digits of them.",)
    slope = significant(float(question.passes.trace.gradients[question.step.node]))
    return (f"It is what the printed factors give; with all their digits it is {slope}.",)


def _with_slip(reply: Reply, question: StepQuestion, verdict: Verdict, label: Labels) -> Reply:
    """Return a reply with the slip that explains the answer, and where it happens."""
    slip = verdict.slip
    if slip is None:
        return reply
    passes, missed = question.passes, verdict.missed
    place = _place(question, missed, label)
    names = [name_at(passes, i) for i in missed[0][:2]] if missed else [question.step.name]
    key = f"e-{'-'.join(names)}" if missed else f"n-{names[0]}"
    return replace(
        reply,
        slip=in_page_letters(slip.title, label),
        about="The size is right."
        if slip is SIGN
        else ""
        if place
        else in_page_letters(_about(verdict), label),
        place=place,
        points_to=key,
    )


def _about(verdict: Verdict) -> str:
    """Return what goes wrong in a slip, and which others give the same number."""
    assert verdict.slip
    titles = "; ".join(each.title for each in verdict.also)
    return (
        f"{verdict.slip.about} The same number comes from: {titles}."
        if titles
        else verdict.slip.about
    )


def _place(question: StepQuestion, missed: tuple[Edge, ...], label: Labels) -> Words:
    """Return which ways of a fork an answer leaves out; nothing where there is but one way."""
    passes, ways = question.passes, len(question.passes.trace.terms[question.step.node])
    if ways < 2 or not missed:
        return ()
    had = ways - len(missed)
    missing: Words = (
        f"That is {_counted(had)} {'path' if had == 1 else 'paths'} of {_counted(ways)}: ",
    )
    uses = Counter(term.edge.later for term in passes.trace.terms[question.step.node])
    lost = Counter(edge.later for edge in missed)
    single = [later for later in lost if uses[later] == 1]
    for n, later in enumerate((*single, *(later for later in lost if uses[later] > 1))):
        if n < len(single):
            which = "" if n else "the way by " if len(single) == 1 else "the ways by "
        else:
            which = f"{_part(lost[later], uses[later])} uses in "
        missing += (f" and {which}" if n else which, label(name_at(passes, later)))
    return (*missing, " is missing." if len(missed) == 1 else " are missing.")


def _part(count: int, of: int) -> str:
    if count < of:
        return f"{_counted(count)} of the {_counted(of)}"
    return "both" if of == 2 else f"all {_counted(of)}"


def _counted(count: int) -> str:
    return ("no", "one", "two", "three", "four", "five")[count] if count < 6 else f"{count}"
