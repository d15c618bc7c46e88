"""From scratch: one gradient alone, worked out on paper; every gradient of the page is covered.

The answer is a number, or how it is worked out. A wrong one is looked for among the numbers that
known slips give: paths that are missing, slips that are made in the whole pass, slips at the node.
What was typed is read back part by part, under the name of each part of the gradient.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from backprop.engine.differences.rounding import is_zero
from backprop.engine.slips.at_node import MISSED_PATH, wrong_values
from backprop.engine.slips.catalog import ONE_PATH
from backprop.engine.slips.slip import Slip
from backprop.engine.slips.typed_pass import whole_values
from backprop.engine.trace import Trace
from backprop.notation.formula import Label
from backprop.stage.links import Links
from backprop.stage.quiz.answers import NO_GUESS, Guess, QuizChoices, make_mark
from backprop.stage.quiz.question import Judgement, Question, WrongAnswer, judge
from backprop.stage.quiz.read_back import Branch, Factors, ReadBack, find_factors, read_back
from backprop.stage.quiz.reply import Record
from backprop.stage.quiz.step_judgement import is_near
from backprop.stage.quiz.typed_answer import TypedAnswer
from backprop.stage.walk.explanation import Labels, Words, name_at
from backprop.stage.walk.steps import Passes

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
    """

    passes: Passes
    node: int
    factors: Factors
    guess: Guess
    typed: TypedAnswer | None
    judgement: Judgement | None
    missing: tuple[Branch, ...]

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
        result = "helped" if self.guess.rungs or self.guess.tried else "unaided"
        return Record(self.guess.mark, "scratch", "missed" if self.guess.shown else result)

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
            return tuple(each for each in slips if each.slip in LEAVE_OUT)
        return slips

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
    factors = find_factors(trace, node)
    judgement: Judgement | None = None
    missing: tuple[Branch, ...] = ()
    if typed is not None:
        missing = factors.missing(typed.value)
        right = 0.0 if is_zero(trace, node) else float(trace.gradients[node])
        asked = Question((), name, "number", right, _wrong_answers(trace, node, typed.value))
        judgement = judge(asked, typed.typed)
    return ScratchQuestion(passes, node, factors, guess, typed, judgement, missing)


def _wrong_answers(trace: Trace, node: int, answer: float) -> tuple[WrongAnswer, ...]:
    """Return what known slips give: made in the whole pass, then at the node alone.

    Slips of the whole pass are many, so only those that are very near an answer are among them.
    """
    whole = [each for each in whole_values(trace, node) if is_near(answer, each.value)]
    given: dict[str, WrongAnswer] = {}
    for slip, value in (*whole, *wrong_values(trace, node)):
        given.setdefault(
            slip.title, WrongAnswer(float(value), slip.title, (slip.about,), slip.name)
        )
    return tuple(given.values())


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


def target_address(links: Links, name: str) -> str:
    """Return where the gradient of another variable is asked."""
    return links.address(target=name, guess=NO_GUESS, typed=None)


def order(names: Sequence[str]) -> tuple[str, ...]:
    """Return variables in the order in which they are asked: far apart ones after each other."""
    step = next(n for n in range(max(1, len(names) * 3 // 8), len(names) + 2) if _apart(n, names))
    return tuple(names[n * step % len(names)] for n in range(len(names)))


def _apart(step: int, names: Sequence[str]) -> bool:
    """Whether going on by so many leads through all of them."""
    return len({n * step % len(names) for n in range(len(names))}) == len(names)
