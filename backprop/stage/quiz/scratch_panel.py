"""What is shown where a gradient is asked from scratch: field, reply, parts, the way on.

How much does w₁ matter?     0.0554*0.2413*0.05   Check
One path only. h₁ is used twice …     (0.0554 + ▢) × 0.2413 × 0.05
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from backprop.engine.slips.catalog import SIGN
from backprop.engine.trace import Term, other_factor
from backprop.notation.formula import Formula, Label, Number, partial
from backprop.notation.numerals import adds_up, short
from backprop.stage.links import Links
from backprop.stage.quiz.answers import MOST_TRIED, RUNGS
from backprop.stage.quiz.read_back import ReadBack
from backprop.stage.quiz.reply import Hint, Record, Reply
from backprop.stage.quiz.scratch import (
    ScratchQuestion,
    listed,
    missing_slip,
    missing_words,
    order,
    target_address,
)
from backprop.stage.quiz.typed_answer import significant
from backprop.stage.slip_words import in_page_letters
from backprop.stage.walk.explanation import Labels, Words, name_at, output_label


@dataclass(frozen=True, slots=True)
class Slot:
    """One part of the gradient: what it is called, and what was typed for it; empty if nothing.

    Attributes:
        words: its name: “by way of o₁”; empty where `formula` is it.
        formula: a local derivative, or the factor that is one; None where `words` says it.
        text: as it was typed, or as a hint says it.
        tone: the colour, by where it was computed.
    """

    words: Words
    formula: Formula | None
    text: str
    tone: str = "backward"


@dataclass(frozen=True, slots=True)
class PartsBoard:
    """The typed number, read back: (branches) × local derivatives, and what is none of them.

    Attributes:
        branches: the way through each use; a ▢ in a text is a factor that is missing in it.
        common: the local derivatives from there on.
        rest: what was typed and is none of them.
        typed: whether anything is read back; else the parts are a hint's.
    """

    branches: tuple[Slot, ...]
    common: tuple[Slot, ...]
    rest: str
    typed: bool


@dataclass(frozen=True, slots=True)
class TargetOption:
    """A variable whose gradient can be asked."""

    label: Label
    name: str
    on: bool
    address: str


@dataclass(frozen=True, slots=True)
class Targets:
    """What else can be asked from scratch.

    Attributes:
        noun: what one of them is called.
        options: all of them.
        another: the address of the next; empty where there is one only.
    """

    noun: str
    options: tuple[TargetOption, ...]
    another: str


@dataclass(frozen=True, slots=True)
class ScratchBoard:
    """Everything that is shown of it.

    Attributes:
        prompt: the question.
        derivative: what is asked for, in letters.
        form: the pairs that go along with a typed answer; None once it is right or shown.
        typed: what was typed last: it stays in the field.
        reply: what is said to it; None before.
        parts: the parts of the gradient; None before a hint, and before anything is worked out.
        hint: the hints that are open, and the next.
        show: the address where the number stands; empty before a try, and where it stands already.
        tell: the same, before a try too.
        answer: the gradient; None while it is covered.
        targets: what else can be asked.
        record: how the answer counts; None while it is open.
    """

    prompt: Words
    derivative: Formula
    form: Mapping[str, str] | None
    typed: str
    reply: Reply | None
    parts: PartsBoard | None
    hint: Hint
    show: str
    tell: str
    answer: Number | None
    targets: Targets
    record: Record | None


def make_scratch(question: ScratchQuestion, links: Links, label: Labels) -> ScratchBoard:
    """Return what is shown of a gradient that is asked from scratch."""
    guess, is_open, own = question.guess, question.is_open, label(question.name)
    tried = guess.tried if question.typed is None else (*guess.tried, question.typed.value)
    tried = tried[1 - MOST_TRIED :]  # paper is patient: the first are forgotten
    more = is_open and guess.rungs < RUNGS
    after = links.address(guess=replace(guess, rungs=guess.rungs + 1)) if more else ""
    names = order(question.passes.graph.parameters)
    following = names[(names.index(question.name) + 1) % len(names)]
    form = links.pairs(guess=replace(guess, tried=tried), typed=None) if is_open else None
    tell = links.address(guess=replace(guess, shown=True)) if is_open else ""
    return ScratchBoard(
        prompt=("How much does ", own, " matter?"),
        derivative=partial(output_label(question.passes, label), own),
        form=form,
        typed=question.typed.typed if question.typed else "",
        reply=_reply(question, label),
        parts=_parts(question, label),
        hint=Hint(guess.rungs, "A hint (counts as helped)" if more else "", after),
        show=tell if tried else "",
        tell=tell,
        answer=None if is_open else Number(short(question.gradient), question.gradient, "backward"),
        targets=Targets(
            noun="weight" if question.passes.noun else "variable",  # a network has a loss
            options=tuple(
                TargetOption(
                    label(name), name, name == question.name, target_address(question, links, name)
                )
                for name in question.passes.graph.parameters
            ),
            another=target_address(question, links, following) if len(names) > 1 else "",
        ),
        record=question.record,
    )


def _reply(question: ScratchQuestion, label: Labels) -> Reply | None:
    judgement, typed = question.judgement, question.typed
    if not judgement or not typed:
        return None
    if judgement.right:
        place = _written_out(question, label) if typed.is_plain else ()
        return Reply(True, (" is right.",), typed.read_back, place=place)
    reply = Reply(False, (" is not the gradient.",), typed.read_back)
    if question.missing:
        slip = missing_slip(question)
        return replace(reply, slip=slip.title, place=missing_words(question, label))
    if not question.slips:
        lacks = question.read and ("What it has, and what it lacks, stands below.",)
        return replace(reply, place=lacks or ())
    first, *others = question.slips
    if first.slip == SIGN.name:
        return replace(reply, slip=in_page_letters(first.title, label), about="The size is right.")
    also = "; ".join(in_page_letters(each.title, label) for each in others)
    words = f" The same number comes from: {also}." if also else ""
    about = (in_page_letters(x, label) if isinstance(x, str) else x for x in first.about)
    return replace(reply, slip=in_page_letters(first.title, label), place=(*about, words))


def _written_out(question: ScratchQuestion, label: Labels) -> Words:
    """Return the gradient as the product of its parts."""
    factors = question.factors
    numbers = [float(term.local) for term in factors.common]
    if factors.branches:
        numbers.insert(0, factors.total)
    own, whole = label(question.name), output_label(question.passes, label)
    written = adds_up(numbers, question.gradient)
    return (" ∂", whole, "/∂", own, f" = {written.printed(' × ')}.")


def _parts(question: ScratchQuestion, label: Labels) -> PartsBoard | None:
    """Return the parts, filled with what was typed and with what hints say."""
    rungs, read = question.guess.rungs, question.read
    if read is None and not rungs:
        return None
    typed, read = read is not None, read or ReadBack()
    factors, passes = question.factors, question.passes
    common = tuple(
        _common_slot(question, n, term, read, label, shown=rungs > 1)
        for n, term in enumerate(factors.common)
    )
    ends = [label(name_at(passes, branch.end)) for branch in factors.branches]
    slots: tuple[Slot, ...]
    if -1 in read.branches:
        slots = (Slot(("by way of ", *listed(ends), " together"), None, read.branches[-1]),)
    else:
        slots = tuple(
            Slot(
                ("by way of ", end),
                None,
                read.branches.get(n, significant(branch.value) if rungs > 2 else ""),
            )
            for n, (end, branch) in enumerate(zip(ends, factors.branches, strict=True))
        )
    return PartsBoard(slots, common, ", ".join(read.rest), typed)


def _common_slot(
    question: ScratchQuestion, n: int, term: Term, read: ReadBack, label: Labels, *, shown: bool
) -> Slot:
    passes = question.passes
    other = other_factor(passes.graph, term.edge)
    by, of = (label(name_at(passes, i)) for i in term.edge[:2])
    text = read.common.get(n, significant(float(term.local)) if shown else "")
    if other is not None and passes.graph.nodes[other].number is None:
        return Slot((), label(name_at(passes, other)), text, "forward")
    return Slot((), partial(of, by), text)
