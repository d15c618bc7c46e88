"""From scratch: one gradient alone, worked out on paper; every gradient of the page is covered.

The answer is a number, or how it is worked out. A wrong one is looked for among the numbers that
known slips give: paths that are missing, slips that are made in the whole pass, slips at the node.
What was typed is read back part by part, under the name of each part of the gradient.

A number that was worked out from rounded factors is a little off, whether they are typed along or
not: so a number alone is right within the same share, where no slip gives one that is nearer; and
where a difference magnifies the rounding, the number that a pass in three digits gives is right.

How each gradient was answered first is noted in the address, so that one that is left and chosen
again is no new question.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from backprop.engine.differences.rounding import is_zero
from backprop.engine.slips.at_node import MISSED_PATH, wrong_values
from backprop.engine.slips.catalog import ONE_PATH
from backprop.engine.slips.slip import Slip
from backprop.engine.slips.typed_pass import whole_values
from backprop.engine.trace import Trace
from backprop.notation.formula import Label
from backprop.stage.choices import change
from backprop.stage.links import Links
from backprop.stage.quiz.answers import (
    NO_ANSWERS,
    Answers,
    Guess,
    JudgedAnswer,
    QuizChoices,
    leave_question,
    make_mark,
)
from backprop.stage.quiz.question import (
    CLOSE,
    Judgement,
    Question,
    WrongAnswer,
    is_right_as_typed,
    judge,
)
from backprop.stage.quiz.read_back import Branch, Factors, ReadBack, find_factors, read_back
from backprop.stage.quiz.reply import Record
from backprop.stage.quiz.step_judgement import MOST_OFF
from backprop.stage.quiz.typed_answer import SHARE, TypedAnswer
from backprop.stage.walk.explanation import Labels, Words, name_at
from backprop.stage.walk.steps import Passes

MOST_SHARE = 0.019  # relatively: what rounded factors may explain where branches cancel
MOST_NOTED = 1000  # variables whose first answers an address can hold
LEAVE_OUT = frozenset(  # slips that only leave something out: all that stands there is right
    (
        *("outer-lost", "inner-lost", "no-output-slope", "no-hidden-slope", "no-weights"),
        *("no-factor", "one-path", "missed-path", "assigned", "no-local", "no-arriving"),
        *("half-lost", "two-lost"),
    )
)


@dataclass(frozen=True, eq=False)
class ScratchQuestion:
    """The gradient that is asked from scratch, and what was answered.

    Attributes:
        passes: the function differentiated.
        node: the position of the variable whose gradient is asked.
        factors: what the gradient is made of.
        guess: what was said before with these numbers.
        typed: what was typed last.
        judgement: what that comes to; None before an answer.
        missing: the branches without which the others give the number typed.
        answers: how gradients of this pass were answered first, by the place of their variables.
    """

    passes: Passes
    node: int
    factors: Factors
    guess: Guess
    typed: TypedAnswer | None
    judgement: Judgement | None
    missing: tuple[Branch, ...]
    answers: Answers = NO_ANSWERS

    @property
    def name(self) -> str:
        """The name of the variable."""
        return name_at(self.passes, self.node)

    @property
    def gradient(self) -> float:
        """The right answer."""
        return float(self.passes.trace.gradients[self.node])

    @property
    def is_open(self) -> bool:
        """Whether the number is still covered."""
        return not (self.guess.shown or (self.judgement and self.judgement.right))

    @property
    def record(self) -> Record | None:
        """How the answer counts; None as long as it is open."""
        if self.is_open:
            return None
        before = self.answers.at(self.place)
        again = before is not None and (before.helped or not before.number)
        result = "helped" if self.guess.rungs or self.guess.tried or again else "unaided"
        return Record(self.guess.mark, "scratch", "missed" if self.guess.shown else result)

    @property
    def place(self) -> int:
        """The place of the variable among all of them."""
        return self.passes.graph.parameters.index(self.name)

    @property
    def noted(self) -> Answers:
        """The first answers, with what was said here."""
        guess, judgement = self.guess, self.judgement
        if self.answers.at(self.place) or self.place >= MOST_NOTED:
            return self.answers
        aided, number = bool(guess.rungs or guess.tried), None
        if guess.shown or guess.tried or judgement:
            number = bool(judgement and judgement.right) and not guess.shown
        elif not aided:
            return self.answers
        return self.answers.noting(self.place, JudgedAnswer(True, number, helped=aided))

    @property
    def read(self) -> ReadBack | None:
        """Which parts of the gradient were typed; None where nothing was worked out."""
        if self.typed is None or self.typed.is_plain:
            return None
        return read_back(self.typed, self.factors)

    @property
    def slips(self) -> tuple[WrongAnswer, ...]:
        """What gives the number typed.

        Where every part that was typed is one of the gradient's, some part is left out; so a slip
        that takes another number is none, though it may give this one by chance.
        """
        slips, read = self.judgement.slips if self.judgement else (), self.read
        if read and not read.rest and not read.turned and (read.branches or read.common):
            slips = tuple(each for each in slips if each.slip in LEAVE_OUT)
        return tuple({each.title: each for each in reversed(slips)}.values())[::-1]

    @property
    def way(self) -> tuple[tuple[int, int], ...]:
        """The edges of the paths that are in a wrong answer, back to the variable."""
        if not self.missing:
            return ()
        had = [each for each in self.factors.branches if each not in self.missing]
        edges = dict.fromkeys(edge for branch in had for edge in branch.edges)
        return (*edges, *_edges_from(self.passes.trace, self.node))


def _edges_from(trace: Trace, node: int) -> Iterator[tuple[int, int]]:
    """Yield the edges from a variable up to the first quantity that is used several times."""
    at = node
    while at != trace.graph.output and len(terms := trace.terms[at]) == 1:
        yield terms[0].edge[:2]
        at = terms[0].edge.later


def find_scratch(passes: Passes, choices: QuizChoices) -> ScratchQuestion:
    """Return the gradient that is asked: that of the variable chosen, else of the first."""
    trace, graph = passes.trace, passes.graph
    name = choices.target if choices.target in graph.parameters else graph.parameters[0]
    node = graph.position(name)
    mark = make_mark("scratch", name, trace.values)
    same = choices.guess.mark == mark
    guess, typed = (choices.guess, choices.typed) if same else (Guess(mark), None)
    answers = choices.answers.of(make_mark("scratch", trace.values))
    factors = find_factors(trace, node)
    judgement: Judgement | None = None
    missing: tuple[Branch, ...] = ()
    if typed is not None:
        missing = factors.missing(typed.value)
        right = 0.0 if is_zero(trace, node) else float(trace.gradients[node])
        asked = Question((), name, "number", right, _wrong_answers(trace, node))
        share = 0.0 if missing else rounding_share(factors) if typed.is_plain else CLOSE
        judgement = judge(asked, typed.typed, share)
        if not (judgement.right or judgement.slips or missing):
            judgement = replace(judgement, right=_is_rounded(trace, node, typed))
    return ScratchQuestion(passes, node, factors, guess, typed, judgement, missing, answers)


def rounding_share(factors: Factors) -> float:
    """Return how far off rounded factors may lead, relatively.

    It is `SHARE` of the branches' sizes: more of their sum where they have different signs.
    """
    size, total = sum(abs(branch.value) for branch in factors.branches), abs(factors.total)
    return min(MOST_SHARE, SHARE * size / total) if total else SHARE


def _is_rounded(trace: Trace, node: int, typed: TypedAnswer) -> bool:
    """Whether a number is what a pass gives that rounds to three digits wherever it can."""
    if not typed.is_plain or is_zero(trace, node):
        return False
    right, rounded = float(trace.gradients[node]), rounded_gradient(trace, node)
    return is_right_as_typed(typed, rounded) and abs(rounded - right) <= MOST_OFF * abs(right)


def rounded_gradient(trace: Trace, node: int) -> float:
    """Return Σ arriving · local at a node, where both, products and sums have three digits."""
    gradients = {trace.graph.output: 1.0}
    for position in range(trace.graph.output - 1, node - 1, -1):
        products = (
            _rounded(gradients[term.edge.later] * _rounded(float(term.local)))
            for term in trace.terms[position]
        )
        gradients[position] = _rounded(sum(products))
    return gradients[node]


def _rounded(x: float) -> float:
    return float(f"{x:.2e}")


def _wrong_answers(trace: Trace, node: int) -> tuple[WrongAnswer, ...]:
    """Return what known slips give: made in the whole pass, then at the node alone."""
    return tuple(
        WrongAnswer(float(value), slip.title, (slip.about,), slip.name)
        for slip, value in (*whole_values(trace, node), *wrong_values(trace, node))
    )


def missing_slip(question: ScratchQuestion) -> Slip:
    """Return the slip of paths that are missing: all but one, or some."""
    had = len(question.factors.branches) - len(question.missing)
    return ONE_PATH if had == 1 else MISSED_PATH


def missing_words(question: ScratchQuestion, label: Labels) -> Words:
    """Return which paths an answer has, and which it lacks."""
    passes, branches = question.passes, question.factors.branches
    fork = label(name_at(passes, branches[0].edge.node))
    had = [each for each in branches if each not in question.missing]
    uses = [label(name_at(passes, each.edge.later)) for each in branches]
    times = {2: "twice", 3: "three times"}.get(len(branches), f"{len(branches)} times")
    return (
        *(fork, f" is used {times}, by ", *listed(uses), ". Your number has the way through "),
        *listed([label(name_at(passes, each.end)) for each in had]),
        ". What comes back through ",
        *listed([label(name_at(passes, each.end)) for each in question.missing]),
        " is not in it.",
    )


def listed(parts: Sequence[Label]) -> Words:
    """Return quantities in a row: a, b and c."""
    words: list[str | Label] = []
    for n, part in enumerate(parts):
        words += [" and " if n == len(parts) - 1 else ", ", part] if n else [part]
    return tuple(words)


def target_address(question: ScratchQuestion, links: Links, name: str) -> str:
    """Return where the gradient of another variable is asked; what was said here is noted."""
    after = leave_question(links.choices, question.noted)
    return links.at(change(after, target=name)).address()


def order(names: Sequence[str]) -> tuple[str, ...]:
    """Return variables in the order in which they are asked: far apart ones after each other."""
    step = next(n for n in range(max(1, len(names) * 3 // 8), len(names) + 2) if _apart(n, names))
    return tuple(names[n * step % len(names)] for n in range(len(names)))


def _apart(step: int, names: Sequence[str]) -> bool:
    """Whether going on by so many leads through all of them."""
    return len({n * step % len(names) for n in range(len(names))}) == len(names)
