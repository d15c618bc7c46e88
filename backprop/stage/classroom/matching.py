"""What an answer of a class comes to: right, a known slip by its name, or another number.

Everything that it is compared with is made once for a question, so an answer costs little more than
reading it. A number is right by the one rule of question.py, as far as the digits typed tell; of a
product that is typed, as far as those of its factors do.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from backprop.engine.differences.rounding import is_zero
from backprop.engine.slips.catalog import BEFORE_ACTIVATION
from backprop.engine.trace import other_factor
from backprop.notation.formula import Number
from backprop.notation.numerals import as_answer, read_printed, short
from backprop.stage.choices import ChoiceError
from backprop.stage.classroom.asking import Place, ask, find_place
from backprop.stage.kept import kept_by
from backprop.stage.lesson import Lesson
from backprop.stage.quiz.gradient_asked import GradientAsked
from backprop.stage.quiz.question import (
    SIGN_KEYS,
    SIGNS,
    SLIP_DIGITS,
    Question,
    WrongAnswer,
    is_given,
    is_right,
    is_right_as_typed,
    judge,
    same_to_three_digits,
)
from backprop.stage.quiz.scratch import rounded_gradient
from backprop.stage.quiz.step_judgement import MOST_OFF, printed_values
from backprop.stage.quiz.typed_answer import TypedAnswer, read_answer
from backprop.stage.walk.explanation import Words, phrase

RIGHT, OTHER, NONE = "right", "other", "none"
TYPED = ("gradient", "number")  # kinds whose answer is a number
KEPT = 128  # questions that are kept with what their answers are compared with


@dataclass(frozen=True, slots=True)
class Match:
    """What one answer comes to; its verdicts, sign and number are what a room keeps of it.

    Attributes:
        verdicts: “right”; or each slip that gives this answer, by its key; or “other”; or “none”,
            where only the sign was sent of a question that goes on to the number.
        sign: “up”, “none” or “down”; empty where none was asked or sent.
        number: what was typed comes to; None where nothing was.
        read: what was typed, as it is repeated to who typed it, with what it comes to.
    """

    verdicts: tuple[str, ...]
    sign: str = ""
    number: float | None = None
    read: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What stands behind a verdict.

    Attributes:
        key: the verdict.
        title: the slip's name, or “Right”; of a question with choices, what was chosen.
        number: that it gives; None where it is no number.
        about: why, in a sentence or two; of the right one, the explanation.
        note: what else the number is in the same graph: “stops at z₃”.
        slip: the name of the slip, where a choice has one beside its words.
    """

    key: str
    title: Words
    number: Number | None
    about: Words
    note: Words = ()
    slip: str = ""


class Matcher:
    """What the answers to one question, or to one variant of it, are compared with.

    Attributes:
        question: that is asked.
        outcomes: by its key, each thing that an answer may come to, but “other” and “none”.
    """

    def __init__(self, question: Question) -> None:
        self.question = question
        self.keys = _keys(question.wrong)
        titles = {each.name: each.words for each in question.options}
        self.outcomes: Mapping[str, Outcome] = {
            RIGHT: Outcome(
                RIGHT, _right_title(question), _number(question.right), question.explanation
            ),
            **{
                key: Outcome(
                    key,
                    titles.get(str(each.answer)) or _slip_title(question, key, each.title),
                    _number(each.answer),
                    each.about,
                    self.note(each.answer) if isinstance(each.answer, float | int) else (),
                    each.title if str(each.answer) in titles else "",
                )
                for key, each in zip(self.keys, question.wrong, strict=True)
            },
        }
        self._numbers = [
            (key, float(each.answer))
            for key, each in zip(self.keys, question.wrong, strict=True)
            if isinstance(each.answer, float | int)
        ]
        self._near = _near_numbers(question)
        self._own, self._foreign = _printed_numbers(question)

    def match(self, sign: str = "", typed: str = "") -> Match:
        """Return what an answer comes to.

        Args:
            sign: “up”, “none”, “down”, or +, 0, −; where it is asked.
            typed: a number or how it is worked out, or the name of a choice, or several with
                commas between; where more is asked than a sign.

        Raises:
            ChoiceError: there is no answer, or it cannot be read, or is none of the choices.
        """
        kind, way = self.question.kind, _read_sign(sign)
        if kind == "sign":
            return Match(self._chosen(way or typed), _read_sign(way or typed))
        if kind not in TYPED:
            return Match(self._chosen(typed))
        if kind == "gradient" and not typed.strip() and way:
            if way != "none":
                return Match((NONE,), way)
            return Match(self._number(_read("0")), way, 0.0)  # of a zero the sign is all there is
        read = _read(typed)
        return Match(self._number(read), way, read.value, read.read_back)

    def _number(self, read: TypedAnswer) -> tuple[str, ...]:
        right = self.question.right
        assert isinstance(right, float | int), "a number is asked"
        if exactly := self._given_exactly(read, right):
            return exactly
        if is_right(read, right, (x for _, x in self._numbers)):
            return (OTHER,) if self._has_foreign_factor(read) else (RIGHT,)
        fits = [(key, x) for key, x in self._numbers if is_given(read, x)]
        if fits:
            best = min(abs(read.value - x) for _, x in fits)
            return tuple(
                key
                for key, x in fits
                if abs(read.value - x) <= best * 1.000001 or same_to_three_digits(read.value, x)
            )
        near = read.is_plain and any(is_right_as_typed(read, x) for x in self._near)
        return (RIGHT,) if near and not self.note(read.value) else (OTHER,)

    def _given_exactly(self, read: TypedAnswer, right: float) -> tuple[str, ...]:
        """Return the slips that give a number of many digits, where these say it is not the right.

        So 2164 is what a slip gives, though it is 2163 to three digits.
        """
        if not read.is_plain or read.digits <= SLIP_DIGITS:
            return ()
        unsure = read.half_unit * 1.000001
        if abs(read.value - right) <= unsure:
            return ()
        return tuple(key for key, x in self._numbers if abs(read.value - x) <= unsure)

    def _has_foreign_factor(self, read: TypedAnswer) -> bool:
        """Whether a factor that was typed is printed in the picture, but of another quantity.

        So 0.138 × 0.597 is no way to a product with 0.593 in it, though it comes near.
        """
        for text in () if read.is_plain else read.numbers:
            x = read_printed(text)
            half = 0.5000001 * 10.0 ** -len(text.partition(".")[2])
            if text in self._foreign and all(abs(x - own) > half for own in self._own):
                return True
        return False

    def _chosen(self, answer: str) -> tuple[str, ...]:
        judgement = judge(self.question, answer)
        if judgement.right:
            return (RIGHT,)
        keys = dict(zip(map(id, self.question.wrong), self.keys, strict=True))
        return tuple(keys[id(each)] for each in judgement.slips) or (OTHER,)

    def note(self, x: float) -> Words:
        """Return what a number is in the graph of the question; empty where it is nothing known."""
        asked = self.question.subject
        return _note(asked, x) if asked and self.question.kind in TYPED else ()


def find_matcher(lesson: Lesson, choices: Any, name: str, variant: int | None = None) -> Matcher:
    """Return what answers to a question are compared with; made once, and kept for a while.

    Args:
        lesson: whose state it is.
        choices: the state.
        name: what is asked there, as `asking` calls it.
        variant: of the numbers; None as they stand there.

    Raises:
        UnknownNameError: this cannot be asked there.
    """
    return _find_matcher(Place(lesson, choices, name, variant))


@kept_by(find_place, size=KEPT)
def _find_matcher(place: Place) -> Matcher:
    return Matcher(ask(place.lesson, place.choices, place.name, place.variant))


@lru_cache(maxsize=1024)  # many of a class type the same
def _read(text: str) -> TypedAnswer:
    return read_answer(text)


def _number(answer: Any) -> Number | None:
    if not isinstance(answer, float | int):
        return None
    return Number(as_answer(float(answer)), float(answer), "backward")


def _right_title(question: Question) -> Words:
    right = question.right if isinstance(question.right, frozenset) else {question.right}
    words = [each.words for each in question.options if each.name in right]
    if question.kind == "shape" and not words:
        return (str(question.right).replace("x", " × "),)
    return tuple(x for n, each in enumerate(words) for x in ((", ",) if n else ()) + each) or (
        "Right",
    )


def _slip_title(question: Question, key: str, title: str) -> Words:
    """Return a slip's name; with the letters of this question where it has some in it."""
    asked = question.subject
    if not asked or key.partition("~")[0] != BEFORE_ACTIVATION.name:
        return (title,)
    trace, graph = asked.passes.trace, asked.passes.graph
    other = other_factor(graph, trace.terms[asked.node][0].edge)
    if other is None or graph.nodes[other].is_leaf:
        return (title,)
    entered = graph.nodes[other].inputs[0]
    names = [asked.label(graph.nodes[i].name) for i in (entered, other)]
    return (names[0], " in the place of ", names[1])


def _keys(wrong: tuple[WrongAnswer, ...]) -> tuple[str, ...]:
    """Return a key for each wrong answer: its slip's name, or its title; each once."""
    keys: list[str] = []
    for each in wrong:
        own = each.slip or re.sub(r"[^a-z0-9]+", "-", each.title.lower()).strip("-") or "slip"
        n = sum(key == own or key.startswith(f"{own}~~") for key in keys)
        keys.append(f"{own}~~{n + 1}" if n else own)
    return tuple(keys)


def _read_sign(sign: str) -> str:
    name = SIGN_KEYS.get(sign.strip(), sign.strip())
    if name and name not in SIGNS:
        known = ", ".join(SIGNS)
        raise ChoiceError(f"“{name[:40]}” is no sign.", hint=f"Possible: {known}.", at="sign")
    return name


def _note(asked: GradientAsked, x: float) -> Words:
    """Return whose gradient, or whose value, a number is.

    That of a quantity on the way back to the one asked is where somebody stopped.
    """
    trace, graph = asked.passes.trace, asked.passes.graph
    on_the_way = _behind(asked)
    for position in sorted(range(len(graph)), key=lambda i: (i not in on_the_way, i)):
        node = graph.nodes[position]
        slope = float(trace.gradients[position])
        if position == asked.node or node.number is not None or not graph.varying()[position]:
            continue
        if position != graph.output and slope and _alike(x, slope):
            text = "stops at {own}" if position in on_the_way else "is {own}’s"
            return phrase(text, own=asked.label(node.name))
    for position, node in enumerate(graph.nodes):
        if node.number is None and _alike(x, float(trace.values[position])):
            return phrase("is the value of {own}", own=asked.label(node.name))
    return ()


def _near_numbers(question: Question) -> tuple[float, ...]:
    """Return what the gradient comes to by hand, from numbers as they are printed.

    None of these is far off, and none counts where a slip is nearer.
    """
    if not question.subject or question.kind not in TYPED:
        return ()
    asked, right = question.subject, float(question.subject.gradient)
    trace = asked.passes.trace
    if is_zero(trace, asked.node):
        return ()
    by_hand = (rounded_gradient(trace, asked.node), *printed_values(trace.terms[asked.node]))
    return tuple(x for x in by_hand if abs(x - right) <= MOST_OFF * abs(right))


def _printed_numbers(question: Question) -> tuple[tuple[float, ...], frozenset[str]]:
    """Return the numbers that have a part in the gradient, and how the other values are printed."""
    if not question.subject or question.kind not in TYPED:
        return (), frozenset()
    asked = question.subject
    trace, graph, ways = asked.passes.trace, asked.passes.graph, _behind(asked)
    own = [float(trace.values[i]) for i, node in enumerate(graph.nodes) if i in ways or node.given]
    for i in ways:
        for term in trace.terms[i]:
            own += [float(x) for x in (term.arriving, term.local, term.product, term.total)]
    own += [abs(x) for x in own]
    printed = {short(abs(float(x))) for x in trace.values}
    return tuple(own), frozenset(x for x in printed if len(x.replace("0.", "", 1)) > 2)


def _alike(x: float, known: float) -> bool:
    return math.isfinite(known) and (
        same_to_three_digits(x, known) or same_to_three_digits(x, float(f"{known:.2e}"))
    )


def _behind(asked: GradientAsked) -> frozenset[int]:
    """Return the nodes on the ways from the one asked to the output."""
    graph = asked.passes.graph
    reached = {asked.node}
    for position in range(asked.node + 1, len(graph)):
        if reached & set(graph.nodes[position].inputs):
            reached.add(position)
    return frozenset(reached)
