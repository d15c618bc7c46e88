"""A question that is asked back: as a page puts it, and what it replies.

Nothing of the answer is in what is made here before one is given: neither the right answer, nor the
slips, nor the explanation. Everything stands in the address: the seed of the numbers, the answer.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from random import Random

from backprop.drawing.scene import Scene
from backprop.notation.formula import Number
from backprop.stage.choices import ChoiceError, Flag, OneOf, Text, Whole, chosen
from backprop.stage.links import Links
from backprop.stage.quiz.exchange import NOTHING
from backprop.stage.quiz.question import Choice, Question, WrongAnswer, judge
from backprop.stage.walk.explanation import Words

LAST_SEED = 99_999
MOST_TRIES = 9
SHUFFLED = ("choice", "several", "shape")  # kinds whose answers have no order of their own
NO_ANSWER = {"answer": "", "tried": 0, "check": False, "tell": False}
EMPTY = {"number": "Type a number.", "shape": "Type a shape: 2 × 3."}
NOTHING_CHOSEN = "Nothing is chosen yet."


@dataclass(frozen=True)
class AskingChoices:
    """What an address says where questions are asked back."""

    fresh: int = chosen(Whole(0, LAST_SEED), 1)  # the seed of the numbers
    question: int = chosen(Whole(0, 99), 1)  # counted from 1; 0 when all are through
    answer: str = chosen(Text(), "")
    tried: int = chosen(Whole(0, MOST_TRIES), 0)  # wrong answers before this one
    check: bool = chosen(Flag(), False)  # whether a form was sent without an answer
    tell: bool = chosen(Flag(), False)  # whether the answer is to be told
    mode: str = chosen(OneOf(("", "projector")), "")


@dataclass(frozen=True, slots=True)
class Option:
    """One of the answers to choose from.

    Attributes:
        name, words, number: the choice's.
        on: whether it is chosen.
        mark: “right” or “wrong” where the page has said so; else empty.
    """

    name: str
    words: Words
    number: Number | None
    on: bool
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """What is said to an answer.

    Attributes:
        right: whether it was right; False where the answer was told.
        told: whether it was told.
        slips: what gives a wrong answer: each its name and one reason with numbers.
        explanation: of the right answer; nothing as long as it was neither given nor told.
        read: a typed answer, read back; empty where it stands as it was typed.
        record: lesson, mark, kind and result, for the browser to keep.
    """

    right: bool
    told: bool
    slips: tuple[WrongAnswer, ...]
    explanation: Words
    read: str
    record: str


@dataclass(frozen=True, slots=True)
class AskedBack:
    """A question on a page.

    Attributes:
        subject: lesson and kind of question, for the browser to keep.
        prompt, kind, given, scene: the question's.
        options: what there is to choose from; none where an answer is typed.
        typed: what stands in the field.
        refusal: why the answer could not be read; empty where it could, or there was none.
        reply: None before an answer.
        fields: what a form sends beside the answer.
        tell: the address that tells the answer; empty where it is known.
        again: the address that asks the same with fresh numbers.
    """

    subject: str
    prompt: Words
    kind: str
    given: tuple[tuple[Words, Number], ...]
    scene: Scene | None
    options: tuple[Option, ...]
    typed: str
    refusal: str
    reply: Reply | None
    fields: Mapping[str, str]
    tell: str
    again: str

    @property
    def known(self) -> bool:
        """Whether the answer stands on the page: it was given, or told."""
        return self.reply is not None and (self.reply.right or self.reply.told)


def make_asked_back(
    lesson: str, kind: str, make: Callable[[int], Question], choices: AskingChoices, links: Links
) -> AskedBack:
    """Return a question as a page puts it, and the reply to what was answered.

    Args:
        lesson: the name of the lesson.
        kind: the name of the kind of question there.
        make: a seed → the question.
        choices: what the address says.
        links: around it.
    """
    question = make(choices.fresh)
    mark = f"{lesson} {kind}-{choices.fresh} {kind}"
    reply, refusal = _reply(question, choices, mark)
    open_ = reply is None or not (reply.right or reply.told)
    tried = min(choices.tried + (reply is not None), MOST_TRIES)
    return AskedBack(
        subject=f"{lesson} {kind}",
        prompt=question.prompt,
        kind=question.kind,
        given=question.given,
        scene=question.scene,
        options=_options(question, f"{kind} {choices.fresh}", choices.answer, reply),
        typed="" if question.options else choices.answer,
        refusal=refusal,
        reply=reply,
        fields=links.pairs(**NO_ANSWER | {"tried": tried, "check": True}),
        tell=links.address(**NO_ANSWER | {"tell": True}) if open_ and reply else "",
        again=fresh_question(links),
    )


def _reply(question: Question, choices: AskingChoices, mark: str) -> tuple[Reply | None, str]:
    """Return the reply to an answer, or why there is none."""
    if choices.tell:
        return Reply(False, True, (), question.explanation, "", f"{mark} missed"), ""
    if not choices.answer.strip():
        nothing = NOTHING_CHOSEN if question.options else EMPTY[question.kind]
        return None, nothing if choices.check else ""
    try:
        judgement = judge(question, choices.answer)
    except ChoiceError as error:
        return None, f"{error.what} {error.hint or ''}".strip()
    right = judgement.right
    result = "missed" if not right else "helped" if choices.tried else "unaided"
    read = judgement.read.read_back if judgement.read else ""
    read = "" if read == choices.answer.strip() else read
    explanation = question.explanation if right else ()
    return Reply(right, False, judgement.slips, explanation, read, f"{mark} {result}"), ""


def in_order(question: Question, mark: str) -> list[Choice]:
    """Return the answers to choose from; where there is no order in them, one that `mark` draws."""
    listed = list(question.options)
    if question.kind in SHUFFLED:
        Random(mark).shuffle(listed)
        listed.sort(key=lambda choice: choice.name == NOTHING)  # “none of these” stands last
    return listed


def _options(question: Question, mark: str, answer: str, reply: Reply | None) -> tuple[Option, ...]:
    """Return the answers to choose from, with what was chosen and what the page says of it."""
    listed = in_order(question, mark)
    right = question.right if isinstance(question.right, frozenset) else {question.right}
    taken = set(answer.split(",")) if question.kind == "several" else {answer}
    known = reply is not None and (reply.right or reply.told)

    def option(choice: Choice) -> Option:
        on, fits = choice.name in taken, choice.name in right
        shown = Option(choice.name, choice.words, choice.number, on or (known and fits))
        if reply and on and not fits:
            return replace(shown, mark="wrong")
        return replace(shown, mark="right") if known and fits else shown

    return tuple(map(option, listed))


def at_question(links: Links, number: int) -> str:
    """Return the address of a question, unanswered; 0 leads to where all are through."""
    return links.address(**NO_ANSWER | {"question": number})


def fresh_question(links: Links, **changes: int) -> str:
    """Return the address of the same with the numbers of the next seed, unanswered."""
    seed = links.choices.fresh % LAST_SEED + 1
    return links.address(**NO_ANSWER | {"fresh": seed} | changes)
