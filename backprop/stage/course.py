"""The course: the lessons on the route, the end of each, and the questions of a later day."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from backprop.engine.errors import UnknownNameError
from backprop.stage.choices import Several, Text, chosen
from backprop.stage.ending import Ending
from backprop.stage.lesson import Lesson
from backprop.stage.links import Links
from backprop.stage.paper import Sheet
from backprop.stage.quiz.asked_back import (
    NO_ANSWER,
    AskedBack,
    AskingChoices,
    at_question,
    fresh_question,
    make_asked_back,
)
from backprop.stage.quiz.paper import question_sheet

ASKED = 3  # questions at the end of a lesson; what it has beyond is offered
MOST_BACK = 12  # questions that one address asks on a later day
HALVES = {
    1: "about half an hour",
    2: "about an hour",
    3: "about an hour and a half",
    4: "about two hours",
    5: "about two hours and a half",
    6: "about three hours",
}


@dataclass(frozen=True, slots=True)
class Stop:
    """A lesson on the route.

    Attributes:
        number: counted from 1.
        name, title, able, minutes, path, end: the lesson's; the title is the route's.
        kinds: the names of its kinds of questions.
    """

    number: int
    name: str
    title: str
    able: str
    minutes: int
    path: str
    end: str
    kinds: tuple[str, ...]


def make_route(lessons: Sequence[Lesson]) -> tuple[Stop, ...]:
    """Return the route through those lessons that are on it, in their order."""
    on_route = (lesson for lesson in lessons if lesson.route)
    return tuple(
        Stop(
            number,
            lesson.name,
            lesson.route,
            lesson.able,
            lesson.minutes,
            lesson.path,
            lesson.end,
            tuple(lesson.questions),
        )
        for number, lesson in enumerate(on_route, 1)
    )


def time_in_all(route: Sequence[Stop]) -> str:
    """Return how long the route takes, to half an hour: “about two hours”."""
    halves = max(1, round(sum(stop.minutes for stop in route) / 30))
    return HALVES.get(halves, f"about {halves / 2:g} hours")


@dataclass(frozen=True, slots=True)
class Remote:
    """Where a presenter's remote leads: telling an answer is one step.

    Attributes:
        back, forward: the addresses; empty where there is none.
    """

    back: str
    forward: str


@dataclass(frozen=True, slots=True)
class Asking:
    """The questions at the end of a lesson, one at a time.

    Attributes:
        question: None when they are through, or there are none.
        number, count: which it is, and how many are asked.
        following: the address of the next one; empty after the last.
        beyond: whether that is one of those that are only offered.
        skip: the address without an answer to this one; empty when they are through.
        afresh: the address that asks all again with fresh numbers.
        through: whether all that are asked have been answered, or passed.
        remote: the way there and back, one question and one answer after the other.
    """

    question: AskedBack | None
    number: int
    count: int
    following: str
    beyond: bool
    skip: str
    afresh: str
    through: bool
    remote: Remote


@dataclass(frozen=True, slots=True)
class EndBoard:
    """The end of a lesson: what was seen, a question back, what comes next.

    Attributes:
        title: the lesson's, on the route.
        stop: where it stands on the route; None beside it.
        lessons: how many lessons the route has.
        ending: what was seen.
        asking: what is asked.
        next: the lesson that follows; None after the last.
    """

    title: str
    stop: Stop | None
    lessons: int
    ending: Ending
    asking: Asking
    next: Stop | None


def make_end(
    lesson: Lesson, route: Sequence[Stop], choices: AskingChoices, links: Links
) -> EndBoard:
    """Return the end of a lesson.

    Raises:
        UnknownNameError: the lesson has no end.
    """
    ending = _find_ending(lesson)
    if choices.mode == "projector" and ending.large:
        ending = replace(ending, picture=ending.large)
    stop = next((each for each in route if each.name == lesson.name), None)
    after = route[stop.number] if stop and stop.number < len(route) else None
    around = (lesson.path, after.path if after else "")
    return EndBoard(
        title=lesson.route or lesson.title,
        stop=stop,
        lessons=len(route),
        ending=ending,
        asking=_asking(lesson, choices, links, around),
        next=after,
    )


def make_end_sheet(lesson: Lesson, choices: AskingChoices) -> Sheet:
    """Return the end of a lesson as it is handed out.

    Raises:
        UnknownNameError: the lesson has no end.
    """
    title = lesson.route or lesson.title
    return question_sheet(title, _find_ending(lesson), lesson.questions, choices.fresh)


def _find_ending(lesson: Lesson) -> Ending:
    if lesson.ending is None:
        raise UnknownNameError(
            f"“{lesson.title}” has no end of its own.", hint="Open the lesson.", at="lesson"
        )
    return lesson.ending()


def _asking(
    lesson: Lesson, choices: AskingChoices, links: Links, around: tuple[str, str]
) -> Asking:
    """Return the question that is asked; a number beyond the last asks none.

    `around` are the pages before the first question and after the last.
    """
    kinds = tuple(lesson.questions)
    number = choices.question if choices.question <= len(kinds) else 0
    count = min(ASKED, len(kinds))
    question = None
    if number:
        kind = kinds[number - 1]
        question = make_asked_back(lesson.name, kind, lesson.questions[kind], choices, links)
    after = (number or count) + 1
    following = after if after <= len(kinds) else 0
    answered = question is None or question.reply is not None
    return Asking(
        question=question,
        number=number,
        count=count if number <= count else len(kinds),
        following=at_question(links, following) if following else "",
        beyond=after > count,
        skip=at_question(links, after if number < count else 0) if question else "",
        afresh=fresh_question(links, question=1),
        through=not number or number > count or (number == count and answered),
        remote=_remote(links, (number, count if number <= count else len(kinds)), question, around),
    )


def _remote(
    links: Links, at: tuple[int, int], asked: AskedBack | None, around: tuple[str, str]
) -> Remote:
    """Return where a remote leads from a question, which is asked, then told.

    Args:
        links: of the page.
        at: which question it is, counted from 1 (0 for none), and the last there is.
        asked: the question; None when they are through.
        around: the pages before the first question and after the last; empty where there is none.
    """
    number, last = at
    before, after = (f"{path}?mode=projector" if path else "" for path in around)
    if asked and not asked.known:
        earlier = _told(links, number - 1) if number > 1 else before
        return Remote(at_question(links, number) if asked.reply else earlier, _told(links, number))
    onward = at_question(links, number + 1) if 0 < number < last else after
    return Remote(at_question(links, number) if asked else _told(links, last), onward)


def _told(links: Links, number: int) -> str:
    """Return the address of a question whose answer is told."""
    return links.address(**NO_ANSWER | {"question": number, "tell": True})


@dataclass(frozen=True)
class LaterChoices(AskingChoices):
    """What an address says where the questions of a later day are asked."""

    ask: tuple[str, ...] = chosen(Several(Text(80), MOST_BACK, least=1), ())


@dataclass(frozen=True, slots=True)
class LaterBoard:
    """A question that comes back.

    Attributes:
        lesson: the lesson that it is from, as its title on the route, and its address.
        asked: the question; None when they are through.
        number, count: which it is, and of how many.
        following: the address of the next one, or of where they are through.
        remote: the way there and back, one question and one answer after the other.
    """

    lesson: tuple[str, str]
    asked: AskedBack | None
    number: int
    count: int
    following: str
    remote: Remote


def make_later(lessons: Sequence[Lesson], choices: LaterChoices, links: Links) -> LaterBoard:
    """Return one of the questions that an address asks, each as LESSON.KIND.

    Raises:
        UnknownNameError: there is no such lesson, or it has no such question.
    """
    count = len(choices.ask)
    number = choices.question if choices.question <= count else 0
    if not number:
        return LaterBoard(("", ""), None, 0, count, "", Remote("", ""))
    lesson, kind = find_question(lessons, choices.ask[number - 1])
    asked = make_asked_back(lesson.name, kind, lesson.questions[kind], choices, links)
    return LaterBoard(
        lesson=(lesson.route or lesson.title, lesson.path),
        asked=asked,
        number=number,
        count=count,
        following=at_question(links, number + 1 if number < count else 0),
        remote=_remote(links, (number, count), asked, ("", "")),
    )


def find_question(lessons: Sequence[Lesson], name: str) -> tuple[Lesson, str]:
    """Return the lesson and the kind that LESSON.KIND names.

    Raises:
        UnknownNameError: there is none.
    """
    of, _, kind = name.partition(".")
    for lesson in lessons:
        if lesson.name == of and kind in lesson.questions:
            return lesson, kind
    raise UnknownNameError(
        f"There is no question “{name[:40]}”.",
        hint="A question is named by its lesson and its kind, as network.adam.",
        at="ask",
    )
