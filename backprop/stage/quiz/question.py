"""A question, and what an answer to it comes to: right, a slip by its name, or another.

Asking is one mechanism: a step of a walk, the questions back at the end of a lesson and those of a
later day are all put as a `Question` and judged by `judge`. A question is never sent with its
answer: what is shown of it before an answer is its prompt, what is given, and its choices.
"""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

from backprop.drawing.scene import Scene
from backprop.notation.formula import Number
from backprop.notation.numerals import read_printed, short
from backprop.stage.choices import ChoiceError
from backprop.stage.quiz.gradient_asked import GradientAsked
from backprop.stage.quiz.typed_answer import TypedAnswer, read_answer
from backprop.stage.walk.explanation import Words

Kind = Literal["sign", "gradient", "number", "larger", "line", "shape", "choice", "several"]
Answer = float | str | frozenset[str]

SIGNS = {"down": "down (−)", "none": "not at all (0)", "up": "up (+)"}
SIGN_KEYS = {"-": "down", "−": "down", "0": "none", "+": "up"}
LEAST_DIGITS = 2  # that a number must have to count as rounded
SLIP_DIGITS = 3  # the same, to be one that a slip gives: there are many slips
CLOSE = 0.005  # a relative difference that three significant digits do not show
NEAR = 0.001  # the same for what a slip gives: nearer than chance explains


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the answers to choose from.

    Attributes:
        name: in an address: letters, digits, hyphen.
        words: what is shown.
        number: shown at the right end, if there is one.
    """

    name: str
    words: Words
    number: Number | None = None


@dataclass(frozen=True, slots=True)
class WrongAnswer:
    """An answer that a known slip gives.

    Attributes:
        answer: a number, or the name of a choice. Where several are right: exactly these, or one
            name, which was chosen and should not be, or was left out.
        title: the slip's name as the catalogue has it: “One path only”.
        about: one reason, with the numbers of this question.
        slip: the catalogue's short name, where it has one.
    """

    answer: Answer
    title: str
    about: Words
    slip: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, and what is right.

    Attributes:
        prompt: a headline, which ends with “?”.
        quantity: what is asked for, named as addresses do: “w1_1_2”, “step.w5”.
        kind: how it is answered; a “gradient” by its sign, then by its number.
        right: a number; of “sign”, “up”, “none” or “down”; of “shape”, “2x3”; of “several”, the
            names of all that are right; else the name of a choice.
        wrong: answers that known slips give.
        choices: what there is to choose from; of “sign” there are always the three.
        explanation: said with the right answer, and by “Tell me”.
        scene: a small picture beside it, or None.
        given: the numbers that it is to be worked out from.
        lede: what is to be said, in a sentence below the prompt.
        part: of the picture what is needed, small enough for a phone; None where all of it is.
        subject: the gradient that is asked, with the pass it comes from; None where none is. It
            knows the answer: nothing of it is ever sent.
    """

    prompt: Words
    quantity: str
    kind: Kind
    right: Answer
    wrong: tuple[WrongAnswer, ...] = ()
    choices: tuple[Choice, ...] = ()
    explanation: Words = ()
    scene: Scene | None = None
    given: tuple[tuple[Words, Number], ...] = ()
    lede: Words = ()
    part: Scene | None = None
    subject: GradientAsked | None = None

    @property
    def options(self) -> tuple[Choice, ...]:
        """What there is to choose from; the three signs, where a sign is asked."""
        if self.kind == "sign" and not self.choices:
            return tuple(Choice(name, (words,)) for name, words in SIGNS.items())
        return self.choices


@dataclass(frozen=True, slots=True)
class Asking:
    """Something that can be asked about a state of a lesson.

    Attributes:
        name: in an address: letters, digits, hyphens.
        title: what a teacher reads: “∂E/∂w₅: the sign, then the number”.
        kind: how it is answered.
        varies: whether there are variants of it, with other numbers.
    """

    name: str
    title: Words
    kind: Kind
    varies: bool = False


@dataclass(frozen=True, slots=True)
class Asks:
    """What a lesson can ask about its states.

    Attributes:
        askings: choices → what can be asked there, the likeliest first.
        question: choices and the name of one → the question.
        vary: choices, the name of an asking and a seed → the same with other numbers, in which
            the same can be asked; None where there are none.
    """

    askings: Callable[[Any], tuple[Asking, ...]]
    question: Callable[[Any, str], Question]
    vary: Callable[[Any, str, int], Any] | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """What an answer comes to.

    Attributes:
        right: whether it is.
        slips: what gives this answer, if it is wrong; none where nothing known does, two where
            both give it.
        read: how a typed answer was read; None where one was chosen.
    """

    right: bool
    slips: tuple[WrongAnswer, ...]
    read: TypedAnswer | None


def judge(question: Question, answer: str, share: float = CLOSE) -> Judgement:
    """Return what an answer comes to.

    Args:
        question: that was asked.
        answer: as an address spells it: “0.138*0.4-0.038*0.5”, “adam”, “step,weight”, “2x3”.
        share: how far from the right number a typed one may be, relatively.

    Raises:
        ChoiceError: the answer cannot be read, or is none of the choices.
    """
    if question.kind in ("number", "gradient"):
        return _judge_number(question, read_answer(answer), share)
    if question.kind == "several":
        return _judge_several(question, answer)
    name = answer.strip()
    if question.kind == "shape" and not question.choices:
        name = _read_shape(name)
        right = name == _read_shape(str(question.right))
        slips = tuple(w for w in question.wrong if _read_shape(str(w.answer)) == name)
        return Judgement(right, () if right else slips, None)
    if question.kind == "sign":
        name = SIGN_KEYS.get(name, name)
    _refuse_unknown(question, {name})
    right = name == question.right
    slips = () if right else tuple(w for w in question.wrong if w.answer == name)
    return Judgement(right, slips, None)


def _judge_number(question: Question, read: TypedAnswer, share: float) -> Judgement:
    assert isinstance(question.right, float | int), "a number is asked"
    numbers = [(w, w.answer) for w in question.wrong if isinstance(w.answer, float | int)]
    if is_right(read, question.right, (number for _, number in numbers), share):
        return Judgement(True, (), read)
    return Judgement(False, tuple(w for w, number in numbers if is_given(read, number)), read)


def _judge_several(question: Question, answer: str) -> Judgement:
    chosen = frozenset(part.strip() for part in answer.split(",") if part.strip())
    if not chosen:
        raise ChoiceError("Nothing is chosen yet.", hint="Choose at least one.", at="answer")
    _refuse_unknown(question, chosen)
    right = frozenset(question.right) if isinstance(question.right, frozenset) else frozenset()
    odd = chosen ^ right
    slips = tuple(w for w in question.wrong if w.answer == chosen or w.answer in odd)
    return Judgement(not odd, slips if odd else (), None)


def _refuse_unknown(question: Question, names: frozenset[str] | set[str]) -> None:
    known = {each.name for each in question.options}
    if odd := names - known:
        what = f"“{min(odd)[:40]}” is not one of the answers."
        raise ChoiceError(what, hint=f"Possible: {', '.join(sorted(known))}.", at="answer")


def is_right(
    read: TypedAnswer, right: float, wrong: Iterable[float] = (), share: float = CLOSE
) -> bool:
    """Whether a typed number is right: the one rule, wherever a number is asked.

    It is, if it is right as typed, and else if it is within a share of the right one, and nearer
    to it than to any number that a known slip gives.
    """
    if is_right_as_typed(read, right):
        return True
    off = abs(read.value - right)
    return off <= share * abs(right) and all(off < abs(read.value - x) for x in wrong)


def is_right_as_typed(read: TypedAnswer, right: float) -> bool:
    """Whether a typed number is right at the precision typed.

    It is, if it equals the right one to three significant digits, or within half a unit of the
    last digit typed, where that has at least two significant digits.
    """
    if same_to_three_digits(read.value, right):
        return True
    return read.digits >= LEAST_DIGITS and abs(read.value - right) <= read.half_unit * 1.000001


def is_given(read: TypedAnswer, wrong: float) -> bool:
    """Whether a typed number is what a slip gives, at the precision typed or as it is printed.

    Of fewer than three digits it has to be nearer, for there are many slips.
    """
    if not math.isfinite(wrong):
        return False
    off, least = abs(read.value - wrong), NEAR * abs(wrong)
    unsure = min(read.half_unit, CLOSE * abs(wrong)) if read.digits >= SLIP_DIGITS else 0.0
    return off <= max(least, unsure) * 1.000001 or read.value == read_printed(short(wrong))


def same_to_three_digits(answer: float, right: float) -> bool:
    """Whether two numbers are equal when both are rounded to three significant digits.

    A result a hair below the middle between two of these and one above it are equal, too.
    """
    if right == 0 or answer == 0 or not math.isfinite(right):
        return answer == right
    if f"{answer:.2e}" == f"{right:.2e}":
        return True
    unit = 10.0 ** (math.floor(math.log10(abs(right))) - 2)
    return abs(answer - right) <= 0.5000001 * unit


def _read_shape(text: str) -> str:
    """Return a shape as 2x3; (2, 3), 2×3 and 2 by 3 are the same."""
    plain = text.lower().replace("×", "x").replace("by", "x").strip("()[] ")
    parts = [part.strip() for part in plain.replace(",", "x").split("x") if part.strip()]
    if not parts or not all(part.isascii() and part.isdigit() for part in parts):
        what = f"“{text[:40]}” is not a shape." if text else "There is no shape yet."
        raise ChoiceError(what, hint="Type one such as 2 × 3.", at="answer")
    return "x".join(str(int(part)) for part in parts)
