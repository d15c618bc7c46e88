"""What is shown of asking first: the switch, the levels, a step's questions, the reply, the sum."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from backprop.lessons.why_backwards.asked import ModesQuestion, fresh_address
from backprop.lessons.why_backwards.questions import SLIPS, asked_at
from backprop.stage.links import Links
from backprop.stage.quiz.arrays.answers import COLUMNS, ROWS, UNSAID
from backprop.stage.quiz.arrays.asking import Rung
from backprop.stage.quiz.levels import GENTLEST, Level, LevelOption
from backprop.stage.quiz.panel import Switch
from backprop.stage.quiz.reply import Hint, Record, Reply
from backprop.stage.quiz.score import Counts, Score
from backprop.stage.walk.explanation import Words, spoken

LEVELS = (
    Level("1", "How many passes", "forward, and in reverse", 0),
    Level("2", "Passes and entries", "of a column, and of a row", 0),
    Level("3", "With a tangent", "of a line on the way", 0),
)
TRIES = ("", "", "at the second try", "at the third try")


@dataclass(frozen=True, slots=True)
class RungShown:
    """One of the questions of a step.

    Attributes:
        number: from 1.
        title: the question.
        state: “done”, “now” or “ahead”.
        lede: what it is worked out by, while it is open.
        answer: once it is known.
        told: whether that was told.
        field: what stands before the field.
    """

    number: int
    title: Words
    state: str
    lede: Words
    answer: Words
    told: bool
    field: str


@dataclass(frozen=True, slots=True)
class ModesAsk:
    """Everything that asking first shows at a step.

    Attributes:
        covered: whether something is covered.
        rungs: the questions.
        form: the pairs that go along with what is typed; None where nothing is open.
        show: the address where the open answer stands; empty where none is open.
        hint: the next hint; `helps`, what the open one says.
        reply: to the last answer, or to one of before; None where there is none.
        record: how the answers count.
        score: the sum, at the last step.
    """

    covered: bool
    rungs: tuple[RungShown, ...]
    form: Mapping[str, str] | None
    show: str
    hint: Hint
    helps: Words
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
class ModesQuiz:
    """What a page shows of asking first, as in every lesson that asks by steps.

    Attributes:
        switch: whether it does.
        ask: the step's questions; None where nothing is asked first.
        levels: which questions are asked.
        level: the one that is asked at.
        scratch: always None: nothing is asked alone.
    """

    switch: Switch
    ask: ModesAsk | None = None
    levels: tuple[LevelOption, ...] = ()
    level: str = ""
    scratch: None = None


def _begin(links: Links, level: str) -> str:
    """Return where a level begins: at the first pass, nothing answered yet."""
    plain = {"by_line": False, "view": "", "direction": "", "weight": "", "step": 0}
    return links.address(**{**UNSAID, **plain, "ask": "1", "level": level})


def make_modes_quiz(question: ModesQuestion, links: Links) -> ModesQuiz:
    """Return what a page shows of asking first."""
    if not question.on:
        return ModesQuiz(Switch(False, _begin(links, GENTLEST)))
    switch = Switch(True, links.address(**{**UNSAID, "ask": "0", "level": ""}))
    levels = tuple(
        LevelOption(each.name, each.title, each.task, each.name == question.level,
                    _begin(links, each.name))
        for each in LEVELS
    )  # fmt: skip
    return ModesQuiz(switch, _ask(question, links), levels, question.level)


def _ask(question: ModesQuestion, links: Links) -> ModesAsk:
    now, tries = question.now, question.noted()
    form, show, hint = None, "", Hint(0, "", "")
    helps: Words = ()
    if now:
        form = links.pairs(tries=tries, answer="")
        told = (*tries.told, now.name)
        show = links.address(tries=replace(tries, told=told), answer="")
        hint, helps = _hint(now, links, question)
    is_last = question.at == question.schedule.count - 1 and not now
    return ModesAsk(
        covered=now is not None,
        rungs=tuple(
            _rung(number, rung, rung is now) for number, rung in enumerate(question.rungs, 1)
        ),
        form=form,
        show=show,
        hint=hint,
        helps=helps,
        reply=_reply(question),
        record=question.record,
        score=_score(question, links) if is_last else None,
    )


def _rung(number: int, rung: Rung, is_now: bool) -> RungShown:
    put = rung.question
    field = f"{spoken(put.prompt).removeprefix('What is ').rstrip('?')} ="
    field = "passes" if rung.name in (COLUMNS, ROWS) else field
    if not rung.is_done:
        state = "now" if is_now else "ahead"
        return RungShown(number, put.prompt, state, put.lede if is_now else (), (), False, field)
    wrong = sum(not judgement.right for _, judgement in rung.said)
    tries = "" if rung.told else TRIES[wrong + 1] if wrong < 3 else f"after {wrong} others"
    answer: Words = put.explanation
    if tries:
        answer = (*answer, f" Found {tries}." if rung.name in (COLUMNS, ROWS) else f", {tries}")
    return RungShown(number, put.prompt, "done", (), answer, rung.told, field)


def _hint(now: Rung, links: Links, question: ModesQuestion) -> tuple[Hint, Words]:
    """Return the next hint, and what is open of it: what one pass does, or what its seed is."""
    title = "What does one pass fill?" if now.name in (COLUMNS, ROWS) else "What is 0 in it?"
    if now.hints:
        said = (
            "A pass has one seed: forward one input that is nudged, in reverse one output that is "
            "watched."
            if now.name in (COLUMNS, ROWS)
            else "The seed is 1 in one place and 0 elsewhere, so most products fall away."
        )
        return Hint(1, "", ""), (said,)
    tries = question.noted()
    hints = (*tries.hints, now.name)
    return Hint(0, title, links.address(tries=replace(tries, hints=hints), answer="")), ()


def _reply(question: ModesQuestion) -> Reply | None:
    """Return what is said to the last answer."""
    if question.before and not question.rungs:
        right = bool(question.before.sign)
        return Reply(right, ("You were asked this: ", "right." if right else "not found."))
    rung = next((each for each in question.rungs if each.name == question.answered), None)
    if rung is None or rung.last is None:
        return None
    _, judgement = rung.last
    read = judgement.read.read_back if judgement.read else ""
    if judgement.right:
        return Reply(True, (" is right.",), read, place=rung.question.explanation)
    slip = judgement.slips[0] if judgement.slips else None
    return Reply(False, (" is not right.",), read, slip.title if slip else "", "",
                 place=slip.about if slip else ())  # fmt: skip


def _score(question: ModesQuestion, links: Links) -> Score:
    """Return the sum of a walk."""
    asked = [
        n
        for n in range(question.schedule.count)
        if asked_at(question.both, question.schedule, n, question.level)
    ]
    answers = question.answers
    if judged_here := question.judged:
        answers = answers.noting(question.at, judged_here)
    judged = [each for n, each in answers.entries if n in asked]
    right = [each for each in judged if each.sign]
    unaided = sum(not each.helped for each in right)
    slips = Counter(each.slip for each in judged if each.slip in SLIPS)
    name, times = slips.most_common(1)[0] if slips else ("", 0)
    title, about = SLIPS.get(name, ("", ""))
    clean = bool(asked) and unaided == len(asked)
    after = next((level for level in LEVELS if level.name > question.level), None)
    counts = Counts(len(judged), len(right), len(judged), len(right), unaided,
                    len(right) - unaided, len(asked))  # fmt: skip
    return Score(
        counts,
        title,
        about,
        times,
        fresh_address(links),
        _begin(links, question.level),
        question.level,
        _begin(links, after.name) if clean and after else "",
        after.title if clean and after else "",
    )
